"""core.receivable: when an item was paid for good, by what, and what is left out (Q5, Q8 to Q10)."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


def test_days_are_whole_calendar_days_without_a_roll(night):
    """Q8. 2026-10-10 is a Saturday: it falls due on the Saturday."""
    late = (-7, 0, 1, 4, 5, 9, 10)
    found = night(
        invoice="invoice_id | due_date | amount\n"
        + "\n".join(f"{days} | 2026-10-10 | 100" for days in late),
        payment="invoice_id | payment_date | amount\n"
        + "\n".join(f"{days} | {date(2026, 10, 10) + timedelta(days)} | 100" for days in late),
    )
    found.expect(
        "core.receivable",
        "invoice_id | days_overdue\n" + "\n".join(f"{days} | {days}" for days in late),
    )
    found.expect(
        "mart.evidence_item",
        "invoice_id | item_letter\n-7 | A\n0 | A\n1 | B\n4 | B\n5 | C\n9 | C\n10 | D",
    )


@pytest.mark.parametrize(
    ("stated", "rolled"),
    [
        ("2026-10-09", "2026-10-09"),  # Friday
        ("2026-10-10", "2026-10-12"),  # Saturday
        ("2026-10-11", "2026-10-12"),  # Sunday
        ("2026-10-12", "2026-10-12"),  # Monday
    ],
)
def test_a_policy_may_roll_a_weekend_to_monday(night, stated, rolled):
    found = night(
        changes={"book.due_date_roll": "next_monday"},
        invoice=f"invoice_id | due_date | amount\nI1 | {stated} | 100",
    )
    found.expect("core.receivable", f"due_date\n{rolled}")


def test_a_residual_within_tolerance_is_paid(night):
    found = night(
        invoice=f"""
            invoice_id | due_date  | amount
            CENT       | {day(40)} | 100.00
            TWO        | {day(40)} | 100.00
        """,
        payment=f"""
            invoice_id | payment_date | amount
            CENT       | {day(40)}    | 99.99
            TWO        | {day(40)}    | 99.98
        """,
    )
    found.expect(
        "core.receivable",
        f"""
        invoice_id | open_amount | unpaid_amount | residue_amount | settled_date | days_overdue
        CENT       | 0           | 0             | 0.01           | {day(40)}       | 0
        TWO        | 0.02        | 0.02          | 0              | -            | 40
        """,
    )


def test_money_counts_from_the_day_it_came_to_stay(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | I1         | {day(40)}    | 100
            P2         | I1         | {day(35)}    | -100   # returned by the bank
            P3         | I1         | {day(10)}    | 100    # paid again, thirty days late
        """,
    )
    found.expect(
        "core.receivable",
        f"settled_date | days_overdue | late_money_days\n{day(10)} | 30 | 3000",
    )


def test_an_overpayment_weighs_nothing_and_is_shown(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | I1         | {day(40)}    | 60
            P2         | I1         | {day(10)}    | 60     # 40 of it was due, thirty days ago
        """,
    )
    found.expect(
        "core.receivable",
        """
        open_amount | overpaid_amount | days_overdue | late_money_days
        0           | 20              | 30           | 1200
        """,
    )


@pytest.mark.parametrize("kind", ["write_off", "set_off", "bad_debt_transfer"])
def test_what_we_gave_up_is_not_paid(night, kind):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount | kind\nI1 | {day(20)} | 100 | {kind}",
    )
    found.expect(
        "core.receivable",
        """
        open_amount | unpaid_amount | written_off_amount | settled_date | days_overdue
        0           | 100           | 100                | -            | 40
        """,
    )
    found.expect(
        "score.hard_grade",
        "policy_id | letter_overdue | letter_collection\narticle | D | D\nbalanced | D | D",
    )


# --- credit notes and claims ----------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["return", "billing_error", "rebate"])
def test_a_credit_note_lowers_what_is_due_from_its_date(night, reason):
    tables = {
        "invoice": f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        "payment": f"invoice_id | payment_date | amount\nI1 | {day(40)} | 60",
        "credit_note": f"invoice_id | credit_date | amount | reason\nI1 | {day(1)} | 40 | {reason}",
    }
    night(as_of=day(2), **tables).expect(
        "core.receivable",
        "judged_amount | unpaid_amount | days_overdue\n100 | 40 | 38",
    )
    night(as_of=day(1), **tables).expect(  # the credited part is not judged for lateness
        "core.receivable",
        f"judged_amount | unpaid_amount | days_overdue | settled_date\n60 | 0 | 0 | {day(40)}",
    )


def test_a_wholly_credited_item_is_not_judged(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        credit_note=f"invoice_id | credit_date | amount\nI1 | {day(20)} | 100",
    )
    found.expect(
        "score.hard_grade",
        "letter_overdue | letter_collection | hard_grade\n- | - | NR",
        policy_id="article",
    )
    found.expect("indicator.payment", "judged_cnt | null_reason\n0 | none_judged")


def test_a_quality_claim_settles_but_does_not_lower_what_was_due(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | 95",
        credit_note=f"invoice_id | credit_date | amount | reason\nI1 | {day(40)} | 5 | quality_claim",
    )
    found.expect(
        "core.receivable",
        """
        judged_amount | claim_amount | credited_amount | open_amount | days_overdue
        100           | 5            | 0               | 0           | 0
        """,
    )


# --- cash on account ------------------------------------------------------------------------------


def test_cash_on_account_pays_the_oldest_due_first_for_the_letters_only(night):
    tables = {
        "invoice": f"""
            invoice_id | due_date  | amount
            NEWER      | {day(20)} | 100
            OLDER      | {day(40)} | 100
            UNDATED    | -         | 100    # in no letter, so no cash either
        """.replace("amount", "amount | invoice_date", 1).replace("| 100", f"| 100 | {day(90)}"),
        "payment": f"invoice_id | payment_date | amount\n- | {day(40)} | 150",
    }
    night(**tables).expect(
        "core.receivable",
        f"""
        invoice_id | on_account_amount | unpaid_amount | open_amount | days_overdue | settled_date
        OLDER      | 100               | 0             | 100         | 0            | {day(40)}
        NEWER      | 50                | 50            | 100         | 20           | -
        UNDATED    | 0                 | 100           | 100         | -            | -
        """,
    )
    night(changes={"book.unapplied_cash": "ignore"}, **tables).expect(
        "core.receivable",
        """
        invoice_id | on_account_amount | unpaid_amount | days_overdue
        OLDER      | 0                 | 100           | 40
        NEWER      | 0                 | 100           | 20
        UNDATED    | 0                 | 100           | -
        """,
    )


def test_each_part_from_the_account_keeps_its_own_date(night):
    found = night(
        invoice=f"""
            invoice_id | due_date  | amount
            I1         | {day(40)} | 100
            I2         | {day(30)} | 100
        """,
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | -          | {day(40)}    | 60
            P2         | -          | {day(35)}    | 60     # 40 end the first, 20 begin the second
            P3         | -          | {day(10)}    | 80
        """,
    )
    found.expect(
        "core.receivable",
        f"""
        invoice_id | settled_date | days_overdue | late_money_days
        I1         | {day(35)}    | 5            | 200
        I2         | {day(10)}    | 20           | 1600
        """,
    )


def test_cash_on_account_that_went_back_paid_nothing(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"""
            payment_id | invoice_id | payment_date | amount
            P1         | -          | {day(40)}    | 100
            P2         | -          | {day(30)}    | -100
            P3         | -          | {day(20)}    | 70
        """,
    )
    found.expect(
        "core.receivable",
        "on_account_amount | unpaid_amount | late_money_days\n70 | 30 | 2600",
    )


def test_an_account_pays_in_its_own_currency_and_for_its_own_customer(night):
    found = night(
        invoice=f"""
            customer_id | invoice_id | due_date  | amount | currency
            C1          | I1         | {day(40)} | 100    | USD
            C2          | I2         | {day(40)} | 100    | CNY
        """,
        payment=f"customer_id | invoice_id | payment_date | amount\nC1 | - | {day(40)} | 100",
    )
    found.expect("core.receivable", "invoice_id | on_account_amount\nI1 | 0\nI2 | 0")


def test_a_write_off_without_an_invoice_pays_nothing(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount | kind\n- | {day(40)} | 100 | write_off",
    )
    found.expect("core.receivable", "on_account_amount | unpaid_amount\n0 | 100")


# --- Q10: disputes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dispute", "left_out"),
    [
        ("- | -", 0),  # a flag without a date is information only
        (f"{day(0)} | -", 100),
        (f"{day(59)} | -", 100),  # the sixtieth night, the opening night counted
        (f"{day(60)} | -", 0),
        (f"{day(30)} | {day(0)}", 0),  # closed tonight
        (f"{day(30)} | {day(-1)}", 100),  # will be closed tomorrow
        (f"{day(-1)} | -", 0),  # opens tomorrow
    ],
)
def test_a_disputed_open_amount_is_left_out_for_sixty_days(night, dispute, left_out):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(70)} | 100",
        dispute=f"invoice_id | opened_date | closed_date\nI1 | {dispute}",
    )
    found.expect(
        "core.receivable",
        f"disputed_amount | judged_amount | open_amount\n{left_out} | {100 - left_out} | 100",
    )
    letter = "-" if left_out else "D"
    found.expect(
        "score.hard_grade",
        f"letter_overdue | letter_collection\n{letter} | {letter}",
        policy_id="article",
    )


def test_a_dispute_leaves_out_no_more_than_was_due(night):
    """A bill of 100 whose payer took back 100 more than it paid: 200 are unpaid and in dispute, none is judged."""
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 100",
        payment="invoice_id | payment_date | amount\nI1 | 2026-11-02 | -100",
        dispute="invoice_id | opened_date\nI1 | 2026-11-10",
    )
    found.expect(
        "core.receivable",
        "unpaid_amount | disputed_amount | judged_amount | settled_date\n200 | 200 | 0 | -",
    )


def test_only_the_disputed_part_is_left_out(night):
    found = night(
        invoice=f"""
            invoice_id | due_date  | amount
            REST-PAID  | {day(50)} | 100
            REST-OPEN  | {day(50)} | 100
            CENT-OPEN  | {day(50)} | 100    # the part not in dispute is a cent short: paid
            TWICE      | {day(50)} | 100    # two disputes of 40 add up
        """,
        payment=f"""
            invoice_id | payment_date | amount
            REST-PAID  | {day(50)}    | 60
            REST-OPEN  | {day(50)}    | 50
            CENT-OPEN  | {day(50)}    | 59.99
            TWICE      | {day(50)}    | 20
        """,
        dispute=f"""
            invoice_id | opened_date | amount
            REST-PAID  | {day(30)}   | 40
            REST-OPEN  | {day(30)}   | 40
            CENT-OPEN  | {day(30)}   | 40
            TWICE      | {day(30)}   | 40
            TWICE      | {day(20)}   | 40
        """,
    )
    found.expect(
        "core.receivable",
        f"""
        invoice_id | disputed_amount | judged_amount | settled_date | days_overdue
        REST-PAID  | 40              | 60            | {day(50)}    | 0
        REST-OPEN  | 40              | 60            | -            | 50
        CENT-OPEN  | 40.01           | 59.99         | {day(50)}    | 0
        TWICE      | 80              | 20            | {day(50)}    | 0
        """,
    )


@pytest.mark.parametrize(
    ("outcome", "closed", "letter"),
    [
        ("customer", day(10), "-"),  # won: the item is excluded
        ("us", day(10), "D"),  # lost: its real days, 45
        ("customer", day(-1), "D"),  # will be won tomorrow
        ("-", "-", "D"),  # still open, but the item is settled
    ],
)
def test_a_settled_item_counts_unless_the_customer_won(night, outcome, closed, letter):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(50)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(5)} | 100",
        dispute=f"""
            invoice_id | opened_date | closed_date | outcome
            I1         | {day(30)}   | {closed}    | {outcome}
        """,
    )
    found.expect("score.hard_grade", f"letter_overdue\n{letter}", policy_id="article")


def test_an_open_item_counts_again_when_its_dispute_was_won(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(50)} | 100",
        dispute=f"""
            invoice_id | opened_date | closed_date | outcome
            I1         | {day(30)}   | {day(10)}   | customer
        """,
    )
    found.expect("core.receivable", "is_excused | judged_amount | days_overdue\nno | 100 | 50")
