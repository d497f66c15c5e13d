"""One whole night in one process: what `zixin night` does and the DAG does with many."""

from collections.abc import Callable
from datetime import date
from typing import Any

from etl import clock, night, schedule
from etl.context import context
from etl.groups import STAGES
from etl.inputs import read_inputs
from etl.lock import night_lock


def run_night(as_of: str | None, progress: Callable[[str], None]) -> dict[str, Any]:
    """Run the verbs in order; returns what the summary shows.

    Raises:
        ZixinError: the night could not be published; what was published before still stands.
    """
    ctx = context()
    zone = schedule.time_zone()
    day: date = clock.refuse_future(clock.parse_day(as_of), zone) if as_of else clock.tonight(zone)
    with night_lock(ctx.settings.home):
        for stage in STAGES:
            for group in night.groups(stage):
                progress(f"{group}: extract")
                night.extract(day, group)
            progress(f"{stage}: map, check, load")
            night.load(day, stage)
        progress("fix the inputs, fold the snapshots")
        night.freeze(day)
        progress("match outside records and customers")
        night.match(day)
        for layer in night.layers():
            progress(f"transform {layer}")
            night.transform(day, layer)
        progress("check the results")
        night.audit(day)
        progress("publish")
        published = night.publish(day)
        night.notify(day)
    inputs = read_inputs(ctx.settings.home, day)
    return {
        **published,
        "feeds": list(inputs.feeds),
        "held": [feed for feed in inputs.feeds if feed["state"] == "held"],
        "remarks": [feed["remark"] for feed in inputs.feeds if feed.get("remark")],
    }
