"""Driving a connector without a network: replies in, requests out."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from etl.sources.connections import Connection
from etl.sources.connector import Ask, Connector, Meaning, Pull, Reply

SINCE = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
UNTIL = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
FOREVER = 200


def answer(body: Any = None, status: int = 200, **headers: str) -> Reply:
    """A reply; `body` is sent as JSON unless it is bytes. Header names with _ for -."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, b"" if body is None else content)


def pull(resource: str, *fields: str, since: datetime | None = SINCE, **options: Any) -> Pull:
    """A pull of the night of 20 November."""
    return Pull(resource, fields, since, UNTIL, options)


def connection(**parts: Any) -> Connection:
    """A connection with made-up credentials."""
    return Connection("test", **{"login": "id-of-app", "password": "made-up", **parts})


def played(
    connector: Connector, wanted: Pull, serve: Callable[[Ask], Reply]
) -> list[tuple[Ask, Reply]]:
    """Every request of a pull with its answer, to the end."""
    steps = []
    ask = connector.first(wanted)
    while ask is not None:
        # What is asked next is written down and read again after a crash.
        ask = Ask(**json.loads(json.dumps(ask.__dict__)))
        reply = serve(ask)
        assert connector.judge(reply).meaning in (Meaning.PAGE, Meaning.NOTHING)
        steps.append((ask, reply))
        assert len(steps) < FOREVER, "an endless loop"
        ask = connector.after(wanted, ask, reply)
    return steps


def meanings(connector: Connector, replies: Mapping[str, Reply]) -> dict[str, Meaning]:
    """What each answer means."""
    return {name: connector.judge(reply).meaning for name, reply in replies.items()}
