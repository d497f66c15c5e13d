"""One batch at the door: what may enter history, what goes to quarantine, what holds the feed.

Critical row rules send their rows to quarantine, critical table rules hold the whole batch. All work
on rows is done in sets, in the database: a million invoices, 10,000 of them refused, took 5 s on two
busy cores (2.4 s of it the suite's ten rules), five million 18 s.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb

from etl.entities import ENTITIES
from etl.errors import BrokenCheck
from etl.quality.conservation import Conservation, Received, Tally, balance
from etl.quality.rule import Suite
from etl.quality.runner import Checker, Parameter, RuleResult, SuiteReport
from etl.quality.staging import FEED, REJECTS, SCHEMA, FeedCounts, Staging
from etl.quality.suite import suite_of
from etl.ratios import ratios


@dataclass(frozen=True)
class Arrival:
    """What is known about a batch beside its rows.

    `is_historical`: its rows say themselves when they were known. `received`: entity → what the
    mapper counted. `previous_rows`: entity → rows received in the export this one replaces; empty
    for a feed that sends changes only. `may_be_empty`: it sends changes only, and has done so before.
    """

    batch: str
    feed: str
    landed_on: date
    is_historical: bool
    received: Mapping[str, Received]
    previous_rows: Mapping[str, int] = field(default_factory=dict)
    may_be_empty: bool = False


@dataclass(frozen=True)
class ArrivalVerdict:
    """What became of a batch. A held batch leaves no files: nothing of it takes effect."""

    arrival: Arrival
    state: Literal["loaded", "held"]
    reports: tuple[SuiteReport, ...]
    conservation: tuple[Conservation, ...]
    history: Mapping[str, Path]
    quarantine: Path | None
    holds: tuple[RuleResult, ...] = ()

    @property
    def sentence(self) -> str:
        """Why the feed is held; empty when it is not."""
        if not self.holds:
            return ""
        reasons = " ".join(result.sentence for result in self.holds)
        return f"Feed {self.arrival.feed} is held, yesterday's data stands: {reasons}"

    def as_dict(self) -> dict[str, Any]:
        """For the batch's manifest, and from there for quality.json. Nothing of the clock in it."""
        return {
            "batch": self.arrival.batch,
            "feed": self.arrival.feed,
            "state": self.state,
            "sentence": self.sentence,
            "held_by": [result.rule.rule_id for result in self.holds],
            "conservation": [account.as_dict() for account in self.conservation],
            "suites": [report.as_dict() for report in self.reports],
        }


def check_batch(
    connection: duckdb.DuckDBPyConnection,
    arrival: Arrival,
    staged: Path,
    out: Path,
    suites: Mapping[str, Suite] | None = None,
) -> ArrivalVerdict:
    """Check the rows the mapper left in `staged`; write to `out`, for the caller to commit, those that
    may enter history (`history/<entity>.parquet`) and those that may not (`quarantine.parquet`).
    `suites` take the place of the shipped ones.

    Raises:
        BrokenCheck: a check could not run, a file is of no entity, or rows would be lost. Nothing
            is to be committed then.
    """
    entities = _staged_entities(staged)
    asked = [_suite(name, suites or {}) for name in (FEED, *entities)]
    # An import may be read on any night and must be judged alike on each.
    parameters = rule_parameters(None if arrival.is_historical else arrival.landed_on)
    with Staging(connection, arrival.feed, staged, entities) as staging:
        staging.describe_feed(_counts(arrival))
        reports = tuple(Checker(connection).run_all(asked, parameters))
        holds = tuple(
            result
            for report in reports
            for result in report.failed
            if result.rule.meta.kind == "table"
        )
        if holds:
            return _held(arrival, staging, reports, holds)
        return _split(arrival, staging, reports, out)


def rule_parameters(landed_on: date | None) -> dict[str, Parameter]:
    """What the rules of a batch may name: the day it landed, and the ratios of the accounts."""
    return {
        "landed_on": landed_on,
        "ratios": tuple(ratios()),
        "ratios_reverse": tuple(ratio for ratio, is_reverse in ratios().items() if is_reverse),
    }


def _staged_entities(staged: Path) -> tuple[str, ...]:
    """The entities the batch brings, by name; each must be one of ours."""
    found = sorted(path.stem for path in staged.glob("*.parquet") if path.stem != REJECTS)
    for name in found:
        if name not in ENTITIES:
            raise BrokenCheck(f"{staged.name}/{name}.parquet is no entity of etl/entities.")
    return tuple(found)


def _suite(name: str, given: Mapping[str, Suite]) -> Suite:
    suite = given.get(name) or suite_of(SCHEMA, name)
    if suite is None:
        raise BrokenCheck(f"There is no expectations/{SCHEMA}.{name}.yaml to check it with.")
    return suite


def _counts(arrival: Arrival) -> dict[str, FeedCounts]:
    return {
        name: FeedCounts(
            received=arrival.received.get(name, Received(Tally())),
            previous_rows=arrival.previous_rows.get(name),
            may_be_empty=arrival.may_be_empty,
        )
        for name in {*arrival.received, *arrival.previous_rows}
    }


def _split(
    arrival: Arrival, staging: Staging, reports: tuple[SuiteReport, ...], out: Path
) -> ArrivalVerdict:
    by_entity = dict(zip(staging.entities, reports[1:], strict=True))
    staging.mark_refused({name: report.failed for name, report in by_entity.items()})
    (out / "history").mkdir(parents=True, exist_ok=True)
    history = {name: out / "history" / f"{name}.parquet" for name in staging.entities}
    loaded = {name: staging.write_healthy(name, path) for name, path in history.items()}
    quarantine = out / "quarantine.parquet"
    quarantined = staging.write_quarantine(quarantine)
    return ArrivalVerdict(
        arrival=arrival,
        state="loaded",
        reports=reports,
        conservation=balance(
            arrival.feed, arrival.batch, arrival.received, loaded, quarantined, held={}
        ),
        history=history,
        quarantine=quarantine,
    )


def _held(
    arrival: Arrival,
    staging: Staging,
    reports: tuple[SuiteReport, ...],
    holds: tuple[RuleResult, ...],
) -> ArrivalVerdict:
    held = staging.rejected()
    for name in staging.entities:
        held[name] = held.get(name, Tally()) + staging.staged(name)
    return ArrivalVerdict(
        arrival=arrival,
        state="held",
        reports=reports,
        conservation=balance(
            arrival.feed, arrival.batch, arrival.received, loaded={}, quarantined={}, held=held
        ),
        history={},
        quarantine=None,
        holds=holds,
    )
