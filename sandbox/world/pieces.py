"""Where in a large world's files an id is, so that a page by id reads a piece and not the whole."""

import threading
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from sandbox.world.columns import Ref
from sandbox.world.identifiers import row_ids
from sandbox.world.tables import PLACES, SYSTEMS

FIRST = 2
"""Groups of rows that are read for a page at first; twice as many each time that is too few."""


@dataclass(frozen=True)
class Piece:
    """What to read: a table or files, and a condition on the ids in it."""

    source: str
    where: str
    params: tuple[Any, ...]


@dataclass(frozen=True)
class _Group:
    """A row group: its greatest and least id, and its file."""

    last: str
    first: str
    file: str


class Pieces:
    """Ids of every row group of a world, read from the files' footers when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._groups: dict[str, list[_Group]] = {}
        self._lock = threading.Lock()

    def of(self, table: str, system: str | None, after: str) -> Iterator[Piece]:
        """Pieces in the order of ids, from `after` on, together all of the system's rows."""
        groups = self._of(table)
        if system in SYSTEMS:
            lowest, highest = _bounds(table, system)
            after = max(after, lowest)
            groups = [group for group in groups if lowest < group.last and group.first <= highest]
        at = bisect_right(groups, after, key=lambda group: group.last)
        least, step = after, FIRST
        while at < len(groups):
            part = groups[at : at + step]
            at, step = at + step, step * 2
            most = part[-1].last
            files = sorted(
                {group.file for group in groups if group.last > least and group.first <= most}
            )
            names = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
            yield Piece(f"read_parquet([{names}])", "row_id > ? AND row_id <= ?", (least, most))
            least = most

    def _of(self, table: str) -> list[_Group]:
        with self._lock:
            if table not in self._groups:
                self._groups[table] = sorted(
                    (
                        group
                        for file in sorted((self._folder / table).glob("part-*.parquet"))
                        for group in _groups(file)
                    ),
                    key=lambda group: group.last,
                )
            return self._groups[table]


def _groups(file: Path) -> Iterator[_Group]:
    footer = pq.read_metadata(file)
    column = footer.schema.names.index("row_id")
    for number in range(footer.num_row_groups):
        group = footer.row_group(number)
        if group.num_rows:
            ids = group.column(column).statistics
            yield _Group(ids.max, ids.min, str(file))


def _bounds(table: str, system: str) -> tuple[str, str]:
    """A text just below the first id that a system can give in a table, and its last id."""
    ends = Ref(PLACES[table], np.array([0, 10**10 - 1]))
    first, last = row_ids(ends, np.full(2, SYSTEMS.index(system))).to_pylist()
    return first[:-1], last
