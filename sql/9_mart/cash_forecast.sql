-- cash_forecast: when will what is open come in?
--
-- Each open item on the day it falls due plus the days its customer takes beyond terms, amount-weighted, a started
-- day counting as one; a customer without a history pays on the due date. A day in the past means this week: the one
-- the day after the night lies in. What is long past due is expected in no week, and what has no due date in none
-- either: both stand apart, so that the three kinds add up to the open ledger.
--
-- Grain: one row per kind, week and currency. Key: kind, week_start, currency.
-- Requirements: R4-62.
--
-- Columns
--   kind             VARCHAR        expected; doubtful: past the policy's line; undated: no due date
--   week_start       DATE           the Monday; of doubtful and undated: this week's
--   currency         VARCHAR        of the amounts
--   item_cnt         BIGINT         open invoices
--   customer_cnt     BIGINT         customers that owe them
--   amount           DECIMAL(28,2)  open
--   overdue_amount   DECIMAL(28,2)  of it, past due tonight
--   unproven_amount  DECIMAL(28,2)  of it, owed by customers without a payment history
--   base_amount      DECIMAL(28,2)  amount in the base currency; NULL: no_fx

WITH

active AS (
  SELECT portfolio.doubtful_from_days
  FROM policy.portfolio
  JOIN policy.rule ON rule.policy_id = portfolio.policy_id
  WHERE rule.is_active
),

item AS (
  SELECT
    receivable.customer_id,
    receivable.currency,
    receivable.open_amount,
    receivable.due_date,
    payment.days_overdue_wavg,
    CAST(receivable.due_date + INTERVAL '1' DAY * CAST(CEIL(COALESCE(payment.days_overdue_wavg, 0)) AS INTEGER)
      AS DATE) AS expected_date,
    EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(receivable.due_date AS TIMESTAMP)))
      AS days_past_due
  FROM core.receivable
  LEFT JOIN indicator.payment ON payment.customer_id = receivable.customer_id
  WHERE receivable.open_amount > 0
),

dated AS (
  SELECT
    item.*,
    CASE
      WHEN item.due_date IS NULL THEN 'undated'
      WHEN item.days_past_due >= active.doubtful_from_days THEN 'doubtful'
      ELSE 'expected'
    END AS kind,
    CASE
      WHEN item.due_date IS NULL OR item.days_past_due >= active.doubtful_from_days
        OR item.expected_date <= CAST(:as_of AS DATE)
        THEN CAST(CAST(:as_of AS DATE) + INTERVAL '1' DAY AS DATE)
      ELSE item.expected_date
    END AS on_date
  FROM item
  CROSS JOIN active
)

SELECT
  dated.kind,
  CAST(DATE_TRUNC('week', dated.on_date) AS DATE) AS week_start,
  dated.currency,
  COUNT(*) AS item_cnt,
  COUNT(DISTINCT dated.customer_id) AS customer_cnt,
  SUM(dated.open_amount) AS amount,
  COALESCE(SUM(dated.open_amount) FILTER (WHERE dated.days_past_due > 0), 0) AS overdue_amount,
  COALESCE(SUM(dated.open_amount) FILTER (WHERE dated.days_overdue_wavg IS NULL), 0) AS unproven_amount,
  ROUND(SUM(dated.open_amount * currency.rate_to_base), 2) AS base_amount
FROM dated
LEFT JOIN event.currency ON currency.currency = dated.currency
GROUP BY dated.kind, CAST(DATE_TRUNC('week', dated.on_date) AS DATE), dated.currency
ORDER BY kind, week_start, currency
