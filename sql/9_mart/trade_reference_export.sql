-- trade_reference_export: what may be told to others about how each customer pays, without telling who it is?
--
-- For suppliers, banks and agencies we exchange experience with. No number, no full name, no date to the day, no
-- amount to the cent: the first character of the name, the year, the order of magnitude. Only customers judged on at
-- least three items; fewer would show single bills. The key counts rows and is another one each night.
--
-- Grain: one row per reference. Key: reference_no.
-- Requirements: R4-94.
--
-- Columns
--   reference_no         BIGINT         place in tonight's list
--   masked_name          VARCHAR        the first character and ***; NULL: no name
--   country              VARCHAR        as the source writes it; NULL: not stated
--   known_since_year     INTEGER        first year of business
--   last_sale_year       INTEGER        last year in which something was billed
--   base_currency        VARCHAR        of the bands
--   yearly_sales_band    VARCHAR        billed in the look-back window: 0, under 10k, 10k-100k, 100k-1m, 1m-10m, over 10m
--   owing_band           VARCHAR        open tonight, in the same bands
--   overdue_band         VARCHAR        past due tonight, in the same bands
--   judged_cnt           BIGINT         items the experience rests on
--   terms_days           INTEGER        agreed days of credit; NULL: not stated
--   on_time_share        DECIMAL(9,2)   fraction of items paid in time, to two digits
--   days_late_band       VARCHAR        amount-weighted days late: 0, 1-5, 6-15, 16-30, 31-60, over 60; NULL: no_fx
--   has_loss             BOOLEAN        something was given up on it

WITH

-- What was written off by mistake and booked back is no loss: this goes to others.
lost AS (
  SELECT DISTINCT customer_id
  FROM (
    SELECT customer_id, currency
    FROM event.settlement
    WHERE kind IN ('write_off', 'bad_debt_transfer') AND customer_id IS NOT NULL
    GROUP BY customer_id, currency
    HAVING SUM(amount) > 0
  ) AS net
),

terms AS (
  SELECT customer_id, payment_terms_days FROM current.customer WHERE NOT is_deleted
),

experience AS (
  SELECT
    customer.customer_id,
    customer.customer_name,
    customer.country,
    EXTRACT(YEAR FROM customer.first_sale_date) AS known_since_year,
    EXTRACT(YEAR FROM customer.last_sale_date) AS last_sale_year,
    payment.base_currency,
    payment.sales_amount,
    payment.open_amount,
    payment.overdue_amount,
    payment.judged_cnt,
    payment.on_time_share_cnt,
    payment.days_overdue_wavg,
    terms.payment_terms_days,
    lost.customer_id IS NOT NULL AS has_loss
  FROM core.customer
  JOIN indicator.payment ON payment.customer_id = customer.customer_id
  LEFT JOIN terms ON terms.customer_id = customer.customer_id
  LEFT JOIN lost ON lost.customer_id = customer.customer_id
  WHERE payment.judged_cnt >= 3
)

SELECT
  ROW_NUMBER() OVER (ORDER BY customer_id) AS reference_no,
  SUBSTRING(NULLIF(TRIM(customer_name), ''), 1, 1) || '***' AS masked_name,
  country,
  known_since_year,
  last_sale_year,
  base_currency,
  CASE
    WHEN sales_amount <= 0 THEN '0'
    WHEN sales_amount < 10000 THEN 'under 10k'
    WHEN sales_amount < 100000 THEN '10k-100k'
    WHEN sales_amount < 1000000 THEN '100k-1m'
    WHEN sales_amount < 10000000 THEN '1m-10m'
    ELSE 'over 10m'
  END AS yearly_sales_band,
  CASE
    WHEN open_amount <= 0 THEN '0'
    WHEN open_amount < 10000 THEN 'under 10k'
    WHEN open_amount < 100000 THEN '10k-100k'
    WHEN open_amount < 1000000 THEN '100k-1m'
    WHEN open_amount < 10000000 THEN '1m-10m'
    ELSE 'over 10m'
  END AS owing_band,
  CASE
    WHEN overdue_amount <= 0 THEN '0'
    WHEN overdue_amount < 10000 THEN 'under 10k'
    WHEN overdue_amount < 100000 THEN '10k-100k'
    WHEN overdue_amount < 1000000 THEN '100k-1m'
    WHEN overdue_amount < 10000000 THEN '1m-10m'
    ELSE 'over 10m'
  END AS overdue_band,
  judged_cnt,
  payment_terms_days AS terms_days,
  ROUND(on_time_share_cnt, 2) AS on_time_share,
  CASE
    WHEN days_overdue_wavg IS NULL THEN NULL
    WHEN days_overdue_wavg = 0 THEN '0'
    WHEN days_overdue_wavg <= 5 THEN '1-5'
    WHEN days_overdue_wavg <= 15 THEN '6-15'
    WHEN days_overdue_wavg <= 30 THEN '16-30'
    WHEN days_overdue_wavg <= 60 THEN '31-60'
    ELSE 'over 60'
  END AS days_late_band,
  has_loss
FROM experience
ORDER BY reference_no
