"""What the CRM knows of its accounts, which is not what is true: names and numbers go wrong."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.world import lexicon, names
from sandbox.world.accounts import Accounts
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Number, Ref, digits, texts, words_of
from sandbox.world.population import Population
from sandbox.world.tables import CURRENCIES, PLACES, SYSTEMS
from sandbox.world.versions import Change, history, moment

NAME_ERRORS = (
    "", "truncated", "half_width_brackets", "full_width_brackets", "no_legal_form",
    "other_legal_form", "upper_case", "stray_spaces", "country_in_brackets", "former_name",
)  # fmt: skip
_RATES = [0.75, 0.02, 0.03, 0.03, 0.03, 0.04, 0.02, 0.04, 0.04]
NUMBER_ERRORS = ("", "missing", "mistyped", "of_another")
LEVELS = ["A 战略", "B 重点", "C 普通", "D 潜在"]
SHORTER = [("Limited", "Ltd"), ("Ltd", "Limited"), ("Inc.", "Incorporated"), ("Corp.", "Corporation"),
           ("有限责任公司", "有限公司"), ("股份有限公司", "股份公司"), ("GmbH", "Gmbh"), ("S.r.l.", "SRL")]  # fmt: skip

_ENDING = (
    r"(（集团）)?(有限责任|股份有限|有限)公司$"
    r"| (Inc\.|LLC|Corp\.|Co\.|Ltd|Limited|PLC|GmbH|AG|SARL|SAS|S\.r\.l\.|K\.K\.)$"
)


def drawn(people: Population, accounts: Accounts) -> tuple[Frame, Frame]:
    """The tables customer and truth_customer."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "crm")
    total, party = len(accounts), accounts.party
    country = accounts.country
    error = chance.choice(len(_RATES), total, p=_RATES)
    true = names.legal(people.parts).take(pa.array(party))
    old = names.legal(people.old_parts).take(pa.array(party))
    renamed_on = people.renamed_on[party]
    knew_old = (renamed_on != MISSING) & (renamed_on > accounts.since)
    follows = knew_old & (chance.random(total) < 0.5) & (error == 0)
    written = _written(true, error)
    pool = pa.concat_arrays([written, _written(old, error)])
    shows_old = knew_old
    name_error = np.where(error == 0, np.where(knew_old & ~follows, 9, 0), error)
    numbers, wrong = _numbers(chance, people, accounts)
    created = moment(chance, accounts.since, country)
    level = np.minimum(chance.integers(0, 4, total), 3)
    owners = [*lexicon.OWNERS_CN, *lexicon.OWNERS]
    split = len(lexicon.OWNERS_CN)
    owner = np.where(
        country == 0, chance.integers(0, split, total), chance.integers(split, len(owners), total)
    )
    parent = _parents(people, accounts)
    contacts = [*lexicon.PEOPLE_CN, *lexicon.PEOPLE]
    halfway = len(lexicon.PEOPLE_CN)
    contact = np.where(
        country == 0,
        chance.integers(0, halfway, total),
        chance.integers(halfway, len(contacts), total),
    )
    base: Frame = {
        "row_id": Ref(PLACES["customer"], accounts.keys),
        "number": Number("C", accounts.keys // 10_000),
        "customer_name": Coded(np.arange(total) + np.where(shows_old, total, 0), pool),
        "country": Coded(country, lexicon.COUNTRIES),
        "city": Coded(party, names.city_of(people.parts)),
        "address": Coded(party, addresses(people)),
        "contact_name": Coded(contact, contacts),
        "phone": _phones(chance, country),
        "email": Coded(
            np.where(chance.random(total) < 0.8, np.arange(total), -1), _mails(accounts)
        ),
        "website": Coded(
            np.where(chance.random(total) < 0.4, np.arange(total), -1), _sites(accounts)
        ),
        "industry": Coded(people.industry[party], _industry_words()),
        "level": Coded(level, LEVELS),
        "owner_id": Coded(owner, [f"U{1000 + nth}" for nth in range(len(owners))]),
        "owner_name": Coded(owner, owners),
        "customer_since": accounts.since,
        "is_reseller": accounts.is_reseller,
        "competitor_share": _shares(chance, accounts),
        "payment_terms_days": np.where(chance.random(total) < 0.93, accounts.terms, MISSING),
        "currency": Coded(accounts.currency, CURRENCIES),
        "credit_limit": np.where(
            chance.random(total) < 0.6,
            (np.exp(chance.normal(12, 1, total)) * accounts.unit // 1000).astype(np.int64)
            * 100_000,
            MISSING,
        ),
        **numbers,
        "former_name": Coded(np.full(total, -1), old),
        "parent_id": Ref(PLACES["customer"], parent),
        "parent_name": Coded(
            np.where(parent >= 0, people.parent[party], -1), names.legal(people.parts)
        ),
    }
    told = np.flatnonzero(~knew_old & (renamed_on != MISSING) & (chance.random(total) < 0.4))
    base["former_name"].codes[told] = told
    who = np.flatnonzero(follows)
    learnt = renamed_on[who] + chance.integers(3, 200, len(who))
    moved = np.flatnonzero(chance.random(total) < 0.5)
    when = era.start + chance.integers(0, era.days, len(moved))
    ready = when > accounts.since[moved]
    moved, when = moved[ready], when[ready]
    promoted = (level[moved] + 1) % 4
    # In time order per row: an account that is both renamed and moved keeps the later moment.
    changes = [
        Change(moved, moment(chance, when, country[moved]), {"level": promoted}),
        Change(
            who,
            moment(chance, learnt, country[who]),
            {"customer_name": who, "former_name": who},
        ),
    ]
    frame = history(base, created, [change for change in changes if len(change.index)])
    frame["customer_id"] = frame["row_id"]
    truth: Frame = {
        "system": Coded(accounts.system, SYSTEMS),
        "customer_id": Ref(PLACES["customer"], accounts.keys),
        "party_no": people.party_no[party],
        "name_error": Coded(np.where(name_error == 0, -1, name_error), NAME_ERRORS),
        **{
            f"{name}_error": Coded(np.where(wrong[name] == 0, -1, wrong[name]), NUMBER_ERRORS)
            for name in ("uscc", "lei", "vat")
        },
    }
    return frame, truth


def addresses(people: Population) -> pa.Array:
    """A street address for each party."""
    number = people.party_no * 7 % 880 + 1
    city = names.city_of(people.parts)
    at = number.astype(str).tolist()
    han = pc.binary_join_element_wise(
        city,
        "市",
        words_of(Coded(number % len(lexicon.STREETS_CN), lexicon.STREETS_CN)),
        pa.array(at),
        "号",
        "",
    )
    western = pc.binary_join_element_wise(
        pa.array(at), words_of(Coded(number % len(lexicon.STREETS), lexicon.STREETS)), " "
    )
    return pc.if_else(pa.array(people.country == 0), han, western)


def _industry_words() -> list[str]:
    return [industry[1] for industry in lexicon.INDUSTRIES]


def _written(true: pa.Array, error: Ints) -> pa.Array:
    """The name as somebody typed it."""
    shorter = true
    for form, other in SHORTER:
        ends = pc.ends_with(shorter, form)
        ends = pc.and_(ends, pc.equal(shorter, true))
        shorter = pc.if_else(ends, pc.replace_substring(true, form, other), shorter)
    bare = pc.replace_substring_regex(true, _ENDING, "")
    is_han = pc.ends_with(true, "公司")
    half = pc.replace_substring(pc.replace_substring(true, "（", "("), "）", ")")
    spaced = pc.binary_join_element_wise(pc.utf8_replace_slice(true, 2, 2, " "), "", " ")
    branded = pc.if_else(
        is_han,
        pc.replace_substring(true, "有限", "（中国）有限", max_replacements=1),
        pc.binary_join_element_wise(true, "(China)", " "),
    )
    variants = [
        true,
        pc.utf8_slice_codeunits(true, 0, 9),
        pc.if_else(is_han, pc.replace_substring(half, "有限公司", "(中国)有限公司"), half),
        pc.if_else(is_han, pc.replace_substring(true, "有限公司", "（有限）公司"), true),
        bare,
        shorter,
        pc.utf8_upper(true),
        spaced,
        branded,
    ]
    return pc.choose(pa.array(error), *variants)


def _numbers(
    chance: np.random.Generator, people: Population, accounts: Accounts
) -> tuple[dict[str, pa.Array], dict[str, Ints]]:
    """Numbers as the CRM has them: 8 % missing, 2 % mistyped, 1 % somebody else's."""
    total, party = len(accounts), accounts.party
    shown: dict[str, pa.Array] = {}
    wrong: dict[str, Ints] = {}
    rates: dict[str, list[float]] = {
        "uscc": [0.89, 0.08, 0.02, 0.01],
        "lei": [0.5, 0.47, 0.02, 0.01],
        "vat": [0.89, 0.08, 0.02, 0.01],
        "registration_number": [0.4, 0.6, 0.0, 0.0],
        "duns": [0.3, 0.7, 0.0, 0.0],
        "cik": [0.5, 0.5, 0.0, 0.0],
    }
    for name, rate in rates.items():
        true = people.numbers[name].take(pa.array(party))
        error = chance.choice(4, total, p=rate)
        error = np.where(np.asarray(true.is_valid()), error, 0)
        if name == "registration_number":
            error = np.where(accounts.country == 0, 1, error)
        pool = np.flatnonzero(np.asarray(true.is_valid()))
        other: Any = np.arange(total)
        if len(pool) > 1:
            other = pool[(np.searchsorted(pool, np.arange(total)) + 1) % len(pool)]
        last = pc.utf8_slice_codeunits(true, -1)
        typo = pc.binary_join_element_wise(
            pc.utf8_slice_codeunits(true, 0, -1), pc.if_else(pc.equal(last, "3"), "5", "3"), ""
        )
        shown[name] = pc.choose(
            pa.array(error), true, pa.nulls(total, pa.string()), typo, true.take(pa.array(other))
        )
        wrong[name] = error
    return shown, wrong


def _parents(people: Population, accounts: Accounts) -> Ints:
    """The parent's account in the same CRM, where it has one; the CRM knows two of three."""
    place = np.full((3, len(people)), -1)
    place[accounts.system, accounts.party] = accounts.keys
    parent = people.parent[accounts.party]
    key = place[accounts.system, np.maximum(parent, 0)]
    return np.where((parent >= 0) & (accounts.number % 3 != 0), key, -1)


def _shares(chance: np.random.Generator, accounts: Accounts) -> Ints:
    draw = chance.beta(1.1, 2.2, len(accounts))
    draw = np.where(chance.random(len(accounts)) < 0.3, 0.0, draw)
    share = (np.round(draw, 2) * 1_000_000).astype(np.int64)
    said = (accounts.is_reseller == 1) & (chance.random(len(accounts)) < 0.7)
    return np.where(said, share, MISSING)


def _phones(chance: np.random.Generator, country: Ints) -> pa.Array:
    codes = ["+86 ", "+1 ", "+44 ", "+49 ", "+33 ", "+39 ", "+81 "]
    head = np.zeros((len(country), 4), np.uint8)
    for nth, code in enumerate(codes):
        head[country == nth, : len(code)] = np.frombuffer(code.encode(), np.uint8)
    return texts(np.hstack([head, digits(chance.integers(10**8, 10**9, len(country)), 9)]))


def _mails(accounts: Accounts) -> pa.Array:
    number = pa.array(accounts.number.astype(str).tolist())
    return pc.binary_join_element_wise("accounts.", number, "@example.com", "")


def _sites(accounts: Accounts) -> pa.Array:
    number = pa.array(accounts.number.astype(str).tolist())
    return pc.binary_join_element_wise("https://c", number, ".example.com", "")
