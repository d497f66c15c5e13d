"""A court names a customer: through a whole night, a person's decision, and the same bytes again."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.lake import Lake
from tests.nights import BOOK, LEDGER, run, write_book

COURTS = """\
record,filed,case,amount,party,role
R1,2026-03-01,2026-77,5000.00,缓付贸易有限责任公司,defendant
R2,2026-03-02,2026-78,900.00,PROMPT AND SONS,defendant
R2,2026-03-02,2026-78,900.00,Somebody Quite Else Ltd,plaintiff
"""
DECISIONS = """\
record_kind,record_key,customer_id,decision,decided_by,decided_on
court_party,court|R2|defendant|PROMPT AND SONS,C-1,link,Li,2026-04-29
"""
FEEDS = """\
  - name: courts
    file: courts.csv
    known: historical
    row_date: filed
    records:
      court_record:
        provider: {value: court}
        record_id: record
        case_no: case
        filed_on: filed
        amount: amount
        currency: {value: CNY}
      court_party:
        provider: {value: court}
        record_id: record
        role: role
        party_name: party
        party_kind: {value: company}
"""
DECIDED = """\
  - name: decisions
    file: decisions.csv
    known: historical
    row_date: decided_on
    records:
      match_decision:
        record_kind: record_kind
        record_key: record_key
        customer_id: customer_id
        decision: decision
        decided_by: decided_by
        decided_on: decided_on
"""


@pytest.mark.soak  # the whole sandbox does it in test_sandbox_night.py
def test_a_court_record_finds_its_customer(tmp_path: Path) -> None:
    home, ledger = tmp_path / "home", LEDGER.replace("缓付贸易", "宁波缓付贸易")
    courts = COURTS.replace("缓付贸易", "宁波缓付贸易")
    book = write_book(tmp_path / "book", BOOK + FEEDS, ledger=ledger, courts=courts)
    result = run(home, book, "2026-04-29")
    quality = json.loads((Path(result["folder"]) / "quality.json").read_text())

    assert linked(home, "2026-04-29") == {("C-2", "R1"): "accepted", ("C-1", "R2"): "review"}
    assert [row["customer_id"] for row in quality["matching"]["waiting"]["rows"]] == ["C-1"]
    assert "PROMPT AND SONS" in (Path(result["folder"]) / "match_review.csv").read_text()

    book = write_book(
        tmp_path / "book", BOOK + FEEDS + DECIDED, ledger=ledger, courts=courts, decisions=DECISIONS
    )
    run(home, book, "2026-04-30")
    assert linked(home, "2026-04-30") == {("C-2", "R1"): "accepted", ("C-1", "R2"): "accepted"}


def linked(home: Path, as_of: str) -> dict[tuple[str, str], str]:
    """(customer, record) → state."""
    lake = Lake(home)
    partition = lake.find("match.record_link", date.fromisoformat(as_of))
    assert partition is not None
    rows = duckdb.sql(
        f"SELECT customer_id, record_id, state FROM read_parquet('{lake.file(partition)}')"
    ).fetchall()
    return {(customer, record): state for customer, record, state in rows}


@pytest.mark.soak
def test_two_lakes_get_the_same_bytes(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book", BOOK + FEEDS, ledger=LEDGER, courts=COURTS)
    found = []
    for home in (tmp_path / "one", tmp_path / "two"):
        run(home, book, "2026-04-29")
        partition = Lake(home).find("match.record_link", date(2026, 4, 29))
        assert partition is not None
        found.append((partition.sha256, partition.build, partition.rows))
    assert found[0] == found[1]
    assert found[0][2] > 0


@pytest.mark.soak
def test_a_plain_ledger_compares_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    """A book of one list of customers and no outside record does not even load the library."""
    monkeypatch.setitem(sys.modules, "splink", None)
    home = tmp_path / "home"
    run(home, write_book(tmp_path / "book"), "2026-04-29")

    assert linked(home, "2026-04-29") == {}
    customers = Lake(home).find("match.customer_link", date(2026, 4, 29))
    assert customers is not None
    assert customers.rows == 4
