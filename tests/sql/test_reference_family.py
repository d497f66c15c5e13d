"""The payment family by hand (bench/), plain and packed, says of untidy books what `indicator.payment` says."""

import shutil
from pathlib import Path

import duckdb
import pytest

from bench import same_answer
from bench.whole_book import INPUTS, reference_sql
from etl.engine.duckdb import literal
from tests.sql.night import NIGHT, Night, build, policies
from tests.sql.wild import book

PAID_TWICE = {
    "invoice": """
        invoice_id | due_date   | amount
        TWICE      | 2026-10-01 | 100
        STATED     | 2026-10-05 | 80
        LATER      | 2026-10-09 | 60
    """,
    "payment": """
        payment_id | payment_date | amount
        FIRST      | 2026-09-20   | 100
        SECOND     | 2026-10-20   | 100
    """,
    "allocation": """
        payment_id | invoice_id | amount
        FIRST      | TWICE      | 100
        SECOND     | TWICE      | 100
    """,
    "invoice_balance": """
        invoice_id | stated_on  | balance_amount
        STATED     | 2026-10-12 | 50
        STATED     | 2026-10-15 | 0
    """,
}


def answers(night: Night, folder: Path, reference: str) -> same_answer.Answers:
    """The query and the project over the same night."""
    tables = {f"current.{name}": [night.file(f"current.{name}")] for name in INPUTS}
    with night.engine.connect(tables, as_of=night.as_of) as connection:
        file = literal(str(folder / f"{reference}.parquet"))
        sql = reference_sql(reference)
        connection.execute(f"COPY ({sql}) TO {file} (FORMAT parquet)")
    for name in same_answer.READ:
        shutil.copy(night.file(name), folder / f"{name}.parquet")
    return same_answer.compare(folder, reference)


@pytest.mark.parametrize("seed", range(1, 5))
def test_an_untidy_book_has_one_answer(seed: int, tmp_path: Path) -> None:
    article = policies("article", {"book.base_currency": "CNY"})
    night = build(tmp_path, book(seed, NIGHT), as_of=NIGHT, policies=article)

    for reference in same_answer.BY_HAND:
        assert answers(night, tmp_path, reference).differing == {}, reference


def test_a_bill_paid_whole_twice_and_a_stated_balance_have_one_answer(tmp_path: Path) -> None:
    article = policies("article", {"book.base_currency": "CNY"})
    night = build(tmp_path, PAID_TWICE, as_of=NIGHT, policies=article)

    for reference in same_answer.BY_HAND:
        assert answers(night, tmp_path, reference).same, reference


def test_what_the_packed_query_cannot_do_it_refuses_and_the_plain_one_does(tmp_path: Path) -> None:
    """One line is the whole payment, and another stands beside it."""
    more = PAID_TWICE["allocation"] + "        FIRST | LATER | 10\n"
    article = policies("article", {"book.base_currency": "CNY"})
    night = build(tmp_path, {**PAID_TWICE, "allocation": more}, as_of=NIGHT, policies=article)

    with pytest.raises(duckdb.Error, match="other lines"):
        answers(night, tmp_path, same_answer.PACKED)
    assert answers(night, tmp_path, same_answer.PLAIN).same
