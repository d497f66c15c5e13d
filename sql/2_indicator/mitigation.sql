-- mitigation: what stands in if a customer does not pay?
--
-- Everything in force on the night: begun, neither expired (the last day of cover still covers) nor given
-- back nor taken back by the insurer. Security is worth its amount, and no more than it was appraised at; a
-- customer's promise to answer for itself is worth nothing (its own money or goods are). Cover that counts is
-- what somebody checked; money we hold needs no check. Of a loss as large as its limit, insurance pays its
-- share of what exceeds the deductible.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R3-50, R3-51, R4-43, R4-44, R4-93, R4-101; EW14; C9, C10; A0.1 Currency.
--
-- Columns
--   customer_id               VARCHAR        the customer
--   base_currency             VARCHAR        of every amount in this row
--   guarantee_cnt             BIGINT         securities in force; NULL: see guarantee_reason [R4-44]
--   guarantee_reason          VARCHAR        not_connected: no source brings securities; no_fx, amounts only; NULL: the columns are there
--   guarantee_amount          DECIMAL(28,2)  what they cover at most, deposits included
--   guarantee_value           DECIMAL(28,2)  the same, collateral at no more than its appraisal, own promises left out [R4-93]
--   guarantee_verified_value  DECIMAL(28,2)  of guarantee_value, what somebody checked and found to hold [R4-93]
--   deposit_held              DECIMAL(28,2)  保证金, money we hold [R3-50]
--   bank_security_value       DECIMAL(28,2)  of guarantee_value, bank guarantees and letters of credit
--   collateral_value          DECIMAL(28,2)  of guarantee_value, mortgages and pledges
--   company_guarantee_value   DECIMAL(28,2)  of guarantee_value, other companies that answer for it
--   personal_guarantee_value  DECIMAL(28,2)  of guarantee_value, persons who answer for it
--   other_security_value      DECIMAL(28,2)  of guarantee_value, retention of title and the rest
--   self_guarantee_cnt        BIGINT         securities in which it answers for itself; NULL: as guarantee_cnt
--   guarantee_expiry          DATE           the next last day of cover; NULL: nothing in force that ends
--   collateral_ok             BOOLEAN        every security is verified, and collateral appraised at its amount or more; NULL: see its reason [R4-43]
--   collateral_ok_reason      VARCHAR        not_connected, no_guarantee, not_verified: one nobody checked or appraised; NULL: there is an answer
--   guarantor_cnt             BIGINT         different guarantors, deposits left out; NULL: as guarantee_cnt [R4-44]
--   guarantor_hhi             DECIMAL(18,6)  fraction, 1: all on one guarantor; deposits left out; NULL: see its reason [R4-44, C9]
--   guarantor_top_share       DECIMAL(18,6)  fraction of guarantee_amount without deposits on the largest guarantor; NULL: as guarantor_hhi [R4-44]
--   guarantor_hhi_reason      VARCHAR        not_connected, no_guarantee, no_fx; NULL: there is a value
--   insurance_cnt             BIGINT         covers in force; NULL: see insurance_reason
--   insurance_reason          VARCHAR        not_connected: no source brings covers; no_fx, amounts only; NULL: the columns are there
--   insured_limit             DECIMAL(28,2)  the most that is covered, all covers together [R3-51]
--   insured_share             DECIMAL(18,6)  fraction of insured_limit the insurers bear, deductibles left out; NULL: nothing insured [R3-51]
--   insured_share_reason      VARCHAR        not_connected, nothing_insured, no_fx; NULL: there is a share
--   insured_covered_amount    DECIMAL(28,2)  what they pay for a loss as large as the limit [R3-51]
--   insured_deductible        DECIMAL(28,2)  what we bear first
--   insurance_expiry          DATE           the next last day of cover; NULL: nothing in force that ends
--   insurance_cancelled_cnt_12m BIGINT       covers an insurer took back in the window; NULL: see its reason [R3-51]
--   insurance_cancelled_cnt_12m_reason VARCHAR not_connected; NULL: there is a count
--   cover_amount              DECIMAL(28,2)  guarantee_verified_value and insured_covered_amount; NULL: see its reason [R4-93]
--   cover_amount_reason       VARCHAR        not_connected: neither is read; no_fx; NULL: there is an amount
--   cover_days_to_expiry      INTEGER        days to the next expiry of either; NULL: see its reason [R3-51]
--   cover_days_to_expiry_reason VARCHAR      not_connected, no_cover, open_ended; NULL: there is a number

WITH

night AS (
  SELECT
    book.window_start,
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) AS night_time,
    (SELECT COUNT(*) FROM current.guarantee WHERE NOT is_deleted) AS guarantee_cnt,
    (SELECT COUNT(*) FROM current.insurance WHERE NOT is_deleted) AS insurance_cnt
  FROM policy.book
),

base AS (
  SELECT COALESCE(MAX(book.base_currency), MAX(currency.base_currency)) AS base_currency
  FROM policy.book
  LEFT JOIN event.currency ON TRUE
),

party AS (
  SELECT customer_id, party_id
  FROM match.customer_link
  WHERE state = 'accepted'
),

guarantee AS (
  SELECT
    guarantee.customer_id,
    guarantee.guarantee_id,
    guarantee.kind,
    guarantee.expiry_date,
    COALESCE(guarantee.is_verified, CASE WHEN guarantee.kind = 'deposit' THEN TRUE END) AS is_verified,
    COALESCE(guarantee.guarantor_id, guarantee.guarantor, '') AS guarantor,
    guarantee.kind NOT IN ('deposit', 'mortgage', 'pledge', 'retention_of_title')
      AND (COALESCE(guarantee.guarantor_id = guarantee.customer_id, FALSE)
        OR COALESCE(own.party_id = other.party_id, FALSE)) AS is_self,
    guarantee.kind IN ('mortgage', 'pledge') AS is_collateral,
    guarantee.appraised_amount IS NULL AS is_unappraised,
    guarantee.appraised_amount < guarantee.amount AS is_short,
    currency.rate_to_base,
    CAST(ROUND(guarantee.amount * currency.rate_to_base, 2) AS DECIMAL(28, 2)) AS amount_base,
    CAST(ROUND(LEAST(guarantee.amount, COALESCE(guarantee.appraised_amount, guarantee.amount))
      * currency.rate_to_base, 2) AS DECIMAL(28, 2)) AS value_base
  FROM current.guarantee AS guarantee
  LEFT JOIN event.currency AS currency ON currency.currency = guarantee.currency
  LEFT JOIN party AS own ON own.customer_id = guarantee.customer_id
  LEFT JOIN party AS other ON other.customer_id = guarantee.guarantor_id
  WHERE NOT guarantee.is_deleted
    AND (guarantee.start_date IS NULL OR guarantee.start_date <= CAST(:as_of AS DATE))
    AND (guarantee.expiry_date IS NULL OR guarantee.expiry_date >= CAST(:as_of AS DATE))
    AND (guarantee.released_on IS NULL OR guarantee.released_on > CAST(:as_of AS DATE))
),

secured AS (
  SELECT
    customer_id,
    COUNT(*) AS guarantee_cnt,
    COUNT(CASE WHEN is_self THEN guarantee_id END) AS self_cnt,
    COUNT(CASE WHEN rate_to_base IS NULL THEN guarantee_id END) AS no_fx_cnt,
    SUM(amount_base) AS amount_base,
    SUM(CASE WHEN NOT is_self THEN value_base END) AS value_base,
    SUM(CASE WHEN NOT is_self AND is_verified THEN value_base END) AS verified_base,
    SUM(CASE WHEN kind = 'deposit' THEN amount_base END) AS deposit_base,
    SUM(CASE WHEN NOT is_self AND kind IN ('bank_guarantee', 'letter_of_credit') THEN value_base END)
      AS bank_base,
    SUM(CASE WHEN NOT is_self AND is_collateral THEN value_base END) AS collateral_base,
    SUM(CASE WHEN NOT is_self AND kind = 'company_guarantee' THEN value_base END) AS company_base,
    SUM(CASE WHEN NOT is_self AND kind = 'personal_guarantee' THEN value_base END) AS personal_base,
    SUM(CASE WHEN NOT is_self AND kind IN ('retention_of_title', 'other') THEN value_base END)
      AS other_base,
    MIN(expiry_date) AS expiry_date,
    MAX(CASE WHEN is_self OR NOT is_verified OR (is_collateral AND is_short) THEN 1 ELSE 0 END)
      AS is_bad,
    MAX(CASE WHEN is_verified IS NULL OR (is_collateral AND is_unappraised) THEN 1 ELSE 0 END)
      AS is_unknown
  FROM guarantee
  GROUP BY customer_id
),

-- A deposit is our own till: it is on nobody. Security without a named guarantor is on the customer's
-- goods.
guarantor AS (
  SELECT customer_id, guarantor, SUM(amount_base) AS amount_base
  FROM guarantee
  WHERE kind <> 'deposit'
  GROUP BY customer_id, guarantor
),

spread AS (
  SELECT
    customer_id,
    COUNT(*) AS guarantor_cnt,
    SUM(amount_base) AS amount_base,
    MAX(amount_base) AS top_base,
    SUM(TRY_CAST(amount_base AS DECIMAL(18, 2)) * TRY_CAST(amount_base AS DECIMAL(19, 2))) AS square_base
  FROM guarantor
  GROUP BY customer_id
),

insurance AS (
  SELECT
    insurance.customer_id,
    insurance.expiry_date,
    currency.rate_to_base,
    insurance.insured_limit * currency.rate_to_base AS limit_base,
    CAST(ROUND(CAST(insurance.insured_limit AS DECIMAL(28, 2)) * COALESCE(insurance.covered_share, 1), 2)
      AS DECIMAL(18, 2)) * currency.rate_to_base AS share_base,
    LEAST(COALESCE(insurance.deductible, 0), insurance.insured_limit) * currency.rate_to_base
      AS deductible_base,
    CAST(ROUND(
      CAST(GREATEST(insurance.insured_limit - COALESCE(insurance.deductible, 0), 0) AS DECIMAL(28, 2))
        * COALESCE(insurance.covered_share, 1), 2) AS DECIMAL(18, 2)) * currency.rate_to_base
      AS covered_base
  FROM current.insurance AS insurance
  LEFT JOIN event.currency AS currency ON currency.currency = insurance.currency
  WHERE NOT insurance.is_deleted
    AND insurance.start_date <= CAST(:as_of AS DATE)
    AND (insurance.expiry_date IS NULL OR insurance.expiry_date >= CAST(:as_of AS DATE))
    AND (insurance.cancelled_on IS NULL OR insurance.cancelled_on > CAST(:as_of AS DATE))
),

insured AS (
  SELECT
    customer_id,
    COUNT(*) AS insurance_cnt,
    MAX(CASE WHEN rate_to_base IS NULL THEN 1 ELSE 0 END) AS is_no_fx,
    CAST(ROUND(SUM(limit_base), 2) AS DECIMAL(28, 2)) AS limit_base,
    CAST(ROUND(SUM(share_base), 2) AS DECIMAL(28, 2)) AS share_base,
    CAST(ROUND(SUM(deductible_base), 2) AS DECIMAL(28, 2)) AS deductible_base,
    CAST(ROUND(SUM(covered_base), 2) AS DECIMAL(28, 2)) AS covered_base,
    MIN(expiry_date) AS expiry_date
  FROM insurance
  GROUP BY customer_id
),

cancelled AS (
  SELECT insurance.customer_id, COUNT(*) AS cancelled_cnt
  FROM current.insurance AS insurance
  CROSS JOIN night
  WHERE NOT insurance.is_deleted
    AND insurance.cancelled_on > night.window_start
    AND insurance.cancelled_on <= CAST(:as_of AS DATE)
  GROUP BY insurance.customer_id
),

joined AS (
  SELECT
    customer.customer_id,
    base.base_currency,
    night.night_time,
    night.guarantee_cnt > 0 AS has_guarantees,
    night.insurance_cnt > 0 AS has_insurances,
    night.guarantee_cnt > 0 AND COALESCE(secured.no_fx_cnt, 0) = 0 AS has_security_sum,
    night.insurance_cnt > 0 AND COALESCE(insured.is_no_fx, 0) = 0 AS has_insurance_sum,
    COALESCE(secured.guarantee_cnt, 0) AS guarantee_cnt,
    COALESCE(secured.self_cnt, 0) AS self_cnt,
    COALESCE(secured.amount_base, 0) AS amount_base,
    COALESCE(secured.value_base, 0) AS value_base,
    COALESCE(secured.verified_base, 0) AS verified_base,
    COALESCE(secured.deposit_base, 0) AS deposit_base,
    COALESCE(secured.bank_base, 0) AS bank_base,
    COALESCE(secured.collateral_base, 0) AS collateral_base,
    COALESCE(secured.company_base, 0) AS company_base,
    COALESCE(secured.personal_base, 0) AS personal_base,
    COALESCE(secured.other_base, 0) AS other_base,
    secured.expiry_date AS guarantee_expiry,
    secured.is_bad,
    secured.is_unknown,
    COALESCE(spread.guarantor_cnt, 0) AS guarantor_cnt,
    spread.amount_base AS spread_base,
    spread.top_base,
    spread.square_base,
    COALESCE(insured.insurance_cnt, 0) AS insurance_cnt,
    COALESCE(insured.limit_base, 0) AS limit_base,
    COALESCE(insured.share_base, 0) AS share_base,
    COALESCE(insured.deductible_base, 0) AS deductible_base,
    COALESCE(insured.covered_base, 0) AS covered_base,
    insured.expiry_date AS insurance_expiry,
    COALESCE(cancelled.cancelled_cnt, 0) AS cancelled_cnt,
    LEAST(
      COALESCE(secured.expiry_date, insured.expiry_date),
      COALESCE(insured.expiry_date, secured.expiry_date)
    ) AS next_expiry
  FROM core.customer AS customer
  CROSS JOIN night
  CROSS JOIN base
  LEFT JOIN secured ON secured.customer_id = customer.customer_id
  LEFT JOIN spread ON spread.customer_id = customer.customer_id
  LEFT JOIN insured ON insured.customer_id = customer.customer_id
  LEFT JOIN cancelled ON cancelled.customer_id = customer.customer_id
)

SELECT
  customer_id,
  base_currency,
  CASE WHEN has_guarantees THEN guarantee_cnt END AS guarantee_cnt,
  CASE WHEN NOT has_guarantees THEN 'not_connected' WHEN NOT has_security_sum THEN 'no_fx' END
    AS guarantee_reason,
  CASE WHEN has_security_sum THEN amount_base END AS guarantee_amount,
  CASE WHEN has_security_sum THEN value_base END AS guarantee_value,
  CASE WHEN has_security_sum THEN verified_base END AS guarantee_verified_value,
  CASE WHEN has_security_sum THEN deposit_base END AS deposit_held,
  CASE WHEN has_security_sum THEN bank_base END AS bank_security_value,
  CASE WHEN has_security_sum THEN collateral_base END AS collateral_value,
  CASE WHEN has_security_sum THEN company_base END AS company_guarantee_value,
  CASE WHEN has_security_sum THEN personal_base END AS personal_guarantee_value,
  CASE WHEN has_security_sum THEN other_base END AS other_security_value,
  CASE WHEN has_guarantees THEN self_cnt END AS self_guarantee_cnt,
  guarantee_expiry,
  CASE
    WHEN guarantee_cnt = 0 THEN NULL
    WHEN is_bad = 1 THEN FALSE
    WHEN is_unknown = 0 THEN TRUE
  END AS collateral_ok,
  CASE
    WHEN NOT has_guarantees THEN 'not_connected'
    WHEN guarantee_cnt = 0 THEN 'no_guarantee'
    WHEN is_bad = 0 AND is_unknown = 1 THEN 'not_verified'
  END AS collateral_ok_reason,
  CASE WHEN has_guarantees THEN guarantor_cnt END AS guarantor_cnt,
  CASE WHEN has_security_sum
    THEN CAST(CAST(square_base / NULLIF(
      TRY_CAST(spread_base AS DECIMAL(18, 2)) * TRY_CAST(spread_base AS DECIMAL(19, 2)), 0)
      AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS guarantor_hhi,
  CASE WHEN has_security_sum
    THEN CAST(CAST(top_base / NULLIF(spread_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS guarantor_top_share,
  CASE
    WHEN NOT has_guarantees THEN 'not_connected'
    WHEN guarantor_cnt = 0 OR spread_base = 0 THEN 'no_guarantee'
    WHEN NOT has_security_sum THEN 'no_fx'
  END AS guarantor_hhi_reason,
  CASE WHEN has_insurances THEN insurance_cnt END AS insurance_cnt,
  CASE WHEN NOT has_insurances THEN 'not_connected' WHEN NOT has_insurance_sum THEN 'no_fx' END
    AS insurance_reason,
  CASE WHEN has_insurance_sum THEN limit_base END AS insured_limit,
  CASE WHEN has_insurance_sum
    THEN CAST(CAST(share_base / NULLIF(limit_base, 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
  END AS insured_share,
  CASE
    WHEN NOT has_insurances THEN 'not_connected'
    WHEN insurance_cnt = 0 OR limit_base = 0 AND has_insurance_sum THEN 'nothing_insured'
    WHEN NOT has_insurance_sum THEN 'no_fx'
  END AS insured_share_reason,
  CASE WHEN has_insurance_sum THEN covered_base END AS insured_covered_amount,
  CASE WHEN has_insurance_sum THEN deductible_base END AS insured_deductible,
  insurance_expiry,
  CASE WHEN has_insurances THEN cancelled_cnt END AS insurance_cancelled_cnt_12m,
  CASE WHEN NOT has_insurances THEN 'not_connected' END AS insurance_cancelled_cnt_12m_reason,
  CASE
    WHEN (has_guarantees AND NOT has_security_sum) OR (has_insurances AND NOT has_insurance_sum)
      THEN NULL
    WHEN has_guarantees OR has_insurances
      THEN CASE WHEN has_guarantees THEN verified_base ELSE 0 END
        + CASE WHEN has_insurances THEN covered_base ELSE 0 END
  END AS cover_amount,
  CASE
    WHEN NOT has_guarantees AND NOT has_insurances THEN 'not_connected'
    WHEN (has_guarantees AND NOT has_security_sum) OR (has_insurances AND NOT has_insurance_sum)
      THEN 'no_fx'
  END AS cover_amount_reason,
  EXTRACT(DAY FROM (CAST(next_expiry AS TIMESTAMP) - night_time)) AS cover_days_to_expiry,
  CASE
    WHEN NOT has_guarantees AND NOT has_insurances THEN 'not_connected'
    WHEN guarantee_cnt = 0 AND insurance_cnt = 0 THEN 'no_cover'
    WHEN next_expiry IS NULL THEN 'open_ended'
  END AS cover_days_to_expiry_reason
FROM joined
ORDER BY customer_id
