-- expert_round: do the experts of each round agree on which factor is better and which is worse?
--
-- Kendall's W with the tie term, over the experts who scored every factor of the round: 0 no agreement, 1 all
-- rank alike. Ranks are doubled, so that a shared place is a whole number: W = 3A / nD with A = n times the sum
-- of squared doubled rank sums less their squared sum, D = m²(n³ - n) - m times the sum of ties' t³ - t. The
-- p-value is the upper tail of chi-square with n - 1 degrees of freedom, by the series of the incomplete gamma
-- function; for few experts it is an approximation.
--
-- Grain: one row per customer, panel and round. Key: customer_id, panel, round_no.
-- Requirements: R4-E1; C15.
--
-- Columns
--   customer_id       VARCHAR        whom the panel judged
--   panel             VARCHAR        the inquiry the rounds belong to
--   round_no          INTEGER        the round as numbered
--   rounds_back       INTEGER        rounds held after it; 0: the last one
--   expert_cnt        BIGINT         experts who voted
--   factor_cnt        BIGINT         factors that were judged
--   whole_ballot_cnt  BIGINT         experts who scored every factor: W rests on them
--   w                 DECIMAL(18,6)  Kendall's W, 0 to 1; NULL: fewer than two whole ballots or factors, or all tied
--   w_chi2            DECIMAL(18,6)  chi-square of W; NULL: as w
--   w_df              INTEGER        its degrees of freedom; NULL: as w
--   w_p               DECIMAL(18,6)  probability of such a W by chance; NULL: as w
--   w_reason          VARCHAR        why w is NULL: too_few_ballots, all_tied; NULL: there is one
--   voted_on          DATE           the last vote

WITH

vote AS (
  SELECT customer_id, panel, round_no, expert_id, factor, rounds_back, score, voted_on
  FROM event.expert_ballot
  WHERE NOT (is_stale AND rounds_back = 0)
),

held AS (
  SELECT
    customer_id,
    panel,
    round_no,
    MAX(rounds_back) AS rounds_back,
    COUNT(DISTINCT expert_id) AS expert_cnt,
    COUNT(DISTINCT factor) AS factor_cnt,
    MAX(voted_on) AS voted_on
  FROM vote
  GROUP BY customer_id, panel, round_no
),

ballot AS (
  SELECT customer_id, panel, round_no, expert_id, COUNT(*) AS scored_cnt
  FROM vote
  GROUP BY customer_id, panel, round_no, expert_id
),

placed AS (
  SELECT
    vote.customer_id,
    vote.panel,
    vote.round_no,
    vote.expert_id,
    vote.factor,
    vote.score,
    ROW_NUMBER() OVER (
      PARTITION BY vote.customer_id, vote.panel, vote.round_no, vote.expert_id
      ORDER BY vote.score, vote.factor
    ) AS place
  FROM vote
  JOIN held
    ON held.customer_id = vote.customer_id
      AND held.panel = vote.panel
      AND held.round_no = vote.round_no
  JOIN ballot
    ON ballot.customer_id = vote.customer_id
      AND ballot.panel = vote.panel
      AND ballot.round_no = vote.round_no
      AND ballot.expert_id = vote.expert_id
      AND ballot.scored_cnt = held.factor_cnt
),

-- Equal scores share the mean of their places; each of t equal ones brings t² - 1 of their t³ - t.
ranked AS (
  SELECT
    customer_id,
    panel,
    round_no,
    factor,
    MIN(place) OVER (PARTITION BY customer_id, panel, round_no, expert_id, score)
    + MAX(place) OVER (PARTITION BY customer_id, panel, round_no, expert_id, score) AS twice_rank,
    COUNT(*) OVER (PARTITION BY customer_id, panel, round_no, expert_id, score) AS tied_cnt
  FROM placed
),

rank_sum AS (
  SELECT
    customer_id,
    panel,
    round_no,
    factor,
    COUNT(*) AS ballot_cnt,
    CAST(SUM(twice_rank) AS BIGINT) AS twice_ranks,
    CAST(SUM(tied_cnt * tied_cnt - 1) AS BIGINT) AS ties
  FROM ranked
  GROUP BY customer_id, panel, round_no, factor
),

ranks AS (
  SELECT
    customer_id,
    panel,
    round_no,
    COUNT(*) AS factor_cnt,
    MAX(ballot_cnt) AS ballot_cnt,
    CAST(SUM(twice_ranks * twice_ranks) AS BIGINT) AS square_sum,
    CAST(SUM(twice_ranks) AS BIGINT) AS rank_total,
    CAST(SUM(ties) AS BIGINT) AS ties
  FROM rank_sum
  GROUP BY customer_id, panel, round_no
),

parts AS (
  SELECT
    customer_id,
    panel,
    round_no,
    factor_cnt,
    ballot_cnt,
    3 * (factor_cnt * square_sum - rank_total * rank_total) AS above,
    factor_cnt * (
      ballot_cnt * ballot_cnt * (factor_cnt * factor_cnt * factor_cnt - factor_cnt)
      - ballot_cnt * ties
    ) AS below
  FROM ranks
),

agreed AS (
  SELECT
    customer_id,
    panel,
    round_no,
    ballot_cnt,
    CAST(above / CAST(NULLIF(below, 0) AS DECIMAL(18, 0)) AS DECIMAL(28, 10)) AS w,
    CAST(ballot_cnt * (factor_cnt - 1) * above / CAST(NULLIF(below, 0) AS DECIMAL(18, 0))
      AS DECIMAL(28, 10)) AS chi2,
    factor_cnt - 1 AS df
  FROM parts
  WHERE ballot_cnt >= 2 AND factor_cnt >= 2
),

digit AS (
  SELECT 0 AS n
  UNION ALL SELECT 1
  UNION ALL SELECT 2
  UNION ALL SELECT 3
  UNION ALL SELECT 4
  UNION ALL SELECT 5
  UNION ALL SELECT 6
  UNION ALL SELECT 7
  UNION ALL SELECT 8
  UNION ALL SELECT 9
),

-- x = ½, 1½, 2½ … for odd degrees of freedom, 1, 2, 3 … for even ones; the logarithm of gamma(x + 1) is the
-- sum of the logarithms so far, and of the root of pi where x is a half.
step AS (
  SELECT
    parity.n AS odd,
    CAST(100 * hundred.n + 10 * ten.n + one.n + 1 AS DECIMAL(6, 1))
    - CAST(0.5 AS DECIMAL(2, 1)) * parity.n AS x
  FROM digit AS hundred
  CROSS JOIN digit AS ten
  CROSS JOIN digit AS one
  CROSS JOIN digit AS parity
  WHERE parity.n <= 1
),

log_gamma AS (
  SELECT
    odd,
    x,
    CAST(0.572364942924700 AS DECIMAL(18, 15)) * odd
    + SUM(CAST(LN(x) AS DECIMAL(18, 15))) OVER (
      PARTITION BY odd ORDER BY x ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS log_gamma
  FROM step
),

asked AS (
  SELECT DISTINCT chi2, df
  FROM agreed
  WHERE chi2 > 0 AND chi2 <= 900
),

lower_tail AS (
  SELECT
    asked.chi2,
    asked.df,
    SUM(CAST(EXP(
      log_gamma.x * LN(CAST(0.5 AS DECIMAL(2, 1)) * asked.chi2)
      - CAST(0.5 AS DECIMAL(2, 1)) * asked.chi2 - log_gamma.log_gamma
    ) AS DECIMAL(18, 15))) AS lower_tail
  FROM asked
  JOIN log_gamma
    ON log_gamma.odd = MOD(asked.df, 2)
      AND 2 * log_gamma.x >= asked.df
      AND log_gamma.x <= asked.chi2 + 60
  GROUP BY asked.chi2, asked.df
)

SELECT
  held.customer_id,
  held.panel,
  held.round_no,
  held.rounds_back,
  held.expert_cnt,
  held.factor_cnt,
  COALESCE(parts.ballot_cnt, 0) AS whole_ballot_cnt,
  CAST(agreed.w AS DECIMAL(18, 6)) AS w,
  CAST(agreed.chi2 AS DECIMAL(18, 6)) AS w_chi2,
  CASE WHEN agreed.w IS NOT NULL THEN agreed.df END AS w_df,
  CASE
    WHEN agreed.chi2 = 0 THEN 1
    WHEN agreed.chi2 > 900 THEN 0
    WHEN agreed.chi2 > 0 THEN CAST(GREATEST(1 - lower_tail.lower_tail, 0) AS DECIMAL(18, 6))
  END AS w_p,
  CASE
    WHEN agreed.ballot_cnt IS NULL THEN 'too_few_ballots'
    WHEN agreed.w IS NULL THEN 'all_tied'
  END AS w_reason,
  held.voted_on
FROM held
LEFT JOIN parts
  ON parts.customer_id = held.customer_id
    AND parts.panel = held.panel
    AND parts.round_no = held.round_no
LEFT JOIN agreed
  ON agreed.customer_id = held.customer_id
    AND agreed.panel = held.panel
    AND agreed.round_no = held.round_no
LEFT JOIN lower_tail
  ON lower_tail.chi2 = agreed.chi2 AND lower_tail.df = agreed.df
ORDER BY customer_id, panel, round_no
