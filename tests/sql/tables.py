"""Tiny text tables: what goes into a case and what is expected of it, small enough to check by eye.

    invoice_id | due_date   | amount
    I1         | 2026-11-01 | 10000    # paid in two parts

The first line names the columns. `#` starts the reason why a row is there. A cell left empty, or a
lone `-`, is NULL.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, str | None]


def parse(text: str) -> list[Row]:
    """The rows of a text table; a row with too many or too few cells is a mistake in the test."""
    lines = list(_cells(text))
    if not lines:
        return []
    header, *rows = lines
    for row in rows:
        assert len(row) == len(header), f"{len(header)} columns, but {row}"
    return [{str(name): cell for name, cell in zip(header, row, strict=True)} for row in rows]


def _cells(text: str) -> Iterator[list[str | None]]:
    for line in text.splitlines():
        bare = line.split("#")[0].strip()
        if bare:
            cells = (cell.strip() for cell in bare.strip("|").split("|"))
            yield [None if cell in {"", "-"} else cell for cell in cells]


def same(found: Any, wanted: str | None) -> bool:
    """Whether a published value is the one the cell says. Money and ratios compare as numbers."""
    if found is None or wanted is None:
        return found is None and wanted is None
    if isinstance(found, bool):
        return wanted == ("yes" if found else "no")
    if isinstance(found, Decimal | int):
        return Decimal(found) == Decimal(wanted.replace(",", ""))
    if isinstance(found, date):
        return found.isoformat() == wanted
    return str(found) == wanted


def shown(value: Any) -> str:
    """A value as a text table writes it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def drawn(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as a text table, for a failure that can be read."""
    return "\n".join(" | ".join(map(shown, row)) for row in [header, *rows])
