"""docker-compose.yml keeps to the compose schema, has no default password, and its commands work.

Not every machine has a Docker engine, so the commands run here as they stand, on loopback, against a real
PostgreSQL; only addresses and folders differ from those inside the containers.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from etl.airflow_local.client import Client
from etl.airflow_local.components import Airflow, free_ports, stop
from etl.publish.site import read_pointer
from tests.postgres_server import Server

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = PROJECT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?P<how>:\?|:-|-)?(?P<rest>[^}]*)\}")
PASSWORD = "only-for-this-test"
SECONDS_TO_START = 120
NIGHT = date(2026, 11, 20)


def compose(variables: dict[str, str]) -> dict[str, Any]:
    """The file as compose reads it, with `variables` as its .env."""

    def value(match: re.Match[str]) -> str:
        name, how, rest = match["name"], match["how"], match["rest"]
        given = variables.get(name)
        if how == ":?" and not given:
            raise KeyError(f"{name}: {rest}")
        if given is None or (how == ":-" and not given):
            return rest if how in (":-", "-") else ""
        return given

    text = VARIABLE.sub(value, COMPOSE.read_text(encoding="utf-8")).replace("$$", "$")
    return dict(yaml.safe_load(text))


def test_it_keeps_to_the_schema_of_compose() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, COMPOSE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_there_is_no_default_password() -> None:
    with pytest.raises(KeyError, match="POSTGRES_PASSWORD: set it in"):
        compose({})
    words = yaml.safe_dump(compose({"POSTGRES_PASSWORD": PASSWORD}))
    said = re.findall(r"(?i)(?:password|secret)\S*?[:=]\s*(\S+)", words)
    assert set(said) <= {PASSWORD, "/var/lib/zixin/airflow/passwords.json"}


def test_nothing_listens_beyond_this_machine() -> None:
    for name, service in compose({"POSTGRES_PASSWORD": PASSWORD})["services"].items():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), name


def test_every_variable_is_described() -> None:
    described = (PROJECT / ".env.example").read_text(encoding="utf-8")
    settings = (PROJECT / "etl/settings.py").read_text(encoding="utf-8")
    used = {match["name"] for match in VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8"))}
    used |= set(re.findall(r'"(ZIXIN_\w+)"', settings))
    assert {name for name in used if f"{name}=" not in described} == set()


@dataclass
class Stack:
    """The services as processes of this machine."""

    services: dict[str, Any]
    moved: dict[str, str]
    more: dict[str, str]
    home: Path
    url: str
    warehouse_url: str

    def here(self, text: str) -> str:
        there = re.compile("|".join(map(re.escape, self.moved)))
        return there.sub(lambda found: self.moved[found[0]], text)

    def environment(self, name: str) -> dict[str, str]:
        given = self.services[name]["environment"]
        bin_folder = Path(sys.executable).parent
        return {
            **{key: self.here(str(value)) for key, value in given.items()},
            **self.more,
            "HOME": str(self.home),
            "PATH": f"{bin_folder}{os.pathsep}{os.defpath}",
        }

    def start(self, name: str) -> subprocess.Popen[bytes]:
        with (self.home / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [self.here(word) for word in self.services[name]["command"]],
                env=self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=PROJECT,
            )

    def healthy(self, name: str) -> bool:
        how, *command = self.services[name]["healthcheck"]["test"]
        assert how == "CMD"
        done = subprocess.run(
            [self.here(word) for word in command],
            env=self.environment(name),
            cwd=PROJECT,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0


@pytest.fixture(scope="module")
def stack(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("compose")
    postgres_server.execute(f"CREATE ROLE compose SUPERUSER LOGIN PASSWORD '{PASSWORD}'")
    for database in ("airflow", "warehouse"):
        postgres_server.execute(f"CREATE DATABASE {database} OWNER compose")
    port, log_port = free_ports(2)
    url = f"http://127.0.0.1:{port}"
    login = f"compose:{PASSWORD}@127.0.0.1:{postgres_server.port}"
    yield Stack(
        services=compose({"POSTGRES_PASSWORD": PASSWORD, "ZIXIN_WORKERS": "2"})["services"],
        moved={
            f"zixin:{PASSWORD}@metadata:5432": login,
            f"zixin:{PASSWORD}@warehouse:5432": login,
            "http://api-server:8080": url,
            "http://localhost:8080": url,
            "/var/lib/zixin": str(home),
            "/opt/zixin": str(PROJECT),
            "/ledger/": f"{PROJECT}/sandbox/ledger/",
        },
        more={
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(log_port),
            "ZIXIN_SCHEDULE": "",
        },
        home=home,
        url=url,
        warehouse_url=f"postgresql+psycopg://{login}/warehouse",
    )
    for database in ("airflow", "warehouse"):
        postgres_server.execute(f"DROP DATABASE {database} WITH (FORCE)")
    postgres_server.execute("DROP ROLE compose")


@pytest.mark.soak  # a second night under a real Airflow; test_airflow_local.py has the first
def test_a_night_on_postgresql_by_the_commands_of_the_services(stack: Stack) -> None:
    assert stack.start("init").wait(SECONDS_TO_START) == 0, (stack.home / "init.log").read_text()
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in ("api-server", "scheduler", "dag-processor"):
            running[name] = stack.start(name)
        for name in running:
            _wait(lambda name=name: stack.healthy(name), f"{name} is not healthy", stack.home)
        passwords = json.loads((stack.home / "airflow/passwords.json").read_text())
        client = Client(Airflow(stack.url, passwords["admin"], stack.home, running))
        client.wait_until_up()
        client.wait_for_dag("nightly_credit_files")
        client.trigger("nightly_credit_files", "compose", {"as_of": str(NIGHT)})
        _wait(lambda: _ended(client), "the night did not end", stack.home)
        tasks = client.tasks("nightly_credit_files", "compose")
        # A ledger asks nobody customer by customer: the one task a stage without a group skips.
        asked = [task for task in tasks if task.task_id != "extract_inquiries"]
        assert {task.state for task in asked} == {"success"}, _failures(client, tasks)
    finally:
        stop(running)

    pointer = read_pointer(stack.home / "published")
    assert pointer
    assert pointer.as_of == str(NIGHT)
    with sa.create_engine(stack.warehouse_url).connect() as connection:
        shown = connection.execute(sa.text("SELECT as_of FROM publication")).scalar_one()
    assert shown == NIGHT


def _ended(client: Client) -> bool:
    return client.state("nightly_credit_files", "compose") not in ("queued", "running")


def _failures(client: Client, tasks: list[Any]) -> list[str]:
    failed = [task for task in tasks if task.state == "failed"]
    return [f"{t.label}: {client.error('nightly_credit_files', 'compose', t)}" for t in failed]


def _wait(happened: Callable[[], bool], otherwise: str, home: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while not happened():
        if time.monotonic() > until:
            logs = {log.name: log.read_text()[-1500:] for log in home.glob("*.log")}
            pytest.fail(f"{otherwise}: {json.dumps(logs, indent=1)}")
        time.sleep(1)
