"""The model of the probabilistic step, from `data/model.yaml` to what Splink and the evidence need."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from etl.errors import ZixinError

FILE = Path(__file__).resolve().parent / "data" / "model.yaml"


@cache
def model() -> dict[str, Any]:
    """The declared model."""
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def splink_settings() -> dict[str, Any]:
    """The model as Splink's settings. Pairs are ours (sql/pairs.sql), so its blocking rule is none."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": model()["prior"],
        "blocking_rules_to_generate_predictions": ["1 = 0"],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "comparisons": [
            {
                "output_column_name": comparison["about"],
                "comparison_levels": [
                    {
                        "sql_condition": comparison["unknown"],
                        "label_for_charts": "unknown",
                        "is_null_level": True,
                    },
                    *(
                        {
                            "sql_condition": level["when"],
                            "label_for_charts": level["level"],
                            "m_probability": level["m"],
                            "u_probability": level["u"],
                        }
                        for level in comparison["levels"]
                    ),
                ],
            }
            for comparison in model()["comparisons"]
        ],
    }


def levels() -> list[tuple[str, str, float]]:
    """(comparison, level, match weight): by its weight a level is known again in Splink's answer."""
    found = [
        (comparison["about"], level["level"], math.log2(level["m"] / level["u"]))
        for comparison in model()["comparisons"]
        for level in comparison["levels"]
    ]
    if len({(about, f"{weight:.4f}") for about, _, weight in found}) < len(found):
        raise ZixinError(f"{FILE.name}: two levels of one comparison weigh the same: change m or u")
    return found


def columns() -> tuple[str, ...]:
    """What a record must have for every `when` of the model."""
    return (
        "unique_id", "owner", "script", "whole", "core", "brand", "form", "places", "numbers",
        "words", "is_full", "strong", "weak", "schemes", "confirmed", "country", "asked",
    )  # fmt: skip
