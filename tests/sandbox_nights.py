"""Whole nights on the sandbox, in processes that may be killed, and what they left behind.

Nobody waits: the nights' clock is the sandbox's, which stands still but for our waiting. Everything a
night says, at level DEBUG and on both streams, is kept in a file beside its lake.
"""

import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import requests
import yaml

from etl import night
from etl.clock import Ticker
from etl.entities import ENTITIES
from etl.groups import STAGES
from etl.inputs import read_inputs
from etl.lake import Lake
from etl.lock import night_lock
from etl.run import run_night
from etl.settings import settings, use_settings
from etl.sources import session
from etl.sources.open_pull import OpenPull
from sandbox.drop import BOOK as SANDBOX_BOOK
from sandbox.world.exports import write_exports
from tests.nights import settings_for
from tests.sandbox_server import ROOT, TONIGHT, Running

AS_OF = date(2026, 11, 20)
"""The night that begins at TONIGHT, two o'clock in the morning in Shanghai."""

FEW = (
    "fxiaoke-customer", "fxiaoke-payment", "fxiaoke-invoice", "zoho-customer", "zoho-sales-order",
    "zoho-payment", "salesforce-customer", "salesforce-payment", "qcc-litigation", "qcc-score",
    "creditsafe-report", "courtlistener-dockets", "tianyancha-registration", "gleif-registration",
    "sec-edgar-statement", "papers-guarantees", "papers-fx",
)  # fmt: skip
"""Every system, every way of paging, a waterfall, files: the least that is a whole night."""

CLEAN = get_context("forkserver")
"""Nights start from a process that has done nothing but import: a copy of one that has already worked may
wait forever for threads that were not copied."""
CLEAN.set_forkserver_preload(["etl.quality.runner", "etl.matching", "tests.sandbox_nights"])

APART = ("known_on", "batch", "seq", "reference")
"""When and how a row came; `reference` is the number a provider gives to the call itself."""


class Virtual(Ticker):
    """The sandbox's clock, as a night sees it."""

    def __init__(self, address: str) -> None:
        self.address = address
        now = requests.get(f"{address}/_sandbox/health", timeout=10).json()["now"]
        self.moment = datetime.fromisoformat(now)

    def now(self) -> Any:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        requests.post(f"{self.address}/_sandbox/clock", json={"advance": seconds}, timeout=10)


def write_sandbox_book(world: Path, folder: Path, feeds: Collection[str] = ()) -> Path:
    """The sandbox's own book and its files, as of the night; of the feeds only those given, if any."""
    write_exports(world, folder / "exports", AS_OF)
    text = SANDBOX_BOOK.read_text(encoding="utf-8")
    if feeds:
        book = yaml.safe_load(text)
        shipped = [
            feed
            for name in book.pop("include")
            for feed in yaml.safe_load((ROOT / f"etl/sources/mappings/{name}.yaml").read_text())[
                "feeds"
            ]
        ]
        book["feeds"] = [feed for feed in shipped if feed["name"] in feeds]
        text = yaml.safe_dump(book, allow_unicode=True, sort_keys=False)
    (folder / "book.yaml").write_text(text, encoding="utf-8")
    return folder / "book.yaml"


@dataclass
class Nights:
    """Nights of one book on one sandbox."""

    server: Running
    book: Path
    timeout: float = 0.5
    secrets: dict[str, str] = field(default_factory=dict)

    def environment(self, wrong: Mapping[str, str] | None = None) -> dict[str, str]:
        """Connections that do not wait long; `wrong`: system → another password for it."""
        found = {}
        for name, text in self.server.environment.items():
            said = json.loads(text)
            said["extra"] = {**said["extra"], "timeout": str(self.timeout)}
            password = (wrong or {}).get(name.removeprefix("AIRFLOW_CONN_").lower())
            if password is not None:
                said["password"] = password
                said["extra"] |= {
                    key: password
                    for key in ("permanent_code", "refresh_token")
                    if key in said["extra"]
                }
            found[name] = json.dumps(said)
        return found

    def begin(self, *faults: str, **wish: Any) -> None:
        """The sandbox as if nobody had ever called, at TONIGHT; then these faults."""
        self.server.reset()
        self.server.clock(set=TONIGHT.isoformat())
        if faults:
            self.server.faults(*faults, **wish)

    def run(
        self,
        home: Path,
        before: Callable[[], None] | None = None,
        wrong: Mapping[str, str] | None = None,
        night: Callable[[], Any] | None = None,
    ) -> int:
        """A night in a process of its own; its exit status. `before` runs there first, `night` (such
        as `rows_only`) takes the place of the whole night."""

        home.mkdir(parents=True, exist_ok=True)
        child = CLEAN.Process(
            target=_night_in_child,
            args=(home, self.book, self.server.address, self.environment(wrong), before, night),
        )
        child.start()
        child.join()
        assert child.exitcode is not None
        return child.exitcode

    def issued(self) -> list[str]:
        """Every token the sandbox has handed out."""
        answer = requests.get(f"{self.server.address}/_sandbox/issued", timeout=10).json()
        return [token for tokens in answer.values() for token in tokens]


def _night_in_child(
    home: Path,
    book: Path,
    address: str,
    environment: Mapping[str, str],
    before: Callable[[], None] | None,
    night: Callable[[], Any] | None,
) -> None:
    """What `Nights.run` does, on the other side."""
    _keep_what_is_said(said(home))
    os.environ |= environment
    session.use_ticker(Virtual(address))
    use_settings(settings_for(home, book))
    if before is not None:
        before()
    (night or whole_night)()


def whole_night() -> None:
    """What `zixin night` does."""
    run_night(AS_OF.isoformat(), lambda _: None)


def rows_only() -> None:
    """A night up to the rows it reads: asking, checking, loading, and no further."""
    with night_lock(settings().home):
        for stage in STAGES:
            for group in night.groups(stage):
                night.extract(AS_OF, group)
            night.load(AS_OF, stage)
        night.freeze(AS_OF)


def said(home: Path) -> Path:
    """Where everything goes that the nights of a lake say."""
    return home.with_name(f"{home.name}.said.txt")


def _keep_what_is_said(file: Path) -> None:
    """Both streams into `file`, and every logger there is at level DEBUG."""
    stream = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    sys.stdout = sys.stderr = os.fdopen(stream, "w", buffering=1, closefd=False)
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr, force=True)
    logging.getLogger("pytest").debug("a night begins")


@dataclass(frozen=True)
class killed_after:  # noqa: N801 - reads as what it does
    """Die, as if the power went, when `feed` has `pages` pages: between a page on the disk and its note
    (`keep`), or right after the note (`settle`)."""

    pages: int
    feed: str
    method: str = "keep"

    def __call__(self) -> None:
        """Arm it, in the process that is to die."""
        real, left = getattr(OpenPull, self.method), [self.pages]

        def dying(pull: OpenPull, *arguments: Any) -> Any:
            real(pull, *arguments)
            left[0] -= pull.folder.name == self.feed
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        setattr(OpenPull, self.method, dying)


# What a night left behind


def states(home: Path) -> dict[str, str]:
    """Feed → what is said of it when it is held; nothing of the others."""
    feeds = read_inputs(home, AS_OF).feeds
    return {feed["feed"]: feed["sentence"] for feed in feeds if feed["state"] != "loaded"}


def canonical_rows(home: Path) -> dict[str, list[str]]:
    """Entity → its rows as the night reads them, as text, without when and in which batch they came;
    `quarantine` has what was refused."""
    lake = Lake(home)
    found = {}
    with duckdb.connect() as db:
        for name in ENTITIES:
            partition = lake.find(f"current.{name}", AS_OF)
            assert partition is not None, name
            found[name] = _texts(db, [str(lake.file(partition))], APART)
        refused = sorted(str(path) for path in home.glob("quarantine/*/*.parquet"))
        apart = (*APART, "source_file", "source_row")
        found["quarantine"] = _texts(db, refused, apart) if refused else []
    return found


def _texts(db: duckdb.DuckDBPyConnection, files: list[str], apart: Collection[str]) -> list[str]:
    kept = f"COLUMNS(name -> name NOT IN {tuple(apart)})"
    sql = (
        f"SELECT CAST(row AS VARCHAR) FROM (SELECT {kept} FROM read_parquet($files, "
        "union_by_name=true)) AS row ORDER BY 1"
    )
    return [text for (text,) in db.execute(sql, {"files": files}).fetchall()]


# Looking for secrets


def leaks(paths: Collection[Path], needles: Collection[str]) -> Iterator[tuple[str, str]]:
    """(file, needle) wherever one of the texts stands in a file of `paths`: in its bytes, and in the
    rows of what is compressed."""
    sought = {needle: needle.encode() for needle in needles}
    with duckdb.connect() as db:
        for path in sorted(_files(paths)):
            raw = path.read_bytes() + _unpacked(db, path)
            for needle, text in sought.items():
                if text in raw:
                    yield str(path), needle


def _files(paths: Collection[Path]) -> Iterator[Path]:
    for path in paths:
        yield from (one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _unpacked(db: duckdb.DuckDBPyConnection, path: Path) -> bytes:
    """Every row of a Parquet file or a DuckDB file as text; nothing for others."""
    if path.suffix == ".parquet":
        return _rows(db, "read_parquet($file)", {"file": str(path)})
    if path.suffix != ".duckdb":
        return b""
    found = b""
    with suppress(duckdb.Error):
        db.execute("DETACH held")
    db.execute(f"ATTACH '{path}' AS held (READ_ONLY)")
    for schema, name in db.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'held'"
    ).fetchall():
        found += _rows(db, f'held."{schema}"."{name}"', {})
    db.execute("DETACH held")
    return found


def _rows(db: duckdb.DuckDBPyConnection, source: str, values: dict[str, str]) -> bytes:
    rows = db.execute(f"SELECT CAST(row AS VARCHAR) FROM {source} AS row", values).fetchall()
    return "\n".join(text for (text,) in rows).encode()
