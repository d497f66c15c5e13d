-- loss_case: which bad debts were looked at afterwards, what did they cost, and what would have shown them?
--
-- The post-mortems as they were written, in the base currency too, beside the customer's standing tonight.
--
-- Grain: one row per case. Key: loss_id.
-- Requirements: R4-50; R0-06.
--
-- Columns
--   loss_id           VARCHAR        the case's number
--   customer_id       VARCHAR        the customer
--   customer_name     VARCHAR        its name; NULL: not stated
--   lost_on           DATE           the day it was given up
--   currency          VARCHAR        of the amounts
--   lost_amount       DECIMAL(18,2)  what was lost
--   recovered_share   DECIMAL(9,6)   fraction that came back later; NULL: nobody said
--   recovered_amount  DECIMAL(28,2)  that part; NULL: nobody said
--   net_loss_amount   DECIMAL(28,2)  the rest; all of it where nobody said
--   net_loss_base     DECIMAL(28,2)  in the base currency; NULL: no_fx
--   booked_amount     DECIMAL(28,2)  what the ledger gave up on this customer, all time, base currency; 0: nothing
--   cause             VARCHAR        why it was lost; NULL: not written down
--   lesson            VARCHAR        what to watch for; NULL: not written down
--   final_grade       VARCHAR        the customer's grade tonight, active policy

WITH

lost AS (
  SELECT
    loss_id, customer_id, lost_on, currency, amount, recovered_share, cause, lesson,
    ROUND(CAST(amount AS DECIMAL(28, 2)) * recovered_share, 2) AS recovered_amount
  FROM current.loss_case
  WHERE NOT is_deleted AND lost_on <= CAST(:as_of AS DATE)
),

booked AS (
  SELECT settlement.customer_id, SUM(settlement.amount * currency.rate_to_base) AS booked_base
  FROM event.settlement
  LEFT JOIN event.currency ON currency.currency = settlement.currency
  WHERE settlement.kind IN ('write_off', 'bad_debt_transfer')
  GROUP BY settlement.customer_id
),

graded AS (
  SELECT customer_id, final_grade FROM grade.credit_grade WHERE is_active
)

SELECT
  lost.loss_id,
  lost.customer_id,
  customer.customer_name,
  lost.lost_on,
  lost.currency,
  lost.amount AS lost_amount,
  lost.recovered_share,
  lost.recovered_amount,
  lost.amount - COALESCE(lost.recovered_amount, 0) AS net_loss_amount,
  ROUND((lost.amount - COALESCE(lost.recovered_amount, 0)) * currency.rate_to_base, 2) AS net_loss_base,
  ROUND(COALESCE(booked.booked_base, 0), 2) AS booked_amount,
  lost.cause,
  lost.lesson,
  graded.final_grade
FROM lost
LEFT JOIN core.customer ON customer.customer_id = lost.customer_id
LEFT JOIN event.currency ON currency.currency = lost.currency
LEFT JOIN booked ON booked.customer_id = lost.customer_id
LEFT JOIN graded ON graded.customer_id = lost.customer_id
ORDER BY loss_id
