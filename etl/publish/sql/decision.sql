-- decision: what was decided about every customer and why, one JSON document each: scores, contributions, rules,
-- admission, value, limit, gate, dunning, actions. A part of the credit file (credit_file.sql), made first.
--
-- DuckDB's own SQL, like credit_file.sql: it computes nothing that a table does not hold; money and scores become
-- text before they become JSON, lists have a stated order.

WITH

segment AS (
  SELECT customer_id, segment, scorecard_id
  FROM measure.segment
  JOIN policy.rule USING (policy_id)
  WHERE rule.is_active AND customer_id BETWEEN $first_id AND $last_id
),

scores AS (
  SELECT
    node_score.customer_id,
    list(to_json(struct_pack(
      node := node_score.node,
      title := [node.title_zh, node.title_en],
      score := CAST(node_score.score AS VARCHAR),
      score_worst := CAST(node_score.score_worst AS VARCHAR),
      score_best := CAST(node_score.score_best AS VARCHAR),
      coverage := CAST(node_score.coverage AS VARCHAR),
      grade := node_score.grade
    )) ORDER BY node_score.is_main DESC, node_score.node) AS entries
  FROM score.node_score
  JOIN segment USING (customer_id, scorecard_id)
  JOIN policy.node AS node USING (scorecard_id, node)
  GROUP BY node_score.customer_id
),

main_leaf AS (
  SELECT scorecard_id, leaf.indicator, leaf.weight, scorecard.main_node
  FROM policy.leaf AS leaf
  JOIN policy.scorecard AS scorecard USING (scorecard_id)
  WHERE leaf.node = scorecard.main_node
),

contributions AS (
  SELECT
    contribution.customer_id,
    list(to_json(struct_pack(
      indicator := contribution.indicator,
      "value" := CAST(contribution.value AS VARCHAR),
      unit := measured.unit,
      source_date := measured.source_date,
      points := CAST(contribution.points AS VARCHAR),
      contribution := CAST(contribution.contribution AS VARCHAR)
    )) ORDER BY contribution.contribution DESC, contribution.indicator) AS entries
  FROM score.contribution
  JOIN segment USING (customer_id, scorecard_id)
  JOIN main_leaf
    ON main_leaf.scorecard_id = contribution.scorecard_id
    AND main_leaf.main_node = contribution.node
    AND main_leaf.indicator = contribution.indicator
  JOIN measure.indicator AS measured
    ON measured.customer_id = contribution.customer_id AND measured.indicator = contribution.indicator
  GROUP BY contribution.customer_id
),

missing AS (
  SELECT
    measured.customer_id,
    list(to_json(struct_pack(
      indicator := measured.indicator, reason := measured.null_reason, weight := CAST(main_leaf.weight AS VARCHAR)
    )) ORDER BY main_leaf.weight DESC, measured.indicator) AS entries
  FROM measure.indicator AS measured
  JOIN segment USING (customer_id)
  JOIN main_leaf
    ON main_leaf.scorecard_id = segment.scorecard_id AND main_leaf.indicator = measured.indicator
  WHERE measured.value IS NULL
  GROUP BY measured.customer_id
),

fired AS (
  SELECT
    customer_id,
    list(to_json(struct_pack(
      step_no := step_no,
      rule := rule,
      "value" := CAST(value AS VARCHAR),
      unit := unit,
      threshold := CAST(threshold AS VARCHAR),
      result := result,
      effect := effect,
      did_decide := did_decide,
      evidence := evidence
    )) ORDER BY step_no, rule) AS entries
  FROM mart.rule_fired
  WHERE is_active AND customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

methods AS (
  SELECT
    customer_id,
    list(to_json(struct_pack(
      "method" := method,
      amount := CAST(limit_amount AS VARCHAR),
      input := input_name,
      input_amount := CAST(input_amount AS VARCHAR),
      input_date := input_date,
      factor := factor_name,
      factor_value := CAST(input_factor AS VARCHAR),
      is_used := is_used,
      is_deciding := is_deciding,
      reason := null_reason
    )) ORDER BY is_deciding DESC, is_used DESC, method) AS entries
  FROM mart.limit_method
  JOIN policy.rule USING (policy_id)
  WHERE rule.is_active AND customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

actions AS (
  SELECT
    customer_id,
    list(to_json(struct_pack(
      code := action_code,
      kind := action_kind,
      reason := reason,
      urgency := urgency,
      amount := CAST(amount AS VARCHAR),
      currency := base_currency
    )) ORDER BY urgency, action_code) AS entries
  FROM mart.credit_action
  WHERE customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
),

stale AS (
  SELECT
    customer_id,
    list(to_json(struct_pack(
      source := source, date := source_date, days := source_freshness_days, is_stale := stale_flag
    )) ORDER BY source) AS entries
  FROM measure.freshness
  WHERE customer_id BETWEEN $first_id AND $last_id
  GROUP BY customer_id
)

SELECT
  grade.customer_id,
  to_json(struct_pack(
    decided_by := grade.decided_by,
    computed_grade := grade.computed_grade,
    benefit_tier := grade.benefit_tier,
    segment := segment.segment,
    scorecard := struct_pack(
      scorecard_id := grade.scorecard_id,
      grade := grade.scorecard_grade,
      score := CAST(grade.scorecard_score AS VARCHAR),
      coverage := CAST(grade.scorecard_coverage AS VARCHAR),
      gap := grade.grade_gap,
      notches := grade.scorecard_notches
    ),
    experts := struct_pack(
      "count" := grade.expert_n, mean := CAST(grade.expert_mean AS VARCHAR), lowers := grade.is_lowered_by_experts
    ),
    override := CASE WHEN grade.override_id IS NOT NULL THEN struct_pack(
      override_id := grade.override_id,
      grade := grade.override_grade,
      until := grade.override_until,
      lifts := grade.lifted_veto
    ) END,
    scores := COALESCE(scores.entries, CAST([] AS JSON[])),
    contributions := COALESCE(contributions.entries, CAST([] AS JSON[])),
    missing := COALESCE(missing.entries, CAST([] AS JSON[])),
    rules := COALESCE(fired.entries, CAST([] AS JSON[])),
    admission := struct_pack(
      applies := admission.is_applicable,
      decision := admission.adm_decision,
      reasons := COALESCE(string_split(admission.adm_reasons, ','), CAST([] AS VARCHAR[])),
      checks := struct_pack(
        credit := admission.adm_check_credit,
        finance := admission.adm_check_finance,
        reputation := admission.adm_check_reputation,
        compliance := admission.adm_check_compliance,
        history := admission.adm_check_history
      ),
      identity_verified := admission.identity_verified,
      score := CAST(admission.admission_score AS VARCHAR),
      coverage := CAST(admission.admission_coverage AS VARCHAR)
    ),
    "value" := struct_pack(
      band := value_grid.value_band,
      abc := value_grid.abc_class,
      loyalty := value_grid.loyalty_band,
      cell := value_grid.grid_cell,
      reason := value_grid.grid_reason,
      strategy := CASE WHEN value_grid.grid_cell IS NOT NULL
        THEN [value_grid.grid_strategy_zh, value_grid.grid_strategy_en] END,
      is_key_customer := value_grid.key_customer_flag,
      priority_rank := value_grid.priority_rank
    ),
    "limit" := struct_pack(
      amount := CAST(terms.credit_limit AS VARCHAR),
      reason := terms.limit_reason,
      source := terms.limit_source,
      valid_until := terms.limit_valid_until,
      recommended := CAST(terms.credit_limit_recommended AS VARCHAR),
      recommended_from := terms.recommended_from,
      factor := CAST(terms.limit_factor AS VARCHAR),
      basis_method := terms.basis_method,
      cap := terms.cap_kind,
      suspended := CAST(terms.suspended_limit AS VARCHAR),
      suspended_reason := terms.suspended_reason,
      requested := CAST(terms.requested_amount AS VARCHAR),
      terms_code := terms.terms_code,
      terms_days := terms.payment_terms_days,
      prepay_share := CAST(terms.prepay_share AS VARCHAR),
      deposit := CAST(terms.deposit_amount AS VARCHAR),
      review_date := terms.review_date,
      methods := COALESCE(methods.entries, CAST([] AS JSON[]))
    ),
    exposure := struct_pack(
      amount := CAST(exposure.exposure_amount AS VARCHAR),
      receivable := CAST(exposure.receivable_amount AS VARCHAR),
      open_orders := CAST(exposure.open_order_amount AS VARCHAR),
      insured := CAST(exposure.insured_amount AS VARCHAR),
      secured := CAST(exposure.secured_amount AS VARCHAR),
      uncovered := CAST(exposure.uncovered_exposure AS VARCHAR),
      available := CAST(terms.available_amount AS VARCHAR),
      utilisation := CAST(terms.utilisation AS VARCHAR),
      group_id := NULLIF(terms.group_id, grade.customer_id),
      group_exposure := CAST(terms.group_exposure_amount AS VARCHAR),
      group_limit := CAST(terms.group_limit_amount AS VARCHAR)
    ),
    warning := struct_pack(
      state := terms.warning_state, colour := terms.warning_colour, line := terms.warning_line
    ),
    gate := struct_pack(
      gate := gate.gate,
      reasons := COALESCE(string_split(gate.gate_reasons, ','), CAST([] AS VARCHAR[])),
      order_credit := CAST(gate.order_credit_amount AS VARCHAR)
    ),
    dunning := struct_pack(
      stage := dunning.dunning_stage,
      stage_no := dunning.dunning_stage_no,
      next_stage := dunning.next_stage,
      next_date := dunning.next_stage_date,
      ask := CAST(dunning.amount_to_ask AS VARCHAR),
      promised := CAST(dunning.promised_amount AS VARCHAR),
      is_due := dunning.is_step_due
    ),
    actions := COALESCE(actions.entries, CAST([] AS JSON[])),
    freshness := COALESCE(stale.entries, CAST([] AS JSON[]))
  )) AS content
FROM grade.credit_grade AS grade
LEFT JOIN segment USING (customer_id)
LEFT JOIN scores USING (customer_id)
LEFT JOIN contributions USING (customer_id)
LEFT JOIN missing USING (customer_id)
LEFT JOIN fired USING (customer_id)
LEFT JOIN methods USING (customer_id)
LEFT JOIN actions USING (customer_id)
LEFT JOIN stale USING (customer_id)
LEFT JOIN grade.admission ON admission.customer_id = grade.customer_id AND admission.policy_id = grade.policy_id
LEFT JOIN grade.value_grid ON value_grid.customer_id = grade.customer_id AND value_grid.policy_id = grade.policy_id
LEFT JOIN terms.credit_limit AS terms ON terms.customer_id = grade.customer_id AND terms.policy_id = grade.policy_id
LEFT JOIN measure.exposure ON exposure.customer_id = grade.customer_id
LEFT JOIN action.order_gate AS gate ON gate.customer_id = grade.customer_id AND gate.policy_id = grade.policy_id
LEFT JOIN action.dunning ON dunning.customer_id = grade.customer_id
WHERE grade.is_active AND grade.customer_id BETWEEN $first_id AND $last_id
