-- credit_grade: what grade does each customer have tonight under each policy, and what decided it?
--
-- The order of precedence: the letters' grade; the scorecard, where the policy lets it lower that; the
-- panel of experts; the listed vetoes; a live override. Each step stays visible beside the last.
--
-- What is unknown widens the grade to an interval. The interval reads the scorecard at its best and worst
-- case, so that knowing less never makes it narrower; where too little is known for the scorecard to count,
-- its best case is that it would not have.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R4-G1..R4-G6; R4-E1; A0.1 Order of precedence; R4-05; R2-06; Q1, Q2, Q6, Q7, Q11, Q13, Q13a, Q14, Q16, Q17.
--
-- Columns
--   policy_id                 VARCHAR        the policy
--   policy_version            VARCHAR        its version
--   customer_id               VARCHAR        the customer
--   is_active                 BOOLEAN        the policy the book is run under
--   final_grade               VARCHAR        A, B, C, D or NR: what limits, terms, gate and alerts read
--   decided_by                VARCHAR        the step that gave it: letters, scorecard, experts, listed_veto, override
--   computed_grade            VARCHAR        the grade without the override [Q14]
--   hard_grade                VARCHAR        A, B, C, D or NR, from the letters alone [R4-G4]
--   grade_best                VARCHAR        the grade if everything unknown turned out well
--   grade_worst               VARCHAR        the grade if everything unknown turned out badly
--   is_provisional            BOOLEAN        best and worst differ
--   grade_3class              VARCHAR        优良, 一般, 风险; NULL: NR [Q17]
--   benefit_tier              VARCHAR        what the final grade is good for [R4-05]
--   letter_overdue            VARCHAR        A to D; NULL: see letter_overdue_reason [R4-G2]
--   letter_overdue_reason     VARCHAR        none_judged; NULL: there is a letter
--   letter_collection         VARCHAR        A to D; NULL: see letter_collection_reason [R4-G1]
--   letter_collection_reason  VARCHAR        nothing_due, no_fx; NULL: there is a letter
--   letter_competitor         VARCHAR        A to D, n/a: not a reseller or switched off; NULL: unknown [R4-G3]
--   hard_combo                VARCHAR        the three letters sorted, an unknown or n/a third counted as B; NULL: overdue or collection is missing
--   combo_in_article          BOOLEAN        the article lists this combination; NULL: no combination [Q1]
--   veto_flag                 BOOLEAN        a D letter or a listed veto stands [R4-G5]
--   veto_reason               VARCHAR        the D letters and listed vetoes that stand, comma-separated; NULL: none
--   veto_weight               DECIMAL(18,6)  fraction of the amount due that lies in offending items; NULL: none judged [Q7]
--   veto_until                DATE           the day the last offending item leaves the look-back; NULL: none, or one is open [Q7]
--   overdue_basis             VARCHAR        worst or p90: what the overdue letter was read from
--   overdue_days              DECIMAL(18,6)  that value in days; NULL: none judged
--   net_collection_rate       DECIMAL(18,6)  fraction, to read; NULL: nothing due, no_fx
--   nr_reason                 VARCHAR        why the letters give no grade: never_due, dormant, prospect, no_data; NULL: they do
--   scorecard_id              VARCHAR        the scorecard of its segment
--   scorecard_grade           VARCHAR        A, B, C, D; NR: too little is known [R4-39]
--   scorecard_score           DECIMAL(18,6)  0 to 100; NULL: nothing is known [R4-64]
--   scorecard_coverage        DECIMAL(18,6)  fraction of its weight that is known [R4-103]
--   grade_gap                 INTEGER        notches the scorecard stands below the letters, negative: above; NULL: one of them is NR
--   scorecard_notches         INTEGER        notches it lowered the grade by; 0: none
--   expert_n                  BIGINT         experts whose scores count under the policy [R4-E1]
--   expert_mean               DECIMAL(18,6)  their mean, 1 to 5; NULL: none counts [R4-E1]
--   is_lowered_by_experts     BOOLEAN        they lowered the grade by a notch
--   listed_veto               VARCHAR        listed vetoes that stand, comma-separated; NULL: none [R4-G6]
--   lifted_veto               VARCHAR        listed vetoes that the override lifts; NULL: none
--   override_id               VARCHAR        the live override; NULL: none [Q14]
--   override_grade            VARCHAR        the grade it gives; a listed veto it does not lift is stronger; NULL: none
--   override_until            DATE           its last day; NULL: none

WITH

main AS (
  SELECT
    segment.policy_id,
    segment.customer_id,
    segment.scorecard_id,
    node_score.score,
    node_score.coverage,
    node_score.weight_present,
    node_score.grade,
    node_score.grade_best,
    node_score.grade_worst
  FROM measure.segment
  JOIN score.node_score
    ON node_score.scorecard_id = segment.scorecard_id
    AND node_score.customer_id = segment.customer_id
    AND node_score.is_main
),

-- Each policy says itself how old a vote may be. A vote is one expert's: two scores of one are one.
panel AS (
  SELECT
    rule.policy_id,
    expert_ballot.customer_id,
    COUNT(DISTINCT expert_ballot.expert_id) AS expert_n,
    COUNT(*) AS score_cnt,
    CAST(SUM(expert_ballot.score) AS DECIMAL(28, 6)) AS score_sum
  FROM event.expert_ballot
  JOIN policy.rule ON expert_ballot.voted_on > rule.expert_from
  WHERE expert_ballot.rounds_back = 0
  GROUP BY rule.policy_id, expert_ballot.customer_id
),

veto AS (
  SELECT
    policy_id,
    customer_id,
    MAX(CASE WHEN veto = 'dishonest' AND NOT is_lifted THEN ',dishonest' ELSE '' END)
    || MAX(CASE WHEN veto = 'bankruptcy' AND NOT is_lifted THEN ',bankruptcy' ELSE '' END)
    || MAX(CASE WHEN veto = 'revoked' AND NOT is_lifted THEN ',revoked' ELSE '' END)
    || MAX(CASE WHEN veto = 'deregistered' AND NOT is_lifted THEN ',deregistered' ELSE '' END)
      AS standing,
    MAX(CASE WHEN veto = 'dishonest' AND is_lifted THEN ',dishonest' ELSE '' END)
    || MAX(CASE WHEN veto = 'bankruptcy' AND is_lifted THEN ',bankruptcy' ELSE '' END)
    || MAX(CASE WHEN veto = 'revoked' AND is_lifted THEN ',revoked' ELSE '' END)
    || MAX(CASE WHEN veto = 'deregistered' AND is_lifted THEN ',deregistered' ELSE '' END)
      AS lifted
  FROM score.listed_veto
  GROUP BY policy_id, customer_id
),

live AS (
  SELECT customer_id, override_id, grade, expires_on FROM core.grade_override WHERE is_live
),

-- Grades as numbers, 1 is A and 4 is D, so that a notch is a sum. NR counts as 0.
numbered AS (
  SELECT
    hard_grade.*,
    rule.policy_version,
    rule.is_active,
    rule.tier_a, rule.tier_b, rule.tier_c, rule.tier_d, rule.tier_nr,
    rule.scorecard_max_notches,
    rule.final_from = 'worse_of' AS may_lower,
    rule.final_from = 'worse_of' AND COALESCE(main.grade, 'NR') <> 'NR'
      AND COALESCE(main.weight_present, 0) >= rule.scorecard_min_coverage AS is_enough,
    main.scorecard_id,
    main.score AS scorecard_score,
    main.coverage AS scorecard_coverage,
    COALESCE(main.grade, 'NR') AS scorecard_grade,
    CASE hard_grade.hard_grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 ELSE 0 END
      AS hard_no,
    CASE hard_grade.hard_best WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END AS best_no,
    CASE hard_grade.hard_worst WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END AS worst_no,
    CASE main.grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 WHEN 'D' THEN 4 ELSE 0 END
      AS card_no,
    CASE main.grade_best WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END AS card_best_no,
    CASE main.grade_worst WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END
      AS card_worst_no,
    COALESCE(panel.expert_n, 0) AS expert_n,
    panel.score_sum,
    panel.score_cnt,
    COALESCE(
      panel.expert_n >= rule.expert_min_votes
      AND panel.score_sum < rule.expert_lowers_below * panel.score_cnt, FALSE
    ) AS is_doubted,
    COALESCE(veto.standing, '') AS standing,
    COALESCE(veto.lifted, '') AS lifted,
    live.override_id,
    live.grade AS override_grade,
    live.expires_on AS override_until
  FROM score.hard_grade
  JOIN policy.rule ON rule.policy_id = hard_grade.policy_id
  LEFT JOIN main
    ON main.policy_id = hard_grade.policy_id AND main.customer_id = hard_grade.customer_id
  LEFT JOIN panel
    ON panel.policy_id = hard_grade.policy_id AND panel.customer_id = hard_grade.customer_id
  LEFT JOIN veto
    ON veto.policy_id = hard_grade.policy_id AND veto.customer_id = hard_grade.customer_id
  LEFT JOIN live ON live.customer_id = hard_grade.customer_id
),

-- Step 2. The worst case does not ask whether enough is known: were it known, the scorecard would count.
carded AS (
  SELECT
    numbered.*,
    CASE
      WHEN is_enough AND hard_no > 0 AND card_no > hard_no
        THEN hard_no + LEAST(card_no - hard_no, scorecard_max_notches)
      ELSE hard_no
    END AS carded_no,
    CASE
      WHEN is_enough AND hard_no > 0 AND card_best_no > best_no
        THEN best_no + LEAST(card_best_no - best_no, scorecard_max_notches)
      ELSE best_no
    END AS carded_best_no,
    CASE
      WHEN may_lower AND card_worst_no > worst_no
        THEN worst_no + LEAST(card_worst_no - worst_no, scorecard_max_notches)
      ELSE worst_no
    END AS carded_worst_no
  FROM numbered
),

-- Step 3. One notch down from A or B; never to D, never for NR, never up.
judged AS (
  SELECT
    carded.*,
    CASE WHEN is_doubted AND carded_no IN (1, 2) THEN carded_no + 1 ELSE carded_no END AS judged_no,
    CASE
      WHEN is_doubted AND carded_best_no IN (1, 2) AND hard_no > 0 THEN carded_best_no + 1
      ELSE carded_best_no
    END AS judged_best_no,
    CASE
      WHEN is_doubted AND carded_worst_no IN (1, 2) THEN carded_worst_no + 1
      ELSE carded_worst_no
    END AS judged_worst_no
  FROM carded
),

-- Steps 4 and 5. A listed veto that is not lifted is stronger than the override.
decided AS (
  SELECT
    judged.*,
    CASE WHEN standing <> '' OR lifted <> '' THEN 4 ELSE judged_no END AS computed_no,
    CASE
      WHEN standing <> '' THEN 4
      WHEN override_grade IS NOT NULL THEN
        CASE override_grade WHEN 'A' THEN 1 WHEN 'B' THEN 2 WHEN 'C' THEN 3 ELSE 4 END
      ELSE judged_no
    END AS final_no,
    CASE
      WHEN standing <> '' THEN 'listed_veto'
      WHEN override_grade IS NOT NULL THEN 'override'
      WHEN judged_no > carded_no THEN 'experts'
      WHEN carded_no > hard_no THEN 'scorecard'
      ELSE 'letters'
    END AS decided_by
  FROM judged
),

spanned AS (
  SELECT
    decided.*,
    CASE WHEN decided_by IN ('listed_veto', 'override') THEN final_no ELSE judged_best_no END
      AS span_best_no,
    CASE WHEN decided_by IN ('listed_veto', 'override') THEN final_no ELSE judged_worst_no END
      AS span_worst_no
  FROM decided
)

SELECT
  policy_id,
  policy_version,
  customer_id,
  is_active,
  CASE final_no WHEN 0 THEN 'NR' ELSE SUBSTRING('ABCD', final_no, 1) END AS final_grade,
  decided_by,
  CASE computed_no WHEN 0 THEN 'NR' ELSE SUBSTRING('ABCD', computed_no, 1) END AS computed_grade,
  hard_grade,
  SUBSTRING('ABCD', span_best_no, 1) AS grade_best,
  SUBSTRING('ABCD', span_worst_no, 1) AS grade_worst,
  span_best_no <> span_worst_no AS is_provisional,
  CASE final_no
    WHEN 1 THEN '优良'
    WHEN 2 THEN '一般'
    WHEN 3 THEN '一般'
    WHEN 4 THEN '风险'
  END AS grade_3class,
  CASE final_no
    WHEN 1 THEN tier_a
    WHEN 2 THEN tier_b
    WHEN 3 THEN tier_c
    WHEN 4 THEN tier_d
    ELSE tier_nr
  END AS benefit_tier,
  letter_overdue,
  letter_overdue_reason,
  letter_collection,
  letter_collection_reason,
  letter_competitor,
  hard_combo,
  combo_in_article,
  hard_grade = 'D' OR standing <> '' AS veto_flag,
  NULLIF(SUBSTRING(COALESCE(',' || hard_veto, '') || standing, 2), '') AS veto_reason,
  veto_weight,
  veto_until,
  overdue_basis,
  overdue_days,
  net_collection_rate,
  nr_reason,
  scorecard_id,
  scorecard_grade,
  scorecard_score,
  scorecard_coverage,
  CASE WHEN hard_no > 0 AND card_no > 0 THEN card_no - hard_no END AS grade_gap,
  carded_no - hard_no AS scorecard_notches,
  expert_n,
  CAST(CAST(score_sum / NULLIF(score_cnt, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6)) AS expert_mean,
  judged_no > carded_no AS is_lowered_by_experts,
  NULLIF(SUBSTRING(standing, 2), '') AS listed_veto,
  NULLIF(SUBSTRING(lifted, 2), '') AS lifted_veto,
  override_id,
  override_grade,
  override_until
FROM spanned
ORDER BY policy_id, customer_id
