"""A ledger of a few lines through reading and mapping: text in, records and rejects out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl.mapping import Mapped, map_feed
from etl.sources.config import Feed, read_book
from etl.sources.files import Export

TONIGHT = date(2026, 11, 20)

INVOICE = {
    "invoice_id": "No",
    "customer_id": "Customer",
    "invoice_date": "Date",
    "amount": "Amount",
    "currency": {"value": "EUR"},
}
HEADER = "No,Customer,Date,Amount"


@dataclass(frozen=True)
class Result:
    """What came out, as lists of dicts."""

    mapped: Mapped
    folder: Path

    def rows(self, name: str = "invoice") -> list[dict[str, Any]]:
        # A database of its own: a shared one may remember the file that was here before.
        with duckdb.connect() as connection:
            relation = connection.read_parquet(str(self.folder / f"{name}.parquet"))
            return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    def column(self, column: str, name: str = "invoice") -> list[Any]:
        return [row[column] for row in self.rows(name)]

    @property
    def rules(self) -> list[str]:
        return [row["rule"] for row in self.rows("rejects")]

    @property
    def reasons(self) -> list[str]:
        return [row["reason"] for row in self.rows("rejects")]


def feed(records: Mapping[str, Any] | None = None, **settings: Any) -> Feed:
    """A feed of invoices in ISO dates, or of `records`."""
    return Feed.model_validate(
        {"name": "erp", "file": "a.csv", "records": records or {"invoice": INVOICE}, **settings}
    )


def map_text(
    folder: Path,
    text: str | bytes,
    records: Mapping[str, Any] | None = None,
    name: str = "a.csv",
    threads: int = 1,
    **settings: Any,
) -> Result:
    """Map one file that holds `text`."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return map_files(folder, [path], records, threads, **settings)


def map_files(
    folder: Path,
    paths: list[Path],
    records: Mapping[str, Any] | None = None,
    threads: int = 1,
    **settings: Any,
) -> Result:
    """Map several files as one batch."""
    out = folder / "mapped"
    mapped = map_feed(
        feed(records, **settings),
        [Export(path, path.name) for path in paths],
        batch="000001-erp",
        arrived_on=TONIGHT,
        out=out,
        threads=threads,
    )
    return Result(mapped, out)


def book(folder: Path, text: str) -> Any:
    """The book file with this text."""
    path = folder / "book.yaml"
    path.write_text(text, encoding="utf-8")
    return read_book(path)
