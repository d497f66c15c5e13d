"""What is brought together, in the book's order."""

from pathlib import Path

import pytest

from etl.errors import ZixinError
from etl.groups import INQUIRIES, SYSTEMS, feeds_of, groups
from etl.sources.config import Book, Feed

RECORDS = {"records": {"customer": {"customer_id": "id", "customer_name": "name"}}}


def _book(*feeds: dict[str, object]) -> Book:
    return Book(
        path=Path("book.yaml"), feeds=tuple(Feed.model_validate({**RECORDS, **f}) for f in feeds)
    )


CRM = {"name": "accounts", "source": "fxiaoke", "resource": "AccountObj"}
MORE = {"name": "orders", "source": "fxiaoke", "resource": "SalesOrderObj", "connection": "other"}
FILES = {"name": "ledger", "file": "ledger.csv"}
COURT = {"name": "cases", "source": "qcc", "resource": "judgments", "need": "litigation"}
SECOND = {"name": "suits", "source": "tianyancha", "resource": "lawsuits", "need": "litigation"}
ALONE = {"name": "report", "source": "creditsafe", "resource": "report"}


def test_systems_are_one_group_each_and_needs_come_apart() -> None:
    book = _book(COURT, CRM, FILES, MORE, SECOND, ALONE)

    assert groups(book, SYSTEMS) == ["fxiaoke", "files"]
    assert groups(book, INQUIRIES) == ["litigation", "report"]
    assert [feed.name for feed in feeds_of(book, "fxiaoke")] == ["accounts", "orders"]
    assert [feed.name for feed in feeds_of(book, "litigation")] == ["cases", "suits"]


def test_every_feed_is_in_one_group() -> None:
    book = _book(COURT, CRM, FILES, MORE, SECOND, ALONE)
    grouped = [
        feed.name
        for stage in (SYSTEMS, INQUIRIES)
        for group in groups(book, stage)
        for feed in feeds_of(book, group)
    ]

    assert sorted(grouped) == sorted(feed.name for feed in book.feeds)


def test_a_need_may_not_be_called_like_a_system() -> None:
    """Else its provider would be asked before anybody knows who the customers are."""
    book = _book(CRM, {**COURT, "need": "fxiaoke"})

    with pytest.raises(ZixinError, match="fxiaoke names both"):
        groups(book, SYSTEMS)


def test_a_feed_may_be_asked_for_alone_and_what_is_unknown_is_refused() -> None:
    book = _book(CRM, MORE)

    assert [feed.name for feed in feeds_of(book, "orders")] == ["orders"]
    with pytest.raises(ZixinError, match="neither feeds nor a system 'ordres'"):
        feeds_of(book, "ordres")
