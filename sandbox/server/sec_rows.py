"""How EDGAR writes down what a company filed: tag by tag, every number with the filing it stood in.

One annual report a year. Each repeats the year before, so a period's number appears in two filings,
and `fy` is the year of the filing, not of the number. Now and then the repetition restates it, or an
amendment (10-K/A) does; the last one filed is the one that holds. `frame` marks it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.server.outside import Company, Statement, digest, number, share

Row = dict[str, Any]

POINTS = {
    "total_assets": "Assets",
    "current_assets": "AssetsCurrent",
    "cash": "CashAndCashEquivalentsAtCarryingValue",
    "receivables": "AccountsReceivableNetCurrent",
    "inventory": "InventoryNet",
    "prepaid": "PrepaidExpenseCurrent",
    "fixed_assets": "PropertyPlantAndEquipmentNet",
    "total_liabilities": "Liabilities",
    "current_liabilities": "LiabilitiesCurrent",
    "payables": "AccountsPayableCurrent",
    "short_term_debt": "DebtCurrent",
    "long_term_debt": "LongTermDebtNoncurrent",
    "equity": "StockholdersEquity",
    "paid_in_capital": "CommonStockValue",
    "capital_reserve": "AdditionalPaidInCapital",
    "retained_earnings": "RetainedEarningsAccumulatedDeficit",
}
"""The world's column → the tag of a balance, a number of one day."""

FLOWS = {
    "revenue": "RevenueFromContractWithCustomerExcludingAssessedTax",
    "cost_of_sales": "CostOfRevenue",
    "operating_expenses": "OperatingExpenses",
    "interest_expense": "InterestExpense",
    "operating_profit": "OperatingIncomeLoss",
    "pretax_profit": (
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"
    ),
    "income_tax": "IncomeTaxExpenseBenefit",
    "net_income": "NetIncomeLoss",
    "depreciation": "DepreciationDepletionAndAmortization",
    "operating_cash_flow": "NetCashProvidedByUsedInOperatingActivities",
    "investing_cash_flow": "NetCashProvidedByUsedInInvestingActivities",
    "financing_cash_flow": "NetCashProvidedByUsedInFinancingActivities",
    "capital_expenditure": "PaymentsToAcquirePropertyPlantAndEquipment",
    "equity_issued": "ProceedsFromIssuanceOfCommonStock",
    "dividends_paid": "PaymentsOfDividends",
}
"""The world's column → the tag of a flow, a number from a day to a day."""

RESTATED, AMENDED = 0.08, 0.06
"""The share of periods that the next report restates, and of reports that are amended."""
AMENDED_AFTER = timedelta(days=75)
CHANGEABLE = ("net_income", "operating_profit", "pretax_profit")


@dataclass(frozen=True)
class Filing:
    """One report: which statement it is about, which one it repeats, and when it came."""

    accession: str
    form: str
    filed: date
    year: int
    told: tuple[tuple[Statement, Decimal], ...]
    """Statements with the factor by which the changeable items differ from the first telling."""


def tags(item: str) -> str:
    """The tag of one of the world's items; KeyError when it is none that is filed."""
    return POINTS.get(item) or FLOWS[item]


def filings(company: Company, statements: Sequence[Statement], today: date) -> list[Filing]:
    """Every annual report up to `today`, oldest first."""
    annual: dict[date, Statement] = {}
    for one in sorted(statements, key=lambda one: (one.period_end, one.is_consolidated)):
        if one.months == 12:
            annual[one.period_end] = one
    made: list[Filing] = []
    before: Statement | None = None
    for one in annual.values():
        key = (str(company.party_no), one.period_end.isoformat())
        told = [(one, Decimal(1))]
        if before is not None:
            is_restated = share("restated", *key) < RESTATED
            told.append((before, Decimal("0.93") if is_restated else Decimal(1)))
        made.append(_filing(company, "10-K", one.filed_on, one, told))
        if share("amended", *key) < AMENDED:
            again = [(one, Decimal("0.88"))]
            made.append(_filing(company, "10-K/A", one.filed_on + AMENDED_AFTER, one, again))
        before = one
    return sorted(
        (filing for filing in made if filing.filed <= today),
        key=lambda filing: (filing.filed, filing.accession),
    )


def _filing(
    company: Company,
    form: str,
    filed: date,
    statement: Statement,
    told: Iterable[tuple[Statement, Decimal]],
) -> Filing:
    serial = int(digest("accn", str(company.party_no), form, str(filed), length=10), 16) % 10**6
    accession = f"{number('agent', str(company.party_no)) % 10**10:010d}-{filed:%y}-{serial:06d}"
    return Filing(accession, form, filed, statement.period_end.year, tuple(told))


def _number(statement: Statement, item: str, factor: Decimal) -> int | None:
    value = statement.items.get(item)
    if value is None:
        return None
    return round(value * factor) if item in CHANGEABLE else round(value)


def company_facts(company: Company, told: Sequence[Filing]) -> Row:
    """`companyfacts`: by tag and unit, in the order of period and filing."""
    facts: dict[str, dict[str, list[Row]]] = {}
    for filing in told:
        for statement, factor in filing.told:
            for item in (*POINTS, *FLOWS):
                value = _number(statement, item, factor)
                if value is None:
                    continue
                units = facts.setdefault(tags(item), {})
                fact = _fact(filing, statement, value, is_flow=item in FLOWS)
                units.setdefault(statement.currency, []).append(fact)
    for units in facts.values():
        for unit in units.values():
            unit.sort(key=lambda fact: (fact["end"], fact["filed"], fact["accn"]))
            _frame(unit)
    return {
        "cik": int(company.cik or 0),
        "entityName": company.name.upper(),
        "facts": {
            "dei": _dei(told),
            "us-gaap": {
                tag: {"label": _label(tag), "description": _label(tag) + ".", "units": units}
                for tag, units in sorted(facts.items())
            },
        },
    }


def _fact(filing: Filing, statement: Statement, value: int, *, is_flow: bool) -> Row:
    end = statement.period_end
    first = date(end.year - 1, end.month, end.day) if end.day < 29 else _year_before(end)
    start = {"start": (first + timedelta(days=1)).isoformat()} if is_flow else {}
    return {
        **start,
        "end": end.isoformat(),
        "val": value,
        "accn": filing.accession,
        "fy": filing.year,
        "fp": "FY",
        "form": filing.form,
        "filed": filing.filed.isoformat(),
    }


def _year_before(end: date) -> date:
    """The last day of the same month a year before (29 February is 28 or 29)."""
    following = date(end.year - 1 + end.month // 12, end.month % 12 + 1, 1)
    return following - timedelta(days=1) if end.day >= 28 else end.replace(year=end.year - 1)


def _frame(facts: list[Row]) -> None:
    """Of several numbers for one period the last filed one belongs to the frame."""
    last = {fact["end"]: index for index, fact in enumerate(facts)}
    for end, index in last.items():
        is_flow = "start" in facts[index]
        year, quarter = int(end[:4]), (int(end[5:7]) + 2) // 3
        facts[index]["frame"] = f"CY{year}" if is_flow else f"CY{year}Q{quarter}I"


def _label(tag: str) -> str:
    return "".join(f" {ch}" if ch.isupper() and i else ch for i, ch in enumerate(tag))


def _dei(told: Sequence[Filing]) -> Row:
    """Shares and the market's value, as they stand on a report's cover."""
    covers: dict[str, dict[str, list[Row]]] = {}
    for filing in told:
        statement = filing.told[0][0]
        for item, tag, unit in (
            ("shares_outstanding", "EntityCommonStockSharesOutstanding", "shares"),
            ("market_equity", "EntityPublicFloat", statement.currency),
        ):
            value = _number(statement, item, Decimal(1))
            if value is not None:
                fact = _fact(filing, statement, value, is_flow=False)
                covers.setdefault(tag, {}).setdefault(unit, []).append(fact)
    return {
        tag: {"label": _label(tag), "description": _label(tag) + ".", "units": units}
        for tag, units in sorted(covers.items())
    }


def company_concept(facts: Row, taxonomy: str, tag: str) -> Row | None:
    """`companyconcept`: one tag alone; None when the company never filed it."""
    found = facts["facts"].get(taxonomy, {}).get(tag)
    if found is None:
        return None
    head = {"cik": facts["cik"], "taxonomy": taxonomy, "tag": tag}
    return head | {"label": found["label"], "description": found["description"],
                   "entityName": facts["entityName"], "units": found["units"]}  # fmt: skip


def submissions(company: Company, told: Sequence[Filing]) -> Row:
    """`submissions`: who it is, and its filings as columns, newest first."""
    newest = list(reversed(told))
    address = {
        "street1": company.address,
        "street2": None,
        "city": company.city,
        "stateOrCountry": company.region,
        "zipCode": company.postal_code,
        "stateOrCountryDescription": company.region,
    }
    return {
        "cik": f"{int(company.cik or 0):010d}",
        "entityType": "operating",
        "sic": "",
        "sicDescription": company.industry or "",
        "name": company.name.upper(),
        "tickers": [],
        "exchanges": [],
        "ein": f"{number('ein', str(company.party_no), digits=9)}",
        "lei": company.lei,
        "description": "",
        "website": "",
        "category": "Non-accelerated filer",
        "fiscalYearEnd": newest[0].told[0][0].period_end.strftime("%m%d") if newest else None,
        "stateOfIncorporation": company.region,
        "addresses": {"mailing": address, "business": address},
        "phone": "",
        "formerNames": [
            {"name": name.upper(), "from": None, "to": until and f"{until}T00:00:00.000Z"}
            for name, until in company.former
        ],
        "filings": {
            "recent": {
                "accessionNumber": [one.accession for one in newest],
                "filingDate": [one.filed.isoformat() for one in newest],
                "reportDate": [one.told[0][0].period_end.isoformat() for one in newest],
                "form": [one.form for one in newest],
                "primaryDocument": [f"{one.accession.replace('-', '')}.htm" for one in newest],
            },
            "files": [],
        },
    }
