"""What became of a batch in mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from etl.quality.conservation import Received


@dataclass(frozen=True)
class Mapped:
    """What became of a batch.

    `received`: entity → rows read and duplicates left out; the rest is in the files or the rejects.
    `reasons`: entity, rule, rows and an example of each kind of reject, the most frequent first.
    `unmatched`: rows that are no record by any `when`. `cleaned`: entity → rows whose free text
    lost control characters. `files`: how each file was read.
    """

    received: Mapping[str, Received]
    reasons: tuple[dict[str, Any], ...] = ()
    unmatched: int = 0
    cleaned: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
