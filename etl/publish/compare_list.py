"""The book beside earlier nights: `compare.json` as data, `compare.js` for the portfolio page to load.

Who moved from which grade to which since last night and since a month ago (mart.grade_move), and what is
open of the alerts (mart.alert). It compares nights, so it is no part of portfolio.json.
"""

import json
from datetime import date
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal
from etl.publish.assets import inline_json

_COMPARED = """
WITH

moved AS (
  SELECT
    since,
    from_date,
    list(struct_pack(
      "from" := from_grade, "to" := to_grade, customers := customer_cnt,
      open_amount := CAST(open_amount AS VARCHAR)
    ) ORDER BY from_grade, to_grade) AS moves
  FROM read_parquet({moves})
  JOIN policy.rule USING (policy_id)
  WHERE rule.is_active AND since IN ('before', 'month_ago')
  GROUP BY since, from_date
),

migration AS (
  SELECT list(struct_pack(since := since, from_date := from_date, moves := moves)
    ORDER BY since) AS entries
  FROM moved
),

raised AS (
  SELECT
    alert.rule_id, alert.severity, rule.title_zh, rule.title_en,
    COUNT(*) AS alert_cnt,
    COUNT(DISTINCT alert.customer_id) AS customer_cnt,
    COUNT(*) FILTER (WHERE alert.is_new) AS new_cnt,
    COUNT(*) FILTER (WHERE alert.state = 'ack') AS ack_cnt
  FROM read_parquet({alerts}) AS alert
  JOIN policy.alert_rule AS rule ON rule.rule_id = alert.rule_id
  WHERE alert.state <> 'closed'
  GROUP BY alert.rule_id, alert.severity, rule.title_zh, rule.title_en
),

alerts AS (
  SELECT list(struct_pack(
    rule_id := rule_id, severity := severity, title_zh := title_zh, title_en := title_en,
    alerts := alert_cnt, customers := customer_cnt, is_new := new_cnt, acknowledged := ack_cnt
  ) ORDER BY severity DESC, alert_cnt DESC, rule_id) AS entries
  FROM raised
)

SELECT CAST(to_json(struct_pack(
  format := 'zixin-compare/1',
  as_of := {as_of},
  migration := COALESCE(migration.entries, []),
  alerts := COALESCE(alerts.entries, [])
)) AS VARCHAR)
FROM migration, alerts
"""


def write_compare(connection: duckdb.DuckDBPyConnection, folder: Path, as_of: date) -> None:
    """Write `compare.json` and `compare.js` from the night's own comparison tables."""
    tables = folder / "tables"
    query = _COMPARED.format(
        moves=literal(str(tables / "mart.grade_move.parquet")),
        alerts=literal(str(tables / "mart.alert.parquet")),
        as_of=literal(as_of.isoformat()),
    )
    content = connection.execute(query).fetchall()[0][0]
    (folder / "compare.json").write_text(content + "\n", encoding="utf-8")
    (folder / "compare.js").write_text(
        f"window.ZIXIN_COMPARE = JSON.parse({inline_json(json.dumps(content, ensure_ascii=False))});\n",
        encoding="utf-8",
    )
