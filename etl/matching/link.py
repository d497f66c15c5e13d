"""From the night's snapshots to links: sides → pairs → Splink's score → rules. Sets all the way.

Works on a DuckDB connection that has `current.*` (mentions.py, `tables`) as views. It leaves the
tables `record_link`, `customer_edge` and `legal_party` behind.
"""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from etl.matching.identifiers import Identifier, identifiers
from etl.matching.mentions import mention_name_sql, mention_number_sql, mention_sql
from etl.matching.model import columns, levels, splink_settings
from etl.matching.names import known_words, parse_names, statements


@dataclass(frozen=True)
class Rules:
    """From which score a link counts, and from which a person looks at it; words of no meaning."""

    accept_from: Decimal
    review_from: Decimal
    ignored_words: tuple[str, ...] = ()


def link(connection: duckdb.DuckDBPyConnection, as_of: date, rules: Rules) -> None:
    """All links of a night. Registrations come first: what they confirm and teach holds for the rest."""
    prepare(connection, rules)
    run(connection, "given", {"as_of": as_of})
    connection.execute(f"CREATE OR REPLACE TABLE mention_all AS {mention_sql()}")
    connection.execute(f"CREATE OR REPLACE TABLE mention_number_all AS {mention_number_sql()}")
    connection.execute(f"CREATE OR REPLACE TABLE mention_name AS {mention_name_sql()}")
    select_mentions(connection, "record_kind = 'registration'")
    if _any(connection, "mention"):
        round_of(connection, rules)
        run(connection, "learned")
    select_mentions(connection, "TRUE")
    round_of(connection, rules)


def prepare(connection: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Words, thresholds and the model's weights as tables and macros."""
    for name in ("accept_from", "review_from"):
        value = format(getattr(rules, name), "f")
        connection.execute(f"CREATE OR REPLACE MACRO {name}() AS CAST({value} AS DECIMAL(9, 6))")
    known_words(connection)
    run(connection, "words")
    connection.execute(
        "CREATE OR REPLACE TABLE model_level (about VARCHAR, level VARCHAR, weight DECIMAL(9, 4))"
    )
    connection.executemany("INSERT INTO model_level VALUES (?, ?, ?)", levels())


def select_mentions(connection: duckdb.DuckDBPyConnection, which: str) -> None:
    """The mentions that the next round is about."""
    for table in ("mention", "mention_number"):
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table}_all WHERE {which}"
        )


def round_of(connection: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Compare what is in the given tables, and judge."""
    _read_numbers(connection)
    connection.execute(
        "CREATE OR REPLACE TABLE name_given AS SELECT name FROM customer_name "
        "UNION SELECT party_name FROM mention UNION SELECT name FROM mention_name"
    )
    parse_names(connection, rules.ignored_words)
    for step in ("sides", "homonyms", "pairs"):
        run(connection, step)
    _predict(connection)
    run(connection, "weigh")
    run(connection, "customers")
    find_parties(connection)
    run(connection, "records")


def run(
    connection: duckdb.DuckDBPyConnection, name: str, values: dict[str, object] | None = None
) -> None:
    """Every statement of one file of `sql/`; `values` are bound where they are asked for."""
    for statement in statements(name):
        asked = {key: value for key, value in (values or {}).items() if f"${key}" in statement}
        connection.execute(statement, asked or None)


def _any(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is not None


NUMBER_KEY = pa.schema(
    [(name, pa.string()) for name in ("scheme_given", "value", "country", "provider", "key")]
    + [(name, pa.string()) for name in ("alias", "kind")]
    + [("is_strong", pa.bool_())]
)


def _read_numbers(connection: duckdb.DuckDBPyConnection) -> None:
    """`number_key`: what each written number says. A check digit is a rule for one number at a time,
    so this walks the distinct ones; everything else about them is sets."""
    written = connection.execute(
        "SELECT scheme_given, value, country, provider FROM customer_number "
        "UNION SELECT scheme_given, value, country, provider FROM mention_number "
        "UNION SELECT 'number', keyword, '', '' FROM inquiry_given "
        "ORDER BY ALL"
    ).fetchall()
    rows: list[tuple[Any, ...]] = [
        (*number, found.key, _alias(found), found.kind, found.is_strong)
        for number in written
        for found in identifiers(number[0], number[1], number[2] or None, number[3] or None)
    ]
    columns_of: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in NUMBER_KEY]
    table = pa.table(dict(zip(NUMBER_KEY.names, columns_of, strict=True)), schema=NUMBER_KEY)
    connection.register("number_read", table)
    connection.execute("CREATE OR REPLACE TABLE number_key AS FROM number_read")
    connection.unregister("number_read")


def _alias(found: Identifier) -> str:
    """The key under which a number also meets one whose scheme or country nobody stated; a
    provider's own key meets none."""
    return "" if found.scheme == "provider_id" else f"number::{found.value}"


EMPTY_PREDICTION = """
    CREATE OR REPLACE TABLE prediction (
        match_weight DOUBLE, unique_id_l VARCHAR, unique_id_r VARCHAR,
        mw_name DOUBLE, mw_number DOUBLE, mw_country DOUBLE, mw_asked DOUBLE
    )
"""


def _predict(connection: duckdb.DuckDBPyConnection) -> None:
    """`prediction`: Splink's weight for every pair, and what each comparison adds to it."""
    connection.execute(EMPTY_PREDICTION)
    if not _any(connection, "pair"):
        return
    from splink import DuckDBAPI, Linker

    connection.execute(
        f"CREATE OR REPLACE TABLE compared_side AS SELECT {', '.join(columns())} FROM variant"
    )
    api = DuckDBAPI(connection)
    linker = Linker(
        api.register("compared_side"),
        splink_settings(),
        log_level=logging.ERROR,
        validate_settings=False,
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register("pair"))
    answer = linker.inference.predict(warning_mode="never")
    connection.execute(
        "INSERT INTO prediction BY NAME SELECT match_weight, unique_id_l, unique_id_r, "
        f"mw_name, mw_number, mw_country, mw_asked FROM {answer.physical_name}"
    )
    connection.execute(f"DROP TABLE IF EXISTS {answer.physical_name}")


def find_parties(connection: duckdb.DuckDBPyConnection) -> None:
    """`legal_party`: customer → the customer number that stands for its legal party.

    An edge by name that would join two different checked numbers of one kind, over however many
    steps, waits for a person instead.
    """
    _components(connection)
    run(connection, "contradictions")
    if connection.execute("SELECT 1 FROM contradiction LIMIT 1").fetchone():
        connection.execute(
            "UPDATE customer_edge SET state = 'review', evidence = evidence || '; held: joins_two_numbers' "
            "WHERE state = 'accepted' AND method NOT IN ('decision', 'number') "
            "AND one IN (SELECT customer_id FROM contradiction)"
        )
        _components(connection)


def _components(connection: duckdb.DuckDBPyConnection) -> None:
    """Connected customers get the least number among them, step by step until nothing moves."""
    connection.execute(
        "CREATE OR REPLACE TABLE legal_party AS "
        "SELECT customer_id, customer_id AS party_id FROM customer_given"
    )
    while True:
        (moved,) = connection.execute(
            """
            UPDATE legal_party SET party_id = better.party_id
            FROM (
                SELECT here.customer_id, MIN(there.party_id) AS party_id
                FROM (
                    SELECT one, two FROM customer_edge WHERE state = 'accepted'
                    UNION ALL SELECT two, one FROM customer_edge WHERE state = 'accepted'
                ) AS edge
                JOIN legal_party AS here ON here.customer_id = edge.one
                JOIN legal_party AS there ON there.customer_id = edge.two
                GROUP BY here.customer_id
            ) AS better
            WHERE better.customer_id = legal_party.customer_id
                AND better.party_id < legal_party.party_id
            """
        ).fetchone() or (0,)
        if not moved:
            return
