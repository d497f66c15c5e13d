"""The credit files of a night: every document in one query, then one JSON and one HTML file each.

credit_files.parquet     customer_id, file, document: every document as text
customers/<file>.json    the document
customers/<file>.html    a shell with the same document inside, drawn by the shared page script
customers/index.json     customer_id -> file
credit_file.schema.json  what a document holds (docs/credit-file.md)
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from etl.catalogue import Indicator, catalogue
from etl.errors import ZixinError
from etl.publish.assets import inline_json, shell
from etl.publish.names import PARTS, file_stem_sql, part_of
from etl.publish.night_context import NightContext, Written

SQL = Path(__file__).resolve().parent / "sql" / "credit_file.sql"
DECISION = SQL.with_name("decision.sql")
SCHEMA = Path(__file__).resolve().parent / "schema" / "credit_file.schema.json"
SOURCES = ("indicator.payment", "indicator.letter_basis")
SHOWN_ROWS = 200
DOCUMENTS_AT_A_TIME = 256
ROWS_AT_A_TIME = 200_000
"""Rows of evidence whose documents are made at once."""

# The book cut into shares of neighbouring customers, by how much their documents will hold.
SHARES = """
WITH evidence AS (
  SELECT customer_id, COUNT(*) AS row_cnt FROM mart.evidence_item GROUP BY customer_id
),
placed AS (
  SELECT
    customer.customer_id,
    SUM(20 + COALESCE(evidence.row_cnt, 0)) OVER (
      ORDER BY customer.customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) // $rows AS share
  FROM core.customer
  LEFT JOIN evidence ON evidence.customer_id = customer.customer_id
)
SELECT MIN(customer_id), MAX(customer_id) FROM placed GROUP BY share ORDER BY share
"""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def indicator_sql(lines: Sequence[Indicator] | None = None) -> str:
    """The list of a customer's indicators as SQL, one entry a line of the catalogue, in its order.

    An empty value carries its reason: that the customer was never billed, that a currency had no
    rate, else the one the catalogue gives for this indicator.
    """
    rows = [line for line in (catalogue() if lines is None else lines) if line.source in SOURCES]
    entries = []
    for row in rows:
        for name in (row.indicator, row.sample or "none", row.unit or "none"):
            if not _NAME.fullmatch(name):
                raise ZixinError(
                    f"the catalogue of indicators: {name!r} is not a name; "
                    "use lower-case letters, digits and _."
                )
        table = row.family
        column = f"{table}.{row.indicator}"
        sample = f"{table}.{row.sample}" if row.sample else "NULL"
        unit = f"'{row.unit}'" if row.unit else "NULL"
        entries.append(
            f"      struct_pack(indicator := '{row.indicator}', \"value\" := CAST({column} AS VARCHAR), "
            f"unit := {unit}, sample_size := CAST({sample} AS BIGINT), "
            f"reason := CASE WHEN {column} IS NOT NULL THEN NULL "
            f"WHEN payment.null_reason = 'never_billed' THEN 'never_billed' "
            f"WHEN {table}.no_fx_item_cnt > 0 THEN 'no_fx' ELSE '{row.null_reason}' END)"
        )
    return ",\n".join(entries)


def write_credit_files(
    connection: duckdb.DuckDBPyConnection,
    context: NightContext,
    out_dir: Path,
    *,
    single_files: bool = True,
) -> Written:
    """Write the credit files of the night into `out_dir`; the same inputs give the same bytes.

    `connection` shows the night's tables as views (event, core, indicator, grade, mart, policy and
    current). Without `single_files` only the Parquet file and the schema are written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / SCHEMA.name).write_bytes(SCHEMA.read_bytes())
    assemble(connection, context)
    target = out_dir / "credit_files.parquet"
    copy_rows(
        connection,
        "SELECT customer_id, file, document FROM night.credit_file ORDER BY customer_id",
        target,
    )
    files, digest = _write_files(connection, context, out_dir) if single_files else (0, "")
    count = connection.sql("SELECT COUNT(*) FROM night.credit_file").fetchall()[0][0]
    with target.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return Written(count=count, sha256=sha256, files=files, files_sha256=digest)


def assemble(connection: duckdb.DuckDBPyConnection, context: NightContext) -> None:
    """Make the table night.credit_file (customer_id, file, document)."""
    register_night(connection, context)
    query = SQL.read_text(encoding="utf-8")
    query = query.replace("@indicators@", indicator_sql()).replace(
        "@file@", file_stem_sql("customer.customer_id")
    )
    connection.execute(
        "CREATE OR REPLACE TABLE night.credit_file "
        "(customer_id VARCHAR, file VARCHAR, document VARCHAR)"
    )
    decision = DECISION.read_text(encoding="utf-8")
    for first_id, last_id in connection.execute(SHARES, {"rows": ROWS_AT_A_TIME}).fetchall():
        connection.execute(
            f"CREATE OR REPLACE TABLE night.decision AS {decision}",
            {"first_id": first_id, "last_id": last_id},
        )
        connection.execute(
            f"INSERT INTO night.credit_file {query}",
            {
                "as_of": context.as_of,
                "shown": SHOWN_ROWS,
                "code_version": context.code_version,
                "batches": list(context.batches),
                "first_id": first_id,
                "last_id": last_id,
            },
        )
    clash = connection.sql(
        "SELECT MIN(customer_id), MAX(customer_id) FROM night.credit_file "
        "GROUP BY lower(file) HAVING COUNT(*) > 1 ORDER BY 1 LIMIT 1"
    ).fetchone()
    if clash:
        raise ZixinError(
            f"Customers {clash[0]!r} and {clash[1]!r} would share one file name; "
            "give one of them another number in the mapping file."
        )


def register_night(connection: duckdb.DuckDBPyConnection, context: NightContext) -> None:
    """Make night.source, night.quarantine and night.brings, which documents and quality page read."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS night")
    connection.execute(
        "CREATE OR REPLACE TABLE night.source "
        "(feed VARCHAR, batch VARCHAR, known_on DATE, status VARCHAR, sentence VARCHAR)"
    )
    rows = [(s.feed, s.batch, s.known_on, s.status, s.sentence) for s in context.sources]
    if rows:
        connection.executemany("INSERT INTO night.source VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE OR REPLACE TABLE night.brings (batch VARCHAR, entity VARCHAR)")
    brings = sorted(
        {
            (account["batch"], account["entity"])
            for arrival in context.arrivals
            for account in arrival["conservation"]
        }
    )
    if brings:
        connection.executemany("INSERT INTO night.brings VALUES (?, ?)", brings)
    columns = "feed, entity, key, rule, reason, raw, first_seen, last_seen, closed_on, is_open, last_batch"
    register = (
        f"SELECT {columns} FROM {context.quarantine}"
        if context.quarantine
        else "SELECT '' AS feed, '' AS entity, '' AS key, '' AS rule, '' AS reason, '' AS raw, "
        "DATE '1970-01-01' AS first_seen, DATE '1970-01-01' AS last_seen, "
        "DATE '1970-01-01' AS closed_on, FALSE AS is_open, '' AS last_batch WHERE FALSE"
    )
    connection.execute(f"CREATE OR REPLACE TABLE night.quarantine AS {register}")


def copy_rows(
    connection: duckdb.DuckDBPyConnection, query: str, target: Path, options: str = ""
) -> None:
    """Write a query's rows to a Parquet file (or as `options` says)."""
    path = str(target).replace("'", "''")
    connection.execute(
        f"COPY ({query}) TO '{path}' ({options or 'FORMAT parquet, COMPRESSION zstd'})"
    )


def _write_files(
    connection: duckdb.DuckDBPyConnection, context: NightContext, out_dir: Path
) -> tuple[int, str]:
    """One JSON and one HTML file a customer; returns how many and a digest of their names and bytes."""
    folder = out_dir / "customers"
    folder.mkdir(exist_ok=True)
    before, after = (
        part.encode() for part in shell("credit_file", root="../", assets=f"../{context.assets}/")
    )
    digest = hashlib.sha256()
    files = 0
    index = connection.sql(
        "SELECT CAST(to_json(COALESCE(map_from_entries(list((customer_id, file) ORDER BY customer_id)), "
        "MAP {})) AS VARCHAR) FROM night.credit_file"
    ).fetchall()[0][0]
    (folder / "index.json").write_bytes(index.encode() + b"\n")
    tails = {name: after.replace(b"@part@", name.encode()) for name in PARTS}
    cursor = connection.execute(
        "SELECT customer_id, file, document FROM night.credit_file ORDER BY customer_id"
    )
    while rows := cursor.fetchmany(DOCUMENTS_AT_A_TIME):
        for customer_id, stem, document in rows:
            content = document.encode()
            page = before + inline_json(document).encode() + tails[part_of(customer_id)]
            (folder / f"{stem}.json").write_bytes(content + b"\n")
            (folder / f"{stem}.html").write_bytes(page)
            digest.update(f"{stem}\0{hashlib.sha256(content).hexdigest()}\n".encode())
            files += 2
    digest.update(before + after)
    return files + 1, digest.hexdigest()
