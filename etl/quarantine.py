"""Quarantine: the rows that may not enter history, why, and since when (design §5).

A batch's quarantine is one Parquet file, one row a refused row and rule (`COLUMNS`). The register is
what a night shows: one row a (feed, entity, key, rule), open until a later batch of the feed brings
the key healthy. It is a pure function of the batches it is given; nothing is ever updated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from etl.entities import ENTITIES, Column, Entity

COLUMNS = (
    Column("feed", "VARCHAR", "The feed the row came in", required=True),
    Column("entity", "VARCHAR", "What it would have become", required=True),
    Column("key", "VARCHAR", "Its key, parts joined by |; NULL: it has none"),
    Column("rule", "VARCHAR", "The rule it broke", required=True),
    Column("reason", "VARCHAR", "That rule in a sentence", required=True),
    Column("raw", "VARCHAR", "The row as it arrived"),
    Column("source_file", "VARCHAR", "The file it stood in"),
    Column("source_row", "BIGINT", "Where in that file, 1 for the first line"),
    Column("known_on", "DATE", "When we learned it; NULL: a historical row without a date"),
    Column("batch", "VARCHAR", "The batch it came in", required=True),
    Column("amount", "DECIMAL(18,2)", "Its amount, when it has one that can be read"),
    Column("nth_rule", "INTEGER", "1 for the first rule the row broke: count and sum these"),
)

REGISTER = (
    *COLUMNS[:6],  # feed, entity, key, rule, reason, raw: of the last time it came
    Column("first_seen", "DATE", "First day it was refused"),
    Column("last_seen", "DATE", "Last day it was refused"),
    Column("closed_on", "DATE", "Day it arrived healthy, or stopped arriving without a key"),
    Column("is_open", "BOOLEAN", "Still waiting for a healthy version", required=True),
    Column("occurrences", "BIGINT", "Batches that brought it", required=True),
    Column("last_batch", "VARCHAR", "The last of them", required=True),
)


@dataclass(frozen=True)
class BatchFiles:
    """Where one committed batch left its rows. Batch names order as they landed.

    `day` is the night a scheduled batch arrived; None for a historical import, whose rows carry
    their own day. `is_whole`: a full export, which says of every row it lacks that it is gone.
    """

    batch: str
    feed: str
    day: date | None = None
    is_whole: bool = False
    quarantine: Path | str | None = None
    history: Mapping[str, Path | str] = field(default_factory=dict)


def key_text(entity: Entity, table: str = "") -> str:
    """SQL for the key as one text, parts joined by `|`; NULL when every part is blank."""
    prefix = f"{table}." if table else ""
    parts = [f"COALESCE(TRIM(CAST({prefix}{name} AS VARCHAR)), '')" for name in entity.key]
    joined = " || '|' || ".join(parts)
    return f"NULLIF({joined}, '{'|' * (len(parts) - 1)}')"


def quarantine_register(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[BatchFiles], as_of: date
) -> duckdb.DuckDBPyRelation:
    """One row a (feed, entity, key, rule) refused in `batches` and known by `as_of`.

    A key that arrives bad again after it was healed is open again, with its first day kept. Rows
    without a key are told apart by their raw text, and close when a later batch of the feed comes
    without them; so does any row that a later full export lacks. Columns: `REGISTER`, ordered by
    (feed, entity, key, raw, rule).
    """
    known = [batch for batch in batches if batch.day is None or batch.day <= as_of]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE register_batch "
        "(batch VARCHAR, feed VARCHAR, day DATE, is_whole BOOLEAN)"
    )
    if known:
        connection.executemany(
            "INSERT INTO register_batch VALUES (?, ?, ?, ?)",
            [(batch.batch, batch.feed, batch.day, batch.is_whole) for batch in known],
        )
    _collect_refused(connection, known)
    _collect_healthy(connection, known)
    return connection.sql(_REGISTER_SQL, params={"as_of": as_of})


def _collect_refused(connection: duckdb.DuckDBPyConnection, batches: Sequence[BatchFiles]) -> None:
    columns = ", ".join(
        f"CAST({column.name} AS {column.type}) AS {column.name}" for column in COLUMNS
    )
    files = [str(batch.quarantine) for batch in batches if batch.quarantine is not None]
    source = "read_parquet($files)" if files else f"({_empty(COLUMNS)})"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE register_refused AS SELECT {columns} FROM {source}",
        {"files": files} if files else None,
    )


def _collect_healthy(connection: duckdb.DuckDBPyConnection, batches: Sequence[BatchFiles]) -> None:
    """The healthy versions of keys that were ever refused: few, however long the history is."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE register_healthy "
        "(feed VARCHAR, entity VARCHAR, key VARCHAR, batch VARCHAR, known_on DATE)"
    )
    for name, entity in ENTITIES.items():
        files = [str(batch.history[name]) for batch in batches if name in batch.history]
        if not files:
            continue
        connection.execute(
            f"""
            INSERT INTO register_healthy
            SELECT register_batch.feed, $entity, {key_text(entity, "version")},
                   version.batch, version.known_on
            FROM read_parquet($files) AS version
            JOIN register_batch ON register_batch.batch = version.batch
            WHERE EXISTS (
                SELECT 1
                FROM register_refused AS refused
                WHERE refused.entity = $entity AND refused.key = {key_text(entity, "version")}
            )
            """,
            {"entity": name, "files": files},
        )


def _empty(columns: Sequence[Column]) -> str:
    typed = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in columns)
    return f"SELECT {typed} WHERE FALSE"


_REGISTER_SQL = """
WITH refused AS (
    -- A row without a key is known by what it says.
    SELECT *, CASE WHEN key IS NULL THEN COALESCE(raw, '') ELSE '' END AS keyless
    FROM register_refused
    WHERE known_on IS NULL OR known_on <= $as_of
),

ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (
            PARTITION BY feed, entity, key, keyless, rule
            ORDER BY
                batch DESC, source_file DESC NULLS LAST, source_row DESC NULLS LAST,
                raw DESC NULLS LAST, reason DESC
        ) AS newest
    FROM refused
),

entry AS (
    SELECT
        ROW_NUMBER() OVER (ORDER BY feed, entity, key NULLS FIRST, keyless, rule) AS entry,
        feed,
        entity,
        key,
        keyless,
        rule,
        MAX(reason) FILTER (WHERE newest = 1) AS reason,
        MAX(raw) FILTER (WHERE newest = 1) AS raw,
        MIN(known_on) AS first_seen,
        MAX(known_on) AS last_seen,
        COUNT(DISTINCT batch) AS occurrences,
        MAX(batch) AS last_batch
    FROM ranked
    GROUP BY feed, entity, key, keyless, rule
),

closing AS (
    -- The key arrived healthy ...
    SELECT entry.entry, healthy.batch, COALESCE(register_batch.day, healthy.known_on) AS day
    FROM entry
    JOIN register_healthy AS healthy
        ON healthy.feed = entry.feed AND healthy.entity = entry.entity
        AND healthy.key = entry.key AND healthy.batch > entry.last_batch
        AND healthy.known_on <= $as_of
    JOIN register_batch ON register_batch.batch = healthy.batch

    UNION ALL

    -- ... or the feed came without the row, where that says anything: there is no key to look for,
    -- or the export was whole.
    SELECT entry.entry, register_batch.batch, register_batch.day
    FROM entry
    JOIN register_batch
        ON register_batch.feed = entry.feed AND register_batch.batch > entry.last_batch
    WHERE entry.key IS NULL OR register_batch.is_whole
),

first_closing AS (
    SELECT
        entry, batch, day,
        ROW_NUMBER() OVER (PARTITION BY entry ORDER BY batch, day NULLS LAST) AS nth
    FROM closing
)

SELECT
    entry.feed,
    entry.entity,
    entry.key,
    entry.rule,
    entry.reason,
    entry.raw,
    entry.first_seen,
    entry.last_seen,
    -- A historical row can be older than the refusal it puts right.
    CASE WHEN closed.entry IS NOT NULL THEN GREATEST(closed.day, entry.last_seen) END AS closed_on,
    closed.entry IS NULL AS is_open,
    entry.occurrences,
    entry.last_batch
FROM entry
LEFT JOIN first_closing AS closed ON closed.entry = entry.entry AND closed.nth = 1
ORDER BY entry.entry
"""
