-- settlement: what has closed any part of any invoice, and what money or credit is left over?
--
-- Every payment, credit note and deducted claim dated on or before the night, split over the invoices
-- it settles. What settles no known invoice keeps invoice_id NULL: cash on account, an unapplied
-- credit. It moves to its invoice by itself on the night the invoice comes.
--
-- Grain: one row per document and the part of it. Key: document_type, document_id, line, invoice_id (may be NULL: line, invoice_id).
-- Requirements: A0.1 Paid, due, claimed; C2; I15, I16.
--
-- Columns
--   document_type VARCHAR        payment, credit_note, claim, balance
--   document_id   VARCHAR        the payment, credit note or claim; of a balance the invoice
--   line          VARCHAR        the payment's line; of a balance the day it was stated; NULL: the whole document, or what its lines left
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

payment AS (
  SELECT payment_id, customer_id, payment_date, amount, currency, invoice_id, kind
  FROM current.payment
  WHERE NOT is_deleted AND payment_date <= CAST(:as_of AS DATE)
),

allocation AS (
  SELECT payment_id, invoice_id, line, amount
  FROM current.allocation
  WHERE NOT is_deleted
),

-- A payment beside each of its lines, or alone, and the invoice that the line, or else the payment, names.
line AS (
  SELECT
    payment.payment_id,
    payment.customer_id,
    payment.payment_date,
    payment.kind,
    payment.currency,
    payment.amount,
    COALESCE(allocation.invoice_id, payment.invoice_id) AS invoice_id,
    allocation.line,
    allocation.amount AS line_amount,
    allocation.payment_id IS NOT NULL AS is_lined
  FROM payment
  LEFT JOIN allocation ON allocation.payment_id = payment.payment_id
),

named AS (
  SELECT
    line.*,
    invoice.customer_id AS invoice_customer_id,
    invoice.currency AS invoice_currency,
    invoice.invoice_id IS NOT NULL AND (line.is_lined OR invoice.currency = line.currency)
      AS is_known
  FROM line
  LEFT JOIN invoice ON invoice.invoice_id = line.invoice_id
),

-- Lines come first; a payment that names one invoice and has no lines settles that one whole, and
-- one that names none, or none we know in its currency, is on account.
paid AS (
  SELECT
    'payment' AS document_type,
    payment_id AS document_id,
    line,
    CASE
      WHEN is_lined THEN invoice_customer_id
      WHEN is_known THEN COALESCE(invoice_customer_id, customer_id)
      ELSE customer_id
    END AS customer_id,
    CASE WHEN is_known THEN invoice_id END AS invoice_id,
    payment_date AS event_date,
    kind,
    CASE WHEN is_lined THEN invoice_currency ELSE currency END AS currency,
    CASE WHEN is_lined THEN line_amount ELSE amount END AS amount
  FROM named
  WHERE CASE WHEN is_lined THEN is_known ELSE amount <> 0 END
),

-- What an allocation in another currency used up of the payment cannot be known here: such a payment
-- leaves nothing on account rather than a guess.
used AS (
  SELECT
    payment_id,
    SUM(line_amount) FILTER (WHERE invoice_currency = currency) AS used_amount,
    MIN(invoice_customer_id) AS customer_id
  FROM named
  WHERE is_lined
  GROUP BY payment_id
  HAVING COUNT(*) FILTER (WHERE invoice_currency <> currency) = 0
    AND MIN(amount) <> COALESCE(SUM(line_amount) FILTER (WHERE invoice_currency = currency), 0)
),

left_over AS (
  SELECT
    'payment' AS document_type,
    payment.payment_id AS document_id,
    CAST(NULL AS VARCHAR) AS line,
    COALESCE(payment.customer_id, used.customer_id) AS customer_id,
    CAST(NULL AS VARCHAR) AS invoice_id,
    payment.payment_date AS event_date,
    payment.kind,
    payment.currency,
    payment.amount - COALESCE(used.used_amount, 0) AS amount
  FROM used
  JOIN current.payment ON payment.payment_id = used.payment_id
),

credit AS (
  SELECT
    'credit_note' AS document_type,
    credit_note.credit_note_id AS document_id,
    CAST(NULL AS VARCHAR) AS line,
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
    'claim' AS document_type,
    claim.claim_id AS document_id,
    CAST(NULL AS VARCHAR) AS line,
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

-- What has closed any part of an invoice, and nothing else of it: looked through once a stated balance.
closing AS (
  SELECT invoice_id, payment_date AS event_date, CASE WHEN is_lined THEN line_amount ELSE amount END AS amount
  FROM named
  WHERE is_known
  UNION ALL
  SELECT invoice_id, event_date, amount
  FROM credit
  UNION ALL
  SELECT invoice_id, event_date, amount
  FROM deduction
),

seen AS (
  SELECT document_type, document_id, line, customer_id, invoice_id, event_date, kind, currency, amount
  FROM paid
  UNION ALL
  SELECT document_type, document_id, line, customer_id, invoice_id, event_date, kind, currency, amount
  FROM left_over
  UNION ALL
  SELECT document_type, document_id, line, customer_id, invoice_id, event_date, kind, currency, amount
  FROM credit
  UNION ALL
  SELECT document_type, document_id, line, customer_id, invoice_id, event_date, kind, currency, amount
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
  SELECT stated.invoice_id, stated.stated_on, SUM(closing.amount) AS amount
  FROM stated
  JOIN closing ON closing.invoice_id = stated.invoice_id AND closing.event_date <= stated.stated_on
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
    'balance' AS document_type,
    invoice_id AS document_id,
    CAST(stated_on AS VARCHAR) AS line,
    customer_id,
    invoice_id,
    stated_on AS event_date,
    'applied_unseen' AS kind,
    currency,
    amount
  FROM gap_change
  WHERE amount <> 0
)

SELECT document_type, document_id, line, customer_id, invoice_id, event_date, kind, currency, amount
FROM seen
UNION ALL
SELECT document_type, document_id, line, customer_id, invoice_id, event_date, kind, currency, amount
FROM unseen
ORDER BY document_type, document_id, line, invoice_id
