"""One frozen object read from the environment, once. Nothing else reads the environment."""

import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SAMPLE_BOOK = PROJECT / "sandbox/ledger/ledger.yaml"


@dataclass(frozen=True)
class Settings:
    """Where things are and how much of the machine a process may take."""

    home: Path
    config: Path
    warehouse_url: str
    threads: int
    memory_limit: str
    schedule: str

    @property
    def is_unconfigured(self) -> bool:
        """True when nobody said which book to read."""
        return self.config == SAMPLE_BOOK


def read_settings(environment: dict[str, str] | os._Environ[str]) -> Settings:
    """Settings from `environment`; every variable has a default that works on a laptop."""
    home = Path(environment.get("ZIXIN_HOME") or PROJECT / ".zixin").expanduser().resolve()
    config = Path(environment.get("ZIXIN_CONFIG") or SAMPLE_BOOK)
    return Settings(
        home=home,
        config=config.expanduser().resolve(),
        warehouse_url=environment.get("ZIXIN_WAREHOUSE_URL")
        or f"duckdb:///{home / 'warehouse.duckdb'}",
        threads=int(environment.get("ZIXIN_THREADS") or os.cpu_count() or 1),
        memory_limit=environment.get("ZIXIN_MEMORY_LIMIT") or "4GiB",
        # Set but empty means that nights start by hand alone.
        schedule=environment.get("ZIXIN_SCHEDULE", "0 2 * * *"),
    )


@cache
def _from_environment() -> Settings:
    return read_settings(os.environ)


def connection_text(name: str) -> str:
    """What `AIRFLOW_CONN_<NAME>` says about a connection, as Airflow itself would read it; else "".

    Read when it is needed and kept nowhere: it holds credentials.
    """
    return os.environ.get(f"AIRFLOW_CONN_{name.upper()}", "")


_chosen: list[Settings] = []


def settings() -> Settings:
    """The settings of this process."""
    return _chosen[-1] if _chosen else _from_environment()


def use_settings(chosen: Settings) -> None:
    """Work with these from here on, whatever the environment says."""
    _chosen[:] = [chosen]


def use_config(config: Path) -> None:
    """Read another book file from here on, as `--config` asks."""
    use_settings(replace(settings(), config=config.expanduser().resolve()))
