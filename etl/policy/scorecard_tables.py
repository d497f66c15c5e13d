"""Scorecards and segments as tables."""

from collections.abc import Iterable
from typing import Any

from etl.policy.policy import Policy
from etl.policy.scorecard import Scorecard

SCORECARD_TABLES = {
    "policy.scorecard": {
        "scorecard_id": "VARCHAR",
        "scorecard_version": "VARCHAR",
        "main_node": "VARCHAR",
        "a_from": "DECIMAL(9,4)",
        "b_from": "DECIMAL(9,4)",
        "c_from": "DECIMAL(9,4)",
        "min_coverage": "DECIMAL(9,6)",
    },
    "policy.band": {
        "scorecard_id": "VARCHAR",
        "indicator": "VARCHAR",
        "band_no": "INTEGER",
        "from_value": "DECIMAL(18,6)",
        "to_value": "DECIMAL(18,6)",
        "from_points": "DECIMAL(9,4)",
        "to_points": "DECIMAL(9,4)",
    },
    "policy.node": {
        "scorecard_id": "VARCHAR",
        "node": "VARCHAR",
        "title_zh": "VARCHAR",
        "title_en": "VARCHAR",
        "is_explained": "BOOLEAN",
        "consistency_ratio": "DECIMAL(18,6)",
        "lambda_max": "DECIMAL(18,6)",
        "consistency_index": "DECIMAL(18,6)",
    },
    "policy.node_member": {
        "scorecard_id": "VARCHAR",
        "node": "VARCHAR",
        "member": "VARCHAR",
        "is_node": "BOOLEAN",
        "weight": "DECIMAL(18,10)",
    },
    "policy.leaf": {
        "scorecard_id": "VARCHAR",
        "node": "VARCHAR",
        "indicator": "VARCHAR",
        "weight": "DECIMAL(18,10)",
    },
    "policy.performance_weight": {
        "scorecard_id": "VARCHAR",
        "ratio": "VARCHAR",
        "block": "VARCHAR",
        "weight": "DECIMAL(9,4)",
        "is_reverse": "BOOLEAN",
    },
}

SCORECARD_GRAINS = {
    "policy.scorecard": "one row a scorecard",
    "policy.band": "one row a stretch between two edges: from_value, included, to to_value, not included",
    "policy.node": "one row a score; consistency figures where its weights come from comparisons (C14)",
    "policy.node_member": "one row a member of a score, with its part of the whole",
    "policy.leaf": "one row a score and indicator, all the way down; the weights of a score sum to 1",
    "policy.performance_weight": "one row a ratio of 企业绩效评价 (C8)",
}

SEGMENT_TYPES = {
    "policy_id": "VARCHAR",
    "segment_no": "INTEGER",
    "segment": "VARCHAR",
    "title_zh": "VARCHAR",
    "title_en": "VARCHAR",
    "industry_prefix": "VARCHAR",
    "purchases_from": "DECIMAL(18,2)",
    "purchases_below": "DECIMAL(18,2)",
    "history_from_months": "DECIMAL(18,2)",
    "history_below_months": "DECIMAL(18,2)",
    "scorecard_id": "VARCHAR",
    "limit_factor": "DECIMAL(9,4)",
}
"""A row a segment and industry; NULL: any. The last segment of each policy is `default`."""

Rows = list[dict[str, Any]]


def scorecard_rows(scorecards: Iterable[Scorecard]) -> dict[str, Rows]:
    """Table → rows, each scorecard once."""
    rows: dict[str, Rows] = {name: [] for name in SCORECARD_TABLES}
    for one in scorecards:
        mine = {"scorecard_id": one.scorecard_id}
        rows["policy.scorecard"].append(
            {
                **mine,
                "scorecard_version": one.version,
                "main_node": one.main,
                "a_from": one.cut_offs.a_from,
                "b_from": one.cut_offs.b_from,
                "c_from": one.cut_offs.c_from,
                "min_coverage": one.cut_offs.min_coverage,
            }
        )
        rows["policy.band"] += [
            {
                **mine,
                "indicator": indicator,
                "band_no": number,
                "from_value": left,
                "to_value": right,
                "from_points": low,
                "to_points": high,
            }
            for indicator in sorted(one.bands)
            for number, (left, right, low, high) in enumerate(one.segments_of(indicator))
        ]
        for name, node in sorted(one.tree.items()):
            pairs = node.pairs.compared if node.pairs else None
            rows["policy.node"].append(
                {
                    **mine,
                    "node": name,
                    "title_zh": node.title.zh,
                    "title_en": node.title.en,
                    "is_explained": name in (one.main, *one.explained),
                    "consistency_ratio": pairs.consistency_ratio if pairs else None,
                    "lambda_max": pairs.lambda_max if pairs else None,
                    "consistency_index": pairs.consistency_index if pairs else None,
                }
            )
            rows["policy.node_member"] += [
                {
                    **mine,
                    "node": name,
                    "member": member,
                    "is_node": member in one.tree,
                    "weight": share,
                }
                for member, share in sorted(node.shares.items())
            ]
            rows["policy.leaf"] += [
                {**mine, "node": name, "indicator": leaf, "weight": weight}
                for leaf, weight in one.leaves(name).items()
            ]
        rows["policy.performance_weight"] += [
            {**mine, "ratio": ratio, **rule.model_dump()}
            for ratio, rule in sorted(one.performance.items())
        ]
    return rows


def segment_rows(policy: Policy) -> Rows:
    """The policy's segments in order, and `default` for everybody else."""
    rows: Rows = []
    for number, one in enumerate(policy.segments, start=1):
        for prefix in one.industries or (None,):
            rows.append(
                {
                    "policy_id": policy.policy_id,
                    "segment_no": number,
                    "segment": one.name,
                    "title_zh": one.title.zh,
                    "title_en": one.title.en,
                    "industry_prefix": prefix,
                    "purchases_from": one.purchases_12m.start,
                    "purchases_below": one.purchases_12m.below,
                    "history_from_months": one.history_months.start,
                    "history_below_months": one.history_months.below,
                    "scorecard_id": (one.scorecard or policy.scorecard).scorecard_id,
                    "limit_factor": one.limit_factor,
                }
            )
    rows.append(
        {
            **dict.fromkeys(SEGMENT_TYPES),
            "policy_id": policy.policy_id,
            "segment_no": len(policy.segments) + 1,
            "segment": "default",
            "title_zh": "其他",
            "title_en": "Everybody else",
            "scorecard_id": policy.scorecard.scorecard_id,
            "limit_factor": 1,
        }
    )
    return rows
