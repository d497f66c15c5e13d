-- expected_loss: what will the book lose in a year, by grade?
--
-- PD x LGD x EAD. The default rates are the policy's until the own book has shown enough (mart.calibration); what
-- insurance would pay is taken off the exposure.
--
-- Grain: one row per policy and grade. Key: policy_id, final_grade.
-- Requirements: C11; R4-10.
--
-- Columns
--   policy_id           VARCHAR        the policy
--   is_active           BOOLEAN        the policy the book is run under
--   final_grade         VARCHAR        A, B, C, D, NR
--   base_currency       VARCHAR        of the amounts; NULL: nothing was ever billed
--   customer_cnt        BIGINT         customers with that grade
--   gross_amount        DECIMAL(28,2)  what counts against limits, where it is known
--   insured_amount      DECIMAL(28,2)  of it, what insurance would pay
--   exposure_amount     DECIMAL(28,2)  EAD: the rest
--   default_rate        DECIMAL(9,6)   PD, fraction
--   loss_given_default  DECIMAL(9,6)   LGD, fraction
--   loss_amount         DECIMAL(28,2)  PD x LGD x EAD

WITH

held AS (
  SELECT
    credit_grade.policy_id,
    credit_grade.final_grade,
    COUNT(*) AS customer_cnt,
    SUM(exposure.exposure_amount) AS gross_amount,
    SUM(exposure.exposure_amount - exposure.uninsured_exposure) AS insured_amount
  FROM grade.credit_grade
  JOIN measure.exposure ON exposure.customer_id = credit_grade.customer_id
  GROUP BY credit_grade.policy_id, credit_grade.final_grade
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

matrix AS (
  SELECT
    portfolio.policy_id,
    rule.is_active,
    grade_risk.final_grade,
    COALESCE(held.customer_cnt, 0) AS customer_cnt,
    COALESCE(held.gross_amount, 0) AS gross_amount,
    COALESCE(held.insured_amount, 0) AS insured_amount,
    COALESCE(held.gross_amount, 0) - COALESCE(held.insured_amount, 0) AS exposure_amount,
    grade_risk.default_rate,
    portfolio.loss_given_default
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  JOIN policy.grade_risk ON grade_risk.policy_id = portfolio.policy_id
  LEFT JOIN held
    ON held.policy_id = grade_risk.policy_id AND held.final_grade = grade_risk.final_grade
)

SELECT
  matrix.policy_id,
  matrix.is_active,
  matrix.final_grade,
  base.base_currency,
  matrix.customer_cnt,
  matrix.gross_amount,
  matrix.insured_amount,
  matrix.exposure_amount,
  matrix.default_rate,
  matrix.loss_given_default,
  ROUND(
    CAST(matrix.exposure_amount AS DECIMAL(26, 2)) * (matrix.default_rate * matrix.loss_given_default), 2
  ) AS loss_amount
FROM matrix
CROSS JOIN base
ORDER BY policy_id, final_grade
