-- expert_ballot: which experts' scores stand tonight, and which were given in the rounds before?
--
-- A panel is an inquiry in rounds: experts see the result of one and vote again in the next. The last round
-- counts, so `rounds_back` says how many rounds were held after this one. A score of the last round that is
-- older than the policy allows stays here, marked stale.
--
-- Grain: one row per customer, panel, round, expert and factor. Key: customer_id, panel, round_no, expert_id, factor.
-- Requirements: R4-E1, Q15; C15; A0.1 Order of precedence.
--
-- Columns
--   customer_id  VARCHAR       whom the panel judged
--   panel        VARCHAR       the inquiry the rounds belong to
--   round_no     INTEGER       the round as numbered
--   expert_id    VARCHAR       who voted, by number
--   factor       VARCHAR       dunning_count, claim_cause, bad_record or a further one
--   score        DECIMAL(9,6)  1 to 5 points, 5 is best
--   voted_on     DATE          the day of the vote
--   rounds_back  INTEGER       rounds held after it in its panel; 0: the last one
--   is_stale     BOOLEAN       older than the active policy lets an expert's score count

WITH

vote AS (
  SELECT
    customer_id,
    panel,
    round_no,
    expert_id,
    factor,
    CAST(score AS DECIMAL(9, 6)) AS score,
    voted_on
  FROM current.expert_vote
  WHERE NOT is_deleted AND voted_on <= CAST(:as_of AS DATE)
),

held AS (
  SELECT DISTINCT customer_id, panel, round_no
  FROM vote
),

numbered AS (
  SELECT
    customer_id,
    panel,
    round_no,
    ROW_NUMBER() OVER (PARTITION BY customer_id, panel ORDER BY round_no DESC) - 1 AS rounds_back
  FROM held
),

limits AS (
  SELECT MAX(expert_from) AS expert_from
  FROM policy.rule
  WHERE is_active
)

SELECT
  vote.customer_id,
  vote.panel,
  vote.round_no,
  vote.expert_id,
  vote.factor,
  vote.score,
  vote.voted_on,
  numbered.rounds_back,
  vote.voted_on <= limits.expert_from AS is_stale
FROM vote
JOIN numbered
  ON numbered.customer_id = vote.customer_id
    AND numbered.panel = vote.panel
    AND numbered.round_no = vote.round_no
CROSS JOIN limits
ORDER BY customer_id, panel, round_no, expert_id, factor
