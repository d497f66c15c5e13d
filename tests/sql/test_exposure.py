"""What is at risk with a customer, a company of ours, a group (I5, I7, I13..I15, I18; R3-51)."""

from typing import Any

import pytest

COMPONENTS = """
    invoice_id | customer_id | company_id | due_date   | amount | currency
    DUE        | C1          | SH         | 2026-12-10 | 50000  | CNY
    LATE       | C1          | BJ         | 2026-11-10 | 30000  | CNY     # ten days
    DOLLARS    | C2          | SH         | 2026-12-10 | 100    | USD
    NO_RATE    | C3          | SH         | 2026-12-10 | 100    | JPY
    NO_RATE_2  | C3          | SH         | 2026-12-10 | 70     | CNY
    OF_OTHERS  | C4          |            | 2026-12-10 | 5      | CNY
"""
ORDERS = """
    order_id | customer_id | company_id | order_date | amount | status    | currency
    OPEN     | C1          | SH         | 2026-11-01 | 12000  | open      | CNY
    SENT     | C1          | SH         | 2026-11-01 | 900    | delivered | CNY
    DONE     | C1          | SH         | 2026-11-01 | 800    | closed    | CNY
    VOID     | C1          | SH         | 2026-11-01 | 700    | cancelled | CNY
    LATER    | C1          | SH         | 2026-11-21 | 600    | open      | CNY     # tomorrow
"""
RATE = """
    from_currency | to_currency | rate_date  | rate
    USD           | CNY         | 2026-11-20 | 7.1
"""


def exposed(night, **changes: Any):
    return night(
        invoice=COMPONENTS,
        sales_order=ORDERS,
        fx_rate=RATE,
        delivery="""
            delivery_id | order_id | promised_date | quantity_ordered | quantity_delivered
            D1          | OPEN     | 2026-11-10    | 3                | 1
            D2          | OPEN     | 2026-11-10    | 1                | -
        """,
        changes={"book.base_currency": "CNY"}
        | {f"terms.exposure.{key}": value for key, value in changes.items()},
    )


def test_components_by_company_and_currency(night) -> None:
    found = {
        (row["customer_id"], row["company_id"], row["currency"]): row
        for row in exposed(night, delivered_orders=True).rows("indicator.entity_exposure")
    }
    assert set(found) == {
        ("C1", "BJ", "CNY"), ("C1", "SH", "CNY"), ("C2", "SH", "USD"), ("C3", "SH", "JPY"),
        ("C3", "SH", "CNY"), ("C4", "", "CNY"),
    }  # fmt: skip
    assert found["C1", "BJ", "CNY"]["overdue_amount"] == 30000
    assert found["C1", "SH", "CNY"]["open_order_amount"] == 12000
    assert found["C1", "SH", "CNY"]["delivered_order_amount"] == 900
    assert found["C2", "SH", "USD"]["receivable_base"] == 710
    assert found["C3", "SH", "JPY"]["receivable_base"] is None


def test_a_customer_over_all_our_companies(night) -> None:
    exposed(night).expect(
        "measure.exposure",
        """
        customer_id | receivable_amount | exposure_amount | exposure_reason | oldest_overdue_days | no_fx_cnt
        C1          | 80000             | 92000           |                 | 10                  | 0
        C2          | 710               | 710             |                 | 0                   | 0
        C3          |                   |                 | no_fx           | 0                   | 1
        C4          | 5                 | 5               |                 | 0                   | 0
        """,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 92000),
        ({"receivables": False}, 12000),
        ({"open_orders": "none"}, 80000),
        ({"open_orders": "undelivered"}, 89000),  # three of the four pieces are still to come
        ({"delivered_orders": True}, 92900),
    ],
)
def test_what_counts_is_the_policys(night, changes: dict[str, Any], expected: int) -> None:
    row = exposed(night, **changes).row("measure.exposure", customer_id="C1")

    assert row["exposure_amount"] == expected


def test_what_next_week_brings_is_not_delivered_yet(night) -> None:
    """Half of HALF has come; of ODD nobody knows how many pieces D4 was to bring, and of D5 two too many came."""
    night(
        sales_order="""
            order_id | order_date | amount | status
            HALF     | 2026-11-01 | 1000   | open
            ODD      | 2026-11-01 | 600    | open
        """,
        delivery="""
            delivery_id | order_id | promised_date | actual_date | quantity_ordered | quantity_delivered
            D1          | HALF     | 2026-11-10    | 2026-11-10  | 50               | 50
            D2          | HALF     | 2026-11-27    | -           | 25               | -
            D3          | HALF     | 2026-11-10    | 2026-11-21  | 25               | 25       # tomorrow
            D4          | ODD      | 2026-11-10    | 2026-11-10  | -                | 30
            D5          | ODD      | 2026-11-10    | 2026-11-10  | 2                | 4
            D6          | ODD      | 2026-11-10    | -           | 4                | 1
        """,
        changes={"terms.exposure.open_orders": "undelivered", "book.base_currency": "CNY"},
    ).expect(
        "indicator.entity_exposure",
        "open_order_amount | undelivered_order_amount\n1600 | 800",  # 500 + 600 * 3 / 6
    )


def test_cash_on_account_without_a_rate_is_unknown_and_lowers_nothing(night) -> None:
    night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-12-10 | 1000",
        payment="payment_id | payment_date | amount | currency\nP1 | 2026-11-10 | 300 | USD",
        changes={"book.base_currency": "CNY"},
    ).expect(
        "measure.exposure",
        "receivable_amount | unapplied_cash_amount | exposure_amount | exposure_reason\n1000 | - | 1000 | -",
    )


ON_ACCOUNT = {
    "invoice": """
        invoice_id | customer_id | due_date   | amount
        OPEN       | C1          | 2026-12-10 | 1000
        OTHER      | C2          | 2026-12-10 | 100
    """,
    "payment": """
        payment_id | customer_id | payment_date | amount
        CASH       | C1          | 2026-11-10   | 300
        MUCH       | C2          | 2026-11-10   | 300     # more than it owes
    """,
    "credit_note": """
        credit_note_id | customer_id | credit_date | amount
        CREDIT         | C1          | 2026-11-10  | 50
    """,
}


@pytest.mark.parametrize(
    ("cash", "credit", "first", "second"),
    [("deduct", "deduct", 650, 0), ("ignore", "deduct", 950, 100), ("ignore", "ignore", 1000, 100)],
)
def test_money_on_account(night, cash: str, credit: str, first: int, second: int) -> None:
    found = night(
        **ON_ACCOUNT,
        changes={"terms.exposure.unapplied_cash": cash, "terms.exposure.unapplied_credit": credit},
    )

    assert found.row("measure.exposure", customer_id="C1")["exposure_amount"] == first
    assert found.row("measure.exposure", customer_id="C2")["exposure_amount"] == second


@pytest.mark.parametrize(("disputed", "expected"), [("count", 1000), ("ignore", 600)])
def test_a_dispute(night, disputed: str, expected: int) -> None:
    row = night(
        invoice="""
            invoice_id | due_date   | amount
            CONTESTED  | 2026-11-01 | 1000
        """,
        dispute="""
            dispute_id | invoice_id | opened_date | amount
            D1         | CONTESTED  | 2026-11-05  | 400
        """,
        changes={"terms.exposure.disputed": disputed},
    ).row("measure.exposure")

    assert row["exposure_amount"] == expected
    assert (row["disputed_amount"], row["overdue_amount"]) == (400, 600)
    assert row["oldest_overdue_days"] == 19


COVER = {
    "insurance": """
        cover_id | customer_id | insured_limit | covered_share | deductible | start_date | expiry_date
        I1       | C1          | 50000         | 0.90          |            | 2026-01-01 | 2026-11-20  # its last day
        I2       | C2          | 50000         | 0.90          |            | 2026-01-01 | 2026-11-19  # gone
        I3       | C3          | 1000          | 0.50          | 200        | 2026-01-01 | -
    """,
    "guarantee": """
        guarantee_id | customer_id | kind           | amount | start_date | is_verified
        G1           | C1          | bank_guarantee | 10000  | 2026-01-01 | true
        G2           | C1          | mortgage       | 99999  | 2026-01-01 | false
    """,
    "invoice": """
        invoice_id | customer_id | due_date   | amount
        FIRST      | C1          | 2026-12-10 | 80000
        SECOND     | C2          | 2026-12-10 | 80000
        THIRD      | C3          | 2026-12-10 | 700
    """,
}


def test_insurance_and_security(night) -> None:
    """An insurer pays its share of what exceeds the deductible, up to the limit; then comes verified security."""
    night(**COVER).expect(
        "measure.exposure",
        """
        customer_id | exposure_amount | insured_amount | uninsured_exposure | secured_amount | uncovered_exposure
        C1          | 80000           | 45000          | 35000              | 10000          | 25000
        C2          | 80000           | 0              | 80000              | 0              | 80000
        C3          | 700             | 250            | 450                | 0              | 450
        """,
    )


def test_security_may_lower_the_exposure_itself(night) -> None:
    row = night(**COVER, changes={"terms.exposure.guarantees": "deduct"}).row(
        "measure.exposure", customer_id="C1"
    )

    assert row["exposure_amount"] == 70000
    assert row["uncovered_exposure"] == 25000  # the security is not taken off twice


def test_no_source_of_covers_is_not_no_cover(night) -> None:
    row = night(invoice="due_date | amount\n2026-12-10 | 100").row("measure.exposure")

    assert row["insured_amount"] is None
    assert row["secured_amount"] is None
    assert row["uncovered_exposure"] == 100
