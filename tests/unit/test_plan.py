"""Whom a provider is asked about tonight: by age, grade, exposure, budget and who had no answer."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from etl import landing
from etl.policy import Inquiry
from etl.sources import plan
from etl.sources.config import Feed
from etl.sources.connector import Ask, Connector, Pull, Reply, Subject, Verdict
from etl.sources.open_pull import OpenPull

TONIGHT = date(2026, 11, 21)
CUSTOMERS = {"C-1": "CN", "C-2": "CN", "C-3": "DE"}


class Provider(Connector):
    """Knows Chinese companies only."""

    name = "provider"
    by_subject = True

    def can_answer(self, pull: Pull) -> str:
        subject = pull.subject
        return "" if subject and subject.country != "US" else "not its country"

    def first(self, pull: Pull) -> Ask | None:
        raise NotImplementedError

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        raise NotImplementedError

    def judge(self, reply: Reply) -> Verdict:
        raise NotImplementedError


def _feed(name: str) -> Feed:
    return Feed.model_validate(
        {
            "name": name,
            "source": "provider",
            "resource": "cases",
            "need": "litigation",
            "records": {"customer": {"customer_id": "id", "customer_name": "name"}},
        }
    )


FIRST, SECOND = _feed("first"), _feed("second")


class Book:
    """Two providers of one need, some customers, and what landed of them."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.customers: dict[str, str] = dict(CUSTOMERS)
        self.standing: list[tuple[str, str | None, int]] = []
        self.budget = 100
        monkeypatch.setattr(plan, "_customers", self._customers)
        monkeypatch.setattr(plan, "_standing", self._standing)

    def _customers(self, db: duckdb.DuckDBPyConnection, *_: Any) -> None:
        db.execute("CREATE TABLE customer (customer_id TEXT, customer_name TEXT, country TEXT)")
        db.execute("CREATE TABLE number (customer_id TEXT, scheme TEXT, value TEXT)")
        for customer, country in self.customers.items():
            db.execute("INSERT INTO customer VALUES (?, ?, ?)", (customer, "名", country))

    def _standing(self, db: duckdb.DuckDBPyConnection, *_: Any) -> None:
        db.execute("CREATE TABLE standing (customer_id TEXT, grade TEXT, exposure DECIMAL(28, 2))")
        for row in self.standing:
            db.execute("INSERT INTO standing VALUES (?, ?, ?)", row)

    def landed(
        self,
        feed: Feed,
        answered: Mapping[str, str],
        *,
        days_ago: int = 0,
        spent: int = 0,
        supersedes: Iterable[str] = (),
    ) -> landing.Batch:
        """What a night got."""
        opened = self.home / "opened"
        opened.mkdir()
        (opened / landing.PAGES).write_text(f"{days_ago} {feed.name} {sorted(answered)}\n")
        return landing.land_pull(
            self.home,
            feed,
            TONIGHT - timedelta(days=days_ago),
            opened,
            facts={
                "known": "arrival",
                "mark": "",
                "request": "r",
                "answered": dict(answered),
                "spent": spent,
            },
            supersedes=supersedes,
        )

    def order(self, feed: Feed = FIRST, as_of: date = TONIGHT) -> plan.Order:
        """The plan of a feed."""
        days = {"A": 90, "B": 30, "C": 10, "D": 5, "NR": 30}
        rule = Inquiry.model_validate(
            {
                "budget_calls": self.budget,
                "max_age_days": days,
                "large_exposure": {"above": "1000000", "max_age_days": 7},
            }
        )
        ctx = SimpleNamespace(
            settings=SimpleNamespace(home=self.home),
            book=SimpleNamespace(feeds=[FIRST, SECOND]),
            policies=SimpleNamespace(active=SimpleNamespace(inquiry=lambda _: rule)),
        )
        return plan.order(ctx, as_of, feed, Provider())  # type: ignore[arg-type]

    def asked(self, feed: Feed = FIRST, as_of: date = TONIGHT) -> list[str]:
        """The customers of the plan, in its order."""
        return [subject.customer_id for subject in self.order(feed, as_of).subjects]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.setattr("etl.sources.systems.system", lambda _: Provider())
    return Book(tmp_path, monkeypatch)


def test_whoever_was_never_asked_about_is_due(book: Book) -> None:
    assert book.asked() == ["C-1", "C-2", "C-3"]
    assert book.order() == book.order()


def test_the_age_of_an_answer_is_judged_by_grade_and_exposure(book: Book) -> None:
    everybody = dict.fromkeys(CUSTOMERS, "answered")
    book.standing = [("C-1", "A", 0), ("C-2", "C", 0), ("C-3", "A", 2_000_000)]

    book.landed(FIRST, everybody, days_ago=6)
    assert book.asked() == []
    assert book.asked(as_of=TONIGHT + timedelta(days=1)) == ["C-3"]
    # C-3 is two sevenths over, C-2 a tenth of ten days less.
    assert book.asked(as_of=TONIGHT + timedelta(days=4)) == ["C-3", "C-2"]
    assert book.asked(as_of=TONIGHT + timedelta(days=84)) == ["C-3", "C-2", "C-1"]


@pytest.mark.parametrize("grade", ["AA", "", None])
def test_a_grade_that_the_policy_does_not_know_is_none(book: Book, grade: str | None) -> None:
    """As another policy published it last night."""
    book.standing = [("C-1", grade, 0)]
    book.landed(FIRST, {"C-1": "answered"}, days_ago=30)

    assert "C-1" in book.asked()


def test_what_the_budget_leaves_is_counted(book: Book) -> None:
    book.budget = 1
    book.customers["C-0"] = "US"

    order = book.order()

    assert [subject.customer_id for subject in order.subjects] == ["C-1"]
    assert order.waiting == 2  # nobody would ask this provider about C-0

    book.budget = 0
    assert book.order() == plan.Order((), 0, 3)


def test_the_second_provider_is_asked_where_the_first_had_no_answer(book: Book) -> None:
    book.landed(FIRST, {"C-1": "answered", "C-2": "failed"}, spent=2)

    assert book.asked(SECOND) == ["C-2", "C-3"]
    assert book.order(SECOND).budget == 98


def test_who_has_no_answer_does_not_come_first_every_night(book: Book) -> None:
    """Else a hundred unknown companies would take the whole budget for ever."""
    book.budget = 1
    book.landed(FIRST, {"C-1": "failed"}, days_ago=1, spent=1)

    assert book.asked() == ["C-2"]
    assert "C-1" in [s.customer_id for s in book.order(SECOND).subjects]


def test_who_had_no_answer_is_asked_about_again_when_one_would_be_old(book: Book) -> None:
    book.customers = {"C-1": "CN"}
    book.landed(FIRST, {"C-1": "failed"}, days_ago=29)

    assert book.asked() == []
    assert book.asked(as_of=TONIGHT + timedelta(days=1)) == ["C-1"]


def test_what_a_refused_batch_brought_was_paid_for(book: Book) -> None:
    batch = book.landed(FIRST, {"C-1": "answered"}, spent=3)
    landing.refuse(book.home, batch.name, "quality said no")

    assert book.asked() == ["C-2", "C-3"]
    assert book.order(SECOND).budget == 97


def test_what_was_mapped_anew_was_not_bought_anew(book: Book) -> None:
    batch = book.landed(FIRST, {"C-1": "answered"}, spent=3)
    book.landed(FIRST, {"C-1": "answered"}, spent=3, supersedes=[batch.name])

    assert book.order(SECOND).budget == 97


def test_a_pull_that_broke_off_tonight_has_spent_as_well(book: Book) -> None:
    opened = OpenPull(book.home / "landing/open/first")
    opened.start({"night": TONIGHT.isoformat()})
    for _ in range(8):
        opened.spend()

    assert book.order(SECOND).budget == 92
    assert book.order(SECOND, TONIGHT + timedelta(days=1)).budget == 100


def test_a_night_made_up_for_does_not_buy_what_a_later_one_bought(book: Book) -> None:
    book.landed(FIRST, {"C-1": "answered"}, spent=3)

    order = book.order(as_of=TONIGHT - timedelta(days=3))

    assert [subject.customer_id for subject in order.subjects] == ["C-2", "C-3"]
    assert order.budget == 100


def test_the_provider_is_told_when_it_answered_last(book: Book) -> None:
    book.customers = {"C-1": "CN"}
    book.landed(SECOND, {"C-1": "answered"}, days_ago=40)
    assert book.order().subjects == (Subject("C-1", "名", "CN", {}),)

    book.landed(FIRST, {"C-1": "answered"}, days_ago=50)
    (subject,) = book.order().subjects
    assert subject.answered_on == (TONIGHT - timedelta(days=50)).isoformat()
