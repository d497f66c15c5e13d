"""The book beside earlier nights: `compare.json` as data, `compare.js` for the portfolio page to load.

Who moved from which grade to which since last night and since a month ago (mart.grade_move), and what is
open of the alerts (mart.alert), counted by rule, with the weightiest of each. It compares nights, so it is
no part of portfolio.json.
"""

import json
from datetime import date
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal
from etl.publish.alert_list import READING
from etl.publish.assets import inline_json

SHOWN_ALERTS = 20
"""Alerts of one rule that the portfolio page lists; mart.alert has them all."""

_COMPARED = f"""
WITH

moved AS (
  SELECT
    since,
    from_date,
    list(struct_pack(
      "from" := from_grade, "to" := to_grade, customers := customer_cnt,
      open_amount := CAST(open_amount AS VARCHAR)
    ) ORDER BY from_grade, to_grade) AS moves
  FROM read_parquet({{moves}})
  JOIN policy.rule USING (policy_id)
  WHERE rule.is_active AND since IN ('before', 'month_ago')
  GROUP BY since, from_date
),

migration AS (
  SELECT list(struct_pack(since := since, from_date := from_date, moves := moves)
    ORDER BY since) AS entries
  FROM moved
),

live AS (
  SELECT
    alert.*,
    customer.customer_name,
    credit_file.file,
    ROW_NUMBER() OVER (PARTITION BY alert.rule_id ORDER BY alert.place) AS place_in_rule
  FROM night.alert AS alert
  LEFT JOIN night.credit_file AS credit_file ON credit_file.customer_id = alert.customer_id
  LEFT JOIN core.customer AS customer ON customer.customer_id = alert.customer_id
  WHERE alert.state <> 'closed'
),

raised AS (
  SELECT
    rule_id, title_zh, title_en, family, action_code, escalation_level, currency,
    COUNT(*) AS alert_cnt,
    COUNT(*) FILTER (WHERE severity = 'red') AS red_cnt,
    COUNT(DISTINCT customer_id) AS customer_cnt,
    COUNT(*) FILTER (WHERE is_new) AS new_cnt,
    COUNT(*) FILTER (WHERE state = 'ack') AS ack_cnt,
    SUM(exposure_amount) AS exposure_amount,
    list(struct_pack(
      severity := severity, state := state, customer_id := customer_id,
      customer_name := customer_name, file := file, subject_kind := subject_kind,
      subject_id := subject_id, {READING},
      exposure_amount := CAST(alert.exposure_amount AS VARCHAR), first_seen := first_seen
    ) ORDER BY place_in_rule) FILTER (WHERE place_in_rule <= {SHOWN_ALERTS}) AS shown
  FROM live AS alert
  GROUP BY ALL
),

-- The rules that go highest come first, then those with most that is red, then those with most money behind them.
alerts AS (
  SELECT list(struct_pack(
    rule_id := rule_id, title_zh := title_zh, title_en := title_en, family := family,
    action_code := action_code, escalation_level := escalation_level,
    alerts := alert_cnt, red := red_cnt, amber := alert_cnt - red_cnt,
    customers := customer_cnt, is_new := new_cnt, acknowledged := ack_cnt,
    exposure_amount := CAST(exposure_amount AS VARCHAR), currency := currency, shown := shown
  ) ORDER BY red_cnt > 0 DESC, escalation_level DESC, red_cnt DESC, exposure_amount DESC NULLS LAST, rule_id)
    AS entries
  FROM raised
)

SELECT CAST(to_json(struct_pack(
  format := 'zixin-compare/1',
  as_of := {{as_of}},
  migration := COALESCE(migration.entries, []),
  alerts := COALESCE(alerts.entries, [])
)) AS VARCHAR)
FROM migration, alerts
"""


def write_compare(connection: duckdb.DuckDBPyConnection, folder: Path, as_of: date) -> None:
    """Write `compare.json` and `compare.js` from the night's own comparison tables.

    `write_credit_files` and `write_alerts` must have run on `connection`.
    """
    tables = folder / "tables"
    query = _COMPARED.format(
        moves=literal(str(tables / "mart.grade_move.parquet")),
        as_of=literal(as_of.isoformat()),
    )
    content = connection.execute(query).fetchall()[0][0]
    (folder / "compare.json").write_text(content + "\n", encoding="utf-8")
    (folder / "compare.js").write_text(
        f"window.ZIXIN_COMPARE = JSON.parse({inline_json(json.dumps(content, ensure_ascii=False))});\n",
        encoding="utf-8",
    )
