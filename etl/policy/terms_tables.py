"""Limits, terms, gate and dunning as tables: once a policy, because policies may share a file."""

from datetime import date
from decimal import Decimal
from typing import Any

from etl.policy.policy import Policy
from etl.policy.terms import METHODS, Terms

Rows = list[dict[str, Any]]

TERMS_TABLES: dict[str, dict[str, str]] = {
    "policy.terms": {
        "policy_id": "VARCHAR",
        "is_active": "BOOLEAN",
        "terms_id": "VARCHAR",
        "terms_version": "VARCHAR",
        "combine": "VARCHAR",
        **{f"counts_{method}": "BOOLEAN" for method in METHODS},
        "use_grade_factor": "BOOLEAN",
        "net_worth_share": "DECIMAL(9,4)",
        "working_capital_share": "DECIMAL(9,4)",
        "own_sales_share": "DECIMAL(9,4)",
        "buffer_days": "INTEGER",
        "practice_months": "DECIMAL(9,4)",
        "insurance_mode": "VARCHAR",
        "insured_counted_share": "DECIMAL(9,4)",
        "agency_is_cap": "BOOLEAN",
        "own_sales_is_cap": "BOOLEAN",
        "seasonal_cap_months": "DECIMAL(9,4)",
        "max_amount": "DECIMAL(18,2)",
        "starter_amount": "DECIMAL(18,2)",
        "rounding_step": "DECIMAL(18,2)",
        "in_force": "VARCHAR",
        "suspends_dormant": "BOOLEAN",
        "suspends_rejected": "BOOLEAN",
        "admitted_as": "VARCHAR",
        "counts_receivables": "BOOLEAN",
        "open_orders": "VARCHAR",
        "counts_delivered_orders": "BOOLEAN",
        "deducts_unapplied_cash": "BOOLEAN",
        "deducts_unapplied_credit": "BOOLEAN",
        "counts_disputed": "BOOLEAN",
        "deducts_guarantees": "BOOLEAN",
        "group_control_above": "DECIMAL(9,6)",
        "group_max_amount": "DECIMAL(18,2)",
        "amber_share": "DECIMAL(9,6)",
        "red_share": "DECIMAL(9,6)",
        "amber_days": "INTEGER",
        "red_days": "INTEGER",
        "min_overdue": "DECIMAL(18,2)",
        "score_margin": "DECIMAL(9,4)",
        "gate_none_set": "VARCHAR",
        "gate_over_limit": "VARCHAR",
        "prepaid_from_days": "INTEGER",
        "hold_from_days": "INTEGER",
        "promise_waits": "BOOLEAN",
        "care_order_drop": "DECIMAL(9,6)",
        "care_negative_share": "DECIMAL(9,6)",
    },
    "policy.grade_terms": {
        "policy_id": "VARCHAR",
        "grade": "VARCHAR",
        "factor": "DECIMAL(9,4)",
        "terms_days": "INTEGER",
        "prepay_share": "DECIMAL(9,6)",
        "deposit_share": "DECIMAL(9,6)",
        "guarantee_required": "BOOLEAN",
        "price_adjustment": "DECIMAL(9,6)",
        "review_days": "INTEGER",
        "practice_class": "VARCHAR",
        "practice_factor": "DECIMAL(9,4)",
        "best_practice_class": "VARCHAR",
        "best_practice_factor": "DECIMAL(9,4)",
    },
    "policy.dunning_stage": {
        "policy_id": "VARCHAR",
        "stage_no": "INTEGER",
        "stage": "VARCHAR",
        "title_zh": "VARCHAR",
        "title_en": "VARCHAR",
        "from_days": "INTEGER",
        "below_days": "INTEGER",
        "again_after_days": "INTEGER",
    },
}

TERMS_GRAINS = {
    "policy.terms": "one row a policy: how limits, exposure, warning lines and the gate are found",
    "policy.grade_terms": (
        "one row a policy and final grade: what it is sold on; best_practice: with three letters A"
    ),
    "policy.dunning_stage": (
        "one row a policy and step of dunning: from from_days, included, to below_days, not included"
    ),
}


def _unless(word: str, value: Decimal | str) -> Decimal | str | None:
    return None if value == word else value


def _row(policy: Policy, as_of: date, *, is_active: bool) -> dict[str, Any]:
    terms = policy.terms
    limit, exposure, warning = terms.limit, terms.exposure, terms.warning
    season = limit.seasonal_cap
    return {
        "policy_id": policy.policy_id,
        "is_active": is_active,
        "terms_id": terms.terms_id,
        "terms_version": terms.version,
        "combine": limit.combine,
        **{f"counts_{method}": method in limit.methods for method in METHODS},
        "use_grade_factor": limit.use_grade_factor,
        "net_worth_share": limit.net_worth_share,
        "working_capital_share": limit.working_capital_share,
        "own_sales_share": limit.own_sales_share,
        "buffer_days": limit.buffer_days,
        "practice_months": limit.practice.months,
        "insurance_mode": limit.insurance.mode,
        "insured_counted_share": limit.insurance.counted_share,
        "agency_is_cap": limit.agency_is_cap,
        "own_sales_is_cap": limit.own_sales_is_cap,
        "seasonal_cap_months": season.months_in(as_of.month) if season else None,
        "max_amount": limit.max_amount,
        "starter_amount": _unless("none_set", limit.starter_amount),
        "rounding_step": limit.rounding_step,
        "in_force": limit.in_force,
        "suspends_dormant": "dormant" in limit.suspend,
        "suspends_rejected": "rejected" in limit.suspend,
        "admitted_as": terms.admitted_as,
        "counts_receivables": exposure.receivables,
        "open_orders": exposure.open_orders,
        "counts_delivered_orders": exposure.delivered_orders,
        "deducts_unapplied_cash": exposure.unapplied_cash == "deduct",
        "deducts_unapplied_credit": exposure.unapplied_credit == "deduct",
        "counts_disputed": exposure.disputed == "count",
        "deducts_guarantees": exposure.guarantees == "deduct",
        "group_control_above": terms.group.control_above_share,
        "group_max_amount": terms.group.max_amount,
        "amber_share": warning.amber_share,
        "red_share": warning.red_share,
        "amber_days": warning.amber_days,
        "red_days": warning.red_days,
        "min_overdue": warning.min_overdue,
        "score_margin": _unless("off", warning.score_margin),
        "gate_none_set": terms.gate.none_set,
        "gate_over_limit": terms.gate.over_limit,
        "prepaid_from_days": terms.gate.prepaid_from_days,
        "hold_from_days": terms.gate.hold_from_days,
        "promise_waits": terms.dunning.promise_waits,
        "care_order_drop": terms.care.order_drop_share,
        "care_negative_share": terms.care.negative_share,
    }


def _grade_rows(policy_id: str, terms: Terms) -> Rows:
    practice = terms.limit.practice
    rows: Rows = []
    for grade, given in sorted(terms.grades.items()):
        usual = practice.classes[grade]
        best = practice.classes["AAA"] if grade == "A" else usual
        rows.append(
            {
                "policy_id": policy_id,
                "grade": grade,
                **given.model_dump(),
                "practice_class": usual,
                "practice_factor": practice.factors[usual],
                "best_practice_class": best,
                "best_practice_factor": practice.factors[best],
            }
        )
    return rows


def _stage_rows(policy_id: str, terms: Terms) -> Rows:
    stages = terms.dunning.stages
    ends = [stage.from_days for stage in stages[1:]] + [None]
    return [
        {
            "policy_id": policy_id,
            "stage_no": number,
            "stage": one.stage,
            "title_zh": one.title.zh,
            "title_en": one.title.en,
            "from_days": one.from_days,
            "below_days": end,
            "again_after_days": one.again_after_days,
        }
        for number, (one, end) in enumerate(zip(stages, ends, strict=True), start=1)
    ]


def terms_rows(policies: tuple[Policy, ...], active: Policy, as_of: date) -> dict[str, Rows]:
    """Table → rows of every policy."""
    return {
        "policy.terms": [_row(one, as_of, is_active=one is active) for one in policies],
        "policy.grade_terms": [
            row for one in policies for row in _grade_rows(one.policy_id, one.terms)
        ],
        "policy.dunning_stage": [
            row for one in policies for row in _stage_rows(one.policy_id, one.terms)
        ],
    }
