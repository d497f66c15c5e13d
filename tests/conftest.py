"""What holds for the whole run: nothing a test does reaches the user's own lake, Airflow or settings."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.postgres_server"]

_home = Path(tempfile.mkdtemp(prefix="zixin-tests-"))


def pytest_configure() -> None:
    """Airflow reads its settings once, when it is first imported: they must stand before that."""
    for name in [name for name in os.environ if name.startswith(("AIRFLOW", "ZIXIN_"))]:
        del os.environ[name]
    os.environ |= {
        "AIRFLOW_HOME": str(_home / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_home}/airflow/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(_home / "airflow/logs"),
        "ZIXIN_HOME": str(_home / "zixin"),
    }
    # Workers find it set by the process that started them.
    os.environ.setdefault("TESTS_TOGETHER", str(_home / "together"))


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_home, ignore_errors=True)


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the project."""
    return PROJECT
