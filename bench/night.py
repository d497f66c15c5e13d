"""`zixin night` and `make run` on the sample ledger, from an empty home: what a newcomer waits for.

The promises on two cores: at most 15 s and, after set-up, at most 120 s.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.measure import Cost, line, median
from etl.settings import PROJECT

ROUNDS = 3
AS_OF = "2026-11-21"


def one_night(home: str) -> None:
    """The command as a shell runs it."""
    _run([str(Path(sys.executable).parent / "zixin"), "night", "--as-of", AS_OF], home)


def one_run(home: str) -> None:
    """What `make run` does once everything is set up: a real Airflow from nothing, and one night."""
    _run([sys.executable, "-m", "etl.airflow_local", "run", "--as-of", AS_OF], home)


def _run(command: list[str], home: str) -> None:
    done = subprocess.run(  # noqa: S603  our own command
        command, cwd=PROJECT, env={"PATH": "/usr/bin:/bin", "HOME": home, "ZIXIN_HOME": home},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(done.returncode)


def _timed(work: Callable[[str], None], rounds: int) -> list[Cost]:
    spent = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            start = time.perf_counter()
            work(home)
            spent.append(Cost(time.perf_counter() - start, 0))
    return spent


def main() -> bool:
    """Print the medians; a benchmark, not a test."""
    sys.stdout.write(line("zixin night on the sample", median(_timed(one_night, ROUNDS))))
    sys.stdout.write(line("make run on the sample, set up", median(_timed(one_run, 1))))
    return True


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
