"""Start the sandbox: `python -m sandbox.server.run --world DIR`, or `zixin sandbox up`.

One process, loopback only. It prints where it listens and the connections to use, and stops on
SIGTERM or Ctrl-C.
"""

import argparse
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn

from etl.clock import Ticker
from etl.errors import ZixinError
from sandbox.server.app import create_app
from sandbox.server.clock import Clock, moment
from sandbox.server.credentials import SANDBOX, Credentials, environment, planted
from sandbox.server.faults import Faults, parse
from sandbox.server.state import State

LOOPBACK = "127.0.0.1"
GOODBYE_SECONDS = 1


@dataclass(frozen=True)
class Wish:
    """What to start. `at`: where the virtual clock starts (None: now). `limits_times` widens every
    rate window, `canary` goes into every credential, `delay` is how long `timeout` holds an answer."""

    world: Path
    port: int = 0
    at: datetime | None = None
    is_frozen: bool = False
    faults: tuple[str, ...] = ()
    rate: float = 0.1
    delay: float = 90.0
    quota_after: int = 20
    seed: int = 1
    limits_times: float = 1.0
    canary: str = ""
    ready_file: Path | None = None
    options: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def credentials(self) -> Credentials:
        """The logins this sandbox accepts."""
        return planted(self.canary) if self.canary else SANDBOX


def state_for(wish: Wish) -> State:
    """The state a server starts with."""
    return State(
        Clock(wish.at or Ticker().now(), is_frozen=wish.is_frozen),
        faults=Faults(
            wish.faults,
            rate=wish.rate,
            seed=wish.seed,
            delay=wish.delay,
            quota_after=wish.quota_after,
        ),
        credentials=wish.credentials,
        limit_factor=wish.limits_times,
        options=wish.options,
        seed=wish.seed,
    )


def serve(wish: Wish, say: Callable[[dict[str, Any]], None]) -> None:
    """Serve until told to stop. `say` gets address, pid and connections once it listens.

    Raises:
        ZixinError: there is no world there, or the port is taken.
    """
    from sandbox.world.reader import World

    app = create_app(World(wish.world), state_for(wish))
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, wish.port))
        except OSError:
            raise ZixinError(
                f"port {wish.port} is taken; give another, or 0 for a free one"
            ) from None
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        facts = {
            "address": address,
            "pid": os.getpid(),
            "environment": environment(address, wish.credentials, extra=_limits(wish)),
        }
        server = _Server(
            uvicorn.Config(
                app,
                log_level="critical",
                access_log=False,
                date_header=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=GOODBYE_SECONDS,
            ),
            lambda: _announce(wish, facts, say),
        )
        # uvicorn stops on these and raises them again when it has: then they must do nothing.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then announce."""
        await super().startup(sockets)
        self._announce()


def _announce(wish: Wish, facts: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> None:
    if wish.ready_file is not None:
        draft = wish.ready_file.with_suffix(".draft")
        draft.write_text(json.dumps(facts), encoding="utf-8")
        draft.replace(wish.ready_file)
    say(facts)


def _limits(wish: Wish) -> dict[str, dict[str, Any]]:
    """Wider windows are no use to a client that keeps to the usual ones: tell it."""
    if wish.limits_times == 1.0:
        return {}
    from sandbox.server.app import systems

    return {
        system.name: {
            "limits": ",".join(
                f"{int(calls * wish.limits_times)}/{int(seconds)}"
                for calls, seconds in system.windows
            )
        }
        for system in systems()
        if system.windows
    }


def print_facts(facts: dict[str, Any]) -> None:
    """For people: the address, and lines to paste into a shell."""
    lines = [f"sandbox listening on {facts['address']} (pid {facts['pid']})"]
    lines += [f"export {name}='{text}'" for name, text in facts["environment"].items()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """The command line of a server in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--at", type=moment)
    parser.add_argument("--frozen", action="store_true")
    parser.add_argument("--faults", type=parse, default=())
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--delay", type=float, default=90.0)
    parser.add_argument("--quota-after", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limits-times", type=float, default=1.0)
    parser.add_argument("--canary", default="")
    parser.add_argument("--ready-file", type=Path)
    parser.add_argument("--options", type=json.loads, default={})
    given = parser.parse_args(arguments)
    wish = Wish(
        **{("is_frozen" if key == "frozen" else key): value for key, value in vars(given).items()}
    )
    try:
        serve(wish, print_facts)
    except ZixinError as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
