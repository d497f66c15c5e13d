"""Whom a provider that is asked company by company is asked about tonight.

Every call costs money or patience, so the policy says how old an answer may grow, by last night's grade
and what the customer owes, and how many calls one night may take. Feeds with the same `need` are a
waterfall in the book's order: the second is asked only about those for whom the first had no answer.
Whoever is most overdue comes first, so that what one budget leaves over the next one reaches.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from etl import history, landing
from etl.context import Context
from etl.entities import ENTITIES
from etl.inputs import visible_batches
from etl.matching.identifiers import identifiers
from etl.policy import Inquiry
from etl.publish.publication import night_before
from etl.sources.config import Feed
from etl.sources.connector import Connector, Subject
from etl.sources.open_pull import OpenPull
from etl.sources.order import Order
from etl.sources.systems import plain_pull

ANSWERED, FAILED = "answered", "failed"

MOST_COUNTED = 10_000
"""Customers beyond the budget are counted up to this many: the sentence needs no more."""


@dataclass(frozen=True)
class Asked:
    """When a need was last answered for each customer; when this feed answered (`here`) or had no
    answer (`failed`); and what tonight has spent on the need."""

    answered: dict[str, date]
    here: dict[str, date]
    failed: dict[str, date]
    tried_tonight: frozenset[str]
    spent: int


def order(ctx: Context, as_of: date, feed: Feed, connector: Connector) -> Order:
    """The customers to ask `feed`'s provider about, the most overdue first."""
    need = feed.need or feed.name
    rule = ctx.policies.active.inquiry(need)
    asked = _asked(ctx, as_of, feed, need)
    budget = max(rule.budget_calls - asked.spent, 0)
    pull = plain_pull(feed)
    subjects: list[Subject] = []
    waiting = 0
    for subject in _due(ctx, as_of, rule, asked):
        if waiting == MOST_COUNTED:
            break
        if connector.can_answer(replace(pull, subject=subject)):
            continue
        # One call a subject is the least there is: nobody behind that many can have a turn.
        if len(subjects) >= budget:
            waiting += 1
            continue
        last = asked.here.get(subject.customer_id)
        subjects.append(replace(subject, answered_on=last.isoformat() if last else ""))
    return Order(tuple(subjects), budget, waiting)


def _asked(ctx: Context, as_of: date, feed: Feed, need: str) -> Asked:
    """From what landed: a batch that quality refused was paid for as well. So was what a later night
    brought, which this one does not read: a night made up for does not buy it a second time."""
    home = ctx.settings.home
    names = {other.name for other in ctx.book.feeds if (other.need or other.name) == need}
    answered: dict[str, date] = {}
    here: dict[str, date] = {}
    failed: dict[str, date] = {}
    tried: set[str] = set()
    spent = 0
    for batch in landing.batches(home):
        if batch.feed not in names:
            continue
        facts = landing.manifest_of(home, batch).get("pull", {})
        for customer, outcome in facts.get("answered", {}).items():
            if outcome == ANSWERED:
                answered[customer] = max(batch.day, answered.get(customer, batch.day))
                if batch.feed == feed.name and batch.day <= as_of:
                    here[customer] = max(batch.day, here.get(customer, batch.day))
            elif batch.feed == feed.name:
                failed[customer] = max(batch.day, failed.get(customer, batch.day))
            if batch.day == as_of and batch.feed == feed.name:
                tried.add(customer)
        # What was mapped anew was not bought anew.
        if batch.day == as_of and not batch.supersedes:
            spent += int(facts.get("spent", 0))
    for name in sorted(names):
        # What was paid for and has not landed: the first of a waterfall that broke off on its way.
        opened = OpenPull(home / "landing" / "open" / name)
        if opened.is_started and opened.facts.get("night") == as_of.isoformat():
            spent += opened.spent
    return Asked(answered, here, failed, frozenset(tried), spent)


def _due(ctx: Context, as_of: date, rule: Inquiry, asked: Asked) -> Iterator[Subject]:
    """Customers whose last answer is older than it may be, in the order they are asked about."""
    with duckdb.connect() as db:
        _customers(db, ctx, as_of)
        _standing(db, ctx, as_of)
        # Who had no answer here is asked again when an answer would have grown old: else those whom
        # nobody knows would come first every night, and take the whole budget.
        settled = {
            customer: max(day, asked.answered.get(customer, day))
            for customer, day in asked.failed.items()
        }
        settled = asked.answered | settled
        _table(db, "answered", "answered_on DATE", settled)
        _table(db, "tried", "nothing DATE", dict.fromkeys(asked.tried_tonight))
        ages = " ".join(f"WHEN '{g}' THEN {d}" for g, d in sorted(rule.max_age_days.items()))
        found = db.execute(
            f"""
            WITH allowed AS (
                SELECT customer.customer_id,
                    LEAST(
                        CASE standing.grade {ages} ELSE {rule.max_age_days["NR"]} END,
                        CASE WHEN standing.exposure > CAST($above AS DECIMAL(28, 2))
                            THEN {rule.large_exposure.max_age_days} END
                    ) AS max_age,
                    COALESCE(standing.exposure, 0) AS exposure
                FROM customer
                LEFT JOIN standing ON standing.customer_id = customer.customer_id
            )
            SELECT customer.customer_id, customer.customer_name, customer.country, numbers.found
            FROM customer
            JOIN allowed ON allowed.customer_id = customer.customer_id
            LEFT JOIN answered ON answered.customer_id = customer.customer_id
            LEFT JOIN (
                SELECT customer_id, list(scheme || ' ' || value ORDER BY scheme, value) AS found
                FROM number
                GROUP BY customer_id
            ) AS numbers ON numbers.customer_id = customer.customer_id
            WHERE NOT EXISTS (FROM tried WHERE tried.customer_id = customer.customer_id)
                AND (answered_on IS NULL
                    OR DATE '{as_of.isoformat()}' - answered_on >= allowed.max_age)
            ORDER BY answered_on IS NOT NULL,
                CAST(DATE '{as_of.isoformat()}' - answered_on AS DECIMAL(18, 6))
                    / allowed.max_age DESC,
                allowed.exposure DESC, customer.customer_id
            """,
            {"above": rule.large_exposure.above},
        )
        while rows := found.fetchmany(1000):
            for customer_id, name, country, numbers in rows:
                yield Subject(customer_id, name, country, _valid(numbers or [], country))


def _table(
    db: duckdb.DuckDBPyConnection, name: str, column: str, days: Mapping[str, date | None]
) -> None:
    """A table of customers with a day each."""
    db.execute(
        f"CREATE TABLE {name} (customer_id VARCHAR, {column})",
    )
    db.execute(
        f"INSERT INTO {name} SELECT UNNEST($customers), UNNEST($days)",
        {"customers": list(days), "days": list(days.values())},
    )


def _valid(numbers: list[str], country: str | None) -> dict[str, str]:
    """The numbers that pass their check digits, the first of each kind."""
    valid: dict[str, str] = {}
    for text in numbers:
        scheme, _, value = text.partition(" ")
        for number in identifiers(scheme, value, country):
            valid.setdefault(number.scheme, number.value)
    return valid


def _customers(db: duckdb.DuckDBPyConnection, ctx: Context, as_of: date) -> None:
    """`customer` and `number`, as known so far tonight."""
    batches = visible_batches(ctx.settings.home, as_of, [feed.name for feed in ctx.book.feeds])
    for table, entity, columns in (
        ("customer", "customer", "customer_id, customer_name, country"),
        ("number", "party_identifier", "customer_id, scheme, value"),
    ):
        partition = history.snapshot(ctx.lake, ctx.engine, ENTITIES[entity], as_of, batches)
        told = "AND provider IS NULL" if table == "number" else ""
        db.execute(
            f"CREATE TABLE {table} AS SELECT {columns} FROM read_parquet($file) "
            f"WHERE NOT is_deleted {told}",
            {"file": str(ctx.lake.file(partition))},
        )


def _standing(db: duckdb.DuckDBPyConnection, ctx: Context, as_of: date) -> None:
    """`standing`: grade and open amount as published the night before; empty without one."""
    before = night_before(ctx.published, as_of)
    found = ctx.lake.find("mart.customer_credit", before[0]) if before else None
    db.execute(
        "CREATE TABLE standing (customer_id VARCHAR, grade VARCHAR, exposure DECIMAL(28, 2))"
    )
    if found is not None:
        db.execute(
            "INSERT INTO standing SELECT customer_id, final_grade, open_amount "
            "FROM read_parquet($file)",
            {"file": str(ctx.lake.file(found))},
        )
