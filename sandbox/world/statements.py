"""Yearly statements that balance to the cent: each year grows out of the one before."""

import numpy as np

from sandbox.world.columns import MISSING, Coded, Frame, Ints
from sandbox.world.lexicon import COUNTRIES, COUNTRY_CURRENCY
from sandbox.world.population import Population
from sandbox.world.registers import ids
from sandbox.world.versions import history, moment

AVAILABLE = 0.52
"""Part of the customers whose statements somebody has, four years of them at most."""
YEARS = 4
KEPT = ("cash", "receivables", "inventory", "prepaid", "fixed_assets", "payables",
        "short_term_debt", "long_term_debt", "retained_earnings")  # fmt: skip


def drawn(people: Population) -> Frame:
    """The table statement: the last years, of companies whose accounts can be had."""
    era = people.era
    chance = era.chance(people.chunk, "statements")
    share = np.where(np.arange(len(people)) < people.customers, AVAILABLE, AVAILABLE / 3)
    us_listed = (people.listed == 1) & (people.country == COUNTRIES.index("US"))
    who = np.flatnonzero((chance.random(len(people)) < share) | us_listed)
    total = len(who)
    paid_in = people.capital[who] * 6 // 10
    reserve = people.capital[who] // 10
    sales = (
        people.staff[who] * np.exp(chance.normal(13.2, 0.5, total)).astype(np.int64) // 10 * 1000
    )
    cost_share = np.clip(chance.normal(0.73, 0.08, total), 0.4, 0.92)
    dso, dio, dpo = (
        chance.integers(low, high, total) for low, high in ((30, 110), (15, 90), (25, 80))
    )
    fixed = sales * chance.integers(10, 60, total) // 100
    long_debt = fixed * chance.integers(0, 60, total) // 100
    state = {
        "retained_earnings": sales * chance.integers(-2, 14, total) // 100,
        "fixed_assets": fixed,
        "long_term_debt": long_debt,
    }
    _close(state, sales, _part(sales, cost_share), dso, dio, dpo, paid_in + reserve)
    months = era.months()
    frames = []
    for nth in range(YEARS):
        end = int(months[12 * (nth - 1)]) - 1 if nth else int(months[0]) - 366
        health = people.health.at(era, who, np.full(total, end - 90))
        sales = _part(
            sales, np.clip(1.03 + 0.05 * health + chance.normal(0, 0.08, total), 0.4, 1.8)
        )
        frames.append(
            _year(chance, state, sales, cost_share, health, (dso, dio, dpo), paid_in, reserve)
        )
        frames[-1]["period_end"] = np.full(total, end)
    return _rows(people, chance, who, frames)


def _part(values: Ints, share: np.ndarray) -> Ints:
    return np.rint(values * share).astype(np.int64) // 100 * 100


def _close(
    state: dict[str, Ints], sales: Ints, cost: Ints, dso: Ints, dio: Ints, dpo: Ints, capital: Ints
) -> None:
    """The balance at the year's end: short-term debt, or else cash, is what is left over."""
    state["receivables"] = sales * dso // 365
    state["inventory"] = cost * dio // 365
    state["prepaid"] = sales // 150
    state["payables"] = cost * dpo // 365
    state["cash"] = sales // 25
    equity = capital + state["retained_earnings"]
    assets = sum(
        state[name] for name in ("receivables", "inventory", "prepaid", "cash", "fixed_assets")
    )
    gap = assets - state["payables"] - state["long_term_debt"] - equity
    state["short_term_debt"] = np.maximum(gap, 0)
    state["cash"] = state["cash"] + np.maximum(-gap, 0)


def _year(
    chance: np.random.Generator,
    state: dict[str, Ints],
    sales: Ints,
    cost_share: np.ndarray,
    health: np.ndarray,
    days: tuple[Ints, Ints, Ints],
    paid_in: Ints,
    reserve: Ints,
) -> Frame:
    """Move `state` on by a year; that year's statement."""
    total = len(sales)
    before = {name: state[name] for name in KEPT}
    cost = _part(sales, np.clip(cost_share - 0.012 * health, 0.3, 0.97))
    depreciation = state["fixed_assets"] // 12
    running = _part(sales, np.clip(0.16 - 0.03 * health + chance.normal(0, 0.02, total), 0.03, 0.5))
    running += depreciation
    profit = sales - cost - running
    interest = (before["short_term_debt"] + before["long_term_debt"]) // 20
    pretax = profit - interest
    tax = np.maximum(pretax, 0) // 4
    net = pretax - tax
    dividends = np.where(net > 0, net * chance.integers(0, 45, total) // 100, 0)
    invested = depreciation * chance.integers(60, 170, total) // 100
    new_debt = np.where(health < 0, 0, before["fixed_assets"] // 50)
    issued = np.where(chance.random(total) < 0.04, sales // 30, 0)
    reserve += issued  # in place: the years after have it too
    state["retained_earnings"] = before["retained_earnings"] + net - dividends
    state["fixed_assets"] = before["fixed_assets"] + invested - depreciation
    state["long_term_debt"] = before["long_term_debt"] + new_debt
    _close(state, sales, cost, *days, paid_in + reserve)
    grown = {name: state[name] - before[name] for name in KEPT}
    operating = (
        net
        + depreciation
        - grown["receivables"]
        - grown["inventory"]
        - grown["prepaid"]
        + grown["payables"]
    )
    financing = grown["short_term_debt"] + grown["long_term_debt"] + issued - dividends
    current = state["cash"] + state["receivables"] + state["inventory"] + state["prepaid"]
    owed_soon = state["payables"] + state["short_term_debt"]
    return {
        **{name: state[name] for name in KEPT},
        "current_assets": current,
        "total_assets": current + state["fixed_assets"],
        "current_liabilities": owed_soon,
        "total_liabilities": owed_soon + state["long_term_debt"],
        "paid_in_capital": paid_in,
        "capital_reserve": reserve.copy(),
        "equity": paid_in + reserve + state["retained_earnings"],
        "revenue": sales,
        "cost_of_sales": cost,
        "operating_expenses": running,
        "operating_profit": profit,
        "ebit": profit,
        "interest_expense": interest,
        "pretax_profit": pretax,
        "income_tax": tax,
        "net_income": net,
        "depreciation": depreciation,
        "operating_cash_flow": operating,
        "investing_cash_flow": -invested,
        "financing_cash_flow": financing,
        "capital_expenditure": invested,
        "equity_issued": issued,
        "dividends_paid": dividends,
    }


def _rows(people: Population, chance: np.random.Generator, who: Ints, years: list[Frame]) -> Frame:
    """One row a company and year, company by company."""
    count = len(years)
    base: Frame = {
        name: np.stack([year[name] for year in years], axis=1).ravel() for name in years[0]
    }
    owner, nth = np.repeat(who, count), np.tile(np.arange(count), len(who))
    listed = people.listed[owner] == 1
    foreign = people.country[owner] != 0
    published = base["period_end"] + np.where(listed, 85, 110 + owner % 60)
    base |= {
        "row_id": ids("statement", people.party_no[owner] * 1000 + nth),
        "party_no": people.party_no[owner],
        "period_months": np.full(len(owner), 12),
        "basis": Coded(listed.astype(np.int64), ["parent", "consolidated"]),
        "published_on": published,
        "is_audited": (listed | (owner % 3 > 0)).astype(np.int64),
        "auditor_opinion": Coded(np.where(owner % 3 > 0, 0, -1), ["标准无保留意见"]),
        "accounting_standard": Coded(
            np.where(people.country[owner] == 0, 0, np.where(people.country[owner] == 1, 1, 2)),
            ["CAS", "US GAAP", "IFRS"],
        ),
        "source": Coded(np.where(listed & foreign, 1, 0), ["company", "public filing"]),
        "currency": Coded(people.country[owner], COUNTRY_CURRENCY),
        "stated_unit": np.where(owner % 9 == 0, 10_000, 1),
        "market_equity": np.where(
            listed, np.maximum(base["equity"] * 13 // 10, base["revenue"] // 10), MISSING
        ),
        "shares_outstanding": base["paid_in_capital"] // 100,
        "staff": people.staff[owner],
    }
    # Some are late by a year: their newest statement is not there.
    there = ~((nth == count - 1) & (owner % 11 == 0))
    there &= published > people.era.start - 400
    base = {name: _taken(column, there) for name, column in base.items()}
    owner = owner[there]
    return history(base, moment(chance, base["published_on"], people.country[owner], 5))


def _taken(column: object, mask: np.ndarray) -> object:
    from sandbox.world.columns import take

    return take(column, np.flatnonzero(mask))
