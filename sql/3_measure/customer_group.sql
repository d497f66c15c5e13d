-- customer_group: which legal party is each customer, and which group does the party belong to?
--
-- Customers that matching took for one legal party are one. A group is everybody under one ultimate parent: of
-- several parents the one stated to be ultimate, else the one that holds most, else the latest; a parent that holds
-- no more than the policy's share controls nothing. A parent may be a customer, a number that exactly one customer
-- bears, or only a name of the source. Who owns each other in a circle is one group, named after the first of the
-- circle. Parents are followed 32 steps, further than any group goes.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: A0.1 Words; I4, I5; R4-108; C9.
--
-- Columns
--   customer_id        VARCHAR        the customer
--   party_id           VARCHAR        the customer number that stands for its legal party
--   parent_id          VARCHAR        the party's parent: a party, or the source's own number; NULL: nobody stated one
--   group_id           VARCHAR        the ultimate parent; the party itself when it has none
--   group_customer_cnt BIGINT         customers in the group
--   group_party_cnt    BIGINT         legal parties in the group; 1: it stands alone
--   is_circular        BOOLEAN        its parents own each other in a circle

WITH

customer AS (
  SELECT customer.customer_id, COALESCE(same.party_id, customer.customer_id) AS party_id
  FROM core.customer
  LEFT JOIN match.customer_link AS same
    ON same.customer_id = customer.customer_id AND same.state = 'accepted'
),

stated AS (
  SELECT
    group_member.customer_id, group_member.parent_id, group_member.share, group_member.valid_from,
    COALESCE(group_member.is_ultimate, FALSE) AS is_ultimate
  FROM current.group_member
  CROSS JOIN policy.terms
  WHERE terms.is_active
    AND NOT group_member.is_deleted
    AND COALESCE(group_member.valid_from, CAST(:as_of AS DATE)) <= CAST(:as_of AS DATE)
    AND COALESCE(group_member.valid_until, CAST(:as_of AS DATE)) >= CAST(:as_of AS DATE)
    AND COALESCE(group_member.share, 1) > terms.group_control_above
),

-- A number that two parties bear names neither.
numbered AS (
  SELECT party_identifier.value, MIN(customer.party_id) AS party_id
  FROM current.party_identifier
  JOIN customer ON customer.customer_id = party_identifier.customer_id
  WHERE NOT party_identifier.is_deleted
    AND party_identifier.scheme IN ('uscc', 'lei', 'duns', 'provider_id')
  GROUP BY party_identifier.value
  HAVING MIN(customer.party_id) = MAX(customer.party_id)
),

owned AS (
  SELECT
    customer.party_id,
    COALESCE(parent.party_id, numbered.party_id, stated.parent_id) AS parent_id,
    stated.is_ultimate, stated.share, stated.valid_from
  FROM stated
  JOIN customer ON customer.customer_id = stated.customer_id
  LEFT JOIN customer AS parent ON parent.customer_id = stated.parent_id
  LEFT JOIN numbered ON numbered.value = stated.parent_id
),

placed AS (
  SELECT
    party_id, parent_id,
    ROW_NUMBER() OVER (
      PARTITION BY party_id
      ORDER BY CASE WHEN is_ultimate THEN 0 ELSE 1 END, share DESC NULLS LAST,
        valid_from DESC NULLS LAST, parent_id
    ) AS place
  FROM owned
  WHERE parent_id <> party_id
),

-- Each step doubles the last: `lowest` is the first in order of all numbers on the way.
step_1 AS (
  SELECT party_id, parent_id AS reached_id, LEAST(party_id, parent_id) AS lowest
  FROM placed
  WHERE place = 1
),

step_2 AS (
  SELECT
    near.party_id,
    COALESCE(far.reached_id, near.reached_id) AS reached_id,
    LEAST(near.lowest, COALESCE(far.lowest, near.lowest)) AS lowest
  FROM step_1 AS near
  LEFT JOIN step_1 AS far ON far.party_id = near.reached_id
),

step_4 AS (
  SELECT
    near.party_id,
    COALESCE(far.reached_id, near.reached_id) AS reached_id,
    LEAST(near.lowest, COALESCE(far.lowest, near.lowest)) AS lowest
  FROM step_2 AS near
  LEFT JOIN step_2 AS far ON far.party_id = near.reached_id
),

step_8 AS (
  SELECT
    near.party_id,
    COALESCE(far.reached_id, near.reached_id) AS reached_id,
    LEAST(near.lowest, COALESCE(far.lowest, near.lowest)) AS lowest
  FROM step_4 AS near
  LEFT JOIN step_4 AS far ON far.party_id = near.reached_id
),

step_16 AS (
  SELECT
    near.party_id,
    COALESCE(far.reached_id, near.reached_id) AS reached_id,
    LEAST(near.lowest, COALESCE(far.lowest, near.lowest)) AS lowest
  FROM step_8 AS near
  LEFT JOIN step_8 AS far ON far.party_id = near.reached_id
),

step_32 AS (
  SELECT
    near.party_id,
    COALESCE(far.reached_id, near.reached_id) AS reached_id,
    LEAST(near.lowest, COALESCE(far.lowest, near.lowest)) AS lowest
  FROM step_16 AS near
  LEFT JOIN step_16 AS far ON far.party_id = near.reached_id
),

-- Who still has a parent after 32 steps stands in a circle, whose every number those 32 steps have met.
ended AS (
  SELECT
    step_32.party_id,
    COALESCE(circle.lowest, step_32.reached_id) AS group_id,
    circle.party_id IS NOT NULL AS is_circular
  FROM step_32
  LEFT JOIN step_32 AS circle ON circle.party_id = step_32.reached_id
),

grouped AS (
  SELECT
    customer.customer_id, customer.party_id, step_1.reached_id AS parent_id,
    COALESCE(ended.group_id, customer.party_id) AS group_id,
    COALESCE(ended.is_circular, FALSE) AS is_circular
  FROM customer
  LEFT JOIN step_1 ON step_1.party_id = customer.party_id
  LEFT JOIN ended ON ended.party_id = customer.party_id
),

counted AS (
  SELECT
    group_id, COUNT(*) AS group_customer_cnt, COUNT(DISTINCT party_id) AS group_party_cnt
  FROM grouped
  GROUP BY group_id
)

SELECT
  grouped.customer_id,
  grouped.party_id,
  grouped.parent_id,
  grouped.group_id,
  counted.group_customer_cnt,
  counted.group_party_cnt,
  grouped.is_circular
FROM grouped
JOIN counted ON counted.group_id = grouped.group_id
ORDER BY customer_id
