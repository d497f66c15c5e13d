"""The warehouse as one DuckDB file: built beside, renamed over, never written where people read.

Three names, one folder: `warehouse.duckdb` is what people open; `….building` is a copy being
changed, worthless after a crash; `….loaded` is a finished copy with nights that were not shown
yet. Showing a night moves the pointer inside `….loaded` and renames it over the first. A reader
that has the file open keeps the file it opened.
"""

import fcntl
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from etl.errors import ZixinError
from etl.publish.warehouse.ddl import Catalog, Relation, kept_tables, shape
from etl.publish.warehouse.errors import one_sentence
from etl.publish.warehouse.state import Night, State
from etl.publish.warehouse.tables import SCHEMAS, WarehouseTable, stored_type
from etl.settings import settings


class DuckdbFile:
    """The verbs of the warehouse on a DuckDB file. It has no users: who may open it sees all."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.path = Path(str(url.database)).expanduser().absolute()
        self.building = self._beside("building")
        self.loaded = self._beside("loaded")
        self.state = State("main")

    def load(self, night: Night, tables: Sequence[WarehouseTable]) -> dict[str, Any]:
        """Copy the newest file, add the night, leave it beside; see `load_night`."""
        rows: dict[str, int] = {}
        with (
            one_sentence(self.url, f"Loading the night of {night.as_of}"),
            self._alone(),
            self._build(self.loaded) as connection,
        ):
            shape(connection, self.state, tables, _catalog(connection))
            if self.state.is_loaded(connection, night):
                _delete(connection, [night])
            for table in tables:
                name = f"{table.schema}.{table.name}"
                with one_sentence(self.url, f"Loading {name} of the night of {night.as_of}"):
                    rows[name] = _insert(connection, table, night)
            self.state.remember_load(connection, night)
        return {
            "as_of": night.as_of.isoformat(),
            "build": night.build,
            "tables": rows,
            "warnings": [],
        }

    def show(self, night: Night) -> None:
        """Point at the night in the file beside and rename it over the one people read."""
        with one_sentence(self.url, f"Showing the night of {night.as_of}"), self._alone():
            if self.loaded.exists():
                # Changed in place: nobody reads it, and DuckDB's own log covers a crash.
                with self._open(self.loaded) as connection:
                    self.state.show(connection, night)
                self._rename(self.loaded, self.path)
            elif self.path.exists():
                with self._build(self.path) as connection:
                    self.state.show(connection, night)
            else:
                raise ZixinError(
                    f"The night of {night.as_of} (build {night.build}) is not in the warehouse, "
                    f"which does not exist yet: run zixin night --as-of {night.as_of}."
                )

    def visible(self) -> Night | None:
        """Read the pointer from the file people read."""
        with one_sentence(self.url, "Reading the visible night"):
            if not self.path.exists():
                return None
            # Attached to a database of its own: opened by name, DuckDB would hand out the file
            # that this process opened first, though another was renamed over it since.
            engine = _engine(":memory:")
            try:
                with engine.connect() as connection:
                    name = str(self.path).replace("'", "''")
                    connection.exec_driver_sql(f"ATTACH '{name}' AS shown (READ_ONLY)")
                    connection.exec_driver_sql("USE shown")
                    exists = connection.exec_driver_sql(
                        "SELECT COUNT(*) FROM duckdb_tables() WHERE database_name = 'shown' "
                        "AND schema_name = 'main' AND table_name = 'publication'"
                    ).scalar()
                    return self.state.visible(connection) if exists else None
            finally:
                engine.dispose()

    def drop_unseen(self, keep: Collection[Night]) -> list[Night]:
        """Remove what nobody sees from the newest file."""
        with one_sentence(self.url, "Removing unseen builds"), self._alone():
            newest = self._newest()
            if newest is None:
                return []
            with self._build(newest) as connection:
                unseen = self.state.unseen(connection, keep)
                _delete(connection, unseen)
                self.state.forget(connection, unseen)
            return unseen

    def _beside(self, what: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{what}")

    def _newest(self) -> Path | None:
        """The file that has every load: the one beside, else the one people read."""
        return next((path for path in (self.loaded, self.path) if path.exists()), None)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One writer at a time, in whatever process; the lock goes when its holder dies."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._beside("lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _build(self, target: Path) -> Iterator[sa.Connection]:
        """A transaction on a copy of the newest file; committed, it is renamed to `target`."""
        self._clear()
        newest = self._newest()
        if newest is not None:
            if newest == self.loaded and _log(newest).exists():
                # A crash while a night was being shown: opening the file replays its log.
                with self._open(newest):
                    pass
            _copy(newest, self.building)
        try:
            with self._open(self.building) as connection:
                yield connection
        except BaseException:
            self._clear()
            raise
        self._rename(self.building, target)

    def _clear(self) -> None:
        """Remove what a load that died, or failed, left of its copy."""
        for leftover in (self.building, _log(self.building)):
            leftover.unlink(missing_ok=True)
        shutil.rmtree(_spill(self.building), ignore_errors=True)

    @contextmanager
    def _open(self, path: Path) -> Iterator[sa.Connection]:
        """A transaction on `path`; afterwards everything is in the one file, and closed."""
        engine = _engine(str(path))
        try:
            with engine.connect() as connection:
                with connection.begin():
                    yield connection
                connection.exec_driver_sql("CHECKPOINT")
        finally:
            engine.dispose()

    def _rename(self, path: Path, target: Path) -> None:
        """Make `path` be `target`, on disk before the name changes."""
        if _log(path).exists():
            raise ZixinError(f"{path} is open in another program: close it and run again.")
        _sync(path)
        # A log beside the target belongs to the file that goes away (somebody opened it for
        # writing); DuckDB would replay it into the new one.
        _log(target).unlink(missing_ok=True)
        path.replace(target)
        _sync(target.parent)


def _engine(database: str) -> sa.Engine:
    """SQLAlchemy on one DuckDB file, within the limits of this process and without downloads."""
    limits = settings()
    config: dict[str, Any] = {
        "threads": limits.threads,
        "memory_limit": limits.memory_limit,
        "autoinstall_known_extensions": False,
    }
    if database != ":memory:":
        config["temp_directory"] = str(_spill(Path(database)))
    return sa.create_engine(
        URL.create("duckdb", database=database),
        poolclass=NullPool,
        connect_args={"config": config},
    )


def _insert(connection: sa.Connection, table: WarehouseTable, night: Night) -> int:
    """Append the night's files, all rows in one statement; the number of rows."""
    if not table.files:
        return 0
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(["as_of", "build", *(quote(column.name) for column in table.columns)])
    values = ", ".join(
        f"CAST({quote(column.name)} AS {stored_type(column.type)})" for column in table.columns
    )
    done = connection.exec_driver_sql(
        f"INSERT INTO {quote(table.schema)}.{quote(table.name)} ({names}) "
        f"SELECT CAST(? AS DATE), CAST(? AS VARCHAR), {values} "
        "FROM read_parquet(?, hive_partitioning = false)",
        (night.as_of, night.build, [str(path) for path in table.files]),
    )
    return int(done.scalar() or 0)


def _delete(connection: sa.Connection, nights: Collection[Night]) -> None:
    """Remove the rows of `nights` from every table that keeps nights."""
    if not nights:
        return
    for table in kept_tables(_catalog(connection)):
        connection.execute(
            sa.delete(table).where(sa.tuple_(table.c.as_of, table.c.build).in_(nights))
        )


def _catalog(connection: sa.Connection) -> Catalog:
    """Our schemas as the file has them."""
    catalog: Catalog = {}
    schemas = "', '".join(SCHEMAS)
    for is_view, source, name in ((False, "tables", "table_name"), (True, "views", "view_name")):
        for schema, relation, comment in connection.exec_driver_sql(
            f"SELECT schema_name, {name}, comment FROM duckdb_{source}() "
            f"WHERE database_name = current_database() AND schema_name IN ('{schemas}')"
        ):
            catalog[schema, relation] = Relation(is_view=is_view, comment=comment)
    for schema, relation, column, kind, comment in connection.exec_driver_sql(
        "SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() "
        f"WHERE database_name = current_database() AND schema_name IN ('{schemas}') "
        "ORDER BY schema_name, table_name, column_index"
    ):
        catalog[schema, relation].columns[column] = kind
        catalog[schema, relation].column_comments[column] = comment
    return catalog


def _log(path: Path) -> Path:
    """DuckDB's write-ahead log of a file."""
    return path.with_name(f"{path.name}.wal")


def _spill(path: Path) -> Path:
    """Where DuckDB puts what does not fit in memory while it works on a file."""
    return path.with_name(f"{path.name}.spill")


def _copy(source: Path, target: Path) -> None:
    """Copy a file; a file system that can share the blocks does (a year of nights is large)."""
    try:
        with source.open("rb") as read, target.open("wb") as write:
            left = source.stat().st_size
            while left > 0:
                done = os.copy_file_range(read.fileno(), write.fileno(), left)
                if done == 0:
                    break
                left -= done
    except (OSError, AttributeError):
        shutil.copyfile(source, target)


def _sync(path: Path) -> None:
    """Have the disk hold `path`, a file or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
