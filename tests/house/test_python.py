"""Every Python file keeps the rules; and every rule can fail."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from etl import models
from tests.house import python_rules
from tests.house.python_rules import HEAVY, Rule
from tests.house.repository import ROOT, files, listed, shown

PRODUCT = ("etl", "dags", "plugins", "sandbox")

SCOPE: tuple[tuple[Rule, list[Path]], ...] = (
    (python_rules.one_clock, files(".py", under=PRODUCT)),
    (python_rules.one_reader_of_the_environment, files(".py", under=PRODUCT)),
    (python_rules.one_purpose, files(".py", ".js", under=PRODUCT)),
    (python_rules.dags_are_light, files(".py", under=("dags",))),
    (python_rules.plugins_are_plugins, files(".py", under=("plugins",))),
    (python_rules.commands_explain_themselves, [ROOT / "etl/cli.py"]),
)


@pytest.mark.parametrize(("rule", "paths"), SCOPE, ids=lambda part: getattr(part, "__name__", ""))
def test_every_file_keeps(rule: Rule, paths: list[Path]) -> None:
    assert paths, "a rule over no files passes over everything"

    problems = [
        problem for path in paths for problem in rule(shown(path), path.read_text(encoding="utf-8"))
    ]

    assert not problems, listed(problems)


PLANTED: list[tuple[Rule, str]] = [
    (python_rules.one_clock, "from datetime import datetime\nstart = datetime.now()"),
    (python_rules.one_clock, "import datetime\nstart = datetime.datetime.now(datetime.UTC)"),
    (python_rules.one_clock, "from datetime import date\ndef f(): return date.today()"),
    (python_rules.one_clock, "import time\nstart = time.time()"),
    (python_rules.one_clock, "from time import time"),
    (python_rules.one_clock, "import pandas as pd\nnow = pd.Timestamp.now()"),
    (python_rules.one_reader_of_the_environment, "import os\nhome = os.environ['HOME']"),
    (python_rules.one_reader_of_the_environment, "import os\nhome = os.getenv('HOME')"),
    (python_rules.one_reader_of_the_environment, "from os import environ"),
    (python_rules.one_purpose, "x = 1\n" * 401),
    (python_rules.dags_are_light, "import pandas"),
    (python_rules.dags_are_light, "if True:\n    import duckdb"),
    (python_rules.dags_are_light, "from dags.nightly_credit_files import LAYERS"),
    (python_rules.dags_are_light, "from . import nightly_credit_files"),
    (python_rules.dags_are_light, "from airflow.models import DAG"),
    (python_rules.plugins_are_plugins, "def helper(): ..."),
    (
        python_rules.plugins_are_plugins,
        "import duckdb\nclass P(AirflowPlugin): ...",
    ),
    (python_rules.plugins_are_plugins, "app = FastAPI()\nclass P(AirflowPlugin): ..."),
    (python_rules.commands_explain_themselves, "@app.command()\ndef f(as_json): 'It does.'"),
    (python_rules.commands_explain_themselves, "@app.command(epilog='')\ndef f(): 'It does.'"),
    (python_rules.commands_explain_themselves, "@app.command(epilog='')\ndef f(as_json): ..."),
]


@pytest.mark.parametrize(("rule", "text"), PLANTED, ids=lambda part: getattr(part, "__name__", ""))
def test_a_planted_violation_is_found(rule: Rule, text: str) -> None:
    problems = list(rule("dags/planted.py", text))

    assert len(problems) == 1, listed(problems)
    assert problems[0].startswith("dags/planted.py")


ALLOWED: list[tuple[Rule, str]] = [
    (python_rules.one_clock, "import time\nstart = time.monotonic()\ntime.sleep(1)"),
    (python_rules.dags_are_light, "def task():\n    import pandas"),
    (python_rules.dags_are_light, "import datetime\nfrom airflow.sdk import dag\nimport etl.night"),
    (
        python_rules.plugins_are_plugins,
        "app = FastAPI(dependencies=[Depends(may_read)])\nclass P(AirflowPlugin): ...",
    ),
]


@pytest.mark.parametrize(("rule", "text"), ALLOWED, ids=lambda part: getattr(part, "__name__", ""))
def test_what_is_allowed_is_not_found(rule: Rule, text: str) -> None:
    assert list(rule("dags/planted.py", text)) == []


LIGHT = ("etl.alerts", "etl.cli", "etl.clock", "etl.night", "etl.schedule", "etl.settings")


def _loaded(*modules: str) -> set[str]:
    """What a fresh process has loaded once it has imported `modules`."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_what_a_dag_file_and_a_command_import_stays_light() -> None:
    heavy = sorted(_loaded(*LIGHT) & set(HEAVY))

    assert not heavy, (
        f"importing {', '.join(LIGHT)} loads {', '.join(heavy)}: a DAG file or every command would "
        "wait for it. Move that import into the function that needs it"
    )


def test_a_heavy_import_would_be_seen() -> None:
    assert "duckdb" in _loaded("etl.engine.duckdb")


def test_the_dag_has_a_task_for_every_layer() -> None:
    """The DAG lists the layers by hand, so that reading it needs no disk; this keeps the list true."""
    tree = ast.parse((ROOT / "dags/nightly_credit_files.py").read_text(encoding="utf-8"))
    written = next(
        ast.literal_eval(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and python_rules.dotted(node.targets[0]) == "LAYERS"
    )

    assert written == models.layers(), "LAYERS in dags/nightly_credit_files.py: the folders of sql/"
