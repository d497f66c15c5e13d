"""Rows of the world for a CRM stand-in: filtered, ordered, paged, deleted ones too when asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.server.objects import DISPLAY
from sandbox.server.state import State

Row = dict[str, Any]


@dataclass
class Query:
    """What is wanted of a table. `where`: conditions over its columns, with `?` for `params`.

    `deleted`: `without` (as a user sees it), `with`, or `only`. `at`: as of a moment gone by.
    """

    where: list[str] = field(default_factory=list)
    params: list[Any] = field(default_factory=list)
    order_by: str = "row_id"
    limit: int | None = None
    offset: int = 0
    deleted: str = "without"
    at: datetime | None = None

    def add(self, condition: str, *params: Any) -> None:
        """One more condition; all must hold."""
        self.where.append(f"({condition})")
        self.params.extend(params)

    @property
    def condition(self) -> str:
        """All conditions as one; empty when there is none."""
        return " AND ".join(self.where)


def plain(moment: datetime) -> datetime:
    """The moment as the world's tables hold it: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def changed(now: datetime) -> str:
    """SQL: when a row was last touched, its deletion included."""
    at = plain(now).isoformat(sep=" ", timespec="seconds")
    return f"(CASE WHEN deleted_at <= TIMESTAMP '{at}' THEN deleted_at ELSE modified_at END)"


def touched(row: Row, now: datetime) -> datetime:
    """The same of a row that was read."""
    return row["deleted_at"] if is_deleted(row, now) else row["modified_at"]


def is_deleted(row: Row, now: datetime) -> bool:
    """Whether it is deleted by now."""
    return row["deleted_at"] is not None and row["deleted_at"] <= plain(now)


def select(state: State, system: str, table: str, query: Query) -> list[Row]:
    """The rows, each a dict of the table's columns."""
    rows: list[Row] = _view(state, query).rows(
        table,
        system=system,
        where=query.condition or None,
        params=query.params,
        order_by=query.order_by,
        limit=query.limit,
        offset=query.offset,
        deleted=query.deleted,
    )
    return rows


def _view(state: State, query: Query) -> Any:
    return state.world.at(query.at) if query.at else state.view()


def count(state: State, system: str, table: str, query: Query) -> int:
    """How many there are, whatever the page."""
    number: int = _view(state, query).count(
        table,
        system=system,
        where=query.condition or None,
        params=query.params,
        deleted=query.deleted,
    )
    return number


def names(state: State, system: str, table: str, ids: Iterable[str]) -> dict[str, str]:
    """row_id → what people call the row, for look-ups; kept for a day of virtual time."""
    day = state.now().date().isoformat()
    known: dict[str, str] = state.memory[f"names {day}"].setdefault(f"{system}.{table}", {})
    missing: Sequence[str] = sorted({key for key in ids if key and key not in known})
    if missing:
        query = Query(deleted="with")
        query.add(f"row_id IN ({', '.join('?' * len(missing))})", *missing)
        column = DISPLAY.get(table, "number")
        found = {row["row_id"]: row[column] for row in select(state, system, table, query)}
        known.update({key: found.get(key) or "" for key in missing})
    return known
