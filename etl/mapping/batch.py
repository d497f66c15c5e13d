"""One batch: read its files, write `<entity>.parquet` and `rejects.parquet`, count everything."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from etl.entities import ENTITIES, HISTORY_COLUMNS, Entity
from etl.errors import BadInput
from etl.landing import Batch, landed_files, mapping_of
from etl.mapping.records import Origin, judged_record, matched_rows
from etl.mapping.sql import literal
from etl.mapping.versions import find_repeats
from etl.quality.conservation import Received, Tally
from etl.settings import Settings
from etl.sources.config import Feed
from etl.sources.files import Export, read_table
from etl.sources.table import ROW, Table

LINE = "line"
"""What a reject is called that never became a record: a line with too many or too few fields."""

RAGGED = (
    "the line has {found} fields where the header has {expected}; "
    "a delimiter or a quote in it is one too many or too few"
)

IMPORT_LATEST = date(2100, 12, 31)
YEARS_AHEAD = 50
REASONS_SHOWN = 20


@dataclass(frozen=True)
class Mapped:
    """What became of a batch.

    `received`: entity → rows read and duplicates left out; the rest is in the files or the rejects.
    `reasons`: entity, rule, rows and an example of each kind of reject, the most frequent first.
    `unmatched`: rows that are no record by any `when`. `cleaned`: entity → rows whose free text
    lost control characters. `files`: how each file was read.
    """

    received: Mapping[str, Received]
    reasons: tuple[dict[str, Any], ...] = ()
    unmatched: int = 0
    cleaned: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()


def map_batch(home: Path, batch: Batch, out: Path, settings: Settings) -> Mapped:
    """Map a landed batch, under the mapping it landed with; see `map_feed`."""
    return map_feed(
        mapping_of(home, batch),
        landed_files(home, batch),
        batch=batch.name,
        arrived_on=batch.day,
        out=out,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
    )


def map_feed(
    feed: Feed,
    files: Sequence[Export],
    *,
    batch: str,
    arrived_on: date,
    out: Path,
    threads: int = 1,
    memory_limit: str = "1GiB",
    time_zone: str = "Asia/Shanghai",
) -> Mapped:
    """Write `out/<entity>.parquet` for every entity of the feed, and `out/rejects.parquet`.

    An entity's file has its columns, the history columns, source_file, source_row (1 for the first
    line of the file) and raw (the row as JSON), ordered by seq. `time_zone` decides the day of a
    moment with an offset, where the feed does not.

    Raises:
        BadInput: a file cannot be read or lacks a column; nothing is written then.
    """
    out.mkdir(parents=True, exist_ok=True)
    scratch = out.with_name(f"{out.name}.scratch")
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        tables = _read(feed, files, scratch)
        origins = [
            Origin(
                table=table,
                place=place,
                batch=batch,
                feed=feed,
                arrived_on=arrived_on,
                latest=_latest(feed, arrived_on),
                time_zone=feed.time_zone or time_zone,
            )
            for place, table in enumerate(tables)
        ]
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(str(scratch / "work.duckdb"), config=config) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            return _Mapper(connection, feed, origins, batch, out).run()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _read(feed: Feed, files: Sequence[Export], scratch: Path) -> list[Table]:
    tables = [
        read_table(file.path, file.name, feed.read, feed.sources, scratch / f"{place}.parquet")
        for place, file in enumerate(files)
    ]
    if feed.export == "full" and not any(table.row_count for table in tables):
        names = ", ".join(table.name for table in tables)
        raise BadInput(
            f"{names} has a header and no rows; as a full export it would empty the ledger, "
            "so it is not taken: export it again."
        )
    return tables


def _latest(feed: Feed, arrived_on: date) -> date:
    """The last day a date may name. For an import it must not depend on when it was read."""
    if feed.known == "historical":
        return IMPORT_LATEST
    return date(arrived_on.year + YEARS_AHEAD, 12, 31)


class _Mapper:
    """The steps over one connection; the files are views in it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        feed: Feed,
        origins: Sequence[Origin],
        batch: str,
        out: Path,
    ) -> None:
        self.connection = connection
        self.feed = feed
        self.origins = origins
        self.batch = batch
        self.out = out
        self.received: dict[str, Received] = {}
        self.cleaned: dict[str, int] = {}

    def run(self) -> Mapped:
        for origin in self.origins:
            self._open(origin)
        self.connection.execute(
            "CREATE TABLE reject (entity VARCHAR, seq BIGINT, key VARCHAR, rule VARCHAR, "
            "reason VARCHAR, raw VARCHAR, source_file VARCHAR, source_row BIGINT, known_on DATE, "
            "amount DECIMAL(18, 2))"
        )
        self._reject_ragged()
        for name in self.feed.records:
            self._map(ENTITIES[name])
        self._write_rejects()
        return Mapped(
            received=self.received,
            reasons=self._reasons(),
            unmatched=self._unmatched(),
            cleaned=self.cleaned,
            files=tuple(
                f"{origin.table.name}: {origin.table.row_count} rows, {origin.table.written_as}"
                for origin in self.origins
            ),
        )

    def _open(self, origin: Origin) -> None:
        pairs = ", ".join(
            f"{literal(name)}, c{place}" for place, name in enumerate(origin.table.header)
        )
        self.connection.execute(
            f"CREATE VIEW {origin.relation} AS SELECT *, CAST(json_object({pairs}) AS VARCHAR) "
            f"AS raw FROM read_parquet({literal(str(origin.table.rows))})"
        )

    def _reject_ragged(self) -> None:
        rows = [
            (
                origin.table.name,
                line.line,
                line.text.replace("\x00", "\ufffd"),
                RAGGED.format(found=line.fields, expected=len(origin.table.header)),
            )
            for origin in self.origins
            for line in origin.table.ragged
        ]
        if not rows:
            return
        self.received[LINE] = Received(Tally(len(rows)))
        known_on = "NULL" if self.feed.known == "historical" else "arrived_on"
        arrived_on = f"DATE '{self.origins[0].arrived_on.isoformat()}'"
        self.connection.executemany(
            f"INSERT INTO reject SELECT '{LINE}', 0, NULL, 'ragged_line', $4, $3, $1, $2, "
            f"{known_on}, NULL FROM (SELECT {arrived_on} AS arrived_on)",
            rows,
        )

    def _map(self, entity: Entity) -> None:
        """One entity: judge every row, find repeats, write what is good, note what is not."""
        parts = [
            judged_record(entity, record, nth, origin)
            for origin in self.origins
            for nth, record in enumerate(self.feed.records[entity.name])
        ]
        run = self.connection.execute
        run(f"CREATE OR REPLACE VIEW judged AS {' UNION ALL '.join(parts)}")
        amount = f"CAST({entity.amount} AS DECIMAL(18, 2))" if entity.amount else "NULL"
        keys = ", ".join(entity.key)
        run(
            f"CREATE OR REPLACE TABLE slim AS SELECT seq, {keys}, is_deleted, known_on, "
            f"CAST({amount} AS DECIMAL(18, 2)) AS amount, rule IS NOT NULL AS is_refused, "
            "is_cleaned FROM judged"
        )
        find_repeats(self.connection, entity)
        self._write(entity)
        run(
            f"""
            INSERT INTO reject
            SELECT {literal(entity.name)}, judged.seq, key_text, judged.rule, judged.reason,
                raw, source_file, source_row, judged.known_on, CAST({amount} AS DECIMAL(18, 2))
            FROM judged
            WHERE judged.rule IS NOT NULL
            """
        )
        run(
            f"""
            INSERT INTO reject
            SELECT {literal(entity.name)}, judged.seq, key_text, 'conflicting_duplicate',
                repeat.reason, raw, judged.source_file, judged.source_row, judged.known_on,
                CAST({amount} AS DECIMAL(18, 2))
            FROM judged
            JOIN repeat ON repeat.seq = judged.seq AND repeat.reason IS NOT NULL
            """
        )
        self._count(entity)

    def _write(self, entity: Entity) -> None:
        columns = ", ".join(f"judged.{column.name}" for column in entity.columns)
        names = [column.name for column in HISTORY_COLUMNS]
        history = ", ".join(
            f"{literal(self.batch)} AS batch" if name == "batch" else f"judged.{name}"
            for name in names
        )
        self.connection.execute(
            f"""
            COPY (
                SELECT {columns}, {history}, judged.source_file, judged.{ROW}, judged.raw
                FROM judged
                WHERE judged.rule IS NULL
                    AND NOT EXISTS (SELECT 1 FROM repeat WHERE repeat.seq = judged.seq)
                ORDER BY judged.seq
            ) TO {literal(str(self.out / f"{entity.name}.parquet"))}
            (FORMAT parquet, COMPRESSION zstd)
            """
        )

    def _count(self, entity: Entity) -> None:
        total = self._tally(
            "SELECT COUNT(*), SUM(amount), SUM(CAST(is_cleaned AS INTEGER)) FROM slim"
        )
        same = self._tally(
            "SELECT COUNT(*), SUM(slim.amount), 0 FROM slim "
            "JOIN repeat ON repeat.seq = slim.seq AND repeat.reason IS NULL"
        )
        self.received[entity.name] = Received(total[0], same[0])
        if total[1]:
            self.cleaned[entity.name] = total[1]

    def _tally(self, sql: str) -> tuple[Tally, int]:
        rows, amount, cleaned = self.connection.execute(sql).fetchone() or (0, None, 0)
        return Tally(rows, Decimal(amount or 0).quantize(Decimal("0.01"))), int(cleaned or 0)

    def _write_rejects(self) -> None:
        self.connection.execute(
            f"""
            COPY (
                SELECT {literal(self.feed.name)} AS feed, entity, key, rule, reason, raw,
                    source_file, source_row, known_on, {literal(self.batch)} AS batch, amount,
                    1 AS nth_rule
                FROM reject
                ORDER BY entity, source_file, source_row, seq
            ) TO {literal(str(self.out / "rejects.parquet"))} (FORMAT parquet, COMPRESSION zstd)
            """
        )

    def _reasons(self) -> tuple[dict[str, Any], ...]:
        found = self.connection.execute(
            f"""
            SELECT entity, rule, COUNT(*) AS found, MIN_BY(reason, (source_file, source_row, seq)),
                MIN_BY(source_row, (source_file, source_row, seq))
            FROM reject
            GROUP BY entity, rule
            ORDER BY found DESC, entity, rule
            LIMIT {REASONS_SHOWN}
            """
        ).fetchall()
        return tuple(
            {"entity": entity, "rule": rule, "rows": rows, "example": reason, "source_row": row}
            for entity, rule, rows, reason, row in found
        )

    def _unmatched(self) -> int:
        """Rows that no `when` takes. A customer is on every row, so customers alone say nothing."""
        kinds = [name for name in self.feed.records if name != "customer"] or ["customer"]
        records = [record for name in kinds for record in self.feed.records[name]]
        if any(record.when is None for record in records):
            return 0
        unmatched = 0
        for origin in self.origins:
            matched = self.connection.execute(
                f"SELECT COUNT(*) FROM ({matched_rows(records, origin)}) AS matched"
            ).fetchone() or (0,)
            unmatched += origin.table.row_count - int(matched[0])
        return unmatched
