"""mart.outlook, and the dates beside a D: each promise is kept by the night it speaks of, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


def overdue_letter(found) -> str | None:
    return found.row("score.hard_grade", policy_id="article")["letter_overdue"]


def collection_letter(found) -> str | None:
    return found.row("score.hard_grade", policy_id="article")["letter_collection"]


# --- pay by ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worst_so_far", "days_late", "reached", "in_days"),
    [
        (None, -3, "B", 4),  # no letter yet; due in three days, B on the fourth
        (0, -3, "B", 4),
        (0, 0, "B", 1),  # due tonight
        (3, 1, "C", 4),
        (3, -3, "C", 8),
        (7, 6, "D", 4),
    ],
)
def test_an_open_item_drops_the_letter_on_the_day_named_and_not_before(
    night, worst_so_far, days_late, reached, in_days
):
    tables = {
        "invoice": f"""
            invoice_id | due_date         | amount
            OPEN       | {day(days_late)} | 100
            DONE       | {day(60)}        | 100
        """,
        "payment": f"invoice_id | payment_date | amount\nDONE | {day(60 - worst_so_far)} | 100"
        if worst_so_far is not None
        else "",
    }
    if worst_so_far is None:
        tables["invoice"] = tables["invoice"].replace("DONE", "#")
    on_date = NIGHT + timedelta(days=in_days)
    found = night(**tables)
    before = overdue_letter(found)
    found.expect(
        "mart.outlook",
        f"""
        invoice_id | from_letter   | to_letter | amount | currency | on_date
        OPEN       | {before or "-"} | {reached} | 100    | CNY      | {on_date}
        """,
        kind="pay_by",
    )
    assert overdue_letter(night(as_of=on_date, **tables)) == reached
    eve = on_date - timedelta(days=1)
    assert overdue_letter(night(as_of=eve, **tables)) in {before, "A"}
    paid_in_time = {**tables, "payment": tables["payment"] + f"\nOPEN | {eve} | 100"}
    if not tables["payment"]:
        paid_in_time["payment"] = f"invoice_id | payment_date | amount\nOPEN | {eve} | 100"
    assert overdue_letter(night(as_of=on_date, **paid_in_time)) in {before, "A"}


def test_pay_by_looks_thirty_days_ahead_and_leaves_out_what_is_disputed(night):
    found = night(
        invoice=f"""
            invoice_id | due_date   | amount
            SOON       | {day(-29)} | 100     # B on the thirtieth day
            LATER      | {day(-30)} | 100     # B on the thirty-first
            CONTESTED  | {day(-3)}  | 100
            PART       | {day(-3)}  | 100
        """,
        dispute=f"invoice_id | opened_date | amount\nCONTESTED | {day(5)} | -\nPART | {day(5)} | 30",
    )
    found.expect("mart.outlook", "invoice_id | amount\nSOON | 100\nPART | 70", kind="pay_by")


def test_nothing_drops_a_d_and_a_percentile_has_no_date(night):
    tables = {
        "invoice": f"""
            invoice_id | due_date  | amount
            OLD        | {day(40)} | 100
            SOON       | {day(-3)} | 100
        """
    }
    night(**tables).expect(
        "mart.outlook", "kind | to_letter\ncollect | A\ncollect | B\ncollect | C"
    )
    under_p90 = night(policy="balanced", **tables)
    assert {row["kind"] for row in under_p90.rows("mart.outlook")} == {"collect"}


# --- collect --------------------------------------------------------------------------------------


def collected(night, tables, amount: Decimal) -> str | None:
    """The collection letter after `amount` more came tonight, on account: oldest due first."""
    payment = tables["payment"] + f"\nMORE | - | {NIGHT} | {amount} | CNY"
    return collection_letter(night(**{**tables, "payment": payment}))


HEADER = "payment_id | invoice_id | payment_date | amount | currency\n"
BOOKS = {
    "one invoice": {
        "invoice": f"invoice_id | due_date | amount\nI1 | {day(40)} | 1000",
        "payment": HEADER + f"P1 | I1 | {day(40)} | 333.33 | CNY",
    },
    "amounts that do not divide": {
        "invoice": f"invoice_id | due_date | amount\nI1 | {day(40)} | 1234.57\nI2 | {day(50)} | 77.71",
        "payment": HEADER + f"P1 | I1 | {day(40)} | 801.03 | CNY",
    },
    "a debt from before the window": {
        "invoice": f"invoice_id | due_date | amount\nOLD | {day(500)} | 100\nNEW | {day(40)} | 900",
        "payment": HEADER + f"P1 | NEW | {day(40)} | 850 | CNY",
    },
    "an old debt alone lifts it": {
        "invoice": f"invoice_id | due_date | amount\nOLD | {day(500)} | 100.01\nNEW | {day(40)} | 900",
        "payment": HEADER + f"P1 | NEW | {day(40)} | 900 | CNY",
    },
    "claims took a part": {
        "invoice": f"invoice_id | due_date | amount\nI1 | {day(40)} | 1000\nI2 | {day(40)} | 500",
        "payment": HEADER + f"P1 | I1 | {day(40)} | 700 | CNY\nP2 | I2 | {day(40)} | 450 | CNY",
        "claim": f"invoice_id | claim_date | amount\n- | {day(20)} | 40",
        "credit_note": f"""
            invoice_id | credit_date | amount | reason
            I2         | {day(20)}   | 30     | quality_claim   # 20 of I2 are left to pay
        """,
    },
    "a part in dispute": {
        "invoice": f"invoice_id | due_date | amount\nI1 | {day(40)} | 1000\nI2 | {day(30)} | 1000",
        "payment": HEADER + f"P1 | I1 | {day(40)} | 850 | CNY\nP2 | I2 | {day(30)} | 700 | CNY",
        "dispute": f"invoice_id | opened_date | amount\nI2 | {day(20)} | 100",
    },
}


@pytest.mark.parametrize("book", BOOKS)
def test_the_amount_named_reaches_the_letter_and_a_cent_less_does_not(night, book):
    tables = BOOKS[book]
    found = night(**tables)
    rows = [row for row in found.rows("mart.outlook") if row["kind"] == "collect"]
    assert rows, book
    for row in rows:
        assert row["from_letter"] == collection_letter(found)
        assert collected(night, tables, row["amount"]) == row["to_letter"]
        # Paid to the last cent is A, and so is the cent before: it is within tolerance (Q5).
        cents = 2 if row["to_letter"] == "A" else 1
        less = row["amount"] - cents * Decimal("0.01")
        assert collected(night, tables, less) > row["to_letter"]


def test_what_cash_cannot_reach_is_not_promised(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | 85",
        claim=f"claim_date | amount\n{day(20)} | 7",  # 93 is the best that can be collected
    )
    found.expect("mart.outlook", "from_letter | to_letter | amount\nD | C | 12", kind="collect")


def test_an_a_or_no_letter_has_nothing_to_collect(night):
    found = night(invoice=f"invoice_id | due_date | amount\nI1 | {day(-40)} | 100")
    assert found.rows("mart.outlook") == []


# --- leaves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "due", "paid", "leaves"),
    [
        ("2026-11-20", "2026-03-01", "2026-03-15", "2027-03-15"),
        ("2026-11-20", "2025-11-01", "2025-12-01", "2026-12-01"),  # by its settlement date
        ("2024-11-20", "2024-02-19", "2024-02-29", "2025-03-01"),  # from a leap day
        ("2024-11-20", "2024-01-31", "2024-02-28", "2025-02-28"),
        ("2023-11-20", "2023-02-10", "2023-02-28", "2024-02-28"),
    ],
)
def test_an_item_leaves_the_look_back_on_the_day_named(night, as_of, due, paid, leaves):
    tables = {
        "invoice": f"invoice_id | due_date | amount\nLATE | {due} | 100",
        "payment": f"invoice_id | payment_date | amount\nLATE | {paid} | 100",
    }
    found = night(as_of=as_of, **tables)
    assert overdue_letter(found) == "D"
    found.expect(
        "mart.outlook",
        f"letter | from_letter | to_letter | on_date\noverdue | D | better | {leaves}",
        kind="leaves",
    )
    found.expect("mart.evidence_item", f"invoice_id | leaves_on\nLATE | {leaves}")
    found.expect("score.hard_grade", f"veto_until\n{leaves}", policy_id="article")
    eve = date.fromisoformat(leaves) - timedelta(days=1)
    assert overdue_letter(night(as_of=eve, **tables)) == "D"
    gone = night(as_of=leaves, **tables)
    assert overdue_letter(gone) is None
    assert gone.rows("mart.evidence_item") == []


@pytest.mark.parametrize(
    ("paid", "leaves"),
    [
        ("2026-08-28", "2027-02-28"), ("2026-08-29", "2027-03-01"), ("2026-08-31", "2027-03-01"),
        ("2026-06-30", "2026-12-30"),
    ],
)  # fmt: skip
def test_a_look_back_of_six_months_ends_with_the_month(night, paid, leaves):
    tables = {
        "invoice": "invoice_id | due_date | amount\nLATE | 2026-06-01 | 100",
        "payment": f"invoice_id | payment_date | amount\nLATE | {paid} | 100",
    }
    found = night(as_of="2026-11-20", **tables)
    found.expect("score.hard_grade", f"veto_until\n{leaves}", policy_id="balanced")
    eve = date.fromisoformat(leaves) - timedelta(days=1)
    for as_of, letter in ((eve, "D"), (leaves, "-")):
        night(as_of=as_of, **tables).expect(
            "score.hard_grade", f"letter_overdue\n{letter}", policy_id="balanced"
        )


def test_the_last_offending_item_decides_and_an_open_one_never_leaves(night):
    tables = {
        "invoice": """
            invoice_id | due_date   | amount
            FIRST      | 2026-03-01 | 100
            LAST       | 2026-05-01 | 100
            MILD       | 2026-09-01 | 100    # three days late: not what makes the D
        """,
        "payment": """
            invoice_id | payment_date | amount
            FIRST      | 2026-03-15   | 100
            LAST       | 2026-05-15   | 100
            MILD       | 2026-09-04   | 100
        """,
    }
    night(**tables).expect("score.hard_grade", "veto_until\n2027-05-15", policy_id="article")
    still_open = {**tables, "payment": tables["payment"].replace("FIRST", "#")}
    found = night(**still_open)
    found.expect("score.hard_grade", "veto_until\n-", policy_id="article")
    found.expect(
        "mart.evidence_item",
        "invoice_id | leaves_on\nFIRST | -\nLAST | 2027-05-15\nMILD | 2027-09-04",
    )
    assert [row for row in found.rows("mart.outlook") if row["kind"] == "leaves"] == []


def test_a_letter_of_c_leaves_when_its_own_items_do(night):
    found = night(
        invoice="invoice_id | due_date | amount\nC | 2026-03-01 | 100\nB | 2026-09-01 | 100",
        payment="""
            invoice_id | payment_date | amount
            C          | 2026-03-08   | 100
            B          | 2026-09-02   | 100
        """,
    )
    found.expect("mart.outlook", "from_letter | on_date\nC | 2027-03-08", kind="leaves")
