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

-- EW05: every case and every entry that is new, not the newest alone: a small one must not hide a large one.
matter AS (
  SELECT
    legal_record.customer_id,
    legal_record.public_on,
    legal_record.amount * currency.rate_to_base AS amount,
    CASE WHEN legal_record.record_kind = 'listing' THEN legal_record.kind ELSE 'lawsuit' END AS value_text,
    CASE
      WHEN legal_record.record_kind = 'listing'
        THEN 'listing:' || legal_record.provider || ' ' || legal_record.record_id
      ELSE 'court_record:' || legal_record.case_key
    END AS evidence_keys
  FROM core.legal_record
  LEFT JOIN event.currency ON currency.currency = legal_record.currency
  WHERE (
      legal_record.record_kind = 'listing' AND legal_record.is_active
      AND legal_record.kind IN ('dishonest', 'enforcement', 'consumption_limit')
    ) OR (
      legal_record.record_kind = 'court_party' AND legal_record.is_claimed_from
      AND legal_record.kind <> 'bankruptcy'
    )
),

told AS (
  SELECT customer_id, value_text, evidence_keys, MIN(public_on) AS public_on, MAX(amount) AS amount
  FROM matter
  GROUP BY customer_id, value_text, evidence_keys
),

largest AS (
  SELECT
    told.customer_id, told.amount, told.value_text, told.evidence_keys,
    ROW_NUMBER() OVER (
      PARTITION BY told.customer_id ORDER BY told.amount DESC, told.public_on DESC, told.evidence_keys
    ) AS place
  FROM told
  JOIN rule ON rule.rule_id = 'EW05'
  WHERE told.public_on > rule.new_from AND told.amount IS NOT NULL
),

newest AS (
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

-- The newest is what the alert is about, unless a larger one is what makes it red. What is at stake is held
-- against the limit, else the exposure, else the purchases of a year.
weighed AS (
  SELECT
    newest.*,
    largest.amount AS largest_amount,
    largest.value_text AS largest_text,
    largest.evidence_keys AS largest_keys,
    COALESCE(newest.amount < newest.red * CAST(newest.base_amount AS DECIMAL(28, 2)), newest.amount IS NULL)
      AND COALESCE(largest.amount >= newest.red * CAST(newest.base_amount AS DECIMAL(28, 2)), FALSE)
      AS is_largest_red
  FROM newest
  LEFT JOIN largest ON largest.customer_id = newest.customer_id AND largest.place = 1
),

at_stake AS (
  SELECT
    customer_id,
    rule_id,
    red,
    CASE WHEN is_largest_red THEN largest_amount ELSE amount END AS amount,
    CASE WHEN is_largest_red THEN largest_text ELSE value_text END AS value_text,
    CASE WHEN is_largest_red THEN largest_keys ELSE evidence_keys END AS evidence_keys,
    base_amount
  FROM weighed
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

-- EW15: accounts or a report of a bureau name the alert before anything else that is stale, then the oldest; each source
-- has a row of its own in measure.freshness.
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
      PARTITION BY freshness.customer_id
      ORDER BY CASE WHEN freshness.source IN ('statement', 'bureau') THEN 0 ELSE 1 END,
        freshness.source_freshness_days DESC, freshness.source
    ) AS place
  FROM measure.freshness
  JOIN rule ON rule.rule_id = 'EW15'
  WHERE freshness.stale_flag
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

-- EW18, the other half: what a unit of a currency was worth about a month ago, quoted either way round.
quoted AS (
  SELECT from_currency AS currency, to_currency AS into_currency, rate_date, rate, known_on, 0 AS is_inverse
  FROM current.fx_rate
  WHERE NOT is_deleted
  UNION ALL
  SELECT
    to_currency, from_currency, rate_date,
    CAST(CAST(CAST(1 AS DECIMAL(28, 10)) / NULLIF(rate, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 8)), known_on, 1
  FROM current.fx_rate
  WHERE NOT is_deleted
),

rate_then AS (
  SELECT
    currency.currency,
    currency.rate_to_base,
    quoted.rate,
    ROW_NUMBER() OVER (
      PARTITION BY currency.currency
      ORDER BY quoted.rate_date DESC, quoted.is_inverse ASC, quoted.known_on DESC
    ) AS place
  FROM event.currency
  JOIN quoted
    ON quoted.currency = currency.currency AND quoted.into_currency = currency.base_currency
  WHERE quoted.rate_date <= CAST(CAST(:as_of AS DATE) - INTERVAL '30' DAY AS DATE)
    AND quoted.rate_date > CAST(CAST(:as_of AS DATE) - INTERVAL '60' DAY AS DATE)
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
