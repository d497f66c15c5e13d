"""`zixin night` on the sample ledger, from an empty home: what a newcomer waits for."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Cost, line, median
from etl.settings import PROJECT

ROUNDS = 3
AS_OF = "2026-11-21"


def one_night(home: str) -> None:
    """The command as a shell runs it."""
    command = [str(Path(sys.executable).parent / "zixin"), "night", "--as-of", AS_OF]
    done = subprocess.run(  # noqa: S603  our own command
        command, cwd=PROJECT, env={"PATH": "/usr/bin:/bin", "HOME": home, "ZIXIN_HOME": home},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise SystemExit(done.returncode)


def main() -> bool:
    """Print the median; a benchmark, not a test: it has no bound of its own."""
    import time

    spent = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            start = time.perf_counter()
            one_night(home)
            spent.append(Cost(time.perf_counter() - start, 0))
    sys.stdout.write(line("zixin night on the sample", median(spent)))
    return True


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
