"""On credit, against prepayment, or not at all: each reason alone, both sides of its edge (I1, I19, I24)."""

from pathlib import Path
from typing import Any

import pytest

from tests.sql.limit_case import Case, standing


def gates(root: Path, cases: list[Case], **changes: Any) -> list[dict[str, Any]]:
    """action.order_gate of these customers under the article's policy."""
    root.mkdir(exist_ok=True)
    night = standing(root, cases, {f"terms.{key}": value for key, value in changes.items()})
    rows = {
        row["customer_id"]: row
        for row in night.rows("action.order_gate")
        if row["policy_id"] == "article"
    }
    return [rows[f"C{number}"] for number in range(1, len(cases) + 1)]


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(row["gate"], row["gate_reasons"]) for row in rows]


LIMIT: Case = {"granted_amount": 100}


def test_the_limit(tmp_path: Path) -> None:
    rows = gates(
        tmp_path,
        [
            {**LIMIT, "exposure_amount": "99.99"},
            {**LIMIT, "exposure_amount": "100"},  # nothing is left, nothing is exceeded
            {**LIMIT, "exposure_amount": "100.01"},
            {"granted_amount": 0},  # none granted
            {"granted_amount": 0, "exposure_amount": "0.01"},
        ],
    )

    assert told(rows) == [
        ("allow", None),
        ("allow_prepaid", "limit_reached"),
        ("hold", "over_limit"),
        ("allow_prepaid", "no_limit_granted"),
        ("hold", "over_limit"),
    ]
    assert [str(row["order_credit_amount"]) for row in rows] == [
        "0.01",
        "0.00",
        "0.00",
        "0.00",
        "0.00",
    ]
    assert [row["prepay_share"] for row in rows] == [0, 1, 1, 1, 1]


def test_an_exceeded_limit_may_leave_orders_paid_in_advance(tmp_path: Path) -> None:
    """Prepaid orders raise no exposure."""
    (row,) = gates(
        tmp_path, [{**LIMIT, "exposure_amount": 101}], **{"gate.over_limit": "allow_prepaid"}
    )

    assert told([row]) == [("allow_prepaid", "over_limit")]


@pytest.mark.parametrize("none_set", ["allow", "allow_prepaid", "hold"])
def test_no_limit_set(tmp_path: Path, none_set: str) -> None:
    (row,) = gates(
        tmp_path,
        [{"exposure_amount": 5}],
        **{"gate.none_set": none_set, "limit.in_force": "approved"},
    )

    assert told([row]) == [(none_set, None if none_set == "allow" else "no_limit_set")]
    assert row["is_none_set"]
    assert row["warning_state"] == "none_set"
    assert row["order_credit_amount"] == (None if none_set == "allow" else 0)


def test_what_is_overdue(tmp_path: Path) -> None:
    rows = gates(
        tmp_path,
        [{**LIMIT, "oldest_overdue_days": days, "overdue_amount": 1} for days in (9, 10, 29, 30)],
    )
    (small,) = gates(
        tmp_path / "small",
        [{**LIMIT, "oldest_overdue_days": 30, "overdue_amount": 1}],
        **{"warning.min_overdue": 1},
    )

    assert told(rows) == [
        ("allow", None),
        ("allow_prepaid", "overdue"),
        ("allow_prepaid", "overdue"),
        ("hold", "long_overdue"),
    ]
    assert told([small]) == [("allow", None)]


def test_terms_refusals_and_what_is_unknown(tmp_path: Path) -> None:
    rows = gates(
        tmp_path,
        [
            {**LIMIT, "final_grade": "C"},
            {**LIMIT, "final_grade": "D"},
            {**LIMIT, "final_grade": "D", "grade.credit_grade.listed_veto": "bankruptcy"},
            {"final_grade": "NR", "is_applicable": True, "adm_decision": "reject"},
            {**LIMIT, "exposure_amount": None},
            {"granted_kind": "approved", "granted_reason": "no_fx"},
            {"final_grade": "NR", "nr_reason": "dormant", **LIMIT},
        ],
    )

    assert told(rows) == [
        ("allow", None),
        ("allow_prepaid", "prepay_terms"),
        ("hold", "refused,no_limit_granted"),
        ("hold", "refused,no_limit_granted"),
        ("allow_prepaid", "exposure_unknown"),
        ("allow_prepaid", "exposure_unknown"),
        ("allow_prepaid", "dormant,prepay_terms"),
    ]
    assert str(rows[0]["prepay_share"]) == "0.300000"  # on credit, a part in advance


def test_the_group(tmp_path: Path) -> None:
    rows = gates(
        tmp_path,
        [
            {**LIMIT, "group_id": "TOP", "exposure_amount": 90},
            {"granted_amount": 20, "group_id": "TOP", "exposure_amount": 5},
            {**LIMIT, "exposure_amount": 10},
        ],
        **{"group.max_amount": 95},
    )
    over = gates(
        tmp_path / "over",
        [
            {**LIMIT, "group_id": "TOP", "exposure_amount": 90},
            {"granted_amount": 20, "group_id": "TOP", "exposure_amount": 6},
        ],
        **{"group.max_amount": 95},
    )

    assert told(rows[:2]) == [("allow_prepaid", "limit_reached")] * 2  # 95 of 95
    assert told(over) == [("hold", "over_group_limit")] * 2
    assert rows[2]["order_credit_amount"] == 85  # the cap is the group's of one, too


def test_every_reason_that_holds_is_named(tmp_path: Path) -> None:
    (row,) = gates(
        tmp_path,
        [
            {
                "granted_amount": 10, "exposure_amount": 11, "final_grade": "D",
                "oldest_overdue_days": 40, "overdue_amount": 1,
            }
        ],
    )  # fmt: skip

    assert row["gate_reason"] == "over_limit"
    assert row["gate_reasons"] == "over_limit,long_overdue,prepay_terms"
