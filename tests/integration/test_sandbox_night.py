"""A whole night with every system: whatever happens on the way, the same rows, no secret, no limit broken.

The nights run in processes of their own, all with a canary in every credential; the last test looks for
it, and for every token the sandbox handed out, in all they wrote and said. One fault at a time, more
places to die and all feeds: `make soak`.
"""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import requests

from etl.quality import runner as _preloaded  # noqa: F401  imported once, before the forks
from tests.sandbox_nights import (
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
from tests.sandbox_server import make_world, running

CUSTOMERS = 40
CANARY = "C4n4ryK8sQ"
WRONG = "Wr0ngC4n4ryZ7"
TRANSIENT = (
    "429", "5xx", "timeout", "cut", "truncated", "duplicate_page", "missing_page", "token_expiry",
    "wrong_signature", "clock_skew",
)  # fmt: skip
RIGHT = ("fxiaoke", "salesforce", "gleif", "sec", "papers")
MARKED = {"fxiaoke-payment": 2, "qcc-litigation": 9}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Beside each other: the world, the book, and every lake of this module."""
    return tmp_path_factory.mktemp("sandbox_night")


@pytest.fixture(scope="module")
def nights(folder: Path) -> Iterator[Nights]:
    world = make_world(folder, CUSTOMERS)
    book = write_sandbox_book(world, folder / "book", FEW)
    with running(world, "--frozen", "--canary", CANARY) as server:
        yield Nights(server, book)


@pytest.fixture(scope="module")
def calm(nights: Nights, folder: Path) -> tuple[dict[str, list[str]], dict[str, Any]]:
    """The rows of a night on which nothing goes wrong, and what the sandbox counted."""
    nights.begin()
    assert nights.run(folder / "calm") == 0, said(folder / "calm").read_text()[-3000:]
    return canonical_rows(folder / "calm"), nights.server.counts()


def test_a_night_without_trouble_brings_every_feed(
    calm: tuple[dict[str, list[str]], dict[str, Any]], folder: Path
) -> None:
    rows, counts = calm
    assert states(folder / "calm") == {}
    assert set(counts["calls"]) == {
        "fxiaoke", "zoho", "salesforce", "qcc", "tianyancha", "creditsafe", "courtlistener",
        "gleif", "sec",
    }  # fmt: skip
    for entity in ("customer", "payment", "invoice", "court_record", "bureau_score", "inquiry",
                   "registration", "fx_rate"):  # fmt: skip
        assert rows[entity], entity
    assert {key: counts[key] for key in ("violations", "refusals", "broken")} == {
        "violations": {}, "refusals": {}, "broken": {},
    }  # fmt: skip


def test_all_transient_faults_together_change_no_row(
    nights: Nights, calm: tuple[dict[str, list[str]], dict[str, Any]], folder: Path
) -> None:
    home = folder / "troubled"
    nights.begin(*TRANSIENT, rate=0.15, seed=3, delay=nights.timeout + 0.1)

    assert nights.run(home, night=rows_only) == 0, said(home).read_text()[-3000:]

    counts = nights.server.counts()
    assert states(home) == {}
    differing = {name for name, rows in canonical_rows(home).items() if rows != calm[0][name]}
    assert differing == set()
    assert counts["violations"] == {}
    assert counts["broken"] == {}
    happened = {fault for hits in counts["faults"].values() for fault in hits}
    # A clock that is off is no event, and hardly a feed of so few customers has a second page.
    assert happened >= set(TRANSIENT) - {"clock_skew", "duplicate_page"}, (
        "too few to prove anything"
    )


def test_killed_in_the_middle_and_started_again_it_is_the_same_night(
    nights: Nights, calm: tuple[dict[str, list[str]], dict[str, Any]], folder: Path
) -> None:
    home = folder / "killed"
    nights.begin()

    for feed, pages in MARKED.items():
        before = nights.server.counts()["calls"]
        assert nights.run(home, killed_after(pages, feed), night=rows_only) == -signal.SIGKILL
        assert nights.server.counts()["calls"] != before
        assert (home / "landing/open" / feed / "pull.json").exists(), "it was in the middle"
    assert nights.run(home, night=rows_only) == 0, said(home).read_text()[-3000:]

    counts = nights.server.counts()
    assert canonical_rows(home) == calm[0]
    assert counts["billed"] == calm[1]["billed"]
    assert counts["violations"] == {}


def test_a_client_that_keeps_to_no_limit_is_seen(nights: Nights) -> None:
    nights.begin()

    for _ in range(61):  # sixty a minute are allowed
        requests.get(f"{nights.server.address}/gleif/api/v1/lei-records", timeout=10)

    assert nights.server.counts()["violations"]["gleif"]


@pytest.mark.soak  # system by system in tests/sources
def test_wrong_credentials_hold_their_feeds_and_are_named(nights: Nights, folder: Path) -> None:
    home = folder / "refused"
    wrong = ("zoho", "qcc", "tianyancha", "creditsafe", "courtlistener")
    nights.begin("429", "cut", "truncated", rate=0.1, seed=4)

    assert nights.run(home, wrong=dict.fromkeys(wrong, WRONG)) == 0, said(home).read_text()[-3000:]

    held = states(home)
    assert set(held) == {name for name in FEW if not name.startswith(RIGHT)}
    for feed, sentence in held.items():
        assert "refuses" in sentence or "connection" in sentence, (feed, sentence)
    counts = nights.server.counts()
    # A refusal is no reason to ask again and again: some systems lock who does.
    assert sum(sum(calls.values()) for system, calls in counts["refusals"].items()) < 30


def test_no_secret_is_in_anything_a_night_wrote_or_said(
    nights: Nights, calm: tuple[dict[str, list[str]], dict[str, Any]], folder: Path
) -> None:
    homes = [path for path in folder.iterdir() if (path / "landing").is_dir()]
    assert {"calm"} <= {home.name for home in homes}
    tokens = nights.issued()
    assert tokens
    logs = [said(home) for home in homes]
    assert all("a night begins" in log.read_text() for log in logs), "nothing was kept"

    assert list(leaks([*homes, *logs], [CANARY, WRONG, *tokens])) == []


def test_a_leak_would_be_found(tmp_path: Path) -> None:
    with duckdb.connect() as db:
        db.execute(
            f"COPY (SELECT repeat('x', 1000) || '{CANARY}' AS text, [{{'k': 't0ken'}}] AS nested) "
            f"TO '{tmp_path / 'rows.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as db:
        db.execute(f"CREATE TABLE t AS SELECT '{CANARY}' AS text FROM range(5000)")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/page.json").write_text(f'{{"a": "{CANARY}"}}')
    (tmp_path / "clean.json").write_text("{}")

    found = {(Path(path).name, needle) for path, needle in leaks([tmp_path], [CANARY, "t0ken"])}

    assert found == {
        ("rows.parquet", CANARY), ("rows.parquet", "t0ken"), ("warehouse.duckdb", CANARY),
        ("page.json", CANARY),
    }  # fmt: skip
