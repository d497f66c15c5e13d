"""What the whole book is measured by, as tables."""

from typing import Any

from etl.policy.parts import GRADES
from etl.policy.policy import Policy
from etl.policy.portfolio import BUCKETS

Rows = list[dict[str, Any]]

PORTFOLIO_TABLES = {
    "policy.portfolio": {
        "policy_id": "VARCHAR",
        "portfolio_id": "VARCHAR",
        "portfolio_version": "VARCHAR",
        "single_from_share": "DECIMAL(9,6)",
        "top_five_from_share": "DECIMAL(9,6)",
        "hhi_middle_from": "DECIMAL(9,4)",
        "hhi_high_from": "DECIMAL(9,4)",
        "provision_method": "VARCHAR",
        "forward_looking_factor": "DECIMAL(9,6)",
        "own_loss_given_default": "DECIMAL(9,6)",
        "loss_given_default": "DECIMAL(9,6)",
        "outcome_months": "INTEGER",
        "bad_from_days": "INTEGER",
        "min_bads": "INTEGER",
        "confidence": "DECIMAL(9,6)",
        "not_rated": "VARCHAR",
        "watch_from_days": "INTEGER",
        "doubtful_from_days": "INTEGER",
    },
    "policy.provision_rate": {
        "policy_id": "VARCHAR",
        "bucket_no": "INTEGER",
        "bucket": "VARCHAR",
        "rate": "DECIMAL(9,6)",
    },
    "policy.grade_risk": {
        "policy_id": "VARCHAR",
        "final_grade": "VARCHAR",
        "default_rate": "DECIMAL(9,6)",
        "is_watched": "BOOLEAN",
    },
}

PORTFOLIO_GRAINS = {
    "policy.portfolio": "one row a policy: what the whole book is measured by",
    "policy.provision_rate": "one row a policy and aging bucket: the part of it that is provided for",
    "policy.grade_risk": "one row a policy and grade: how likely it defaults, whether it is watched",
}


def portfolio_rows(policies: tuple[Policy, ...]) -> dict[str, Rows]:
    """Table → rows, each policy once."""
    return {
        "policy.portfolio": [_scalars(policy) for policy in policies],
        "policy.provision_rate": [
            {
                "policy_id": policy.policy_id,
                "bucket_no": number,
                "bucket": bucket,
                "rate": policy.portfolio.provision.rates[bucket],
            }
            for policy in policies
            for number, bucket in enumerate(BUCKETS, start=1)
        ],
        "policy.grade_risk": [
            {
                "policy_id": policy.policy_id,
                "final_grade": grade,
                "default_rate": policy.portfolio.expected_loss.default_rates[grade],
                "is_watched": grade in policy.portfolio.watch_list.grades,
            }
            for policy in policies
            for grade in GRADES
        ],
    }


def _scalars(policy: Policy) -> dict[str, Any]:
    part = policy.portfolio
    return {
        "policy_id": policy.policy_id,
        "portfolio_id": part.portfolio_id,
        "portfolio_version": part.version,
        "single_from_share": part.concentration.single_from_share,
        "top_five_from_share": part.concentration.top_five_from_share,
        "hhi_middle_from": part.concentration.hhi_middle_from,
        "hhi_high_from": part.concentration.hhi_high_from,
        "provision_method": part.provision.method,
        "forward_looking_factor": part.provision.forward_looking_factor,
        "own_loss_given_default": part.provision.own_loss_given_default,
        "loss_given_default": part.expected_loss.loss_given_default,
        "outcome_months": part.outcome.months,
        "bad_from_days": part.outcome.bad_from_days,
        "min_bads": part.outcome.min_bads,
        "confidence": part.outcome.confidence,
        "not_rated": part.outcome.not_rated,
        "watch_from_days": part.watch_list.overdue_from_days,
        "doubtful_from_days": part.watch_list.doubtful_from_days,
    }
