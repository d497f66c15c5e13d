"""Landing: what is new lands once, in order, whole or not at all."""

from datetime import date
from pathlib import Path

import pytest

from etl import landing
from etl.errors import BadInput
from etl.landing import land, landed_files, live_batches, mapping_of, refuse
from tests.mapping_case import feed

D1, D2, D3 = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def names(home: Path, as_of: date) -> list[str]:
    return [batch.name for batch in live_batches(home, as_of)]


def test_the_same_content_lands_once(home: Path, inbox: Path) -> None:
    (inbox / "a.csv").write_text("x\n1\n")

    assert [batch.name for batch in land(home, feed(), inbox, D1)] == ["000001-erp"]
    assert land(home, feed(), inbox, D1) == []
    assert land(home, feed(), inbox, D2) == []
    (kept,) = landed_files(home, live_batches(home, D2)[0])
    assert kept.path.read_text() == "x\n1\n"
    assert kept.name == "a.csv"


def test_going_back_to_old_content_is_news(home: Path, inbox: Path) -> None:
    for day, text in ((D1, "x\n1\n"), (D2, "x\n2\n"), (D3, "x\n1\n")):
        (inbox / "a.csv").write_text(text)
        land(home, feed(), inbox, day)

    assert names(home, D3) == ["000001-erp", "000002-erp", "000003-erp"]


def test_a_night_sees_what_had_arrived_and_all_of_an_import(home: Path, inbox: Path) -> None:
    (inbox / "a.csv").write_text("x\n1\n")
    land(home, feed(), inbox, D2)
    land(home, feed(name="old", known="historical"), inbox, D3)

    assert names(home, D1) == ["000002-old"]
    assert names(home, D2) == ["000001-erp", "000002-old"]
    # An earlier night run later still finds its file new: it had not arrived by then.
    assert [batch.name for batch in land(home, feed(), inbox, D1)] == ["000003-erp"]
    assert land(home, feed(name="old", known="historical"), inbox, D1) == []


def test_each_file_of_an_increment_is_a_batch_in_the_order_of_names(
    home: Path, inbox: Path
) -> None:
    for name in ("day10.csv", "day9.csv"):
        (inbox / name).write_text(name)
    daily = feed(file="day*.csv")

    batches = land(home, daily, inbox, D1)
    (inbox / "day11.csv").write_text("day11.csv")
    later = land(home, daily, inbox, D2)

    assert [batch.files[0].name for batch in batches] == ["day9.csv", "day10.csv"]
    assert [batch.files[0].name for batch in later] == ["day11.csv"]


def test_a_full_export_replaces_what_was_there(home: Path, inbox: Path) -> None:
    full = feed(file="*.csv", export="full")
    (inbox / "a.csv").write_text("x\n1\n")
    (inbox / "b.csv").write_text("x\n2\n")
    (first,) = land(home, full, inbox, D1)
    assert land(home, full, inbox, D2) == []
    (inbox / "b.csv").write_text("x\n3\n")

    (second,) = land(home, full, inbox, D3)

    assert len(first.files) == 2
    assert second.supersedes == (first.name,)
    assert names(home, D2) == [first.name]
    assert names(home, D3) == [second.name]


def test_another_mapping_maps_again_what_landed_on_its_own_day(home: Path, inbox: Path) -> None:
    (inbox / "a.csv").write_text("x\n1\n")
    land(home, feed(), inbox, D1)
    (inbox / "a.csv").write_text("x\n2\n")
    land(home, feed(), inbox, D2)
    (inbox / "a.csv").unlink()
    (inbox / "a.csv").write_text("x\n2\n")
    german = feed(number={"decimal": ","})

    batches = land(home, german, inbox, D3)

    assert [(batch.arrived_on, batch.supersedes) for batch in batches] == [
        ("2026-11-18", ("000001-erp",)),
        ("2026-11-19", ("000002-erp",)),
    ]
    assert [landed_files(home, batch)[0].path.read_text() for batch in batches] == [
        "x\n1\n",
        "x\n2\n",
    ]
    assert names(home, D1) == ["000003-erp"]
    assert mapping_of(home, batches[0]).number == german.number
    assert land(home, german, inbox, D3) == []


def test_what_was_refused_is_refused_again_until_it_changes(home: Path, inbox: Path) -> None:
    (inbox / "a.csv").write_text("broken")
    (batch,) = land(home, feed(), inbox, D1)
    refuse(home, batch.name, "a.csv is broken.")

    with pytest.raises(BadInput, match=r"a\.csv is broken\."):
        land(home, feed(), inbox, D2)
    assert names(home, D2) == []

    (inbox / "a.csv").write_text("x\n1\n")
    assert [new.name for new in land(home, feed(), inbox, D2)] == ["000002-erp"]


def test_a_refused_full_export_leaves_the_one_before(home: Path, inbox: Path) -> None:
    full = feed(export="full")
    (inbox / "a.csv").write_text("x\n1\n")
    land(home, full, inbox, D1)
    (inbox / "a.csv").write_text("x\n")
    (empty,) = land(home, full, inbox, D2)
    refuse(home, empty.name, "it is empty")

    assert names(home, D2) == ["000001-erp"]


@pytest.mark.parametrize("step", ["write_json", "sync_folder"])
def test_a_crash_before_the_index_leaves_nothing(
    home: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    (inbox / "a.csv").write_text("x\n1\n")
    (inbox / "b.csv").write_text("x\n2\n")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(landing, step, crash)
        with pytest.raises(KeyboardInterrupt):
            land(home, feed(), inbox, D1)

    assert live_batches(home, D1) == []
    assert [batch.name for batch in land(home, feed(file="b.csv"), inbox, D1)] == ["000001-erp"]
    (only,) = landed_files(home, live_batches(home, D1)[0])
    assert only.path.read_text() == "x\n2\n"
    assert len(list((home / "landing" / "000001-erp").glob("*.csv"))) == 1


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("missing.csv", "there is no file missing.csv"),
        ("*.tsv", r"there is no file \*\.tsv"),
        (["a.csv", "b.csv"], "there is no file b.csv"),
        ("a.pdf", r"only \.csv, "),
    ],
)
def test_a_file_that_is_not_there_is_named(
    home: Path, inbox: Path, file: object, sentence: str
) -> None:
    (inbox / "a.csv").write_text("x\n1\n")
    (inbox / "a.pdf").write_text("x\n1\n")

    with pytest.raises(BadInput, match=sentence):
        land(home, feed(file=file), inbox, D1)
    assert live_batches(home, D1) == []
