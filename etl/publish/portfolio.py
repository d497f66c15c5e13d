"""The portfolio page: the whole book in one document, one page to start from.

portfolio.json    the document
index.html        the same document in a shell, drawn by the shared page script
"""

import hashlib
from pathlib import Path

import duckdb

from etl.publish.assets import inline_json, shell
from etl.publish.night_context import NightContext, Written

SQL = Path(__file__).resolve().parent / "sql" / "portfolio.sql"
BOOK = SQL.with_name("book.sql")
WATCHED_ROWS = 20


def write_portfolio(
    connection: duckdb.DuckDBPyConnection, context: NightContext, out_dir: Path
) -> Written:
    """Write portfolio.json and index.html; `write_credit_files` must have run on `connection`."""
    book = BOOK.read_text(encoding="utf-8")
    connection.execute(f"CREATE OR REPLACE TABLE night.book AS {book}", {"shown": WATCHED_ROWS})
    rows = connection.execute(
        SQL.read_text(encoding="utf-8"),
        {"as_of": context.as_of, "code_version": context.code_version},
    ).fetchall()
    return write_page("portfolio", rows[0][0], context, out_dir, "portfolio.json", "index.html")


def write_page(
    page: str, document: str, context: NightContext, out_dir: Path, data_name: str, page_name: str
) -> Written:
    """One document as a JSON file and inside its page."""
    before, after = shell(page, root="", assets=f"{context.assets}/")
    content = document.encode() + b"\n"
    (out_dir / data_name).write_bytes(content)
    (out_dir / page_name).write_bytes((before + inline_json(document) + after).encode())
    return Written(count=1, sha256=hashlib.sha256(content).hexdigest(), files=2)
