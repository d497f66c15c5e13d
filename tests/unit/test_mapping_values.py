"""Values: every way to write a number, a date or a flag, and the sentence when it is none."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.entities import ENTITIES
from etl.mapping import dates, numbers
from etl.mapping.fields import FieldContext, typed_field
from etl.sources.config import FieldMapping, Number
from tests.mapping_case import HEADER, INVOICE, TONIGHT, Result, feed, map_files, map_text

D = Decimal
CONNECTION = duckdb.connect()
CONNECTION.execute("SET TimeZone = 'UTC'")

POINT = {"decimal": ".", "thousands": ","}
COMMA = {"decimal": ",", "thousands": "."}


def amount_of(folder: Path, text: str, **settings: Any) -> Result:
    quoted = '"' + text.replace('"', '""') + '"'
    return map_text(folder, f"{HEADER}\n1,C1,2026-01-01,{quoted}\n", **settings)


def number_in(text: str, number: Number | None) -> Decimal | None:
    sql = f"SELECT TRY_CAST({numbers.plain_number('$text', 'NULL', number)} AS DECIMAL(38, 2))"
    found = CONNECTION.execute(sql, {"text": text}).fetchone()
    return found[0] if found else None


def day_in(text: str, *formats: str, zone: str = "Asia/Shanghai") -> date | None:
    sql = f"SELECT {dates.day('CAST($text AS VARCHAR)', 'NULL', formats, zone)}"
    found = CONNECTION.execute(sql, {"text": text}).fetchone()
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "number", "value"),
    [
        ("1234.56", None, "1234.56"),
        ("1,234.56", None, "1234.56"),  # only one way to read it
        ("1,234,567", None, "1234567"),
        ("1.234,56", COMMA, "1234.56"),
        ("1.234,56", {"decimal": ","}, "1234.56"),
        ("1,234", POINT, "1234"),
        ("12,34,567.89", POINT, "1234567.89"),  # India
        ("1 234,56", {"decimal": ",", "thousands": " "}, "1234.56"),
        ("1\u202f234,56", {"decimal": ",", "thousands": " "}, "1234.56"),
        ("1'234.56", {"decimal": ".", "thousands": "'"}, "1234.56"),
        (".5", None, "0.50"),
        ("5.", None, "5"),
        ("$1,000.00", None, "1000"),
        ("99.990", None, "99.99"),  # nothing is lost
        ("+7", None, "7"),
    ],
)
def test_a_number_can_be_read(
    tmp_path: Path, text: str, number: dict[str, str] | None, value: str
) -> None:
    assert amount_of(tmp_path, text, number=number).column("amount") == [D(value)]


@pytest.mark.parametrize("text", ["-5.00", "5.00-", "(5.00)", "−5.00", "$-5", "-$5"])
def test_a_minus_is_a_minus_wherever_it_stands(tmp_path: Path, text: str) -> None:
    records = {"invoice": INVOICE | {"amount": {"column": "Amount", "sign": "negate"}}}

    result = map_text(tmp_path, f"{HEADER}\n1,C1,2026-01-01,{text}\n", records)

    assert result.column("amount") == [D("5.00")]


@pytest.mark.parametrize(
    ("text", "number", "rule", "says"),
    [
        ("1.234,56", POINT, "not_a_number", '"1.234,56" is not a number with decimal "."'),
        ("1.234,56", None, "not_a_number", '"1.234,56" is not a number'),
        ("1,234", None, "ambiguous_number", "two ways"),
        ("1.234", {"decimal": ","}, "ambiguous_number", "two ways"),
        ("1,23", POINT, "not_a_number", "is not a number"),
        ("1.2.3", None, "not_a_number", "is not a number"),
        ("12a", None, "not_a_number", "is not a number"),
        ("1e3", None, "not_a_number", "is not a number"),
        ("--5", None, "not_a_number", "is not a number"),
        ("(5", None, "not_a_number", "is not a number"),
        ("USD 5", None, "not_a_number", "is not a number"),
        ("5\x00", None, "not_a_number", '"5?"'),
        ("１２", None, "not_a_number", "is not a number"),
        ("99.999", None, "too_many_decimals", "more than 2 decimals"),
        ("0.00000000000000000001", None, "too_many_decimals", "more than 2 decimals"),
        ("99999999999999999", None, "too_large", "too large for DECIMAL(18,2)"),
        ("9" * 60, None, "too_large", "too large"),
        ("-5", None, "negative_amount", "map such rows as credit_note"),
        ("0.00", None, "zero_amount", "is zero"),
        ("", None, "missing", 'column "Amount" says nothing'),
        ("N/A", None, "missing", "says nothing"),
    ],
)
def test_a_number_that_is_none_is_refused_by_name(
    tmp_path: Path, text: str, number: dict[str, str] | None, rule: str, says: str
) -> None:
    result = amount_of(tmp_path, text, number=number)

    assert result.rules == [rule]
    assert says in result.reasons[0]
    assert result.rows() == []


@given(
    st.decimals(min_value=D("-9999999999999"), max_value=D("9999999999999"), places=2),
    st.sampled_from([(".", ","), (",", "."), (".", "'"), (",", " "), (".", "")]),
)
def test_a_printed_number_reads_back(value: Decimal, signs: tuple[str, str]) -> None:
    decimal, thousands = signs
    printed = f"{value:,.2f}".translate({ord(","): thousands, ord("."): decimal})

    assert number_in(printed, Number(decimal=decimal, thousands=thousands)) == value


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    text = text.encode("utf-8", errors="ignore").decode()
    found = number_in(text, None)
    assert found is None or any(sign.isdigit() for sign in text)


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("2026-11-20", (), "2026-11-20"),
        ("2026-1-5", (), "2026-01-05"),
        ("2026/11/20", (), "2026-11-20"),
        ("2026.11.20", (), "2026-11-20"),
        ("20261120", (), "2026-11-20"),
        ("2026年11月20日", (), "2026-11-20"),
        ("2026-11-20 23:59:59", (), "2026-11-20"),
        ("2020-01-15 0:03:02", (), "2020-01-15"),
        ("2026-11-20T08:00:00.123", (), "2026-11-20"),
        ("2026-11-19T22:16:19Z", (), "2026-11-20"),  # morning in Shanghai (Q8)
        ("2026-11-20T01:00:00+09:00", (), "2026-11-20"),
        ("1/7/2012", ("%m/%d/%Y",), "2012-01-07"),
        ("1/27/2012 0:00", ("%m/%d/%Y",), "2012-01-27"),
        ("27.1.12", ("%d.%m.%Y", "%d.%m.%y"), "2012-01-27"),
        ("5 Jan 2012", ("%d %b %Y",), "2012-01-05"),
        ("20190405.0", ("%Y%m%d.0",), "2019-04-05"),
        ("46346", ("excel",), "2026-11-20"),
        ("46346.75", ("excel",), "2026-11-20"),
        ("2026-11-20", ("%d/%m/%Y",), None),
        ("31.02.2012", ("%d.%m.%Y",), None),
        ("04/05/2026", (), None),  # never guessed
        ("2026-11-20x", (), None),
        ("2026112", (), None),
        ("26-11-20", (), None),
        ("", (), None),
    ],
)
def test_a_day_is_read_as_it_is_declared(
    text: str, formats: tuple[str, ...], day: str | None
) -> None:
    assert day_in(text, *formats) == (date.fromisoformat(day) if day else None)


@given(
    st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y"]),
)
def test_a_printed_day_reads_back(day: date, form: str) -> None:
    assert day_in(day.strftime(form), form) == day
    assert day_in(day.isoformat()) == day


@given(st.text(max_size=12), st.sampled_from([(), ("%d.%m.%Y",), ("excel",)]))
def test_no_text_breaks_the_reading_of_days(text: str, formats: tuple[str, ...]) -> None:
    day_in(text.encode("utf-8", errors="ignore").decode(), *formats)


def test_a_wrong_date_names_the_formats_tried(tmp_path: Path) -> None:
    result = map_text(
        tmp_path, f"{HEADER}\n1,C1,31.02.2012,5\n", date_format=["%d.%m.%Y", "%d/%m/%Y"]
    )

    assert result.rules == ["not_a_date"]
    assert result.reasons == ['invoice_date "31.02.2012" is not a date as %d.%m.%Y or %d/%m/%Y']


@pytest.mark.parametrize("day", ["1026-09-01", "9999-12-31", "2077-01-01"])
def test_a_day_out_of_range_is_refused(tmp_path: Path, day: str) -> None:
    assert map_text(tmp_path, f"{HEADER}\n1,C1,{day},5\n").rules == ["date_out_of_range"]


def test_the_last_day_of_an_import_does_not_depend_on_tonight(tmp_path: Path) -> None:
    result = map_text(tmp_path, f"{HEADER}\n1,C1,2090-01-01,5\n", known="historical")

    assert result.column("invoice_date") == [date(2026, 1, 1) + timedelta(days=23_376)]


@pytest.mark.parametrize(
    ("field", "text", "rule"),
    [
        ("is_reseller", "maybe", "not_yes_or_no"),
        ("competitor_share", "1.2", "out_of_range"),
        ("payment_terms_days", "-3", "out_of_range"),
        ("payment_terms_days", "30.5", "too_many_decimals"),
        ("customer_since", "soon", "not_a_date"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    tmp_path: Path, field: str, text: str, rule: str
) -> None:
    result = map_text(
        tmp_path, f"id,x\nC1,{text}\n", {"customer": {"customer_id": "id", field: "x"}}
    )

    assert result.rules == [rule]
    assert text in result.reasons[0]


@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", True), ("Yes", True), ("是", True), ("0", False), ("", None)]
)
def test_a_flag(tmp_path: Path, text: str, value: bool | None) -> None:
    records = {"customer": {"customer_id": "id", "is_reseller": "x"}}

    assert map_text(tmp_path, f"id,x\nC1,{text}\n", records).column("is_reseller", "customer") == [
        value
    ]


@pytest.mark.parametrize(
    ("text", "rule"), [("usd", None), ("RMB", "not_a_currency"), ("¥", "not_a_currency")]
)
def test_a_currency(tmp_path: Path, text: str, rule: str | None) -> None:
    records = {"invoice": INVOICE | {"currency": "Cur"}}

    result = map_text(tmp_path, f"{HEADER},Cur\n1,C1,2026-01-01,5,{text}\n", records)

    assert result.rules == ([rule] if rule else [])
    assert result.column("currency") == ([] if rule else ["USD"])


def test_a_control_character_is_refused_in_a_key_and_taken_out_of_a_name(tmp_path: Path) -> None:
    text = "id,name\nC\x001,Acme\nC2,Ac\x07me\nC3,\x00\n"
    records = {"customer": {"customer_id": "id", "customer_name": "name"}}

    result = map_text(tmp_path, text, records)

    assert result.rules == ["control_character"]
    assert '"C?1"' in result.reasons[0]
    assert result.column("customer_name", "customer") == ["Ac me", None]
    assert result.mapped.cleaned == {"customer": 2}


def test_a_key_too_long_for_any_database_is_refused(tmp_path: Path) -> None:
    result = map_text(tmp_path, f"id\n{'9' * 201}\n", {"customer": {"customer_id": "id"}})

    assert result.rules == ["too_long"]


def test_numbers_and_days_of_a_workbook_need_no_format(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["No", "Customer", "Date", "Amount"],
        [1, "C1", date(2026, 1, 5), 0.1 + 0.2],  # a binary fraction: rounded to the cent
        [2, "C1", "06.01.2026", "1.234,50"],  # text: read as declared
        [3, "C1", date(2026, 1, 7), 1234.5],
        [4, "C1", date(2026, 1, 8), "99,999"],  # text loses no digit
    ):
        book.active.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)

    result = map_files(tmp_path, [path], date_format="%d.%m.%Y", number=COMMA)

    assert result.column("invoice_id") == ["1", "2", "3"]
    assert result.column("amount") == [D("0.30"), D("1234.50"), D("1234.50")]
    assert result.column("invoice_date") == [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)]
    assert result.rules == ["too_many_decimals"]


def test_every_word_the_contract_allows_is_read_in_any_case_and_kept_as_it_is_written() -> None:
    for entity in ENTITIES.values():
        context = FieldContext(feed(), entity, TONIGHT, "UTC")
        for column in entity.columns:
            if not column.allowed or column.type != "VARCHAR":
                continue
            value = typed_field(column, FieldMapping(column="c"), context)
            refused = " OR ".join(f"COALESCE({rule.broken}, FALSE)" for rule in value.rules)
            for word in column.allowed:
                for written in (word, word.lower(), word.upper()):
                    read = CONNECTION.execute(
                        f"SELECT {value.typed}, {refused} FROM (SELECT ? AS x_{column.name})",
                        [written],
                    ).fetchone()
                    assert read == (word, False), (entity.name, column.name, written)


def test_a_grade_of_an_override_is_a_capital(tmp_path: Path) -> None:
    override = {"override_id": "id", "customer_id": "who", "grade": "to", "decided_on": "on"}

    result = map_text(
        tmp_path,
        "id,who,to,on\n1,C1,A,2026-11-01\n2,C1,d,2026-11-01\n3,C1,E,2026-11-01\n",
        {"grade_override": override},
    )

    assert result.column("grade", "grade_override") == ["A", "D"]
    assert result.reasons == ['grade "E" is none of A, B, C, D; translate it under values:']
