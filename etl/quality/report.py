"""What the quality page and `quality.json` say of a night, as one JSON-able document.

Everything in it was written down when it happened: the verdicts with their batches, the audit with
the night. Here it is only put together, so the same night gives the same document.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb


@dataclass(frozen=True)
class FeedFreshness:
    """How old one feed's data is on a night.

    `data_of`: the day of the newest data in effect; None when there never was any. `max_age_days`:
    how old it may be; None when nobody said.
    """

    feed: str
    is_essential: bool
    data_of: date | None
    batch: str | None
    max_age_days: int | None = None

    def as_dict(self, as_of: date) -> dict[str, Any]:
        """With the age in days on the night of `as_of`."""
        age = (as_of - self.data_of).days if self.data_of else None
        return {
            "feed": self.feed,
            "is_essential": self.is_essential,
            "batch": self.batch,
            "data_of": self.data_of.isoformat() if self.data_of else None,
            "age_days": age,
            "max_age_days": self.max_age_days,
            "is_stale": self.max_age_days is not None and (age is None or age > self.max_age_days),
        }


def quality_report(
    as_of: date,
    freshness: Iterable[FeedFreshness],
    arrivals: Sequence[Mapping[str, Any]],
    audits: Sequence[Mapping[str, Any]],
    register: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The night's quality, ready for JSON.

    `arrivals`: `ArrivalVerdict.as_dict()` of the batches since the last night, held ones too.
    `audits`: `SuiteReport.as_dict()` of the snapshots and results. `register`: one mapping a rule,
    from `quarantine_by_rule`.
    """
    held = [
        {key: arrival[key] for key in ("feed", "batch", "sentence", "held_by")}
        for arrival in arrivals
        if arrival["state"] == "held"
    ]
    suites = [*(suite for arrival in arrivals for suite in arrival["suites"]), *audits]
    states = Counter(rule["state"] for suite in suites for rule in suite["rules"])
    return {
        "as_of": as_of.isoformat(),
        "summary": {
            "passed": states["passed"],
            "noted": states["noted"],
            "warned": states["warned"],
            "failed": states["failed"],
            "held_feeds": len(held),
            "quarantine_open": sum(entry["open"] for entry in register),
        },
        "feeds": [feed.as_dict(as_of) for feed in sorted(freshness, key=lambda feed: feed.feed)],
        "held": held,
        "conservation": [account for arrival in arrivals for account in arrival["conservation"]],
        "arrivals": [
            {"batch": arrival["batch"], "feed": arrival["feed"], "suites": arrival["suites"]}
            for arrival in arrivals
        ],
        "audits": list(audits),
        "quarantine": list(register),
    }


def quarantine_by_rule(
    connection: duckdb.DuckDBPyConnection, register: duckdb.DuckDBPyRelation
) -> list[dict[str, Any]]:
    """The register counted: one row a (feed, entity, rule), by name.

    Keys: feed, entity, rule, reason, open, closed, oldest_open (the day the oldest open entry was
    first seen; None when it has no day).
    """
    counted = connection.sql(
        """
        SELECT
            feed, entity, rule, MAX(reason) AS reason,
            COUNT(*) FILTER (WHERE is_open) AS open,
            COUNT(*) FILTER (WHERE NOT is_open) AS closed,
            CAST(MIN(first_seen) FILTER (WHERE is_open) AS VARCHAR) AS oldest_open
        FROM register
        GROUP BY feed, entity, rule
        ORDER BY feed, entity, rule
        """
    )
    return [dict(zip(counted.columns, row, strict=True)) for row in counted.fetchall()]
