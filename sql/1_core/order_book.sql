-- order_book: what has each customer ordered, in which quarters, and in which money?
--
-- The orders are scanned here once for everybody who counts them: trade activity, complaint and refund rates, the
-- exposure of open orders. Cancelled orders count in no column but their own. Periods are whole months back from the
-- night: quarter 1 is the last three months, quarter 5 the same quarter a year ago; quarters 1 to 4 are the year.
--
-- Grain: one row per customer and currency it ordered in. Key: customer_id, currency.
-- Requirements: R0-20, R3-04, R4-02, R4-22; EW07, EW11, EW12; Q18, Q19, Q20.
--
-- Columns
--   customer_id            VARCHAR        the customer
--   currency               VARCHAR        of every amount in this row
--   rate_to_base           DECIMAL(19,8)  tonight's; NULL: no_fx, the row's amounts stay out of customer sums
--   order_cnt              BIGINT         orders ever
--   first_order_date       DATE           the first; NULL: every order was cancelled
--   last_order_date        DATE           the last; NULL: every order was cancelled
--   order_cnt_q1           BIGINT         orders of the last 3 months
--   order_cnt_q2           BIGINT         orders of the 3 months before
--   order_cnt_q3           BIGINT         and so on
--   order_cnt_q4           BIGINT         and so on
--   order_cnt_q5           BIGINT         the same quarter as q1, last year
--   order_cnt_q6           BIGINT         and so on
--   order_cnt_q7           BIGINT         and so on
--   order_cnt_q8           BIGINT         21 to 24 months ago
--   order_cnt_90d          BIGINT         orders of the last 90 days
--   order_cnt_90d_before   BIGINT         orders of the 90 days before
--   order_amount_12m       DECIMAL(28,2)  ordered in the last 12 months
--   order_amount_prior_12m DECIMAL(28,2)  ordered in the 12 months before
--   order_amount_6m        DECIMAL(28,2)  ordered in the last 6 months
--   order_amount_90d       DECIMAL(28,2)  ordered in the last 90 days
--   order_amount_90d_before DECIMAL(28,2) ordered in the 90 days before
--   costed_cnt_12m         BIGINT         orders of the last 12 months that state what the goods cost us
--   costed_amount_12m      DECIMAL(28,2)  ordered in them
--   margin_amount_12m      DECIMAL(28,2)  the same less what the goods cost
--   open_order_cnt         BIGINT         orders not delivered yet, however old
--   open_order_amount      DECIMAL(28,2)  ordered in them
--   cancelled_cnt_12m      BIGINT         orders of the last 12 months that were cancelled
--   reopened_cnt_7d        BIGINT         orders opened again, after they were closed, in the last 7 days
--   reopened_first_id      VARCHAR        the first of them by number; NULL: none
--   reopened_last_id       VARCHAR        the last of them by number; NULL: none
--   reopened_soon_cnt_90d  BIGINT         orders opened again within 7 days of their closing, in the last 90 days
--   sent_back_cnt_12m      BIGINT         orders of the last 12 months with a return or a refund

WITH

night AS (
  SELECT
    12 * EXTRACT(YEAR FROM CAST(:as_of AS DATE)) + EXTRACT(MONTH FROM CAST(:as_of AS DATE))
      AS night_month,
    EXTRACT(DAY FROM CAST(:as_of AS DATE)) AS night_day,
    days_90_start,
    days_180_start
  FROM policy.book
),

-- A refund that pays for a return is about the return's order.
sent_back AS (
  SELECT order_id
  FROM current.sales_return
  WHERE NOT is_deleted AND return_date <= CAST(:as_of AS DATE) AND order_id IS NOT NULL
  UNION
  SELECT COALESCE(refund.order_id, sales_return.order_id) AS order_id
  FROM current.refund
  LEFT JOIN current.sales_return
    ON sales_return.return_id = refund.return_id AND NOT sales_return.is_deleted
  WHERE NOT refund.is_deleted AND refund.refund_date <= CAST(:as_of AS DATE)
),

-- Whole months from the order to the night: 0 is the last month. A day the older month lacks does not make it one
-- month more, so month 12 begins where the policy's window ends.
dated AS (
  SELECT
    sales_order.customer_id,
    sales_order.currency,
    sales_order.order_date,
    sales_order.amount,
    sales_order.cost_amount,
    COALESCE(sales_order.status, 'open') = 'open' AS is_open,
    COALESCE(sales_order.status, 'open') <> 'cancelled' AS is_kept,
    night.night_month
      - 12 * EXTRACT(YEAR FROM sales_order.order_date) - EXTRACT(MONTH FROM sales_order.order_date)
      - CASE WHEN EXTRACT(DAY FROM sales_order.order_date) > night.night_day THEN 1 ELSE 0 END
      AS months_ago,
    night.days_90_start,
    night.days_180_start
  FROM current.sales_order
  CROSS JOIN night
  WHERE NOT sales_order.is_deleted AND sales_order.order_date <= CAST(:as_of AS DATE)
),

counted AS (
  SELECT
    customer_id,
    currency,
    COUNT(*) FILTER (WHERE is_kept) AS order_cnt,
    MIN(order_date) FILTER (WHERE is_kept) AS first_order_date,
    MAX(order_date) FILTER (WHERE is_kept) AS last_order_date,
    COUNT(*) FILTER (WHERE is_kept AND months_ago <= 2) AS order_cnt_q1,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 3 AND months_ago <= 5) AS order_cnt_q2,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 6 AND months_ago <= 8) AS order_cnt_q3,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 9 AND months_ago <= 11) AS order_cnt_q4,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 12 AND months_ago <= 14) AS order_cnt_q5,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 15 AND months_ago <= 17) AS order_cnt_q6,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 18 AND months_ago <= 20) AS order_cnt_q7,
    COUNT(*) FILTER (WHERE is_kept AND months_ago >= 21 AND months_ago <= 23) AS order_cnt_q8,
    COUNT(*) FILTER (WHERE is_kept AND order_date > days_90_start) AS order_cnt_90d,
    COUNT(*) FILTER (WHERE is_kept AND order_date <= days_90_start AND order_date > days_180_start)
      AS order_cnt_90d_before,
    SUM(amount) FILTER (WHERE is_kept AND months_ago <= 11) AS order_amount_12m,
    SUM(amount) FILTER (WHERE is_kept AND months_ago >= 12 AND months_ago <= 23)
      AS order_amount_prior_12m,
    SUM(amount) FILTER (WHERE is_kept AND months_ago <= 5) AS order_amount_6m,
    SUM(amount) FILTER (WHERE is_kept AND order_date > days_90_start) AS order_amount_90d,
    SUM(amount)
      FILTER (WHERE is_kept AND order_date <= days_90_start AND order_date > days_180_start)
      AS order_amount_90d_before,
    COUNT(cost_amount) FILTER (WHERE is_kept AND months_ago <= 11) AS costed_cnt_12m,
    SUM(amount) FILTER (WHERE is_kept AND months_ago <= 11 AND cost_amount IS NOT NULL)
      AS costed_amount_12m,
    SUM(cost_amount) FILTER (WHERE is_kept AND months_ago <= 11) AS cost_amount_12m,
    COUNT(*) FILTER (WHERE is_open) AS open_order_cnt,
    SUM(amount) FILTER (WHERE is_open) AS open_order_amount,
    COUNT(*) FILTER (WHERE NOT is_kept AND months_ago <= 11) AS cancelled_cnt_12m
  FROM dated
  GROUP BY customer_id, currency
),

-- Few orders are opened again and few come back: found by themselves, they cost less than a mark on every order.
reopened AS (
  SELECT
    sales_order.customer_id,
    sales_order.currency,
    sales_order.order_id,
    sales_order.reopened_on > CAST(CAST(:as_of AS DATE) - INTERVAL '7' DAY AS DATE) AS is_this_week,
    sales_order.reopened_on >= sales_order.closed_on
      AND sales_order.reopened_on <= CAST(sales_order.closed_on + INTERVAL '7' DAY AS DATE) AS is_soon
  FROM current.sales_order
  CROSS JOIN night
  WHERE NOT sales_order.is_deleted
    AND sales_order.order_date <= CAST(:as_of AS DATE)
    AND sales_order.reopened_on <= CAST(:as_of AS DATE)
    AND sales_order.reopened_on > night.days_90_start
    AND COALESCE(sales_order.status, 'open') <> 'cancelled'
),

reopened_of AS (
  SELECT
    customer_id,
    currency,
    COUNT(*) FILTER (WHERE is_this_week) AS reopened_cnt_7d,
    MIN(CASE WHEN is_this_week THEN order_id END) AS reopened_first_id,
    MAX(CASE WHEN is_this_week THEN order_id END) AS reopened_last_id,
    COUNT(*) FILTER (WHERE is_soon) AS reopened_soon_cnt_90d
  FROM reopened
  GROUP BY customer_id, currency
),

sent_back_of AS (
  SELECT sales_order.customer_id, sales_order.currency, COUNT(*) AS sent_back_cnt_12m
  FROM current.sales_order
  JOIN sent_back ON sent_back.order_id = sales_order.order_id
  CROSS JOIN policy.book
  WHERE NOT sales_order.is_deleted
    AND sales_order.order_date <= CAST(:as_of AS DATE)
    AND sales_order.order_date > book.quarter_last_year_end
    AND COALESCE(sales_order.status, 'open') <> 'cancelled'
  GROUP BY sales_order.customer_id, sales_order.currency
)

SELECT
  counted.customer_id,
  counted.currency,
  currency.rate_to_base,
  counted.order_cnt,
  counted.first_order_date,
  counted.last_order_date,
  counted.order_cnt_q1,
  counted.order_cnt_q2,
  counted.order_cnt_q3,
  counted.order_cnt_q4,
  counted.order_cnt_q5,
  counted.order_cnt_q6,
  counted.order_cnt_q7,
  counted.order_cnt_q8,
  counted.order_cnt_90d,
  counted.order_cnt_90d_before,
  COALESCE(counted.order_amount_12m, 0) AS order_amount_12m,
  COALESCE(counted.order_amount_prior_12m, 0) AS order_amount_prior_12m,
  COALESCE(counted.order_amount_6m, 0) AS order_amount_6m,
  COALESCE(counted.order_amount_90d, 0) AS order_amount_90d,
  COALESCE(counted.order_amount_90d_before, 0) AS order_amount_90d_before,
  counted.costed_cnt_12m,
  COALESCE(counted.costed_amount_12m, 0) AS costed_amount_12m,
  COALESCE(counted.costed_amount_12m - counted.cost_amount_12m, 0) AS margin_amount_12m,
  counted.open_order_cnt,
  COALESCE(counted.open_order_amount, 0) AS open_order_amount,
  counted.cancelled_cnt_12m,
  COALESCE(reopened_of.reopened_cnt_7d, 0) AS reopened_cnt_7d,
  reopened_of.reopened_first_id,
  reopened_of.reopened_last_id,
  COALESCE(reopened_of.reopened_soon_cnt_90d, 0) AS reopened_soon_cnt_90d,
  COALESCE(sent_back_of.sent_back_cnt_12m, 0) AS sent_back_cnt_12m
FROM counted
LEFT JOIN event.currency ON currency.currency = counted.currency
LEFT JOIN reopened_of
  ON reopened_of.customer_id = counted.customer_id AND reopened_of.currency = counted.currency
LEFT JOIN sent_back_of
  ON sent_back_of.customer_id = counted.customer_id AND sent_back_of.currency = counted.currency
ORDER BY customer_id, currency
