"""Companies by their names and numbers, old ones too."""

from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.server.outside import plain_name


class Index:
    """Every name and number any company ever had → its number in the world; made once a world.

    Numbers in the world are small integers, so the index of a hundred thousand companies is some
    tens of megabytes.
    """

    def __init__(self, view: Any) -> None:
        parties: set[int] = set()
        keyed: dict[str, set[int]] = {}
        columns = ("name", "name_zh", "name_en")
        numbers = ("uscc", "registration_number", "lei", "vat", "cik")
        for row in view.rows("company", columns=["party_no", *columns, *numbers]):
            parties.add(row["party_no"])
            for column in columns:
                if row[column]:
                    keyed.setdefault(plain_name(row[column]), set()).add(row["party_no"])
            for column in numbers:
                if row[column]:
                    key = f"{column}:{plain_name(row[column])}"
                    keyed.setdefault(key, set()).add(row["party_no"])
        for row in view.rows("former_name", columns=["party_no", "name"]):
            keyed.setdefault(plain_name(row["name"]), set()).add(row["party_no"])
        self.parties = tuple(sorted(parties))
        self.by_key = {key: tuple(sorted(found)) for key, found in keyed.items()}

    def named(self, name: str) -> tuple[int, ...]:
        """Companies that bear or bore exactly this name, width, brackets, spaces and case aside."""
        return self.by_key.get(plain_name(name), ())

    def numbered(self, scheme: str, value: str) -> tuple[int, ...]:
        """Companies with this number; spaces and case aside."""
        return self.by_key.get(f"{scheme}:{plain_name(value)}", ())


_INDEXES: WeakKeyDictionary[Any, tuple[date, Index]] = WeakKeyDictionary()


def index_of(world: Any, now: datetime) -> Index:
    """The index of a world at this moment; made anew when a virtual day has passed: names change."""
    held = _INDEXES.get(world)
    if held is None or held[0] != now.date():
        held = _INDEXES[world] = (now.date(), Index(world.at(now)))
    return held[1]
