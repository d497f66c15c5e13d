"""The file source: exports that people or programs put into a folder.

Like every source it hands what it finds to landing untouched, and can later read what landed into
a table. A connector that talks HTTP is a sibling of this module, with pages where this has files.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import BadInput
from etl.sources.config import Feed, Read
from etl.sources.table import Table

DELIMITED = (".csv", ".tsv", ".txt")
WORKBOOKS = (".xlsx", ".xlsm")


@dataclass(frozen=True)
class Export:
    """One file of a feed: where it is, and the name people know it by."""

    path: Path
    name: str


def find_exports(feed: Feed, beside: Path) -> tuple[Export, ...]:
    """The feed's files, in the order of their names (numbers in them by value: 9 before 10).

    `beside` is the folder of the book file.

    Raises:
        BadInput: nothing is there, or a file is of a kind that is not read.
    """
    found: dict[Path, Export] = {}
    for pattern in feed.file:
        matches = _matches(beside, pattern)
        if not matches:
            raise BadInput(
                f"feed {feed.name}: there is no file {pattern} beside {beside}; "
                "put the export there or correct file:."
            )
        for path in matches:
            found.setdefault(path, Export(path, _known_as(path, beside)))
    for export in found.values():
        kind(export.name)
    return tuple(sorted(found.values(), key=lambda export: _natural(export.name)))


def kind(name: str) -> str:
    """`delimited` or `workbook`, by the ending. BadInput for any other."""
    suffix = Path(name).suffix.lower()
    if suffix in DELIMITED:
        return "delimited"
    if suffix in WORKBOOKS:
        return "workbook"
    raise BadInput(f"{name}: only {', '.join(DELIMITED + WORKBOOKS)} are read; export it as one.")


def read_table(path: Path, name: str, read: Read, needed: Sequence[str], out: Path) -> Table:
    """A landed file as a table of text; see `read_delimited` and `read_workbook`."""
    if kind(name) == "workbook":
        from etl.sources.workbook import read_workbook

        return read_workbook(path, name, read, needed, out)
    from etl.sources.delimited import read_delimited

    return read_delimited(path, name, read, needed, out)


def _matches(beside: Path, pattern: str) -> list[Path]:
    """Files that `pattern` names: first as it is written, then as a glob."""
    plain = beside / pattern
    if plain.is_file():
        return [plain]
    anchor = Path(plain.anchor)
    try:
        return [path for path in anchor.glob(str(plain.relative_to(anchor))) if path.is_file()]
    except (ValueError, NotImplementedError):  # what pathlib raises for a pattern that is none
        return []


def _known_as(path: Path, beside: Path) -> str:
    """The path as the book file would write it; the bare name for files elsewhere."""
    parts = path.relative_to(beside).parts if path.is_relative_to(beside) else ("..",)
    return path.name if ".." in parts else "/".join(parts)


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", name)
    return [(int(part.isdigit()), int(part) if part.isdigit() else 0, part) for part in parts]
