"""DuckDB, in process: the default engine."""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from etl.engine import Tables
from etl.errors import BrokenCheck
from etl.settings import Settings

_AS_OF = re.compile(r":as_of\b")
_AS_PARQUET = "FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, COMPRESSION_LEVEL 1"
"""Version 2 stores the differences of numbers and dates: a wide ledger is written in half the time, no larger."""


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a literal."""
    return "'" + text.replace("'", "''") + "'"


def qualified(name: str) -> str:
    """schema.table with each part quoted."""
    return ".".join(quoted(part) for part in name.split("."))


class DuckDBEngine:
    """Runs SELECTs over Parquet with the threads and memory the settings allow."""

    name = "duckdb"
    version = duckdb.__version__

    def __init__(self, settings: Settings) -> None:
        self._threads = settings.threads
        self._memory_limit = settings.memory_limit
        self._spill = settings.home / "spill"

    @contextmanager
    def connect(self, tables: Tables, *, as_of: date) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database in memory of its own, with each table as a view over its files."""
        connection = duckdb.connect(config=self._config())
        try:
            _prepare(connection, tables, as_of)
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _borrow(self, tables: Tables, *, as_of: date) -> Iterator[duckdb.DuckDBPyConnection]:
        """As `connect`, for our own statements: a catalog in the process's one database, because starting
        a database for each of a hundred small tables takes longer than making them."""
        connection = _database(self._config())
        catalog = f"borrowed_{next(_NUMBERS)}"
        try:
            connection.execute(f"ATTACH ':memory:' AS {catalog}")
            connection.execute(f"USE {catalog}")
            _prepare(connection, tables, as_of)
            yield connection
        except (duckdb.FatalException, duckdb.InternalException):
            _DATABASES.clear()  # after one of these DuckDB gives up the whole database
            raise
        finally:
            with suppress(duckdb.Error):  # what went wrong before is the one to hear of
                connection.execute("USE memory")
                connection.execute(f"DETACH DATABASE IF EXISTS {catalog}")
            connection.close()

    def _config(self) -> dict[str, Any]:
        self._spill.mkdir(parents=True, exist_ok=True)
        return {
            "threads": self._threads,
            "memory_limit": self._memory_limit,
            "temp_directory": str(self._spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }

    def write(
        self,
        sql: str,
        tables: Tables,
        *,
        as_of: date,
        types: Mapping[str, str],
        order_by: Sequence[str],
        target: Path,
        may_be_null: Collection[str] = (),
    ) -> int:
        """See `Engine.write`."""
        columns = ", ".join(
            f"CAST({quoted(name)} AS {type_}) AS {quoted(name)}" for name, type_ in types.items()
        )
        keys = ", ".join(quoted(name) for name in order_by)
        filled = [name for name in order_by if name not in may_be_null]
        has_null = " OR ".join(f"{quoted(name)} IS NULL" for name in filled) or "FALSE"
        file = literal(str(target))
        with self._borrow(tables, as_of=as_of) as connection:
            connection.execute(
                f"COPY (SELECT {columns} FROM ({_unsorted(_bound(sql))}) AS result ORDER BY {keys}) "
                f"TO {file} ({_AS_PARQUET})"
            )
            # The file is in the key's order: twice the same key stands side by side. Two rows of one key have
            # one hash, and a look at the hash above costs a seventh of comparing the keys.
            rows, alike, incomplete = connection.execute(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE hash_of_key = hash_above), "
                "COUNT(*) FILTER (WHERE has_null) "
                f"FROM (SELECT HASH({keys}) AS hash_of_key, LAG(HASH({keys})) OVER () AS hash_above, "
                f"{has_null} AS has_null FROM read_parquet({file}))"
            ).fetchone() or (0, 0, 0)
            twice = rows - _distinct(connection, keys, file) if alike else 0
        if twice or incomplete:
            raise BrokenCheck(
                f"{target.parent.parent.parent.name}: the key ({', '.join(order_by)}) is not unique "
                f"or holds NULL: {rows} rows, {rows - twice} keys"
            )
        return int(rows)

    def rows(self, sql: str, tables: Tables, *, as_of: date) -> list[tuple[Any, ...]]:
        """See `Engine.rows`."""
        with self._borrow(tables, as_of=as_of) as connection:
            return connection.execute(_bound(sql)).fetchall()


_NUMBERS = count(1)
_LOCK = Lock()
_DATABASES: dict[str, duckdb.DuckDBPyConnection] = {}
"""The one database of this process, by its settings."""

_SMALL: list[duckdb.DuckDBPyConnection] = []
"""The database of `small`, once there is one."""

_INHERITED: list[object] = []
"""A parent's databases, in the child of a fork: their threads stayed behind, so nobody may use or end them."""


def _leave_the_parents() -> None:
    _INHERITED.append((dict(_DATABASES), list(_SMALL)))
    _DATABASES.clear()
    _SMALL.clear()


os.register_at_fork(after_in_child=_leave_the_parents)


def _database(config: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    """A new connection to the process's database. Other settings replace it: the one before ends with
    the last connection to it."""
    with _LOCK:
        key = repr(sorted(config.items()))
        if key not in _DATABASES:
            _DATABASES.clear()
            _DATABASES[key] = duckdb.connect(config=dict(config))
        return _DATABASES[key].cursor()


def small() -> duckdb.DuckDBPyConnection:
    """A connection to a database in memory, for a handful of rows; temporary tables are its own. The
    process has one such database: starting it takes five times as long as writing a small file."""
    with _LOCK:
        if not _SMALL:
            _SMALL.append(duckdb.connect(config={"threads": 1}))
        return _SMALL[0].cursor()


def _prepare(connection: duckdb.DuckDBPyConnection, tables: Tables, as_of: date) -> None:
    """The night as a variable, the tables as views."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # stdout belongs to the command
    connection.execute("SET VARIABLE as_of = CAST(? AS DATE)", [as_of])
    for schema in sorted({name.split(".")[0] for name in tables if "." in name}):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}")
    for name, files in tables.items():
        paths = ", ".join(literal(str(file)) for file in files)
        connection.execute(
            f"CREATE VIEW {qualified(name)} AS SELECT * FROM read_parquet([{paths}])"
        )


def _distinct(connection: duckdb.DuckDBPyConnection, keys: str, file: str) -> int:
    """How many keys a file really has."""
    found = connection.execute(
        f"SELECT COUNT(*) FROM (SELECT DISTINCT {keys} FROM read_parquet({file}))"
    ).fetchone()
    return int(found[0]) if found else 0


_LAST_ORDER = re.compile(r"\nORDER BY \w+(, \w+)*\s*\Z")


def _unsorted(sql: str) -> str:
    """The SQL without the ORDER BY it ends with: `write` sorts the typed rows by the same key, and
    sorting millions of wide rows twice takes twice the memory."""
    return _LAST_ORDER.sub("", sql)


def _bound(sql: str) -> str:
    """The SQL with its one parameter in DuckDB's spelling, and nothing after the statement."""
    return _AS_OF.sub("getvariable('as_of')", sql).strip().rstrip(";")
