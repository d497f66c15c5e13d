-- statement: which yearly accounts of each customer count, and what ratios do they give?
--
-- Only what matching accepted, for whole years, known and published by the night. Of the latest year one
-- statement: audited before unaudited, the fuller before the emptier, consolidated before the company's own,
-- as 企业绩效评价 has it. One that states neither assets nor revenue counts where there is no other. The years before
-- are those of the same basis and currency, a year apart to twenty days (52 or 53 weeks); never another currency's,
-- so that a change is the company's.
--
-- A ratio is NULL when a part is not stated, when what it is divided by is not above 0, when it reaches a hundred
-- million, when it needs a year before that is not there, and when units seem mixed: inside a statement (a part 500
-- times its whole), between two years (assets moved 500 times) or between two providers of one year.
--
-- Grain: one row per customer and year. Key: customer_id, year_no.
-- Requirements: R0-50, R0-51, R1-10, R1-11, R2-03, R4-35; A9; C5, C6, C7, C8.
--
-- Columns
--   customer_id                 VARCHAR        the customer
--   year_no                     INTEGER        0: the latest year there is; 1: the year before
--   provider                    VARCHAR        whose record it is; company: handed in by the customer
--   record_key                  VARCHAR        the record, as match.record_link has it
--   method                      VARCHAR        how it was matched
--   is_certain                  BOOLEAN        matched by number or decided by a person
--   period_end                  DATE           last day of the year
--   published_on                DATE           the day it was filed; NULL: not stated
--   basis                       VARCHAR        consolidated or parent
--   is_audited                  BOOLEAN        an auditor signed it; NULL: not stated
--   auditor_opinion             VARCHAR        the auditor's opinion; NULL: not stated
--   accounting_standard         VARCHAR        CAS, IFRS and so on; NULL: not stated
--   currency                    VARCHAR        ISO 4217 code of every amount in this row
--   is_contradictory            BOOLEAN        amounts of this year contradict each other by 500 times or more: no ratio (C7)
--   is_unit_mixed               BOOLEAN        so do this year's and the year before's, or this year's among themselves (C7)
--   has_year_before             BOOLEAN        there is a year before to compare with, in the same units
--   total_assets                DECIMAL(28,2)  total assets
--   current_assets              DECIMAL(28,2)  current assets
--   inventory                   DECIMAL(28,2)  inventory
--   prepaid                     DECIMAL(28,2)  prepaid
--   receivables                 DECIMAL(28,2)  receivables
--   total_liabilities           DECIMAL(28,2)  stated, else assets less equity
--   current_liabilities         DECIMAL(28,2)  current liabilities
--   long_term_debt              DECIMAL(28,2)  long term debt; NULL: not stated
--   equity                      DECIMAL(28,2)  stated, else assets less liabilities; negative when overindebted
--   retained_earnings           DECIMAL(28,2)  retained earnings
--   market_equity               DECIMAL(28,2)  of the shares; NULL: not listed
--   revenue                     DECIMAL(28,2)  revenue
--   cost_of_sales               DECIMAL(28,2)  cost of sales
--   total_costs                 DECIMAL(28,2)  stated, else cost of sales and operating expenses
--   operating_profit            DECIMAL(28,2)  operating profit
--   ebit                        DECIMAL(28,2)  stated, else profit before tax and interest
--   interest_expense            DECIMAL(28,2)  interest expense
--   net_income                  DECIMAL(28,2)  net income
--   operating_cash_flow         DECIMAL(28,2)  operating cash flow
--   investing_cash_flow         DECIMAL(28,2)  investing cash flow
--   financing_cash_flow         DECIMAL(28,2)  financing cash flow
--   equity_issued               DECIMAL(28,2)  equity issued; NULL: not stated
--   capital                     DECIMAL(28,2)  paid-in capital and capital reserve
--   shares_outstanding          DECIMAL(18,0)  shares at the end of the year
--   staff                       INTEGER        people employed
--   debt_to_assets              DECIMAL(18,6)  liabilities over assets; NULL: no assets
--   current_ratio               DECIMAL(18,6)  NULL: no current liabilities
--   quick_ratio                 DECIMAL(18,6)  stock taken off; NULL: no current liabilities
--   quick_ratio_strict          DECIMAL(18,6)  prepayments taken off too; NULL: no current liabilities
--   gross_margin                DECIMAL(18,6)  fraction of revenue; NULL: no revenue
--   net_margin                  DECIMAL(18,6)  fraction of revenue; NULL: no revenue
--   debt_to_equity              DECIMAL(18,6)  liabilities over equity; NULL: equity not above 0
--   return_on_equity            DECIMAL(18,6)  profit over equity at the end; NULL: equity not above 0
--   ebit_to_assets              DECIMAL(18,6)  profit before interest and tax over assets at the end
--   cfo_to_current_liabilities  DECIMAL(18,6)  operating cash flow over current liabilities
--   cfo_to_net_income           DECIMAL(18,6)  operating cash flow over profit; NULL: no profit
--   interest_cover              DECIMAL(18,6)  profit before interest and tax over interest; NULL: no interest
--   receivables_turnover        DECIMAL(18,6)  sales over average receivables
--   revenue_growth              DECIMAL(18,6)  fraction; NULL: no revenue the year before
--   return_on_equity_avg        DECIMAL(18,6)  profit over average equity
--   return_on_assets            DECIMAL(18,6)  profit before interest and tax over average assets
--   asset_turnover              DECIMAL(18,6)  revenue over average assets
--   current_asset_turnover      DECIMAL(18,6)  revenue over average current assets
--   cash_recovery               DECIMAL(18,6)  operating cash flow over average assets
--   return_on_capital           DECIMAL(18,6)  profit over average paid-in capital and its reserve
--   capital_preservation        DECIMAL(18,6)  equity over that of the year before
--   operating_margin            DECIMAL(18,6)  operating profit over revenue
--   cost_profit_ratio           DECIMAL(18,6)  profit before tax over all costs
--   bad_asset_ratio             DECIMAL(18,6)  non-performing assets over assets
--   interest_debt_ratio         DECIMAL(18,6)  interest-bearing debt over liabilities
--   contingent_ratio            DECIMAL(18,6)  contingent liabilities over equity
--   operating_profit_growth     DECIMAL(18,6)  fraction; NULL: no operating profit the year before
--   asset_growth                DECIMAL(18,6)  fraction of the assets of the year before
--   research_ratio              DECIMAL(18,6)  research over revenue

WITH

accepted AS (
  SELECT record_key, customer_id AS owner_id, method, score AS link_score, is_certain
  FROM match.record_link
  WHERE state = 'accepted' AND record_kind = 'statement'
),

yearly AS (
  SELECT
    statement.*,
    statement.provider || '|' || COALESCE(statement.party_id, '') || '|'
      || COALESCE(statement.customer_id, '') || '|' || CAST(statement.period_end AS VARCHAR) || '|'
      || CAST(statement.period_months AS VARCHAR) || '|' || statement.basis AS record_key,
    CASE WHEN statement.total_assets IS NULL AND statement.revenue IS NULL THEN 1 ELSE 0 END AS thin_place,
    CASE WHEN statement.basis = 'consolidated' THEN 0 ELSE 1 END AS basis_place,
    CASE WHEN statement.is_audited THEN 0 ELSE 1 END AS audit_place,
    CASE WHEN statement.total_assets IS NULL THEN 1 ELSE 0 END
      + CASE WHEN statement.current_assets IS NULL THEN 1 ELSE 0 END
      + CASE WHEN statement.current_liabilities IS NULL THEN 1 ELSE 0 END
      + CASE WHEN statement.total_liabilities IS NULL AND statement.equity IS NULL THEN 1 ELSE 0 END
      + CASE WHEN statement.revenue IS NULL THEN 1 ELSE 0 END
      + CASE WHEN statement.net_income IS NULL THEN 1 ELSE 0 END
      + CASE WHEN statement.operating_cash_flow IS NULL THEN 1 ELSE 0 END AS gap_cnt
  FROM current.statement AS statement
  WHERE NOT statement.is_deleted
    AND statement.period_months = 12
    AND statement.period_end <= CAST(:as_of AS DATE)
    AND (statement.published_on IS NULL OR statement.published_on <= CAST(:as_of AS DATE))
    AND COALESCE(
      statement.total_assets, statement.revenue, statement.equity, statement.current_assets,
      statement.total_liabilities, statement.net_income, statement.operating_cash_flow
    ) IS NOT NULL
),

-- Only what is sorted by: a statement is a long row.
found AS (
  SELECT
    accepted.owner_id,
    accepted.method,
    accepted.link_score,
    accepted.is_certain,
    yearly.record_key,
    yearly.provider,
    yearly.basis,
    yearly.currency,
    yearly.period_end,
    yearly.published_on,
    yearly.audit_place,
    yearly.gap_cnt,
    MAX(yearly.total_assets) OVER (
      PARTITION BY accepted.owner_id, yearly.period_end, yearly.basis, yearly.currency
    ) AS assets_most,
    MIN(yearly.total_assets) OVER (
      PARTITION BY accepted.owner_id, yearly.period_end, yearly.basis, yearly.currency
    ) AS assets_least,
    ROW_NUMBER() OVER (
      PARTITION BY accepted.owner_id
      ORDER BY
        yearly.thin_place, yearly.period_end DESC, yearly.audit_place, yearly.gap_cnt, yearly.basis_place,
        yearly.published_on DESC NULLS LAST, accepted.is_certain DESC, accepted.link_score DESC,
        yearly.record_key
    ) AS place
  FROM accepted
  JOIN yearly ON yearly.record_key = accepted.record_key
),

latest AS (
  SELECT owner_id, provider, basis, currency, period_end, record_key
  FROM found
  WHERE place = 1
),

aged AS (
  SELECT
    found.*,
    CASE WHEN found.provider = latest.provider THEN 0 ELSE 1 END AS provider_place,
    CASE
      WHEN found.record_key = latest.record_key THEN 0
      WHEN EXTRACT(DAY FROM (
        CAST(latest.period_end AS TIMESTAMP) - CAST(found.period_end AS TIMESTAMP)
      )) BETWEEN 345 AND 385 THEN 1
      WHEN EXTRACT(DAY FROM (
        CAST(latest.period_end AS TIMESTAMP) - CAST(found.period_end AS TIMESTAMP)
      )) BETWEEN 710 AND 750 THEN 2
    END AS year_no
  FROM found
  JOIN latest
    ON latest.owner_id = found.owner_id
      AND latest.basis = found.basis
      AND latest.currency = found.currency
),

ranked AS (
  SELECT
    aged.*,
    ROW_NUMBER() OVER (
      PARTITION BY owner_id, year_no
      ORDER BY
        provider_place, audit_place, gap_cnt, published_on DESC NULLS LAST, is_certain DESC,
        link_score DESC, record_key
    ) AS year_place
  FROM aged
  WHERE year_no IS NOT NULL
),

-- Ten digits more: two amounts near the longest there can be still add up.
wide AS (
  SELECT
    ranked.owner_id,
    ranked.year_no,
    ranked.provider,
    ranked.record_key,
    ranked.method,
    ranked.is_certain,
    ranked.period_end,
    ranked.published_on,
    ranked.basis,
    yearly.is_audited,
    yearly.auditor_opinion,
    yearly.accounting_standard,
    ranked.currency,
    yearly.shares_outstanding,
    yearly.staff,
    CAST(yearly.total_assets AS DECIMAL(28, 2)) AS total_assets,
    CAST(yearly.current_assets AS DECIMAL(28, 2)) AS current_assets,
    CAST(yearly.inventory AS DECIMAL(28, 2)) AS inventory,
    CAST(yearly.prepaid AS DECIMAL(28, 2)) AS prepaid,
    CAST(yearly.receivables AS DECIMAL(28, 2)) AS receivables,
    CAST(yearly.total_liabilities AS DECIMAL(28, 2)) AS total_liabilities,
    CAST(yearly.current_liabilities AS DECIMAL(28, 2)) AS current_liabilities,
    CAST(yearly.short_term_debt AS DECIMAL(28, 2)) AS short_term_debt,
    CAST(yearly.long_term_debt AS DECIMAL(28, 2)) AS long_term_debt,
    CAST(yearly.interest_bearing_debt AS DECIMAL(28, 2)) AS interest_bearing_debt,
    CAST(yearly.equity AS DECIMAL(28, 2)) AS equity,
    CAST(yearly.paid_in_capital AS DECIMAL(28, 2)) AS paid_in_capital,
    CAST(yearly.capital_reserve AS DECIMAL(28, 2)) AS capital_reserve,
    CAST(yearly.retained_earnings AS DECIMAL(28, 2)) AS retained_earnings,
    CAST(yearly.market_equity AS DECIMAL(28, 2)) AS market_equity,
    CAST(yearly.revenue AS DECIMAL(28, 2)) AS revenue,
    CAST(yearly.cost_of_sales AS DECIMAL(28, 2)) AS cost_of_sales,
    CAST(yearly.operating_expenses AS DECIMAL(28, 2)) AS operating_expenses,
    CAST(yearly.total_costs AS DECIMAL(28, 2)) AS total_costs,
    CAST(yearly.operating_profit AS DECIMAL(28, 2)) AS operating_profit,
    CAST(yearly.ebit AS DECIMAL(28, 2)) AS ebit,
    CAST(yearly.pretax_profit AS DECIMAL(28, 2)) AS pretax_profit,
    CAST(yearly.interest_expense AS DECIMAL(28, 2)) AS interest_expense,
    CAST(yearly.net_income AS DECIMAL(28, 2)) AS net_income,
    CAST(yearly.operating_cash_flow AS DECIMAL(28, 2)) AS operating_cash_flow,
    CAST(yearly.investing_cash_flow AS DECIMAL(28, 2)) AS investing_cash_flow,
    CAST(yearly.financing_cash_flow AS DECIMAL(28, 2)) AS financing_cash_flow,
    CAST(yearly.equity_issued AS DECIMAL(28, 2)) AS equity_issued,
    CAST(yearly.non_performing_assets AS DECIMAL(28, 2)) AS non_performing_assets,
    CAST(yearly.contingent_liabilities AS DECIMAL(28, 2)) AS contingent_liabilities,
    CAST(yearly.research_expense AS DECIMAL(28, 2)) AS research_expense,
    CAST(ranked.assets_most AS DECIMAL(28, 2)) AS assets_most,
    CAST(ranked.assets_least AS DECIMAL(28, 2)) AS assets_least
  FROM ranked
  JOIN yearly ON yearly.record_key = ranked.record_key
  WHERE ranked.year_place = 1
),

-- What follows from the other figures of a statement is filled in; nothing else is.
filled AS (
  SELECT
    owner_id,
    year_no,
    provider,
    record_key,
    method,
    is_certain,
    period_end,
    published_on,
    basis,
    is_audited,
    auditor_opinion,
    accounting_standard,
    currency,
    shares_outstanding,
    staff,
    total_assets,
    current_assets,
    inventory,
    prepaid,
    receivables,
    COALESCE(
      total_liabilities,
      CASE WHEN total_assets >= equity THEN total_assets - equity END
    ) AS total_liabilities,
    current_liabilities,
    long_term_debt,
    COALESCE(interest_bearing_debt, short_term_debt + long_term_debt) AS interest_bearing_debt,
    non_performing_assets,
    contingent_liabilities,
    COALESCE(equity, total_assets - total_liabilities) AS equity,
    paid_in_capital + COALESCE(capital_reserve, 0) AS capital,
    retained_earnings,
    market_equity,
    revenue,
    cost_of_sales,
    COALESCE(total_costs, cost_of_sales + operating_expenses) AS total_costs,
    research_expense,
    operating_profit,
    COALESCE(ebit, pretax_profit + interest_expense) AS ebit,
    pretax_profit,
    interest_expense,
    net_income,
    operating_cash_flow,
    investing_cash_flow,
    financing_cash_flow,
    equity_issued,
    COALESCE(assets_most >= 500 * assets_least AND assets_least > 0, FALSE)
    OR COALESCE(
      total_assets > 0 AND (
        COALESCE(current_assets, 0) >= 500 * total_assets
        OR COALESCE(total_liabilities, 0) >= 500 * total_assets
        OR COALESCE(ABS(equity), 0) >= 500 * total_assets
        OR COALESCE(revenue, 0) >= 500 * total_assets
        OR COALESCE(total_assets >= 500 * ABS(total_liabilities + equity), FALSE)
      ),
      FALSE
    ) AS is_doubtful
  FROM wide
),

compared AS (
  SELECT
    now.*,
    before.owner_id IS NOT NULL AS is_followed,
    COALESCE(
      before.total_assets > 0 AND now.total_assets > 0
        AND (now.total_assets >= 500 * before.total_assets
          OR before.total_assets >= 500 * now.total_assets)
        OR before.is_doubtful,
      FALSE
    ) AS is_broken,
    before.total_assets AS total_assets_before,
    before.current_assets AS current_assets_before,
    before.receivables AS receivables_before,
    before.equity AS equity_before,
    before.capital AS capital_before,
    before.revenue AS revenue_before,
    before.operating_profit AS operating_profit_before
  FROM filled AS now
  LEFT JOIN filled AS before
    ON before.owner_id = now.owner_id AND before.year_no = now.year_no + 1
),

judged AS (
  SELECT
    compared.*,
    is_doubtful OR is_broken AS is_unit_mixed,
    is_followed AND NOT is_doubtful AND NOT is_broken AS has_year_before
  FROM compared
),

-- Every ratio's divisor: only what is above 0 divides.
divided AS (
  SELECT
    judged.*,
    CASE WHEN total_assets > 0 AND NOT is_doubtful THEN total_assets END AS by_assets,
    CASE WHEN total_liabilities > 0 AND NOT is_doubtful THEN total_liabilities END
      AS by_liabilities,
    CASE WHEN current_liabilities > 0 AND NOT is_doubtful THEN current_liabilities END
      AS by_current_liabilities,
    CASE WHEN equity > 0 AND NOT is_doubtful THEN equity END AS by_equity,
    CASE WHEN revenue > 0 AND NOT is_doubtful THEN revenue END AS by_revenue,
    CASE WHEN total_costs > 0 AND NOT is_doubtful THEN total_costs END AS by_costs,
    CASE WHEN net_income > 0 AND NOT is_doubtful THEN net_income END AS by_profit,
    CASE WHEN interest_expense > 0 AND NOT is_doubtful THEN interest_expense END AS by_interest,
    CASE WHEN has_year_before AND total_assets + total_assets_before > 0
      THEN total_assets + total_assets_before END AS by_two_assets,
    CASE WHEN has_year_before AND current_assets + current_assets_before > 0
      THEN current_assets + current_assets_before END AS by_two_current_assets,
    CASE WHEN has_year_before AND receivables + receivables_before > 0
      THEN receivables + receivables_before END AS by_two_receivables,
    CASE WHEN has_year_before AND equity + equity_before > 0
      THEN equity + equity_before END AS by_two_equity,
    CASE WHEN has_year_before AND capital + capital_before > 0
      THEN capital + capital_before END AS by_two_capital,
    CASE WHEN has_year_before AND total_assets_before > 0 THEN total_assets_before END
      AS by_assets_before,
    CASE WHEN has_year_before AND equity_before > 0 THEN equity_before END AS by_equity_before,
    CASE WHEN has_year_before AND revenue_before > 0 THEN revenue_before END AS by_revenue_before,
    CASE WHEN has_year_before AND operating_profit_before > 0 THEN operating_profit_before END
      AS by_operating_profit_before
  FROM judged
),

rated AS (
  SELECT
    divided.*,
    TRY_CAST(total_liabilities / by_assets AS DECIMAL(28, 10)) AS debt_to_assets,
    TRY_CAST(current_assets / by_current_liabilities AS DECIMAL(28, 10)) AS current_ratio,
    TRY_CAST((current_assets - inventory) / by_current_liabilities AS DECIMAL(28, 10)) AS quick_ratio,
    TRY_CAST((current_assets - inventory - prepaid) / by_current_liabilities AS DECIMAL(28, 10)) AS quick_ratio_strict,
    TRY_CAST((revenue - cost_of_sales) / by_revenue AS DECIMAL(28, 10)) AS gross_margin,
    TRY_CAST(net_income / by_revenue AS DECIMAL(28, 10)) AS net_margin,
    TRY_CAST(total_liabilities / by_equity AS DECIMAL(28, 10)) AS debt_to_equity,
    TRY_CAST(net_income / by_equity AS DECIMAL(28, 10)) AS return_on_equity,
    TRY_CAST(ebit / by_assets AS DECIMAL(28, 10)) AS ebit_to_assets,
    TRY_CAST(operating_cash_flow / by_current_liabilities AS DECIMAL(28, 10)) AS cfo_to_current_liabilities,
    TRY_CAST(operating_cash_flow / by_profit AS DECIMAL(28, 10)) AS cfo_to_net_income,
    TRY_CAST(ebit / by_interest AS DECIMAL(28, 10)) AS interest_cover,
    TRY_CAST(2 * revenue / by_two_receivables AS DECIMAL(28, 10)) AS receivables_turnover,
    TRY_CAST((revenue - revenue_before) / by_revenue_before AS DECIMAL(28, 10)) AS revenue_growth,
    TRY_CAST(2 * net_income / by_two_equity AS DECIMAL(28, 10)) AS return_on_equity_avg,
    TRY_CAST(2 * ebit / by_two_assets AS DECIMAL(28, 10)) AS return_on_assets,
    TRY_CAST(2 * revenue / by_two_assets AS DECIMAL(28, 10)) AS asset_turnover,
    TRY_CAST(2 * revenue / by_two_current_assets AS DECIMAL(28, 10)) AS current_asset_turnover,
    TRY_CAST(2 * operating_cash_flow / by_two_assets AS DECIMAL(28, 10)) AS cash_recovery,
    TRY_CAST(2 * net_income / by_two_capital AS DECIMAL(28, 10)) AS return_on_capital,
    TRY_CAST(equity / by_equity_before AS DECIMAL(28, 10)) AS capital_preservation,
    TRY_CAST(operating_profit / by_revenue AS DECIMAL(28, 10)) AS operating_margin,
    TRY_CAST(pretax_profit / by_costs AS DECIMAL(28, 10)) AS cost_profit_ratio,
    TRY_CAST(non_performing_assets / by_assets AS DECIMAL(28, 10)) AS bad_asset_ratio,
    TRY_CAST(interest_bearing_debt / by_liabilities AS DECIMAL(28, 10)) AS interest_debt_ratio,
    TRY_CAST(contingent_liabilities / by_equity AS DECIMAL(28, 10)) AS contingent_ratio,
    TRY_CAST((operating_profit - operating_profit_before) / by_operating_profit_before AS DECIMAL(28, 10)) AS operating_profit_growth,
    TRY_CAST((total_assets - total_assets_before) / by_assets_before AS DECIMAL(28, 10)) AS asset_growth,
    TRY_CAST(research_expense / by_revenue AS DECIMAL(28, 10)) AS research_ratio
  FROM divided
  WHERE year_no < 2
)

-- By way of eighteen digits, which fit a machine word: casting ten decimals of twenty-eight down to six costs DuckDB
-- fifty times as much. TRY: assets of a cent under a billion of debts are no ratio, and no end of the night.
SELECT
  owner_id AS customer_id,
  year_no,
  provider,
  record_key,
  method,
  is_certain,
  period_end,
  published_on,
  basis,
  is_audited,
  auditor_opinion,
  accounting_standard,
  currency,
  is_doubtful AS is_contradictory,
  is_unit_mixed,
  has_year_before,
  total_assets,
  current_assets,
  inventory,
  prepaid,
  receivables,
  total_liabilities,
  current_liabilities,
  long_term_debt,
  equity,
  retained_earnings,
  market_equity,
  revenue,
  cost_of_sales,
  total_costs,
  operating_profit,
  ebit,
  interest_expense,
  net_income,
  operating_cash_flow,
  investing_cash_flow,
  financing_cash_flow,
  equity_issued,
  capital,
  shares_outstanding,
  staff,
  CAST(TRY_CAST(debt_to_assets AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS debt_to_assets,
  CAST(TRY_CAST(current_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS current_ratio,
  CAST(TRY_CAST(quick_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS quick_ratio,
  CAST(TRY_CAST(quick_ratio_strict AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS quick_ratio_strict,
  CAST(TRY_CAST(gross_margin AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS gross_margin,
  CAST(TRY_CAST(net_margin AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS net_margin,
  CAST(TRY_CAST(debt_to_equity AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS debt_to_equity,
  CAST(TRY_CAST(return_on_equity AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS return_on_equity,
  CAST(TRY_CAST(ebit_to_assets AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS ebit_to_assets,
  CAST(TRY_CAST(cfo_to_current_liabilities AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS cfo_to_current_liabilities,
  CAST(TRY_CAST(cfo_to_net_income AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS cfo_to_net_income,
  CAST(TRY_CAST(interest_cover AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS interest_cover,
  CAST(TRY_CAST(receivables_turnover AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS receivables_turnover,
  CAST(TRY_CAST(revenue_growth AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS revenue_growth,
  CAST(TRY_CAST(return_on_equity_avg AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS return_on_equity_avg,
  CAST(TRY_CAST(return_on_assets AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS return_on_assets,
  CAST(TRY_CAST(asset_turnover AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS asset_turnover,
  CAST(TRY_CAST(current_asset_turnover AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS current_asset_turnover,
  CAST(TRY_CAST(cash_recovery AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS cash_recovery,
  CAST(TRY_CAST(return_on_capital AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS return_on_capital,
  CAST(TRY_CAST(capital_preservation AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS capital_preservation,
  CAST(TRY_CAST(operating_margin AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS operating_margin,
  CAST(TRY_CAST(cost_profit_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS cost_profit_ratio,
  CAST(TRY_CAST(bad_asset_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS bad_asset_ratio,
  CAST(TRY_CAST(interest_debt_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS interest_debt_ratio,
  CAST(TRY_CAST(contingent_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS contingent_ratio,
  CAST(TRY_CAST(operating_profit_growth AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS operating_profit_growth,
  CAST(TRY_CAST(asset_growth AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS asset_growth,
  CAST(TRY_CAST(research_ratio AS DECIMAL(18, 10)) AS DECIMAL(18, 6)) AS research_ratio
FROM rated
ORDER BY customer_id, year_no
