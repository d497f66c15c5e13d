"""The paid providers and the open registers against the sandbox, through the real runner.

What lands is what the provider knows, with and without trouble on the way; no limit is exceeded, and no
answer is paid for twice.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from etl.clock import Ticker
from etl.landing import Batch, landed_files, mapping_of
from etl.mapping import map_feed
from etl.sources.client import Client
from etl.sources.config import Feed
from etl.sources.connections import Connection
from etl.sources.connector import Connector, Subject
from etl.sources.order import Order
from etl.sources.pull import Puller
from etl.sources.systems import system
from etl.sources.windows import Windows
from sandbox.server.registry import Registry
from sandbox.world.reader import World
from tests.mapping_case import Result
from tests.sandbox_server import TONIGHT, Running, inside, make_world, running
from tests.sources.landed import about, shipped

AS_OF = date(2026, 11, 20)
CUSTOMERS = 800
"""Enough for a few that are listed in the United States."""

ASKED = 4
TRANSIENT = ("429", "5xx", "timeout", "cut", "truncated", "duplicate_page", "missing_page")
FEEDS = (
    "qcc-litigation", "qcc-listing", "qcc-score", "qcc-tax-credit", "qcc-registration",
    "tianyancha-litigation", "tianyancha-listing", "tianyancha-registration", "creditsafe-report",
    "courtlistener-dockets", "gleif-registration", "sec-edgar-statement",
)  # fmt: skip
KINDS = ("qcc-litigation", "creditsafe-report", "courtlistener-dockets")
"""One of each kind of paging; these meet every trouble alone."""


class SandboxTicker(Ticker):
    """The sandbox's clock, which stands still but for our waiting."""

    def __init__(self, server: Running) -> None:
        self.server = server
        self.moment = TONIGHT

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.server.clock(advance=seconds)


@dataclass
class Case:
    """The sandbox and who there is in it."""

    server: Running
    world: World
    companies: list[dict[str, Any]]
    clean: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def subjects(self, feed: Feed, connector: Connector) -> list[Subject]:
        """Companies of the feed's kind, those with the most to tell first."""
        found = [
            Subject(
                f"fxiaoke:{row['party_no']}",
                row["name"],
                row["country"],
                {
                    key: row[key]
                    for key in ("uscc", "lei", "vat", "registration_number", "cik")
                    if row[key]
                },
            )
            for row in self.companies
        ]
        return [one for one in found if not connector.can_answer(about(feed, one))][:ASKED]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    folder = make_world(tmp_path_factory.mktemp("providers"), CUSTOMERS)
    world = World(folder)
    view = world.at(TONIGHT)
    told: dict[int, int] = {}
    for table in ("court_party", "listing"):
        for row in view.rows(table):
            told[row["party_no"]] = told.get(row["party_no"], 0) + 1
    companies = sorted(
        view.rows("company"), key=lambda row: (-told.get(row["party_no"], 0), row["party_no"])
    )
    with running(folder, "--frozen") as server:
        yield Case(server, world, companies)


def pull(case: Case, home: Path, name: str, budget: int | None = None) -> Batch:
    """One night of one feed, from the sandbox as it stands."""
    feed = shipped(name)
    connector = system(feed.source)
    puller = Puller(home, feed, connector, opened(case, home, connector), AS_OF, until())
    pulled = puller.run(lambda: Order(tuple(case.subjects(feed, connector)), budget))
    assert pulled.batch is not None, pulled.remark
    return pulled.batch


def until() -> datetime:
    return datetime(2026, 11, 21, 16, tzinfo=UTC)


def opened(case: Case, home: Path, connector: Connector) -> Callable[[], Client]:
    name = connector.connection_name or connector.name
    said = json.loads(case.server.environment[f"AIRFLOW_CONN_{name.upper()}"])
    extra = {**said["extra"], "timeout": "1"}
    who = Connection(name, said["host"], said["login"], said["password"], extra)
    ticker = SandboxTicker(case.server)
    case.server.clock(set=TONIGHT.isoformat())
    return lambda: Client(
        connector, who, Windows(home / "limits", name, connector.limits, ticker), ticker
    )


def rows(home: Path, batch: Batch) -> dict[str, list[Any]]:
    """Every entity's rows without where they came from, in an order of their own."""
    feed = mapping_of(home, batch)
    out = home / "mapped"
    mapped = map_feed(
        feed, landed_files(home, batch), batch=batch.name, arrived_on=batch.day, out=out
    )
    result = Result(mapped, out)
    assert result.rules == []
    apart = {"batch", "seq", "source_row", "source_file", "raw", "reference"}
    return {
        entity: sorted(
            str({key: value for key, value in row.items() if key not in apart})
            for row in result.rows(entity)
        )
        for entity in feed.records
    }


@pytest.fixture(scope="module")
def clean(case: Case, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[Any]]]:
    """What each feed brings when nothing goes wrong."""
    found = {}
    for name in FEEDS:
        case.server.reset()
        home = tmp_path_factory.mktemp(name)
        found[name] = rows(home, pull(case, home, name))
        counts = case.server.counts()
        assert not any(counts["violations"].values()), (name, counts["violations"])
    return found


def test_every_feed_brings_something(clean: dict[str, dict[str, list[Any]]]) -> None:
    for name, entities in clean.items():
        empty = [entity for entity, found in entities.items() if not found]
        allowed = {"former_name", "party_identifier", "statement"} if "sec" not in name else set()
        assert set(empty) <= allowed, (name, empty)


def test_what_lands_is_what_the_provider_knows(
    case: Case, clean: dict[str, dict[str, list[Any]]]
) -> None:
    _, state = inside(case.world)
    for name, provider in (("qcc-litigation", "qcc"), ("tianyancha-litigation", "tianyancha")):
        registry = Registry(state, provider)
        feed = shipped(name)
        asked = case.subjects(feed, system(feed.source))
        numbers = {int(one.customer_id.partition(":")[2]) for one in asked}
        for stage in ("judgment", "filing"):
            known = {
                known.case_no
                for one in numbers
                for known in registry.cases([one], stage)
                if known.case_type != "bankruptcy"  # another product's, or nobody's
            }
            landed = "\n".join(
                row for row in clean[name]["court_record"] if f"'stage': '{stage}'" in row
            )
            missing = [number for number in known if number not in landed]
            assert not missing, (name, stage)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        *((name, "all") for name in FEEDS),
        *((name, fault) for name in KINDS for fault in TRANSIENT),
    ],
)
def test_trouble_on_the_way_changes_nothing(
    case: Case, clean: dict[str, dict[str, list[Any]]], tmp_path: Path, name: str, fault: str
) -> None:
    case.server.reset()
    on = TRANSIENT if fault == "all" else (fault,)
    case.server.faults(*on, rate=0.4, delay=1.3, seed=5)

    batch = pull(case, tmp_path, name)

    case.server.faults()
    assert rows(tmp_path, batch) == clean[name]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("qcc-litigation", "wrong_signature"),
        ("qcc-score", "clock_skew"),
        ("creditsafe-report", "token_expiry"),
    ],
)
def test_sessions_that_run_out_and_clocks_that_are_off(
    case: Case, clean: dict[str, dict[str, list[Any]]], tmp_path: Path, name: str, fault: str
) -> None:
    case.server.reset()
    case.server.faults(fault, rate=0.3, seed=3)

    batch = pull(case, tmp_path, name)

    case.server.faults()
    assert rows(tmp_path, batch) == clean[name]


def test_a_quota_that_is_used_up_keeps_what_came(case: Case, tmp_path: Path) -> None:
    case.server.reset()
    case.server.faults("quota", quota_after=9)
    feed = shipped("qcc-litigation")
    connector = system(feed.source)
    puller = Puller(tmp_path, feed, connector, opened(case, tmp_path, connector), AS_OF, until())

    pulled = puller.run(lambda: Order(tuple(case.subjects(feed, connector)), None))

    case.server.faults()
    assert "wait for another night" in pulled.remark
    assert pulled.batch is not None
    assert {row for row in rows(tmp_path, pulled.batch)["inquiry"] if "failed" in row} == set()


def test_nothing_is_bought_beyond_the_budget_or_twice(case: Case, tmp_path: Path) -> None:
    case.server.reset()
    feed = shipped("creditsafe-report")
    connector = system(feed.source)
    puller = Puller(tmp_path, feed, connector, opened(case, tmp_path, connector), AS_OF, until())
    pulled = puller.run(lambda: Order(tuple(case.subjects(feed, connector)), 3))

    billed = case.server.counts()["billed"]["creditsafe"]
    assert sum(sum(subjects.values()) for subjects in billed.values()) == 3
    assert all(count == 1 for subjects in billed.values() for count in subjects.values())
    assert "budget of 3 paid calls" in pulled.remark


def test_the_throttle_of_the_courts_is_kept_to_by_waiting(case: Case, tmp_path: Path) -> None:
    case.server.reset()
    pull(case, tmp_path, "courtlistener-dockets")

    counts = case.server.counts()
    assert counts["calls"]["courtlistener"]
    assert not counts["violations"].get("courtlistener")


class Killed(BaseException):
    """The process ends, at once."""


def test_killed_in_the_middle_and_started_again_nothing_is_bought_twice(
    case: Case, clean: dict[str, dict[str, list[Any]]], tmp_path: Path
) -> None:
    case.server.reset()
    feed = shipped("qcc-litigation")
    connector = system(feed.source)
    left = [3]

    def dies(*arguments: Any) -> Any:
        # Between the page on the disk and the note that it is there.
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return kept(*arguments)

    kept = type(connector).after
    orders = Order(tuple(case.subjects(feed, connector)), None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connector), "after", dies)
        first = Puller(tmp_path, feed, connector, opened(case, tmp_path, connector), AS_OF, until())
        with pytest.raises(Killed):
            first.run(lambda: orders)

    again = Puller(tmp_path, feed, connector, opened(case, tmp_path, connector), AS_OF, until())
    pulled = again.run(lambda: orders)

    assert pulled.batch is not None
    assert rows(tmp_path, pulled.batch) == clean["qcc-litigation"]
    billed = case.server.counts()["billed"]["qcc"]
    assert all(count == 1 for subjects in billed.values() for count in subjects.values())
