-- month_aging: how old was what the book was owed at the end of each of the last 13 months?
--
-- The balance of an invoice at a month's end is what was billed until then less what was booked until then. What a
-- later return reopened is open again from its own day. Months that lie wholly in the past: the night's own balance
-- is indicator.aging. Most invoices are booked in one month and need one look; only the others are put in order.
--
-- Grain: one row per month end, currency and bucket in which something was open. Key: month_end, currency, bucket_no.
-- Requirements: C3, C11; R3-72.
--
-- Columns
--   month_end    DATE           last day of the month
--   currency     VARCHAR        of the amount
--   bucket_no    INTEGER        1 current to 5 over 90 days, 6 no due date
--   bucket       VARCHAR        current, 1-30, 31-60, 61-90, 90+, no_due_date
--   item_cnt     BIGINT         invoices open in it
--   open_amount  DECIMAL(28,2)  open in it

WITH

-- What was booked until the end of the first of them is in every balance. Months are counted through the years:
-- everything of one month stands on its last day.
earliest AS (
  SELECT month_no, month_end
  FROM policy.month
  WHERE months_ago = 12
),

item AS (
  SELECT
    receivable.invoice_id,
    receivable.currency,
    receivable.due_date,
    receivable.amount,
    receivable.open_amount,
    receivable.open_amount - receivable.overpaid_amount + receivable.residue_amount AS rest_amount,
    book.residual_tolerance,
    earliest.month_no AS earliest_no,
    12 * EXTRACT(YEAR FROM receivable.invoice_date) + EXTRACT(MONTH FROM receivable.invoice_date) AS billed_no,
    12 * EXTRACT(YEAR FROM receivable.first_booked_date) + EXTRACT(MONTH FROM receivable.first_booked_date)
      AS first_no,
    12 * EXTRACT(YEAR FROM receivable.last_booked_date) + EXTRACT(MONTH FROM receivable.last_booked_date)
      AS last_no
  FROM core.receivable
  CROSS JOIN policy.book
  CROSS JOIN earliest
),

-- Booked in several months, one of them since: counted back from tonight's rest.
several AS (
  SELECT invoice_id, currency, due_date, rest_amount, residual_tolerance, billed_no
  FROM item
  WHERE first_no < last_no AND last_no > earliest_no
),

booked AS (
  SELECT
    several.invoice_id,
    several.currency,
    several.due_date,
    several.rest_amount,
    several.residual_tolerance,
    several.billed_no,
    12 * EXTRACT(YEAR FROM settlement.event_date) + EXTRACT(MONTH FROM settlement.event_date) AS booked_no,
    SUM(settlement.amount) AS booked_amount
  FROM event.settlement
  CROSS JOIN earliest
  JOIN several ON several.invoice_id = settlement.invoice_id
  WHERE settlement.event_date > earliest.month_end
  GROUP BY
    several.invoice_id, several.currency, several.due_date, several.rest_amount, several.residual_tolerance,
    several.billed_no,
    12 * EXTRACT(YEAR FROM settlement.event_date) + EXTRACT(MONTH FROM settlement.event_date)
),

-- Each row: what was open until it was booked.
running AS (
  SELECT
    booked.*,
    rest_amount + SUM(booked_amount) OVER (
      PARTITION BY invoice_id ORDER BY booked_no DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS before_amount,
    COALESCE(LAG(booked_no) OVER (PARTITION BY invoice_id ORDER BY booked_no), billed_no) AS since_no
  FROM booked
),

-- A balance from the end of one month until before the end of another; NULL: it still stands.
span AS (
  SELECT currency, due_date, billed_no AS from_no, first_no AS until_no, amount AS open_amount
  FROM item
  WHERE amount > residual_tolerance
    AND (first_no IS NULL OR (first_no = last_no AND billed_no < first_no AND first_no > earliest_no))

  UNION ALL

  SELECT currency, due_date, GREATEST(billed_no, since_no), booked_no, before_amount
  FROM running
  WHERE before_amount > residual_tolerance AND billed_no < booked_no

  UNION ALL

  SELECT currency, due_date, GREATEST(billed_no, last_no), CAST(NULL AS BIGINT), open_amount
  FROM item
  WHERE first_no IS NOT NULL AND open_amount > 0
),

-- Millions of invoices share a few thousand due dates and months.
gathered AS (
  SELECT currency, due_date, from_no, until_no, COUNT(*) AS item_cnt, SUM(open_amount) AS open_amount
  FROM span
  GROUP BY currency, due_date, from_no, until_no
),

standing AS (
  SELECT
    month.month_end,
    gathered.currency,
    gathered.item_cnt,
    gathered.open_amount,
    EXTRACT(DAY FROM (CAST(month.month_end AS TIMESTAMP) - CAST(gathered.due_date AS TIMESTAMP)))
      AS days_past_due
  FROM gathered
  JOIN policy.month
    ON month.month_no >= gathered.from_no
    AND (gathered.until_no IS NULL OR month.month_no < gathered.until_no)
),

aged AS (
  SELECT
    standing.*,
    CASE
      WHEN days_past_due IS NULL THEN 6
      WHEN days_past_due <= 0 THEN 1
      WHEN days_past_due <= 30 THEN 2
      WHEN days_past_due <= 60 THEN 3
      WHEN days_past_due <= 90 THEN 4
      ELSE 5
    END AS bucket_no
  FROM standing
)

SELECT
  month_end,
  currency,
  bucket_no,
  CASE bucket_no
    WHEN 1 THEN 'current'
    WHEN 2 THEN '1-30'
    WHEN 3 THEN '31-60'
    WHEN 4 THEN '61-90'
    WHEN 5 THEN '90+'
    ELSE 'no_due_date'
  END AS bucket,
  SUM(item_cnt) AS item_cnt,
  SUM(open_amount) AS open_amount
FROM aged
GROUP BY month_end, currency, bucket_no
ORDER BY month_end, currency, bucket_no
