-- alert_conduct: which early-warning rules about what customers do are met tonight?
--
-- Only that a condition holds: since when, and who looked at it, is in mart.alert. Delay and breach count where
-- they are the customer's; what nobody's fault is known of raises no alert (Q27).
--
-- Grain: one row per rule and customer. Key: rule_id, subject_kind, subject_id.
-- Requirements: EW07, EW08, EW09, EW11, EW12, EW16; A9; Q27; I6.
--
-- Columns
--   rule_id         VARCHAR        the rule
--   subject_kind    VARCHAR        customer, group, currency, feed or book
--   subject_id      VARCHAR        which one
--   customer_id     VARCHAR        the customer; NULL: about no single customer
--   severity        VARCHAR        amber: look at it; red: act today
--   value           DECIMAL(28,6)  what was measured; NULL: the rule counts no number
--   threshold       DECIMAL(28,6)  the line that was met; NULL: any
--   previous_value  DECIMAL(28,6)  the same before; NULL: nothing to compare with
--   value_text      VARCHAR        the same in a word; NULL: the number says it
--   previous_text   VARCHAR        the word before
--   evidence_keys   VARCHAR        kind:number of the records behind it, comma-separated; NULL: the books

WITH

rule AS (
  SELECT rule_id, amber, red, second FROM policy.alert_rule WHERE is_on
),

-- EW07: this quarter against the same quarter last year, when there was trade to lose.
fewer_orders AS (
  SELECT
    rule.rule_id,
    trade.customer_id,
    CASE
      WHEN trade.order_cnt_3m - trade.order_cnt_3m_last_year <= rule.red * trade.order_cnt_3m_last_year
        THEN 'red'
      ELSE 'amber'
    END AS severity,
    trade.order_cnt_change_yoy AS value,
    CASE
      WHEN trade.order_cnt_3m - trade.order_cnt_3m_last_year <= rule.red * trade.order_cnt_3m_last_year
        THEN rule.red
      ELSE rule.amber
    END AS threshold,
    trade.order_cnt_3m_last_year AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.trade
  JOIN rule ON rule.rule_id = 'EW07'
  WHERE trade.order_cnt_3m_last_year >= rule.second
    AND trade.order_cnt_3m - trade.order_cnt_3m_last_year <= rule.amber * trade.order_cnt_3m_last_year
),

-- EW08: a breach of the customer's that stands or is of the last 90 days, or a delay it caused lately.
breach AS (
  SELECT
    rule.rule_id,
    contract.customer_id,
    CASE
      WHEN contract.delivery_delay_days_90d >= rule.red
        THEN 'red'
      ELSE 'amber'
    END AS severity,
    CASE
      WHEN contract.delivery_delay_days_90d >= rule.amber
        THEN contract.delivery_delay_days_90d
      ELSE contract.contract_breach_cnt_24m
    END AS value,
    CASE
      WHEN contract.delivery_delay_days_90d >= rule.red THEN rule.red
      WHEN contract.delivery_delay_days_90d >= rule.amber THEN rule.amber
    END AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CASE
      WHEN contract.delivery_delay_days_90d >= rule.amber
        THEN 'delivery_delay'
      ELSE 'breach'
    END AS value_text,
    CASE
      WHEN contract.delivery_delay_days_90d >= rule.amber THEN 'delivery:' || contract.delivery_delay_id
      ELSE 'contract_breach:' || contract.contract_breach_last_id
    END AS evidence_keys
  FROM indicator.contract
  JOIN rule ON rule.rule_id = 'EW08'
  CROSS JOIN policy.book
  WHERE contract.contract_breach_open_cnt > 0
    OR contract.contract_breach_last_date > book.days_90_start
    OR (contract.delivery_delay_days_90d >= rule.amber)
),

-- EW09: the lower end of the interval lies above the whole book's rate: not a matter of few orders.
jump AS (
  SELECT
    rule.rule_id,
    feedback.customer_id,
    'amber' AS severity,
    CASE
      WHEN feedback.complaint_rate_low > feedback.complaint_rate_book THEN feedback.complaint_rate
      ELSE feedback.refund_rate
    END AS value,
    CASE
      WHEN feedback.complaint_rate_low > feedback.complaint_rate_book THEN feedback.complaint_rate_book
      ELSE feedback.refund_rate_book
    END AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CASE
      WHEN feedback.complaint_rate_low > feedback.complaint_rate_book THEN 'complaint_rate'
      ELSE 'refund_rate'
    END AS value_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.feedback
  JOIN rule ON rule.rule_id = 'EW09'
  WHERE feedback.complaint_rate_low > feedback.complaint_rate_book
    OR feedback.refund_rate_low > feedback.refund_rate_book
),

-- EW11: pays early as a system, and orders twice what it did: a made-up picture.
surge AS (
  SELECT
    rule.rule_id,
    payment.customer_id,
    'amber' AS severity,
    payment.early_share_cnt AS value,
    rule.amber AS threshold,
    trade.order_cnt_90d_before AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.payment
  JOIN indicator.trade ON trade.customer_id = payment.customer_id
  JOIN rule ON rule.rule_id = 'EW11'
  WHERE payment.early_share_cnt >= rule.amber
    AND trade.order_cnt_90d_before > 0
    AND trade.order_cnt_90d - trade.order_cnt_90d_before >= rule.second * trade.order_cnt_90d_before
),

-- EW12: closing an order and opening it again gets round a limit (I6).
reopened AS (
  SELECT
    rule.rule_id,
    trade.customer_id,
    'amber' AS severity,
    trade.order_reopened_cnt_7d AS value,
    rule.amber AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    'sales_order:' || trade.order_reopened_first_id || ',sales_order:'
    || trade.order_reopened_last_id AS evidence_keys
  FROM indicator.trade
  JOIN rule ON rule.rule_id = 'EW12'
  WHERE trade.order_reopened_cnt_7d >= rule.amber
),

silent AS (
  SELECT
    rule.rule_id,
    communication.customer_id,
    'amber' AS severity,
    EXTRACT(DAY FROM (
      CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(communication.no_contact_since AS TIMESTAMP)
    )) AS value,
    contact.days AS threshold,
    CAST(NULL AS DECIMAL(28, 6)) AS previous_value,
    CAST(NULL AS VARCHAR) AS value_text,
    CAST(NULL AS VARCHAR) AS evidence_keys
  FROM indicator.communication
  JOIN grade.credit_grade
    ON credit_grade.customer_id = communication.customer_id AND credit_grade.is_active
  JOIN policy.contact ON contact.final_grade = credit_grade.final_grade
  JOIN rule ON rule.rule_id = 'EW16'
  WHERE EXTRACT(DAY FROM (
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(communication.no_contact_since AS TIMESTAMP)
  )) > contact.days
),

met AS (
  SELECT * FROM fewer_orders
  UNION ALL
  SELECT * FROM breach
  UNION ALL
  SELECT * FROM jump
  UNION ALL
  SELECT * FROM surge
  UNION ALL
  SELECT * FROM reopened
  UNION ALL
  SELECT * FROM silent
)

SELECT
  rule_id,
  'customer' AS subject_kind,
  customer_id AS subject_id,
  customer_id,
  severity,
  value,
  threshold,
  previous_value,
  value_text,
  CAST(NULL AS VARCHAR) AS previous_text,
  evidence_keys
FROM met
ORDER BY rule_id, subject_kind, subject_id
