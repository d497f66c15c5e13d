-- default_event: who turned out bad, from when and until when?
--
-- The book's own history of default, as the active policy counts it (portfolio `outcome`): items that became so many
-- days overdue, until the last of that day was paid, and what was written off or transferred as bad debt. What grades
-- are held against afterwards (mart.grade_outcome), and what weights are learnt from (`zixin train`). A customer is bad
-- from `bad_date` to the day before `ended_date`; what was given up does not say how it stood on a later night.
--
-- Grain: one row per customer, kind and day. Key: customer_id, kind, bad_date.
-- Requirements: C13; R3-60, R4-38, R4-50.
--
-- Columns
--   customer_id  VARCHAR        the customer
--   kind         VARCHAR        late, write_off, bad_debt_transfer
--   bad_date     DATE           the day it became so late, or was given up
--   ended_date   DATE           the day the last of its items was settled; given up: at once; NULL: still open
--   item_cnt     BIGINT         items, or write-offs
--   amount       DECIMAL(28,2)  what was to be paid on them, or was given up, base currency; NULL: no_fx

WITH

late AS (
  SELECT
    receivable.customer_id,
    'late' AS kind,
    CAST(receivable.due_date + INTERVAL '1' DAY * portfolio.bad_from_days AS DATE) AS bad_date,
    receivable.settled_date AS ended_date,
    receivable.judged_amount AS amount,
    receivable.rate_to_base
  FROM core.receivable
  CROSS JOIN policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id AND rule.is_active
  WHERE receivable.due_date IS NOT NULL
    AND NOT receivable.is_excused
    AND (receivable.settled_date IS NULL OR receivable.days_overdue >= portfolio.bad_from_days)
    AND CAST(receivable.due_date + INTERVAL '1' DAY * portfolio.bad_from_days AS DATE)
        <= CAST(:as_of AS DATE)
),

given_up AS (
  SELECT
    settlement.customer_id,
    settlement.kind,
    settlement.event_date AS bad_date,
    settlement.event_date AS ended_date,
    settlement.amount,
    currency.rate_to_base
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind IN ('write_off', 'bad_debt_transfer')
    AND settlement.amount > 0
    AND settlement.customer_id IS NOT NULL
),

bad AS (
  SELECT * FROM late
  UNION ALL
  SELECT * FROM given_up
)

SELECT
  customer_id,
  kind,
  bad_date,
  CASE WHEN COUNT(ended_date) = COUNT(*) THEN MAX(ended_date) END AS ended_date,
  COUNT(*) AS item_cnt,
  CASE WHEN COUNT(rate_to_base) = COUNT(*) THEN SUM(ROUND(amount * rate_to_base, 2)) END AS amount
FROM bad
GROUP BY customer_id, kind, bad_date
ORDER BY customer_id, kind, bad_date
