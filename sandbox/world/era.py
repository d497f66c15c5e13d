"""When a world is, how large, and where its chance comes from."""

import zlib
from dataclasses import dataclass
from datetime import date

import numpy as np

from sandbox.world.columns import Ints

FORMAT = 4
"""Raise it when a world made by the same parameters would look different."""
ACCOUNTS_PER_CHUNK = 5000
PARTIES_PER_CHUNK = 10_000
"""Numbers set aside for the parties of a chunk; a stranger's begin at FIRST_STRANGER."""
FIRST_STRANGER = 6000
YEARS = 3
EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Era:
    """Three calendar years, the last of which is `year`; the same whatever day it is asked for."""

    seed: int
    customers: int
    year: int

    @property
    def start(self) -> int:
        """1 January of the first year, as a day number."""
        return day_number(date(self.year - YEARS + 1, 1, 1))

    @property
    def end(self) -> int:
        """31 December of the last year."""
        return day_number(date(self.year, 12, 31))

    @property
    def days(self) -> int:
        """How many days there are."""
        return self.end - self.start + 1

    @property
    def chunks(self) -> int:
        """In how many parts it is made."""
        return -(-self.customers // ACCOUNTS_PER_CHUNK)

    def accounts_in(self, chunk: int) -> int:
        """How many CRM accounts a chunk has: all are full but the last."""
        return min(ACCOUNTS_PER_CHUNK, self.customers - chunk * ACCOUNTS_PER_CHUNK)

    def chance(self, chunk: int, topic: str) -> np.random.Generator:
        """The numbers drawn for one topic of one chunk: no other topic moves them."""
        return np.random.default_rng([self.seed, chunk, zlib.crc32(topic.encode())])

    def months(self) -> Ints:
        """First day of each month, as day numbers."""
        return np.array(
            [
                day_number(date(self.year - YEARS + 1 + nth // 12, nth % 12 + 1, 1))
                for nth in range(12 * YEARS)
            ]
        )
