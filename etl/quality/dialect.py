"""Great Expectations on a borrowed DuckDB connection.

Great Expectations gives a connection back before it reads the rows, and DuckDB drops an unread
result at that moment, so every check would fail. Here the rows are read as soon as a statement has
run. A check needs a count and a few rows, never a list of a million keys: what lies beyond the first
`KEPT` rows is not read, and asking for it is an error rather than a shorter answer.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

import duckdb
from duckdb_sqlalchemy import ConnectionWrapper, Dialect, DuckDBExecutionContext
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

URL = "duckdb+buffered://"
KEPT = 10_000


class TooManyRowsError(RuntimeError):
    """A check wanted to read all rows of a long result."""


class FirstRows(FullyBufferedCursorFetchStrategy):
    """The first rows of a longer result. Coming to their end is an error, not the end of the rows."""

    def fetchone(self, *given: Any, **named: Any) -> Any:
        return self._unless_spent(super().fetchone(*given, **named))

    def fetchmany(self, *given: Any, **named: Any) -> Any:
        return self._unless_spent(super().fetchmany(*given, **named))

    def fetchall(self, *given: Any, **named: Any) -> Any:
        return self._unless_spent(super().fetchall(*given, **named))

    def _unless_spent(self, rows: Any) -> Any:
        if not self._rowbuffer:
            raise TooManyRowsError(
                f"this check reads more than {KEPT} rows; write it as an unexpected_rows_expectation"
            )
        return rows


class BufferedContext(DuckDBExecutionContext):
    """Reads the rows of a statement before anybody can give the connection back."""

    def post_exec(self) -> None:
        super().post_exec()  # type: ignore[no-untyped-call]
        if self.cursor is None or not self.cursor.description:
            return
        rows = self.cursor.fetchmany(KEPT + 1)
        strategy = FirstRows if len(rows) > KEPT else FullyBufferedCursorFetchStrategy
        self.cursor_fetch_strategy = strategy(self.cursor, self.cursor.description, deque(rows))


class BufferedDialect(Dialect):
    """DuckDB as `duckdb+buffered`."""

    execution_ctx_cls = BufferedContext
    supports_statement_cache = True


class LentConnection(ConnectionWrapper):
    """A connection that belongs to somebody else: closing it is not ours to do."""

    def close(self) -> None:
        """Leave it open; its owner closes it."""


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)


def lend(connection: duckdb.DuckDBPyConnection) -> Callable[[], LentConnection]:
    """A `creator` for SQLAlchemy that always hands out `connection` and never closes it."""
    return lambda: LentConnection(connection)
