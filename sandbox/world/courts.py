"""Cases in court, who is what in them, and the public lists that follow from them.

Bad health and default bring cases as a defendant; anybody may sue. Some cases are about companies
that merely bear a customer's name.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.world import lexicon, listings, names
from sandbox.world.cases import (
    BANKRUPTCY,
    COURTS,
    DEBTOR,
    DEFENDANT,
    OUTSIDERS,
    PETITIONER,
    PLAINTIFF,
    RESULTS,
    ROLE_WORDS_CN,
    ROLES,
    THIRD,
    Cases,
    joined,
)
from sandbox.world.columns import MISSING, Coded, Frame, each, nothing, texts, words_of
from sandbox.world.identifiers import digits
from sandbox.world.population import Population
from sandbox.world.registers import ids, party_keys
from sandbox.world.versions import Change, history, moment

CAUSES = {
    "CN": [
        "买卖合同纠纷",
        "承揽合同纠纷",
        "票据追索权纠纷",
        "劳动争议",
        "建设工程施工合同纠纷",
        "借款合同纠纷",
    ],
    "": ["Breach of contract", "Account stated", "Goods sold", "Employment", "Negligence", "Loan"],
}
FIRST_COURT = np.array([0, 6, 10, 11, 12, 13, 14])
COURT_COUNT = np.array([6, 3, 1, 1, 1, 1, 1])


def drawn(people: Population) -> dict[str, Frame]:
    """The tables court_record, court_party, listing and truth_court_record."""
    chance = people.era.chance(people.chunk, "courts")
    cases = _cases(people, chance)
    record = ids("court_record", cases.key)
    parties, truth = _parties(people, chance, cases, record)
    return {
        "court_record": _records(people, chance, cases, record),
        "court_party": parties,
        "listing": listings.drawn(people, chance, cases),
        "truth_court_record": truth,
    }


def _cases(people: Population, chance: np.random.Generator) -> Cases:
    era, total = people.era, len(people)
    is_customer = np.arange(total) < people.customers
    start_health = people.health.by_month[:, 0]
    rate = np.where(is_customer, 0.085, 0.25) * np.exp(-0.35 * (start_health - 0.7))
    rate = np.where(people.homonym_of != MISSING, 1.1, rate)
    party = each(chance.poisson(np.minimum(rate, 2)))
    filed = era.start + (chance.random(len(party)) * era.days).astype(np.int64)
    health = people.health.at(era, party, filed)
    role = np.where(chance.random(len(party)) < np.clip(0.6 - 0.1 * health, 0.25, 0.9), 1, 0)
    role = np.where(chance.random(len(party)) < 0.06, THIRD, role)
    default, insolvency = people.health.default, people.health.insolvency
    sued = each(np.where(default == MISSING, 0, chance.integers(0, 4, total)))
    broke = np.flatnonzero(insolvency != MISSING)
    party = np.r_[party, sued, broke]
    filed = np.r_[filed, default[sued] + chance.integers(20, 320, len(sued)), insolvency[broke]]
    role = np.r_[role, np.full(len(sued), DEFENDANT), np.full(len(broke), DEBTOR)]
    kind = np.r_[np.zeros(len(party) - len(broke), np.int64), np.full(len(broke), BANKRUPTCY)]
    inside = filed <= era.end
    party, filed, role, kind = party[inside], filed[inside], role[inside], kind[inside]
    order = np.lexsort((kind, filed, party))
    party, filed, role, kind = party[order], filed[order], role[order], kind[order]
    count = len(party)
    judged = np.where(chance.random(count) < 0.85, filed + chance.integers(60, 300, count), MISSING)
    closed = np.where(judged == MISSING, MISSING, judged + chance.integers(15, 120, count))
    health = people.health.at(era, party, filed)
    return Cases(
        party=party,
        key=party_keys(people, party),
        filed=filed,
        role=role,
        is_lost=chance.random(count)
        < np.where(role == DEFENDANT, np.clip(0.6 - 0.1 * health, 0.3, 0.9), 0.3),
        amount=np.exp(chance.normal(11.6, 1.3, count)).astype(np.int64) * 100,
        kind=kind,
        judged=judged,
        closed=closed,
    )


def _records(
    people: Population, chance: np.random.Generator, cases: Cases, record: pa.Array
) -> Frame:
    total = len(cases.party)
    country = people.country[cases.party]
    is_cn = country == 0
    court = FIRST_COURT[country] + chance.integers(0, 6, total) % COURT_COUNT[country]
    year = pa.array(
        (1970 + cases.filed / 365.2425).astype(np.int64).astype(str).tolist(), pa.string()
    )
    number = texts(digits(chance.integers(100, 99_999, total), 5))
    word = words_of(Coded(cases.kind, ["民初", "破申"]))
    place = words_of(Coded(court % 6, ["沪0115", "粤0305", "浙0106", "浙0212", "苏0591", "粤0106"]))
    han = joined("（", year, "）", place, word, number, "号")
    western = joined(
        pc.utf8_slice_codeunits(year, 2), words_of(Coded(cases.kind, ["-cv-", "-bk-"])), number
    )
    case_no = pc.if_else(pa.array(is_cn), han, western)
    causes = [*CAUSES["CN"], *CAUSES[""], "申请破产清算", "Chapter 7"]
    cause = np.where(is_cn, 0, 6) + chance.integers(0, 6, total)
    cause = np.where(cases.kind == BANKRUPTCY, np.where(is_cn, 12, 13), cause)
    name = words_of(Coded(cases.party, names.legal(people.parts)))
    title = pc.if_else(
        pa.array(is_cn),
        joined(name, words_of(Coded(cause, causes)), "一案"),
        joined("In re ", name),
    )
    hearing = cases.filed + chance.integers(25, 55, total)
    base: Frame = {
        "row_id": record,
        "party_no": people.party_no[cases.party],
        "country": Coded(country, lexicon.COUNTRIES),
        "court": Coded(court, [row[0] for row in COURTS]),
        "court_id": Coded(court, [row[1] for row in COURTS]),
        "case_no": case_no,
        "title": title,
        "cause": Coded(cause, causes),
        "case_type": Coded(cases.kind, ["civil", "bankruptcy"]),
        "doc_type": Coded(np.zeros(total, np.int64), ["filing", "judgment"]),
        "stage": Coded(np.zeros(total, np.int64), ["filing", "hearing", "judgment", "closed"]),
        "status": Coded(np.zeros(total, np.int64), ["open", "closed"]),
        "filed_on": cases.filed,
        "hearing_on": nothing(total),
        "judged_on": nothing(total),
        "closed_on": nothing(total),
        "published_on": cases.filed + chance.integers(1, 12, total),
        "amount": np.where(chance.random(total) < 0.85, cases.amount, MISSING),
        "currency": Coded(country, lexicon.COUNTRY_CURRENCY),
        "result": Coded(np.full(total, -1), RESULTS),
    }
    every = np.arange(total)
    done = np.flatnonzero(cases.judged != MISSING)
    outcome = np.where(
        cases.is_lost,
        np.where(cases.role == DEFENDANT, 0, 1),
        np.where(cases.role == DEFENDANT, 1, 0),
    )
    outcome = np.where(chance.random(total) < 0.2, 2, outcome)
    changes = [
        Change(every, moment(chance, hearing, country, 3), {"stage": 1, "hearing_on": hearing}),
        Change(
            done,
            moment(chance, cases.judged[done], country[done], 9),
            {"stage": 2, "doc_type": 1, "judged_on": cases.judged[done], "result": outcome[done]},
        ),
        Change(
            done,
            moment(chance, cases.closed[done], country[done], 3),
            {"stage": 3, "status": 1, "closed_on": cases.closed[done]},
        ),
    ]
    frame = history(
        base, moment(chance, base["published_on"], country, 3), [c for c in changes if len(c.index)]
    )
    frame["record_id"] = frame["row_id"]
    return frame


def _parties(
    people: Population, chance: np.random.Generator, cases: Cases, record: pa.Array
) -> tuple[Frame, Frame]:
    """The company itself and one or two others: companies of the world, outsiders, people."""
    total, count = len(cases.party), len(people)
    country = people.country[cases.party]
    legal = names.legal(people.parts)
    before = names.legal(people.old_parts)
    pool = pa.concat_arrays(
        [legal, before, pa.array(OUTSIDERS), pa.array(lexicon.PEOPLE_CN), pa.array(lexicon.PEOPLE)]
    )
    old = (people.renamed_on[cases.party] != MISSING) & (
        cases.filed < people.renamed_on[cases.party]
    )
    mine = cases.party + np.where(old, count, 0)
    against = np.select(
        [cases.role == PLAINTIFF, cases.role == DEFENDANT, cases.role == DEBTOR],
        [DEFENDANT, PLAINTIFF, PETITIONER],
        PLAINTIFF,
    )
    draw = chance.random(total)
    # Another company of the same country, found by its place among them.
    order = np.argsort(people.country, kind="stable")
    starts = np.searchsorted(people.country[order], np.arange(len(lexicon.COUNTRIES)))
    sizes = np.bincount(people.country, minlength=len(lexicon.COUNTRIES))
    other = order[starts[country] + (chance.random(total) * sizes[country]).astype(np.int64)]
    in_world = (draw < 0.6) & (other != cases.party)
    outsider = 2 * count + np.where(country == 0, 0, 2) + chance.integers(0, 2, total)
    people_at = 2 * count + len(OUTSIDERS)
    person = np.where(
        country == 0,
        people_at + chance.integers(0, len(lexicon.PEOPLE_CN), total),
        people_at + len(lexicon.PEOPLE_CN) + chance.integers(0, len(lexicon.PEOPLE), total),
    )
    is_person = (draw >= 0.75) & ~in_world
    theirs = np.where(in_world, other, np.where(is_person, person, outsider))
    second = np.flatnonzero(chance.random(total) < 0.15)
    of = np.r_[np.arange(total), np.arange(total), second]
    who = np.r_[cases.party, np.where(in_world, other, MISSING), np.full(len(second), MISSING)]
    name = np.r_[mine, theirs, person[second]]
    role = np.r_[cases.role, against, np.full(len(second), DEFENDANT)]
    is_human = np.r_[np.zeros(total, bool), is_person, np.ones(len(second), bool)]
    index = np.r_[np.zeros(total, np.int64), np.ones(total, np.int64), np.full(len(second), 2)]
    order = np.lexsort((index, of))
    of, who, name, role, is_human, index = (
        array[order] for array in (of, who, name, role, is_human, index)
    )
    wins = np.where(cases.is_lost[of] == (index == 0), 1, 0)
    rows = len(of)
    known = who != MISSING
    frame: Frame = {
        "row_id": ids("party", cases.key[of] * 10 + index),
        "record_id": record.take(pa.array(of)),
        "party_index": index,
        "party_no": np.where(known, people.party_no[np.maximum(who, 0)], MISSING),
        "party_name": words_of(Coded(name, pool)),
        "role": Coded(role, ROLES),
        "role_text": Coded(np.where(country[of] == 0, role, 5 + role), [*ROLE_WORDS_CN, *ROLES]),
        "party_kind": Coded(is_human.astype(np.int64), ["company", "person"]),
        "result": Coded(np.full(rows, -1), RESULTS),
        "outcome": Coded(np.full(rows, -1), ["won", "lost", "partly"]),
    }
    done = np.flatnonzero(cases.judged[of] != MISSING)
    change = Change(
        done, moment(chance, cases.judged[of][done], country[of][done], 9), {"outcome": wins[done]}
    )
    made = history(
        frame, moment(chance, cases.filed[of] + 1, country[of], 3), [change] if len(done) else []
    )
    place = np.flatnonzero(known)
    there = who[place]
    truth: Frame = {
        "record_id": record.take(pa.array(of[place])),
        "party_no": people.party_no[there],
        "role": Coded(role[place], ROLES),
        "is_customer": (there < people.customers).astype(np.int64),
        "is_homonym": (people.homonym_of[there] != MISSING).astype(np.int64),
    }
    return made, truth
