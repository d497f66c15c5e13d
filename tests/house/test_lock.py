"""The lock keeps to pyproject.toml, and the repository names no package registry."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)")

# In two halves, so that this file is not the one that names them.
REGISTRIES = [
    f"{host}.{top}"
    for host, top in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("debian", "org"),
    ]
]


def _wanted() -> list[tuple[str, Requirement]]:
    """Each direct dependency with the line that asks for it."""
    text = (PROJECT / "pyproject.toml").read_text()
    parsed = tomllib.loads(text)
    asked = [*parsed["project"]["dependencies"], *parsed["dependency-groups"]["dev"]]
    lines = text.splitlines()
    return [
        (next(line for line in lines if line.strip().startswith(f'"{one}"')), Requirement(one))
        for one in asked
    ]


def _pins() -> dict[str, str]:
    pins = {}
    for line in (PROJECT / "requirements.lock").read_text().splitlines():
        if match := PIN.match(line):
            pins.setdefault(canonicalize_name(match["name"]), match["version"])
    return pins


@pytest.mark.parametrize(
    ("line", "requirement"), _wanted(), ids=lambda value: getattr(value, "name", "")
)
def test_the_lock_has_what_pyproject_asks_for(line: str, requirement: Requirement) -> None:
    pin = _pins().get(canonicalize_name(requirement.name))
    assert pin, f"{requirement.name} is not in requirements.lock: run `make lock`."
    assert requirement.specifier.contains(pin), f"{requirement} against {pin}: run `make lock`."
    assert "#" in line, f"Say in a comment what {requirement.name} is here for."


def test_what_is_imported_is_asked_for() -> None:
    """Not by luck, because something else happens to bring it."""
    ours = {"etl", "sandbox", "tests", "bench"}
    asked = {canonicalize_name(requirement.name) for _, requirement in _wanted()}
    brought_by = packages_distributions()
    missing = {
        f"{file.relative_to(PROJECT)} imports {module}"
        for file in PROJECT.glob("*/**/*.py")
        if file.relative_to(PROJECT).parts[0] in {*ours, "dags", "plugins"}
        for module in _imports(file) - ours - set(sys.stdlib_module_names)
        if not asked & {canonicalize_name(name) for name in brought_by.get(module, ())}
        and module != "airflow"  # its parts come as packages of other names
        and not file.with_name(f"{module}.py").exists()
    }
    assert missing == set()


def test_what_is_asked_for_at_run_time_is_used() -> None:
    text = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("etl", "dags", "plugins", "sandbox")
        for file in (PROJECT / folder).rglob("*.py")
    )
    wanted = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    modules = {"apache_airflow": "airflow", "pyyaml": "yaml", "python_stdnum": "stdnum"}
    names = [Requirement(one).name.replace("-", "_") for one in wanted]
    assert [name for name in names if modules.get(name, name) not in text] == []


def _imports(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    ]
    return {name.split(".")[0] for name in names}


def test_every_pin_has_its_hashes() -> None:
    lines = (PROJECT / "requirements.lock").read_text().splitlines()
    pinned = [number for number, line in enumerate(lines) if PIN.match(line)]
    bare = [lines[number] for number in pinned if "--hash=sha256:" not in lines[number + 1]]
    assert bare == []


@pytest.mark.parametrize("host", REGISTRIES)
def test_no_file_names_a_package_registry(host: str) -> None:
    """A closed network has its own, and the lock must not point past it."""
    found = subprocess.run(
        ["git", "grep", "--cached", "-I", "--files-with-matches", "--fixed-strings", host],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == []
