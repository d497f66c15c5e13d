-- expert: what do the experts say of each customer, and what was put before them?
--
-- Mean and numbers are over the last round of every panel whose scores still count (policy: experts); spread and
-- agreement are of the newest of these panels. Whether experts lower a grade compares `expert_score_sum` with
-- `expert_vote_cnt`, never the mean. Beside it the facts that the article has them consider: quality claims by
-- whose doing they were; dunnings are in indicator.communication, bad records in indicator.legal.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R4-E1, R4-38, Q15; C15; A0.1 Order of precedence.
--
-- Columns
--   customer_id                VARCHAR        the customer
--   expert_score               DECIMAL(18,6)  points, 1 to 5, 5 is best, mean over factors and experts; NULL: see expert_score_reason [R4-E1]
--   expert_score_reason        VARCHAR        why expert_score is NULL: not_connected (no votes on anybody), no_votes, votes_too_old; NULL: there is one
--   expert_score_sum           DECIMAL(28,6)  points, sum of the scores that count; 0: none
--   expert_vote_cnt            BIGINT         scores that count, one an expert and factor
--   expert_n                   BIGINT         experts who gave them [R4-E1]
--   expert_panel_cnt           BIGINT         panels they were given in
--   expert_voted_on            DATE           the last vote that counts; NULL: none
--   expert_panel               VARCHAR        the newest panel; NULL: none
--   expert_round_no            INTEGER        its last round; NULL: none
--   expert_cv                  DECIMAL(18,6)  mean over its factors of standard deviation over mean; NULL: expert_cv_reason [R4-E1]
--   expert_cv_reason           VARCHAR        as expert_score_reason, one_expert; NULL: there is one
--   expert_cv_max              DECIMAL(18,6)  the same of the factor least agreed on; NULL: as expert_cv
--   expert_cv_change           DECIMAL(18,6)  expert_cv less that of the round before; below 0: they drew together; NULL: one round
--   expert_w                   DECIMAL(18,6)  Kendall's W with ties, 0 to 1; NULL: expert_w_reason [R4-E1]
--   expert_w_reason            VARCHAR        as expert_score_reason, too_few_ballots, all_tied; NULL: there is one
--   expert_w_chi2              DECIMAL(18,6)  chi-square of W; NULL: as expert_w
--   expert_w_df                INTEGER        its degrees of freedom; NULL: as expert_w
--   expert_w_p                 DECIMAL(18,6)  probability of such agreement by chance; NULL: as expert_w
--   expert_dunning_score       DECIMAL(18,6)  points, mean of factor dunning_count; NULL: not judged [Q15]
--   expert_claim_score         DECIMAL(18,6)  points, mean of factor claim_cause; NULL: not judged [Q15]
--   expert_record_score        DECIMAL(18,6)  points, mean of factor bad_record; NULL: not judged [Q15]
--   expert_other_score         DECIMAL(18,6)  points, mean of all further factors; NULL: none judged [Q15]
--   quality_claim_cnt_12m      BIGINT         quality claims settled in the window; NULL: not_connected [Q15]
--   quality_claim_us_cnt       BIGINT         those that were our doing; NULL: not_connected
--   quality_claim_customer_cnt BIGINT         the customer's own doing; NULL: not_connected
--   quality_claim_carrier_cnt  BIGINT         the carrier's doing; NULL: not_connected
--   quality_claim_unknown_cnt  BIGINT         nobody said whose; NULL: not_connected

WITH

vote AS (
  SELECT customer_id, panel, round_no, expert_id, factor, score, voted_on
  FROM event.expert_ballot
  WHERE rounds_back = 0 AND NOT is_stale
),

said AS (
  SELECT
    customer_id,
    COUNT(DISTINCT expert_id) AS expert_cnt,
    COUNT(DISTINCT panel) AS panel_cnt,
    COUNT(*) AS vote_cnt,
    SUM(score) AS score_sum,
    COUNT(*) FILTER (WHERE factor = 'dunning_count') AS dunning_cnt,
    SUM(score) FILTER (WHERE factor = 'dunning_count') AS dunning_sum,
    COUNT(*) FILTER (WHERE factor = 'claim_cause') AS claim_cnt,
    SUM(score) FILTER (WHERE factor = 'claim_cause') AS claim_sum,
    COUNT(*) FILTER (WHERE factor = 'bad_record') AS record_cnt,
    SUM(score) FILTER (WHERE factor = 'bad_record') AS record_sum,
    COUNT(*) FILTER (WHERE factor NOT IN ('dunning_count', 'claim_cause', 'bad_record'))
      AS other_cnt,
    SUM(score) FILTER (WHERE factor NOT IN ('dunning_count', 'claim_cause', 'bad_record'))
      AS other_sum,
    MAX(voted_on) AS voted_on
  FROM vote
  GROUP BY customer_id
),

asked AS (
  SELECT DISTINCT customer_id FROM event.expert_ballot
),

newest AS (
  SELECT
    customer_id, panel, round_no, w, w_chi2, w_df, w_p, w_reason,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY voted_on DESC, panel) AS place
  FROM core.expert_round
  WHERE rounds_back = 0
),

spread AS (
  SELECT
    factor.customer_id,
    factor.rounds_back,
    CAST(SUM(factor.score_cv) / NULLIF(COUNT(factor.score_cv), 0) AS DECIMAL(28, 10)) AS cv_mean,
    MAX(factor.score_cv) AS cv_max
  FROM core.expert_factor AS factor
  JOIN newest
    ON newest.customer_id = factor.customer_id AND newest.panel = factor.panel AND newest.place = 1
  WHERE factor.rounds_back <= 1
  GROUP BY factor.customer_id, factor.rounds_back
),

-- A claim is settled by a credit note or otherwise; either way it is one row in one of the two.
quality_claim AS (
  SELECT customer_id, caused_by, claim_date AS settled_on
  FROM current.claim
  WHERE NOT is_deleted
  UNION ALL
  SELECT customer_id, caused_by, credit_date
  FROM current.credit_note
  WHERE NOT is_deleted AND reason = 'quality_claim'
),

claimed AS (
  SELECT
    quality_claim.customer_id,
    COUNT(*) AS claim_cnt,
    COUNT(*) FILTER (WHERE quality_claim.caused_by = 'us') AS us_cnt,
    COUNT(*) FILTER (WHERE quality_claim.caused_by = 'customer') AS customer_cnt,
    COUNT(*) FILTER (WHERE quality_claim.caused_by = 'carrier') AS carrier_cnt,
    COUNT(*) FILTER (WHERE COALESCE(quality_claim.caused_by, 'unknown') = 'unknown') AS unknown_cnt
  FROM quality_claim
  CROSS JOIN policy.book
  WHERE quality_claim.settled_on > book.window_start
    AND quality_claim.settled_on <= CAST(:as_of AS DATE)
  GROUP BY quality_claim.customer_id
),

vote_feed AS (
  SELECT COUNT(*) AS row_cnt FROM current.expert_vote
),

claim_rows AS (
  SELECT COUNT(*) AS row_cnt FROM current.claim
),

credit_rows AS (
  SELECT COUNT(*) AS row_cnt FROM current.credit_note
),

claim_feed AS (
  SELECT CASE WHEN claim_rows.row_cnt + credit_rows.row_cnt > 0 THEN 0 END AS none
  FROM claim_rows
  CROSS JOIN credit_rows
),

listed AS (
  SELECT
    customer.customer_id,
    CASE
      WHEN said.customer_id IS NOT NULL THEN NULL
      WHEN vote_feed.row_cnt = 0 THEN 'not_connected'
      WHEN asked.customer_id IS NULL THEN 'no_votes'
      ELSE 'votes_too_old'
    END AS reason
  FROM core.customer
  LEFT JOIN said ON said.customer_id = customer.customer_id
  LEFT JOIN asked ON asked.customer_id = customer.customer_id
  CROSS JOIN vote_feed
)

SELECT
  listed.customer_id,
  CAST(CAST(said.score_sum / NULLIF(said.vote_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS expert_score,
  listed.reason AS expert_score_reason,
  COALESCE(said.score_sum, 0) AS expert_score_sum,
  COALESCE(said.vote_cnt, 0) AS expert_vote_cnt,
  COALESCE(said.expert_cnt, 0) AS expert_n,
  COALESCE(said.panel_cnt, 0) AS expert_panel_cnt,
  said.voted_on AS expert_voted_on,
  newest.panel AS expert_panel,
  newest.round_no AS expert_round_no,
  CAST(spread.cv_mean AS DECIMAL(18, 6)) AS expert_cv,
  CASE WHEN spread.cv_mean IS NULL THEN COALESCE(listed.reason, 'one_expert') END
    AS expert_cv_reason,
  spread.cv_max AS expert_cv_max,
  CAST(spread.cv_mean - spread_before.cv_mean AS DECIMAL(18, 6)) AS expert_cv_change,
  newest.w AS expert_w,
  COALESCE(listed.reason, newest.w_reason) AS expert_w_reason,
  newest.w_chi2 AS expert_w_chi2,
  newest.w_df AS expert_w_df,
  newest.w_p AS expert_w_p,
  CAST(CAST(said.dunning_sum / NULLIF(said.dunning_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS expert_dunning_score,
  CAST(CAST(said.claim_sum / NULLIF(said.claim_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS expert_claim_score,
  CAST(CAST(said.record_sum / NULLIF(said.record_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS expert_record_score,
  CAST(CAST(said.other_sum / NULLIF(said.other_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS expert_other_score,
  COALESCE(claimed.claim_cnt, claim_feed.none) AS quality_claim_cnt_12m,
  COALESCE(claimed.us_cnt, claim_feed.none) AS quality_claim_us_cnt,
  COALESCE(claimed.customer_cnt, claim_feed.none) AS quality_claim_customer_cnt,
  COALESCE(claimed.carrier_cnt, claim_feed.none) AS quality_claim_carrier_cnt,
  COALESCE(claimed.unknown_cnt, claim_feed.none) AS quality_claim_unknown_cnt
FROM listed
LEFT JOIN said ON said.customer_id = listed.customer_id
LEFT JOIN newest ON newest.customer_id = listed.customer_id AND newest.place = 1
LEFT JOIN spread ON spread.customer_id = listed.customer_id AND spread.rounds_back = 0
LEFT JOIN spread AS spread_before
  ON spread_before.customer_id = listed.customer_id AND spread_before.rounds_back = 1
LEFT JOIN claimed ON claimed.customer_id = listed.customer_id
CROSS JOIN claim_feed
ORDER BY customer_id
