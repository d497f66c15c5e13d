-- The yardstick: how each customer pays, in one query as one writes it by hand. Every column of indicator.payment,
-- for every customer that was ever billed, straight from the ledger. A second implementation of the same definitions
-- (requirements A0.1, Q5, Q9, Q10, Q12, Q28; formulas C1 to C4) with the settings of policy/article.yaml: base CNY,
-- window of 12 months (start, night], a cent is tolerated, a dispute holds for 60 days, rates are up to 7 days old,
-- due dates do not roll, cash on account pays the oldest due first. :as_of is the night, a DATE.
--
-- Plain on purpose: money is DECIMAL, a day is a DATE, joins are on the numbers documents have. bench/same_answer.py
-- asks for the same answer to the last digit. reference_packed.sql is what is left of its time without that.

WITH

-- What one unit of a currency is worth tonight. A pair quoted the other way round serves as well.
rate AS (
  SELECT 'CNY' AS currency, CAST(1 AS DECIMAL(18, 8)) AS to_base
  UNION ALL
  SELECT currency, rate
  FROM (
    SELECT from_currency AS currency, rate_date, rate, TRUE AS is_direct
    FROM current.fx_rate
    WHERE NOT is_deleted AND to_currency = 'CNY' AND rate_date BETWEEN :as_of - 7 AND :as_of
    UNION ALL
    SELECT to_currency, rate_date, CAST(CAST(1 / rate AS DECIMAL(28, 10)) AS DECIMAL(18, 8)), FALSE
    FROM current.fx_rate
    WHERE NOT is_deleted AND from_currency = 'CNY' AND rate_date BETWEEN :as_of - 7 AND :as_of
  )
  WHERE currency <> 'CNY'
  QUALIFY ROW_NUMBER() OVER (PARTITION BY currency ORDER BY rate_date DESC, is_direct DESC) = 1
),

-- What was billed so far. A bill without a due date falls due after its own terms, else its customer's.
invoice AS (
  SELECT
    invoice.invoice_id, invoice.customer_id, invoice.invoice_date, invoice.currency, invoice.amount,
    COALESCE(
      invoice.due_date, invoice.invoice_date + COALESCE(invoice.terms_days, customer.payment_terms_days)
    ) AS due_date
  FROM current.invoice
  LEFT JOIN current.customer ON customer.customer_id = invoice.customer_id AND NOT customer.is_deleted
  WHERE NOT invoice.is_deleted AND invoice.invoice_date <= :as_of
),

-- Every part of every document that may close a part of an invoice, and the invoice it names. A payment
-- without allocations is one part, and so is a credit note and a deducted claim.
part AS (
  SELECT
    payment.payment_id AS document_id, payment.kind, payment.customer_id, payment.payment_date AS event_date,
    payment.currency, payment.amount AS document_amount,
    COALESCE(allocation.amount, payment.amount) AS amount,
    COALESCE(allocation.invoice_id, payment.invoice_id) AS invoice_id,
    allocation.payment_id IS NOT NULL AS is_allocation
  FROM current.payment
  LEFT JOIN current.allocation
    ON allocation.payment_id = payment.payment_id AND NOT allocation.is_deleted
  WHERE NOT payment.is_deleted AND payment.payment_date <= :as_of
  UNION ALL
  SELECT
    credit_note_id, CASE reason WHEN 'quality_claim' THEN 'claim_credit' ELSE 'credit' END,
    customer_id, credit_date, currency, amount, amount, invoice_id, FALSE
  FROM current.credit_note
  WHERE NOT is_deleted AND credit_date <= :as_of
  UNION ALL
  SELECT claim_id, 'claim_deduction', customer_id, claim_date, currency, amount, amount, invoice_id, FALSE
  FROM current.claim
  WHERE NOT is_deleted AND claim_date <= :as_of AND settled_by = 'deduction'
),

-- Which of them settle: what names an invoice we know, in its currency. An allocation is in the invoice's
-- currency by definition, whatever the payment's.
settlement AS MATERIALIZED (
  SELECT
    part.document_id, part.kind, part.event_date, part.document_amount, part.amount, part.invoice_id,
    invoice.invoice_id IS NOT NULL AND (part.is_allocation OR invoice.currency = part.currency) AS settles,
    settles AND invoice.currency <> part.currency AS is_foreign,
    settles AND invoice.customer_id IS DISTINCT FROM part.customer_id AS is_for_other
  FROM part
  LEFT JOIN current.invoice
    ON invoice.invoice_id = part.invoice_id
    AND NOT invoice.is_deleted AND invoice.invoice_date <= :as_of
),

-- Most payments are cash and go into the payer's own invoices to the last cent. These do not. Nobody knows
-- what an allocation in another currency used up: such a payment leaves nothing on account.
special_payment AS MATERIALIZED (
  SELECT
    document_id,
    CASE WHEN BOOL_OR(is_foreign) THEN 0
      ELSE ANY_VALUE(document_amount) - COALESCE(SUM(amount) FILTER (WHERE settles), 0)
    END AS left_amount
  FROM settlement
  WHERE kind IN ('cash', 'write_off', 'set_off', 'bad_debt_transfer')
  GROUP BY document_id
  HAVING left_amount <> 0 OR BOOL_OR(is_foreign OR is_for_other OR kind <> 'cash')
),

-- What they settle is the payment of whom they settle it for.
special_line AS MATERIALIZED (
  SELECT
    settlement.document_id, settlement.kind, settlement.event_date,
    invoice.customer_id, invoice.currency, settlement.amount
  FROM special_payment
  JOIN settlement ON settlement.document_id = special_payment.document_id AND settlement.settles
  JOIN current.invoice ON invoice.invoice_id = settlement.invoice_id
),

-- What is left is the payer's; if nobody is named, it is the customer's whose invoices were paid.
left_over AS MATERIALIZED (
  SELECT
    payment.payment_id AS document_id, payment.kind, payment.payment_date AS event_date,
    COALESCE(payment.customer_id, MIN(special_line.customer_id)) AS customer_id, payment.currency,
    special_payment.left_amount AS amount
  FROM special_payment
  JOIN current.payment ON payment.payment_id = special_payment.document_id
  LEFT JOIN special_line ON special_line.document_id = special_payment.document_id
  WHERE special_payment.left_amount <> 0
  GROUP BY
    payment.payment_id, payment.kind, payment.payment_date, payment.customer_id, payment.currency,
    special_payment.left_amount
),

special_share AS (
  SELECT * FROM special_line
  UNION ALL
  SELECT * FROM left_over
),

-- A source that states a balance knows of payments we were not given: what they must come to by that day,
-- and only what is new of it.
unseen AS MATERIALIZED (
  SELECT
    invoice_id, stated_on AS event_date,
    gap - LAG(gap, 1, 0) OVER (PARTITION BY invoice_id ORDER BY stated_on) AS amount
  FROM (
    SELECT
      stated.invoice_id, stated.stated_on,
      ANY_VALUE(invoice.amount - stated.balance_amount) - COALESCE(SUM(closing.amount), 0) AS difference,
      CASE WHEN ABS(difference) > 0.01 THEN difference ELSE 0 END AS gap
    FROM current.invoice_balance AS stated
    JOIN current.invoice ON invoice.invoice_id = stated.invoice_id
    LEFT JOIN (
      SELECT invoice_id, event_date, amount
      FROM settlement
      WHERE settles AND invoice_id IN (SELECT invoice_id FROM current.invoice_balance)
    ) AS closing ON closing.invoice_id = stated.invoice_id AND closing.event_date <= stated.stated_on
    WHERE NOT stated.is_deleted AND stated.stated_on <= :as_of
      AND NOT invoice.is_deleted AND invoice.invoice_date <= :as_of
    GROUP BY stated.invoice_id, stated.stated_on
  )
),

-- What closed an invoice. Cash and claims pay it; a credit lowers what was due; a write-off, a set-off and a
-- bad-debt transfer close it in the ledger and pay nothing.
closing AS NOT MATERIALIZED (
  SELECT
    invoice_id, event_date, amount, kind = 'credit' AS is_credit,
    kind IN ('cash', 'claim_credit', 'claim_deduction') AS is_paid
  FROM settlement
  WHERE settles
  UNION ALL
  SELECT invoice_id, event_date, amount, FALSE, TRUE
  FROM unseen
  WHERE amount <> 0
),

closed AS (
  SELECT
    invoice_id,
    SUM(amount) AS closed_amount,
    SUM(amount) FILTER (WHERE event_date <= :as_of - INTERVAL 12 MONTH) AS closed_before_window,
    SUM(amount) FILTER (WHERE is_credit) AS credited,
    SUM(amount) FILTER (WHERE is_paid) AS paid,
    MIN(event_date) FILTER (WHERE is_paid) AS first_paid_date,
    MAX(event_date) FILTER (WHERE is_paid) AS last_paid_date
  FROM closing
  GROUP BY invoice_id
),

-- Invoices that still matter: open tonight or when the window began, or due or paid since. Open in the
-- ledger is what nothing closed; owed, for the letters, is what nobody paid.
item AS MATERIALIZED (
  SELECT
    invoice.invoice_id, invoice.customer_id, invoice.invoice_date, invoice.due_date, invoice.currency,
    invoice.amount - COALESCE(closed.closed_amount, 0) AS open_amount,
    CASE WHEN invoice.invoice_date <= :as_of - INTERVAL 12 MONTH
      THEN invoice.amount - COALESCE(closed.closed_before_window, 0) ELSE 0 END AS opening_amount,
    GREATEST(invoice.amount - COALESCE(closed.credited, 0), 0) AS due_amount,
    COALESCE(closed.paid, 0) AS paid_amount,
    due_amount - paid_amount AS owed_amount,
    closed.first_paid_date, closed.last_paid_date
  FROM invoice
  LEFT JOIN closed ON closed.invoice_id = invoice.invoice_id
  WHERE open_amount > 0.01 OR opening_amount > 0.01 OR owed_amount > 0.01
    OR invoice.due_date > :as_of - INTERVAL 12 MONTH OR closed.last_paid_date > :as_of - INTERVAL 12 MONTH
),

-- Cash on account lies end to end on a line of money, each payment from where the one before it ends. A return
-- takes back what came last, so each ends at the least that the pool ever falls to after it.
pool_day AS (
  SELECT
    *,
    SUM(amount) OVER (PARTITION BY customer_id, currency ORDER BY event_date, document_id ROWS UNBOUNDED PRECEDING)
      AS running_amount
  FROM left_over
  WHERE kind = 'cash' AND customer_id IS NOT NULL
),

pool_end AS (
  SELECT
    *,
    GREATEST(0, MIN(running_amount) OVER (
      PARTITION BY customer_id, currency ORDER BY event_date, document_id
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    )) AS pool_end
  FROM pool_day
),

pool AS MATERIALIZED (
  SELECT
    customer_id, currency, event_date, pool_end,
    LAG(pool_end, 1, 0) OVER (PARTITION BY customer_id, currency ORDER BY event_date, document_id) AS pool_start
  FROM pool_end
),

-- What the customer owes lies on the same line, the oldest due first. Where the two overlap, one pays the other.
owing AS (
  SELECT
    invoice_id, customer_id, currency,
    SUM(owed_amount) OVER (PARTITION BY customer_id, currency ORDER BY due_date, invoice_id ROWS UNBOUNDED PRECEDING)
      AS owed_end,
    owed_end - owed_amount AS owed_start
  FROM item
  WHERE due_date IS NOT NULL AND owed_amount > 0.01
    AND (customer_id, currency) IN (SELECT (customer_id, currency) FROM pool)
),

on_account AS MATERIALIZED (
  SELECT
    owing.invoice_id, pool.event_date,
    LEAST(pool.pool_end, owing.owed_end) - GREATEST(pool.pool_start, owing.owed_start) AS amount
  FROM pool
  JOIN owing
    ON owing.customer_id = pool.customer_id AND owing.currency = pool.currency
    AND pool.pool_start < owing.owed_end AND pool.pool_end > owing.owed_start
),

-- Disputes of an invoice tonight. Several add up, one without an amount is about all that is open, and one
-- without a date holds nothing.
dispute AS (
  SELECT
    invoice_id,
    BOOL_OR(is_live AND amount IS NULL) AS is_live_in_full,
    SUM(amount) FILTER (WHERE is_live) AS live_amount,
    BOOL_OR(outcome = 'customer' AND closed_date <= :as_of) AS is_won
  FROM (
    SELECT *, opened_date > :as_of - 60 AND (closed_date IS NULL OR closed_date > :as_of) AS is_live
    FROM current.dispute
    WHERE NOT is_deleted AND (opened_date IS NULL OR opened_date <= :as_of)
  )
  GROUP BY invoice_id
),

-- What is judged of each item: what was due, less what is still unpaid and in dispute.
judgeable AS (
  SELECT
    item.invoice_id, item.customer_id, item.currency, item.invoice_date, item.due_date,
    item.paid_amount, item.first_paid_date,
    item.first_paid_date < item.last_paid_date OR paid_on_account.invoice_id IS NOT NULL AS is_paid_in_parts,
    item.owed_amount - COALESCE(paid_on_account.amount, 0) AS residual,
    CASE WHEN residual > 0.01 THEN residual ELSE 0 END AS unpaid_amount,
    CASE WHEN dispute.is_live_in_full OR unpaid_amount - COALESCE(dispute.live_amount, 0) <= 0.01
      THEN unpaid_amount ELSE COALESCE(dispute.live_amount, 0) END AS disputed_amount,
    COALESCE(dispute.is_won, FALSE) AS is_dispute_won,
    GREATEST(item.due_amount - disputed_amount, 0) AS judged_amount
  FROM item
  LEFT JOIN (
    SELECT invoice_id, SUM(amount) AS amount
    FROM on_account
    GROUP BY invoice_id
  ) AS paid_on_account ON paid_on_account.invoice_id = item.invoice_id
  LEFT JOIN dispute ON dispute.invoice_id = item.invoice_id
  WHERE item.due_date IS NOT NULL AND judged_amount > 0.01
),

-- Most items are paid on one day; only the others have to be followed day by day.
paid_day AS (
  SELECT
    paid.invoice_id, paid.event_date, paid.event_date - judgeable.due_date AS days_late,
    judgeable.judged_amount, SUM(paid.amount) AS amount
  FROM (
    SELECT invoice_id, event_date, amount FROM closing WHERE is_paid
    UNION ALL
    SELECT invoice_id, event_date, amount FROM on_account
  ) AS paid
  JOIN judgeable ON judgeable.invoice_id = paid.invoice_id AND judgeable.is_paid_in_parts
  GROUP BY ALL
),

paid_running AS (
  SELECT *, SUM(amount) OVER (PARTITION BY invoice_id ORDER BY event_date ROWS UNBOUNDED PRECEDING) AS running_amount
  FROM paid_day
),

-- Money counts from the day it came to stay: what was returned later paid nothing. The tolerated cent goes
-- with the payment that settled, and an overpayment weighs nothing.
paid_for_good AS (
  SELECT
    *,
    MIN(running_amount) OVER (
      PARTITION BY invoice_id ORDER BY event_date ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS kept_amount,
    CASE WHEN kept_amount >= judged_amount - 0.01 THEN judged_amount ELSE GREATEST(kept_amount, 0) END AS paid_amount
  FROM paid_running
),

paid_part AS (
  SELECT *, paid_amount - LAG(paid_amount, 1, 0) OVER (PARTITION BY invoice_id ORDER BY event_date) AS newly_paid
  FROM paid_for_good
),

paid_in_parts AS (
  SELECT
    invoice_id,
    MIN(event_date) FILTER (WHERE paid_amount = judged_amount) AS settled_date,
    SUM(newly_paid * GREATEST(days_late, 0)) AS late_money_days,
    SUM(newly_paid * days_late) AS signed_money_days
  FROM paid_part
  GROUP BY invoice_id
),

-- When each item was settled, and its money by the days it was late: each payment its own, the open rest till
-- tonight.
timed AS (
  SELECT
    judgeable.*,
    CASE WHEN judgeable.unpaid_amount <= judgeable.disputed_amount
      THEN IF(judgeable.is_paid_in_parts, paid_in_parts.settled_date, judgeable.first_paid_date)
    END AS settled_date,
    judgeable.first_paid_date - judgeable.due_date AS paid_late,
    :as_of - judgeable.due_date AS open_late,
    CASE WHEN judgeable.paid_amount >= judgeable.judged_amount - 0.01 THEN judgeable.judged_amount
      ELSE GREATEST(judgeable.paid_amount, 0) END AS paid_once,
    LEAST(judgeable.unpaid_amount - judgeable.disputed_amount, judgeable.judged_amount) AS open_rest,
    COALESCE(paid_in_parts.late_money_days, paid_once * GREATEST(paid_late, 0), 0)
      + open_rest * GREATEST(open_late, 0) AS late_money_days,
    COALESCE(paid_in_parts.signed_money_days, paid_once * paid_late, 0) + open_rest * open_late
      AS signed_money_days
  FROM judgeable
  LEFT JOIN paid_in_parts ON paid_in_parts.invoice_id = judgeable.invoice_id
),

-- Judged is what was due or settled in the window, or is open past due however old. What a dispute won by the
-- customer excused is not.
judged AS (
  SELECT
    timed.customer_id, timed.settled_date IS NOT NULL AS is_settled,
    COALESCE(timed.settled_date, :as_of) - timed.due_date AS days_overdue,
    COALESCE(timed.settled_date, :as_of) - timed.invoice_date AS days_to_pay,
    timed.judged_amount * rate.to_base AS judged_base,
    timed.late_money_days * rate.to_base AS late_base_days,
    timed.signed_money_days * rate.to_base AS signed_base_days,
    timed.due_date > :as_of - INTERVAL 3 MONTH
      OR COALESCE(timed.settled_date > :as_of - INTERVAL 3 MONTH, FALSE) AS is_recent
  FROM timed
  LEFT JOIN rate ON rate.currency = timed.currency
  WHERE NOT (timed.is_dispute_won AND timed.settled_date IS NOT NULL)
    AND (
      timed.due_date > :as_of - INTERVAL 12 MONTH AND timed.due_date <= :as_of
      OR timed.settled_date > :as_of - INTERVAL 12 MONTH
      OR timed.settled_date IS NULL AND timed.due_date < :as_of
    )
),

-- PAYDEX joins the anchors of its chart by straight lines: every slope is a whole number of 84ths of a point.
behaviour AS (
  SELECT
    customer_id,
    COUNT(*) AS judged_cnt,
    COUNT(*) FILTER (WHERE days_overdue <= 0) AS on_time_cnt,
    COUNT(*) FILTER (WHERE days_overdue < 0) AS early_cnt,
    COUNT(*) FILTER (WHERE days_overdue = 0) AS exact_cnt,
    SUM(judged_base) AS judged_base,
    COALESCE(SUM(judged_base) FILTER (WHERE days_overdue < 0), 0) AS early_base,
    COALESCE(SUM(judged_base) FILTER (WHERE days_overdue = 0), 0) AS exact_base,
    MAX(days_overdue) AS days_overdue_max,
    SUM(GREATEST(days_overdue, 0)) AS late_days,
    CAST(QUANTILE_CONT(GREATEST(days_overdue, 0), 0.9) AS DECIMAL(18, 6)) AS days_overdue_p90,
    CAST(QUANTILE_CONT(days_overdue, 0.5) AS DECIMAL(18, 6)) AS days_overdue_median,
    SUM(late_base_days) AS late_base_days,
    SUM(signed_base_days) AS signed_base_days,
    SUM(late_base_days) FILTER (WHERE is_recent) AS recent_base_days,
    SUM(judged_base) FILTER (WHERE is_recent) AS recent_base,
    SUM(judged_base * days_to_pay) FILTER (WHERE is_settled) AS pay_base_days,
    SUM(judged_base) FILTER (WHERE is_settled) AS settled_base,
    SUM(judged_base * CASE
      WHEN days_overdue <= -30 THEN 84 * 100
      WHEN days_overdue <= -20 THEN 84 * 90 - 84 * (days_overdue + 20)
      WHEN days_overdue <= 0 THEN 84 * 80 - 42 * days_overdue
      WHEN days_overdue <= 15 THEN 84 * 80 - 56 * days_overdue
      WHEN days_overdue <= 22 THEN 84 * 70 - 120 * (days_overdue - 15)
      WHEN days_overdue <= 30 THEN 84 * 60 - 105 * (days_overdue - 22)
      WHEN days_overdue <= 120 THEN 84 * 50 - 28 * (days_overdue - 30)
      ELSE 84 * 20
    END) AS paydex_84ths
  FROM judged
  GROUP BY customer_id
),

-- Sales of each month, less the credit notes issued in it; a quality claim is a cost, not a return.
month_sales AS MATERIALIZED (
  SELECT
    sold.customer_id,
    CAST(DATE_TRUNC('month', sold.sale_date) AS DATE) AS month_start,
    MIN(sold.sale_date) FILTER (WHERE sold.is_invoice) AS first_sale_date,
    SUM(sold.amount * rate.to_base) AS sales_base,
    SUM(sold.amount * rate.to_base) FILTER (WHERE sold.sale_date > :as_of - INTERVAL 12 MONTH) AS window_base,
    COUNT(*) FILTER (WHERE sold.is_invoice AND rate.to_base IS NULL) AS no_fx_item_cnt
  FROM (
    SELECT customer_id, currency, invoice_date AS sale_date, amount, TRUE AS is_invoice
    FROM current.invoice
    WHERE NOT is_deleted AND invoice_date <= :as_of
    UNION ALL
    SELECT COALESCE(invoice.customer_id, note.customer_id), note.currency, note.credit_date, -note.amount, FALSE
    FROM current.credit_note AS note
    LEFT JOIN current.invoice
      ON invoice.invoice_id = note.invoice_id AND invoice.currency = note.currency
      AND NOT invoice.is_deleted AND invoice.invoice_date <= :as_of
    WHERE NOT note.is_deleted AND note.credit_date <= :as_of AND note.reason <> 'quality_claim'
  ) AS sold
  LEFT JOIN rate ON rate.currency = sold.currency
  GROUP BY sold.customer_id, month_start
),

-- The open book in the base currency, by the ledger.
open_item AS MATERIALIZED (
  SELECT
    item.customer_id, item.invoice_date, :as_of - item.due_date AS days_past_due,
    IF(item.open_amount > 0.01, item.open_amount, 0) * rate.to_base AS open_base,
    IF(item.opening_amount > 0.01, item.opening_amount, 0) * rate.to_base AS opening_base
  FROM item
  JOIN rate ON rate.currency = item.currency
  WHERE item.open_amount > 0.01 OR item.opening_amount > 0.01
),

book AS (
  SELECT
    customer_id,
    SUM(open_base) AS open_base,
    SUM(opening_base) AS opening_base,
    SUM(open_base) FILTER (WHERE days_past_due <= 0) AS current_base,
    SUM(open_base) FILTER (WHERE days_past_due > 0) AS overdue_base,
    SUM(open_base) FILTER (WHERE days_past_due IS NOT NULL) AS dated_base,
    SUM(open_base * CASE
      WHEN days_past_due > 90 THEN 105
      WHEN days_past_due > 60 THEN 75
      WHEN days_past_due > 30 THEN 45
      WHEN days_past_due > 0 THEN 15
      WHEN days_past_due <= 0 THEN 0
    END) AS bucket_base_days
  FROM open_item
  GROUP BY customer_id
),

-- Count-back: the sales of the newest months are what is open. The month that uses it up counts in part.
counted_month AS (
  SELECT
    customer_id, month_start, LEAST(LAST_DAY(month_start), :as_of) AS month_end,
    GREATEST(month_sales.sales_base, 0) AS sold_base,
    SUM(sold_base) OVER (PARTITION BY customer_id ORDER BY month_start DESC ROWS UNBOUNDED PRECEDING) AS upto_base
  FROM month_sales
  WHERE customer_id IN (SELECT customer_id FROM book WHERE open_base > 0)
),

count_back AS (
  SELECT
    month.customer_id,
    MIN(month.month_start) AS first_month,
    SUM(month.sold_base) AS counted_base,
    SUM(
      :as_of - month.month_end
      + CAST((book.open_base - (month.upto_base - month.sold_base)) / NULLIF(month.sold_base, 0)
        * (1 + month.month_end - month.month_start) AS DECIMAL(28, 10))
    ) FILTER (WHERE month.upto_base - month.sold_base < book.open_base AND book.open_base <= month.upto_base) AS days
  FROM counted_month AS month
  JOIN book ON book.customer_id = month.customer_id
  GROUP BY month.customer_id
),

-- True DSO weighs each open item by its age within the sales of its month; without sales nobody knows it.
true_dso AS (
  SELECT
    open_item.customer_id,
    BOOL_OR(month_sales.sales_base <= 0) AS is_unknown,
    SUM(TRY_CAST(
      open_item.open_base * (:as_of - open_item.invoice_date) / NULLIF(GREATEST(month_sales.sales_base, 0), 0)
      AS DECIMAL(28, 10)
    )) AS days
  FROM open_item
  JOIN month_sales
    ON month_sales.customer_id = open_item.customer_id
    AND month_sales.month_start = DATE_TRUNC('month', open_item.invoice_date)
  WHERE open_item.open_base > 0
  GROUP BY open_item.customer_id
),

-- What was given up for good, on invoices and on account. A set-off pays with what we owed.
bad_debt AS (
  SELECT share.customer_id, SUM(share.amount * rate.to_base) AS lost_base
  FROM special_share AS share
  LEFT JOIN rate ON rate.currency = share.currency
  WHERE share.kind IN ('write_off', 'bad_debt_transfer')
  GROUP BY share.customer_id
),

-- A payment in cash is one receipt of each customer it came to, whatever it was split over.
receipt AS (
  SELECT payment.customer_id, payment.payment_date, payment.amount, payment.amount * rate.to_base AS paid_base
  FROM current.payment
  LEFT JOIN rate ON rate.currency = payment.currency
  WHERE NOT payment.is_deleted AND payment.payment_date <= :as_of AND payment.kind = 'cash'
    AND payment.payment_id NOT IN (SELECT document_id FROM special_payment)
  UNION ALL
  SELECT share.customer_id, share.event_date, SUM(share.amount), SUM(share.amount * rate.to_base)
  FROM special_share AS share
  LEFT JOIN rate ON rate.currency = share.currency
  WHERE share.kind = 'cash'
  GROUP BY share.customer_id, share.document_id, share.event_date
),

-- A returned payment lowers the sums and is no payment, with a rate or without.
paying AS (
  SELECT
    customer_id,
    SUM(paid_base) FILTER (WHERE payment_date > :as_of - INTERVAL 12 MONTH) AS payment_base,
    SUM(paid_base) FILTER (WHERE payment_date > :as_of - INTERVAL 6 MONTH) AS recent_base,
    payment_base - COALESCE(recent_base, 0) AS earlier_base,
    MAX(payment_date) FILTER (WHERE COALESCE(paid_base, amount) > 0) AS last_payment_date,
    LIST(payment_date) FILTER (WHERE COALESCE(paid_base, amount) > 0 AND payment_date > :as_of - INTERVAL 12 MONTH)
      AS payment_dates,
    LIST_SORT(LIST_DISTINCT(payment_dates)) AS days
  FROM receipt
  GROUP BY customer_id
),

gap AS (
  SELECT
    customer_id,
    LEN(days) - 1 AS gap_cnt,
    days[-1] - days[1] AS gap_sum,
    LIST_SUM([(days[i + 1] - days[i]) * (days[i + 1] - days[i]) FOR i IN RANGE(1, LEN(days))]) AS gap_square_sum
  FROM paying
  WHERE LEN(days) >= 2
),

-- Everybody ever billed, and what was sold to them: NULL where no ratio can stand on it.
sales AS (
  SELECT
    customer_id,
    MIN(first_sale_date) AS first_date,
    IF(SUM(window_base) > 0, SUM(window_base), NULL) AS sales_base,
    IF(SUM(month_sales.sales_base) > 0, SUM(month_sales.sales_base), NULL) AS all_sales_base,
    SUM(no_fx_item_cnt) AS no_fx_item_cnt
  FROM month_sales
  GROUP BY customer_id
  HAVING MIN(first_sale_date) IS NOT NULL
),

-- The window is as long as the customer was: in days, and in months, where a started one counts. Collectable
-- is, per month of it, what was open before or sold in it and is not still to fall due.
total AS (
  SELECT
    sales.*,
    :as_of - GREATEST(CAST(:as_of - INTERVAL 12 MONTH AS DATE), first_date - 1) AS window_days,
    GREATEST(1, LEAST(12,
      12 * (YEAR(:as_of) - YEAR(first_date)) + MONTH(:as_of) - MONTH(first_date)
      + IF(DAY(:as_of) >= DAY(first_date), 1, 0)
    )) AS window_months,
    COALESCE(book.open_base, 0) AS open_base,
    COALESCE(book.current_base, 0) AS current_base,
    COALESCE(book.overdue_base, 0) AS overdue_base,
    book.dated_base, book.bucket_base_days,
    (COALESCE(book.opening_base, 0) - COALESCE(book.current_base, 0)) * window_months + sales.sales_base
      AS collectable_base
  FROM sales
  LEFT JOIN book ON book.customer_id = sales.customer_id
)

SELECT
  total.customer_id,
  'CNY' AS base_currency,
  COALESCE(behaviour.judged_cnt, 0) AS judged_cnt,
  ROUND(COALESCE(behaviour.judged_base, 0), 2) AS judged_amount,
  CAST(CAST(behaviour.on_time_cnt / behaviour.judged_cnt AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS on_time_share_cnt,
  CAST(CAST(
    (behaviour.early_base + behaviour.exact_base) / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10)
  ) AS DECIMAL(18, 6)) AS on_time_share_amt,
  CAST(CAST(behaviour.early_cnt / behaviour.judged_cnt AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS early_share_cnt,
  CAST(CAST(behaviour.early_base / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS early_share_amt,
  CAST(CAST(behaviour.exact_cnt / behaviour.judged_cnt AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS exact_on_time_share_cnt,
  CAST(CAST(behaviour.exact_base / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS exact_on_time_share_amt,
  behaviour.days_overdue_max,
  CAST(CAST(behaviour.late_days / behaviour.judged_cnt AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS days_overdue_mean,
  CAST(CAST(behaviour.late_base_days / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS days_overdue_wavg,
  CAST(CAST(behaviour.signed_base_days / NULLIF(behaviour.judged_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS days_overdue_wavg_signed,
  behaviour.days_overdue_p90,
  behaviour.days_overdue_median,
  CAST(CAST(behaviour.recent_base_days / NULLIF(behaviour.recent_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS days_overdue_wavg_3m,
  days_overdue_wavg_3m - days_overdue_wavg AS days_overdue_trend,
  CAST(CAST(behaviour.pay_base_days / NULLIF(behaviour.settled_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS days_to_pay_wavg,
  CAST(CAST(total.bucket_base_days / NULLIF(total.dated_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS dbt_buckets,
  CAST(CAST(behaviour.paydex_84ths / NULLIF(84 * behaviour.judged_base, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS paydex_like,
  COALESCE(
    behaviour.judged_cnt >= 5 AND behaviour.early_base >= 0.80 * behaviour.judged_base
    AND behaviour.days_overdue_median <= -5, FALSE
  ) AS early_payment_flag,
  ROUND(total.open_base, 2) AS open_amount,
  ROUND(total.overdue_base, 2) AS overdue_amount,
  ROUND(COALESCE(total.sales_base, 0), 2) AS sales_amount,
  total.window_days,
  TRY_CAST(TRY_CAST(total.open_base / total.sales_base * total.window_days AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS dso,
  TRY_CAST(TRY_CAST(total.current_base / total.sales_base * total.window_days AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS best_possible_dso,
  TRY_CAST(TRY_CAST(
    (total.open_base - total.current_base) / total.sales_base * total.window_days AS DECIMAL(28, 10)
  ) AS DECIMAL(18, 6)) AS average_days_delinquent,
  CAST(CASE
    WHEN total.open_base > 0 THEN COALESCE(count_back.days, 1 + :as_of - count_back.first_month)
    WHEN total.no_fx_item_cnt = 0 THEN 0
  END AS DECIMAL(18, 6)) AS countback_dso,
  total.open_base > 0 AND count_back.days IS NULL AS dso_capped,
  ROUND(IF(dso_capped, total.open_base - count_back.counted_base, 0), 2) AS dso_residual_amount,
  CASE WHEN total.sales_base IS NOT NULL AND NOT COALESCE(true_dso.is_unknown, FALSE)
    THEN TRY_CAST(COALESCE(true_dso.days, 0) AS DECIMAL(18, 6)) END AS true_dso,
  CASE WHEN total.open_base = total.current_base OR total.collectable_base > 0 THEN TRY_CAST(TRY_CAST(
    (total.collectable_base - (total.open_base - total.current_base) * total.window_months)
    / NULLIF(total.collectable_base, 0) * 100 AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) END AS cei,
  COALESCE(LEN(paying.payment_dates), 0) AS payment_cnt_12m,
  ROUND(COALESCE(paying.payment_base, 0), 2) AS payment_amount_12m,
  CAST(CAST(payment_cnt_12m / total.window_months AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS payments_per_month,
  CAST(CAST(gap.gap_sum / gap.gap_cnt AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS payment_gap_days_mean,
  CASE WHEN gap.gap_cnt >= 2 THEN CAST(CAST(
    SQRT((gap.gap_square_sum * gap.gap_cnt - gap.gap_sum * gap.gap_sum) / (gap.gap_cnt * (gap.gap_cnt - 1)))
    * gap.gap_cnt / gap.gap_sum AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) END AS payment_gap_cv,
  CASE WHEN paying.earlier_base > 0 THEN TRY_CAST(TRY_CAST(
    COALESCE(paying.recent_base, 0) / paying.earlier_base - 1 AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) END
    AS payment_amount_trend,
  :as_of - paying.last_payment_date AS days_since_payment,
  TRY_CAST(TRY_CAST(COALESCE(bad_debt.lost_base, 0) / total.all_sales_base AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS bad_debt_ratio,
  total.no_fx_item_cnt,
  CASE WHEN behaviour.judged_cnt IS NULL THEN 'none_judged' WHEN total.no_fx_item_cnt > 0 THEN 'no_fx' END
    AS null_reason
FROM total
LEFT JOIN behaviour ON behaviour.customer_id = total.customer_id
LEFT JOIN count_back ON count_back.customer_id = total.customer_id
LEFT JOIN true_dso ON true_dso.customer_id = total.customer_id
LEFT JOIN bad_debt ON bad_debt.customer_id = total.customer_id
LEFT JOIN paying ON paying.customer_id = total.customer_id
LEFT JOIN gap ON gap.customer_id = total.customer_id
