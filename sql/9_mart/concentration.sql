-- concentration: does too much rest on too few?
--
-- Shares of the exposure by legal party and by group (measure.customer_group), before and after what credit insurance
-- would pay. Exposure is what counts against limits (measure.exposure); who has none is no party here, and a customer whose
-- exposure is not known for want of a rate is counted apart. The lines are the active policy's.
--
-- Grain: one row per level and basis. Key: level, basis.
-- Requirements: C9; R4-44, R4-108; EW13; Q22; I4.
--
-- Columns
--   level                  VARCHAR        customer: legal parties; group: ultimate parents
--   basis                  VARCHAR        gross; net: less what insurance would pay
--   base_currency          VARCHAR        of the amounts; NULL: nothing was ever billed
--   party_cnt              BIGINT         parties with an exposure
--   unknown_customer_cnt   BIGINT         customers whose exposure is not known: no_fx
--   exposure_amount        DECIMAL(28,2)  all of it that is known
--   hhi                    DECIMAL(18,4)  0 to 10,000, sum of squared percentages; NULL: nothing exposed [C9, R4-108]
--   hhi_exposure           DECIMAL(18,6)  the same as a fraction; NULL: nothing exposed
--   effective_number       DECIMAL(18,6)  so many equal parties would concentrate as much; NULL: nothing exposed
--   hhi_normalised         DECIMAL(18,6)  fraction, 0 equal shares, 1 all on one; NULL: fewer than two parties
--   top_1_share            DECIMAL(18,6)  fraction on the largest; NULL: nothing exposed
--   top_3_share            DECIMAL(18,6)  fraction on the three largest; NULL: nothing exposed
--   top_5_share            DECIMAL(18,6)  fraction on the five largest; NULL: nothing exposed
--   gini                   DECIMAL(18,6)  0 equal to nearly 1; NULL: nothing exposed
--   largest_id             VARCHAR        the largest party or group; NULL: nothing exposed
--   largest_amount         DECIMAL(28,2)  its exposure
--   single_over_line_cnt   BIGINT         parties at or over the policy's line for one
--   is_single_over_line    BOOLEAN        there is such a party
--   is_top_five_over_line  BOOLEAN        the five largest reach the policy's line
--   hhi_band               VARCHAR        low, middle, high by the policy's lines; NULL: nothing exposed
--   concentration_alert    BOOLEAN        either line is reached [R4-108, EW13]

WITH

member AS (
  SELECT
    customer_group.party_id,
    customer_group.group_id,
    exposure.exposure_amount AS gross_amount,
    exposure.uninsured_exposure AS net_amount
  FROM measure.customer_group
  JOIN measure.exposure ON exposure.customer_id = customer_group.customer_id
),

party AS (
  SELECT 'customer' AS level, 'gross' AS basis, party_id AS party_id, SUM(gross_amount) AS amount
  FROM member GROUP BY party_id
  UNION ALL
  SELECT 'customer', 'net', party_id, SUM(net_amount) FROM member GROUP BY party_id
  UNION ALL
  SELECT 'group', 'gross', group_id, SUM(gross_amount) FROM member GROUP BY group_id
  UNION ALL
  SELECT 'group', 'net', group_id, SUM(net_amount) FROM member GROUP BY group_id
),

placed AS (
  SELECT
    level, basis, party_id, CAST(amount AS DECIMAL(28, 2)) AS amount,
    SUM(amount) OVER (PARTITION BY level, basis) AS total_amount,
    ROW_NUMBER() OVER (PARTITION BY level, basis ORDER BY amount DESC, party_id) AS place,
    ROW_NUMBER() OVER (PARTITION BY level, basis ORDER BY amount, party_id) AS place_from_below
  FROM party
  WHERE amount > 0
),

active AS (
  SELECT portfolio.*
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  WHERE rule.is_active
),

-- Squares of sums in doubles would not come out alike: they are whole cents, twice as wide. A book beyond ten
-- trillion is squared in millions, beyond that in billions of billions, or they would be too wide.
scaled AS (
  SELECT
    placed.*,
    CAST(CAST(placed.amount / CASE
      WHEN placed.total_amount < 10000000000000 THEN 1
      WHEN placed.total_amount < 10000000000000000000 THEN 1000000
      ELSE 1000000000000000000
    END AS DECIMAL(28, 10)) AS DECIMAL(19, 2)) AS unit_amount
  FROM placed
),

summed AS (
  SELECT
    placed.level,
    placed.basis,
    COUNT(*) AS party_cnt,
    SUM(placed.amount) AS total_amount,
    SUM(placed.unit_amount) AS unit_total,
    SUM(placed.unit_amount * placed.unit_amount) AS square_amount,
    SUM(placed.amount * placed.place_from_below) AS ranked_amount,
    MAX(CASE WHEN placed.place = 1 THEN placed.party_id END) AS largest_id,
    SUM(CASE WHEN placed.place = 1 THEN placed.amount ELSE 0 END) AS top_1_amount,
    SUM(CASE WHEN placed.place <= 3 THEN placed.amount ELSE 0 END) AS top_3_amount,
    SUM(CASE WHEN placed.place <= 5 THEN placed.amount ELSE 0 END) AS top_5_amount,
    COUNT(*) FILTER (
      WHERE placed.amount >= active.single_from_share * CAST(placed.total_amount AS DECIMAL(28, 2))
    ) AS single_cnt
  FROM scaled AS placed
  CROSS JOIN active
  GROUP BY placed.level, placed.basis
),

cell AS (
  SELECT 'customer' AS level, 'gross' AS basis
  UNION ALL SELECT 'customer', 'net'
  UNION ALL SELECT 'group', 'gross'
  UNION ALL SELECT 'group', 'net'
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
),

unknown AS (
  SELECT COUNT(*) AS customer_cnt FROM member WHERE gross_amount IS NULL
),

wide AS (
  SELECT
    cell.level,
    cell.basis,
    COALESCE(summed.party_cnt, 0) AS party_cnt,
    COALESCE(summed.total_amount, 0) AS total_amount,
    CAST(summed.unit_total AS DECIMAL(19, 2)) * CAST(summed.unit_total AS DECIMAL(19, 2)) AS total_square,
    summed.square_amount,
    summed.ranked_amount,
    summed.largest_id,
    summed.top_1_amount,
    summed.top_3_amount,
    summed.top_5_amount,
    COALESCE(summed.single_cnt, 0) AS single_cnt
  FROM cell
  LEFT JOIN summed ON summed.level = cell.level AND summed.basis = cell.basis
)

SELECT
  wide.level,
  wide.basis,
  base.base_currency,
  wide.party_cnt,
  unknown.customer_cnt AS unknown_customer_cnt,
  wide.total_amount AS exposure_amount,
  CAST(CAST(wide.square_amount / NULLIF(wide.total_square, 0) * 10000 AS DECIMAL(28, 10)) AS DECIMAL(18, 4))
    AS hhi,
  CAST(CAST(wide.square_amount / NULLIF(wide.total_square, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS hhi_exposure,
  CAST(CAST(wide.total_square / NULLIF(wide.square_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS effective_number,
  CASE WHEN wide.party_cnt > 1 THEN
    CAST(CAST(
      (wide.party_cnt * wide.square_amount - wide.total_square)
      / NULLIF((wide.party_cnt - 1) * wide.total_square, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS hhi_normalised,
  CAST(CAST(wide.top_1_amount / NULLIF(wide.total_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS top_1_share,
  CAST(CAST(wide.top_3_amount / NULLIF(wide.total_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS top_3_share,
  CAST(CAST(wide.top_5_amount / NULLIF(wide.total_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS top_5_share,
  CAST(CAST(
    (2 * wide.ranked_amount - (wide.party_cnt + 1) * wide.total_amount)
    / NULLIF(wide.party_cnt * wide.total_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS gini,
  wide.largest_id,
  COALESCE(wide.top_1_amount, 0) AS largest_amount,
  wide.single_cnt AS single_over_line_cnt,
  wide.single_cnt > 0 AS is_single_over_line,
  COALESCE(wide.top_5_amount >= active.top_five_from_share * CAST(wide.total_amount AS DECIMAL(28, 2)), FALSE)
    AS is_top_five_over_line,
  CASE
    WHEN wide.party_cnt = 0 THEN NULL
    WHEN 10000 * wide.square_amount >= active.hhi_high_from * wide.total_square THEN 'high'
    WHEN 10000 * wide.square_amount >= active.hhi_middle_from * wide.total_square THEN 'middle'
    ELSE 'low'
  END AS hhi_band,
  wide.single_cnt > 0
  OR COALESCE(wide.top_5_amount >= active.top_five_from_share * CAST(wide.total_amount AS DECIMAL(28, 2)), FALSE)
    AS concentration_alert
FROM wide
CROSS JOIN active
CROSS JOIN base
CROSS JOIN unknown
ORDER BY level, basis
