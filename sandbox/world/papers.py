"""Our own papers about a customer: securities, insurance, forms, experts, references, shares."""

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Ref, each, nothing, place
from sandbox.world.population import Population
from sandbox.world.tables import PLACES
from sandbox.world.trade import currency_of, customer_of, keys
from sandbox.world.versions import Change, history, moment

GUARANTEE_KINDS = ["deposit", "bank_guarantee", "letter_of_credit", "mortgage", "pledge",
                   "company_guarantee", "personal_guarantee", "retention_of_title"]  # fmt: skip
QUESTIONS = [
    ("management", "M1", "管理团队经验与稳定性"),
    ("management", "M2", "规章制度是否健全"),
    ("operations", "O1", "生产能力与设备利用"),
    ("operations", "O2", "质量管理"),
    ("supply_chain", "S1", "供应链稳定性"),
    ("site_visit", "V1", "现场库存与在产情况"),
    ("site_visit", "V2", "Premises and staff as stated"),
    ("business_model", "B1", "商业模式与市场地位"),
]
FACTORS = ["dunning_count", "claim_cause", "bad_record"]
REFEREES = ["Northwind Supply", "华信供应链", "Harbour Metals", "宁波通达材料", "City Savings Bank"]
RIVALS = ["all", "Rival One", "竞品甲"]


def drawn(people: Population, accounts: Accounts) -> dict[str, Frame]:
    """Six tables of papers, each about some of the accounts."""
    return {
        "guarantee": _guarantees(accounts),
        "insurance": _insurance(accounts),
        "questionnaire_answer": _answers(people, accounts),
        "expert_vote": _votes(people, accounts),
        "trade_reference": _references(people, accounts),
        "competitor_share": _shares(accounts),
    }


def _some(chance: np.random.Generator, accounts: Accounts, mean: float) -> tuple[Ints, Ints]:
    """Owners, `mean` rows each on average, and a day of each inside the era."""
    owner = each(chance.poisson(mean, len(accounts)))
    era = accounts.era
    start = np.minimum(accounts.first[owner], era.end - 30)
    day = start + (chance.random(len(owner)) * (era.end - start)).astype(np.int64)
    order = np.lexsort((day, owner))
    return owner[order], day[order]


def _base(accounts: Accounts, table: str, owner: Ints) -> Frame:
    return {
        "row_id": Ref(PLACES[table], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
    }


def _sum(chance: np.random.Generator, accounts: Accounts, owner: Ints, size: float) -> Ints:
    draw = np.exp(chance.normal(size, 0.8, len(owner))) * accounts.unit[owner]
    return np.maximum(draw.astype(np.int64) // 100 * 10_000, 10_000)


def _guarantees(accounts: Accounts) -> Frame:
    chance = accounts.era.chance(accounts.chunk, "guarantees")
    owner, day = _some(chance, accounts, 0.12)
    total = len(owner)
    amount = _sum(chance, accounts, owner, 11.5)
    kind = chance.integers(0, len(GUARANTEE_KINDS), total)
    ends = np.where(chance.random(total) < 0.8, day + chance.integers(180, 900, total), MISSING)
    frame = _base(accounts, "guarantee", owner) | {
        "kind": Coded(kind, GUARANTEE_KINDS),
        "guarantor": Coded(np.where(kind == 0, -1, chance.integers(0, 5, total)), REFEREES),
        "amount": amount,
        "currency": currency_of(accounts, owner),
        "appraised_amount": np.where(
            (kind == 3) | (kind == 4), amount * chance.integers(70, 130, total) // 100, MISSING
        ),
        "start_date": day,
        "expiry_date": ends,
        "released_on": nothing(total),
        "is_verified": np.where(
            chance.random(total) < 0.8, (chance.random(total) < 0.85).astype(np.int64), MISSING
        ),
    }
    country = accounts.country[owner]
    back = np.flatnonzero((ends != MISSING) & (chance.random(total) < 0.3))
    released = ends[back] + chance.integers(0, 20, len(back))
    change = Change(back, moment(chance, released, country[back]), {"released_on": released})
    made = history(frame, moment(chance, day, country, 3), [change] if len(back) else [])
    made["guarantee_id"] = made["row_id"]
    return made


def _insurance(accounts: Accounts) -> Frame:
    chance = accounts.era.chance(accounts.chunk, "insurance")
    owner, day = _some(chance, accounts, 0.1)
    total = len(owner)
    frame = _base(accounts, "insurance", owner) | {
        "insurer": Coded(
            chance.integers(0, 3, total), ["中国信用保险", "Harbour Credit", "Atlas Re"]
        ),
        "insured_limit": _sum(chance, accounts, owner, 12.3),
        "currency": currency_of(accounts, owner),
        "covered_share": chance.choice([800_000, 850_000, 900_000, 950_000], total),
        "deductible": np.where(chance.random(total) < 0.4, 500_000, MISSING),
        "start_date": day,
        "expiry_date": day + 364,
        "cancelled_on": nothing(total),
    }
    country = accounts.country[owner]
    gone = np.flatnonzero(chance.random(total) < 0.08)
    off = day[gone] + chance.integers(30, 300, len(gone))
    change = Change(gone, moment(chance, off, country[gone]), {"cancelled_on": off})
    made = history(frame, moment(chance, day, country, 3), [change] if len(gone) else [])
    made["cover_id"] = made["row_id"]
    return made


def _answers(people: Population, accounts: Accounts) -> Frame:
    """A filled-in form has all eight questions."""
    chance = accounts.era.chance(accounts.chunk, "questionnaires")
    forms, when = _some(chance, accounts, 0.3)
    of = np.repeat(np.arange(len(forms)), len(QUESTIONS))
    nth, owner, day = place(of), forms[of], when[of]
    total = len(of)
    health = people.health.at(accounts.era, accounts.party[owner], day)
    points = np.clip(np.rint(3.1 + 0.6 * health + chance.normal(0, 0.8, total)), 1, 5)
    answered = chance.random(total) < 0.94
    frame = _base(accounts, "questionnaire_answer", owner) | {
        "response_id": Ref(PLACES["questionnaire_answer"], keys(accounts, forms)[of] + 5000),
        "question_id": Coded(nth, [question[1] for question in QUESTIONS]),
        "form": Coded(nth, [question[0] for question in QUESTIONS]),
        "question": Coded(nth, [question[2] for question in QUESTIONS]),
        "score": np.where(answered, points.astype(np.int64) * 1_000_000, MISSING),
        "score_min": np.full(total, 1_000_000),
        "score_max": np.full(total, 5_000_000),
        "answered_on": day,
        "assessor": Coded(of % 4, ["王强", "李娜", "Karen Evans", "Leo Klein"]),
        "answer": Coded(np.where(answered, -1, 0), ["未答复"]),
    }
    return history(frame, moment(chance, day, accounts.country[owner]))


def _votes(people: Population, accounts: Accounts) -> Frame:
    """Panels of five experts, three factors, two rounds; the second draws together."""
    chance = accounts.era.chance(accounts.chunk, "votes")
    panels, when = _some(chance, accounts, 0.12)
    of = np.repeat(np.arange(len(panels)), 5 * len(FACTORS) * 2)
    nth = place(of)
    second, factor, expert = nth % 2, nth // 2 % len(FACTORS), nth // (2 * len(FACTORS))
    owner, day = panels[of], when[of] + second * 7 + expert % 3
    total = len(of)
    health = people.health.at(accounts.era, accounts.party[owner], day)
    spread = np.where(second == 1, 0.5, 1.0)
    points = np.clip(np.rint(3.4 + 0.7 * health + chance.normal(0, 1, total) * spread), 1, 5)
    frame = _base(accounts, "expert_vote", owner) | {
        "expert_id": Coded(expert, [f"E{nth}" for nth in range(1, 6)]),
        "panel": Coded(place_of_panel(panels)[of], [str(nth) for nth in range(1, 40)]),
        "round_no": second + 1,
        "factor": Coded(factor, FACTORS),
        "score": points.astype(np.int64) * 1_000_000,
        "voted_on": day,
    }
    return history(frame, moment(chance, day, accounts.country[owner]))


def place_of_panel(panels: Ints) -> Ints:
    """First, second … panel about the same account."""
    return np.minimum(place(panels), 38)


def _references(people: Population, accounts: Accounts) -> Frame:
    """One account in seven is asked about, and every year again: an old reference says little."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "references")
    owner = np.repeat(np.flatnonzero(chance.random(len(accounts)) < 0.14), 3)
    begins = accounts.first + chance.integers(0, 200, len(accounts))
    day = begins[owner] + place(owner) * 345 + chance.integers(-15, 16, len(owner))
    owner, day = owner[day <= era.end], day[day <= era.end]
    total = len(owner)
    health = people.health.at(accounts.era, accounts.party[owner], day)
    high = _sum(chance, accounts, owner, 11.6)
    owed = (high * chance.random(total)).astype(np.int64)
    late = np.maximum(3 - 7 * health + chance.normal(0, 5, total), 0)
    frame = _base(accounts, "trade_reference", owner) | {
        "referee": Coded(chance.integers(0, 5, total), REFEREES),
        "relation": Coded(
            chance.choice(3, total, p=[0.7, 0.2, 0.1]), ["supplier", "partner", "bank"]
        ),
        "given_on": day,
        "trading_since": day - chance.integers(200, 3000, total),
        "high_credit": high,
        "owed_amount": owed,
        "overdue_amount": np.where(late > 5, owed // 4, 0),
        "currency": currency_of(accounts, owner),
        "terms_days": chance.choice([30, 45, 60, 90], total),
        "days_late": (late * 100).astype(np.int64),
        "rating": np.clip(np.rint(3.6 + 0.7 * health), 1, 5).astype(np.int64) * 1_000_000,
        "comment": Coded(
            chance.integers(-1, 3, total), ["付款及时", "Pays, but late", "已停止合作"]
        ),
    }
    made = history(frame, moment(chance, day, accounts.country[owner], 5))
    made["reference_id"] = made["row_id"]
    return made


def _shares(accounts: Accounts) -> Frame:
    """Resellers say now and then what else they sell; edges of the bands on purpose."""
    chance = accounts.era.chance(accounts.chunk, "shares")
    owner, day = _some(chance, accounts, 1.2)
    resells = accounts.is_reseller[owner] == 1
    owner, day = owner[resells], day[resells]
    total = len(owner)
    edges = np.array([0, 449_900, 450_000, 500_000, 550_000, 550_100])
    share = (np.round(chance.beta(1.2, 2, total), 3) * 1_000_000).astype(np.int64)
    share = np.where(chance.random(total) < 0.2, edges[chance.integers(0, 6, total)], share)
    frame = _base(accounts, "competitor_share", owner) | {
        "stated_on": day,
        "competitor": Coded(np.zeros(total, np.int64), RIVALS),
        "share": share,
        "source": Coded(chance.integers(0, 2, total), ["sales visit", "market survey"]),
    }
    return history(frame, moment(chance, day, accounts.country[owner], 2))
