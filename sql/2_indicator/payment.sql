-- payment: how does each customer pay?
--
-- One row for every customer; an indicator without an input is NULL, and `null_reason` says which
-- input is missing. Money is in the base currency at tonight's one rate. The window is the policy's
-- look-back (12 months), or the time since the first sale if that is shorter.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-06, R0-10..R0-13, R4-106, R3-72; Q12, Q28; C1, C2, C4.
--
-- Columns
--   customer_id              VARCHAR        the customer
--   base_currency            VARCHAR        of every amount in this row
--   judged_cnt               BIGINT         items judged: due or settled in the window, or open past due
--   judged_amount            DECIMAL(28,2)  what was due on them
--   on_time_share_cnt        DECIMAL(18,6)  fraction of items paid on or before the due date, or due and not late yet; NULL: none judged [R0-11]
--   on_time_share_amt        DECIMAL(18,6)  the same by amount; NULL: none judged, no_fx
--   early_share_cnt          DECIMAL(18,6)  fraction of items settled before the due date; NULL: none judged [R4-G2a]
--   early_share_amt          DECIMAL(18,6)  the same by amount; NULL: none judged, no_fx
--   exact_on_time_share_cnt  DECIMAL(18,6)  fraction of items settled exactly on the due date, or due tonight; NULL: none judged [R4-G2a]
--   exact_on_time_share_amt  DECIMAL(18,6)  the same by amount; NULL: none judged, no_fx
--   days_overdue_max         INTEGER        days, worst judged item; negative: all early; NULL: none judged [R4-G2]
--   days_overdue_mean        DECIMAL(18,6)  days, mean of max(d, 0), one item one vote; NULL: none judged [C2]
--   days_overdue_wavg        DECIMAL(18,6)  days, amount-weighted max(d, 0); NULL: none judged, no_fx [C2]
--   days_overdue_wavg_signed DECIMAL(18,6)  days, amount-weighted, early days negative; NULL: none judged, no_fx [C2]
--   days_overdue_p90         DECIMAL(18,6)  days, 90th percentile of max(d, 0), linear; NULL: none judged [C2]
--   days_overdue_median      DECIMAL(18,6)  days, median, early days negative; NULL: none judged
--   days_overdue_wavg_3m     DECIMAL(18,6)  days_overdue_wavg over items due or settled in the last 3 months; NULL: none
--   days_overdue_trend       DECIMAL(18,6)  days, the last 3 months less the window; above 0: sliding; NULL: none
--   days_to_pay_wavg         DECIMAL(18,6)  days from invoice to settlement, amount-weighted, settled items; NULL: none [Q12]
--   dbt_buckets              DECIMAL(18,6)  days beyond terms from aging buckets; NULL: nothing open with a due date [C2]
--   paydex_like              DECIMAL(18,6)  1 to 100, 80 prompt, amount-weighted; NULL: none judged, no_fx [C4]
--   early_payment_flag       BOOLEAN        systematic early payment, no letter moves [Q28]
--   open_amount              DECIMAL(28,2)  open in the ledger, items with a rate
--   overdue_amount           DECIMAL(28,2)  open and past due, items with a rate
--   sales_amount             DECIMAL(28,2)  billed in the window less credit notes; 0: nothing, or credit notes were more
--   window_days              INTEGER        days the window has; NULL: never billed
--   dso                      DECIMAL(18,6)  days; NULL: no credit sales in the window [C1]
--   best_possible_dso        DECIMAL(18,6)  days, of what is not yet due; NULL: no credit sales [C1]
--   average_days_delinquent  DECIMAL(18,6)  days, dso less best possible; NULL: no credit sales [C1]
--   countback_dso            DECIMAL(18,6)  days; NULL: never billed [C1]
--   dso_capped               BOOLEAN        more is open than was ever billed: countback_dso is a floor
--   dso_residual_amount      DECIMAL(28,2)  what count-back could not place; 0 unless capped
--   true_dso                 DECIMAL(18,6)  days, open items weighted by age within their month's sales; NULL: no sales, or none in the month of an open item [C1]
--   cei                      DECIMAL(18,6)  100 or less, collection effectiveness; NULL: no credit sales, nothing was to be collected [C1]
--   payment_cnt_12m          BIGINT         cash payments in the window
--   payment_amount_12m       DECIMAL(28,2)  cash in the window [R0-13]
--   payments_per_month       DECIMAL(18,6)  payments per month of the window; NULL: never billed [R0-12]
--   payment_gap_days_mean    DECIMAL(18,6)  days between paying days in the window; NULL: fewer than two [R0-12]
--   payment_gap_cv           DECIMAL(18,6)  standard deviation over mean of the gaps; NULL: fewer than three paying days [R0-12]
--   payment_amount_trend     DECIMAL(18,6)  fraction, last 6 months over the 6 before, less 1; NULL: nothing before [R0-13]
--   days_since_payment       INTEGER        days since the last cash payment; NULL: never paid
--   bad_debt_ratio           DECIMAL(18,6)  fraction, written off or transferred as bad debt over sales, all time; NULL: no sales [R0-06]
--   no_fx_item_cnt           BIGINT         invoices left out of sums for want of a rate
--   null_reason              VARCHAR        never_billed, none_judged, no_fx; NULL: the letters' inputs are there

WITH

night AS (
  SELECT
    book.*,
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) AS night_time
  FROM policy.book
),

receivable AS (
  SELECT
    receivable.*,
    EXTRACT(DAY FROM (night.night_time - CAST(receivable.due_date AS TIMESTAMP))) AS days_past_due,
    receivable.due_date IS NOT NULL
      AND NOT receivable.is_excused
      AND receivable.judged_amount > night.residual_tolerance
      AND (
        (receivable.due_date > night.window_start AND receivable.due_date <= CAST(:as_of AS DATE))
        OR receivable.settled_date > night.window_start
        OR (receivable.settled_date IS NULL AND receivable.due_date < CAST(:as_of AS DATE))
      ) AS is_judged,
    receivable.due_date > night.quarter_start OR receivable.settled_date > night.quarter_start
      AS is_recent
  FROM core.receivable
  CROSS JOIN night
),

-- The anchors of the published chart, joined by straight lines (C4), in 84ths of a point: whole
-- numbers on every line.
judged AS (
  SELECT
    receivable.*,
    GREATEST(days_overdue, 0) AS days_late,
    CASE
      WHEN days_overdue <= -30 THEN 84 * 100
      WHEN days_overdue <= -20 THEN 84 * (70 - days_overdue)
      WHEN days_overdue <= 0 THEN 84 * 80 - 42 * days_overdue
      WHEN days_overdue <= 15 THEN 84 * 80 - 56 * days_overdue
      WHEN days_overdue <= 22 THEN 84 * 70 - 120 * (days_overdue - 15)
      WHEN days_overdue <= 30 THEN 84 * 60 - 105 * (days_overdue - 22)
      WHEN days_overdue <= 120 THEN 84 * 50 - 28 * (days_overdue - 30)
      ELSE 84 * 20
    END AS paydex_84ths
  FROM receivable
  WHERE is_judged
),

-- Percentiles are read off the sorted items with whole numbers, because PERCENTILE_CONT works in doubles.
-- Items of one day stand together: `before_cnt` are earlier, with `upto_cnt` the day is through.
day_of AS (
  SELECT customer_id, days_overdue, COUNT(*) AS item_cnt
  FROM judged
  GROUP BY customer_id, days_overdue
),

placed AS (
  SELECT
    customer_id,
    days_overdue,
    GREATEST(days_overdue, 0) AS days_late,
    SUM(item_cnt) OVER (
      PARTITION BY customer_id ORDER BY days_overdue ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS upto_cnt,
    item_cnt,
    9 * (SUM(item_cnt) OVER (PARTITION BY customer_id) - 1) AS p90_tenth,
    5 * (SUM(item_cnt) OVER (PARTITION BY customer_id) - 1) AS median_tenth
  FROM day_of
),

-- The item at the whole place below weighs what is missing to the next one, and the other way round.
percentile AS (
  SELECT
    customer_id,
    CAST(0.1 AS DECIMAL(2, 1)) * SUM(
      CASE
        WHEN p90_tenth - MOD(p90_tenth, 10) >= 10 * (upto_cnt - item_cnt)
          AND p90_tenth - MOD(p90_tenth, 10) < 10 * upto_cnt
          THEN days_late * (10 - MOD(p90_tenth, 10))
        ELSE 0
      END
      + CASE
        WHEN p90_tenth - MOD(p90_tenth, 10) + 10 >= 10 * (upto_cnt - item_cnt)
          AND p90_tenth - MOD(p90_tenth, 10) + 10 < 10 * upto_cnt
          THEN days_late * MOD(p90_tenth, 10)
        ELSE 0
      END
    ) AS days_overdue_p90,
    CAST(0.1 AS DECIMAL(2, 1)) * SUM(
      CASE
        WHEN median_tenth - MOD(median_tenth, 10) >= 10 * (upto_cnt - item_cnt)
          AND median_tenth - MOD(median_tenth, 10) < 10 * upto_cnt
          THEN days_overdue * (10 - MOD(median_tenth, 10))
        ELSE 0
      END
      + CASE
        WHEN median_tenth - MOD(median_tenth, 10) + 10 >= 10 * (upto_cnt - item_cnt)
          AND median_tenth - MOD(median_tenth, 10) + 10 < 10 * upto_cnt
          THEN days_overdue * MOD(median_tenth, 10)
        ELSE 0
      END
    ) AS days_overdue_median
  FROM placed
  GROUP BY customer_id
),

-- One rate a currency and night: sums are made in the bill's own money and converted once.
behaviour_native AS (
  SELECT
    customer_id,
    rate_to_base,
    COUNT(*) AS judged_cnt,
    SUM(judged_amount) AS judged_amount,
    COUNT(*) FILTER (WHERE days_overdue <= 0) AS on_time_cnt,
    SUM(judged_amount) FILTER (WHERE days_overdue <= 0) AS on_time_amount,
    COUNT(*) FILTER (WHERE days_overdue < 0) AS early_cnt,
    SUM(judged_amount) FILTER (WHERE days_overdue < 0) AS early_amount,
    COUNT(*) FILTER (WHERE days_overdue = 0) AS exact_cnt,
    SUM(judged_amount) FILTER (WHERE days_overdue = 0) AS exact_amount,
    MAX(days_overdue) AS days_overdue_max,
    SUM(days_late) AS late_days,
    SUM(late_money_days) AS late_money_days,
    SUM(signed_money_days) AS signed_money_days,
    SUM(late_money_days) FILTER (WHERE is_recent) AS recent_money_days,
    SUM(judged_amount) FILTER (WHERE is_recent) AS recent_amount,
    SUM(CAST(judged_amount AS DECIMAL(28, 2)) * days_to_pay)
      FILTER (WHERE settled_date IS NOT NULL) AS pay_money_days,
    SUM(judged_amount) FILTER (WHERE settled_date IS NOT NULL) AS settled_amount,
    SUM(CAST(judged_amount AS DECIMAL(28, 2)) * paydex_84ths) AS paydex_money
  FROM judged
  GROUP BY customer_id, rate_to_base
),

behaviour AS (
  SELECT
    customer_id,
    SUM(judged_cnt) AS judged_cnt,
    SUM(CAST(judged_amount AS DECIMAL(28, 2)) * rate_to_base) AS judged_base,
    SUM(on_time_cnt) AS on_time_cnt,
    SUM(CAST(on_time_amount AS DECIMAL(28, 2)) * rate_to_base) AS on_time_base,
    SUM(early_cnt) AS early_cnt,
    SUM(CAST(early_amount AS DECIMAL(28, 2)) * rate_to_base) AS early_base,
    SUM(exact_cnt) AS exact_cnt,
    SUM(CAST(exact_amount AS DECIMAL(28, 2)) * rate_to_base) AS exact_base,
    MAX(days_overdue_max) AS days_overdue_max,
    SUM(late_days) AS late_days,
    SUM(CAST(late_money_days AS DECIMAL(28, 2)) * rate_to_base) AS late_money_days,
    SUM(CAST(signed_money_days AS DECIMAL(28, 2)) * rate_to_base) AS signed_money_days,
    SUM(CAST(recent_money_days AS DECIMAL(28, 2)) * rate_to_base) AS recent_money_days,
    SUM(CAST(recent_amount AS DECIMAL(28, 2)) * rate_to_base) AS recent_base,
    SUM(CAST(pay_money_days AS DECIMAL(28, 2)) * rate_to_base) AS pay_money_days,
    SUM(CAST(settled_amount AS DECIMAL(28, 2)) * rate_to_base) AS settled_base,
    SUM(CAST(paydex_money AS DECIMAL(28, 2)) * rate_to_base) AS paydex_money
  FROM behaviour_native
  GROUP BY customer_id
),

book_native AS (
  SELECT
    customer_id,
    rate_to_base,
    COUNT(*) AS item_cnt,
    SUM(open_amount) AS open_amount,
    SUM(open_amount) FILTER (WHERE due_date >= CAST(:as_of AS DATE)) AS current_amount,
    SUM(open_amount) FILTER (WHERE days_past_due > 0) AS overdue_amount,
    SUM(CAST(open_amount AS DECIMAL(28, 2)) * CASE
      WHEN days_past_due > 90 THEN 105
      WHEN days_past_due > 60 THEN 75
      WHEN days_past_due > 30 THEN 45
      WHEN days_past_due > 0 THEN 15
      ELSE 0
    END) FILTER (WHERE due_date IS NOT NULL) AS bucket_money_days,
    SUM(open_amount) FILTER (WHERE due_date IS NOT NULL) AS dated_open_amount,
    SUM(opening_amount) AS opening_amount
  FROM receivable
  GROUP BY customer_id, rate_to_base
),

book_of AS (
  SELECT
    customer_id,
    SUM(CAST(open_amount AS DECIMAL(28, 2)) * rate_to_base) AS open_base,
    SUM(CAST(current_amount AS DECIMAL(28, 2)) * rate_to_base) AS current_base,
    SUM(CAST(overdue_amount AS DECIMAL(28, 2)) * rate_to_base) AS overdue_base,
    SUM(CAST(bucket_money_days AS DECIMAL(28, 2)) * rate_to_base) AS bucket_money_days,
    SUM(CAST(dated_open_amount AS DECIMAL(28, 2)) * rate_to_base) AS dated_open_base,
    SUM(CAST(opening_amount AS DECIMAL(28, 2)) * rate_to_base) AS opening_base,
    COALESCE(SUM(item_cnt) FILTER (WHERE rate_to_base IS NULL), 0) AS no_fx_item_cnt
  FROM book_native
  GROUP BY customer_id
),

-- Sales are net of credit notes in the month each was issued; a claim is a cost, not a return.
sale_native AS (
  SELECT customer_id, rate_to_base, invoice_date AS sale_date, amount
  FROM receivable
  UNION ALL
  SELECT
    settlement.customer_id,
    currency.rate_to_base,
    settlement.event_date,
    -settlement.amount
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind = 'credit' AND settlement.customer_id IS NOT NULL
),

sale_sum AS (
  SELECT
    sale_native.customer_id,
    sale_native.rate_to_base,
    CAST(DATE_TRUNC('month', sale_native.sale_date) AS DATE) AS month_start,
    SUM(sale_native.amount) AS amount,
    SUM(sale_native.amount) FILTER (WHERE sale_native.sale_date > night.window_start) AS window_amount
  FROM sale_native
  CROSS JOIN night
  GROUP BY
    sale_native.customer_id, sale_native.rate_to_base,
    CAST(DATE_TRUNC('month', sale_native.sale_date) AS DATE)
),

sale AS (
  SELECT
    customer_id,
    month_start,
    SUM(CAST(amount AS DECIMAL(28, 2)) * rate_to_base) AS sale_base,
    SUM(CAST(window_amount AS DECIMAL(28, 2)) * rate_to_base) AS window_base
  FROM sale_sum
  GROUP BY customer_id, month_start
),

sales AS (
  SELECT customer_id, SUM(window_base) AS sales_base, SUM(sale_base) AS all_sales_base
  FROM sale
  GROUP BY customer_id
),

month_sales AS (
  SELECT customer_id, month_start, GREATEST(sale_base, 0) AS sales_base
  FROM sale
),

-- Newest month first: `newer_base` is what the later months already took of the receivables.
counted_back AS (
  SELECT
    month_sales.customer_id,
    month_sales.month_start,
    LEAST(
      CAST(month_sales.month_start + INTERVAL '1' MONTH - INTERVAL '1' DAY AS DATE),
      CAST(:as_of AS DATE)
    ) AS month_end,
    month_sales.sales_base,
    SUM(month_sales.sales_base) OVER (
      PARTITION BY month_sales.customer_id ORDER BY month_sales.month_start DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) - month_sales.sales_base AS newer_base
  FROM month_sales
),

countback AS (
  SELECT
    counted_back.customer_id,
    MIN(counted_back.month_start) AS first_month,
    SUM(counted_back.sales_base) AS total_base,
    SUM(CASE
      WHEN counted_back.newer_base < book_of.open_base
        AND book_of.open_base <= counted_back.newer_base + counted_back.sales_base
        THEN EXTRACT(DAY FROM (night.night_time - CAST(counted_back.month_end AS TIMESTAMP)))
          + CAST(
              (book_of.open_base - counted_back.newer_base) / NULLIF(counted_back.sales_base, 0)
              * (1 + EXTRACT(DAY FROM (
                  CAST(counted_back.month_end AS TIMESTAMP)
                  - CAST(counted_back.month_start AS TIMESTAMP)
                )))
            AS DECIMAL(28, 10))
    END) AS days
  FROM counted_back
  JOIN book_of ON book_of.customer_id = counted_back.customer_id
  CROSS JOIN night
  GROUP BY counted_back.customer_id
),

-- What is open of a month without sales weighs infinitely much: the sum is not known then, and not less.
true_dso AS (
  SELECT
    receivable.customer_id,
    COUNT(*) FILTER (WHERE month_sales.sales_base = 0) AS unsold_cnt,
    SUM(TRY_CAST(
      receivable.open_amount * receivable.rate_to_base
      * EXTRACT(DAY FROM (night.night_time - CAST(receivable.invoice_date AS TIMESTAMP)))
      / NULLIF(month_sales.sales_base, 0) AS DECIMAL(28, 10)
    )) AS true_dso
  FROM receivable
  JOIN month_sales
    ON month_sales.customer_id = receivable.customer_id
    AND month_sales.month_start = CAST(DATE_TRUNC('month', receivable.invoice_date) AS DATE)
  CROSS JOIN night
  WHERE receivable.open_amount > 0 AND receivable.rate_to_base IS NOT NULL
  GROUP BY receivable.customer_id
),

-- A set-off pays with what we owed: no loss. Only what we gave up is.
bad_debt AS (
  SELECT settlement.customer_id, SUM(settlement.amount * currency.rate_to_base) AS lost_base
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind IN ('write_off', 'bad_debt_transfer')
    AND settlement.customer_id IS NOT NULL
  GROUP BY settlement.customer_id
),

-- A payment is one row whatever it was split over; a returned payment is no payment, with a rate or without.
cash AS (
  SELECT
    settlement.customer_id,
    settlement.document_id,
    settlement.event_date,
    SUM(settlement.amount) FILTER (WHERE currency.rate_to_base IS NULL) AS unrated,
    SUM(settlement.amount * currency.rate_to_base) AS cash_base
  FROM event.settlement
  CROSS JOIN night
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind = 'cash'
    AND settlement.customer_id IS NOT NULL
    AND settlement.event_date > night.window_start
  GROUP BY settlement.customer_id, settlement.document_id, settlement.event_date
),

paying AS (
  SELECT
    cash.customer_id,
    COUNT(*) FILTER (WHERE COALESCE(cash.cash_base, cash.unrated) > 0) AS payment_cnt,
    SUM(cash.cash_base) AS payment_base,
    SUM(cash.cash_base) FILTER (WHERE cash.event_date > night.half_year_start) AS recent_base,
    SUM(cash.cash_base) FILTER (WHERE cash.event_date <= night.half_year_start) AS earlier_base,
    MAX(cash.event_date) FILTER (WHERE COALESCE(cash.cash_base, cash.unrated) > 0) AS last_payment_date
  FROM cash
  CROSS JOIN night
  GROUP BY cash.customer_id
),

-- Who paid nothing in the window: only there is it worth looking through all of the past.
older_cash AS (
  SELECT
    settlement.customer_id,
    settlement.document_id,
    settlement.event_date,
    SUM(settlement.amount) FILTER (WHERE currency.rate_to_base IS NULL) AS unrated,
    SUM(settlement.amount * currency.rate_to_base) AS cash_base
  FROM event.settlement
  CROSS JOIN night
  LEFT JOIN paying ON paying.customer_id = settlement.customer_id
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind = 'cash'
    AND settlement.customer_id IS NOT NULL
    AND settlement.event_date <= night.window_start
    AND paying.last_payment_date IS NULL
  GROUP BY settlement.customer_id, settlement.document_id, settlement.event_date
),

paid_before AS (
  SELECT customer_id, MAX(event_date) AS last_payment_date
  FROM older_cash
  WHERE COALESCE(cash_base, unrated) > 0
  GROUP BY customer_id
),

paying_day AS (
  SELECT DISTINCT customer_id, event_date
  FROM cash
  WHERE COALESCE(cash_base, unrated) > 0
),

gap AS (
  SELECT
    customer_id,
    EXTRACT(DAY FROM (
      CAST(event_date AS TIMESTAMP)
      - CAST(LAG(event_date) OVER (PARTITION BY customer_id ORDER BY event_date) AS TIMESTAMP)
    )) AS gap_days
  FROM paying_day
),

-- Deviation from whole-day sums, which are exact and come out the same in every order.
gaps AS (
  SELECT
    customer_id,
    COUNT(gap_days) AS gap_cnt,
    SUM(gap_days) AS gap_sum,
    SUM(gap_days * gap_days) AS gap_square_sum
  FROM gap
  GROUP BY customer_id
),

-- Whole months the window has for this customer, a started one counting as one.
period AS (
  SELECT
    customer.customer_id,
    CASE WHEN customer.first_sale_date IS NOT NULL THEN EXTRACT(DAY FROM (
      night.night_time
      - CAST(GREATEST(night.window_start, CAST(customer.first_sale_date - INTERVAL '1' DAY AS DATE)) AS TIMESTAMP)
    )) END AS window_days,
    LEAST(
      night.window_months,
      12 * (EXTRACT(YEAR FROM CAST(:as_of AS DATE)) - EXTRACT(YEAR FROM customer.first_sale_date))
      + EXTRACT(MONTH FROM CAST(:as_of AS DATE)) - EXTRACT(MONTH FROM customer.first_sale_date)
      + CASE
          WHEN EXTRACT(DAY FROM CAST(:as_of AS DATE)) >= EXTRACT(DAY FROM customer.first_sale_date)
            THEN 1 ELSE 0
        END
    ) AS started_months
  FROM core.customer
  CROSS JOIN night
),

-- Everything above, one row a customer, before it is divided.
sums AS (
  SELECT
    customer.customer_id,
    customer.first_sale_date,
    period.window_days,
    CASE WHEN period.started_months < 1 THEN 1 ELSE period.started_months END AS window_months,
    COALESCE(book_of.open_base, 0) AS open_base,
    COALESCE(book_of.current_base, 0) AS current_base,
    COALESCE(book_of.overdue_base, 0) AS overdue_base,
    COALESCE(book_of.opening_base, 0) AS opening_base,
    COALESCE(bad_debt.lost_base, 0) AS lost_base,
    book_of.bucket_money_days,
    book_of.dated_open_base,
    COALESCE(book_of.no_fx_item_cnt, 0) AS no_fx_item_cnt,
    CASE WHEN sales.sales_base > 0 THEN sales.sales_base END AS sales_base,
    CASE WHEN sales.all_sales_base > 0 THEN sales.all_sales_base END AS all_sales_base
  FROM core.customer
  LEFT JOIN period ON period.customer_id = customer.customer_id
  LEFT JOIN book_of ON book_of.customer_id = customer.customer_id
  LEFT JOIN bad_debt ON bad_debt.customer_id = customer.customer_id
  LEFT JOIN sales ON sales.customer_id = customer.customer_id
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

-- CEI asks how much of what was to be collected was: where more is not yet due than there was to collect, the worse
-- payer would have the better number, above 100.
-- ROUND: casting ten decimals down to two costs DuckDB several times as much.
-- TRY: sales of a cent under a billion of receivables make one ratio too long to publish, no end of
-- the night.
SELECT
  sums.customer_id,
  base.base_currency,
  COALESCE(behaviour.judged_cnt, 0) AS judged_cnt,
  ROUND(COALESCE(behaviour.judged_base, 0), 2) AS judged_amount,
  CAST(CAST(behaviour.on_time_cnt / NULLIF(CAST(behaviour.judged_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS on_time_share_cnt,
  CAST(CAST(COALESCE(behaviour.on_time_base, 0) / NULLIF(behaviour.judged_base, 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS on_time_share_amt,
  CAST(CAST(behaviour.early_cnt / NULLIF(CAST(behaviour.judged_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS early_share_cnt,
  CAST(CAST(COALESCE(behaviour.early_base, 0) / NULLIF(behaviour.judged_base, 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS early_share_amt,
  CAST(CAST(behaviour.exact_cnt / NULLIF(CAST(behaviour.judged_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS exact_on_time_share_cnt,
  CAST(CAST(COALESCE(behaviour.exact_base, 0) / NULLIF(behaviour.judged_base, 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS exact_on_time_share_amt,
  behaviour.days_overdue_max,
  CAST(CAST(behaviour.late_days / NULLIF(CAST(behaviour.judged_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS days_overdue_mean,
  CAST(CAST(behaviour.late_money_days / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_overdue_wavg,
  CAST(CAST(behaviour.signed_money_days / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_overdue_wavg_signed,
  percentile.days_overdue_p90,
  percentile.days_overdue_median,
  CAST(CAST(behaviour.recent_money_days / NULLIF(behaviour.recent_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_overdue_wavg_3m,
  CAST(CAST(behaviour.recent_money_days / NULLIF(behaviour.recent_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6))
  - CAST(CAST(behaviour.late_money_days / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_overdue_trend,
  CAST(CAST(behaviour.pay_money_days / NULLIF(behaviour.settled_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_to_pay_wavg,
  CAST(CAST(sums.bucket_money_days / NULLIF(sums.dated_open_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS dbt_buckets,
  CAST(CAST(behaviour.paydex_money / NULLIF(84 * behaviour.judged_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS paydex_like,
  COALESCE(
    behaviour.judged_cnt >= night.early_min_items
    AND behaviour.early_base >= night.early_min_share * CAST(behaviour.judged_base AS DECIMAL(28, 2))
    AND percentile.days_overdue_median <= -night.early_min_median_days, FALSE
  ) AS early_payment_flag,
  ROUND(sums.open_base, 2) AS open_amount,
  ROUND(sums.overdue_base, 2) AS overdue_amount,
  ROUND(COALESCE(sums.sales_base, 0), 2) AS sales_amount,
  sums.window_days,
  TRY_CAST(TRY_CAST(sums.open_base / sums.sales_base * sums.window_days AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS dso,
  TRY_CAST(TRY_CAST(sums.current_base / sums.sales_base * sums.window_days AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS best_possible_dso,
  TRY_CAST(TRY_CAST((sums.open_base - sums.current_base) / sums.sales_base * sums.window_days
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS average_days_delinquent,
  CASE
    WHEN sums.first_sale_date IS NULL THEN NULL
    WHEN sums.open_base = 0 AND sums.no_fx_item_cnt > 0 THEN NULL
    WHEN sums.open_base = 0 THEN 0
    WHEN countback.days IS NULL
      THEN 1 + EXTRACT(DAY FROM (night.night_time - CAST(countback.first_month AS TIMESTAMP)))
    ELSE countback.days
  END AS countback_dso,
  sums.open_base > 0 AND countback.days IS NULL AS dso_capped,
  CASE
    WHEN sums.open_base > 0 AND countback.days IS NULL
      THEN ROUND(sums.open_base - COALESCE(countback.total_base, 0), 2)
    ELSE 0
  END AS dso_residual_amount,
  CASE WHEN sums.sales_base IS NOT NULL AND COALESCE(true_dso.unsold_cnt, 0) = 0
    THEN TRY_CAST(COALESCE(true_dso.true_dso, 0) AS DECIMAL(18, 6))
  END AS true_dso,
  CASE WHEN sums.open_base = sums.current_base
      OR sums.opening_base * sums.window_months + sums.sales_base > sums.current_base * sums.window_months
    THEN TRY_CAST(TRY_CAST(
      (sums.opening_base * sums.window_months + sums.sales_base
        - sums.open_base * sums.window_months)
      / NULLIF(sums.opening_base * sums.window_months + sums.sales_base
        - sums.current_base * sums.window_months, 0) * 100
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS cei,
  COALESCE(paying.payment_cnt, 0) AS payment_cnt_12m,
  ROUND(COALESCE(paying.payment_base, 0), 2) AS payment_amount_12m,
  CASE WHEN sums.first_sale_date IS NOT NULL
    THEN CAST(CAST(COALESCE(paying.payment_cnt, 0) / CAST(sums.window_months AS DECIMAL(18, 2))
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS payments_per_month,
  CAST(CAST(gaps.gap_sum / NULLIF(CAST(gaps.gap_cnt AS DECIMAL(18, 2)), 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS payment_gap_days_mean,
  CASE WHEN gaps.gap_cnt >= 2
    THEN CAST(CAST(
      SQRT((gaps.gap_square_sum * gaps.gap_cnt - gaps.gap_sum * gaps.gap_sum)
        / CAST(gaps.gap_cnt * (gaps.gap_cnt - 1) AS DECIMAL(28, 2)))
      * gaps.gap_cnt / NULLIF(CAST(gaps.gap_sum AS DECIMAL(28, 2)), 0)
      AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
  END AS payment_gap_cv,
  CASE WHEN paying.earlier_base > 0 THEN
    TRY_CAST(TRY_CAST(COALESCE(paying.recent_base, 0) / NULLIF(paying.earlier_base, 0) - 1 AS DECIMAL(28, 10))
      AS DECIMAL(18, 6))
  END AS payment_amount_trend,
  EXTRACT(DAY FROM (
    night.night_time
    - CAST(COALESCE(paying.last_payment_date, paid_before.last_payment_date) AS TIMESTAMP)
  )) AS days_since_payment,
  TRY_CAST(TRY_CAST(sums.lost_base / sums.all_sales_base AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS bad_debt_ratio,
  sums.no_fx_item_cnt,
  CASE
    WHEN sums.first_sale_date IS NULL THEN 'never_billed'
    WHEN behaviour.judged_cnt IS NULL THEN 'none_judged'
    WHEN sums.no_fx_item_cnt > 0 THEN 'no_fx'
  END AS null_reason
FROM sums
CROSS JOIN night
CROSS JOIN base
LEFT JOIN behaviour ON behaviour.customer_id = sums.customer_id
LEFT JOIN percentile ON percentile.customer_id = sums.customer_id
LEFT JOIN countback ON countback.customer_id = sums.customer_id
LEFT JOIN true_dso ON true_dso.customer_id = sums.customer_id
LEFT JOIN paid_before ON paid_before.customer_id = sums.customer_id
LEFT JOIN paying ON paying.customer_id = sums.customer_id
LEFT JOIN gaps ON gaps.customer_id = sums.customer_id
ORDER BY customer_id
