"""The DAG as Airflow sees it: there, in order, patient with what passes and quick with what does not."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from etl import night
from etl.errors import ZixinError
from etl.publish.site import read_pointer
from etl.schedule import as_of_for_run, time_zone
from etl.settings import settings

DAGS = Path(__file__).resolve().parents[2] / "dags"
STAGES = ["extract_systems", "load_systems", "extract_inquiries", "load_inquiries"]
LISTS = ["list_systems", "list_inquiries"]
CHAIN = [
    "freeze",
    "match",
    *(f"transform_{layer}" for layer in night.layers()),
    "audit",
    "publish",
    "notify",
]


@pytest.fixture(scope="module")
def bag() -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(DAGS)


@pytest.fixture(scope="module")
def dag(bag: Any) -> Any:
    return bag.dags["nightly_credit_files"]


def test_every_file_in_dags_is_a_dag_we_expect(bag: Any) -> None:
    assert bag.import_errors == {}
    assert set(bag.dags) == {"nightly_credit_files"}
    assert {path.stem for path in DAGS.glob("*.py")} == set(bag.dags)


def test_the_order_of_a_night(dag: Any) -> None:
    assert set(dag.task_ids) == {"tonight", *LISTS, *STAGES, *CHAIN}
    follows = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    for earlier, later in pairwise([*STAGES, *CHAIN]):
        assert later in follows[earlier]
    assert follows["notify"] == set()


def test_one_task_a_system_and_one_a_need_extract(dag: Any) -> None:
    from airflow.sdk.definitions.mappedoperator import MappedOperator

    mapped = {task.task_id for task in dag.tasks if isinstance(task, MappedOperator)}
    assert mapped == {"extract_systems", "extract_inquiries"}


def test_a_book_without_inquiries_is_a_book(dag: Any) -> None:
    assert dag.task_dict["load_inquiries"].trigger_rule == "none_failed"


def test_every_task_after_the_first_gets_the_business_date_from_it(dag: Any) -> None:
    for task in dag.tasks:
        if task.task_id not in ("tonight", *LISTS):
            assert "tonight" in task.upstream_task_ids, task.task_id


def test_a_night_is_about_the_day_that_ended_before_it_started(dag: Any) -> None:
    two_in_the_morning = datetime(2026, 11, 21, 2, tzinfo=ZoneInfo(time_zone()))
    _, key = _timetable(dag)._get_partition_info(run_date=two_in_the_morning)
    assert key == "2026-11-20"
    assert as_of_for_run(key, two_in_the_morning) == date(2026, 11, 20)
    assert as_of_for_run(None, two_in_the_morning) == date(2026, 11, 20)


def test_a_backfill_names_the_nights_it_makes(dag: Any) -> None:
    nights = _timetable(dag).iter_partition_dagrun_infos(
        earliest=datetime(2026, 11, 1, tzinfo=UTC), latest=datetime(2026, 11, 3, 23, 59, tzinfo=UTC)
    )
    assert [night.partition_key for night in nights] == ["2026-11-01", "2026-11-02", "2026-11-03"]


def _timetable(dag: Any) -> Any:
    """The DAG's timetable as the scheduler gets it."""
    from airflow.serialization.decoders import decode_timetable
    from airflow.serialization.encoders import encode_timetable

    return decode_timetable(encode_timetable(dag.timetable))


def test_it_should_be_published_four_hours_after_it_was_due(dag: Any) -> None:
    (deadline,) = dag.deadline
    assert deadline.interval == timedelta(hours=4)


def test_nights_may_start_by_hand_alone() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(DAGS)!r}); import nightly_credit_files as n; "
        "print(n.EVERY_NIGHT)"
    )
    assert _python(code, ZIXIN_SCHEDULE="") == "None"


def test_one_run_at_a_time_and_none_for_the_past(dag: Any) -> None:
    assert dag.max_active_runs == 1
    assert dag.catchup is False


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (ConnectionResetError("the database went away"), "RETRY"),
        (TimeoutError("no answer"), "RETRY"),
        (ZixinError("ledger.csv has no column `due`"), "FAIL"),
        (KeyError("a mistake of ours"), "FAIL"),
    ],
)
def test_only_what_may_pass_is_tried_again(dag: Any, error: Exception, action: str) -> None:
    for task in dag.tasks:
        assert task.retries == 3
        assert task.retry_delay >= timedelta(seconds=10)
        assert task.retry_policy.evaluate(error, 1, 3).action.name == action


def test_who_reads_the_dag_pays_for_no_engine() -> None:
    """Airflow reads the file every half minute, in a process of its own."""
    heavy = "pandas", "duckdb", "great_expectations", "pyarrow"
    code = (
        f"import sys; sys.path.insert(0, {str(DAGS)!r}); import nightly_credit_files; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    assert _python(code) == "[]"


def _python(code: str, **environment: str) -> str:
    """The last line that a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.soak  # tests/integration/test_airflow_local.py runs one under the real scheduler
def test_a_whole_night(dag: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.utils.db import initdb

    initdb()
    monkeypatch.setattr(dag, "deadline", None)  # dag.test() cannot end a run that has one
    as_of = date(2026, 11, 21)
    run = dag.test(run_conf={"as_of": str(as_of)})
    states = {task.task_id: task.state for task in run.get_task_instances()}
    skipped = {task for task, state in states.items() if state == "skipped"}
    # The sample book is files alone: nobody is asked customer by customer.
    assert skipped == {"extract_inquiries"}, json.dumps(states, indent=1)
    assert set(states.values()) == {"success", "skipped"}, json.dumps(states, indent=1)
    pointer = read_pointer(settings().home / "published")
    assert pointer is not None
    assert str(as_of) in pointer.nights
