-- outside_inquiry: who was last asked about each customer, for what, and what was the answer?
--
-- "Nobody was asked" is not "nothing was found", so a customer nobody was asked about has a row that says so.
-- A question about another number of the same legal party (match.customer_link) is one about this customer.
-- A question without an answer tells nothing: the day of the last answer stands beside it.
--
-- Grain: one row per customer, provider and product. Key: customer_id, provider, product.
-- Requirements: R0-70, R1-30; EW05; A0.1 Known.
--
-- Columns
--   customer_id        VARCHAR  the customer
--   provider           VARCHAR  who was asked; empty: nobody was
--   product            VARCHAR  the provider's product or interface; empty: nobody was asked
--   outcome            VARCHAR  of the last question: hits, none, failed; not_asked: nobody was asked
--   asked_on           DATE     the last question; NULL: nobody was asked
--   answered_on        DATE     the last one that was answered; NULL: none was
--   hits               INTEGER  records the provider said it has; NULL: not stated
--   asked_customer_id  VARCHAR  the customer number asked about, of the same legal party; NULL: nobody was asked
--   batch              VARCHAR  the delivery that tells of the last question; NULL: nobody was asked

WITH

party AS (
  SELECT customer_id, party_id
  FROM match.customer_link
  WHERE state = 'accepted'
),

about AS (
  SELECT customer_id, customer_id AS asked_customer_id
  FROM core.customer
  UNION
  SELECT party.customer_id, other.customer_id
  FROM party
  JOIN party AS other ON other.party_id = party.party_id
),

asked AS (
  SELECT
    about.customer_id,
    about.asked_customer_id,
    inquiry.provider,
    inquiry.product,
    inquiry.asked_on,
    inquiry.outcome,
    inquiry.hits,
    inquiry.batch,
    MAX(CASE WHEN inquiry.outcome <> 'failed' THEN inquiry.asked_on END) OVER (
      PARTITION BY about.customer_id, inquiry.provider, inquiry.product
    ) AS answered_on,
    ROW_NUMBER() OVER (
      PARTITION BY about.customer_id, inquiry.provider, inquiry.product
      ORDER BY
        inquiry.asked_on DESC,
        CASE inquiry.outcome WHEN 'hits' THEN 1 WHEN 'none' THEN 2 ELSE 3 END,
        CASE WHEN about.asked_customer_id = about.customer_id THEN 1 ELSE 2 END,
        inquiry.hits DESC NULLS LAST,
        about.asked_customer_id,
        inquiry.keyword
    ) AS place
  FROM current.inquiry AS inquiry
  JOIN about ON about.asked_customer_id = inquiry.customer_id
  WHERE NOT inquiry.is_deleted AND inquiry.asked_on <= CAST(:as_of AS DATE)
)

SELECT
  customer.customer_id,
  COALESCE(asked.provider, '') AS provider,
  COALESCE(asked.product, '') AS product,
  COALESCE(asked.outcome, 'not_asked') AS outcome,
  asked.asked_on,
  asked.answered_on,
  asked.hits,
  asked.asked_customer_id,
  asked.batch
FROM core.customer AS customer
LEFT JOIN asked ON asked.customer_id = customer.customer_id AND asked.place = 1
ORDER BY customer.customer_id, provider, product
