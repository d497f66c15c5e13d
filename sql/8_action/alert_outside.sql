-- alert_outside: which early-warning rules about what others say are met tonight?
--
-- Only that a condition holds: since when, and who looked at it, is in mart.alert. A feed that is held has its
-- own line: its last good data stands, marked with its age.
--
-- Grain: one row per rule and subject. Key: rule_id, subject_kind, subject_id.
-- Requirements: EW05, EW15, EW17, EW18, EW19; A9; R4-G6.
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
  SELECT
    alert_rule.rule_id,
    alert_rule.amber,
    alert_rule.red,
    alert_rule.second,
    CAST(CAST(:as_of AS DATE) - INTERVAL '1' DAY * CAST(COALESCE(alert_rule.second, 0) AS INTEGER) AS DATE)
      AS new_from
  FROM policy.alert_rule
  WHERE alert_rule.is_on
),

-- EW05: what is at stake is held against the limit, else the exposure, else the purchases of a year.
at_stake AS (
  SELECT
    legal.customer_id,
    rule.rule_id,
    rule.red,
    CASE
      WHEN legal.listing_latest_on > rule.new_from
        AND (legal.defendant_latest_on IS NULL OR legal.listing_latest_on >= legal.defendant_latest_on)
        THEN legal.listing_latest_amount
      ELSE legal.defendant_latest_amount
    END AS amount,
    CASE
      WHEN legal.listing_latest_on > rule.new_from
        AND (legal.defendant_latest_on IS NULL OR legal.listing_latest_on >= legal.defendant_latest_on)
        THEN legal.listing_latest_kind
      ELSE 'lawsuit'
    END AS value_text,
    CASE
      WHEN legal.listing_latest_on > rule.new_from
        AND (legal.defendant_latest_on IS NULL OR legal.listing_latest_on >= legal.defendant_latest_on)
        THEN 'listing:' || legal.listing_latest_record
      ELSE 'court_record:' || legal.defendant_latest_case
    END AS evidence_keys,
    COALESCE(
      NULLIF(credit_limit.credit_limit, 0), NULLIF(exposure.exposure_amount, 0),
      trade.purchases_amount_12m
    ) AS base_amount
  FROM indicator.legal
  JOIN rule ON rule.rule_id = 'EW05'
  JOIN indicator.trade ON trade.customer_id = legal.customer_id
  JOIN measure.exposure ON exposure.customer_id = legal.customer_id
  LEFT JOIN terms.credit_limit
    ON credit_limit.customer_id = legal.customer_id AND credit_limit.is_active
  WHERE legal.defendant_latest_on > rule.new_from OR legal.listing_latest_on > rule.new_from
),

lawsuit AS (
  SELECT
    rule_id,
    customer_id,
    CASE
      WHEN amount >= red * CAST(base_amount AS DECIMAL(28, 2)) THEN 'red' ELSE 'amber'
    END AS severity,
    amount AS value,
    CAST(red * CAST(base_amount AS DECIMAL(28, 2)) AS DECIMAL(28, 6)) AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    evidence_keys
  FROM at_stake
),

-- A listed veto that hangs on a name alone waits for a person, and says so (R4-G6).
in_review AS (
  SELECT
    rule.rule_id,
    legal.customer_id,
    'amber' AS severity,
    legal.veto_review_cnt AS value,
    CAST(NULL AS DECIMAL(28, 6)) AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    'match_review' AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    legal.veto_review_record AS evidence_keys
  FROM indicator.legal
  JOIN rule ON rule.rule_id = 'EW05'
  LEFT JOIN at_stake ON at_stake.customer_id = legal.customer_id
  WHERE legal.veto_review_cnt > 0 AND at_stake.customer_id IS NULL
),

-- EW15: the oldest of what is stale names the alert; each source has a row of its own in measure.freshness.
stale AS (
  SELECT
    rule.rule_id,
    freshness.customer_id,
    'amber' AS severity,
    freshness.source_freshness_days AS value,
    CAST(NULL AS DECIMAL(28, 6)) AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    freshness.source AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    CAST(NULL AS VARCHAR) AS evidence_keys,
    ROW_NUMBER() OVER (
      PARTITION BY freshness.customer_id ORDER BY freshness.source_freshness_days DESC, freshness.source
    ) AS place
  FROM measure.freshness
  JOIN rule ON rule.rule_id = 'EW15'
  WHERE freshness.stale_flag AND freshness.source IN ('statement', 'bureau')
),

registration AS (
  SELECT
    rule.rule_id,
    legal.customer_id,
    CASE
      WHEN legal.registration_status IN ('revoked', 'deregistered') THEN 'red' ELSE 'amber'
    END AS severity,
    legal.registration_change_cnt_12m AS value,
    CAST(NULL AS DECIMAL(28, 6)) AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CASE
      WHEN legal.registration_status IN ('revoked', 'deregistered') THEN legal.registration_status
      ELSE legal.registration_change_item
    END AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    'registration_change:' || legal.registration_change_record AS evidence_keys
  FROM indicator.legal
  JOIN rule ON rule.rule_id = 'EW17'
  WHERE legal.registration_change_date > rule.new_from
    OR legal.registration_status IN ('revoked', 'deregistered')
),

industry_band AS (
  SELECT
    rule.rule_id,
    industry.customer_id,
    CASE WHEN industry.industry_band_rise >= 2 THEN 'red' ELSE 'amber' END AS severity,
    industry.industry_risk_band AS value,
    rule.amber AS threshold,
    industry.industry_risk_band_prior AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    CAST(NULL AS VARCHAR) AS previous_text,
    'industry_band:' || industry.industry_code AS evidence_keys
  FROM indicator.industry
  JOIN rule ON rule.rule_id = 'EW18'
  CROSS JOIN policy.book
  WHERE ABS(industry.industry_band_rise) >= rule.amber
    AND industry.industry_date > book.days_90_start
),

-- EW18, the other half: what a unit of a currency was worth about a month ago.
rate_then AS (
  SELECT
    currency.currency,
    currency.rate_to_base,
    fx_rate.rate,
    ROW_NUMBER() OVER (
      PARTITION BY currency.currency ORDER BY fx_rate.rate_date DESC, fx_rate.known_on DESC
    ) AS place
  FROM event.currency
  JOIN current.fx_rate
    ON fx_rate.from_currency = currency.currency AND fx_rate.to_currency = currency.base_currency
  WHERE NOT fx_rate.is_deleted
    AND fx_rate.rate_date <= CAST(CAST(:as_of AS DATE) - INTERVAL '30' DAY AS DATE)
    AND fx_rate.rate_date > CAST(CAST(:as_of AS DATE) - INTERVAL '60' DAY AS DATE)
    AND currency.rate_to_base IS NOT NULL
),

met AS (
  SELECT rule_id, 'customer' AS subject_kind, customer_id AS subject_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM lawsuit
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM in_review
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM stale
  WHERE place = 1
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM registration
  UNION ALL
  SELECT rule_id, 'customer', customer_id, customer_id, severity, value,
    threshold, previous_value, value_text, previous_text, evidence_keys
  FROM industry_band
  UNION ALL
  SELECT rule.rule_id, 'currency', rate_then.currency, NULL, 'amber', rate_then.rate_to_base,
    rule.second, rate_then.rate, NULL, NULL, 'fx_rate:' || rate_then.currency
  FROM rate_then
  JOIN rule ON rule.rule_id = 'EW18'
  WHERE rate_then.place = 1
    AND ABS(rate_then.rate_to_base - rate_then.rate) >= rule.second * CAST(rate_then.rate AS DECIMAL(28, 8))
  UNION ALL
  SELECT rule.rule_id, 'feed', feed.feed, NULL, 'red', NULL, NULL, NULL, feed.state, NULL,
    'batch:' || feed.batch
  FROM night.feed
  JOIN rule ON rule.rule_id = 'EW19'
  WHERE feed.state = 'held'
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
