-- closeness: how close are we to each customer, what does that cost, and what is it worth?
--
-- Orders belong to the trade family; here stands what binds beside them: how long, how much of its trade is
-- ours, whom it brought, whether it says it will stay. Customer value is what is left of its yearly gross
-- margin when it stays as customers of this book do: margin x sum of (retention / (1 + discount))^year
-- over the policy's years. Retention is the book's: customers who ordered 13 to 24 months ago and again in the
-- last 12, because one customer either came back or did not. An order whose cost nobody stated adds no margin.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R4-G3, R0-40, R1-71, R4-20, R4-22, R4-80; Q11, Q13a; C16; A0.1 Currency.
--
-- Columns
--   customer_id             VARCHAR        the customer
--   competitor_share        DECIMAL(18,6)  fraction of its trade in our kind of goods that is competitors'; NULL: see its reason [R4-G3]
--   competitor_share_date   DATE           the day it was stated; NULL: not stated, or its record says it without a day
--   competitor_share_reason VARCHAR        not_a_reseller, share_unknown; NULL: there is a share
--   relation_months         INTEGER        whole months since the relation began; NULL: neither stated nor ever billed [R1-71, R4-20]
--   referral_cnt            BIGINT         other customers it brought to us; NULL: see its reason [R4-22]
--   referral_cnt_reason     VARCHAR        not_connected: no source says who brought whom; NULL: there is a count
--   referral_billed_cnt     BIGINT         of them, those we have billed; NULL: as referral_cnt
--   would_continue_share    DECIMAL(18,6)  fraction of its answers in the window that say it will go on with us; NULL: see its reason [R0-40, R4-20]
--   would_continue_n        BIGINT         answers behind it
--   would_continue_date     DATE           the newest of them; NULL: none
--   would_continue_share_reason VARCHAR    not_connected: nobody was ever asked; no_answer; NULL: there is a share
--   relation_cost_12m       DECIMAL(28,2)  what the relation cost us in the window, base currency; NULL: see its reason [R4-80]
--   relation_cost_12m_reason VARCHAR       not_connected: no source books such costs; no_fx; NULL: there is an amount
--   acquire_cost            DECIMAL(28,2)  what winning it cost us, all time, base currency; NULL: see relation_cost_12m_reason [R4-22]
--   keep_cost_12m           DECIMAL(28,2)  keeping it, in the window; NULL: as relation_cost_12m
--   grow_cost_12m           DECIMAL(28,2)  growing it, in the window; NULL: as relation_cost_12m
--   yearly_margin           DECIMAL(28,2)  gross margin of its orders of the last 12 months, of those with a stated cost; NULL: see clv_reason
--   book_retention          DECIMAL(18,6)  fraction of the book's customers who ordered 13 to 24 months ago and again in the last 12; NULL: nobody ordered then [R4-20]
--   clv                     DECIMAL(28,6)  customer lifetime value, base currency; NULL: see clv_reason [C16, R4-80]
--   clv_reason              VARCHAR        no_order_feed: no orders are read; no_cost: no order says what it cost us; no_fx; no_retention; NULL: there is a value
--   customer_value          DECIMAL(28,6)  the same, of the margin less what keeping and growing it cost; NULL: see its reason [R4-80]
--   customer_value_reason   VARCHAR        clv_reason, else relation_cost_12m_reason; NULL: there is a value

WITH

night AS (
  SELECT
    book.window_start,
    book.clv_discount,
    book.clv_years,
    (SELECT COUNT(*) FROM current.relation_cost WHERE NOT is_deleted) AS cost_cnt,
    (SELECT COUNT(*) FROM core.order_book) AS order_cnt,
    (SELECT COUNT(*) FROM current.customer WHERE NOT is_deleted AND referred_by IS NOT NULL)
      AS referred_cnt,
    (SELECT COUNT(*) FROM current.feedback WHERE NOT is_deleted AND would_continue IS NOT NULL)
      AS answer_cnt
  FROM policy.book
),

referral AS (
  SELECT
    brought.referred_by AS customer_id,
    COUNT(*) AS referral_cnt,
    COUNT(customer.first_sale_date) AS billed_cnt
  FROM current.customer AS brought
  JOIN core.customer AS customer ON customer.customer_id = brought.customer_id
  WHERE NOT brought.is_deleted AND brought.referred_by <> brought.customer_id
  GROUP BY brought.referred_by
),

answer AS (
  SELECT
    feedback.customer_id,
    COUNT(*) AS answer_cnt,
    CAST(CAST(COUNT(CASE WHEN feedback.would_continue THEN 1 END) / CAST(COUNT(*) AS DECIMAL(18, 2))
      AS DECIMAL(28, 10)) AS DECIMAL(18, 10)) AS yes_share,
    MAX(feedback.given_on) AS newest_date
  FROM current.feedback AS feedback
  CROSS JOIN night
  WHERE NOT feedback.is_deleted
    AND feedback.would_continue IS NOT NULL
    AND feedback.role = 'by_customer'
    AND feedback.given_on > night.window_start
    AND feedback.given_on <= CAST(:as_of AS DATE)
  GROUP BY feedback.customer_id
),

cost AS (
  SELECT
    relation_cost.customer_id,
    MAX(CASE
      WHEN currency.rate_to_base IS NULL
        AND (relation_cost.kind = 'acquire' OR relation_cost.cost_date > night.window_start) THEN 1
      ELSE 0
    END) AS is_no_fx,
    CAST(ROUND(SUM(CASE WHEN relation_cost.cost_date > night.window_start
      THEN relation_cost.amount * currency.rate_to_base END), 2) AS DECIMAL(28, 2)) AS window_base,
    CAST(ROUND(SUM(CASE WHEN relation_cost.kind = 'acquire'
      THEN relation_cost.amount * currency.rate_to_base END), 2) AS DECIMAL(28, 2)) AS acquire_base,
    CAST(ROUND(SUM(CASE WHEN relation_cost.kind = 'keep' AND relation_cost.cost_date > night.window_start
      THEN relation_cost.amount * currency.rate_to_base END), 2) AS DECIMAL(28, 2)) AS keep_base,
    CAST(ROUND(SUM(CASE WHEN relation_cost.kind = 'grow' AND relation_cost.cost_date > night.window_start
      THEN relation_cost.amount * currency.rate_to_base END), 2) AS DECIMAL(28, 2)) AS grow_base
  FROM current.relation_cost AS relation_cost
  CROSS JOIN night
  LEFT JOIN event.currency AS currency ON currency.currency = relation_cost.currency
  WHERE NOT relation_cost.is_deleted AND relation_cost.cost_date <= CAST(:as_of AS DATE)
  GROUP BY relation_cost.customer_id
),

ordered AS (
  SELECT
    customer_id,
    SUM(order_cnt_q1 + order_cnt_q2 + order_cnt_q3 + order_cnt_q4) AS window_cnt,
    SUM(order_cnt_q5 + order_cnt_q6 + order_cnt_q7 + order_cnt_q8) AS before_cnt,
    SUM(costed_cnt_12m) AS costed_cnt,
    MAX(CASE WHEN costed_cnt_12m > 0 AND rate_to_base IS NULL THEN 1 ELSE 0 END) AS is_no_fx,
    CAST(ROUND(SUM(margin_amount_12m * rate_to_base), 2) AS DECIMAL(28, 2)) AS margin_base
  FROM core.order_book
  GROUP BY customer_id
),

kept AS (
  SELECT
    CAST(COUNT(CASE WHEN before_cnt > 0 AND window_cnt > 0 THEN 1 END) AS DECIMAL(18, 2)) AS kept_cnt,
    CAST(COUNT(CASE WHEN before_cnt > 0 THEN 1 END) AS DECIMAL(18, 2)) AS before_cnt
  FROM ordered
),

yearly AS (
  SELECT
    night.clv_years,
    CAST(CAST(kept.kept_cnt / NULLIF(kept.before_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
      AS retention,
    CAST(kept.kept_cnt / NULLIF(kept.before_cnt * (1 + night.clv_discount), 0) AS DECIMAL(28, 15))
      AS kept_value
  FROM kept
  CROSS JOIN night
),

year_no AS (
  SELECT nth
  FROM (VALUES
    (1), (2), (3), (4), (5), (6), (7), (8), (9), (10),
    (11), (12), (13), (14), (15), (16), (17), (18), (19), (20)
  ) AS years (nth)
),

-- What one unit of margin a year is worth. A power is a double: each is cut to thirteen digits before the sum,
-- a millionth on a margin of millions.
factor AS (
  SELECT
    MAX(yearly.retention) AS retention,
    SUM(CAST(POWER(yearly.kept_value, year_no.nth) AS DECIMAL(18, 13))) AS worth
  FROM yearly
  JOIN year_no ON year_no.nth <= yearly.clv_years
),

joined AS (
  SELECT
    customer.customer_id,
    customer.competitor_share,
    customer.competitor_share_date,
    customer.is_reseller,
    LEAST(customer.customer_since, COALESCE(customer.first_sale_date, customer.customer_since))
      AS since_date,
    night.referred_cnt,
    night.answer_cnt AS book_answer_cnt,
    referral.referral_cnt,
    referral.billed_cnt,
    answer.answer_cnt,
    answer.yes_share,
    answer.newest_date,
    CASE
      WHEN night.cost_cnt = 0 THEN 'not_connected'
      WHEN cost.is_no_fx = 1 THEN 'no_fx'
    END AS cost_reason,
    COALESCE(cost.window_base, 0) AS window_base,
    COALESCE(cost.acquire_base, 0) AS acquire_base,
    COALESCE(cost.keep_base, 0) AS keep_base,
    COALESCE(cost.grow_base, 0) AS grow_base,
    CASE
      WHEN night.order_cnt = 0 THEN 'no_order_feed'
      WHEN ordered.window_cnt > 0 AND ordered.costed_cnt = 0 THEN 'no_cost'
      WHEN ordered.is_no_fx = 1 THEN 'no_fx'
      WHEN factor.retention IS NULL THEN 'no_retention'
    END AS value_reason,
    CASE
      WHEN night.order_cnt = 0 OR (ordered.window_cnt > 0 AND ordered.costed_cnt = 0)
        OR ordered.is_no_fx = 1 THEN NULL
      ELSE COALESCE(ordered.margin_base, 0)
    END AS margin,
    factor.retention,
    factor.worth
  FROM core.customer AS customer
  CROSS JOIN night
  CROSS JOIN factor
  LEFT JOIN referral ON referral.customer_id = customer.customer_id
  LEFT JOIN answer ON answer.customer_id = customer.customer_id
  LEFT JOIN cost ON cost.customer_id = customer.customer_id
  LEFT JOIN ordered ON ordered.customer_id = customer.customer_id
)

SELECT
  customer_id,
  CASE WHEN is_reseller IS DISTINCT FROM FALSE THEN CAST(competitor_share AS DECIMAL(18, 6)) END
    AS competitor_share,
  CASE WHEN is_reseller IS DISTINCT FROM FALSE THEN competitor_share_date END
    AS competitor_share_date,
  CASE
    WHEN NOT is_reseller THEN 'not_a_reseller'
    WHEN competitor_share IS NULL THEN 'share_unknown'
  END AS competitor_share_reason,
  CASE WHEN since_date <= CAST(:as_of AS DATE)
    THEN (EXTRACT(YEAR FROM CAST(:as_of AS DATE)) - EXTRACT(YEAR FROM since_date)) * 12
      + EXTRACT(MONTH FROM CAST(:as_of AS DATE)) - EXTRACT(MONTH FROM since_date)
      - CASE WHEN EXTRACT(DAY FROM CAST(:as_of AS DATE)) < EXTRACT(DAY FROM since_date)
        THEN 1 ELSE 0 END
  END AS relation_months,
  CASE WHEN referred_cnt > 0 THEN COALESCE(referral_cnt, 0) END AS referral_cnt,
  CASE WHEN referred_cnt = 0 THEN 'not_connected' END AS referral_cnt_reason,
  CASE WHEN referred_cnt > 0 THEN COALESCE(billed_cnt, 0) END AS referral_billed_cnt,
  CAST(yes_share AS DECIMAL(18, 6)) AS would_continue_share,
  COALESCE(answer_cnt, 0) AS would_continue_n,
  newest_date AS would_continue_date,
  CASE
    WHEN answer_cnt > 0 THEN NULL
    WHEN book_answer_cnt = 0 THEN 'not_connected'
    ELSE 'no_answer'
  END AS would_continue_share_reason,
  CASE WHEN cost_reason IS NULL THEN window_base END AS relation_cost_12m,
  cost_reason AS relation_cost_12m_reason,
  CASE WHEN cost_reason IS NULL THEN acquire_base END AS acquire_cost,
  CASE WHEN cost_reason IS NULL THEN keep_base END AS keep_cost_12m,
  CASE WHEN cost_reason IS NULL THEN grow_base END AS grow_cost_12m,
  margin AS yearly_margin,
  retention AS book_retention,
  CASE WHEN value_reason IS NULL THEN CAST(ROUND(margin * worth, 6) AS DECIMAL(28, 6)) END AS clv,
  value_reason AS clv_reason,
  CASE WHEN value_reason IS NULL AND cost_reason IS NULL
    THEN CAST(ROUND(CAST(margin - keep_base - grow_base AS DECIMAL(28, 2)) * worth, 6) AS DECIMAL(28, 6))
  END AS customer_value,
  COALESCE(value_reason, cost_reason) AS customer_value_reason
FROM joined
ORDER BY customer_id
