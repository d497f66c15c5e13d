-- collection_kpi: how well does the whole book collect, month by month?
--
-- Every whole month of the last twelve, from its month-end balances (indicator.month_aging). The measures of C1 over
-- one month: sales are what was billed less credit notes.
--
-- Grain: one row per month. Key: month_end.
-- Requirements: R3-72, R4-106; C1.
--
-- Columns
--   month_end         DATE           last day of the month
--   base_currency     VARCHAR        of the amounts
--   opening_amount    DECIMAL(28,2)  open at the end of the month before
--   sales_amount      DECIMAL(28,2)  billed in the month less credit notes
--   collected_amount  DECIMAL(28,2)  cash received in the month, on account included
--   closing_amount    DECIMAL(28,2)  open at the month's end
--   current_amount    DECIMAL(28,2)  of it, not yet due
--   overdue_amount    DECIMAL(28,2)  of it, past due
--   dso               DECIMAL(18,6)  days, of the month's sales; NULL: no sales [R3-72, C1]
--   best_possible_dso DECIMAL(18,6)  days; NULL: no sales
--   average_days_delinquent DECIMAL(18,6) days; NULL: no sales
--   cei               DECIMAL(18,6)  100 or less, collection effectiveness; NULL: nothing to collect [R3-72, C1]
--   collection_rate   DECIMAL(18,6)  fraction of opening and sales that was collected; NULL: neither [R3-72]

WITH

balance AS (
  SELECT
    month_aging.month_end,
    SUM(month_aging.open_amount * currency.rate_to_base) AS open_base,
    SUM(month_aging.open_amount * currency.rate_to_base) FILTER (WHERE month_aging.bucket_no = 1) AS current_base,
    SUM(month_aging.open_amount * currency.rate_to_base) FILTER (WHERE month_aging.bucket_no BETWEEN 2 AND 5)
      AS overdue_base
  FROM indicator.month_aging
  JOIN event.currency ON currency.currency = month_aging.currency
  GROUP BY month_aging.month_end
),

activity AS (
  SELECT
    CAST(DATE_TRUNC('month', book_day.event_date) AS DATE) AS month_start,
    SUM((book_day.billed_amount - book_day.credited_amount) * currency.rate_to_base) AS sales_base,
    SUM(book_day.cash_amount * currency.rate_to_base) AS cash_base
  FROM indicator.book_day
  LEFT JOIN event.currency ON currency.currency = book_day.currency
  GROUP BY CAST(DATE_TRUNC('month', book_day.event_date) AS DATE)
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

sums AS (
  SELECT
    month.month_end,
    EXTRACT(DAY FROM month.month_end) AS days,
    base.base_currency,
    COALESCE(opening.open_base, 0) AS opening_base,
    COALESCE(activity.sales_base, 0) AS sales_base,
    CASE WHEN activity.sales_base > 0 THEN activity.sales_base END AS positive_sales_base,
    COALESCE(activity.cash_base, 0) AS cash_base,
    COALESCE(closing.open_base, 0) AS closing_base,
    COALESCE(closing.current_base, 0) AS current_base,
    COALESCE(closing.overdue_base, 0) AS overdue_base
  FROM policy.month
  CROSS JOIN base
  LEFT JOIN balance AS closing ON closing.month_end = month.month_end
  LEFT JOIN balance AS opening ON opening.month_end = CAST(month.month_start - INTERVAL '1' DAY AS DATE)
  LEFT JOIN activity ON activity.month_start = month.month_start
  WHERE month.months_ago < 12
)

SELECT
  month_end,
  base_currency,
  ROUND(opening_base, 2) AS opening_amount,
  ROUND(sales_base, 2) AS sales_amount,
  ROUND(cash_base, 2) AS collected_amount,
  ROUND(closing_base, 2) AS closing_amount,
  ROUND(current_base, 2) AS current_amount,
  ROUND(overdue_base, 2) AS overdue_amount,
  TRY_CAST(TRY_CAST(closing_base / positive_sales_base * days AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS dso,
  TRY_CAST(TRY_CAST(current_base / positive_sales_base * days AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS best_possible_dso,
  TRY_CAST(TRY_CAST((closing_base - current_base) / positive_sales_base * days AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS average_days_delinquent,
  CASE WHEN closing_base = current_base OR opening_base + sales_base > current_base
    THEN TRY_CAST(TRY_CAST(
      (opening_base + sales_base - closing_base) / NULLIF(opening_base + sales_base - current_base, 0) * 100
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS cei,
  CASE WHEN opening_base + sales_base > 0 THEN
    TRY_CAST(TRY_CAST(cash_base / NULLIF(opening_base + sales_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS collection_rate
FROM sums
ORDER BY month_end
