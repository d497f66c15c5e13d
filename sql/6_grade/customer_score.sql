-- customer_score: what are the named scores of each customer, side by side?
--
-- score.node_score laid out for people and BI: one column a score that the articles name. A scorecard
-- without a node of that name leaves its column empty.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R0-01, R0-03, R0-91..R0-97, R1-41, R2-01, R2-04, R2-07, R2-08, R4-38, R4-64, R4-82, R4-103, R4-104; A9.
--
-- Columns
--   policy_id                  VARCHAR        the policy
--   customer_id                VARCHAR        the customer
--   is_active                  BOOLEAN        the policy the book is run under
--   scorecard_id               VARCHAR        the scorecard of its segment
--   integrity_score            DECIMAL(18,6)  0 to 100, S0's ten indicators together; NULL: nothing is known of it [R0-01]
--   internal_score             DECIMAL(18,6)  0 to 100, our own history alone; NULL: nothing is known of it [R0-03]
--   admission_score            DECIMAL(18,6)  0 to 100, S1's seven together; NULL: nothing is known of it [R1-70]
--   credit_risk_score          DECIMAL(18,6)  0 to 100, credit risk; NULL: nothing is known of it [R0-97, R4-64]
--   coop_risk_score            DECIMAL(18,6)  0 to 100, risk of working together; NULL: nothing is known of it [R0-97]
--   facet_pay                  DECIMAL(18,6)  0 to 100, ability to pay; NULL: nothing is known of it [R0-91, R0-92, R2-07]
--   facet_perform              DECIMAL(18,6)  0 to 100, ability to perform; NULL: nothing is known of it [R0-91]
--   facet_record               DECIMAL(18,6)  0 to 100, credit record; NULL: nothing is known of it [R0-91, R0-93, R2-08]
--   facet_compliance           DECIMAL(18,6)  0 to 100, compliance; NULL: nothing is known of it [R0-91, R0-94]
--   facet_comm                 DECIMAL(18,6)  0 to 100, communication; NULL: nothing is known of it [R0-91, R0-95]
--   ability_score              DECIMAL(18,6)  0 to 100, ability to pay, with what it shows in paying; NULL: nothing is known of it [R4-104]
--   willingness_score          DECIMAL(18,6)  0 to 100, willingness to pay; NULL: nothing is known of it [R4-104]
--   performance_ability_score  DECIMAL(18,6)  0 to 100, per contract, in time and in quantity; NULL: nothing is known of it [R0-34]
--   goodwill_score             DECIMAL(18,6)  0 to 100, satisfied customers and partners; NULL: nothing is known of it [R1-41]
--   operations_score           DECIMAL(18,6)  0 to 100, state of business; NULL: nothing is known of it [R2-04]
--   value_score                DECIMAL(18,6)  0 to 100, what it is worth to us; NULL: nothing is known of it [R4-80, R4-82]
--   loyalty_score              DECIMAL(18,6)  0 to 100, loyalty; NULL: nothing is known of it [R4-20]
--   m1_payment_band            VARCHAR        good (A, B), fair (C), poor (D) by the payment score; NULL: too little is known [R2-01]
--   m3_operation_band          VARCHAR        the same of operations_score [R2-04]
--   score_expert               DECIMAL(18,6)  0 to 100, by the panel of experts; NULL: none voted [R4-38]
--   score_stat                 DECIMAL(18,6)  0 to 100, by the scorecard: its main score; NULL: nothing is known [R4-38]
--   score_ml                   DECIMAL(18,6)  0 to 100, by weights learnt from own outcomes (`zixin train`): the scorecard's node machine; NULL: it has none, or nothing is known of it [R4-38]
--   score_divergence           DECIMAL(18,6)  points, internal_score less the bureau's score on 0 to 100; NULL: one of them is unknown [R0-03]
--   data_coverage              DECIMAL(18,6)  fraction of the main score's weight that is known [R4-103]
--   confidence                 DECIMAL(18,6)  fraction, 1 less the width of the main score's interval over 100 [R4-103]

WITH

named AS (
  SELECT
    scorecard_id,
    customer_id,
    MAX(CASE WHEN node = 'integrity' THEN score END) AS integrity_score,
    MAX(CASE WHEN node = 'internal' THEN score END) AS internal_score,
    MAX(CASE WHEN node = 'admission' THEN score END) AS admission_score,
    MAX(CASE WHEN node = 'credit_risk' THEN score END) AS credit_risk_score,
    MAX(CASE WHEN node = 'coop_risk' THEN score END) AS coop_risk_score,
    MAX(CASE WHEN node = 'facet_pay' THEN score END) AS facet_pay,
    MAX(CASE WHEN node = 'facet_perform' THEN score END) AS facet_perform,
    MAX(CASE WHEN node = 'facet_record' THEN score END) AS facet_record,
    MAX(CASE WHEN node = 'facet_compliance' THEN score END) AS facet_compliance,
    MAX(CASE WHEN node = 'facet_comm' THEN score END) AS facet_comm,
    MAX(CASE WHEN node = 'ability' THEN score END) AS ability_score,
    MAX(CASE WHEN node = 'willingness' THEN score END) AS willingness_score,
    MAX(CASE WHEN node = 'performance_ability' THEN score END) AS performance_ability_score,
    MAX(CASE WHEN node = 'goodwill' THEN score END) AS goodwill_score,
    MAX(CASE WHEN node = 'operations' THEN score END) AS operations_score,
    MAX(CASE WHEN node = 'value' THEN score END) AS value_score,
    MAX(CASE WHEN node = 'loyalty' THEN score END) AS loyalty_score,
    MAX(CASE WHEN node = 'expert' THEN score END) AS score_expert,
    MAX(CASE WHEN node = 'machine' THEN score END) AS score_ml,
    MAX(CASE WHEN node = 'payment' THEN grade END) AS payment_grade,
    MAX(CASE WHEN node = 'operations' THEN grade END) AS operations_grade,
    MAX(CASE WHEN is_main THEN score END) AS score_stat,
    MAX(CASE WHEN is_main THEN coverage END) AS data_coverage,
    MAX(CASE WHEN is_main THEN score_best - score_worst END) AS width
  FROM score.node_score
  GROUP BY scorecard_id, customer_id
)

SELECT
  segment.policy_id,
  segment.customer_id,
  segment.is_active,
  segment.scorecard_id,
  named.integrity_score,
  named.internal_score,
  named.admission_score,
  named.credit_risk_score,
  named.coop_risk_score,
  named.facet_pay,
  named.facet_perform,
  named.facet_record,
  named.facet_compliance,
  named.facet_comm,
  named.ability_score,
  named.willingness_score,
  named.performance_ability_score,
  named.goodwill_score,
  named.operations_score,
  named.value_score,
  named.loyalty_score,
  CASE named.payment_grade
    WHEN 'A' THEN 'good' WHEN 'B' THEN 'good' WHEN 'C' THEN 'fair' WHEN 'D' THEN 'poor'
  END AS m1_payment_band,
  CASE named.operations_grade
    WHEN 'A' THEN 'good' WHEN 'B' THEN 'good' WHEN 'C' THEN 'fair' WHEN 'D' THEN 'poor'
  END AS m3_operation_band,
  named.score_expert,
  named.score_stat,
  named.score_ml,
  CAST(named.internal_score - 100 * bureau.bureau_score_norm AS DECIMAL(18, 6)) AS score_divergence,
  named.data_coverage,
  CAST(1 - named.width * CAST(0.01 AS DECIMAL(3, 2)) AS DECIMAL(18, 6)) AS confidence
FROM measure.segment
LEFT JOIN named
  ON named.scorecard_id = segment.scorecard_id AND named.customer_id = segment.customer_id
LEFT JOIN indicator.bureau ON bureau.customer_id = segment.customer_id
ORDER BY policy_id, customer_id
