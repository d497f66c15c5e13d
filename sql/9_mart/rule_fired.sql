-- rule_fired: which rules made each grade, in the order they were asked?
--
-- The steps of the order of precedence that had something to say. The three letters and their combination are
-- always there; the scorecard wherever it has a score, though it moves a grade only where the policy lets it;
-- panel, vetoes and override where there are any. What the scorecard's points are made of is score.contribution.
--
-- Grain: one row per policy, customer and rule. Key: policy_id, customer_id, step_no, rule.
-- Requirements: R4-G1..R4-G6, R4-E1, R4-64, R4-95; A0.1 Order of precedence; design of the credit file: why.
--
-- Columns
--   policy_id     VARCHAR        the policy
--   customer_id   VARCHAR        the customer
--   is_active     BOOLEAN        the policy the book is run under
--   step_no       INTEGER        1 letters and their combination, 2 scorecard, 3 experts, 4 listed vetoes, 5 override
--   rule          VARCHAR        letter_overdue, letter_collection, letter_competitor, combination, scorecard, experts, veto_dishonest …, override
--   value         DECIMAL(28,6)  what was looked at: days, fraction, points; NULL: nothing to look at, or no number
--   unit          VARCHAR        of value and threshold: days, share, points, score; NULL: no number
--   threshold     DECIMAL(28,6)  the edge that gave the result: the best grade's for A, else the one that was not held; NULL: none
--   result        VARCHAR        the letter or grade it says; NULL: it says nothing
--   effect        VARCHAR        the grade after it
--   did_decide    BOOLEAN        the final grade is its doing
--   evidence      VARCHAR        what it rests on: a record, a decision, a combination; NULL: the customer's own bills

WITH

graded AS (
  SELECT
    credit_grade.*,
    rule.overdue_a_max, rule.overdue_b_below, rule.overdue_c_below,
    rule.collection_a_min, rule.collection_b_min, rule.collection_c_min,
    rule.competitor_a_max, rule.competitor_b_below, rule.competitor_c_max,
    rule.expert_lowers_below,
    scorecard.a_from, scorecard.b_from, scorecard.c_from,
    customer.competitor_share,
    CASE
      WHEN credit_grade.scorecard_notches > 0
        THEN SUBSTRING('ABCD', POSITION(credit_grade.hard_grade IN 'ABCD')
          + credit_grade.scorecard_notches, 1)
      ELSE credit_grade.hard_grade
    END AS carded_grade
  FROM grade.credit_grade
  JOIN policy.rule ON rule.policy_id = credit_grade.policy_id
  JOIN core.customer ON customer.customer_id = credit_grade.customer_id
  LEFT JOIN policy.scorecard ON scorecard.scorecard_id = credit_grade.scorecard_id
),

letter AS (
  SELECT
    policy_id, customer_id, is_active, 1 AS step_no, 'letter_overdue' AS rule,
    CAST(overdue_days AS DECIMAL(28, 6)) AS value, 'days' AS unit,
    CAST(CASE letter_overdue
      WHEN 'A' THEN overdue_a_max
      WHEN 'B' THEN overdue_a_max
      WHEN 'C' THEN overdue_b_below
      WHEN 'D' THEN overdue_c_below
    END AS DECIMAL(28, 6)) AS threshold,
    letter_overdue AS result,
    hard_grade AS effect,
    decided_by = 'letters' AND letter_overdue = hard_grade AS did_decide,
    COALESCE(letter_overdue_reason, overdue_basis) AS evidence
  FROM graded
  UNION ALL
  SELECT
    policy_id, customer_id, is_active, 1, 'letter_collection',
    net_collection_rate, 'share',
    CASE letter_collection
      WHEN 'A' THEN collection_a_min
      WHEN 'B' THEN collection_a_min
      WHEN 'C' THEN collection_b_min
      WHEN 'D' THEN collection_c_min
    END,
    letter_collection, hard_grade,
    decided_by = 'letters' AND letter_collection = hard_grade,
    letter_collection_reason
  FROM graded
  UNION ALL
  SELECT
    policy_id, customer_id, is_active, 1, 'letter_competitor',
    competitor_share, 'share',
    CASE letter_competitor
      WHEN 'A' THEN competitor_a_max
      WHEN 'B' THEN competitor_a_max
      WHEN 'C' THEN competitor_b_below
      WHEN 'D' THEN competitor_c_max
    END,
    letter_competitor, hard_grade,
    decided_by = 'letters' AND letter_competitor = hard_grade,
    CASE WHEN letter_competitor IS NULL THEN 'share_unknown' END
  FROM graded
  UNION ALL
  SELECT
    policy_id, customer_id, is_active, 1, 'combination',
    NULL, NULL, NULL, hard_grade, hard_grade,
    decided_by = 'letters',
    COALESCE(hard_combo, nr_reason)
  FROM graded
),

-- The edge passed or missed: A holds a_from, B missed it, and so on.
scored AS (
  SELECT
    policy_id, customer_id, is_active, 2 AS step_no, 'scorecard' AS rule,
    CAST(scorecard_score AS DECIMAL(28, 6)) AS value, 'points' AS unit,
    CAST(CASE scorecard_grade
      WHEN 'A' THEN a_from
      WHEN 'B' THEN a_from
      WHEN 'C' THEN b_from
      WHEN 'D' THEN c_from
    END AS DECIMAL(28, 6)) AS threshold,
    scorecard_grade AS result,
    carded_grade AS effect,
    decided_by = 'scorecard' AS did_decide,
    scorecard_id AS evidence
  FROM graded
  WHERE scorecard_score IS NOT NULL
),

said AS (
  SELECT
    policy_id, customer_id, is_active, 3 AS step_no, 'experts' AS rule,
    CAST(expert_mean AS DECIMAL(28, 6)) AS value, 'score' AS unit,
    CAST(expert_lowers_below AS DECIMAL(28, 6)) AS threshold,
    CASE WHEN is_lowered_by_experts THEN 'lowered' ELSE 'kept' END AS result,
    CASE
      WHEN is_lowered_by_experts
        THEN SUBSTRING('ABCD', POSITION(carded_grade IN 'ABCD') + 1, 1)
      ELSE carded_grade
    END AS effect,
    decided_by = 'experts' AS did_decide,
    CAST(expert_n AS VARCHAR) AS evidence
  FROM graded
  WHERE expert_n > 0
),

barred AS (
  SELECT
    graded.policy_id, graded.customer_id, graded.is_active, 4 AS step_no,
    'veto_' || listed_veto.veto AS rule,
    CAST(NULL AS DECIMAL(28, 6)) AS value, CAST(NULL AS VARCHAR) AS unit,
    CAST(NULL AS DECIMAL(28, 6)) AS threshold,
    CASE WHEN listed_veto.is_lifted THEN 'lifted' ELSE 'D' END AS result,
    graded.computed_grade AS effect,
    graded.decided_by = 'listed_veto' AND NOT listed_veto.is_lifted AS did_decide,
    listed_veto.record AS evidence
  FROM graded
  JOIN score.listed_veto
    ON listed_veto.policy_id = graded.policy_id
    AND listed_veto.customer_id = graded.customer_id
),

overridden AS (
  SELECT
    policy_id, customer_id, is_active, 5 AS step_no, 'override' AS rule,
    CAST(NULL AS DECIMAL(28, 6)) AS value, CAST(NULL AS VARCHAR) AS unit,
    CAST(NULL AS DECIMAL(28, 6)) AS threshold,
    override_grade AS result,
    final_grade AS effect,
    decided_by = 'override' AS did_decide,
    override_id AS evidence
  FROM graded
  WHERE override_id IS NOT NULL
),

fired AS (
  SELECT * FROM letter
  UNION ALL
  SELECT * FROM scored
  UNION ALL
  SELECT * FROM said
  UNION ALL
  SELECT * FROM barred
  UNION ALL
  SELECT * FROM overridden
)

SELECT
  policy_id,
  customer_id,
  is_active,
  step_no,
  rule,
  value,
  unit,
  threshold,
  result,
  effect,
  COALESCE(did_decide, FALSE) AS did_decide,
  evidence
FROM fired
ORDER BY policy_id, customer_id, step_no, rule
