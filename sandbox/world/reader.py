"""Read a world as one of its systems would show it at a moment.

    world = World(Path("world"))
    now = world.at(datetime(2026, 11, 22, 3, 0))          # UTC
    page = now.rows("sales_order", system="fxiaoke", where="row_id > ?", params=[last], limit=100)
    total = now.count("sales_order", system="fxiaoke")
    gone = now.rows("invoice", system="zoho", deleted=True, where="deleted_at > ?", params=[since])
    records = now.rows("court_party", where="party_no = ?", params=[17])

Rows are dicts of all the table's columns (`sandbox/world/tables.py`), with dates, datetimes (UTC,
naive), Decimals and None; what is untidy is already in place. `where` and `order_by` are SQL of
DuckDB over the tidy columns, with `?` for values. The default order is by row_id. Threads may share
one World.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from etl.errors import ZixinError
from etl.settings import settings
from sandbox.world.build import MANIFEST, read_manifest
from sandbox.world.pieces import Piece, Pieces
from sandbox.world.tables import TABLES

ROWS_IN_MEMORY = 3_000_000
"""A world with fewer rows is loaded whole, which takes a second and makes a page cost 1–2 ms."""

Row = dict[str, Any]


class World:
    """A world's files, open for reading; ZixinError when there is no world in `folder`."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        if manifest is None:
            raise ZixinError(
                f"there is no world in {folder} ({MANIFEST} is missing): make one with "
                f"`zixin world --customers 300 --out {folder}`"
            )
        self.folder = folder
        self.manifest = manifest
        self.in_memory = sum(manifest["tables"].values()) < ROWS_IN_MEMORY
        self._con = duckdb.connect(
            ":memory:",
            config={
                "threads": 2,
                "memory_limit": settings().memory_limit,
                "temp_directory": str(folder / "spill"),
            },
        )
        self._con.execute("SET TimeZone = 'UTC'")
        self._con.execute("SET parquet_metadata_cache = true")
        self._local = threading.local()
        self.pieces = None if self.in_memory else Pieces(folder)
        made = "TABLE" if self.in_memory else "VIEW"
        for name in TABLES:
            files = str(folder / name / "part-*.parquet").replace("'", "''")
            self._con.execute(f"CREATE {made} {name} AS SELECT * FROM read_parquet('{files}')")

    def at(self, now: datetime) -> "Moment":
        """The world as it is at `now` (UTC; an aware moment is converted)."""
        if now.tzinfo is not None:
            now = now.astimezone(UTC).replace(tzinfo=None)
        return Moment(self, now)

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of any query over the tables, all versions: for tests and exports."""
        return self.cursor().execute(sql, list(params)).fetchall()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's own cursor."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._con.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor

    def close(self) -> None:
        """Let go of the files."""
        self._con.close()


class Moment:
    """A world at one moment: of each record the version that holds then."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world = world
        self.now = now

    def rows(
        self,
        table: str,
        *,
        system: str | None = None,
        where: str = "",
        params: Sequence[Any] = (),
        order_by: str = "row_id",
        limit: int | None = None,
        offset: int = 0,
        columns: Sequence[str] | None = None,
        deleted: bool | None = False,
    ) -> list[Row]:
        """The rows of `table`; with `deleted`, those that are gone by now instead (None: both)."""
        picked = ", ".join(columns) + ", untidy" if columns else "*"
        found: list[Row] = []
        in_order = order_by.strip().lower() in ("row_id", "row_id asc")
        pieces: Iterable[Piece] = (Piece(table, "", ()),)
        if in_order and limit is not None and self.world.pieces is not None:
            pieces = self.world.pieces.of(table, system, _after(where, params))
        for piece in pieces:
            sql, values = self._from(table, system, where, params, deleted, piece)
            sql = f"SELECT {picked} {sql}"
            if order_by:
                sql += f" ORDER BY {order_by}"
            if limit is not None:
                # With an offset every piece is read from its beginning; `found` is cut at the end.
                sql += f" LIMIT {int(limit) + int(offset) - len(found)}"
            done = self.world.cursor().execute(sql, values)
            names = [column[0] for column in done.description or []]
            found += [_as_held(dict(zip(names, row, strict=True))) for row in done.fetchall()]
            if limit is not None and len(found) >= limit + offset:
                break
        return found[offset:] if offset else found

    def count(
        self,
        table: str,
        *,
        system: str | None = None,
        where: str = "",
        params: Sequence[Any] = (),
        deleted: bool | None = False,
    ) -> int:
        """How many rows `rows` would give without a limit."""
        piece = Piece(table, "", ())
        sql, values = self._from(table, system, where, params, deleted, piece)
        found = self.world.cursor().execute(f"SELECT count(*) {sql}", values).fetchone()
        return int(found[0]) if found else 0

    def one(self, table: str, row_id: str, *, system: str | None = None) -> Row | None:
        """The row called `row_id`; None when there is none now."""
        found = self.rows(table, system=system, where="row_id = ?", params=[row_id], limit=1)
        return found[0] if found else None

    def _from(
        self,
        table: str,
        system: str | None,
        where: str,
        params: Sequence[Any],
        deleted: bool | None,
        piece: "Piece",
    ) -> tuple[str, list[Any]]:
        sql, values = f"FROM {piece.source} WHERE true", []
        if TABLES[table].by != "truth":
            sql += " AND modified_at <= ? AND (superseded_at IS NULL OR superseded_at > ?)"
            values += [self.now, self.now]
            if deleted is not None:
                sql += " AND deleted_at <= ?" if deleted else _NOT_GONE
                values.append(self.now)
        if piece.where:
            sql += f" AND {piece.where}"
            values += piece.params
        if system is not None:
            sql += " AND system = ?"
            values.append(system)
        if where:
            sql += f" AND ({where})"
            values.extend(params)
        return sql, values


_NOT_GONE = " AND (deleted_at IS NULL OR deleted_at > ?)"


def _after(where: str, params: Sequence[Any]) -> str:
    """The id behind which a condition begins, when it says `row_id > ?`; else the empty text."""
    before, found, _ = where.partition("row_id > ?")
    return str(params[before.count("?")]) if found and " or " not in where.lower() else ""


def _as_held(row: Row) -> Row:
    """Put what the system really holds in place of the tidy values."""
    untidy = row.pop("untidy", None)
    if untidy:
        row.update((name, value) for name, value in json.loads(untidy).items() if name in row)
    return row
