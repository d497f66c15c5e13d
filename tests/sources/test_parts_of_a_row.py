"""What a row listed and no longer lists is gone: a corrected number, a payment that was moved."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl import gone
from etl.landing import PAGES, Batch
from etl.mapping import Mapped, map_feed
from etl.sources.config import Feed
from etl.sources.files import Export
from tests.sources.crm_sandbox import crm_book

FIRST, SECOND = date(2026, 11, 20), date(2026, 11, 21)


def landed(folder: Path, feed: Feed, body: Any, day: date, **about: str) -> tuple[Mapped, Path]:
    """One page, mapped as the batch of a day."""
    folder.mkdir()
    (folder / "000001.json").write_text(json.dumps(body))
    line = {"n": 1, "file": "000001.json", "lands": "json", "about": about, "outcome": "page"}
    (folder / PAGES).write_text(json.dumps(line) + "\n")
    out, name = folder / "mapped", f"{day:%d}-{feed.name}"
    files = [Export(folder / PAGES, PAGES)]
    return map_feed(feed, files, batch=name, arrived_on=day, out=out), out


def buried(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    feed: Feed,
    entity: str,
    *pages: Any,
    **about: str,
) -> list[tuple[Any, ...]]:
    """The second page's rows of an entity after the first page's were looked at, tombstones too."""
    _, before = landed(tmp_path / "first", feed, pages[0], FIRST)
    mapped, after = landed(tmp_path / "second", feed, pages[1], SECOND, **about)
    monkeypatch.setattr(
        gone, "_earlier_files", lambda *asked: [str(before / f"{asked[2]}.parquet")]
    )
    monkeypatch.setattr(gone.landing, "manifest_of", lambda *_: {"pull": {"answered": {}}})
    batch = Batch(
        **{
            **dict.fromkeys(Batch.__dataclass_fields__),
            "name": f"21-{feed.name}",
            "arrived_on": SECOND.isoformat(),
        }
    )
    gone.bury(tmp_path, batch, feed, after, mapped)
    keys = {"allocation": "invoice_id", "party_identifier": "value"}[entity]
    found = duckdb.sql(f"SELECT {keys}, is_deleted FROM '{after / entity}.parquet' ORDER BY seq")
    return found.fetchall()


def payment(number: str, *invoices: str) -> dict[str, Any]:
    applied = [
        {"invoice_id": one, "invoice_payment_id": f"{number}-{one}", "amount_applied": 5}
        for one in invoices
    ]
    return {
        "payment_id": number,
        "customer_id": "c",
        "date": "2026-11-01",
        "amount": 10,
        "currency_code": "EUR",
        "status": "success",
        "invoices": applied,
    }


def test_a_payment_that_was_moved_pays_the_old_invoice_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = crm_book(tmp_path).feed("zoho-payment")
    first = {"customerpayments": [payment("1", "A", "B"), payment("2", "C")]}
    second = {"customerpayments": [payment("1", "B", "D")]}

    found = buried(tmp_path, monkeypatch, feed, "allocation", first, second)

    # Payment 2 is not in the increment: nobody said anything about it.
    assert found == [("zoho:B", False), ("zoho:D", False), ("zoho:A", True)]


def account(**fields: str) -> dict[str, Any]:
    return {"id": "1", "Account_Name": "Muster GmbH", "Modified_Time": "2026-11-01", **fields}


def test_a_corrected_number_takes_the_old_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = crm_book(tmp_path).feed("zoho-customer")
    first = {"data": [account(VAT_Number="DE1", LEI="L")]}
    second = {"data": [account(VAT_Number="DE2", LEI="L")]}

    found = buried(tmp_path, monkeypatch, feed, "party_identifier", first, second)

    assert sorted(found) == [("DE1", True), ("DE2", False), ("L", False)]


def test_an_account_that_was_deleted_takes_its_numbers_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = crm_book(tmp_path).feed("zoho-customer")
    first = {"data": [account(VAT_Number="DE1")]}
    second = {"data": [{"id": "1", "deleted_time": "2026-11-02"}]}

    found = buried(tmp_path, monkeypatch, feed, "party_identifier", first, second, kind="deleted")

    assert found == [("DE1", True)]
