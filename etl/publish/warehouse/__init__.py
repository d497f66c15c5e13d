"""The warehouse database: where BI reads (design §2 and §8, requirements of issue 2).

Every indicator, grade and mart table keeps its rows by `(as_of, build)`. A night is loaded where
nobody sees it, and one UPDATE of the one-row table `publication` shows it: the views
`<table>_current` join that row, the views `<table>_history` join the table `night`, which holds
for every published day the build that was shown last. Whatever dies in between, people see one
whole night.

Two databases, told apart by the URL alone: a DuckDB file (`duckdb:////srv/zixin/warehouse.duckdb`)
and PostgreSQL (`postgresql+psycopg://…`). Every verb raises `ZixinError`, one sentence without a
password in it, when the database cannot do what was asked.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy.engine import URL

from etl.errors import ZixinError
from etl.publish.warehouse.errors import masked, parsed
from etl.publish.warehouse.state import Night
from etl.publish.warehouse.tables import SCHEMAS, WarehouseTable, checked, night_table

__all__ = [
    "SCHEMAS",
    "drop_unseen",
    "load_night",
    "masked_url",
    "night_table",
    "roll_forward",
    "show_night",
    "visible",
]


class Warehouse(Protocol):
    """What the two databases have in common."""

    def load(self, night: Night, tables: Sequence[WarehouseTable]) -> dict[str, Any]:
        """Load `tables` as `night`, invisibly, all or nothing; rows per table and warnings."""
        ...

    def show(self, night: Night) -> None:
        """Make `night`, loaded before, the one that people see."""
        ...

    def visible(self) -> Night | None:
        """The night that people see."""
        ...

    def drop_unseen(self, keep: Collection[Night]) -> list[Night]:
        """Remove what nobody sees and nobody will show; the nights removed."""
        ...


def load_night(
    url: str, *, as_of: date, build: str, tables: Sequence[WarehouseTable]
) -> dict[str, Any]:
    """Load a night's partitions in one transaction; what people see does not change.

    Loading the same build again replaces its rows: the result is the same as of loading it once.
    Returns `{"as_of": "2026-11-22", "build": …, "tables": {"mart.portfolio": rows}, "warnings":
    [sentence, …]}`.
    """
    return _warehouse(url).load(_night(as_of, build), checked(tables))


def show_night(url: str, as_of: date, build: str) -> None:
    """Show a night that was loaded: from here on the views give its rows."""
    _warehouse(url).show(_night(as_of, build))


def visible(url: str) -> Night | None:
    """`(as_of, build)` of the night that people see; None before the first one was shown."""
    return _warehouse(url).visible()


def roll_forward(url: str, as_of: date, build: str) -> bool:
    """Show the night the published pointer names, unless it is shown already; True when it acted.

    Whoever starts next calls this: a crash between the pointer file and `show_night` leaves the
    warehouse one night behind the published files.
    """
    if visible(url) == _night(as_of, build):
        return False
    show_night(url, as_of, build)
    return True


def drop_unseen(url: str, keep: Collection[tuple[date, str]] = ()) -> list[Night]:
    """Remove the rows of builds that no view shows and that are not the newest of their day.

    A build stays when it is the visible one, when `night` publishes it for its day, when it was
    loaded last for its day (it may be about to be shown), or when it is in `keep`.
    """
    return _warehouse(url).drop_unseen({_night(*night) for night in keep})


def masked_url(url: str) -> str:
    """`url` as a manifest, a log or `zixin doctor` may show it."""
    return masked(parsed(url))


def _night(as_of: date, build: str) -> Night:
    if not build or "\x00" in build:
        raise ZixinError(f"A build must have a name to be loaded as the night of {as_of}.")
    return Night(as_of, build)


def _warehouse(url: str) -> Warehouse:
    """The database behind `url`; imported only when it is the one in use."""
    where: URL = parsed(url)
    if where.get_backend_name() == "duckdb":
        from etl.publish.warehouse.duckdb_file import DuckdbFile

        return DuckdbFile(where)
    from etl.publish.warehouse.postgres import Postgres

    return Postgres(where)
