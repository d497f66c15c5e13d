"""`make run` and `make ui` with the real scheduler and API server, on a lake of their own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import psutil
import pytest
import requests

from etl.publish.site import read_pointer

SECONDS_TO_START = 120
NIGHT = "2026-11-20"
NEXT_NIGHT = "2026-11-21"


@dataclass
class Place:
    """A lake, and a ledger that the tests may spoil."""

    home: Path
    book: Path

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "etl.airflow_local", *words]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"ZIXIN_HOME": str(self.home), "ZIXIN_CONFIG": str(self.book)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def left_running(self) -> list[str]:
        """Processes that work in this place: each has it in its environment."""
        return [
            " ".join(process.info["cmdline"] or [])
            for process in psutil.process_iter(["cmdline", "environ"])
            if (process.info["environ"] or {}).get("ZIXIN_HOME") == str(self.home)
        ]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Place:
    folder = tmp_path_factory.mktemp("a place with spaces")
    shutil.copytree(project / "sandbox/ledger", folder / "ledger")
    book = folder / "ledger/ledger.yaml"
    # Every feed essential: a night that lacks one of them fails.
    text = re.sub(r"(?m)^ +essential:.*\n", "", book.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^( +)file:", r"\1essential: true\n\1file:", text)
    book.write_text(text, encoding="utf-8")
    return Place(folder / "home", book)


def test_a_night_is_published_and_nothing_keeps_running(place: Place) -> None:
    done = place.run("run", "--as-of", NIGHT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{NIGHT}  " in done.stdout, "the summary of the night"
    page = re.search(r"file://(\S+)", done.stdout)
    assert page
    assert Path(unquote(page[1])).is_file()
    assert place.left_running() == []


def test_a_book_that_is_not_there_is_one_sentence_at_once(place: Place) -> None:
    elsewhere = Place(place.home, place.book.with_name("mistyped.yaml"))
    done = elsewhere.run("run")
    assert done.returncode == 1
    assert "mistyped.yaml" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@dataclass
class Ui:
    url: str
    password: str
    process: subprocess.Popen[str]

    @property
    def token(self) -> str:
        answer = requests.post(
            f"{self.url}/auth/token",
            json={"username": "admin", "password": self.password},
            timeout=30,
        )
        return str(answer.json()["access_token"])

    def get(self, path: str, **options: object) -> requests.Response:
        return requests.get(f"{self.url}{path}", timeout=30, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def ui(place: Place) -> Iterator[Ui]:
    said: dict[str, str] = {}
    with subprocess.Popen(
        place.command("ui"), env=place.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            words = line.split()
            if len(words) == 2:
                said[words[0]] = words[1]
            if line.startswith("Ctrl-C"):
                break
        try:
            yield Ui(said["Airflow"], said["password"], process)
        finally:
            process.terminate()
            process.wait(60)


class TestPages:
    """The pages of the plugin, with Airflow's own locks on the door."""

    def test_nobody_reads_without_logging_in(self, ui: Ui) -> None:
        for path in ("/credit-files/", "/credit-files/current.json", "/credit-files/a/b.html"):
            assert ui.get(path, allow_redirects=False).status_code == 401

    def test_a_token_opens_the_portfolio(self, ui: Ui) -> None:
        answer = ui.get("/credit-files/", headers={"Authorization": f"Bearer {ui.token}"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert NIGHT in answer.url

    def test_so_does_the_cookie_of_the_ui(self, ui: Ui) -> None:
        assert ui.get("/credit-files/", cookies={"_token": ui.token}).status_code == 200

    def test_the_ui_has_them_in_its_menu(self, ui: Ui) -> None:
        plugins = ui.get("/api/v2/plugins", headers={"Authorization": f"Bearer {ui.token}"}).json()
        views = [view["href"] for one in plugins["plugins"] for view in one["external_views"]]
        assert "/credit-files/" in views


def test_a_second_airflow_in_the_same_place_is_refused(place: Place, ui: Ui) -> None:
    done = place.run("ui")
    assert done.returncode == 1
    assert "already running" in done.stdout


def test_whoever_is_told_to_stop_leaves_nothing_running(place: Place, ui: Ui) -> None:
    ui.process.send_signal(signal.SIGTERM)
    assert ui.process.wait(60) == 128 + signal.SIGTERM
    until = time.monotonic() + 10
    while place.left_running() and time.monotonic() < until:
        time.sleep(0.2)
    assert place.left_running() == []


def test_a_failing_task_is_named_with_its_reason(place: Place) -> None:
    for export in place.book.parent.iterdir():
        if export != place.book:
            export.unlink()
    done = place.run("run", "--as-of", NEXT_NIGHT)
    assert done.returncode == 1
    assert " failed: " in done.stdout
    assert "Traceback" not in done.stdout
    log = re.search(r"The whole log: (.+)$", done.stdout, re.MULTILINE)
    assert log
    assert Path(log[1]).is_file()
    pointer = read_pointer(place.home / "published")
    assert pointer
    assert pointer.as_of == NIGHT, "what was published before still stands"
    assert place.left_running() == []
