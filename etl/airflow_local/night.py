"""One night under Airflow, from the trigger to the verdict."""

import secrets
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from etl.airflow_local.client import Client, Task
from etl.airflow_local.progress import Progress
from etl.errors import ZixinError
from etl.inputs import read_inputs
from etl.publish.site import POINTER, read_pointer
from etl.settings import settings

DAG = "nightly_credit_files"
SECONDS_BETWEEN_LOOKS = 1.5
"""A look takes Airflow's API 50 ms of the cores that the night runs on."""


def run(client: Client, as_of: date, console: Console) -> dict[str, Any]:
    """Run the night; returns what `publish` said, or raises the sentence that says why it did not."""
    run_id = f"manual__{as_of}__{secrets.token_hex(3)}"
    client.wait_for_dag(DAG)
    client.give_up_unfinished(DAG)
    client.trigger(DAG, run_id, {"as_of": str(as_of)})
    with Progress(console) as progress:
        while (state := client.state(DAG, run_id)) in ("queued", "running"):
            progress.show(client.tasks(DAG, run_id))
            time.sleep(SECONDS_BETWEEN_LOOKS)
        tasks = client.tasks(DAG, run_id)
        progress.show(tasks)
    if state != "success":
        raise ZixinError(_reason(client, run_id, tasks))
    _check_pointer(as_of)
    return dict(client.returned(DAG, run_id, "publish"))


def held(as_of: date) -> list[str]:
    """Why feeds of the night were held, a sentence each; none when all were loaded."""
    feeds = read_inputs(settings().home, as_of).feeds
    return [feed["sentence"] for feed in feeds if feed["state"] == "held"]


def _check_pointer(as_of: date) -> None:
    """A night is published when readers find it, by the pointer they read."""
    root = settings().home / "published"
    pointer = read_pointer(root)
    if pointer is None or str(as_of) not in pointer.nights:
        raise ZixinError(f"Every task ended well, but {root / POINTER} does not show {as_of}.")


def _reason(client: Client, run_id: str, tasks: list[Task]) -> str:
    failed = sorted((t for t in tasks if t.state == "failed"), key=lambda t: t.ended)
    if not failed:
        return (
            f"Airflow ended the run {run_id} without a failed task; its words are in scheduler.log."
        )
    task = failed[0]
    message = client.error(DAG, run_id, task)
    return f"{task.label} failed: {message}\nThe whole log: {_log(client, run_id, task)}"


def _log(client: Client, run_id: str, task: Task) -> Path:
    folder = client.airflow.home / "logs" / f"dag_id={DAG}" / f"run_id={run_id}"
    folder /= f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    return folder / f"attempt={task.tries}.log"
