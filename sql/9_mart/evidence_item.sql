-- evidence_item: which invoices stand behind each customer's letters and balance?
--
-- Everything that is open, and everything the active policy's letters judged. `item_letter` is what
-- the overdue letter would be if this were the only item.
--
-- Grain: one row per invoice. Key: invoice_id.
-- Requirements: design of the credit file: the rows behind a grade; Q7, Q9, Q10, Q12.
--
-- Columns
--   invoice_id            VARCHAR        the invoice
--   customer_id           VARCHAR        who owes it
--   invoice_date          DATE           the day it was issued
--   due_date              DATE           NULL: unknown, in no letter
--   settled_date          DATE           as the letters see it; NULL: still open
--   currency              VARCHAR        of the amounts
--   amount                DECIMAL(18,2)  billed
--   judged_amount         DECIMAL(18,2)  what the letters judge
--   open_amount           DECIMAL(18,2)  open in the ledger
--   unpaid_amount         DECIMAL(18,2)  open for the letters
--   disputed_amount       DECIMAL(18,2)  left out tonight
--   days_overdue          INTEGER        days; negative: early or not yet due; NULL: no due date
--   days_past_due         INTEGER        days from due to the night of what is open in the ledger; NULL: nothing open, no due date
--   days_to_pay           INTEGER        days from invoice to settlement or to the night
--   aging_bucket          VARCHAR        current, 1-30, 31-60, 61-90, 90+, no_due_date; NULL: nothing open
--   is_overdue_judged     BOOLEAN        the overdue letter judges it
--   is_collection_judged  BOOLEAN        the collection letter judges it
--   item_letter           VARCHAR        A to D by its own days; NULL: not judged
--   leaves_on             DATE           the day it leaves the overdue letter's look-back; NULL: open, or not judged
--   is_dispute_flagged    BOOLEAN        any dispute, dated or not
--   is_excused            BOOLEAN        settled after a dispute closed in the customer's favour

WITH

rule AS (
  SELECT * FROM policy.rule WHERE is_active
),

item AS (
  SELECT
    receivable.*,
    rule.overdue_a_max,
    rule.overdue_b_below,
    rule.overdue_c_below,
    CAST(
      GREATEST(receivable.due_date, receivable.settled_date)
      + INTERVAL '1' MONTH * rule.overdue_months AS DATE
    ) AS months_later,
    receivable.due_date IS NOT NULL
      AND NOT receivable.is_excused
      AND receivable.judged_amount > book.residual_tolerance
      AND (
        (receivable.due_date > rule.overdue_from AND receivable.due_date <= CAST(:as_of AS DATE))
        OR COALESCE(receivable.settled_date > rule.overdue_from, FALSE)
        OR (receivable.settled_date IS NULL AND receivable.due_date < CAST(:as_of AS DATE))
      ) AS is_overdue_judged,
    receivable.due_date IS NOT NULL
      AND NOT receivable.is_excused
      AND receivable.judged_amount > book.residual_tolerance
      AND (
        (receivable.due_date > rule.collection_from AND receivable.due_date <= rule.collection_until)
        OR (
          receivable.due_date <= rule.collection_from
          AND receivable.unpaid_amount > receivable.disputed_amount
        )
      ) AS is_collection_judged,
    EXTRACT(DAY FROM (
      CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(receivable.due_date AS TIMESTAMP)
    )) AS days_past_due
  FROM core.receivable
  CROSS JOIN rule
  CROSS JOIN policy.book
)

SELECT
  invoice_id,
  customer_id,
  invoice_date,
  due_date,
  settled_date,
  currency,
  amount,
  judged_amount,
  open_amount,
  unpaid_amount,
  disputed_amount,
  days_overdue,
  CASE WHEN open_amount > 0 THEN days_past_due END AS days_past_due,
  days_to_pay,
  CASE
    WHEN open_amount = 0 THEN NULL
    WHEN due_date IS NULL THEN 'no_due_date'
    WHEN days_past_due <= 0 THEN 'current'
    WHEN days_past_due <= 30 THEN '1-30'
    WHEN days_past_due <= 60 THEN '31-60'
    WHEN days_past_due <= 90 THEN '61-90'
    ELSE '90+'
  END AS aging_bucket,
  is_overdue_judged,
  is_collection_judged,
  CASE
    WHEN NOT is_overdue_judged THEN NULL
    WHEN days_overdue <= overdue_a_max THEN 'A'
    WHEN days_overdue < overdue_b_below THEN 'B'
    WHEN days_overdue < overdue_c_below THEN 'C'
    ELSE 'D'
  END AS item_letter,
  CASE
    WHEN NOT is_overdue_judged OR settled_date IS NULL THEN NULL
    WHEN EXTRACT(DAY FROM months_later) < EXTRACT(DAY FROM GREATEST(due_date, settled_date))
      THEN CAST(months_later + INTERVAL '1' DAY AS DATE)
    ELSE months_later
  END AS leaves_on,
  is_dispute_flagged,
  is_excused
FROM item
WHERE open_amount > 0 OR unpaid_amount > 0 OR is_overdue_judged OR is_collection_judged
ORDER BY invoice_id
