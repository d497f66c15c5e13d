-- book_day: what was billed, collected, credited and given up on each day, over the whole book?
--
-- Millions of documents happen on a few thousand days: marts that look at months and years read them here.
--
-- Grain: one row per day and currency on which something happened. Key: event_date, currency.
-- Requirements: R0-06, R3-72; C1.
--
-- Columns
--   event_date        DATE           the day of the documents
--   currency          VARCHAR        of the amounts
--   billed_cnt        BIGINT         invoices issued
--   billed_amount     DECIMAL(28,2)  billed in them
--   credited_amount   DECIMAL(28,2)  credit notes other than quality claims
--   cash_amount       DECIMAL(28,2)  cash received, on account included, less what was returned
--   write_off_amount  DECIMAL(28,2)  written off
--   transfer_amount   DECIMAL(28,2)  transferred as bad debt

WITH

billed AS (
  SELECT invoice_date AS event_date, currency, COUNT(*) AS billed_cnt, SUM(amount) AS billed_amount
  FROM core.receivable
  GROUP BY invoice_date, currency
),

booked AS (
  SELECT
    event_date,
    currency,
    SUM(CASE WHEN kind = 'credit' THEN amount ELSE 0 END) AS credited_amount,
    SUM(CASE WHEN kind = 'cash' THEN amount ELSE 0 END) AS cash_amount,
    SUM(CASE WHEN kind = 'write_off' THEN amount ELSE 0 END) AS write_off_amount,
    SUM(CASE WHEN kind = 'bad_debt_transfer' THEN amount ELSE 0 END) AS transfer_amount
  FROM event.settlement
  WHERE kind IN ('cash', 'credit', 'write_off', 'bad_debt_transfer')
  GROUP BY event_date, currency
)

SELECT
  COALESCE(billed.event_date, booked.event_date) AS event_date,
  COALESCE(billed.currency, booked.currency) AS currency,
  COALESCE(billed.billed_cnt, 0) AS billed_cnt,
  COALESCE(billed.billed_amount, 0) AS billed_amount,
  COALESCE(booked.credited_amount, 0) AS credited_amount,
  COALESCE(booked.cash_amount, 0) AS cash_amount,
  COALESCE(booked.write_off_amount, 0) AS write_off_amount,
  COALESCE(booked.transfer_amount, 0) AS transfer_amount
FROM billed
FULL OUTER JOIN booked ON booked.event_date = billed.event_date AND booked.currency = billed.currency
ORDER BY event_date, currency
