"""Read one sheet of an XLSX workbook into a table of text that says what each cell was."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from etl.errors import BadInput
from etl.sources.config import Read
from etl.sources.problems import nearest
from etl.sources.table import ROW, Table, require_columns, unique_names

MIDNIGHT = dt.time()
SOME_ROWS = 50_000


def read_workbook(path: Path, name: str, read: Read, needed: Sequence[str], out: Path) -> Table:
    """The sheet as a table whose rows are written to `out` (Parquet).

    Raises:
        BadInput: no workbook, no such sheet, an empty one, or no such column.
    """
    cells = _cells(path, name, read.sheet)
    if not any(any(cell != "" for cell in row) for row in cells):
        raise BadInput(
            f"{name}: sheet {read.sheet} is empty; name another under read: {{sheet: …}}."
        )
    if len(cells) < read.header_row:
        raise BadInput(
            f"{name} has {len(cells)} rows, and header_row says {read.header_row}; correct it."
        )
    above = read.header_row - 1
    header = unique_names([_text(cell)[0] for cell in cells[above]])
    below = [[_text(cell)[0] for cell in row] for row in cells[above + 1 : above + 50]]
    require_columns(name, header, read.header_row, needed, below)
    numbered = [
        (line, row)
        for line, row in enumerate(cells[above + 1 :], start=read.header_row + 1)
        if any(cell != "" for cell in row)
    ]
    _write(numbered, len(header), out)
    return Table(
        name=name,
        rows=out,
        header=header,
        row_count=len(numbered),
        typed=frozenset(range(len(header))),
        written_as=f"XLSX, sheet {read.sheet}",
    )


def _cells(path: Path, name: str, sheet: str) -> list[list[Any]]:
    try:
        workbook = CalamineWorkbook.from_path(path)
    except (CalamineError, OSError) as error:
        raise BadInput(f"{name} is not a readable XLSX workbook: {error}.") from None
    names = workbook.sheet_names
    if sheet.isdigit() and sheet not in names:
        if not 1 <= int(sheet) <= len(names):
            raise BadInput(f"{name} has {len(names)} sheets, and sheet says {sheet}; correct it.")
        sheet = names[int(sheet) - 1]
    if sheet not in names:
        raise BadInput(f"{name} has no sheet {sheet!r}{nearest(sheet, names)}.")
    try:
        return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise BadInput(f"{name}: sheet {sheet} cannot be read: {error}.") from None


def _text(cell: Any) -> tuple[str, str | None]:
    """A cell as text, and `n` for a number, `d` for a date. Nothing is rounded here."""
    if isinstance(cell, str):
        return cell, None
    if isinstance(cell, bool):
        return str(cell).upper(), None
    if isinstance(cell, float):
        return (str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}"), "n"
    if isinstance(cell, int):
        return str(cell), "n"
    if isinstance(cell, dt.datetime):
        day = cell.time() == MIDNIGHT
        return (cell.date().isoformat() if day else cell.isoformat(" ", "seconds")), "d"
    if isinstance(cell, dt.date):
        return cell.isoformat(), "d"
    return str(cell), None


def _write(numbered: list[tuple[int, list[Any]]], width: int, out: Path) -> None:
    names = [*(f"c{place}" for place in range(width)), *(f"k{place}" for place in range(width))]
    schema = pa.schema([*((name, pa.string()) for name in names), (ROW, pa.int64())])
    with pq.ParquetWriter(out, schema, compression="lz4") as writer:
        for start in range(0, len(numbered), SOME_ROWS):
            some = numbered[start : start + SOME_ROWS]
            columns = [[_text(row[place]) for _, row in some] for place in range(width)]
            texts = [pa.array([text for text, _ in column], pa.string()) for column in columns]
            kinds = [pa.array([kind for _, kind in column], pa.string()) for column in columns]
            lines = pa.array([line for line, _ in some], pa.int64())
            writer.write_batch(pa.record_batch([*texts, *kinds, lines], schema=schema))
