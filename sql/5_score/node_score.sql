-- node_score: what is each score of each customer, how sure is it, and within what bounds?
--
-- A score is the weighted mean of the points of its indicators that are present. Coverage is the weight
-- present over all weight. What is missing makes the interval: all of it at 0 points, all of it at 100.
-- Grades compare sums with sums, so a score a hair below a cut-off that reads as the cut-off stays below.
--
-- Grain: one row per scorecard, customer judged by it and score. Key: scorecard_id, customer_id, node.
-- Requirements: R0-01, R0-97, R4-64, R4-82, R4-103, R4-39; A9.
--
-- Columns
--   scorecard_id    VARCHAR        the scorecard
--   customer_id     VARCHAR        the customer
--   node            VARCHAR        the score, a node of the scorecard's tree
--   is_main         BOOLEAN        the score that grades are read from
--   score           DECIMAL(18,6)  0 to 100, higher is safer; NULL: nothing is present [R4-64]
--   score_worst     DECIMAL(18,6)  the score if everything missing were worth 0 points
--   score_best      DECIMAL(18,6)  the score if everything missing were worth 100 points
--   coverage        DECIMAL(18,6)  fraction of the weight that is present [R4-103]
--   grade           VARCHAR        A, B, C, D by the cut-offs; NR: too little is present [R4-39]
--   grade_worst     VARCHAR        the grade of score_worst
--   grade_best      VARCHAR        the grade of score_best
--   indicator_cnt   BIGINT         indicators of the score
--   present_cnt     BIGINT         those present
--   weight_present  DECIMAL(18,10) weight present, of 1

-- Whole numbers until the last line: a weight counts ten-thousand-millionths, a point millionths, and their
-- products and sums fit a machine word. Decimals as wide as that take ten times as long.
WITH

judged AS (
  SELECT DISTINCT scorecard_id, customer_id FROM measure.segment
),

leaf AS (
  SELECT scorecard_id, node, indicator, CAST(weight * 10000000000 AS BIGINT) AS weight
  FROM policy.leaf
),

whole AS (
  SELECT
    leaf.scorecard_id,
    leaf.node,
    leaf.node = scorecard.main_node AS is_main,
    CAST(scorecard.a_from * 1000000 AS BIGINT) AS a_from,
    CAST(scorecard.b_from * 1000000 AS BIGINT) AS b_from,
    CAST(scorecard.c_from * 1000000 AS BIGINT) AS c_from,
    CAST(scorecard.min_coverage * SUM(leaf.weight) AS DECIMAL(28, 10)) AS least_weight,
    COUNT(*) AS indicator_cnt,
    CAST(SUM(leaf.weight) AS BIGINT) AS weight
  FROM leaf
  JOIN policy.scorecard ON scorecard.scorecard_id = leaf.scorecard_id
  GROUP BY
    leaf.scorecard_id, leaf.node, leaf.node = scorecard.main_node, scorecard.a_from,
    scorecard.b_from, scorecard.c_from, scorecard.min_coverage
),

pointed AS (
  SELECT
    scorecard_id,
    customer_id,
    indicator,
    CAST(CAST(points AS DECIMAL(9, 6)) * 1000000 AS BIGINT) AS points
  FROM point.indicator_point
),

present AS (
  SELECT
    pointed.scorecard_id,
    pointed.customer_id,
    leaf.node,
    COUNT(*) AS present_cnt,
    CAST(SUM(leaf.weight) AS BIGINT) AS weight,
    CAST(SUM(leaf.weight * pointed.points) AS BIGINT) AS weighted
  FROM pointed
  JOIN leaf
    ON leaf.scorecard_id = pointed.scorecard_id
    AND leaf.indicator = pointed.indicator
  GROUP BY pointed.scorecard_id, pointed.customer_id, leaf.node
),

bounded AS (
  SELECT
    judged.customer_id,
    whole.*,
    COALESCE(present.present_cnt, 0) AS present_cnt,
    COALESCE(present.weight, 0) AS weight_present,
    COALESCE(present.weighted, 0) AS weighted,
    COALESCE(present.weighted, 0)
    + 100000000 * (whole.weight - COALESCE(present.weight, 0)) AS weighted_best
  FROM judged
  JOIN whole ON whole.scorecard_id = judged.scorecard_id
  LEFT JOIN present
    ON present.scorecard_id = judged.scorecard_id
    AND present.customer_id = judged.customer_id
    AND present.node = whole.node
)

SELECT
  scorecard_id,
  customer_id,
  node,
  is_main,
  CAST(CAST(weighted / NULLIF(1000000 * weight_present, 0) AS DECIMAL(18, 10)) AS DECIMAL(18, 6))
    AS score,
  CAST(CAST(weighted / (1000000 * weight) AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS score_worst,
  CAST(CAST(weighted_best / (1000000 * weight) AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS score_best,
  CAST(CAST(weight_present / weight AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS coverage,
  CASE
    WHEN present_cnt = 0 OR weight_present < least_weight THEN 'NR'
    WHEN weighted >= a_from * weight_present THEN 'A'
    WHEN weighted >= b_from * weight_present THEN 'B'
    WHEN weighted >= c_from * weight_present THEN 'C'
    ELSE 'D'
  END AS grade,
  CASE
    WHEN weighted >= a_from * weight THEN 'A'
    WHEN weighted >= b_from * weight THEN 'B'
    WHEN weighted >= c_from * weight THEN 'C'
    ELSE 'D'
  END AS grade_worst,
  CASE
    WHEN weighted_best >= a_from * weight THEN 'A'
    WHEN weighted_best >= b_from * weight THEN 'B'
    WHEN weighted_best >= c_from * weight THEN 'C'
    ELSE 'D'
  END AS grade_best,
  indicator_cnt,
  present_cnt,
  CAST(weight_present AS DECIMAL(18, 0)) * CAST(0.0000000001 AS DECIMAL(10, 10)) AS weight_present
FROM bounded
ORDER BY scorecard_id, customer_id, node
