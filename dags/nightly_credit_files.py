"""Every night at two: what the systems say about each customer is loaded, graded and published before work starts."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from airflow.sdk import (
    Asset,
    CronPartitionTimetable,
    DeadlineAlert,
    DeadlineReference,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    SyncCallback,
    chain,
    dag,
    task,
)

from etl import night
from etl.alerts import night_is_late
from etl.schedule import as_of_for_run, time_zone
from etl.settings import settings

LAYERS = (
    "0_event",
    "1_core",
    "2_indicator",
    "3_measure",
    "4_point",
    "5_score",
    "6_grade",
    "7_terms",
    "8_action",
    "9_mart",
)
CREDIT_FILES = Asset("credit_files", uri="zixin://published/credit_files")

# Each run is of one day: the one that ended before it started, and that backfills name.
EVERY_NIGHT = (
    CronPartitionTimetable(
        settings().schedule, timezone=time_zone(), run_offset=-1, key_format="%Y-%m-%d"
    )
    if settings().schedule
    else None
)
BY_SIX = DeadlineAlert(
    DeadlineReference.DAGRUN_QUEUED_AT, timedelta(hours=4), SyncCallback(night_is_late)
)

# What may pass is tried again: a disk, a network, a database that was away. Everything else would fail the same way.
RETRIES = {
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "retry_policy": ExceptionRetryPolicy(
        [RetryRule([OSError, "sqlalchemy.exc.OperationalError"], RetryAction.RETRY)],
        default=RetryAction.FAIL,
    ),
}

verb = partial(task, multiple_outputs=False)  # one value a task, not one a key of it
verb_of_group = partial(verb, map_index_template="{{ task.op_kwargs['group'] }}")


@dag(
    schedule=EVERY_NIGHT,
    deadline=BY_SIX if EVERY_NIGHT else None,
    params={"as_of": Param(None, type=["null", "string"], format="date", title="Business date")},
    max_active_runs=1,
    default_args={"owner": "zixin", **RETRIES},
    tags=["credit files"],
    doc_md=__doc__,
)
def nightly_credit_files() -> None:
    @task
    def tonight(params: dict[str, Any], dag_run: Any) -> date:
        return as_of_for_run(params["as_of"] or dag_run.partition_key, dag_run.run_after)

    def bring(stage: str) -> list[Any]:
        groups = verb(night.groups, task_id=f"list_{stage}")(stage)
        extract = verb_of_group(night.extract, task_id=f"extract_{stage}")
        # A stage without a group skips its extracts, and loads nothing.
        load = verb(night.load, task_id=f"load_{stage}", trigger_rule="none_failed")
        return [extract.partial(as_of=as_of).expand(group=groups), load(as_of, stage)]

    @verb(outlets=[CREDIT_FILES])
    def publish(as_of: date, outlet_events: Any) -> dict[str, Any]:
        published = night.publish(as_of)
        outlet_events[CREDIT_FILES].extra = {"as_of": str(as_of), **published}
        return published

    as_of = tonight()
    chain(
        *bring("systems"),
        # Asked customer by customer, so after everything that says who the customers are.
        *bring("inquiries"),
        verb(night.freeze)(as_of),
        verb(night.match)(as_of),
        *(verb(night.transform, task_id=f"transform_{layer}")(as_of, layer) for layer in LAYERS),
        verb(night.audit)(as_of),
        publish(as_of),
        verb(night.notify)(as_of),
    )


nightly_credit_files()
