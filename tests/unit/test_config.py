"""The book file: what is wrong in it is said with line, field and what is allowed."""

from pathlib import Path

import pytest

from etl.errors import ZixinError
from etl.settings import PROJECT
from etl.sources.config import Feed, read_book
from tests.mapping_case import book, feed

GOOD = """\
feeds:
  - name: erp
    file: a.csv
    known: historical
    row_date: Date
    date_format: "%d.%m.%Y"
    records:
      invoice:
        when: {Type: [NO, Yes]}
        invoice_id: No
        customer_id: Customer
        invoice_date: Date
        amount: Amount
        currency: {value: EUR}
"""


def test_every_scalar_stays_the_text_it_is(tmp_path: Path) -> None:
    record = book(tmp_path, GOOD).feeds[0].records["invoice"][0]

    assert record.when[0][0].values == ("NO", "Yes")
    assert record.fields["invoice_id"].column == "No"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "amount: Amount",
            "amout: Amount",
            "line 13: invoice has no field amout; did you mean 'amount'",
        ),
        ("        amount: Amount\n", "", "line 8: invoice needs amount"),
        ("invoice:", "invoce:", "line 8: invoce is no record type; did you mean 'invoice'"),
        (
            "known: historical",
            "known: history",
            "line 4, feeds › erp › known: 'history' is not allowed",
        ),
        (
            "row_date:",
            "rowdate:",
            "line 5, feeds › erp › rowdate: there is no such key; did you mean",
        ),
        (
            "%d.%m.%Y",
            "dd.mm.yyyy",
            "line 6, feeds › erp › date_format: 'dd.mm.yyyy' does not say year",
        ),
        ("%d.%m.%Y", "%d.%m.%Q", "%Q is not understood"),
        ("{value: EUR}", "{prefix: x}", "line 14"),
        ("{value: EUR}", "{value: EUR, colour: red}", "colour: there is no such key"),
        ("{Type: [NO, Yes]}", "present", "a condition names columns"),
        ("{Type: [NO, Yes]}", "{Type: {is: x}}", "only `not` may stand"),
        ("name: erp", "name: My Feed", "is no feed name"),
        (
            "row_date: Date",
            "row_date: Date\n    number: {decimal: ',', thousands: ','}",
            "different",
        ),
        (
            "row_date: Date",
            "row_date: Date\n    read: {encoding: klingon}",
            "no encoding is called",
        ),
        ("row_date: Date", "row_date: Date\n    time_zone: Mars/Olympus", "IANA"),
        ("file: a.csv", "file: a.csv\n    file: b.csv", "line 4: 'file' is said twice"),
        ("feeds:", "policies: x\nfeeds:", "policies: there is no such key"),
        ("    records:", "   records:", "this is not YAML"),
        ("file: a.csv", "file: " + "[" * 60_000, "more than 50 levels deep"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert old in GOOD

    with pytest.raises(ZixinError) as refused:
        book(tmp_path, GOOD.replace(old, new, 1))

    assert sentence in str(refused.value)
    assert str(refused.value).count("\n") == 0


def test_two_feeds_need_two_names(tmp_path: Path) -> None:
    with pytest.raises(ZixinError, match="line 15: two feeds are called erp"):
        book(tmp_path, GOOD + GOOD.removeprefix("feeds:\n"))


def test_an_alias_that_contains_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ZixinError, match="an alias contains itself"):
        book(tmp_path, "feeds: &all [*all]\n")


def test_a_balance_of_an_import_must_say_its_day(tmp_path: Path) -> None:
    text = GOOD + "      invoice_balance: {invoice_id: No, balance_amount: Open}\n"

    with pytest.raises(ZixinError, match="needs stated_on"):
        book(tmp_path, text)


def test_a_book_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ZixinError, match=r"none\.yaml does not exist"):
        read_book(tmp_path / "none.yaml")


def test_a_mapping_survives_being_written_down() -> None:
    first = feed(known="historical", row_date="Date", number={"decimal": ","})
    mapping = {key: value for key, value in first.mapping.items() if key != "mapping_version"}

    again = Feed.model_validate({**mapping, "name": "erp", "file": "a.csv"})

    assert again == first
    assert again.mapping_hash == first.mapping_hash


def test_an_import_is_whole_and_what_arrives_is_new() -> None:
    assert feed(known="historical").export == "full"
    assert feed().export == "increment"
    assert feed(known="historical", export="increment").export == "increment"


@pytest.mark.parametrize(
    "path",
    [
        "sandbox/ledger/ledger.yaml",
        "tests/books/quickbooks.yaml",
        "tests/books/receivables_2012.yaml",
    ],
)
def test_the_books_that_come_with_the_project_are_good(path: str) -> None:
    assert read_book(PROJECT / path).feeds
