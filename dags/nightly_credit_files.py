"""Every night at two: what the systems say about each customer is loaded, graded and published before work starts."""

from datetime import date, timedelta
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
    task_group,
)

from etl.alerts import night_is_late
from etl.schedule import as_of_for_run, time_zone
from etl.settings import settings

LAYERS = ("0_ledger", "1_core", "2_indicator", "3_grade", "4_mart")
CREDIT_FILES = Asset("credit_files", uri="zixin://published/credit_files")

# What may pass is tried again: a disk, a network, a database that was away. Everything else would fail the same way.
TRY_AGAIN = RetryRule([OSError, "sqlalchemy.exc.OperationalError"], RetryAction.RETRY)


# Each run is of one day: the one that ended before it started, and that backfills name.
EVERY_NIGHT = settings().schedule and CronPartitionTimetable(
    settings().schedule, timezone=time_zone(), run_offset=-1, key_format="%Y-%m-%d"
)
BY_SIX = DeadlineAlert(
    DeadlineReference.DAGRUN_QUEUED_AT, timedelta(hours=4), SyncCallback(night_is_late)
)


@dag(
    schedule=EVERY_NIGHT or None,
    deadline=BY_SIX if EVERY_NIGHT else None,
    params={
        "as_of": Param(None, type=["null", "string"], format="date", description="business date")
    },
    max_active_runs=1,
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": True,
        "retry_policy": ExceptionRetryPolicy([TRY_AGAIN], default=RetryAction.FAIL),
    },
    tags=["credit files"],
    doc_md=__doc__,
)
def nightly_credit_files() -> None:
    @task
    def tonight(params: dict[str, Any], dag_run: Any) -> date:
        return as_of_for_run(params["as_of"] or dag_run.partition_key, dag_run.run_after)

    @task
    def list_feeds() -> list[str]:
        from etl import night

        return night.feeds()

    @task(map_index_template="{{ task.op_kwargs['feed'] }}")
    def extract(as_of: date, feed: str) -> str:
        from etl import night

        return night.extract(as_of, feed)

    @task(map_index_template="{{ task.op_kwargs['feed'] }}")
    def load(as_of: date, feed: str) -> dict[str, Any]:
        from etl import night

        return night.load(as_of, feed)

    @task
    def freeze(as_of: date) -> dict[str, Any]:
        from etl import night

        return night.freeze(as_of)

    @task
    def transform(as_of: date, layer: str) -> dict[str, Any]:
        from etl import night

        return night.transform(as_of, layer)

    @task
    def audit(as_of: date) -> dict[str, Any]:
        from etl import night

        return night.audit(as_of)

    @task(outlets=[CREDIT_FILES])
    def publish(as_of: date, outlet_events: Any) -> dict[str, Any]:
        from etl import night

        published = night.publish(as_of)
        outlet_events[CREDIT_FILES].extra = {"as_of": str(as_of), **published}
        return published

    @task
    def notify(as_of: date) -> None:
        from etl import night

        night.notify(as_of)

    as_of = tonight()

    @task_group
    def feeds(feed: str) -> None:
        extract(as_of, feed=feed) >> load(as_of, feed=feed)

    chain(
        feeds.expand(feed=list_feeds()),
        freeze(as_of),
        *(transform.override(task_id=f"transform_{layer}")(as_of, layer) for layer in LAYERS),
        audit(as_of),
        publish(as_of),
        notify(as_of),
    )


nightly_credit_files()
