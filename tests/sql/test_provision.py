"""Month-end balances, loss rates from the own book, the provision matrix (C11)."""

from datetime import date
from decimal import Decimal

import pytest

# Four month ends, five buckets each: the balances of C11. Nothing really flows: each cell is an
# invoice of its own, billed in the month and paid in the next.
BALANCES = {
    "2026-07": (1000, 300, 120, 60, 30),
    "2026-08": (1100, 280, 150, 70, 40),
    "2026-09": (1050, 310, 140, 80, 45),
    "2026-10": (1200, 290, 155, 75, 50),
}
DUE = {  # month end → a due date a bucket: 15 days to come, 15, 45, 75 and 120 days ago
    "2026-07": ("2026-08-15", "2026-07-16", "2026-06-16", "2026-05-17", "2026-04-02"),
    "2026-08": ("2026-09-15", "2026-08-16", "2026-07-17", "2026-06-17", "2026-05-03"),
    "2026-09": ("2026-10-15", "2026-09-15", "2026-08-16", "2026-07-17", "2026-06-02"),
    "2026-10": ("2026-11-15", "2026-10-16", "2026-09-16", "2026-08-17", "2026-07-03"),
}
PAID = {
    "2026-07": "2026-08-01",
    "2026-08": "2026-09-01",
    "2026-09": "2026-10-01",
    "2026-10": "2026-11-01",
}


def flows() -> dict[str, str]:
    """The ledger whose month ends are BALANCES."""
    invoices = ["invoice_id | invoice_date | due_date | amount"]
    payments = ["invoice_id | payment_date | amount"]
    for month, amounts in BALANCES.items():
        for number, (due, amount) in enumerate(zip(DUE[month], amounts, strict=True), start=1):
            name = f"{month}-{number}"
            invoices.append(f"{name} | {month}-01 | {due} | {amount}")
            payments.append(f"{name} | {PAID[month]} | {amount}")
    return {"invoice": "\n".join(invoices), "payment": "\n".join(payments)}


def test_month_ends(night):
    found = night(**flows())
    found.expect(
        "indicator.month_aging",
        """
        month_end  | bucket  | item_cnt | open_amount
        2026-07-31 | current | 1        | 1000
        2026-07-31 | 1-30    | 1        | 300
        2026-07-31 | 31-60   | 1        | 120
        2026-07-31 | 61-90   | 1        | 60
        2026-07-31 | 90+     | 1        | 30
        """,
        month_end=date(2026, 7, 31),
    )
    assert len(found.rows("indicator.month_aging")) == 20


def test_flow_rates_of_the_published_example(night):
    found = night(**flows())
    rows = [row for row in found.rows("measure.loss_rate") if row["method"] == "flow_rate"]

    assert [row["sample_cnt"] for row in rows] == [3, 3, 3, 3, 0]
    assert [row["flow_rate"] for row in rows] == [
        Decimal("0.279336"), Decimal("0.500000"), Decimal("0.550794"), Decimal("0.644841"), None,
    ]  # fmt: skip
    assert [round(row["loss_rate"], 6) for row in rows] == [
        Decimal("0.049607"), Decimal("0.177587"), Decimal("0.355174"), Decimal("0.644841"), 1,
    ]  # fmt: skip


# What 100,000 of sales became (C11): 50k paid in time, 27k, 15k and 6k in the buckets, 2k never.
COHORT = {
    "invoice": """
        invoice_id | invoice_date | due_date   | amount
        TIMELY     | 2026-03-01   | 2026-04-01 | 50000
        LATE_1     | 2026-03-01   | 2026-04-01 | 27000
        LATE_2     | 2026-03-01   | 2026-04-01 | 15000
        LATE_3     | 2026-03-01   | 2026-04-01 | 7000     # 6,000 after 90 days, 1,000 never
        NEVER      | 2026-03-01   | 2026-04-01 | 1000     # written off
        CURRENT    | 2026-11-01   | 2026-12-01 | 300000   # tonight's book
        D_1_30     | 2026-10-01   | 2026-11-01 | 140000
        D_31_60    | 2026-09-01   | 2026-10-01 | 60000
        D_61_90    | 2026-08-15   | 2026-09-01 | 23000
        OVER_90    | 2024-08-01   | 2024-09-01 | 4000     # before the cohort
    """,
    "payment": """
        invoice_id | payment_date | amount | kind
        TIMELY     | 2026-04-01   | 50000  | cash
        LATE_1     | 2026-05-01   | 27000  | cash          # 30 days: the last of 1-30
        LATE_2     | 2026-05-31   | 15000  | cash          # 60 days
        LATE_3     | 2026-06-30   | 6000   | cash          # 90 days; the rest is open for 233
        NEVER      | 2026-08-01   | 1000   | write_off
    """,
}


def test_loss_rates_of_a_cohort(night):
    found = night(**COHORT)
    rows = [row for row in found.rows("measure.loss_rate") if row["method"] == "sale_cohort"]

    assert [row["reached_amount"] for row in rows] == [100000, 50000, 23000, 8000, 2000]
    assert [row["sample_cnt"] for row in rows] == [5] * 5
    assert [round(row["loss_rate"], 6) for row in rows] == [
        Decimal("0.02"), Decimal("0.04"), Decimal("0.086957"), Decimal("0.25"), 1,
    ]  # fmt: skip
    # 300, 140, 60, 23 and 5 thousand (of which 1,000 of the cohort): 27,567.
    provision = [
        row["provision_amount"]
        for row in found.rows("mart.provision")
        if row["method"] == "sale_cohort" and row["policy_id"] == "article"
    ]
    assert sum(provision) == Decimal("27567.39")


def test_what_one_pays_on_top_covers_no_others_loss(night):
    """Of 300 sold 110 came in time and 90 within 30 days; 50 of X's are too much, a cent of Z's is missing."""
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            X          | 2026-03-01   | 2026-04-01 | 100
            Y          | 2026-03-01   | 2026-04-01 | 100
            Z          | 2026-03-01   | 2026-04-01 | 100
        """,
        payment="""
            payment_id | invoice_id | payment_date | amount
            P1         | X          | 2026-04-01   | 60
            P2         | X          | 2026-04-20   | 90
            P3         | Z          | 2026-03-20   | 50
            P4         | Z          | 2026-04-20   | 49.99
        """,
    )
    rows = [row for row in found.rows("measure.loss_rate") if row["method"] == "sale_cohort"]

    assert [row["reached_amount"] for row in rows] == [300, 190, 100, 100, 100]
    assert [round(row["loss_rate"], 6) for row in rows[:3]] == [
        Decimal("0.333333"), Decimal("0.526316"), 1,
    ]  # fmt: skip


def test_a_returned_payment_loses_no_more_than_there_was(night):
    """Of 2,000 all came in time, and 1,000 of it went back after 40 days."""
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            X          | 2026-03-01   | 2026-04-01 | 1000
            Y          | 2026-03-01   | 2026-04-01 | 1000
        """,
        payment="""
            payment_id | invoice_id | payment_date | amount
            P1         | X          | 2026-04-01   | 1000
            P2         | Y          | 2026-04-01   | 1000
            P3         | X          | 2026-05-11   | -1000
        """,
    )
    rows = [row for row in found.rows("measure.loss_rate") if row["method"] == "sale_cohort"]

    assert [row["reached_amount"] for row in rows] == [2000, 1000, 1000, 1000, 1000]
    assert [row["loss_rate"] for row in rows] == [Decimal("0.5"), 1, 1, 1, 1]


MATRIX = """
    invoice_id | invoice_date | due_date   | amount
    I1         | 2026-11-01   | 2026-12-01 | 15000000
    I2         | 2026-10-01   | 2026-11-01 | 7500000
    I3         | 2026-09-01   | 2026-10-01 | 4000000
    I4         | 2026-08-01   | 2026-09-01 | 2500000
    I5         | 2026-07-01   | 2026-08-01 | 1000000
"""


@pytest.mark.parametrize(
    ("factor", "amounts", "total"),
    [
        ("1", (45000, 120000, 144000, 165000, 106000, 0), 580000),
        ("1.10", (49500, 132000, 158400, 181500, 116600, 0), 638000),
    ],
)
def test_the_matrix_of_the_standard(night, factor, amounts, total):
    """IFRS 9 IE74 to IE77, then with a forward-looking factor."""
    found = night(invoice=MATRIX, changes={"portfolio.provision.forward_looking_factor": factor})
    rows = [
        row
        for row in found.rows("mart.provision")
        if row["policy_id"] == "article" and row["is_used"]
    ]

    assert [row["provision_amount"] for row in rows] == list(amounts)
    assert sum(row["provision_amount"] for row in rows) == total
    assert {row["rate_from"] for row in rows} == {"policy"}


def test_nothing_known_takes_the_policys_rates(night):
    found = night(
        invoice="invoice_id | invoice_date | due_date | amount\nI1 | 2026-11-10 | - | 100"
    )
    found.expect(
        "mart.provision",
        """
        bucket      | exposure_amount | loss_rate | rate_from | provision_amount
        current     | 0               | 0.003     | policy    | 0
        1-30        | 0               | 0.016     | policy    | 0
        31-60       | 0               | 0.036     | policy    | 0
        61-90       | 0               | 0.066     | policy    | 0
        90+         | 0               | 0.106     | policy    | 0
        no_due_date | 100             | 0.106     | policy    | 10.60
        """,
        policy_id="article",
        method="flow_rate",
    )
    assert {row["null_reason"] for row in found.rows("measure.loss_rate")} == {
        "too_few_months",
        "no_sales",
    }


UNTIDY = {
    "invoice": """
        invoice_id | invoice_date | due_date   | amount | currency
        PARTS      | 2026-06-10   | 2026-07-10 | 1000   | CNY     # paid in three months
        RETURNED   | 2026-07-01   | 2026-08-01 | 500    | CNY     # the payment came back
        EARLY      | 2026-09-05   | 2026-10-05 | 70     | CNY     # paid before it was billed
        OVERPAID   | 2026-08-01   | 2026-09-01 | 80     | CNY
        CENT       | 2026-08-01   | 2026-09-01 | 90     | CNY     # a tolerated cent short
        CREDITED   | 2026-08-20   | 2026-09-20 | 60     | USD
        UNDATED    | 2026-10-30   | -          | 40     | CNY
        TOMORROW   | 2026-11-01   | 2026-12-01 | 9      | CNY
    """,
    "payment": """
        payment_id | invoice_id | payment_date | amount | currency
        P1         | PARTS      | 2026-07-31   | 300    | CNY
        P2         | PARTS      | 2026-08-01   | 300    | CNY
        P3         | PARTS      | 2026-10-31   | 100    | CNY
        P4         | RETURNED   | 2026-08-15   | 500    | CNY
        P5         | RETURNED   | 2026-09-15   | -500   | CNY
        P6         | EARLY      | 2026-08-30   | 70     | CNY
        P7         | OVERPAID   | 2026-09-01   | 100    | CNY
        P8         | CENT       | 2026-09-01   | 89.99  | CNY
    """,
    "credit_note": """
        credit_note_id | invoice_id | credit_date | amount | currency
        N1             | CREDITED   | 2026-09-30  | 20     | USD
    """,
    "fx_rate": "from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-10-30 | 7",
}


def test_a_months_end_is_the_aging_of_that_night(night):
    found = night(as_of="2026-10-31", **UNTIDY)
    found.expect(
        "indicator.month_aging",
        """
        month_end  | currency | bucket      | item_cnt | open_amount
        2026-06-30 | CNY      | current     | 1        | 1000
        2026-07-31 | CNY      | current     | 1        | 500
        2026-07-31 | CNY      | 1-30        | 1        | 700
        2026-08-31 | CNY      | current     | 2        | 170
        2026-08-31 | USD      | current     | 1        | 60
        2026-08-31 | CNY      | 31-60       | 1        | 400
        2026-09-30 | CNY      | 31-60       | 1        | 500     # RETURNED is open again
        2026-09-30 | USD      | 1-30        | 1        | 40
        2026-09-30 | CNY      | 61-90       | 1        | 400
        2026-10-31 | CNY      | 90+         | 2        | 800
        2026-10-31 | USD      | 31-60       | 1        | 40
        2026-10-31 | CNY      | no_due_date | 1        | 40
        """,
    )
    tonight = [
        row for row in found.rows("indicator.month_aging") if row["month_end"] == found.as_of
    ]
    for currency in ("CNY", "USD"):
        aging = [row for row in found.rows("indicator.aging") if row["currency"] == currency]
        assert sum(row["open_amount"] for row in tonight if row["currency"] == currency) == sum(
            row["open_amount"] for row in aging
        )
    assert sum(
        row["exposure_amount"]
        for row in found.rows("mart.provision")
        if row["policy_id"] == "article" and row["is_used"]
    ) == sum(row["open_amount"] for row in found.rows("indicator.payment"))
