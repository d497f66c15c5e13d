-- segment: by which standard is each customer judged, under each policy?
--
-- The first of the policy's segments that fits, by industry, trade and history; `default` fits everybody. A
-- segment that asks for what is not known of a customer (no industry, no rate for its purchases) does not
-- fit it. Spans include their start and not their end.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R3-10, R1-72, R4-73.
--
-- Columns
--   policy_id          VARCHAR        the policy
--   customer_id        VARCHAR        the customer
--   is_active          BOOLEAN        the policy the book is run under
--   segment_no         INTEGER        its place in the policy
--   segment            VARCHAR        the standard it is judged by [R3-10]
--   scorecard_id       VARCHAR        the scorecard of that standard
--   limit_factor       DECIMAL(9,4)   what its limits are multiplied by
--   industry_code      VARCHAR        what was looked at: its industry; NULL: unknown
--   purchases_amount   DECIMAL(28,2)  its purchases of 12 months, base currency; NULL: no_fx
--   history_months     INTEGER        whole months since the first bill; 0: never billed

WITH

described AS (
  SELECT
    customer.customer_id,
    industry.industry_code,
    trade.purchases_amount_12m AS purchases_amount,
    CASE
      WHEN customer.first_sale_date IS NULL THEN 0
      ELSE 12 * (EXTRACT(YEAR FROM CAST(:as_of AS DATE)) - EXTRACT(YEAR FROM customer.first_sale_date))
        + EXTRACT(MONTH FROM CAST(:as_of AS DATE)) - EXTRACT(MONTH FROM customer.first_sale_date)
        - CASE
          WHEN EXTRACT(DAY FROM CAST(:as_of AS DATE)) < EXTRACT(DAY FROM customer.first_sale_date)
            THEN 1
          ELSE 0
        END
    END AS history_months
  FROM core.customer
  LEFT JOIN indicator.industry ON industry.customer_id = customer.customer_id
  LEFT JOIN indicator.trade ON trade.customer_id = customer.customer_id
),

fitting AS (
  SELECT segment.policy_id, described.customer_id, MIN(segment.segment_no) AS segment_no
  FROM described
  JOIN policy.segment
    ON (
      segment.industry_prefix IS NULL
      OR SUBSTRING(described.industry_code, 1, LENGTH(segment.industry_prefix))
        = segment.industry_prefix
    )
    AND (segment.purchases_from IS NULL OR described.purchases_amount >= segment.purchases_from)
    AND (segment.purchases_below IS NULL OR described.purchases_amount < segment.purchases_below)
    AND (
      segment.history_from_months IS NULL
      OR described.history_months >= segment.history_from_months
    )
    AND (
      segment.history_below_months IS NULL
      OR described.history_months < segment.history_below_months
    )
  GROUP BY segment.policy_id, described.customer_id
),

-- A segment of several industries is several rows that differ in nothing else.
standard AS (
  SELECT DISTINCT policy_id, segment_no, segment, scorecard_id, limit_factor
  FROM policy.segment
)

SELECT
  fitting.policy_id,
  fitting.customer_id,
  rule.is_active,
  fitting.segment_no,
  standard.segment,
  standard.scorecard_id,
  standard.limit_factor,
  described.industry_code,
  described.purchases_amount,
  described.history_months
FROM fitting
JOIN standard
  ON standard.policy_id = fitting.policy_id AND standard.segment_no = fitting.segment_no
JOIN policy.rule ON rule.policy_id = fitting.policy_id
JOIN described ON described.customer_id = fitting.customer_id
ORDER BY policy_id, customer_id
