-- inquiry: who was last asked about each customer, for what, and when did an answer come?
--
-- What was not asked is not known: a court that was never asked has not said that there is no case. A question
-- about another number of the same legal party (match.customer_link) is one about this customer. A question that
-- failed tells nothing, so the day of the last answer stands beside it.
--
-- Grain: one row per customer asked about, provider and product. Key: customer_id, provider, product.
-- Requirements: R0-70, R1-30, R0-04; EW05, EW15; A0.1 Known.
--
-- Columns
--   customer_id        VARCHAR  the customer
--   provider           VARCHAR  who was asked
--   product            VARCHAR  the provider's product or interface
--   outcome            VARCHAR  of the last question: hits, none, failed
--   asked_on           DATE     the last question
--   answered_on        DATE     the last one that was answered; NULL: none was
--   hits               INTEGER  records the provider said it has; NULL: not stated
--   asked_customer_id  VARCHAR  the customer number asked about, of the same legal party
--   batch              VARCHAR  the delivery that tells of the last question

WITH

asked AS (
  SELECT customer_id, provider, product, keyword, asked_on, outcome, hits, batch
  FROM current.inquiry
  WHERE NOT is_deleted AND asked_on <= CAST(:as_of AS DATE) AND customer_id IS NOT NULL
),

party AS (
  SELECT customer_id, party_id
  FROM match.customer_link
  WHERE state = 'accepted'
),

about AS (
  SELECT customer_id, customer_id AS asked_customer_id
  FROM asked
  UNION
  SELECT party.customer_id, other.customer_id
  FROM party
  JOIN party AS other ON other.party_id = party.party_id
),

placed AS (
  SELECT
    about.customer_id,
    about.asked_customer_id,
    asked.provider,
    asked.product,
    asked.asked_on,
    asked.outcome,
    asked.hits,
    asked.batch,
    MAX(CASE WHEN asked.outcome <> 'failed' THEN asked.asked_on END) OVER (
      PARTITION BY about.customer_id, asked.provider, asked.product
    ) AS answered_on,
    ROW_NUMBER() OVER (
      PARTITION BY about.customer_id, asked.provider, asked.product
      ORDER BY
        asked.asked_on DESC,
        CASE asked.outcome WHEN 'hits' THEN 1 WHEN 'none' THEN 2 ELSE 3 END,
        CASE WHEN about.asked_customer_id = about.customer_id THEN 1 ELSE 2 END,
        asked.hits DESC NULLS LAST,
        about.asked_customer_id,
        asked.keyword
    ) AS place
  FROM asked
  JOIN about ON about.asked_customer_id = asked.customer_id
)

SELECT
  customer_id,
  provider,
  product,
  outcome,
  asked_on,
  answered_on,
  hits,
  asked_customer_id,
  batch
FROM placed
WHERE place = 1
ORDER BY customer_id, provider, product
