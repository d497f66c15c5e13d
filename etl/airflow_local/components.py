"""Airflow's processes: the environment they share, how they start and how they stop."""

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from etl.errors import ZixinError
from etl.settings import PROJECT, settings

USER = "admin"
COMPONENTS = ("api-server", "scheduler", "dag-processor")
SECONDS_TO_STOP = 15


@dataclass(frozen=True)
class Airflow:
    """A running Airflow: where it listens, who may enter, where it writes."""

    url: str
    password: str
    home: Path
    processes: dict[str, subprocess.Popen[bytes]]

    def dead(self) -> str | None:
        """The sentence about a component that ended by itself, if one did."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.home / f"{name}.log"
                said = [
                    line for line in log.read_text(errors="replace").splitlines() if line.strip()
                ]
                last = said[-1].strip() if said else "nothing"
                return (
                    f"Airflow's {name} ended by itself; the last it said: {last} (all of it: {log})"
                )
        return None


@contextmanager
def running(more: Mapping[str, str] | None = None) -> Iterator[Airflow]:
    """A real Airflow on free ports of this machine; nothing of it is left when the block ends. `more`
    goes into the environment of its processes."""
    home = settings().home / "airflow"
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home) as lock:
        port, log_port = free_ports(2)
        password = _password(home)
        environment = os.environ | _environment(home, port, log_port) | dict(more or {})
        _migrate(home, environment)
        processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for name in COMPONENTS:
                processes[name] = _start(name, home, environment, lock)
            (home / "pids.json").write_text(json.dumps([p.pid for p in processes.values()]))
            yield Airflow(f"http://127.0.0.1:{port}", password, home, processes)
        finally:
            stop(processes)


def _environment(home: Path, port: int, log_port: int) -> dict[str, str]:
    url = f"http://127.0.0.1:{port}"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__AUTH_MANAGER": (
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
        ),
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # Airflow forks this many workers at once when it starts; its default of 32 costs a gigabyte.
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        # SQLite lets one process write at a time: wait for it rather than fail after five seconds.
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db?timeout=60",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(log_port),
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
        "PYTHONUNBUFFERED": "1",
        # Here nights start by hand; an hour of looking at the UI must not start one.
        "ZIXIN_SCHEDULE": "",
    }


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nothing listens on at this moment."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def _password(home: Path) -> str:
    """The password of the one user: made up once, readable by the owner of the folder alone."""
    file = home / "passwords.json"
    if not file.exists():
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            json.dump({USER: secrets.token_urlsafe(12)}, out)
    return str(json.loads(file.read_text())[USER])


@contextmanager
def _alone(home: Path) -> Iterator[int]:
    """Hold the folder. The components inherit the lock, so it also tells of ones that were left behind."""
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pids = (home / "pids.json").read_text() if (home / "pids.json").exists() else "unknown"
            raise ZixinError(
                f"Airflow is already running in {home}: end `make ui` or `make run` in the other terminal, "
                f"or the processes that one left behind when it was killed: {pids.strip('[]')}."
            ) from None
        yield lock.fileno()


def _migrate(home: Path, environment: dict[str, str]) -> None:
    """Bring Airflow's database to this version; remembered, because asking again takes five seconds."""
    done = home / f"migrated-{version('apache-airflow')}"
    if done.exists():
        return
    log = home / "migrate.log"
    with log.open("wb") as out:
        code = subprocess.run(
            [sys.executable, "-m", "airflow", "db", "migrate"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    if code != 0:
        raise ZixinError(f"Airflow could not prepare its database; its words are in {log}.")
    done.touch()


def _start(
    name: str, home: Path, environment: dict[str, str], lock: int
) -> subprocess.Popen[bytes]:
    with (home / f"{name}.log").open("wb") as out:
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "airflow", name],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            # A group of its own: Ctrl-C reaches us alone, and we can end it with all it started.
            start_new_session=True,
        )


def stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask each to end, wait, then end what is left of each group."""
    for process in reversed(processes.values()):
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + SECONDS_TO_STOP
    for process in processes.values():
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for process in processes.values():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        process.wait()
