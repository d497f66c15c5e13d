-- exposure: how much of ours is at risk with each customer, and what stands behind it?
--
-- One definition for limits, warning lines, the order gate, groups, concentration and provisions: the policy says which
-- documents count (I7), and every component is shown whether it counts or not. In the base currency at tonight's one
-- rate; an amount without a rate leaves the sum unknown, not smaller. What is owed to the customer on account never
-- makes an exposure negative, and without a rate it lowers nothing.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R3-22, R3-51, R4-93; I5, I7, I12, I13, I14, I15, I18, I22; C9, C10; A0.1 Currency.
--
-- Columns
--   customer_id             VARCHAR        the customer
--   base_currency           VARCHAR        of every amount in this row
--   receivable_amount       DECIMAL(28,2)  open in the ledger; NULL: no_fx
--   disputed_amount         DECIMAL(28,2)  of it, in dispute and left out of the letters; NULL: no_fx
--   overdue_amount          DECIMAL(28,2)  of it, past due and not in dispute; NULL: no_fx
--   oldest_overdue_days     INTEGER        days past due of the oldest of that; 0: nothing is overdue
--   open_order_amount       DECIMAL(28,2)  ordered and not delivered, as the policy counts it; NULL: no_fx
--   delivered_order_amount  DECIMAL(28,2)  delivered and not closed; NULL: the policy does not count them, no_fx
--   unapplied_cash_amount   DECIMAL(28,2)  cash on account and overpayments, 0 or more; NULL: no_fx
--   unapplied_credit_amount DECIMAL(28,2)  credits that name no invoice, 0 or more; NULL: no_fx
--   guarantee_amount        DECIMAL(28,2)  verified security in force; NULL: no source brings any, no_fx
--   exposure_amount         DECIMAL(28,2)  what counts against the limit, 0 or more; NULL: exposure_reason
--   exposure_reason         VARCHAR        no_fx; NULL: there is an amount
--   insured_amount          DECIMAL(28,2)  of the exposure, what an insurer would pay; NULL: no source brings covers, no_fx [R3-51]
--   uninsured_exposure      DECIMAL(28,2)  the rest; all of it where no cover is known; NULL: exposure_reason [R3-51]
--   secured_amount          DECIMAL(28,2)  of the rest, what verified security covers; NULL: as guarantee_amount
--   uncovered_exposure      DECIMAL(28,2)  what nobody but the customer stands for; NULL: exposure_reason
--   no_fx_cnt               BIGINT         currencies of its documents without a rate

WITH

rule AS (
  SELECT terms.*, (SELECT MAX(currency.base_currency) FROM event.currency) AS base_currency
  FROM policy.terms
  WHERE terms.is_active
),

-- Most documents are in the base currency: what needs no rate is not multiplied.
priced AS (
  SELECT
    customer_id, currency, rate_to_base, receivable_base, order_base, oldest_overdue_date,
    CASE WHEN rate_to_base = 1 OR disputed_amount = 0 THEN disputed_amount
      ELSE CAST(disputed_amount * rate_to_base AS DECIMAL(28, 2)) END AS disputed_base,
    CASE WHEN rate_to_base = 1 OR overdue_amount = 0 THEN overdue_amount
      ELSE CAST(overdue_amount * rate_to_base AS DECIMAL(28, 2)) END AS overdue_base,
    CASE WHEN rate_to_base = 1 OR undelivered_order_amount = 0 THEN undelivered_order_amount
      ELSE CAST(undelivered_order_amount * rate_to_base AS DECIMAL(28, 2)) END AS undelivered_base,
    CASE WHEN rate_to_base = 1 OR delivered_order_amount = 0 THEN delivered_order_amount
      ELSE CAST(delivered_order_amount * rate_to_base AS DECIMAL(28, 2)) END AS delivered_base
  FROM indicator.entity_exposure
),

document AS (
  SELECT
    customer_id,
    SUM(receivable_base) AS receivable_amount,
    SUM(disputed_base) AS disputed_amount,
    SUM(overdue_base) AS overdue_amount,
    MIN(oldest_overdue_date) AS oldest_overdue_date,
    SUM(order_base) AS whole_order_amount,
    SUM(undelivered_base) AS undelivered_order_amount,
    SUM(delivered_base) AS delivered_order_amount,
    COUNT(DISTINCT CASE WHEN rate_to_base IS NULL THEN currency END) AS no_fx_cnt
  FROM priced
  GROUP BY customer_id
),

on_account AS (
  SELECT
    aging.customer_id,
    SUM(CAST(-aging.unapplied_cash_amount * currency.rate_to_base AS DECIMAL(28, 2)))
      AS cash_amount,
    SUM(CAST(-aging.unapplied_credit_amount * currency.rate_to_base AS DECIMAL(28, 2)))
      AS credit_amount,
    COUNT(currency.rate_to_base) < COUNT(*) AS is_no_fx
  FROM indicator.aging
  LEFT JOIN event.currency ON currency.currency = aging.currency
  WHERE aging.unapplied_cash_amount <> 0 OR aging.unapplied_credit_amount <> 0
  GROUP BY aging.customer_id
),

-- Money owed to the customer in a currency without a rate is left out: what it owes stays whole.
summed AS (
  SELECT
    customer.customer_id,
    rule.base_currency,
    COALESCE(document.no_fx_cnt, 0) AS no_fx_cnt,
    CAST(COALESCE(document.receivable_amount, 0) AS DECIMAL(28, 2)) AS receivable_amount,
    CAST(COALESCE(document.disputed_amount, 0) AS DECIMAL(28, 2)) AS disputed_amount,
    CAST(COALESCE(document.overdue_amount, 0) AS DECIMAL(28, 2)) AS overdue_amount,
    document.oldest_overdue_date,
    CAST(CASE rule.open_orders
      WHEN 'whole' THEN COALESCE(document.whole_order_amount, 0)
      WHEN 'undelivered' THEN COALESCE(document.undelivered_order_amount, 0)
      ELSE 0
    END AS DECIMAL(28, 2)) AS open_order_amount,
    CASE WHEN rule.counts_delivered_orders
      THEN CAST(COALESCE(document.delivered_order_amount, 0) AS DECIMAL(28, 2))
    END AS delivered_order_amount,
    CAST(COALESCE(on_account.cash_amount, 0) AS DECIMAL(28, 2)) AS cash_amount,
    CAST(COALESCE(on_account.credit_amount, 0) AS DECIMAL(28, 2)) AS credit_amount,
    COALESCE(on_account.is_no_fx, FALSE) AS is_account_no_fx,
    mitigation.guarantee_verified_value,
    mitigation.insured_limit,
    mitigation.insured_share,
    mitigation.insured_deductible,
    mitigation.insured_covered_amount,
    rule.counts_receivables, rule.counts_delivered_orders, rule.deducts_unapplied_cash,
    rule.deducts_unapplied_credit, rule.counts_disputed, rule.deducts_guarantees
  FROM core.customer
  CROSS JOIN rule
  LEFT JOIN document ON document.customer_id = customer.customer_id
  LEFT JOIN on_account ON on_account.customer_id = customer.customer_id
  LEFT JOIN indicator.mitigation ON mitigation.customer_id = customer.customer_id
),

counted AS (
  SELECT
    summed.*,
    CASE WHEN no_fx_cnt = 0 THEN
      GREATEST(
        CASE WHEN counts_receivables THEN receivable_amount ELSE 0 END
        - CASE WHEN counts_receivables AND NOT counts_disputed THEN disputed_amount ELSE 0 END
        - CASE WHEN deducts_unapplied_cash THEN cash_amount ELSE 0 END
        - CASE WHEN deducts_unapplied_credit THEN credit_amount ELSE 0 END
        + open_order_amount
        + CASE WHEN counts_delivered_orders THEN delivered_order_amount ELSE 0 END
        - CASE WHEN deducts_guarantees THEN COALESCE(guarantee_verified_value, 0) ELSE 0 END,
        0
      )
    END AS exposure_amount
  FROM summed
),

-- An insurer bears its share of what exceeds the deductible, up to the limit.
covered AS (
  SELECT
    counted.*,
    CASE
      WHEN insured_covered_amount IS NULL OR exposure_amount IS NULL THEN NULL
      ELSE LEAST(
        insured_covered_amount,
        CAST(COALESCE(insured_share, 0) * GREATEST(
          LEAST(exposure_amount, insured_limit) - COALESCE(insured_deductible, 0), 0
        ) AS DECIMAL(28, 2))
      )
    END AS insured_amount
  FROM counted
),

netted AS (
  SELECT
    covered.*,
    exposure_amount - COALESCE(insured_amount, 0) AS uninsured_amount,
    CASE
      WHEN guarantee_verified_value IS NULL OR exposure_amount IS NULL THEN NULL
      WHEN deducts_guarantees THEN 0
      ELSE LEAST(guarantee_verified_value, exposure_amount - COALESCE(insured_amount, 0))
    END AS secured_amount
  FROM covered
)

SELECT
  customer_id,
  base_currency,
  CASE WHEN no_fx_cnt = 0 THEN receivable_amount END AS receivable_amount,
  CASE WHEN no_fx_cnt = 0 THEN disputed_amount END AS disputed_amount,
  CASE WHEN no_fx_cnt = 0 THEN overdue_amount END AS overdue_amount,
  COALESCE(EXTRACT(DAY FROM (
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(oldest_overdue_date AS TIMESTAMP)
  )), 0) AS oldest_overdue_days,
  CASE WHEN no_fx_cnt = 0 THEN open_order_amount END AS open_order_amount,
  CASE WHEN no_fx_cnt = 0 THEN delivered_order_amount END AS delivered_order_amount,
  CASE WHEN no_fx_cnt = 0 AND NOT is_account_no_fx THEN cash_amount END AS unapplied_cash_amount,
  CASE WHEN no_fx_cnt = 0 AND NOT is_account_no_fx THEN credit_amount END AS unapplied_credit_amount,
  guarantee_verified_value AS guarantee_amount,
  exposure_amount,
  CASE WHEN no_fx_cnt > 0 THEN 'no_fx' END AS exposure_reason,
  insured_amount,
  uninsured_amount AS uninsured_exposure,
  secured_amount,
  uninsured_amount - COALESCE(secured_amount, 0) AS uncovered_exposure,
  no_fx_cnt
FROM netted
ORDER BY customer_id
