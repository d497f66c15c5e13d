-- contribution: which indicator brings how much of a score?
--
-- Of the scores that the scorecard explains: its main one and those it names. Running sums are rounded,
-- not the single parts, so that the contributions of a score add up to it to the last digit. Indicators
-- without a value have no part in it; measure.indicator says why.
--
-- Grain: one row per scorecard, customer, explained score and indicator present. Key: scorecard_id, customer_id, node, indicator.
-- Requirements: R0-01, R4-64, R4-82; A9; design of the credit file: why.
--
-- Columns
--   scorecard_id  VARCHAR        the scorecard
--   customer_id   VARCHAR        the customer
--   node          VARCHAR        the score
--   indicator     VARCHAR        its name in the catalogue
--   value         DECIMAL(28,6)  what it is tonight
--   points        DECIMAL(18,6)  0 to 100, by its bands
--   weight        DECIMAL(18,10) its part of the score were everything present
--   share         DECIMAL(18,6)  its part of what is present
--   contribution  DECIMAL(18,6)  what it brings; a score's contributions add up to it exactly
--   lost_points   DECIMAL(18,6)  what the score would gain if it had 100 points

WITH

part AS (
  SELECT
    indicator_point.scorecard_id,
    indicator_point.customer_id,
    leaf.node,
    indicator_point.indicator,
    indicator_point.value,
    indicator_point.points,
    leaf.weight,
    CAST(
      CAST(leaf.weight AS DECIMAL(20, 10)) * CAST(indicator_point.points AS DECIMAL(9, 6))
    AS DECIMAL(28, 16)) AS weighted
  FROM point.indicator_point
  JOIN policy.leaf
    ON leaf.scorecard_id = indicator_point.scorecard_id
    AND leaf.indicator = indicator_point.indicator
  JOIN policy.node
    ON node.scorecard_id = leaf.scorecard_id AND node.node = leaf.node AND node.is_explained
),

summed AS (
  SELECT
    part.*,
    CAST(SUM(weighted) OVER (
      PARTITION BY scorecard_id, customer_id, node ORDER BY indicator
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS DECIMAL(28, 16)) AS running,
    CAST(SUM(weight) OVER (PARTITION BY scorecard_id, customer_id, node) AS DECIMAL(18, 10))
      AS weight_present
  FROM part
),

-- The same division as the score's own, so that the last running sum is the score.
scored AS (
  SELECT
    summed.*,
    CAST(CAST(running / weight_present AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS up_to_here,
    CAST(CAST((running - weighted) / weight_present AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
      AS up_to_before,
    CAST(weight AS DECIMAL(20, 10)) * (100 - CAST(points AS DECIMAL(9, 6))) AS lost
  FROM summed
)

SELECT
  scorecard_id,
  customer_id,
  node,
  indicator,
  value,
  points,
  weight,
  CAST(CAST(weight / weight_present AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS share,
  up_to_here - up_to_before AS contribution,
  CAST(CAST(lost / weight_present AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS lost_points
FROM scored
ORDER BY scorecard_id, customer_id, node, indicator
