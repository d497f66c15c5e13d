"""Rows of the world's tables by a key, as they are at a moment; read once where that fits in memory.

A company is asked about product by product, each a handful of lookups: a table of a usual world is
held in dictionaries, all versions of its rows, and one that is too big for that is asked in SQL.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.server.from_world import Rows
from sandbox.world.tables import TABLES

MOST_HELD = 60_000
"""Rows of one table, all versions. A row costs one or two kilobytes."""

_HELD: WeakKeyDictionary[Any, dict[tuple[str, str], dict[Any, Rows] | None]] = WeakKeyDictionary()


def rows_by_key(
    world: Any, now: datetime, table: str, column: str, values: Sequence[Any], *, tidy: bool = False
) -> Rows:
    """Rows whose `column` is one of `values`, in the order of `values`, then of their ids.

    `tidy`: without the rows that hold something wrong on purpose.
    """
    held = _HELD.setdefault(world, {})
    if (table, column) not in held:
        held[table, column] = _grouped(world, table, column)
    groups = held[table, column]
    if groups is None:
        return _asked(world, now, table, column, values, tidy)
    at = now.astimezone(UTC).replace(tzinfo=None)
    return [
        row
        for value in values
        for row in groups.get(value, ())
        if row["modified_at"] <= at
        and (row["superseded_at"] is None or at < row["superseded_at"])
        and (row["deleted_at"] is None or at < row["deleted_at"])
        and not (tidy and row["untidy"])
    ]


def _grouped(world: Any, table: str, column: str) -> dict[Any, Rows] | None:
    """Every version of every row by the value of a column; None when they are too many."""
    if world.query(f"SELECT count(*) FROM {table}")[0][0] > MOST_HELD:
        return None
    names = [name for name, _ in TABLES[table].all_columns]
    found: dict[Any, Rows] = {}
    picked = ", ".join(f'"{name}"' for name in names)
    for values in world.query(f"SELECT {picked} FROM {table} ORDER BY row_id, modified_at"):
        row = dict(zip(names, values, strict=True))
        found.setdefault(row[column], []).append(row)
    return found


def _asked(
    world: Any, now: datetime, table: str, column: str, values: Sequence[Any], tidy: bool
) -> Rows:
    if not values:
        return []
    marks = ", ".join("?" * len(values))
    where = f"{column} IN ({marks})" + (" AND untidy IS NULL" if tidy else "")
    rows: Rows = world.at(now).rows(table, where=where, params=list(values), order_by="row_id")
    place = {value: index for index, value in enumerate(values)}
    return sorted(rows, key=lambda row: place[row[column]])
