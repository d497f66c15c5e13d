-- bad_debt: how much of what was sold on account was given up, period by period?
--
-- Invoices count in the period they were issued in, credit notes and losses in their own: the ratio of a month is
-- what the month cost, not what became of its sales (measure.loss_rate follows a cohort). Set-off is paid with what
-- we owed, no loss.
--
-- Grain: one row per kind of period and period. Key: period_kind, period_start.
-- Requirements: R0-06.
--
-- Columns
--   period_kind      VARCHAR        month: the last 24; year: calendar years; look_back: the policy's window; all: ever
--   period_start     DATE           first day of the period; of all: the first day anything happened
--   base_currency    VARCHAR        of the amounts
--   sales_amount     DECIMAL(28,2)  billed less credit notes
--   write_off_amount DECIMAL(28,2)  written off
--   transfer_amount  DECIMAL(28,2)  transferred as bad debt
--   lost_amount      DECIMAL(28,2)  the two together
--   lost_customer_cnt BIGINT        customers on whom something was lost
--   bad_debt_ratio   DECIMAL(18,6)  fraction lost_amount / sales_amount; NULL: no sales [R0-06]

WITH

daily AS (
  SELECT
    book_day.event_date,
    (book_day.billed_amount - book_day.credited_amount) * currency.rate_to_base AS sales_base,
    book_day.write_off_amount * currency.rate_to_base AS write_off_base,
    book_day.transfer_amount * currency.rate_to_base AS transfer_base,
    CAST(NULL AS VARCHAR) AS lost_customer_id
  FROM indicator.book_day
  LEFT JOIN event.currency ON currency.currency = book_day.currency
  UNION ALL
  SELECT settlement.event_date, 0, 0, 0, settlement.customer_id
  FROM event.settlement
  WHERE settlement.kind IN ('write_off', 'bad_debt_transfer') AND settlement.amount <> 0
),

first_day AS (
  SELECT MIN(event_date) AS event_date FROM daily
),

in_period AS (
  SELECT
    'month' AS period_kind, CAST(DATE_TRUNC('month', event_date) AS DATE) AS period_start,
    lost_customer_id, sales_base, write_off_base, transfer_base
  FROM daily
  WHERE event_date >= CAST(DATE_TRUNC('month', CAST(CAST(:as_of AS DATE) - INTERVAL '23' MONTH AS DATE)) AS DATE)
  UNION ALL
  SELECT
    'year', CAST(DATE_TRUNC('year', event_date) AS DATE), lost_customer_id, sales_base, write_off_base,
    transfer_base
  FROM daily
  UNION ALL
  SELECT
    'look_back', CAST(book.window_start + INTERVAL '1' DAY AS DATE), daily.lost_customer_id, daily.sales_base,
    daily.write_off_base, daily.transfer_base
  FROM daily
  CROSS JOIN policy.book
  WHERE daily.event_date > book.window_start
  UNION ALL
  SELECT
    'all', first_day.event_date, daily.lost_customer_id, daily.sales_base, daily.write_off_base,
    daily.transfer_base
  FROM daily
  CROSS JOIN first_day
),

period AS (
  SELECT
    period_kind,
    period_start,
    COALESCE(SUM(sales_base), 0) AS sales_base,
    COALESCE(SUM(write_off_base), 0) AS write_off_base,
    COALESCE(SUM(transfer_base), 0) AS transfer_base,
    COUNT(DISTINCT lost_customer_id) AS lost_customer_cnt
  FROM in_period
  GROUP BY period_kind, period_start
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  period.period_kind,
  period.period_start,
  base.base_currency,
  ROUND(period.sales_base, 2) AS sales_amount,
  ROUND(period.write_off_base, 2) AS write_off_amount,
  ROUND(period.transfer_base, 2) AS transfer_amount,
  ROUND(period.write_off_base, 2) + ROUND(period.transfer_base, 2) AS lost_amount,
  period.lost_customer_cnt,
  CASE WHEN ROUND(period.sales_base, 2) > 0 THEN
    TRY_CAST(TRY_CAST((period.write_off_base + period.transfer_base) / NULLIF(period.sales_base, 0)
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS bad_debt_ratio
FROM period
CROSS JOIN base
ORDER BY period_kind, period_start
