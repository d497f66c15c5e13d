"""Which customer an outside record is about, how sure, and who must look.

    identifiers.py   numbers: one writing, check digits (python-stdnum)
    names.py         names: legal form, place, brand and numbers apart; sql/names.sql, data/*.csv
    mentions.py      which records name whom, read off the contract of the entities
    model.py         data/model.yaml: what each agreement says; declared, so that a night is a pure function
    link.py          sides → pairs → Splink's score → rules → links, all in sets
    night.py         one night: snapshots in, match.record_link and match.customer_link out
    tables.py        those two tables
    review.py        what waits for a person
    explain.py       one pair, letter by letter

A link is `accepted`, waits in `review`, or is `rejected`; thresholds are the policy's (`matching`).
"""

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etl.context import Context


def match_night(ctx: "Context", as_of: date) -> dict[str, Any]:
    """Write tonight's match.record_link and match.customer_link; rows by state."""
    from etl.matching.night import write_links

    return write_links(ctx, as_of)
