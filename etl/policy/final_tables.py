"""What the value grid's cells stand for, as a table."""

from typing import Any

from etl.policy.policy import Policy

STRATEGY_TYPES = {
    "policy_id": "VARCHAR",
    "grid_cell": "INTEGER",
    "strategy_zh": "VARCHAR",
    "strategy_en": "VARCHAR",
}
STRATEGY_GRAIN = "one row a policy and cell of its value grid: 1 to 6 (R4-83)"


def strategy_rows(policy: Policy) -> list[dict[str, Any]]:
    """The six cells of a policy's grid."""
    return [
        {
            "policy_id": policy.policy_id,
            "grid_cell": int(cell),
            "strategy_zh": title.zh,
            "strategy_en": title.en,
        }
        for cell, title in sorted(policy.value_grid.strategies.items())
    ]
