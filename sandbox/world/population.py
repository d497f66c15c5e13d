"""The companies of a chunk: customers first, then strangers, among them bearers of the same names."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sandbox.world import health, identifiers, lexicon, names
from sandbox.world.columns import MISSING, Ints, texts
from sandbox.world.era import ACCOUNTS_PER_CHUNK, FIRST_STRANGER, PARTIES_PER_CHUNK, Era
from sandbox.world.health import Health
from sandbox.world.names import CN, NameParts

IN_TWO_SYSTEMS = 0.03
STRANGERS = 0.3
SYSTEM_SHARES = (0.60, 0.15, 0.25)
COUNTRY_SHARES = (
    (1.0, 0, 0, 0, 0, 0, 0),
    (0, 0.68, 0.32, 0, 0, 0, 0),
    (0, 0.28, 0.1, 0.26, 0.14, 0.1, 0.12),
)
"""Per system: CN US GB DE FR IT JP."""
SIZES = ("micro", "small", "medium", "large")


@dataclass
class Population:
    """One row a party, in party_no order; `customers` of them are customers."""

    era: Era
    chunk: int
    customers: int
    party_no: Ints
    country: Ints
    industry: Ints
    size: Ints
    staff: Ints
    founded: Ints
    capital: Ints
    listed: Ints
    parts: NameParts
    old_parts: NameParts
    renamed_on: Ints
    parent: Ints
    homonym_of: Ints
    homonym_kind: Ints
    health: Health
    numbers: dict[str, pa.Array]

    def __len__(self) -> int:
        return len(self.party_no)


def systems_of(accounts: int) -> tuple[Ints, int]:
    """The CRM of each legal party's first account, rising; and how many parties there are."""
    parties = accounts - round(accounts * IN_TWO_SYSTEMS)
    bounds = np.cumsum(np.round(np.array(SYSTEM_SHARES[:2]) * parties)).astype(np.int64)
    return np.searchsorted(bounds, np.arange(parties), side="right"), parties


def drawn(era: Era, chunk: int) -> Population:
    """The parties of one chunk."""
    chance = era.chance(chunk, "population")
    systems, customers = systems_of(era.accounts_in(chunk))
    strangers = round(customers * STRANGERS)
    total = customers + strangers
    first = chunk * PARTIES_PER_CHUNK
    party_no = first + np.r_[np.arange(customers), FIRST_STRANGER + np.arange(strangers)]
    of_system = np.r_[systems, chance.choice(3, strangers, p=SYSTEM_SHARES)]
    country = np.zeros(total, np.int64)
    for system, shares in enumerate(COUNTRY_SHARES):
        here = of_system == system
        country[here] = chance.choice(len(shares), here.sum(), p=shares)
    industry = chance.integers(0, len(lexicon.INDUSTRIES), total)
    staff = np.minimum(np.exp(chance.normal(3.6, 1.3, total)).astype(np.int64) + 1, 60_000)
    founded = era.start - chance.integers(400, 9000, total)
    parts = names.drawn(chance, country, industry)
    homonym_of, kind = _homonyms(chance, parts, customers, total)
    old, renamed_on = _renamed(era, chance, parts)
    people = Population(
        era=era,
        chunk=chunk,
        customers=customers,
        party_no=party_no,
        country=parts.country,
        industry=parts.trade,
        size=np.searchsorted([10, 100, 500], staff, side="right"),
        staff=staff,
        founded=founded,
        capital=np.round(staff * np.exp(chance.normal(3.0, 0.7, total))).astype(np.int64)
        * 10_000
        * 100,
        listed=_listed(chance, country, staff),
        parts=parts,
        old_parts=old,
        renamed_on=renamed_on,
        parent=_groups(chance, total),
        homonym_of=homonym_of,
        homonym_kind=kind,
        health=health.drawn(era, chunk, total),
        numbers={},
    )
    people.numbers = _numbers(chance, people)
    return people


def _listed(chance: np.random.Generator, country: Ints, staff: Ints) -> Ints:
    """Large companies often are; and three American ones always, so that somebody files accounts."""
    american = country == lexicon.COUNTRIES.index("US")
    rate = np.where(staff > 400, 0.35, np.where(american, 0.06, 0.0))
    listed = (chance.random(len(country)) < rate).astype(np.int64)
    listed[np.flatnonzero(american)[:3]] = 1
    return listed


def _homonyms(
    chance: np.random.Generator, parts: NameParts, customers: int, total: int
) -> tuple[Ints, Ints]:
    """One stranger in eight bears a customer's name: 0 the same, 1 another form, 2 another city."""
    homonym_of = np.full(total, MISSING)
    kind = np.full(total, MISSING)
    strangers = total - customers
    count = max(2, strangers // 8) if strangers > 2 else 0
    who = customers + chance.permutation(strangers)[:count]
    whom = chance.permutation(customers)[: len(who)]
    who = who[: len(whom)]
    how = np.arange(len(who)) % 3
    parts.country[who], parts.trade[who] = parts.country[whom], parts.trade[whom]
    parts.brand[who] = parts.brand[whom]
    parts.form[who] = np.where(how == 1, (parts.form[whom] + 1) % 6, parts.form[whom])
    parts.city[who] = np.where(how == 2, (parts.city[whom] + 1) % 8, parts.city[whom])
    homonym_of[who], kind[who] = whom, how
    # Two customers of one name, in two countries' or districts' registers: one pair in a thousand.
    for _ in range(customers // 1000 + (customers > 20)):
        one, other = chance.integers(0, customers, 2)
        if one != other and parts.country[one] == parts.country[other]:
            for part in ("city", "brand", "trade", "form"):
                getattr(parts, part)[one] = getattr(parts, part)[other]
    return homonym_of, kind


def _renamed(era: Era, chance: np.random.Generator, parts: NameParts) -> tuple[NameParts, Ints]:
    """One in seventeen was renamed: half before the era begins."""
    total = len(parts.brand)
    old = parts.copy()
    renamed = chance.random(total) < 0.06
    day = chance.integers(era.start - 900, era.end - 60, total)
    anew = chance.integers(0, 3600, total)
    keeps_brand = chance.random(total) < 0.4
    old.brand = np.where(renamed & ~keeps_brand, anew, parts.brand)
    old.trade = np.where(renamed & keeps_brand, (parts.trade + 7) % 20, parts.trade)
    return old, np.where(renamed, day, MISSING)


def _groups(chance: np.random.Generator, total: int) -> Ints:
    """One in twelve belongs to a parent that belongs to nobody: its index, or MISSING."""
    draw = chance.random(total)
    children = draw < 1 / 12
    heads = np.flatnonzero(draw > 0.93)
    parent = np.full(total, MISSING)
    if len(heads):
        parent[children] = heads[chance.integers(0, len(heads), children.sum())]
    return parent


def _numbers(chance: np.random.Generator, people: Population) -> dict[str, pa.Array]:
    """Every official number a party has; NULL where its country gives none."""
    no, country = people.party_no, people.country
    codes = np.array([int(city.partition(":")[2]) for city in lexicon.CITIES_CN])
    region = np.where(country == CN, codes[people.parts.city % len(codes)], 0)
    total = len(no)
    at = {name: np.flatnonzero(country == nth) for nth, name in enumerate(lexicon.COUNTRIES)}
    vat = np.zeros((total, 13), np.uint8)
    registration = np.zeros((total, 15), np.uint8)
    for name, make in (
        ("GB", identifiers.vat_gb),
        ("DE", identifiers.vat_de),
        ("FR", identifiers.vat_fr),
        ("IT", identifiers.vat_it),
    ):
        made = make(no[at[name]])
        vat[at[name], : made.shape[1]] = made
    for name, prefix, width in (
        ("CN", "", 15),
        ("US", "", 7),
        ("GB", "", 8),
        ("DE", "HRB ", 6),
        ("IT", "MI-", 7),
    ):
        who = at[name]
        made = identifiers.digits(
            identifiers.scrambled(no[who], 1_299_709, 10**width if width < 15 else 10**9)
            + (310_000 * 10**9 if width == 15 else 0),
            width,
        )
        registration[who, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
        registration[who, len(prefix) : len(prefix) + width] = made
    registration[at["FR"], :9] = identifiers.siren(no[at["FR"]])
    registration[at["JP"], :13] = identifiers.corporate_jp(no[at["JP"]])
    has_lei = (people.staff > 300) | (chance.random(total) < 0.15)
    has_duns = chance.random(total) < 0.5
    is_filer = (country == lexicon.COUNTRIES.index("US")) & (people.listed == 1)
    return {
        "uscc": texts(identifiers.uscc(no, region), country != CN),
        "lei": texts(identifiers.lei(no), ~has_lei),
        "vat": texts(vat, vat[:, 0] == 0),
        "registration_number": texts(registration),
        "duns": texts(identifiers.duns(no), ~has_duns),
        "cik": texts(
            identifiers.digits(1_000_000 + identifiers.scrambled(no, 7919, 900_000), 10), ~is_filer
        ),
    }


assert ACCOUNTS_PER_CHUNK <= FIRST_STRANGER <= PARTIES_PER_CHUNK - ACCOUNTS_PER_CHUNK * STRANGERS  # noqa: S101
