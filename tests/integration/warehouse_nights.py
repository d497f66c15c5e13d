"""Small nights for the warehouse tests: tables as the lake describes them, and how to read back."""

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from sqlalchemy.engine import make_url

from etl.publish import warehouse
from etl.publish.warehouse.tables import WarehouseTable
from tests.nights import in_child

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18)


@dataclass(frozen=True)
class Column:
    """As `etl.models` describes one."""

    name: str
    type: str
    description: str = "What it means"


@dataclass(frozen=True)
class Table:
    """As `etl.models` describes one, with the files of a night."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("customer_id",)
    question: str = "What is known?"
    files: Sequence[Path] = field(default_factory=tuple)


CUSTOMER_ID = Column("customer_id", "VARCHAR", "The customer 客户")
GRADE = Table("mart", "customer_grade", (CUSTOMER_ID, Column("grade", "VARCHAR(20)", "Its grade")))
BALANCE = Table(
    "indicator",
    "balance",
    (CUSTOMER_ID, Column("open_amount", "DECIMAL(18,2)", "Open amount, CNY")),
)


def written(table: Table, folder: Path, rows: str) -> Table:
    """`table` with one file that holds what the SELECT `rows` gives."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table.schema}.{table.name}.{len(list(folder.iterdir()))}.parquet"
    with duckdb.connect() as connection:
        name = str(path).replace("'", "''")
        connection.execute(f"COPY ({rows}) TO '{name}' (FORMAT parquet)")
    return replace(table, files=(*table.files, path))


def night(folder: Path, mark: str, customers: int = 3) -> list[Table]:
    """A night whose every row carries `mark`; its balances sum to `customers` times 1.00."""
    ids = f"SELECT 'C' || i AS customer_id, %s FROM range({customers}) AS r(i)"
    return [
        written(GRADE, folder, ids % f"'{mark}' AS grade"),
        written(BALANCE, folder, ids % "CAST(1 AS DECIMAL(18,2)) AS open_amount"),
    ]


def load(url: str, as_of: date, build: str, tables: Sequence[WarehouseTable]) -> dict[str, Any]:
    """Load without showing."""
    return warehouse.load_night(url, as_of=as_of, build=build, tables=tables)


def publish(url: str, as_of: date, build: str, tables: Sequence[WarehouseTable]) -> None:
    """Load and show."""
    load(url, as_of, build, tables)
    warehouse.show_night(url, as_of, build)


def read(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a report would get that asks now."""
    where = make_url(url)
    if where.get_backend_name() == "postgresql":
        plain = where.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            return connection.execute(query.encode()).fetchall()
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{where.database}' AS shown (READ_ONLY)")
        connection.execute("USE shown")
        return connection.execute(query).fetchall()


def seen(url: str) -> set[tuple[Any, ...]]:
    """Night and mark of every grade a report sees now."""
    return set(read(url, "SELECT as_of, build, grade FROM mart.customer_grade_current"))


def dies(script: str, *arguments: object) -> None:
    """Run `script` in a process of its own; it must end by kill -9, not otherwise.

    The process is a copy of this one, which has imported already what the script needs.
    """

    def run() -> None:
        sys.argv[1:] = map(str, arguments)
        exec(PRELUDE + script, {"__name__": "a process that dies"})

    assert in_child(run) == -signal.SIGKILL, "what it said instead is in the captured output"


PRELUDE = """
import os, signal, sys
from pathlib import Path
from tests.integration.warehouse_nights import *
from etl.publish import warehouse
from etl.publish.warehouse.tables import WarehouseTable
from tests.nights import in_child

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(function):
    def run(*arguments, **named):
        function(*arguments, **named)
        die()
    return run
"""
