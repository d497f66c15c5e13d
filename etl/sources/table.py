"""What every reader of files makes: one table of text, with the line each row stands on."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl.errors import BadInput
from etl.sources.problems import nearest

ROW = "source_row"


@dataclass(frozen=True)
class Ragged:
    """A line that has more or fewer fields than the header."""

    line: int
    fields: int
    text: str


@dataclass(frozen=True)
class Table:
    """One file as text.

    `rows` is a Parquet file: `c0` … `cN` VARCHAR in the order of `header`, `source_row` BIGINT (the
    line or row as a person counts it, 1 for the first), and for each column in `typed` a `k…`
    that says what a workbook's cell was: `n` a number, `d` a date, NULL text. `in_order`: the rows
    come in the order of source_row. `each`: the list inside a page's rows that the rows are made of.
    """

    name: str
    rows: Path
    header: tuple[str, ...]
    row_count: int
    typed: frozenset[int] = frozenset()
    ragged: tuple[Ragged, ...] = field(default=())
    written_as: str = ""
    in_order: bool = True
    each: str = ""

    def position(self, column: str) -> int:
        """Which `c…` holds the column called `column`."""
        return self.header.index(clean_name(column))


def clean_name(name: str) -> str:
    """A header as a person reads it: one space for what cannot be seen, composed characters."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", unicodedata.normalize("NFC", name)).strip()


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Column names from header cells: the second `x` is `x.1`, the third `x.2`, an empty one
    `column_<n>`; a name that the file itself uses is never given away."""
    cleaned = [clean_name(cell) for cell in cells]
    taken = set(cleaned)
    seen: set[str] = set()
    names = []
    for place, name in enumerate(cleaned, start=1):
        wanted = name or f"column_{place}"
        suffix = 0
        while wanted in seen or (suffix and wanted in taken):
            suffix += 1
            wanted = f"{name or f'column_{place}'}.{suffix}"
        seen.add(wanted)
        names.append(wanted)
    return tuple(names)


def require_columns(
    file: str,
    header: Sequence[str],
    header_row: int,
    needed: Sequence[str],
    below: Sequence[Sequence[str]],
) -> None:
    """Every needed column is in the header, or BadInput says which is not and what there is.

    `below` are the rows after it: when one of them is the real header, the sentence says so.
    """
    missing = [column for column in needed if clean_name(column) not in header]
    if not missing:
        return
    for offset, row in enumerate(below, start=1):
        if all(clean_name(column) in unique_names(row) for column in needed):
            raise BadInput(
                f"{file}: the header is in row {header_row + offset}, not {header_row}; "
                f"say read: {{header_row: {header_row + offset}}}."
            )
    more = f" ({len(missing) - 1} more are missing too)" if len(missing) > 1 else ""
    raise BadInput(
        f"{file} has no column {missing[0]!r} in row {header_row}"
        f"{nearest(missing[0], header)}{more}."
    )
