-- group_exposure: how much of ours is at risk with each group, and how good are its members?
--
-- A group is everybody under one ultimate parent; a legal party in two systems is one party. The group shows the
-- members' grades and overwrites nobody's. Its limit is the gate's: what each party was given, once, up to the policy's
-- cap.
--
-- Grain: one row per policy and group of more than one customer. Key: policy_id, group_id.
-- Requirements: A0.1 Words; I4, I5, I22; R4-108; C9.
--
-- Columns
--   policy_id              VARCHAR        the policy
--   group_id               VARCHAR        the ultimate parent: a customer, or the source's own number
--   is_active              BOOLEAN        the policy the book is run under
--   group_name             VARCHAR        the parent's name, of a parent we do not sell to as the source writes it; NULL: nobody says
--   customer_cnt           BIGINT         customers in the group
--   party_cnt              BIGINT         legal parties in the group
--   is_circular            BOOLEAN        its parents own each other in a circle
--   base_currency          VARCHAR        of the amounts
--   exposure_amount        DECIMAL(28,2)  of all members; NULL: a member's is unknown (no_fx)
--   uncovered_exposure     DECIMAL(28,2)  of it, what only the members stand for; NULL: as exposure_amount
--   limit_amount           DECIMAL(28,2)  the group's limit; NULL: a member has none
--   utilisation            DECIMAL(18,6)  fraction exposure / limit, to read; NULL: no limit, limit 0, no_fx
--   is_over_limit          BOOLEAN        exposure above the limit; NULL: unknown
--   worst_grade            VARCHAR        the worst final grade of a member; NR: none has one
--   weighted_grade         VARCHAR        the members' grades weighed by exposure, half a notch to the worse; NULL: see weighted_points
--   weighted_points        DECIMAL(18,6)  the same, A 1 to D 4; NULL: no graded member has an exposure
--   unrated_exposure       DECIMAL(28,2)  exposure of members without a grade, in no mean; NULL: as exposure_amount
--   worst_customer_id      VARCHAR        the member with the worst grade, of several the largest exposure

WITH

member AS (
  SELECT
    credit_limit.policy_id,
    credit_limit.is_active,
    customer_group.group_id,
    customer_group.party_id,
    customer_group.is_circular,
    credit_limit.customer_id,
    credit_limit.base_currency,
    exposure.exposure_amount,
    exposure.uncovered_exposure,
    credit_limit.group_limit_amount,
    CASE credit_limit.final_grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 END
      AS grade_no
  FROM terms.credit_limit
  JOIN measure.customer_group ON customer_group.customer_id = credit_limit.customer_id
  JOIN measure.exposure ON exposure.customer_id = credit_limit.customer_id
  WHERE customer_group.group_customer_cnt > 1
),

ranked AS (
  SELECT
    policy_id, group_id, customer_id,
    ROW_NUMBER() OVER (
      PARTITION BY policy_id, group_id
      ORDER BY COALESCE(grade_no, 0) DESC, exposure_amount DESC NULLS LAST, customer_id
    ) AS place
  FROM member
),

summed AS (
  SELECT
    policy_id,
    group_id,
    MAX(CASE WHEN is_active THEN 1 ELSE 0 END) = 1 AS is_active,
    COUNT(*) AS customer_cnt,
    COUNT(DISTINCT party_id) AS party_cnt,
    MAX(CASE WHEN is_circular THEN 1 ELSE 0 END) = 1 AS is_circular,
    MIN(base_currency) AS base_currency,
    COUNT(exposure_amount) = COUNT(*) AS is_known,
    SUM(exposure_amount) AS exposure_amount,
    SUM(uncovered_exposure) AS uncovered_exposure,
    MAX(group_limit_amount) AS limit_amount,
    MAX(grade_no) AS worst_no,
    COALESCE(SUM(CASE WHEN grade_no IS NULL THEN exposure_amount END), 0) AS unrated_exposure,
    SUM(CASE WHEN grade_no IS NOT NULL THEN exposure_amount END) AS rated_exposure,
    SUM(grade_no * exposure_amount) AS weighed_exposure
  FROM member
  GROUP BY policy_id, group_id
),

-- A holding is seldom a customer: people know it by the name that came with its number.
named AS (
  SELECT
    parent_id,
    parent_name,
    ROW_NUMBER() OVER (
      PARTITION BY parent_id ORDER BY valid_from DESC NULLS LAST, parent_name, customer_id
    ) AS place
  FROM current.group_member
  WHERE NOT is_deleted AND parent_name IS NOT NULL
)

SELECT
  summed.policy_id,
  summed.group_id,
  summed.is_active,
  COALESCE(customer.customer_name, named.parent_name) AS group_name,
  summed.customer_cnt,
  summed.party_cnt,
  summed.is_circular,
  summed.base_currency,
  CASE WHEN summed.is_known THEN summed.exposure_amount END AS exposure_amount,
  CASE WHEN summed.is_known THEN summed.uncovered_exposure END AS uncovered_exposure,
  summed.limit_amount,
  CASE WHEN summed.is_known
    THEN TRY_CAST(
      TRY_CAST(summed.exposure_amount / NULLIF(summed.limit_amount, 0) AS DECIMAL(28, 10))
      AS DECIMAL(18, 6))
  END AS utilisation,
  CASE WHEN summed.is_known THEN summed.exposure_amount > summed.limit_amount END AS is_over_limit,
  CASE summed.worst_no WHEN 1 THEN 'A' WHEN 2 THEN 'B' WHEN 3 THEN 'C' WHEN 4 THEN 'D' ELSE 'NR' END
    AS worst_grade,
  CASE
    WHEN NOT summed.is_known OR COALESCE(summed.rated_exposure, 0) = 0 THEN NULL
    WHEN 2 * summed.weighed_exposure < 3 * summed.rated_exposure THEN 'A'
    WHEN 2 * summed.weighed_exposure < 5 * summed.rated_exposure THEN 'B'
    WHEN 2 * summed.weighed_exposure < 7 * summed.rated_exposure THEN 'C'
    ELSE 'D'
  END AS weighted_grade,
  CASE WHEN summed.is_known
    THEN CAST(CAST(summed.weighed_exposure / NULLIF(summed.rated_exposure, 0) AS DECIMAL(28, 10))
      AS DECIMAL(18, 6))
  END AS weighted_points,
  CASE WHEN summed.is_known THEN summed.unrated_exposure END AS unrated_exposure,
  ranked.customer_id AS worst_customer_id
FROM summed
LEFT JOIN core.customer ON customer.customer_id = summed.group_id
LEFT JOIN named ON named.parent_id = summed.group_id AND named.place = 1
LEFT JOIN ranked
  ON ranked.policy_id = summed.policy_id AND ranked.group_id = summed.group_id AND ranked.place = 1
ORDER BY policy_id, group_id
