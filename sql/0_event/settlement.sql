-- settlement: what has closed any part of any invoice, and what money or credit is left over?
--
-- Every payment, credit note and deducted claim dated on or before the night, split over the invoices
-- it settles. What settles no known invoice keeps invoice_id NULL: cash on account, an unapplied
-- credit. It moves to its invoice by itself on the night the invoice comes.
--
-- Grain: one row per document and invoice line. Key: event_id.
-- Requirements: A0.1 Paid, due, claimed; C2; I15, I16.
--
-- Columns
--   event_id      VARCHAR        kind of document, its number, its line and the invoice; % and : inside the first as %25 and %3A
--   document_id   VARCHAR        the payment, credit note or claim; for applied_unseen the invoice
--   customer_id   VARCHAR        whose; NULL: a payment that names neither customer nor known invoice
--   invoice_id    VARCHAR        the invoice it settles; NULL: on account, unapplied
--   event_date    DATE           value date
--   kind          VARCHAR        cash, applied_unseen, credit, claim_credit, claim_deduction, write_off, set_off, bad_debt_transfer
--   currency      VARCHAR        of the amount
--   amount        DECIMAL(18,2)  positive closes, negative reopens (a returned payment)

WITH

invoice AS (
  SELECT invoice_id, customer_id, currency, amount
  FROM current.invoice
  WHERE NOT is_deleted AND invoice_date <= CAST(:as_of AS DATE)
),

-- `payment_key`: a number with a colon in it must not read like another number and its line.
payment AS (
  SELECT
    payment_id, customer_id, payment_date, amount, currency, invoice_id, kind,
    'payment:' || REPLACE(REPLACE(payment_id, '%', '%25'), ':', '%3A') AS payment_key
  FROM current.payment
  WHERE NOT is_deleted AND payment_date <= CAST(:as_of AS DATE)
),

allocation AS (
  SELECT payment_id, invoice_id, line, amount
  FROM current.allocation
  WHERE NOT is_deleted
),

allocated_payment AS (
  SELECT DISTINCT payment_id FROM allocation
),

-- Lines come first; a payment that names one invoice and has no lines settles that one whole, and
-- one that names none, or none we know in its currency, is on account.
whole AS (
  SELECT
    CASE WHEN invoice.invoice_id IS NULL THEN payment.payment_key || ':left'
      ELSE payment.payment_key || ':whole'
    END AS event_id,
    payment.payment_id AS document_id,
    COALESCE(invoice.customer_id, payment.customer_id) AS customer_id,
    invoice.invoice_id,
    payment.payment_date AS event_date,
    payment.kind,
    payment.currency,
    payment.amount
  FROM payment
  LEFT JOIN invoice
    ON invoice.invoice_id = payment.invoice_id AND invoice.currency = payment.currency
  LEFT JOIN allocated_payment ON allocated_payment.payment_id = payment.payment_id
  WHERE allocated_payment.payment_id IS NULL AND payment.amount <> 0
),

lined AS (
  SELECT
    payment.payment_key || ':' || REPLACE(REPLACE(allocation.line, '%', '%25'), ':', '%3A') || ':'
      || allocation.invoice_id AS event_id,
    payment.payment_id AS document_id,
    invoice.customer_id,
    invoice.invoice_id,
    payment.payment_date AS event_date,
    payment.kind,
    invoice.currency,
    allocation.amount,
    CASE WHEN payment.currency = invoice.currency THEN allocation.amount END AS used_amount
  FROM allocation
  JOIN payment ON payment.payment_id = allocation.payment_id
  JOIN invoice ON invoice.invoice_id = allocation.invoice_id
),

-- What an allocation in another currency used up of the payment cannot be known here: such a payment
-- leaves nothing on account rather than a guess.
used AS (
  SELECT
    document_id,
    SUM(used_amount) AS used_amount,
    COUNT(*) - COUNT(used_amount) AS foreign_lines,
    MIN(customer_id) AS customer_id
  FROM lined
  GROUP BY document_id
),

left_over AS (
  SELECT
    payment.payment_key || ':left' AS event_id,
    payment.payment_id AS document_id,
    COALESCE(payment.customer_id, used.customer_id) AS customer_id,
    CAST(NULL AS VARCHAR) AS invoice_id,
    payment.payment_date AS event_date,
    payment.kind,
    payment.currency,
    payment.amount - COALESCE(used.used_amount, 0) AS amount
  FROM allocated_payment
  JOIN payment ON payment.payment_id = allocated_payment.payment_id
  LEFT JOIN used ON used.document_id = payment.payment_id
  WHERE COALESCE(used.foreign_lines, 0) = 0
    AND payment.amount <> COALESCE(used.used_amount, 0)
),

credit AS (
  SELECT
    'credit_note:' || credit_note.credit_note_id AS event_id,
    credit_note.credit_note_id AS document_id,
    COALESCE(invoice.customer_id, credit_note.customer_id) AS customer_id,
    invoice.invoice_id,
    credit_note.credit_date AS event_date,
    CASE WHEN credit_note.reason = 'quality_claim' THEN 'claim_credit' ELSE 'credit' END AS kind,
    credit_note.currency,
    credit_note.amount
  FROM current.credit_note
  LEFT JOIN invoice
    ON invoice.invoice_id = credit_note.invoice_id AND invoice.currency = credit_note.currency
  WHERE NOT credit_note.is_deleted AND credit_note.credit_date <= CAST(:as_of AS DATE)
),

-- A claim paid out is money leaving us, not a settlement: only the deducted kind closes an invoice.
deduction AS (
  SELECT
    'claim:' || claim.claim_id AS event_id,
    claim.claim_id AS document_id,
    COALESCE(invoice.customer_id, claim.customer_id) AS customer_id,
    invoice.invoice_id,
    claim.claim_date AS event_date,
    'claim_deduction' AS kind,
    claim.currency,
    claim.amount
  FROM current.claim
  LEFT JOIN invoice ON invoice.invoice_id = claim.invoice_id AND invoice.currency = claim.currency
  WHERE NOT claim.is_deleted
    AND claim.settled_by = 'deduction'
    AND claim.claim_date <= CAST(:as_of AS DATE)
),

seen AS (
  SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
  FROM whole
  UNION ALL
  SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
  FROM lined
  UNION ALL
  SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
  FROM left_over
  UNION ALL
  SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
  FROM credit
  UNION ALL
  SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
  FROM deduction
),

-- Where the source states a balance, it knows of settlements we were not given: the gap is a row of
-- the day it was stated.
stated AS (
  SELECT invoice_id, stated_on, balance_amount
  FROM current.invoice_balance
  WHERE NOT is_deleted AND stated_on <= CAST(:as_of AS DATE)
),

seen_by_then AS (
  SELECT stated.invoice_id, stated.stated_on, SUM(seen.amount) AS amount
  FROM stated
  JOIN seen ON seen.invoice_id = stated.invoice_id AND seen.event_date <= stated.stated_on
  GROUP BY stated.invoice_id, stated.stated_on
),

gap AS (
  SELECT
    invoice.invoice_id,
    invoice.customer_id,
    invoice.currency,
    stated.stated_on,
    CASE
      WHEN ABS(invoice.amount - COALESCE(seen_by_then.amount, 0) - stated.balance_amount)
           <= book.residual_tolerance THEN 0
      ELSE invoice.amount - COALESCE(seen_by_then.amount, 0) - stated.balance_amount
    END AS gap_amount
  FROM stated
  JOIN invoice ON invoice.invoice_id = stated.invoice_id
  LEFT JOIN seen_by_then
    ON seen_by_then.invoice_id = stated.invoice_id AND seen_by_then.stated_on = stated.stated_on
  CROSS JOIN policy.book
),

-- A balance stated again says nothing new: only a change of the gap is an event, on its own day.
gap_change AS (
  SELECT
    gap.*,
    gap_amount - LAG(gap_amount, 1, CAST(0 AS DECIMAL(38, 2))) OVER (
      PARTITION BY invoice_id ORDER BY stated_on
    ) AS amount
  FROM gap
),

unseen AS (
  SELECT
    'balance:' || CAST(stated_on AS VARCHAR) || ':' || invoice_id AS event_id,
    invoice_id AS document_id,
    customer_id,
    invoice_id,
    stated_on AS event_date,
    'applied_unseen' AS kind,
    currency,
    amount
  FROM gap_change
  WHERE amount <> 0
)

SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
FROM seen
UNION ALL
SELECT event_id, document_id, customer_id, invoice_id, event_date, kind, currency, amount
FROM unseen
ORDER BY event_id
