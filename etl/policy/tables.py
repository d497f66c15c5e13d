"""The policies as the small tables the SQL joins to: `policy.book`, `policy.rule` and the others.

Windows are (start, as_of]: the starts are worked out here, once, because months before a day are the
one date sum engines disagree on.
"""

from datetime import date, timedelta
from typing import Any

from etl.clock import months_before
from etl.policy.alerts import ALERT_GRAINS, ALERT_TABLES, alert_rows
from etl.policy.final import LISTED_VETOES
from etl.policy.final_tables import STRATEGY_GRAIN, STRATEGY_TYPES, strategy_rows
from etl.policy.policy import Policies, Policy
from etl.policy.portfolio_tables import PORTFOLIO_GRAINS, PORTFOLIO_TABLES, portfolio_rows
from etl.policy.scorecard_tables import (
    SCORECARD_GRAINS,
    SCORECARD_TABLES,
    SEGMENT_TYPES,
    scorecard_rows,
    segment_rows,
)
from etl.policy.terms_tables import TERMS_GRAINS, TERMS_TABLES, terms_rows

Rows = list[dict[str, Any]]

BOOK_TYPES = {
    "policy_id": "VARCHAR",
    "base_currency": "VARCHAR",
    "residual_tolerance": "DECIMAL(18,2)",
    "unapplied_cash": "VARCHAR",
    "dispute_grace_days": "INTEGER",
    "fx_max_age_days": "INTEGER",
    "due_date_roll": "VARCHAR",
    "window_months": "INTEGER",
    "window_start": "DATE",
    "half_year_start": "DATE",
    "quarter_start": "DATE",
    "days_90_start": "DATE",
    "days_180_start": "DATE",
    "months_24_start": "DATE",
    "months_36_start": "DATE",
    "quarter_last_year_start": "DATE",
    "quarter_last_year_end": "DATE",
    "early_min_items": "INTEGER",
    "early_min_share": "DECIMAL(9,6)",
    "early_min_median_days": "INTEGER",
    "clv_discount": "DECIMAL(9,6)",
    "clv_years": "INTEGER",
    "rating_prior_n": "INTEGER",
    "rating_prior_mean": "DECIMAL(9,6)",
}

MONTH_TYPES = {
    "months_ago": "INTEGER",
    "month_no": "INTEGER",
    "month_start": "DATE",
    "month_end": "DATE",
}
WHOLE_MONTHS = 13
"""A year of months, and the end of the one before it."""

RULE_TYPES = {
    "policy_id": "VARCHAR",
    "policy_version": "VARCHAR",
    "is_active": "BOOLEAN",
    "overdue_basis": "VARCHAR",
    "overdue_months": "INTEGER",
    "overdue_from": "DATE",
    "overdue_a_max": "INTEGER",
    "overdue_b_below": "INTEGER",
    "overdue_c_below": "INTEGER",
    "overdue_veto_min_items": "INTEGER",
    "overdue_veto_min_share": "DECIMAL(9,6)",
    "collection_basis": "VARCHAR",
    "collection_from": "DATE",
    "collection_until": "DATE",
    "collection_a_min": "DECIMAL(9,6)",
    "collection_b_min": "DECIMAL(9,6)",
    "collection_c_min": "DECIMAL(9,6)",
    "competitor_mode": "VARCHAR",
    "competitor_a_max": "DECIMAL(9,6)",
    "competitor_b_below": "DECIMAL(9,6)",
    "competitor_c_max": "DECIMAL(9,6)",
    "combo_extension": "VARCHAR",
    "final_from": "VARCHAR",
    "scorecard_min_coverage": "DECIMAL(9,6)",
    "scorecard_max_notches": "INTEGER",
    "expert_min_votes": "INTEGER",
    "expert_lowers_below": "DECIMAL(9,4)",
    "expert_from": "DATE",
    "veto_dishonest": "BOOLEAN",
    "veto_bankruptcy": "BOOLEAN",
    "veto_revoked": "BOOLEAN",
    "veto_deregistered": "BOOLEAN",
    "admission_min_score": "DECIMAL(9,4)",
    "admission_min_coverage": "DECIMAL(9,6)",
    "value_high_share": "DECIMAL(9,6)",
    "value_middle_share": "DECIMAL(9,6)",
    "loyal_from": "DECIMAL(9,4)",
    "tier_a": "VARCHAR",
    "tier_b": "VARCHAR",
    "tier_c": "VARCHAR",
    "tier_d": "VARCHAR",
    "tier_nr": "VARCHAR",
}


def _book_row(policy: Policy, as_of: date) -> dict[str, Any]:
    book = policy.book
    return {
        "policy_id": policy.policy_id,
        "base_currency": None if book.base_currency == "auto" else book.base_currency,
        "residual_tolerance": book.residual_tolerance,
        "unapplied_cash": book.unapplied_cash,
        "dispute_grace_days": book.dispute_grace_days,
        "fx_max_age_days": book.fx_max_age_days,
        "due_date_roll": book.due_date_roll,
        "window_months": book.look_back_months,
        "window_start": months_before(as_of, book.look_back_months),
        "half_year_start": months_before(as_of, 6),
        "quarter_start": months_before(as_of, 3),
        "days_90_start": as_of - timedelta(days=90),
        "days_180_start": as_of - timedelta(days=180),
        "months_24_start": months_before(as_of, 24),
        "months_36_start": months_before(as_of, 36),
        "quarter_last_year_start": months_before(as_of, 15),
        "quarter_last_year_end": months_before(as_of, 12),
        "early_min_items": book.early_payment.min_items,
        "early_min_share": book.early_payment.min_share,
        "early_min_median_days": book.early_payment.min_median_days,
        "clv_discount": book.customer_value.discount,
        "clv_years": book.customer_value.years,
        "rating_prior_n": book.rating_prior.reviews,
        "rating_prior_mean": book.rating_prior.mean,
    }


def _month_rows(as_of: date) -> Rows:
    """The last whole months, newest first; a night on the last day of a month has that month.
    `month_no` counts months through the years."""
    after = (as_of + timedelta(days=1)).replace(day=1)
    starts = [months_before(after, ago + 1) for ago in range(WHOLE_MONTHS)]
    return [
        {
            "months_ago": ago,
            "month_no": 12 * start.year + start.month,
            "month_start": start,
            "month_end": months_before(after, ago) - timedelta(days=1),
        }
        for ago, start in enumerate(starts)
    ]


def _rule_row(policy: Policy, as_of: date, *, is_active: bool) -> dict[str, Any]:
    overdue, collection = policy.overdue_letter, policy.collection_letter
    competitor = policy.competitor_letter
    return {
        "policy_id": policy.policy_id,
        "policy_version": policy.version,
        "is_active": is_active,
        "overdue_basis": overdue.basis,
        "overdue_months": overdue.look_back_months,
        "overdue_from": months_before(as_of, overdue.look_back_months),
        "overdue_a_max": overdue.a_up_to_days,
        "overdue_b_below": overdue.b_below_days,
        "overdue_c_below": overdue.c_below_days,
        "overdue_veto_min_items": overdue.veto.min_items,
        "overdue_veto_min_share": overdue.veto.min_share,
        "collection_basis": collection.basis,
        "collection_from": months_before(as_of, collection.look_back_months),
        "collection_until": as_of - timedelta(days=collection.maturity_days),
        "collection_a_min": collection.a_from_share,
        "collection_b_min": collection.b_from_share,
        "collection_c_min": collection.c_from_share,
        "competitor_mode": competitor.mode,
        "competitor_a_max": competitor.a_up_to_share,
        "competitor_b_below": competitor.b_below_share,
        "competitor_c_max": competitor.c_up_to_share,
        "combo_extension": policy.combination.extension,
        "final_from": policy.final_grade.source,
        "scorecard_min_coverage": policy.final_grade.min_coverage,
        "scorecard_max_notches": policy.final_grade.max_notches,
        "expert_min_votes": policy.experts.min_votes,
        "expert_lowers_below": policy.experts.lowers_below,
        "expert_from": months_before(as_of, policy.experts.max_age_months),
        **{f"veto_{veto}": veto in policy.listed_vetoes for veto in LISTED_VETOES},
        "admission_min_score": policy.admission.min_score,
        "admission_min_coverage": policy.admission.min_coverage,
        "value_high_share": policy.value_grid.high_up_to_share,
        "value_middle_share": policy.value_grid.middle_up_to_share,
        "loyal_from": policy.value_grid.loyal_from,
        **{f"tier_{grade.lower()}": tier for grade, tier in policy.benefits.tiers.items()},
    }


POLICY_TABLES: dict[str, dict[str, str]] = {
    "policy.book": BOOK_TYPES,
    "policy.month": MONTH_TYPES,
    "policy.rule": RULE_TYPES,
    "policy.segment": SEGMENT_TYPES,
    "policy.strategy": STRATEGY_TYPES,
    **SCORECARD_TABLES,
    **TERMS_TABLES,
    **PORTFOLIO_TABLES,
    **ALERT_TABLES,
}
"""Every table of the schema `policy`: column → type."""

POLICY_GRAINS = {
    "policy.book": "one row: what holds for the whole ledger",
    "policy.month": "one row a month of the last 13 whole ones; month_no is 12 times the year and the month",
    "policy.rule": "one row a policy: where its letters and grades change",
    "policy.segment": "one row a segment and industry; the first that fits counts",
    "policy.strategy": STRATEGY_GRAIN,
    **SCORECARD_GRAINS,
    **TERMS_GRAINS,
    **PORTFOLIO_GRAINS,
    **ALERT_GRAINS,
}


def policy_tables(policies: Policies, as_of: date) -> dict[str, tuple[dict[str, str], Rows]]:
    """Name → (column → type, rows): `policy.book` has one row, of the active policy; `policy.rule`
    has one a policy; what a scorecard says stands once, however many policies use it."""
    rows: dict[str, Rows] = {
        "policy.book": [_book_row(policies.active, as_of)],
        "policy.month": _month_rows(as_of),
        "policy.rule": [_rule_row(p, as_of, is_active=p is policies.active) for p in policies.all],
        "policy.segment": [row for policy in policies.all for row in segment_rows(policy)],
        "policy.strategy": [row for policy in policies.all for row in strategy_rows(policy)],
        **scorecard_rows(policies.scorecards),
        **terms_rows(policies.all, policies.active, as_of),
        **portfolio_rows(policies.all),
        **alert_rows(
            policies.active.alerts,
            {
                source: months_before(as_of, months)
                for source, months in policies.active.alerts.freshness_months.items()
            },
        ),
    }
    return {name: (types, rows[name]) for name, types in POLICY_TABLES.items()}
