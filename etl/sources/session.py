"""One session a system and process: its feeds share the login, the windows and the connection."""

from collections.abc import Callable
from pathlib import Path

from etl.clock import Ticker
from etl.sources.client import Client
from etl.sources.config import Feed
from etl.sources.connections import connection
from etl.sources.connector import Connector
from etl.sources.windows import Windows, parse_limits

_open: dict[tuple[str, str, Path], Client] = {}
_ticker: list[Ticker] = [Ticker()]


def use_ticker(ticker: Ticker) -> None:
    """Wait and tell the time with this one from here on: a test's moves a sandbox's clock."""
    _ticker[:] = [ticker]


def opens(home: Path, feed: Feed, connector: Connector) -> Callable[[], Client]:
    """The system's session, opened when it is first needed."""

    def client() -> Client:
        name = feed.connection or connector.connection_name or connector.name
        who = connection(name)
        key = (connector.name, repr(who) + str(hash((who.login, who.password))), home)
        if key not in _open:
            limits = who.get("limits")
            windows = Windows(
                home / "limits",
                f"{connector.name}-{name}",
                parse_limits(limits, name) if limits else connector.limits,
                _ticker[0],
            )
            _open[key] = Client(connector, who, windows, _ticker[0])
        return _open[key]

    return client


def close_all() -> None:
    """Let every session go."""
    for client in _open.values():
        client.close()
    _open.clear()
