-- dunning: how far has asking for overdue money gone with each customer, and what is the next step?
--
-- The stage follows from the oldest open item that is past due and not in dispute: money still owed in part, not the
-- number of bills (I2, I16). A step is due when its stage was never taken since that item fell due, or was taken long
-- enough ago; while a promise covers all that is overdue, nobody asks again. Under the book's policy.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R3-71, R0-14, R4-E1; I2, I3, I16, I20; Q10.
--
-- Columns
--   customer_id          VARCHAR        the customer
--   base_currency        VARCHAR        of the amounts
--   overdue_amount       DECIMAL(28,2)  past due and not in dispute; NULL: no_fx
--   oldest_overdue_days  INTEGER        days past due of the oldest of it; 0: nothing is overdue
--   oldest_overdue_date  DATE           its due date; NULL: nothing is overdue
--   dunning_stage_no     INTEGER        the stage it has reached; 0: none
--   dunning_stage        VARCHAR        the policy's word for it; none: nothing to ask for [R3-71]
--   next_stage           VARCHAR        the stage after it; NULL: it is the last
--   next_stage_date      DATE           the day it would get there; NULL: it is the last, or nothing is overdue
--   last_step_no         INTEGER        the sharpest step taken since the oldest item fell due; 0: none
--   last_step_date       DATE           the day of the last step since then; NULL: none
--   promised_amount      DECIMAL(28,2)  promised for tonight or later, base currency; 0: nothing
--   amount_to_ask        DECIMAL(28,2)  overdue less promised, 0 or more; NULL: no_fx
--   is_step_due          BOOLEAN        somebody should ask tonight
--   step_reason          VARCHAR        new_stage, again: due; promised, asked_lately: not yet; NULL: nothing to ask for

WITH

rule AS (
  SELECT policy_id, promise_waits, min_overdue
  FROM policy.terms
  WHERE is_active
),

stage AS (
  SELECT
    dunning_stage.stage_no, dunning_stage.stage, dunning_stage.from_days, dunning_stage.below_days,
    dunning_stage.again_after_days
  FROM policy.dunning_stage
  JOIN rule ON rule.policy_id = dunning_stage.policy_id
),

oldest AS (
  SELECT customer_id, MIN(oldest_overdue_date) AS oldest_overdue_date
  FROM indicator.entity_exposure
  WHERE oldest_overdue_date IS NOT NULL
  GROUP BY customer_id
),

step AS (
  SELECT
    dunning_step.customer_id,
    MAX(COALESCE(dunning_step.level, 1)) AS last_step_no,
    MAX(dunning_step.sent_on) AS last_step_date
  FROM current.dunning_step
  JOIN oldest ON oldest.customer_id = dunning_step.customer_id
  WHERE NOT dunning_step.is_deleted
    AND dunning_step.sent_on <= CAST(:as_of AS DATE)
    AND dunning_step.sent_on > oldest.oldest_overdue_date
  GROUP BY dunning_step.customer_id
),

late AS (
  SELECT invoice_id
  FROM core.receivable
  WHERE open_amount > 0 AND due_date < CAST(:as_of AS DATE)
),

-- A promise that was kept already, or taken back, is waited for no more; one about a bill that is not late covers
-- none that is.
promised AS (
  SELECT
    promise.customer_id,
    CAST(SUM(promise.amount * currency.rate_to_base) AS DECIMAL(28, 2)) AS promised_amount
  FROM current.promise
  LEFT JOIN event.currency ON currency.currency = promise.currency
  LEFT JOIN late ON late.invoice_id = promise.invoice_id
  WHERE NOT promise.is_deleted
    AND promise.promised_on <= CAST(:as_of AS DATE)
    AND promise.due_date >= CAST(:as_of AS DATE)
    AND promise.is_kept IS NULL
    AND (promise.invoice_id IS NULL OR late.invoice_id IS NOT NULL)
  GROUP BY promise.customer_id
),

owing AS (
  SELECT
    exposure.customer_id,
    exposure.base_currency,
    exposure.overdue_amount,
    exposure.oldest_overdue_days,
    oldest.oldest_overdue_date,
    CASE
      WHEN COALESCE(exposure.overdue_amount, rule.min_overdue + 1) > rule.min_overdue
        THEN exposure.oldest_overdue_days
      ELSE 0
    END AS asked_days,
    COALESCE(step.last_step_no, 0) AS last_step_no,
    step.last_step_date,
    COALESCE(promised.promised_amount, 0) AS promised_amount,
    rule.promise_waits
  FROM measure.exposure
  CROSS JOIN rule
  LEFT JOIN oldest ON oldest.customer_id = exposure.customer_id
  LEFT JOIN step ON step.customer_id = exposure.customer_id
  LEFT JOIN promised ON promised.customer_id = exposure.customer_id
),

staged AS (
  SELECT
    owing.*,
    COALESCE(stage.stage_no, 0) AS stage_no,
    COALESCE(stage.stage, 'none') AS stage,
    stage.again_after_days,
    following.stage AS next_stage,
    CASE WHEN owing.asked_days > 0
      THEN CAST(owing.oldest_overdue_date + INTERVAL '1' DAY * following.from_days AS DATE)
    END AS next_stage_date
  FROM owing
  LEFT JOIN stage
    ON owing.asked_days >= stage.from_days
    AND owing.asked_days < COALESCE(stage.below_days, 1000000)
  LEFT JOIN stage AS following ON following.stage_no = COALESCE(stage.stage_no, 0) + 1
),

reasoned AS (
  SELECT
    staged.*,
    CASE
      WHEN stage_no = 0 THEN NULL
      WHEN promise_waits AND promised_amount >= overdue_amount THEN 'promised'
      WHEN last_step_no < stage_no THEN 'new_stage'
      WHEN EXTRACT(DAY FROM (
        CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(last_step_date AS TIMESTAMP)
      )) >= again_after_days THEN 'again'
      ELSE 'asked_lately'
    END AS step_reason
  FROM staged
)

SELECT
  customer_id,
  base_currency,
  overdue_amount,
  oldest_overdue_days,
  oldest_overdue_date,
  stage_no AS dunning_stage_no,
  stage AS dunning_stage,
  next_stage,
  next_stage_date,
  last_step_no,
  last_step_date,
  promised_amount,
  CASE WHEN overdue_amount < promised_amount THEN 0 ELSE overdue_amount - promised_amount END
    AS amount_to_ask,
  COALESCE(step_reason IN ('new_stage', 'again'), FALSE) AS is_step_due,
  step_reason
FROM reasoned
ORDER BY customer_id
