"""The warehouse, the same on both databases: what is loaded, when it is seen, how it grows."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from etl import models
from etl.errors import ZixinError
from etl.publish import warehouse
from tests.integration.warehouse_nights import (
    BALANCE,
    CUSTOMER_ID,
    GRADE,
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Column,
    Table,
    load,
    night,
    publish,
    read,
    seen,
    written,
)

pytest_plugins = ["tests.postgres_server"]


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty warehouse."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path / 'ware house' / 'warehouse.duckdb'}"
    return str(request.getfixturevalue("postgres_database"))


def test_a_night_is_seen_only_once_it_is_shown(url: str, tmp_path: Path) -> None:
    assert warehouse.visible(url) is None
    result = load(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    assert result == {
        "as_of": "2026-11-16",
        "build": "m1",
        "tables": {"indicator.balance": 3, "mart.customer_grade": 3},
        "warnings": [],
    }
    assert warehouse.visible(url) is None
    warehouse.show_night(url, MONDAY, "m1")
    assert warehouse.visible(url) == (MONDAY, "m1")

    load(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    assert warehouse.visible(url) == (MONDAY, "m1")
    assert seen(url) == {(MONDAY, "m1", "monday")}
    warehouse.show_night(url, TUESDAY, "t1")
    assert warehouse.visible(url) == (TUESDAY, "t1")
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}


@pytest.mark.parametrize("order", [(MONDAY, TUESDAY), (TUESDAY, MONDAY)])
def test_an_older_night_enters_history_and_the_newest_stays_current(
    url: str, tmp_path: Path, order: tuple[date, date]
) -> None:
    load(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    load(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    builds = {MONDAY: "m1", TUESDAY: "t1"}
    for place, as_of in enumerate(order, start=1):
        warehouse.show_night(url, as_of, builds[as_of])
        newest = max(order[:place])
        assert {row[:2] for row in seen(url)} == {(newest, builds[newest])}
    assert history(url) == {(MONDAY, "m1", 3), (TUESDAY, "t1", 3)}


def history(url: str) -> set[tuple[object, ...]]:
    return set(
        read(
            url,
            "SELECT as_of, build, COUNT(*) FROM mart.customer_grade_history GROUP BY as_of, build",
        )
    )


def test_a_restated_night_stays_as_it_was_until_it_is_shown(url: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    publish(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    load(url, TUESDAY, "t2", night(tmp_path / "u", "restated", customers=5))
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}
    assert history(url) == {(MONDAY, "m1", 3), (TUESDAY, "t1", 3)}
    warehouse.show_night(url, TUESDAY, "t2")
    assert seen(url) == {(TUESDAY, "t2", "restated")}
    assert history(url) == {(MONDAY, "m1", 3), (TUESDAY, "t2", 5)}


@pytest.mark.parametrize("shown", [False, True])
def test_loading_a_build_again_changes_nothing(url: str, tmp_path: Path, shown: bool) -> None:
    tables = night(tmp_path / "m", "monday")
    load(url, MONDAY, "m1", tables)
    if shown:
        warehouse.show_night(url, MONDAY, "m1")
    load(url, MONDAY, "m1", tables)
    assert warehouse.visible(url) == ((MONDAY, "m1") if shown else None)
    warehouse.show_night(url, MONDAY, "m1")
    assert len(read(url, "SELECT * FROM mart.customer_grade_current")) == 3
    assert len(read(url, "SELECT * FROM mart.customer_grade")) == 3


def test_a_build_loaded_again_without_a_table_loses_its_rows(url: str, tmp_path: Path) -> None:
    grade, balance = night(tmp_path / "m", "monday")
    load(url, MONDAY, "m1", [grade, balance])
    publish(url, MONDAY, "m1", [grade])
    assert read(url, "SELECT * FROM indicator.balance") == []


def test_roll_forward_shows_what_the_pointer_names(url: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    load(url, TUESDAY, "t1", night(tmp_path / "t", "tuesday"))
    assert warehouse.roll_forward(url, TUESDAY, "t1") is True
    assert warehouse.roll_forward(url, TUESDAY, "t1") is False
    assert seen(url) == {(TUESDAY, "t1", "tuesday")}


def test_what_was_never_loaded_is_not_shown(url: str, tmp_path: Path) -> None:
    with pytest.raises(ZixinError, match="zixin night --as-of 2026-11-16"):
        warehouse.show_night(url, MONDAY, "m1")
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    with pytest.raises(ZixinError, match="build t1"):
        warehouse.roll_forward(url, TUESDAY, "t1")
    assert seen(url) == {(MONDAY, "m1", "monday")}


def test_unseen_builds_go_and_everything_a_view_shows_stays(url: str, tmp_path: Path) -> None:
    assert warehouse.drop_unseen(url) == []
    for build in ("m1", "m2", "m3"):
        load(url, MONDAY, build, night(tmp_path / build, build))
    warehouse.show_night(url, MONDAY, "m2")
    for build in ("t1", "t2", "t3"):
        load(url, TUESDAY, build, night(tmp_path / build, build))
    load(url, TUESDAY, "t1", night(tmp_path / "again", "t1"))  # now the newest of its day

    assert warehouse.drop_unseen(url, keep=[(TUESDAY, "t3")]) == [(MONDAY, "m1"), (TUESDAY, "t2")]
    assert warehouse.drop_unseen(url) == [(TUESDAY, "t3")]
    assert warehouse.drop_unseen(url) == []
    assert seen(url) == {(MONDAY, "m2", "m2")}
    for build in ("m3", "t1"):
        warehouse.roll_forward(url, MONDAY if build == "m3" else TUESDAY, build)
    assert history(url) == {(MONDAY, "m3", 3), (TUESDAY, "t1", 3)}
    assert {row[0] for row in read(url, "SELECT build FROM mart.customer_grade")} == {
        *("m2", "m3", "t1")
    }


TYPES = Table(
    "grade",
    "everything",
    (
        Column("n", "INTEGER"),
        Column("order", "BIGINT"),  # a reserved word
        Column("amount", "DECIMAL(18, 2)"),
        Column("ratio", "DECIMAL(38,6)"),
        Column("due_date", "DATE"),
        Column("seen_at", "TIMESTAMP"),
        Column("is_listed", "BOOLEAN"),
        Column("note", "VARCHAR"),
    ),
    key=("n",),
)


def test_every_type_comes_back_as_it_went_in(url: str, tmp_path: Path) -> None:
    rows = """
        SELECT * FROM (VALUES
            (1, 9223372036854775807, 9999999999999999.99, -12345678901234567890123456789012.123456,
             DATE '0001-01-01', TIMESTAMP '2026-11-16 23:59:59.999999', TRUE, 'x'),
            (2, -9223372036854775808, -0.01, 0, DATE '9999-12-31', TIMESTAMP '1970-01-01', FALSE,
             ''),
            (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
        ) AS v(n, "order", amount, ratio, due_date, seen_at, is_listed, note)"""
    publish(url, MONDAY, "m1", [written(TYPES, tmp_path / "m", rows)])
    names = ", ".join(f'"{column.name}"' for column in TYPES.columns)
    assert read(url, f"SELECT {names} FROM grade.everything_current ORDER BY n") == [
        (
            1,
            2**63 - 1,
            Decimal("9999999999999999.99"),
            Decimal("-12345678901234567890123456789012.123456"),
            date(1, 1, 1),
            datetime(2026, 11, 16, 23, 59, 59, 999999),  # noqa: DTZ001  TIMESTAMP has no zone
            True,
            "x",
        ),
        (
            *(2, -(2**63), Decimal("-0.01"), Decimal(0), date(9999, 12, 31)),
            *(datetime(1970, 1, 1), False, ""),  # noqa: DTZ001
        ),
        (3, None, None, None, None, None, None, None),
    ]


HOSTILE = [
    "",
    " ",
    "\\.",
    "\n\\.\n",
    "\\N",
    "\\",
    "a\\nb",
    "tab\there",
    "line\nfeed\r\nreturn\r",
    '"quoted" and "" twice',
    "'; DROP TABLE mart.customer_grade; --",
    "NULL",
    "%s %(build)s :as_of $1 ? {}",
    "资信 客户 😀 é",
    "\u202eright to left\u202c \u200bzero\ufeff",
    "\x01\x1b[31m\x7f",
    "a,b;c|d",
    "x" * 100_000,
]


def test_hostile_texts_come_back_as_they_went_in(url: str, tmp_path: Path) -> None:
    values = ", ".join(f"({n}, {_literal(text)})" for n, text in enumerate(HOSTILE))
    table = Table("mart", "hostile", (Column("n", "INTEGER"), Column("note", "VARCHAR")), ("n",))
    rows = f"SELECT * FROM (VALUES {values}) AS v(n, note)"
    publish(url, MONDAY, "it's; \\ %s", [written(table, tmp_path / "it's", rows)])
    kept = read(url, "SELECT note, build FROM mart.hostile_current ORDER BY n")
    assert [row[0] for row in kept] == HOSTILE
    assert {row[1] for row in kept} == {"it's; \\ %s"}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def test_many_files_and_no_file(url: str, tmp_path: Path) -> None:
    one = written(GRADE, tmp_path / "m", "SELECT 'C1' AS customer_id, 'A' AS grade")
    two = written(one, tmp_path / "m", "SELECT 'B' AS grade, 'C2' AS customer_id")
    publish(url, MONDAY, "m1", [two, BALANCE])
    assert read(url, "SELECT customer_id, grade FROM mart.customer_grade_current ORDER BY 1") == [
        ("C1", "A"),
        ("C2", "B"),
    ]
    assert read(url, "SELECT * FROM indicator.balance_current") == []


COMMENT = 'It\'s; 100 % of "x" \\ :a %(b)s -- \n 资信'


def comments(url: str) -> dict[str, str | None]:
    if url.startswith("duckdb"):
        rows = read(
            url,
            "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() UNION ALL "
            "SELECT schema_name || '.' || view_name, comment FROM duckdb_views() UNION ALL "
            "SELECT schema_name || '.' || table_name || '.' || column_name, comment "
            "FROM duckdb_columns()",
        )
    else:
        rows = read(
            url,
            "SELECT c.oid::regclass::text, obj_description(c.oid, 'pg_class') FROM pg_class c "
            "UNION ALL SELECT attrelid::regclass::text || '.' || attname, "
            "col_description(attrelid, attnum) FROM pg_attribute",
        )
    return {str(name).removeprefix("main."): text for name, text in rows}


def test_tables_columns_and_views_say_what_they_are(url: str, tmp_path: Path) -> None:
    table = Table(
        "mart",
        "portfolio",
        (Column("currency", "VARCHAR", COMMENT),),
        ("currency",),
        question=COMMENT,
    )
    load(url, MONDAY, "m1", [written(table, tmp_path / "m", "SELECT 'CNY' AS currency")])
    changed = replace(table, question="Who owes?", columns=(Column("currency", "VARCHAR", "New"),))
    for now in (table, changed, table):
        publish(url, MONDAY, "m1", [replace(now, files=())])
        said = comments(url)
        assert said["mart.portfolio"] == f"{now.question} One row per as_of, build, currency."
        assert str(said["mart.portfolio_current"]).startswith(now.question)
        assert str(said["mart.portfolio_history"]).startswith(now.question)
        for relation in ("portfolio", "portfolio_current", "portfolio_history"):
            assert said[f"mart.{relation}.currency"] == now.columns[0].description
            assert "业务日期" in str(said[f"mart.{relation}.as_of"])
            assert said[f"mart.{relation}.build"]
        assert said["publication"]
        assert said["night.build"]
        assert said["loaded"]


def test_a_new_column_is_empty_for_older_nights(url: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", [written(GRADE, tmp_path, "SELECT 'C1' customer_id, 'A' grade")])
    wider = replace(GRADE, columns=(CUSTOMER_ID, Column("score", "INTEGER"), *GRADE.columns[1:]))
    rows = "SELECT 'C1' AS customer_id, 7 AS score, 'B' AS grade"
    publish(url, TUESDAY, "t1", [written(wider, tmp_path, rows)])
    query = "SELECT as_of, grade, score FROM mart.customer_grade_history ORDER BY as_of"
    assert read(url, query) == [(MONDAY, "A", None), (TUESDAY, "B", 7)]
    assert comments(url)["mart.customer_grade_current.score"] == "What it means"


def test_a_retired_column_keeps_its_past_and_says_so(url: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", [written(GRADE, tmp_path, "SELECT 'C1' customer_id, 'A' grade")])
    narrower = replace(GRADE, columns=(CUSTOMER_ID,))
    publish(url, TUESDAY, "t1", [written(narrower, tmp_path, "SELECT 'C1' AS customer_id")])
    query = "SELECT as_of, grade FROM mart.customer_grade_history ORDER BY as_of"
    assert read(url, query) == [(MONDAY, "A"), (TUESDAY, None)]
    assert "停用" in str(comments(url)["mart.customer_grade_current.grade"])
    publish(url, WEDNESDAY, "w1", [written(GRADE, tmp_path, "SELECT 'C1' customer_id, 'C' grade")])
    assert read(url, query)[-1] == (WEDNESDAY, "C")
    assert comments(url)["mart.customer_grade_current.grade"] == "Its grade"


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [("INTEGER", "BIGINT", 2**40), ("DECIMAL(9,2)", "DECIMAL(18,6)", Decimal("1.234567"))],
)
def test_a_column_may_grow(
    url: str, tmp_path: Path, old: str, new: str, value: int | Decimal
) -> None:
    key = Column("n", "INTEGER")
    before = Table("mart", "t", (key, Column("x", old)), ("n",))
    after = replace(before, columns=(key, Column("x", new)))
    publish(url, MONDAY, "m1", [written(before, tmp_path, "SELECT 1 AS n, 5 AS x")])
    publish(url, TUESDAY, "t1", [written(after, tmp_path, f"SELECT 1 AS n, {value} AS x")])
    assert read(url, "SELECT x FROM mart.t_history ORDER BY as_of") == [(5,), (value,)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("VARCHAR", "INTEGER"),
        ("BIGINT", "INTEGER"),
        ("DECIMAL(18,2)", "DECIMAL(18,6)"),
        ("DATE", "TIMESTAMP"),
    ],
)
def test_a_column_of_another_type_is_refused(url: str, tmp_path: Path, old: str, new: str) -> None:
    before = Table("mart", "t", (Column("x", old),), ("x",))
    publish(url, MONDAY, "m1", [before])
    with pytest.raises(ZixinError, match=r"mart\.t\.x changed from .* give the column a new name"):
        load(url, TUESDAY, "t1", [replace(before, columns=(Column("x", new),))])
    assert warehouse.visible(url) == (MONDAY, "m1")


def test_a_failed_load_leaves_nothing(url: str, tmp_path: Path) -> None:
    publish(url, MONDAY, "m1", night(tmp_path / "m", "monday"))
    good, _ = night(tmp_path / "t", "tuesday")
    bad = written(BALANCE, tmp_path / "t", "SELECT 'C1' AS customer_id, 'canary' AS open_amount")
    says = "Loading indicator.balance of the night of 2026-11-17 failed in"
    with pytest.raises(ZixinError, match=says) as error:
        load(url, TUESDAY, "t1", [good, bad])
    assert "\n" not in str(error.value)
    assert "canary" not in str(error.value), "the value may be somebody's"
    assert read(url, "SELECT DISTINCT build FROM mart.customer_grade") == [("m1",)]
    with pytest.raises(ZixinError):
        warehouse.show_night(url, TUESDAY, "t1")


def test_every_model_can_be_loaded(url: str) -> None:
    tables = [
        warehouse.night_table(model, [])
        for model in models.models()
        if model.schema in warehouse.SCHEMAS
    ]
    assert tables
    publish(url, MONDAY, "m1", tables)
    views = [f"{table.schema}.{table.name}_history" for table in tables]
    filled = (f"SELECT '{view}' WHERE EXISTS (SELECT * FROM {view})" for view in views)
    assert read(url, " UNION ALL ".join(filled)) == []


def test_a_url_is_shown_without_its_secrets() -> None:
    url = "postgresql+psycopg://me:canary1@h:1/d?sslpassword=canary2&sslmode=require"
    shown = warehouse.masked_url(url)
    assert shown == "postgresql+psycopg://me:***@h:1/d?sslmode=require&sslpassword=***"


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ([Table("core", "x", (CUSTOMER_ID,))], "core.x is not for the warehouse"),
        ([Table("mart", "x; DROP", (CUSTOMER_ID,))], "lower-case"),
        ([Table("mart", "x" * 55, (CUSTOMER_ID,))], "54"),
        ([Table("mart", "x", (CUSTOMER_ID, CUSTOMER_ID))], "twice"),
        ([Table("mart", "x", (Column("as_of", "DATE"),))], "the warehouse adds it"),
        ([Table("mart", "x", (Column("y", "DOUBLE"),))], "DOUBLE"),
        (
            [Table("mart", "x", (CUSTOMER_ID,)), Table("mart", "x_current", (CUSTOMER_ID,))],
            "mart.x_current takes a name",
        ),
    ],
)
def test_a_table_the_warehouse_cannot_keep_is_named(
    url: str, tables: list[Table], says: str
) -> None:
    with pytest.raises(ZixinError, match=says):
        load(url, MONDAY, "m1", tables)


@pytest.mark.parametrize(
    "bad",
    [
        *("", "warehouse.duckdb", "mysql://u:canary@h/d", "duckdb://", "duckdb:///:memory:"),
        *("duckdb:///md:x?motherduck_token=canary", "postgresql+psycopg://u:canary@h:port/d"),
    ],
)
def test_a_url_that_names_no_warehouse_is_refused_without_repeating_it(bad: str) -> None:
    with pytest.raises(ZixinError, match="ZIXIN_WAREHOUSE_URL") as error:
        warehouse.visible(bad)
    assert "canary" not in str(error.value)
