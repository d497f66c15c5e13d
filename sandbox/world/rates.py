"""What is about no company: rates of exchange, industries and their standard values."""

import numpy as np

from sandbox.world import lexicon
from sandbox.world.columns import Coded, Frame, Ints, texts
from sandbox.world.era import Era
from sandbox.world.identifiers import digits
from sandbox.world.tables import CURRENCIES
from sandbox.world.versions import DAY, history

INTO_CNY = {"EUR": 7.75, "GBP": 9.05, "JPY": 0.0495, "USD": 7.18}
RATIOS = [
    # name, excellent, good, average, low, poor: a demonstration, not the published values.
    ("debt_to_assets", 0.48, 0.589, 0.687, 0.864, 0.966),
    ("quick_ratio", 1.251, 1.032, 0.745, 0.475, 0.271),
    ("return_on_equity", 0.106, 0.071, 0.039, 0.009, -0.053),
    ("return_on_assets", 0.077, 0.059, 0.034, 0.011, -0.033),
    ("receivables_turnover", 17.6, 11.0, 6.7, 3.4, 2.3),
    ("interest_cover", 3.3, 2.7, 1.8, 0.4, -2.0),
    ("asset_turnover", 1.6, 1.1, 0.7, 0.4, 0.2),
    ("revenue_growth", 0.22, 0.15, 0.08, -0.05, -0.15),
    ("capital_preservation", 1.1, 1.07, 1.04, 1.0, 0.93),
]


def made(era: Era) -> dict[str, Frame]:
    """The tables fx_rate, industry_band and industry_standard."""
    return {
        "fx_rate": _fx(era),
        "industry_band": _bands(era),
        "industry_standard": _standards(era),
    }


def _ids(table: int, total: int) -> object:
    return texts(digits(table * 10**8 + np.arange(total), 11))


def _at(day: Ints) -> Ints:
    """Published at nine in the evening of China."""
    return day * DAY + 13 * 3600


def _fx(era: Era) -> Frame:
    """Every day, a walk of its own for each currency; weekends repeat Friday."""
    chance = era.chance(-1 & 0xFFFF, "fx")
    days = np.arange(era.start - 30, era.end + 1)
    columns = []
    for rate in INTO_CNY.values():
        steps = chance.normal(0, 0.0032, len(days))
        steps[(days + 3) % 7 >= 5] = 0.0
        columns.append(np.rint(rate * np.exp(steps.cumsum()) * 1e8).astype(np.int64))
    total = len(days) * len(INTO_CNY)
    day = np.repeat(days, len(INTO_CNY))
    code = np.array([CURRENCIES.index(currency) for currency in INTO_CNY])
    return history(
        {
            "row_id": _ids(43, total),
            "from_currency": Coded(np.tile(code, len(days)), CURRENCIES),
            "to_currency": Coded(np.zeros(total, np.int64), CURRENCIES),
            "rate_date": day,
            "rate": np.stack(columns, axis=1).ravel(),
        },
        _at(day),
    )


def _bands(era: Era) -> Frame:
    chance = era.chance(-1 & 0xFFFF, "industries")
    count = len(lexicon.INDUSTRIES)
    years = [int(month) for month in era.months()[::12]]
    band = chance.integers(1, 6, count)
    bands, day = [], []
    for start in years:
        band = np.clip(band + chance.choice([-1, 0, 0, 0, 1], count), 1, 5)
        bands.append(band)
        day.append(np.full(count, start + 40))
    of, risk, stated = (
        np.tile(np.arange(count), len(years)),
        np.concatenate(bands),
        np.concatenate(day),
    )
    total = len(of)
    return history(
        {
            "row_id": _ids(41, total),
            "industry_code": Coded(of, [industry[0] for industry in lexicon.INDUSTRIES]),
            "industry_name": Coded(of, [industry[1] for industry in lexicon.INDUSTRIES]),
            "stated_on": stated,
            "risk_band": Coded(risk - 1, list("12345")),
            "competition": chance.integers(1, 6, total) * 1_000_000,
            "volatility": np.clip(risk + chance.integers(-1, 2, total), 1, 5) * 1_000_000,
            "outlook": Coded(chance.integers(0, 3, total), ["improving", "stable", "worsening"]),
            "default_rate": (risk * 6000 + chance.integers(0, 4000, total)).astype(np.int64),
            "source": Coded(np.zeros(total, np.int64), ["industry_research"]),
        },
        _at(stated),
    )


def _standards(era: Era) -> Frame:
    count, ratios = len(lexicon.INDUSTRIES) + 1, len(RATIOS)
    industry = np.repeat(np.arange(count), ratios)
    ratio = np.tile(np.arange(ratios), count)
    values = np.array([row[1:] for row in RATIOS])[ratio]
    values = values * (1 + 0.01 * (industry % 5))[:, None]
    scaled = np.rint(values * 1e6).astype(np.int64)
    total = len(industry)
    frame: Frame = {
        "row_id": _ids(42, total),
        "edition": Coded(np.zeros(total, np.int64), [str(era.year - 1)]),
        "industry_code": Coded(industry, [row[0] for row in lexicon.INDUSTRIES] + ["all"]),
        "company_size": Coded(np.zeros(total, np.int64), ["all"]),
        "ratio": Coded(ratio, [row[0] for row in RATIOS]),
    }
    for nth, name in enumerate(("excellent", "good", "average", "low", "poor")):
        frame[name] = scaled[:, nth]
    return history(frame, _at(np.full(total, era.start)))
