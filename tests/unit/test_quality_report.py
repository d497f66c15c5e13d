"""The document behind the quality page."""

import json
from datetime import date

import duckdb

from etl.quality.report import FeedFreshness, quality_report, quarantine_by_rule

NIGHT = date(2026, 11, 21)


def rule(state: str) -> dict[str, object]:
    return {"rule": f"r.{state}", "state": state, "count": 1}


def arrival(batch: str, state: str, *states: str) -> dict[str, object]:
    feed = batch.split("-")[1]
    return {
        "batch": batch,
        "feed": feed,
        "state": state,
        "sentence": "Feed crm is held." if state == "held" else "",
        "held_by": ["feed.empty"] if state == "held" else [],
        "conservation": [{"feed": feed, "batch": batch, "entity": "invoice"}],
        "suites": [{"suite": "batch.invoice", "rules": [rule(state) for state in states]}],
    }


def test_the_report_counts_every_verdict_once_and_is_json() -> None:
    report = quality_report(
        NIGHT,
        freshness=[
            FeedFreshness("erp", True, date(2026, 11, 20), "000001-erp", max_age_days=1),
            FeedFreshness("crm", False, date(2026, 11, 10), "000000-crm", max_age_days=7),
            FeedFreshness("court", False, None, None),
        ],
        arrivals=[
            arrival("000001-erp", "loaded", "passed", "warned"),
            arrival("000002-crm", "held", "failed"),
        ],
        audits=[{"suite": "core.customer", "rules": [rule("passed"), rule("noted")]}],
        register=[{"feed": "erp", "entity": "invoice", "rule": "r", "open": 3, "closed": 1}],
    )

    assert json.loads(json.dumps(report)) == report
    assert report["summary"] == {
        "passed": 2,
        "noted": 1,
        "warned": 1,
        "failed": 1,
        "held_feeds": 1,
        "quarantine_open": 3,
    }
    assert [(feed["feed"], feed["age_days"], feed["is_stale"]) for feed in report["feeds"]] == [
        ("court", None, False),
        ("crm", 11, True),
        ("erp", 1, False),
    ]
    assert report["held"] == [
        {
            "feed": "crm",
            "batch": "000002-crm",
            "sentence": "Feed crm is held.",
            "held_by": ["feed.empty"],
        }
    ]
    assert [account["batch"] for account in report["conservation"]] == ["000001-erp", "000002-crm"]


def test_the_register_is_counted_by_rule() -> None:
    connection = duckdb.connect(":memory:")
    register = connection.sql(
        """
        SELECT * FROM (VALUES
            ('erp', 'invoice', 'date', 'No date.', DATE '2026-11-02', TRUE),
            ('erp', 'invoice', 'date', 'No date.', DATE '2026-11-01', TRUE),
            ('erp', 'invoice', 'date', 'No date.', DATE '2026-10-01', FALSE),
            ('erp', 'claim', 'key', 'No number.', NULL, TRUE)
        ) AS t(feed, entity, rule, reason, first_seen, is_open)
        """
    )
    assert quarantine_by_rule(connection, register) == [
        {
            "feed": "erp",
            "entity": "claim",
            "rule": "key",
            "reason": "No number.",
            "open": 1,
            "closed": 0,
            "oldest_open": None,
        },
        {
            "feed": "erp",
            "entity": "invoice",
            "rule": "date",
            "reason": "No date.",
            "open": 2,
            "closed": 1,
            "oldest_open": "2026-11-01",
        },
    ]
