"""What the publication of one night is told beside the tables: nothing here reads a clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True)
class Source:
    """One feed as it stands tonight. `held`: refused tonight, its last good data stands."""

    feed: str
    batch: str | None
    known_on: date | None
    status: Literal["loaded", "warned", "held"]
    sentence: str = ""
    remark: str = ""


@dataclass(frozen=True)
class NightContext:
    """One night.

    `assets` leads from the night's folder to the shared files (`../assets/<hash>`); `arrivals` are
    `ArrivalVerdict.as_dict()` and `suites` `SuiteReport.as_dict()` of the tables; `quarantine` names
    a relation of the connection with the columns of `etl.quarantine.REGISTER`, None: nothing is in it.
    """

    as_of: date
    code_version: str
    assets: str
    batches: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    arrivals: tuple[Mapping[str, Any], ...] = ()
    suites: tuple[Mapping[str, Any], ...] = ()
    quarantine: str | None = None


@dataclass(frozen=True)
class Written:
    """What was written: how many, and digests for the manifest."""

    count: int
    sha256: str
    files: int = 0
    files_sha256: str = ""
