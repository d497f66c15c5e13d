"""The CRM connectors against the sandbox: what the world says arrives, whatever happens on the way."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.errors import BadInput
from etl.sources import session
from etl.sources.config import Book, Feed
from sandbox.world.reader import World
from tests.sandbox_server import TONIGHT, Running, make_world, running
from tests.sources.crm_sandbox import AS_OF, Moving, crm_book, pulled, world_rows

ROW_KEY = {
    "customer": "customer_id", "sales_order": "order_id", "delivery": "delivery_id",
    "invoice": "invoice_id", "payment": "payment_id", "credit_note": "credit_note_id",
    "sales_return": "return_id", "refund": "refund_id", "claim": "claim_id",
    "dispute": "dispute_id", "contract": "contract_id", "contract_breach": "breach_id",
    "service_case": "case_id", "feedback": "feedback_id", "contact_activity": "activity_id",
    "dunning_step": "dunning_id", "promise": "promise_id", "relation_cost": "cost_id",
}  # fmt: skip
"""Entities whose key is the system's own number of the row."""

COUNTED = ("instalment", "contract_milestone", "allocation")
"""Entities with a key of several parts: their rows are counted."""

A_FEW = (
    "fxiaoke-customer", "fxiaoke-payment", "fxiaoke-invoice", "zoho-customer", "zoho-sales-order",
    "zoho-payment", "salesforce-customer", "salesforce-payment",
)  # fmt: skip
"""Feeds that page, delete, describe and explode: enough to meet every fault."""

TRANSIENT = (
    "429", "5xx", "cut", "truncated", "duplicate_page", "missing_page", "token_expiry",
    "clock_skew",
)  # fmt: skip
"""None of these systems is signed, so `wrong_signature` cannot happen."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crm")


@pytest.fixture(scope="module")
def world(folder: Path) -> Iterator[World]:
    made = make_world(folder / "world")
    for table in ("customer", "sales_order", "payment", "invoice"):
        delete_some(made / table)
    opened = World(made)
    yield opened
    opened.close()


def delete_some(folder: Path) -> None:
    """Thirty customers delete next to nothing: one row in ten goes ten days after TONIGHT."""
    gone = (TONIGHT + timedelta(days=10)).replace(tzinfo=None)
    for part in folder.glob("*.parquet"):
        with duckdb.connect() as db:
            db.execute(
                f"""
                CREATE TABLE kept AS SELECT * REPLACE (
                    CASE WHEN hash(row_id) % 10 = 0 AND superseded_at IS NULL
                            AND modified_at < TIMESTAMP '{gone}' THEN TIMESTAMP '{gone}'
                        ELSE deleted_at END AS deleted_at)
                FROM '{part}'
                """
            )
            db.execute(f"COPY kept TO '{part}' (FORMAT parquet)")


@pytest.fixture(scope="module")
def sandbox(world: World) -> Iterator[Running]:
    with running(world.folder) as server, pytest.MonkeyPatch.context() as patch:
        for name, text in server.environment.items():
            patch.setenv(name, text)
        yield server


@pytest.fixture(scope="module")
def book(folder: Path) -> Book:
    return crm_book(folder)


@pytest.fixture
def home(tmp_path: Path, sandbox: Running) -> Iterator[Path]:
    """A lake of its own, at TONIGHT, with a sandbox that has forgotten everything."""
    sandbox.reset()
    sandbox.clock(set=TONIGHT.isoformat())
    session.use_ticker(Moving(sandbox))
    yield tmp_path
    session.close_all()
    sandbox.reset()


def ids(rows: list[dict[str, Any]], key: str) -> list[str]:
    """The system's own numbers, without the prefix that keeps systems apart."""
    return sorted(row[key].partition(":")[2] for row in rows)


def test_everything_arrives_once_as_the_world_has_it(
    home: Path, book: Book, world: World, sandbox: Running
) -> None:
    for feed in book.feeds:
        came = pulled(home, feed)
        for entity in feed.records:
            wanted = (
                world_rows(world, feed, entity, TONIGHT)
                if entity in ROW_KEY or entity in COUNTED
                else []
            )
            living = [row for row in came.rows[entity] if not row["is_deleted"]]
            rejected = came.rejected.get(entity, 0)
            if entity in ROW_KEY:
                arrived = ids(living, ROW_KEY[entity])
                assert len(set(arrived)) == len(arrived), feed.name
                assert set(arrived) <= {row["row_id"] for row in wanted}, feed.name
                # What is missing is in quarantine: every row is somewhere.
                assert len(wanted) - len(arrived) <= rejected, feed.name
            elif entity in COUNTED:
                assert len(living) <= len(wanted) <= len(living) + rejected, feed.name
    counts = sandbox.counts()
    assert counts["violations"] == {}
    assert counts["refusals"] == {}


@pytest.mark.parametrize("name", ["fxiaoke-invoice", "zoho-invoice", "salesforce-invoice"])
def test_values_are_the_worlds(home: Path, book: Book, world: World, name: str) -> None:
    feed = book.feed(name)
    came = {row["invoice_id"].partition(":")[2]: row for row in pulled(home, feed).rows["invoice"]}
    prefix = name.partition("-")[0]

    compared = 0
    for row in world_rows(world, feed, "invoice", TONIGHT):
        if row["row_id"] not in came or isinstance(row["amount"], str):
            continue
        found = came[row["row_id"]]
        assert found["amount"] == row["amount"]
        assert found["customer_id"] == f"{prefix}:{row['customer_id']}"
        if not isinstance(row["currency"], str) or len(row["currency"]) == 3:
            assert found["currency"] == row["currency"]
        for day in ("invoice_date", "due_date"):
            assert str(found[day]) == str(row[day]), (row["row_id"], day)
        compared += 1
    assert compared > 10


def test_the_next_night_brings_what_changed_and_what_was_deleted(
    home: Path, book: Book, world: World, sandbox: Running
) -> None:
    later = TONIGHT + timedelta(days=30)
    moved = {feed.name: pulled(home, feed) for feed in some(book)}
    assert all(came.rows for came in moved.values())
    sandbox.clock(set=later.isoformat())
    session.close_all()
    ticker = Moving(sandbox)
    ticker.moved = timedelta(days=30)
    session.use_ticker(ticker)

    tombstones: Counter[str] = Counter()
    for feed in some(book):
        came = pulled(home, feed, AS_OF + timedelta(days=30))
        for entity in feed.records:
            if entity not in ROW_KEY:
                continue
            now = {row["row_id"]: row for row in world_rows(world, feed, entity, later)}
            before = TONIGHT.replace(tzinfo=None)
            changed = {key for key, row in now.items() if row["modified_at"] > before}
            living = [row for row in came.rows[entity] if not row["is_deleted"]]
            rejected = came.rejected.get(entity, 0)
            arrived = set(ids(living, ROW_KEY[entity]))
            assert len(changed - arrived) <= rejected, feed.name
            # Beside what changed there is the overlap, and no more.
            assert len(arrived - changed) <= max(5, len(now) // 20), feed.name
            gone = {
                row["row_id"]
                for row in world_rows(world, feed, entity, later, deleted=True)
                if row["deleted_at"] > before
            }
            dead = set(ids([r for r in came.rows[entity] if r["is_deleted"]], ROW_KEY[entity]))
            # Books keeps what is void; a payment that was deleted there just is no longer listed.
            if feed.name != "zoho-payment":
                assert gone <= dead, feed.name
                tombstones[feed.source] += len(gone)
    assert {name for name, dead in tombstones.items() if dead} == {
        "fxiaoke",
        "zoho_crm",
        "salesforce",
    }
    assert sandbox.counts()["violations"] == {}


def some(book: Book) -> list[Feed]:
    return [feed for feed in book.feeds if feed.name in A_FEW]


@pytest.fixture(scope="module")
def without_faults(book: Book, sandbox: Running, tmp_path_factory: pytest.TempPathFactory) -> Any:
    sandbox.reset()
    sandbox.clock(set=TONIGHT.isoformat())
    session.use_ticker(Moving(sandbox))
    home = tmp_path_factory.mktemp("calm")
    came = {feed.name: stable(pulled(home, feed).rows) for feed in some(book)}
    session.close_all()
    return came


def stable(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Rows without where they stood in their files: a retry may change the order of pages."""
    apart = ("seq", "source_row", "source_file")
    return {
        entity: sorted({str({key: row[key] for key in row if key not in apart}) for row in several})
        for entity, several in rows.items()
    }


@pytest.mark.parametrize("faults", [(fault,) for fault in TRANSIENT] + [TRANSIENT], ids="+".join)
def test_transient_faults_change_nothing(
    home: Path, book: Book, sandbox: Running, without_faults: Any, faults: tuple[str, ...]
) -> None:
    sandbox.faults(*faults, rate=0.2, seed=5)

    for feed in some(book):
        assert stable(pulled(home, feed).rows) == without_faults[feed.name], feed.name

    counts = sandbox.counts()
    assert counts["violations"] == {}
    # A clock that goes wrong is no event to count.
    assert counts["faults"] or faults == ("clock_skew",), "nothing was injected"


def test_an_answer_that_does_not_come_is_asked_for_again(
    home: Path, book: Book, sandbox: Running, without_faults: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.loads(sandbox.environment["AIRFLOW_CONN_FXIAOKE"])
    text["extra"] = {**text["extra"], "timeout": "0.5"}
    monkeypatch.setenv("AIRFLOW_CONN_FXIAOKE", json.dumps(text))
    sandbox.faults("timeout", rate=0.1, seed=5, delay=1.0)

    came = pulled(home, book.feed("fxiaoke-payment"))

    assert stable(came.rows) == without_faults["fxiaoke-payment"]
    assert sandbox.counts()["faults"]


def test_a_renamed_field_holds_the_feed_and_is_named(
    home: Path, book: Book, sandbox: Running
) -> None:
    sandbox.faults("schema_drift")

    with pytest.raises(BadInput, match="PaymentObj in Fxiaoke has no field payment_time"):
        pulled(home, book.feed("fxiaoke-payment"))
    with pytest.raises(BadInput, match="there is no Due_Date__c, or the app's user may not see it"):
        pulled(home, book.feed("salesforce-invoice"))


def test_a_used_up_quota_ends_the_pull_and_the_next_night_goes_on(
    home: Path, book: Book, sandbox: Running, without_faults: Any
) -> None:
    sandbox.faults("quota")
    with pytest.raises(BadInput, match=r"30002 .* used up"):
        again_and_again(home, book.feed("fxiaoke-payment"))
    sandbox.faults()

    assert (
        stable(pulled(home, book.feed("fxiaoke-payment")).rows) == without_faults["fxiaoke-payment"]
    )


def again_and_again(home: Path, feed: Feed) -> None:
    """Pull the whole feed into one new lake after the other."""
    for number in range(50):
        pulled(home / str(number), feed)


@pytest.mark.parametrize("name", ["zoho-customer", "zoho-sales-order"])
def test_bulk_read_brings_the_same_as_pages(
    home: Path, book: Book, sandbox: Running, without_faults: Any, name: str
) -> None:
    feed = book.feed(name).model_copy(update={"options": {"bulk": True}})

    came = stable(pulled(home, feed).rows)

    assert came == without_faults[name]
    assert sandbox.counts()["calls"]["zoho"]["POST /crm/bulk/v8/read"] == 1


@pytest.mark.parametrize("form", ["oauth", "legacy"])
def test_both_token_forms_bring_the_same(
    home: Path, book: Book, sandbox: Running, without_faults: Any, form: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    text = json.loads(sandbox.environment["AIRFLOW_CONN_FXIAOKE"])
    user = {"oauth": "1000", "legacy": "FSUID_SANDBOXADMIN"}[form]
    text["extra"] = {**text["extra"], "token_form": form, "user_id": user}
    monkeypatch.setenv("AIRFLOW_CONN_FXIAOKE", json.dumps(text))

    came = pulled(home, book.feed("fxiaoke-customer"))

    assert stable(came.rows) == without_faults["fxiaoke-customer"]
