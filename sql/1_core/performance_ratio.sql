-- performance_ratio: how does each ratio of a customer stand against the standard values of its industry?
--
-- 企业绩效评价 (国资发评价〔2006〕157号): five standard values, 优秀 良好 平均 较低 较差, stand for coefficients 1, 0.8, 0.6,
-- 0.4 and 0.2; between two of them the points lie on a straight line, from 优秀 on they are full, below 较差 none. Where
-- low is good the signs change. The values are the user's own file; which ratios count, and for how much, is policy (the
-- scorecard of the active policy's default segment).
--
-- The nearest standard counts: industry and size, the industry, the nearest above it (C341, C34, then C of C3411), every
-- industry; of each the latest edition that has all five values in the order the policy says. Both years are held against
-- the same values, so that a lower band is the company's doing. Size is told from the people employed (工信部联企业〔2011〕300号,
-- industry: 1000 and more large, 300 and more medium).
--
-- The published book prints most ratios in percent and some as they are. A ratio of an edition that says more than a
-- fraction can be (68.7 for 0.687) is in percent for every industry of that edition.
--
-- Grain: one row per customer with accounts and ratio of the policy. Key: customer_id, ratio.
-- Requirements: R0-50; C8; EW10.
--
-- Columns
--   customer_id      VARCHAR        the customer
--   ratio            VARCHAR        the ratio, a column of event.statement
--   block            VARCHAR        the block of the evaluation it belongs to
--   weight           DECIMAL(9,4)   points it can bring
--   is_reverse       BOOLEAN        low is good
--   value            DECIMAL(18,6)  the ratio in the latest year; NULL: see event.statement
--   value_prior      DECIMAL(18,6)  the year before
--   standard         VARCHAR        provider, edition, industry and size of the standard; NULL: none fits
--   excellent        DECIMAL(18,6)  优秀
--   good             DECIMAL(18,6)  良好
--   average          DECIMAL(18,6)  平均
--   low              DECIMAL(18,6)  较低
--   poor             DECIMAL(18,6)  较差
--   points           DECIMAL(18,6)  of weight; NULL: no value or no standard
--   points_prior     DECIMAL(18,6)  the year before
--   points_exact     DECIMAL(18,10) points before they are rounded: for sums and classes
--   points_exact_prior DECIMAL(18,10) the year before
--   band             INTEGER        5 from 优秀 on, 4 from 良好, 3 from 平均, 2 from 较低, 1 below; NULL as points
--   band_prior       INTEGER        the year before
--   null_reason      VARCHAR        no_value, no_standard; NULL: there are points

WITH

weighed AS (
  SELECT
    performance_weight.ratio,
    performance_weight.block,
    performance_weight.weight,
    performance_weight.is_reverse,
    CASE WHEN performance_weight.is_reverse THEN -1 ELSE 1 END AS sign
  FROM policy.book
  JOIN policy.segment ON segment.policy_id = book.policy_id AND segment.segment = 'default'
  JOIN policy.performance_weight ON performance_weight.scorecard_id = segment.scorecard_id
),

accounts AS (
  SELECT
    statement.*,
    COALESCE(party_industry.industry_code, 'all') AS industry_code,
    CASE
      WHEN statement.staff >= 1000 THEN 'large'
      WHEN statement.staff >= 300 THEN 'medium'
      WHEN statement.staff >= 0 THEN 'small'
      ELSE 'all'
    END AS company_size
  FROM event.statement
  LEFT JOIN event.party_industry ON party_industry.customer_id = statement.customer_id
),

-- One row a customer, year and ratio.
measured AS (
  SELECT
    accounts.customer_id,
    accounts.year_no,
    accounts.industry_code,
    accounts.company_size,
    weighed.ratio,
    CASE weighed.ratio
      WHEN 'debt_to_assets' THEN accounts.debt_to_assets
      WHEN 'current_ratio' THEN accounts.current_ratio
      WHEN 'quick_ratio' THEN accounts.quick_ratio
      WHEN 'quick_ratio_strict' THEN accounts.quick_ratio_strict
      WHEN 'gross_margin' THEN accounts.gross_margin
      WHEN 'net_margin' THEN accounts.net_margin
      WHEN 'debt_to_equity' THEN accounts.debt_to_equity
      WHEN 'return_on_equity' THEN accounts.return_on_equity
      WHEN 'ebit_to_assets' THEN accounts.ebit_to_assets
      WHEN 'cfo_to_current_liabilities' THEN accounts.cfo_to_current_liabilities
      WHEN 'cfo_to_net_income' THEN accounts.cfo_to_net_income
      WHEN 'interest_cover' THEN accounts.interest_cover
      WHEN 'receivables_turnover' THEN accounts.receivables_turnover
      WHEN 'revenue_growth' THEN accounts.revenue_growth
      WHEN 'return_on_equity_avg' THEN accounts.return_on_equity_avg
      WHEN 'return_on_assets' THEN accounts.return_on_assets
      WHEN 'asset_turnover' THEN accounts.asset_turnover
      WHEN 'current_asset_turnover' THEN accounts.current_asset_turnover
      WHEN 'cash_recovery' THEN accounts.cash_recovery
      WHEN 'return_on_capital' THEN accounts.return_on_capital
      WHEN 'capital_preservation' THEN accounts.capital_preservation
      WHEN 'operating_margin' THEN accounts.operating_margin
      WHEN 'cost_profit_ratio' THEN accounts.cost_profit_ratio
      WHEN 'bad_asset_ratio' THEN accounts.bad_asset_ratio
      WHEN 'interest_debt_ratio' THEN accounts.interest_debt_ratio
      WHEN 'contingent_ratio' THEN accounts.contingent_ratio
      WHEN 'operating_profit_growth' THEN accounts.operating_profit_growth
      WHEN 'asset_growth' THEN accounts.asset_growth
      WHEN 'research_ratio' THEN accounts.research_ratio
    END AS value
  FROM accounts
  CROSS JOIN weighed
),

two_years AS (
  SELECT
    now.customer_id,
    now.industry_code,
    now.company_size,
    now.ratio,
    now.value,
    before.value AS value_prior
  FROM measured AS now
  LEFT JOIN measured AS before
    ON before.customer_id = now.customer_id AND before.ratio = now.ratio AND before.year_no = 1
  WHERE now.year_no = 0
),

-- What the book prints as times stays as it is. Of the others the most that an industry's standard can be as a fraction:
-- nobody's excellent margin is 300 %, and no five values of a quick ratio reach 10.
printed AS (
  SELECT
    industry_standard.provider,
    industry_standard.edition,
    industry_standard.ratio,
    MAX(GREATEST(ABS(industry_standard.excellent), ABS(industry_standard.poor))) > CASE
      WHEN industry_standard.ratio IN (
        'interest_cover', 'receivables_turnover', 'asset_turnover', 'current_asset_turnover',
        'debt_to_equity', 'cfo_to_net_income'
      ) THEN NULL
      WHEN industry_standard.ratio IN (
        'current_ratio', 'quick_ratio', 'quick_ratio_strict', 'capital_preservation'
      ) THEN 10
      WHEN industry_standard.ratio = 'research_ratio' THEN 1
      ELSE 3
    END AS is_percent
  FROM current.industry_standard AS industry_standard
  WHERE NOT industry_standard.is_deleted
  GROUP BY industry_standard.provider, industry_standard.edition, industry_standard.ratio
),

scaled AS (
  SELECT
    industry_standard.*,
    CAST(weighed.sign * CASE WHEN printed.is_percent THEN 0.01 ELSE 1 END AS DECIMAL(3, 2)) AS factor
  FROM current.industry_standard AS industry_standard
  JOIN weighed ON weighed.ratio = industry_standard.ratio
  JOIN printed
    ON printed.provider = industry_standard.provider
    AND printed.edition = industry_standard.edition
    AND printed.ratio = industry_standard.ratio
  WHERE NOT industry_standard.is_deleted
),

standard AS (
  SELECT
    provider,
    edition,
    UPPER(TRIM(industry_code)) AS industry_code,
    company_size,
    ratio,
    CAST(factor * CAST(excellent AS DECIMAL(28, 6)) AS DECIMAL(28, 6)) AS excellent,
    CAST(factor * CAST(good AS DECIMAL(28, 6)) AS DECIMAL(28, 6)) AS good,
    CAST(factor * CAST(average AS DECIMAL(28, 6)) AS DECIMAL(28, 6)) AS average,
    CAST(factor * CAST(low AS DECIMAL(28, 6)) AS DECIMAL(28, 6)) AS low,
    CAST(factor * CAST(poor AS DECIMAL(28, 6)) AS DECIMAL(28, 6)) AS poor,
    COALESCE(TRY_CAST(SUBSTR(TRIM(edition), 1, 4) AS INTEGER), 0) AS edition_year
  FROM scaled
),

-- Few rows: what industries and sizes there are among the customers, not the customers.
kind AS (
  SELECT DISTINCT industry_code, company_size FROM accounts
),

fitting AS (
  SELECT
    kind.industry_code AS for_industry,
    kind.company_size AS for_size,
    standard.*,
    ROW_NUMBER() OVER (
      PARTITION BY kind.industry_code, kind.company_size, standard.ratio
      ORDER BY
        CASE WHEN standard.industry_code = 'ALL' THEN 0 ELSE LENGTH(standard.industry_code) END DESC,
        CASE WHEN standard.company_size = kind.company_size THEN 0 ELSE 1 END,
        standard.edition_year DESC, standard.edition DESC, standard.provider, standard.industry_code
    ) AS place
  FROM kind
  JOIN standard
    ON (
      standard.industry_code = 'ALL'
      OR standard.industry_code = SUBSTR(kind.industry_code, 1, LENGTH(standard.industry_code))
    )
    AND standard.company_size IN (kind.company_size, 'all')
  WHERE standard.excellent >= standard.good
    AND standard.good >= standard.average
    AND standard.average >= standard.low
    AND standard.low >= standard.poor
),

-- `sign` turns a ratio where low is good into one where high is.
held AS (
  SELECT
    two_years.customer_id,
    weighed.*,
    two_years.value,
    two_years.value_prior,
    weighed.sign * CAST(two_years.value AS DECIMAL(28, 6)) AS actual,
    weighed.sign * CAST(two_years.value_prior AS DECIMAL(28, 6)) AS actual_prior,
    fitting.provider || ' ' || fitting.edition || ' ' || fitting.industry_code || ' '
      || fitting.company_size AS standard,
    fitting.excellent,
    fitting.good,
    fitting.average,
    fitting.low,
    fitting.poor
  FROM two_years
  JOIN weighed ON weighed.ratio = two_years.ratio
  LEFT JOIN fitting
    ON fitting.for_industry = two_years.industry_code
    AND fitting.for_size = two_years.company_size
    AND fitting.ratio = two_years.ratio
    AND fitting.place = 1
),

-- Coefficients in fifths: a whole number from the value reached, and the way to the next one.
stepped AS (
  SELECT
    held.*,
    CASE
      WHEN actual >= excellent THEN 5
      WHEN actual >= good
        THEN 4 + TRY_CAST((actual - good) / NULLIF(excellent - good, 0) AS DECIMAL(28, 10))
      WHEN actual >= average
        THEN 3 + TRY_CAST((actual - average) / NULLIF(good - average, 0) AS DECIMAL(28, 10))
      WHEN actual >= low
        THEN 2 + TRY_CAST((actual - low) / NULLIF(average - low, 0) AS DECIMAL(28, 10))
      WHEN actual >= poor
        THEN 1 + TRY_CAST((actual - poor) / NULLIF(low - poor, 0) AS DECIMAL(28, 10))
      WHEN actual < poor THEN 0
    END AS fifths,
    CASE
      WHEN actual_prior >= excellent THEN 5
      WHEN actual_prior >= good
        THEN 4 + TRY_CAST((actual_prior - good) / NULLIF(excellent - good, 0) AS DECIMAL(28, 10))
      WHEN actual_prior >= average
        THEN 3 + TRY_CAST((actual_prior - average) / NULLIF(good - average, 0) AS DECIMAL(28, 10))
      WHEN actual_prior >= low
        THEN 2 + TRY_CAST((actual_prior - low) / NULLIF(average - low, 0) AS DECIMAL(28, 10))
      WHEN actual_prior >= poor
        THEN 1 + TRY_CAST((actual_prior - poor) / NULLIF(low - poor, 0) AS DECIMAL(28, 10))
      WHEN actual_prior < poor THEN 0
    END AS fifths_prior,
    CASE
      WHEN actual >= excellent THEN 5
      WHEN actual >= good THEN 4
      WHEN actual >= average THEN 3
      WHEN actual >= low THEN 2
      WHEN actual < low THEN 1
    END AS band,
    CASE
      WHEN actual_prior >= excellent THEN 5
      WHEN actual_prior >= good THEN 4
      WHEN actual_prior >= average THEN 3
      WHEN actual_prior >= low THEN 2
      WHEN actual_prior < low THEN 1
    END AS band_prior
  FROM held
)

SELECT
  customer_id,
  ratio,
  block,
  weight,
  is_reverse,
  value,
  value_prior,
  standard,
  sign * excellent AS excellent,
  sign * good AS good,
  sign * average AS average,
  sign * low AS low,
  sign * poor AS poor,
  CAST(CAST(weight * fifths * CAST(0.2 AS DECIMAL(2, 1)) AS DECIMAL(18, 15)) AS DECIMAL(18, 6)) AS points,
  CAST(CAST(weight * fifths_prior * CAST(0.2 AS DECIMAL(2, 1)) AS DECIMAL(18, 15)) AS DECIMAL(18, 6)) AS points_prior,
  CAST(weight * fifths * CAST(0.2 AS DECIMAL(2, 1)) AS DECIMAL(18, 10)) AS points_exact,
  CAST(weight * fifths_prior * CAST(0.2 AS DECIMAL(2, 1)) AS DECIMAL(18, 10)) AS points_exact_prior,
  band,
  band_prior,
  CASE
    WHEN value IS NULL THEN 'no_value'
    WHEN standard IS NULL THEN 'no_standard'
  END AS null_reason
FROM stepped
ORDER BY customer_id, ratio
