-- limit_method: what does each method say of each customer's limit, and from which inputs?
--
-- Every method of C10 for the book's policy, one line each: the amount, the figures it was worked out of, whether the
-- policy counts it, whether it decided, and why there is none. terms.credit_limit has the same side by side.
--
-- Grain: one row per customer and method. Key: customer_id, method.
-- Requirements: C10; R3-20, R4-105; Q21; I22, I23, I24.
--
-- Columns
--   customer_id    VARCHAR        the customer
--   method         VARCHAR        net_worth, working_capital, requirement, trade_reference, own_sales, practice, agency, average, prudent, insured
--   policy_id      VARCHAR        the policy
--   limit_amount   DECIMAL(28,6)  what the method says, base currency, before the grade's factor; NULL: null_reason
--   base_currency  VARCHAR        of the amounts
--   input_amount   DECIMAL(28,2)  the money it starts from: equity, purchases of 12 months, the agency's limit; NULL: null_reason
--   input_name     VARCHAR        what that is
--   input_factor   DECIMAL(18,6)  what it is multiplied by: a share, days, months times risk factor
--   factor_name    VARCHAR        what that is
--   input_date     DATE           the day the input is of; NULL: the night's own books
--   is_used        BOOLEAN        the policy's combination counts it
--   is_deciding    BOOLEAN        the recommended limit was made of it
--   null_reason    VARCHAR        why there is no amount; NULL: there is one

WITH

limits AS (
  SELECT credit_limit.*, terms.net_worth_share, terms.working_capital_share, terms.own_sales_share,
    terms.practice_months, terms.insured_counted_share, terms.insurance_mode,
    terms.counts_net_worth, terms.counts_working_capital, terms.counts_requirement,
    terms.counts_trade_reference, terms.counts_own_sales, terms.counts_practice, terms.counts_agency,
    CASE
      WHEN credit_limit.practice_class = grade_terms.best_practice_class
        THEN grade_terms.best_practice_factor
      ELSE grade_terms.practice_factor
    END AS practice_factor,
    bureau.agency_limit_date, bureau.agency_limit_amount_reason
  FROM terms.credit_limit
  JOIN policy.terms ON terms.policy_id = credit_limit.policy_id
  JOIN policy.grade_terms
    ON grade_terms.policy_id = credit_limit.policy_id
    AND grade_terms.grade = credit_limit.terms_grade
  LEFT JOIN indicator.bureau ON bureau.customer_id = credit_limit.customer_id
  WHERE credit_limit.is_active
),

tall AS (
  SELECT customer_id, policy_id, base_currency, basis_method, 'net_worth' AS method,
    limit_net_worth AS limit_amount, net_worth_amount AS input_amount, 'net_worth' AS input_name,
    CAST(net_worth_share AS DECIMAL(18, 6)) AS input_factor, 'share' AS factor_name,
    net_worth_date AS input_date, counts_net_worth AS is_used, net_worth_reason AS null_reason
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'working_capital',
    limit_working_capital, working_capital_amount, 'working_capital',
    CAST(working_capital_share AS DECIMAL(18, 6)), 'share', net_worth_date, counts_working_capital,
    CASE WHEN limit_working_capital IS NULL THEN COALESCE(net_worth_reason, 'not_stated') END
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'requirement',
    limit_requirement, purchases_amount_12m, 'purchases',
    CAST(requirement_days AS DECIMAL(18, 6)), 'days', CAST(NULL AS DATE), counts_requirement,
    purchases_reason
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'trade_reference',
    limit_trade_reference, high_credit_amount, 'high_credit',
    CAST(1 AS DECIMAL(18, 6)), 'share', CAST(NULL AS DATE), counts_trade_reference,
    CASE WHEN high_credit_amount IS NULL THEN 'no_reference' END
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'own_sales',
    limit_own_sales, own_sales_amount, 'own_sales',
    CAST(own_sales_share AS DECIMAL(18, 6)), 'share', CAST(NULL AS DATE), counts_own_sales,
    CASE WHEN own_sales_amount IS NULL THEN 'no_sales' END
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'practice',
    limit_practice, purchases_amount_12m, 'purchases',
    CAST(practice_months * practice_factor AS DECIMAL(18, 6)), 'months_by_risk', CAST(NULL AS DATE),
    counts_practice, purchases_reason
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'agency',
    limit_agency, agency_limit_amount, 'agency_limit',
    CAST(1 AS DECIMAL(18, 6)), 'share', agency_limit_date, counts_agency,
    CASE WHEN limit_agency IS NULL THEN COALESCE(agency_limit_amount_reason, 'no_limit_stated') END
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'average',
    limit_average, CAST(NULL AS DECIMAL(28, 2)), 'three_methods',
    CAST(NULL AS DECIMAL(18, 6)), 'mean', CAST(NULL AS DATE), FALSE,
    CASE WHEN limit_average IS NULL THEN 'method_missing' END
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'prudent',
    limit_prudent, CAST(NULL AS DECIMAL(28, 2)), 'three_methods',
    CAST(NULL AS DECIMAL(18, 6)), 'least', CAST(NULL AS DATE), FALSE,
    CASE WHEN limit_prudent IS NULL THEN 'method_missing' END
  FROM limits
  UNION ALL
  SELECT customer_id, policy_id, base_currency, basis_method, 'insured',
    limit_insured, insured_limit, 'insured_limit',
    CAST(insured_counted_share AS DECIMAL(18, 6)), 'share', CAST(NULL AS DATE),
    insurance_mode <> 'off',
    CASE
      WHEN limit_insured IS NOT NULL THEN NULL
      WHEN insured_limit IS NULL THEN 'not_insured'
      ELSE 'no_fx'
    END
  FROM limits
)

SELECT
  customer_id,
  method,
  policy_id,
  limit_amount,
  base_currency,
  input_amount,
  input_name,
  input_factor,
  factor_name,
  input_date,
  is_used,
  is_used AND COALESCE(basis_method = method OR basis_method = 'average', FALSE)
    AND limit_amount IS NOT NULL AS is_deciding,
  null_reason
FROM tall
ORDER BY customer_id, method
