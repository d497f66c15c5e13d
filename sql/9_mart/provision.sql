-- provision: what has to be provided for receivables that may not be paid, bucket by bucket?
--
-- The provision matrix of IFRS 9, simplified approach, and of 企业会计准则第22号: what is open in each aging bucket
-- times its loss rate times the policy's forward-looking factor, under three kinds of rates: the policy's, and two of
-- the book's own history (measure.loss_rate, times the policy's loss given default). One of them is used; the others
-- stand beside it. An own rate that is not known, and items without a due date, take the policy's rate: `rate_from`
-- says so. Credits and cash on account are not netted into buckets (C3).
--
-- Grain: one row per policy, kind of rates and bucket. Key: policy_id, method, bucket_no.
-- Requirements: C11; R4-10.
--
-- Columns
--   policy_id               VARCHAR         the policy
--   method                  VARCHAR         policy_rate, flow_rate, sale_cohort
--   bucket_no               INTEGER         1 current to 5 over 90 days, 6 no due date
--   bucket                  VARCHAR         current, 1-30, 31-60, 61-90, 90+, no_due_date
--   is_used                 BOOLEAN         the method the policy names
--   base_currency           VARCHAR         of the amounts; NULL: nothing was ever billed
--   exposure_amount         DECIMAL(28,2)   open in the bucket, items with a rate of exchange
--   loss_rate               DECIMAL(18,10)  fraction, before the factor
--   rate_from               VARCHAR         policy, own
--   forward_looking_factor  DECIMAL(9,6)    how much worse the future is expected to be
--   loss_given_default      DECIMAL(9,6)    fraction, of own rates; 1 for the policy's, which have it in them
--   provision_amount        DECIMAL(28,2)   exposure x rate x loss given default x factor, never more than the exposure

WITH

aging AS (
  SELECT
    SUM(aging.current_amount * currency.rate_to_base) AS current_base,
    SUM(aging.overdue_1_30_amount * currency.rate_to_base) AS overdue_1_30_base,
    SUM(aging.overdue_31_60_amount * currency.rate_to_base) AS overdue_31_60_base,
    SUM(aging.overdue_61_90_amount * currency.rate_to_base) AS overdue_61_90_base,
    SUM(aging.overdue_over_90_amount * currency.rate_to_base) AS overdue_over_90_base,
    SUM(aging.no_due_date_amount * currency.rate_to_base) AS no_due_date_base
  FROM indicator.aging
  JOIN event.currency ON currency.currency = aging.currency
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

method AS (
  SELECT 'policy_rate' AS method
  UNION ALL SELECT 'flow_rate'
  UNION ALL SELECT 'sale_cohort'
),

matrix AS (
  SELECT
    portfolio.policy_id,
    method.method,
    provision_rate.bucket_no,
    provision_rate.bucket,
    portfolio.provision_method = method.method AS is_used,
    ROUND(COALESCE(CASE provision_rate.bucket_no
      WHEN 1 THEN aging.current_base
      WHEN 2 THEN aging.overdue_1_30_base
      WHEN 3 THEN aging.overdue_31_60_base
      WHEN 4 THEN aging.overdue_61_90_base
      WHEN 5 THEN aging.overdue_over_90_base
      ELSE aging.no_due_date_base
    END, 0), 2) AS exposure_amount,
    COALESCE(loss_rate.loss_rate, provision_rate.rate) AS loss_rate,
    CASE WHEN loss_rate.loss_rate IS NULL THEN 'policy' ELSE 'own' END AS rate_from,
    portfolio.forward_looking_factor,
    CASE WHEN loss_rate.loss_rate IS NULL THEN 1 ELSE portfolio.own_loss_given_default END
      AS loss_given_default
  FROM policy.portfolio
  CROSS JOIN method
  CROSS JOIN aging
  JOIN policy.provision_rate ON provision_rate.policy_id = portfolio.policy_id
  LEFT JOIN measure.loss_rate
    ON loss_rate.method = method.method AND loss_rate.bucket_no = provision_rate.bucket_no
)

SELECT
  matrix.policy_id,
  matrix.method,
  matrix.bucket_no,
  matrix.bucket,
  matrix.is_used,
  base.base_currency,
  matrix.exposure_amount,
  matrix.loss_rate,
  matrix.rate_from,
  matrix.forward_looking_factor,
  matrix.loss_given_default,
  LEAST(
    ROUND(
      CAST(matrix.exposure_amount AS DECIMAL(28, 2)) * CAST(ROUND(
        CAST(matrix.loss_rate AS DECIMAL(12, 10)) * CAST(matrix.loss_given_default AS DECIMAL(9, 6))
        * CAST(matrix.forward_looking_factor AS DECIMAL(9, 6)), 10
      ) AS DECIMAL(14, 10)), 2
    ),
    matrix.exposure_amount
  ) AS provision_amount
FROM matrix
CROSS JOIN base
ORDER BY policy_id, method, bucket_no
