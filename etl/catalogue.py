"""The catalogue of indicators: what each is called, counted in and said of, in both languages.

One file a family, `sql/reference/indicator/<family>.csv`, called like the table of `sql/2_indicator`
that holds its columns. Credit files, pages, the data dictionary, the tall table of measures and the
policy's scorecard all read it here.
"""

import csv
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from etl.errors import ZixinError
from etl.settings import PROJECT

CATALOGUE = PROJECT / "sql" / "reference" / "indicator"


@dataclass(frozen=True)
class Indicator:
    """One line. `source` is schema.table; `sample` and `dated` name columns of it that say on how
    many items and on data of which day the value rests (empty: none, or the night itself);
    `null_reason` is the word for why it is empty, where no column `<indicator>_reason` says it."""

    indicator: str
    source: str
    unit: str
    sample: str
    dated: str
    null_reason: str
    is_scored: str
    name_zh: str
    name_en: str
    meaning_zh: str
    meaning_en: str
    requirements: str

    @property
    def family(self) -> str:
        """The table's name: `payment` of `indicator.payment`."""
        return self.source.split(".", 1)[1]


COLUMNS = tuple(field.name for field in fields(Indicator))


def read_catalogue(folder: Path = CATALOGUE) -> tuple[Indicator, ...]:
    """Every line, family by family in order of name, each in the file's order; ZixinError names a
    file whose columns are other ones."""
    lines: list[Indicator] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise ZixinError(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
            for row in reader:
                if None in row or None in row.values():
                    raise ZixinError(
                        f"{path.name}, line {reader.line_num}: {len(COLUMNS)} fields are needed"
                    )
                lines.append(Indicator(**row))
    return tuple(lines)


@cache
def catalogue() -> tuple[Indicator, ...]:
    """The project's own catalogue."""
    return read_catalogue()
