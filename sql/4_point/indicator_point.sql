-- indicator_point: how many points does what we know of each customer bring?
--
-- By the bands of the scorecards the customer is judged by: a straight line between two edges, level
-- outside them, the right-hand side at a step. An indicator without a value has no row: what is missing
-- is neither zero nor average, it lowers the coverage of the scores it belongs to.
--
-- Grain: one row per scorecard, customer and indicator with a value and bands. Key: scorecard_id, customer_id, indicator.
-- Requirements: R4-64, R0-01; A9.
--
-- Columns
--   scorecard_id  VARCHAR        the scorecard
--   customer_id   VARCHAR        the customer
--   indicator     VARCHAR        its name in the catalogue
--   value         DECIMAL(28,6)  what it is tonight
--   points        DECIMAL(18,6)  0 to 100, 100 is safest

WITH

-- Edges lie within a million millions, so a value beyond is on the level part outside them: cut there, all
-- that follows fits a machine word, which takes a fifth of the time.
known AS (
  SELECT
    customer_id,
    indicator,
    value,
    CAST(GREATEST(LEAST(value, 999999999999), -999999999999) AS DECIMAL(18, 6)) AS place
  FROM measure.indicator
  WHERE value IS NOT NULL
),

stretch AS (
  SELECT
    scorecard_id,
    indicator,
    COALESCE(from_value, -999999999999) AS from_value,
    COALESCE(to_value, CAST(999999999999.999999 AS DECIMAL(18, 6))) AS to_value,
    from_points,
    to_points - from_points AS rise
  FROM policy.band
)

SELECT
  stretch.scorecard_id,
  known.customer_id,
  known.indicator,
  known.value,
  stretch.from_points + CAST(CAST(
    (known.place - stretch.from_value) / (stretch.to_value - stretch.from_value) * stretch.rise
  AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS points
FROM known
JOIN stretch
  ON stretch.indicator = known.indicator
  AND known.place >= stretch.from_value
  AND known.place < stretch.to_value
-- A customer has few scorecards: asked last, once the bands have left one row a value and scorecard.
WHERE (stretch.scorecard_id, known.customer_id) IN (SELECT scorecard_id, customer_id FROM measure.segment)
ORDER BY scorecard_id, customer_id, indicator
