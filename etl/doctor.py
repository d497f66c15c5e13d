"""What is configured, reachable and fresh, and what is not, with the fix."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from etl import clock, schedule
from etl.context import Context, context
from etl.errors import ZixinError
from etl.groups import INQUIRIES, SHIPPED_NEEDS, groups
from etl.sources.problems import nearest

LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `fix` is empty when it is fine."""

    what: str
    fix: str = ""

    @property
    def is_ok(self) -> bool:
        """Nothing to do."""
        return not self.fix

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "is_ok": self.is_ok}


def examine() -> list[Finding]:
    """Look at everything a night needs; one thing wrong does not hide the next."""
    ctx = context()
    findings: list[Finding] = []
    for look in LOOKS:
        try:
            findings.extend(look(ctx))
        except ZixinError as error:
            findings.append(Finding(LOOKS[look], str(error)))
    return findings


def _home(ctx: Context) -> Iterator[Finding]:
    home = ctx.settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        yield Finding(f"lake {home}", f"it cannot be made ({error.strerror}): set ZIXIN_HOME")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield Finding(f"lake {home}", "it cannot be written: change its owner, or set ZIXIN_HOME")
        return
    free = shutil.disk_usage(home).free
    enough = free >= LEAST_FREE_BYTES
    yield Finding(
        f"lake {home}, {free / 1024**3:,.0f} GiB free",
        "" if enough else "less than 2 GiB is free: make room, or set ZIXIN_HOME",
    )


def _book(ctx: Context) -> Iterator[Finding]:
    book = ctx.book
    yield Finding(f"book file {book.path}, feeds: {len(book.feeds)}")


def _feeds(ctx: Context) -> Iterator[Finding]:
    from etl.sources.files import find_exports, read_table

    for feed in ctx.book.feeds:
        if feed.is_pulled:
            continue
        try:
            exports = find_exports(feed, ctx.book.path.parent)
            with tempfile.TemporaryDirectory() as scratch:
                for export in exports:
                    out = Path(scratch) / "table.parquet"
                    read_table(export.path, export.name, feed.read, feed.sources, out)
        except ZixinError as error:
            yield Finding(f"feed {feed.name}", str(error))
        else:
            names = ", ".join(export.name for export in exports)
            yield Finding(f"feed {feed.name}: {names} has every column the book file names")


def _systems(ctx: Context) -> Iterator[Finding]:
    """Is there a connection, and does it sign in? A system without a login is not called: some charge."""
    from etl.sources.session import close_all, opens
    from etl.sources.systems import system

    seen = set()
    for feed in ctx.book.feeds:
        if not feed.is_pulled or (feed.source, feed.connection) in seen:
            continue
        seen.add((feed.source, feed.connection))
        try:
            client = opens(ctx.settings.home, feed, system(feed.source))()
            client.sign_in()
        except ZixinError as error:
            yield Finding(f"system {feed.source}", str(error))
        else:
            signs_in = "signs in" if client.token and client.token.values else "is there"
            yield Finding(f"system {feed.source}: connection {client.connection.name} {signs_in}")
    close_all()


def _policy(ctx: Context) -> Iterator[Finding]:
    policies = ctx.policies
    beside = ", ".join(policy.policy_id for policy in policies.others)
    yield Finding(
        f"policy {policies.active.policy_id} {policies.active.version}, shown beside: {beside}"
    )
    needs = ("default", *SHIPPED_NEEDS, *groups(ctx.book, INQUIRIES))
    for need in policies.active.inquiries:
        if need not in needs:
            fix = f"no feed has this need, its budget is nobody's{nearest(need, needs)}"
            yield Finding(f"policy {policies.active.policy_id}, inquiries › {need}", fix)


def _warehouse(ctx: Context) -> Iterator[Finding]:
    from etl.publish import warehouse

    url = ctx.settings.warehouse_url
    night = warehouse.visible(url)
    shown = f"shows {night.as_of}" if night else "shows no night yet"
    yield Finding(f"warehouse {warehouse.masked_url(url)}, {shown}")


def _published(ctx: Context) -> Iterator[Finding]:
    from etl.publish.site import read_pointer

    pointer = read_pointer(ctx.published)
    if pointer is None:
        yield Finding("no night is published yet: `zixin night` makes the first")
        return
    due = clock.tonight(schedule.time_zone())
    age = (due - date.fromisoformat(pointer.as_of)).days
    fix = ""
    if age > 1:
        fix = f"it is {age} days behind: run `zixin night`, or see why Airflow did not"
    if age < -1:
        fix = f"it is {-age} days ahead of the clock: is this machine's date right?"
    yield Finding(f"published {pointer.as_of}, nights kept: {len(pointer.nights)}", fix)


LOOKS: dict[Callable[[Context], Iterator[Finding]], str] = {
    _home: "lake",
    _book: "book file",
    _feeds: "feeds",
    _systems: "systems",
    _policy: "policy",
    _warehouse: "warehouse",
    _published: "published nights",
}
