-- freshness: how old is what the outside says of each customer, and is it too old?
--
-- A score may rest on data that is too old: it says so, and an alert asks for new data. What was never there is
-- not stale, it is missing.
--
-- Grain: one row per customer and kind of outside data. Key: customer_id, source.
-- Requirements: R0-04, R4-70, R4-103; EW15; A9.
--
-- Columns
--   customer_id            VARCHAR  the customer
--   source                 VARCHAR  statement, bureau, legal, industry, esg, reputation
--   source_date            DATE     the day the newest data is of; NULL: there is none
--   source_freshness_days  INTEGER  days from that day to the night; NULL: there is none [R0-04]
--   oldest_date            DATE     the first day that is not too old, by policy
--   stale_flag             BOOLEAN  older than that; NULL: there is no data [R0-04]

WITH

dated AS (
  SELECT customer_id, 'statement' AS source, statement_date AS source_date FROM indicator.finance
  UNION ALL
  SELECT customer_id, 'bureau', bureau_score_asof FROM indicator.bureau
  UNION ALL
  SELECT customer_id, 'legal', legal_asof FROM indicator.legal
  UNION ALL
  SELECT customer_id, 'industry', industry_date FROM indicator.industry
  UNION ALL
  SELECT customer_id, 'esg', csr_date FROM indicator.esg
  UNION ALL
  SELECT customer_id, 'reputation', reputation_date FROM indicator.reputation
)

SELECT
  dated.customer_id,
  dated.source,
  dated.source_date,
  EXTRACT(DAY FROM (
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(dated.source_date AS TIMESTAMP)
  )) AS source_freshness_days,
  freshness.oldest AS oldest_date,
  dated.source_date < freshness.oldest AS stale_flag
FROM dated
JOIN policy.freshness ON freshness.source = dated.source
ORDER BY customer_id, source
