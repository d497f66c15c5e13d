"""The sandbox behind `make run`: a world, a server that speaks every API over it, a book that asks it.

Only where nobody configured a book of their own: whoever did gets their own systems.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console

from etl import clock
from etl.errors import ZixinError
from etl.schedule import time_zone
from etl.settings import PROJECT, settings, use_config

CUSTOMERS = 300
SECONDS_TO_START = 120
WIDER_WINDOWS = 60
"""The real windows would make a first night of 300 customers last for hours: the sandbox's are wider,
and its connections say so."""


@contextmanager
def sandboxed(
    console: Console, as_of: date | None, customers: int = CUSTOMERS
) -> Iterator[dict[str, str]]:
    """The environment Airflow's processes need; the sandbox runs until the block ends. `as_of`: the
    night to be run (None: tonight), whose files are put ready."""
    if not settings().is_unconfigured:
        yield {}
        return
    folder = settings().home / "sandbox"
    from sandbox.drop import prepare

    book = prepare(folder, customers, as_of or clock.tonight(time_zone()))
    use_config(book)
    process, facts = _start(folder)
    console.print(f"The sandbox plays {len(facts['environment'])} systems at {facts['address']}.")
    try:
        yield {**facts["environment"], "ZIXIN_CONFIG": str(book)}
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(folder: Path) -> tuple[subprocess.Popen[bytes], dict[str, dict[str, str]]]:
    ready, log = folder / "ready.json", folder / "sandbox.log"
    ready.unlink(missing_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter
            [
                sys.executable, "-m", "sandbox.server.run",
                "--world", str(folder / "world"),
                "--limits-times", str(WIDER_WINDOWS),
                "--ready-file", str(ready),
            ],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    until = time.monotonic() + SECONDS_TO_START
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise ZixinError(f"The sandbox did not start; its words are in {log}.")
        time.sleep(0.1)
    return process, json.loads(ready.read_text(encoding="utf-8"))
