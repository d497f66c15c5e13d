"""A night of a ledger small enough to read: the project's own SQL, on its own engine, over Parquet.

Input is a text table an entity (tests/sql/tables.py); a column left out takes a default that changes
nothing. Only what stands upstream of the table asked for is run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from etl import models
from etl.engine.duckdb import DuckDBEngine, literal, quoted
from etl.entities import ENTITIES
from etl.history import snapshot_types
from etl.lake import digest
from etl.matching.tables import MATCH_TABLES, types
from etl.night_tables import night_tables
from etl.policy import POLICY_FOLDER, Policies, Policy, load_policies
from etl.settings import Settings
from tests.made_once import apart, built, made_once
from tests.sql.tables import Row, drawn, parse, same

NIGHT = date(2026, 11, 20)
"""The night of formulas.md: C2 and C3 are worked out for it."""


@cache
def model(name: str) -> models.Model:
    """The SQL file behind schema.table."""
    return next(found for found in _models() if found.full_name == name)


@cache
def _models() -> tuple[models.Model, ...]:
    return (*models.models(), *models.comparisons())


def _days(value: str | None, days: int) -> str | None:
    return (date.fromisoformat(value) + timedelta(days=days)).isoformat() if value else None


def _invoice(row: Row) -> Row:
    """Issued 30 days before it falls due."""
    return {"invoice_date": _days(row.get("due_date"), -30), **row}


def _payment(row: Row) -> Row:
    """Named after the invoice it settles."""
    return {"payment_id": f"P-{row.get('invoice_id')}", "kind": "cash", **row}


FILLED: Mapping[str, Callable[[Row], Row]] = {
    "customer": lambda row: {"customer_name": row.get("customer_id"), **row},
    "invoice": _invoice,
    "payment": _payment,
    "allocation": lambda row: {"line": "1", **row},
    "credit_note": lambda row: {"reason": "return", **row},
    "claim": lambda row: {"settled_by": "payout", **row},
    "dispute": lambda row: row,
    "invoice_balance": lambda row: row,
    "fx_rate": lambda row: row,
}
"""What a row is taken to say where it says nothing."""

EVERYWHERE: Row = {
    "customer_id": "C1",
    "currency": "CNY",
    "known_on": "1900-01-01",
    "batch": "000001-test",
    "is_deleted": "false",
}


LINKED = {
    "method": "number",
    "score": "1",
    "evidence": "",
    "state": "accepted",
    "is_certain": "true",
}
"""What a row of match.record_link or match.customer_link says where it says nothing."""


def filled(entity: str, rows: Sequence[Row]) -> list[Row]:
    """Whole rows of an entity, numbered where they bear no number of their own."""
    types = snapshot_types(ENTITIES[entity])
    key = ENTITIES[entity].key[0]
    whole = []
    for seq, row in enumerate(rows, start=1):
        unknown = row.keys() - types.keys()
        assert not unknown, f"{entity} has no column {sorted(unknown)}"
        full = {**EVERYWHERE, "seq": str(seq), **FILLED.get(entity, dict)(row)}
        full.setdefault(key, f"{entity}-{seq}")
        whole.append({name: full.get(name) for name in types})
    return whole


def policies(active: str = "article", changes: Mapping[str, Any] | None = None) -> Policies:
    """The shipped policies, the active one with `changes` such as {"book.unapplied_cash": "ignore"};
    the other one stays beside it as it is shipped."""
    shipped = _shipped(active)
    if not changes:
        return shipped
    data = shipped.active.model_dump(by_alias=True)
    for path, value in changes.items():
        *folders, name = path.split(".")
        part = data
        for folder in folders:
            part = part[folder]
        assert name in part, path
        part[name] = value
    return Policies(Policy.model_validate(data), shipped.others)


@cache
def _shipped(active: str) -> Policies:
    return load_policies(active, beside=POLICY_FOLDER)


@cache
def _writer() -> duckdb.DuckDBPyConnection:
    """One connection for all inputs: opening one costs more than a whole case."""
    return duckdb.connect(config={"threads": 1})


def write(
    root: Path, name: str, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> Path:
    """The rows as Parquet, in the order given, typed as declared."""
    return _write(root / f"{name}.parquet", types, rows)


def _write(file: Path, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Path:
    values = [[row[column] for column in types] for row in rows]
    table = ", ".join(["(" + ", ".join("?" * len(types)) + ")"] * len(values))
    columns = ", ".join(
        f"CAST({quoted(column)} AS {type_}) AS {quoted(column)}" for column, type_ in types.items()
    )
    names = ", ".join(map(quoted, types))
    empty = "SELECT " + ", ".join("NULL" for _ in types) + " WHERE FALSE"
    _writer().execute(
        f"COPY (SELECT {columns} FROM ({f'VALUES {table}' if values else empty}) AS given ({names})) "
        f"TO {literal(str(file))} (FORMAT parquet)",
        [value for row in values for value in row],
    )
    return file


Input = tuple[Mapping[str, str], Sequence[Mapping[str, Any]]]
"""Column → type, and rows."""


def _nothing(name: str, columns: Mapping[str, str]) -> Path:
    """One empty file a table serves every case of a run."""
    return given_once(name, columns, [])


def given_once(name: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> Path:
    """The rows as a file: most cases have the policy, and many a ledger, of the case before."""
    key = digest(name, repr(columns), repr(rows))
    return made_once(f"{key}.parquet", lambda target: _write(target, columns, rows))


def _stand_ins(made: Mapping[str, str]) -> dict[str, Input]:
    """Tables of SQL files as a case gives them."""
    found: dict[str, Input] = {}
    for name, text in made.items():
        types_ = model(name).types
        rows = parse(text)
        extra = {column for row in rows for column in row} - types_.keys()
        assert not extra, f"{name} has no column {sorted(extra)}"
        found[name] = (types_, [{column: row.get(column) for column in types_} for row in rows])
    return found


@cache
def _tables() -> frozenset[str]:
    return frozenset(found.full_name for found in _models())


@dataclass
class Night:
    """The tables of one night, each made when it is first asked for."""

    engine: DuckDBEngine
    root: Path
    as_of: date
    files: dict[str, list[Path]]
    inputs: dict[str, "Input"] = field(default_factory=dict)
    is_alone: bool = False
    threads: int = 1
    made: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    before: "Night | None" = None
    month_ago: "Night | None" = None
    cohort: "Night | None" = None

    def file(self, name: str) -> Path:
        """The Parquet file of schema.table; runs what it needs."""
        if name not in self.files:
            if name.split(".")[0] in models.EARLIER:
                self.files[name] = [self._earlier(name)]
                return self.files[name][0]
            if name in self.inputs:
                self.files[name] = [given_once(name, *self.inputs[name])]
                return self.files[name][0]
            wanted = model(name)
            for upstream in wanted.reads:
                if self.is_alone and upstream in _tables() and upstream not in self.inputs:
                    self.files[upstream] = [_nothing(upstream, model(upstream).types)]
                self.file(upstream)
            self.files[name] = [
                built(wanted, self.engine, self.files, as_of=self.as_of, threads=self.threads)
            ]
        return self.files[name][0]

    def _earlier(self, name: str) -> Path:
        """The file of a table as an earlier night published it; an empty one where there was none."""
        schema, table = name.split(".")
        night: Night | None = getattr(self, schema)
        published = models.published()[table]
        if night:
            return night.file(published.full_name)
        return _nothing(published.full_name, published.types)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Every row of schema.table, in its published order."""
        if name not in self.made:
            file = str(self.file(name))
            result = _writer().execute("SELECT * FROM read_parquet(?)", [file])
            columns = [column[0] for column in result.description or ()]
            self.made[name] = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
        return self.made[name]

    def row(self, name: str, **where: Any) -> dict[str, Any]:
        """The one row of schema.table with these values."""
        found = [r for r in self.rows(name) if all(r[k] == v for k, v in where.items())]
        assert len(found) == 1, f"{len(found)} rows of {name} with {where}"
        return found[0]

    def expect(self, name: str, text: str, **where: Any) -> None:
        """The rows of schema.table (those with these values) are the ones of the text table, in
        any order; columns the text table leaves out may hold anything."""
        wanted = parse(text)
        header = list(wanted[0])
        found = [
            [row[column] for column in header]
            for row in self.rows(name)
            if all(row[k] == v for k, v in where.items())
        ]
        left = list(found)
        for row in wanted:
            match = next((r for r in left if all(map(same, r, row.values()))), None)
            assert match is not None, (
                f"{name} lacks the row\n{drawn(header, [list(row.values())])}\n"
                f"it holds\n{drawn(header, found)}"
            )
            left.remove(match)
        assert not left, f"{name} holds more than expected:\n{drawn(header, left)}"


def build(
    root: Path,
    tables: Mapping[str, str | Sequence[Row]],
    *,
    as_of: date = NIGHT,
    policies: Policies,
    threads: int = 1,
    before: Night | None = None,
    month_ago: Night | None = None,
    cohort: Night | None = None,
    feeds: Sequence[Mapping[str, Any]] = (),
    made: Mapping[str, str] | None = None,
) -> Night:
    """A night over these entities. A row with `known_on` after the night is not there yet.

    With `made`, tables of other SQL files are given as text tables, and those not given are empty:
    only the table asked for is run. A column left out is NULL.
    """
    # One home for all: the engine keeps its database for as long as the settings are the same.
    settings = Settings(
        home=apart(),
        config=root,
        warehouse_url="",
        threads=threads,
        memory_limit="2GiB",
        schedule="",
    )
    unknown = tables.keys() - ENTITIES.keys() - MATCH_TABLES.keys()
    assert not unknown, f"no such entity: {unknown}"
    inputs: dict[str, Input] = {}
    for name, entity in ENTITIES.items():
        given = tables.get(name, ())
        rows = filled(name, parse(given) if isinstance(given, str) else given)
        known = [row for row in rows if str(row["known_on"]) <= as_of.isoformat()]
        inputs[f"current.{name}"] = (snapshot_types(entity), known)
    for name, table in MATCH_TABLES.items():
        given = tables.get(name, ())
        rows = parse(given) if isinstance(given, str) else list(given)
        columns = types(table)
        whole = [
            {column: row.get(column, LINKED.get(column)) for column in columns} for row in rows
        ]
        inputs[f"match.{name}"] = (columns, whole)
    inputs |= night_tables(policies, as_of, feeds)
    if made is not None:
        inputs |= _stand_ins(made)
    return Night(
        DuckDBEngine(settings),
        root,
        as_of,
        {},
        inputs,
        is_alone=made is not None,
        threads=threads,
        before=before,
        month_ago=month_ago,
        cohort=cohort,
    )
