-- admission: may a customer without a history of ours buy on account?
--
-- Reject: a listed veto stands, or nobody verified who it is. Admit: the five checks can all be made, and
-- the admission score and what it rests on are enough. Else conditional: starter terms, and the reasons say
-- what is missing. Worked out for everybody; it applies to those whom the letters cannot grade because they
-- have no history.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R1-70, R1-71, R1-72, R4-97; A0.1 Admission.
--
-- Columns
--   policy_id                  VARCHAR        the policy
--   customer_id                VARCHAR        the customer
--   is_active                  BOOLEAN        the policy the book is run under
--   is_applicable              BOOLEAN        a prospect, or the letters find nothing that ever fell due; not the dormant
--   adm_decision               VARCHAR        admit, conditional, reject [R1-70]
--   adm_reasons                VARCHAR        why not admit, comma-separated; NULL: admit [R1-70]
--   adm_date                   DATE           the night it was worked out [R1-70]
--   adm_check_credit           BOOLEAN        credit rating: a bureau's score, class or credit lines are there [R1-71]
--   adm_check_finance          BOOLEAN        finance: accounts not older than the freshness limit are there [R1-71]
--   adm_check_reputation       BOOLEAN        market reputation: somebody's points are there [R1-71]
--   adm_check_compliance       BOOLEAN        compliance: a court or a public list answered [R1-71]
--   adm_check_history          BOOLEAN        cooperation history: our own bills, or suppliers that were asked [R1-71]
--   adm_check_cnt              INTEGER        of the five, those that can be made
--   identity_verified          BOOLEAN        it is who it says it is; NULL: nobody looked
--   listed_veto                VARCHAR        listed vetoes that stand, comma-separated; NULL: none [R4-G6]
--   admission_score            DECIMAL(18,6)  0 to 100; NULL: nothing is known, or the scorecard has no node `admission` [R1-70]
--   admission_coverage         DECIMAL(18,6)  fraction of its weight that is known; NULL: no node

WITH

veto AS (
  SELECT
    policy_id,
    customer_id,
    MAX(CASE WHEN veto = 'dishonest' THEN ',dishonest' ELSE '' END)
    || MAX(CASE WHEN veto = 'bankruptcy' THEN ',bankruptcy' ELSE '' END)
    || MAX(CASE WHEN veto = 'revoked' THEN ',revoked' ELSE '' END)
    || MAX(CASE WHEN veto = 'deregistered' THEN ',deregistered' ELSE '' END) AS standing
  FROM score.listed_veto
  WHERE NOT is_lifted
  GROUP BY policy_id, customer_id
),

looked_at AS (
  SELECT
    segment.policy_id,
    segment.customer_id,
    segment.is_active,
    rule.admission_min_score,
    rule.admission_min_coverage,
    -- Whom nothing but a rate of exchange, or ten more days, keeps from its letters has a history.
    COALESCE(
      hard_grade.nr_reason IN ('prospect', 'never_due')
      OR (hard_grade.nr_reason = 'no_data' AND customer.first_sale_date IS NULL), FALSE
    ) AS is_applicable,
    bureau.bureau_score_norm IS NOT NULL OR bureau.m4_agency_rating IS NOT NULL
      OR bureau.line_cnt IS NOT NULL AS has_credit,
    finance.statement_date IS NOT NULL AND NOT COALESCE(finance.is_statement_stale, FALSE)
      AS has_finance,
    reputation.reputation_score IS NOT NULL AS has_reputation,
    legal.legal_asof IS NOT NULL AS has_compliance,
    customer.first_sale_date IS NOT NULL OR COALESCE(bureau.ref_cnt, 0) > 0 AS has_history,
    management.identity_verified,
    COALESCE(veto.standing, '') AS standing,
    node_score.score,
    node_score.coverage,
    COALESCE(node_score.score >= rule.admission_min_score, FALSE) AS is_good_enough,
    COALESCE(node_score.weight_present >= rule.admission_min_coverage, FALSE) AS is_known_enough
  FROM measure.segment
  JOIN policy.rule ON rule.policy_id = segment.policy_id
  JOIN core.customer ON customer.customer_id = segment.customer_id
  JOIN score.hard_grade
    ON hard_grade.policy_id = segment.policy_id AND hard_grade.customer_id = segment.customer_id
  LEFT JOIN score.node_score
    ON node_score.scorecard_id = segment.scorecard_id
    AND node_score.customer_id = segment.customer_id
    AND node_score.node = 'admission'
  LEFT JOIN indicator.bureau ON bureau.customer_id = segment.customer_id
  LEFT JOIN indicator.finance ON finance.customer_id = segment.customer_id
  LEFT JOIN indicator.reputation ON reputation.customer_id = segment.customer_id
  LEFT JOIN indicator.legal ON legal.customer_id = segment.customer_id
  LEFT JOIN indicator.management ON management.customer_id = segment.customer_id
  LEFT JOIN veto
    ON veto.policy_id = segment.policy_id AND veto.customer_id = segment.customer_id
),

reasoned AS (
  SELECT
    looked_at.*,
    standing
    || CASE
      WHEN identity_verified THEN ''
      WHEN identity_verified IS NULL THEN ',identity_not_verified'
      ELSE ',identity_wrong'
    END AS grounds,
    CASE WHEN has_credit THEN '' ELSE ',no_credit_rating' END
    || CASE WHEN has_finance THEN '' ELSE ',no_accounts' END
    || CASE WHEN has_reputation THEN '' ELSE ',no_reputation' END
    || CASE WHEN has_compliance THEN '' ELSE ',no_compliance' END
    || CASE WHEN has_history THEN '' ELSE ',no_history' END
    || CASE WHEN is_good_enough OR score IS NULL THEN '' ELSE ',score_too_low' END
    || CASE WHEN is_known_enough AND score IS NOT NULL THEN '' ELSE ',too_little_known' END AS doubts
  FROM looked_at
)

SELECT
  policy_id,
  customer_id,
  is_active,
  is_applicable,
  CASE
    WHEN grounds <> '' THEN 'reject'
    WHEN doubts <> '' THEN 'conditional'
    ELSE 'admit'
  END AS adm_decision,
  NULLIF(SUBSTRING(grounds || doubts, 2), '') AS adm_reasons,
  CAST(:as_of AS DATE) AS adm_date,
  has_credit AS adm_check_credit,
  has_finance AS adm_check_finance,
  has_reputation AS adm_check_reputation,
  has_compliance AS adm_check_compliance,
  has_history AS adm_check_history,
  CASE WHEN has_credit THEN 1 ELSE 0 END + CASE WHEN has_finance THEN 1 ELSE 0 END
  + CASE WHEN has_reputation THEN 1 ELSE 0 END + CASE WHEN has_compliance THEN 1 ELSE 0 END
  + CASE WHEN has_history THEN 1 ELSE 0 END AS adm_check_cnt,
  identity_verified,
  NULLIF(SUBSTRING(standing, 2), '') AS listed_veto,
  score AS admission_score,
  coverage AS admission_coverage
FROM reasoned
ORDER BY policy_id, customer_id
