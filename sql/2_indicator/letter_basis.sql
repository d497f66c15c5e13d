-- letter_basis: on what facts does each policy judge each customer's two payment letters?
--
-- Sums are in the base currency at tonight's one rate and are kept unrounded, because letters compare
-- money with money. Items of a currency without a rate stay out of sums and are counted.
--
-- Grain: one row per policy and customer. Key: policy_id, customer_id.
-- Requirements: R4-G1, R4-G2; A0.1 Judged items; Q3, Q4, Q5, Q6, Q7, Q10.
--
-- Columns
--   policy_id              VARCHAR         the policy
--   customer_id            VARCHAR         the customer
--   overdue_item_cnt       BIGINT          items the overdue letter judges
--   overdue_due_base       DECIMAL(38,10)  what was due on them, base currency
--   days_overdue_worst     INTEGER         most days past due of a judged item; negative: all early; NULL: none judged
--   days_overdue_p90       DECIMAL(18,6)   90th percentile of max(days, 0), linear; NULL: none judged
--   days_overdue_mean      DECIMAL(18,6)   mean of max(days, 0), one item one vote; NULL: none judged
--   days_overdue_weighted  DECIMAL(18,6)   amount-weighted max(days, 0); NULL: none judged or no_fx
--   offending_item_cnt     BIGINT          judged items in the overdue letter's D band
--   offending_base         DECIMAL(38,10)  what was due on those; NULL: a judged item lacks a rate, so their share is not known
--   offending_open_cnt     BIGINT          those of them still open
--   veto_until             DATE            the day the last offending item leaves the look-back; NULL: none, or one is open
--   collection_item_cnt    BIGINT          items the collection letter judges
--   collection_due_base    DECIMAL(38,10)  what was due on them, base currency
--   collected_base         DECIMAL(38,10)  cash on them, no item above what was due
--   collected_raw_base     DECIMAL(38,10)  cash on them, overpayment included
--   collection_open_base   DECIMAL(38,10)  what is still unpaid on them
--   collection_old_open_base  DECIMAL(38,10)  the part of that due on or before the window's start
--   claims_base            DECIMAL(38,10)  claims of the window not already missing from the cash
--   claims_all_base        DECIMAL(38,10)  claims of the window, deducted ones too
--   net_collection_rate    DECIMAL(18,6)   fraction collected net of claims, uncapped, to read; NULL: nothing due, no_fx [R4-G1]
--   net_collection_rate_literal  DECIMAL(18,6)  fraction (due - claims) / due, as the article writes it; NULL: nothing due, no_fx [Q3]
--   no_fx_item_cnt         BIGINT          judged items left out of the sums for want of a rate

WITH

item AS (
  SELECT
    rule.policy_id,
    rule.overdue_months,
    rule.overdue_c_below,
    rule.collection_from,
    receivable.invoice_id,
    receivable.customer_id,
    receivable.due_date,
    receivable.settled_date,
    receivable.days_overdue,
    receivable.rate_to_base,
    receivable.judged_amount,
    receivable.claim_amount,
    receivable.cash_amount + receivable.on_account_amount AS cash_amount,
    receivable.unpaid_amount - receivable.disputed_amount AS late_open_amount,
    receivable.late_money_days,
    (receivable.due_date > rule.overdue_from AND receivable.due_date <= CAST(:as_of AS DATE))
      OR (receivable.settled_date > rule.overdue_from)
      OR (receivable.settled_date IS NULL AND receivable.due_date < CAST(:as_of AS DATE))
      AS is_overdue_judged,
    receivable.due_date > rule.collection_from AND receivable.due_date <= rule.collection_until
      AS is_collection_judged,
    receivable.due_date <= rule.collection_from
      AND receivable.unpaid_amount > receivable.disputed_amount AS is_old_and_open
  FROM core.receivable
  CROSS JOIN policy.rule
  CROSS JOIN policy.book
  WHERE receivable.due_date IS NOT NULL
    AND NOT receivable.is_excused
    AND receivable.judged_amount > book.residual_tolerance
),

-- A percentile is read off the sorted items with whole numbers: PERCENTILE_CONT works in doubles and
-- gave 9.999999 for 10 days, which is another letter.
day_of AS (
  SELECT policy_id, customer_id, days_overdue, COUNT(*) AS item_cnt
  FROM item
  WHERE is_overdue_judged
  GROUP BY policy_id, customer_id, days_overdue
),

-- Items of one day stand together: with `upto_cnt` items the day is through.
placed AS (
  SELECT
    policy_id,
    customer_id,
    GREATEST(days_overdue, 0) AS days_late,
    SUM(item_cnt) OVER (
      PARTITION BY policy_id, customer_id ORDER BY days_overdue
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS upto_cnt,
    item_cnt,
    9 * (SUM(item_cnt) OVER (PARTITION BY policy_id, customer_id) - 1) AS p90_tenth
  FROM day_of
),

-- The item at the whole place below weighs what is missing to the next one, and the other way round.
percentile AS (
  SELECT
    policy_id,
    customer_id,
    CAST(0.1 AS DECIMAL(2, 1)) * SUM(
      CASE
        WHEN p90_tenth - MOD(p90_tenth, 10) >= 10 * (upto_cnt - item_cnt)
          AND p90_tenth - MOD(p90_tenth, 10) < 10 * upto_cnt
          THEN days_late * (10 - MOD(p90_tenth, 10))
        ELSE 0
      END
      + CASE
        WHEN p90_tenth - MOD(p90_tenth, 10) + 10 >= 10 * (upto_cnt - item_cnt)
          AND p90_tenth - MOD(p90_tenth, 10) + 10 < 10 * upto_cnt
          THEN days_late * MOD(p90_tenth, 10)
        ELSE 0
      END
    ) AS days_overdue_p90
  FROM placed
  GROUP BY policy_id, customer_id
),

-- One rate a currency and night: sums are made in the bill's own money and converted once.
overdue_native AS (
  SELECT
    policy_id,
    customer_id,
    rate_to_base,
    overdue_months,
    COUNT(*) AS item_cnt,
    SUM(judged_amount) AS judged_amount,
    MAX(days_overdue) AS days_overdue_worst,
    SUM(GREATEST(days_overdue, 0)) AS late_days,
    SUM(late_money_days) AS late_money_days,
    COUNT(*) FILTER (WHERE days_overdue >= overdue_c_below) AS offending_item_cnt,
    SUM(judged_amount) FILTER (WHERE days_overdue >= overdue_c_below) AS offending_amount,
    COUNT(*) FILTER (WHERE days_overdue >= overdue_c_below AND settled_date IS NULL)
      AS offending_open_cnt,
    MAX(GREATEST(due_date, settled_date)) FILTER (WHERE days_overdue >= overdue_c_below)
      AS touched_date
  FROM item
  WHERE is_overdue_judged
  GROUP BY policy_id, customer_id, rate_to_base, overdue_months
),

overdue_sum AS (
  SELECT
    policy_id,
    customer_id,
    overdue_months,
    SUM(item_cnt) AS overdue_item_cnt,
    SUM(CAST(judged_amount AS DECIMAL(28, 2)) * rate_to_base) AS overdue_due_base,
    MAX(days_overdue_worst) AS days_overdue_worst,
    SUM(late_days) AS late_days,
    SUM(CAST(late_money_days AS DECIMAL(28, 2)) * rate_to_base) AS late_money_days_base,
    SUM(offending_item_cnt) AS offending_item_cnt,
    SUM(CAST(offending_amount AS DECIMAL(28, 2)) * rate_to_base) AS offending_base,
    SUM(offending_open_cnt) AS offending_open_cnt,
    MAX(touched_date) AS touched_date,
    COALESCE(SUM(item_cnt) FILTER (WHERE rate_to_base IS NULL), 0) AS no_fx_cnt
  FROM overdue_native
  GROUP BY policy_id, customer_id, overdue_months
),

-- Six months before 28 February is 28 August: what was touched on the 29th to 31st is still looked
-- back on that day, and leaves on the first of March.
overdue AS (
  SELECT
    overdue_sum.*,
    percentile.days_overdue_p90,
    CASE
      WHEN EXTRACT(DAY FROM CAST(touched_date + INTERVAL '1' MONTH * overdue_months AS DATE))
        < EXTRACT(DAY FROM touched_date)
        THEN CAST(
          CAST(touched_date + INTERVAL '1' MONTH * overdue_months AS DATE) + INTERVAL '1' DAY AS DATE
        )
      ELSE CAST(touched_date + INTERVAL '1' MONTH * overdue_months AS DATE)
    END AS last_leaves_on
  FROM overdue_sum
  JOIN percentile
    ON percentile.policy_id = overdue_sum.policy_id
    AND percentile.customer_id = overdue_sum.customer_id
),

-- An item that is paid within tolerance was collected in full, less what a claim took off; one that
-- is not was collected as far as the cash goes. Overpaying one invoice does not pay another.
collection_native AS (
  SELECT
    policy_id,
    customer_id,
    rate_to_base,
    COUNT(*) AS item_cnt,
    SUM(CASE WHEN is_old_and_open THEN late_open_amount ELSE judged_amount END) AS due_amount,
    SUM(CASE
      WHEN is_old_and_open THEN 0
      WHEN late_open_amount = 0
        THEN GREATEST(LEAST(cash_amount, judged_amount), judged_amount - claim_amount)
      ELSE LEAST(cash_amount, judged_amount)
    END) AS collected_amount,
    SUM(CASE
      WHEN is_old_and_open THEN 0
      WHEN late_open_amount = 0 THEN GREATEST(cash_amount, judged_amount - claim_amount)
      ELSE cash_amount
    END) AS collected_raw_amount,
    SUM(late_open_amount) AS open_amount,
    SUM(late_open_amount) FILTER (WHERE is_old_and_open) AS old_open_amount
  FROM item
  WHERE is_collection_judged OR is_old_and_open
  GROUP BY policy_id, customer_id, rate_to_base
),

collection AS (
  SELECT
    policy_id,
    customer_id,
    SUM(item_cnt) AS collection_item_cnt,
    SUM(CAST(due_amount AS DECIMAL(28, 2)) * rate_to_base) AS collection_due_base,
    SUM(CAST(collected_amount AS DECIMAL(28, 2)) * rate_to_base) AS collected_base,
    SUM(CAST(collected_raw_amount AS DECIMAL(28, 2)) * rate_to_base) AS collected_raw_base,
    SUM(CAST(open_amount AS DECIMAL(28, 2)) * rate_to_base) AS open_base,
    SUM(CAST(old_open_amount AS DECIMAL(28, 2)) * rate_to_base) AS old_open_base,
    COALESCE(SUM(item_cnt) FILTER (WHERE rate_to_base IS NULL), 0) AS no_fx_cnt
  FROM collection_native
  GROUP BY policy_id, customer_id
),

-- Credited and deducted claims of the window, invoice by invoice: what exceeds the unpaid part was
-- given back on top of full payment, the rest is already missing from the cash. A deduction from no
-- known invoice is missing from some cash all the same.
credited_claim AS (
  SELECT
    rule.policy_id,
    settlement.customer_id,
    settlement.invoice_id,
    settlement.currency,
    SUM(settlement.amount) AS claim_amount,
    SUM(CASE WHEN settlement.kind = 'claim_deduction' THEN settlement.amount ELSE 0 END)
      AS deducted_amount
  FROM event.settlement
  JOIN policy.rule
    ON settlement.event_date > rule.collection_from
    AND settlement.kind IN ('claim_credit', 'claim_deduction')
  GROUP BY rule.policy_id, settlement.customer_id, settlement.invoice_id, settlement.currency
),

claim_row AS (
  SELECT
    credited_claim.policy_id,
    credited_claim.customer_id,
    credited_claim.currency,
    credited_claim.claim_amount AS all_amount,
    CASE
      WHEN receivable.invoice_id IS NULL
        THEN credited_claim.claim_amount - credited_claim.deducted_amount
      ELSE LEAST(
        credited_claim.claim_amount,
        GREATEST(
          receivable.cash_amount + receivable.on_account_amount + receivable.claim_amount
          - receivable.judged_amount - receivable.disputed_amount, 0
        )
      )
    END AS outlay_amount
  FROM credited_claim
  LEFT JOIN core.receivable ON receivable.invoice_id = credited_claim.invoice_id

  UNION ALL

  SELECT rule.policy_id, claim.customer_id, claim.currency, claim.amount, claim.amount
  FROM current.claim
  JOIN policy.rule ON claim.claim_date > rule.collection_from
  WHERE NOT claim.is_deleted
    AND claim.settled_by = 'payout'
    AND claim.claim_date <= CAST(:as_of AS DATE)
),

claims AS (
  SELECT
    claim_row.policy_id,
    claim_row.customer_id,
    SUM(claim_row.outlay_amount * currency.rate_to_base) AS claims_base,
    SUM(claim_row.all_amount * currency.rate_to_base) AS claims_all_base,
    COUNT(*) FILTER (WHERE currency.rate_to_base IS NULL) AS no_fx_cnt
  FROM claim_row
  LEFT JOIN event.currency ON currency.currency = claim_row.currency
  GROUP BY claim_row.policy_id, claim_row.customer_id
)

-- TRY: a payment typed with ten zeros too many on a bill of a cent is one ratio less, no end of the night.
SELECT
  rule.policy_id,
  customer.customer_id,
  COALESCE(overdue.overdue_item_cnt, 0) AS overdue_item_cnt,
  COALESCE(overdue.overdue_due_base, 0) AS overdue_due_base,
  overdue.days_overdue_worst,
  overdue.days_overdue_p90,
  CAST(CAST(overdue.late_days / NULLIF(overdue.overdue_item_cnt, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_overdue_mean,
  CAST(CAST(overdue.late_money_days_base / NULLIF(overdue.overdue_due_base, 0) AS DECIMAL(18, 10))
    AS DECIMAL(18, 6)) AS days_overdue_weighted,
  COALESCE(overdue.offending_item_cnt, 0) AS offending_item_cnt,
  CASE WHEN COALESCE(overdue.no_fx_cnt, 0) = 0 THEN COALESCE(overdue.offending_base, 0) END AS offending_base,
  COALESCE(overdue.offending_open_cnt, 0) AS offending_open_cnt,
  CASE WHEN overdue.offending_open_cnt = 0 THEN overdue.last_leaves_on END AS veto_until,
  COALESCE(collection.collection_item_cnt, 0) AS collection_item_cnt,
  COALESCE(collection.collection_due_base, 0) AS collection_due_base,
  COALESCE(collection.collected_base, 0) AS collected_base,
  COALESCE(collection.collected_raw_base, 0) AS collected_raw_base,
  COALESCE(collection.open_base, 0) AS collection_open_base,
  COALESCE(collection.old_open_base, 0) AS collection_old_open_base,
  COALESCE(claims.claims_base, 0) AS claims_base,
  COALESCE(claims.claims_all_base, 0) AS claims_all_base,
  CASE WHEN COALESCE(collection.no_fx_cnt, 0) + COALESCE(claims.no_fx_cnt, 0) = 0
    THEN TRY_CAST(TRY_CAST(
      (collection.collected_raw_base - COALESCE(claims.claims_base, 0))
      / NULLIF(collection.collection_due_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS net_collection_rate,
  CASE WHEN COALESCE(collection.no_fx_cnt, 0) + COALESCE(claims.no_fx_cnt, 0) = 0
    THEN TRY_CAST(TRY_CAST(
      (collection.collection_due_base - COALESCE(claims.claims_all_base, 0))
      / NULLIF(collection.collection_due_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS net_collection_rate_literal,
  COALESCE(collection.no_fx_cnt, 0) + COALESCE(claims.no_fx_cnt, 0) AS no_fx_item_cnt
FROM core.customer
CROSS JOIN policy.rule
LEFT JOIN overdue
  ON overdue.policy_id = rule.policy_id AND overdue.customer_id = customer.customer_id
LEFT JOIN collection
  ON collection.policy_id = rule.policy_id AND collection.customer_id = customer.customer_id
LEFT JOIN claims
  ON claims.policy_id = rule.policy_id AND claims.customer_id = customer.customer_id
ORDER BY policy_id, customer_id
