"""mart.customer_credit, mart.evidence_item and mart.payment_month: nobody lost, nothing twice."""

from datetime import date, timedelta

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


LEDGER = {
    "customer": "customer_id | customer_name\nC1 | One Ltd\nC2 | 二号公司",
    "invoice": """
        customer_id | invoice_id | invoice_date | due_date   | amount
        C1          | I1         | 2026-09-10   | 2026-10-10 | 100
        C1          | I2         | 2026-10-05   | 2026-10-20 | 300
        C3          | I3         | 2026-11-02   | 2026-12-02 | 50     # nobody described C3
    """,
    "payment": """
        invoice_id | payment_date | amount
        I1         | 2026-10-14   | 100     # four days late
        I2         | 2026-11-05   | 120     # 120 sixteen days late, 180 open for 31
    """,
}


def test_everybody_is_in_the_morning_table(night):
    night(**LEDGER).expect(
        "mart.customer_credit",
        """
        customer_id | customer_name | has_master | final_grade | nr_reason | open_amount | overdue_amount | sales_amount
        C1          | One Ltd       | yes        | D           | -         | 180         | 180            | 400
        C2          | 二号公司      | yes        | NR          | prospect  | 0           | 0              | 0
        C3          | -             | no         | NR          | never_due | 50          | 0              | 50
        """,
    )


def test_the_items_behind_a_letter(night):
    night(**LEDGER).expect(
        "mart.evidence_item",
        """
        invoice_id | open_amount | days_overdue | aging_bucket | is_overdue_judged | is_collection_judged | item_letter
        I1         | 0           | 4            | -            | yes               | yes                  | B
        I2         | 180         | 31           | 31-60        | yes               | yes                  | D
        I3         | 50          | -12          | current      | no                | no                   | -
        """,
    )


def test_month_by_month(night):
    night(**LEDGER).expect(
        "mart.payment_month",
        """
        customer_id | month_start | billed_amount | paid_amount | due_amount | days_overdue_wavg | days_overdue_max
        C1          | 2026-09-01  | 100           | 0           | 0          | -                 | -
        C1          | 2026-10-01  | 300           | 100         | 400        | 19.75             | 31
        C1          | 2026-11-01  | 0             | 120         | 0          | -                 | -
        C3          | 2026-11-01  | 50            | 0           | 0          | -                 | -
        """,
    )


def test_the_chart_goes_back_24_months(night):
    found = night(
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            OLD        | 2024-11-30   | 2024-12-30 | 1
            FIRST      | 2024-12-01   | 2024-12-31 | 2
        """
    )
    found.expect(
        "mart.payment_month", "month_start | billed_amount | due_amount\n2024-12-01 | 2 | 3"
    )


def test_the_book_is_the_sum_of_its_customers(night):
    found = night(**LEDGER)
    found.expect(
        "mart.grade_book",
        """
        final_grade | customer_cnt | open_amount | overdue_amount | base_currency
        A           | 0            | 0           | 0              | CNY
        B           | 0            | 0           | 0              | CNY
        C           | 0            | 0           | 0              | CNY
        D           | 1            | 180         | 180            | CNY
        NR          | 2            | 50          | 0              | CNY
        """,
        policy_id="article",
    )


def test_the_morning_table_says_what_to_do(night):
    decided = night(
        **LEDGER,
        limit_decision="""
            customer_id | kind     | limit_amount | author | approver | decided_on
            C1          | approved | 100          | Li     | Wang     | 2026-01-10
        """,
    )
    decided.expect(
        "mart.customer_credit",
        """
        exposure_amount | credit_limit | limit_reason | available_amount | utilisation | adm_decision
        180             | 100          | -            | 0                | 1.8         | -
        """,
        customer_id="C1",
    )
    decided.expect(
        "mart.customer_credit",
        """
        gate | gate_reason | warning_state | warning_colour | terms_code
        hold | over_limit  | over          | red            | PREPAY
        """,
        customer_id="C1",
    )
