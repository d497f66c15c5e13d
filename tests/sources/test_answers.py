"""What connectors read alike in an answer."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.sources import answers
from etl.sources.answers import csv_rows
from etl.sources.connector import Inconsistent

CELL = st.text(alphabet='ab,"\n\r 客', max_size=5)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_rows_are_counted_whatever_stands_in_them(rows: list[list[str]], quoting: int) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows([["x", "y", "z"], *rows])  # type: ignore[arg-type]

    assert csv_rows(text.getvalue().encode()) == len(rows)


@pytest.mark.parametrize("small", [0, 1 << 20])
@pytest.mark.parametrize(
    ("page", "rows"),
    [
        (b"", 0),
        (b" \n", 0),
        (b"Id,Name\n", 0),
        (b"Id,Name\n1,x\n2,y\n", 2),
        (b"Id,Name\n1,x\n2,y", 2),
        (b"Id,Name\r\n1,x\r\n", 1),
        (b"Id,Name\n1,x\n\n", 1),
        (b'Id,Name\n1,"x\ny, ""z"""\n', 1),
        (b'Id,Size\n1,5" x 7"\n', 1),
        (b'Id,Size,Of\n1,5" pipe,7" tube\n', 1),
    ],
)
def test_pages(monkeypatch: pytest.MonkeyPatch, page: bytes, rows: int, small: int) -> None:
    monkeypatch.setattr(answers, "SMALL", small)

    assert csv_rows(page) == rows


@pytest.mark.parametrize("small", [0, 1 << 20])
@pytest.mark.parametrize(
    "page", [b"Id,Name", b"Id,Name\n1,x\n2", b"Id,Name\n1\n", b'Id,Name\n1,"x']
)
def test_a_page_that_is_cut_off(monkeypatch: pytest.MonkeyPatch, page: bytes, small: int) -> None:
    monkeypatch.setattr(answers, "SMALL", small)

    with pytest.raises(Inconsistent, match="cut off"):
        csv_rows(page)
