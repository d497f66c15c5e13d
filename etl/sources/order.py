"""What a pull is told to do, and what became of it."""

from dataclasses import dataclass

from etl.errors import BadInput
from etl.landing import Batch
from etl.sources.connector import Subject


@dataclass(frozen=True)
class Pulled:
    """What became of a pull. `batch`: what landed (None: nothing was asked). `remark`: what a person
    should know, such as what was left for another night; empty if nothing. `earlier`: what an earlier
    night had begun and this one finished, which landed before."""

    batch: Batch | None
    remark: str = ""
    earlier: tuple[Batch, ...] = ()


@dataclass(frozen=True)
class Order:
    """Whom to ask, and how many paid requests that may take. Empty for systems asked as a whole.
    `waiting`: who is due as well, but beyond the budget."""

    subjects: tuple[Subject, ...] = ()
    budget: int | None = None
    waiting: int = 0


class LeftForLater(BadInput):
    """A quota or a window is used up: the next run goes on from there."""
