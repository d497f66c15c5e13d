"""What goes wrong with a database, as one sentence; never with a password in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from etl.errors import ZixinError

SETTING = "ZIXIN_WAREHOUSE_URL"
SECRET_WORDS = ("pass", "secret", "token", "key")


def masked(url: URL) -> str:
    """`url` as people may read it: `***` where the password and other secrets stand."""
    hidden = {
        name: "***" for name in url.query if any(word in name.lower() for word in SECRET_WORDS)
    }
    return url.update_query_dict(hidden).render_as_string(hide_password=True).replace("%2A", "*")


def parsed(url: str) -> URL:
    """The URL of one of the two databases; anything else is refused without repeating it."""
    try:
        where = make_url(url)
    except (ArgumentError, ValueError):
        # The text may hold a password: it is not quoted, and the cause would quote it.
        raise ZixinError(
            f"{SETTING} is not a database URL: write duckdb:////path/warehouse.duckdb or "
            "postgresql+psycopg://user:password@host/database."
        ) from None
    if where.get_backend_name() == "postgresql":
        return where.set(drivername="postgresql+psycopg")
    if where.get_backend_name() == "duckdb":
        if not where.database or where.database.startswith((":", "md:", "motherduck:")):
            raise ZixinError(
                f"{SETTING} must name a file, as in duckdb:////srv/zixin/warehouse.duckdb: "
                "a database in memory or in a service cannot be renamed over."
            )
        return where
    raise ZixinError(
        f"{SETTING} names a database Zixin does not load ({where.get_backend_name()}): "
        "use duckdb:////path/warehouse.duckdb or postgresql+psycopg://…"
    )


@contextmanager
def one_sentence(url: URL, doing: str) -> Iterator[None]:
    """Turn what the database or the disk says while `doing` (“loading …”) into a `ZixinError`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise ZixinError(f"{doing} failed in {masked(url)}: {_reason(error, url)}") from None
    except Exception as error:
        # The drivers have no common ancestor: psycopg.Error and duckdb.Error, without importing
        # the one that is not in use.
        if type(error).__module__.partition(".")[0] not in {"psycopg", "duckdb", "_duckdb"}:
            raise
        raise ZixinError(f"{doing} failed in {masked(url)}: {_reason(error, url)}") from None


def _reason(error: BaseException, url: URL) -> str:
    """The first line of what was said, and the way out when the error is one we know."""
    original: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        original = error.orig
    kind = type(original).__name__
    state = str(getattr(original, "sqlstate", None) or "")
    if isinstance(original, OSError):
        said = f"{original.strerror or original} ({original.filename})"
        return f"{said}. Check the folder, its rights and the space left on the disk."
    diagnosis = getattr(original, "diag", None)
    said = getattr(diagnosis, "message_primary", None) or str(original)
    lines = [line.strip(" .!\t") for line in said.splitlines() if line.strip()]
    first = lines[0] if lines else kind
    if state.startswith("22") or kind in {"ConversionException", "InvalidInputException"}:
        # Such a message quotes the value, which may be somebody's name or balance.
        first = re.sub(r"\"[^\"]*\"|'[^']*'", '"…"', first)
    if url.password:
        first = first.replace(str(url.password), "***")
    return f"{first}. {_way_out(state, kind, first, url)}".rstrip()


WAY_OUT_BY_STATE = {
    "2BP01": "Change or drop what reads it, then run it again.",
    "53100": "Free disk space on the database server and run it again.",
    "53200": "Free memory on the database server and run it again.",
    "55P03": (
        "Another night is being loaded or a report is reading for long: run it again when that "
        "has ended."
    ),
}
WAY_OUT_BY_KIND = {
    "BinderException": "The files are not of this table: run the night again.",
    "ConversionException": "The files are not of this table: run the night again.",
    "IOException": "Check the file, its rights and the space left on the disk.",
    "OperationalError": f"Check {SETTING} and that the server is up.",
}


def _way_out(state: str, kind: str, said: str, url: URL) -> str:
    if state == "42501":
        return (
            f"Grant the user {url.username or 'of ' + SETTING} CREATE on the database and on its "
            "schema public, or let a user who has them load."
        )
    if state in WAY_OUT_BY_STATE:
        return WAY_OUT_BY_STATE[state]
    if state.startswith(("08", "57")):
        return "Run it again when the server is up: nothing was changed."
    if "authentication" in said or state.startswith("28"):
        return f"Check the user and the password in {SETTING}."
    if "not a valid DuckDB database" in said or "newer version of DuckDB" in said:
        return "Move the file away and publish again: the lake has every night."
    return WAY_OUT_BY_KIND.get(kind, "") if state == "" else ""
