"""The requirements the product answers, by id: `sql/reference/requirement.csv`.

`answer` is empty where tables compute it (headers and catalogue quote the id); else it says in one
sentence where the answer is, or which input no source gives. `also_called` has the names that the
requirement suggests and that are others here: `name = answer; name = answer`. An answer is the full
name of a table or column of ours (`schema.table.column`), perhaps with a word on its unit, or says in
words which file or page it is.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from etl.errors import ZixinError
from etl.settings import PROJECT

FILE = PROJECT / "sql" / "reference" / "requirement.csv"


@dataclass(frozen=True)
class Requirement:
    """One line: its id, what it is about, the answer where no table gives it, and other names."""

    requirement: str
    title: str
    answer: str
    also_called: str

    @property
    def other_names(self) -> tuple[tuple[str, str], ...]:
        """(the requirement's name, what answers it here), in the line's order.

        Raises:
            ZixinError: a part is not `name = answer`.
        """
        pairs = []
        for part in filter(None, (part.strip() for part in self.also_called.split(";"))):
            name, sign, answer = (piece.strip() for piece in part.partition("="))
            if not (name and sign and answer):
                raise ZixinError(
                    f"{FILE.name}, {self.requirement}, also_called: {part!r} must be `name = answer`, "
                    "with `;` between two of them"
                )
            pairs.append((name, answer))
        return tuple(pairs)


@cache
def requirements(file: Path = FILE) -> tuple[Requirement, ...]:
    """Every requirement, in the file's order."""
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(Requirement(**row) for row in csv.DictReader(stream))
