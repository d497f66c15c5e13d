"""Public lists that follow from lost cases and default, and those the register keeps."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.world import lexicon, names
from sandbox.world.cases import COURTS, DEFENDANT, OUTSIDERS, Cases, joined
from sandbox.world.columns import MISSING, Coded, Frame, nothing, texts, words_of
from sandbox.world.identifiers import digits
from sandbox.world.population import Population
from sandbox.world.registers import ids, party_keys
from sandbox.world.versions import Change, history, moment

LISTS = ["enforcement", "dishonest", "consumption_limit", "enforcement_ended", "abnormal_operation",
         "serious_illegal", "bankruptcy", "revoked", "deregistered"]  # fmt: skip
REASONS = ["", "有履行能力而拒不履行生效法律文书确定义务", "", "", "通过登记的住所或者经营场所无法联系",
           "提交虚假材料", "不能清偿到期债务", "吊销营业执照", "决议解散"]  # fmt: skip


def drawn(people: Population, chance: np.random.Generator, cases: Cases) -> Frame:
    """被执行 after a lost case, 失信 and 限高 after that; and what the register publishes."""
    era = people.era
    is_cn = people.country[cases.party] == 0
    weak = (
        people.health.at(
            era, cases.party, np.where(cases.judged == MISSING, cases.filed, cases.judged)
        )
        < 0.2
    )
    lost = np.flatnonzero(
        is_cn
        & cases.is_lost
        & (cases.role == DEFENDANT)
        & (cases.judged != MISSING)
        & (chance.random(len(cases.party)) < np.where(weak, 0.8, 0.15))
    )
    enforced = cases.judged[lost] + chance.integers(20, 90, len(lost))
    bad = chance.random(len(lost)) < np.where(weak[lost], 0.6, 0.1)
    limited = bad & (chance.random(len(lost)) < 0.8)
    ended = chance.random(len(lost)) < 0.3
    picked = (lost, lost[bad], lost[limited], lost[ended])
    party = [cases.party[at] for at in picked]
    amount = [cases.amount[at] for at in picked]
    day = [enforced, enforced[bad] + 40, enforced[limited] + 35, enforced[ended] + 120]
    total = len(people)
    insolvency, cn = people.health.insolvency, people.country == 0
    for rate in (0.02, 0.004):  # abnormal_operation, serious_illegal
        at = np.flatnonzero(cn & (chance.random(total) < rate))
        party.append(at)
        day.append(era.start + chance.integers(0, era.days, len(at)))
        amount.append(np.full(len(at), MISSING))
    at = np.flatnonzero(cn & (insolvency != MISSING))
    party.append(at)
    day.append(insolvency[at])
    amount.append(np.full(len(at), MISSING))
    kind = np.repeat(np.arange(len(party)), [len(part) for part in party])
    who, when, sum_ = np.concatenate(party), np.concatenate(day), np.concatenate(amount)
    inside = when <= era.end
    who, when, sum_, kind = who[inside], when[inside], sum_[inside], kind[inside]
    order = np.lexsort((kind, when, who))
    who, when, sum_, kind = who[order], when[order], sum_[order], kind[order]
    count = len(who)
    year = pa.array((1970 + when / 365.2425).astype(np.int64).astype(str).tolist(), pa.string())
    number = texts(digits(chance.integers(100, 99_999, count), 5))
    of_court = kind < 4
    rest = np.where(sum_ == MISSING, MISSING, sum_ * chance.integers(30, 101, count) // 100)
    case_no = joined("（", year, "）沪0115执", number, "号")
    court = np.where(of_court, chance.integers(0, 6, count), len(COURTS))
    base: Frame = {
        "row_id": ids("listing", party_keys(people, who)),
        "party_no": people.party_no[who],
        "party_name": words_of(Coded(who, names.legal(people.parts))),
        "kind": Coded(kind, LISTS),
        "case_no": pc.if_else(pa.array(of_court), case_no, pa.nulls(count, pa.string())),
        "court": Coded(court, [*(row[0] for row in COURTS), "市场监督管理局"]),
        "amount": sum_,
        "unperformed_amount": np.where((kind == 1) | (kind == 3), rest, MISSING),
        "currency": Coded(np.where(sum_ == MISSING, -1, 0), ["CNY"]),
        "listed_on": when,
        "published_on": when + chance.integers(1, 15, count),
        "ended_on": nothing(count),
        "person_name": Coded(
            np.where(kind == 2, who % len(lexicon.PEOPLE_CN), -1), lexicon.PEOPLE_CN
        ),
        "applicant": Coded(np.where((kind == 0) | (kind == 2), who % 2, -1), OUTSIDERS[:2]),
        "reason": Coded(np.where(np.isin(kind, (1, 4, 5, 6)), kind, -1), REASONS),
        "performance": Coded(np.where(kind == 1, who % 2, -1), ["全部未履行", "部分未履行"]),
    }
    country = people.country[who]
    ends = np.flatnonzero((chance.random(count) < 0.35) & (kind != 6) & (kind != 3))
    last = when[ends] + chance.integers(60, 500, len(ends))
    change = Change(ends, moment(chance, last, country[ends], 3), {"ended_on": last})
    frame = history(
        base, moment(chance, base["published_on"], country, 3), [change] if len(ends) else []
    )
    frame["listing_id"] = frame["row_id"]
    return frame
