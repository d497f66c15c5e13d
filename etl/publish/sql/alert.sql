-- alert: the night's alerts as people read them: what was measured, in which units, and how much is at stake.
--
-- DuckDB's own SQL, like credit_file.sql. A measure's sentences are the words alert_now, alert_before and alert_line
-- of pages/words/alert.json; a unit is one of those that `Zixin.measure` and etl/publish/wording.py know.

SELECT
  alert.*,
  rule.title_zh,
  rule.title_en,
  base.base_currency AS currency,
  exposure.exposure_amount,
  -- What a night's reader should see first: red, what goes highest, then by money.
  ROW_NUMBER() OVER (
    ORDER BY
      alert.state = 'closed', alert.severity DESC, alert.escalation_level DESC,
      exposure.exposure_amount DESC NULLS LAST, alert.rule_id, alert.subject_kind, alert.subject_id
  ) AS place
FROM read_parquet(@alerts@) AS alert
JOIN policy.alert_rule AS rule ON rule.rule_id = alert.rule_id
CROSS JOIN (SELECT MAX(base_currency) AS base_currency FROM event.currency) AS base
LEFT JOIN measure.exposure AS exposure ON exposure.customer_id = alert.customer_id
