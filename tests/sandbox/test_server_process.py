"""The sandbox as people and tests start it: a process of its own that ends when it is told to."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import requests
from typer.testing import CliRunner

from etl.cli import app
from tests.sandbox_server import ROOT, TONIGHT, running


@pytest.fixture(scope="module")
def sandbox(tiny_world):
    with running(tiny_world, "--delay", "1") as server:
        yield server


def log_in(sandbox):
    connection = json.loads(sandbox.environment["AIRFLOW_CONN_FXIAOKE"])
    secrets = {
        "appId": connection["login"],
        "appSecret": connection["password"],
        "permanentCode": connection["extra"]["permanent_code"],
    }
    told = requests.post(
        f"{connection['host']}/cgi/corpAccessToken/get/V2", json=secrets, timeout=10
    ).json()
    return {"corpAccessToken": told["corpAccessToken"], "corpId": told["corpId"]}


def page(sandbox, session, timeout=10):
    data = {"dataObjectApiName": "AccountObj", "search_query_info": {"limit": 100, "offset": 0}}
    body = {**session, "currentOpenUserId": "1000", "data": data}
    return requests.post(
        f"{sandbox.address}/fxiaoke/cgi/crm/v2/data/query", json=body, timeout=timeout
    )


def test_it_listens_on_loopback_and_says_where(sandbox) -> None:
    assert sandbox.address.startswith("http://127.0.0.1:")
    health = requests.get(f"{sandbox.address}/_sandbox/health", timeout=10).json()
    assert health["ok"]
    assert health["now"].startswith(TONIGHT.date().isoformat())
    assert page(sandbox, log_in(sandbox)).json()["errorCode"] == 0
    assert sandbox.counts()["rows"]["fxiaoke"]["AccountObj"] > 0


def test_a_cut_answer_is_a_broken_connection(sandbox) -> None:
    session = log_in(sandbox)
    sandbox.faults("cut", rate=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        page(sandbox, session)
    sandbox.faults("timeout", rate=1, delay=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        page(sandbox, session, timeout=0.5)
    sandbox.faults()
    assert page(sandbox, session).json()["errorCode"] == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_told_to(tiny_world, number) -> None:
    with running(tiny_world) as server:
        session = log_in(server)
        assert page(server, session).ok
        server.process.send_signal(number)
        assert server.process.wait(10) == 0


def test_wider_limits_are_told_to_the_connections(tiny_world) -> None:
    with running(tiny_world, "--limits-times", "10") as server:
        extra = json.loads(server.environment["AIRFLOW_CONN_FXIAOKE"])["extra"]

    assert extra["limits"] == "1000/20"


def test_a_world_that_is_none_and_a_port_that_is_taken_are_sentences(sandbox, tmp_path) -> None:
    command = [sys.executable, "-m", "sandbox.server.run", "--world"]
    none = subprocess.run(
        [*command, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert none.returncode == 1
    assert none.stderr.startswith("sandbox: there is no world in")
    assert "Traceback" not in none.stderr


def test_the_command_line_refuses_in_a_sentence(tmp_path) -> None:
    def said(*arguments):
        result = CliRunner().invoke(app, ["sandbox", *arguments])
        assert result.exit_code == 1
        return result.stderr

    assert "knows up" in said("down")
    assert "there is no fault" in said("up", "--faults", "rain", "--world", str(tmp_path / "w"))
    assert "is not a moment" in said("up", "--at", "soon")
    assert "--port takes" in said("up", "--port", "70000")
    assert "there is no world in" in said("up", "--world", str(tmp_path))


def test_zixin_sandbox_up_makes_a_world_and_serves(tmp_path) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from etl.cli import app; app()",
            "sandbox",
            "up",
            "--customers",
            "30",
            "--at",
            "2026-11-20T18:00:00Z",
            "--json",
        ],
        cwd=ROOT,
        env={**os.environ, "ZIXIN_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        facts = json.loads(process.stdout.readline())
        start = time.monotonic()
        health = requests.get(f"{facts['address']}/_sandbox/health", timeout=10).json()
        assert health["now"].startswith("2026-11-20T18:0")
        assert "AIRFLOW_CONN_QCC" in facts["environment"]
        assert time.monotonic() - start < 5
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
