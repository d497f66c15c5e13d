"""Pulling a CRM's feeds from the sandbox, through the real runner, down to canonical rows."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from etl.clock import Ticker, end_of_day
from etl.landing import landed_files
from etl.mapping import map_feed
from etl.sources import session
from etl.sources.config import Book, Feed, read_book
from etl.sources.order import Order
from etl.sources.pull import Puller
from etl.sources.systems import system
from sandbox.world.reader import World
from tests.sandbox_server import TONIGHT, Running

ZONE = "Asia/Shanghai"
AS_OF = date(2026, 11, 21)
"""The night that begins at TONIGHT, as people in Shanghai date it."""

SYSTEM_OF = {
    "fxiaoke": "fxiaoke",
    "zoho_crm": "zoho",
    "zoho_books": "zoho",
    "salesforce": "salesforce",
}


class Moving(Ticker):
    """Real time from TONIGHT on; waiting moves the sandbox's clock instead."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.begun = datetime.now(UTC)
        self.moved = timedelta(0)

    def now(self) -> datetime:
        return TONIGHT + (datetime.now(UTC) - self.begun) + self.moved

    def sleep(self, seconds: float) -> None:
        self.server.clock(advance=seconds)
        self.moved += timedelta(seconds=seconds)


@dataclass
class Came:
    """What one pull brought: entity → its rows, and rejected rows by entity."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)


def crm_book(folder: Path) -> Book:
    """A book of all four CRM mappings."""
    path = folder / "book.yaml"
    path.write_text("include: [fxiaoke, zoho_crm, zoho_books, salesforce]\n")
    return read_book(path)


def pulled(home: Path, feed: Feed, as_of: date = AS_OF) -> Came:
    """Pull what is new of a feed and map it; nothing when nothing was asked."""
    connector = system(feed.source)
    opens = session.opens(home, feed, connector)
    puller = Puller(home, feed, connector, opens, as_of, end_of_day(as_of, ZONE))
    batch = puller.run(Order).batch
    if batch is None:
        return Came()
    out = home / "mapped" / batch.name
    map_feed(
        feed,
        landed_files(home, batch),
        batch=batch.name,
        arrived_on=batch.day,
        out=out,
        time_zone=ZONE,
    )
    came = Came()
    with duckdb.connect() as db:
        for entity in feed.records:
            answer = db.execute(
                f"SELECT * EXCLUDE (batch, raw) FROM '{out / entity}.parquet' ORDER BY seq"
            )
            names = [column[0] for column in answer.description or ()]
            came.rows[entity] = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        rejects = f"SELECT entity, COUNT(*) FROM '{out / 'rejects.parquet'}' GROUP BY entity"
        came.rejected = dict(db.execute(rejects).fetchall())
    return came


def world_rows(
    world: World, feed: Feed, entity: str, at: datetime, *, deleted: bool = False
) -> list[dict[str, Any]]:
    """What the world holds of an entity in the feed's system."""
    rows: list[dict[str, Any]] = world.at(at).rows(
        entity, system=SYSTEM_OF[feed.source], deleted=deleted
    )
    return rows
