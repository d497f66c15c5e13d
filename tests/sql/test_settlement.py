"""event.settlement: what closes which invoice, and what is left over (A0.1 Paid, due, claimed)."""

INVOICE = "invoice_id | due_date | amount\nI1 | 2026-11-01 | 100"


def test_a_payment_closes_what_its_lines_say_and_leaves_the_rest_on_account(night):
    found = night(
        invoice="""
            invoice_id | due_date   | amount
            I1         | 2026-11-01 | 100
            I2         | 2026-11-05 | 100
        """,
        payment="""
            payment_id | invoice_id | payment_date | amount
            LINES      | I1         | 2026-11-02   | 90     # the lines count, not the invoice it names
            WHOLE      | I1         | 2026-11-03   | 60
            NOWHERE    | -          | 2026-11-04   | 7
        """,
        allocation="""
            payment_id | line | invoice_id | amount
            LINES      | 1    | I1         | 40
            LINES      | 2    | I2         | 20
            LINES      | 3    | I2         | 5
        """,
    )
    found.expect(
        "event.settlement",
        """
        document_id | invoice_id | event_date | amount
        LINES       | I1         | 2026-11-02 | 40
        LINES       | I2         | 2026-11-02 | 20
        LINES       | I2         | 2026-11-02 | 5
        LINES       | -          | 2026-11-02 | 25
        WHOLE       | I1         | 2026-11-03 | 60
        NOWHERE     | -          | 2026-11-04 | 7
        """,
    )


def test_lines_beyond_the_payment_are_taken_off_again(night):
    found = night(
        invoice=INVOICE,
        payment="payment_id | payment_date | amount\nP1 | 2026-11-01 | 80",
        allocation="payment_id | invoice_id | amount\nP1 | I1 | 100",
    )
    found.expect("event.settlement", "invoice_id | amount\nI1 | 100\n- | -20")


def test_a_payment_waits_on_account_until_its_invoice_comes(night):
    tables = {
        "invoice": """
            invoice_id | invoice_date | due_date   | amount | known_on
            I1         | 2026-10-02   | 2026-11-01 | 100    | 2026-11-10
        """,
        "payment": """
            payment_id | invoice_id | payment_date | amount
            P1         | I1         | 2026-11-01   | 100
        """,
    }
    night(as_of="2026-11-09", **tables).expect(
        "event.settlement", "document_id | customer_id | invoice_id | amount\nP1 | C1 | - | 100"
    )
    after = night(as_of="2026-11-10", **tables)
    after.expect(
        "event.settlement", "document_id | customer_id | invoice_id | amount\nP1 | C1 | I1 | 100"
    )
    after.expect("core.receivable", "settled_date | days_overdue\n2026-11-01 | 0")


def test_who_paid_is_who_owes_when_the_payment_does_not_say(night):
    found = night(
        invoice=INVOICE,
        payment="""
            payment_id | customer_id | invoice_id | payment_date | amount
            P1         | -           | I1         | 2026-11-01   | 60
            P2         | HOLDING     | I1         | 2026-11-01   | 10    # a third party pays for C1
            P3         | -           | LOST       | 2026-11-01   | 5     # nobody knows
        """,
    )
    found.expect(
        "event.settlement",
        """
        document_id | customer_id | invoice_id | amount
        P1          | C1          | I1         | 60
        P2          | C1          | I1         | 10
        P3          | -           | -          | 5
        """,
    )


def test_a_payment_in_another_currency_settles_only_by_its_lines(night):
    found = night(
        invoice="invoice_id | due_date | amount | currency\nI1 | 2026-11-01 | 100 | USD",
        payment="""
            payment_id | invoice_id | payment_date | amount | currency
            NAMED      | I1         | 2026-11-01   | 700    | CNY   # what it is worth in USD is not said
            LINED      | -          | 2026-11-01   | 700    | CNY   # the line says so
        """,
        allocation="payment_id | invoice_id | amount\nLINED | I1 | 100",
    )
    found.expect(
        "event.settlement",
        """
        document_id | invoice_id | currency | amount
        NAMED       | -          | CNY      | 700
        LINED       | I1         | USD      | 100
        """,
    )


def test_credit_notes_and_deducted_claims_settle_payouts_do_not(night):
    found = night(
        invoice=INVOICE,
        credit_note="""
            credit_note_id | invoice_id | credit_date | amount | reason
            CN1            | I1         | 2026-11-02  | 10     | rebate
            CN2            | I1         | 2026-11-03  | 20     | quality_claim
            CN3            | LOST       | 2026-11-04  | 30     | return         # unapplied
        """,
        claim="""
            claim_id | invoice_id | claim_date | amount | settled_by
            CL1      | I1         | 2026-11-05 | 5      | deduction
            CL2      | I1         | 2026-11-05 | 6      | payout
            CL3      | -          | 2026-11-05 | 7      | deduction   # from what, nobody says: unapplied
        """,
    )
    found.expect(
        "event.settlement",
        """
        document_id | kind            | invoice_id | amount
        CN1         | credit          | I1         | 10
        CN2         | claim_credit    | I1         | 20
        CN3         | credit          | -          | 30
        CL1         | claim_deduction | I1         | 5
        CL3         | claim_deduction | -          | 7
        """,
    )
    found.expect(
        "indicator.aging",
        "open_amount | unapplied_credit_amount | ledger_balance\n65 | -37 | 28",
    )


def test_a_stated_balance_shows_what_we_were_not_told(night):
    found = night(
        invoice="""
            invoice_id | due_date   | amount
            GAP        | 2026-11-01 | 100    # 30 seen, 20 open: 50 unseen
            CENT       | 2026-11-01 | 100    # the gap is a cent: nothing
            LATER      | 2026-11-01 | 100    # what came after the statement is no part of its gap
            MORE       | 2026-11-01 | 100    # the source says more is open than we think
            FUTURE     | 2026-11-01 | 100    # stated after the night
        """,
        payment="""
            invoice_id | payment_date | amount
            GAP        | 2026-11-02   | 30
            LATER      | 2026-11-12   | 40
            MORE       | 2026-11-02   | 60
        """,
        invoice_balance="""
            invoice_id | stated_on  | balance_amount
            GAP        | 2026-11-10 | 20
            CENT       | 2026-11-10 | 99.99
            LATER      | 2026-11-10 | 70
            MORE       | 2026-11-10 | 55
            FUTURE     | 2026-11-21 | 0
            LOST       | 2026-11-10 | 5
        """,
    )
    found.expect(
        "event.settlement",
        """
        invoice_id | event_date | amount
        GAP        | 2026-11-10 | 50
        LATER      | 2026-11-10 | 30
        MORE       | 2026-11-10 | -15
        """,
        kind="applied_unseen",
    )
    found.expect(
        "core.receivable",
        """
        invoice_id | cash_amount | open_amount
        GAP        | 80          | 20
        CENT       | 0           | 100
        LATER      | 70          | 30
        MORE       | 45          | 55
        FUTURE     | 0           | 100
        """,
    )


def test_a_balance_stated_night_after_night_keeps_the_day_it_first_said_so(night):
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 100",
        payment="invoice_id | payment_date | amount\nI1 | 2026-11-12 | 20",
        invoice_balance="""
            invoice_id | stated_on  | balance_amount
            I1         | 2026-11-05 | 100            # all open: nothing unseen
            I1         | 2026-11-10 | 40             # 60 were paid somewhere
            I1         | 2026-11-11 | 40             # the same again: no event
            I1         | 2026-11-13 | 20             # our 20 of the 12th explain the rest
            I1         | 2026-11-14 | 25             # and 5 of the unseen 60 went back
        """,
    )
    found.expect(
        "event.settlement",
        "event_date | amount\n2026-11-10 | 60\n2026-11-14 | -5",
        kind="applied_unseen",
    )


def test_names_with_colons_do_not_collide(night):
    found = night(
        invoice="invoice_id | due_date | amount\nX | 2026-11-01 | 100\n1:X | 2026-11-01 | 100",
        payment="payment_id | payment_date | amount\nA | 2026-11-01 | 10\nA:1 | 2026-11-01 | 10",
        allocation="payment_id | line | invoice_id | amount\nA | 1 | 1:X | 10\nA:1 | 1 | X | 10",
    )
    assert len(found.rows("event.settlement")) == 2
