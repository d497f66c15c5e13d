-- finance: what do a customer's accounts say of its health?
--
-- The latest yearly statement that counts (event.statement), and the year before where two are needed. A ratio
-- is NULL with its reason: never 0, never infinity. Margins may be far below -1 where there is hardly any
-- revenue: scoring clips them, because a policy's bands end. Amounts are in the base currency at tonight's rate, and
-- NULL where units seem mixed: a limit must not rest on 万元 read as 元.
--
-- Of the Z-scores one applies: Z to listed manufacturers, Z′ to other manufacturers, Z″ to everybody else and where
-- the industry is unknown. None reads a bank's accounts. X4 is capped at 10, also where there are no liabilities.
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: R0-50, R0-51, R0-92, R1-04, R1-10, R1-11, R2-03, R2-07, R3-03, R4-35, R4-99; A9; C5, C6, C7.
--
-- Columns
--   customer_id                        VARCHAR        the customer
--   statement_date                     DATE           last day of the latest year there are accounts of; NULL: none [R0-51]
--   prior_statement_date               DATE           last day of the year before it; NULL: none to compare with
--   statement_age_days                 INTEGER        days from statement_date to the night
--   is_statement_stale                 BOOLEAN        older than the policy's limit: 18 months, unless it says otherwise
--   fin_source                         VARCHAR        who gave the accounts; company: the customer itself [R0-51]
--   statement_basis                    VARCHAR        consolidated or parent
--   is_unaudited                       BOOLEAN        no auditor signed it, or nobody said so
--   is_unit_mixed                      BOOLEAN        元 and 万元 seem mixed
--   statement_currency                 VARCHAR        of the statement; amounts here are in the base currency
--   amount_reason                      VARCHAR        no_statement, unit_mix, no_fx; NULL: amounts are stated, or their own line is missing
--   total_assets_amount                DECIMAL(28,2)  assets [R4-35]
--   current_assets_amount              DECIMAL(28,2)  current assets
--   total_liabilities_amount           DECIMAL(28,2)  liabilities [R4-35]
--   current_liabilities_amount         DECIMAL(28,2)  current liabilities
--   net_worth_amount                   DECIMAL(28,2)  equity; negative when overindebted
--   working_capital_amount             DECIMAL(28,2)  current assets less current liabilities
--   revenue                            DECIMAL(28,2)  of the year [R1-10]
--   total_costs_amount                 DECIMAL(28,2)  of the year [R1-10]
--   net_income_amount                  DECIMAL(28,2)  of the year [R1-10]
--   cfo                                DECIMAL(28,2)  operating cash flow [R2-03]
--   investing_cash_flow_amount         DECIMAL(28,2)  of the year
--   financing_cash_flow_amount         DECIMAL(28,2)  of the year
--   debt_to_assets                     DECIMAL(18,6)  fraction, 资产负债率; above 1: insolvent [R1-04]
--   current_ratio                      DECIMAL(18,6)  流动比率 [R1-11]
--   current_ratio_reason               VARCHAR        no_current_liab; NULL: see null_reason
--   quick_ratio                        DECIMAL(18,6)  速动比率, stock taken off [R1-11]
--   quick_ratio_reason                 VARCHAR        as current_ratio_reason
--   quick_ratio_strict                 DECIMAL(18,6)  prepayments taken off too [C7]
--   gross_margin                       DECIMAL(18,6)  fraction, 毛利率 [R1-10]
--   gross_margin_reason                VARCHAR        no_revenue; NULL: see null_reason
--   net_margin                         DECIMAL(18,6)  fraction, 净利率 [R1-10]
--   net_margin_reason                  VARCHAR        as gross_margin_reason
--   debt_to_equity                     DECIMAL(18,6)  liabilities over equity [C7]
--   debt_to_equity_reason              VARCHAR        neg_equity; NULL: see null_reason
--   return_on_equity                   DECIMAL(18,6)  fraction, profit over equity at the year's end [C7]
--   return_on_equity_reason            VARCHAR        as debt_to_equity_reason
--   ebit_to_assets                     DECIMAL(18,6)  fraction [C7]
--   cfo_to_current_liabilities         DECIMAL(18,6)  operating cash flow over current liabilities [A9]
--   cfo_to_current_liabilities_reason  VARCHAR        as current_ratio_reason
--   cfo_to_net_income                  DECIMAL(18,6)  operating cash flow over profit [A9]
--   cfo_to_net_income_reason           VARCHAR        no_profit; NULL: see null_reason
--   interest_cover                     DECIMAL(18,6)  profit before interest and tax over interest [A9]
--   interest_cover_reason              VARCHAR        no_interest; NULL: see null_reason
--   receivables_turnover               DECIMAL(18,6)  times a year, sales over average receivables [A9]
--   receivables_turnover_reason        VARCHAR        no_year_before, unit_mix, no_receivables; NULL: see null_reason
--   revenue_growth                     DECIMAL(18,6)  fraction, over the year before [R1-20]
--   revenue_growth_reason              VARCHAR        no_year_before, unit_mix, no_revenue; NULL: see null_reason
--   neg_equity                         BOOLEAN        equity is not above 0 [C7]
--   is_insolvent                       BOOLEAN        liabilities above assets [C7]
--   z_score                            DECIMAL(18,6)  Z of 1968, coefficient 0.999 for sales [C5]
--   z_score_reason                     VARCHAR        financial_firm, no_market_value; NULL: see null_reason
--   z_score_rounded                    DECIMAL(18,6)  the same with 1.0 for sales, as some print it [C5]
--   z_zone                             VARCHAR        safe above 2.99, distress below 1.81, grey between
--   z1_score                           DECIMAL(18,6)  Z′, book equity for market value [C5]
--   z1_zone                            VARCHAR        safe above 2.9, distress below 1.23
--   z2_score                           DECIMAL(18,6)  Z″, without sales [C5]
--   z2_score_reason                    VARCHAR        financial_firm; NULL: see null_reason
--   z2_zone                            VARCHAR        safe above 2.6, distress below 1.1 [EW10]
--   z2_zone_prior                      VARCHAR        that of the year before; NULL: none [EW10]
--   z2_zone_fall                       INTEGER        zones lost since the year before; negative: gained; NULL: one of them is unknown [EW10]
--   z2_em_score                        DECIMAL(18,6)  Z″ + 3.25, for emerging markets [C5]
--   z2_em_zone                         VARCHAR        safe above 5.85, distress below 4.35
--   x4_capped                          BOOLEAN        X4 of the score that applies was cut to 10 [C5]
--   z_model                            VARCHAR        z, z1 or z2: the score that applies; NULL: none does
--   z_score_applied                    DECIMAL(18,6)  that score [C5]
--   z_zone_applied                     VARCHAR        its zone [C5]
--   z_applied_position                 DECIMAL(18,6)  where it stands between its own zones: 0 the edge of distress, 1 the edge of safe [C5]
--   z_applied_position_reason          VARCHAR        financial_firm; NULL: see null_reason
--   f_roa_positive                     BOOLEAN        1: profit over assets above 0 (C6)
--   f_cfo_positive                     BOOLEAN        2: operating cash flow above 0
--   f_roa_up                           BOOLEAN        3: profit over assets rose
--   f_accrual                          BOOLEAN        4: operating cash flow above profit
--   f_leverage_down                    BOOLEAN        5: long-term debt over assets fell
--   f_liquidity_up                     BOOLEAN        6: current ratio rose; NULL: no current liabilities in a year
--   f_no_issue                         BOOLEAN        7: no new shares: none sold, else no more of them, else no more capital
--   f_margin_up                        BOOLEAN        8: gross margin rose
--   f_turnover_up                      BOOLEAN        9: revenue over assets rose
--   f_test_cnt                         INTEGER        tests that could be made
--   f_score                            INTEGER        tests passed, 0 to 9; NULL: not all nine could be made [C6]
--   f_score_reason                     VARCHAR        no_year_before, unit_mix; NULL: see null_reason
--   null_reason                        VARCHAR        no_statement, unit_mix: nothing can be read; NULL: a part is not stated

WITH

accounts AS (
  SELECT
    statement.*,
    COALESCE(party_industry.is_financial, FALSE) AS is_financial,
    party_industry.is_manufacturer,
    COALESCE(total_assets > 0, FALSE) AND NOT is_contradictory
      AND NOT COALESCE(party_industry.is_financial, FALSE) AS is_scored
  FROM event.statement
  LEFT JOIN event.party_industry ON party_industry.customer_id = statement.customer_id
  WHERE statement.year_no IN (0, 1)
),

-- Fifteen digits: a zone's edge that the figures meet exactly must not be missed for what ten cut off.
termed AS (
  SELECT
    accounts.*,
    CASE WHEN is_scored THEN TRY_CAST((current_assets - current_liabilities) / total_assets
      AS DECIMAL(28, 15)) END AS x1,
    CASE WHEN is_scored THEN TRY_CAST(retained_earnings / total_assets AS DECIMAL(28, 15)) END AS x2,
    CASE WHEN is_scored THEN TRY_CAST(ebit / total_assets AS DECIMAL(28, 15)) END AS x3,
    CASE WHEN is_scored THEN TRY_CAST(revenue / total_assets AS DECIMAL(28, 15)) END AS x5,
    CASE
      WHEN NOT is_scored OR market_equity IS NULL THEN NULL
      WHEN total_liabilities = 0 OR market_equity > 10 * total_liabilities
        THEN CAST(10 AS DECIMAL(28, 15))
      ELSE TRY_CAST(market_equity / total_liabilities AS DECIMAL(28, 15))
    END AS x4_market,
    CASE
      WHEN NOT is_scored OR equity IS NULL THEN NULL
      WHEN total_liabilities = 0 OR equity > 10 * total_liabilities
        THEN CAST(10 AS DECIMAL(28, 15))
      ELSE TRY_CAST(equity / total_liabilities AS DECIMAL(28, 15))
    END AS x4_book,
    CASE
      WHEN market_equity IS NOT NULL AND is_manufacturer THEN market_equity
      ELSE equity
    END AS x4_equity
  FROM accounts
),

summed AS (
  SELECT
    termed.*,
    ROUND(1.2 * x1 + 1.4 * x2 + 3.3 * x3 + 0.6 * x4_market + 0.999 * x5, 12) AS z,
    ROUND(1.2 * x1 + 1.4 * x2 + 3.3 * x3 + 0.6 * x4_market + 1.0 * x5, 12) AS z_rounded,
    ROUND(0.717 * x1 + 0.847 * x2 + 3.107 * x3 + 0.420 * x4_book + 0.998 * x5, 12) AS z1,
    ROUND(6.56 * x1 + 3.26 * x2 + 6.72 * x3 + 1.05 * x4_book, 12) AS z2,
    CASE
      WHEN NOT is_scored THEN NULL
      WHEN is_manufacturer AND market_equity IS NOT NULL THEN 'z'
      WHEN is_manufacturer THEN 'z1'
      ELSE 'z2'
    END AS z_model
  FROM termed
),

zoned AS (
  SELECT
    summed.*,
    CASE WHEN z > 2.99 THEN 'safe' WHEN z >= 1.81 THEN 'grey' WHEN z < 1.81 THEN 'distress' END
      AS z_zone,
    CASE WHEN z1 > 2.9 THEN 'safe' WHEN z1 >= 1.23 THEN 'grey' WHEN z1 < 1.23 THEN 'distress' END
      AS z1_zone,
    CASE WHEN z2 > 2.6 THEN 'safe' WHEN z2 >= 1.1 THEN 'grey' WHEN z2 < 1.1 THEN 'distress' END
      AS z2_zone,
    CASE WHEN z2 > 2.6 THEN 2 WHEN z2 >= 1.1 THEN 1 WHEN z2 < 1.1 THEN 0 END AS z2_zone_no,
    CASE WHEN has_year_before THEN customer_id END AS compared_id
  FROM summed
),

year_before AS (
  SELECT * FROM zoned WHERE year_no = 1
),

-- Two years side by side. Fractions are compared crosswise, money times money: a / b > c / d where b and
-- d are above 0.
tested AS (
  SELECT
    now.*,
    before.period_end AS period_end_before,
    before.z2_zone AS z2_zone_before,
    before.z2_zone_no - now.z2_zone_no AS z2_zone_fall,
    before.revenue AS revenue_before,
    before.receivables AS receivables_before,
    CASE WHEN now.total_assets > 0 AND NOT now.is_contradictory THEN now.net_income > 0 END
      AS f_roa_positive,
    CASE WHEN NOT now.is_contradictory THEN now.operating_cash_flow > 0 END AS f_cfo_positive,
    CASE WHEN now.total_assets > 0 AND before.total_assets > 0 THEN
      now.net_income * before.total_assets > before.net_income * now.total_assets
    END AS f_roa_up,
    CASE WHEN NOT now.is_contradictory THEN now.operating_cash_flow > now.net_income END AS f_accrual,
    CASE WHEN now.total_assets > 0 AND before.total_assets > 0 THEN
      now.long_term_debt * before.total_assets < before.long_term_debt * now.total_assets
    END AS f_leverage_down,
    CASE WHEN now.current_liabilities > 0 AND before.current_liabilities > 0 THEN
      now.current_assets * before.current_liabilities > before.current_assets * now.current_liabilities
    END AS f_liquidity_up,
    CASE WHEN before.customer_id IS NOT NULL THEN
      COALESCE(
        now.equity_issued <= 0,
        now.shares_outstanding <= before.shares_outstanding,
        now.capital <= before.capital
      )
    END AS f_no_issue,
    CASE WHEN now.revenue > 0 AND before.revenue > 0 THEN
      (now.revenue - now.cost_of_sales) * before.revenue
        > (before.revenue - before.cost_of_sales) * now.revenue
    END AS f_margin_up,
    CASE WHEN now.total_assets > 0 AND before.total_assets > 0 THEN
      now.revenue * before.total_assets > before.revenue * now.total_assets
    END AS f_turnover_up
  FROM zoned AS now
  LEFT JOIN year_before AS before ON before.customer_id = now.compared_id
  WHERE now.year_no = 0
),

counted AS (
  SELECT
    tested.*,
    CASE WHEN f_roa_positive THEN 1 ELSE 0 END + CASE WHEN f_cfo_positive THEN 1 ELSE 0 END
      + CASE WHEN f_roa_up THEN 1 ELSE 0 END + CASE WHEN f_accrual THEN 1 ELSE 0 END
      + CASE WHEN f_leverage_down THEN 1 ELSE 0 END + CASE WHEN f_liquidity_up THEN 1 ELSE 0 END
      + CASE WHEN f_no_issue THEN 1 ELSE 0 END + CASE WHEN f_margin_up THEN 1 ELSE 0 END
      + CASE WHEN f_turnover_up THEN 1 ELSE 0 END AS passed_cnt,
    CASE WHEN f_roa_positive IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_cfo_positive IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_roa_up IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_accrual IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_leverage_down IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_liquidity_up IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_no_issue IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_margin_up IS NULL THEN 0 ELSE 1 END
      + CASE WHEN f_turnover_up IS NULL THEN 0 ELSE 1 END AS test_cnt,
    CASE z_model WHEN 'z' THEN z WHEN 'z1' THEN z1 WHEN 'z2' THEN z2 END AS z_applied,
    TRY_CAST(
      CASE z_model
        WHEN 'z' THEN (z - 1.81) / 1.18
        WHEN 'z1' THEN (z1 - 1.23) / 1.67
        WHEN 'z2' THEN (z2 - 1.1) / 1.5
      END AS DECIMAL(28, 10)
    ) AS z_position,
    CASE WHEN is_financial THEN 'financial_firm' END AS no_z_reason,
    CASE WHEN NOT has_year_before THEN
      CASE WHEN is_unit_mixed THEN 'unit_mix' ELSE 'no_year_before' END
    END AS no_year_reason,
    CASE WHEN NOT is_unit_mixed THEN currency.rate_to_base END AS rate
  FROM tested
  LEFT JOIN event.currency ON currency.currency = tested.currency
),

-- Most books keep most accounts in one currency: what is not converted is not rounded either, which costs.
converted AS (
  SELECT
    counted.*,
    CASE WHEN rate = 1 THEN total_assets ELSE ROUND(total_assets * rate, 2) END AS base_total_assets,
    CASE WHEN rate = 1 THEN current_assets ELSE ROUND(current_assets * rate, 2) END AS base_current_assets,
    CASE WHEN rate = 1 THEN total_liabilities ELSE ROUND(total_liabilities * rate, 2) END AS base_total_liabilities,
    CASE WHEN rate = 1 THEN current_liabilities ELSE ROUND(current_liabilities * rate, 2) END AS base_current_liabilities,
    CASE WHEN rate = 1 THEN equity ELSE ROUND(equity * rate, 2) END AS base_equity,
    CASE WHEN rate = 1 THEN revenue ELSE ROUND(revenue * rate, 2) END AS base_revenue,
    CASE WHEN rate = 1 THEN total_costs ELSE ROUND(total_costs * rate, 2) END AS base_total_costs,
    CASE WHEN rate = 1 THEN net_income ELSE ROUND(net_income * rate, 2) END AS base_net_income,
    CASE WHEN rate = 1 THEN operating_cash_flow ELSE ROUND(operating_cash_flow * rate, 2) END AS base_operating_cash_flow,
    CASE WHEN rate = 1 THEN investing_cash_flow ELSE ROUND(investing_cash_flow * rate, 2) END AS base_investing_cash_flow,
    CASE WHEN rate = 1 THEN financing_cash_flow ELSE ROUND(financing_cash_flow * rate, 2) END AS base_financing_cash_flow
  FROM counted
)

SELECT
  customer.customer_id,
  converted.period_end AS statement_date,
  converted.period_end_before AS prior_statement_date,
  EXTRACT(DAY FROM (
    CAST(CAST(:as_of AS DATE) AS TIMESTAMP) - CAST(converted.period_end AS TIMESTAMP)
  )) AS statement_age_days,
  converted.period_end < freshness.oldest AS is_statement_stale,
  converted.provider AS fin_source,
  converted.basis AS statement_basis,
  CASE WHEN converted.customer_id IS NOT NULL THEN NOT COALESCE(converted.is_audited, FALSE) END
    AS is_unaudited,
  converted.is_unit_mixed,
  converted.currency AS statement_currency,
  CASE
    WHEN converted.customer_id IS NULL THEN 'no_statement'
    WHEN converted.is_unit_mixed THEN 'unit_mix'
    WHEN converted.rate IS NULL THEN 'no_fx'
  END AS amount_reason,
  converted.base_total_assets AS total_assets_amount,
  converted.base_current_assets AS current_assets_amount,
  converted.base_total_liabilities AS total_liabilities_amount,
  converted.base_current_liabilities AS current_liabilities_amount,
  converted.base_equity AS net_worth_amount,
  converted.base_current_assets - converted.base_current_liabilities
    AS working_capital_amount,
  converted.base_revenue AS revenue,
  converted.base_total_costs AS total_costs_amount,
  converted.base_net_income AS net_income_amount,
  converted.base_operating_cash_flow AS cfo,
  converted.base_investing_cash_flow AS investing_cash_flow_amount,
  converted.base_financing_cash_flow AS financing_cash_flow_amount,
  converted.debt_to_assets,
  converted.current_ratio,
  CASE WHEN converted.current_liabilities = 0 THEN 'no_current_liab' END AS current_ratio_reason,
  converted.quick_ratio,
  CASE WHEN converted.current_liabilities = 0 THEN 'no_current_liab' END AS quick_ratio_reason,
  converted.quick_ratio_strict,
  converted.gross_margin,
  CASE WHEN converted.revenue <= 0 THEN 'no_revenue' END AS gross_margin_reason,
  converted.net_margin,
  CASE WHEN converted.revenue <= 0 THEN 'no_revenue' END AS net_margin_reason,
  converted.debt_to_equity,
  CASE WHEN converted.equity <= 0 THEN 'neg_equity' END AS debt_to_equity_reason,
  converted.return_on_equity,
  CASE WHEN converted.equity <= 0 THEN 'neg_equity' END AS return_on_equity_reason,
  converted.ebit_to_assets,
  converted.cfo_to_current_liabilities,
  CASE WHEN converted.current_liabilities = 0 THEN 'no_current_liab' END
    AS cfo_to_current_liabilities_reason,
  converted.cfo_to_net_income,
  CASE WHEN converted.net_income <= 0 THEN 'no_profit' END AS cfo_to_net_income_reason,
  converted.interest_cover,
  CASE WHEN converted.interest_expense <= 0 THEN 'no_interest' END AS interest_cover_reason,
  converted.receivables_turnover,
  CASE
    WHEN converted.no_year_reason IS NOT NULL THEN converted.no_year_reason
    WHEN converted.receivables + converted.receivables_before = 0 THEN 'no_receivables'
  END AS receivables_turnover_reason,
  converted.revenue_growth,
  CASE
    WHEN converted.no_year_reason IS NOT NULL THEN converted.no_year_reason
    WHEN converted.revenue_before <= 0 THEN 'no_revenue'
  END AS revenue_growth_reason,
  converted.equity <= 0 AS neg_equity,
  converted.total_liabilities > converted.total_assets AS is_insolvent,
  CAST(TRY_CAST(converted.z AS DECIMAL(18, 13)) AS DECIMAL(18, 6)) AS z_score,
  COALESCE(
    converted.no_z_reason,
    CASE WHEN converted.customer_id IS NOT NULL AND converted.market_equity IS NULL THEN 'no_market_value' END
  ) AS z_score_reason,
  CAST(TRY_CAST(converted.z_rounded AS DECIMAL(18, 12)) AS DECIMAL(18, 6)) AS z_score_rounded,
  converted.z_zone,
  CAST(TRY_CAST(converted.z1 AS DECIMAL(18, 13)) AS DECIMAL(18, 6)) AS z1_score,
  converted.z1_zone,
  CAST(TRY_CAST(converted.z2 AS DECIMAL(18, 12)) AS DECIMAL(18, 6)) AS z2_score,
  converted.no_z_reason AS z2_score_reason,
  converted.z2_zone,
  converted.z2_zone_before AS z2_zone_prior,
  converted.z2_zone_fall,
  CAST(TRY_CAST(converted.z2 + 3.25 AS DECIMAL(18, 12)) AS DECIMAL(18, 6)) AS z2_em_score,
  converted.z2_zone AS z2_em_zone,
  CASE
    WHEN converted.z_model IS NOT NULL
      THEN converted.total_liabilities = 0 OR converted.x4_equity > 10 * converted.total_liabilities
  END AS x4_capped,
  converted.z_model,
  CAST(TRY_CAST(converted.z_applied AS DECIMAL(18, 13)) AS DECIMAL(18, 6)) AS z_score_applied,
  CASE converted.z_model
    WHEN 'z' THEN converted.z_zone
    WHEN 'z1' THEN converted.z1_zone
    ELSE converted.z2_zone
  END AS z_zone_applied,
  CAST(TRY_CAST(converted.z_position AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS z_applied_position,
  converted.no_z_reason AS z_applied_position_reason,
  converted.f_roa_positive,
  converted.f_cfo_positive,
  converted.f_roa_up,
  converted.f_accrual,
  converted.f_leverage_down,
  converted.f_liquidity_up,
  converted.f_no_issue,
  converted.f_margin_up,
  converted.f_turnover_up,
  COALESCE(converted.test_cnt, 0) AS f_test_cnt,
  CASE WHEN converted.test_cnt = 9 THEN converted.passed_cnt END AS f_score,
  converted.no_year_reason AS f_score_reason,
  CASE
    WHEN converted.customer_id IS NULL THEN 'no_statement'
    WHEN converted.is_contradictory THEN 'unit_mix'
  END AS null_reason
FROM core.customer
LEFT JOIN policy.freshness ON freshness.source = 'statement'
LEFT JOIN converted ON converted.customer_id = customer.customer_id
ORDER BY customer_id
