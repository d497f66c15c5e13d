"""The requirements the product answers, by id: `sql/reference/requirement.csv`.

`answer` is empty where tables compute it (headers and catalogue quote the id); else it says in one
sentence where the answer is, or which input no source gives.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from etl.settings import PROJECT

FILE = PROJECT / "sql" / "reference" / "requirement.csv"


@dataclass(frozen=True)
class Requirement:
    """One line: its id, what it is about, and the answer where no table gives it."""

    requirement: str
    title: str
    answer: str


@cache
def requirements(file: Path = FILE) -> tuple[Requirement, ...]:
    """Every requirement, in the file's order."""
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(Requirement(**row) for row in csv.DictReader(stream))
