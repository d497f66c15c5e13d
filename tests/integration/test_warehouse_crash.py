"""Killed with kill -9, at any point, people go on seeing one whole night; the next one repairs."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import duckdb
import psycopg
import pytest

from etl.errors import ZixinError
from etl.publish import warehouse
from tests.integration.warehouse_nights import (
    MONDAY,
    PRELUDE,
    TUESDAY,
    WEDNESDAY,
    dies,
    load,
    night,
    publish,
    read,
    seen,
)

pytest_plugins = ["tests.postgres_server"]

LOAD_TUESDAY = """
url, folder = sys.argv[1], Path(sys.argv[2])
load(url, TUESDAY, "t1", night(folder, "tuesday", customers=50_000))
"""
SHOW_TUESDAY = """
warehouse.show_night(sys.argv[1], TUESDAY, "t1")
"""

# Where the process kills itself, by what it replaces in the code of each database.
DURING_THE_LOAD = {
    "duckdb": {
        "after the first table": """
from etl.publish.warehouse import duckdb_file
insert = duckdb_file._insert
duckdb_file._insert = lambda *a: insert(*a) if a[1].schema == "indicator" else die()
""",
        "before the commit": """
from etl.publish.warehouse.state import State
State.remember_load = then_die(State.remember_load)
""",
        "before the new file has its name": """
from etl.publish.warehouse.duckdb_file import DuckdbFile
DuckdbFile._rename = die
""",
    },
    "postgresql": {
        "in the middle of a table": """
from etl.publish.warehouse import postgres
write, calls = postgres.pa.csv.write_csv, []
def write_some(*arguments):
    calls.append(1)
    write(*arguments) if len(calls) < 9 else die()
postgres.pa.csv.write_csv = write_some
""",
        "before the commit": """
from etl.publish.warehouse.state import State
State.remember_load = then_die(State.remember_load)
""",
        "after the tables got their shape": """
from etl.publish.warehouse import postgres
postgres._copy = die
""",
    },
}
DURING_THE_SHOW = {
    "duckdb": {
        "before the commit": """
from etl.publish.warehouse.state import State
State.show = then_die(State.show)
""",
        "before the file has its name": """
from etl.publish.warehouse.duckdb_file import DuckdbFile
DuckdbFile._rename = die
""",
        "after the commit, before the log is folded in": """
import contextlib, sqlalchemy
sqlalchemy.event.listen(
    sqlalchemy.Engine, "before_cursor_execute",
    lambda c, cursor, statement, *_: die() if statement == "CHECKPOINT" else None)
""",
    },
    "postgresql": {
        "before the commit": """
from etl.publish.warehouse.state import State
State.show = then_die(State.show)
""",
    },
}


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty warehouse of the kind the case names."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    return str(request.getfixturevalue("postgres_database"))


def cases(points: dict[str, dict[str, str]]) -> pytest.MarkDecorator:
    """Every point of every database."""
    return pytest.mark.parametrize(
        ("url", "point"),
        [
            pytest.param(kind, code, id=f"{kind}, {where}")
            for kind, by_place in points.items()
            for where, code in by_place.items()
        ],
        indirect=["url"],
    )


BOTH = pytest.mark.parametrize("url", ["duckdb", "postgresql"], indirect=True)


@cases(DURING_THE_LOAD)
def test_killed_while_loading(url: str, point: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    dies(point + LOAD_TUESDAY, url, tmp_path / "t")
    assert warehouse.visible(url) == (MONDAY, "m1")
    assert seen(url) == {(MONDAY, "m1", "monday")}

    publish(url, TUESDAY, "t1", night(tmp_path / "again", "tuesday", customers=50_000))
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}
    assert read(url, "SELECT COUNT(*) FROM mart.customer_grade_current") == [(50_000,)]
    assert read(url, "SELECT COUNT(*) FROM mart.customer_grade") == [(50_003,)]


@cases(DURING_THE_SHOW)
@pytest.mark.parametrize("repair", ["roll forward", "load another night"])
def test_killed_while_showing(url: str, point: str, repair: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    load(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    dies(point + SHOW_TUESDAY, url)
    assert warehouse.visible(url) == (MONDAY, "m1")
    assert seen(url) == {(MONDAY, "m1", "monday")}

    if repair == "load another night":
        load(url, WEDNESDAY, "w1", night(tmp_path / "w", "wednesday"))
        assert seen(url) == {(MONDAY, "m1", "monday")}
    assert warehouse.roll_forward(url, TUESDAY, "t1") is True
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}
    assert len(read(url, "SELECT * FROM mart.customer_grade_history")) == 6


@cases({"duckdb": {"first": ""}, "postgresql": {"first": ""}})
def test_killed_before_the_first_night_was_shown(url: str, point: str, tmp_path: Path) -> None:
    kill_before_commit = DURING_THE_LOAD["duckdb"]["before the commit"]
    dies(point + kill_before_commit + LOAD_TUESDAY, url, tmp_path / "t")
    assert warehouse.visible(url) is None
    publish(url, TUESDAY, "t1", night(tmp_path / "again", "tuesday"))
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}


NIGHT_AFTER_NIGHT = """
import itertools
from datetime import timedelta
url, folder = sys.argv[1], Path(sys.argv[2])
print("ready", flush=True)
for n in itertools.count(int(sys.argv[3])):
    publish(url, MONDAY + timedelta(days=n), f"b{n}", night(folder / str(n), f"b{n}", 2_000 + n))
"""
WHOLE = (
    "SELECT g.as_of, g.build, g.grade, COUNT(*), SUM(b.open_amount) "
    "FROM mart.customer_grade_current g "
    "FULL JOIN indicator.balance_current b ON b.customer_id = g.customer_id AND b.build = g.build "
    "GROUP BY g.as_of, g.build, g.grade"
)


def is_whole(url: str) -> str:
    """The build seen, after checking that every row of every table is of it."""
    rows = read(url, WHOLE)
    assert len(rows) == 1, rows
    _, build, mark, customers, amount = rows[0]
    assert build == mark
    expected = 2_000 + int(str(build)[1:])
    assert (customers, amount) == (expected, expected)
    return str(build)


@BOTH
def test_killed_at_any_moment(url: str, tmp_path: Path) -> None:
    """Night after night in a process that is killed at moments nobody chose."""
    publish(url, MONDAY, "b0", night(tmp_path / "0", "b0", 2_000))
    for attempt in range(5):
        start = int(is_whole(url)[1:]) + 1
        folder = tmp_path / f"attempt {attempt}"
        with subprocess.Popen(
            [sys.executable, "-c", PRELUDE + NIGHT_AFTER_NIGHT, url, folder, str(start)],
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            until = time.monotonic() + 0.5 + int.from_bytes(os.urandom(2)) / 65536
            # The first one lives until it has shown a night, on a slow machine as well.
            while time.monotonic() < until or (attempt == 0 and is_whole(url) == "b0"):
                is_whole(url)
                assert process.poll() is None
            process.kill()
        is_whole(url)
    later = MONDAY + timedelta(days=9_000)  # than any night that a killed process got to
    publish(url, later, "b9000", night(tmp_path / "last", "b9000", 11_000))
    assert is_whole(url) == "b9000"


@BOTH
def test_a_report_that_asks_all_the_time_sees_whole_nights(url: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "b0", night(tmp_path / "0", "b0", 2_000))
    stop, builds, problems = threading.Event(), set[str](), list[Exception]()

    def ask() -> None:
        while not stop.is_set():
            try:
                builds.add(is_whole(url))
            except (AssertionError, duckdb.Error, psycopg.Error) as problem:
                problems.append(problem)
                return

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for n in range(1, 6):
            as_of = TUESDAY if n % 2 else MONDAY  # nights are restated while they are read
            publish(url, as_of, f"b{n}", night(tmp_path / str(n), f"b{n}", 2_000 + n))
            warehouse.drop_unseen(url)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert not problems
    assert len(builds) > 1
    assert is_whole(url) == "b5"


def test_an_open_file_keeps_the_night_it_was_opened_with(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    url = f"duckdb:///{path}"
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    with duckdb.connect(str(path), read_only=True) as report:
        publish(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
        query = "SELECT DISTINCT grade FROM mart.customer_grade_current"
        assert report.execute(query).fetchall() == [("monday",)]
        # This process has the old file open, and is not misled by it.
        assert warehouse.visible(url) == (TUESDAY, "t1")
    assert sorted(entry.name for entry in tmp_path.iterdir() if entry.is_file()) == [
        "warehouse.duckdb",
        "warehouse.duckdb.lock",
    ]


def test_what_a_stranger_wrote_into_the_file_does_not_reach_the_next_night(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    url = f"duckdb:///{path}"
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    dies(
        "import duckdb\n"
        "stranger = duckdb.connect(sys.argv[1])\n"
        "stranger.execute(\"UPDATE mart.customer_grade SET grade = 'forged'\")\n"
        "stranger.execute('CREATE TABLE forged (x INTEGER)')\n"
        "die()",
        path,
    )
    assert path.with_name("warehouse.duckdb.wal").exists()
    publish(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}
    query = "SELECT DISTINCT grade FROM mart.customer_grade_history ORDER BY 1"
    assert read(url, query) == [("monday",), ("tuesday",)]


def test_a_file_that_is_no_database_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    url = f"duckdb:///{tmp_path / 'warehouse.duckdb'}"
    for ask in (lambda: warehouse.visible(url), lambda: warehouse.drop_unseen(url)):
        with pytest.raises(ZixinError, match="Move the file away and publish again"):
            ask()
