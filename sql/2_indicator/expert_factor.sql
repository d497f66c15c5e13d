-- expert_factor: what did each panel last say of each factor, and how far did it draw together?
--
-- The last round of every panel whose scores still count. Experts are named by nobody: votes are secret.
--
-- Grain: one row per customer, panel and factor. Key: customer_id, panel, factor.
-- Requirements: R4-E1, Q15; C15.
--
-- Columns
--   customer_id        VARCHAR        whom the panel judged
--   panel              VARCHAR        the inquiry
--   factor             VARCHAR        dunning_count, claim_cause, bad_record or a further one
--   round_no           INTEGER        the last round
--   vote_cnt           BIGINT         experts who scored it
--   score_mean         DECIMAL(18,6)  points, 1 to 5, 5 is best
--   score_sd           DECIMAL(18,6)  points, standard deviation, n - 1; NULL: one expert
--   score_cv           DECIMAL(18,6)  score_sd over score_mean; NULL: one expert
--   score_median       DECIMAL(18,6)  points
--   score_iqr          DECIMAL(18,6)  points, between the quartiles, linear interpolation
--   previous_round_no  INTEGER        the round before; NULL: there was none with this factor
--   previous_cv        DECIMAL(18,6)  score_cv of the round before; NULL: none, or one expert
--   cv_change          DECIMAL(18,6)  score_cv less previous_cv; below 0: they drew together; NULL: no previous_cv
--   voted_on           DATE           the last vote

WITH

last_round AS (
  SELECT
    customer_id, panel, factor, round_no, vote_cnt, score_mean, score_sd, score_cv, score_median,
    score_iqr, voted_on
  FROM core.expert_factor
  WHERE rounds_back = 0
),

round_before AS (
  SELECT customer_id, panel, factor, round_no, score_cv
  FROM core.expert_factor
  WHERE rounds_back = 1
)

SELECT
  last_round.customer_id,
  last_round.panel,
  last_round.factor,
  last_round.round_no,
  last_round.vote_cnt,
  last_round.score_mean,
  last_round.score_sd,
  last_round.score_cv,
  last_round.score_median,
  last_round.score_iqr,
  round_before.round_no AS previous_round_no,
  round_before.score_cv AS previous_cv,
  last_round.score_cv - round_before.score_cv AS cv_change,
  last_round.voted_on
FROM last_round
LEFT JOIN round_before
  ON round_before.customer_id = last_round.customer_id
    AND round_before.panel = last_round.panel
    AND round_before.factor = last_round.factor
ORDER BY customer_id, panel, factor
