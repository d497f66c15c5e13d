"""One batch: read its files, write `<entity>.parquet` and `rejects.parquet`, count everything."""

import shutil
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from etl.entities import ENTITIES, HISTORY_COLUMNS, Entity
from etl.errors import BadInput
from etl.landing import Batch, landed_files, mapping_of
from etl.mapping.mapped import Mapped
from etl.mapping.records import (
    BEFORE_ALL,
    LINES_A_FILE,
    RECORDS_A_ROW,
    Origin,
    judged_record,
    matched_rows,
)
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

SMALL = 2 << 20
"""Bytes up to which a batch is mapped in memory and without the database's optimizer: most nights bring
little, and a night has a hundred feeds."""


def map_batch(home: Path, batch: Batch, out: Path, settings: Settings, time_zone: str) -> Mapped:
    """Map a landed batch, under the mapping it landed with; see `map_feed`."""
    return map_feed(
        mapping_of(home, batch),
        landed_files(home, batch),
        batch=batch.name,
        arrived_on=batch.day,
        out=out,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
        time_zone=time_zone,
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
    time_zone: str = "UTC",
) -> Mapped:
    """Write `out/<entity>.parquet` for every entity of the feed, and `out/rejects.parquet`.

    An entity's file has its columns, the history columns, source_file, source_row (1 for the first
    line of the file) and raw (the row as JSON), ordered by seq. `time_zone` decides the day of a
    moment with an offset, where the feed does not.

    Raises:
        BadInput: a file cannot be read or lacks a column; nothing is written then.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    scratch = out.with_name(f"{out.name}.scratch")
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        is_small = _bytes(feed, files) <= SMALL
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        database = ":memory:" if is_small else str(scratch / "work.duckdb")
        with duckdb.connect(database, config=config) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET preserve_insertion_order = true")
            if is_small:
                # Planning costs more than running: a long IN alone, made a join, ten times as much.
                connection.execute("PRAGMA disable_optimizer")
            tables = _read(connection, feed, files, scratch, arrived_on)
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
            return _Mapper(connection, feed, origins, batch, out, scratch, is_small).run()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _bytes(feed: Feed, files: Sequence[Export]) -> int:
    """How much there is to read: of a system that was asked, its pages."""
    if not feed.is_pulled:
        return sum(file.path.stat().st_size for file in files if file.path.exists())
    return sum(file.stat().st_size for file in files[0].path.parent.iterdir())


def _read(
    connection: duckdb.DuckDBPyConnection,
    feed: Feed,
    files: Sequence[Export],
    scratch: Path,
    arrived_on: date,
) -> list[Table]:
    if feed.is_pulled:
        from etl.sources.pages import read_pages

        folder, day = files[0].path.parent, arrived_on.isoformat()
        return read_pages(connection, feed, folder, feed.name, day, scratch / "pages")
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
        scratch: Path,
        is_small: bool,
    ) -> None:
        self.connection = connection
        self.feed = feed
        self.origins = origins
        self.batch = batch
        self.out = out
        self.scratch = scratch
        self.is_small = is_small
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
        self._judge(entity)
        has_repeats = self._find_repeats(entity)
        self._write(entity, has_repeats=has_repeats)
        self._count(entity, has_repeats=has_repeats)
        self._reject(entity)

    def _judge(self, entity: Entity) -> None:
        """`judged`: every row of the entity with what its rules say."""
        run = self.connection.execute
        if self.is_small:
            run(f"CREATE OR REPLACE TABLE judged AS {self._judged(entity)}")
            return
        judged = literal(str(self.scratch / f"{entity.name}.judged.parquet"))
        # Streamed through once; all that follows reads only the columns it needs of it.
        run(f"COPY ({self._judged(entity)}) TO {judged} (FORMAT parquet, COMPRESSION lz4)")
        run(f"CREATE OR REPLACE VIEW judged AS SELECT * FROM read_parquet({judged})")

    def _find_repeats(self, entity: Entity) -> bool:
        """Two exports of one row contradict each other; two pages tell its versions, oldest first."""
        return find_repeats(self.connection, entity, are_versions=self.feed.is_pulled)

    def _judged(self, entity: Entity, *, explained: bool = False) -> str:
        return " UNION ALL ".join(
            judged_record(entity, record, nth, origin, explained=explained)
            for origin in self.origins
            for nth, record in enumerate(self.feed.records[entity.name])
            if (record.each or "") == origin.table.each
        )

    def _reject(self, entity: Entity) -> None:
        """Note the rows that broke a rule, and those that contradict an earlier row."""
        run = self.connection.execute
        run(
            f"""
            CREATE OR REPLACE TABLE refused AS
            SELECT seq, seq // {RECORDS_A_ROW * LINES_A_FILE} AS place, source_row
            FROM judged
            WHERE rule IS NOT NULL
                OR seq IN (SELECT seq FROM repeat WHERE reason IS NOT NULL)
            """
        )
        found = run("SELECT COUNT(*) FROM refused").fetchone()
        if not found or not found[0]:
            return
        amount = f"CAST({entity.amount} AS DECIMAL(18, 2))" if entity.amount else "NULL"
        # A refused row without a date is of no known day; only a good one was always known.
        run(
            f"""
            INSERT INTO reject
            SELECT {literal(entity.name)}, seq, key_text,
                COALESCE(rule, 'conflicting_duplicate'),
                COALESCE(explained.why, repeat.reason),
                raw, source_file, source_row, NULLIF(known_on, {BEFORE_ALL}), {amount}
            FROM ({self._judged(entity, explained=True)}) AS explained
            JOIN (SELECT seq FROM refused) AS refused USING (seq)
            LEFT JOIN repeat USING (seq)
            """
        )

    def _write(self, entity: Entity, *, has_repeats: bool) -> None:
        """The good rows, by seq. Where nothing has to be taken out and the rows come in order, they
        are streamed: a filter keeps their order (a join does not), and sorting everything would
        take longer than all the rest."""
        kept = "judged.rule IS NULL"
        if has_repeats:
            kept += " AND NOT EXISTS (SELECT 1 FROM repeat WHERE repeat.seq = judged.seq)"
        order = "ORDER BY judged.seq" if has_repeats or not self._is_in_order(entity) else ""
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
                WHERE {kept}
                {order}
            ) TO {literal(str(self.out / f"{entity.name}.parquet"))}
            (FORMAT parquet, COMPRESSION zstd)
            """
        )

    def _is_in_order(self, entity: Entity) -> bool:
        """True when the rows come by seq already."""
        records = self.feed.records[entity.name]
        read = [origin for origin in self.origins if origin.table.each == (records[0].each or "")]
        return len(records) == 1 and len(read) == 1 and read[0].table.in_order

    def _count(self, entity: Entity, *, has_repeats: bool) -> None:
        amount = f"SUM({entity.amount})" if entity.amount else "NULL"
        counted = f"SELECT COUNT(*), {amount}, SUM(CAST(is_cleaned AS INTEGER)) FROM judged"
        every, cleaned = self._tally(counted)
        copies = Tally()
        if has_repeats:
            copies, _ = self._tally(
                f"{counted} WHERE seq IN (SELECT seq FROM repeat WHERE reason IS NULL)"
            )
        self.received[entity.name] = Received(every, copies)
        if cleaned:
            self.cleaned[entity.name] = cleaned

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
        if self.feed.is_pulled:
            return 0  # what a page holds beside rows of this kind is not for this feed
        unmatched = 0
        for origin in self.origins:
            matched = self.connection.execute(
                f"SELECT COUNT(*) FROM ({matched_rows(records, origin)}) AS matched"
            ).fetchone() or (0,)
            unmatched += origin.table.row_count - int(matched[0])
        return unmatched
