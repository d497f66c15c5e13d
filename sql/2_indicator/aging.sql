-- aging: how old is what each customer owes?
--
-- The buckets and the credits of one row add up to the customer's ledger in that currency; a check
-- stops the night when they do not. Credits are never netted into buckets.
--
-- Grain: one row per customer and currency. Key: customer_id, currency.
-- Requirements: C3; I8, I9, I15, I16; A0.1 Currency.
--
-- Columns
--   customer_id              VARCHAR        the customer
--   currency                 VARCHAR        of every amount in this row
--   current_amount           DECIMAL(28,2)  open, due tonight or later
--   overdue_1_30_amount      DECIMAL(28,2)  open, 1 to 30 days past due
--   overdue_31_60_amount     DECIMAL(28,2)  open, 31 to 60 days past due
--   overdue_61_90_amount     DECIMAL(28,2)  open, 61 to 90 days past due
--   overdue_over_90_amount   DECIMAL(28,2)  open, 91 or more days past due
--   no_due_date_amount       DECIMAL(28,2)  open, no due date stated and none to derive
--   open_amount              DECIMAL(28,2)  the six buckets together
--   overdue_amount           DECIMAL(28,2)  the four past-due buckets together
--   unapplied_credit_amount  DECIMAL(28,2)  credit notes and claims that name no known invoice; 0 or less
--   unapplied_cash_amount    DECIMAL(28,2)  cash on account and overpayments; 0 or less
--   residue_amount           DECIMAL(28,2)  differences within tolerance, closed [Q5]
--   ledger_balance           DECIMAL(28,2)  billed less everything booked
--   past_due_share           DECIMAL(18,6)  fraction overdue_amount / open_amount; NULL: nothing open

WITH

billed AS (
  SELECT
    customer_id,
    currency,
    SUM(amount) AS billed_amount,
    SUM(open_amount) FILTER (WHERE due_date >= CAST(:as_of AS DATE)) AS current_amount,
    SUM(open_amount) FILTER (WHERE days_past_due BETWEEN 1 AND 30) AS overdue_1_30_amount,
    SUM(open_amount) FILTER (WHERE days_past_due BETWEEN 31 AND 60) AS overdue_31_60_amount,
    SUM(open_amount) FILTER (WHERE days_past_due BETWEEN 61 AND 90) AS overdue_61_90_amount,
    SUM(open_amount) FILTER (WHERE days_past_due > 90) AS overdue_over_90_amount,
    SUM(open_amount) FILTER (WHERE due_date IS NULL) AS no_due_date_amount,
    SUM(open_amount) AS open_amount,
    SUM(open_amount) FILTER (WHERE days_past_due > 0) AS overdue_amount,
    SUM(overpaid_amount) AS overpaid_amount,
    SUM(residue_amount) AS residue_amount
  FROM (
    SELECT
      receivable.*,
      EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(due_date AS TIMESTAMP)))
        AS days_past_due
    FROM core.receivable
  ) AS item
  GROUP BY customer_id, currency
),

booked AS (
  SELECT
    customer_id,
    currency,
    SUM(amount) AS booked_amount,
    SUM(amount) FILTER (
      WHERE invoice_id IS NULL AND kind IN ('credit', 'claim_credit', 'claim_deduction')
    ) AS unapplied_credit_amount,
    SUM(amount) FILTER (
      WHERE invoice_id IS NULL AND kind NOT IN ('credit', 'claim_credit', 'claim_deduction')
    ) AS unapplied_cash_amount
  FROM event.settlement
  WHERE customer_id IS NOT NULL
  GROUP BY customer_id, currency
),

account AS (
  SELECT customer_id, currency FROM billed
  UNION
  SELECT customer_id, currency FROM booked
)

SELECT
  account.customer_id,
  account.currency,
  COALESCE(billed.current_amount, 0) AS current_amount,
  COALESCE(billed.overdue_1_30_amount, 0) AS overdue_1_30_amount,
  COALESCE(billed.overdue_31_60_amount, 0) AS overdue_31_60_amount,
  COALESCE(billed.overdue_61_90_amount, 0) AS overdue_61_90_amount,
  COALESCE(billed.overdue_over_90_amount, 0) AS overdue_over_90_amount,
  COALESCE(billed.no_due_date_amount, 0) AS no_due_date_amount,
  COALESCE(billed.open_amount, 0) AS open_amount,
  COALESCE(billed.overdue_amount, 0) AS overdue_amount,
  -COALESCE(booked.unapplied_credit_amount, 0) AS unapplied_credit_amount,
  -COALESCE(booked.unapplied_cash_amount, 0) - COALESCE(billed.overpaid_amount, 0)
    AS unapplied_cash_amount,
  COALESCE(billed.residue_amount, 0) AS residue_amount,
  COALESCE(billed.billed_amount, 0) - COALESCE(booked.booked_amount, 0) AS ledger_balance,
  CAST(CAST(billed.overdue_amount / NULLIF(billed.open_amount, 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS past_due_share
FROM account
LEFT JOIN billed
  ON billed.customer_id = account.customer_id AND billed.currency = account.currency
LEFT JOIN booked
  ON booked.customer_id = account.customer_id AND booked.currency = account.currency
ORDER BY customer_id, currency
