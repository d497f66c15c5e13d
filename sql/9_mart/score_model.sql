-- score_model: by which models were customers judged tonight, and where do their grades change?
--
-- The register of models (champion and challengers): the rules of the letters, the scorecard, the panel of experts
-- and the weights learnt from outcomes, where its scorecard has them, of every policy that the night was run under.
--
-- Grain: one row per policy and model. Key: policy_id, model.
-- Requirements: R1-72, R4-33, R4-37, R4-38, R4-39, R4-96.
--
-- Columns
--   policy_id       VARCHAR       the policy
--   policy_version  VARCHAR       its version [R4-96]
--   model           VARCHAR       letters, scorecard, experts or machine
--   is_champion     BOOLEAN       of the policy the book is run under; else a challenger beside it [R4-37]
--   method_code     VARCHAR       rule: hard rules; stat: weighted points; expert: a panel's votes; ml: weights learnt from outcomes [R4-33, R4-38]
--   model_id        VARCHAR       the scorecard's name; NULL: the model is the policy itself
--   model_version   VARCHAR       the scorecard's version, else the policy's
--   a_from          DECIMAL(9,4)  points from which it is an A; NULL: the model gives no points [R4-39]
--   b_from          DECIMAL(9,4)  the same of B
--   c_from          DECIMAL(9,4)  the same of C
--   min_coverage    DECIMAL(9,6)  fraction of the weight that must be known; below it is NR
--   indicator_cnt   BIGINT        indicators of its main score; of machine: of that

WITH

leaf AS (
  SELECT leaf.scorecard_id, leaf.node, COUNT(*) AS indicator_cnt
  FROM policy.leaf
  GROUP BY leaf.scorecard_id, leaf.node
),

standard AS (
  SELECT policy_id, scorecard_id
  FROM policy.segment
  WHERE segment = 'default'
),

model AS (
  SELECT policy_id, policy_version, is_active, 'letters' AS model, 'rule' AS method_code
  FROM policy.rule
  UNION ALL
  SELECT policy_id, policy_version, is_active, 'scorecard', 'stat'
  FROM policy.rule
  UNION ALL
  SELECT policy_id, policy_version, is_active, 'experts', 'expert'
  FROM policy.rule
  UNION ALL
  SELECT rule.policy_id, rule.policy_version, rule.is_active, 'machine', 'ml'
  FROM policy.rule
  JOIN standard ON standard.policy_id = rule.policy_id
  JOIN policy.node ON node.scorecard_id = standard.scorecard_id AND node.node = 'machine'
)

SELECT
  model.policy_id,
  model.policy_version,
  model.model,
  model.is_active AS is_champion,
  model.method_code,
  scorecard.scorecard_id AS model_id,
  COALESCE(scorecard.scorecard_version, model.policy_version) AS model_version,
  scorecard.a_from,
  scorecard.b_from,
  scorecard.c_from,
  scorecard.min_coverage,
  leaf.indicator_cnt
FROM model
LEFT JOIN standard
  ON standard.policy_id = model.policy_id AND model.model IN ('scorecard', 'machine')
LEFT JOIN policy.scorecard ON scorecard.scorecard_id = standard.scorecard_id
LEFT JOIN leaf
  ON leaf.scorecard_id = scorecard.scorecard_id
  AND leaf.node = CASE WHEN model.model = 'machine' THEN 'machine' ELSE scorecard.main_node END
ORDER BY policy_id, model
