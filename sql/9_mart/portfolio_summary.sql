-- portfolio_summary: how does the whole book stand tonight, in one row?
--
-- `night_date` is here so that a later night can say which night it compares itself with.
--
-- Grain: one row a night. Key: night_date.
-- Requirements: R3-72, R4-106, R0-06; C1.
--
-- Columns
--   night_date              DATE           the night
--   base_currency           VARCHAR        of the amounts; NULL: nothing was ever billed
--   customer_cnt            BIGINT         customers in the book
--   open_customer_cnt       BIGINT         of them, who owe something
--   overdue_customer_cnt    BIGINT         of them, who owe something past due
--   no_fx_customer_cnt      BIGINT         customers with an item no rate is known for: it is in no amount here
--   open_amount             DECIMAL(28,2)  open in the ledger
--   overdue_amount          DECIMAL(28,2)  open and past due
--   opening_amount          DECIMAL(28,2)  open at the start of the look-back window
--   sales_amount            DECIMAL(28,2)  billed in the window less credit notes, over the whole book (mart.bad_debt)
--   collected_amount        DECIMAL(28,2)  cash received in the window
--   window_days             INTEGER        days of the window
--   overdue_share           DECIMAL(18,6)  fraction overdue_amount / open_amount; NULL: nothing open
--   dso                     DECIMAL(18,6)  days; NULL: no sales [R3-72, R4-106]
--   best_possible_dso       DECIMAL(18,6)  days, of what is not yet due; NULL: no sales
--   average_days_delinquent DECIMAL(18,6)  days; NULL: no sales
--   cei                     DECIMAL(18,6)  100 or less, sales by the month; NULL: nothing to collect [R3-72, R4-106]
--   collection_rate         DECIMAL(18,6)  fraction of opening and sales that was collected; NULL: neither [R3-72]

WITH

customer AS (
  SELECT
    COUNT(*) AS customer_cnt,
    COUNT(*) FILTER (WHERE open_amount > 0) AS open_customer_cnt,
    COUNT(*) FILTER (WHERE overdue_amount > 0) AS overdue_customer_cnt,
    COUNT(*) FILTER (WHERE no_fx_item_cnt > 0) AS no_fx_customer_cnt,
    COALESCE(SUM(payment_amount_12m), 0) AS cash_base
  FROM indicator.payment
),

-- The book's own sum: a customer credited for what it bought before the window has less than no sales here, though
-- nothing of its own can be divided by them.
sale AS (
  SELECT
    COALESCE(ROUND(SUM(CAST(book_day.billed_amount - book_day.credited_amount AS DECIMAL(28, 2)) * currency.rate_to_base), 2), 0)
      AS sales_base
  FROM indicator.book_day
  JOIN event.currency ON currency.currency = book_day.currency
  CROSS JOIN policy.book
  WHERE book_day.event_date > book.window_start
),

ledger AS (
  SELECT
    COALESCE(SUM(open_amount * rate_to_base), 0) AS open_base,
    COALESCE(SUM(open_amount * rate_to_base) FILTER (WHERE due_date >= CAST(:as_of AS DATE)), 0) AS current_base,
    COALESCE(SUM(open_amount * rate_to_base) FILTER (WHERE due_date < CAST(:as_of AS DATE)), 0) AS overdue_base,
    COALESCE(SUM(opening_amount * rate_to_base), 0) AS opening_base
  FROM core.receivable
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

sums AS (
  SELECT
    customer.*,
    sale.sales_base,
    ledger.*,
    base.base_currency,
    CASE WHEN sale.sales_base > 0 THEN sale.sales_base END AS positive_sales_base,
    book.window_months,
    EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(book.window_start AS TIMESTAMP)))
      AS window_days
  FROM customer
  CROSS JOIN sale
  CROSS JOIN ledger
  CROSS JOIN base
  CROSS JOIN policy.book
)

SELECT
  CAST(:as_of AS DATE) AS night_date,
  base_currency,
  customer_cnt,
  open_customer_cnt,
  overdue_customer_cnt,
  no_fx_customer_cnt,
  ROUND(open_base, 2) AS open_amount,
  ROUND(overdue_base, 2) AS overdue_amount,
  ROUND(opening_base, 2) AS opening_amount,
  sales_base AS sales_amount,
  cash_base AS collected_amount,
  window_days,
  CAST(CAST(overdue_base / NULLIF(open_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS overdue_share,
  TRY_CAST(TRY_CAST(open_base / positive_sales_base * window_days AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS dso,
  TRY_CAST(TRY_CAST(current_base / positive_sales_base * window_days AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS best_possible_dso,
  TRY_CAST(TRY_CAST((open_base - current_base) / positive_sales_base * window_days AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS average_days_delinquent,
  CASE WHEN open_base = current_base
      OR opening_base * window_months + sales_base > current_base * window_months
    THEN TRY_CAST(TRY_CAST(
      (opening_base * window_months + sales_base - open_base * window_months)
      / NULLIF(opening_base * window_months + sales_base - current_base * window_months, 0) * 100
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS cei,
  CASE WHEN opening_base + sales_base > 0 THEN
    TRY_CAST(TRY_CAST(cash_base / NULLIF(opening_base + sales_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS collection_rate
FROM sums
ORDER BY night_date
