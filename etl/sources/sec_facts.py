"""Company facts turned on their side: tags of annual reports become one statement a period and filing.

A filing repeats the periods before it, whole or in part, now and then restated. So for every period
there is one row for each filing that says something new about it, holding for every item the last value
filed until then; rows of a period come in the order of their filing, and the last one stands. Nothing is
computed but two sums of the taxonomy itself: current debt is short-term borrowings and the current
part of long-term debt, liabilities are what is left of the total beside equity.
"""

from etl.mapping.sql import literal, literals

ANNUAL_FORMS = ("10-K", "10-K/A", "20-F", "20-F/A", "40-F", "40-F/A")
YEAR_DAYS = (350, 380)
"""A fiscal year: 52 or 53 weeks, or a calendar year."""

ITEMS: dict[str, tuple[str, ...]] = {
    # Balance sheet
    "total_assets": ("Assets",),
    "current_assets": ("AssetsCurrent",),
    "cash": (
        "CashAndCashEquivalentsAtCarryingValue",
        "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",
    ),
    "short_term_investments": ("ShortTermInvestments", "MarketableSecuritiesCurrent"),
    "receivables": ("AccountsReceivableNetCurrent", "ReceivablesNetCurrent"),
    "inventory": ("InventoryNet",),
    "prepaid": ("PrepaidExpenseCurrent", "PrepaidExpenseAndOtherAssetsCurrent"),
    "fixed_assets": ("PropertyPlantAndEquipmentNet",),
    "intangible_assets": ("IntangibleAssetsNetIncludingGoodwill",),
    "liabilities": ("Liabilities",),
    "liabilities_and_equity": ("LiabilitiesAndStockholdersEquity",),
    "current_liabilities": ("LiabilitiesCurrent",),
    "payables": ("AccountsPayableCurrent", "AccountsPayableTradeCurrent"),
    "debt_current": ("DebtCurrent",),
    "short_term_borrowings": ("ShortTermBorrowings", "CommercialPaper"),
    "long_term_debt_current": ("LongTermDebtCurrent",),
    "long_term_debt": ("LongTermDebtNoncurrent",),
    "equity": (
        "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",
        "StockholdersEquity",
    ),
    "paid_in_capital": ("CommonStockValue", "CommonStocksIncludingAdditionalPaidInCapital"),
    "capital_reserve": ("AdditionalPaidInCapital", "AdditionalPaidInCapitalCommonStock"),
    "retained_earnings": ("RetainedEarningsAccumulatedDeficit",),
    # Income statement
    "revenue": (
        "Revenues",
        "RevenueFromContractWithCustomerExcludingAssessedTax",
        "SalesRevenueNet",
    ),
    "cost_of_sales": ("CostOfRevenue", "CostOfGoodsAndServicesSold", "CostOfGoodsSold"),
    "operating_expenses": ("OperatingExpenses",),
    "research_expense": ("ResearchAndDevelopmentExpense",),
    "total_costs": ("CostsAndExpenses",),
    "interest_expense": ("InterestExpense", "InterestExpenseNonoperating"),
    "operating_profit": ("OperatingIncomeLoss",),
    "pretax_profit": (
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
    ),
    "income_tax": ("IncomeTaxExpenseBenefit",),
    "net_income": ("NetIncomeLoss", "ProfitLoss"),
    "depreciation": (
        "DepreciationDepletionAndAmortization",
        "DepreciationAmortizationAndAccretionNet",
        "DepreciationAndAmortization",
    ),
    # Cash-flow statement
    "operating_cash_flow": ("NetCashProvidedByUsedInOperatingActivities",),
    "investing_cash_flow": ("NetCashProvidedByUsedInInvestingActivities",),
    "financing_cash_flow": ("NetCashProvidedByUsedInFinancingActivities",),
    "capital_expenditure": (
        "PaymentsToAcquirePropertyPlantAndEquipment",
        "PaymentsToAcquireProductiveAssets",
    ),
    "equity_issued": ("ProceedsFromIssuanceOfCommonStock",),
    "dividends_paid": ("PaymentsOfDividends", "PaymentsOfDividendsCommonStock"),
    "shares_outstanding": ("CommonStockSharesOutstanding",),
}
"""Item → the us-gaap tags that say it, the best first."""

HELPERS = {
    "total_liabilities": "COALESCE(liabilities, liabilities_and_equity - equity)",
    "short_term_debt": "CASE WHEN debt_current IS NOT NULL THEN debt_current "
    "WHEN short_term_borrowings IS NOT NULL OR long_term_debt_current IS NOT NULL THEN "
    "COALESCE(short_term_borrowings, 0) + COALESCE(long_term_debt_current, 0) END",
}
INNER = (
    "liabilities", "liabilities_and_equity", "debt_current", "short_term_borrowings",
    "long_term_debt_current",
)  # fmt: skip

_SHAPE = (
    '[{"start": "VARCHAR", "end": "VARCHAR", "val": "VARCHAR", "accn": "VARCHAR", '
    '"form": "VARCHAR", "filed": "VARCHAR"}]'
)


def _statements() -> str:
    tags = [(tag, item, rank) for item, names in ITEMS.items() for rank, tag in enumerate(names)]
    paths = ", ".join(literal(f'$.facts."us-gaap"."{tag}".units') for tag, _, _ in tags)
    items = ", ".join(literal(item) for _, item, _ in tags)
    ranks = ", ".join(str(rank) for _, _, rank in tags)
    turned = ",\n".join(f"MAX(val) FILTER (item = '{item}') AS {item}" for item in ITEMS)
    filled = ",\n".join(f"LAST_VALUE({item} IGNORE NULLS) OVER period AS {item}" for item in ITEMS)
    shown = [item for item in ITEMS if item not in INNER]
    packed = ", ".join(
        [*(f"{item} := {item}" for item in shown), *(f"{n} := {e}" for n, e in HELPERS.items())]
    )
    return f"""
    -- The bodies are megabytes: they are looked into once, and nothing below carries them.
    WITH opened AS MATERIALIZED (
        SELECT number, json_extract(body, [{paths}]) AS parts,
            json_extract_string(body, ['$.cik', '$.entityName']) AS who
        FROM page
        WHERE body IS NOT NULL AND outcome = 'page'
    ),
    unit AS (
        SELECT number, UNNEST(parts) AS units, UNNEST([{items}]) AS item, UNNEST([{ranks}]) AS rank
        FROM opened
    ),
    measured AS (
        SELECT number, item, rank, units, UNNEST(json_keys(units)) AS measure
        FROM unit
        WHERE json_type(units) = 'OBJECT'
    ),
    point AS (
        SELECT number, item, rank, measure, UNNEST(from_json(
            json_extract(units, '$."' || replace(measure, '"', '') || '"'), {literal(_SHAPE)}
        ), recursive := TRUE)
        FROM measured
    ),
    fact AS (
        SELECT number, item, rank, measure, accn, form,
            TRY_CAST("end" AS DATE) AS period_end, TRY_CAST(filed AS DATE) AS filed,
            TRY_CAST(val AS DECIMAL(28, 2)) AS val
        FROM point
        WHERE form IN {literals(ANNUAL_FORMS)} AND TRY_CAST(val AS DECIMAL(28, 2)) IS NOT NULL
            AND TRY_CAST("end" AS DATE) IS NOT NULL AND TRY_CAST(filed AS DATE) IS NOT NULL
            AND ("start" IS NULL OR date_diff('day', TRY_CAST("start" AS DATE),
                TRY_CAST("end" AS DATE)) BETWEEN {YEAR_DAYS[0]} AND {YEAR_DAYS[1]})
    ),
    -- Who files in two currencies is read in the one that most numbers are in.
    currency AS (
        SELECT number, measure AS currency
        FROM fact
        WHERE regexp_full_match(measure, '[A-Z]{{3}}')
        GROUP BY number, measure
        QUALIFY ROW_NUMBER() OVER (PARTITION BY number ORDER BY COUNT(*) DESC, measure) = 1
    ),
    best AS (
        SELECT fact.*, currency.currency
        FROM fact
        JOIN currency ON currency.number = fact.number
            AND (fact.measure = currency.currency
                OR (fact.measure = 'shares' AND fact.item = 'shares_outstanding'))
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY fact.number, item, period_end, filed ORDER BY rank, accn DESC, val) = 1
    ),
    turned AS (
        SELECT number, currency, period_end, filed, MAX(form) AS form, MAX(accn) AS accn,
            {turned}
        FROM best
        GROUP BY number, currency, period_end, filed
    ),
    filled AS (
        SELECT number, currency, period_end, filed, form, accn,
            {filled}
        FROM turned
        WINDOW period AS (PARTITION BY number, period_end ORDER BY filed)
    ),
    packed AS (
        SELECT number, currency, period_end, filed, form, accn,
            to_json(struct_pack({packed})) AS items
        FROM filled
        WHERE total_assets IS NOT NULL OR revenue IS NOT NULL
        QUALIFY items IS DISTINCT FROM
            LAG(items) OVER (PARTITION BY number, period_end ORDER BY filed)
    )
    SELECT packed.number,
        ROW_NUMBER() OVER (PARTITION BY packed.number ORDER BY period_end, filed) - 1 AS position,
        json_merge_patch(items, json_object(
            'period_end', CAST(period_end AS VARCHAR), 'filed', CAST(filed AS VARCHAR),
            'form', form, 'accn', accn, 'currency', currency,
            'cik', opened.who[1], 'entity_name', opened.who[2])) AS entry
    FROM packed
    JOIN opened ON opened.number = packed.number
    """


STATEMENTS = _statements()
"""For `Connector.rows_sql`: number, position, entry."""
