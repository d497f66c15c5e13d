"""The rules that a contract makes: every kind finds a planted row, and lets a sound one through."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from etl.entities import ENTITIES, FAMILIES, HISTORY_COLUMNS, Column, Entity
from etl.quality.contract import contract_rules
from etl.quality.rule import Suite
from etl.quality.runner import Checker

DAY = date(2026, 11, 20)
Row = dict[str, Any]


def value(column: Column) -> Any:
    """Something the column may hold."""
    if column.allowed:
        return column.allowed[0]
    if column.name == "currency" or column.name.endswith("_currency"):
        return "CNY"
    if column.type == "VARCHAR":
        return f"some {column.name}"
    if column.type == "DATE":
        return DAY
    if column.type == "BOOLEAN":
        return False
    return int(column.between[0]) if column.between else 1


def sound(entity: Entity, seq: int = 1) -> Row:
    """A row with a value in every column."""
    row = {column.name: value(column) for column in entity.columns}
    return row | {"known_on": DAY, "batch": "000001-test", "seq": seq, "is_deleted": False}


def wrong(entity: Entity) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rule, and what makes a sound row break it, told from the contract itself."""
    key = next(entity.column(name) for name in entity.key if entity.column(name).required)
    yield "key_blank", {key.name: None}
    for column in entity.columns:
        if column.required and column.name not in entity.key:
            yield "required_missing", {column.name: None}
        if column.name == "currency" or column.name.endswith("_currency"):
            yield "currency_code", {column.name: "RM"}
        if column.allowed:
            yield f"{column.name}_unknown", {column.name: "no such word"}
        if column.above_zero:
            yield f"{column.name}_negative", {column.name: -1}
        if column.between == ("0", None):
            yield "negative", {column.name: -1}
        elif column.between:
            yield f"{column.name}_range", {column.name: int(column.between[0]) - 1}
            if column.between[1] is not None:
                yield f"{column.name}_range", {column.name: int(column.between[1]) + 1}
    for earlier, later in entity.in_order:
        yield "dates_reversed", {later: value(entity.column(earlier)) - timedelta(days=1)}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """`batch` and `current` with an empty table an entity."""
    with duckdb.connect() as connection:
        for schema in ("batch", "current"):
            connection.execute(f"CREATE SCHEMA {schema}")
            for name, entity in ENTITIES.items():
                columns = (*entity.columns, *HISTORY_COLUMNS)
                typed = ", ".join(f"{column.name} {column.type}" for column in columns)
                connection.execute(f"CREATE TABLE {schema}.{name} ({typed})")
        yield connection


@pytest.fixture(scope="module")
def checker(connection: duckdb.DuckDBPyConnection) -> Checker:
    return Checker(connection)


def put(connection: duckdb.DuckDBPyConnection, table: str, *rows: Row) -> None:
    """These rows and no others."""
    connection.execute(f"DELETE FROM {table}")
    for row in rows:
        holes = ", ".join("?" for _ in row)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({holes})", list(row.values())
        )


def broken(checker: Checker, schema: str, entity: Entity) -> dict[str, int]:
    """Rule → rows it found."""
    suite = Suite(f"{schema}.{entity.name}", contract_rules(schema, entity), "the contract")
    results = checker.run(suite).results
    return {
        result.rule.rule_id.split(".")[1]: result.count
        for result in results
        if result.state != "passed"
    }


@pytest.mark.parametrize("name", ENTITIES)
def test_what_arrives_is_held_to_its_contract(
    connection: duckdb.DuckDBPyConnection, checker: Checker, name: str
) -> None:
    entity = ENTITIES[name]
    expected: dict[str, int] = {}
    rows = [sound(entity)]
    put(connection, f"batch.{name}", *rows)
    assert broken(checker, "batch", entity) == {}

    for rule, change in wrong(entity):
        expected[rule] = expected.get(rule, 0) + 1
        # Each with a key of its own, so that only the planted mistake is one.
        other = {
            key: f"{rows[0][key]} {len(rows)}"
            for key in entity.key
            if entity.column(key).type == "VARCHAR"
            and not entity.column(key).allowed
            and not key.endswith("_currency")
        }
        rows.append(sound(entity, len(rows) + 1) | other | change)
    # Of a deletion only the key counts.
    rows += [row | {"seq": 1000 + row["seq"], "is_deleted": True} for row in rows[1:]]
    expected["key_blank"] *= 2
    put(connection, f"batch.{name}", *rows)

    found = broken(checker, "batch", entity)

    found.pop("key_unique", None)
    assert found == expected


@pytest.mark.parametrize("name", ENTITIES)
def test_a_key_that_came_through_mapping_twice_holds_the_batch(
    connection: duckdb.DuckDBPyConnection, checker: Checker, name: str
) -> None:
    entity = ENTITIES[name]
    put(connection, f"batch.{name}", sound(entity, 1), sound(entity, 2) | {"is_deleted": True})
    assert broken(checker, "batch", entity) == {}

    put(connection, f"batch.{name}", sound(entity, 1), sound(entity, 2))

    assert broken(checker, "batch", entity) == (
        {"key_unique": 1} if entity.one_version_per_batch else {}
    )


@pytest.mark.parametrize("name", ENTITIES)
def test_what_is_known_stands_once_and_refers_to_something(
    connection: duckdb.DuckDBPyConnection, checker: Checker, name: str
) -> None:
    entity = ENTITIES[name]
    references = [column for column in entity.columns if column.refers_to]
    there = {str(column.refers_to): ENTITIES[str(column.refers_to)] for column in references}
    put(connection, f"current.{name}", sound(entity))
    for other in there.values():
        if other != entity:
            put(connection, f"current.{other.name}")
    silent = {other.name for other in there.values()} - {name}
    assert set(broken(checker, "current", entity)) <= {"referred_by_unknown"}, silent

    for other in there.values():
        if other != entity:
            put(connection, f"current.{other.name}", sound(other))
    put(connection, f"current.{name}", sound(entity), sound(entity, 2))
    unknown = {f"{column.name.removesuffix('_id')}_unknown" for column in references}
    # A customer's own number stands there; any other value of this row names nobody.
    known = {
        f"{column.name.removesuffix('_id')}_unknown"
        for column in references
        if value(column) == value(there[str(column.refers_to)].columns[0])
    }

    assert set(broken(checker, "current", entity)) == {"key_unique"} | (unknown - known)

    for other in there.values():
        put(connection, f"current.{other.name}")
    put(connection, f"current.{name}")


def test_a_rule_says_what_is_wrong_in_words(
    connection: duckdb.DuckDBPyConnection, checker: Checker
) -> None:
    entity = ENTITIES["bureau_score"]
    put(
        connection,
        "batch.bureau_score",
        sound(entity) | {"default_probability": 2, "recommended_limit": -1, "report_date": None},
    )
    suite = Suite("batch.bureau_score", contract_rules("batch", entity), "the contract")

    said = {r.rule.rule_id: r.sentence for r in checker.run(suite).results if r.sentence}

    assert said["bureau_score.default_probability_range"] == (
        "default_probability is not between 0 and 1; write 45 % as 0.45."
    )
    assert said["bureau_score.negative"] == "recommended_limit is negative."
    assert said["bureau_score.key_blank"] == (
        "provider, record_id, scale_id or report_date is blank, and without it the bureau score "
        "cannot be told from another."
    )


def test_the_contract_hangs_together() -> None:
    for entity in ENTITIES.values():
        names = {column.name for column in entity.columns}
        assert len(names) == len(entity.columns), entity.name
        said = {*entity.key, *(day for pair in entity.in_order for day in pair)}
        said |= {name for name in (entity.event_date, entity.amount) if name}
        assert said <= names, entity.name
        assert any(entity.column(key).required for key in entity.key), entity.name
        for column in entity.columns:
            assert column.refers_to is None or column.refers_to in ENTITIES, column.name
            assert column.default is None or column.required, column.name
            assert not column.allowed or column.default in (None, *column.allowed), column.name
            is_number = column.type == "INTEGER" or column.type.startswith("DECIMAL")
            assert is_number or not (column.between or column.above_zero), column.name
    assert sum(len(family) for family in FAMILIES.values()) == len(ENTITIES)
