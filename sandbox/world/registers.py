"""What the register of companies, the tax office and other authorities know: the truth, in versions."""

from typing import Any

import numpy as np
import pyarrow as pa

from sandbox.world import lexicon, names
from sandbox.world.columns import MISSING, Coded, Frame, Ints, each, nothing, place, texts, words_of
from sandbox.world.crm import addresses
from sandbox.world.identifiers import digits
from sandbox.world.population import SIZES, Population
from sandbox.world.versions import Change, history, moment

STATUS = ["active", "revoked", "deregistered", "liquidation"]
ITEMS = ["name", "legal_representative", "capital", "address", "status"]
ITEM_WORDS = ["名称变更", "法定代表人变更", "注册资本变更", "住所变更", "登记状态变更"]
STATUS_WORDS = ["存续", "吊销", "注销", "清算"]
STAFF = ["1-9人", "10-49人", "50-99人", "100-499人", "500-999人", "1000人以上"]
PENALTIES = [
    ("environment", "违反环境保护管理规定", "罚款"),
    ("tax", "未按期申报纳税", "罚款"),
    ("quality", "产品质量不合格", "罚款并没收违法所得"),
    ("safety", "安全生产违规", "警告、罚款"),
    ("labour", "拖欠职工工资", "责令改正"),
    ("registration", "未按规定公示年度报告", "列入异常"),
]
AUTHORITIES = ["市场监督管理局", "生态环境局", "税务局", "应急管理局", "人力资源和社会保障局"]


def ids(table: str, keys: Ints) -> pa.Array:
    """Ids of what no CRM holds: two letters of the table and the digits of a key."""
    prefix = np.frombuffer(table[:2].upper().encode(), np.uint8)
    return texts(np.hstack([np.tile(prefix, (len(keys), 1)), digits(keys, 12)]))


def party_keys(people: Population, owner: Ints) -> Ints:
    """Keys for rows of `owner` (places in the chunk, sorted)."""
    return people.party_no[owner] * 1000 + place(owner)


def drawn(people: Population) -> dict[str, Frame]:
    """The tables company, former_name, group_member, registration_change, tax_credit, penalty."""
    chance = people.era.chance(people.chunk, "registers")
    changed = _events(people, chance)
    return {
        "company": _companies(people, chance, changed),
        "registration_change": _changes(people, chance, changed),
        "former_name": _former(people, chance),
        "group_member": _groups(people, chance),
        "tax_credit": _tax(people),
        "penalty": _penalties(people),
    }


def _events(people: Population, chance: np.random.Generator) -> dict[str, Ints]:
    """The day of each change of a company in the era; MISSING for most."""
    era, total = people.era, len(people)

    def some(rate: float) -> Ints:
        day = chance.integers(era.start + 5, era.end - 5, total)
        return np.where(chance.random(total) < rate, day, MISSING)

    insolvency = people.health.insolvency
    draw = chance.random(total)
    gone = np.where(insolvency == MISSING, MISSING, insolvency + chance.integers(90, 300, total))
    revoked = np.where(draw < 0.35, gone, MISSING)
    closed = np.where((draw >= 0.35) & (draw < 0.7), gone, MISSING)
    quiet = (insolvency == MISSING) & (chance.random(total) < 0.004)
    closed = np.where(quiet, chance.integers(era.start, era.end, total), closed)
    inside = (people.renamed_on != MISSING) & (people.renamed_on >= era.start)
    return {
        "name": np.where(inside, people.renamed_on, MISSING),
        "legal_representative": some(0.08),
        "capital": some(0.04),
        "address": some(0.05),
        "liquidation": insolvency,
        "revoked": revoked,
        "deregistered": closed,
    }


def _people_words() -> list[str]:
    return [*lexicon.PEOPLE_CN, *lexicon.PEOPLE]


def _person(people: Population, shift: int) -> Ints:
    many = len(lexicon.PEOPLE_CN)
    return np.where(
        people.country == 0,
        (people.party_no * 31 + shift) % many,
        many + (people.party_no * 31 + shift) % len(lexicon.PEOPLE),
    )


def _companies(people: Population, chance: np.random.Generator, changed: dict[str, Ints]) -> Frame:
    total = len(people)
    every = np.arange(total)
    country = people.country
    pool = pa.concat_arrays([names.legal(people.parts), names.legal(people.old_parts)])
    han = pa.concat_arrays([names.chinese(people.parts), names.chinese(people.old_parts)])
    latin = pa.concat_arrays([names.latin(people.parts), names.latin(people.old_parts)])
    street = addresses(people)
    streets = pa.concat_arrays([street, street.take(pa.array(np.roll(every, 1)))])
    forms = [form for country_forms in lexicon.FORMS.values() for form in country_forms[:1]]
    unit = np.array([1, 7, 9, 7, 7, 7, 1])
    base: Frame = {
        "row_id": ids("company", people.party_no * 1000),
        "party_no": people.party_no,
        "name": Coded(np.where(changed["name"] == MISSING, every, every + total), pool),
        "name_zh": Coded(np.where(changed["name"] == MISSING, every, every + total), han),
        "name_en": Coded(np.where(changed["name"] == MISSING, every, every + total), latin),
        "country": Coded(country, lexicon.COUNTRIES),
        "region": Coded(
            np.where(country == 0, people.parts.city % len(lexicon.PROVINCES_CN), -1),
            lexicon.PROVINCES_CN,
        ),
        "city": Coded(every, names.city_of(people.parts)),
        "address": Coded(every, streets),
        "postal_code": texts(digits(10_000 + people.party_no * 7 % 89_999, 5)),
        **people.numbers,
        "status": Coded(np.zeros(total, np.int64), STATUS),
        "status_since": people.founded,
        "founded": people.founded,
        "capital": people.capital // unit[country],
        "capital_currency": Coded(country, lexicon.COUNTRY_CURRENCY),
        "industry_code": Coded(people.industry, [row[0] for row in lexicon.INDUSTRIES]),
        "industry": Coded(people.industry, [row[1] for row in lexicon.INDUSTRIES]),
        "size": Coded(people.size, SIZES),
        "staff": people.staff,
        "staff_range": Coded(
            np.searchsorted([10, 50, 100, 500, 1000], people.staff, side="right"), STAFF
        ),
        "legal_person": Coded(_person(people, 0), _people_words()),
        "legal_form": Coded(country, forms),
        "is_listed": people.listed,
        "is_customer": (every < people.customers).astype(np.int64),
        "parent_no": np.where(
            people.parent == MISSING, MISSING, people.party_no[np.maximum(people.parent, 0)]
        ),
    }
    made: dict[str, Any] = {
        "name": lambda at: {"name": at, "name_zh": at, "name_en": at},
        "legal_representative": lambda at: {"legal_person": _person(people, 1)[at]},
        "capital": lambda at: {"capital": base["capital"][at] * 2},
        "address": lambda at: {"address": at + total},
        "liquidation": lambda at: {"status": 3, "status_since": changed["liquidation"][at]},
        "revoked": lambda at: {"status": 1, "status_since": changed["revoked"][at]},
        "deregistered": lambda at: {"status": 2, "status_since": changed["deregistered"][at]},
    }
    # A company's changes must come in time order: the n-th of each company, n = 1, 2 …
    kinds = list(changed)
    days = np.stack([changed[kind] for kind in kinds], axis=1).astype(np.float64)
    days[days == MISSING] = np.inf
    order = np.argsort(days, axis=1, kind="stable")
    changes = []
    for nth in range(len(kinds)):
        which = order[:, nth]
        day = days[every, which]
        for number, kind in enumerate(kinds):
            at = np.flatnonzero((which == number) & np.isfinite(day))
            if len(at):
                when = moment(chance, day[at].astype(np.int64), country[at], 4)
                changes.append(Change(at, when, made[kind](at)))
    return history(base, moment(chance, people.founded, country), changes)


def _changes(people: Population, chance: np.random.Generator, changed: dict[str, Ints]) -> Frame:
    owner, item, day, before, after = [], [], [], [], []
    every = np.arange(len(people))
    persons = pa.array(_people_words())
    street = addresses(people)
    capital = pa.array((people.capital // 1_000_000).astype(str).tolist())
    words: dict[str, tuple[pa.Array, pa.Array]] = {
        "name": (names.legal(people.old_parts), names.legal(people.parts)),
        "legal_representative": (
            persons.take(pa.array(_person(people, 0))),
            persons.take(pa.array(_person(people, 1))),
        ),
        "capital": (capital, pa.array((people.capital // 500_000).astype(str).tolist())),
        "address": (street, street.take(pa.array(np.roll(every, 1)))),
    }
    for kind, days in changed.items():
        at = np.flatnonzero(days != MISSING)
        status = ("active", "revoked", "deregistered", "liquidation")
        if kind in words:
            number = ITEMS.index(kind)
            old, new = (array.take(pa.array(at)) for array in words[kind])
        else:
            number = ITEMS.index("status")
            old = pa.array([STATUS_WORDS[0]] * len(at), pa.string())
            new = pa.array([STATUS_WORDS[status.index(kind)]] * len(at), pa.string())
        owner.append(at)
        item.append(np.full(len(at), number))
        day.append(days[at])
        before.append(old)
        after.append(new)
    who, what, when = np.concatenate(owner), np.concatenate(item), np.concatenate(day)
    order = np.lexsort((what, when, who))
    who, what, when = who[order], what[order], when[order]
    frame: Frame = {
        "row_id": ids("registration_change", party_keys(people, who)),
        "party_no": people.party_no[who],
        "changed_on": when,
        "item": Coded(what, ITEMS),
        "item_text": Coded(what, ITEM_WORDS),
        "value_before": pa.concat_arrays(before).take(pa.array(order)),
        "value_after": pa.concat_arrays(after).take(pa.array(order)),
    }
    made = history(frame, moment(chance, when, people.country[who], 4))
    made["change_id"] = made["row_id"]
    return made


def _former(people: Population, chance: np.random.Generator) -> Frame:
    """Names until a day; known to the register from that day."""
    at = np.flatnonzero(people.renamed_on != MISSING)
    until = people.renamed_on[at]
    frame: Frame = {
        "row_id": ids("former_name", people.party_no[at] * 1000),
        "party_no": people.party_no[at],
        "name": words_of(Coded(at, names.legal(people.old_parts))),
        "kind": Coded(np.zeros(len(at), np.int64), ["former"]),
        "until": until,
    }
    return history(frame, moment(chance, until, people.country[at], 4))


def _groups(people: Population, chance: np.random.Generator) -> Frame:
    at = np.flatnonzero(people.parent != MISSING)
    parent = people.parent[at]
    start = np.maximum(people.founded[at], people.founded[parent]) + 30
    frame: Frame = {
        "row_id": ids("group_member", people.party_no[at] * 1000),
        "party_no": people.party_no[at],
        "parent_no": people.party_no[parent],
        "parent_name": words_of(Coded(parent, names.legal(people.parts))),
        "share": chance.choice([510_000, 600_000, 750_000, 1_000_000], len(at)),
        "is_ultimate": np.ones(len(at), np.int64),
        "valid_from": start,
        "valid_until": nothing(len(at)),
    }
    return history(frame, moment(chance, start, people.country[at]))


def _tax(people: Population) -> Frame:
    """A level a year for most Chinese companies, given in April of the year after."""
    chance = people.era.chance(people.chunk, "tax")
    has = np.flatnonzero((people.country == 0) & (chance.random(len(people)) < 0.8))
    years = people.era.year - 3 + np.arange(3)
    owner = np.repeat(has, 3)
    year = np.tile(years, len(has))
    spring = np.tile(people.era.months()[[3, 15, 27]], len(has)) + 10
    health = people.health.at(people.era, owner, spring - 120) + chance.normal(0, 0.6, len(owner))
    level = 4 - np.searchsorted([-1.6, -0.8, 0.0, 1.0], health, side="right")
    frame: Frame = {
        "row_id": ids("tax_credit", party_keys(people, owner)),
        "party_no": people.party_no[owner],
        "year": year,
        "level": Coded(level, list("ABMCD")),
        "authority": Coded(owner % 2, ["国家税务总局", "主管税务局"]),
    }
    return history(frame, moment(chance, spring, people.country[owner]))


def _penalties(people: Population) -> Frame:
    chance = people.era.chance(people.chunk, "penalties")
    mean = np.clip(0.1 - 0.06 * people.health.by_month[:, 0], 0.02, 0.4)
    owner = each(chance.poisson(mean))
    era = people.era
    day = era.start + (chance.random(len(owner)) * era.days).astype(np.int64)
    kind = chance.integers(0, len(PENALTIES), len(owner))
    frame: Frame = {
        "row_id": ids("penalty", party_keys(people, owner)),
        "party_no": people.party_no[owner],
        "case_no": texts(digits(people.party_no[owner] * 1000 + kind * 7 + 20_250_000_000, 11)),
        "authority": Coded(chance.integers(0, 5, len(owner)), AUTHORITIES),
        "category": Coded(kind, [row[0] for row in PENALTIES]),
        "cause": Coded(kind, [row[1] for row in PENALTIES]),
        "kind": Coded(kind, [row[2] for row in PENALTIES]),
        "amount": np.exp(chance.normal(9.5, 1.2, len(owner))).astype(np.int64) * 100,
        "currency": Coded(people.country[owner], lexicon.COUNTRY_CURRENCY),
        "decided_on": day,
        "published_on": day + chance.integers(1, 20, len(owner)),
    }
    made = history(frame, moment(chance, frame["published_on"], people.country[owner], 2))
    made["penalty_id"] = made["row_id"]
    return made
