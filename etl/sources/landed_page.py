"""What a batch of pages says of itself: one line an answered request."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from etl.landing import PAGES

DESCRIBE = "describe"
"""The kind of a page that says what the fields of an object are called."""


@dataclass(frozen=True)
class LandedPage:
    """One answered request. `file` is empty for an answer that is no data, `size` its bytes.
    `outcome`: `page`, `nothing` (the system said so) or `skip` (it could not answer about this
    subject)."""

    number: int
    file: str
    size: int
    lands: str
    about: Mapping[str, str]
    outcome: str


def landed_pages(folder: Path) -> Iterator[LandedPage]:
    """The pages of a batch, in the order they came."""
    with (folder / PAGES).open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            yield LandedPage(
                entry["n"],
                entry["file"] or "",
                entry.get("size", 0),
                entry["lands"],
                entry["about"],
                entry["outcome"],
            )
