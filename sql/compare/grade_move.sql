-- grade_move: who moved from which grade to which since an earlier night?
--
-- Counts of customers under each policy, tonight against the last published night, the night a month ago and the
-- night whose grades have had their whole time to prove themselves. A customer that came in between has no grade to
-- move from (`new`), one that went has none to move to (`gone`): what it would have become is not known. Without
-- such a night there is no row. Migration matrices are made of this table (etl/validation).
--
-- Grain: one row per policy, earlier night and pair of grades somebody has. Key: policy_id, since, from_grade, to_grade.
-- Requirements: C12; R3-11, R3-60.
--
-- Columns
--   policy_id     VARCHAR        the policy
--   since         VARCHAR        before, month_ago, cohort: which earlier night
--   from_date     DATE           that night
--   from_grade    VARCHAR        final grade then: A, B, C, D, NR; new: not in the book
--   to_grade      VARCHAR        final grade tonight; gone: not in the book
--   customer_cnt  BIGINT         customers
--   open_amount   DECIMAL(28,2)  what they owe tonight, base currency

WITH

earlier AS (
  SELECT 'before' AS since, portfolio_summary.night_date AS from_date, credit_grade.policy_id,
    credit_grade.customer_id, credit_grade.final_grade
  FROM before.credit_grade
  CROSS JOIN before.portfolio_summary
  UNION ALL
  SELECT 'month_ago', portfolio_summary.night_date, credit_grade.policy_id, credit_grade.customer_id,
    credit_grade.final_grade
  FROM month_ago.credit_grade
  CROSS JOIN month_ago.portfolio_summary
  UNION ALL
  SELECT 'cohort', portfolio_summary.night_date, credit_grade.policy_id, credit_grade.customer_id,
    credit_grade.final_grade
  FROM cohort.credit_grade
  CROSS JOIN cohort.portfolio_summary
),

comparison AS (
  SELECT DISTINCT since, from_date, policy_id FROM earlier
),

tonight AS (
  SELECT
    comparison.since, comparison.from_date, comparison.policy_id, credit_grade.customer_id,
    credit_grade.final_grade, payment.open_amount
  FROM comparison
  JOIN grade.credit_grade ON credit_grade.policy_id = comparison.policy_id
  LEFT JOIN indicator.payment ON payment.customer_id = credit_grade.customer_id
),

pair AS (
  SELECT
    COALESCE(tonight.policy_id, earlier.policy_id) AS policy_id,
    COALESCE(tonight.since, earlier.since) AS since,
    COALESCE(tonight.from_date, earlier.from_date) AS from_date,
    COALESCE(earlier.final_grade, 'new') AS from_grade,
    COALESCE(tonight.final_grade, 'gone') AS to_grade,
    tonight.open_amount
  FROM tonight
  FULL OUTER JOIN earlier
    ON earlier.since = tonight.since
    AND earlier.policy_id = tonight.policy_id
    AND earlier.customer_id = tonight.customer_id
)

SELECT
  policy_id,
  since,
  from_date,
  from_grade,
  to_grade,
  COUNT(*) AS customer_cnt,
  COALESCE(SUM(open_amount), 0) AS open_amount
FROM pair
GROUP BY policy_id, since, from_date, from_grade, to_grade
ORDER BY policy_id, since, from_grade, to_grade
