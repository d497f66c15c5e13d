-- admission_cohort: how did the customers that we took on in each quarter turn out?
--
-- A customer belongs to the quarter of its first bill. Bad is an item as late as the active policy says, or one given
-- up. `early` looks at each customer's first `outcome.months` alone, so that old and new quarters can be compared;
-- the others at everything until tonight.
--
-- Grain: one row per quarter in which somebody was billed for the first time. Key: cohort_start.
-- Requirements: R1-73.
--
-- Columns
--   cohort_start         DATE           first day of the quarter
--   is_complete          BOOLEAN        every customer of it has had its first outcome.months
--   customer_cnt         BIGINT         customers billed for the first time
--   early_bad_cnt        BIGINT         of them, bad within their first outcome.months
--   bad_cnt              BIGINT         of them, bad at some time
--   active_cnt           BIGINT         of them, billed within the look-back window
--   base_currency        VARCHAR        of the amounts
--   sales_amount         DECIMAL(28,2)  billed to them, all time, items with a rate
--   lost_amount          DECIMAL(28,2)  written off or transferred as bad debt, all time
--   early_bad_rate       DECIMAL(18,6)  fraction early_bad_cnt / customer_cnt; not the last word unless is_complete
--   adm_cohort_bad_rate  DECIMAL(18,6)  fraction bad_cnt / customer_cnt [R1-73]
--   loss_share           DECIMAL(18,6)  fraction lost_amount / sales_amount; NULL: no sales with a rate

WITH

active AS (
  SELECT portfolio.outcome_months, portfolio.bad_from_days
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  WHERE rule.is_active
),

member AS (
  SELECT
    customer.customer_id,
    CAST(DATE_TRUNC('quarter', customer.first_sale_date) AS DATE) AS cohort_start,
    CAST(customer.first_sale_date + INTERVAL '1' MONTH * active.outcome_months AS DATE) AS early_until,
    customer.last_sale_date > book.window_start AS is_active
  FROM core.customer
  CROSS JOIN active
  CROSS JOIN policy.book
  WHERE customer.first_sale_date IS NOT NULL
),

item AS (
  SELECT
    receivable.customer_id,
    SUM(receivable.amount * receivable.rate_to_base) AS sales_base,
    MIN(receivable.due_date)
      FILTER (WHERE receivable.days_overdue >= active.bad_from_days AND NOT receivable.is_excused)
      AS bad_due_date
  FROM core.receivable
  CROSS JOIN active
  GROUP BY receivable.customer_id
),

billed AS (
  SELECT
    item.customer_id,
    item.sales_base,
    CAST(item.bad_due_date + INTERVAL '1' DAY * active.bad_from_days AS DATE) AS bad_date
  FROM item
  CROSS JOIN active
),

lost AS (
  SELECT
    settlement.customer_id,
    SUM(settlement.amount * currency.rate_to_base) AS lost_base,
    MIN(settlement.event_date) FILTER (WHERE settlement.amount > 0) AS lost_date
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind IN ('write_off', 'bad_debt_transfer') AND settlement.customer_id IS NOT NULL
  GROUP BY settlement.customer_id
),

outcome AS (
  SELECT
    member.*,
    billed.sales_base,
    lost.lost_base,
    LEAST(COALESCE(billed.bad_date, lost.lost_date), COALESCE(lost.lost_date, billed.bad_date)) AS bad_date
  FROM member
  LEFT JOIN billed ON billed.customer_id = member.customer_id
  LEFT JOIN lost ON lost.customer_id = member.customer_id
),

cohort AS (
  SELECT
    cohort_start,
    MAX(early_until) AS last_early_until,
    COUNT(*) AS customer_cnt,
    COUNT(*) FILTER (WHERE bad_date <= early_until) AS early_bad_cnt,
    COUNT(*) FILTER (WHERE bad_date IS NOT NULL) AS bad_cnt,
    COUNT(*) FILTER (WHERE is_active) AS active_cnt,
    COALESCE(SUM(sales_base), 0) AS sales_base,
    COALESCE(SUM(lost_base), 0) AS lost_base
  FROM outcome
  GROUP BY cohort_start
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

-- A quarter that has not ended may still take somebody on.
SELECT
  cohort.cohort_start,
  cohort.last_early_until <= CAST(:as_of AS DATE)
  AND CAST(cohort.cohort_start + INTERVAL '3' MONTH AS DATE) <= CAST(:as_of AS DATE) AS is_complete,
  cohort.customer_cnt,
  cohort.early_bad_cnt,
  cohort.bad_cnt,
  cohort.active_cnt,
  base.base_currency,
  ROUND(cohort.sales_base, 2) AS sales_amount,
  ROUND(cohort.lost_base, 2) AS lost_amount,
  CAST(CAST(cohort.early_bad_cnt / NULLIF(CAST(cohort.customer_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS early_bad_rate,
  CAST(CAST(cohort.bad_cnt / NULLIF(CAST(cohort.customer_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS adm_cohort_bad_rate,
  CAST(CAST(cohort.lost_base / NULLIF(cohort.sales_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS loss_share
FROM cohort
CROSS JOIN base
ORDER BY cohort_start
