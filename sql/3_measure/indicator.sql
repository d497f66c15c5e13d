-- indicator: what is every scored indicator of each customer tonight, and what does it rest on?
--
-- Written by `python -m etl.measure` from sql/reference/indicator; edits here are lost. Every customer has a
-- row for every indicator: what is not known is a row with a reason. Indicators the catalogue does not
-- call scored stand in the wide tables of the indicator layer only.
--
-- Grain: one row per customer and scored indicator. Key: customer_id, indicator.
-- Requirements: R0-01, R0-04, R4-64, R4-103; A9.
--
-- Columns
--   customer_id      VARCHAR        the customer
--   indicator        VARCHAR        its name in the catalogue
--   value            DECIMAL(28,6)  in unit; flag: 1 yes, 0 no; NULL: see null_reason
--   unit             VARCHAR        share, days, count, money (base currency) and so on; NULL: a bare number
--   sample_size      BIGINT         items it rests on; NULL: not a count of items
--   source_date      DATE           the day of the data it rests on; NULL: the night's own books, or nothing
--   source_age_days  INTEGER        days from source_date to the night; NULL: as source_date
--   null_reason      VARCHAR        why value is NULL; NULL: there is a value

WITH

measured AS (
  SELECT
    customer_id,
    'bureau_score_norm' AS indicator,
    CAST(bureau_score_norm AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(bureau_score_asof AS DATE) AS source_date,
    CASE WHEN bureau_score_norm IS NULL THEN COALESCE(bureau_score_norm_reason, null_reason, 'not_scored') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'default_probability' AS indicator,
    CAST(default_probability AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(default_probability_date AS DATE) AS source_date,
    CASE WHEN default_probability IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'bureau_dbt_days' AS indicator,
    CAST(bureau_dbt_days AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(bureau_dbt_date AS DATE) AS source_date,
    CASE WHEN bureau_dbt_days IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'agency_quality_score' AS indicator,
    CAST(agency_quality_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(agency_factor_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN agency_quality_score IS NULL THEN COALESCE(null_reason, 'agency_not_judged') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'agency_model_score' AS indicator,
    CAST(agency_model_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN agency_model_score IS NULL THEN COALESCE(null_reason, 'agency_not_judged') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'agency_coverage_score' AS indicator,
    CAST(agency_coverage_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN agency_coverage_score IS NULL THEN COALESCE(null_reason, 'agency_not_judged') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'agency_update_score' AS indicator,
    CAST(agency_update_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN agency_update_score IS NULL THEN COALESCE(null_reason, 'agency_not_judged') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'agency_fairness_score' AS indicator,
    CAST(agency_fairness_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN agency_fairness_score IS NULL THEN COALESCE(null_reason, 'agency_not_judged') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'agency_accuracy_score' AS indicator,
    CAST(agency_accuracy_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN agency_accuracy_score IS NULL THEN COALESCE(null_reason, 'agency_not_judged') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'loan_overdue_cnt' AS indicator,
    CAST(loan_overdue_cnt AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(line_cnt AS BIGINT) AS sample_size,
    CAST(line_date AS DATE) AS source_date,
    CASE WHEN loan_overdue_cnt IS NULL THEN COALESCE(null_reason, 'no_lines') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'line_overdue_share' AS indicator,
    CAST(line_overdue_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(line_cnt AS BIGINT) AS sample_size,
    CAST(line_date AS DATE) AS source_date,
    CASE WHEN line_overdue_share IS NULL THEN COALESCE(null_reason, 'no_lines') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'watch_flag' AS indicator,
    CAST(CASE WHEN watch_flag THEN 1 WHEN NOT watch_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(bureau_score_asof AS DATE) AS source_date,
    CASE WHEN watch_flag IS NULL THEN COALESCE(null_reason, 'not_asked') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'adm_credit_score' AS indicator,
    CAST(adm_credit_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(adm_credit_part_cnt AS BIGINT) AS sample_size,
    CAST(bureau_score_asof AS DATE) AS source_date,
    CASE WHEN adm_credit_score IS NULL THEN COALESCE(null_reason, 'not_asked') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'tax_credit_points' AS indicator,
    CAST(tax_credit_points AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(tax_credit_date AS DATE) AS source_date,
    CASE WHEN tax_credit_points IS NULL THEN COALESCE(null_reason, 'no_tax_level') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'ref_days_late_mean' AS indicator,
    CAST(ref_days_late_mean AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(ref_cnt AS BIGINT) AS sample_size,
    CAST(ref_date AS DATE) AS source_date,
    CASE WHEN ref_days_late_mean IS NULL THEN COALESCE(null_reason, 'no_references') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'ref_rating_mean' AS indicator,
    CAST(ref_rating_mean AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(ref_cnt AS BIGINT) AS sample_size,
    CAST(ref_date AS DATE) AS source_date,
    CASE WHEN ref_rating_mean IS NULL THEN COALESCE(null_reason, 'no_references') END AS null_reason
  FROM indicator.bureau
  UNION ALL
  SELECT
    customer_id,
    'competitor_share' AS indicator,
    CAST(competitor_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(competitor_share_date AS DATE) AS source_date,
    CASE WHEN competitor_share IS NULL THEN COALESCE(competitor_share_reason, 'share_unknown') END AS null_reason
  FROM indicator.closeness
  UNION ALL
  SELECT
    customer_id,
    'relation_months' AS indicator,
    CAST(relation_months AS DECIMAL(28, 6)) AS value,
    'months' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN relation_months IS NULL THEN 'relation_unknown' END AS null_reason
  FROM indicator.closeness
  UNION ALL
  SELECT
    customer_id,
    'referral_cnt' AS indicator,
    CAST(referral_cnt AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN referral_cnt IS NULL THEN COALESCE(referral_cnt_reason, 'not_connected') END AS null_reason
  FROM indicator.closeness
  UNION ALL
  SELECT
    customer_id,
    'would_continue_share' AS indicator,
    CAST(would_continue_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(would_continue_n AS BIGINT) AS sample_size,
    CAST(would_continue_date AS DATE) AS source_date,
    CASE WHEN would_continue_share IS NULL THEN COALESCE(would_continue_share_reason, 'no_answer') END AS null_reason
  FROM indicator.closeness
  UNION ALL
  SELECT
    customer_id,
    'clv' AS indicator,
    CAST(clv AS DECIMAL(28, 6)) AS value,
    'money' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN clv IS NULL THEN COALESCE(clv_reason, 'no_retention') END AS null_reason
  FROM indicator.closeness
  UNION ALL
  SELECT
    customer_id,
    'customer_value' AS indicator,
    CAST(customer_value AS DECIMAL(28, 6)) AS value,
    'money' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN customer_value IS NULL THEN COALESCE(customer_value_reason, 'no_retention') END AS null_reason
  FROM indicator.closeness
  UNION ALL
  SELECT
    customer_id,
    'contact_gap_days' AS indicator,
    CAST(contact_gap_days AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(contact_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN contact_gap_days IS NULL THEN COALESCE(contact_gap_days_reason, 'never_contacted') END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'reply_share' AS indicator,
    CAST(reply_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(reply_called_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN reply_share IS NULL THEN COALESCE(reply_share_reason, 'nothing_asked') END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'reply_hours_med' AS indicator,
    CAST(reply_hours_med AS DECIMAL(28, 6)) AS value,
    'hours' AS unit,
    CAST(reply_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN reply_hours_med IS NULL THEN COALESCE(reply_hours_med_reason, 'nothing_asked') END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'promise_kept_rate' AS indicator,
    CAST(promise_kept_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(promise_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN promise_kept_rate IS NULL THEN COALESCE(promise_kept_rate_reason, 'no_promises') END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'dunning_cnt_12m' AS indicator,
    CAST(dunning_cnt_12m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dunning_cnt_12m IS NULL THEN 'not_connected' END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'dunning_level_max_12m' AS indicator,
    CAST(dunning_level_max_12m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(dunning_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dunning_level_max_12m IS NULL THEN COALESCE(dunning_level_max_12m_reason, 'never_dunned') END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'dunning_answered_share' AS indicator,
    CAST(dunning_answered_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(dunning_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dunning_answered_share IS NULL THEN COALESCE(dunning_answered_share_reason, 'never_dunned') END AS null_reason
  FROM indicator.communication
  UNION ALL
  SELECT
    customer_id,
    'contract_signed_rate' AS indicator,
    CAST(contract_signed_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(contract_offered_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN contract_signed_rate IS NULL THEN COALESCE(contract_signed_rate_reason, 'no_contracts') END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'contract_sign_days_mean' AS indicator,
    CAST(contract_sign_days_mean AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(contract_sign_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN contract_sign_days_mean IS NULL THEN 'none_signed' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'contract_progress_gap' AS indicator,
    CAST(contract_progress_gap AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN contract_progress_gap IS NULL THEN COALESCE(contract_progress_gap_reason, 'none_planned') END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'milestone_on_time_share' AS indicator,
    CAST(milestone_on_time_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(milestone_due_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN milestone_on_time_share IS NULL THEN 'none_planned' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'contract_breach_cnt_24m' AS indicator,
    CAST(contract_breach_cnt_24m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN contract_breach_cnt_24m IS NULL THEN COALESCE(contract_breach_cnt_24m_reason, 'no_breach_feed') END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'contract_breach_rate' AS indicator,
    CAST(contract_breach_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(contract_force_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN contract_breach_rate IS NULL THEN 'no_contracts' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'breach_clause_flag' AS indicator,
    CAST(CASE WHEN breach_clause_flag THEN 1 WHEN NOT breach_clause_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(contract_live_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN breach_clause_flag IS NULL THEN COALESCE(breach_clause_flag_reason, 'no_live_contract') END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'delivery_delay_days' AS indicator,
    CAST(delivery_delay_days AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(delivery_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN delivery_delay_days IS NULL THEN COALESCE(delivery_delay_days_reason, 'no_deliveries') END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'delivery_delay_days_mean' AS indicator,
    CAST(delivery_delay_days_mean AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(delivery_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN delivery_delay_days_mean IS NULL THEN 'no_deliveries' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'delivery_on_time_share' AS indicator,
    CAST(delivery_on_time_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(delivery_judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN delivery_on_time_share IS NULL THEN 'no_deliveries' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'delivery_in_full_share' AS indicator,
    CAST(delivery_in_full_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(delivery_measured_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN delivery_in_full_share IS NULL THEN 'no_quantities' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'return_customer_cnt_12m' AS indicator,
    CAST(return_customer_cnt_12m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(return_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN return_customer_cnt_12m IS NULL THEN 'no_return_feed' END AS null_reason
  FROM indicator.contract
  UNION ALL
  SELECT
    customer_id,
    'esg_e' AS indicator,
    CAST(esg_e AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(esg_e_date AS DATE) AS source_date,
    CASE WHEN esg_e IS NULL THEN COALESCE(esg_e_reason, 'no_report') END AS null_reason
  FROM indicator.esg
  UNION ALL
  SELECT
    customer_id,
    'esg_s' AS indicator,
    CAST(esg_s AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(esg_s_date AS DATE) AS source_date,
    CASE WHEN esg_s IS NULL THEN COALESCE(esg_s_reason, 'no_report') END AS null_reason
  FROM indicator.esg
  UNION ALL
  SELECT
    customer_id,
    'esg_g' AS indicator,
    CAST(esg_g AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(esg_g_date AS DATE) AS source_date,
    CASE WHEN esg_g IS NULL THEN COALESCE(esg_g_reason, 'no_report') END AS null_reason
  FROM indicator.esg
  UNION ALL
  SELECT
    customer_id,
    'esg_total' AS indicator,
    CAST(esg_total AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(esg_total_date AS DATE) AS source_date,
    CASE WHEN esg_total IS NULL THEN COALESCE(esg_total_reason, 'no_report') END AS null_reason
  FROM indicator.esg
  UNION ALL
  SELECT
    customer_id,
    'csr_score' AS indicator,
    CAST(csr_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(csr_date AS DATE) AS source_date,
    CASE WHEN csr_score IS NULL THEN COALESCE(csr_score_reason, 'no_report') END AS null_reason
  FROM indicator.esg
  UNION ALL
  SELECT
    customer_id,
    'environment_penalty_cnt_36m' AS indicator,
    CAST(environment_penalty_cnt_36m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(environment_penalty_date AS DATE) AS source_date,
    CASE WHEN environment_penalty_cnt_36m IS NULL THEN COALESCE(environment_penalty_cnt_36m_reason, 'not_asked') END AS null_reason
  FROM indicator.esg
  UNION ALL
  SELECT
    customer_id,
    'expert_score' AS indicator,
    CAST(expert_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(expert_vote_cnt AS BIGINT) AS sample_size,
    CAST(expert_voted_on AS DATE) AS source_date,
    CASE WHEN expert_score IS NULL THEN COALESCE(expert_score_reason, 'no_votes') END AS null_reason
  FROM indicator.expert
  UNION ALL
  SELECT
    customer_id,
    'complaint_rate' AS indicator,
    CAST(complaint_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(feedback_order_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN complaint_rate IS NULL THEN COALESCE(complaint_rate_reason, 'no_orders_12m') END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'complaint_about_fault' AS indicator,
    CAST(complaint_about_fault AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(complaint_about_count AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN complaint_about_fault IS NULL THEN 'no_case_feed' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'refund_rate' AS indicator,
    CAST(refund_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(feedback_order_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN refund_rate IS NULL THEN COALESCE(refund_rate_reason, 'no_orders_12m') END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'complaint_close_hours' AS indicator,
    CAST(complaint_close_hours AS DECIMAL(28, 6)) AS value,
    'hours' AS unit,
    CAST(complaint_closed_n AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN complaint_close_hours IS NULL THEN 'none_closed' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'response_hours' AS indicator,
    CAST(response_hours AS DECIMAL(28, 6)) AS value,
    'hours' AS unit,
    CAST(response_n AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN response_hours IS NULL THEN 'no_response_stated' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'resolution_rate' AS indicator,
    CAST(resolution_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(resolution_n AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN resolution_rate IS NULL THEN 'none_closed' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'rating_bayes' AS indicator,
    CAST(rating_bayes AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(rating_n AS BIGINT) AS sample_size,
    CAST(rating_date AS DATE) AS source_date,
    CASE WHEN rating_bayes IS NULL THEN 'no_ratings' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'rating_about_bayes' AS indicator,
    CAST(rating_about_bayes AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(rating_about_n AS BIGINT) AS sample_size,
    CAST(rating_about_date AS DATE) AS source_date,
    CASE WHEN rating_about_bayes IS NULL THEN 'no_ratings' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'csat_avg' AS indicator,
    CAST(csat_avg AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(csat_n AS BIGINT) AS sample_size,
    CAST(csat_date AS DATE) AS source_date,
    CASE WHEN csat_avg IS NULL THEN 'no_ratings' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'nps' AS indicator,
    CAST(nps AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(nps_n AS BIGINT) AS sample_size,
    CAST(nps_date AS DATE) AS source_date,
    CASE WHEN nps IS NULL THEN 'no_answers' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'feedback_neg_rate' AS indicator,
    CAST(feedback_neg_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(feedback_n AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN feedback_neg_rate IS NULL THEN 'no_answers' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'dispute_cnt' AS indicator,
    CAST(dispute_cnt AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dispute_cnt IS NULL THEN 'no_dispute_feed' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'dispute_days' AS indicator,
    CAST(dispute_days AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(dispute_days_n AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dispute_days IS NULL THEN 'no_disputes' END AS null_reason
  FROM indicator.feedback
  UNION ALL
  SELECT
    customer_id,
    'debt_to_assets' AS indicator,
    CAST(debt_to_assets AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN debt_to_assets IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'current_ratio' AS indicator,
    CAST(current_ratio AS DECIMAL(28, 6)) AS value,
    'ratio' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN current_ratio IS NULL THEN COALESCE(current_ratio_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'quick_ratio' AS indicator,
    CAST(quick_ratio AS DECIMAL(28, 6)) AS value,
    'ratio' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN quick_ratio IS NULL THEN COALESCE(quick_ratio_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'gross_margin' AS indicator,
    CAST(gross_margin AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN gross_margin IS NULL THEN COALESCE(gross_margin_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'net_margin' AS indicator,
    CAST(net_margin AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN net_margin IS NULL THEN COALESCE(net_margin_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'return_on_equity' AS indicator,
    CAST(return_on_equity AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN return_on_equity IS NULL THEN COALESCE(return_on_equity_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'ebit_to_assets' AS indicator,
    CAST(ebit_to_assets AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN ebit_to_assets IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'cfo_to_current_liabilities' AS indicator,
    CAST(cfo_to_current_liabilities AS DECIMAL(28, 6)) AS value,
    'ratio' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN cfo_to_current_liabilities IS NULL THEN COALESCE(cfo_to_current_liabilities_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'cfo_to_net_income' AS indicator,
    CAST(cfo_to_net_income AS DECIMAL(28, 6)) AS value,
    'ratio' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN cfo_to_net_income IS NULL THEN COALESCE(cfo_to_net_income_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'interest_cover' AS indicator,
    CAST(interest_cover AS DECIMAL(28, 6)) AS value,
    'ratio' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN interest_cover IS NULL THEN COALESCE(interest_cover_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'receivables_turnover' AS indicator,
    CAST(receivables_turnover AS DECIMAL(28, 6)) AS value,
    'ratio' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN receivables_turnover IS NULL THEN COALESCE(receivables_turnover_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'revenue_growth' AS indicator,
    CAST(revenue_growth AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN revenue_growth IS NULL THEN COALESCE(revenue_growth_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'neg_equity' AS indicator,
    CAST(CASE WHEN neg_equity THEN 1 WHEN NOT neg_equity THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN neg_equity IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'is_insolvent' AS indicator,
    CAST(CASE WHEN is_insolvent THEN 1 WHEN NOT is_insolvent THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN is_insolvent IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'z2_score' AS indicator,
    CAST(z2_score AS DECIMAL(28, 6)) AS value,
    CAST(NULL AS VARCHAR) AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN z2_score IS NULL THEN COALESCE(z2_score_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'z_applied_position' AS indicator,
    CAST(z_applied_position AS DECIMAL(28, 6)) AS value,
    CAST(NULL AS VARCHAR) AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN z_applied_position IS NULL THEN COALESCE(z_applied_position_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'f_score' AS indicator,
    CAST(f_score AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(f_test_cnt AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN f_score IS NULL THEN COALESCE(f_score_reason, null_reason, 'not_stated') END AS null_reason
  FROM indicator.finance
  UNION ALL
  SELECT
    customer_id,
    'industry_risk_band' AS indicator,
    CAST(industry_risk_band AS DECIMAL(28, 6)) AS value,
    CAST(NULL AS VARCHAR) AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(industry_date AS DATE) AS source_date,
    CASE WHEN industry_risk_band IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.industry
  UNION ALL
  SELECT
    customer_id,
    'industry_competition' AS indicator,
    CAST(industry_competition AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(industry_date AS DATE) AS source_date,
    CASE WHEN industry_competition IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.industry
  UNION ALL
  SELECT
    customer_id,
    'industry_volatility' AS indicator,
    CAST(industry_volatility AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(industry_date AS DATE) AS source_date,
    CASE WHEN industry_volatility IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.industry
  UNION ALL
  SELECT
    customer_id,
    'industry_outlook_points' AS indicator,
    CAST(industry_outlook_points AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(industry_date AS DATE) AS source_date,
    CASE WHEN industry_outlook_points IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.industry
  UNION ALL
  SELECT
    customer_id,
    'industry_default_rate' AS indicator,
    CAST(industry_default_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(industry_date AS DATE) AS source_date,
    CASE WHEN industry_default_rate IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.industry
  UNION ALL
  SELECT
    customer_id,
    'industry_bad_rate' AS indicator,
    CAST(industry_bad_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(industry_customer_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN industry_bad_rate IS NULL THEN COALESCE(industry_bad_rate_reason, null_reason, 'none_billed') END AS null_reason
  FROM indicator.industry
  UNION ALL
  SELECT
    customer_id,
    'lit_cnt_defendant_24m' AS indicator,
    CAST(lit_cnt_defendant_24m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(lit_asof AS DATE) AS source_date,
    CASE WHEN lit_cnt_defendant_24m IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'lit_cnt_defendant_36m' AS indicator,
    CAST(lit_cnt_defendant_36m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(lit_asof AS DATE) AS source_date,
    CASE WHEN lit_cnt_defendant_36m IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'lit_cnt_open' AS indicator,
    CAST(lit_cnt_open AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(lit_asof AS DATE) AS source_date,
    CASE WHEN lit_cnt_open IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'enforcement_cnt' AS indicator,
    CAST(enforcement_cnt AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN enforcement_cnt IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'enforcement_ended_cnt_36m' AS indicator,
    CAST(enforcement_ended_cnt_36m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN enforcement_ended_cnt_36m IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'dishonest_flag' AS indicator,
    CAST(CASE WHEN dishonest_flag THEN 1 WHEN NOT dishonest_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN dishonest_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'consumption_limit_flag' AS indicator,
    CAST(CASE WHEN consumption_limit_flag THEN 1 WHEN NOT consumption_limit_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN consumption_limit_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'abnormal_op_flag' AS indicator,
    CAST(CASE WHEN abnormal_op_flag THEN 1 WHEN NOT abnormal_op_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN abnormal_op_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'serious_illegal_flag' AS indicator,
    CAST(CASE WHEN serious_illegal_flag THEN 1 WHEN NOT serious_illegal_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN serious_illegal_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'tax_arrears_flag' AS indicator,
    CAST(CASE WHEN tax_arrears_flag THEN 1 WHEN NOT tax_arrears_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN tax_arrears_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'equity_freeze_flag' AS indicator,
    CAST(CASE WHEN equity_freeze_flag THEN 1 WHEN NOT equity_freeze_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN equity_freeze_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'sanctioned_flag' AS indicator,
    CAST(CASE WHEN sanctioned_flag THEN 1 WHEN NOT sanctioned_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(listing_asof AS DATE) AS source_date,
    CASE WHEN sanctioned_flag IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'penalty_cnt_36m' AS indicator,
    CAST(penalty_cnt_36m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN penalty_cnt_36m IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'licence_expired_cnt' AS indicator,
    CAST(licence_expired_cnt AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(licence_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN licence_expired_cnt IS NULL THEN 'not_asked' END AS null_reason
  FROM indicator.legal
  UNION ALL
  SELECT
    customer_id,
    'mgmt_score' AS indicator,
    CAST(mgmt_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(mgmt_n AS BIGINT) AS sample_size,
    CAST(mgmt_date AS DATE) AS source_date,
    CASE WHEN mgmt_score IS NULL THEN COALESCE(mgmt_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'ops_capacity_score' AS indicator,
    CAST(ops_capacity_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(ops_capacity_n AS BIGINT) AS sample_size,
    CAST(ops_capacity_date AS DATE) AS source_date,
    CASE WHEN ops_capacity_score IS NULL THEN COALESCE(ops_capacity_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'scm_score' AS indicator,
    CAST(scm_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(scm_n AS BIGINT) AS sample_size,
    CAST(scm_date AS DATE) AS source_date,
    CASE WHEN scm_score IS NULL THEN COALESCE(scm_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'site_visit_score' AS indicator,
    CAST(site_visit_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(site_visit_n AS BIGINT) AS sample_size,
    CAST(site_visit_date AS DATE) AS source_date,
    CASE WHEN site_visit_score IS NULL THEN COALESCE(site_visit_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'interview_score' AS indicator,
    CAST(interview_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(interview_n AS BIGINT) AS sample_size,
    CAST(interview_date AS DATE) AS source_date,
    CASE WHEN interview_score IS NULL THEN COALESCE(interview_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'business_model_score' AS indicator,
    CAST(business_model_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(business_model_n AS BIGINT) AS sample_size,
    CAST(business_model_date AS DATE) AS source_date,
    CASE WHEN business_model_score IS NULL THEN COALESCE(business_model_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'survey_score' AS indicator,
    CAST(survey_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(survey_n AS BIGINT) AS sample_size,
    CAST(survey_date AS DATE) AS source_date,
    CASE WHEN survey_score IS NULL THEN COALESCE(survey_score_reason, 'no_form') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'identity_verified' AS indicator,
    CAST(CASE WHEN identity_verified THEN 1 WHEN NOT identity_verified THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(identity_date AS DATE) AS source_date,
    CASE WHEN identity_verified IS NULL THEN COALESCE(identity_verified_reason, 'not_checked') END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'bg_check' AS indicator,
    CAST(CASE WHEN bg_check THEN 1 WHEN NOT bg_check THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(registration_date AS DATE) AS source_date,
    CASE WHEN bg_check IS NULL THEN 'not_checked' END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'file_completeness' AS indicator,
    CAST(file_completeness AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(file_part_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN file_completeness IS NULL THEN 'not_checked' END AS null_reason
  FROM indicator.management
  UNION ALL
  SELECT
    customer_id,
    'collateral_ok' AS indicator,
    CAST(CASE WHEN collateral_ok THEN 1 WHEN NOT collateral_ok THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(guarantee_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN collateral_ok IS NULL THEN COALESCE(collateral_ok_reason, 'not_verified') END AS null_reason
  FROM indicator.mitigation
  UNION ALL
  SELECT
    customer_id,
    'guarantor_hhi' AS indicator,
    CAST(guarantor_hhi AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(guarantor_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN guarantor_hhi IS NULL THEN COALESCE(guarantor_hhi_reason, 'no_guarantee') END AS null_reason
  FROM indicator.mitigation
  UNION ALL
  SELECT
    customer_id,
    'insured_share' AS indicator,
    CAST(insured_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(insurance_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN insured_share IS NULL THEN COALESCE(insured_share_reason, 'nothing_insured') END AS null_reason
  FROM indicator.mitigation
  UNION ALL
  SELECT
    customer_id,
    'insurance_cancelled_cnt_12m' AS indicator,
    CAST(insurance_cancelled_cnt_12m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN insurance_cancelled_cnt_12m IS NULL THEN COALESCE(insurance_cancelled_cnt_12m_reason, 'not_connected') END AS null_reason
  FROM indicator.mitigation
  UNION ALL
  SELECT
    customer_id,
    'cover_amount' AS indicator,
    CAST(cover_amount AS DECIMAL(28, 6)) AS value,
    'money' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN cover_amount IS NULL THEN COALESCE(cover_amount_reason, 'no_fx') END AS null_reason
  FROM indicator.mitigation
  UNION ALL
  SELECT
    customer_id,
    'cover_days_to_expiry' AS indicator,
    CAST(cover_days_to_expiry AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN cover_days_to_expiry IS NULL THEN COALESCE(cover_days_to_expiry_reason, 'no_cover') END AS null_reason
  FROM indicator.mitigation
  UNION ALL
  SELECT
    customer_id,
    'on_time_share_cnt' AS indicator,
    CAST(on_time_share_cnt AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN on_time_share_cnt IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'on_time_share_amt' AS indicator,
    CAST(on_time_share_amt AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN on_time_share_amt IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'exact_on_time_share_amt' AS indicator,
    CAST(exact_on_time_share_amt AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN exact_on_time_share_amt IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_max' AS indicator,
    CAST(days_overdue_max AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_max IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_wavg' AS indicator,
    CAST(days_overdue_wavg AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_wavg IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_p90' AS indicator,
    CAST(days_overdue_p90 AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_p90 IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_overdue_trend' AS indicator,
    CAST(days_overdue_trend AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_overdue_trend IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_recent') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'dso' AS indicator,
    CAST(dso AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN dso IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_sales') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'average_days_delinquent' AS indicator,
    CAST(average_days_delinquent AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN average_days_delinquent IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_sales') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'cei' AS indicator,
    CAST(cei AS DECIMAL(28, 6)) AS value,
    'percent' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN cei IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'nothing_to_collect') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'paydex_like' AS indicator,
    CAST(paydex_like AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(judged_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN paydex_like IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'none_judged') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'payments_per_month' AS indicator,
    CAST(payments_per_month AS DECIMAL(28, 6)) AS value,
    'per_month' AS unit,
    CAST(payment_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN payments_per_month IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'never_billed') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'payment_gap_cv' AS indicator,
    CAST(payment_gap_cv AS DECIMAL(28, 6)) AS value,
    CAST(NULL AS VARCHAR) AS unit,
    CAST(payment_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN payment_gap_cv IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'too_few_payments') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'payment_amount_trend' AS indicator,
    CAST(payment_amount_trend AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN payment_amount_trend IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_earlier_payments') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'days_since_payment' AS indicator,
    CAST(days_since_payment AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN days_since_payment IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_payments') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'bad_debt_ratio' AS indicator,
    CAST(bad_debt_ratio AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN bad_debt_ratio IS NULL THEN COALESCE(null_reason, CASE WHEN no_fx_item_cnt > 0 THEN 'no_fx' END, 'no_sales') END AS null_reason
  FROM indicator.payment
  UNION ALL
  SELECT
    customer_id,
    'performance_total' AS indicator,
    CAST(performance_total AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(performance_ratio_cnt AS BIGINT) AS sample_size,
    CAST(statement_date AS DATE) AS source_date,
    CASE WHEN performance_total IS NULL THEN COALESCE(null_reason, 'no_standard') END AS null_reason
  FROM indicator.performance
  UNION ALL
  SELECT
    customer_id,
    'reputation_score' AS indicator,
    CAST(reputation_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(reputation_kind_cnt AS BIGINT) AS sample_size,
    CAST(reputation_date AS DATE) AS source_date,
    CASE WHEN reputation_score IS NULL THEN COALESCE(null_reason, 'no_points') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'review_avg' AS indicator,
    CAST(review_avg AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(review_n AS BIGINT) AS sample_size,
    CAST(review_date AS DATE) AS source_date,
    CASE WHEN review_avg IS NULL THEN COALESCE(null_reason, 'no_reviews') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'partner_review_avg' AS indicator,
    CAST(partner_review_avg AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(partner_review_n AS BIGINT) AS sample_size,
    CAST(partner_review_date AS DATE) AS source_date,
    CASE WHEN partner_review_avg IS NULL THEN COALESCE(null_reason, 'no_reviews') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'cust_sat' AS indicator,
    CAST(cust_sat AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(cust_sat_n AS BIGINT) AS sample_size,
    CAST(cust_sat_date AS DATE) AS source_date,
    CASE WHEN cust_sat IS NULL THEN COALESCE(null_reason, 'no_survey') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'brand_score' AS indicator,
    CAST(brand_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(brand_n AS BIGINT) AS sample_size,
    CAST(brand_date AS DATE) AS source_date,
    CASE WHEN brand_score IS NULL THEN COALESCE(null_reason, 'no_survey') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'quality_score' AS indicator,
    CAST(quality_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(quality_n AS BIGINT) AS sample_size,
    CAST(quality_date AS DATE) AS source_date,
    CASE WHEN quality_score IS NULL THEN COALESCE(null_reason, 'no_survey') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'outlook_score' AS indicator,
    CAST(outlook_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(outlook_n AS BIGINT) AS sample_size,
    CAST(outlook_date AS DATE) AS source_date,
    CASE WHEN outlook_score IS NULL THEN COALESCE(null_reason, 'no_survey') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'mkt_share' AS indicator,
    CAST(mkt_share AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(mkt_share_date AS DATE) AS source_date,
    CASE WHEN mkt_share IS NULL THEN COALESCE(null_reason, 'not_stated') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'award_cnt' AS indicator,
    CAST(award_cnt AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(finding_cnt AS BIGINT) AS sample_size,
    CAST(award_date AS DATE) AS source_date,
    CASE WHEN award_cnt IS NULL THEN COALESCE(null_reason, 'no_finding') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'press_score' AS indicator,
    CAST(press_score AS DECIMAL(28, 6)) AS value,
    'points' AS unit,
    CAST(press_cnt_12m AS BIGINT) AS sample_size,
    CAST(press_date AS DATE) AS source_date,
    CASE WHEN press_score IS NULL THEN COALESCE(null_reason, 'no_press') END AS null_reason
  FROM indicator.reputation
  UNION ALL
  SELECT
    customer_id,
    'order_cnt_12m' AS indicator,
    CAST(order_cnt_12m AS DECIMAL(28, 6)) AS value,
    'count' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN order_cnt_12m IS NULL THEN COALESCE(null_reason, 'never_ordered') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'order_freq_month' AS indicator,
    CAST(order_freq_month AS DECIMAL(28, 6)) AS value,
    'per_month' AS unit,
    CAST(order_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN order_freq_month IS NULL THEN COALESCE(null_reason, 'never_ordered') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'recency_days' AS indicator,
    CAST(recency_days AS DECIMAL(28, 6)) AS value,
    'days' AS unit,
    CAST(order_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN recency_days IS NULL THEN COALESCE(null_reason, 'never_ordered') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'order_cnt_change_yoy' AS indicator,
    CAST(order_cnt_change_yoy AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(order_cnt_3m_last_year AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN order_cnt_change_yoy IS NULL THEN COALESCE(null_reason, 'too_few_orders') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'order_trend' AS indicator,
    CAST(order_trend AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(order_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN order_trend IS NULL THEN COALESCE(null_reason, 'no_earlier_orders') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'order_cancel_rate' AS indicator,
    CAST(order_cancel_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(order_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN order_cancel_rate IS NULL THEN COALESCE(null_reason, 'no_orders_12m') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'sales_growth' AS indicator,
    CAST(sales_growth AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN sales_growth IS NULL THEN COALESCE(sales_growth_reason, null_reason, 'no_earlier_sales') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'sales_trend' AS indicator,
    CAST(sales_trend AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(NULL AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN sales_trend IS NULL THEN COALESCE(sales_trend_reason, null_reason, 'no_earlier_sales') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'margin_ratio' AS indicator,
    CAST(margin_ratio AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(costed_order_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN margin_ratio IS NULL THEN COALESCE(null_reason, 'no_cost') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'silent_flag' AS indicator,
    CAST(CASE WHEN silent_flag THEN 1 WHEN NOT silent_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(order_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN silent_flag IS NULL THEN COALESCE(null_reason, 'never_ordered') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'churn_flag' AS indicator,
    CAST(CASE WHEN churn_flag THEN 1 WHEN NOT churn_flag THEN 0 END AS DECIMAL(28, 6)) AS value,
    'flag' AS unit,
    CAST(order_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN churn_flag IS NULL THEN COALESCE(null_reason, 'never_ordered') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'repeat_rate' AS indicator,
    CAST(repeat_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(order_cnt_12m AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN repeat_rate IS NULL THEN COALESCE(null_reason, 'never_ordered') END AS null_reason
  FROM indicator.trade
  UNION ALL
  SELECT
    customer_id,
    'retention_rate' AS indicator,
    CAST(retention_rate AS DECIMAL(28, 6)) AS value,
    'share' AS unit,
    CAST(retained_quarter_cnt AS BIGINT) AS sample_size,
    CAST(NULL AS DATE) AS source_date,
    CASE WHEN retention_rate IS NULL THEN COALESCE(null_reason, 'no_earlier_orders') END AS null_reason
  FROM indicator.trade
)

SELECT
  customer_id,
  indicator,
  value,
  unit,
  sample_size,
  CASE WHEN value IS NOT NULL THEN source_date END AS source_date,
  CASE
    WHEN value IS NOT NULL THEN EXTRACT(DAY FROM (
      CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(source_date AS TIMESTAMP)
    ))
  END AS source_age_days,
  null_reason
FROM measured
ORDER BY customer_id, indicator
