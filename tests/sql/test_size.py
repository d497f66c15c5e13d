"""Large amounts, dear currencies, ratios of nearly nothing: one customer's figures may not end a night."""

from datetime import date, timedelta

import pytest

from etl import models
from tests.sql.night import NIGHT

LARGEST = "9999999999999.99"


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


@pytest.mark.parametrize("rate", ["1", "150", "25000", "0.00004"])
def test_the_largest_amounts_in_a_dear_currency(night, rate):
    found = night(
        changes={"book.base_currency": "VND"},
        invoice=f"""
            invoice_id | due_date    | amount    | currency
            OLD        | 2016-11-20  | {LARGEST} | USD       # open for ten years
            LATE       | {day(40)}   | {LARGEST} | USD
            PAID       | {day(40)}   | {LARGEST} | USD
            CURRENT    | {day(-20)}  | {LARGEST} | USD
        """,
        payment=f"""
            payment_id | invoice_id | payment_date | amount    | currency
            P1         | PAID       | {day(12)}    | {LARGEST} | USD
            P2         | -          | {day(5)}     | 1         | USD
        """,
        fx_rate=f"from_currency | to_currency | rate_date | rate\nUSD | VND | {day(0)} | {rate}",
    )
    for model in models.models():
        found.rows(model.full_name)
    found.expect(
        "grade.credit_grade", "letter_overdue | letter_collection\nD | D", policy_id="article"
    )
    found.expect("indicator.aging", "open_amount\n29999999999999.97")


def test_a_billion_at_a_rate_of_eight_decimals(night):
    """DECIMAL(18,2) times DECIMAL(18,8) stays in 64 bits on DuckDB and overflows at 922,337,203.68."""
    found = night(invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 1000000000")
    found.expect("indicator.payment", "open_amount\n1000000000")
    found.expect("mart.payment_month", "billed_amount | due_amount\n1000000000 | 0\n0 | 1000000000")


def test_a_ratio_to_nearly_nothing_ends_no_night(night):
    """Sales of a cent after credit notes, an account of a hundred billion, a payment typed with three
    zeros too many."""
    found = night(
        invoice=f"""
            customer_id | invoice_id | invoice_date | due_date  | amount
            C1          | OLD        | 2024-01-01   | {day(40)} | 100000000000
            C1          | NEW        | {day(60)}    | {day(30)} | 100
            C2          | SMALL      | {day(60)}    | {day(30)} | 0.02
        """,
        credit_note=f"customer_id | invoice_id | credit_date | amount\nC1 | NEW | {day(50)} | 99.99",
        payment=f"""
            customer_id | payment_id | invoice_id | payment_date | amount
            C2          | P1         | SMALL      | {day(30)}    | {LARGEST}
            C2          | P2         | -          | {day(300)}   | 0.01
        """,
    )
    for model in models.models():
        found.rows(model.full_name)
    found.expect("mart.customer_credit", "customer_id | final_grade\nC1 | D\nC2 | A")
