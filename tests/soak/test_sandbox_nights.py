"""Whole nights with every feed, each fault in turn, and dying in many places. `make soak`; an hour or so.

What `make test` shows with a few feeds and all faults together (tests/integration/test_sandbox_night.py)
is shown here one by one.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl.quality import runner as _preloaded  # noqa: F401  imported once, before the forks
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
    write_sandbox_book,
)
from tests.sandbox_server import ROOT, Running, make_world, running

pytestmark = pytest.mark.soak

CUSTOMERS = 60
CANARY = "C4n4ryS0aK"
PATIENCE_SECONDS = 1200
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
    return Nights(server, write_sandbox_book(world, folder / "book"))


@pytest.fixture(scope="module")
def calm(nights: Nights, folder: Path) -> dict[str, list[str]]:
    nights.begin()
    assert nights.run(folder / "calm") == 0, said(folder / "calm").read_text()[-3000:]
    assert states(folder / "calm") == {}
    return canonical_rows(folder / "calm")


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
    nights.begin(*faults, rate=0.15, seed=seed, delay=nights.timeout + 0.1)

    assert nights.run(home) == 0, said(home).read_text()[-3000:]

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
    nights.begin(*faults, rate=0.1, seed=7, delay=nights.timeout + 0.1, quota_after=30)

    status = nights.run(home)

    assert status in (0, 1), "an end, and no crash"
    text = said(home).read_text()
    if status:
        assert "ZixinError" in text, text[-3000:]
    quiet(nights)
    assert list(leaks([home, said(home)], [CANARY, *nights.issued()])) == []
    nights.server.faults()
    # The same night, later: what was used up is there again.
    nights.server.clock(advance=86400)
    assert nights.run(home) == 0, said(home).read_text()[-3000:]
    assert states(home) == {}


@pytest.mark.parametrize("method", ["keep", "settle"])
@pytest.mark.parametrize("pages", [1, 2, 5, 17])
@pytest.mark.parametrize(
    "feed", ["zoho-customer", "salesforce-payment", "qcc-litigation", "creditsafe-report"]
)
def test_killed_anywhere_nothing_is_bought_twice(
    server: Running, world: Path, folder: Path, few: Any, tmp_path: Path, feed: str, pages: int,
    method: str,
) -> None:  # fmt: skip
    nights, wanted, billed = few
    home = tmp_path / "home"
    nights.begin()

    status = nights.run(home, killed_after(pages, feed, method), night=rows_only)
    if status == 0:
        pytest.skip(f"{feed} has fewer than {pages} pages")
    assert status == -signal.SIGKILL
    assert nights.run(home, night=rows_only) == 0, said(home).read_text()[-3000:]

    assert differing(canonical_rows(home), wanted) == set()
    assert nights.server.counts()["billed"] == billed
    quiet(nights)


@pytest.fixture(scope="module")
def few(server: Running, world: Path, folder: Path) -> Any:
    """A few feeds, their rows, and what they cost."""
    nights = Nights(server, write_sandbox_book(world, folder / "few", FEW))
    nights.begin()
    assert nights.run(folder / "calm-few", night=rows_only) == 0
    return nights, canonical_rows(folder / "calm-few"), nights.server.counts()["billed"]


def test_the_command_itself_killed_from_outside(
    world: Path, few: Any, folder: Path, tmp_path: Path
) -> None:
    """`zixin night` as one types it, ended again and again, wherever it happens to be."""
    _, wanted, billed = few
    home, kills = tmp_path / "home", 0
    with running(world, "--frozen", "--canary", CANARY) as server:
        for after in (10, 45, 90, 150, 210):
            night = start_night(server, home, folder / "few/book.yaml")
            while calls(server) < after and night.poll() is None:
                time.sleep(0.01)
            if night.poll() is None:
                night.kill()
                kills += 1
            night.wait()
        night = start_night(server, home, folder / "few/book.yaml")
        assert night.wait(PATIENCE_SECONDS) == 0, said(home).read_text()[-3000:]
        counts = server.counts()
        issued = Nights(server, folder / "few/book.yaml").issued()

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
