"""Files that many tests of a run need, made by whoever comes first, in whatever worker.

A file is named after everything it is made from, so what is found is what would be made.
"""

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from etl.engine import Engine
from etl.lake import digest, file_sha256
from etl.models import Model

TOGETHER = "TESTS_TOGETHER"
"""The environment variable that names the folder of a run, set in tests/conftest.py."""


@cache
def together() -> Path:
    """The folder of the run; it goes when the run ends."""
    folder = Path(os.environ.get(TOGETHER) or mkdtemp(prefix="zixin-together-"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def apart() -> Path:
    """A folder in it that is this process's alone."""
    folder = together() / f"process-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    return folder


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The file `name` of the run; `make` writes it where it is told to, if nobody has."""
    target = together() / name
    if not target.exists():
        scratch = apart() / name
        make(scratch)
        scratch.replace(target)
    return target


def built(model: Model, engine: Engine, files: Mapping[str, list[Path]], **how: object) -> Path:
    """The table of a SQL file out of those it reads. `how`: as_of, and whatever else is to be told apart."""
    key = digest(
        model.sql,
        *(f"{name} {value}" for name, value in sorted(how.items())),
        *(content(file) for upstream in model.reads for file in files[upstream]),
    )
    return made_once(
        f"{key}.parquet",
        lambda target: model.write(engine, files, as_of=how["as_of"], target=target),
    )


_known: dict[Path, str] = {}


def content(file: Path) -> str:
    """SHA-256 of a file. Only what was made once never changes: a case may write its own files anew."""
    if file.parent != together():
        return file_sha256(file)
    if file not in _known:
        _known[file] = file_sha256(file)
    return _known[file]
