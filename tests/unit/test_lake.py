"""A partition is there when its manifest says so, and not a moment before."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from threading import Event

import pytest

from etl.lake import Lake, digest, file_sha256, read_json, write_bytes, write_json

NIGHT = date(2026, 11, 20)
COLUMNS = {"customer_id": "VARCHAR"}


class Producer:
    """Writes a text where a Parquet file would be, and counts how often it was asked."""

    def __init__(self, text: str = "rows", rows: int = 3) -> None:
        self.text, self.rows, self.asked = text, rows, 0

    def __call__(self, *, target: Path) -> int:
        self.asked += 1
        target.write_text(self.text, encoding="utf-8")
        return self.rows


def write(lake: Lake, build: str, produce: Producer):
    return lake.write(
        "core.customer", NIGHT, build=build, columns=COLUMNS, inputs={"x": "1"}, produce=produce
    )


def test_what_was_written_is_found(tmp_path: Path) -> None:
    lake = Lake(tmp_path)

    written = write(lake, "b1", Producer("rows"))

    assert lake.find("core.customer", NIGHT) == written
    assert written.path == "core/customer/as_of=2026-11-20/b1/part-0.parquet"
    assert written.sha256 == file_sha256(lake.file(written))
    assert (written.rows, written.columns, written.inputs) == (3, COLUMNS, {"x": "1"})


def test_another_night_and_another_table_are_not_there(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    write(lake, "b1", Producer())

    assert lake.find("core.customer", date(2026, 11, 21)) is None
    assert lake.find("core.receivable", NIGHT) is None


def test_a_build_that_exists_is_not_made_again(tmp_path: Path) -> None:
    lake, produce = Lake(tmp_path), Producer()
    first = write(lake, "b1", produce)

    assert write(lake, "b1", produce) == first
    assert produce.asked == 1


def test_two_that_want_the_same_build_at_once_make_it_once(tmp_path: Path) -> None:
    """Two tasks of a night that ask providers both need tonight's customers."""
    lake, produce, began, may_end = Lake(tmp_path), Producer(), Event(), Event()

    def slowly(*, target: Path) -> int:
        began.set()
        assert may_end.wait(20)
        return produce(target=target)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(write, lake, "b1", slowly)
        assert began.wait(20)
        second = pool.submit(write, lake, "b1", produce)
        wait([second], timeout=0.2)  # without the lock it is through by now, and counts as asked
        may_end.set()

        assert first.result(20) == second.result(20)
    assert produce.asked == 1


def test_a_build_whose_file_is_gone_is_made_again(tmp_path: Path) -> None:
    lake, produce = Lake(tmp_path), Producer()
    lake.file(write(lake, "b1", produce)).unlink()

    assert lake.file(write(lake, "b1", produce)).exists()
    assert produce.asked == 2


def test_another_build_is_committed_beside_the_old_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    old = write(lake, "b1", Producer("old"))

    new = write(lake, "b2", Producer("new"))

    assert lake.find("core.customer", NIGHT) == new
    assert lake.file(old).read_text() == "old"  # who reads it at this moment goes on reading


def test_a_build_that_dies_leaves_the_last_one_in_place(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    old = write(lake, "b1", Producer("old"))

    def dies(*, target: Path) -> int:
        target.write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(lake, "b2", dies)

    assert lake.find("core.customer", NIGHT) == old
    assert write(lake, "b2", Producer("whole")).sha256 != old.sha256


def test_a_file_that_no_manifest_names_does_not_exist(tmp_path: Path) -> None:
    stray = tmp_path / "core/customer/as_of=2026-11-20/b9/part-0.parquet"
    stray.parent.mkdir(parents=True)
    stray.write_text("rows", encoding="utf-8")

    assert Lake(tmp_path).find("core.customer", NIGHT) is None


def test_json_has_stable_bytes(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"b": "资信", "a": date(2026, 11, 20)})
    write_json(tmp_path / "b.json", {"a": date(2026, 11, 20), "b": "资信"})

    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"a": "2026-11-20", "b": "资信"}
    assert "资信" in (tmp_path / "a.json").read_text("utf-8")


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "current.json"
    write_bytes(target, b"old")
    with target.open("rb") as reader:
        write_bytes(target, b"new")

        assert reader.read() == b"old"  # the reader keeps what it opened
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["current.json"]


def test_no_file_reads_as_nothing(tmp_path: Path) -> None:
    assert read_json(tmp_path / "none.json") is None


def test_a_digest_tells_texts_apart_and_where_they_end() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a") == digest("a")
    assert len(digest("a")) == 16
