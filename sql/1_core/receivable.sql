-- receivable: what is owed on each invoice tonight, and how late was or is it?
--
-- Two residuals, on purpose. `open_amount` is the ledger's: everything booked against the invoice
-- closes it. `unpaid_amount` is the letters': a write-off, a set-off and a bad-debt transfer pay
-- nothing, and cash on account counts, oldest due first.
--
-- Grain: one row per invoice. Key: invoice_id.
-- Requirements: A0.1 Judged items, Paid/due/claimed; Q5, Q8, Q9, Q10, Q12; C2, C3; I3, I8, I16.
--
-- Columns
--   invoice_id          VARCHAR        the invoice
--   customer_id         VARCHAR        who owes it
--   invoice_date        DATE           the day it was issued
--   due_date            DATE           stated, else invoice date + terms, rolled as the policy says; NULL: unknown
--   currency            VARCHAR        of every amount in this row
--   rate_to_base        DECIMAL(19,8)  tonight's; NULL: no_fx, the row stays out of customer sums
--   amount              DECIMAL(18,2)  billed
--   credited_amount     DECIMAL(18,2)  credit notes other than quality claims
--   claim_amount        DECIMAL(18,2)  quality claims credited or deducted
--   cash_amount         DECIMAL(18,2)  cash allocated, and what the source's balance says was
--   on_account_amount   DECIMAL(18,2)  cash on account the letters put here
--   written_off_amount  DECIMAL(18,2)  write-off, set-off, bad-debt transfer
--   opening_amount      DECIMAL(18,2)  open at the start of the look-back window; 0: not yet billed
--   open_amount         DECIMAL(18,2)  open in the ledger, 0 or more
--   overpaid_amount     DECIMAL(18,2)  closed by more than was billed, 0 or more
--   residue_amount      DECIMAL(18,2)  difference within tolerance; billed - closed = open - overpaid + residue
--   unpaid_amount       DECIMAL(18,2)  open for the letters, 0 or more
--   disputed_amount     DECIMAL(18,2)  part of unpaid_amount left out of both letters tonight [Q10]
--   judged_amount       DECIMAL(18,2)  what the letters judge: billed less credited less disputed
--   first_booked_date   DATE           first day anything was booked against it, credits included; NULL: nothing was
--   last_booked_date    DATE           last such day; NULL: nothing was
--   settled_date        DATE           the day judged_amount was paid for good; NULL: still open
--   days_overdue        INTEGER        days from due to settled, or to the night; negative: early; NULL: no due date
--   days_to_pay         INTEGER        days from invoice to settled, or to the night [Q12]
--   late_money_days     DECIMAL(28,2)  sum of amount x days late, each part by its own date, early as 0 [Q9]
--   signed_money_days   DECIMAL(28,2)  the same with early days negative
--   is_dispute_flagged  BOOLEAN        any dispute, dated or not
--   is_excused          BOOLEAN        settled after a dispute closed in the customer's favour: not judged

WITH

invoice AS (
  SELECT
    invoice.invoice_id,
    invoice.customer_id,
    invoice.invoice_date,
    COALESCE(
      invoice.due_date,
      CAST(
        invoice.invoice_date
        + INTERVAL '1' DAY * COALESCE(invoice.terms_days, customer.payment_terms_days) AS DATE
      )
    ) AS stated_due_date,
    invoice.currency,
    invoice.amount
  FROM current.invoice
  LEFT JOIN current.customer
    ON customer.customer_id = invoice.customer_id AND NOT customer.is_deleted
  WHERE NOT invoice.is_deleted AND invoice.invoice_date <= CAST(:as_of AS DATE)
),

-- 1900-01-01 was a Monday: the remainder counts from Monday = 0 on every engine.
dated AS (
  SELECT
    invoice.*,
    CASE
      WHEN book.due_date_roll = 'next_monday'
        AND MOD(EXTRACT(DAY FROM (CAST(stated_due_date AS TIMESTAMP) - TIMESTAMP '1900-01-01 00:00:00')), 7) = 5
        THEN CAST(stated_due_date + INTERVAL '2' DAY AS DATE)
      WHEN book.due_date_roll = 'next_monday'
        AND MOD(EXTRACT(DAY FROM (CAST(stated_due_date AS TIMESTAMP) - TIMESTAMP '1900-01-01 00:00:00')), 7) = 6
        THEN CAST(stated_due_date + INTERVAL '1' DAY AS DATE)
      ELSE stated_due_date
    END AS due_date
  FROM invoice
  CROSS JOIN policy.book
),

booked AS (
  SELECT
    settlement.invoice_id,
    CAST(SUM(settlement.amount) FILTER (WHERE settlement.kind = 'credit') AS DECIMAL(18, 2))
      AS credited_amount,
    CAST(SUM(settlement.amount) FILTER (
      WHERE settlement.kind IN ('claim_credit', 'claim_deduction')
    ) AS DECIMAL(18, 2)) AS claim_amount,
    CAST(SUM(settlement.amount) FILTER (WHERE settlement.kind IN ('cash', 'applied_unseen'))
      AS DECIMAL(18, 2)) AS cash_amount,
    CAST(SUM(settlement.amount) FILTER (
      WHERE settlement.kind IN ('write_off', 'set_off', 'bad_debt_transfer')
    ) AS DECIMAL(18, 2)) AS written_off_amount,
    CAST(SUM(settlement.amount) FILTER (WHERE settlement.event_date <= book.window_start)
      AS DECIMAL(18, 2)) AS closed_before_window,
    MIN(settlement.event_date) AS first_booked_date,
    MAX(settlement.event_date) AS last_booked_date,
    MIN(settlement.event_date) FILTER (
      WHERE settlement.kind IN ('cash', 'applied_unseen', 'claim_credit', 'claim_deduction')
    ) AS first_paid_date,
    MAX(settlement.event_date) FILTER (
      WHERE settlement.kind IN ('cash', 'applied_unseen', 'claim_credit', 'claim_deduction')
    ) AS last_paid_date
  FROM event.settlement
  CROSS JOIN policy.book
  WHERE settlement.invoice_id IS NOT NULL
  GROUP BY settlement.invoice_id
),

balance AS (
  SELECT
    dated.invoice_id,
    dated.customer_id,
    dated.invoice_date,
    dated.due_date,
    dated.currency,
    dated.amount,
    COALESCE(booked.credited_amount, 0) AS credited_amount,
    COALESCE(booked.claim_amount, 0) AS claim_amount,
    COALESCE(booked.cash_amount, 0) AS cash_amount,
    COALESCE(booked.written_off_amount, 0) AS written_off_amount,
    CASE
      WHEN dated.invoice_date <= book.window_start
        AND dated.amount - COALESCE(booked.closed_before_window, 0) > book.residual_tolerance
        THEN dated.amount - COALESCE(booked.closed_before_window, 0)
      ELSE 0
    END AS opening_amount,
    GREATEST(dated.amount - COALESCE(booked.credited_amount, 0), 0) AS due_amount,
    booked.first_booked_date,
    booked.last_booked_date,
    booked.first_paid_date,
    booked.last_paid_date,
    book.residual_tolerance
  FROM dated
  LEFT JOIN booked ON booked.invoice_id = dated.invoice_id
  CROSS JOIN policy.book
),

residual AS (
  SELECT
    balance.*,
    amount - credited_amount - claim_amount - cash_amount - written_off_amount AS ledger_residual,
    due_amount - claim_amount - cash_amount AS letter_residual
  FROM balance
),

-- Cash on account, as it stands for good: a returned payment takes back the money that came last.
on_account_running AS (
  SELECT
    settlement.customer_id,
    settlement.currency,
    settlement.document_id,
    settlement.event_date,
    SUM(settlement.amount) OVER (
      PARTITION BY settlement.customer_id, settlement.currency
      ORDER BY settlement.event_date, settlement.document_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS running_amount
  FROM event.settlement
  CROSS JOIN policy.book
  WHERE settlement.invoice_id IS NULL
    AND settlement.customer_id IS NOT NULL
    AND settlement.kind = 'cash'
    AND book.unapplied_cash = 'oldest_first'
),

on_account_kept AS (
  SELECT
    customer_id, currency, document_id, event_date,
    GREATEST(
      MIN(running_amount) OVER (
        PARTITION BY customer_id, currency ORDER BY event_date, document_id
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
      ), 0
    ) AS pool_end
  FROM on_account_running
),

on_account AS (
  SELECT
    customer_id, currency, event_date,
    LAG(pool_end, 1, CAST(0 AS DECIMAL(38, 2))) OVER (
      PARTITION BY customer_id, currency ORDER BY event_date, document_id
    ) AS pool_start,
    pool_end
  FROM on_account_kept
),

owing AS (
  SELECT
    residual.customer_id,
    residual.currency,
    residual.invoice_id,
    residual.letter_residual,
    SUM(residual.letter_residual) OVER (
      PARTITION BY residual.customer_id, residual.currency
      ORDER BY residual.due_date, residual.invoice_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS owed_end
  FROM residual
  JOIN (SELECT DISTINCT customer_id, currency FROM on_account) AS payer
    ON payer.customer_id = residual.customer_id AND payer.currency = residual.currency
  WHERE residual.due_date IS NOT NULL AND residual.letter_residual > residual.residual_tolerance
),

-- Payments and invoices lie end to end on the same line of money; where they overlap, one pays the
-- other.
oldest_first AS (
  SELECT
    owing.invoice_id,
    on_account.event_date,
    LEAST(on_account.pool_end, owing.owed_end)
      - GREATEST(on_account.pool_start, owing.owed_end - owing.letter_residual) AS amount
  FROM owing
  JOIN on_account
    ON on_account.customer_id = owing.customer_id
    AND on_account.currency = owing.currency
    AND on_account.pool_start < owing.owed_end
    AND on_account.pool_end > owing.owed_end - owing.letter_residual
),

on_account_booked AS (
  SELECT invoice_id, SUM(amount) AS on_account_amount
  FROM oldest_first
  GROUP BY invoice_id
  HAVING SUM(amount) > 0
),

unpaid AS (
  SELECT
    residual.*,
    COALESCE(on_account_booked.on_account_amount, 0) AS on_account_amount,
    CASE
      WHEN residual.letter_residual - COALESCE(on_account_booked.on_account_amount, 0)
           <= residual.residual_tolerance THEN 0
      ELSE residual.letter_residual - COALESCE(on_account_booked.on_account_amount, 0)
    END AS unpaid_amount
  FROM residual
  LEFT JOIN on_account_booked ON on_account_booked.invoice_id = residual.invoice_id
),

-- A dispute holds the letters off for its grace days, and only what is still open.
dispute_tonight AS (
  SELECT
    dispute.invoice_id,
    dispute.amount,
    dispute.opened_date <= CAST(:as_of AS DATE)
      AND (dispute.closed_date IS NULL OR dispute.closed_date > CAST(:as_of AS DATE))
      AND CAST(:as_of AS DATE)
          < CAST(dispute.opened_date + INTERVAL '1' DAY * book.dispute_grace_days AS DATE)
      AS is_live,
    dispute.outcome = 'customer' AND dispute.closed_date <= CAST(:as_of AS DATE) AS is_won
  FROM current.dispute
  CROSS JOIN policy.book
  WHERE NOT dispute.is_deleted
    AND (dispute.opened_date IS NULL OR dispute.opened_date <= CAST(:as_of AS DATE))
),

-- Several at once add up; one without an amount covers everything.
dispute AS (
  SELECT
    invoice_id,
    COUNT(*) FILTER (WHERE is_live AND amount IS NULL) AS live_in_full,
    SUM(amount) FILTER (WHERE is_live) AS live_amount,
    COUNT(*) FILTER (WHERE is_won) AS won
  FROM dispute_tonight
  GROUP BY invoice_id
),

disputed AS (
  SELECT
    unpaid.*,
    CASE
      WHEN dispute.live_in_full > 0
        OR unpaid.unpaid_amount - COALESCE(dispute.live_amount, 0) <= unpaid.residual_tolerance
        THEN unpaid.unpaid_amount
      ELSE COALESCE(dispute.live_amount, 0)
    END AS disputed_amount,
    dispute.invoice_id IS NOT NULL AS is_dispute_flagged,
    COALESCE(dispute.won, 0) > 0 AS is_won
  FROM unpaid
  LEFT JOIN dispute ON dispute.invoice_id = unpaid.invoice_id
),

-- A payment that went back leaves more unpaid, and in dispute, than was ever due.
judged AS (
  SELECT disputed.*, GREATEST(due_amount - disputed_amount, 0) AS judged_amount
  FROM disputed
),

-- Most invoices are paid on one day, and there nothing has to be put in order.
paid_in_parts AS (
  SELECT invoice_id, due_date, judged_amount, residual_tolerance
  FROM judged
  WHERE first_paid_date < last_paid_date OR on_account_amount > 0
),

-- What paid the others, day by day. Credits are not here: they lowered what is judged.
paid_day AS (
  SELECT invoice_id, event_date, SUM(amount) AS amount
  FROM (
    SELECT settlement.invoice_id, settlement.event_date, settlement.amount
    FROM event.settlement
    WHERE settlement.kind IN ('cash', 'applied_unseen', 'claim_credit', 'claim_deduction')
      AND settlement.invoice_id IN (SELECT invoice_id FROM paid_in_parts)
    UNION ALL
    SELECT invoice_id, event_date, amount
    FROM oldest_first
  ) AS paid
  GROUP BY invoice_id, event_date
),

paid_running AS (
  SELECT
    paid_day.invoice_id,
    paid_day.event_date,
    paid_in_parts.due_date,
    paid_in_parts.judged_amount,
    paid_in_parts.residual_tolerance,
    SUM(paid_day.amount) OVER (
      PARTITION BY paid_day.invoice_id ORDER BY paid_day.event_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS running_amount
  FROM paid_day
  JOIN paid_in_parts ON paid_in_parts.invoice_id = paid_day.invoice_id
),

-- Money counts from the day it came to stay: what was returned later never settled anything.
kept AS (
  SELECT
    invoice_id, event_date, due_date, judged_amount, residual_tolerance,
    MIN(running_amount) OVER (
      PARTITION BY invoice_id ORDER BY event_date
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS kept_amount
  FROM paid_running
),

-- A tolerated cent goes with the payment that settled; an overpayment weighs nothing.
paid_for_good AS (
  SELECT
    invoice_id, event_date, due_date, judged_amount,
    CASE
      WHEN kept_amount >= judged_amount - residual_tolerance THEN judged_amount
      ELSE GREATEST(kept_amount, 0)
    END AS paid_to_date
  FROM kept
),

paid_part AS (
  SELECT
    invoice_id, event_date, judged_amount, paid_to_date,
    paid_to_date - LAG(paid_to_date, 1, CAST(0 AS DECIMAL(38, 2))) OVER (
      PARTITION BY invoice_id ORDER BY event_date
    ) AS amount,
    EXTRACT(DAY FROM (CAST(event_date AS TIMESTAMP) - CAST(due_date AS TIMESTAMP))) AS days_late
  FROM paid_for_good
),

settled AS (
  SELECT
    invoice_id,
    MIN(CASE WHEN paid_to_date = judged_amount THEN event_date END)
      AS settled_date,
    SUM(amount * GREATEST(days_late, 0)) AS late_money_days,
    SUM(amount * days_late) AS signed_money_days
  FROM paid_part
  GROUP BY invoice_id
),

paid_at_once AS (
  SELECT
    judged.*,
    EXTRACT(DAY FROM (CAST(first_paid_date AS TIMESTAMP) - CAST(due_date AS TIMESTAMP)))
      AS once_days_late,
    CASE
      WHEN claim_amount + cash_amount >= judged_amount - residual_tolerance THEN judged_amount
      ELSE GREATEST(claim_amount + cash_amount, 0)
    END AS once_amount
  FROM judged
),

timed AS (
  SELECT
    judged.*,
    CASE
      WHEN judged.unpaid_amount > judged.disputed_amount THEN NULL
      -- In dispute as a whole: nobody judges it, and nobody paid it.
      WHEN judged.unpaid_amount > 0 AND judged.judged_amount <= judged.residual_tolerance THEN NULL
      WHEN judged.judged_amount <= judged.residual_tolerance THEN judged.invoice_date
      WHEN settled.invoice_id IS NULL THEN judged.first_paid_date
      ELSE settled.settled_date
    END AS settled_date,
    LEAST(judged.unpaid_amount - judged.disputed_amount, judged.judged_amount) AS late_open_amount,
    EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(judged.due_date AS TIMESTAMP)))
      AS days_to_night,
    COALESCE(settled.late_money_days, judged.once_amount * GREATEST(judged.once_days_late, 0), 0)
      AS late_money_days,
    COALESCE(settled.signed_money_days, judged.once_amount * judged.once_days_late, 0)
      AS signed_money_days
  FROM paid_at_once AS judged
  LEFT JOIN settled ON settled.invoice_id = judged.invoice_id
)

SELECT
  timed.invoice_id,
  timed.customer_id,
  timed.invoice_date,
  timed.due_date,
  timed.currency,
  currency.rate_to_base,
  timed.amount,
  timed.credited_amount,
  timed.claim_amount,
  timed.cash_amount,
  timed.on_account_amount,
  timed.written_off_amount,
  timed.opening_amount,
  CASE WHEN timed.ledger_residual > timed.residual_tolerance THEN timed.ledger_residual ELSE 0 END
    AS open_amount,
  CASE WHEN timed.ledger_residual < -timed.residual_tolerance THEN -timed.ledger_residual ELSE 0 END
    AS overpaid_amount,
  CASE
    WHEN ABS(timed.ledger_residual) <= timed.residual_tolerance THEN timed.ledger_residual ELSE 0
  END AS residue_amount,
  timed.unpaid_amount,
  timed.disputed_amount,
  timed.judged_amount,
  timed.first_booked_date,
  timed.last_booked_date,
  timed.settled_date,
  EXTRACT(DAY FROM (
    CAST(COALESCE(timed.settled_date, CAST(:as_of AS DATE)) AS TIMESTAMP)
    - CAST(timed.due_date AS TIMESTAMP)
  )) AS days_overdue,
  EXTRACT(DAY FROM (
    CAST(COALESCE(timed.settled_date, CAST(:as_of AS DATE)) AS TIMESTAMP)
    - CAST(timed.invoice_date AS TIMESTAMP)
  )) AS days_to_pay,
  timed.late_money_days + timed.late_open_amount * GREATEST(timed.days_to_night, 0)
    AS late_money_days,
  timed.signed_money_days + timed.late_open_amount * timed.days_to_night AS signed_money_days,
  timed.is_dispute_flagged,
  timed.is_won AND timed.settled_date IS NOT NULL AS is_excused
FROM timed
LEFT JOIN event.currency ON currency.currency = timed.currency
ORDER BY invoice_id
