-- customer: who is in the book tonight?
--
-- Everybody a source described and everybody a document names: a customer without a master record
-- still gets a credit file, because nobody may disappear in a join.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R3-40, R1-75; A0.1 Words.
--
-- Columns
--   customer_id       VARCHAR       number in the source system
--   customer_name     VARCHAR       name as the source writes it; NULL: not stated
--   country           VARCHAR       as the source writes it; NULL: not stated
--   customer_since    DATE          stated, else the first invoice; NULL: neither
--   first_sale_date   DATE          first invoice; NULL: never billed
--   last_sale_date    DATE          last invoice; NULL: never billed
--   is_reseller       BOOLEAN       NULL: nobody said, so the competitor letter is unknown [Q13a]
--   competitor_share  DECIMAL(9,6)  fraction of its trade, as last stated; NULL: unknown [R4-G3]
--   competitor_share_date DATE      the day it was stated; NULL: the customer's record says it without a day, or unknown
--   has_master        BOOLEAN       a source described this customer, not only a document

WITH

described AS (
  SELECT
    customer_id, customer_name, country, customer_since, is_reseller, competitor_share
  FROM current.customer
  WHERE NOT is_deleted
),

billed AS (
  SELECT customer_id, MIN(invoice_date) AS first_sale_date, MAX(invoice_date) AS last_sale_date
  FROM current.invoice
  WHERE NOT is_deleted AND invoice_date <= CAST(:as_of AS DATE)
  GROUP BY customer_id
),

-- `all` is every competitor together; without it the competitors named on one day are added up.
stated AS (
  SELECT
    customer_id,
    stated_on,
    COALESCE(
      MAX(CASE WHEN competitor = 'all' THEN share END),
      LEAST(SUM(share), 1)
    ) AS share,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY stated_on DESC) AS place
  FROM current.competitor_share
  WHERE NOT is_deleted AND stated_on <= CAST(:as_of AS DATE)
  GROUP BY customer_id, stated_on
),

named AS (
  SELECT customer_id FROM described
  UNION
  SELECT customer_id FROM billed
  UNION
  SELECT customer_id FROM event.settlement WHERE customer_id IS NOT NULL
  UNION
  SELECT customer_id FROM current.claim
  WHERE NOT is_deleted AND claim_date <= CAST(:as_of AS DATE)
  UNION
  SELECT customer_id FROM current.sales_order
  WHERE NOT is_deleted AND order_date <= CAST(:as_of AS DATE)
  UNION
  SELECT customer_id FROM current.contract
  WHERE NOT is_deleted
  UNION
  SELECT customer_id FROM current.delivery
  WHERE NOT is_deleted
  UNION
  SELECT customer_id FROM current.sales_return
  WHERE NOT is_deleted AND return_date <= CAST(:as_of AS DATE)
  UNION
  SELECT customer_id FROM current.refund
  WHERE NOT is_deleted AND refund_date <= CAST(:as_of AS DATE)
)

SELECT
  named.customer_id,
  described.customer_name,
  described.country,
  COALESCE(described.customer_since, billed.first_sale_date) AS customer_since,
  billed.first_sale_date,
  billed.last_sale_date,
  described.is_reseller,
  COALESCE(stated.share, described.competitor_share) AS competitor_share,
  stated.stated_on AS competitor_share_date,
  described.customer_id IS NOT NULL AS has_master
FROM named
LEFT JOIN described ON described.customer_id = named.customer_id
LEFT JOIN billed ON billed.customer_id = named.customer_id
LEFT JOIN stated ON stated.customer_id = named.customer_id AND stated.place = 1
ORDER BY customer_id
