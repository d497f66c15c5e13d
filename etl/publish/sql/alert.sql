-- alert: the night's alerts as people read them: what was measured, in which units, and how much is at stake.
--
-- DuckDB's own SQL, like credit_file.sql. mart.alert holds numbers; what a number is follows from the rule, and for
-- some rules from the word beside it. A measure's sentences are the words alert_now, alert_before and alert_line of
-- pages/words/alert.json; a unit is one of those that `Zixin.measure` and etl/publish/wording.py know.

WITH

-- unit: of the value; previous_unit: of what it was before; threshold_unit: of the line.
reading (measure, unit, previous_unit, threshold_unit) AS (
  VALUES
    ('exposure', 'money', NULL, 'money'),
    ('exposure_no_limit', 'money', NULL, NULL),
    ('letter', NULL, NULL, NULL),
    ('coverage', 'share', 'share', 'share'),
    ('days_late', 'days', 'days', 'days'),
    ('at_stake', 'money', NULL, 'money'),
    ('match_review', 'count', NULL, NULL),
    ('bureau_score', 'share', 'share', 'share'),
    ('orders', 'share', 'count', 'share'),
    ('delivery_delay', 'days', NULL, 'days'),
    ('breach', 'count', NULL, NULL),
    ('complaint_rate', 'share', NULL, 'share'),
    ('refund_rate', 'share', NULL, 'share'),
    ('z_score', 'ratio', NULL, 'count'),
    ('ratio_class', 'count', 'count', 'count'),
    ('early_share', 'share', 'count', 'share'),
    ('reopened', 'count', NULL, 'count'),
    ('group_exposure', 'money', NULL, 'money'),
    ('top_five', 'money', NULL, 'money'),
    ('cover_ends', 'days', NULL, 'days'),
    ('cover_too_small', 'money', NULL, 'money'),
    ('data_age', 'days', NULL, 'months'),
    ('silence', 'days', NULL, 'days'),
    ('registration', 'count', NULL, NULL),
    ('industry_band', 'count', 'count', 'count'),
    ('rate', 'rate', 'rate', 'share'),
    ('feed', NULL, NULL, NULL)
),

measured AS (
  SELECT
    alert.*,
    CASE alert.rule_id
      WHEN 'EW01' THEN CASE WHEN alert.threshold = 0 THEN 'exposure_no_limit' ELSE 'exposure' END
      WHEN 'EW02' THEN 'letter'
      WHEN 'EW03' THEN 'letter'
      WHEN 'EW04' THEN 'days_late'
      WHEN 'EW05' THEN CASE WHEN alert.value_text = 'match_review' THEN 'match_review' ELSE 'at_stake' END
      WHEN 'EW06' THEN 'bureau_score'
      WHEN 'EW07' THEN 'orders'
      WHEN 'EW08' THEN alert.value_text
      WHEN 'EW09' THEN alert.value_text
      WHEN 'EW10' THEN CASE WHEN alert.value_text IS NULL THEN 'ratio_class' ELSE 'z_score' END
      WHEN 'EW11' THEN 'early_share'
      WHEN 'EW12' THEN 'reopened'
      WHEN 'EW13' THEN CASE alert.subject_kind WHEN 'book' THEN 'top_five' ELSE 'group_exposure' END
      WHEN 'EW14' THEN alert.value_text
      WHEN 'EW15' THEN 'data_age'
      WHEN 'EW16' THEN 'silence'
      WHEN 'EW17' THEN 'registration'
      WHEN 'EW18' THEN CASE alert.subject_kind WHEN 'currency' THEN 'rate' ELSE 'industry_band' END
      WHEN 'EW19' THEN 'feed'
      WHEN 'EW20' THEN CASE WHEN alert.value_text IS NULL THEN 'coverage' ELSE 'letter' END
    END AS measure
  FROM read_parquet(@alerts@) AS alert
)

SELECT
  measured.* EXCLUDE (threshold),
  -- The line of old data stands in months in the policy.
  COALESCE(measured.threshold, CAST(freshness.months AS DECIMAL(28, 6))) AS threshold,
  rule.title_zh,
  rule.title_en,
  reading.unit,
  reading.previous_unit,
  reading.threshold_unit,
  base.base_currency AS currency,
  exposure.exposure_amount,
  -- What a night's reader should see first: red, what goes highest, then by money.
  ROW_NUMBER() OVER (
    ORDER BY
      measured.state = 'closed', measured.severity DESC, measured.escalation_level DESC,
      exposure.exposure_amount DESC NULLS LAST, measured.rule_id, measured.subject_kind, measured.subject_id
  ) AS place
FROM measured
JOIN policy.alert_rule AS rule ON rule.rule_id = measured.rule_id
CROSS JOIN (SELECT MAX(base_currency) AS base_currency FROM event.currency) AS base
LEFT JOIN reading ON reading.measure = measured.measure
LEFT JOIN policy.freshness AS freshness
  ON measured.rule_id = 'EW15' AND freshness.source = measured.value_text
LEFT JOIN measure.exposure AS exposure ON exposure.customer_id = measured.customer_id
