-- ar_at_risk: how much is owed by customers of each grade, and how late is it?
--
-- The ledger's own balances in their own currency, so that they add up to it whatever has a rate; `_base` columns
-- are the same in the base currency. A grade in which nobody owes anything has no row: mart.grade_book has it.
--
-- Grain: one row per policy, grade and currency. Key: policy_id, final_grade, currency.
-- Requirements: R4-10; C3.
--
-- Columns
--   policy_id               VARCHAR        the policy
--   is_active               BOOLEAN        the policy the book is run under
--   final_grade             VARCHAR        A, B, C, D, NR
--   currency                VARCHAR        of the amounts
--   customer_cnt            BIGINT         customers with an account in the currency
--   open_customer_cnt       BIGINT         of them, who owe something
--   current_amount          DECIMAL(28,2)  open, due tonight or later
--   overdue_1_30_amount     DECIMAL(28,2)  open, 1 to 30 days past due
--   overdue_31_60_amount    DECIMAL(28,2)  open, 31 to 60 days past due
--   overdue_61_90_amount    DECIMAL(28,2)  open, 61 to 90 days past due
--   overdue_over_90_amount  DECIMAL(28,2)  open, 91 or more days past due
--   no_due_date_amount      DECIMAL(28,2)  open, no due date
--   open_amount             DECIMAL(28,2)  the six together
--   overdue_amount          DECIMAL(28,2)  the four past-due ones together
--   ledger_balance          DECIMAL(28,2)  open less credits and cash on account
--   base_currency           VARCHAR        of the _base columns
--   open_base               DECIMAL(28,2)  open_amount in it; NULL: no_fx
--   overdue_base            DECIMAL(28,2)  overdue_amount in it; NULL: no_fx
--   overdue_share           DECIMAL(18,6)  fraction overdue_amount / open_amount; NULL: nothing open
--   book_share              DECIMAL(18,6)  fraction of everything open in the currency; NULL: nothing open

WITH

held AS (
  SELECT
    credit_grade.policy_id,
    credit_grade.final_grade,
    aging.currency,
    COUNT(*) AS customer_cnt,
    COUNT(*) FILTER (WHERE aging.open_amount > 0) AS open_customer_cnt,
    SUM(aging.current_amount) AS current_amount,
    SUM(aging.overdue_1_30_amount) AS overdue_1_30_amount,
    SUM(aging.overdue_31_60_amount) AS overdue_31_60_amount,
    SUM(aging.overdue_61_90_amount) AS overdue_61_90_amount,
    SUM(aging.overdue_over_90_amount) AS overdue_over_90_amount,
    SUM(aging.no_due_date_amount) AS no_due_date_amount,
    SUM(aging.open_amount) AS open_amount,
    SUM(aging.overdue_amount) AS overdue_amount,
    SUM(aging.ledger_balance) AS ledger_balance
  FROM indicator.aging
  JOIN grade.credit_grade ON credit_grade.customer_id = aging.customer_id
  GROUP BY credit_grade.policy_id, credit_grade.final_grade, aging.currency
),

book AS (
  SELECT currency, SUM(open_amount) AS open_amount FROM indicator.aging GROUP BY currency
)

SELECT
  held.policy_id,
  rule.is_active,
  held.final_grade,
  held.currency,
  held.customer_cnt,
  held.open_customer_cnt,
  held.current_amount,
  held.overdue_1_30_amount,
  held.overdue_31_60_amount,
  held.overdue_61_90_amount,
  held.overdue_over_90_amount,
  held.no_due_date_amount,
  held.open_amount,
  held.overdue_amount,
  held.ledger_balance,
  currency.base_currency,
  ROUND(CAST(held.open_amount AS DECIMAL(28, 2)) * currency.rate_to_base, 2) AS open_base,
  ROUND(CAST(held.overdue_amount AS DECIMAL(28, 2)) * currency.rate_to_base, 2) AS overdue_base,
  CAST(CAST(held.overdue_amount / NULLIF(held.open_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS overdue_share,
  CAST(CAST(held.open_amount / NULLIF(book.open_amount, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS book_share
FROM held
JOIN policy.rule ON rule.policy_id = held.policy_id
JOIN book ON book.currency = held.currency
LEFT JOIN event.currency ON currency.currency = held.currency
ORDER BY policy_id, final_grade, currency
