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
--   band_no       INTEGER        the stretch of its bands that it lies in
--   from_value    DECIMAL(28,6)  where that begins, included; NULL: no start
--   to_value      DECIMAL(28,6)  where it ends, not included; NULL: no end
--   points        DECIMAL(18,6)  0 to 100, 100 is safest

WITH

judged AS (
  SELECT DISTINCT scorecard_id, customer_id FROM measure.segment
)

SELECT
  judged.scorecard_id,
  judged.customer_id,
  indicator.indicator,
  indicator.value,
  band.band_no,
  band.from_value,
  band.to_value,
  CASE
    WHEN band.from_points = band.to_points THEN band.from_points
    ELSE band.from_points + CAST(CAST(
      (indicator.value - band.from_value) * (band.to_points - band.from_points)
      / (band.to_value - band.from_value)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS points
FROM measure.indicator
JOIN judged ON judged.customer_id = indicator.customer_id
JOIN policy.band
  ON band.scorecard_id = judged.scorecard_id
  AND band.indicator = indicator.indicator
  AND (band.from_value IS NULL OR indicator.value >= band.from_value)
  AND (band.to_value IS NULL OR indicator.value < band.to_value)
WHERE indicator.value IS NOT NULL
ORDER BY scorecard_id, customer_id, indicator
