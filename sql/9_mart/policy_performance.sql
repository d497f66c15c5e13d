-- policy_performance: what does each policy make of the same book?
--
-- How many customers each policy puts into each grade, what put them there, how many stand elsewhere under the active
-- policy, and how they pay tonight. Whether the grades predicted anything is in mart.discrimination and
-- mart.calibration, which need an earlier night.
--
-- Grain: one row per policy and grade. Key: policy_id, final_grade.
-- Requirements: R3-60, R4-96; Q7.
--
-- Columns
--   policy_id             VARCHAR        the policy
--   policy_version        VARCHAR        its version
--   is_active             BOOLEAN        the policy the book is run under
--   final_grade           VARCHAR        A, B, C, D, NR
--   customer_cnt          BIGINT         customers with that grade
--   customer_share        DECIMAL(18,6)  fraction of all customers; NULL: an empty book
--   by_letters_cnt        BIGINT         of them, by the letters alone
--   by_scorecard_cnt      BIGINT         lowered by the scorecard
--   by_experts_cnt        BIGINT         lowered by experts
--   by_listed_veto_cnt    BIGINT         by a listed veto
--   by_override_cnt       BIGINT         by an override
--   provisional_cnt       BIGINT         whose grade something unknown could change
--   better_than_active_cnt BIGINT        in a better grade than under the active policy
--   worse_than_active_cnt BIGINT         in a worse grade than under the active policy
--   unrated_by_one_cnt    BIGINT         rated under one of the two only
--   bad_now_cnt           BIGINT         with an item as late tonight as the policy calls bad
--   bad_now_rate          DECIMAL(18,6)  fraction bad_now_cnt / customer_cnt; NULL: nobody
--   base_currency         VARCHAR        of the amounts; NULL: nothing was ever billed
--   open_amount           DECIMAL(28,2)  what they owe
--   overdue_amount        DECIMAL(28,2)  of it, past due
--   overdue_share         DECIMAL(18,6)  fraction overdue_amount / open_amount; NULL: nothing open

WITH

-- Grades as numbers, so that worse is greater.
graded AS (
  SELECT
    credit_grade.*,
    CASE final_grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END AS grade_no
  FROM grade.credit_grade
),

active AS (
  SELECT customer_id, grade_no AS active_no FROM graded WHERE is_active
),

latest AS (
  SELECT
    customer_id,
    EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(MIN(due_date) AS TIMESTAMP))) AS oldest_days
  FROM core.receivable
  WHERE open_amount > 0 AND settled_date IS NULL
  GROUP BY customer_id
),

counted AS (
  SELECT
    graded.policy_id,
    graded.final_grade,
    COUNT(*) AS customer_cnt,
    COUNT(*) FILTER (WHERE graded.decided_by = 'letters') AS by_letters_cnt,
    COUNT(*) FILTER (WHERE graded.decided_by = 'scorecard') AS by_scorecard_cnt,
    COUNT(*) FILTER (WHERE graded.decided_by = 'experts') AS by_experts_cnt,
    COUNT(*) FILTER (WHERE graded.decided_by = 'listed_veto') AS by_listed_veto_cnt,
    COUNT(*) FILTER (WHERE graded.decided_by = 'override') AS by_override_cnt,
    COUNT(*) FILTER (WHERE graded.is_provisional) AS provisional_cnt,
    COUNT(*) FILTER (WHERE graded.grade_no < active.active_no) AS better_cnt,
    COUNT(*) FILTER (WHERE graded.grade_no > active.active_no) AS worse_cnt,
    COUNT(*) FILTER (WHERE (graded.grade_no IS NULL) <> (active.active_no IS NULL)) AS unrated_cnt,
    COUNT(*) FILTER (WHERE latest.oldest_days >= portfolio.bad_from_days) AS bad_now_cnt,
    COALESCE(SUM(payment.open_amount), 0) AS open_amount,
    COALESCE(SUM(payment.overdue_amount), 0) AS overdue_amount
  FROM graded
  JOIN policy.portfolio ON portfolio.policy_id = graded.policy_id
  LEFT JOIN active ON active.customer_id = graded.customer_id
  LEFT JOIN latest ON latest.customer_id = graded.customer_id
  LEFT JOIN indicator.payment ON payment.customer_id = graded.customer_id
  GROUP BY graded.policy_id, graded.final_grade
),

book AS (
  SELECT COUNT(*) AS customer_cnt FROM core.customer
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  rule.policy_id,
  rule.policy_version,
  rule.is_active,
  grade_risk.final_grade,
  COALESCE(counted.customer_cnt, 0) AS customer_cnt,
  CAST(CAST(COALESCE(counted.customer_cnt, 0) / NULLIF(CAST(book.customer_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS customer_share,
  COALESCE(counted.by_letters_cnt, 0) AS by_letters_cnt,
  COALESCE(counted.by_scorecard_cnt, 0) AS by_scorecard_cnt,
  COALESCE(counted.by_experts_cnt, 0) AS by_experts_cnt,
  COALESCE(counted.by_listed_veto_cnt, 0) AS by_listed_veto_cnt,
  COALESCE(counted.by_override_cnt, 0) AS by_override_cnt,
  COALESCE(counted.provisional_cnt, 0) AS provisional_cnt,
  COALESCE(counted.better_cnt, 0) AS better_than_active_cnt,
  COALESCE(counted.worse_cnt, 0) AS worse_than_active_cnt,
  COALESCE(counted.unrated_cnt, 0) AS unrated_by_one_cnt,
  COALESCE(counted.bad_now_cnt, 0) AS bad_now_cnt,
  CAST(CAST(counted.bad_now_cnt / NULLIF(CAST(counted.customer_cnt AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS bad_now_rate,
  base.base_currency,
  COALESCE(counted.open_amount, 0) AS open_amount,
  COALESCE(counted.overdue_amount, 0) AS overdue_amount,
  CAST(CAST(counted.overdue_amount / NULLIF(counted.open_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS overdue_share
FROM policy.rule
JOIN policy.grade_risk ON grade_risk.policy_id = rule.policy_id
CROSS JOIN book
CROSS JOIN base
LEFT JOIN counted
  ON counted.policy_id = grade_risk.policy_id AND counted.final_grade = grade_risk.final_grade
ORDER BY policy_id, final_grade
