"""The night's alerts beside its pages: `alerts.json` as data, `alerts.js` for the pages to load.

They compare nights (mart.alert), so they are no part of a credit file; a page shows them like the
changes since last night.
"""

import json
from datetime import date
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal
from etl.publish.assets import inline_json

_SHOWN = """
SELECT
  COALESCE(alert.customer_id, '') AS customer_id,
  to_json(struct_pack(
    rule_id := alert.rule_id, title_zh := rule.title_zh, title_en := rule.title_en,
    family := alert.family, severity := alert.severity, state := alert.state,
    subject_kind := alert.subject_kind, subject_id := alert.subject_id,
    "value" := CAST(alert.value AS VARCHAR), threshold := CAST(alert.threshold AS VARCHAR),
    previous_value := CAST(alert.previous_value AS VARCHAR),
    value_text := alert.value_text, previous_text := alert.previous_text,
    evidence_keys := alert.evidence_keys, action_code := alert.action_code,
    escalation_level := alert.escalation_level, first_seen := alert.first_seen,
    last_seen := alert.last_seen, ack_by := alert.ack_by, ack_on := alert.ack_on,
    ack_note := alert.ack_note
  )) AS shown
FROM read_parquet({file}) AS alert
JOIN policy.alert_rule AS rule ON rule.rule_id = alert.rule_id
ORDER BY customer_id, alert.state = 'closed', alert.severity DESC, alert.rule_id, alert.subject_id
"""


def write_alerts(connection: duckdb.DuckDBPyConnection, folder: Path, as_of: date) -> int:
    """Write `alerts.json` and `alerts.js` from the night's own table; returns how many alerts.

    Alerts about no single customer stand under the empty name.
    """
    file = literal(str(folder / "tables" / "mart.alert.parquet"))
    rows = connection.execute(_SHOWN.format(file=file)).fetchall()
    listed: dict[str, list[str]] = {}
    for customer, shown in rows:
        listed.setdefault(customer, []).append(shown)
    customers = ",".join(
        f"{json.dumps(customer, ensure_ascii=False)}:[{','.join(several)}]"
        for customer, several in listed.items()
    )
    content = f'{{"format":"zixin-alerts/1","as_of":"{as_of}","customers":{{{customers}}}}}'
    (folder / "alerts.json").write_text(content + "\n", encoding="utf-8")
    (folder / "alerts.js").write_text(
        # JSON.parse, not a literal: in a literal a customer called __proto__ would mean something.
        f"window.ZIXIN_ALERTS = JSON.parse({inline_json(json.dumps(content, ensure_ascii=False))});\n",
        encoding="utf-8",
    )
    return len(rows)
