"""Records beyond the ledger: from a book file, through a night, to `current`."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.nights import run, write_book

NIGHT = "2026-05-01"

BOOK = """\
feeds:
  - name: customers
    file: customers.csv
    records:
      customer: {customer_id: {column: No, prefix: "crm-"}, customer_name: Name}
  - name: accounts
    file: accounts.csv
    records:
      statement:
        - when: {Unit: 万元}
          provider: {value: files}
          customer_id: {column: No, prefix: "crm-"}
          period_end: Year end
          currency: {value: CNY}
          stated_unit: {value: "10000"}
          total_assets: {column: Assets, multiply: 10000}
          equity: {column: Equity, multiply: 10000}
        - when: {Unit: 元}
          provider: {value: files}
          customer_id: {column: No, prefix: "crm-"}
          period_end: Year end
          currency: {value: CNY}
          total_assets: Assets
          equity: Equity
  - name: cases
    file: cases.csv
    records:
      court_record:
        provider: {value: courts}
        record_id: Id
        customer_id: Asked
        case_no: 案号
        filed_on: Filed
        amount: Amount
        currency: {value: CNY}
      court_party:
        - when: {Defendant: present}
          provider: {value: courts}
          record_id: Id
          role: {value: defendant}
          party_name: Defendant
        - when: {Plaintiff: present}
          provider: {value: courts}
          record_id: Id
          role: {value: plaintiff}
          party_name: Plaintiff
  - name: visits
    file: visits.csv
    records:
      questionnaire_answer:
        response_id: Form
        question_id: Question
        customer_id: {column: No, prefix: "crm-"}
        form: {value: site_visit}
        answered_on: Day
        score: Points
        answer: Words
"""
CUSTOMERS = "No,Name\n1,北京一号有限公司\n2,Second Ltd\n"
ACCOUNTS = """\
No,Year end,Unit,Assets,Equity
1,2025-12-31,万元,1234.56,-20.00
2,2025-12-31,元,5000000.00,100000.00
2,2024-12-31,元,-5.00,1.00
"""
# The first case was found while asking about two customers, the last while asking about nobody.
CASES = """\
Id,Asked,案号,Filed,Amount,Plaintiff,Defendant
R1,crm-1,(2025)京01民初1号,2025-03-01,100000.00,Second Ltd,北京一号有限公司
R1,crm-2,(2025)京01民初1号,2025-03-01,100000.00,Second Ltd,北京一号有限公司
R2,,(2025)京01民初2号,2025-04-01,,Somebody Else,
"""
VISITS = """\
Form,Question,No,Day,Points,Words
F1,stock,1,2026-02-01,4,Well kept
F1,people,1,2026-02-01,5,Friendly
F2,stock,9,2026-02-02,3,Nobody we know
"""


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one night of this book."""
    place = tmp_path_factory.mktemp("every_record")
    book = write_book(
        place / "book", BOOK, customers=CUSTOMERS, accounts=ACCOUNTS, cases=CASES, visits=VISITS
    )
    run(place / "lake", book, NIGHT)
    return place / "lake"


def current(lake: Path, entity: str, columns: str) -> list[tuple[Any, ...]]:
    [file] = (lake / "current" / entity / f"as_of={NIGHT}").glob("*/*.parquet")
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT {columns} FROM read_parquet('{file}', hive_partitioning = false) ORDER BY ALL"
        ).fetchall()


def test_every_kind_of_record_reaches_the_night(lake: Path) -> None:
    assert current(lake, "statement", "customer_id, total_assets, equity, basis, stated_unit") == [
        ("crm-1", Decimal("12345600.00"), Decimal("-200000.00"), "parent", 10000),
        ("crm-2", Decimal("5000000.00"), Decimal("100000.00"), "parent", 1),
    ]
    assert current(lake, "court_record", "record_id, customer_id, filed_on, amount, case_type") == [
        ("R1", "crm-1", date(2025, 3, 1), Decimal("100000.00"), "civil"),
        ("R1", "crm-2", date(2025, 3, 1), Decimal("100000.00"), "civil"),
        ("R2", None, date(2025, 4, 1), None, "civil"),
    ]
    assert current(lake, "court_party", "record_id, role, party_name, party_kind") == [
        ("R1", "defendant", "北京一号有限公司", "unknown"),
        ("R1", "plaintiff", "Second Ltd", "unknown"),
        ("R2", "plaintiff", "Somebody Else", "unknown"),
    ]
    assert current(lake, "questionnaire_answer", "response_id, question_id, score, form") == [
        ("F1", "people", Decimal(5), "site_visit"),
        ("F1", "stock", Decimal(4), "site_visit"),
        ("F2", "stock", Decimal(3), "site_visit"),
    ]
    assert current(lake, "listing", "*") == []


def test_the_night_says_what_waits_and_what_is_odd(lake: Path) -> None:
    [quality] = {path.resolve() for path in lake.rglob("quality.json")}
    text = quality.read_text(encoding="utf-8")
    report = json.loads(text)
    assert "total_assets" in text  # the negative one is in quarantine, with its cell
    rules = {rule["rule"]: rule["count"] for rule in report["rules"] if rule["state"] == "warned"}
    assert rules["current_questionnaire_answer.customer_unknown"] == 1
    # Record types that nobody sends are not asked about.
    assert "current.listing" not in {rule["suite"] for rule in report["rules"]}
