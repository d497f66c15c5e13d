"""What only PostgreSQL has: users, a role that reads, locks, and a character it cannot store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from etl.errors import ZixinError
from etl.publish import warehouse
from etl.publish.warehouse import postgres
from tests.integration.warehouse_nights import (
    CUSTOMER_ID,
    GRADE,
    MONDAY,
    TUESDAY,
    Column,
    Table,
    load,
    night,
    publish,
    read,
    seen,
    written,
)

if TYPE_CHECKING:
    from tests.postgres_server import Server

pytest_plugins = ["tests.postgres_server"]


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as another program would make it."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        yield connection


@contextmanager
def a_user(server: "Server", database_url: str, rights: str = "") -> Iterator[str]:
    """The URL of `database_url` as a new user, with `rights` on being created."""
    database = make_url(database_url).database
    assert database is not None
    name = f"user_of_{database}"
    server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'canary' {rights}")
    try:
        yield server.url(database, name, "canary")
    finally:
        server.execute(f"REASSIGN OWNED BY {name} TO zixin", database)
        server.execute(f"DROP OWNED BY {name}", database)
        server.execute(f"ALTER DATABASE {database} OWNER TO zixin")
        server.execute(f"DROP ROLE {name}")


@pytest.fixture
def report(postgres_server: "Server", postgres_database: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a user who may only read; Monday is published, Tuesday only loaded."""
    publish(postgres_database, MONDAY, "m1", night(tmp_path / "m", "monday"))
    load(postgres_database, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    with a_user(postgres_server, postgres_database, "IN ROLE zixin_reader") as url:
        yield url


def test_the_reader_sees_the_marts_of_published_nights(report: str) -> None:
    assert seen(report) == {(MONDAY, "m1", "monday")}
    assert len(read(report, "SELECT * FROM mart.customer_grade_history")) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM mart.customer_grade",
        "SELECT * FROM indicator.balance",
        "SELECT * FROM indicator.balance_current",
        "SELECT * FROM publication",
        "SELECT * FROM night",
        "SELECT * FROM loaded",
        "INSERT INTO mart.customer_grade_current VALUES ('2026-11-16', 'm1', 'C9', 'A')",
        "UPDATE mart.customer_grade_current SET grade = 'A'",
        "DELETE FROM mart.customer_grade_history",
        "DROP VIEW mart.customer_grade_current",
        "CREATE TABLE mart.mine (x INTEGER)",
        "CREATE TABLE public.mine (x INTEGER)",
    ],
)
def test_the_reader_sees_and_does_nothing_else(report: str, statement: str) -> None:
    refusals = (
        psycopg.errors.InsufficientPrivilege,
        psycopg.errors.ObjectNotInPrerequisiteState,  # a view that joins takes no rows
    )
    with connected(report) as connection, pytest.raises(refusals):
        connection.execute(statement.encode())


def test_a_function_of_the_readers_own_is_not_shown_unpublished_rows(report: str) -> None:
    heard: list[str] = []
    with connected(report) as connection:
        connection.add_notice_handler(lambda said: heard.append(str(said.message_primary)))
        connection.execute(
            "CREATE FUNCTION pg_temp.tell(x text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 "
            "AS $$ BEGIN RAISE NOTICE '%', x; RETURN true; END $$"
        )
        connection.execute("SELECT * FROM mart.customer_grade_current WHERE pg_temp.tell(grade)")
    assert set(heard) == {"monday"}


def test_a_user_who_may_not_make_roles_loads_and_is_told(
    postgres_server: "Server", postgres_database: str, tmp_path: Path
) -> None:
    postgres_server.execute("DROP ROLE IF EXISTS zixin_reader")
    with a_user(postgres_server, postgres_database) as url:
        database, name = make_url(url).database, make_url(url).username
        postgres_server.execute(f"ALTER DATABASE {database} OWNER TO {name}")
        result = load(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
        assert len(result["warnings"]) == 1
        assert "CREATE ROLE zixin_reader NOLOGIN" in result["warnings"][0]
        # Once an administrator has made it, the next night lets it read.
        postgres_server.execute("CREATE ROLE zixin_reader NOLOGIN")
        assert load(url, MONDAY, "m1", night(tmp_path / "n", "monday"))["warnings"] == []
        granted = "SELECT has_table_privilege('zixin_reader', 'mart.customer_grade_current', %s)"
        assert read(url, granted.replace("%s", "'SELECT'")) == [(True,)]


def sentence(error: pytest.ExceptionInfo[ZixinError]) -> str:
    """The message, after checking that it is one line, without a secret or a cause that has one."""
    said = str(error.value)
    assert "\n" not in said
    assert "canary" not in said
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    return said


def test_a_user_without_rights_is_told_which(
    postgres_server: "Server", postgres_database: str, tmp_path: Path
) -> None:
    with (
        a_user(postgres_server, postgres_database) as url,
        pytest.raises(ZixinError) as error,
    ):
        load(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    assert "permission denied" in sentence(error)
    assert "Grant the user user_of_" in sentence(error)


def test_a_wrong_password_is_not_repeated(postgres_url: str) -> None:
    wrong = make_url(postgres_url).set(password="canary")
    with pytest.raises(ZixinError) as error:
        warehouse.visible(wrong.render_as_string(hide_password=False))
    assert "zixin:***@127.0.0.1" in sentence(error)
    assert "Check the user and the password in ZIXIN_WAREHOUSE_URL" in sentence(error)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"port": 1}, "Connection refused"),
        ({"host": "no-such-host.invalid"}, "that the server is up"),
        ({"database": "nowhere"}, 'database "nowhere" does not exist'),
    ],
)
def test_a_server_that_cannot_be_reached(
    postgres_url: str, change: dict[str, Any], says: str
) -> None:
    away = make_url(postgres_url).set(**change, password="canary" if "port" in change else None)
    if "database" in change:
        away = away.set(password=make_url(postgres_url).password)
    with pytest.raises(ZixinError) as error:
        warehouse.show_night(away.render_as_string(hide_password=False), MONDAY, "m1")
    assert says in sentence(error)
    assert "Check ZIXIN_WAREHOUSE_URL" in sentence(error)


def test_a_character_postgres_cannot_store_is_shown_by_its_picture(
    postgres_database: str, tmp_path: Path
) -> None:
    rows = "SELECT 'C' || chr(0) || '1' AS customer_id, chr(0) AS grade"
    tables = [written(GRADE, tmp_path, rows)]
    result = load(postgres_database, MONDAY, "m1", tables)
    (warning,) = result["warnings"]
    assert warning.startswith("2 texts of mart.customer_grade held a NUL character")
    warehouse.show_night(postgres_database, MONDAY, "m1")
    query = "SELECT customer_id, grade FROM mart.customer_grade_current"
    assert read(postgres_database, query) == [("C␀1", "␀")]


def test_days_before_christ_and_after_9999_are_kept(postgres_database: str, tmp_path: Path) -> None:
    table = Table("mart", "t", (Column("d", "DATE"), Column("ts", "TIMESTAMP")), ("d",))
    rows = "SELECT DATE '0044-03-15 (BC)' AS d, TIMESTAMP '10000-01-02 03:04:05' AS ts"
    publish(postgres_database, MONDAY, "m1", [written(table, tmp_path, rows)])
    query = "SELECT CAST(d AS text), CAST(ts AS text) FROM mart.t_current"
    assert read(postgres_database, query) == [("0044-03-15 BC", "10000-01-02 03:04:05")]


def test_an_open_report_does_not_hold_up_a_night(postgres_database: str, tmp_path: Path) -> None:
    publish(postgres_database, MONDAY, "m1", night(tmp_path / "m", "monday"))
    query = b"SELECT DISTINCT grade FROM mart.customer_grade_current"
    with connected(postgres_database) as report:
        report.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert report.execute(query).fetchall() == [("monday",)]
        publish(postgres_database, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
        load(postgres_database, TUESDAY, "t1", night(tmp_path / "u", "tuesday"))
        warehouse.drop_unseen(postgres_database)
        assert report.execute(query).fetchall() == [("monday",)]
    assert seen(postgres_database) == {(TUESDAY, "t1", "tuesday")}


def test_a_report_that_holds_up_a_new_column_is_named(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WAIT_FOR_READERS", "100ms")
    publish(postgres_database, MONDAY, "m1", night(tmp_path / "m", "monday"))
    wider = replace(GRADE, columns=(*GRADE.columns, Column("score", "INTEGER")))
    with connected(postgres_database) as report:
        report.execute("SELECT * FROM mart.customer_grade_current")
        with pytest.raises(ZixinError) as error:
            load(postgres_database, TUESDAY, "t1", [wider])
    assert "a report is reading for long" in sentence(error)
    load(postgres_database, TUESDAY, "t1", [wider])


def test_a_view_of_the_users_own_is_not_dropped(postgres_database: str, tmp_path: Path) -> None:
    narrow = Table("mart", "t", (CUSTOMER_ID, Column("n", "INTEGER")))
    publish(postgres_database, MONDAY, "m1", [narrow])
    with connected(postgres_database) as connection:
        connection.execute("CREATE VIEW mart.mine AS SELECT n FROM mart.t_current")
    wide = replace(narrow, columns=(CUSTOMER_ID, Column("n", "BIGINT")))
    with pytest.raises(ZixinError) as error:
        load(postgres_database, TUESDAY, "t1", [wide])
    assert "mart.t_current" in sentence(error)
    assert "Change or drop what reads it" in sentence(error)
    assert read(postgres_database, "SELECT * FROM mart.mine") == []


def test_a_table_of_somebody_else_is_left_alone(postgres_database: str) -> None:
    with connected(postgres_database) as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute("CREATE TABLE mart.customer_grade (x INTEGER)")
    with pytest.raises(ZixinError, match="that Zixin did not make"):
        load(postgres_database, MONDAY, "m1", [GRADE])
