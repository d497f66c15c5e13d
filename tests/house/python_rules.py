"""What holds for every Python file: who reads the clock and the environment, who imports what.

A rule takes a file's name and its text, and says in sentences what to change.
"""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

CLOCK = "etl/clock.py"
ENVIRONMENT = {
    "etl/settings.py": "the one reader",
    "etl/airflow_local/components.py": "hands its own environment on to the processes it starts",
}
MOST_LINES = 400
HEAVY = (
    "airflow", "duckdb", "great_expectations", "numpy", "pandas", "plotly", "psycopg", "pyarrow",
    "python_calamine", "requests", "sqlalchemy",
)  # fmt: skip
"""Costs from 0.2 to 13 seconds each: a DAG file is read every half minute, a command at every start."""

CLOCK_CALLS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime", "time.ctime", "time.strftime", "Timestamp.now",
    "Timestamp.today", "Timestamp.utcnow",
}  # fmt: skip
ENVIRONMENT_READS = {"os.environ", "os.environb", "os.getenv", "os.putenv"}

Rule = Callable[[str, str], Iterator[str]]


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute or a name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _from_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """`from a import b` as a.b, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def one_clock(name: str, text: str) -> Iterator[str]:
    """A night is replayed with another day's date: whoever asks the clock breaks that."""
    if name == CLOCK:
        return
    tree = ast.parse(text)
    for node in ast.walk(tree):
        called = dotted(node.func) if isinstance(node, ast.Call) else ""
        if ".".join(called.split(".")[-2:]) in CLOCK_CALLS:
            yield (
                f"{name}, line {node.lineno}: {called}() reads the clock; take `as_of` as an "
                f"argument, or ask {CLOCK}. time.monotonic is free: it measures, it does not date"
            )
    for line, imported in _from_imports(tree):
        if imported in CLOCK_CALLS:
            yield f"{name}, line {line}: {imported} reads the clock; ask {CLOCK}"


def one_reader_of_the_environment(name: str, text: str) -> Iterator[str]:
    """A setting that anybody may read anywhere is documented nowhere."""
    if name in ENVIRONMENT:
        return
    tree = ast.parse(text)
    reads = [
        (node.lineno, dotted(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and dotted(node) in ENVIRONMENT_READS
    ]
    reads += [found for found in _from_imports(tree) if found[1] in ENVIRONMENT_READS]
    for line, what in reads:
        yield (
            f"{name}, line {line}: {what} reads the environment; add a field to Settings in "
            "etl/settings.py, a line to .env.example and one to docs/operations.md"
        )


def one_purpose(name: str, text: str) -> Iterator[str]:
    """A file that nobody can hold in mind has more than one purpose."""
    if (lines := text.count("\n")) > MOST_LINES:
        yield f"{name} has {lines} lines, more than {MOST_LINES}: which of its purposes can move out?"


def top_imports(text: str) -> Iterator[tuple[int, str]]:
    """Modules that are imported as soon as the file is."""
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, f"{'.' * node.level}{node.module or ''}"
        waiting.extend(ast.iter_child_nodes(node))


def dags_are_light(name: str, text: str) -> Iterator[str]:
    """A DAG file says when and in what order; it is read every half minute by every scheduler."""
    siblings = {"dags", PurePosixPath(name).stem, ""}
    for line, module in sorted(top_imports(text)):
        first = module.lstrip(".").split(".")[0]
        if module.startswith(".") or first in siblings:
            yield (
                f"{name}, line {line}: a DAG file imports no other DAG file; put what two of them "
                "need under etl/"
            )
        elif first not in ("airflow", "etl") and first not in sys.stdlib_module_names:
            yield f"{name}, line {line}: import {module} inside the task that needs it"
        elif first == "airflow" and module != "airflow.sdk":
            yield f"{name}, line {line}: DAG files use airflow.sdk, which stays; {module} may not"


def plugins_are_plugins(name: str, text: str) -> Iterator[str]:
    """Airflow executes every file under plugins/ in each of its processes."""
    tree = ast.parse(text)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    if not any(dotted(base).endswith("AirflowPlugin") for item in classes for base in item.bases):
        yield f"{name}: no AirflowPlugin in it; helpers live under etl/, this folder is executed"
    for line, module in sorted(top_imports(text)):
        if module.split(".")[0] in (set(HEAVY) - {"airflow"}):
            yield f"{name}, line {line}: import {module} inside the function that needs it"
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        is_app = dotted(call.func).endswith(("FastAPI", "APIRouter"))
        if is_app and all(keyword.arg != "dependencies" for keyword in call.keywords):
            yield (
                f"{name}, line {call.lineno}: Airflow does not protect what a plugin mounts; "
                "give it dependencies=[Depends(…)] that ask the auth manager"
            )


def commands_explain_themselves(name: str, text: str) -> Iterator[str]:
    """Every `zixin` command shows an example and answers machines."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and dotted(mark.func) == "app.command":
                if not any(keyword.arg == "epilog" for keyword in mark.keywords):
                    yield f'{name}: {node.name} has no example; say epilog="Example: zixin …"'
                if not any(argument.arg == "as_json" for argument in node.args.args):
                    yield f"{name}: {node.name} has no --json; take `as_json: Json = False`"
                if not ast.get_docstring(node):
                    yield f"{name}: {node.name} has no docstring, so its --help says nothing"
