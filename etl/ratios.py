"""The ratios of the accounts that standard values can be held against, by name: `sql/reference/ratio.csv`.

Columns of `event.statement`. What a scorecard weighs (C8) and what a file of standard values may be about is told
from here; `core.performance_ratio` has a line for each.
"""

import csv
from functools import cache

from etl.settings import PROJECT

FILE = PROJECT / "sql" / "reference" / "ratio.csv"


@cache
def ratios() -> dict[str, bool]:
    """Ratio → whether less of it is better, in the file's order."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {row["ratio"]: row["is_reverse"] == "yes" for row in csv.DictReader(stream)}
