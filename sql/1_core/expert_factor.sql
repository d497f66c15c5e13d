-- expert_factor: how did the experts of each round score each factor, and how far do they agree?
--
-- The statistics of a Delphi round (C15). Stale scores of the last round are left out; the rounds before are
-- there to compare with, however old. Scores are multiples of a point's millionth, so sums and squares are
-- exact; quartiles are interpolated with whole quarters of a place (ADR 4).
--
-- Grain: one row per customer, panel, round and factor. Key: customer_id, panel, round_no, factor.
-- Requirements: R4-E1, Q15; C15.
--
-- Columns
--   customer_id   VARCHAR        whom the panel judged
--   panel         VARCHAR        the inquiry the rounds belong to
--   round_no      INTEGER        the round as numbered
--   factor        VARCHAR        what was judged
--   rounds_back   INTEGER        rounds held after it; 0: the last one
--   vote_cnt      BIGINT         experts who scored it
--   score_sum     DECIMAL(18,6)  points, sum of their scores
--   score_mean    DECIMAL(18,6)  points, 1 to 5
--   score_sd      DECIMAL(18,6)  points, standard deviation, n - 1; NULL: one expert
--   score_cv      DECIMAL(18,6)  score_sd over score_mean; NULL: one expert
--   score_median  DECIMAL(18,6)  points
--   score_q1      DECIMAL(18,6)  points, first quartile, linear interpolation
--   score_q3      DECIMAL(18,6)  points, third quartile, linear interpolation
--   score_iqr     DECIMAL(18,6)  points, q3 less q1
--   voted_on      DATE           the last vote

WITH

placed AS (
  SELECT
    customer_id,
    panel,
    round_no,
    factor,
    rounds_back,
    score,
    voted_on,
    4 * (ROW_NUMBER() OVER (
      PARTITION BY customer_id, panel, round_no, factor ORDER BY score, expert_id
    ) - 1) AS quarter,
    COUNT(*) OVER (PARTITION BY customer_id, panel, round_no, factor) - 1 AS steps
  FROM event.expert_ballot
  WHERE NOT (is_stale AND rounds_back = 0)
),

-- Where a quartile falls between two places, each weighs by how near it is, in quarters.
weighed AS (
  SELECT
    placed.*,
    CASE quarter
      WHEN steps - MOD(steps, 4) THEN 4 - MOD(steps, 4)
      WHEN steps - MOD(steps, 4) + 4 THEN MOD(steps, 4)
      ELSE 0
    END AS q1_weight,
    CASE quarter
      WHEN 2 * steps - MOD(2 * steps, 4) THEN 4 - MOD(2 * steps, 4)
      WHEN 2 * steps - MOD(2 * steps, 4) + 4 THEN MOD(2 * steps, 4)
      ELSE 0
    END AS median_weight,
    CASE quarter
      WHEN 3 * steps - MOD(3 * steps, 4) THEN 4 - MOD(3 * steps, 4)
      WHEN 3 * steps - MOD(3 * steps, 4) + 4 THEN MOD(3 * steps, 4)
      ELSE 0
    END AS q3_weight
  FROM placed
),

summed AS (
  SELECT
    customer_id,
    panel,
    round_no,
    factor,
    MAX(rounds_back) AS rounds_back,
    COUNT(*) AS vote_cnt,
    CAST(SUM(score) AS DECIMAL(12, 6)) AS score_sum,
    CAST(SUM(score * score) AS DECIMAL(24, 12)) AS square_sum,
    CAST(SUM(score * CAST(q1_weight AS DECIMAL(1, 0))) AS DECIMAL(12, 6)) AS q1_quarters,
    CAST(SUM(score * CAST(median_weight AS DECIMAL(1, 0))) AS DECIMAL(12, 6)) AS median_quarters,
    CAST(SUM(score * CAST(q3_weight AS DECIMAL(1, 0))) AS DECIMAL(12, 6)) AS q3_quarters,
    MAX(voted_on) AS voted_on
  FROM weighed
  GROUP BY customer_id, panel, round_no, factor
),

spread AS (
  SELECT
    summed.*,
    CAST(SQRT(CAST(
      (CAST(vote_cnt AS DECIMAL(6, 0)) * square_sum - score_sum * score_sum)
      / NULLIF(vote_cnt * (vote_cnt - 1), 0) AS DECIMAL(28, 10)
    )) AS DECIMAL(18, 10)) AS sd
  FROM summed
)

SELECT
  customer_id,
  panel,
  round_no,
  factor,
  rounds_back,
  vote_cnt,
  score_sum,
  CAST(CAST(score_sum / NULLIF(vote_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS score_mean,
  CAST(sd AS DECIMAL(18, 6)) AS score_sd,
  CAST(CAST(sd * CAST(vote_cnt AS DECIMAL(6, 0)) / NULLIF(score_sum, 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS score_cv,
  CAST(CAST(0.25 AS DECIMAL(3, 2)) * median_quarters AS DECIMAL(18, 6)) AS score_median,
  CAST(CAST(0.25 AS DECIMAL(3, 2)) * q1_quarters AS DECIMAL(18, 6)) AS score_q1,
  CAST(CAST(0.25 AS DECIMAL(3, 2)) * q3_quarters AS DECIMAL(18, 6)) AS score_q3,
  CAST(CAST(0.25 AS DECIMAL(3, 2)) * (q3_quarters - q1_quarters) AS DECIMAL(18, 6)) AS score_iqr,
  voted_on
FROM spread
ORDER BY customer_id, panel, round_no, factor
