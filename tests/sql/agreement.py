"""The same figures of one customer, as the SQL publishes them and as the oracle states them."""

from decimal import Decimal
from typing import Any

from tests.oracle import formulas
from tests.oracle.receivables import CustomerNight
from tests.sql.night import Night

ONCE_MORE = Decimal("0.000001")
"""A ratio for reading is rounded at ten places and then at six, the portable form; the oracle rounds
once. 4.88037549995 is 4.880376 here and 4.880375 there."""

RATIOS = {
    "mean", "weighted", "signed", "on_time", "early", "exact", "on_time_amt", "early_amt", "exact_amt",
    "gap", "dso", "best", "add", "cei", "count_back", "per_month", "rate", "literal", "weight",
}  # fmt: skip


def differences(got: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What the two do not agree on: name → here, there."""
    return {
        name: (got[name], expected[name])
        for name in got
        if got[name] != expected[name] and not _is_rounding(name, got[name], expected[name])
    }


def _is_rounding(name: str, here: Any, there: Any) -> bool:
    if name not in RATIOS or not isinstance(here, Decimal) or not isinstance(there, Decimal | int):
        return False
    return abs(here - there) <= ONCE_MORE


def letters(found: Night, policy_id: str, who: str) -> dict[str, Any]:
    """What the SQL says of a customer's letters."""
    row = found.row("score.hard_grade", policy_id=policy_id, customer_id=who)
    basis = found.row("indicator.letter_basis", policy_id=policy_id, customer_id=who)
    return {
        "overdue": row["letter_overdue"],
        "collection": row["letter_collection"],
        "hard": row["hard_grade"],
        "best": row["hard_best"],
        "worst": row["hard_worst"],
        "combo": row["hard_combo"],
        "days": row["overdue_days"],
        "offending": basis["offending_item_cnt"],
        "weight": row["veto_weight"],
        "due": basis["collection_due_base"],
        "cash": basis["collected_base"],
        "claims": basis["claims_base"],
        "claims_all": basis["claims_all_base"],
        "rate": basis["net_collection_rate"],
        "literal": basis["net_collection_rate_literal"],
    }


def letters_of(wanted: CustomerNight) -> dict[str, Any]:
    """What the oracle says of them."""
    collected, late, grade = wanted.collection, wanted.overdue, wanted.grade
    return {
        "overdue": late.letter,
        "collection": collected.letter,
        "hard": grade.hard,
        "best": grade.best,
        "worst": grade.worst,
        "combo": grade.combo,
        "days": late.days,
        "offending": late.offending_cnt,
        "weight": late.veto_weight,
        "due": collected.amount_due,
        "cash": collected.cash,
        "claims": collected.claims,
        "claims_all": collected.claims_all,
        "rate": collected.rate,
        "literal": collected.rate_literal,
    }


def facts(found: Night, who: str) -> dict[str, Any]:
    """What the SQL says of a customer's ledger and habits."""
    paid = found.row("indicator.payment", customer_id=who)
    ages = [row for row in found.rows("indicator.aging") if row["customer_id"] == who]
    age = ages[0] if ages else {}
    return {
        "judged": paid["judged_cnt"],
        "worst": paid["days_overdue_max"],
        "mean": paid["days_overdue_mean"],
        "p90": paid["days_overdue_p90"],
        "on_time": paid["on_time_share_cnt"],
        "early": paid["early_share_cnt"],
        "exact": paid["exact_on_time_share_cnt"],
        "weighted": paid["days_overdue_wavg"],
        "signed": paid["days_overdue_wavg_signed"],
        "on_time_amt": paid["on_time_share_amt"],
        "early_amt": paid["early_share_amt"],
        "exact_amt": paid["exact_on_time_share_amt"],
        "flag": paid["early_payment_flag"],
        "open": paid["open_amount"],
        "overdue": paid["overdue_amount"],
        "unapplied": age.get("unapplied_cash_amount", 0) + age.get("unapplied_credit_amount", 0),
        "buckets": [
            age.get(f"{bucket}_amount", 0)
            for bucket in ("current", "overdue_1_30", "overdue_31_60", "overdue_61_90",
                           "overdue_over_90", "no_due_date")
        ],
        "payments": paid["payment_cnt_12m"],
        "payment_amount": paid["payment_amount_12m"],
        "gap": paid["payment_gap_days_mean"],
    }  # fmt: skip


def facts_of(wanted: CustomerNight) -> dict[str, Any]:
    """What the oracle says of them."""
    seen = wanted.behaviour
    return {
        "judged": wanted.judged_cnt,
        "worst": seen.worst_signed,
        "mean": seen.mean,
        "p90": seen.p90,
        "on_time": seen.on_time_cnt,
        "early": seen.early_cnt,
        "exact": seen.exact_cnt,
        "weighted": seen.weighted_floored,
        "signed": seen.weighted_signed,
        "on_time_amt": seen.on_time_amt,
        "early_amt": seen.early_amt,
        "exact_amt": seen.exact_amt,
        "flag": seen.is_early_flagged,
        "open": wanted.open_amount,
        "overdue": wanted.overdue_amount,
        "unapplied": wanted.unapplied_credit,
        "buckets": [wanted.aging[bucket] for bucket in formulas.BUCKETS],
        "payments": wanted.payments.count_12m,
        "payment_amount": wanted.payments.amount_12m,
        "gap": wanted.payments.gap_mean_days,
    }


def turnover(found: Night, who: str) -> dict[str, Any]:
    """What the SQL says of C1."""
    row = found.row("indicator.payment", customer_id=who)
    return {
        "days": row["window_days"],
        "dso": row["dso"],
        "best": row["best_possible_dso"],
        "add": row["average_days_delinquent"],
        "cei": row["cei"],
        "count_back": row["countback_dso"],
        "capped": row["dso_capped"],
        "residual": row["dso_residual_amount"],
        "per_month": row["payments_per_month"],
    }


def turnover_of(wanted: CustomerNight) -> dict[str, Any]:
    """What the oracle says of C1."""
    seen = wanted.turnover
    assert seen is not None
    assert seen.count_back is not None
    return {
        "days": seen.period_days,
        "dso": seen.dso,
        "best": seen.best_possible_dso,
        "add": seen.add_days,
        "cei": seen.cei,
        "count_back": seen.count_back.days,
        "capped": seen.count_back.is_capped,
        "residual": seen.count_back.residual,
        "per_month": wanted.payments.per_month,
    }
