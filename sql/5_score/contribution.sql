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

-- Whole numbers until the last line, as in node_score: a weight counts ten-thousand-millionths, a point
-- millionths.
WITH

leaf AS (
  SELECT
    leaf.scorecard_id,
    leaf.node,
    leaf.indicator,
    leaf.weight AS weight_stated,
    CAST(leaf.weight * 10000000000 AS BIGINT) AS weight
  FROM policy.leaf
  JOIN policy.node
    ON node.scorecard_id = leaf.scorecard_id AND node.node = leaf.node AND node.is_explained
),

pointed AS (
  SELECT
    scorecard_id,
    customer_id,
    indicator,
    value,
    points AS points_stated,
    CAST(CAST(points AS DECIMAL(9, 6)) * 1000000 AS BIGINT) AS points
  FROM point.indicator_point
),

part AS (
  SELECT
    pointed.*,
    leaf.node,
    leaf.weight_stated,
    leaf.weight,
    leaf.weight * pointed.points AS weighted
  FROM pointed
  JOIN leaf
    ON leaf.scorecard_id = pointed.scorecard_id
    AND leaf.indicator = pointed.indicator
),

summed AS (
  SELECT
    part.*,
    CAST(SUM(weighted) OVER (
      PARTITION BY scorecard_id, customer_id, node ORDER BY indicator
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS BIGINT) AS running,
    CAST(SUM(weight) OVER (PARTITION BY scorecard_id, customer_id, node) AS BIGINT) AS weight_present
  FROM part
),

-- The same division as the score's own, so that the last running sum is the score.
scored AS (
  SELECT
    summed.*,
    CAST(CAST(running / (1000000 * weight_present) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
      AS up_to_here,
    CAST(CAST((running - weighted) / (1000000 * weight_present) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
      AS up_to_before,
    weight * (100000000 - points) AS lost
  FROM summed
)

SELECT
  scorecard_id,
  customer_id,
  node,
  indicator,
  value,
  points_stated AS points,
  weight_stated AS weight,
  CAST(CAST(weight / weight_present AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS share,
  up_to_here - up_to_before AS contribution,
  CAST(CAST(lost / (1000000 * weight_present) AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS lost_points
FROM scored
ORDER BY scorecard_id, customer_id, node, indicator
