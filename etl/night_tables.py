"""What a night knows beside its records, as small tables SQL joins to: `policy.*` and `night.feed`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from etl.policy import POLICY_TABLES, Policies, policy_tables

FEED_TYPES = {
    "feed": "VARCHAR",
    "state": "VARCHAR",
    "batch": "VARCHAR",
    "known_on": "DATE",
    "sentence": "VARCHAR",
    "remark": "VARCHAR",
}
"""One row a feed of the book: state is loaded or held; batch is its newest, known_on the newest day
its rows are of; sentence says why it is held."""

NIGHT_TABLES = {**POLICY_TABLES, "night.feed": FEED_TYPES}


def night_tables(
    policies: Policies, as_of: date, feeds: Sequence[Mapping[str, Any]] = ()
) -> dict[str, tuple[dict[str, str], list[dict[str, Any]]]]:
    """Name → (column → type, rows). `feeds` as `NightInputs.feeds` has them."""
    known = [
        {
            **{column: feed.get(column) or None for column in FEED_TYPES},
            "feed": feed["feed"],
        }
        for feed in sorted(feeds, key=lambda one: str(one["feed"]))
    ]
    return {**policy_tables(policies, as_of), "night.feed": (FEED_TYPES, known)}
