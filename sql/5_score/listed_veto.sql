-- listed_veto: which public listings bar which customers, under each policy?
--
-- Certain ones alone: matched by a number, or accepted by a person. A veto ends when the listing ends. A live
-- override lifts those that it names and no other.
--
-- Grain: one row per policy, customer and veto. Key: policy_id, customer_id, veto.
-- Requirements: R4-G6; A0.1 Order of precedence.
--
-- Columns
--   policy_id    VARCHAR  the policy
--   customer_id  VARCHAR  the customer
--   veto         VARCHAR  dishonest: 失信被执行人; bankruptcy: accepted; revoked: 吊销; deregistered: 注销 [R4-G6]
--   record       VARCHAR  the record that says so
--   is_lifted    BOOLEAN  a live override names it
--   override_id  VARCHAR  that override; NULL: none

WITH

listed AS (
  SELECT customer_id, 'dishonest' AS veto, dishonest_record AS record
  FROM indicator.legal
  WHERE dishonest_record IS NOT NULL
  UNION ALL
  SELECT customer_id, 'bankruptcy', bankruptcy_record
  FROM indicator.legal
  WHERE bankruptcy_record IS NOT NULL
  UNION ALL
  SELECT customer_id, 'revoked', revoked_record
  FROM indicator.legal
  WHERE revoked_record IS NOT NULL
  UNION ALL
  SELECT customer_id, 'deregistered', deregistered_record
  FROM indicator.legal
  WHERE deregistered_record IS NOT NULL
),

live AS (
  SELECT override_id, customer_id, lifts_veto FROM core.grade_override WHERE is_live
)

SELECT
  rule.policy_id,
  listed.customer_id,
  listed.veto,
  listed.record,
  live.override_id IS NOT NULL AS is_lifted,
  live.override_id
FROM listed
JOIN policy.rule
  ON (listed.veto = 'dishonest' AND rule.veto_dishonest)
  OR (listed.veto = 'bankruptcy' AND rule.veto_bankruptcy)
  OR (listed.veto = 'revoked' AND rule.veto_revoked)
  OR (listed.veto = 'deregistered' AND rule.veto_deregistered)
LEFT JOIN live
  ON live.customer_id = listed.customer_id
  AND live.lifts_veto LIKE '%,' || listed.veto || ',%'
ORDER BY policy_id, customer_id, veto
