"""Check what the night computed, before anybody sees it (design §5)."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from etl import models
from etl.context import Context
from etl.errors import ZixinError
from etl.inputs import night_folder
from etl.lake import Partition, write_json
from etl.matching.tables import MATCH_TABLES
from etl.night_tables import NIGHT_TABLES

if TYPE_CHECKING:
    from etl.quality.runner import SuiteReport

INPUTS = (*(f"match.{name}" for name in MATCH_TABLES), *NIGHT_TABLES)


def night_partitions(ctx: Context, as_of: date) -> dict[str, Partition]:
    """Every table of the night by schema.table: snapshots, policy and models.

    Raises:
        ZixinError: one of them was not made yet.
    """
    from etl.history import entities

    names = (
        *(f"current.{entity.name}" for entity in entities()),
        *INPUTS,
        *(model.full_name for model in models.models()),
    )
    found = {name: ctx.lake.find(name, as_of) for name in names}
    missing = [name for name, partition in found.items() if partition is None]
    if missing:
        raise ZixinError(
            f"the night of {as_of} has no {missing[0]} yet: run `zixin night --as-of {as_of}`"
        )
    return {name: partition for name, partition in found.items() if partition is not None}


def audit_night(ctx: Context, as_of: date) -> dict[str, Any]:
    """Run the suite of every snapshot and model; the reports go to the night's notes and from there
    to the quality page.

    Raises:
        ZixinError: a critical rule is not met: a total does not add up, a customer is lost.
        BrokenCheck: a check could not run.
    """
    from etl.quality.runner import Checker
    from etl.quality.suite import read_suites

    partitions = night_partitions(ctx, as_of)
    suites = [
        suite
        for schema in dict.fromkeys(("current", *(model.schema for model in models.models())))
        for suite in read_suites(schema).values()
        if suite.name in partitions  # what compares nights is checked where it is made
        # Only a row can break a rule of a snapshot: records that nobody sends are not asked about.
        and (schema != "current" or partitions[suite.name].rows)
    ]
    tables = {name: [ctx.lake.file(partition)] for name, partition in partitions.items()}
    with ctx.engine.connect(tables, as_of=as_of) as connection:
        reports = Checker(connection).run_all(suites, {"as_of": as_of})
    write_json(
        night_folder(ctx.settings.home, as_of) / "audit.json",
        [report.as_dict() for report in reports],
    )
    refuse_failed(reports, as_of)
    warned = sum(result.state == "warned" for report in reports for result in report.results)
    return {"suites": len(reports), "failed": 0, "warned": warned}


def refuse_failed(reports: Iterable["SuiteReport"], as_of: date) -> None:
    """ZixinError when a critical rule is not met: the night is not published."""
    failed = [result for report in reports for result in report.failed]
    if failed:
        more = f" ({len(failed) - 1} more)" if len(failed) > 1 else ""
        raise ZixinError(
            f"the night of {as_of} is not published, {failed[0].rule.rule_id} is not met: "
            f"{failed[0].sentence}{more}"
        )
