-- exposure_share: on whom does the book rest most?
--
-- The hundred largest legal parties and groups; mart.concentration sums up everybody.
--
-- Grain: one row per level, basis and party. Key: level, basis, place.
-- Requirements: C9; R4-108; EW13.
--
-- Columns
--   level              VARCHAR        customer: legal parties; group: ultimate parents
--   basis              VARCHAR        gross; net: less what insurance would pay
--   place              INTEGER        1 is the largest
--   party_id           VARCHAR        the customer number that stands for the party, or the group's
--   base_currency      VARCHAR        of the amounts
--   exposure_amount    DECIMAL(28,2)  its exposure
--   exposure_share     DECIMAL(18,6)  fraction of all exposure [C9]
--   cumulative_share   DECIMAL(18,6)  fraction of all exposure on it and those before it
--   is_over_line       BOOLEAN        it reaches the active policy's line for one party [EW13]

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
    SUM(amount) OVER (
      PARTITION BY level, basis ORDER BY amount DESC, party_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS cumulative_amount,
    ROW_NUMBER() OVER (PARTITION BY level, basis ORDER BY amount DESC, party_id) AS place
  FROM party
  WHERE amount > 0
),

active AS (
  SELECT portfolio.single_from_share
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  WHERE rule.is_active
),

base AS (
  SELECT MIN(base_currency) AS base_currency FROM event.currency
)

SELECT
  placed.level,
  placed.basis,
  placed.place,
  placed.party_id,
  base.base_currency,
  placed.amount AS exposure_amount,
  CAST(CAST(placed.amount / NULLIF(placed.total_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS exposure_share,
  CAST(CAST(placed.cumulative_amount / NULLIF(placed.total_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS cumulative_share,
  placed.amount >= active.single_from_share * CAST(placed.total_amount AS DECIMAL(28, 2)) AS is_over_line
FROM placed
CROSS JOIN active
CROSS JOIN base
WHERE placed.place <= 100
ORDER BY level, basis, place
