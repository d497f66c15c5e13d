-- book: what the portfolio marts say of the whole book, one JSON document. A part of portfolio.json, made first.
--
-- DuckDB's own SQL, like portfolio.sql: it computes nothing that a mart does not hold; money and ratios become text
-- before they become JSON, lists have a stated order. What is said under a policy is said under the active one.

WITH

ar_at_risk AS (
  SELECT list(struct_pack(
    grade := final_grade,
    currency := currency,
    customers := open_customer_cnt,
    open_amount := CAST(open_amount AS VARCHAR),
    overdue_amount := CAST(overdue_amount AS VARCHAR),
    over_90_amount := CAST(overdue_over_90_amount AS VARCHAR),
    ledger_balance := CAST(ledger_balance AS VARCHAR),
    overdue_share := CAST(overdue_share AS VARCHAR),
    book_share := CAST(book_share AS VARCHAR)
  ) ORDER BY currency, final_grade) AS entries
  FROM mart.ar_at_risk
  WHERE is_active
),

provision_method AS (
  SELECT
    provision.method,
    provision.is_used,
    MIN(provision.forward_looking_factor) AS forward_looking_factor,
    SUM(provision.provision_amount) AS provision_amount,
    list(struct_pack(
      bucket := bucket,
      exposure_amount := CAST(exposure_amount AS VARCHAR),
      loss_rate := CAST(loss_rate AS VARCHAR),
      rate_from := rate_from,
      provision_amount := CAST(provision_amount AS VARCHAR)
    ) ORDER BY bucket_no) AS buckets
  FROM mart.provision
  JOIN policy.rule USING (policy_id)
  WHERE rule.is_active
  GROUP BY provision.method, provision.is_used
),

provision AS (
  SELECT list(struct_pack(
    "method" := method,
    is_used := is_used,
    factor := CAST(forward_looking_factor AS VARCHAR),
    total_amount := CAST(CAST(provision_amount AS DECIMAL(28, 2)) AS VARCHAR),
    buckets := buckets
  ) ORDER BY is_used DESC, method) AS entries
  FROM provision_method
),

concentration AS (
  SELECT list(struct_pack(
    level := level,
    basis := basis,
    parties := party_cnt,
    unknown_customers := unknown_customer_cnt,
    exposure_amount := CAST(exposure_amount AS VARCHAR),
    hhi := CAST(hhi AS VARCHAR),
    hhi_band := hhi_band,
    top_1_share := CAST(top_1_share AS VARCHAR),
    top_5_share := CAST(top_5_share AS VARCHAR),
    largest_id := largest_id,
    largest_amount := CAST(largest_amount AS VARCHAR),
    is_single_over_line := is_single_over_line,
    is_top_five_over_line := is_top_five_over_line
  ) ORDER BY level, basis) AS entries
  FROM mart.concentration
),

cash_forecast AS (
  SELECT list(struct_pack(
    kind := kind,
    week_start := week_start,
    currency := currency,
    items := item_cnt,
    customers := customer_cnt,
    amount := CAST(amount AS VARCHAR),
    overdue_amount := CAST(overdue_amount AS VARCHAR)
  ) ORDER BY currency, CASE kind WHEN 'expected' THEN 1 WHEN 'doubtful' THEN 2 ELSE 3 END, week_start) AS entries
  FROM mart.cash_forecast
),

watched AS (
  SELECT
    watch_list.customer_id,
    credit_file.file,
    MIN(watch_list.customer_name) AS customer_name,
    MIN(watch_list.final_grade) AS final_grade,
    MIN(watch_list.exposure_amount) AS exposure_amount,
    list(struct_pack(reason := reason, detail := detail) ORDER BY reason) AS reasons
  FROM mart.watch_list
  JOIN night.credit_file ON credit_file.customer_id = watch_list.customer_id
  GROUP BY watch_list.customer_id, credit_file.file
),

placed AS (
  SELECT
    watched.*,
    ROW_NUMBER() OVER (ORDER BY exposure_amount DESC NULLS LAST, customer_id) AS place
  FROM watched
),

watch_list AS (
  SELECT
    COUNT(*) AS customer_cnt,
    list(struct_pack(
      customer_id := customer_id,
      customer_name := customer_name,
      file := file,
      grade := final_grade,
      exposure_amount := CAST(exposure_amount AS VARCHAR),
      reasons := reasons
    ) ORDER BY place) FILTER (WHERE place <= $shown) AS entries
  FROM placed
),

grouped AS (
  SELECT
    group_exposure.*,
    ROW_NUMBER() OVER (ORDER BY exposure_amount DESC NULLS LAST, group_id) AS place
  FROM mart.group_exposure
  WHERE is_active
),

belongs AS (
  SELECT
    customer_group.group_id,
    list(struct_pack(
      customer_id := customer_group.customer_id, customer_name := customer.customer_name,
      file := credit_file.file
    ) ORDER BY exposure.exposure_amount DESC NULLS LAST, customer_group.customer_id) AS members
  FROM measure.customer_group
  JOIN grouped ON grouped.group_id = customer_group.group_id AND grouped.place <= $shown
  JOIN core.customer ON customer.customer_id = customer_group.customer_id
  JOIN night.credit_file ON credit_file.customer_id = customer_group.customer_id
  LEFT JOIN measure.exposure ON exposure.customer_id = customer_group.customer_id
  GROUP BY customer_group.group_id
),

customer_groups AS (
  SELECT
    COUNT(*) AS group_cnt,
    list(struct_pack(
      group_id := grouped.group_id,
      group_name := grouped.group_name,
      customers := grouped.customer_cnt,
      worst_grade := grouped.worst_grade,
      exposure_amount := CAST(grouped.exposure_amount AS VARCHAR),
      limit_amount := CAST(grouped.limit_amount AS VARCHAR),
      utilisation := CAST(grouped.utilisation AS VARCHAR),
      is_over_limit := grouped.is_over_limit,
      members := belongs.members
    ) ORDER BY grouped.place) FILTER (WHERE grouped.place <= $shown) AS entries
  FROM grouped
  LEFT JOIN belongs ON belongs.group_id = grouped.group_id
),

policy_performance AS (
  SELECT list(struct_pack(
    policy_id := policy_id,
    grade := final_grade,
    customers := customer_cnt,
    customer_share := CAST(customer_share AS VARCHAR),
    bad_now := bad_now_cnt,
    bad_now_rate := CAST(bad_now_rate AS VARCHAR),
    better_than_active := better_than_active_cnt,
    worse_than_active := worse_than_active_cnt,
    open_amount := CAST(open_amount AS VARCHAR),
    overdue_share := CAST(overdue_share AS VARCHAR)
  ) ORDER BY is_active DESC, policy_id, final_grade) AS entries
  FROM mart.policy_performance
)

SELECT to_json(struct_pack(
  ar_at_risk := COALESCE(ar_at_risk.entries, []),
  provision := COALESCE(provision.entries, []),
  concentration := COALESCE(concentration.entries, []),
  cash_forecast := COALESCE(cash_forecast.entries, []),
  customer_groups := struct_pack(
    "count" := customer_groups.group_cnt, "rows" := COALESCE(customer_groups.entries, [])
  ),
  watch_list := struct_pack(
    "count" := watch_list.customer_cnt, "rows" := COALESCE(watch_list.entries, [])
  ),
  policy_performance := COALESCE(policy_performance.entries, [])
)) AS content
FROM ar_at_risk, provision, concentration, cash_forecast, customer_groups, watch_list, policy_performance
