"""What holds of limits and the gate whatever the amounts: drawn customers, hundreds in one night."""

from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from tests.sql.limit_case import Case, standing
from tests.sql.night import Night

GRADES = ("A", "B", "C", "D")
STRICTNESS = {"allow": 0, "allow_prepaid": 1, "hold": 2}
COLOURS = {"green": 0, "amber": 1, "red": 2}


def money(chance: Random, most: int) -> Decimal:
    return Decimal(chance.randrange(most * 100)).scaleb(-2)


def drawn(seed: int) -> Case:
    """A customer with some of the inputs."""
    chance = Random(seed)
    inputs = {
        "net_worth_amount": money(chance, 10**7) - 10**6,
        "working_capital_amount": money(chance, 10**6),
        "purchases_amount_12m": money(chance, 10**6),
        "ref_high_credit_median": money(chance, 10**5),
        "agency_limit_amount": money(chance, 10**5),
        "insured_limit": money(chance, 10**4),
        "granted_amount": money(chance, 10**5),
        "scorecard_score": chance.randrange(100),
        "oldest_overdue_days": chance.randrange(60),
    }
    some = {name: value for name, value in inputs.items() if chance.random() < 0.6}
    return {
        "scorecard_grade": "C",
        "exposure_amount": money(chance, 10**5),
        "overdue_amount": 1 if some.get("oldest_overdue_days") else 0,
        **some,
    }


def article(night: Night, table: str) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in night.rows(table) if row["policy_id"] == "article"}


def test_a_worse_grade_never_gets_more(tmp_path: Path) -> None:
    """Limit, days of credit and what is paid after delivery: none of them grows from A to D."""
    cases = [
        {**drawn(seed), "customer_id": f"{seed}{grade}", "final_grade": grade}
        for seed in range(60)
        for grade in GRADES
    ]
    rows = article(standing(tmp_path, cases), "terms.credit_limit")

    for seed in range(60):
        limits = [rows[f"{seed}{grade}"]["credit_limit_recommended"] for grade in GRADES]
        days = [rows[f"{seed}{grade}"]["payment_terms_days"] for grade in GRADES]
        prepaid = [rows[f"{seed}{grade}"]["prepay_share"] for grade in GRADES]
        known = [one for one in limits if one is not None]
        assert known == sorted(known, reverse=True), seed
        assert days == sorted(days, reverse=True)
        assert prepaid == sorted(prepaid)


def test_the_limit_is_a_step_and_within_its_methods(tmp_path: Path) -> None:
    cases = [{**drawn(seed), "final_grade": GRADES[seed % 4]} for seed in range(200)]

    for row in article(standing(tmp_path, cases), "terms.credit_limit").values():
        limit = row["credit_limit_recommended"]
        if row["recommended_from"] != "methods":
            continue
        assert limit % 10 == 0
        if row["basis_amount"] is None:
            assert (row["limit_factor"], limit) == (0, 0)
            continue
        most = row["basis_amount"] * row["limit_factor"]
        if row["cap_amount"] is not None:
            most = min(most, row["cap_amount"])
        assert most - 10 < limit <= most + Decimal("0.000001")
        named = [row[f"limit_{name}"] for name in ("net_worth", "requirement")]
        assert row["basis_amount"] == min(one for one in named if one is not None)


def test_owing_more_never_opens_the_gate(tmp_path: Path) -> None:
    """More exposure, and the same with older debts: neither the gate nor the colour gets milder."""
    cases = []
    for seed in range(60):
        case = drawn(seed)
        more = {**case, "exposure_amount": case["exposure_amount"] + money(Random(seed), 10**5)}
        older = {**more, "oldest_overdue_days": 60, "overdue_amount": 5}
        for place, one in enumerate((case, more, older)):
            cases.append({**one, "customer_id": f"{seed}-{place}"})
    night = standing(tmp_path, cases)
    gates, limits = article(night, "action.order_gate"), article(night, "terms.credit_limit")

    for seed in range(60):
        names = [f"{seed}-{place}" for place in range(3)]
        strict = [STRICTNESS[gates[name]["gate"]] for name in names]
        colours = [COLOURS[limits[name]["warning_colour"]] for name in names]
        assert strict == sorted(strict), seed
        assert colours == sorted(colours), seed


def test_held_and_told(tmp_path: Path) -> None:
    """Who is held has a reason and an action; who is allowed has neither a reason nor a stop (I19, I20)."""
    cases = [{**drawn(seed), "final_grade": (*GRADES, "NR")[seed % 5]} for seed in range(200)]
    night = standing(tmp_path, cases)
    stopped = {
        row["customer_id"]
        for row in night.rows("mart.credit_action")
        if row["action_code"] == "SUSPEND_SUPPLY"
    }

    for name, row in article(night, "action.order_gate").items():
        assert (row["gate"] == "allow") == (row["gate_reasons"] is None)
        if row["gate"] == "hold":
            assert name in stopped
        if row["gate"] == "allow":
            assert name not in stopped
