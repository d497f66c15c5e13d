-- trade: how much, how often and how steadily does each customer buy?
--
-- One row for every customer. Orders come from core.order_book, so cancelled ones count nowhere but in their own
-- share; purchases are what was billed, net of credit notes. A book into which nobody feeds orders knows nothing about
-- them: every order column is NULL with `no_order_feed`, never 0. Ranks that people could tie in give all of them the
-- better place, so nothing depends on the order of numbers or names.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-20..R0-22, R1-20, R1-75, R3-04, R4-02, R4-20..R4-22, R4-83; EW07, EW11, EW12; Q20.
--
-- Columns
--   customer_id              VARCHAR        the customer
--   base_currency            VARCHAR        of every amount in this row but open_order_amount_native
--   order_cnt                BIGINT         orders ever; NULL: no_order_feed
--   first_order_date         DATE           the first; NULL: never ordered
--   last_order_date          DATE           the last, or the last the customer's record states; NULL: never ordered
--   order_cnt_12m            BIGINT         orders of the last 12 months; NULL: no_order_feed [R3-04, R4-02]
--   order_amount_12m         DECIMAL(28,2)  ordered in them; NULL: no_order_feed, no_fx [R3-04]
--   order_freq_month         DECIMAL(18,6)  orders per month of the last 12, or of the time since the first; NULL: never ordered [R0-20]
--   recency_days             INTEGER        days since the last order; NULL: never ordered [R0-20]
--   key_customer_flag        BOOLEAN        among the fifth of buyers with most orders in 12 months; NULL: no_order_feed [R0-21]
--   order_cnt_3m             BIGINT         orders of the last 3 months; NULL: no_order_feed
--   order_cnt_3m_last_year   BIGINT         orders of the same 3 months a year ago; NULL: no_order_feed
--   order_cnt_change_yoy     DECIMAL(18,6)  fraction, these 3 months over the same last year, less 1; NULL: fewer than 4 orders then [R0-22]
--   order_cnt_90d            BIGINT         orders of the last 90 days; NULL: no_order_feed
--   order_cnt_90d_before     BIGINT         orders of the 90 days before; NULL: no_order_feed
--   order_cnt_change_90d     DECIMAL(18,6)  fraction, the last 90 days over the 90 before, less 1; NULL: none then
--   order_amount_90d         DECIMAL(28,2)  ordered in the last 90 days; NULL: no_order_feed, no_fx
--   order_amount_90d_before  DECIMAL(28,2)  ordered in the 90 days before; NULL: no_order_feed, no_fx
--   order_trend              DECIMAL(18,6)  fraction, ordered in the last 6 months over the 6 before, less 1; NULL: nothing then, no_fx
--   order_reopened_cnt_7d    BIGINT         orders opened again after they were closed, in the last 7 days; NULL: no_order_feed
--   order_reopened_first_id  VARCHAR        the first of them by number; NULL: none
--   order_reopened_last_id   VARCHAR        the last of them by number; NULL: none
--   order_reopened_soon_cnt  BIGINT         orders opened again within 7 days of their closing, in the last 90 days; NULL: no_order_feed
--   order_cancel_rate        DECIMAL(18,6)  fraction of the orders of 12 months that were cancelled; NULL: none
--   open_order_cnt           BIGINT         orders not delivered yet; NULL: no_order_feed
--   open_order_amount        DECIMAL(28,2)  ordered in them, part of the exposure; NULL: no_order_feed, no_fx
--   open_order_currency      VARCHAR        the one currency they are in; NULL: none open, or several
--   open_order_amount_native DECIMAL(28,2)  ordered in them, in open_order_currency; NULL: as that
--   purchases_amount_12m     DECIMAL(28,2)  billed in the last 12 months less credit notes; NULL: no_fx
--   purchases_prior_amount   DECIMAL(28,2)  billed in the 12 months before less credit notes; NULL: no_fx
--   sales_growth             DECIMAL(18,6)  fraction, purchases of 12 months over the 12 before, less 1; NULL: nothing then, no_fx [R4-22]
--   sales_growth_reason      VARCHAR        never_billed, no_fx, no_earlier_sales; NULL: there is a value
--   sales_trend              DECIMAL(18,6)  fraction, purchases of 6 months over the 6 before, less 1; NULL: nothing then, no_fx [R1-20]
--   sales_trend_reason       VARCHAR        as sales_growth_reason; NULL: there is a value
--   costed_order_cnt         BIGINT         orders of 12 months that state what the goods cost us
--   margin_amount_12m        DECIMAL(28,2)  ordered in them less that cost; NULL: no order feed, no cost stated, no_fx [Q20]
--   margin_ratio             DECIMAL(18,6)  the same as a fraction of what was ordered in them; NULL: as margin_amount_12m, or nothing ordered
--   value_band               VARCHAR        A, B, C: the ABC class, by cumulative gross margin; NULL: never ordered, no cost, no_fx [R1-75, R4-83, Q20]
--   margin_ahead_amount      DECIMAL(28,2)  margin of every customer with a larger one: what the band is read from; NULL: as value_band
--   margin_book_amount       DECIMAL(28,2)  margin of all customers who bring one
--   silent_flag              BOOLEAN        no order for 90 days and for three times its usual gap; NULL: never ordered [R1-75]
--   churn_flag               BOOLEAN        ordered once, and not in the last 12 months; NULL: never ordered [R4-21]
--   repeat_rate              DECIMAL(18,6)  fraction of the last 4 quarters, since its first order, in which it ordered; NULL: never ordered [R4-20]
--   retention_rate           DECIMAL(18,6)  fraction of quarters with an order that were followed by another; NULL: none in 21 months to follow [R4-21]
--   retained_quarter_cnt     BIGINT         quarters with an order it rests on
--   no_fx_order_cnt          BIGINT         currencies left out of sums for want of a rate
--   null_reason              VARCHAR        no_order_feed, never_ordered, no_fx; NULL: there are orders to look at

WITH

night AS (
  SELECT
    book.*,
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) AS night_time,
    12 * EXTRACT(YEAR FROM CAST(:as_of AS DATE)) + EXTRACT(MONTH FROM CAST(:as_of AS DATE))
      AS night_month,
    EXTRACT(DAY FROM CAST(:as_of AS DATE)) AS night_day
  FROM policy.book
),

-- The fifth, the 90 days, the three gaps and the four orders are defaults of A8 and A9.
limits AS (
  SELECT
    5 AS key_one_in,
    90 AS silent_days,
    3 AS silent_gaps,
    4 AS yoy_min_orders,
    value_high_share,
    value_middle_share
  FROM policy.rule
  WHERE is_active
),

fed AS (
  SELECT COUNT(*) > 0 AS has_orders
  FROM core.order_book
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

-- Counts add up over currencies; amounts do when each has a rate.
ordered AS (
  SELECT
    customer_id,
    SUM(order_cnt) AS order_cnt,
    MIN(first_order_date) AS first_order_date,
    MAX(last_order_date) AS last_order_date,
    SUM(order_cnt_q1) AS q1,
    SUM(order_cnt_q2) AS q2,
    SUM(order_cnt_q3) AS q3,
    SUM(order_cnt_q4) AS q4,
    SUM(order_cnt_q5) AS q5,
    SUM(order_cnt_q6) AS q6,
    SUM(order_cnt_q7) AS q7,
    SUM(order_cnt_q8) AS q8,
    SUM(order_cnt_q1 + order_cnt_q2 + order_cnt_q3 + order_cnt_q4) AS order_cnt_12m,
    SUM(order_cnt_90d) AS order_cnt_90d,
    SUM(order_cnt_90d_before) AS order_cnt_90d_before,
    SUM(order_amount_12m * rate_to_base) AS order_base_12m,
    SUM(order_amount_6m * rate_to_base) AS order_base_6m,
    SUM(order_amount_90d * rate_to_base) AS order_base_90d,
    SUM(order_amount_90d_before * rate_to_base) AS order_base_90d_before,
    SUM(costed_cnt_12m) AS costed_cnt,
    SUM(costed_amount_12m * rate_to_base) AS costed_base,
    SUM(margin_amount_12m * rate_to_base) AS margin_base,
    SUM(open_order_cnt) AS open_order_cnt,
    SUM(open_order_amount * rate_to_base) AS open_order_base,
    COUNT(*) FILTER (WHERE open_order_cnt > 0) AS open_currency_cnt,
    MAX(currency) FILTER (WHERE open_order_cnt > 0) AS open_order_currency,
    SUM(open_order_amount) AS open_order_amount,
    SUM(cancelled_cnt_12m) AS cancelled_cnt,
    SUM(reopened_cnt_7d) AS reopened_cnt_7d,
    MIN(reopened_first_id) AS reopened_first_id,
    MAX(reopened_last_id) AS reopened_last_id,
    SUM(reopened_soon_cnt_90d) AS reopened_soon_cnt,
    COUNT(*) FILTER (WHERE rate_to_base IS NULL AND (order_amount_12m > 0 OR open_order_amount > 0))
      AS no_fx_cnt
  FROM core.order_book
  GROUP BY customer_id
),

-- What was billed less what was credited, in its own money first: a rate belongs to a sum, not to a row.
billed AS (
  SELECT customer_id, currency, invoice_date AS billed_on, amount
  FROM core.receivable
  UNION ALL
  SELECT customer_id, currency, event_date, -amount
  FROM event.settlement
  WHERE kind = 'credit' AND customer_id IS NOT NULL
),

billed_native AS (
  SELECT
    billed.customer_id,
    billed.currency,
    SUM(billed.amount) FILTER (WHERE billed.billed_on > night.quarter_last_year_end) AS amount_12m,
    SUM(billed.amount) FILTER (
      WHERE billed.billed_on <= night.quarter_last_year_end
        AND billed.billed_on > night.months_24_start
    ) AS amount_prior,
    SUM(billed.amount) FILTER (WHERE billed.billed_on > night.half_year_start) AS amount_6m
  FROM billed
  CROSS JOIN night
  GROUP BY billed.customer_id, billed.currency
),

purchased AS (
  SELECT
    native.customer_id,
    SUM(COALESCE(native.amount_12m, 0) * currency.rate_to_base) AS base_12m,
    SUM(COALESCE(native.amount_prior, 0) * currency.rate_to_base) AS base_prior,
    SUM(COALESCE(native.amount_6m, 0) * currency.rate_to_base) AS base_6m,
    COUNT(*) FILTER (WHERE currency.rate_to_base IS NULL AND native.amount_12m IS NOT NULL)
      AS no_fx_12m_cnt,
    COUNT(*) FILTER (WHERE currency.rate_to_base IS NULL AND native.amount_prior IS NOT NULL)
      AS no_fx_prior_cnt
  FROM billed_native AS native
  LEFT JOIN event.currency ON currency.currency = native.currency
  GROUP BY native.customer_id
),

-- Everybody, with the orders and purchases that can be said.
known AS (
  SELECT
    customer.customer_id,
    customer.first_sale_date,
    COALESCE(ordered.order_cnt, 0) AS order_cnt,
    ordered.first_order_date,
    GREATEST(
      COALESCE(ordered.last_order_date, described.last_order_on),
      COALESCE(described.last_order_on, ordered.last_order_date)
    ) AS last_order_date,
    COALESCE(ordered.q1, 0) AS q1,
    COALESCE(ordered.q2, 0) AS q2,
    COALESCE(ordered.q3, 0) AS q3,
    COALESCE(ordered.q4, 0) AS q4,
    COALESCE(ordered.q5, 0) AS q5,
    COALESCE(ordered.q6, 0) AS q6,
    COALESCE(ordered.q7, 0) AS q7,
    COALESCE(ordered.q8, 0) AS q8,
    COALESCE(ordered.order_cnt_12m, 0) AS order_cnt_12m,
    COALESCE(ordered.order_cnt_90d, 0) AS order_cnt_90d,
    COALESCE(ordered.order_cnt_90d_before, 0) AS order_cnt_90d_before,
    COALESCE(ordered.costed_cnt, 0) AS costed_cnt,
    COALESCE(ordered.open_order_cnt, 0) AS open_order_cnt,
    COALESCE(ordered.cancelled_cnt, 0) AS cancelled_cnt,
    COALESCE(ordered.reopened_cnt_7d, 0) AS reopened_cnt_7d,
    ordered.reopened_first_id,
    ordered.reopened_last_id,
    COALESCE(ordered.reopened_soon_cnt, 0) AS reopened_soon_cnt,
    COALESCE(ordered.no_fx_cnt, 0) AS no_fx_cnt,
    COALESCE(ordered.no_fx_cnt, 0) = 0 AS has_rates,
    COALESCE(ordered.order_base_12m, 0) AS order_base_12m,
    COALESCE(ordered.order_base_6m, 0) AS order_base_6m,
    COALESCE(ordered.order_base_90d, 0) AS order_base_90d,
    COALESCE(ordered.order_base_90d_before, 0) AS order_base_90d_before,
    COALESCE(ordered.costed_base, 0) AS costed_base,
    COALESCE(ordered.margin_base, 0) AS margin_base,
    COALESCE(ordered.open_order_base, 0) AS open_order_base,
    CASE WHEN ordered.open_currency_cnt = 1 THEN ordered.open_order_currency END
      AS open_order_currency,
    CASE WHEN ordered.open_currency_cnt = 1 THEN ordered.open_order_amount END
      AS open_order_amount_native,
    COALESCE(purchased.base_12m, 0) AS purchases_12m,
    COALESCE(purchased.base_prior, 0) AS purchases_prior,
    COALESCE(purchased.base_6m, 0) AS purchases_6m,
    COALESCE(purchased.no_fx_12m_cnt, 0) = 0 AS has_rates_12m,
    COALESCE(purchased.no_fx_prior_cnt, 0) = 0 AS has_rates_prior,
    fed.has_orders
  FROM core.customer
  CROSS JOIN fed
  LEFT JOIN ordered ON ordered.customer_id = customer.customer_id
  LEFT JOIN purchased ON purchased.customer_id = customer.customer_id
  LEFT JOIN current.customer AS described
    ON described.customer_id = customer.customer_id
      AND NOT described.is_deleted
      AND described.last_order_on <= CAST(:as_of AS DATE)
),

-- RANK: who has as many orders of as much money has the same place.
buyer AS (
  SELECT
    customer_id,
    RANK() OVER (
      ORDER BY order_cnt_12m DESC, order_base_12m DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS place,
    COUNT(*) OVER () AS buyer_cnt
  FROM known
  WHERE order_cnt_12m > 0
),

-- What a customer brings: nothing when it bought nothing, unknown when no order says what the goods cost.
margin AS (
  SELECT
    customer_id,
    CASE
      WHEN has_rates AND (costed_cnt > 0 OR (order_cnt > 0 AND order_cnt_12m = 0))
        THEN CAST(ROUND(margin_base, 2) AS DECIMAL(28, 2))
    END AS margin_amount
  FROM known
  WHERE has_orders
),

-- One step a margin, the largest first: equal margins share a band.
step AS (
  SELECT margin_amount, SUM(margin_amount) AS step_amount
  FROM margin
  WHERE margin_amount > 0
  GROUP BY margin_amount
),

ladder AS (
  SELECT
    margin_amount,
    SUM(step_amount) OVER (
      ORDER BY margin_amount DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) - step_amount AS ahead_amount
  FROM step
),

book_total AS (
  SELECT
    COALESCE(SUM(step_amount), 0) AS margin_book_amount
  FROM step
),

rhythm AS (
  SELECT
    customer_id,
    EXTRACT(DAY FROM (night.night_time - CAST(last_order_date AS TIMESTAMP))) AS recency_days,
    EXTRACT(DAY FROM (CAST(last_order_date AS TIMESTAMP) - CAST(first_order_date AS TIMESTAMP)))
      AS span_days,
    night.night_month
      - 12 * EXTRACT(YEAR FROM first_order_date) - EXTRACT(MONTH FROM first_order_date)
      - CASE WHEN EXTRACT(DAY FROM first_order_date) > night.night_day THEN 1 ELSE 0 END
      AS months_ago,
    CASE WHEN q1 > 0 THEN 1 ELSE 0 END + CASE WHEN q2 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q3 > 0 THEN 1 ELSE 0 END + CASE WHEN q4 > 0 THEN 1 ELSE 0 END AS active_quarters,
    CASE WHEN q2 > 0 THEN 1 ELSE 0 END + CASE WHEN q3 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q4 > 0 THEN 1 ELSE 0 END + CASE WHEN q5 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q6 > 0 THEN 1 ELSE 0 END + CASE WHEN q7 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q8 > 0 THEN 1 ELSE 0 END AS earlier_quarters,
    CASE WHEN q2 > 0 AND q1 > 0 THEN 1 ELSE 0 END + CASE WHEN q3 > 0 AND q2 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q4 > 0 AND q3 > 0 THEN 1 ELSE 0 END + CASE WHEN q5 > 0 AND q4 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q6 > 0 AND q5 > 0 THEN 1 ELSE 0 END + CASE WHEN q7 > 0 AND q6 > 0 THEN 1 ELSE 0 END
      + CASE WHEN q8 > 0 AND q7 > 0 THEN 1 ELSE 0 END AS followed_quarters
  FROM known
  CROSS JOIN night
)

-- TRY: orders of a cent then and of billions now make one ratio too long to publish, no end of the night.
SELECT
  known.customer_id,
  base.base_currency,
  CASE WHEN known.has_orders THEN known.order_cnt END AS order_cnt,
  known.first_order_date,
  known.last_order_date,
  CASE WHEN known.has_orders THEN known.order_cnt_12m END AS order_cnt_12m,
  CASE WHEN known.has_orders AND known.has_rates THEN ROUND(known.order_base_12m, 2) END
    AS order_amount_12m,
  CAST(CAST(
    CASE WHEN known.order_cnt > 0 THEN known.order_cnt_12m END
    / CAST(LEAST(rhythm.months_ago + 1, 12) AS DECIMAL(18, 2)) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS order_freq_month,
  rhythm.recency_days,
  CASE WHEN known.has_orders
    THEN COALESCE(limits.key_one_in * (buyer.place - 1) < buyer.buyer_cnt, FALSE)
  END AS key_customer_flag,
  CASE WHEN known.has_orders THEN known.q1 END AS order_cnt_3m,
  CASE WHEN known.has_orders THEN known.q5 END AS order_cnt_3m_last_year,
  CASE WHEN known.q5 >= limits.yoy_min_orders
    THEN CAST(CAST((known.q1 - known.q5) / NULLIF(CAST(known.q5 AS DECIMAL(18, 2)), 0)
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS order_cnt_change_yoy,
  CASE WHEN known.has_orders THEN known.order_cnt_90d END AS order_cnt_90d,
  CASE WHEN known.has_orders THEN known.order_cnt_90d_before END AS order_cnt_90d_before,
  CAST(CAST(
    (known.order_cnt_90d - known.order_cnt_90d_before)
    / NULLIF(CAST(known.order_cnt_90d_before AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS order_cnt_change_90d,
  CASE WHEN known.has_orders AND known.has_rates THEN ROUND(known.order_base_90d, 2) END
    AS order_amount_90d,
  CASE WHEN known.has_orders AND known.has_rates THEN ROUND(known.order_base_90d_before, 2) END
    AS order_amount_90d_before,
  CASE WHEN known.has_rates AND known.order_base_12m > known.order_base_6m
    THEN TRY_CAST(TRY_CAST(
      known.order_base_6m / NULLIF(known.order_base_12m - known.order_base_6m, 0) - 1
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS order_trend,
  CASE WHEN known.has_orders THEN known.reopened_cnt_7d END AS order_reopened_cnt_7d,
  known.reopened_first_id AS order_reopened_first_id,
  known.reopened_last_id AS order_reopened_last_id,
  CASE WHEN known.has_orders THEN known.reopened_soon_cnt END AS order_reopened_soon_cnt,
  CAST(CAST(
    known.cancelled_cnt
    / NULLIF(CAST(known.order_cnt_12m + known.cancelled_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS order_cancel_rate,
  CASE WHEN known.has_orders THEN known.open_order_cnt END AS open_order_cnt,
  CASE WHEN known.has_orders AND known.has_rates THEN ROUND(known.open_order_base, 2) END
    AS open_order_amount,
  known.open_order_currency,
  known.open_order_amount_native,
  CASE WHEN known.has_rates_12m THEN ROUND(known.purchases_12m, 2) END AS purchases_amount_12m,
  CASE WHEN known.has_rates_prior THEN ROUND(known.purchases_prior, 2) END
    AS purchases_prior_amount,
  CASE WHEN known.has_rates_12m AND known.has_rates_prior AND known.purchases_prior > 0
    THEN TRY_CAST(TRY_CAST(known.purchases_12m / NULLIF(known.purchases_prior, 0) - 1
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS sales_growth,
  CASE
    WHEN known.first_sale_date IS NULL THEN 'never_billed'
    WHEN NOT (known.has_rates_12m AND known.has_rates_prior) THEN 'no_fx'
    WHEN known.purchases_prior <= 0 THEN 'no_earlier_sales'
  END AS sales_growth_reason,
  CASE WHEN known.has_rates_12m AND known.purchases_12m - known.purchases_6m > 0
    THEN TRY_CAST(TRY_CAST(
      known.purchases_6m / NULLIF(known.purchases_12m - known.purchases_6m, 0) - 1
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS sales_trend,
  CASE
    WHEN known.first_sale_date IS NULL THEN 'never_billed'
    WHEN NOT known.has_rates_12m THEN 'no_fx'
    WHEN known.purchases_12m - known.purchases_6m <= 0 THEN 'no_earlier_sales'
  END AS sales_trend_reason,
  known.costed_cnt AS costed_order_cnt,
  margin.margin_amount AS margin_amount_12m,
  CASE WHEN known.has_rates AND known.costed_base > 0
    THEN TRY_CAST(TRY_CAST(known.margin_base / NULLIF(known.costed_base, 0) AS DECIMAL(28, 10))
      AS DECIMAL(18, 6))
  END AS margin_ratio,
  CASE
    WHEN margin.margin_amount IS NULL THEN NULL
    WHEN margin.margin_amount <= 0 THEN 'C'
    WHEN ladder.ahead_amount < limits.value_high_share * CAST(book_total.margin_book_amount AS DECIMAL(28, 2))
      THEN 'A'
    WHEN ladder.ahead_amount < limits.value_middle_share * CAST(book_total.margin_book_amount AS DECIMAL(28, 2))
      THEN 'B'
    ELSE 'C'
  END AS value_band,
  CASE
    WHEN margin.margin_amount > 0 THEN ladder.ahead_amount
    WHEN margin.margin_amount <= 0 THEN book_total.margin_book_amount
  END AS margin_ahead_amount,
  book_total.margin_book_amount,
  CASE
    WHEN rhythm.recency_days IS NULL THEN NULL
    WHEN rhythm.recency_days <= limits.silent_days THEN FALSE
    WHEN known.order_cnt < 2 THEN TRUE
    ELSE rhythm.recency_days * (known.order_cnt - 1) > limits.silent_gaps * rhythm.span_days
  END AS silent_flag,
  CASE
    WHEN known.last_order_date IS NOT NULL THEN known.last_order_date <= night.quarter_last_year_end
  END AS churn_flag,
  CAST(CAST(
    CASE WHEN known.order_cnt > 0 THEN rhythm.active_quarters END
    / CAST(CASE
        WHEN rhythm.months_ago <= 2 THEN 1
        WHEN rhythm.months_ago <= 5 THEN 2
        WHEN rhythm.months_ago <= 8 THEN 3
        ELSE 4
      END AS DECIMAL(18, 2)) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS repeat_rate,
  CAST(CAST(
    rhythm.followed_quarters / NULLIF(CAST(rhythm.earlier_quarters AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS retention_rate,
  rhythm.earlier_quarters AS retained_quarter_cnt,
  known.no_fx_cnt AS no_fx_order_cnt,
  CASE
    WHEN NOT known.has_orders THEN 'no_order_feed'
    WHEN known.order_cnt = 0 THEN 'never_ordered'
    WHEN NOT known.has_rates THEN 'no_fx'
  END AS null_reason
FROM known
CROSS JOIN night
CROSS JOIN limits
CROSS JOIN base
CROSS JOIN book_total
JOIN rhythm ON rhythm.customer_id = known.customer_id
LEFT JOIN buyer ON buyer.customer_id = known.customer_id
LEFT JOIN margin ON margin.customer_id = known.customer_id
LEFT JOIN ladder ON ladder.margin_amount = margin.margin_amount
ORDER BY customer_id
