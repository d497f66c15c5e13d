"""The warehouse in PostgreSQL: rows come by COPY in one transaction, one UPDATE shows them.

DuckDB reads the Parquet files and Arrow writes the CSV, a few thousand rows at a time, so memory
does not grow with the night and no row passes through Python.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast

import duckdb
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from etl.publish.warehouse.ddl import Catalog, Relation, kept_tables, shape
from etl.publish.warehouse.errors import one_sentence
from etl.publish.warehouse.reader import grant_reader
from etl.publish.warehouse.state import Night, State
from etl.publish.warehouse.tables import SCHEMAS, WarehouseTable, stored_type
from etl.settings import settings

ROWS_AT_A_TIME = 8192
# Ours alone in the database ("Zixin" in ASCII): one writer at a time, whatever the machine.
WRITER_LOCK = 0x5A6978696E
WAIT_FOR_WRITER = "600s"
# Adding a column waits for reports; while it waits, new reports wait behind it.
WAIT_FOR_READERS = "30s"
# PostgreSQL stores no NUL character; its picture can be seen and searched for.
NUL_PICTURE = "\N{SYMBOL FOR NULL}"

KINDS = {
    "text": "VARCHAR",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "date": "DATE",
    "timestamp without time zone": "TIMESTAMP",
    "boolean": "BOOLEAN",
}


class Postgres:
    """The verbs of the warehouse on PostgreSQL."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self.state = State("public")

    def load(self, night: Night, tables: Sequence[WarehouseTable]) -> dict[str, Any]:
        """Bring the tables into shape, then load the rows in one transaction; see `load_night`.

        The shape has a short transaction of its own: it changes no row, and holding its locks for
        as long as the rows take would make the reports wait.
        """
        rows: dict[str, int] = {}
        with one_sentence(self.url, f"Loading the night of {night.as_of}"):
            with self._alone() as connection:
                warnings = self._shape(connection, tables)
            with self._alone() as connection, closing(_parquet_reader()) as reader:
                if self.state.is_loaded(connection, night):
                    self._delete(connection, [night])
                for table in tables:
                    name = f"{table.schema}.{table.name}"
                    with one_sentence(self.url, f"Loading {name} of the night of {night.as_of}"):
                        rows[name], nul_values = _copy(connection, reader, table, night)
                    if nul_values:
                        warnings.append(
                            f"{nul_values} texts of {name} held a NUL character, which PostgreSQL "
                            f"cannot store: they show {NUL_PICTURE} in its place."
                        )
                self.state.remember_load(connection, night)
        return {
            "as_of": night.as_of.isoformat(),
            "build": night.build,
            "tables": rows,
            "warnings": warnings,
        }

    def show(self, night: Night) -> None:
        """One UPDATE of the pointer, and the register of published nights with it."""
        with (
            one_sentence(self.url, f"Showing the night of {night.as_of}"),
            self._alone() as connection,
        ):
            if not self.state.exists(connection):
                self.state.create(connection)
            self.state.show(connection, night)

    def visible(self) -> Night | None:
        """Read the pointer."""
        with one_sentence(self.url, "Reading the visible night"), self._begin() as connection:
            return self.state.visible(connection) if self.state.exists(connection) else None

    def drop_unseen(self, keep: Collection[Night]) -> list[Night]:
        """Delete what nobody sees; PostgreSQL reuses the space."""
        with one_sentence(self.url, "Removing unseen builds"), self._alone() as connection:
            if not self.state.exists(connection):
                return []
            unseen = self.state.unseen(connection, keep)
            self._delete(connection, unseen)
            self.state.forget(connection, unseen)
            return unseen

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(
            self.url,
            poolclass=NullPool,
            connect_args={"connect_timeout": 10, "application_name": "zixin"},
        )
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()

    @contextmanager
    def _alone(self) -> Iterator[sa.Connection]:
        """A transaction that no other writer of the warehouse shares."""
        with self._begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_WRITER}'")
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER_LOCK)))
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_FOR_READERS}'")
            yield connection

    def _shape(self, connection: sa.Connection, tables: Sequence[WarehouseTable]) -> list[str]:
        """Tables, views, comments, an index over the night, and who may read; warnings."""
        made = shape(connection, self.state, tables, _catalog(connection))
        preparer = connection.dialect.identifier_preparer
        for view in made:
            # Without it a report's own function could be handed rows before the night is picked.
            connection.exec_driver_sql(
                f"ALTER VIEW {preparer.format_table(view)} SET (security_barrier = true)"
            )
        for table in tables:
            target = sa.table(table.name, sa.column("as_of"), sa.column("build"))
            target.schema = table.schema
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS {preparer.quote(f'{table.name}_night')} "
                f"ON {preparer.format_table(target)} (as_of, build)"
            )
        return grant_reader(connection, tables)

    def _delete(self, connection: sa.Connection, nights: Collection[Night]) -> None:
        """Remove the rows of `nights` from every table that keeps nights."""
        if not nights:
            return
        for table in kept_tables(_catalog(connection)):
            connection.execute(
                sa.delete(table).where(sa.tuple_(table.c.as_of, table.c.build).in_(nights))
            )


def _parquet_reader() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, within the limits of this process and without downloads."""
    limits = settings()
    return duckdb.connect(
        config={
            "threads": limits.threads,
            "memory_limit": limits.memory_limit,
            "autoinstall_known_extensions": False,
        }
    )


def _copy(
    connection: sa.Connection,
    reader: duckdb.DuckDBPyConnection,
    table: WarehouseTable,
    night: Night,
) -> tuple[int, int]:
    """Stream the night's files into the table; rows, and texts whose NUL was replaced."""
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.schema)}.{quote(table.name)}"
    names = ", ".join(["as_of", "build", *(quote(column.name) for column in table.columns)])
    files = [str(path) for path in table.files]
    rows = 0
    if files:
        batches = reader.execute(_as_text(table), _parameters(night, files)).to_arrow_reader(
            ROWS_AT_A_TIME
        )
        # Every value is quoted and NULL is not: an empty text stays one, and so does a text that
        # reads like COPY's own end mark.
        options = pa.csv.WriteOptions(include_header=False, quoting_style="all_valid")
        cursor = _cursor(connection)
        statement = f"COPY {target} ({names}) FROM STDIN (FORMAT csv, NULL '', ENCODING 'UTF8')"
        with cursor, cursor.copy(statement) as copy:
            for batch in batches:
                sheet = pa.BufferOutputStream()
                pa.csv.write_csv(batch, sheet, options)
                copy.write(memoryview(sheet.getvalue()))
                rows += batch.num_rows
        connection.exec_driver_sql(f"ANALYZE {target}")
    return rows, _nul_values(reader, table, files)


def _cursor(connection: sa.Connection) -> psycopg.Cursor[Any]:
    """A cursor of psycopg in SQLAlchemy's transaction: COPY has no SQLAlchemy construct."""
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection).cursor()


def _parameters(night: Night, files: list[str]) -> dict[str, Any]:
    return {"as_of": night.as_of, "build": night.build, "files": files}


def _as_text(table: WarehouseTable) -> str:
    """The SELECT that gives every column as the text PostgreSQL reads."""
    values = ["CAST(CAST($as_of AS DATE) AS VARCHAR)", "CAST($build AS VARCHAR)"]
    for column in table.columns:
        stored = stored_type(column.type)
        text = f'CAST(CAST("{column.name}" AS {stored}) AS VARCHAR)'
        if stored == "VARCHAR":
            text = f"replace({text}, chr(0), '{NUL_PICTURE}')"
        elif stored in {"DATE", "TIMESTAMP"}:
            # The years before Christ: DuckDB writes (BC), PostgreSQL reads BC.
            text = f"replace({text}, ' (BC)', ' BC')"
        values.append(text)
    aliased = ", ".join(f"{value} AS c{place}" for place, value in enumerate(values))
    return f"SELECT {aliased} FROM read_parquet($files, hive_partitioning = false)"


def _nul_values(reader: duckdb.DuckDBPyConnection, table: WarehouseTable, files: list[str]) -> int:
    """How many texts held what PostgreSQL cannot store."""
    texts = [column.name for column in table.columns if stored_type(column.type) == "VARCHAR"]
    if not files or not texts:
        return 0
    counts = " + ".join(f'COUNT(*) FILTER (contains("{name}", chr(0)))' for name in texts)
    found = reader.execute(
        f"SELECT {counts} FROM read_parquet($files, hive_partitioning = false)",
        {"files": files},
    ).fetchone()
    return int(found[0]) if found else 0


def _catalog(connection: sa.Connection) -> Catalog:
    """Our schemas as the database has them."""
    catalog: Catalog = {}
    for schema, name, kind, comment, column, column_kind, column_comment in connection.execute(
        sa.text(
            "SELECT n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'), "
            "a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum) "
            "FROM pg_class AS c "
            "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "WHERE n.nspname = ANY(:schemas) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
            "ORDER BY n.nspname, c.relname, a.attnum"
        ),
        {"schemas": list(SCHEMAS)},
    ):
        relation = catalog.setdefault(
            (schema, name), Relation(is_view=kind not in {"r", "p"}, comment=comment)
        )
        relation.columns[column] = KINDS.get(column_kind, column_kind.replace("numeric", "DECIMAL"))
        relation.column_comments[column] = column_comment
    return catalog
