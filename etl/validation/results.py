"""From the counts of `sql/compare` to the tables of the validation."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import isnan
from typing import Any

from etl.policy.parts import GRADES
from etl.policy.policy import Policies, Policy
from etl.validation import calibration as calibrated
from etl.validation.discrimination import discrimination, weights_of_evidence
from etl.validation.drift import critical_psi, drift_band, psi
from etl.validation.migration import (
    NOT_RATED,
    NotRated,
    directions,
    matrix,
    mobility,
    moves,
    periods,
)

Row = Mapping[str, Any]
Rows = list[dict[str, Any]]
SCALE = tuple(grade for grade in GRADES if grade != NOT_RATED)
MISSING = ("new", "gone")


def results(
    grade_moves: Sequence[Row], outcomes: Sequence[Row], policies: Policies
) -> dict[str, Rows]:
    """Table → rows, of the rows of mart.grade_move and mart.grade_outcome."""
    named = {policy.policy_id: policy for policy in policies.all}
    by_night: dict[tuple[str, str], list[Row]] = {}
    for row in grade_moves:
        by_night.setdefault((row["policy_id"], row["since"]), []).append(row)
    by_policy: dict[str, list[Row]] = {}
    for row in outcomes:
        by_policy.setdefault(row["policy_id"], []).append(row)
    # A policy that an earlier night had and tonight has not is compared with nothing.
    return {
        "migration": [
            row
            for (name, since), pairs in sorted(by_night.items())
            if name in named
            for row in migration_rows(name, since, pairs, named[name].portfolio.outcome.not_rated)
        ],
        "migration_summary": [
            migration_summary(name, since, pairs, named[name].portfolio.outcome.not_rated)
            for (name, since), pairs in sorted(by_night.items())
            if name in named
        ],
        "discrimination": [
            discrimination_row(named[name], rows)
            for name, rows in sorted(by_policy.items())
            if name in named
        ],
        "calibration": [
            row
            for name, rows in sorted(by_policy.items())
            if name in named
            for row in calibration_rows(named[name], rows)
        ],
    }


def published(value: float | None) -> Decimal | None:
    """Six digits, as every statistic is published."""
    return None if value is None or isnan(value) else Decimal(f"{value:.6f}") + 0


def _pairs(rows: Iterable[Row]) -> list[tuple[str, str, int]]:
    return [
        (row["from_grade"], row["to_grade"], row["customer_cnt"])
        for row in rows
        if row["from_grade"] not in MISSING and row["to_grade"] not in MISSING
    ]


def migration_rows(
    policy_id: str,
    since: str,
    rows: Sequence[Row],
    not_rated: NotRated,
    scale: Sequence[str] = SCALE,
) -> Rows:
    """The migration matrix of one policy since one night: a row a pair of grades, one a grade to NR."""
    given = moves(_pairs(rows), scale)
    dropped, kept = matrix(given, "drop"), matrix(given, "keep")
    twice = periods(dropped if not_rated == "drop" else kept, 2)
    began = given.began
    found: Rows = []
    for i, left in enumerate(scale):
        for j, right in enumerate((*scale, NOT_RATED)):
            is_grade = j < len(scale)
            lost = given.lost[i] / began[i] if began[i] else None
            found.append(
                {
                    "policy_id": policy_id,
                    "since": since,
                    "from_date": rows[0]["from_date"],
                    "from_grade": left,
                    "to_grade": right,
                    "customer_cnt": int(given.counts[i, j] if is_grade else given.lost[i]),
                    "share": published(dropped[i, j]) if is_grade else None,
                    "share_nr_kept": published(kept[i, j] if is_grade else lost),
                    "two_period_share": published(twice[i, j]) if is_grade else None,
                }
            )
    return found


def migration_summary(
    policy_id: str, since: str, rows: Sequence[Row], not_rated: NotRated
) -> dict[str, Any]:
    """Up, down, stayed, came, went; how mobile the book is and whether it is still the same."""
    given = moves(_pairs(rows), SCALE)
    up, down, stay = directions(given)
    then, tonight = (
        [sum(row["customer_cnt"] for row in rows if row[side] == grade) for grade in GRADES]
        for side in ("from_grade", "to_grade")
    )
    cells = sum(1 for left, right in zip(then, tonight, strict=True) if left or right)
    index, critical = psi(then, tonight), critical_psi(sum(then), sum(tonight), cells)
    return {
        "policy_id": policy_id,
        "since": since,
        "from_date": rows[0]["from_date"],
        "rated_cnt": up + down + stay,
        "up_cnt": up,
        "down_cnt": down,
        "stay_cnt": stay,
        "down_up_ratio": published(down / up) if up else None,
        "mobility": published(mobility(matrix(given, not_rated))),
        "to_nr_cnt": int(given.lost.sum()),
        "from_nr_cnt": _count(rows, "from_grade", NOT_RATED, SCALE),
        "new_cnt": _count(rows, "from_grade", "new"),
        "gone_cnt": _count(rows, "to_grade", "gone"),
        "psi": published(index),
        "psi_critical": published(critical),
        "psi_band": drift_band(index),
        "is_psi_significant": None if index is None or critical is None else index > critical,
    }


def _count(rows: Sequence[Row], side: str, word: str, to: Sequence[str] | None = None) -> int:
    return sum(
        row["customer_cnt"]
        for row in rows
        if row[side] == word and (to is None or row["to_grade"] in to)
    )


def discrimination_row(policy: Policy, rows: Sequence[Row]) -> dict[str, Any]:
    """How well the grades of one policy told who would turn out bad; `rows` are its grades' outcomes."""
    by_grade = {row["final_grade"]: row for row in rows}
    good = [by_grade[g]["customer_cnt"] - by_grade[g]["bad_cnt"] for g in SCALE]
    bad = [by_grade[g]["bad_cnt"] for g in SCALE]
    customers, bads = sum(good) + sum(bad), sum(bad)
    least = policy.portfolio.outcome.min_bads
    found = discrimination(good, bad, min_bads=least)
    reason = "too_few_bads" if bads < least else "no_goods" if not sum(good) else None
    return {
        "policy_id": policy.policy_id,
        "cohort_date": rows[0]["cohort_date"],
        "outcome_until": rows[0]["outcome_until"],
        "customer_cnt": customers,
        "bad_cnt": bads,
        "not_rated_cnt": by_grade[NOT_RATED]["customer_cnt"],
        "already_bad_cnt": sum(row["already_bad_cnt"] for row in rows),
        "bad_rate": published(bads / customers) if customers else None,
        "auc": published(found.auc),
        "auc_se": published(found.auc_se),
        "gini": published(found.gini),
        "ks": published(found.ks),
        "iv": published(found.iv),
        "null_reason": reason,
    }


def calibration_rows(policy: Policy, rows: Sequence[Row]) -> Rows:
    """Each grade's rate beside the policy's."""
    by_grade = {row["final_grade"]: row for row in rows}
    good = [by_grade[g]["customer_cnt"] - by_grade[g]["bad_cnt"] for g in SCALE]
    bad = [by_grade[g]["bad_cnt"] for g in SCALE]
    weights: dict[str, tuple[float, float]] = {}
    if sum(good) and sum(bad):
        weights = dict(zip(SCALE, weights_of_evidence(good, bad), strict=True))
    found: Rows = []
    for grade in GRADES:
        row = by_grade[grade]
        customers, bads = row["customer_cnt"], row["bad_cnt"]
        expected = policy.portfolio.expected_loss.default_rates[grade]
        woe, part = weights.get(grade, (None, None)) if customers else (None, None)
        found.append(
            {
                "policy_id": policy.policy_id,
                "final_grade": grade,
                "cohort_date": row["cohort_date"],
                "customer_cnt": customers,
                "bad_cnt": bads,
                "observed_rate": published(bads / customers) if customers else None,
                "expected_rate": expected,
                "binomial_p": published(calibrated.binomial_p(bads, customers, float(expected))),
                "upper_rate": published(
                    calibrated.upper_rate(
                        bads, customers, float(policy.portfolio.outcome.confidence)
                    )
                ),
                "rule_of_three": published(calibrated.rule_of_three(bads, customers)),
                "woe": published(woe),
                "iv_part": published(part),
            }
        )
    return found
