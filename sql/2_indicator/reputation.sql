-- reputation: what does its market say of each customer?
--
-- Only findings that matching accepted, of the last 36 months: an older opinion is about another company.
-- Of each provider its newest finding of a kind counts, weighed by the answers behind it (one, where it does
-- not say). Points are put on 0 to 100, 100 best, by the scale each finding states; a score without a scale
-- is no points. A partner's rating in a trade reference is a partner's review.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-90, R1-20, R1-21, R1-40, R1-41, R2-04, R3-70; A9.
--
-- Columns
--   customer_id         VARCHAR        the customer
--   reputation_score    DECIMAL(18,6)  points 0 to 100, mean of the kinds there are, one kind one vote; NULL: none has points [R0-90]
--   reputation_kind_cnt BIGINT         kinds in that mean: customer and partner reviews, satisfaction, brand, quality, press
--   reputation_date     DATE           the newest finding in it; NULL: none
--   review_avg          DECIMAL(18,6)  points 0 to 100, reviews by its customers; NULL: none [R1-40]
--   review_n            BIGINT         reviews behind review_avg [R1-40]
--   review_date         DATE           the newest of them; NULL: none
--   partner_review_avg  DECIMAL(18,6)  points 0 to 100, reviews by its partners and trade references; NULL: none [R1-40]
--   partner_review_n    BIGINT         reviews behind partner_review_avg
--   partner_review_date DATE           the newest of them; NULL: none
--   cust_sat            DECIMAL(18,6)  points 0 to 100, how satisfied its customers are; NULL: none [R1-20, R1-41]
--   cust_sat_n          BIGINT         answers behind cust_sat
--   cust_sat_date       DATE           the newest of them; NULL: none
--   brand_score         DECIMAL(18,6)  points 0 to 100, how strong its brand is; NULL: none [R1-21]
--   brand_n             BIGINT         answers behind brand_score
--   brand_date          DATE           the newest of them; NULL: none
--   quality_score       DECIMAL(18,6)  points 0 to 100, how good its products are; NULL: none [R1-21]
--   quality_n           BIGINT         answers behind quality_score
--   quality_date        DATE           the newest of them; NULL: none
--   outlook_score       DECIMAL(18,6)  points 0 to 100, where its market position is going; NULL: none [R2-04]
--   outlook_n           BIGINT         answers behind outlook_score
--   outlook_date        DATE           the newest of them; NULL: none
--   mkt_share           DECIMAL(18,6)  fraction, its part of its market as last stated; NULL: not stated [R1-20, R1-21]
--   mkt_share_date      DATE           the day it was stated; NULL: not stated
--   award_cnt           BIGINT         awards in 36 months, of the provider that knows most; NULL: nothing is known of it [R1-40]
--   award_date          DATE           the newest award or count of them; NULL: none
--   press_score         DECIMAL(18,6)  points 0 to 100, mean of what the press wrote in 12 months; NULL: nothing rated [R0-90]
--   press_cnt_12m       BIGINT         reports in the press in 12 months, rated or not; NULL: nothing is known of it
--   press_date          DATE           the newest of them; NULL: none
--   finding_cnt         BIGINT         findings that count: of each source and kind the newest, every award and report of 36 months
--   null_reason         VARCHAR        not_connected, no_finding, only_old_findings; NULL: there is a finding

WITH

night AS (
  SELECT
    book.window_start,
    book.months_36_start,
    (SELECT COUNT(*) FROM current.reputation WHERE NOT is_deleted)
      + (SELECT COUNT(*) FROM current.trade_reference WHERE NOT is_deleted AND rating IS NOT NULL)
      AS finding_cnt
  FROM policy.book
),

finding AS (
  SELECT
    accepted.customer_id,
    reputation.kind,
    reputation.provider,
    reputation.record_id,
    reputation.reported_on,
    reputation.market_share,
    reputation.answers,
    accepted.record_key,
    CASE
      WHEN reputation.score BETWEEN LEAST(reputation.score_min, reputation.score_max)
        AND GREATEST(reputation.score_min, reputation.score_max)
        THEN TRY_CAST(
          (CAST(reputation.score AS DECIMAL(28, 6)) - reputation.score_min) * 100
          / NULLIF(CAST(reputation.score_max AS DECIMAL(28, 6)) - reputation.score_min, 0)
        AS DECIMAL(28, 10))
    END AS points
  FROM match.record_link AS accepted
  JOIN current.reputation AS reputation
    ON accepted.record_key = reputation.provider || '|' || reputation.record_id || '|'
      || reputation.kind || '|' || COALESCE(reputation.customer_id, '')
  WHERE accepted.state = 'accepted' AND accepted.record_kind = 'reputation'
    AND NOT reputation.is_deleted AND reputation.reported_on <= CAST(:as_of AS DATE)
  UNION ALL
  SELECT
    customer_id,
    'partner_review',
    'reference:' || referee,
    reference_id,
    given_on,
    CAST(NULL AS DECIMAL(9, 6)),
    1,
    reference_id,
    CAST((rating - 1) * 100 / CAST(4 AS DECIMAL(18, 2)) AS DECIMAL(28, 10))
  FROM current.trade_reference
  WHERE NOT is_deleted AND rating IS NOT NULL AND given_on <= CAST(:as_of AS DATE)
),

-- Of a kind a provider's newest usable finding speaks. Press and awards are events and all count, each once:
-- the same document may have been found while asking about two customers of one legal party.
opinion AS (
  SELECT
    finding.*,
    ROW_NUMBER() OVER (
      PARTITION BY finding.customer_id, finding.kind, finding.provider
      ORDER BY
        CASE WHEN COALESCE(finding.points, finding.market_share) IS NULL THEN 2 ELSE 1 END,
        finding.reported_on DESC,
        finding.record_key
    ) AS place
  FROM finding
  CROSS JOIN night
  WHERE finding.kind NOT IN ('press', 'award') AND finding.reported_on > night.months_36_start
),

event AS (
  SELECT
    finding.*,
    finding.reported_on > night.window_start AS is_recent,
    ROW_NUMBER() OVER (
      PARTITION BY finding.customer_id, finding.kind, finding.provider, finding.record_id
      ORDER BY finding.record_key
    ) AS place
  FROM finding
  CROSS JOIN night
  WHERE finding.kind IN ('press', 'award') AND finding.reported_on > night.months_36_start
),

counting AS (
  SELECT customer_id, kind, points, reported_on, GREATEST(COALESCE(answers, 1), 1) AS answers
  FROM opinion
  WHERE place = 1 AND points IS NOT NULL
  UNION ALL
  SELECT customer_id, kind, points, reported_on, 1
  FROM event
  WHERE place = 1 AND kind = 'press' AND is_recent AND points IS NOT NULL
),

scored AS (
  SELECT
    customer_id,
    kind,
    SUM(answers) AS answer_cnt,
    MAX(reported_on) AS newest_date,
    CAST(CAST(
      SUM(points * CAST(answers AS DECIMAL(10, 0))) / NULLIF(CAST(SUM(answers) AS DECIMAL(18, 2)), 0)
    AS DECIMAL(28, 10)) AS DECIMAL(18, 10)) AS points
  FROM counting
  GROUP BY customer_id, kind
),

kinds AS (
  SELECT
    customer_id,
    SUM(CASE WHEN kind <> 'outlook' AND kind <> 'award' AND kind <> 'market_share' THEN points END)
      AS points_sum,
    COUNT(CASE WHEN kind <> 'outlook' AND kind <> 'award' AND kind <> 'market_share' THEN points END)
      AS kind_cnt,
    MAX(CASE WHEN kind <> 'outlook' AND kind <> 'award' AND kind <> 'market_share' THEN newest_date END)
      AS newest_date,
    MAX(CASE WHEN kind = 'customer_review' THEN points END) AS review_points,
    MAX(CASE WHEN kind = 'customer_review' THEN answer_cnt END) AS review_n,
    MAX(CASE WHEN kind = 'customer_review' THEN newest_date END) AS review_date,
    MAX(CASE WHEN kind = 'partner_review' THEN points END) AS partner_points,
    MAX(CASE WHEN kind = 'partner_review' THEN answer_cnt END) AS partner_n,
    MAX(CASE WHEN kind = 'partner_review' THEN newest_date END) AS partner_date,
    MAX(CASE WHEN kind = 'customer_satisfaction' THEN points END) AS sat_points,
    MAX(CASE WHEN kind = 'customer_satisfaction' THEN answer_cnt END) AS sat_n,
    MAX(CASE WHEN kind = 'customer_satisfaction' THEN newest_date END) AS sat_date,
    MAX(CASE WHEN kind = 'brand' THEN points END) AS brand_points,
    MAX(CASE WHEN kind = 'brand' THEN answer_cnt END) AS brand_n,
    MAX(CASE WHEN kind = 'brand' THEN newest_date END) AS brand_date,
    MAX(CASE WHEN kind = 'quality' THEN points END) AS quality_points,
    MAX(CASE WHEN kind = 'quality' THEN answer_cnt END) AS quality_n,
    MAX(CASE WHEN kind = 'quality' THEN newest_date END) AS quality_date,
    MAX(CASE WHEN kind = 'outlook' THEN points END) AS outlook_points,
    MAX(CASE WHEN kind = 'outlook' THEN answer_cnt END) AS outlook_n,
    MAX(CASE WHEN kind = 'outlook' THEN newest_date END) AS outlook_date,
    MAX(CASE WHEN kind = 'press' THEN points END) AS press_points
  FROM scored
  GROUP BY customer_id
),

-- A survey that counts awards says how many there are; one row an award is one.
provider_awards AS (
  SELECT
    customer_id,
    provider,
    COUNT(CASE WHEN answers IS NULL THEN record_id END) AS single_cnt,
    MAX(CASE WHEN answer_place = 1 THEN answers END) AS stated_cnt,
    MAX(CASE WHEN answers > 0 OR answers IS NULL THEN reported_on END) AS newest_date
  FROM (
    SELECT
      customer_id, provider, record_id, answers, reported_on,
      ROW_NUMBER() OVER (
        PARTITION BY customer_id, provider
        ORDER BY CASE WHEN answers IS NULL THEN 2 ELSE 1 END, reported_on DESC, record_key
      ) AS answer_place
    FROM event
    WHERE kind = 'award' AND place = 1
  ) AS award
  GROUP BY customer_id, provider
),

awards AS (
  SELECT
    customer_id,
    MAX(single_cnt + COALESCE(stated_cnt, 0)) AS award_cnt,
    MAX(newest_date) AS newest_date
  FROM provider_awards
  GROUP BY customer_id
),

market AS (
  SELECT
    customer_id,
    market_share,
    reported_on,
    ROW_NUMBER() OVER (
      PARTITION BY customer_id ORDER BY reported_on DESC, provider, record_key
    ) AS place
  FROM opinion
  WHERE place = 1 AND kind = 'market_share' AND market_share IS NOT NULL
),

known AS (
  SELECT
    customer_id,
    COUNT(*) AS finding_cnt,
    COUNT(CASE WHEN kind = 'press' AND is_recent THEN 1 END) AS press_cnt,
    MAX(CASE WHEN kind = 'press' AND is_recent THEN reported_on END) AS press_date
  FROM (
    SELECT customer_id, kind, reported_on, FALSE AS is_recent FROM opinion WHERE place = 1
    UNION ALL
    SELECT customer_id, kind, reported_on, is_recent FROM event WHERE place = 1
  ) AS counted
  GROUP BY customer_id
),

means AS (
  SELECT
    kinds.*,
    CAST(CAST(points_sum / NULLIF(CAST(kind_cnt AS DECIMAL(18, 2)), 0) AS DECIMAL(28, 10))
      AS DECIMAL(18, 10)) AS mean_points
  FROM kinds
),

ever AS (
  SELECT DISTINCT customer_id FROM finding
)

SELECT
  customer.customer_id,
  CAST(kinds.mean_points AS DECIMAL(18, 6)) AS reputation_score,
  COALESCE(kinds.kind_cnt, 0) AS reputation_kind_cnt,
  kinds.newest_date AS reputation_date,
  CAST(kinds.review_points AS DECIMAL(18, 6)) AS review_avg,
  COALESCE(kinds.review_n, 0) AS review_n,
  kinds.review_date,
  CAST(kinds.partner_points AS DECIMAL(18, 6)) AS partner_review_avg,
  COALESCE(kinds.partner_n, 0) AS partner_review_n,
  kinds.partner_date AS partner_review_date,
  CAST(kinds.sat_points AS DECIMAL(18, 6)) AS cust_sat,
  COALESCE(kinds.sat_n, 0) AS cust_sat_n,
  kinds.sat_date AS cust_sat_date,
  CAST(kinds.brand_points AS DECIMAL(18, 6)) AS brand_score,
  COALESCE(kinds.brand_n, 0) AS brand_n,
  kinds.brand_date,
  CAST(kinds.quality_points AS DECIMAL(18, 6)) AS quality_score,
  COALESCE(kinds.quality_n, 0) AS quality_n,
  kinds.quality_date,
  CAST(kinds.outlook_points AS DECIMAL(18, 6)) AS outlook_score,
  COALESCE(kinds.outlook_n, 0) AS outlook_n,
  kinds.outlook_date,
  CAST(market.market_share AS DECIMAL(18, 6)) AS mkt_share,
  market.reported_on AS mkt_share_date,
  CASE WHEN known.customer_id IS NOT NULL THEN COALESCE(awards.award_cnt, 0) END AS award_cnt,
  awards.newest_date AS award_date,
  CAST(kinds.press_points AS DECIMAL(18, 6)) AS press_score,
  known.press_cnt AS press_cnt_12m,
  known.press_date,
  COALESCE(known.finding_cnt, 0) AS finding_cnt,
  CASE
    WHEN known.customer_id IS NOT NULL THEN NULL
    WHEN night.finding_cnt = 0 THEN 'not_connected'
    WHEN ever.customer_id IS NOT NULL THEN 'only_old_findings'
    ELSE 'no_finding'
  END AS null_reason
FROM core.customer AS customer
CROSS JOIN night
LEFT JOIN means AS kinds ON kinds.customer_id = customer.customer_id
LEFT JOIN awards ON awards.customer_id = customer.customer_id
LEFT JOIN market ON market.customer_id = customer.customer_id AND market.place = 1
LEFT JOIN known ON known.customer_id = customer.customer_id
LEFT JOIN ever ON ever.customer_id = customer.customer_id
ORDER BY customer_id
