-- outside_opinion: what do bureaus, tax offices and registers say of each customer?
--
-- Only what matching accepted. Of a score the last report on each provider's scale, as the provider gives it:
-- a scale is never turned into ours here. Of a tax level every year; of a registration its present state.
--
-- Grain: one row per customer, kind, provider and subject. Key: customer_id, opinion_kind, provider, subject.
-- Requirements: R0-02, Q17, EW06; R1-71, R3-02; R4-97.
--
-- Columns
--   customer_id        VARCHAR       the customer
--   opinion_kind       VARCHAR       score, tax_credit, registration
--   provider           VARCHAR       who says it
--   subject            VARCHAR       score: the scale; tax_credit: the year; registration: its number there
--   record_id          VARCHAR       the company's or the report's number at the provider
--   party_name         VARCHAR       the company as the provider names it; NULL: it does not
--   stated_on          DATE          the day of the report, or the last day the provider sent it
--   level              VARCHAR       band, tax level or state of registration; NULL: none given
--   level_text         VARCHAR       the level in the provider's words, or the authority; NULL: none
--   score              DECIMAL(18,6) as the provider gives it; NULL: none given
--   score_min          DECIMAL(18,6) the worst the scale has; NULL: not stated
--   score_max          DECIMAL(18,6) the best the scale has, below score_min where low is good; NULL: not stated
--   recommended_limit  DECIMAL(18,2) the credit the provider would give, in currency; NULL: it does not say
--   currency           VARCHAR       ISO 4217 code of recommended_limit; NULL: there is none
--   method             VARCHAR       how it was matched
--   link_score         DECIMAL(9,6)  probability that it is this customer, fraction
--   is_certain         BOOLEAN       matched by number or decided by a person

WITH

accepted AS (
  SELECT record_kind, record_key, customer_id, method, score AS link_score, is_certain
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind IN ('bureau_score', 'tax_credit', 'registration')
),

said AS (
  SELECT
    'bureau_score' AS record_kind,
    'score' AS opinion_kind,
    provider || '|' || record_id || '|' || scale_id || '|' || CAST(report_date AS VARCHAR) || '|'
      || COALESCE(customer_id, '') AS record_key,
    provider,
    scale_id AS subject,
    record_id,
    party_name,
    report_date AS stated_on,
    band AS level,
    band_meaning AS level_text,
    score,
    score_min,
    score_max,
    recommended_limit,
    CASE WHEN recommended_limit IS NOT NULL THEN currency END AS currency
  FROM current.bureau_score
  WHERE NOT is_deleted AND report_date <= CAST(:as_of AS DATE)
  UNION ALL
  SELECT
    'tax_credit',
    'tax_credit',
    provider || '|' || record_id || '|' || CAST(year AS VARCHAR) || '|' || COALESCE(customer_id, ''),
    provider,
    CAST(year AS VARCHAR),
    record_id,
    party_name,
    known_on,
    level,
    authority,
    CAST(NULL AS DECIMAL(18, 6)),
    CAST(NULL AS DECIMAL(18, 6)),
    CAST(NULL AS DECIMAL(18, 6)),
    CAST(NULL AS DECIMAL(18, 2)),
    CAST(NULL AS VARCHAR)
  FROM current.tax_credit
  WHERE NOT is_deleted
  UNION ALL
  SELECT
    'registration',
    'registration',
    provider || '|' || record_id || '|' || COALESCE(customer_id, ''),
    provider,
    record_id,
    record_id,
    party_name,
    known_on,
    status,
    status_text,
    CAST(NULL AS DECIMAL(18, 6)),
    CAST(NULL AS DECIMAL(18, 6)),
    CAST(NULL AS DECIMAL(18, 6)),
    CAST(NULL AS DECIMAL(18, 2)),
    CAST(NULL AS VARCHAR)
  FROM current.registration
  WHERE NOT is_deleted
),

ranked AS (
  SELECT
    accepted.customer_id,
    said.*,
    accepted.method,
    accepted.link_score,
    accepted.is_certain,
    ROW_NUMBER() OVER (
      PARTITION BY accepted.customer_id, said.opinion_kind, said.provider, said.subject
      ORDER BY said.stated_on DESC, accepted.is_certain DESC, accepted.link_score DESC, said.record_key
    ) AS place
  FROM accepted
  JOIN said
    ON said.record_kind = accepted.record_kind
      AND said.record_key = accepted.record_key
)

SELECT
  customer_id,
  opinion_kind,
  provider,
  subject,
  record_id,
  party_name,
  stated_on,
  level,
  level_text,
  score,
  score_min,
  score_max,
  recommended_limit,
  currency,
  method,
  link_score,
  is_certain
FROM ranked
WHERE place = 1
ORDER BY customer_id, opinion_kind, provider, subject
