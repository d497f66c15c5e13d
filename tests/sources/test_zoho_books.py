"""Zoho Books' connector, answer by answer."""

from typing import Any

import pytest

from etl.errors import BadInput
from etl.sources.connector import Ask, Inconsistent, Meaning, Reply, Token
from etl.sources.zoho_books import CONNECTOR
from tests.sources.machine import SINCE, answer, connection, played, pull


def page(number: int, rows: int, *, more: bool, per_page: int = 200) -> Reply:
    context = {"page": number, "per_page": per_page, "has_more_page": more}
    found = [{"payment_id": str(n)} for n in range(rows)]
    return answer(
        {"code": 0, "message": "success", "customerpayments": found, "page_context": context}
    )


def test_pages_until_there_are_no_more() -> None:
    def serve(ask: Ask) -> Reply:
        number = int(ask.params["page"])
        return page(number, 200 if number < 3 else 7, more=number < 3)

    steps = played(CONNECTOR, pull("customerpayments"), serve)

    assert [ask.params["page"] for ask, _ in steps] == ["1", "2", "3"]
    assert {ask.path for ask, _ in steps} == {"/books/v3/customerpayments"}
    assert {ask.params["last_modified_time"] for ask, _ in steps} == {"2026-11-19T16:00:00+0000"}
    assert CONNECTOR.rows_of(pull("customerpayments")) == '$."customerpayments"[*]'


def test_what_documents_do_not_say_is_a_setting() -> None:
    options: dict[str, Any] = {"list_key": "payments", "params": {"sort_column": "created_time"}}
    wanted = pull("customerpayments", modified_filter="none", **options)
    ask = CONNECTOR.first(wanted)

    assert ask.params == {"page": "1", "per_page": "200", "sort_column": "created_time"}
    assert CONNECTOR.rows_of(wanted) == '$."payments"[*]'
    assert "last_modified_time" not in CONNECTOR.first(pull("invoices", since=None)).params


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (page(2, 200, more=True), "page 2 came where page 1"),
        (page(1, 199, more=True), "199 rows came on a page of 200"),
        (answer({"code": 0}), "no customerpayments and page_context"),
        (answer(b'{"code": 0, "custo'), "not whole JSON"),
    ],
)
def test_a_page_that_contradicts_itself_is_asked_for_again(reply: Reply, says: str) -> None:
    wanted = pull("customerpayments")
    with pytest.raises(Inconsistent, match=says):
        CONNECTOR.after(wanted, CONNECTOR.first(wanted), reply)


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (answer({"code": 44, "message": "x"}, 429), Meaning.SLOW),
        (answer({"code": 45, "message": "x"}, 429), Meaning.STOP),
        (answer({"code": 14, "message": "x"}, 401), Meaning.LOGIN),
        (answer({"code": 57, "message": "x"}, 401), Meaning.REFUSED),
        (answer({"code": 6, "message": "x"}, 400), Meaning.REFUSED),
        (answer({"code": 1002, "message": "x"}), Meaning.REFUSED),
        (answer({"code": 0}), Meaning.PAGE),
        (answer(b"{", 200), Meaning.RETRY),
        (answer(b"<html>", 500), Meaning.RETRY),
        (answer(b"", 404), Meaning.REFUSED),
    ],
)
def test_every_answer_has_its_meaning(reply: Reply, meaning: Meaning) -> None:
    assert CONNECTOR.judge(reply).meaning is meaning


def test_every_call_names_the_organisation() -> None:
    ours = connection(extra={"organization_id": "10", "refresh_token": "made-up"})
    token = Token({"access_token": "t", "api_domain": "https://www.zohoapis.com"})

    signed = CONNECTOR.sign(CONNECTOR.first(pull("invoices")), token, ours, SINCE)

    assert signed.params["organization_id"] == "10"
    assert signed.path == "https://www.zohoapis.com/books/v3/invoices"
    assert CONNECTOR.connection_name == "zoho"
    with pytest.raises(BadInput, match="organization_id"):
        CONNECTOR.sign(Ask("/books/v3/invoices"), token, connection(), SINCE)
