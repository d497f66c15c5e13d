-- performance: how does each customer's business stand against its industry's standard values?
--
-- 企业绩效评价 (C8): the points of all ratios that have a value and a standard, out of those they could have brought, on 100.
-- The single ratios are in core.performance_ratio. The classes are the method's own: 优 from 85, 良 from 70, 中 from 50, 低 from
-- 40, 差 below.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-50, R0-92; C8; EW10.
--
-- Columns
--   customer_id                VARCHAR        the customer
--   statement_date             DATE           last day of the year judged; NULL: no accounts
--   performance_ratio_cnt      INTEGER        ratios with points
--   performance_coverage       DECIMAL(18,6)  fraction of the policy's weight they have; NULL: no accounts, or the policy weighs no ratio [C8]
--   performance_total          DECIMAL(18,6)  0 to 100; NULL: see null_reason [C8]
--   performance_total_prior    DECIMAL(18,6)  the year before, from the ratios that had a value then; NULL: none [C8]
--   ratio_band                 INTEGER        5 优, 4 良, 3 中, 2 低, 1 差; NULL as performance_total [C8]
--   ratio_band_prior           INTEGER        the year before [EW10]
--   ratio_band_fall            INTEGER        bands lost since the year before, over ratios known in both years; negative: gained; NULL: none [EW10]
--   ratio_band_worst_fall      INTEGER        the most that any one ratio lost; NULL: no ratio is known in both years [EW10]
--   null_reason                VARCHAR        no_statement, no_standard, not_stated; NULL: there is a total

WITH

summed AS (
  SELECT
    customer_id,
    COUNT(points) AS point_cnt,
    COUNT(standard) AS standard_cnt,
    SUM(weight) AS weight_all,
    SUM(CASE WHEN points IS NOT NULL THEN weight END) AS weight_now,
    SUM(points_exact) AS points_now,
    SUM(CASE WHEN points_prior IS NOT NULL THEN weight END) AS weight_prior,
    SUM(points_exact_prior) AS points_prior,
    SUM(CASE WHEN points IS NOT NULL AND points_prior IS NOT NULL THEN weight END) AS weight_both,
    SUM(CASE WHEN points_prior IS NOT NULL THEN points_exact END) AS points_now_both,
    SUM(CASE WHEN points IS NOT NULL THEN points_exact_prior END) AS points_prior_both,
    MAX(band_prior - band) AS worst_fall
  FROM core.performance_ratio
  GROUP BY customer_id
),

-- Points against weights, not their ratio: 84.9999999 of 100 is not 85.
classed AS (
  SELECT
    summed.*,
    CASE
      WHEN points_now >= CAST(0.85 AS DECIMAL(3, 2)) * weight_now THEN 5
      WHEN points_now >= CAST(0.70 AS DECIMAL(3, 2)) * weight_now THEN 4
      WHEN points_now >= CAST(0.50 AS DECIMAL(3, 2)) * weight_now THEN 3
      WHEN points_now >= CAST(0.40 AS DECIMAL(3, 2)) * weight_now THEN 2
      WHEN points_now IS NOT NULL THEN 1
    END AS band,
    CASE
      WHEN points_prior >= CAST(0.85 AS DECIMAL(3, 2)) * weight_prior THEN 5
      WHEN points_prior >= CAST(0.70 AS DECIMAL(3, 2)) * weight_prior THEN 4
      WHEN points_prior >= CAST(0.50 AS DECIMAL(3, 2)) * weight_prior THEN 3
      WHEN points_prior >= CAST(0.40 AS DECIMAL(3, 2)) * weight_prior THEN 2
      WHEN points_prior IS NOT NULL THEN 1
    END AS band_prior,
    CASE
      WHEN points_now_both >= CAST(0.85 AS DECIMAL(3, 2)) * weight_both THEN 5
      WHEN points_now_both >= CAST(0.70 AS DECIMAL(3, 2)) * weight_both THEN 4
      WHEN points_now_both >= CAST(0.50 AS DECIMAL(3, 2)) * weight_both THEN 3
      WHEN points_now_both >= CAST(0.40 AS DECIMAL(3, 2)) * weight_both THEN 2
      WHEN points_now_both IS NOT NULL THEN 1
    END AS band_now_both,
    CASE
      WHEN points_prior_both >= CAST(0.85 AS DECIMAL(3, 2)) * weight_both THEN 5
      WHEN points_prior_both >= CAST(0.70 AS DECIMAL(3, 2)) * weight_both THEN 4
      WHEN points_prior_both >= CAST(0.50 AS DECIMAL(3, 2)) * weight_both THEN 3
      WHEN points_prior_both >= CAST(0.40 AS DECIMAL(3, 2)) * weight_both THEN 2
      WHEN points_prior_both IS NOT NULL THEN 1
    END AS band_prior_both
  FROM summed
)

SELECT
  customer.customer_id,
  statement.period_end AS statement_date,
  COALESCE(classed.point_cnt, 0) AS performance_ratio_cnt,
  CAST(CAST(COALESCE(classed.weight_now, 0) / classed.weight_all AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS performance_coverage,
  CAST(CAST(100 * classed.points_now / classed.weight_now AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS performance_total,
  CAST(CAST(100 * classed.points_prior / classed.weight_prior AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS performance_total_prior,
  classed.band AS ratio_band,
  classed.band_prior AS ratio_band_prior,
  classed.band_prior_both - classed.band_now_both AS ratio_band_fall,
  classed.worst_fall AS ratio_band_worst_fall,
  CASE
    WHEN statement.customer_id IS NULL THEN 'no_statement'
    WHEN COALESCE(classed.standard_cnt, 0) = 0 THEN 'no_standard'
    WHEN classed.point_cnt = 0 THEN 'not_stated'
  END AS null_reason
FROM core.customer
LEFT JOIN event.statement
  ON statement.customer_id = customer.customer_id AND statement.year_no = 0
LEFT JOIN classed ON classed.customer_id = customer.customer_id
ORDER BY customer_id
