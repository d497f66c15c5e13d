"""indicator.aging: the table of C3, and that nothing of a ledger is lost or netted away."""

from datetime import date

C3 = """
    invoice_id | due_date   | amount
    I1         | 2026-12-05 | 1000    # not due for 15 days: current
    I2         | 2026-11-20 | 2000    # due tonight: current
    I3         | 2026-11-19 | 3000    # 1 day
    I4         | 2026-10-21 | 4000    # 30
    I5         | 2026-10-20 | 5000    # 31
    I6         | 2026-09-21 | 6000    # 60
    I7         | 2026-09-20 | 7000    # 61
    I8         | 2026-08-22 | 8000    # 90
    I9         | 2026-08-21 | 9000    # 91
"""
CREDIT = "credit_note_id | credit_date | amount\nCN | 2026-11-01 | 500  # names no invoice"


def test_the_aging_table(night):
    found = night(invoice=C3, credit_note=CREDIT)
    found.expect(
        "indicator.aging",
        """
        current_amount | overdue_1_30_amount | overdue_31_60_amount | overdue_61_90_amount
        3000           | 7000                | 11000                | 15000
        """,
    )
    found.expect(
        "indicator.aging",
        """
        overdue_over_90_amount | no_due_date_amount | unapplied_credit_amount | ledger_balance
        9000                   | 0                  | -500                    | 44500
        """,
    )
    found.expect(
        "indicator.aging",
        "open_amount | overdue_amount | past_due_share\n45000 | 42000 | 0.933333",
    )


def test_the_same_buckets_stand_beside_each_item(night):
    night(invoice=C3).expect(
        "mart.evidence_item",
        """
        invoice_id | aging_bucket
        I1         | current
        I2         | current
        I3         | 1-30
        I4         | 1-30
        I5         | 31-60
        I6         | 31-60
        I7         | 61-90
        I8         | 61-90
        I9         | 90+
        """,
    )


def test_days_beyond_terms_from_the_buckets(night):
    """(7,000·15 + 11,000·45 + 15,000·75 + 9,000·105) / 45,000, current in the total."""
    night(invoice=C3, credit_note=CREDIT).expect("indicator.payment", "dbt_buckets\n59.333333")


def test_a_due_date_is_stated_else_terms_else_unknown(night):
    found = night(
        customer="customer_id | payment_terms_days\nC1 | 30\nC2 | -",
        invoice="""
            customer_id | invoice_id | invoice_date | due_date   | terms_days | amount
            C1          | STATED     | 2026-10-01   | 2026-10-05 | 60         | 1
            C1          | TERMS      | 2026-10-01   | -          | 45         | 2
            C1          | CUSTOMER   | 2026-10-01   | -          | -          | 4
            C2          | NONE       | 2026-10-01   | -          | -          | 8
        """,
    )
    found.expect(
        "core.receivable",
        """
        invoice_id | due_date   | days_overdue
        STATED     | 2026-10-05 | 46
        TERMS      | 2026-11-15 | 5
        CUSTOMER   | 2026-10-31 | 20
        NONE       | -          | -
        """,
    )
    found.expect(
        "indicator.aging",
        """
        customer_id | overdue_1_30_amount | overdue_31_60_amount | no_due_date_amount | open_amount
        C1          | 6                   | 1                    | 0                  | 7
        C2          | 0                   | 0                    | 8                  | 8
        """,
    )
    found.expect(  # in no letter
        "score.hard_grade",
        "customer_id | hard_grade | nr_reason\nC1 | D | -\nC2 | NR | never_due",
        policy_id="article",
    )


def test_one_row_a_customer_and_currency_without_any_rate(night):
    found = night(
        invoice="""
            invoice_id | due_date   | amount | currency
            I1         | 2026-11-01 | 100    | CNY
            I2         | 2026-11-01 | 70     | USD
        """,
        payment="invoice_id | payment_date | amount | currency\nI2 | 2026-11-02 | 30 | USD",
    )
    found.expect(
        "indicator.aging",
        "currency | overdue_1_30_amount | ledger_balance\nCNY | 100 | 100\nUSD | 40 | 40",
    )


def test_overpayments_and_cash_on_account_stand_apart_and_add_up(night):
    found = night(
        invoice="""
            invoice_id | due_date   | amount
            OPEN       | 2026-11-01 | 100
            OVERPAID   | 2026-11-01 | 100
            CENT       | 2026-11-01 | 100     # a cent short: closed, the cent shown as residue
        """,
        payment="""
            payment_id | invoice_id | payment_date | amount
            P1         | OVERPAID   | 2026-11-01   | 130
            P2         | -          | 2026-11-02   | 25      # on account: pays for the letters only
            P3         | CENT       | 2026-11-01   | 99.99
        """,
    )
    found.expect(
        "indicator.aging",
        """
        open_amount | unapplied_cash_amount | unapplied_credit_amount | residue_amount | ledger_balance
        100         | -55                   | 0                       | 0.01           | 45.01
        """,
    )


def test_a_customer_known_from_payments_alone_has_a_ledger(night):
    found = night(
        invoice="customer_id | invoice_id | due_date | amount\nC1 | I1 | 2026-11-01 | 10",
        payment="customer_id | invoice_id | payment_date | amount\nC2 | - | 2026-11-01 | 30",
    )
    found.expect(
        "indicator.aging",
        """
        customer_id | open_amount | unapplied_cash_amount | ledger_balance
        C1          | 10          | 0                     | 10
        C2          | 0           | -30                   | -30
        """,
    )
    found.expect(
        "core.customer",
        "customer_id | has_master | first_sale_date\nC1 | no | 2026-10-02\nC2 | no | -",
    )


def test_what_is_dated_after_the_night_is_not_there(night):
    found = night(
        as_of=date(2026, 11, 1),
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            I1         | 2026-10-01   | 2026-10-31 | 100
            I2         | 2026-11-02   | 2026-12-02 | 50      # issued tomorrow
        """,
        payment="invoice_id | payment_date | amount\nI1 | 2026-11-02 | 100",  # post-dated
        credit_note="invoice_id | credit_date | amount\nI1 | 2026-11-02 | 10",
    )
    found.expect("indicator.aging", "open_amount | ledger_balance\n100 | 100")


def test_deleted_rows_count_for_nothing(night):
    found = night(
        customer="customer_id | is_deleted\nC1 | false\nC9 | true",
        invoice="""
            invoice_id | due_date   | amount | is_deleted
            I1         | 2026-11-01 | 100    | false
            I2         | 2026-11-01 | 50     | true
        """,
        payment="""
            payment_id | invoice_id | payment_date | amount | is_deleted
            P1         | I1         | 2026-11-01   | 40     | true
            P2         | I2         | 2026-11-01   | 50     | false   # its invoice is gone: on account
        """,
        allocation="payment_id | invoice_id | amount | is_deleted\nP2 | I1 | 9 | true",
        credit_note="invoice_id | credit_date | amount | is_deleted\nI1 | 2026-11-01 | 5 | true",
        claim="invoice_id | claim_date | amount | is_deleted\nI1 | 2026-11-01 | 5 | true",
        invoice_balance="invoice_id | stated_on | balance_amount | is_deleted\nI1 | 2026-11-02 | 0 | true",
        dispute="invoice_id | opened_date | is_deleted\nI1 | 2026-11-02 | true",
    )
    found.expect(
        "indicator.aging",
        "customer_id | open_amount | unapplied_cash_amount | ledger_balance\nC1 | 100 | -50 | 50",
    )
    found.expect("core.receivable", "invoice_id | claim_amount | is_dispute_flagged\nI1 | 0 | no")
