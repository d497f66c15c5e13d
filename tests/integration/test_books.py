"""Whole books: the example of the guide, the sample that ships, and two ledgers of other people."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from etl.mapping import Mapped, map_feed
from etl.settings import PROJECT
from etl.sources.config import read_book
from etl.sources.files import find_exports
from sandbox.make_ledger import make

D = Decimal


def map_book(path: Path, folder: Path) -> dict[str, Mapped]:
    """Map every feed of a book into `folder/<feed>`."""
    book = read_book(path)
    return {
        feed.name: map_feed(
            feed,
            find_exports(feed, path.parent),
            batch=f"000001-{feed.name}",
            arrived_on=date(2026, 11, 20),
            out=folder / feed.name,
        )
        for feed in book.feeds
    }


def rejects(folder: Path) -> list[tuple[str, str | None]]:
    """(rule, key) of everything refused."""
    files = [str(path) for path in sorted(folder.glob("*/rejects.parquet"))]
    found = duckdb.read_parquet(files).project("rule, key").fetchall()
    return sorted(found, key=lambda pair: (pair[1] or "", pair[0]))


def counts(folder: Path) -> dict[str, int]:
    """Rows of each record."""
    return {
        path.stem: duckdb.read_parquet(str(path)).count("*").fetchall()[0][0]
        for path in sorted(folder.glob("*/*.parquet"))
        if path.stem != "rejects"
    }


def given(book: str) -> Path:
    """The book, or a skip where its files may not be copied and are not here."""
    path = PROJECT / "tests/books" / book
    for feed in read_book(path).feeds:
        if not (path.parent / feed.file[0]).exists():
            pytest.skip(f"{feed.file[0]} may not ship with the project and is not here")
    return path


def test_the_example_of_the_guide_works_as_it_is_printed(tmp_path: Path) -> None:
    guide = (PROJECT / "docs/your-own-ledger.md").read_text(encoding="utf-8")
    ledger, book = (
        re.search(rf"```{kind}\n(.*?)```", guide, re.DOTALL) for kind in ("csv", "yaml")
    )
    assert ledger
    assert book
    (tmp_path / "receivables.csv").write_text(ledger[1], encoding="utf-8")
    (tmp_path / "my-ledger.yaml").write_text(book[1], encoding="utf-8")

    map_book(tmp_path / "my-ledger.yaml", tmp_path / "out")

    assert counts(tmp_path / "out") == {
        "credit_note": 1,
        "customer": 2,
        "dispute": 1,
        "invoice": 3,
        "payment": 2,
    }
    assert rejects(tmp_path / "out") == []
    invoices = duckdb.read_parquet(str(tmp_path / "out/receivables/invoice.parquet"))
    assert invoices.project("amount").fetchall() == [(D("1234.56"),), (D("980.00"),), (D(12000),)]


def test_the_guide_names_every_key_there_is() -> None:
    from etl.entities import ENTITIES, FAMILIES
    from etl.sources.config import Book, Feed, FieldMapping, Number, Read, RecordMapping

    guide = (PROJECT / "docs/your-own-ledger.md").read_text(encoding="utf-8")
    keys = {
        key
        for model in (Book, Feed, FieldMapping, Number, Read, RecordMapping)
        for key in model.model_fields
    } - {"path", "fields"}
    # The fields of the others are in the data dictionary, which is written from the contract.
    fields = {column.name for entity in FAMILIES["ledger"] for column in entity.columns}

    assert [key for key in sorted(keys | fields | set(ENTITIES)) if key not in guide] == []


def test_the_sample_is_what_its_script_makes() -> None:
    for name, content in make().items():
        assert (PROJECT / "sandbox/ledger" / name).read_bytes() == content, (
            f"{name} differs: run python -m sandbox.make_ledger and commit what it makes"
        )


def test_what_is_untidy_in_the_sample_becomes_what_its_readme_says(tmp_path: Path) -> None:
    mapped = map_book(PROJECT / "sandbox/ledger/ledger.yaml", tmp_path)

    assert rejects(tmp_path) == [
        ("missing", None),
        ("ragged_line", None),
        ("not_a_date", "BAD-01"),
        ("not_a_number", "BAD-02"),
        ("negative_amount", "BAD-03"),
        ("too_many_decimals", "BAD-04"),
        ("not_a_currency", "BAD-05"),
        ("missing", "BAD-06"),
        ("date_out_of_range", "BAD-09"),
        ("not_a_number", "BAD-10"),
        ("zero_amount", "BAD-11"),
        ("control_character", "BAD\ufffd08"),
        ("out_of_range", "C2003"),
        ("not_yes_or_no", "C2005"),
        ("conflicting_duplicate", "INV-DOUBLE"),
        ("not_allowed", "RC900003"),
        ("not_a_date", "RC900006"),
    ]
    assert mapped["invoices"].received["invoice"].duplicate.rows == 1
    assert mapped["invoices"].unmatched == 1
    assert mapped["customers"].cleaned == {"customer": 1}
    customers = duckdb.read_parquet(str(tmp_path / "customers/customer.parquet"))
    odd = customers.filter("customer_id >= 'C2001'").project("customer_name").fetchall()
    assert odd == [
        ('=HYPERLINK("http://example.test","点我付款")',),
        ("苏州 同济 仪器有限公司",),
        ("Ünïcode\u3000Handels AB",),
    ]


def test_every_row_of_the_receivables_sample_is_an_invoice_and_a_payment(tmp_path: Path) -> None:
    map_book(given("receivables_2012.yaml"), tmp_path)

    assert counts(tmp_path) == {"customer": 100, "dispute": 279, "invoice": 1277, "payment": 1277}
    assert rejects(tmp_path) == []
    known = duckdb.sql(
        "SELECT BOOL_AND(known_on = invoice_date), SUM(amount) "
        f"FROM read_parquet('{tmp_path}/receivables/invoice.parquet')"
    ).fetchall()
    assert known == [(True, D("76064.07"))]


def test_quickbooks_allocates_line_by_line_and_deletes_softly(tmp_path: Path) -> None:
    map_book(given("quickbooks.yaml"), tmp_path)

    assert counts(tmp_path) == {
        "allocation": 12,
        "credit_note": 12,
        "customer": 5,
        "invoice": 16,
        "invoice_balance": 5,
        "payment": 12,
    }
    assert rejects(tmp_path) == []
    deleted = duckdb.sql(
        "SELECT is_deleted, COUNT(*), COUNT(amount), COUNT(customer_id) "
        f"FROM read_parquet('{tmp_path}/invoices/invoice.parquet') GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert deleted == [(False, 5, 5, 5), (True, 11, 0, 0)]
