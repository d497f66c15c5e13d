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

-- Money as billed first: it is converted once a currency and month, and base currency not at all.
native AS (
  SELECT
    customer_id,
    CAST(DATE_TRUNC('month', invoice_date) AS DATE) AS month_start,
    rate_to_base,
    SUM(amount) AS billed,
    CAST(NULL AS DECIMAL(38, 2)) AS paid,
    CAST(NULL AS DECIMAL(38, 2)) AS due,
    CAST(NULL AS DECIMAL(38, 2)) AS late_money_days,
    CAST(NULL AS INTEGER) AS days_overdue
  FROM core.receivable
  WHERE invoice_date
    >= CAST(DATE_TRUNC('month', CAST(CAST(:as_of AS DATE) - INTERVAL '23' MONTH AS DATE)) AS DATE)
  GROUP BY customer_id, CAST(DATE_TRUNC('month', invoice_date) AS DATE), rate_to_base

  UNION ALL

  SELECT
    settlement.customer_id,
    CAST(DATE_TRUNC('month', settlement.event_date) AS DATE),
    currency.rate_to_base,
    NULL,
    SUM(settlement.amount),
    NULL,
    NULL,
    NULL
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind = 'cash'
    AND settlement.customer_id IS NOT NULL
    AND settlement.event_date
      >= CAST(DATE_TRUNC('month', CAST(CAST(:as_of AS DATE) - INTERVAL '23' MONTH AS DATE)) AS DATE)
  GROUP BY
    settlement.customer_id, CAST(DATE_TRUNC('month', settlement.event_date) AS DATE),
    currency.rate_to_base

  UNION ALL

  SELECT
    customer_id,
    CAST(DATE_TRUNC('month', due_date) AS DATE),
    rate_to_base,
    NULL,
    NULL,
    SUM(judged_amount),
    SUM(late_money_days),
    MAX(days_overdue)
  FROM core.receivable
  WHERE due_date <= CAST(:as_of AS DATE)
    AND due_date
      >= CAST(DATE_TRUNC('month', CAST(CAST(:as_of AS DATE) - INTERVAL '23' MONTH AS DATE)) AS DATE)
  GROUP BY customer_id, CAST(DATE_TRUNC('month', due_date) AS DATE), rate_to_base
),

-- `own`: in base currency already. `other`: ten decimals, which take DuckDB long to round and to divide.
month AS (
  SELECT
    customer_id,
    month_start,
    SUM(billed) FILTER (WHERE rate_to_base = 1) AS own_billed,
    SUM(CAST(billed AS DECIMAL(28, 2)) * rate_to_base) FILTER (WHERE rate_to_base <> 1) AS other_billed,
    SUM(paid) FILTER (WHERE rate_to_base = 1) AS own_paid,
    SUM(CAST(paid AS DECIMAL(28, 2)) * rate_to_base) FILTER (WHERE rate_to_base <> 1) AS other_paid,
    SUM(due) FILTER (WHERE rate_to_base = 1) AS own_due,
    SUM(CAST(due AS DECIMAL(28, 2)) * rate_to_base) FILTER (WHERE rate_to_base <> 1) AS other_due,
    SUM(late_money_days) FILTER (WHERE rate_to_base = 1) AS own_late,
    SUM(CAST(late_money_days AS DECIMAL(28, 2)) * rate_to_base) FILTER (WHERE rate_to_base <> 1)
      AS other_late,
    MAX(days_overdue) AS days_overdue_max
  FROM native
  GROUP BY customer_id, month_start
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  month.customer_id,
  month.month_start,
  base.base_currency,
  COALESCE(month.own_billed, 0) + COALESCE(ROUND(month.other_billed, 2), 0) AS billed_amount,
  COALESCE(month.own_paid, 0) + COALESCE(ROUND(month.other_paid, 2), 0) AS paid_amount,
  COALESCE(month.own_due, 0) + COALESCE(ROUND(month.other_due, 2), 0) AS due_amount,
  CASE
    WHEN month.other_due IS NULL
      THEN CAST(CAST(month.own_late / NULLIF(month.own_due, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    ELSE CAST(CAST(
      (COALESCE(month.own_late, 0) + month.other_late)
      / NULLIF(COALESCE(month.own_due, 0) + month.other_due, 0)
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS days_overdue_wavg,
  month.days_overdue_max
FROM month
CROSS JOIN base
ORDER BY customer_id, month_start
