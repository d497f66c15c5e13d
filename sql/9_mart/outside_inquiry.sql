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

SELECT
  customer.customer_id,
  COALESCE(inquiry.provider, '') AS provider,
  COALESCE(inquiry.product, '') AS product,
  COALESCE(inquiry.outcome, 'not_asked') AS outcome,
  inquiry.asked_on,
  inquiry.answered_on,
  inquiry.hits,
  inquiry.asked_customer_id,
  inquiry.batch
FROM core.customer AS customer
LEFT JOIN core.inquiry AS inquiry ON inquiry.customer_id = customer.customer_id
ORDER BY customer.customer_id, provider, product
