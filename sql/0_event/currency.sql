-- currency: what is one unit of each currency worth in the book's base currency tonight?
--
-- Grain: one row per currency in which anything was billed, paid, ordered, agreed or covered. Key: currency.
-- Requirements: A0.1 Currency. All customer-level sums convert at this one rate, so both sides of a
-- ratio move together.
--
-- Columns
--   currency        VARCHAR        ISO 4217 code
--   base_currency   VARCHAR        the book's base: the policy's, else the currency of most invoices, else of most orders
--   rate_to_base    DECIMAL(19,8)  base units for one unit; NULL: no rate young enough (no_fx)
--   rate_date       DATE           the day the rate is of; NULL: the base itself, or no rate
--   rate_age_days   INTEGER        days from rate_date to the night; NULL: the base itself, or no rate
--   fx_state        VARCHAR        base, ok (rate of the night), aged (an older rate), no_fx

WITH

invoice AS (
  SELECT currency
  FROM current.invoice
  WHERE NOT is_deleted AND invoice_date <= CAST(:as_of AS DATE)
),

-- The base is a property of the book, not of a customer: ties go to the code that sorts first, and
-- codes are plain capitals, which every engine sorts alike.
billed AS (
  SELECT currency, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, currency ASC NULLS LAST) AS place
  FROM invoice
  GROUP BY currency
),

-- A book that has billed nothing yet still has orders to add up.
ordered AS (
  SELECT currency, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC, currency ASC NULLS LAST) AS place
  FROM current.sales_order
  WHERE NOT is_deleted AND order_date <= CAST(:as_of AS DATE)
  GROUP BY currency
),

base AS (
  SELECT
    COALESCE(MAX(book.base_currency), MAX(billed.currency), MAX(ordered.currency)) AS base_currency
  FROM policy.book
  LEFT JOIN billed ON billed.place = 1
  LEFT JOIN ordered ON ordered.place = 1
),

seen AS (
  SELECT currency FROM invoice
  UNION
  SELECT currency FROM current.payment
  WHERE NOT is_deleted AND payment_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.credit_note
  WHERE NOT is_deleted AND credit_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.claim
  WHERE NOT is_deleted AND claim_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.sales_order
  WHERE NOT is_deleted AND order_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.sales_return
  WHERE NOT is_deleted AND return_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.refund
  WHERE NOT is_deleted AND refund_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.contract
  WHERE NOT is_deleted AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.contract_breach
  WHERE NOT is_deleted AND breach_date <= CAST(:as_of AS DATE) AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.guarantee
  WHERE NOT is_deleted
  UNION
  SELECT currency FROM current.insurance
  WHERE NOT is_deleted AND start_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.promise
  WHERE NOT is_deleted AND promised_on <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.relation_cost
  WHERE NOT is_deleted AND cost_date <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.loss_case
  WHERE NOT is_deleted AND lost_on <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.statement
  WHERE NOT is_deleted AND period_end <= CAST(:as_of AS DATE)
  UNION
  SELECT currency FROM current.bureau_score
  WHERE NOT is_deleted AND recommended_limit IS NOT NULL AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.bureau_line
  WHERE NOT is_deleted AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.trade_reference
  WHERE NOT is_deleted AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.court_record
  WHERE NOT is_deleted AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.listing
  WHERE NOT is_deleted AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.penalty
  WHERE NOT is_deleted AND currency IS NOT NULL
  UNION
  SELECT currency FROM current.limit_decision
  WHERE NOT is_deleted AND decided_on <= CAST(:as_of AS DATE)
),

-- A pair quoted the other way round serves as well; the pair as asked for comes first.
quoted AS (
  SELECT from_currency AS currency, to_currency AS into_currency, rate_date, rate, 0 AS is_inverse
  FROM current.fx_rate
  WHERE NOT is_deleted AND rate_date <= CAST(:as_of AS DATE)
  UNION ALL
  SELECT
    to_currency, from_currency, rate_date,
    CAST(CAST(CAST(1 AS DECIMAL(28, 10)) / NULLIF(rate, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 8)), 1
  FROM current.fx_rate
  WHERE NOT is_deleted AND rate_date <= CAST(:as_of AS DATE)
),

young AS (
  SELECT
    quoted.currency, quoted.rate, quoted.rate_date,
    ROW_NUMBER() OVER (
      PARTITION BY quoted.currency ORDER BY quoted.rate_date DESC, quoted.is_inverse ASC
    ) AS place
  FROM quoted
  CROSS JOIN base
  CROSS JOIN policy.book
  WHERE quoted.into_currency = base.base_currency
    AND EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(quoted.rate_date AS TIMESTAMP)))
        <= book.fx_max_age_days
),

priced AS (
  SELECT
    seen.currency,
    base.base_currency,
    CASE WHEN seen.currency = base.base_currency THEN 1 ELSE young.rate END AS rate_to_base,
    CASE WHEN seen.currency <> base.base_currency THEN young.rate_date END AS rate_date
  FROM seen
  CROSS JOIN base
  LEFT JOIN young ON young.currency = seen.currency AND young.place = 1
)

SELECT
  currency,
  base_currency,
  rate_to_base,
  rate_date,
  EXTRACT(DAY FROM (CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(rate_date AS TIMESTAMP)))
    AS rate_age_days,
  CASE
    WHEN currency = base_currency THEN 'base'
    WHEN rate_to_base IS NULL THEN 'no_fx'
    WHEN rate_date = CAST(:as_of AS DATE) THEN 'ok'
    ELSE 'aged'
  END AS fx_state
FROM priced
ORDER BY currency
