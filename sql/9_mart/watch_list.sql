-- watch_list: with whom should nobody deal without a second look, and why?
--
-- Under the active policy. A customer stands here once for each reason: the grade the policy watches, an open item as old as
-- its line, a listed veto, a poor history at a bureau, its own limit exceeded, or else its group's, an admission refused.
--
-- Grain: one row per customer and reason. Key: customer_id, reason.
-- Requirements: R4-60, R1-02, R1-70; R4-G6.
--
-- Columns
--   customer_id      VARCHAR        the customer
--   reason           VARCHAR        grade, overdue, listed_veto, bad_history, over_limit, over_group_limit, rejected
--   detail           VARCHAR        the grade, the days, the vetoes, the band, the reasons
--   customer_name    VARCHAR        its name; NULL: not stated
--   final_grade      VARCHAR        its grade
--   base_currency    VARCHAR        of the amount
--   exposure_amount  DECIMAL(28,2)  what counts against its limit; NULL: no_fx
--   watch_flag       BOOLEAN        always yes: for those who join the list [R1-02]

WITH

graded AS (
  SELECT
    credit_grade.customer_id, credit_grade.policy_id, credit_grade.final_grade, credit_grade.listed_veto,
    grade_risk.is_watched, portfolio.watch_from_days
  FROM grade.credit_grade
  JOIN policy.grade_risk
    ON grade_risk.policy_id = credit_grade.policy_id AND grade_risk.final_grade = credit_grade.final_grade
  JOIN policy.portfolio ON portfolio.policy_id = credit_grade.policy_id
  WHERE credit_grade.is_active
),

watched AS (
  SELECT customer_id, 'grade' AS reason, final_grade AS detail
  FROM graded
  WHERE is_watched
  UNION ALL
  SELECT graded.customer_id, 'overdue', CAST(exposure.oldest_overdue_days AS VARCHAR)
  FROM graded
  JOIN measure.exposure ON exposure.customer_id = graded.customer_id
  WHERE exposure.oldest_overdue_days > 0 AND exposure.oldest_overdue_days >= graded.watch_from_days
  UNION ALL
  SELECT customer_id, 'listed_veto', listed_veto
  FROM graded
  WHERE listed_veto IS NOT NULL
  UNION ALL
  SELECT customer_id, 'bad_history', adm_history_band
  FROM indicator.bureau
  WHERE watch_flag
  UNION ALL
  SELECT customer_id, 'over_limit', limit_source
  FROM terms.credit_limit
  WHERE is_active AND is_over_limit
  UNION ALL
  SELECT customer_id, 'over_group_limit', group_id
  FROM terms.credit_limit
  WHERE is_active AND is_over_group_limit AND NOT COALESCE(is_over_limit, FALSE)
  UNION ALL
  SELECT customer_id, 'rejected', adm_reasons
  FROM grade.admission
  WHERE is_active AND is_applicable AND adm_decision = 'reject'
)

SELECT
  watched.customer_id,
  watched.reason,
  watched.detail,
  customer.customer_name,
  graded.final_grade,
  exposure.base_currency,
  exposure.exposure_amount,
  TRUE AS watch_flag
FROM watched
JOIN core.customer ON customer.customer_id = watched.customer_id
LEFT JOIN graded ON graded.customer_id = watched.customer_id
LEFT JOIN measure.exposure ON exposure.customer_id = watched.customer_id
ORDER BY customer_id, reason
