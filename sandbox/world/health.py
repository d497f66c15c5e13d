"""Hidden health, month by month, and who stops paying for good.

0 is middling, 1 sound, below -2 near the end. Health drifts; one company in sixteen slides. Default
is a monthly risk that rises with bad health; insolvency follows half of the defaults.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.world.columns import MISSING, Ints
from sandbox.world.era import Era

Reals = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Health:
    """`by_month`: (parties, months). Default and insolvency as day numbers, MISSING when never."""

    by_month: Reals
    default: Ints
    insolvency: Ints

    def at(self, era: Era, party: Ints, day: Ints) -> Reals:
        """Health of each party on each day (before and after the era: its first and last month)."""
        month = np.clip((day - era.start) * self.by_month.shape[1] // era.days, 0, None)
        return self.by_month[party, np.minimum(month, self.by_month.shape[1] - 1)]


def drawn(era: Era, chunk: int, parties: int) -> Health:
    """Health of so many parties."""
    chance = era.chance(chunk, "health")
    months = era.months()
    steps = chance.normal(0, 0.13, (parties, len(months)))
    steps[:, 0] = chance.normal(0.75, 0.75, parties)
    sliding = chance.random(parties) < 1 / 16
    turn = chance.integers(0, len(months), parties)
    slope = sliding[:, None] & (np.arange(len(months)) > turn[:, None])
    steps -= np.where(slope, 0.13, 0)
    path = steps.cumsum(axis=1)
    risk = 1 / (1 + np.exp(6.4 + 2.1 * path))
    struck = chance.random(path.shape) < risk
    defaulted = struck.any(axis=1)
    month = struck.argmax(axis=1)
    default = np.where(defaulted, months[month] + chance.integers(0, 28, parties), MISSING)
    after = np.arange(len(months)) >= month[:, None]
    path = np.where(defaulted[:, None] & after, np.minimum(path, -2.2), path)
    insolvent = defaulted & (chance.random(parties) < 0.5)
    insolvency = np.where(insolvent, default + chance.integers(60, 260, parties), MISSING)
    return Health(path, default, insolvency)
