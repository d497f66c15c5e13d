"""The CRM accounts of a chunk: which company each is, and when it trades."""

from dataclasses import dataclass

import numpy as np

from sandbox.world.columns import MISSING, Ints
from sandbox.world.era import ACCOUNTS_PER_CHUNK, Era
from sandbox.world.lexicon import COUNTRIES, COUNTRY_CURRENCY
from sandbox.world.population import Population, systems_of
from sandbox.world.tables import CURRENCIES

TERMS = (0, 15, 30, 45, 60, 90)
KEYS_PER_ACCOUNT = 10_000
_CURRENCY = np.array([CURRENCIES.index(currency) for currency in COUNTRY_CURRENCY])
_UNITS = np.array([1.0, 0.13, 0.11, 20.0, 0.14])
"""What one yuan is, roughly, in CURRENCIES: sizes of amounts, not rates."""


@dataclass(frozen=True)
class Accounts:
    """One row an account; all arrays are as long. `number` is the account's in the world, `party`
    the company's place in the chunk; `first` and `last` bound its trade (first > last: none)."""

    era: Era
    chunk: int
    number: Ints
    party: Ints
    system: Ints
    country: Ints
    currency: Ints
    unit: np.ndarray
    terms: Ints
    since: Ints
    first: Ints
    last: Ints
    is_reseller: Ints

    def __len__(self) -> int:
        return len(self.number)

    @property
    def keys(self) -> Ints:
        """The accounts' own keys."""
        return self.number * KEYS_PER_ACCOUNT


def drawn(people: Population) -> Accounts:
    """Accounts for all customers of the chunk, in the order of their systems."""
    era, chunk = people.era, people.chunk
    chance = era.chance(chunk, "accounts")
    systems, parties = systems_of(era.accounts_in(chunk))
    twice = np.sort(chance.permutation(parties)[: era.accounts_in(chunk) - parties])
    other = (systems[twice] + chance.integers(1, 3, len(twice))) % 3
    party = np.r_[np.arange(parties), twice]
    system = np.r_[systems, other]
    order = np.lexsort((party, system))
    party, system = party[order], system[order]
    total = len(party)
    country = people.country[party]
    draw = chance.random(total)
    is_old = draw < 0.80
    since = np.where(
        is_old,
        np.maximum(era.start - chance.integers(20, 2600, total), people.founded[party] + 30),
        era.start + chance.integers(0, era.days - 60, total),
    )
    first = np.maximum(since, era.start)
    last = np.where(chance.random(total) < 0.06, first + chance.integers(60, 800, total), era.end)
    last = np.minimum(last, era.end)
    default = people.health.default[party]
    stops = default + chance.integers(0, 30, total)
    last = np.where(default == MISSING, last, np.minimum(last, stops))
    is_prospect = (draw > 0.96) | (people.health.insolvency[party] < since) & (default != MISSING)
    return Accounts(
        era=era,
        chunk=chunk,
        number=chunk * ACCOUNTS_PER_CHUNK + np.arange(total),
        party=party,
        system=system,
        country=country,
        currency=_CURRENCY[country],
        unit=_UNITS[_CURRENCY[country]],
        terms=np.array(TERMS)[chance.choice(6, total, p=[0.04, 0.08, 0.34, 0.2, 0.24, 0.1])],
        since=since,
        first=first,
        last=np.where(is_prospect, first - 1, last),
        is_reseller=np.where(
            chance.random(total) < 0.08, MISSING, (chance.random(total) < 0.3).astype(np.int64)
        ),
    )


assert COUNTRIES[0] == "CN"  # noqa: S101  codes below count from it
