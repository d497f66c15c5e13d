-- credit_action: what should be done about each customer, by whom, and why?
--
-- Proposals that follow from tonight's state, never from a memory of it, so that state and action cannot disagree (I20):
-- who is held at the gate is proposed for suspension, who is past the overdue line for collection. People decide. Under
-- the book's policy.
--
-- Grain: one row per customer and action. Key: customer_id, action_code.
-- Requirements: R0-14, R0-22, R0-35, R0-41, R3-23, R3-30, R3-50, R4-93, R4-101, R4-107; I20, I21; Q26.
--
-- Columns
--   customer_id    VARCHAR        the customer
--   action_code    VARCHAR        SUSPEND_SUPPLY, COLLECT, DUNNING_UP, LIMIT_DOWN, LIMIT_REVIEW, ASK_PREPAYMENT, ASK_GUARANTEE, ASK_DEPOSIT, CONTRACT_CTRL, RAISE_FREQUENCY, WIN_BACK, IMPROVE_SERVICE, CONTACT [R0-14, R0-35, R3-23]
--   policy_id      VARCHAR        the policy
--   action_kind    VARCHAR        credit, contract, crm: whose work it is [R0-22, R0-41]
--   reason         VARCHAR        what it follows from
--   urgency        INTEGER        1 today, 2 this week, 3 when there is time
--   amount         DECIMAL(28,2)  what to ask for, or to lower a limit to (which may be 0), base currency; NULL: no money, or unknown
--   base_currency  VARCHAR        of it

WITH

state AS (
  SELECT
    credit_limit.*,
    order_gate.gate,
    order_gate.gate_reason,
    dunning.overdue_amount,
    dunning.dunning_stage_no,
    dunning.last_step_no,
    dunning.step_reason,
    dunning.amount_to_ask,
    exposure.uncovered_exposure,
    granted_limit.granted_amount,
    granted_limit.void_cnt,
    contract.contract_breach_open_cnt,
    contract.contract_breach_cnt_24m,
    contract.contract_breach_amt_24m,
    contract.delivery_delay_days,
    trade.order_cnt_3m,
    trade.order_cnt_3m_last_year,
    trade.silent_flag,
    trade.churn_flag,
    feedback.feedback_neg_rate,
    feedback.case_sla_breach,
    communication.contact_gap_days,
    contact.days AS contact_days,
    terms.care_order_drop,
    terms.care_negative_share
  FROM terms.credit_limit
  JOIN policy.terms ON terms.policy_id = credit_limit.policy_id
  JOIN action.order_gate
    ON order_gate.policy_id = credit_limit.policy_id
    AND order_gate.customer_id = credit_limit.customer_id
  JOIN action.dunning ON dunning.customer_id = credit_limit.customer_id
  JOIN measure.exposure ON exposure.customer_id = credit_limit.customer_id
  LEFT JOIN measure.granted_limit ON granted_limit.customer_id = credit_limit.customer_id
  LEFT JOIN indicator.contract ON contract.customer_id = credit_limit.customer_id
  LEFT JOIN indicator.trade ON trade.customer_id = credit_limit.customer_id
  LEFT JOIN indicator.feedback ON feedback.customer_id = credit_limit.customer_id
  LEFT JOIN indicator.communication ON communication.customer_id = credit_limit.customer_id
  LEFT JOIN policy.contact ON contact.final_grade = credit_limit.final_grade
  WHERE credit_limit.is_active
),

proposed AS (
  SELECT customer_id, policy_id, base_currency, 'SUSPEND_SUPPLY' AS action_code, 'credit' AS action_kind,
    CASE WHEN gate = 'hold' THEN gate_reason ELSE 'limit_reached' END AS reason, 1 AS urgency,
    CASE WHEN is_over_limit THEN exposure_amount - credit_limit END AS amount
  FROM state
  WHERE gate = 'hold' OR utilisation_colour = 'red'
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'COLLECT', 'credit',
    CASE overdue_colour WHEN 'red' THEN 'overdue_red' ELSE 'overdue_amber' END,
    CASE overdue_colour WHEN 'red' THEN 1 ELSE 2 END, amount_to_ask
  FROM state
  WHERE overdue_colour IN ('amber', 'red')
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'DUNNING_UP', 'credit', 'new_stage',
    CASE WHEN dunning_stage_no > 2 THEN 1 ELSE 2 END, amount_to_ask
  FROM state
  WHERE step_reason = 'new_stage' AND dunning_stage_no > 1
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'LIMIT_DOWN', 'credit',
    CASE
      WHEN recommended_from = 'rejected' THEN 'refused'
      WHEN final_grade = 'D' THEN 'grade_d'
      WHEN cap_kind IS NOT NULL THEN 'cap_' || cap_kind
      ELSE 'above_recommended'
    END,
    2, credit_limit_recommended
  FROM state
  WHERE granted_amount > credit_limit_recommended
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'LIMIT_REVIEW', 'credit',
    CASE
      WHEN requested_amount IS NOT NULL THEN 'limit_requested'
      WHEN void_cnt > 0 THEN 'limit_void'
      ELSE 'review_date'
    END,
    CASE WHEN requested_amount IS NOT NULL THEN 2 ELSE 3 END, requested_amount
  FROM state
  WHERE requested_amount IS NOT NULL OR void_cnt > 0 OR review_date <= CAST(:as_of AS DATE)
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'ASK_PREPAYMENT', 'credit',
    CASE terms_code WHEN 'PREPAY' THEN 'prepay_terms' ELSE 'part_prepay_terms' END, 3, NULL
  FROM state
  WHERE terms_code IN ('PREPAY', 'PART_PREPAY') AND gate <> 'hold'
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'ASK_GUARANTEE', 'credit', 'uncovered_exposure', 2,
    uncovered_exposure
  FROM state
  WHERE is_guarantee_required AND uncovered_exposure > 0
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'ASK_DEPOSIT', 'credit', 'deposit_terms', 3,
    deposit_amount - COALESCE(deposit_held, 0)
  FROM state
  WHERE deposit_amount > COALESCE(deposit_held, 0)
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'CONTRACT_CTRL', 'contract',
    CASE
      WHEN contract_breach_open_cnt > 0 THEN 'breach_open'
      WHEN contract_breach_cnt_24m > 0 THEN 'breach'
      ELSE 'delivery_delay'
    END,
    CASE WHEN contract_breach_open_cnt > 0 THEN 1 ELSE 2 END,
    contract_breach_amt_24m
  FROM state
  WHERE contract_breach_cnt_24m > 0 OR delivery_delay_days > 0
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'WIN_BACK', 'crm',
    CASE WHEN churn_flag THEN 'churned' ELSE 'silent' END, 3, NULL
  FROM state
  WHERE (silent_flag OR churn_flag) AND final_grade <> 'D'
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'RAISE_FREQUENCY', 'crm', 'fewer_orders', 3, NULL
  FROM state
  WHERE NOT COALESCE(silent_flag, FALSE) AND NOT COALESCE(churn_flag, FALSE) AND final_grade <> 'D'
    AND order_cnt_3m_last_year >= 4
    AND order_cnt_3m <= (1 - care_order_drop) * order_cnt_3m_last_year
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'IMPROVE_SERVICE', 'crm',
    CASE WHEN case_sla_breach > 0 THEN 'case_late' ELSE 'bad_feedback' END, 2, NULL
  FROM state
  WHERE case_sla_breach > 0 OR feedback_neg_rate > care_negative_share
  UNION ALL
  SELECT customer_id, policy_id, base_currency, 'CONTACT', 'crm', 'contact_overdue', 3, NULL
  FROM state
  WHERE contact_gap_days > contact_days
)

SELECT
  customer_id,
  action_code,
  policy_id,
  action_kind,
  reason,
  urgency,
  -- A limit may be lowered to nothing; of anything else, 0 is no money at all.
  CAST(CASE WHEN action_code = 'LIMIT_DOWN' THEN amount ELSE NULLIF(amount, 0) END AS DECIMAL(28, 2)) AS amount,
  base_currency
FROM proposed
ORDER BY customer_id, action_code
