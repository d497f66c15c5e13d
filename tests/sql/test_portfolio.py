"""The whole book: concentration (C9), what is at risk by grade (R4-10), bad debt (R0-06), cash to come (R4-62)."""

from datetime import date
from decimal import Decimal

import pytest

# 30 20 15 10 8 7 5 3 1 1 per cent, one customer each (C9).
SHARES = (30, 20, 15, 10, 8, 7, 5, 3, 1, 1)


def owing(*amounts, due="2026-12-01"):
    """One open invoice a customer."""
    rows = [f"C{n:02} | I{n:02} | {due} | {amount}" for n, amount in enumerate(amounts, start=1)]
    return "\n".join(["customer_id | invoice_id | due_date | amount", *rows])


def test_the_published_shares(night):
    found = night(invoice=owing(*SHARES))
    found.expect(
        "mart.concentration",
        """
        level    | basis | party_cnt | exposure_amount | hhi       | hhi_exposure | effective_number
        customer | gross | 10        | 100             | 1774.0000 | 0.177400     | 5.636979
        customer | net   | 10        | 100             | 1774.0000 | 0.177400     | 5.636979
        group    | gross | 10        | 100             | 1774.0000 | 0.177400     | 5.636979
        group    | net   | 10        | 100             | 1774.0000 | 0.177400     | 5.636979
        """,
    )
    found.expect(
        "mart.concentration",
        """
        level    | basis | top_1_share | top_3_share | top_5_share | hhi_band | concentration_alert
        customer | gross | 0.3         | 0.65        | 0.83        | middle   | yes
        customer | net   | 0.3         | 0.65        | 0.83        | middle   | yes
        group    | gross | 0.3         | 0.65        | 0.83        | middle   | yes
        group    | net   | 0.3         | 0.65        | 0.83        | middle   | yes
        """,
    )
    found.expect(
        "mart.concentration",
        """
        level    | basis | largest_id | single_over_line_cnt
        customer | gross | C01        | 4
        customer | net   | C01        | 4
        group    | gross | C01        | 4
        group    | net   | C01        | 4
        """,
    )
    row = found.row("mart.concentration", level="customer", basis="gross")
    assert row["hhi_normalised"] == Decimal("0.086000")  # (0.1774 - 0.1) / 0.9
    # 2 x (1x1 + 2x1 + 3x3 + 4x5 + 5x7 + 6x8 + 7x10 + 8x15 + 9x20 + 10x30) / (10 x 100) - 11 / 10
    assert row["gini"] == Decimal("0.470000")
    places = [
        (one["place"], one["party_id"], one["cumulative_share"], one["is_over_line"])
        for one in found.rows("mart.exposure_share")
        if (one["level"], one["basis"]) == ("customer", "gross")
    ]
    assert places[3:5] == [(4, "C04", Decimal("0.75"), True), (5, "C05", Decimal("0.83"), False)]


def test_groups_and_insurance(night):
    found = night(
        invoice=owing(40, 30, 30),
        group_member="customer_id | parent_id\nC02 | TOP\nC03 | TOP",
        insurance="cover_id | customer_id | insured_limit | start_date | expiry_date\n"
        "K1 | C01 | 25 | 2026-01-01 | 2026-12-31",
    )
    found.expect(
        "mart.concentration",
        """
        level    | basis | party_cnt | exposure_amount | top_1_share | largest_id | largest_amount
        customer | gross | 3         | 100             | 0.4         | C01        | 40
        customer | net   | 3         | 75              | 0.4         | C02        | 30
        group    | gross | 2         | 100             | 0.6         | TOP        | 60
        group    | net   | 2         | 75              | 0.8         | TOP        | 60
        """,
    )


@pytest.mark.parametrize(
    ("amounts", "single", "top_five"),
    [
        # One customer of 9.9999 % and then of 10 %; the rest is spread thin.
        ((1000, *[900] * 10), "yes", "yes"),
        ((999.99, *[900] * 10), "no", "yes"),
        ((50.00, *[50] * 19), "no", "yes"),  # five of twenty are exactly a quarter
        ((50.00, *[50] * 20), "no", "no"),
    ],
)
def test_both_lines_on_both_sides(night, amounts, single, top_five):
    night(invoice=owing(*amounts)).expect(
        "mart.concentration",
        f"is_single_over_line | is_top_five_over_line\n{single} | {top_five}",
        level="customer",
        basis="gross",
    )


def test_nobody_owes_anything(night):
    found = night(customer="customer_id\nC1")
    row = found.row("mart.concentration", level="group", basis="net")
    assert (row["party_cnt"], row["hhi"], row["gini"], row["hhi_band"]) == (0, None, None, None)
    assert row["concentration_alert"] is False
    assert found.rows("mart.exposure_share") == []
    assert found.rows("mart.ar_at_risk") == []
    assert found.rows("mart.bad_debt") == []


BOOK = {
    "customer": "customer_id\nC1\nC2\nC3",
    "invoice": """
        customer_id | invoice_id | invoice_date | due_date   | amount | currency
        C1          | I1         | 2026-09-10   | 2026-10-10 | 100    | CNY
        C1          | I2         | 2026-10-05   | 2026-11-04 | 300    | CNY
        C1          | I3         | 2026-11-05   | 2026-12-05 | 60     | CNY
        C2          | I4         | 2026-11-02   | 2026-12-02 | 50     | USD
        C3          | I5         | 2026-06-01   | 2026-07-01 | 80     | CNY
        C3          | I6         | 2026-11-20   | -          | 7      | EUR
    """,
    "payment": """
        payment_id | customer_id | invoice_id | payment_date | amount | kind      | currency
        P1         | C1          | I1         | 2026-10-14   | 100    | cash      | CNY
        P2         | C3          | I5         | 2026-10-01   | 20     | write_off | CNY
        P3         | C2          | -          | 2026-11-01   | 10     | cash      | USD
    """,
    "fx_rate": "from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7",
}


def test_what_is_at_risk_adds_up_to_the_ledger(night):
    found = night(**BOOK)
    found.expect(
        "mart.ar_at_risk",
        """
        final_grade | currency | customer_cnt | current_amount | overdue_1_30_amount | overdue_over_90_amount
        D           | CNY      | 2            | 60             | 300                 | 60
        D           | EUR      | 1            | 0              | 0                   | 0
        NR          | USD      | 1            | 50             | 0                   | 0
        """,
        policy_id="article",
    )
    found.expect(
        "mart.ar_at_risk",
        """
        final_grade | currency | no_due_date_amount | open_amount | overdue_amount | ledger_balance
        D           | CNY      | 0                  | 420         | 360            | 420
        D           | EUR      | 7                  | 7           | 0              | 7
        NR          | USD      | 0                  | 50          | 0              | 40
        """,
        policy_id="article",
    )
    found.expect(
        "mart.ar_at_risk",
        """
        final_grade | currency | open_base | overdue_share | book_share
        D           | CNY      | 420       | 0.857143      | 1
        D           | EUR      | -         | 0             | 1
        NR          | USD      | 350       | 0             | 1
        """,
        policy_id="article",
    )
    for policy in ("article", "balanced"):
        at_risk = [row for row in found.rows("mart.ar_at_risk") if row["policy_id"] == policy]
        for amount in ("open_amount", "ledger_balance"):
            assert sum(row[amount] for row in at_risk) == sum(
                row[amount] for row in found.rows("indicator.aging")
            )


def test_expected_loss_of_the_example(night):
    """PD .04 x LGD .45 x EAD 850,000 = 15,300; a customer never due is NR."""
    found = night(invoice=owing(850000))
    row = found.row("mart.expected_loss", policy_id="article", final_grade="NR")
    assert (row["exposure_amount"], row["default_rate"], row["loss_given_default"]) == (
        850000, Decimal("0.04"), Decimal("0.45"),
    )  # fmt: skip
    assert row["loss_amount"] == 15300
    rows = [row for row in found.rows("mart.expected_loss") if row["policy_id"] == "article"]
    assert sum(row["customer_cnt"] for row in rows) == len(found.rows("core.customer"))


def test_a_loss_is_the_sum_of_its_two_kinds_to_the_cent(night):
    """71.2346 and 71.2346 are 71.23 each, and 142.46 together."""
    night(
        invoice="invoice_id | due_date | amount | currency\nI1 | 2026-06-01 | 1000 | USD",
        payment="""
            payment_id | invoice_id | payment_date | amount | currency | kind
            P1         | I1         | 2026-09-01   | 10     | USD      | write_off
            P2         | I1         | 2026-09-01   | 10     | USD      | bad_debt_transfer
        """,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7.12345678",
        changes={"book.base_currency": "CNY"},
    ).expect(
        "mart.bad_debt",
        "write_off_amount | transfer_amount | lost_amount\n71.23 | 71.23 | 142.46",
        period_kind="look_back",
    )


def test_sales_that_round_to_nothing_have_no_ratio(night):
    night(
        invoice="invoice_id | due_date | amount | currency\nI1 | 2026-06-01 | 0.01 | JPY",
        payment="invoice_id | payment_date | amount | currency | kind\nI1 | 2026-09-01 | 0.01 | JPY | write_off",
        fx_rate="from_currency | to_currency | rate_date | rate\nJPY | CNY | 2026-11-20 | 0.05",
        changes={"book.base_currency": "CNY"},
    ).expect("mart.bad_debt", "sales_amount | bad_debt_ratio\n0 | -", period_kind="look_back")


def test_bad_debt_by_period(night):
    found = night(**BOOK)
    found.expect(
        "mart.bad_debt",
        """
        period_kind | period_start | sales_amount | write_off_amount | transfer_amount | lost_customer_cnt
        all         | 2026-06-01   | 890          | 20               | 0               | 1
        look_back   | 2025-11-21   | 890          | 20               | 0               | 1
        year        | 2026-01-01   | 890          | 20               | 0               | 1
        month       | 2026-06-01   | 80           | 0                | 0               | 0
        month       | 2026-09-01   | 100          | 0                | 0               | 0
        month       | 2026-10-01   | 300          | 20               | 0               | 1
        month       | 2026-11-01   | 410          | 0                | 0               | 0
        """,
    )
    found.expect(
        "mart.bad_debt",
        """
        period_kind | period_start | bad_debt_ratio
        all         | 2026-06-01   | 0.022472
        look_back   | 2025-11-21   | 0.022472
        year        | 2026-01-01   | 0.022472
        month       | 2026-06-01   | 0
        month       | 2026-09-01   | 0
        month       | 2026-10-01   | 0.066667
        month       | 2026-11-01   | 0
        """,
    )


def test_cash_to_come(night):
    """C1 takes (100 x 4 + 300 x 16) / 400 = 13 days; 2026-11-21 is a Saturday, its week starts on the 16th."""
    found = night(**BOOK)
    found.expect(
        "mart.cash_forecast",
        """
        kind     | week_start | currency | item_cnt | amount | overdue_amount | unproven_amount | base_amount
        expected | 2026-11-16 | CNY      | 1        | 300    | 300            | 0               | 300    # 11-17: past
        expected | 2026-12-14 | CNY      | 1        | 60     | 0              | 0               | 60    # 12-18
        expected | 2026-11-30 | USD      | 1        | 50     | 0              | 50              | 350    # due date
        doubtful | 2026-11-16 | CNY      | 1        | 60     | 60             | 0               | 60    # I5, 142 days
        undated  | 2026-11-16 | EUR      | 1        | 7      | 0              | 0               | -    # I6
        """,
    )
    assert sum(row["amount"] for row in found.rows("mart.cash_forecast")) == sum(
        row["open_amount"] for row in found.rows("indicator.aging")
    )


def test_collection_month_by_month(night):
    """C1's CEI: (1,000 + 800 - 900) / (1,000 + 800 - 700) = 81.8182, over one month."""
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            OLD        | 2026-09-01   | 2026-09-20 | 1000    # 200 stay open
            NEW        | 2026-10-01   | 2026-12-01 | 800     # 100 are paid at once
        """,
        payment="""
            payment_id | invoice_id | payment_date | amount
            P1         | OLD        | 2026-10-10   | 800
            P2         | NEW        | 2026-10-20   | 100
        """,
    )
    found.expect(
        "mart.collection_kpi",
        """
        opening_amount | sales_amount | collected_amount | closing_amount | current_amount | overdue_amount
        1000           | 800          | 900              | 900            | 700            | 200
        """,
        month_end=date(2026, 10, 31),
    )
    found.expect(
        "mart.collection_kpi",
        """
        opening_amount | cei       | dso       | best_possible_dso | average_days_delinquent
        1000           | 81.818182 | 34.875000 | 27.125000         | 7.750000
        """,
        month_end=date(2026, 10, 31),
    )
    found.expect(
        "mart.collection_kpi",
        """
        opening_amount | collection_rate
        1000           | 0.5
        """,
        month_end=date(2026, 10, 31),
    )
    assert len(found.rows("mart.collection_kpi")) == 12


def test_a_month_with_nothing_to_collect_is_no_success(night):
    """October: (0 + 100 - 250) / (0 + 100 - 150) would be 300, because 100 are overdue."""
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            LATE       | 2026-10-01   | 2026-10-10 | 100
            NOT-YET    | 2026-10-05   | 2026-12-05 | 150
        """,
        credit_note="credit_note_id | credit_date | amount\nN1 | 2026-10-20 | 150",
    )
    found.expect(
        "mart.collection_kpi",
        "sales_amount | closing_amount | overdue_amount | cei\n100 | 250 | 100 | -",
        month_end=date(2026, 10, 31),
    )


def test_a_month_that_took_back_more_than_it_sold_has_no_collection_rate(night):
    found = night(
        invoice="invoice_id | invoice_date | due_date | amount\nI1 | 2026-10-01 | 2026-10-10 | 100",
        payment="invoice_id | payment_date | amount\nI1 | 2026-10-10 | 100",
        credit_note="credit_note_id | credit_date | amount\nN1 | 2026-10-20 | 300",
    )
    found.expect(
        "mart.collection_kpi",
        "sales_amount | collected_amount | collection_rate | dso\n-200 | 100 | - | -",
        month_end=date(2026, 10, 31),
    )


def test_post_mortems(night):
    found = night(
        **BOOK,
        loss_case="""
            loss_id | customer_id | lost_on    | amount | currency | recovered_share | cause | lesson
            L1      | C3          | 2026-10-01 | 20     | CNY      | 0.25            | fled  | visit
            L2      | C2          | 2026-10-02 | 10     | USD      | -               | -     | -
            L3      | C3          | 2026-11-21 | 5      | CNY      | -               | -     | -      # tomorrow
        """,
    )
    found.expect(
        "mart.loss_case",
        """
        loss_id | customer_id | lost_amount | recovered_amount | net_loss_amount | net_loss_base
        L1      | C3          | 20          | 5                | 15              | 15
        L2      | C2          | 10          | -                | 10              | 70
        """,
    )
    found.expect(
        "mart.loss_case",
        """
        loss_id | booked_amount | cause | final_grade
        L1      | 20            | fled  | D
        L2      | 0             | -     | NR
        """,
    )


def test_the_book_day_by_day(night):
    night(**BOOK).expect(
        "indicator.book_day",
        """
        event_date | currency | billed_cnt | billed_amount | cash_amount | write_off_amount
        2026-06-01 | CNY      | 1          | 80            | 0           | 0
        2026-09-10 | CNY      | 1          | 100           | 0           | 0
        2026-10-01 | CNY      | 0          | 0             | 0           | 20
        2026-10-05 | CNY      | 1          | 300           | 0           | 0
        2026-10-14 | CNY      | 0          | 0             | 100         | 0
        2026-11-01 | USD      | 0          | 0             | 10          | 0
        2026-11-02 | USD      | 1          | 50            | 0           | 0
        2026-11-05 | CNY      | 1          | 60            | 0           | 0
        2026-11-20 | EUR      | 1          | 7             | 0           | 0
        """,
    )


def test_a_credit_for_what_was_bought_before_the_window_lowers_the_books_sales(night):
    """One customer bought nothing this year and was credited 40: sales of the book are 60, in every mart."""
    found = night(
        invoice="""
            customer_id | invoice_id | invoice_date | due_date   | amount
            C1          | OLD        | 2025-01-10   | 2025-02-10 | 500
            C2          | NEW        | 2026-10-10   | 2026-12-10 | 100
        """,
        credit_note="""
            customer_id | credit_note_id | invoice_id | credit_date | amount | reason
            C1          | N1             | OLD        | 2026-03-01  | 40     | return
        """,
    )

    found.expect("mart.portfolio_summary", "sales_amount\n60")
    found.expect("mart.bad_debt", "sales_amount\n60", period_kind="look_back")
    found.expect("indicator.payment", "sales_amount | dso\n0 | -", customer_id="C1")
