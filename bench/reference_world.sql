-- The yardstick on a world: the same aggregate a customer over invoices and payments, with payments spread
-- over the invoices they settle. Written by hand, without a thought of disputes, claims or known dates.
WITH

paid AS (
  SELECT allocation.invoice_id, SUM(allocation.amount) AS paid, MAX(payment.payment_date) AS last_paid
  FROM current.payment
  JOIN current.allocation USING (payment_id)
  WHERE payment.payment_date <= CAST(:as_of AS DATE)
  GROUP BY allocation.invoice_id
),

item AS (
  SELECT
    invoice.customer_id,
    invoice.amount,
    invoice.invoice_date,
    invoice.due_date AS due,
    COALESCE(paid.paid, 0) AS paid,
    paid.last_paid,
    DATE_DIFF('day', invoice.due_date, COALESCE(paid.last_paid, CAST(:as_of AS DATE))) AS days
  FROM current.invoice
  LEFT JOIN paid USING (invoice_id)
  WHERE invoice.invoice_date <= CAST(:as_of AS DATE)
)

SELECT
  customer_id,
  COUNT(*) AS items,
  SUM(amount) AS billed,
  SUM(paid) AS collected,
  SUM(amount - paid) AS open_amount,
  SUM(amount - paid) FILTER (WHERE due < CAST(:as_of AS DATE)) AS overdue,
  SUM(amount - paid) FILTER (WHERE due < CAST(:as_of AS DATE) AND due >= CAST(:as_of AS DATE) - 30)
    AS d1_30,
  SUM(amount - paid) FILTER (WHERE due < CAST(:as_of AS DATE) - 30 AND due >= CAST(:as_of AS DATE) - 60)
    AS d31_60,
  SUM(amount - paid) FILTER (WHERE due < CAST(:as_of AS DATE) - 60 AND due >= CAST(:as_of AS DATE) - 90)
    AS d61_90,
  SUM(amount - paid) FILTER (WHERE due < CAST(:as_of AS DATE) - 90) AS d90,
  SUM(GREATEST(days, 0) * amount) AS weighted_days,
  MAX(GREATEST(days, 0)) AS worst,
  COUNT(DISTINCT DATE_TRUNC('month', invoice_date)) AS active_months,
  COUNT(*) FILTER (WHERE last_paid <= due) AS on_time,
  QUANTILE_CONT(days, 0.5) AS median_days,
  QUANTILE_CONT(days, 0.9) AS p90_days
FROM item
GROUP BY customer_id
ORDER BY customer_id
