"""Great Expectations, set up once a process and lent one connection after another.

Setting it up takes ten times as long as checking a small batch: it writes its own settings as YAML for
every data source and table it is told of. A night has dozens of batches, so it is told once, and what
changes is the connection behind it. It keeps hold of none: outside `lent` there is no connection.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import duckdb
import great_expectations as gx
from sqlalchemy.pool import NullPool

from etl.quality.dialect import URL, LentConnection, lend

ANYTHING = "anything"
"""What to look at when the rules name their relation themselves."""

_borrowed: list[duckdb.DuckDBPyConnection] = []


@contextmanager
def lent(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let Great Expectations work on `connection`, and forget it afterwards."""
    _borrowed.append(connection)
    try:
        yield
    finally:
        _borrowed.pop()


@cache
def batch_of(asset: str) -> Any:
    """What a suite is run on: a relation (schema.table), or `ANYTHING`. Call it inside `lent`."""
    if asset == ANYTHING:
        rows = _source().add_query_asset(ANYTHING, query="SELECT 1 AS nothing")
        return rows.add_batch_definition_whole_table("whole").get_batch()
    schema, table = asset.split(".")
    with warnings.catch_warnings():
        # It wants the schema in a connection string; a lent connection has none.
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = _source().add_table_asset(asset, table_name=table, schema_name=schema)
    return rows.add_batch_definition_whole_table("whole").get_batch()


@cache
def _source() -> Any:
    # Great Expectations' own types say less than it takes.
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_sql(
        "lent",
        connection_string=URL,
        create_temp_table=False,
        kwargs={"poolclass": NullPool, "creator": _connection},
    )


def _connection() -> LentConnection:
    """Asked for anew by every question: a pool would keep the connection of the first."""
    return lend(_borrowed[-1])()
