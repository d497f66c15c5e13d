"""The quality page: what arrived, what was kept out and why. Ours, and from disk like every page.

quality.json      the report: feeds, accounts, rules, what is in quarantine
quality.html      the same in a shell, drawn by the shared page script
quarantine.csv    every open quarantined row, safe to open in a spreadsheet
match_review.csv  every link between a record and a customer that waits for a person
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from etl.matching.review import write_review
from etl.publish.credit_files import SHOWN_ROWS, copy_rows
from etl.publish.night_context import NightContext, Written
from etl.publish.portfolio import write_page
from etl.publish.rule_words import RuleWords

KEPT_TEXT = 400
"""Characters of a refused row that the page shows; the CSV and quarantine/ have it whole."""

# A spreadsheet runs a cell that begins like a formula; an apostrophe in front makes it text again.
FORMULA = r"^[\s\p{C}]*[=+\-@＝＋－＠]"
LISTED = ("feed", "entity", "key", "rule", "reason", "raw", "last_batch")


def spreadsheet_safe(column: str) -> str:
    """SQL for `column` as a CSV cell that no spreadsheet takes for a formula."""
    return (
        f"CASE WHEN regexp_matches({column}, '{FORMULA}') OR starts_with({column}, chr(9)) "
        f"OR starts_with({column}, chr(13)) THEN '''' || {column} ELSE {column} END"
    )


def write_quality(
    connection: duckdb.DuckDBPyConnection, context: NightContext, out_dir: Path
) -> Written:
    """Write the files; `write_credit_files` must have run on `connection`."""
    cells = ", ".join(f"{spreadsheet_safe(name)} AS {name}" for name in LISTED)
    order = "feed, entity, key NULLS FIRST, rule, raw NULLS FIRST, first_seen NULLS FIRST"
    copy_rows(
        connection,
        f"SELECT {cells}, first_seen, last_seen FROM (SELECT * FROM night.quarantine "
        f"WHERE is_open ORDER BY {order})",
        out_dir / "quarantine.csv",
        "FORMAT csv, HEADER",
    )
    shown = connection.execute(
        "SELECT feed, entity, key, rule, reason, substr(raw, 1, $kept), CAST(first_seen AS VARCHAR), "
        "CAST(last_seen AS VARCHAR), last_batch, COUNT(*) OVER () FROM night.quarantine "
        f"WHERE is_open ORDER BY {order} LIMIT $shown",
        {"shown": SHOWN_ROWS, "kept": KEPT_TEXT},
    ).fetchall()
    names = ("feed", "entity", "key", "rule", "reason", "raw", "first_seen", "last_seen", "batch")
    chinese = RuleWords()
    report = {
        "format": "zixin-quality/1",
        "as_of": context.as_of.isoformat(),
        "code_version": context.code_version,
        "feeds": [
            {
                "feed": source.feed,
                "batch": source.batch,
                "known_on": source.known_on.isoformat() if source.known_on else None,
                "status": source.status,
                "reason": source.sentence or source.remark or None,
                "reason_zh": chinese.held(source.sentence) or chinese.remark(source.remark),
            }
            for source in sorted(context.sources, key=lambda source: source.feed)
        ],
        "balance": list(_accounts(context.arrivals)),
        "rules": [
            {
                **rule,
                "sentence_zh": chinese.of(rule["suite"], rule["rule"])
                if rule["sentence"]
                else None,
            }
            for rule in _rules(context)
        ],
        "quarantine": {
            "count": shown[0][-1] if shown else 0,
            "rows": [dict(zip(names, row[:-1], strict=True)) for row in shown],
        },
        "matching": write_review(connection, out_dir, SHOWN_ROWS),
    }
    document = json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return write_page("quality", document, context, out_dir, "quality.json", "quality.html")


def _accounts(arrivals: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    """received = loaded + duplicate + quarantined + held, one line a batch and entity."""
    parts = ("received", "loaded", "duplicate", "quarantined", "held")
    for arrival in sorted(arrivals, key=lambda arrival: arrival["batch"]):
        for account in arrival["conservation"]:
            rows = {part: int(account[part]["rows"]) for part in parts}
            yield {
                "feed": account["feed"],
                "batch": account["batch"],
                "entity": account["entity"],
                **{part: account[part] for part in parts},
                "is_balanced": rows["received"] == sum(rows[part] for part in parts[1:]),
            }


def _rules(context: NightContext) -> Iterable[dict[str, Any]]:
    """Every rule that ran, batch by batch, then the tables'."""
    for arrival in sorted(context.arrivals, key=lambda arrival: arrival["batch"]):
        for suite in arrival["suites"]:
            for rule in suite["rules"]:
                yield {"where": arrival["batch"], "suite": suite["suite"], **rule}
    for suite in context.suites:
        for rule in suite["rules"]:
            yield {"where": None, "suite": suite["suite"], **rule}
