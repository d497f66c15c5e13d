"""Which module speaks with which system. A module is imported when a book names its system."""

from datetime import UTC, datetime
from functools import cache
from importlib import import_module

from etl.errors import ZixinError
from etl.sources.config import Feed
from etl.sources.connector import Connector, Pull
from etl.sources.problems import nearest

SYSTEMS = (
    "courtlistener",
    "creditsafe",
    "fxiaoke",
    "gleif",
    "qcc",
    "salesforce",
    "sec_edgar",
    "tianyancha",
    "zoho_books",
    "zoho_crm",
)

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def system(name: str) -> Connector:
    """The connector that a book calls `source: <name>`.

    Raises:
        ZixinError: there is none of that name.
    """
    if name not in SYSTEMS:
        raise ZixinError(f"no system is called {name!r}{nearest(name, SYSTEMS)}")
    connector: Connector = import_module(f"etl.sources.{name}").CONNECTOR
    return connector


def fields_of(feed: Feed) -> tuple[str, ...]:
    """The columns a pull asks for: what the mapping reads of a row, without facts of the page."""
    named = [*feed.sources, *([feed.version] if feed.version else [])]
    return tuple(dict.fromkeys(column for column in named if not column.startswith("@")))


def plain_pull(feed: Feed) -> Pull:
    """What the feed asks for, without a night: enough to know how its pages are read."""
    return Pull(feed.resource, fields_of(feed), None, _NO_TIME, feed.options)
