"""Half a character in a page becomes the mark for one; everything else stays as it came."""

import json
from pathlib import Path

import pytest

from etl.sources.half_characters import mended


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (rb'{"n": "a\ud83d"}', "a\ufffd"),
        (rb'{"n": "\ude00a"}', "\ufffda"),
        (rb'{"n": "\ud83d\ud83d\ude00"}', "\ufffd😀"),
        (rb'{"n": "\uD83D\u0041"}', "\ufffdA"),
        (b'{"n": "\xed\xa0\xbdx"}', "\ufffdx"),
        (b'\xef\xbb\xbf{"n": "x"}', "x"),
    ],
)
def test_what_the_database_cannot_read_is_mended(tmp_path: Path, content: bytes, name: str) -> None:
    page = tmp_path / "1.json"
    page.write_bytes(content)

    copy = mended(page, tmp_path)

    assert copy != page
    assert json.loads(copy.read_text(encoding="utf-8")) == {"n": name}
    assert page.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [rb'{"n": "\ud83d\ude00"}', rb'{"n": "\\ud83d"}', rb'{"n": "\\\\\""}', b"\xff", b"", b'{"n": 1.10}'],
)  # fmt: skip
def test_what_is_whole_stays(tmp_path: Path, content: bytes) -> None:
    page = tmp_path / "1.json"
    page.write_bytes(content)

    assert mended(page, tmp_path) == page


def test_a_customer_with_half_a_character_does_not_hold_the_feed(tmp_path: Path) -> None:
    import duckdb

    from etl.sources.config import Feed
    from etl.sources.pages import read_pages

    feed = Feed.model_validate(
        {
            "name": "accounts",
            "source": "zoho_crm",
            "resource": "Accounts",
            "records": {"customer": {"customer_id": "id", "customer_name": "Account_Name"}},
        }
    )
    page = rb'{"data": [{"id": "1", "Account_Name": "Caf\u00e9 \ud83d"}], "info": {}}'
    (tmp_path / "000001.json").write_bytes(page)
    line = {"n": 1, "file": "000001.json", "lands": "json", "about": {}, "outcome": "page"}
    (tmp_path / "pages.jsonl").write_text(json.dumps(line) + "\n")

    with duckdb.connect() as db:
        (table,) = read_pages(db, feed, tmp_path, "accounts", "2026-11-21", tmp_path / "out")
        found = db.execute(f"SELECT c1 FROM read_parquet('{table.rows}')").fetchall()

    assert found == [("Café \ufffd",)]
