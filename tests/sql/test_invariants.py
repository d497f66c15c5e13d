"""What holds for any ledger, checked on random ones through the SQL, and once on a large one."""

import hashlib
import random
import tempfile
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl import models
from tests.sql.night import NIGHT, Night, build, policies
from tests.sql.worlds import A_FEW, Customer, later, rows, worlds

BETTER = {"A": 0, "B": 1, "C": 2, "D": 3}
PUBLISHED = [model.full_name for model in models.models()]


def night_of(folder: Path, tables: dict) -> Night:
    folder.mkdir()
    return build(folder, tables, policies=policies())


def digests(found: Night) -> dict[str, str]:
    """SHA-256 of every table's Parquet file."""
    return {name: hashlib.sha256(found.file(name).read_bytes()).hexdigest() for name in PUBLISHED}


@A_FEW
@given(world=worlds(NIGHT))
def test_the_books_balance_nobody_is_lost_and_a_grade_lies_in_its_interval(
    world: list[Customer],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = night_of(Path(folder, "night"), rows(world))
        billed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for item in found.rows("core.receivable"):
            billed[item["customer_id"], item["currency"]] += item["amount"]
        for event in found.rows("event.settlement"):
            billed[event["customer_id"], event["currency"]] -= event["amount"]
        for age in found.rows("indicator.aging"):
            buckets = sum(
                age[f"{name}_amount"]
                for name in ("current", "overdue_1_30", "overdue_31_60", "overdue_61_90",
                             "overdue_over_90", "no_due_date")
            )  # fmt: skip
            in_credit = age["unapplied_credit_amount"] + age["unapplied_cash_amount"]
            assert buckets == age["open_amount"]
            assert buckets + in_credit + age["residue_amount"] == age["ledger_balance"]
            assert age["ledger_balance"] == billed.pop((age["customer_id"], age["currency"]))
        assert not billed

        everybody = {customer.ledger.customer_id for customer in world} | {"ANCHOR"}
        assert {row["customer_id"] for row in found.rows("core.customer")} == everybody
        for name in ("indicator.payment", "mart.customer_credit"):
            assert [row["customer_id"] for row in found.rows(name)] == sorted(everybody)
        for name in ("indicator.letter_basis", "grade.credit_grade"):
            assert len(found.rows(name)) == 2 * len(everybody)
        book = found.rows("mart.grade_book")
        assert sum(row["customer_cnt"] for row in book) == 2 * len(everybody)
        for row in found.rows("grade.credit_grade"):
            best, worst = BETTER[row["grade_best"]], BETTER[row["grade_worst"]]
            assert best <= worst
            if row["final_grade"] != "NR":
                assert best <= BETTER[row["final_grade"]] <= worst
            else:
                assert (row["grade_best"], row["grade_worst"]) == ("A", "D")
                assert row["nr_reason"] is not None


@A_FEW
@given(world=worlds(NIGHT), place=st.integers(0, 9), days=st.sampled_from([1, 4, 5, 30]))
def test_paying_later_never_improves_a_letter(world: list[Customer], place: int, days: int) -> None:
    """Each customer pays one of its invoices later; nothing else changes. An item that thereby
    leaves or enters a look-back says nothing, so only items due in both are looked at."""
    steady = [
        replace(
            customer,
            ledger=replace(
                customer.ledger,
                invoices=tuple(
                    invoice
                    for invoice in customer.ledger.invoices
                    if invoice.due_date and 0 <= (NIGHT - invoice.due_date).days < 181
                ),
            ),
        )
        for customer in world
    ]
    moved = [later(customer, place, days) for customer in steady]
    with tempfile.TemporaryDirectory() as folder:
        before = night_of(Path(folder, "before"), rows(steady))
        after = night_of(Path(folder, "after"), rows(moved))
        for old, new in zip(
            before.rows("score.hard_grade"), after.rows("score.hard_grade"), strict=True
        ):
            for letter in ("letter_overdue", "letter_collection"):
                if old[letter] and new[letter]:
                    assert BETTER[new[letter]] >= BETTER[old[letter]], (old, new)


@settings(A_FEW, max_examples=3)  # test_same_bytes.py has a ledger with everything
@given(world=worlds(NIGHT), seed=st.integers(0, 99))
def test_the_order_rows_come_in_changes_no_byte(world: list[Customer], seed: int) -> None:
    tables = rows(world)
    shuffled = {name: list(given_rows) for name, given_rows in tables.items()}
    for given_rows in shuffled.values():
        random.Random(seed).shuffle(given_rows)
    with tempfile.TemporaryDirectory() as folder:
        assert digests(night_of(Path(folder, "a"), tables)) == digests(
            night_of(Path(folder, "b"), shuffled)
        )


@pytest.mark.soak  # test_same_bytes.py does it above one row group
def test_four_threads_and_one_write_the_same_bytes(tmp_path: Path) -> None:
    """On more rows than one row group holds (122,880), in two orders."""
    first = night_of_many(tmp_path / "one", threads=1, order="number")
    second = night_of_many(tmp_path / "four", threads=4, order="HASH(number)")
    assert len(first) == len(PUBLISHED)
    assert first == second


MANY = 130_000


def night_of_many(folder: Path, *, threads: int, order: str) -> dict[str, str]:
    """Digests of a night over many invoices in three currencies, partly paid, in a given order."""
    folder.mkdir()
    base = build(folder, {}, policies=policies(), threads=threads)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(f"""
            CREATE TABLE given AS
            SELECT
                number, 'I' || number AS invoice_id, 'C' || (number % 997) AS customer_id,
                DATE '{NIGHT}' - CAST(number % 700 AS INTEGER) AS due_date,
                CAST(1 + number % 5003 + 0.01 * (number % 97) AS DECIMAL(18,2)) AS amount,
                ['CNY', 'CNY', 'USD', 'EUR'][1 + number % 4] AS currency
            FROM range({MANY}) AS numbers (number)
        """)
        history = "DATE '1900-01-01' AS known_on, '000001-test' AS batch, number AS seq, FALSE AS is_deleted"
        for name, select in {
            "invoice": f"""
                SELECT invoice_id, customer_id, NULL::VARCHAR AS company_id,
                    due_date - 30 AS invoice_date, due_date, NULL::INTEGER AS terms_days, amount,
                    currency, {history}
                FROM given ORDER BY {order}
            """,
            "payment": f"""
                SELECT 'P' || number AS payment_id, customer_id,
                    due_date + CAST(number % 23 - 7 AS INTEGER) AS payment_date,
                    CAST(CASE WHEN number % 11 = 0 THEN amount / 2 ELSE amount END AS DECIMAL(18,2))
                        AS amount,
                    currency, CASE WHEN number % 29 = 0 THEN NULL ELSE invoice_id END AS invoice_id,
                    'cash' AS kind, {history}
                FROM given WHERE number % 7 > 0 ORDER BY {order}
            """,
            "fx_rate": f"""
                SELECT currency AS from_currency, 'CNY' AS to_currency, DATE '{NIGHT}' AS rate_date,
                    CAST(7.12345678 AS DECIMAL(18,8)) AS rate, {history}
                FROM given WHERE number IN (2, 3)
            """,
        }.items():
            file = folder / f"current.{name}.parquet"
            base.files[f"current.{name}"] = [file]
            connection.execute(f"COPY ({select}) TO '{file}' (FORMAT parquet)")
    return digests(base)
