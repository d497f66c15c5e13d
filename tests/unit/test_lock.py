"""One night at a time, and no lock that outlives its process."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.errors import ZixinError
from etl.lock import night_lock
from etl.settings import PROJECT

HOLDS = """
import sys, time
from pathlib import Path
from etl.lock import night_lock
with night_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(home: Path, seconds: float) -> subprocess.Popen[str]:
    """Another process that holds the lock; returns once it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(home), str(seconds)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_night_is_refused_in_a_sentence(tmp_path: Path) -> None:
    other = holder(tmp_path, 60)
    try:
        sentence = rf"another night is running.*process {other.pid}"
        with pytest.raises(ZixinError, match=sentence), night_lock(tmp_path):
            pytest.fail("two nights at once")
    finally:
        other.kill()
        other.wait()


def test_the_second_night_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    other = holder(tmp_path, 0.5)

    with night_lock(tmp_path, wait_seconds=30):
        assert other.wait() == 0


def test_a_killed_night_leaves_no_lock(tmp_path: Path) -> None:
    other = holder(tmp_path, 60)
    other.kill()
    other.wait()

    started = time.monotonic()
    with night_lock(tmp_path):
        pass
    assert time.monotonic() - started < 1


def test_a_verb_inside_a_night_goes_through(tmp_path: Path) -> None:
    with night_lock(tmp_path), night_lock(tmp_path):
        pass
    with night_lock(tmp_path):  # and the inner one has not kept it
        pass


def test_it_is_let_go_when_the_night_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), night_lock(tmp_path):
        _ = 1 / 0

    other = holder(tmp_path, 0)
    assert other.wait() == 0


def test_two_lakes_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with night_lock(tmp_path / "one"), night_lock(tmp_path / "two"):
        pass
