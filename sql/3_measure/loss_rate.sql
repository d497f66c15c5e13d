-- loss_rate: what part of the money in each aging bucket does the book lose, by its own history?
--
-- `flow_rate`: what stood in the next bucket a month later over what stood in this one, the mean of the monthly ratios
-- over the last 12 months; multiplied up to 90 days. `sale_cohort`: what fell due in 12 months and has been due for
-- more than 90 days tonight, and in which bucket it was paid; what reached a bucket is what was not paid before it,
-- and what never came is lost. Flows into a bucket that only grows overstate; the cohort does not, but is older.
-- Base currency, tonight's one rate; items without a rate are left out. Loss given default is not in here.
--
-- Grain: one row per method and bucket with a due date. Key: method, bucket_no.
-- Requirements: C11.
--
-- Columns
--   method         VARCHAR         flow_rate, sale_cohort
--   bucket_no      INTEGER         1 current to 5 over 90 days
--   bucket         VARCHAR         current, 1-30, 31-60, 61-90, 90+
--   sample_cnt     BIGINT          flow_rate: months with a ratio; sale_cohort: invoices in the cohort
--   base_currency  VARCHAR         of the amounts; NULL: nothing was ever billed
--   reached_amount DECIMAL(28,2)   flow_rate: month-end balances in the bucket; sale_cohort: what was not paid before it
--   left_amount    DECIMAL(28,2)   flow_rate: what stood in the next bucket a month later; sale_cohort: what was paid in the bucket
--   flow_rate      DECIMAL(18,6)   fraction, to the next bucket, not above what was measured; NULL: sale_cohort, 90+, no month with a balance
--   loss_rate      DECIMAL(18,10)  fraction of what is in the bucket that is lost; NULL: see null_reason
--   null_reason    VARCHAR         too_few_months: no month to measure a flow from; no_sales: no cohort; nothing_reached: everything was paid before; NULL: there is a rate

WITH

bucket AS (
  SELECT 1 AS bucket_no, 'current' AS bucket
  UNION ALL SELECT 2, '1-30'
  UNION ALL SELECT 3, '31-60'
  UNION ALL SELECT 4, '61-90'
  UNION ALL SELECT 5, '90+'
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

-- Flows ---------------------------------------------------------------------------------------------

balance AS (
  SELECT
    month.months_ago,
    month_aging.bucket_no,
    SUM(month_aging.open_amount * currency.rate_to_base) AS open_base
  FROM indicator.month_aging
  JOIN policy.month ON month.month_end = month_aging.month_end
  JOIN event.currency ON currency.currency = month_aging.currency
  WHERE month_aging.bucket_no <= 5 AND currency.rate_to_base IS NOT NULL
  GROUP BY month.months_ago, month_aging.bucket_no
),

-- The newest whole month has no month after it: it is only flowed into.
monthly AS (
  SELECT
    balance.bucket_no,
    balance.open_base,
    COALESCE(later.open_base, 0) AS next_base,
    CAST(COALESCE(later.open_base, 0) / NULLIF(balance.open_base, 0) AS DECIMAL(28, 10)) AS ratio
  FROM balance
  LEFT JOIN balance AS later
    ON later.months_ago = balance.months_ago - 1 AND later.bucket_no = balance.bucket_no + 1
  WHERE balance.months_ago > 0 AND balance.bucket_no < 5
),

flow AS (
  SELECT
    bucket_no,
    COUNT(ratio) AS month_cnt,
    SUM(open_base) AS reached_base,
    SUM(next_base) AS left_base,
    CAST(SUM(ratio) / NULLIF(CAST(COUNT(ratio) AS DECIMAL(18, 2)), 0) AS DECIMAL(28, 10)) AS rate
  FROM monthly
  GROUP BY bucket_no
),

capped AS (
  SELECT bucket_no, CASE WHEN rate > 1 THEN 1 ELSE rate END AS rate
  FROM flow
),

-- More than everything cannot be lost, though a growing book flows by more than 1.
chain AS (
  SELECT
    MAX(CASE WHEN bucket_no = 1 THEN rate END) AS first_rate,
    MAX(CASE WHEN bucket_no = 2 THEN rate END) AS second_rate,
    MAX(CASE WHEN bucket_no = 3 THEN rate END) AS third_rate,
    MAX(CASE WHEN bucket_no = 4 THEN rate END) AS fourth_rate,
    CASE WHEN COUNT(rate) > 0 THEN 1 END AS from_5
  FROM capped
),

linked AS (
  SELECT
    fourth_rate AS from_4,
    CAST(third_rate * CAST(fourth_rate AS DECIMAL(12, 10)) AS DECIMAL(28, 10)) AS from_3,
    first_rate, second_rate, third_rate, fourth_rate, from_5
  FROM chain
),

-- A flow of nothing ends the chain, whatever is not known behind it.
product AS (
  SELECT
    linked.from_5,
    linked.from_4,
    CASE WHEN third_rate = 0 OR fourth_rate = 0 THEN 0 ELSE linked.from_3 END AS from_3,
    CASE
      WHEN second_rate = 0 OR third_rate = 0 OR fourth_rate = 0 THEN 0
      ELSE CAST(second_rate * CAST(linked.from_3 AS DECIMAL(12, 10)) AS DECIMAL(28, 10))
    END AS from_2,
    CASE
      WHEN first_rate = 0 OR second_rate = 0 OR third_rate = 0 OR fourth_rate = 0 THEN 0
      ELSE CAST(
        CAST(first_rate AS DECIMAL(12, 10)) * CAST(second_rate * CAST(linked.from_3 AS DECIMAL(12, 10)) AS DECIMAL(20, 10))
        AS DECIMAL(28, 10))
    END AS from_1
  FROM linked
),

flowed AS (
  SELECT
    'flow_rate' AS method,
    bucket.bucket_no,
    bucket.bucket,
    COALESCE(flow.month_cnt, 0) AS sample_cnt,
    flow.reached_base,
    flow.left_base,
    flow.rate AS flow_rate,
    CASE bucket.bucket_no
      WHEN 1 THEN product.from_1
      WHEN 2 THEN product.from_2
      WHEN 3 THEN product.from_3
      WHEN 4 THEN product.from_4
      ELSE product.from_5
    END AS loss_rate,
    'too_few_months' AS null_reason
  FROM bucket
  CROSS JOIN product
  LEFT JOIN flow ON flow.bucket_no = bucket.bucket_no
),

-- Cohort --------------------------------------------------------------------------------------------

item AS (
  SELECT
    receivable.invoice_id,
    receivable.due_date,
    receivable.rate_to_base,
    GREATEST(receivable.amount - receivable.credited_amount, 0) AS sale_amount,
    receivable.cash_amount + receivable.claim_amount AS paid_amount,
    receivable.on_account_amount,
    receivable.residue_amount,
    receivable.first_booked_date,
    receivable.last_booked_date,
    receivable.settled_date,
    receivable.days_overdue,
    receivable.written_off_amount <> 0 OR receivable.first_booked_date < receivable.last_booked_date
      AS is_in_parts
  FROM core.receivable
  CROSS JOIN policy.book
  WHERE receivable.due_date < CAST(CAST(:as_of AS DATE) - INTERVAL '90' DAY AS DATE)
    AND receivable.due_date > CAST(book.window_start - INTERVAL '90' DAY AS DATE)
    AND receivable.rate_to_base IS NOT NULL
),

-- A set-off pays with what we owed; a write-off pays nothing. Cash on account that the letters put here is paid on
-- the day they say, or late when they leave a rest. A tolerated cent is no loss.
payment AS (
  SELECT
    EXTRACT(DAY FROM (CAST(first_booked_date AS TIMESTAMP) - CAST(due_date AS TIMESTAMP))) AS days_late,
    LEAST(paid_amount + GREATEST(residue_amount, 0), sale_amount) * rate_to_base AS paid_base
  FROM item
  WHERE NOT is_in_parts

  UNION ALL

  SELECT
    EXTRACT(DAY FROM (CAST(settlement.event_date AS TIMESTAMP) - CAST(item.due_date AS TIMESTAMP))),
    settlement.amount * item.rate_to_base
  FROM item
  JOIN event.settlement ON settlement.invoice_id = item.invoice_id
  WHERE item.is_in_parts
    AND settlement.kind IN ('cash', 'applied_unseen', 'claim_credit', 'claim_deduction', 'set_off')

  UNION ALL

  -- What was paid on top pays no other bill, and a tolerated cent is no loss here either.
  SELECT
    EXTRACT(DAY FROM (CAST(last_booked_date AS TIMESTAMP) - CAST(due_date AS TIMESTAMP))),
    CASE WHEN paid_amount > sale_amount THEN sale_amount - paid_amount ELSE residue_amount END * rate_to_base
  FROM item
  WHERE is_in_parts AND (paid_amount > sale_amount OR residue_amount > 0)
  UNION ALL

  SELECT
    CASE WHEN settled_date IS NULL THEN 91 ELSE days_overdue END,
    on_account_amount * rate_to_base
  FROM item
  WHERE on_account_amount <> 0
),

paid AS (
  SELECT
    CASE
      WHEN days_late <= 0 THEN 1
      WHEN days_late <= 30 THEN 2
      WHEN days_late <= 60 THEN 3
      WHEN days_late <= 90 THEN 4
      ELSE 5
    END AS bucket_no,
    SUM(paid_base) AS paid_base
  FROM payment
  WHERE days_late IS NOT NULL
  GROUP BY
    CASE
      WHEN days_late <= 0 THEN 1
      WHEN days_late <= 30 THEN 2
      WHEN days_late <= 60 THEN 3
      WHEN days_late <= 90 THEN 4
      ELSE 5
    END
),

sold AS (
  SELECT COUNT(*) AS item_cnt, SUM(sale_amount * rate_to_base) AS sale_base
  FROM item
),

running AS (
  SELECT
    bucket.bucket_no,
    bucket.bucket,
    COALESCE(paid.paid_base, 0) AS paid_base,
    SUM(COALESCE(paid.paid_base, 0)) OVER (
      ORDER BY bucket.bucket_no ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS paid_until_base,
    SUM(COALESCE(paid.paid_base, 0)) OVER () AS paid_in_all_base
  FROM bucket
  LEFT JOIN paid ON paid.bucket_no = bucket.bucket_no
),

ended AS (
  SELECT
    running.bucket_no,
    running.bucket,
    sold.item_cnt,
    running.paid_base,
    sold.sale_base - (running.paid_until_base - running.paid_base) AS unpaid_base,
    LEAST(GREATEST(sold.sale_base - running.paid_in_all_base, 0), sold.sale_base) AS lost_base
  FROM running
  CROSS JOIN sold
),

-- A payment that was returned later paid nothing: what it left to be lost had reached every bucket.
reached AS (
  SELECT bucket_no, bucket, item_cnt, paid_base, GREATEST(unpaid_base, lost_base) AS reached_base, lost_base
  FROM ended
),

cohort AS (
  SELECT
    'sale_cohort' AS method,
    bucket_no,
    bucket,
    item_cnt AS sample_cnt,
    CASE WHEN item_cnt > 0 THEN reached_base END AS reached_base,
    CASE WHEN item_cnt > 0 THEN paid_base END AS left_base,
    CAST(NULL AS DECIMAL(28, 10)) AS flow_rate,
    CAST(lost_base / NULLIF(reached_base, 0) AS DECIMAL(28, 10)) AS loss_rate,
    CASE WHEN item_cnt = 0 THEN 'no_sales' ELSE 'nothing_reached' END AS null_reason
  FROM reached
),

both_methods AS (
  SELECT method, bucket_no, bucket, sample_cnt, reached_base, left_base, flow_rate, loss_rate, null_reason
  FROM flowed
  UNION ALL
  SELECT method, bucket_no, bucket, sample_cnt, reached_base, left_base, flow_rate, loss_rate, null_reason
  FROM cohort
)

SELECT
  both_methods.method,
  both_methods.bucket_no,
  both_methods.bucket,
  both_methods.sample_cnt,
  base.base_currency,
  ROUND(both_methods.reached_base, 2) AS reached_amount,
  ROUND(both_methods.left_base, 2) AS left_amount,
  CAST(both_methods.flow_rate AS DECIMAL(18, 6)) AS flow_rate,
  both_methods.loss_rate,
  CASE WHEN both_methods.loss_rate IS NULL THEN both_methods.null_reason END AS null_reason
FROM both_methods
CROSS JOIN base
ORDER BY method, bucket_no
