"""A synthetic world as the snapshots of one night: what landing, mapping and matching would have left.

Rows that the mapping would have refused are left out; a record of a provider counts for the company
it is truly about.
"""

import sys
from datetime import date
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal, quoted
from etl.entities import ENTITIES, Entity
from etl.history import snapshot_types
from etl.matching.mentions import record_key, subjects
from etl.matching.tables import CUSTOMER_LINK, RECORD_LINK, types
from etl.parquet import write_nothing
from sandbox.world import ledger_files
from sandbox.world.as_text import shown
from sandbox.world.reader import World
from sandbox.world.tables import TABLES


def write_snapshots(world: Path, folder: Path, day: date) -> None:
    """Write `folder`/current.*.parquet and match.*.parquet as of `day`; what is there stays."""
    if (folder / "done").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    opened = World(world)
    connection = opened.cursor()
    connection.execute("SET memory_limit = '6GiB'")
    try:
        for name, entity in ENTITIES.items():
            _snapshot(connection, entity, folder / f"current.{name}.parquet", day)
            sys.stdout.write(f"{name}\n")
        _links(connection, folder)
    finally:
        opened.close()
    (folder / "done").touch()


def _snapshot(
    connection: duckdb.DuckDBPyConnection, entity: Entity, target: Path, day: date
) -> None:
    columns = snapshot_types(entity)
    if entity.name not in TABLES or TABLES[entity.name].by == "truth":
        write_nothing(target=target, types=columns)
        return
    given = dict(ledger_files._columns(entity.name))
    source = f"{entity.name} t"
    if TABLES[entity.name].by == "party" and entity.name != "court_party":
        source += " JOIN truth_customer c ON c.party_no = t.party_no"
    said = []
    for column in entity.columns:
        text = given.get(column.name, "NULL")
        value = f"TRY_CAST({text} AS {column.type})"
        if column.default is not None:
            value = f"COALESCE({value}, CAST({literal(column.default)} AS {column.type}))"
        said.append(f"{value} AS {quoted(column.name)}")
    known = (
        f"LEAST({quoted(entity.event_date)}, DATE '{day}')"
        if entity.event_date
        else f"DATE '{day}'"
    )
    rules = [f"{quoted(c.name)} IS NOT NULL" for c in entity.columns if c.required]
    rules += [f"{quoted(c.name)} > 0" for c in entity.columns if c.above_zero]
    key = ", ".join(map(quoted, entity.key))
    connection.execute(
        f"COPY (SELECT *, COALESCE({known}, DATE '{day}') AS known_on, '000001-world' AS batch, "
        f"1::BIGINT AS seq, FALSE AS is_deleted "
        f"FROM (SELECT {', '.join(said)} FROM {source} WHERE {shown(entity.name, day)}) "
        f"WHERE {' AND '.join(rules) or 'TRUE'} "
        f"QUALIFY ROW_NUMBER() OVER (PARTITION BY {key}) = 1 ORDER BY {key}) "
        f"TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _links(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Every found record is its own company's; a party of a case is the account of that company."""
    parts = []
    for entity in subjects():
        file = literal(str(folder / f"current.{entity.name}.parquet"))
        record_id = "r.record_id" if "record_id" in snapshot_types(entity) else "NULL"
        parts.append(
            f"SELECT '{entity.name}' AS record_kind, {record_key(entity, 'r')} AS record_key, "
            f"r.customer_id, r.provider, {record_id} AS record_id, 'subject' AS role_of_customer "
            f"FROM read_parquet({file}) r WHERE r.customer_id IS NOT NULL"
        )
    key = record_key(ENTITIES["court_party"], "r")
    parties = literal(str(folder / "current.court_party.parquet"))
    parts.append(
        f"SELECT 'court_party', {key}, c.system || ':' || c.customer_id, r.provider, r.record_id, r.role "
        f"FROM read_parquet({parties}) r JOIN court_party t ON t.record_id = r.record_id "
        "AND t.party_name = r.party_name AND t.role = r.role "
        "JOIN truth_customer c ON c.party_no = t.party_no"
    )
    said = ", ".join(quoted(name) for name in types(RECORD_LINK))
    connection.execute(
        f"COPY (SELECT {said} FROM (SELECT *, 'number' AS method, CAST(1 AS DECIMAL(9,6)) AS score, "
        f"'' AS evidence, 'accepted' AS state, TRUE AS is_certain FROM ({' UNION ALL '.join(parts)})) "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY record_kind, record_key, customer_id) = 1 "
        f"ORDER BY record_kind, record_key, customer_id) TO {literal(str(folder / 'match.record_link.parquet'))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    customers = literal(str(folder / "current.customer.parquet"))
    said = ", ".join(quoted(name) for name in types(CUSTOMER_LINK))
    connection.execute(
        f"COPY (SELECT {said} FROM (SELECT customer_id, customer_id AS party_id, 'alone' AS method, "
        "CAST(1 AS DECIMAL(9,6)) AS score, '' AS evidence, 'accepted' AS state "
        f"FROM read_parquet({customers})) ORDER BY customer_id) "
        f"TO {literal(str(folder / 'match.customer_link.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
    )
