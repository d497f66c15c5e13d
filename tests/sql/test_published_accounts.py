"""Statements of two listed firms against an independent package's figures (../shared/data).

What the package calls debt to assets counts interest-bearing debt only, and what it calls receivables
turnover is average receivables over sales, the inverse of the usual one: ours is sales over average
receivables (A9), the usual one.
"""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from tests.sql.accounts import accounts, book

DATA = Path(__file__).resolve().parents[3] / "shared/data/financial_statements"
YEARS = (2020, 2021, 2022, 2023)
FIRMS = ("AAPL", "MSFT")
COLUMNS = {
    "balance": {
        "total_assets": "Total Assets",
        "current_assets": "Total Current Assets",
        "inventory": "Inventory",
        "prepaid": "Prepaids",
        "receivables": "Accounts Receivable",
        "total_liabilities": "Total Liabilities",
        "current_liabilities": "Total Current Liabilities",
        "equity": "Total Equity",
        "retained_earnings": "Retained Earnings",
        "interest_bearing_debt": "Total Debt",
        "long_term_debt": "Long Term Debt",
    },
    "income": {
        "revenue": "Revenue",
        "cost_of_sales": "Cost of Goods Sold",
        "ebit": "EBIT",
        "interest_expense": "Interest Expense",
        "pretax_profit": "Income Before Tax",
        "net_income": "Net Income",
    },
    "cash": {
        "operating_cash_flow": "Cash Flow from Operations",
        "equity_issued": "Common Stock Issued",
    },
}


def read(name):
    """(firm, line) → year → value, as the file has it."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    width = len(header) - len(YEARS)
    return {
        tuple(cell.strip() for cell in row[:width]): dict(
            zip(YEARS, (Decimal(cell) if cell else None for cell in row[width:]), strict=True)
        )
        for row in rows
    }


@pytest.fixture(scope="module")
def stated():
    """firm → year → column → amount."""
    if not DATA.is_dir():
        pytest.skip("The statements are not here: they are read from ../shared/data.")
    files = {name: read(name) for name in COLUMNS}
    return {
        firm: {
            year: {
                column: files[name][firm, line][year]
                for name, columns in COLUMNS.items()
                for column, line in columns.items()
            }
            for year in YEARS
        }
        for firm in FIRMS
    }


@pytest.fixture
def nights(night, stated):
    """year → the night half a year after it ended."""
    rows = [
        accounts(firm, year=year, **{column: str(amount) for column, amount in figures.items()})
        for firm, years in stated.items()
        for year, figures in years.items()
    ]
    return {
        year: night(
            as_of=f"{year + 1}-06-30", customer="\n".join(["customer_id", *FIRMS]), **book(*rows)
        )
        for year in YEARS
    }


def test_the_packages_ratios(nights):
    models, debt = read("models"), read("ratios")
    for year, found in nights.items():
        for firm in FIRMS:
            row = found.row("event.statement", customer_id=firm, year_no=0)
            theirs = {
                "net_margin": models[firm, "Net Profit Margin"][year],
                "asset_turnover": models[firm, "Asset Turnover"][year],
                "return_on_equity_avg": models[firm, "Return on Equity"][year],
            }
            for column, value in theirs.items():
                if value is None:  # no year before 2020 in the file
                    assert row[column] is None
                else:
                    assert round(row[column], 4) == value, (firm, year, column)
            # Of total debt; ours is of all liabilities.
            ours = row["interest_debt_ratio"] * row["debt_to_assets"]
            assert ours == pytest.approx(debt[firm,][year], abs=5e-5)


def test_the_usual_receivables_turnover_is_the_inverse_of_the_packages(nights, stated):
    for firm in FIRMS:
        for year in YEARS[1:]:
            ours = nights[year].row("indicator.finance", customer_id=firm)["receivables_turnover"]
            this, last = stated[firm][year], stated[firm][year - 1]
            theirs = (this["receivables"] + last["receivables"]) / 2 / this["revenue"]
            assert float(ours * theirs) == pytest.approx(1, abs=1e-6)
            assert ours > 1 > theirs


def test_z_and_f_worked_out_from_the_statements(nights, stated):
    """By the formulas of C5 and C6 over the file's own figures, in exact fractions."""
    for firm in FIRMS:
        for year in YEARS[1:]:
            this, last = stated[firm][year], stated[firm][year - 1]
            assets = this["total_assets"]
            x1 = (this["current_assets"] - this["current_liabilities"]) / assets
            x2, x3 = this["retained_earnings"] / assets, this["ebit"] / assets
            x4 = this["equity"] / this["total_liabilities"]
            z2 = 656 * x1 / 100 + 326 * x2 / 100 + 672 * x3 / 100 + 105 * x4 / 100

            def part(a, b, of=this):
                return of[a] / of[b]

            def gross(of):
                return (of["revenue"] - of["cost_of_sales"]) / of["revenue"]

            passed = [
                this["net_income"] > 0,
                this["operating_cash_flow"] > 0,
                part("net_income", "total_assets") > part("net_income", "total_assets", last),
                this["operating_cash_flow"] > this["net_income"],
                part("long_term_debt", "total_assets")
                < part("long_term_debt", "total_assets", last),
                part("current_assets", "current_liabilities")
                > part("current_assets", "current_liabilities", last),
                this["equity_issued"] == 0,
                gross(this) > gross(last),
                part("revenue", "total_assets") > part("revenue", "total_assets", last),
            ]
            row = nights[year].row("indicator.finance", customer_id=firm)
            assert float(row["z2_score"]) == pytest.approx(float(z2), abs=1e-6)
            assert row["f_score"] == sum(passed)
