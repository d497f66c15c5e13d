"""How Creditsafe Connect writes down a company and a report on it.

Shapes follow the service's published reports: numbers for money in statements, text for the score's
own value and, in a report, for the credit limit. Of a company that is gone both are words ("Not
Rated", "Credit Limit not applicable"), as they really are. Dates end in T00:00:00Z. The world has
bands A to E and scores 0 to 100; A is best.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.server.outside import Case, Company, Score, Statement, digest

Row = dict[str, Any]

BANDS = {
    "A": "Very Low Risk",
    "B": "Low Risk",
    "C": "Moderate Risk",
    "D": "High Risk",
    "E": "Not Scored",
}
GONE = "Company is no longer active"

PROFIT_AND_LOSS = {
    "revenue": "revenue",
    "operatingCosts": "operating_expenses",
    "operatingProfit": "operating_profit",
    "depreciation": "depreciation",
    "financialExpenses": "interest_expense",
    "profitBeforeTax": "pretax_profit",
    "tax": "income_tax",
    "profitAfterTax": "net_income",
    "dividends": "dividends_paid",
}
BALANCE_SHEET = {
    "totalTangibleAssets": "fixed_assets",
    "totalInventories": "inventory",
    "tradeReceivables": "receivables",
    "cash": "cash",
    "otherCurrentAssets": "prepaid",
    "totalCurrentAssets": "current_assets",
    "totalAssets": "total_assets",
    "tradePayables": "payables",
    "bankLiabilities": "short_term_debt",
    "totalCurrentLiabilities": "current_liabilities",
    "bankLiabilitiesDueAfter1Year": "long_term_debt",
    "totalLiabilities": "total_liabilities",
    "calledUpShareCapital": "paid_in_capital",
    "revenueReserves": "retained_earnings",
    "otherReserves": "capital_reserve",
    "totalShareholdersEquity": "equity",
}
"""Creditsafe's field → the world's column."""


def connect_id(company: Company) -> str:
    """The id a report is ordered by: country, a source, the registry's number."""
    local = company.registration_number or company.uscc or str(company.party_no)
    return f"{company.country}001-0-{local.replace(' ', '')}"


def safe_no(company: Company) -> str:
    """Creditsafe's own number."""
    return (
        f"{company.country}{int(digest('safe', str(company.party_no), length=8), 16) % 10**8:08d}"
    )


def stamp(value: date | None) -> str | None:
    """A day as Creditsafe writes it."""
    return f"{value.isoformat()}T00:00:00Z" if value else None


def _address(company: Company, postal: str = "postalCode") -> Row:
    parts = (company.address, company.city, company.postal_code)
    return {
        "simpleValue": ", ".join(part for part in parts if part),
        "street": company.address,
        "city": company.city,
        postal: company.postal_code,
        "province": company.region,
        "country": company.country,
    }


def _status(company: Company) -> str:
    return "Active" if company.is_alive else "NonActive"


def hit(company: Company, latest_accounts: date | None, changed: date | None) -> Row:
    """One company of a search. `dateOfLatestChange`: nothing a report says changed since."""
    return _known(
        {
            "id": connect_id(company),
            "country": company.country,
            "safeNo": safe_no(company),
            "regNo": company.registration_number or company.uscc,
            "vatNo": company.vat,
            "name": company.name,
            "address": _known(_address(company, "postCode")),
            "status": _status(company),
            "type": "Ltd",
            "officeType": "HeadOffice",
            "dateOfLatestAccounts": stamp(latest_accounts),
            "dateOfLatestChange": stamp(changed),
        }
    )


def _known(row: Row) -> Row:
    """Creditsafe leaves out what it does not know."""
    return {name: value for name, value in row.items() if value not in (None, {}, "")}


def rating(company: Company, score: Score | None) -> Row:
    """A credit rating. Without a score, or of a company that is gone, it is not rated, in words."""
    if score is None or score.value is None or not company.is_alive:
        return {
            "commonValue": "E",
            "commonDescription": BANDS["E"],
            "creditLimit": {"value": "Credit Limit not applicable"},
            "providerValue": {"maxValue": "100", "minValue": "0", "value": "Not Rated"},
            "providerDescription": GONE if not company.is_alive else "Not Rated",
        }
    band = score.band or "C"
    return {
        "commonValue": band,
        "commonDescription": BANDS.get(band, band),
        "creditLimit": {
            "currency": score.currency or company.currency,
            "value": f"{score.limit or 0:.0f}",
        },
        "providerValue": {"maxValue": "100", "minValue": "0", "value": f"{score.value:.0f}"},
        "providerDescription": score.band_text or BANDS.get(band, band),
    }


def _amount(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def accounts(statement: Statement) -> Row:
    """One period in the layout that is the same for all countries."""
    items = statement.items
    current = items.get("current_assets", Decimal(0)) - items.get("current_liabilities", Decimal(0))
    return {
        "type": "GlobalFinancialsGGS",
        "yearEndDate": stamp(statement.period_end),
        "numberOfWeeks": round(statement.months * 52 / 12),
        "currency": statement.currency,
        "consolidatedAccounts": statement.is_consolidated,
        "profitAndLoss": _known(
            {name: _amount(items.get(column)) for name, column in PROFIT_AND_LOSS.items()}
        ),
        "balanceSheet": _known(
            {name: _amount(items.get(column)) for name, column in BALANCE_SHEET.items()}
        ),
        "otherFinancials": _known(
            {"workingCapital": _amount(current), "netWorth": _amount(items.get("equity"))}
        ),
    }


def report(
    company: Company,
    scores: Sequence[Score],
    statements: Sequence[Statement],
    cases: Sequence[Case],
    insolvencies: Sequence[Case],
) -> Row:
    """The whole report; `scores` and `statements` newest first."""
    now, before = (*scores[:2], None, None)[:2]
    current = rating(company, now)
    latest = statements[0] if statements else None
    number = company.registration_number or company.uscc
    status = {"status": _status(company), "description": company.status.capitalize()}
    activity = {"code": company.industry_code, "description": company.industry}
    changed = now.rated_since or now.reported_on if now else None
    return _known(
        {
            "companyId": connect_id(company),
            "language": "EN",
            "companySummary": _known(
                {
                    "businessName": company.name,
                    "country": company.country,
                    "companyNumber": safe_no(company),
                    "companyRegistrationNumber": number,
                    "mainActivity": activity,
                    "companyStatus": status,
                    "latestTurnoverFigure": _figure(latest, "revenue"),
                    "latestShareholdersEquityFigure": _figure(latest, "equity"),
                    "creditRating": current,
                }
            ),
            "companyIdentification": {
                "basicInformation": _known(
                    {
                        "businessName": company.name,
                        "registeredCompanyName": company.name,
                        "companyRegistrationNumber": number,
                        "country": company.country,
                        "vatRegistrationNumber": company.vat,
                        "companyRegistrationDate": stamp(company.founded),
                        "legalForm": {"description": company.legal_form},
                        "companyStatus": status,
                        "principalActivity": activity,
                        "contactAddress": _known(_address(company)),
                    }
                ),
                "previousNames": [
                    _known({"name": name, "dateChanged": stamp(until)})
                    for name, until in company.former
                ],
            },
            "creditScore": _known(
                {
                    "currentCreditRating": current,
                    "currentContractLimit": _contract_limit(now),
                    "previousCreditRating": rating(company, before) if before else None,
                    "latestRatingChangeDate": stamp(changed),
                }
            ),
            "contactInformation": {"mainAddress": _known(_address(company))},
            "shareCapitalStructure": {
                "nominalShareCapital": _known(
                    {"currency": company.currency, "value": _amount(company.capital)}
                )
            },
            "directors": {"currentDirectors": [], "previousDirectors": []},
            "otherInformation": {"employeesInformation": _staff(company, latest)},
            "financialStatements": [accounts(statement) for statement in statements],
            "localFinancialStatements": [],
            "negativeInformation": _negative(cases, insolvencies),
            "additionalInformation": {"misc": {}},
        }
    )


def _figure(statement: Statement | None, item: str) -> Row | None:
    if statement is None or item not in statement.items:
        return None
    return {"currency": statement.currency, "value": _amount(statement.items[item])}


def _contract_limit(score: Score | None) -> Row | None:
    if score is None or score.limit is None:
        return None
    return {"currency": score.currency, "value": _amount(score.limit * 4)}


def _staff(company: Company, latest: Statement | None) -> list[Row]:
    if company.staff is None:
        return []
    year = latest.period_end.year if latest else None
    return [_known({"year": year, "numberOfEmployees": str(company.staff)})]


def _negative(cases: Sequence[Case], insolvencies: Sequence[Case]) -> Row:
    """Judgments against the company and insolvency notices; field names vary by country, these are
    the stand-in's own choice and are not mapped by name."""
    return {
        "countyCourtJudgments": [
            _known(
                {
                    "caseNumber": case.case_no,
                    "court": case.court,
                    "ccjDate": stamp(case.judged_on),
                    "ccjAmount": _amount(case.amount),
                    "currency": case.currency,
                }
            )
            for case in cases
        ],
        "insolvencies": [
            _known({"date": stamp(one.filed_on), "caseNumber": one.case_no, "court": one.court})
            for one in insolvencies
        ],
    }


def latest_change(*days: date | datetime | None) -> date | None:
    """The last of these days."""
    known = [day.date() if isinstance(day, datetime) else day for day in days if day]
    return max(known, default=None)
