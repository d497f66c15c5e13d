-- indicator: what is every scored indicator of each customer tonight, and what does it rest on?
--
-- Written by `python -m etl.measure` from sql/reference/indicator; edits here are lost. Every customer has a
-- row for every indicator: what is not known is a row with a reason. Indicators the catalogue does not
-- call scored stand in the wide tables of the indicator layer only.
--
-- Grain: one row per customer and scored indicator. Key: customer_id, indicator.
-- Requirements: R0-01, R0-04, R4-64, R4-103; A9.
--
-- Columns
--   customer_id      VARCHAR        the customer
--   indicator        VARCHAR        its name in the catalogue
--   value            DECIMAL(28,6)  in unit; flag: 1 yes, 0 no; NULL: see null_reason
--   unit             VARCHAR        share, days, count, money (base currency) and so on; NULL: a bare number
--   sample_size      BIGINT         items it rests on; NULL: not a count of items
--   source_date      DATE           the day of the data it rests on; NULL: the night's own books, or nothing
--   source_age_days  INTEGER        days from source_date to the night; NULL: as source_date
--   null_reason      VARCHAR        why value is NULL; NULL: there is a value

WITH

measured AS (
  SELECT
    customer_id,
    'expert_score' AS indicator,
    CAST(expert_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(expert_vote_cnt AS BIGINT) AS sample_size,
    CAST(expert_voted_on AS DATE) AS source_date,
    CASE WHEN expert_score IS NULL THEN COALESCE(expert_score_reason, 'no_votes') END AS null_reason
  FROM indicator.expert
  UNION ALL
  SELECT
    customer_id,
    'on_time_share_cnt' AS indicator,
    CAST(on_time_share_cnt AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN on_time_share_cnt IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'on_time_share_amt' AS indicator,
    CAST(on_time_share_amt AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN on_time_share_amt IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'exact_on_time_share_amt' AS indicator,
    CAST(exact_on_time_share_amt AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN exact_on_time_share_amt IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_max' AS indicator,
    CAST(days_overdue_max AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_max IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_wavg' AS indicator,
    CAST(days_overdue_wavg AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_wavg IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_p90' AS indicator,
    CAST(days_overdue_p90 AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_p90 IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_trend' AS indicator,
    CAST(days_overdue_trend AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_trend IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_recent') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'dso' AS indicator,
    CAST(dso AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dso IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_sales') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'average_days_delinquent' AS indicator,
    CAST(average_days_delinquent AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN average_days_delinquent IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_sales') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'cei' AS indicator,
    CAST(cei AS DECIMAL(28, 6)) AS value,
    'percent' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN cei IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'nothing_to_collect') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'paydex_like' AS indicator,
    CAST(paydex_like AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN paydex_like IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'payments_per_month' AS indicator,
    CAST(payments_per_month AS DECIMAL(28, 6)) AS value,
    'per_month' AS unit,
    CAST(payment_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN payments_per_month IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'never_billed') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'payment_gap_cv' AS indicator,
    CAST(payment_gap_cv AS DECIMAL(28, 6)) AS value,
    CAST(NULL AS VARCHAR) AS unit,
    CAST(payment_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN payment_gap_cv IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'too_few_payments') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'payment_amount_trend' AS indicator,
    CAST(payment_amount_trend AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN payment_amount_trend IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_earlier_payments') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_since_payment' AS indicator,
    CAST(days_since_payment AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_since_payment IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_payments') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'bad_debt_ratio' AS indicator,
    CAST(bad_debt_ratio AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN bad_debt_ratio IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_sales') END AS null_reason
  FROM indicator.payment
)

SELECT
  customer_id,
  indicator,
  value,
  unit,
  sample_size,
  CASE WHEN value IS NOT NULL THEN source_date END AS source_date,
  CASE
    WHEN value IS NOT NULL THEN EXTRACT(DAY FROM (
      CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(source_date AS TIMESTAMP)
    ))
  END AS source_age_days,
  null_reason
FROM measured
ORDER BY customer_id, indicator
