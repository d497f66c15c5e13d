-- grade_outcome: which of the grades given earlier turned out bad?
--
-- The grades of the night `outcome.months` ago (the last one published then or before), and what became of their
-- customers until those months were over: bad is an item that became so many days overdue as the active policy says, or one
-- written off or transferred as bad debt. Who was so late on that night already had nothing left to predict and
-- stands apart. Grades nobody held have a row too. Without such a night there is no row.
--
-- Grain: one row per policy and grade. Key: policy_id, final_grade.
-- Requirements: C13; R3-60.
--
-- Columns
--   policy_id         VARCHAR        the policy
--   final_grade       VARCHAR        final grade on that night: A, B, C, D, NR
--   cohort_date       DATE           that night
--   outcome_until     DATE           the last day that counts
--   customer_cnt      BIGINT         customers with that grade who could still turn out bad
--   bad_cnt           BIGINT         of them, who did
--   already_bad_cnt   BIGINT         customers with that grade who were bad that night
--   bad_rate          DECIMAL(18,6)  fraction bad_cnt / customer_cnt; NULL: nobody

WITH

active AS (
  SELECT portfolio.outcome_months
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  WHERE rule.is_active
),

period AS (
  SELECT
    portfolio_summary.night_date AS cohort_date,
    CAST(portfolio_summary.night_date + INTERVAL '1' MONTH * active.outcome_months AS DATE) AS outcome_until
  FROM cohort.portfolio_summary
  CROSS JOIN active
),

event AS (
  SELECT
    default_event.customer_id,
    default_event.bad_date <= period.cohort_date
      AND (default_event.ended_date IS NULL OR default_event.ended_date > period.cohort_date) AS was_bad,
    default_event.bad_date > period.cohort_date
      AND default_event.bad_date <= period.outcome_until AS went_bad
  FROM mart.default_event
  CROSS JOIN period
),

outcome AS (
  SELECT
    customer_id,
    COUNT(*) FILTER (WHERE was_bad) AS was_bad_cnt,
    COUNT(*) FILTER (WHERE went_bad) AS went_bad_cnt
  FROM event
  GROUP BY customer_id
),

counted AS (
  SELECT
    credit_grade.policy_id,
    credit_grade.final_grade,
    COUNT(*) FILTER (WHERE COALESCE(outcome.was_bad_cnt, 0) = 0) AS customer_cnt,
    COUNT(*) FILTER (WHERE COALESCE(outcome.was_bad_cnt, 0) = 0 AND outcome.went_bad_cnt > 0) AS bad_cnt,
    COUNT(*) FILTER (WHERE outcome.was_bad_cnt > 0) AS already_bad_cnt
  FROM cohort.credit_grade
  LEFT JOIN outcome ON outcome.customer_id = credit_grade.customer_id
  GROUP BY credit_grade.policy_id, credit_grade.final_grade
),

graded AS (
  SELECT DISTINCT counted.policy_id, grade_risk.final_grade
  FROM counted
  CROSS JOIN policy.grade_risk
)

SELECT
  graded.policy_id,
  graded.final_grade,
  period.cohort_date,
  period.outcome_until,
  COALESCE(counted.customer_cnt, 0) AS customer_cnt,
  COALESCE(counted.bad_cnt, 0) AS bad_cnt,
  COALESCE(counted.already_bad_cnt, 0) AS already_bad_cnt,
  CAST(CAST(counted.bad_cnt / NULLIF(CAST(counted.customer_cnt AS DECIMAL(18, 2)), 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS bad_rate
FROM graded
CROSS JOIN period
LEFT JOIN counted
  ON counted.policy_id = graded.policy_id AND counted.final_grade = graded.final_grade
ORDER BY policy_id, final_grade
