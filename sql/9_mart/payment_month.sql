-- payment_month: how did billing and paying go, month by month?
--
-- The last 24 months, for the chart in a credit file. A month in which nothing happened has no row.
--
-- Grain: one row per customer and month. Key: customer_id, month_start.
-- Requirements: R0-13, R3-72.
--
-- Columns
--   customer_id        VARCHAR        the customer
--   month_start        DATE           first day of the month
--   base_currency      VARCHAR        of the amounts
--   billed_amount      DECIMAL(28,2)  invoices issued in the month
--   paid_amount        DECIMAL(28,2)  cash received in the month
--   due_amount         DECIMAL(28,2)  judged amounts that fell due in the month
--   days_overdue_wavg  DECIMAL(18,6)  days late of what fell due in the month, amount-weighted; NULL: nothing fell due
--   days_overdue_max   INTEGER        most days late of what fell due in the month; NULL: nothing fell due

WITH

since AS (
  SELECT CAST(DATE_TRUNC('month', CAST(CAST(:as_of AS DATE) - INTERVAL '23' MONTH AS DATE)) AS DATE)
    AS month_start
),

activity AS (
  SELECT
    customer_id,
    CAST(DATE_TRUNC('month', invoice_date) AS DATE) AS month_start,
    amount * rate_to_base AS billed_base,
    0 AS paid_base,
    0 AS due_base,
    0 AS late_money_days,
    CAST(NULL AS INTEGER) AS days_overdue
  FROM core.receivable

  UNION ALL

  SELECT
    settlement.customer_id,
    CAST(DATE_TRUNC('month', settlement.event_date) AS DATE),
    0,
    settlement.amount * currency.rate_to_base,
    0,
    0,
    NULL
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind = 'cash' AND settlement.customer_id IS NOT NULL

  UNION ALL

  SELECT
    customer_id,
    CAST(DATE_TRUNC('month', due_date) AS DATE),
    0,
    0,
    judged_amount * rate_to_base,
    late_money_days * rate_to_base,
    days_overdue
  FROM core.receivable
  WHERE due_date <= CAST(:as_of AS DATE)
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  activity.customer_id,
  activity.month_start,
  base.base_currency,
  ROUND(COALESCE(SUM(activity.billed_base), 0), 2) AS billed_amount,
  ROUND(COALESCE(SUM(activity.paid_base), 0), 2) AS paid_amount,
  ROUND(COALESCE(SUM(activity.due_base), 0), 2) AS due_amount,
  CAST(CAST(SUM(activity.late_money_days) / NULLIF(SUM(activity.due_base), 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS days_overdue_wavg,
  MAX(activity.days_overdue) AS days_overdue_max
FROM activity
CROSS JOIN since
CROSS JOIN base
WHERE activity.month_start >= since.month_start
GROUP BY activity.customer_id, activity.month_start, base.base_currency
ORDER BY customer_id, month_start
