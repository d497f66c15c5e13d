-- grade_book: how does the same book look under each policy, and how much is at risk in each grade?
--
-- Grain: one row per policy and grade, grades nobody holds included. Key: policy_id, final_grade.
-- Requirements: Q7, R4-10.
--
-- Columns
--   policy_id       VARCHAR        the policy
--   is_active       BOOLEAN        the policy the book is run under
--   final_grade     VARCHAR        A, B, C, D, NR
--   customer_cnt    BIGINT         customers with that grade
--   base_currency   VARCHAR        of the amounts; NULL: nothing was ever billed
--   open_amount     DECIMAL(28,2)  open in the ledger
--   overdue_amount  DECIMAL(28,2)  open and past due

WITH

grade AS (
  SELECT 'A' AS final_grade
  UNION ALL SELECT 'B'
  UNION ALL SELECT 'C'
  UNION ALL SELECT 'D'
  UNION ALL SELECT 'NR'
),

held AS (
  SELECT
    credit_grade.policy_id,
    credit_grade.final_grade,
    COUNT(*) AS customer_cnt,
    SUM(payment.open_amount) AS open_amount,
    SUM(payment.overdue_amount) AS overdue_amount
  FROM grade.credit_grade
  LEFT JOIN indicator.payment ON payment.customer_id = credit_grade.customer_id
  GROUP BY credit_grade.policy_id, credit_grade.final_grade
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  rule.policy_id,
  rule.is_active,
  grade.final_grade,
  COALESCE(held.customer_cnt, 0) AS customer_cnt,
  base.base_currency,
  COALESCE(held.open_amount, 0) AS open_amount,
  COALESCE(held.overdue_amount, 0) AS overdue_amount
FROM policy.rule
CROSS JOIN grade
CROSS JOIN base
LEFT JOIN held ON held.policy_id = rule.policy_id AND held.final_grade = grade.final_grade
ORDER BY policy_id, final_grade
