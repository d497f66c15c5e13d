"""How far asking for overdue money has gone (R3-71), bill by bill, and what is proposed (R0-14, R3-23)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sql.limit_case import Case, standing
from tests.sql.night import NIGHT, Night


def late(days: int, amount: Any = 100, **more: Any) -> Case:
    """A customer whose oldest overdue item is so many days past due."""
    due = NIGHT - timedelta(days=days)
    return {
        "oldest_overdue_days": days,
        "oldest_overdue_date": due.isoformat() if days else None,
        "overdue_amount": amount if days else 0,
        "exposure_amount": 100,
        "granted_amount": 100000,
        **more,
    }


def dunned(root: Path, cases: list[Case], changes: Any = None, **tables: str) -> Night:
    return standing(root, cases, changes, **tables)


def test_stages_by_the_oldest_item(tmp_path: Path) -> None:
    days = (0, 1, 9, 10, 30, 60, 89, 90, 400)
    rows = dunned(tmp_path, [late(one) for one in days]).rows("action.dunning")

    assert [row["dunning_stage_no"] for row in rows] == [0, 1, 1, 2, 3, 4, 4, 5, 5]
    assert [row["dunning_stage"] for row in rows][::3] == ["none", "first_letter", "final_notice"]
    assert [row["is_step_due"] for row in rows] == [False] + [True] * 8
    assert [row["next_stage"] for row in rows][:2] == ["reminder", "first_letter"]
    assert str(rows[1]["next_stage_date"]) == "2026-11-29"  # due on the 19th, ten days after
    assert (rows[0]["next_stage_date"], rows[8]["next_stage"]) == (None, None)


STEPS = """
    customer_id | level | sent_on
    C1          | 1     | 2026-11-13      # a week ago: again
    C2          | 1     | 2026-11-14      # six days: not yet
    C3          | 1     | 2026-11-19      # the first letter is still to be sent
    C4          | 2     | 2026-10-01      # about an item that is paid
    C5          | 2     | 2026-11-21      # tomorrow
"""


def test_a_step_is_taken_once_and_again_in_time(tmp_path: Path) -> None:
    cases = [late(8), late(8), late(12), late(8), late(8)]
    dunned(tmp_path, cases, dunning_step=STEPS).expect(
        "action.dunning",
        """
        customer_id | dunning_stage_no | last_step_no | last_step_date | is_step_due | step_reason
        C1          | 1                | 1            | 2026-11-13     | yes         | again
        C2          | 1                | 1            | 2026-11-14     | no          | asked_lately
        C3          | 2                | 1            | 2026-11-19     | yes         | new_stage
        C4          | 1                | 0            | -              | yes         | new_stage
        C5          | 1                | 0            | -              | yes         | new_stage
        """,
    )


PROMISES = """
    customer_id | promised_on | due_date   | amount | is_kept
    C1          | 2026-11-10  | 2026-11-20 | 100    | -         # tonight is its day
    C2          | 2026-11-10  | 2026-11-19 | 100    | -         # its day has passed
    C3          | 2026-11-10  | 2026-11-30 | 40     | -
    C4          | 2026-11-10  | 2026-11-30 | 100    | false     # taken back
"""


def test_a_promise_waits(tmp_path: Path) -> None:
    cases = [late(8) for _ in range(4)]
    dunned(tmp_path, cases, promise=PROMISES).expect(
        "action.dunning",
        """
        customer_id | promised_amount | amount_to_ask | is_step_due | step_reason
        C1          | 100             | 0             | no          | promised
        C2          | 0               | 100           | yes         | new_stage
        C3          | 40              | 60            | yes         | new_stage
        C4          | 0               | 100           | yes         | new_stage
        """,
    )


def test_only_what_is_still_to_come_is_waited_for(tmp_path: Path) -> None:
    """C1 kept its promise before its day, and owes the rest; C2 promised a bill that is not late yet."""
    dunned(
        tmp_path,
        [late(8) for _ in range(3)],
        invoice="""
            invoice_id | customer_id | due_date   | amount
            LATE       | C3          | 2026-11-12 | 100
            EARLY      | C2          | 2026-12-12 | 100
        """,
        promise="""
            customer_id | invoice_id | promised_on | due_date   | amount | is_kept
            C1          | -          | 2026-11-10  | 2026-11-30 | 100    | true
            C2          | EARLY      | 2026-11-10  | 2026-12-12 | 100    | -
            C3          | LATE       | 2026-11-10  | 2026-11-30 | 100    | -
        """,
    ).expect(
        "action.dunning",
        """
        customer_id | promised_amount | amount_to_ask | step_reason
        C1          | 0               | 100           | new_stage
        C2          | 0               | 100           | new_stage
        C3          | 100             | 0             | promised
        """,
    )


def test_a_policy_may_ask_all_the_same(tmp_path: Path) -> None:
    found = dunned(tmp_path, [late(8)], {"terms.dunning.promise_waits": False}, promise=PROMISES)

    assert found.row("action.dunning")["step_reason"] == "new_stage"


def test_small_and_unknown_amounts(tmp_path: Path) -> None:
    """What is unknown for want of a rate is late all the same."""
    found = dunned(
        tmp_path, [late(8, 5), late(8, 6), late(8, None)], {"terms.warning.min_overdue": 5}
    ).rows("action.dunning")

    assert [row["dunning_stage_no"] for row in found] == [0, 1, 1]
    assert [row["amount_to_ask"] for row in found] == [5, 6, None]


def test_bill_by_bill(night) -> None:
    night(
        invoice="""
            invoice_id | due_date   | amount | currency
            YOUNG      | 2026-11-19 | 100    | CNY
            OLD        | 2026-08-01 | 300    | CNY
            ARGUED     | 2026-11-01 | 50     | CNY
            DUE        | 2026-11-20 | 70     | CNY      # tonight is not late
            DOLLARS    | 2026-11-10 | 10     | USD
        """,
        payment="invoice_id | payment_date | amount | currency\nOLD | 2026-09-01 | 100 | CNY",
        dispute="dispute_id | invoice_id | opened_date\nD | ARGUED | 2026-11-05",
        dunning_step="invoice_id | level | sent_on\nOLD | 1 | 2026-08-10\nOLD | 2 | 2026-09-10",
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7.1",
    ).expect(
        "mart.dunning_item",
        """
        invoice_id | days_overdue | stage_no | stage       | open_amount | amount_to_ask | amount_to_ask_base | step_cnt
        YOUNG      | 1            | 1        | reminder     | 100         | 100           | 100                | 0
        OLD        | 111          | 5        | legal        | 200         | 200           | 200                | 2
        ARGUED     | 19           | 0        | none         | 50          | 0             | 0                  | 0
        DOLLARS    | 10           | 2        | first_letter | 10          | 10            | 71                 | 0
        """,
    )


# --- what is proposed ------------------------------------------------------------------------------------


def proposed(root: Path, case: Case, **tables: str) -> dict[str, str]:
    """Action → reason of one customer."""
    found = standing(root, [case], None, **tables)
    return {row["action_code"]: row["reason"] for row in found.rows("mart.credit_action")}


GOOD: Case = {"granted_amount": 1000, "purchases_amount_12m": 1200000, "net_worth_amount": 1000000}


@pytest.mark.parametrize(
    ("case", "actions"),
    [
        ({}, {}),
        ({"exposure_amount": 1001}, {"SUSPEND_SUPPLY": "over_limit"}),
        ({"exposure_amount": 1000}, {"SUSPEND_SUPPLY": "limit_reached"}),
        (late(5, granted_amount=1000), {"COLLECT": "overdue_amber"}),
        (late(10, granted_amount=1000), {"COLLECT": "overdue_red", "DUNNING_UP": "new_stage"}),
        (late(30, granted_amount=1000),
         {"COLLECT": "overdue_red", "DUNNING_UP": "new_stage", "SUSPEND_SUPPLY": "long_overdue"}),
        ({"granted_amount": 100000000}, {"LIMIT_DOWN": "above_recommended"}),
        ({"final_grade": "D"}, {"LIMIT_DOWN": "grade_d", "ASK_PREPAYMENT": "prepay_terms"}),
        ({"final_grade": "C"}, {"ASK_PREPAYMENT": "part_prepay_terms", "ASK_DEPOSIT": "deposit_terms"}),
        ({"final_grade": "C", "deposit_held": 100}, {"ASK_PREPAYMENT": "part_prepay_terms"}),
        ({"final_grade": "C", "deposit_held": 100, "uncovered_exposure": 5},
         {"ASK_PREPAYMENT": "part_prepay_terms", "ASK_GUARANTEE": "uncovered_exposure"}),
        ({"requested_amount": 5}, {"LIMIT_REVIEW": "limit_requested"}),
        ({"void_cnt": 1}, {"LIMIT_REVIEW": "limit_void"}),
        ({"decided_on": "2025-11-20"}, {"LIMIT_REVIEW": "review_date"}),  # a year ago tonight
        ({"decided_on": "2025-11-21"}, {}),
        ({"contract_breach_cnt_24m": 1}, {"CONTRACT_CTRL": "breach"}),
        ({"contract_breach_cnt_24m": 1, "contract_breach_open_cnt": 1}, {"CONTRACT_CTRL": "breach_open"}),
        ({"delivery_delay_days": 1}, {"CONTRACT_CTRL": "delivery_delay"}),
        ({"delivery_delay_days": 0, "contract_breach_cnt_24m": 0}, {}),
        ({"order_cnt_3m_last_year": 10, "order_cnt_3m": 7}, {"RAISE_FREQUENCY": "fewer_orders"}),
        ({"order_cnt_3m_last_year": 10, "order_cnt_3m": 8}, {}),
        ({"order_cnt_3m_last_year": 3, "order_cnt_3m": 0}, {}),  # too few to tell
        ({"silent_flag": True}, {"WIN_BACK": "silent"}),
        ({"churn_flag": True}, {"WIN_BACK": "churned"}),
        ({"case_sla_breach": 1}, {"IMPROVE_SERVICE": "case_late"}),
        ({"feedback_neg_rate": "0.300001"}, {"IMPROVE_SERVICE": "bad_feedback"}),
        ({"feedback_neg_rate": "0.3"}, {}),
        ({"contact_gap_days": 90}, {}),
        ({"contact_gap_days": 91}, {"CONTACT": "contact_overdue"}),
    ],
)  # fmt: skip
def test_each_action_has_its_reason(tmp_path: Path, case: Case, actions: dict[str, str]) -> None:
    assert proposed(tmp_path, {**GOOD, **case}) == actions


@pytest.mark.parametrize(
    ("case", "action", "amount"),
    [
        ({"contract_breach_cnt_24m": 1, "contract_breach_amt_24m": 500}, "CONTRACT_CTRL", 500),
        ({"contract_breach_cnt_24m": 1, "contract_breach_amt_24m": 0}, "CONTRACT_CTRL", None),
        ({"delivery_delay_days": 1, "contract_breach_amt_24m": 0}, "CONTRACT_CTRL", None),
        ({"exposure_amount": 1001}, "SUSPEND_SUPPLY", 1),
        ({"exposure_amount": 1000}, "SUSPEND_SUPPLY", None),
        ({"final_grade": "D"}, "LIMIT_DOWN", 0),  # lowered to nothing: a limit like any other
    ],
)  # fmt: skip
def test_no_money_is_no_amount(tmp_path: Path, case: Case, action: str, amount: int | None) -> None:
    found = standing(tmp_path, [{**GOOD, **case}])

    amounts = {row["action_code"]: row["amount"] for row in found.rows("mart.credit_action")}

    assert amounts[action] == amount


def test_who_is_held_is_proposed_for_suspension(tmp_path: Path) -> None:
    """State and action agree (I20)."""
    found = standing(
        tmp_path,
        [
            {**GOOD, "exposure_amount": 2000},
            {**GOOD, "grade.credit_grade.listed_veto": "dishonest", "final_grade": "D"},
            late(45),
            GOOD,
        ],
    )
    held = {
        row["customer_id"]
        for row in found.rows("action.order_gate")
        if row["gate"] == "hold" and row["is_active"]
    }
    actions = [
        row for row in found.rows("mart.credit_action") if row["action_code"] == "SUSPEND_SUPPLY"
    ]

    assert held == {row["customer_id"] for row in actions} == {"C1", "C2", "C3"}
    assert [row["amount"] for row in actions] == [1000, None, None]
