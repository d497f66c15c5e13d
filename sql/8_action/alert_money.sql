-- alert_money: which early-warning rules about money, limits, accounts and cover are met tonight?
--
-- Only that a condition holds: since when, and who looked at it, is in mart.alert.
--
-- Grain: one row per rule and subject. Key: rule_id, subject_kind, subject_id.
-- Requirements: EW01, EW04, EW06, EW10, EW13, EW14; A9; Q26; R3-22, R4-108; I31.
--
-- Columns
--   rule_id         VARCHAR        the rule
--   subject_kind    VARCHAR        customer, group, currency, feed or book
--   subject_id      VARCHAR        which one
--   customer_id     VARCHAR        the customer; NULL: about no single customer
--   severity        VARCHAR        amber: look at it; red: act today
--   value           DECIMAL(28,6)  what was measured; NULL: the rule counts no number
--   threshold       DECIMAL(28,6)  the line that was met; NULL: any
--   previous_value  DECIMAL(28,6)  the same before; NULL: nothing to compare with
--   value_text      VARCHAR        the same in a word; NULL: the number says it
--   previous_text   VARCHAR        the word before
--   evidence_keys   VARCHAR        kind:number of the records behind it, comma-separated; NULL: the books

WITH

rule AS (
  SELECT rule_id, amber, red, second FROM policy.alert_rule WHERE is_on
),

-- EW01 compares money with money; limit 0 with any exposure is over, no limit set is no line.
utilised AS (
  SELECT
    rule.rule_id,
    exposure.customer_id,
    CASE
      WHEN exposure.exposure_amount >= rule.red * CAST(credit_limit.credit_limit AS DECIMAL(28, 2))
        THEN 'red'
      ELSE 'amber'
    END AS severity,
    exposure.exposure_amount AS value,
    CAST(
      CASE
        WHEN exposure.exposure_amount >= rule.red * CAST(credit_limit.credit_limit AS DECIMAL(28, 2))
          THEN rule.red
        ELSE rule.amber
      END * CAST(credit_limit.credit_limit AS DECIMAL(28, 2)) AS DECIMAL(28, 6)
    ) AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM measure.exposure
  JOIN terms.credit_limit
    ON credit_limit.customer_id = exposure.customer_id AND credit_limit.is_active
  JOIN rule ON rule.rule_id = 'EW01'
  WHERE exposure.exposure_amount > 0
    AND exposure.exposure_amount >= rule.amber * CAST(credit_limit.credit_limit AS DECIMAL(28, 2))
),

sliding AS (
  SELECT
    rule.rule_id,
    payment.customer_id,
    CASE WHEN payment.days_overdue_trend >= rule.red THEN 'red' ELSE 'amber' END AS severity,
    payment.days_overdue_wavg_3m AS value,
    CASE WHEN payment.days_overdue_trend >= rule.red THEN rule.red ELSE rule.amber END AS threshold,
    payment.days_overdue_wavg AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.payment
  JOIN rule ON rule.rule_id = 'EW04'
  WHERE payment.days_overdue_trend >= rule.amber
),

scored AS (
  SELECT
    rule.rule_id,
    bureau.customer_id,
    CASE WHEN bureau.bureau_score_fall >= rule.red THEN 'red' ELSE 'amber' END AS severity,
    bureau.bureau_score_norm AS value,
    CASE
      WHEN bureau.bureau_score_fall >= rule.red THEN rule.red
      WHEN bureau.bureau_score_fall >= rule.amber THEN rule.amber
    END AS threshold,
    bureau.bureau_score_norm_prev AS previous_value,
    bureau.bureau_band AS value_text,
    bureau.bureau_band_prev AS previous_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.bureau
  JOIN rule ON rule.rule_id = 'EW06'
  WHERE bureau.bureau_score_fall >= rule.amber OR bureau.bureau_band_changed
),

-- EW10: the letter is still good, the accounts are not: payment scores stay fine until the end (I31).
cloaked AS (
  SELECT
    rule.rule_id,
    finance.customer_id,
    'amber' AS severity,
    CASE
      WHEN finance.z2_zone_fall >= rule.second THEN finance.z2_score ELSE performance.ratio_band
    END AS value,
    CASE WHEN finance.z2_zone_fall >= rule.second THEN rule.second ELSE rule.amber END AS threshold,
    CASE
      WHEN finance.z2_zone_fall >= rule.second THEN NULL ELSE performance.ratio_band_prior
    END AS previous_value,
    CASE WHEN finance.z2_zone_fall >= rule.second THEN finance.z2_zone END AS value_text,
    CASE WHEN finance.z2_zone_fall >= rule.second THEN finance.z2_zone_prior END AS previous_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.finance
  JOIN indicator.performance ON performance.customer_id = finance.customer_id
  JOIN grade.credit_grade ON credit_grade.customer_id = finance.customer_id AND credit_grade.is_active
  JOIN rule ON rule.rule_id = 'EW10'
  WHERE credit_grade.letter_overdue IN ('A', 'B')
    AND (finance.z2_zone_fall >= rule.second OR performance.ratio_band_fall >= rule.amber)
),

-- Covers that ended lately, or that an insurer took back; security that we gave back ourselves is missed by nobody.
ended AS (
  SELECT DISTINCT cover.customer_id
  FROM (
    SELECT customer_id, expiry_date AS ended_on
    FROM current.guarantee
    WHERE NOT is_deleted AND released_on IS NULL
    UNION ALL
    SELECT customer_id, LEAST(expiry_date, CAST(cancelled_on - INTERVAL '1' DAY AS DATE))
    FROM current.insurance
    WHERE NOT is_deleted
  ) AS cover
  JOIN rule ON rule.rule_id = 'EW14'
  WHERE cover.ended_on < CAST(:as_of AS DATE)
    AND cover.ended_on >= CAST(CAST(:as_of AS DATE) - INTERVAL '1' DAY * CAST(rule.amber AS INTEGER) AS DATE)
),

-- EW14: an end in sight, or more at risk than somebody stands for, be it since yesterday.
cover AS (
  SELECT
    rule.rule_id,
    mitigation.customer_id,
    CASE
      WHEN mitigation.cover_days_to_expiry <= rule.red THEN 'red'
      WHEN ended.customer_id IS NOT NULL
        AND exposure.exposure_amount > COALESCE(mitigation.cover_amount, 0) THEN 'red'
      ELSE 'amber'
    END AS severity,
    CASE
      WHEN mitigation.cover_days_to_expiry <= rule.amber THEN mitigation.cover_days_to_expiry
      ELSE exposure.exposure_amount
    END AS value,
    CASE
      WHEN mitigation.cover_days_to_expiry <= rule.amber THEN rule.amber ELSE mitigation.cover_amount
    END AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CASE
      WHEN mitigation.cover_days_to_expiry <= rule.amber THEN 'cover_ends' ELSE 'cover_too_small'
    END AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.mitigation
  JOIN measure.exposure ON exposure.customer_id = mitigation.customer_id
  JOIN rule ON rule.rule_id = 'EW14'
  LEFT JOIN ended ON ended.customer_id = mitigation.customer_id
  WHERE mitigation.cover_days_to_expiry <= rule.amber
    OR (
      (mitigation.cover_amount > 0 OR ended.customer_id IS NOT NULL)
      AND exposure.exposure_amount > COALESCE(mitigation.cover_amount, 0)
    )
),

-- EW13: money compared with money, group by group and the five largest together. A sum is as wide as a number
-- can be: beside it a list of values would keep no more than its two decimals.
owed AS (
  SELECT
    customer_group.group_id,
    CAST(SUM(exposure.exposure_amount) AS DECIMAL(28, 2)) AS exposure_amount,
    ROW_NUMBER() OVER (
      ORDER BY SUM(exposure.exposure_amount) DESC NULLS LAST, customer_group.group_id
    ) AS place
  FROM measure.exposure
  JOIN measure.customer_group ON customer_group.customer_id = exposure.customer_id
  WHERE exposure.exposure_amount > 0
  GROUP BY customer_group.group_id
),

whole AS (
  SELECT
    CAST(SUM(exposure_amount) AS DECIMAL(28, 2)) AS exposure_amount,
    CAST(SUM(exposure_amount) FILTER (WHERE place <= 5) AS DECIMAL(28, 2)) AS top_five_amount,
    COUNT(*) AS group_cnt
  FROM owed
),

met AS (
  SELECT rule_id, 'customer' AS subject_kind, customer_id AS subject_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM utilised
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM sliding
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM scored
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM cloaked
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM cover
  UNION ALL
  SELECT rule.rule_id, 'group', owed.group_id, NULL, 'amber', owed.exposure_amount,
    CAST(rule.amber * CAST(whole.exposure_amount AS DECIMAL(28, 2)) AS DECIMAL(28, 6)), NULL, NULL, NULL, NULL
  FROM owed
  CROSS JOIN whole
  JOIN rule ON rule.rule_id = 'EW13'
  WHERE owed.exposure_amount >= rule.amber * CAST(whole.exposure_amount AS DECIMAL(28, 2))
  UNION ALL
  SELECT rule.rule_id, 'book', 'top_five', NULL, 'amber', whole.top_five_amount,
    CAST(rule.second * CAST(whole.exposure_amount AS DECIMAL(28, 2)) AS DECIMAL(28, 6)), NULL, NULL, NULL, NULL
  FROM whole
  JOIN rule ON rule.rule_id = 'EW13'
  WHERE whole.top_five_amount >= rule.second * CAST(whole.exposure_amount AS DECIMAL(28, 2))
)

SELECT
  rule_id,
  subject_kind,
  subject_id,
  customer_id,
  severity,
  value,
  threshold,
  previous_value,
  value_text,
  previous_text,
  evidence_keys
FROM met
ORDER BY rule_id, subject_kind, subject_id
