"""Nights with every feed, each fault in turn, and dying in many places. `make soak`; half an hour or so.

What `make test` shows with a few feeds and all faults together (tests/integration/test_sandbox_night.py)
is shown here one by one. The rows that a night reads are what faults and deaths could change, so the
nights end there; one of them goes on to the published files.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl import context
from etl.quality import runner as _preloaded  # noqa: F401  imported once, before the forks
from etl.settings import settings, use_settings
from etl.sources import zoho_crm
from etl.sources.config import read_book
from sandbox.drop import BOOK as SANDBOX_BOOK
from sandbox.server.faults import ALL, TRANSIENT
from tests.sandbox_nights import (
    AS_OF,
    FEW,
    Nights,
    canonical_rows,
    killed_after,
    leaks,
    rows_only,
    said,
    states,
    whole_night,
    write_sandbox_book,
)
from tests.sandbox_server import ROOT, Running, make_world, running

pytestmark = pytest.mark.soak

CUSTOMERS = 30
CANARY = "C4n4ryS0aK"
PATIENCE_SECONDS = 1200
HASTY = 1.0
"""Seconds that a connection waits where answers are to come too late. Less, and a busy machine makes a
request late that the sandbox has not seen yet: it then counts it in another window than we do."""
ZOHO_PAGE, SALESFORCE_PAGE = 20, 5
"""Rows a page: most feeds of so few customers shall have several."""
KILLED = {
    "zoho-sales-order": (),
    "salesforce-payment": ("salesforce-customer",),
    "qcc-litigation": ("fxiaoke-customer",),
    "creditsafe-report": ("zoho-customer", "salesforce-customer"),
}
"""Feeds in whose middle a night dies, and those it takes to ask for them."""
TYPED = """
import logging
logging.basicConfig(level=logging.DEBUG)
from etl.cli import app
from etl.sources import session
from tests.sandbox_nights import Virtual
session.use_ticker(Virtual("{address}"))
app()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("soak")


@pytest.fixture(scope="module")
def world(folder: Path) -> Path:
    return make_world(folder, CUSTOMERS)


@pytest.fixture(scope="module")
def server(world: Path) -> Iterator[Running]:
    with running(world, "--frozen", "--canary", CANARY) as started:
        yield started


@pytest.fixture(scope="module")
def nights(server: Running, world: Path, folder: Path) -> Nights:
    """Every feed of the sandbox's book."""
    every = [feed.name for feed in read_book(SANDBOX_BOOK).feeds]
    return Nights(server, write_book(world, folder / "book", every), timeout=30)


def write_book(world: Path, folder: Path, feeds: Collection[str]) -> Path:
    """The sandbox's book with these feeds; those of Salesforce in small pages."""
    path = write_sandbox_book(world, folder, feeds)
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    for feed in book["feeds"]:
        if feed.get("source") == "salesforce":
            feed["options"] = {**feed.get("options", {}), "max_records": SALESFORCE_PAGE}
    path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def calm(nights: Nights, folder: Path) -> dict[str, list[str]]:
    home = folder / "calm"
    nights.begin()
    assert nights.run(home, frugal, night=rows_only) == 0, said(home).read_text()[-3000:]
    assert states(home) == {}
    return canonical_rows(home)


def frugal() -> None:
    """Small pages; one thread for a few rows; and a book that does not change is read once."""
    zoho_crm.PER_PAGE = ZOHO_PAGE
    use_settings(replace(settings(), threads=1))
    for name in ("read_book", "load_policies"):
        setattr(context, name, cache(getattr(context, name)))


def differing(one: dict[str, list[str]], other: dict[str, list[str]]) -> set[str]:
    return {name for name in one if one[name] != other[name]}


def quiet(nights: Nights) -> None:
    """No limit was broken, and the sandbox itself made no mistake."""
    counts = nights.server.counts()
    assert counts["violations"] == {}
    assert counts["broken"] == {}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "faults", [*((fault,) for fault in (*TRANSIENT, "clock_skew")), (*TRANSIENT, "clock_skew")],
    ids="+".join,
)  # fmt: skip
def test_a_fault_that_passes_changes_no_row(
    nights: Nights, calm: dict[str, list[str]], tmp_path: Path, faults: tuple[str, ...], seed: int
) -> None:
    home = tmp_path / "home"
    nights = replace(nights, timeout=HASTY if "timeout" in faults else nights.timeout)
    nights.begin(*faults, rate=0.15, seed=seed, delay=HASTY + 0.1)
    night = whole_night if len(faults) > 1 and seed == 1 else rows_only

    assert nights.run(home, frugal, night=night) == 0, said(home).read_text()[-3000:]

    assert states(home) == {}
    assert differing(canonical_rows(home), calm) == set()
    assert nights.server.counts()["faults"] or faults == ("clock_skew",)
    quiet(nights)
    assert list(leaks([home, said(home)], [CANARY, *nights.issued()])) == []


@pytest.mark.parametrize("faults", [("schema_drift",), ("quota",), ALL], ids="+".join)
def test_what_does_not_pass_holds_feeds_by_name_and_the_next_run_is_whole(
    nights: Nights, calm: dict[str, list[str]], tmp_path: Path, faults: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    nights = replace(nights, timeout=HASTY if "timeout" in faults else nights.timeout)
    nights.begin(*faults, rate=0.1, seed=7, delay=HASTY + 0.1, quota_after=30)

    status = nights.run(home, frugal, night=rows_only)

    assert status in (0, 1), "an end, and no crash"
    text = said(home).read_text()
    if status:
        assert "ZixinError" in text, text[-3000:]
    quiet(nights)
    assert list(leaks([home, said(home)], [CANARY, *nights.issued()])) == []
    nights.server.faults()
    # The same night, later: what was used up is there again.
    nights.server.clock(advance=86400)
    assert nights.run(home, frugal, night=rows_only) == 0, said(home).read_text()[-3000:]
    assert states(home) == {}


@pytest.mark.parametrize("method", ["keep", "settle"])
@pytest.mark.parametrize("pages", [1, 2, 5, 11])
@pytest.mark.parametrize("feed", KILLED)
def test_killed_anywhere_nothing_is_bought_twice(
    server: Running, world: Path, folder: Path, tmp_path: Path, feed: str, pages: int, method: str
) -> None:
    nights, wanted, billed = undisturbed(server, world, folder, (*KILLED[feed], feed))
    home = tmp_path / "home"
    nights.begin()

    status = nights.run(home, dying(pages, feed, method), night=rows_only)
    if status == 0:
        pytest.skip(f"{feed} has fewer than {pages} pages")
    assert status == -signal.SIGKILL
    assert nights.run(home, frugal, night=rows_only) == 0, said(home).read_text()[-3000:]

    assert differing(canonical_rows(home), wanted) == set()
    assert nights.server.counts()["billed"] == billed
    quiet(nights)


class dying(killed_after):  # noqa: N801 - reads as what it does
    """The same, frugally."""

    def __call__(self) -> None:
        frugal()
        super().__call__()


Undisturbed = tuple[Nights, dict[str, list[str]], Any]
_known: dict[tuple[str, ...], Undisturbed] = {}


def undisturbed(server: Running, world: Path, folder: Path, feeds: tuple[str, ...]) -> Undisturbed:
    """A book of these feeds, the rows of a night on which nothing happens, and what it cost."""
    if feeds not in _known:
        name = feeds[-1] if feeds != FEW else "few"
        nights = Nights(server, write_book(world, folder / name, feeds), timeout=30)
        nights.begin()
        home = folder / f"calm-{name}"
        assert nights.run(home, frugal, night=rows_only) == 0, said(home).read_text()[-3000:]
        _known[feeds] = nights, canonical_rows(home), nights.server.counts()["billed"]
    return _known[feeds]


def test_the_command_itself_killed_from_outside(
    server: Running, world: Path, folder: Path, tmp_path: Path
) -> None:
    """`zixin night` as one types it, ended again and again, wherever it happens to be."""
    _, wanted, billed = undisturbed(server, world, folder, FEW)
    home, kills = tmp_path / "home", 0
    with running(world, "--frozen", "--canary", CANARY) as asked:
        for after in (10, 45, 90, 150, 210):
            night = start_night(asked, home, folder / "few/book.yaml")
            while calls(asked) < after and night.poll() is None:
                time.sleep(0.01)
            if night.poll() is None:
                night.kill()
                kills += 1
            night.wait()
        night = start_night(asked, home, folder / "few/book.yaml")
        assert night.wait(PATIENCE_SECONDS) == 0, said(home).read_text()[-3000:]
        counts = asked.counts()
        issued = Nights(asked, folder / "few/book.yaml").issued()

    assert kills
    assert differing(canonical_rows(home), wanted) == set()
    # The call on its way when the process died has no answer anywhere: it alone may be made again.
    assert priced(counts["billed"]) <= priced(billed) + kills
    assert list(leaks([home, said(home)], [CANARY, *issued])) == []


def start_night(server: Running, home: Path, book: Path) -> subprocess.Popen[bytes]:
    """`zixin night` in a process of its own."""
    environment = {
        **os.environ, **server.environment, "ZIXIN_HOME": str(home), "ZIXIN_CONFIG": str(book),
        "PYTHONPATH": str(ROOT), "ZIXIN_THREADS": "2",
    }  # fmt: skip
    code = TYPED.format(address=server.address)
    with said(home).open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-c", code, "night", "--as-of", AS_OF.isoformat()],
            cwd=home.parent,
            env=environment,
            stdout=out,
            stderr=out,
        )


def calls(server: Running) -> int:
    return sum(sum(several.values()) for several in server.counts()["calls"].values())


def priced(billed: dict[str, dict[str, dict[str, int]]]) -> int:
    """Paid calls in all."""
    return sum(
        times
        for products in billed.values()
        for subjects in products.values()
        for times in subjects.values()
    )
