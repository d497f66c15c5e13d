-- industry: how risky is the industry of each customer, by what others say and by our own book?
--
-- Of several lists the latest statement about the industry counts, of one day the riskiest; by its code, else by the nearest above it
-- (C341, C34, then C of C3411). The band before it is the one the same list gave before. The bad rate of our own book stands beside the external band and never in place of
-- it: the part of the customers ever billed in the industry who owe something more than 90 days past due tonight, or
-- of whom something was written off in the window.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-60, R0-61, R2-08; EW18; A9.
--
-- Columns
--   customer_id               VARCHAR        the customer
--   industry_code             VARCHAR        in the book's classification; NULL: unknown [R0-60]
--   industry_name             VARCHAR        in words; NULL: unknown
--   industry_code_source      VARCHAR        ledger, ledger_name, register, register_name, name_only; NULL: unknown
--   industry_source           VARCHAR        whose band it is; NULL: no list has the industry [R0-61]
--   industry_date             DATE           the day the band is of
--   industry_risk_band        INTEGER        1 is the safest of 5; NULL: see null_reason [R0-60] [R2-08]
--   industry_risk_band_prior  INTEGER        what the same list said before; NULL: nothing [EW18]
--   industry_band_prior_date  DATE           the day of that
--   industry_band_rise        INTEGER        bands riskier than before; negative: safer; NULL: nothing before [EW18]
--   industry_competition      DECIMAL(18,6)  5 is hardest; NULL: not stated [R2-08]
--   industry_volatility       DECIMAL(18,6)  5 changes most; NULL: not stated [R2-08]
--   industry_outlook          VARCHAR        improving, stable, worsening; NULL: not stated [R2-07]
--   industry_outlook_points   DECIMAL(18,6)  100 improving, 50 stable, 0 worsening; NULL: not stated [R2-07]
--   industry_default_rate     DECIMAL(18,6)  fraction of its companies that default in a year, by the list; NULL: not stated
--   industry_customer_cnt     BIGINT         our customers ever billed in the industry; NULL: industry unknown
--   industry_bad_cnt          BIGINT         of them bad
--   industry_bad_rate         DECIMAL(18,6)  fraction; NULL: industry unknown, or nobody billed in it [A9]
--   industry_bad_rate_reason  VARCHAR        no_industry, none_billed; NULL: there is a rate
--   null_reason               VARCHAR        no_industry, industry_not_listed: no list has it; NULL: there is a list, and a part may be missing in it

WITH

stated AS (
  SELECT
    provider,
    UPPER(TRIM(industry_code)) AS industry_code,
    stated_on,
    TRY_CAST(risk_band AS INTEGER) AS risk_band,
    competition,
    volatility,
    outlook,
    default_rate,
    ROW_NUMBER() OVER (
      PARTITION BY UPPER(TRIM(industry_code))
      ORDER BY stated_on DESC, TRY_CAST(risk_band AS INTEGER) DESC NULLS LAST, provider, industry_code
    ) AS place,
    LEAD(TRY_CAST(risk_band AS INTEGER)) OVER (
      PARTITION BY UPPER(TRIM(industry_code)), provider ORDER BY stated_on DESC, industry_code
    ) AS band_prior,
    LEAD(stated_on) OVER (
      PARTITION BY UPPER(TRIM(industry_code)), provider ORDER BY stated_on DESC, industry_code
    ) AS prior_date
  FROM current.industry_band
  WHERE NOT is_deleted AND stated_on <= CAST(:as_of AS DATE)
),

-- Few rows: each industry our customers are in, with what is said of it.
code AS (
  SELECT DISTINCT industry_code FROM event.party_industry WHERE industry_code IS NOT NULL
),

fitting AS (
  SELECT
    code.industry_code AS for_industry,
    stated.*,
    ROW_NUMBER() OVER (
      PARTITION BY code.industry_code
      ORDER BY LENGTH(stated.industry_code) DESC
    ) AS nearest
  FROM code
  JOIN stated
    ON stated.industry_code = SUBSTR(code.industry_code, 1, LENGTH(stated.industry_code))
    AND stated.place = 1
),

late AS (
  SELECT
    receivable.customer_id,
    MAX(CASE
      WHEN receivable.open_amount > 0 AND receivable.due_date < book.days_90_start THEN 1 ELSE 0
    END) AS is_late
  FROM core.receivable
  CROSS JOIN policy.book
  GROUP BY receivable.customer_id
),

lost AS (
  SELECT DISTINCT settlement.customer_id
  FROM event.settlement
  CROSS JOIN policy.book
  WHERE settlement.kind IN ('write_off', 'bad_debt_transfer')
    AND settlement.event_date > book.window_start
    AND settlement.customer_id IS NOT NULL
),

own AS (
  SELECT
    party_industry.industry_code,
    COUNT(*) AS customer_cnt,
    SUM(CASE WHEN late.is_late = 1 OR lost.customer_id IS NOT NULL THEN 1 ELSE 0 END) AS bad_cnt
  FROM late
  JOIN event.party_industry ON party_industry.customer_id = late.customer_id
  LEFT JOIN lost ON lost.customer_id = late.customer_id
  WHERE party_industry.industry_code IS NOT NULL
  GROUP BY party_industry.industry_code
)

SELECT
  customer.customer_id,
  party_industry.industry_code,
  party_industry.industry_name,
  party_industry.industry_from AS industry_code_source,
  fitting.provider AS industry_source,
  fitting.stated_on AS industry_date,
  fitting.risk_band AS industry_risk_band,
  fitting.band_prior AS industry_risk_band_prior,
  fitting.prior_date AS industry_band_prior_date,
  fitting.risk_band - fitting.band_prior AS industry_band_rise,
  fitting.competition AS industry_competition,
  fitting.volatility AS industry_volatility,
  fitting.outlook AS industry_outlook,
  CASE fitting.outlook WHEN 'improving' THEN 100 WHEN 'stable' THEN 50 WHEN 'worsening' THEN 0 END
    AS industry_outlook_points,
  fitting.default_rate AS industry_default_rate,
  CASE WHEN party_industry.industry_code IS NOT NULL THEN COALESCE(own.customer_cnt, 0) END
    AS industry_customer_cnt,
  CASE WHEN party_industry.industry_code IS NOT NULL THEN COALESCE(own.bad_cnt, 0) END
    AS industry_bad_cnt,
  CAST(CAST(own.bad_cnt / NULLIF(CAST(own.customer_cnt AS DECIMAL(18, 2)), 0) AS DECIMAL(28, 10))
    AS DECIMAL(18, 6)) AS industry_bad_rate,
  CASE
    WHEN party_industry.industry_code IS NULL THEN 'no_industry'
    WHEN own.customer_cnt IS NULL THEN 'none_billed'
  END AS industry_bad_rate_reason,
  CASE
    WHEN party_industry.industry_code IS NULL THEN 'no_industry'
    WHEN fitting.for_industry IS NULL THEN 'industry_not_listed'
  END AS null_reason
FROM core.customer
LEFT JOIN event.party_industry ON party_industry.customer_id = customer.customer_id
LEFT JOIN fitting
  ON fitting.for_industry = party_industry.industry_code AND fitting.nearest = 1
LEFT JOIN own ON own.industry_code = party_industry.industry_code
ORDER BY customer_id
