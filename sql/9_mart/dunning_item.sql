-- dunning_item: which bills are asked for, and how sharply?
--
-- The list a clerk works from: every open bill past due, its own stage by its own days, the part in dispute left out.
-- Under the book's policy.
--
-- Grain: one row per open invoice past due. Key: invoice_id.
-- Requirements: R3-71, R4-E1; I2, I3, I16; Q9, Q10.
--
-- Columns
--   invoice_id          VARCHAR        the invoice
--   customer_id         VARCHAR        who owes it
--   due_date            DATE           the day it was due
--   days_overdue        INTEGER        days since
--   stage_no            INTEGER        the stage of these days; 0: before the first
--   stage               VARCHAR        the policy's word for it; none: before the first
--   currency            VARCHAR        of open_amount and disputed_amount
--   open_amount         DECIMAL(18,2)  open in the ledger
--   disputed_amount     DECIMAL(18,2)  of it, not asked for
--   amount_to_ask       DECIMAL(18,2)  the rest
--   amount_to_ask_base  DECIMAL(28,2)  the same in the base currency; NULL: no_fx
--   step_cnt            BIGINT         times this bill was asked for by its number
--   last_step_date      DATE           the last of them; NULL: never

WITH

late AS (
  SELECT
    invoice_id, customer_id, due_date, currency, rate_to_base, open_amount,
    LEAST(disputed_amount, open_amount) AS disputed_amount,
    GREATEST(LEAST(open_amount, unpaid_amount - disputed_amount), 0) AS amount_to_ask,
    EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(due_date AS TIMESTAMP)))
      AS days_overdue
  FROM core.receivable
  WHERE open_amount > 0 AND due_date < CAST(:as_of AS DATE)
),

asked AS (
  SELECT dunning_step.invoice_id, COUNT(*) AS step_cnt, MAX(dunning_step.sent_on) AS last_step_date
  FROM current.dunning_step
  JOIN late ON late.invoice_id = dunning_step.invoice_id
  WHERE NOT dunning_step.is_deleted AND dunning_step.sent_on <= CAST(:as_of AS DATE)
  GROUP BY dunning_step.invoice_id
),

stage AS (
  SELECT dunning_stage.stage_no, dunning_stage.stage, dunning_stage.from_days, dunning_stage.below_days
  FROM policy.dunning_stage
  JOIN policy.terms ON terms.policy_id = dunning_stage.policy_id AND terms.is_active
)

SELECT
  late.invoice_id,
  late.customer_id,
  late.due_date,
  late.days_overdue,
  COALESCE(stage.stage_no, 0) AS stage_no,
  COALESCE(stage.stage, 'none') AS stage,
  late.currency,
  late.open_amount,
  late.disputed_amount,
  late.amount_to_ask,
  CAST(CAST(late.amount_to_ask AS DECIMAL(28, 2)) * late.rate_to_base AS DECIMAL(28, 2))
    AS amount_to_ask_base,
  COALESCE(asked.step_cnt, 0) AS step_cnt,
  asked.last_step_date
FROM late
LEFT JOIN asked ON asked.invoice_id = late.invoice_id
LEFT JOIN stage
  ON late.amount_to_ask > 0
  AND late.days_overdue >= stage.from_days
  AND late.days_overdue < COALESCE(stage.below_days, 1000000)
ORDER BY invoice_id
