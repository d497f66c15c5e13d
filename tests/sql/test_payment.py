"""indicator.payment: every worked example of formulas C1, C2 and C4, and Q8, Q9, Q12, Q28."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT


def day(days: int, of: date = NIGHT) -> date:
    """`days` before the night; negative: after it."""
    return of - timedelta(days=days)


# --- C1: DSO and its relatives --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("open_amount", "paid_amount", "first_sale", "days", "dso"),
    [
        (150_000, 1_650_000, day(364), 365, "30.416667"),  # 150,000 of 1,800,000
        (50_000, 100_000, day(400), 365, "365.000000"),  # the older sale fell out of the window
        (50_000, 100_000, day(364), 365, "121.666667"),
        (50_000, 100_000, day(182), 183, "61.000000"),
        (50_000, 100_000, day(282), 283, "94.333333"),  # customer since 283 days
    ],
)
def test_simple_dso(night, open_amount, paid_amount, first_sale, days, dso):
    found = night(
        invoice=f"""
            invoice_id | invoice_date  | due_date    | amount
            PAID       | {first_sale}  | {day(100)}  | {paid_amount}
            OPEN       | {day(20)}     | {day(-10)}  | {open_amount}
        """,
        payment=f"""
            invoice_id | payment_date | amount
            PAID       | {day(100)}   | {paid_amount}
        """,
    )
    found.expect(
        "indicator.payment",
        f"window_days | dso | average_days_delinquent\n{days} | {dso} | 0",
    )


def test_best_possible_dso_and_average_days_delinquent(night):
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date   | amount
            PAID       | {day(364)}   | {day(334)} | 8,800,000
            CURRENT    | {day(30)}    | {day(0)}   | 800,000    # due tonight is not overdue
            OVERDUE    | {day(60)}    | {day(1)}   | 400,000    # one day over
        """.replace(",", ""),
        payment=f"""
            invoice_id | payment_date | amount
            PAID       | {day(334)}   | 8800000
        """,
    )
    found.expect(
        "indicator.payment",
        """
        dso     | best_possible_dso | average_days_delinquent | sales_amount | open_amount
        43.8000 | 29.2000           | 14.6000                 | 10,000,000   | 1,200,000
        """,
    )


def test_dso_without_sales_in_the_window_is_null(night):
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date   | amount
            OLD        | {day(500)}   | {day(470)} | 100     # still open, sold before the window
        """
    )
    found.expect(
        "indicator.payment",
        """
        dso | best_possible_dso | average_days_delinquent | true_dso | sales_amount | open_amount
        -   | -                 | -                       | -        | 0            | 100
        """,
    )


def test_credit_notes_lower_sales_and_a_credit_balance_does_not_make_dso_negative(night):
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date  | amount
            I1         | {day(364)}   | {day(0)}  | 300
        """,
        credit_note=f"""
            invoice_id | credit_date | amount | reason
            I1         | {day(3)}    | 100    | return         # sales 200, open 200
            -          | {day(3)}    | 500    | quality_claim  # unlinked: stands apart, no less sales
        """,
    )
    found.expect("indicator.payment", "sales_amount | open_amount | dso\n200 | 200 | 365")


def test_countback_takes_the_newest_months_first(night):
    """The source prints 73.7 with months of 30 days: 29 of November, 31 of October, September."""
    found = night(
        as_of="2026-11-29",
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            NOV        | 2026-11-10   | 2026-12-10 | 100000
            OCT        | 2026-10-10   | 2026-12-10 | 80000
            SEP        | 2026-09-10   | 2026-12-10 | 70000   # 38,000 of it was paid: AR 212,000
        """,
        payment="invoice_id | payment_date | amount\nSEP | 2026-11-01 | 38000",
    )
    found.expect(
        "indicator.payment",
        "countback_dso | dso_capped | dso_residual_amount\n73.714286 | no | 0",
    )


@pytest.mark.parametrize(
    ("september_open", "days"),
    [
        (50, "66"),  # 20 days of November, October whole, half of September
        (0, "20"),  # nothing left after November: stop before October
        (100, "81"),  # all three months, and nothing beyond
    ],
)
def test_countback_counts_a_month_without_sales_whole(night, september_open, days):
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            NOV        | 2026-11-10   | 2026-12-10 | 100
            SEP        | 2026-09-10   | 2026-12-10 | 100
        """,
        payment=f"invoice_id | payment_date | amount\nSEP | 2026-11-01 | {100 - september_open}"
        if september_open < 100
        else "",
    )
    found.expect("indicator.payment", f"countback_dso | dso_capped\n{days} | no")


def test_countback_says_what_it_could_not_place(night):
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            NOV        | 2026-11-10   | 2026-12-10 | 100    # open 100, but net sales are 50
        """,
        credit_note="invoice_id | credit_date | amount\n- | 2026-11-12 | 50",
    )
    found.expect(
        "indicator.payment",
        "countback_dso | dso_capped | dso_residual_amount\n20 | yes | 50",
    )


def test_countback_of_a_customer_who_owes_nothing_is_zero(night):
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 100",
        payment="invoice_id | payment_date | amount\nI1 | 2026-11-01 | 100",
    )
    found.expect("indicator.payment", "countback_dso | dso | true_dso | dso_capped\n0 | 0 | 0 | no")


@pytest.mark.parametrize(
    ("overdue_amount", "current_amount", "cei"),
    [(200_000, 700_000, "81.818182"), (0, 900_000, "100.000000")],
)
def test_cei(night, overdue_amount, current_amount, cei):
    """1,000,000 open a year ago; 800,000 a month sold since; 900,000 open tonight."""
    rest = 12 * 800_000 - 900_000
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date    | amount
            BEFORE     | {day(400)}   | {day(370)}  | 1000000           # open when the window began
            REST       | {day(300)}   | {day(270)}  | {rest}
            CURRENT    | {day(20)}    | {day(-10)}  | {current_amount}
            OVERDUE    | {day(50)}    | {day(20)}   | {overdue_amount}
        """,
        payment=f"""
            invoice_id | payment_date | amount
            BEFORE     | {day(350)}   | 1000000
            REST       | {day(270)}   | {rest}
        """,
    )
    found.expect("indicator.payment", f"cei\n{cei}")


def test_cei_is_null_when_nothing_could_be_collected(night):
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date   | amount
            OPEN       | {day(10)}    | {day(-20)} | 100     # a month's sales, none of it due yet
        """
    )
    found.expect("indicator.payment", "cei | dso\n- | 11")


@pytest.mark.parametrize(
    ("overdue_amount", "current_amount", "cei"),
    [
        (0, 150, "100"),  # (100 - 150) / (100 - 150): nothing is overdue
        (50, 99, "-4900"),  # (100 - 149) / (100 - 99): one was to be collected
        (50, 100, "-"),
        (100, 150, "-"),  # (100 - 250) / (100 - 150) would read 300, the better the more is overdue
    ],
)
def test_cei_does_not_reward_what_is_overdue(night, overdue_amount, current_amount, cei):
    """Three months of business, 100 sold a month, nothing open before."""
    paid = 300 - overdue_amount - current_amount
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date   | amount
            PAID       | {day(85)}    | {day(55)}  | {paid}
            OVERDUE    | {day(80)}    | {day(50)}  | {overdue_amount}
            CURRENT    | {day(10)}    | {day(-20)} | {current_amount}
        """,
        payment=f"invoice_id | payment_date | amount\nPAID | {day(55)} | {paid}",
    )
    found.expect("indicator.payment", f"cei | sales_amount\n{cei} | 300")


def test_true_dso(night):
    found = night(
        as_of="2026-03-31",
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            JAN        | 2026-01-10   | 2026-04-30 | 40000   # 80 days x 40/70  = 45.7143
            JAN-PAID   | 2026-01-20   | 2026-04-30 | 30000   # January sold 70,000
            FEB        | 2026-02-14   | 2026-04-30 | 30000   # 45 days x 30/80  = 16.8750
            FEB-PAID   | 2026-02-20   | 2026-04-30 | 50000
            MAR        | 2026-03-20   | 2026-04-30 | 50000   # 11 days x 50/100 =  5.5000
            MAR-PAID   | 2026-03-21   | 2026-04-30 | 50000
        """,
        payment="""
            invoice_id | payment_date | amount
            JAN-PAID   | 2026-03-01   | 30000
            FEB-PAID   | 2026-03-01   | 50000
            MAR-PAID   | 2026-03-25   | 50000
        """,
    )
    found.expect("indicator.payment", "true_dso\n68.089286")


def test_true_dso_is_unknown_where_an_open_items_month_sold_nothing(night):
    """What January billed it credited again: 1,000 open of no sales is no number of days, and not 0."""
    found = night(
        as_of="2026-03-31",
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            I1         | 2025-12-01   | 2025-12-31 | 5000
            I2         | 2026-01-10   | 2026-02-10 | 1000
        """,
        payment="invoice_id | payment_date | amount\nI1 | 2025-12-31 | 4000",
        credit_note="credit_note_id | invoice_id | credit_date | amount\nN1 | I1 | 2026-01-20 | 1000",
    )
    found.expect("indicator.payment", "true_dso | dso | open_amount\n- | 24.2 | 1000")


def test_a_customer_with_a_credit_note_alone(night):
    """Never billed, owed 50: no days, no window, and it is still there."""
    found = night(
        customer="customer_id\nC1",
        credit_note=f"credit_note_id | credit_date | amount\nN1 | {day(5)} | 50",
    )
    found.expect(
        "indicator.payment",
        """
        window_days | dso | countback_dso | true_dso | cei | sales_amount | null_reason
        -           | -   | -             | -        | -   | 0            | never_billed
        """,
    )
    found.expect(
        "indicator.aging", "open_amount | unapplied_credit_amount | ledger_balance\n0 | -50 | -50"
    )


# --- C2: days beyond terms ------------------------------------------------------------------------


def test_days_beyond_terms(night):
    due = day(40)
    found = night(
        invoice=f"""
            invoice_id | due_date | amount
            LATE-5     | {due}    | 10000
            EXACT      | {due}    | 20000
            EARLY-3    | {due}    | 30000
            LATE-12    | {due}    | 40000
        """,
        payment=f"""
            invoice_id | payment_date | amount
            LATE-5     | {day(35)}    | 10000
            EXACT      | {due}        | 20000
            EARLY-3    | {day(43)}    | 30000
            LATE-12    | {day(28)}    | 40000
        """,
    )
    found.expect(
        "indicator.payment",
        """
        days_overdue_wavg | days_overdue_wavg_signed | days_overdue_mean | days_overdue_max
        5.3000            | 4.4000                   | 4.2500            | 12
        """,
    )
    found.expect(
        "indicator.payment",
        """
        days_overdue_p90 | days_overdue_median | on_time_share_cnt | on_time_share_amt
        9.9              | 2.5                 | 0.5               | 0.5
        """,
    )
    found.expect(
        "indicator.payment",
        """
        early_share_cnt | early_share_amt | exact_on_time_share_cnt | exact_on_time_share_amt
        0.25            | 0.3             | 0.25                    | 0.2
        """,
    )


def test_two_equal_invoices_five_and_seven_days_late(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nA | {day(40)} | 10000\nB | {day(40)} | 10000",
        payment=f"""
            invoice_id | payment_date | amount
            A          | {day(35)}    | 10000
            B          | {day(33)}    | 10000
        """,
    )
    found.expect("indicator.payment", "days_overdue_wavg\n6.0000")


def test_partial_payments_weigh_their_own_days(night):
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10000",
        payment="""
            invoice_id | payment_date | amount
            I1         | 2026-11-04   | 6000   # three days late; 4,000 stay open for 19
        """,
    )
    found.expect("indicator.payment", "days_overdue_wavg | days_overdue_max\n9.4000 | 19")
    found.expect("score.hard_grade", "policy_id | letter_overdue\narticle | D\nbalanced | D")


def test_a_tolerated_cent_goes_with_the_payment_that_settled(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100.00",
        payment=f"""
            invoice_id | payment_date | amount
            I1         | {day(30)}    | 99.99  # paid in full, ten days late: ten, not 9.999
        """,
    )
    found.expect("indicator.payment", "days_overdue_wavg | days_overdue_mean\n10 | 10")


def test_days_from_invoice_are_published_and_grade_nobody(night):
    """Q12: ninety days of terms, paid on the day."""
    found = night(
        invoice=f"invoice_id | invoice_date | due_date | amount\nI1 | {day(130)} | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | 100",
    )
    found.expect("indicator.payment", "days_to_pay_wavg | days_overdue_wavg\n90 | 0")
    found.expect("mart.evidence_item", "days_to_pay | days_overdue | item_letter\n90 | 0 | A")


def test_the_last_three_months_against_the_window(night):
    found = night(
        invoice=f"""
            invoice_id | due_date   | amount
            OLD        | {day(200)} | 100
            NEW        | {day(50)}  | 100
        """,
        payment=f"""
            invoice_id | payment_date | amount
            OLD        | {day(200)}   | 100
            NEW        | {day(40)}    | 100   # ten days late, and recently
        """,
    )
    found.expect(
        "indicator.payment",
        "days_overdue_wavg | days_overdue_wavg_3m | days_overdue_trend\n5 | 10 | 5",
    )


# --- C4: the payment index ------------------------------------------------------------------------

POINTS = {
    -99: "100", -30: "100", -25: "95", -20: "90", -8: "84", 0: "80", 2: "78.666667",
    7: "75.333333", 15: "70", 22: "60", 30: "50", 45: "45", 60: "40", 90: "30", 120: "20",
    121: "20", 300: "20",
}  # fmt: skip


def test_every_point_of_the_payment_index(night):
    """A customer a point: one item of 100, paid that many days late."""
    due = {late: day(310) for late in POINTS}
    found = night(
        invoice="customer_id | invoice_id | due_date | amount\n"
        + "\n".join(f"{late} | I{late} | {due[late]} | 100" for late in POINTS),
        payment="customer_id | invoice_id | payment_date | amount\n"
        + "\n".join(f"{late} | I{late} | {due[late] + timedelta(late)} | 100" for late in POINTS),
    )
    found.expect(
        "indicator.payment",
        "customer_id | paydex_like\n" + "\n".join(f"{late} | {p}" for late, p in POINTS.items()),
    )


def test_the_payment_index_averages_scores_not_days(night):
    found = night(
        invoice=f"""
            invoice_id | due_date   | amount
            PROMPT     | {day(90)}  | 300     # 80 points
            LATE       | {day(90)}  | 100     # 60 days late: 40 points
        """,
        payment=f"""
            invoice_id | payment_date | amount
            PROMPT     | {day(90)}    | 300
            LATE       | {day(30)}    | 100
        """,
    )
    found.expect("indicator.payment", "paydex_like\n70")  # of the mean day, 15, it would be 70 too
    heavy = night(
        invoice=f"invoice_id | due_date | amount\nA | {day(90)} | 100\nB | {day(90)} | 100",
        payment=f"invoice_id | payment_date | amount\nA | {day(90)} | 100\nB | {day(30)} | 100",
    )
    heavy.expect("indicator.payment", "paydex_like\n60")  # of the mean day, 30, it would be 50


# --- Q28: early payment ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "flag"),
    [
        ([(10, 5)] * 5, "yes"),
        ([(10, 5)] * 4, "no"),  # too few
        ([(10, 4)] * 5, "no"),  # the median is four days early
        ([(20, 9)] * 4 + [(20, -3)], "yes"),  # exactly 80 % of the amount
        ([(20, 9)] * 4 + [(20.01, -3)], "no"),  # a cent below it
        ([(20, 9)] * 2 + [(20, 5)] + [(1, 0)] * 2, "yes"),  # the middle one is five days early
    ],
)
def test_systematic_early_payment_is_flagged_and_moves_no_letter(night, items, flag):
    rows = [(f"I{n}", *item) for n, item in enumerate(items)]
    found = night(
        invoice="invoice_id | due_date | amount\n"
        + "\n".join(f"{name} | {day(40)} | {amount}" for name, amount, _ in rows),
        payment="invoice_id | payment_date | amount\n"
        + "\n".join(f"{name} | {day(40 + early)} | {amount}" for name, amount, early in rows),
    )
    found.expect("indicator.payment", f"early_payment_flag\n{flag}")
    late = any(early < 0 for _, early in items)
    assert found.row("score.hard_grade", policy_id="article")["letter_overdue"] == "AB"[late]


# --- R0-06, R0-12, R0-13: the rhythm of payments --------------------------------------------------


def test_payment_rhythm(night):
    found = night(
        invoice=f"""
            invoice_id | invoice_date | due_date   | amount
            I1         | {day(364)}   | {day(300)} | 1000
        """,
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | I1         | {day(330)}   | 100    # the earlier half of the window: 200
            P2         | I1         | {day(320)}   | 100    # ten days after
            P3         | I1         | {day(20)}    | 200    # 300 days after
            P4         | I1         | {day(20)}    | 50     # the same day: a payment, not a gap
            P5         | I1         | {day(400)}   | 7      # before the window
        """,
    )
    found.expect(
        "indicator.payment",
        """
        payment_cnt_12m | payment_amount_12m | payments_per_month | payment_amount_trend
        4               | 450                | 0.333333           | 0.25
        """,
    )
    found.expect(
        "indicator.payment",
        """
        payment_gap_days_mean | payment_gap_cv | days_since_payment
        155                   | 1.322974       | 20
        """,
    )


def test_a_returned_payment_is_no_payment(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | I1         | {day(40)}    | 100
            P2         | I1         | {day(35)}    | -100   # the bank took it back
        """,
    )
    found.expect(
        "indicator.payment",
        "payment_cnt_12m | payment_amount_12m | days_since_payment\n1 | 0 | 40",
    )


def test_a_payment_returned_in_a_currency_without_a_rate_is_none_either(night):
    found = night(
        invoice=f"invoice_id | due_date | amount | currency\nI1 | {day(40)} | 100 | XAU",
        payment=f"""
            payment_id | invoice_id | payment_date | amount | currency
            P1         | I1         | {day(40)}    | 100    | XAU
            P2         | I1         | {day(35)}    | -100   | XAU
        """,
    )
    found.expect(
        "indicator.payment",
        "payment_cnt_12m | payment_gap_days_mean | days_since_payment\n1 | - | 40",
    )


def test_money_that_went_back_is_no_base_of_a_trend(night):
    """100 went back half a year ago and more, 50 came since: 50 / -100 - 1 would be a fall."""
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(400)} | 500",
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | I1         | {day(380)}   | 100
            P2         | I1         | {day(300)}   | -100
            P3         | I1         | {day(10)}    | 50
        """,
    )
    found.expect("indicator.payment", "payment_amount_trend | payment_cnt_12m\n- | 1")


def test_bad_debt_is_what_was_written_off_not_what_was_set_off(night):
    found = night(
        invoice=f"""
            invoice_id | due_date  | amount
            I1         | {day(40)} | 1000
        """,
        payment=f"""
            payment_id | invoice_id | payment_date | amount | kind
            P1         | I1         | {day(9)}     | 30     | write_off
            P2         | I1         | {day(9)}     | 20     | bad_debt_transfer
            P3         | I1         | {day(9)}     | 500    | set_off            # against what we owe them
        """,
    )
    found.expect("indicator.payment", "bad_debt_ratio\n0.05")
