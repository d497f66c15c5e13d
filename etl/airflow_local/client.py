"""What we ask of Airflow's REST API."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from etl.airflow_local.components import USER, Airflow
from etl.errors import ZixinError

SECONDS_TO_START = 180


@dataclass(frozen=True)
class Task:
    """One task instance, as a person thinks of it."""

    task_id: str
    map_index: int
    label: str
    state: str
    seconds: float | None
    tries: int
    ended: str


class Client:
    """A session with one running Airflow."""

    def __init__(self, airflow: Airflow) -> None:
        self.airflow = airflow
        self.session = requests.Session()
        self.session.trust_env = False  # a proxy has no business between us and this machine

    def wait_until_up(self) -> None:
        """Return when scheduler and DAG processor say they are healthy, and log in."""
        self._wait(self._healthy, "start")
        answer = self.session.post(
            f"{self.airflow.url}/auth/token",
            json={"username": USER, "password": self.airflow.password},
            timeout=30,
        )
        answer.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def wait_for_dag(self, dag: str) -> None:
        """Return when Airflow has read the DAG; say what is wrong with its file if it cannot."""
        self._wait(lambda: self._dag_is_there(dag), f"read the DAG {dag}")
        self._call("PATCH", f"dags/{dag}?update_mask=is_paused", json={"is_paused": False})

    def give_up_unfinished(self, dag: str) -> None:
        """End what was cut off with an earlier Airflow: it would go first, one run at a time."""
        path = f"dags/{dag}/dagRuns"
        for run in self._call("GET", f"{path}?state=running&state=queued")["dag_runs"]:
            self._call("PATCH", f"{path}/{run['dag_run_id']}", json={"state": "failed"})

    def trigger(self, dag: str, run: str, conf: dict[str, Any]) -> None:
        """Start a run. The id makes it safe to ask twice: the second time Airflow says it has it."""
        body = {"dag_run_id": run, "logical_date": None, "conf": conf}
        self._call("POST", f"dags/{dag}/dagRuns", json=body, accept=(409,))

    def state(self, dag: str, run: str) -> str:
        """queued, running, success or failed."""
        return str(self._call("GET", f"dags/{dag}/dagRuns/{run}")["state"])

    def tasks(self, dag: str, run: str) -> list[Task]:
        """Every task of the run so far."""
        answer = self._call("GET", f"dags/{dag}/dagRuns/{run}/taskInstances?limit=500")
        return [
            Task(
                task_id=task["task_id"],
                map_index=task["map_index"],
                label=_label(task),
                state=task["state"] or "waiting",
                seconds=task["duration"],
                tries=task["try_number"],
                ended=task["end_date"] or "",
            )
            for task in answer["task_instances"]
        ]

    def returned(self, dag: str, run: str, task: str) -> Any:
        """What a task returned."""
        path = f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/xcomEntries/return_value"
        return self._call("GET", f"{path}?stringify=false")["value"]

    def error(self, dag: str, run: str, task: Task) -> str:
        """The message of the exception that ended a task, from its log."""
        answer = self._call(
            "GET",
            f"dags/{dag}/dagRuns/{run}/taskInstances/{task.task_id}/logs/{task.tries}"
            f"?map_index={task.map_index}&full_content=true",
        )
        entries = [entry for entry in answer["content"] if isinstance(entry, dict)]
        for entry in reversed(entries):
            if details := entry.get("error_detail"):
                return _sentence(details[0])
        spoken = [e["event"] for e in entries if e.get("level") in ("error", "critical")]
        return str(spoken[-1]) if spoken else "its log names no reason"

    def _healthy(self) -> bool:
        try:
            answer = self.session.get(f"{self.airflow.url}/api/v2/monitor/health", timeout=5)
        except requests.RequestException:
            return False
        health = answer.json() if answer.ok else {}
        return all(
            health.get(part, {}).get("status") == "healthy"
            for part in ("metadatabase", "scheduler", "dag_processor")
        )

    def _dag_is_there(self, dag: str) -> bool:
        if self._call("GET", f"dags/{dag}", accept=(404,)).get("dag_id") == dag:
            return True
        for error in self._call("GET", "importErrors")["import_errors"]:
            reason = error["stack_trace"].strip().splitlines()[-1]
            raise ZixinError(f"Airflow cannot read {error['filename']}: {reason}")
        return False

    def _wait(self, happened: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while not happened():
            if sentence := self.airflow.dead():
                raise ZixinError(sentence)
            if time.monotonic() > until:
                raise ZixinError(
                    f"Airflow did not {what} within {SECONDS_TO_START} seconds; "
                    f"its words are in {self.airflow.home}/*.log."
                )
            time.sleep(0.5)

    def _call(
        self, method: str, path: str, accept: tuple[int, ...] = (), json: Any = None
    ) -> dict[str, Any]:
        """One request, tried again while the embedded database is busy (Airflow answers 500 then)."""
        for patience in (1, 2, 4, 8, 0):
            if sentence := self.airflow.dead():
                raise ZixinError(sentence)
            try:
                answer = self.session.request(
                    method, f"{self.airflow.url}/api/v2/{path}", json=json, timeout=70
                )
            except requests.ConnectionError:
                if not patience:
                    raise
            else:
                if answer.status_code < 500 or not patience:
                    break
            time.sleep(patience)
        if not answer.ok and answer.status_code not in accept:
            raise ZixinError(f"Airflow refused {method} {path}: {answer.status_code} {answer.text}")
        return dict(answer.json())


def _label(task: dict[str, Any]) -> str:
    name = task["task_id"].rpartition(".")[2].replace("_", " ")
    # The name of a mapped task is known once it runs; until then Airflow gives its number.
    mapped = task["rendered_map_index"]
    return str(name) if mapped in (None, str(task["map_index"])) else f"{name} · {mapped}"


def _sentence(detail: dict[str, Any]) -> str:
    """Our own errors are sentences already; of any other the kind says as much as the words."""
    words = " ".join(str(detail["exc_value"]).split())
    if detail["exc_type"] in ("ZixinError", "BrokenCheck"):
        return words
    return f"{detail['exc_type']}: {words}"
