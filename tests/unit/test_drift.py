"""What a system changed in its rows: reported or held, never guessed at; and never a crash."""

import json
from pathlib import Path
from typing import Any

import pytest

from etl.sources.config import Feed
from etl.sources.connector import Ask, Connector, Pull, Reply, Verdict
from etl.sources.drift import Shape, drift, shape_of


class Rows(Connector):
    """Pages of rows."""

    name = "rows"
    rows_at = "$.data[*]"

    def first(self, pull: Pull) -> Ask | None:
        raise NotImplementedError

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        raise NotImplementedError

    def judge(self, reply: Reply) -> Verdict:
        raise NotImplementedError


FEED = Feed.model_validate(
    {
        "name": "rows",
        "source": "rows",
        "resource": "accounts",
        "records": {
            "customer": {"customer_id": "id", "customer_name": "name", "country": "place.land"}
        },
    }
)
ROW = {"id": 1, "name": "n", "place": {"land": "CN"}}


@pytest.fixture(autouse=True)
def rows_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.sources.drift.system", lambda _: Rows())


def _shape(folder: Path, *bodies: Any) -> Shape | None:
    folder.mkdir(exist_ok=True)
    lines = []
    for number, body in enumerate(bodies, start=1):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        (folder / f"{number:06d}.json").write_bytes(content)
        lines.append(
            {"n": number, "file": f"{number:06d}.json", "lands": "json", "about": {},
             "outcome": "page"}
        )  # fmt: skip
    (folder / "pages.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return shape_of(FEED, folder)


def _page(*rows: Any) -> dict[str, Any]:
    return {"data": list(rows)}


def _drift(tmp_path: Path, before: list[Any], now: list[Any]) -> tuple[str, str]:
    found = drift(
        FEED,
        _shape(tmp_path / "before", _page(*before)),
        _shape(tmp_path / "now", _page(*now)),
    )
    return found.holds, found.remark


def test_nothing_changed_and_nothing_is_said(tmp_path: Path) -> None:
    assert _drift(tmp_path, [ROW] * 9, [ROW] * 9) == ("", "")


def test_a_new_field_is_a_remark(tmp_path: Path) -> None:
    holds, remark = _drift(tmp_path, [ROW] * 9, [{**ROW, "more": 1}] * 9)

    assert not holds
    assert remark == "accounts of rows has new fields: more."


def test_a_field_that_is_read_and_gone_holds_the_feed(tmp_path: Path) -> None:
    without = {key: value for key, value in ROW.items() if key != "name"}

    holds, _ = _drift(tmp_path, [ROW] * 9, [{**without, "full_name": "n"}] * 9)

    assert "no longer has the field name, which the mapping reads" in holds
    assert "it has a new field full_name" in holds


def test_a_field_that_is_not_read_may_go(tmp_path: Path) -> None:
    assert _drift(tmp_path, [{**ROW, "more": 1}] * 9, [ROW] * 9) == ("", "")


def test_a_field_that_few_rows_ever_had_may_be_missing_by_chance(tmp_path: Path) -> None:
    """Some systems leave out what is empty."""
    without = {key: value for key, value in ROW.items() if key != "place"}
    before = [ROW] * 5 + [without] * 95

    assert _drift(tmp_path, before, [without] * 9)[0] == ""
    assert "no longer has the field place" in _drift(tmp_path, before, [without] * 400)[0]


def test_a_text_that_became_an_object_holds_the_feed(tmp_path: Path) -> None:
    holds, _ = _drift(tmp_path, [ROW] * 9, [{**ROW, "name": {"zh": "n"}}] * 9)

    assert "sends the field name in another form" in holds


def test_a_text_that_became_a_number_is_a_remark(tmp_path: Path) -> None:
    holds, remark = _drift(tmp_path, [ROW] * 9, [{**ROW, "name": 7}] * 9)

    assert not holds
    assert "writes name as another type" in remark


def test_few_rows_say_nothing(tmp_path: Path) -> None:
    assert _drift(tmp_path, [ROW] * 9, [{"id": 1}] * 4) == ("", "")


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a'b", "$.x", "", "a\nb", "*", "名\u2028称"])
def test_a_field_may_be_called_anything(tmp_path: Path, name: str) -> None:
    shape = _shape(tmp_path, _page(*[{**ROW, name: 1.5}] * 6))

    assert shape is not None
    assert shape.fields[name] == frozenset({"number"})


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"data": [{"id": "\\ud800"}]}', b"[" * 5000, b'{"data": 5}', b" "]
)
def test_a_page_that_is_none_has_no_shape(tmp_path: Path, body: bytes) -> None:
    """The mapping says what is wrong with it."""
    shape = _shape(tmp_path, body)

    assert shape is None or shape.rows == 0
