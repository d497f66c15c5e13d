"""A night out of a few rows: canonical records in, every SQL file run, tables as the publisher sees them.

Rows are dicts by entity; what a row leaves out takes the entity's default or NULL.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl.engine.duckdb import DuckDBEngine
from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.matching.tables import MATCH_TABLES
from etl.matching.tables import types as match_types
from etl.models import comparisons, models
from etl.night_tables import night_tables
from etl.policy import load_policies
from etl.settings import PROJECT, read_settings
from tests.made_once import built
from tests.sql.night import given_once

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def build_night(root: Path, rows: Rows, as_of: date, *, threads: int = 2) -> "SmallNight":
    """Compute every table of `as_of` from `rows`; what runs on them has `root` for its own. What was
    computed from the same inputs on as many threads is not computed again."""
    night = night_of_inputs(root, rows, as_of, threads=threads)
    for model in models():
        target = built(model, night.engine, night.tables, as_of=as_of, threads=threads)
        night.tables[model.full_name] = [target]
    return night


def night_of_inputs(root: Path, rows: Rows, as_of: date, *, threads: int = 2) -> "SmallNight":
    """As `build_night`, with the records and the policy alone: no SQL file is run."""
    root.mkdir(parents=True, exist_ok=True)
    settings = read_settings({"ZIXIN_HOME": str(root), "ZIXIN_THREADS": str(threads)})
    engine = DuckDBEngine(settings)
    tables: dict[str, list[Path]] = {}
    read = {name for model in (*models(), *comparisons()) for name in model.reads}
    for name, entity in ENTITIES.items():
        if name not in rows and f"current.{name}" not in read:
            continue
        columns = (*entity.columns, *HISTORY_COLUMNS)
        defaults = {column.name: column.default for column in columns}
        given = [
            {
                **defaults,
                "known_on": as_of,
                "batch": "000001-test",
                "seq": seq,
                "is_deleted": False,
                **row,
            }
            for seq, row in enumerate(rows.get(name, ()))
        ]
        types = {column.name: column.type for column in columns}
        tables[f"current.{name}"] = [given_once(f"current.{name}", types, given)]
    for name, table in MATCH_TABLES.items():
        columns = match_types(table)
        linked = [{column: row.get(column) for column in columns} for row in rows.get(name, ())]
        tables[f"match.{name}"] = [given_once(f"match.{name}", columns, linked)]
    policies = load_policies("article", beside=PROJECT / "policy")
    for name, (types, given) in night_tables(policies, as_of).items():
        tables[name] = [given_once(name, types, given)]
    return SmallNight(engine, tables, as_of)


class SmallNight:
    """The tables of one night."""

    def __init__(self, engine: DuckDBEngine, tables: dict[str, list[Path]], as_of: date) -> None:
        self.engine = engine
        self.tables = tables
        self.as_of = as_of

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The engine's connection with every table as a view."""
        with self.engine.connect(self.tables, as_of=self.as_of) as connection:
            yield connection
