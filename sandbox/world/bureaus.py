"""What bureaus and agencies say: scores, ESG points, reputation. They see health late and blurred."""

import numpy as np

from sandbox.world.columns import MISSING, Coded, Frame, Ints, each, place
from sandbox.world.lexicon import COUNTRY_CURRENCY
from sandbox.world.population import Population
from sandbox.world.registers import ids, party_keys
from sandbox.world.versions import history, moment

REPORTS = 4.0
EVERY = 330
"""Days between two surveys, and between two reports on social duty."""
LAG = 45
"""Days after which a bureau has heard."""
CREDITSAFE_BANDS = ["A", "B", "C", "D", "E"]
CREDITSAFE_WORDS = ["Very Low Risk", "Low Risk", "Moderate Risk", "High Risk", "Not Scored"]
QCC_BANDS = ["优秀", "良好", "一般", "较差", "极差"]


def drawn(people: Population) -> dict[str, Frame]:
    """The tables bureau_score, esg_score and reputation."""
    return {
        "bureau_score": _scores(people),
        "esg_score": _esg(people),
        "reputation": _reputation(people),
    }


def _some(people: Population, chance: np.random.Generator, mean: float) -> tuple[Ints, Ints]:
    """Customers have `mean` rows each, strangers a quarter of that; and days, in order."""
    rate = np.where(np.arange(len(people)) < people.customers, mean, mean / 4)
    owner = each(chance.poisson(rate))
    era = people.era
    day = era.start + (chance.random(len(owner)) * era.days).astype(np.int64)
    order = np.lexsort((day, owner))
    return owner[order], day[order]


def _yearly(people: Population, chance: np.random.Generator, share: float) -> tuple[Ints, Ints]:
    """A row about every eleven months for `share` of the customers and for a quarter as many strangers, and
    days, in order; one in ten is not asked again after a while."""
    era, total = people.era, len(people)
    rate = np.where(np.arange(total) < people.customers, share, share / 4)
    start = era.start + chance.integers(-150, 200, total)
    stops = np.where(chance.random(total) < 0.1, start + chance.integers(200, 900, total), era.end)
    times = -(-era.days // EVERY) + 1
    owner = np.repeat(np.flatnonzero(chance.random(total) < rate), times)
    day = start[owner] + place(owner) * EVERY + chance.integers(-20, 21, len(owner))
    inside = (day >= era.start) & (day <= np.minimum(stops[owner], era.end))
    return owner[inside], day[inside]


def _scores(people: Population) -> Frame:
    chance = people.era.chance(people.chunk, "bureaus")
    owner, day = _some(people, chance, REPORTS)
    total = len(owner)
    seen = people.health.at(people.era, owner, day - LAG)
    chinese = people.country[owner] == 0
    points = 100 / (1 + np.exp(-0.25 - 0.95 * seen - chance.normal(0, 0.55, total)))
    points = np.clip(np.rint(points), 1, 99).astype(np.int64)
    insolvency = people.health.insolvency[owner]
    dead = (insolvency != MISSING) & (day > insolvency)
    band = np.where(
        chinese,
        4 - np.searchsorted([20, 40, 60, 80], points, side="right"),
        np.where(dead, 4, 3 - np.searchsorted([30, 51, 71], points, side="right")),
    )
    limit = people.capital[owner] // 100 // 10 * points // 100 // 1000 * 1000 * 100
    default = np.clip(np.rint(200_000 / (1 + np.exp(points / 14))), 500, 400_000).astype(np.int64)
    frame: Frame = {
        "row_id": ids("bureau_score", party_keys(people, owner)),
        "party_no": people.party_no[owner],
        "provider": Coded(chinese.astype(np.int64), ["creditsafe", "qcc"]),
        "scale_id": Coded(chinese.astype(np.int64), ["creditsafe_100", "qcc_100"]),
        "score": np.where(dead & ~chinese, MISSING, points * 1_000_000),
        "score_min": np.zeros(total, np.int64),
        "score_max": np.full(total, 100_000_000),
        "band": Coded(np.where(chinese, 5 + band, band), CREDITSAFE_BANDS + QCC_BANDS),
        "band_meaning": Coded(np.where(chinese, 5 + band, band), CREDITSAFE_WORDS + QCC_BANDS),
        "default_probability": np.where(chinese, MISSING, default),
        "recommended_limit": np.where(chinese, MISSING, np.where(dead, 0, limit)),
        "currency": Coded(np.where(chinese, -1, people.country[owner]), COUNTRY_CURRENCY),
        "report_date": day,
        "rated_since": day - chance.integers(0, 200, total),
        "days_beyond_terms": np.where(
            chinese, MISSING, (np.maximum(2 - 6 * seen, 0) * 100).astype(np.int64)
        ),
    }
    return history(frame, moment(chance, day, people.country[owner]))


def _esg(people: Population) -> Frame:
    chance = people.era.chance(people.chunk, "esg")
    owner, day = _yearly(people, chance, 0.22)
    total = len(owner)
    own = people.party_no[owner] * 37 % 60
    pillars = [np.clip(20 + own + chance.integers(-15, 16, total), 0, 100) for _ in range(3)]
    frame: Frame = {
        "row_id": ids("esg_score", party_keys(people, owner)),
        "party_no": people.party_no[owner],
        "provider": Coded(chance.integers(0, 2, total), ["Green Lens", "绿评"]),
        "report_date": day,
        "environment": pillars[0] * 1_000_000,
        "social": pillars[1] * 1_000_000,
        "governance": pillars[2] * 1_000_000,
        "total": sum(pillars) * 1_000_000 // 3,
        "report": Coded(chance.integers(-1, 2, total), ["CSR report", "社会责任报告"]),
    }
    return history(frame, moment(chance, day, people.country[owner], 3))


def _reputation(people: Population) -> Frame:
    chance = people.era.chance(people.chunk, "reputation")
    owner, day = _yearly(people, chance, 0.28)
    total = len(owner)
    seen = people.health.at(people.era, owner, day - LAG)

    def points(middle: float, weight: float, spread: float, least: int, most: int) -> Ints:
        drawn_points = middle + weight * seen + chance.normal(0, spread, total)
        return (np.clip(np.round(drawn_points, 1), least, most) * 1_000_000).astype(np.int64)

    frame: Frame = {
        "row_id": ids("reputation", party_keys(people, owner)),
        "party_no": people.party_no[owner],
        "source": Coded(chance.integers(0, 2, total), ["market survey", "行业协会调查"]),
        "surveyed_on": day,
        "award_count": chance.poisson(0.4, total).astype(np.int64),
        "review_average": points(3.6, 0.3, 0.5, 1, 5),
        "review_count": chance.geometric(0.05, total).astype(np.int64),
        "partner_review_average": points(3.5, 0.4, 0.5, 1, 5),
        "brand_score": points(55, 8, 15, 0, 100),
        "quality_score": points(60, 7, 13, 0, 100),
        "market_share": np.rint(np.clip(chance.beta(1.1, 20, total), 0, 1) * 1e6).astype(np.int64),
        "satisfaction": points(62, 8, 12, 0, 100),
    }
    return history(frame, moment(chance, day, people.country[owner], 3))
