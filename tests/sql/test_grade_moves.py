"""Who turned out bad, and nights compared: mart.default_event, mart.grade_move, mart.grade_outcome (C12, C13)."""

from datetime import date

# Tonight is 2026-11-20; with outcome.months 6 the cohort's night is 2026-05-20.
THEN = """
    customer_id | invoice_id | invoice_date | due_date   | amount
    GOOD        | G1         | 2026-02-01   | 2026-03-01 | 100     # paid in time
    FELL        | F1         | 2026-02-01   | 2026-03-01 | 100     # paid in time, then not
    WAS         | W1         | 2026-01-01   | 2026-02-01 | 100     # 108 days late that night
    LOST        | L1         | 2026-04-01   | 2026-05-01 | 100     # written off later
    EDGE        | E1         | 2026-07-01   | 2026-08-21 | 100     # 91 days on 2026-11-20
    LATER       | T1         | 2026-07-01   | 2026-08-22 | 100     # 90 days
    BEFORE      | B1         | 2026-02-01   | -          | 100     # written off before; due nobody knows when
"""
LATER = """
    FELL        | F2         | 2026-05-01   | 2026-06-01 | 50      # 172 days late tonight
"""
PAID = """
    invoice_id | payment_date | amount | kind
    G1         | 2026-03-01   | 100    | cash
    F1         | 2026-03-01   | 100    | cash
    B1         | 2026-04-01   | 100    | write_off
"""
PAID_LATER = """
    W1         | 2026-08-01   | 100    | cash
    L1         | 2026-07-01   | 100    | write_off
"""


def test_a_default_has_a_day_it_began_and_one_it_ended(night):
    """91 days late is a default, 90 is not; two of one day are one row, over when both are paid."""
    found = night(
        invoice="""
            customer_id | invoice_id | invoice_date | due_date   | amount | currency
            TWICE       | I1         | 2026-01-01   | 2026-02-01 | 100    | CNY
            TWICE       | I2         | 2026-01-01   | 2026-02-01 | 50     | CNY
            OPEN        | I3         | 2026-01-01   | 2026-08-21 | 30     | CNY    # 91 days tonight
            ALMOST      | I4         | 2026-01-01   | 2026-08-22 | 40     | CNY
            IN_TIME     | I5         | 2026-01-01   | 2026-02-01 | 60     | CNY
            FOREIGN     | I6         | 2026-01-01   | 2026-02-01 | 70     | XXX    # no rate
            GIVEN_UP    | I7         | 2026-09-01   | 2026-10-01 | 80     | CNY
        """,
        payment="""
            invoice_id | payment_date | amount | kind       | currency
            I1         | 2026-05-03   | 100    | cash       | CNY    # on the 91st day
            I2         | 2026-06-01   | 50     | cash       | CNY
            I5         | 2026-05-02   | 60     | cash       | CNY
            I7         | 2026-11-01   | 80     | write_off  | CNY
        """,
    )
    found.expect(
        "mart.default_event",
        """
        customer_id | kind      | bad_date   | ended_date | item_cnt | amount
        FOREIGN     | late      | 2026-05-03 | -          | 1        | -
        GIVEN_UP    | write_off | 2026-11-01 | 2026-11-01 | 1        | 80
        OPEN        | late      | 2026-11-20 | -          | 1        | 30
        TWICE       | late      | 2026-05-03 | 2026-06-01 | 2        | 150
        """,
    )


def test_what_became_of_the_grades_of_half_a_year_ago(night):
    cohort = night(as_of="2026-05-20", invoice=THEN, payment=PAID)
    cohort.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade
        GOOD        | A
        FELL        | A
        WAS         | D
        LOST        | D
        BEFORE      | NR
        """,
        policy_id="article",
    )
    found = night(invoice=THEN + LATER, payment=PAID + PAID_LATER, cohort=cohort, before=cohort)
    found.expect(
        "mart.grade_outcome",
        """
        final_grade | cohort_date | outcome_until | customer_cnt | bad_cnt | already_bad_cnt | bad_rate
        A           | 2026-05-20  | 2026-11-20    | 2            | 1       | 0               | 0.5
        B           | 2026-05-20  | 2026-11-20    | 0            | 0       | 0               | -
        C           | 2026-05-20  | 2026-11-20    | 0            | 0       | 0               | -
        D           | 2026-05-20  | 2026-11-20    | 1            | 1       | 1               | 1
        NR          | 2026-05-20  | 2026-11-20    | 1            | 0       | 0               | 0
        """,
        policy_id="article",
    )
    found.expect(
        "mart.grade_move",
        """
        since  | from_date  | from_grade | to_grade | customer_cnt
        cohort | 2026-05-20 | A          | A        | 1
        cohort | 2026-05-20 | A          | D        | 1
        cohort | 2026-05-20 | D          | D        | 2
        cohort | 2026-05-20 | NR         | NR       | 1
        cohort | 2026-05-20 | new        | D        | 2     # billed since
        """,
        policy_id="article",
        since="cohort",
    )


def test_bad_begins_at_the_day_the_policy_names(night):
    billed = "customer_id | invoice_id | invoice_date | due_date | amount\n"
    edge = "EDGE | E1 | 2026-04-01 | 2026-08-21 | 100\nLATER | T1 | 2026-04-01 | 2026-08-22 | 100\n"
    cohort = night(as_of="2026-05-20", invoice=billed + edge)
    found = night(invoice=billed + edge, cohort=cohort)
    found.expect(
        "mart.grade_outcome",
        "final_grade | customer_cnt | bad_cnt\nNR | 2 | 1",
        policy_id="article",
        final_grade="NR",
    )
    paid = "invoice_id | payment_date | amount\nE1 | 2026-11-19 | 100"
    found = night(invoice=billed + edge, payment=paid, cohort=cohort)
    found.expect("mart.grade_outcome", "bad_cnt\n0", policy_id="article", final_grade="NR")


def test_who_came_and_who_went(night):
    before = night(as_of="2026-11-19", customer="customer_id\nSTAYS\nGOES")
    found = night(customer="customer_id\nSTAYS\nCOMES", before=before)
    found.expect(
        "mart.grade_move",
        """
        from_date  | from_grade | to_grade | customer_cnt
        2026-11-19 | NR         | NR       | 1
        2026-11-19 | NR         | gone     | 1
        2026-11-19 | new        | NR       | 1
        """,
        policy_id="balanced",
    )


def test_without_an_earlier_night_there_is_nothing(night):
    found = night(customer="customer_id\nC1")
    assert found.rows("mart.grade_move") == []
    assert found.rows("mart.grade_outcome") == []
    assert found.row("mart.portfolio_summary")["night_date"] == date(2026, 11, 20)


def test_the_book_in_one_row(night):
    """C1: 150,000 / 1,800,000 x 365 = 30.4167, of which 29.2 ... the same measures over the whole book."""
    found = night(
        invoice="""
            customer_id | invoice_id | invoice_date | due_date   | amount
            C1          | OLD        | 2025-11-01   | 2025-12-01 | 1000    # open at the window's start
            C1          | NEW        | 2026-06-01   | 2026-07-01 | 600
            C2          | DUE        | 2026-11-01   | 2026-12-01 | 200
        """,
        payment="invoice_id | payment_date | amount\nOLD | 2025-12-01 | 1000\nNEW | 2026-07-01 | 500",
    )
    found.expect(
        "mart.portfolio_summary",
        """
        customer_cnt | open_customer_cnt | overdue_customer_cnt | open_amount | overdue_amount
        2            | 2                 | 1                    | 300         | 100
        """,
    )
    found.expect(
        "mart.portfolio_summary",
        """
        customer_cnt | opening_amount | sales_amount | collected_amount | window_days | overdue_share
        2            | 1000           | 800          | 1500             | 365         | 0.333333
        """,
    )
    found.expect(
        "mart.portfolio_summary",
        """
        customer_cnt | dso        | best_possible_dso | average_days_delinquent | cei       | collection_rate
        2            | 136.875000 | 91.25             | 45.625                  | 88.461538 | 0.833333
        """,
    )
