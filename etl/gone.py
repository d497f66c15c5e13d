"""What a provider no longer says: tombstones for records that vanished from its answer.

A system that is asked company by company has no feed of deletions; its answer about a company is all it
has. So a record that an earlier answer held and the latest one does not is gone, and history gets a row
that says so. Only answers that came whole count: a company that could not be asked says nothing.

The same holds inside a row of any other system: a customer's row lists all numbers it has, a payment's
all invoices it pays. What such a row listed before and does not now is gone as well.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from etl import landing
from etl.engine.duckdb import literal
from etl.entities import ENTITIES
from etl.history import find_batch
from etl.mapping.mapped import Mapped
from etl.quality.conservation import Received, Tally
from etl.sources.config import Feed


def bury(home: Path, batch: landing.Batch, feed: Feed, staged: Path, mapped: Mapped) -> Mapped:
    """Add to `staged/<entity>.parquet` a deletion for every record of the answered customers that is in
    history and not among the rows of `batch`; returns the count with them in it."""
    answers = landing.manifest_of(home, batch).get("pull", {}).get("answered", {})
    whole = sorted(customer for customer, outcome in answers.items() if outcome == "answered")
    entities = [
        name
        for name, records in feed.records.items()
        if any(record.whole_per for record in records)
    ]
    received = dict(mapped.received)
    for entity in entities:
        per = _per(feed, entity)
        stated = whole if answers else _stated(feed, entity, per, staged)
        if stated and (found := _bury(home, batch, entity, staged, per, stated)):
            before = received.get(entity, Received(Tally()))
            received[entity] = replace(before, received=before.received + Tally(found))
    return replace(mapped, received=received)


def _per(feed: Feed, entity: str) -> str:
    """The column that says what an answer or a row is whole about."""
    return next(record.whole_per[0] for record in feed.records[entity] if record.whole_per)


def _stated(feed: Feed, entity: str, per: str, staged: Path) -> list[str]:
    """The customers, payments … of which the batch has a row: those of the feed's record types that
    are not themselves parts of a row."""
    owners = [
        name
        for name, records in feed.records.items()
        if name != entity
        and per in ENTITIES[name].key
        and not any(record.whole_per for record in records)
    ]
    if not owners:
        return []
    files = " UNION ALL ".join(
        f"SELECT {per} FROM read_parquet({literal(str(staged / f'{name}.parquet'))})"
        for name in owners
    )
    with duckdb.connect() as db:
        return [row[0] for row in db.execute(f"SELECT DISTINCT {per} FROM ({files})").fetchall()]


def _bury(
    home: Path, batch: landing.Batch, entity: str, staged: Path, per: str, whole: list[str]
) -> int:
    earlier = _earlier_files(home, batch, entity)
    if not earlier:
        return 0
    columns = [column.name for column in ENTITIES[entity].columns]
    keys = ENTITIES[entity].key
    same = " AND ".join(f"now.{key} IS NOT DISTINCT FROM last.{key}" for key in keys)
    file = staged / f"{entity}.parquet"
    target = file.with_suffix(".buried")
    kept = ", ".join(
        name if name in keys or name in ("customer_id", "provider") else f"NULL AS {name}"
        for name in columns
    )
    with duckdb.connect() as db:
        db.execute("CREATE TABLE whole AS SELECT UNNEST($whole) AS stated", {"whole": whole})
        db.execute(f"CREATE VIEW now AS SELECT * FROM read_parquet({literal(str(file))})")
        # A row that came and was refused is not gone.
        rejects = literal(str(staged / "rejects.parquet"))
        db.execute(
            f"""
            CREATE TABLE gone AS
            SELECT {", ".join(columns)}
            FROM (
                SELECT *, ROW_NUMBER() OVER (
                    PARTITION BY {", ".join(keys)} ORDER BY known_on DESC, batch DESC, seq DESC
                ) AS place
                FROM read_parquet([{", ".join(literal(path) for path in earlier)}])
            ) AS last
            WHERE place = 1 AND NOT is_deleted
                AND {per} IN (SELECT stated FROM whole)
                AND NOT EXISTS (SELECT 1 FROM now WHERE {same})
                AND NOT EXISTS (
                    SELECT 1 FROM read_parquet({rejects}) AS refused
                    WHERE refused.entity = {literal(entity)}
                )
            """
        )
        found = int((db.execute("SELECT COUNT(*) FROM gone").fetchone() or (0,))[0])
        if not found:
            return 0
        db.execute(
            f"""
            COPY (
                SELECT * FROM now
                UNION ALL BY NAME
                SELECT {kept}, DATE '{batch.arrived_on}' AS known_on,
                    {literal(batch.name)} AS batch,
                    (SELECT COALESCE(MAX(seq), 0) FROM now)
                        + ROW_NUMBER() OVER (ORDER BY {", ".join(keys)}) AS seq,
                    TRUE AS is_deleted, 'no longer stated' AS source_file,
                    CAST(NULL AS BIGINT) AS source_row, CAST(NULL AS VARCHAR) AS raw
                FROM gone
                ORDER BY seq
            ) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)
            """
        )
    target.replace(file)
    return found


def _earlier_files(home: Path, batch: landing.Batch, entity: str) -> list[str]:
    """The feed's history files of the entity that were live when this batch came."""
    live: Mapping[str, landing.Batch] = {
        one.name: one for one in landing.live_batches(home, batch.day, batch.feed)
    }
    paths = []
    for name in live:
        known = find_batch(home, name) if name < batch.name else None
        if known is not None and entity in known.files and known.files[entity].rows:
            paths.append(str(home / known.files[entity].path))
    return paths
