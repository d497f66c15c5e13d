"""The engine seam: SQL says what, an engine says how. Only this package knows engines apart.

An engine runs a SELECT over named Parquet inputs, writes the result with declared types, hands rows
to a reader, and lends its connection to Great Expectations.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

Tables = Mapping[str, Sequence[Path]]
"""schema.table → its Parquet files."""


class Engine(Protocol):
    """What every engine does."""

    name: str
    version: str

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
        """Write the SELECT's rows to one Parquet file, cast to `types`, sorted by a unique
        `order_by`; returns the row count. A key that is not unique or holds NULL is an error;
        only the columns of it in `may_be_null` may be empty."""
        ...

    def rows(self, sql: str, tables: Tables, *, as_of: date) -> list[tuple[Any, ...]]:
        """The rows of a small SELECT."""
        ...

    def connect(self, tables: Tables, *, as_of: date) -> AbstractContextManager[Any]:
        """The engine's own connection with the tables as views, for checks and publication."""
        ...
