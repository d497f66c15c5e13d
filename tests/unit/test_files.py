"""Files as text: encodings, delimiters, headers, lines that do not fit, workbooks."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from etl.errors import BadInput
from etl.sources.config import Read
from etl.sources.files import read_table
from etl.sources.table import Table, unique_names


def read(
    folder: Path, content: str | bytes, *needed: str, name: str = "a.csv", **how: Any
) -> tuple[Table, list[list[Any]]]:
    """The table and its rows, each with its line at the end."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    table = read_table(path, name, Read(**how), needed, folder / "rows.parquet")
    rows = pq.read_table(table.rows)
    columns = [*(f"c{place}" for place in range(len(table.header))), "source_row"]
    return table, [list(row.values()) for row in rows.select(columns).to_pylist()]


# A workbook knows no time zones.
MIDNIGHT = datetime(2026, 11, 20)  # noqa: DTZ001
AFTERNOON = datetime(2026, 11, 20, 13, 5)  # noqa: DTZ001
NAMES = "id;Name\n1;Müller & Söhne\n2;Société Générale\n"
CHINESE = "编号;名称\n1;上海远洋进出口有限公司\n2;深圳市华南电子有限公司\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (NAMES, "utf-8"),
        (NAMES, "utf-8-sig"),
        (NAMES, "cp1252"),
        (NAMES, "utf-16"),
        (NAMES, "utf-16-le"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16"),
        ("id;Имя\n1;ООО Ромашка\n2;Торговый дом\n", "cp1251"),
        ("id;Nazwa\n1;Spółka Żółw Łódź\n2;Przedsiębiorstwo Usługowe\n", "cp1250"),
        ("編號;名稱\n1;台灣進出口股份有限公司\n2;高雄電子\n", "big5"),
        ("id;名前\n1;株式会社トヨタ商事\n2;東京電機\n", "shift_jis"),
    ],
)
def test_the_encoding_is_found_by_looking(tmp_path: Path, text: str, encoding: str) -> None:
    expected = [line.split(";") for line in text.splitlines()]

    table, rows = read(tmp_path, text.encode(encoding), expected[0][0])

    assert list(table.header) == expected[0]
    assert [row[:2] for row in rows] == expected[1:]


def test_a_far_away_umlaut_is_enough(tmp_path: Path) -> None:
    text = "id,Name\n" + "1,Acme\n" * 60_000 + "2,Café Noir\n"

    _, rows = read(tmp_path, text.encode("cp1252"), "id")

    assert rows[-1] == ["2", "Café Noir", 60_002]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_under_which_the_columns_are_there(
    tmp_path: Path, delimiter: str
) -> None:
    text = f'No{delimiter}"Amount, EUR"{delimiter}Day\n1{delimiter}"1,50"{delimiter}"a;b"\n'

    _, rows = read(tmp_path, text, "No", "Day")

    assert rows == [["1", "1,50", "a;b", 2]]


def test_rows_keep_the_line_a_person_sees(tmp_path: Path) -> None:
    text = 'Report of today\n\nid,note\n1,"two\nlines"\n\n2,x\n3,y,z\n4,w\n'

    table, rows = read(tmp_path, text, "id", header_row=3)

    assert rows == [["1", "two\nlines", 4], ["2", "x", 7], ["4", "w", 9]]
    assert [(line.line, line.fields, line.text) for line in table.ragged] == [(8, 3, "3,y,z")]


def test_ragged_lines_are_kept_apart(tmp_path: Path) -> None:
    table, rows = read(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3,,\n", "a")

    assert [row[-1] for row in rows] == [2, 5]
    assert [(line.line, line.text) for line in table.ragged] == [(3, "4,5"), (4, "6,7,8,9")]


def test_a_quote_that_never_closes_costs_one_line(tmp_path: Path) -> None:
    text = 'a,b,c\n1,"Acme,3\n4,5,6\n7,"Acme, Inc",9\n10,11,12\n'

    table, rows = read(tmp_path, text, "a")

    assert sorted(rows, key=lambda row: row[-1]) == [
        ["4", "5", "6", 3],
        ["7", "Acme, Inc", "9", 4],
        ["10", "11", "12", 5],
    ]
    assert [line.line for line in table.ragged] == [2]


def test_a_quote_inside_a_field_is_a_sign_like_any_other(tmp_path: Path) -> None:
    assert read(tmp_path, 'a,b\n1,5" pipe\n', "a")[1] == [["1", '5" pipe', 2]]


def test_a_delimiter_at_the_end_of_every_line_is_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\n1,2,\n3,4,\n", "a")[0].ragged == ()
    assert read(tmp_path, "a,b,\n1,2\n3,4\n", "a")[1] == [["1", "2", 2], ["3", "4", 3]]


def test_old_line_ends(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b\r1,2\r3,4\r", "a")[1] == [["1", "2", 2], ["3", "4", 3]]
    assert read(tmp_path, "a,b\r\n1,2\r\n", "a")[1] == [["1", "2", 2]]


def test_double_names_are_numbered() -> None:
    assert unique_names(["Date", "Date", "", " Due\n date ", "Date"]) == (
        "Date",
        "Date.1",
        "column_3",
        "Due date",
        "Date.2",
    )
    assert unique_names(["x", "x", "x.1"]) == ("x", "x.2", "x.1")


@pytest.mark.parametrize(
    ("content", "how", "sentence"),
    [
        ("", {}, r"a\.csv is empty"),
        ("\n \n", {}, r"a\.csv is empty"),
        (bytes(range(256)) * 9, {}, "not text in any encoding we know"),
        (b"PK\x03\x04 and so on", {}, "not text but an XLSX workbook"),
        ("id,Amnt\n1,2\n", {}, "no column 'Amount' in row 1; did you mean 'Amnt'"),
        ("id\n1\n", {}, "no column 'Amount' in row 1; there are: id"),
        (
            "Report\nid;Amount\n1;2\n",
            {},
            "the header is in row 2, not 1; say read: {header_row: 2}",
        ),
        ("id,Amount\n1,2\n", {"header_row": 9}, "has 2 lines, and header_row says 9"),
        ("id;Amount\n1;2\n", {"delimiter": ","}, "no column 'id' in row 1; there are: id;Amount"),
        (
            "id,Amount\n1;2\n3;4\n",
            {},
            "line 2 has 1 fields where the header has 2, and so has every",
        ),
        (
            "id,Amount\n1,ü\n".encode("cp1252"),
            {"encoding": "utf-8"},
            "is not in utf-8: line 2 makes no sense",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, content: str | bytes, how: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(tmp_path, content, "id", "Amount", **how)


def workbook(path: Path, *rows: list[object], title: str = "Sheet1") -> None:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)


def test_cells_of_a_workbook_become_faithful_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(
        path,
        ["Ledger"],
        ["id", "day", "amount", "flag", "moment", "clock"],
        [1001, date(2026, 11, 20), 1234.5, True, AFTERNOON, time(1, 2)],
        [],
        ["001", MIDNIGHT, 1e16, False, None, None],
    )

    table = read_table(path, "a.xlsx", Read(header_row=2), ["id"], tmp_path / "rows.parquet")

    first, second = pq.read_table(table.rows).to_pylist()
    assert [first[f"c{place}"] for place in range(6)] == [
        "1001",
        "2026-11-20",
        "1234.5",
        "TRUE",
        "2026-11-20 13:05:00",
        "01:02:00",
    ]
    assert [second[f"c{place}"] for place in range(3)] == ["001", "2026-11-20", "10000000000000000"]
    assert [first[f"k{place}"] for place in range(4)] == ["n", "d", "n", None]
    assert second["k0"] is None
    assert [first["source_row"], second["source_row"]] == [3, 5]


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [("Ledgr", "no sheet 'Ledgr'; did you mean 'Ledger'"), ("2", "has 1 sheets, and sheet says 2")],
)
def test_a_sheet_that_is_not_there_is_named(tmp_path: Path, sheet: str, sentence: str) -> None:
    workbook(tmp_path / "a.xlsx", ["id"], title="Ledger")

    with pytest.raises(BadInput, match=sentence):
        read_table(
            tmp_path / "a.xlsx", "a.xlsx", Read(sheet=sheet), ["id"], tmp_path / "rows.parquet"
        )


@pytest.mark.parametrize("content", [b"", b"not a workbook at all", b"PK\x03\x04 cut off"])
def test_a_workbook_that_does_not_open_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadInput, match=r"a\.xlsx"):
        read(tmp_path, content, "id", name="a.xlsx")
