"""The sandbox for tests: in a process of its own, or inside the test.

    @pytest.fixture(scope="module")
    def sandbox(tiny_world):
        with running(tiny_world) as server:
            yield server

    def test_it(sandbox, monkeypatch):
        for name, text in sandbox.environment.items():
            monkeypatch.setenv(name, text)

`inside(world)` is the same without a process: a client to call, and the state to look into.
"""

import contextlib
import ctypes
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.testclient import TestClient

from sandbox.server.app import create_app
from sandbox.server.run import Wish, state_for
from sandbox.server.state import State

ROOT = Path(__file__).resolve().parents[1]
CUSTOMERS = 60
UNTIL = date(2026, 12, 31)
TONIGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""The night of 20 November 2026, 02:00 on the 21st in Shanghai."""

PATIENCE_SECONDS = 60
WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG


def make_world(folder: Path, customers: int = CUSTOMERS, seed: int = 7) -> Path:
    """A small world in `folder`."""
    from sandbox.world.build import make_world as make

    make(folder / "world", customers, seed, UNTIL, processes=1)
    return folder / "world"


@pytest.fixture(scope="session")
def tiny_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of sixty customers, made once."""
    return make_world(tmp_path_factory.mktemp("world"))


@dataclass
class Running:
    """A sandbox in a process of its own. `environment`: the AIRFLOW_CONN_ variables to set."""

    address: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def counts(self) -> dict[str, Any]:
        """Calls, rows, violations, refusals, billed, faults."""
        found: dict[str, Any] = requests.get(f"{self.address}/_sandbox/counts", timeout=10).json()
        return found

    def clock(self, **wish: Any) -> dict[str, Any]:
        """`set=iso`, `advance=seconds`, `freeze=bool`."""
        return self._post("clock", wish)

    def faults(self, *on: str, **wish: Any) -> dict[str, Any]:
        """Switch these on and all others off."""
        return self._post("faults", {"on": list(on), **wish})

    def reset(self) -> dict[str, Any]:
        """Forget counts, tokens, windows; faults off."""
        return self._post("reset", {})

    def _post(self, what: str, wish: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(f"{self.address}/_sandbox/{what}", json=wish, timeout=10)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@contextlib.contextmanager
def running(world: Path, *arguments: str, at: datetime = TONIGHT) -> Iterator[Running]:
    """A sandbox over `world` in a process of its own, on a free port; gone at the end.

    `arguments` as `python -m sandbox.server.run` takes them (`"--faults", "429,cut"`).
    """
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "sandbox.server.run", "--world", str(world)),
                *("--at", at.isoformat(), "--ready-file", str(ready), *arguments),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - the tests start no threads here
        )
        try:
            facts = _when_ready(process, ready)
            yield Running(facts["address"], facts["environment"], process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            assert process.stderr is not None
            process.stderr.close()


def _when_ready(process: subprocess.Popen[bytes], ready: Path) -> dict[str, Any]:
    start = time.monotonic()
    while not ready.exists():
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.fail(f"the sandbox did not start: {process.stderr.read().decode()[-2000:]}")
        if time.monotonic() - start > PATIENCE_SECONDS:
            pytest.fail("the sandbox is not ready after a minute")
        time.sleep(0.05)
    facts: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
    return facts


def _die_with_parent() -> None:
    with contextlib.suppress(OSError):
        ctypes.CDLL(None).prctl(WHEN_PARENT_DIES, signal.SIGTERM)


def inside(world: Any, **wish: Any) -> tuple[TestClient, State]:
    """The same server without a process. `world`: a folder, or an opened World.

    `wish`: fields of sandbox.server.run.Wish; the clock stands still unless told otherwise.
    """
    opened = world
    if isinstance(world, Path):
        from sandbox.world.reader import World

        opened = World(world)
    settings = {"at": TONIGHT, "is_frozen": True, **wish}
    state = state_for(Wish(world=Path(), **settings))
    client = TestClient(create_app(opened, state), raise_server_exceptions=False)
    return client, state
