"""The engine's own statements share one database a process, and none is left with another's tables."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.engine.duckdb import DuckDBEngine
from etl.parquet import write_rows
from etl.settings import read_settings
from tests.nights import in_child

NIGHT = date(2026, 11, 20)


@pytest.fixture
def engine(tmp_path: Path) -> DuckDBEngine:
    return DuckDBEngine(read_settings({"ZIXIN_HOME": str(tmp_path), "ZIXIN_THREADS": "2"}))


def one_row(folder: Path, value: int) -> list[Path]:
    target = folder / f"{value}.parquet"
    write_rows(target=target, types={"x": "INTEGER"}, rows=[{"x": value}])
    return [target]


def catalogs(engine: DuckDBEngine) -> int:
    ((found,),) = engine.rows(
        "SELECT COUNT(*) FROM duckdb_databases() WHERE database_name LIKE 'borrowed%'",
        {},
        as_of=NIGHT,
    )
    return int(found)


def test_the_same_name_is_another_table_each_time(engine: DuckDBEngine, tmp_path: Path) -> None:
    def read(value: int) -> int:
        tables = {"core.customer": one_row(tmp_path, value)}
        return int(engine.rows("SELECT x FROM core.customer", tables, as_of=NIGHT)[0][0])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(20))) == list(range(20))


def test_what_goes_wrong_is_said_and_leaves_nothing_behind(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    tables = {"core.customer": one_row(tmp_path, 1)}
    with pytest.raises(duckdb.Error, match="no_such_column"):
        engine.rows("SELECT no_such_column FROM core.customer", tables, as_of=NIGHT)

    assert catalogs(engine) == 1  # the one that asks
    assert engine.rows("SELECT x FROM core.customer", tables, as_of=NIGHT) == [(1,)]


def test_the_child_of_a_fork_has_a_database_of_its_own(
    engine: DuckDBEngine, tmp_path: Path
) -> None:
    """Airflow forks; the threads of a parent's database do not come along, and waiting for them never ends."""
    tables = {"core.customer": one_row(tmp_path, 1)}
    asked = "SELECT x FROM core.customer"
    assert engine.rows(asked, tables, as_of=NIGHT) == [(1,)]

    def work() -> None:
        found = engine.rows(asked, tables, as_of=NIGHT)
        (tmp_path / "child").write_text(f"{os.getpid()} {found}", encoding="utf-8")

    assert in_child(work) == 0
    assert (tmp_path / "child").read_text(encoding="utf-8").endswith("[(1,)]")
    assert engine.rows(asked, tables, as_of=NIGHT) == [(1,)]
