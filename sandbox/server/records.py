"""Rows of the world for a CRM stand-in: filtered, ordered, paged, deleted ones too when asked for.

A list is read in blocks of some thousand rows, from which its pages are cut: a page then costs no
query. A block is thrown away at the moment the world has the next change in that table, so a page
never shows anything but what holds at that moment.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sandbox.server.objects import DISPLAY, REFERENCES
from sandbox.server.state import State

Row = dict[str, Any]
DELETED = {"without": False, "only": True, "with": None}
BLOCK_ROWS = 5_000
MOST_BLOCKS = 12
MOST_NAMES = 200_000
PAGE_ROWS = 1_000
"""Whoever wants more rows at once gets them straight from the world."""

LIFE = ("row_id", "created_at", "modified_at", "deleted_at")

GONE = "coalesce(deleted_at <= {now}, false)"
CHANGED = "(CASE WHEN deleted_at <= {now} THEN deleted_at ELSE modified_at END)"
"""SQL: whether a row is deleted; when it was last touched, its deletion included."""


@dataclass
class Query:
    """What is wanted of a table. `where`: conditions over its columns, with `?` for `params`.

    `after`: only rows behind this row_id, for lists in its order. `deleted`: `without` (as a user
    sees it), `with`, or `only`. `at`: as of a moment gone by.
    `with_names`: `names` will be asked about its look-ups. `columns`: all that is read of a row, beside
    those of its life (empty: everything); for long results, where the others cost time.
    """

    where: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    order_by: str = "row_id"
    after: str | None = None
    limit: int | None = None
    offset: int = 0
    deleted: str = "without"
    at: datetime | None = None
    with_names: bool = False
    columns: Sequence[str] = ()

    def add(self, condition: str, *params: Any) -> None:
        """One more condition; all must hold."""
        self.where.append(f"({condition})")
        self.params.extend(params)

    def arguments(self, now: datetime) -> dict[str, Any]:
        """Condition, values and kind of rows as the world takes them."""
        where, params = list(self.where), list(self.params)
        if self.after is not None:
            where.append("row_id > ?")
            params.append(self.after)
        text = " AND ".join(where).replace("{now}", f"TIMESTAMP '{plain(now):%Y-%m-%d %H:%M:%S}'")
        return {"where": text, "params": params, "deleted": DELETED[self.deleted]}

    def key(self, system: str, table: str) -> tuple[Any, ...]:
        """What two pages of one list have in common."""
        where = (*self.where, *(str(param) for param in self.params))
        return (system, table, self.order_by, self.deleted, self.at, where)


@dataclass
class Block:
    """Rows of a list from a place on. `total` counts all rows from `after` on; `until`: the moment
    it stops being true (None: never)."""

    rows: list[Row]
    ids: list[str]
    after: str | None
    offset: int
    total: int | None
    made: datetime
    until: datetime | None
    is_last: bool

    def holds_at(self, now: datetime) -> bool:
        """Whether it is still as it was."""
        return self.made <= now and (self.until is None or now < self.until)

    def place(self, query: Query) -> int | None:
        """Where the query's page begins in it; None when it is not in it whole."""
        if query.after is not None or self.after is not None:
            if (query.after or "") < (self.after or "") or query.offset:
                return None
            start = bisect_right(self.ids, query.after) if query.after is not None else 0
        else:
            start = query.offset - self.offset
        whole = self.is_last or start + (query.limit or 0) <= len(self.rows)
        return start if start >= 0 and whole else None


def plain(moment: datetime) -> datetime:
    """The moment as the world's tables hold it: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def touched(row: Row, now: datetime) -> datetime:
    """When a row that was read was last touched, its deletion included."""
    moment: datetime = row["deleted_at"] if is_deleted(row, now) else row["modified_at"]
    return moment


def is_deleted(row: Row, now: datetime) -> bool:
    """Whether it is deleted by now."""
    return row["deleted_at"] is not None and row["deleted_at"] <= plain(now)


def select(state: State, system: str, table: str, query: Query) -> list[Row]:
    """The rows, each a dict of the table's columns. They are shared: not to be changed."""
    if query.limit is None or query.limit > PAGE_ROWS:
        return _read(state, system, table, query, query.limit)
    block = _block(state, system, table, query)
    start = block.place(query) or 0
    return block.rows[start : start + query.limit]


def count(state: State, system: str, table: str, query: Query) -> int:
    """How many there are behind `after`, whatever the page."""
    if query.limit is None or query.limit > PAGE_ROWS:
        return _count(state, system, table, query)
    block = _block(state, system, table, query)
    if block.total is None:
        block.total = _count(state, system, table, replace(query, after=block.after))
    skipped = 0 if query.after is None else bisect_right(block.ids, query.after)
    return block.total - skipped


def _now(state: State, query: Query) -> datetime:
    return query.at or state.now()


def _count(state: State, system: str, table: str, query: Query) -> int:
    now = _now(state, query)
    number: int = state.world.at(now).count(table, system=system, **query.arguments(now))
    return number


def _read(state: State, system: str, table: str, query: Query, limit: int | None) -> list[Row]:
    now = _now(state, query)
    rows: list[Row] = state.world.at(now).rows(
        table,
        system=system,
        order_by=query.order_by,
        limit=limit,
        offset=query.offset,
        columns=sorted({*query.columns, *LIFE}) if query.columns else None,
        **query.arguments(now),
    )
    return rows


def _block(state: State, system: str, table: str, query: Query) -> Block:
    """The block that holds the query's page, read now if there is none."""
    blocks: dict[Any, list[Block]] = state.memory["blocks"]
    key, now = query.key(system, table), state.now()
    for block in blocks.get(key, ()):
        if block.holds_at(now) and block.place(query) is not None:
            return block
    rows = _read(state, system, table, _anchored(query, blocks.get(key, [])), BLOCK_ROWS)
    block = Block(
        rows,
        [row["row_id"] for row in rows],
        query.after,
        query.offset,
        None,
        now,
        None if query.at else _next_change(state, table, now),
        len(rows) < BLOCK_ROWS,
    )
    for column, to in REFERENCES.items():
        if query.with_names and rows and column in rows[0]:
            names(state, system, to, (row[column] for row in rows))
    if len(blocks) >= MOST_BLOCKS and key not in blocks:
        blocks.pop(next(iter(blocks)))
    blocks[key] = [block]
    return block


def _anchored(query: Query, before: list[Block]) -> Query:
    """The same place by id in place of its number, when the row before it was seen: a world reads
    from an id on at once, but counts its way to a number."""
    for block in before:
        place = query.offset - block.offset - 1
        is_by_id = query.order_by == "row_id" and query.after is None and block.after is None
        if is_by_id and 0 <= place < len(block.ids):
            return replace(query, after=block.ids[place], offset=0)
    return query


def children(
    state: State, system: str, table: str, column: str, parents: Sequence[Row]
) -> dict[str, list[Row]]:
    """The rows of `table` whose `column` names one of `parents`, by parent.

    Read for all parents of a block at once, and again after the next change in `table`.
    """
    kept = state.memory["children"].get((system, table, column))
    ids = [row["row_id"] for row in parents]
    if kept is None or not kept["block"].holds_at(state.now()) or not kept["ids"].issuperset(ids):
        kept = _children(state, system, table, column, ids)
        state.memory["children"][system, table, column] = kept
    by_parent: dict[str, list[Row]] = kept["by_parent"]
    return by_parent


def _children(
    state: State, system: str, table: str, column: str, ids: Sequence[str]
) -> dict[str, Any]:
    blocks = (block for some in state.memory["blocks"].values() for block in some)
    whole = next((block.ids for block in blocks if ids and ids[0] in block.ids), list(ids))
    query = Query()
    query.add(f"{column} IN (SELECT unnest(?::VARCHAR[]))", whole)
    rows, now = select(state, system, table, query), state.now()
    by_parent: dict[str, list[Row]] = {}
    for row in rows:
        by_parent.setdefault(row[column], []).append(row)
    block = Block([], [], None, 0, None, now, _next_change(state, table, now), True)
    return {"block": block, "ids": {*whole, *ids}, "by_parent": by_parent}


def _next_change(state: State, table: str, now: datetime) -> datetime | None:
    """The first moment after `now` at which a row of the table comes, changes or goes."""
    at = plain(now)
    found = state.world.query(
        f"SELECT least(min(modified_at) FILTER (modified_at > ?), "
        f"min(deleted_at) FILTER (deleted_at > ?)) FROM {table}",
        [at, at],
    )[0][0]
    return found.replace(tzinfo=UTC) if found else None


def names(state: State, system: str, table: str, ids: Iterable[Any]) -> dict[str, str]:
    """row_id → what people call the row, for look-ups; kept for a day of virtual time."""
    day = state.now().date().isoformat()
    known: dict[str, str] = state.memory[f"names {day}"].setdefault(f"{system}.{table}", {})
    wanted = {str(key) for key in ids if key}
    if len(known) > MOST_NAMES:
        known.clear()
    missing = sorted(wanted - known.keys())
    if missing:
        column = DISPLAY.get(table, "number")
        rows = state.view().rows(
            table,
            system=system,
            where="row_id IN (SELECT unnest(?::VARCHAR[]))",
            params=[missing],
            order_by="",
            deleted=None,
            columns=["row_id", column],
        )
        found = {row["row_id"]: row[column] for row in rows}
        known.update({key: str(found.get(key) or "") for key in missing})
    return known
