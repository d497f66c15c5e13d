"""`zixin sandbox up`: a world, made if there is none, and the server over it, until it is stopped."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from etl.clock import Ticker
from etl.errors import ZixinError
from etl.settings import settings
from sandbox.server.clock import moment
from sandbox.server.faults import parse
from sandbox.server.run import Wish, print_facts, serve
from sandbox.world.build import make_world, read_manifest

MOST_PORT = 65_535


def up(
    *,
    world: Path | None,
    customers: int,
    port: int,
    at: str | None,
    faults: str,
    seed: int,
    limits_times: float,
    as_json: bool,
    tell: Callable[[str], None],
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Without `world` one of `customers` customers is made under ZIXIN_HOME and used again next time.
    `at` (ISO) is where the virtual clock starts; without it the real time is taken.

    Raises:
        ZixinError: an argument is wrong, there is no world in `world`, or the port is taken.
    """
    if not 0 <= port <= MOST_PORT:
        raise ZixinError(f"--port takes 0 (a free one) to {MOST_PORT}, not {port}")
    if limits_times <= 0:
        raise ZixinError(f"--limits-times takes a number above 0, not {limits_times}")
    start, wrong = moment(at) if at else Ticker().now(), parse(faults)
    folder = world
    if folder is None:
        folder = settings().home / "sandbox" / f"world-{customers}-{seed}"
        tell(f"a world of {customers:,} customers in {folder}")
        make_world(folder, customers, seed, date(start.year, 12, 31))
    elif read_manifest(folder) is None:
        raise ZixinError(
            f"there is no world in {folder}; leave --world out and one is made, "
            f"or make it with `zixin world --customers {customers} --out {folder}`"
        )
    wish = Wish(
        world=folder,
        port=port,
        at=start,
        faults=wrong,
        seed=seed,
        limits_times=limits_times,
    )
    serve(wish, _print_json if as_json else print_facts)


def _print_json(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
