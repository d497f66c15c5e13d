"""`make run` as a newcomer runs it: no book, no ledger, every system played by the sandbox."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import psutil
import pytest

from etl.inputs import read_inputs
from etl.publish.site import read_pointer

CUSTOMERS = "40"

pytestmark = pytest.mark.soak


def test_make_run_brings_every_system_and_leaves_nothing_running(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "ZIXIN_CONFIG" and not name.startswith("AIRFLOW_CONN_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "etl.airflow_local", "run", "--customers", CUSTOMERS],
        env=environment | {"ZIXIN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "The sandbox plays 9 systems" in done.stdout
    pointer = read_pointer(home / "published")
    assert pointer
    feeds = read_inputs(home, date.fromisoformat(pointer.as_of)).feeds
    assert {feed["state"] for feed in feeds} == {"loaded"}
    brought = {feed["feed"].split("-")[0] for feed in feeds if feed["batch"]}
    assert brought >= {"fxiaoke", "zoho", "salesforce", "qcc", "creditsafe", "gleif", "papers"}
    left = [
        process.info["cmdline"]
        for process in psutil.process_iter(["cmdline", "environ"])
        if (process.info["environ"] or {}).get("ZIXIN_HOME") == str(home)
    ]
    assert left == []
