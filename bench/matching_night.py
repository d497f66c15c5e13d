"""Snapshots for matching without a night around them: empty `current.*`, filled by SELECTs."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.matching.link import Rules
from etl.matching.mentions import tables
from etl.policy import load_policies
from etl.settings import PROJECT

DATA = PROJECT.parent / "shared" / "data"
HISTORY = {
    "known_on": "DATE '2026-01-01'",
    "batch": "'000001-bench'",
    "seq": "0",
    "is_deleted": "FALSE",
}


@contextmanager
def snapshots(memory: str = "4GiB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with two threads and every snapshot that matching reads, empty."""
    with TemporaryDirectory() as spill:
        config = {"threads": 2, "memory_limit": memory, "temp_directory": str(Path(spill))}
        with duckdb.connect(config=config) as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute("CREATE SCHEMA current")
            for name in tables():
                columns = (*ENTITIES[name].columns, *HISTORY_COLUMNS)
                listed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
                connection.execute(f"CREATE TABLE current.{name} ({listed})")
            yield connection


def fill(connection: duckdb.DuckDBPyConnection, entity: str, select: str) -> None:
    """Rows of an entity from a SELECT; columns by name, what it leaves out takes its default."""
    given = {row[0] for row in connection.execute(f"DESCRIBE {select}").fetchall()}
    defaults = {
        column.name: f"'{column.default}'"
        for column in ENTITIES[entity].columns
        if column.default is not None
    }
    rest = "".join(
        f", {value} AS {name}"
        for name, value in {**defaults, **HISTORY}.items()
        if name not in given
    )
    connection.execute(f"INSERT INTO current.{entity} BY NAME SELECT *{rest} FROM ({select})")


def shipped_rules(*ignored: str) -> Rules:
    """The thresholds that the default policy is shipped with: chosen by reason (policy/article.yaml),
    never on the sets they are measured on here."""
    matching = load_policies("article", beside=PROJECT / "policy").active.matching
    return Rules(Decimal(matching.accept_from), Decimal(matching.review_from), ignored)


def share(part: int, whole: int) -> str:
    """`part` of `whole`, with the counts."""
    return f"{part / whole:7.2%} ({part:,} of {whole:,})" if whole else "      – (0 of 0)"


def count(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The one value of a query."""
    return (connection.execute(sql).fetchone() or (0,))[0]
