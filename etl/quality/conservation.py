"""Nothing is lost: received = loaded + duplicate + quarantined + held, by count and by amount.

The mapper counts what it received while it reads. The rest is counted here from the files that were
written, so a row that falls between two of them is noticed. Amounts are plain sums over all
currencies: a checksum, not a figure for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl.errors import BrokenCheck

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Tally:
    """Rows, and the sum of their amounts where the entity has an amount that could be read."""

    rows: int = 0
    amount: Decimal = NOTHING

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.rows + other.rows, self.amount + other.amount)

    def as_dict(self) -> dict[str, Any]:
        """The amount as text: JSON has no decimals."""
        return {"rows": self.rows, "amount": f"{self.amount:.2f}"}


@dataclass(frozen=True)
class Received:
    """What the mapper read for one entity of a batch, and how much of that it had already seen."""

    received: Tally
    duplicate: Tally = Tally()


@dataclass(frozen=True)
class Conservation:
    """Where every row of one entity of one batch went."""

    feed: str
    batch: str
    entity: str
    received: Tally
    loaded: Tally
    duplicate: Tally
    quarantined: Tally
    held: Tally

    @property
    def is_balanced(self) -> bool:
        """True when every row received is somewhere, once."""
        return self.received == self.loaded + self.duplicate + self.quarantined + self.held

    def require_balance(self) -> "Conservation":
        """Self.

        Raises:
            BrokenCheck: rows were lost or made up; the sentence shows the sum.
        """
        if not self.is_balanced:
            parts = {
                "loaded": self.loaded,
                "duplicate": self.duplicate,
                "quarantined": self.quarantined,
                "held": self.held,
            }
            found = " + ".join(f"{tally.rows} ({tally.amount}) {n}" for n, tally in parts.items())
            raise BrokenCheck(
                f"Batch {self.batch}, {self.entity}: {self.received.rows} rows "
                f"({self.received.amount}) received, but {found}; this is a fault of the "
                "program, nothing of the batch was loaded."
            )
        return self

    def as_dict(self) -> dict[str, Any]:
        """For quality.json."""
        return {
            "feed": self.feed,
            "batch": self.batch,
            "entity": self.entity,
            "received": self.received.as_dict(),
            "loaded": self.loaded.as_dict(),
            "duplicate": self.duplicate.as_dict(),
            "quarantined": self.quarantined.as_dict(),
            "held": self.held.as_dict(),
        }


def balance(
    feed: str,
    batch: str,
    received: Mapping[str, Received],
    loaded: Mapping[str, Tally],
    quarantined: Mapping[str, Tally],
    held: Mapping[str, Tally],
) -> tuple[Conservation, ...]:
    """One balanced account an entity, by name; BrokenCheck when one does not add up."""
    entities = sorted({*received, *loaded, *quarantined, *held})
    return tuple(
        Conservation(
            feed=feed,
            batch=batch,
            entity=entity,
            received=received.get(entity, Received(Tally())).received,
            loaded=loaded.get(entity, Tally()),
            duplicate=received.get(entity, Received(Tally())).duplicate,
            quarantined=quarantined.get(entity, Tally()),
            held=held.get(entity, Tally()),
        ).require_balance()
        for entity in entities
    )
