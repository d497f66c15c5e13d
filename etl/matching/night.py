"""One night of matching: snapshots in, `match.record_link` and `match.customer_link` out.

A pure function of the snapshots, the decisions known by the night, the policy's thresholds, and this
package (its model included). Where there is nothing to match, nothing is compared.
"""

import hashlib
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from etl.context import Context
from etl.engine.duckdb import DuckDBEngine, literal, quoted
from etl.errors import ZixinError
from etl.lake import Partition, digest
from etl.matching.link import Rules, link
from etl.matching.mentions import record_types, tables
from etl.matching.tables import MATCH_TABLES, types

FOLDER = Path(__file__).resolve().parent
LIBRARIES = ("duckdb", "python-stdnum", "splink")


def write_links(ctx: Context, as_of: date) -> dict[str, Any]:
    """See `etl.matching.match_night`."""
    inputs = _snapshots(ctx, as_of)
    rules = rules_of(ctx)
    shas = {name: partition.sha256 for name, partition in inputs.items()}
    build = digest(repr(sorted(shas.items())), repr(rules), ctx.engine.version, package_sha256())
    present = [ctx.lake.find(f"match.{name}", as_of) for name in MATCH_TABLES]
    if all(part and part.build == build and ctx.lake.file(part).exists() for part in present):
        return {part.name: part.rows for part in present if part}
    files = {name: [ctx.lake.file(partition)] for name, partition in inputs.items()}
    rows: dict[str, Any] = {}
    # Only DuckDB is lent a connection by Splink here; published files are the embedded engine's too.
    with DuckDBEngine(ctx.settings).connect(files, as_of=as_of) as connection:
        selects = _links(connection, as_of, rules, is_plain=not _worth_it(inputs))
        for name, entity in MATCH_TABLES.items():
            rows[f"match.{name}"] = ctx.lake.write(
                f"match.{name}",
                as_of,
                build=build,
                columns=types(entity),
                inputs=shas,
                produce=partial(_write, connection, name, selects[name]),
            ).rows
    return rows


def rules_of(ctx: Context) -> Rules:
    """The active policy's thresholds."""
    matching = ctx.policies.active.matching
    return Rules(matching.accept_from, matching.review_from, tuple(matching.ignored_words))


def package_sha256() -> str:
    """Names this very code, model and vocabulary, and the libraries under it."""
    found = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in LIBRARIES).encode())
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix in (".py", ".sql", ".yaml", ".csv"):
            found.update(path.relative_to(FOLDER).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def _snapshots(ctx: Context, as_of: date) -> dict[str, Partition]:
    found = {}
    for name in tables():
        partition = ctx.lake.find(f"current.{name}", as_of)
        if partition is None:
            raise ZixinError(
                f"matching reads current.{name}, which the night of {as_of} has not made: "
                f"run `zixin night --as-of {as_of}`"
            )
        found[f"current.{name}"] = partition
    return found


def _worth_it(inputs: dict[str, Partition]) -> bool:
    """Whether anything names a company beside the customer list itself: a record, a number, another
    name, a decision. One plain list of customers is what it is."""
    beside = (*record_types(), "party_identifier", "former_name", "match_decision")
    return any(inputs[f"current.{name}"].rows for name in beside)


def _links(
    connection: duckdb.DuckDBPyConnection, as_of: date, rules: Rules, *, is_plain: bool
) -> dict[str, str]:
    """SELECTs of the two tables; `is_plain`: there is nothing to compare."""
    alone = "'alone' AS method, 1 AS score, '' AS evidence, 'accepted' AS state"
    if is_plain:
        nothing = ", ".join(
            f"NULL AS {quoted(name)}" for name in types(MATCH_TABLES["record_link"])
        )
        return {
            "record_link": f"SELECT {nothing} WHERE FALSE",
            "customer_link": f"SELECT customer_id, customer_id AS party_id, {alone} "
            "FROM current.customer WHERE NOT is_deleted",
        }
    link(connection, as_of, rules)
    return {"record_link": "SELECT * FROM record_link", "customer_link": CUSTOMER_LINKS}


CUSTOMER_LINKS = """
    WITH sided AS (
        SELECT one AS customer_id, two AS other, method, score, evidence, state FROM customer_edge
        UNION ALL
        SELECT two, one, method, score, evidence, state FROM customer_edge
    ),
    strongest AS (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY customer_id ORDER BY score DESC, other
        ) AS place
        FROM sided WHERE state = 'accepted'
    )
    SELECT
        legal_party.customer_id, legal_party.party_id,
        COALESCE(strongest.method, 'alone') AS method, COALESCE(strongest.score, 1) AS score,
        COALESCE('with ' || strongest.other || ': ' || strongest.evidence, '') AS evidence,
        'accepted' AS state
    FROM legal_party
    LEFT JOIN strongest ON strongest.customer_id = legal_party.customer_id AND place = 1
    UNION ALL
    SELECT edge.two, edge.one, edge.method, edge.score, edge.evidence, edge.state
    FROM customer_edge AS edge
    JOIN legal_party AS one ON one.customer_id = edge.one
    JOIN legal_party AS two ON two.customer_id = edge.two
    WHERE edge.state <> 'accepted' AND one.party_id <> two.party_id
"""


def _write(connection: duckdb.DuckDBPyConnection, name: str, select: str, *, target: Path) -> int:
    """The typed rows, sorted by their key, as one Parquet file."""
    entity = MATCH_TABLES[name]
    typed = ", ".join(
        f"CAST({quoted(column)} AS {type_}) AS {quoted(column)}"
        for column, type_ in types(entity).items()
    )
    connection.execute(
        f"CREATE OR REPLACE TABLE written_{name} AS SELECT {typed} FROM ({select}) AS result"
    )
    keys = ", ".join(map(quoted, entity.key))
    connection.execute(
        f"COPY (SELECT * FROM written_{name} ORDER BY {keys}) TO {literal(str(target))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    rows, distinct = connection.execute(
        f"SELECT COUNT(*), COUNT(DISTINCT ({keys})) FROM written_{name}"
    ).fetchone() or (0, 0)
    if rows != distinct:
        raise ZixinError(
            f"match.{name}: its key ({', '.join(entity.key)}) is not unique: {rows} rows, "
            f"{distinct} keys; this is a defect, report it with the night's as_of"
        )
    return int(rows)
