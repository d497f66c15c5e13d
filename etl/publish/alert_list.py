"""The night's alerts beside its pages: `alerts.json` as data, `alerts/<part>.js` for the pages to load.

They compare nights (mart.alert), so they are no part of a credit file; a page shows them like the
changes since last night. What each number is, and in which unit, comes with it (sql/alert.sql). A page
loads the part its customer is in: the alerts of a whole book are too many to open one file.
"""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal
from etl.publish.assets import inline_json
from etl.publish.names import PARTS, part_of

SQL = Path(__file__).resolve().parent / "sql" / "alert.sql"

READING = """
    "value" := CAST(alert.value AS VARCHAR), unit := alert.unit,
    threshold := CAST(alert.threshold AS VARCHAR), threshold_unit := alert.threshold_unit,
    previous_value := CAST(alert.previous_value AS VARCHAR), previous_unit := alert.previous_unit,
    currency := alert.currency, measure := alert.measure,
    value_text := alert.value_text, previous_text := alert.previous_text
"""
"""What an alert says, wherever one is listed: etl/publish/wording.py and pages/zixin.js read it."""

_SHOWN = f"""
SELECT
  COALESCE(alert.customer_id, '') AS customer_id,
  to_json(struct_pack(
    rule_id := alert.rule_id, title_zh := alert.title_zh, title_en := alert.title_en,
    family := alert.family, severity := alert.severity, state := alert.state,
    subject_kind := alert.subject_kind, subject_id := alert.subject_id,
    {READING},
    evidence_keys := alert.evidence_keys, action_code := alert.action_code,
    escalation_level := alert.escalation_level, first_seen := alert.first_seen,
    last_seen := alert.last_seen, ack_by := alert.ack_by, ack_on := alert.ack_on,
    ack_note := alert.ack_note
  )) AS shown
FROM night.alert AS alert
ORDER BY customer_id, alert.place
"""


def write_alerts(connection: duckdb.DuckDBPyConnection, folder: Path, as_of: date) -> int:
    """Write `alerts.json` and `alerts/` from the night's own table; returns how many alerts.

    Each customer's come weightiest first; those about no single customer stand under the empty name.
    Every part is written, empty or not. Makes night.alert, which `write_compare` reads.
    """
    file = literal(str(folder / "tables" / "mart.alert.parquet"))
    connection.execute("CREATE SCHEMA IF NOT EXISTS night")
    query = SQL.read_text(encoding="utf-8").replace("@alerts@", file)
    connection.execute(f"CREATE OR REPLACE TABLE night.alert AS {query}")
    rows = connection.execute(_SHOWN).fetchall()
    listed: dict[str, list[str]] = {}
    for customer, shown in rows:
        listed.setdefault(customer, []).append(shown)
    members = {
        customer: f"{json.dumps(customer, ensure_ascii=False)}:[{','.join(several)}]"
        for customer, several in listed.items()
    }
    content = _document(as_of, members.values())
    (folder / "alerts.json").write_text(content + "\n", encoding="utf-8")
    parts: dict[str, list[str]] = {name: [] for name in PARTS}
    for customer, member in members.items():
        parts[part_of(customer)].append(member)
    (folder / "alerts").mkdir(exist_ok=True)
    for name, several in parts.items():
        text = json.dumps(_document(as_of, several), ensure_ascii=False)
        (folder / "alerts" / f"{name}.js").write_text(
            # JSON.parse, not a literal: in a literal a customer called __proto__ would mean something.
            f"window.ZIXIN_ALERTS = JSON.parse({inline_json(text)});\n",
            encoding="utf-8",
        )
    return len(rows)


def _document(as_of: date, members: Iterable[str]) -> str:
    customers = ",".join(members)
    return f'{{"format":"zixin-alerts/1","as_of":"{as_of}","customers":{{{customers}}}}}'
