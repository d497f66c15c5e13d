"""Mapping: which rows become which records, and what is known when."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl.errors import BadInput
from etl.quality.conservation import Received, Tally
from tests.mapping_case import HEADER, INVOICE, TONIGHT, map_files, map_text

D = Decimal


def test_one_row_becomes_an_invoice_a_payment_and_a_dispute(tmp_path: Path) -> None:
    text = (
        "No,Customer,Date,Amount,Paid,Disputed\n"
        "1,C1,2026-01-05,100.00,2026-02-01,Yes\n"  # everything
        "2,C1,2026-01-06,50.00,,No\n"  # an open invoice
    )
    payment = {
        "when": {"Paid": "present"},
        "payment_id": {"column": "No", "prefix": "PAY-"},
        "invoice_id": "No",
        "payment_date": "Paid",
        "amount": "Amount",
        "currency": {"value": "EUR"},
    }
    dispute = {
        "when": {"Disputed": "Yes"},
        "dispute_id": {"column": "No", "prefix": "D-"},
        "invoice_id": "No",
    }

    result = map_text(tmp_path, text, {"invoice": INVOICE, "payment": payment, "dispute": dispute})

    assert result.column("invoice_id") == ["1", "2"]
    assert result.column("amount") == [D("100.00"), D("50.00")]
    (paid,) = result.rows("payment")
    assert (paid["payment_id"], paid["payment_date"]) == ("PAY-1", date(2026, 2, 1))
    assert paid["kind"] == "cash"
    assert result.column("dispute_id", "dispute") == ["D-1"]
    assert result.mapped.received["invoice"] == Received(Tally(2, D("150.00")))
    assert result.rules == []


def test_a_scheduled_file_is_known_the_night_it_came(tmp_path: Path) -> None:
    result = map_text(tmp_path, f"{HEADER}\n1,C1,2020-01-05,5\n")

    assert result.column("known_on") == [TONIGHT]


def test_an_import_knows_every_row_on_its_own_day(tmp_path: Path) -> None:
    text = (
        "No,Customer,Date,Amount,Gone,Seen\n"
        "1,C1,2026-01-05,5,,2026-01-09\n"  # an invoice: its invoice date
        "2,,,,X,2026-03-01\n"  # a deletion: the row's day
    )
    records = {
        "invoice": INVOICE | {"is_deleted": {"Gone": "X"}},
        "customer": {"when": {"Customer": "present"}, "customer_id": "Customer"},
        "dispute": {"dispute_id": "No", "invoice_id": "No"},
    }

    result = map_text(tmp_path, text, records, known="historical", row_date="Seen")

    assert result.column("known_on") == [date(2026, 1, 5), date(2026, 3, 1)]
    assert result.column("is_deleted") == [False, True]
    assert result.column("known_on", "customer") == [date(2026, 1, 9)]
    # A dispute without a date of its own.
    assert result.column("known_on", "dispute") == [date(2026, 1, 9), date(2026, 3, 1)]


def test_without_a_day_an_import_was_always_known(tmp_path: Path) -> None:
    result = map_text(tmp_path, "id\nC1\n", {"customer": {"customer_id": "id"}}, known="historical")

    assert result.column("known_on", "customer") == [date(1900, 1, 1)]


def test_a_tombstone_needs_its_key_alone(tmp_path: Path) -> None:
    text = f"{HEADER},Gone\n7,,nonsense,nonsense,TRUE\n,C1,,,TRUE\n"
    records = {"invoice": INVOICE | {"is_deleted": {"Gone": "TRUE"}}}

    result = map_text(tmp_path, text, records)

    assert [(row["invoice_id"], row["amount"], row["is_deleted"]) for row in result.rows()] == [
        ("7", None, True)
    ]
    assert result.rules == ["missing"]


def test_a_balance_is_of_the_night_it_arrived(tmp_path: Path) -> None:
    records = {"invoice_balance": {"invoice_id": "No", "balance_amount": "Open"}}

    result = map_text(tmp_path, "No,Open\n1,5.00\n", records)

    assert result.column("stated_on", "invoice_balance") == [TONIGHT]


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ({"T": "present"}, "1 2 3 4 5"),
        ({"T": "absent"}, "6"),
        ({"T": "INV"}, "1"),
        ({"T": ["INV", "CN"]}, "1 2"),
        ({"T": {"not": ["INV", "CN"]}}, "3 4 5 6"),
        ({"T": {"not": "present"}}, "6"),
        ({"A": "positive"}, "1 4 6"),
        ({"A": "negative"}, "2 5"),
        ({"A": "zero"}, "3"),
        ({"A": "nonzero"}, "1 2 4 5 6"),
        ({"T": "INV", "A": "negative"}, ""),
        ([{"T": "INV"}, {"A": "zero"}], "1 3"),
        ({"T": ["", "CN"]}, "2 6"),
    ],
)
def test_when_chooses_rows(tmp_path: Path, condition: object, kept: str) -> None:
    text = (
        "id,T,A\n"
        "1,INV,10\n"
        "2,CN,-10\n"
        "3,X,0\n"
        "4,Y,what\n"  # no number: counts as one, so that it is reported
        "5,Z,(7.50)\n"
        "6,,1\n"
    )

    result = map_text(tmp_path, text, {"customer": {"customer_id": "id", "when": condition}})

    assert result.column("customer_id", "customer") == kept.split()


def test_rows_that_are_nothing_are_counted(tmp_path: Path) -> None:
    records = {
        "invoice": INVOICE | {"when": {"Amount": "positive"}},
        "customer": {"customer_id": "Customer"},
    }

    result = map_text(tmp_path, f"{HEADER}\n1,C1,2026-01-01,5\n2,C1,2026-01-01,-5\n", records)

    assert result.mapped.unmatched == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("a", "0042"),
        ({"columns": ["a", "b"], "separator": "-"}, "0042-x9"),
        ({"first_of": ["e", "b"]}, "x9"),
        ({"value": "EUR"}, "EUR"),
        ({"column": "a", "strip_zeros": True}, "42"),
        ({"column": "b", "zero_pad": 5}, "000x9"),
        ({"column": "a", "zero_pad": 2}, "0042"),
        ({"column": "c", "remove_suffix": ".0", "remove_prefix": "19"}, "3057"),
        ({"column": "d", "pattern": r"^(\w+) -"}, "K7"),
        ({"column": "b", "values": {"x9": "y"}, "prefix": "<", "suffix": ">"}, "<y>"),
        ({"column": "e", "default": "none"}, "none"),
        ({"column": "a", "null_values": "0042", "default": "none"}, "none"),
    ],
)
def test_a_field_is_made_as_the_guide_says(tmp_path: Path, field: object, value: str) -> None:
    text = "a,b,c,d,e\n0042,x9,193057.0,K7 - Acme,\n"

    result = map_text(tmp_path, text, {"customer": {"customer_id": field}})

    assert result.column("customer_id", "customer") == [value]


def test_half_a_key_is_no_key(tmp_path: Path) -> None:
    records = {"customer": {"customer_id": {"columns": ["a", "b"]}}}

    result = map_text(tmp_path, "a,b\n1,2\n1,\n", records)

    assert result.column("customer_id", "customer") == ["12"]
    assert result.rules == ["missing"]


def test_two_records_of_a_kind_from_one_row(tmp_path: Path) -> None:
    def part(nth: int) -> dict[str, object]:
        return {
            "when": {f"Paid{nth}": "present"},
            "payment_id": {"column": "No", "suffix": f"/{nth}"},
            "payment_date": f"Day{nth}",
            "amount": f"Paid{nth}",
            "currency": {"value": "EUR"},
        }

    text = (
        "No,Day1,Paid1,Day2,Paid2\n"
        "1,2026-01-01,10,2026-02-01,20\n"
        "2,2026-01-02,30,,\n"  # only the first
    )

    result = map_text(tmp_path, text, {"payment": [part(1), part(2)]})

    assert result.column("payment_id", "payment") == ["1/1", "1/2", "2/1"]
    assert result.column("seq", "payment") == sorted(set(result.column("seq", "payment")))


def test_amounts_in_cents_and_shares_in_percent(tmp_path: Path) -> None:
    records = {
        "invoice": INVOICE | {"amount": {"column": "Amount", "multiply": "0.01"}},
        "customer": {
            "customer_id": "Customer",
            "competitor_share": {"column": "Share", "remove_suffix": "%", "multiply": "0.01"},
        },
    }

    result = map_text(tmp_path, f"{HEADER},Share\n1,C1,2026-01-01,12345,44.99%\n", records)

    assert result.column("amount") == [D("123.45")]
    assert result.column("competitor_share", "customer") == [D("0.449900")]


def test_hostile_names_and_values_stay_names_and_values(tmp_path: Path) -> None:
    evil = "x'); DROP TABLE reject; --"
    text = f'"{evil}","a""b",Name\n"\'; SELECT 1; --",C1,"=HYPERLINK(""http://x"")"\n'
    records = {
        "customer": {
            "customer_id": {"column": evil, "values": {evil: evil}, "prefix": "'"},
            "customer_name": "Name",
            "country": 'a"b',
        }
    }

    (row,) = map_text(tmp_path, text, records).rows("customer")

    assert row["customer_id"] == "''; SELECT 1; --"
    assert row["customer_name"] == '=HYPERLINK("http://x")'
    assert row["raw"].startswith('{"x\'); DROP TABLE reject; --":')


def test_keys_are_trimmed_and_composed(tmp_path: Path) -> None:
    text = "id,name\n\u00a0Cafe\u0301\u3000, N\u200b \n C\u200b2 ,x\n"
    records = {"customer": {"customer_id": "id", "customer_name": "name"}}

    result = map_text(tmp_path, text, records)

    assert result.column("customer_id", "customer") == ["Café", "C2"]
    assert result.column("customer_name", "customer") == ["N", "x"]


def test_the_files_of_a_batch_may_order_their_columns_differently(tmp_path: Path) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text(f"{HEADER}\n1,C1,2026-01-01,5\n")
    two.write_text("Amount;Date;Customer;No\n6;2026-01-02;C2;2\n")

    result = map_files(tmp_path, [one, two])

    assert result.column("amount") == [D("5.00"), D("6.00")]
    assert [(row["source_file"], row["source_row"]) for row in result.rows()] == [
        ("1.csv", 2),
        ("2.csv", 2),
    ]


def test_a_missing_column_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no column 'Amount'"):
        map_text(tmp_path, "No,Customer,Date,Amt\n1,C1,2026-01-01,5\n")

    assert list((tmp_path / "mapped").glob("*.parquet")) == []


def test_a_header_alone_is_no_news_or_a_refusal(tmp_path: Path) -> None:
    assert map_text(tmp_path, f"{HEADER}\n").rows() == []
    with pytest.raises(BadInput, match="would empty the ledger"):
        map_text(tmp_path, f"{HEADER}\n", export="full")


def test_threads_do_not_change_a_row(tmp_path: Path) -> None:
    lines = [f"{place},C{place % 7},2026-01-01,{place}.00" for place in range(1, 130_001)]
    text = "\n".join([HEADER, *lines])
    records = {"invoice": INVOICE, "customer": {"customer_id": "Customer"}}
    kinds = ("invoice", "customer", "rejects")

    one = [map_text(tmp_path, text, records).rows(kind) for kind in kinds]
    four = [map_text(tmp_path, text, records, threads=4).rows(kind) for kind in kinds]

    assert one == four
    assert [row["seq"] for row in four[0]] == sorted({row["seq"] for row in four[0]})
