"""Bad input through landing, mapping and the checks at the door: each case has a stated outcome, and
nothing else of the ledger is lost."""

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from etl.context import Context
from etl.feeds import extract_feed, load_feed
from etl.history import find_batch
from etl.landing import live_batches
from etl.settings import read_settings

NIGHT = date(2026, 11, 20)

BOOK = """\
feeds:
  - name: customers
    file: customers.csv
    records:
      customer: {customer_id: No, customer_name: Name}
  - name: invoices
    file: "invoices.*"
    export: full
    number: {decimal: ".", thousands: ","}
    records:
      invoice:
        invoice_id: Invoice
        customer_id: Customer
        invoice_date: Date
        due_date: Due
        amount: Amount
        currency: {value: EUR}
  - name: payments
    file: payments.csv
    records:
      payment:
        payment_id: Payment
        invoice_id: Invoice
        payment_date: Date
        amount: Amount
        currency: {value: EUR}
"""
CUSTOMERS = "No,Name\nC1,Acme\n"
INVOICES = "Invoice,Customer,Date,Due,Amount\n"
GOOD = "1,C1,2026-09-01,2026-10-01,100.00\n"
PAYMENTS = "Payment,Invoice,Date,Amount\nP1,1,2026-10-01,100.00\n"


class World:
    """A folder of exports, and a lake."""

    def __init__(self, root: Path) -> None:
        self.inbox = root / "inbox"
        self.home = root / "home"
        self.inbox.mkdir()
        for name, text in (
            ("book.yaml", BOOK),
            ("customers.csv", CUSTOMERS),
            ("invoices.csv", INVOICES + GOOD),
            ("payments.csv", PAYMENTS),
        ):
            (self.inbox / name).write_text(text, encoding="utf-8")

    def night(self, day: date = NIGHT) -> dict[str, str]:
        """Extract and load every feed; feed → why it is held, or nothing."""
        settings = read_settings(
            {"ZIXIN_HOME": str(self.home), "ZIXIN_CONFIG": str(self.inbox / "book.yaml")}
        )
        ctx = Context(settings)
        sentences = {}
        for feed in ctx.book.feeds:
            extract_feed(ctx, day, feed.name)
            sentences[feed.name] = str(load_feed(ctx, day, feed.name)["sentence"])
        return sentences

    def _files(self, kind: str, feed: str | None = None, day: date = NIGHT) -> list[str]:
        found = []
        for landed in live_batches(self.home, day, feed):
            batch = find_batch(self.home, landed.name)
            if batch and kind == "quarantine" and batch.quarantine:
                found.append(str(self.home / batch.quarantine))
            elif batch and kind in batch.files:
                found.append(str(self.home / batch.files[kind].path))
        return found

    def column(self, entity: str, column: str) -> list[object]:
        """One column of what is in history."""
        files = self._files(entity)
        if not files:
            return []
        return [
            row[0] for row in duckdb.read_parquet(files).project(column).order(column).fetchall()
        ]

    def quarantined(self) -> list[tuple[str, str]]:
        """(key, rule) of what is in quarantine."""
        files = self._files("quarantine")
        return duckdb.read_parquet(files).project("key, rule").order("key").fetchall()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_clean_ledger_comes_in(world: World) -> None:
    assert world.night() == {"customers": "", "invoices": "", "payments": ""}
    assert world.column("invoice", "invoice_id") == ["1"]
    assert world.column("payment", "payment_id") == ["P1"]
    assert world.quarantined() == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("2,C1,31.02.2026,2026-10-01,5", "not_a_date"),
        ('2,C1,2026-09-01,2026-10-01,"1.234,56"', "not_a_number"),
        ("1,C1,2026-09-01,2026-10-01,101.00", "conflicting_duplicate"),
        ("2,C1,2026-09-01,2026-10-01,-5", "negative_amount"),
        ("2\x00,C1,2026-09-01,2026-10-01,5", "control_character"),
        ("2,,2026-09-01,2026-10-01,5", "missing"),
        ("2,C1,2026-09-01", "ragged_line"),
    ],
)
def test_a_bad_row_is_in_quarantine_and_the_others_are_in(
    world: World, line: str, rule: str
) -> None:
    (world.inbox / "invoices.csv").write_text(f"{INVOICES}{GOOD}{line}\n")

    assert set(world.night().values()) == {""}
    assert world.column("invoice", "invoice_id") == ["1"]
    assert [found for _, found in world.quarantined()] == [rule]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("invoices.csv", b"", "invoices.csv is empty"),
        ("invoices.csv", bytes(range(256)) * 8, "not text in any encoding"),
        ("invoices.xlsx", b"PK\x03\x04 cut off", "not a readable XLSX workbook"),
        ("invoices.csv", b"Invoice,Customer,Date,Due,Sum\n1,2,3,4,5\n", "no column 'Amount'"),
        ("invoices.csv", INVOICES.encode(), "would empty the ledger"),
        ("invoices.pdf", b"%PDF", "only .csv"),
        (None, b"", "there is no file invoices.*"),
    ],
)
def test_a_feed_that_cannot_be_read_is_held_and_the_night_goes_on(
    world: World, name: str | None, content: bytes, sentence: str
) -> None:
    world.night()
    (world.inbox / "invoices.csv").unlink()
    if name:
        (world.inbox / name).write_bytes(content)
    (world.inbox / "customers.csv").write_text(CUSTOMERS + "C2,Beta\n")

    held = world.night()

    assert sentence in held["invoices"]
    assert held["customers"] == held["payments"] == ""
    assert world.column("invoice", "invoice_id") == ["1"]  # yesterday's data stands
    assert world.column("customer", "customer_id") == ["C1", "C1", "C2"]
    assert sentence in world.night()["invoices"]  # and says so again


def test_a_folder_with_the_name_of_a_file_is_not_there(world: World) -> None:
    (world.inbox / "payments.csv").unlink()
    (world.inbox / "payments.csv").mkdir()

    assert "there is no file payments.csv" in world.night()["payments"]


def test_a_feed_heals(world: World) -> None:
    (world.inbox / "invoices.csv").write_text("")
    assert "is empty" in world.night()["invoices"]
    (world.inbox / "invoices.csv").write_text(INVOICES + GOOD)

    assert world.night()["invoices"] == ""
    assert world.column("invoice", "invoice_id") == ["1"]


def test_a_payment_without_an_invoice_is_loaded(world: World) -> None:
    (world.inbox / "payments.csv").write_text(
        PAYMENTS + "P2,,2026-10-02,50.00\n" + "P3,NOBODY-KNOWS,2026-10-03,60.00\n"
    )

    assert world.night()["payments"] == ""
    assert world.column("payment", "payment_id") == ["P1", "P2", "P3"]
    assert world.quarantined() == []


def test_an_invoice_without_a_due_date_is_loaded(world: World) -> None:
    (world.inbox / "invoices.csv").write_text(f"{INVOICES}3,C1,2026-09-01,,70.00\n")

    world.night()

    assert world.column("invoice", "due_date") == [None]


def test_a_name_like_a_formula_is_a_name(world: World) -> None:
    names = ['=HYPERLINK("http://x")', "+1", "-2", "@SUM(A1)"]
    lines = [f'C{place},"{name.replace(chr(34), chr(34) * 2)}"' for place, name in enumerate(names)]
    (world.inbox / "customers.csv").write_text("No,Name\n" + "\n".join(lines) + "\n")

    world.night()

    assert sorted(world.column("customer", "customer_name")) == sorted(names)  # type: ignore[type-var]


def test_a_mapping_put_right_maps_the_same_file_again(world: World) -> None:
    (world.inbox / "book.yaml").write_text(
        BOOK.replace("Amount\n        currency", "Amnt\n        currency", 1)
    )
    assert "no column 'Amnt' in row 1; did you mean 'Amount'" in world.night()["invoices"]
    (world.inbox / "book.yaml").write_text(BOOK)

    assert world.night()["invoices"] == ""
    assert world.column("invoice", "invoice_id") == ["1"]


def test_a_crash_after_landing_loses_nothing(world: World) -> None:
    settings = read_settings(
        {"ZIXIN_HOME": str(world.home), "ZIXIN_CONFIG": str(world.inbox / "book.yaml")}
    )
    extract_feed(Context(settings), NIGHT, "invoices")
    shutil.rmtree(world.home / "staging", ignore_errors=True)

    world.night()

    assert world.column("invoice", "invoice_id") == ["1"]
