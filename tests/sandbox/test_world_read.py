"""A world is read as a system would show it at a moment; and written out as the files people keep."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from etl.errors import ZixinError
from etl.sources.config import read_book
from sandbox.world import reader
from sandbox.world.exports import EXPORTS, write_exports
from sandbox.world.ledger_files import BOOK, write_ledger
from sandbox.world.reader import World
from tests.sandbox.made_world import UNTIL, one, world

__all__ = ["world"]
TONIGHT = datetime(2026, 11, 22, 3, 0)  # noqa: DTZ001  moments of a world are UTC without saying so


def test_of_each_record_the_last_version_known_by_then_is_shown(world: World) -> None:
    versions = world.query(
        "SELECT row_id, modified_at, status FROM sales_order WHERE system = 'fxiaoke' "
        "ORDER BY row_id, modified_at"
    )
    for moment in (datetime(2024, 6, 1), datetime(2025, 11, 3, 7, 5), TONIGHT):  # noqa: DTZ001
        expected = {row: status for row, at, status in versions if at <= moment}
        shown = world.at(moment).rows("sales_order", system="fxiaoke")

        assert {row["row_id"]: row["status"] for row in shown} == expected
        assert world.at(moment).count("sales_order", system="fxiaoke") == len(expected)


def test_tonight_differs_from_yesterday(world: World) -> None:
    yesterday = TONIGHT - timedelta(days=1)
    changed = world.at(TONIGHT).rows("sales_order", where="modified_at > ?", params=[yesterday])

    assert changed
    assert all(yesterday < row["modified_at"] <= TONIGHT for row in changed)


def test_a_deleted_row_is_gone_from_its_moment_on(world: World) -> None:
    row_id, system, at = world.query(
        "SELECT row_id, system, deleted_at FROM invoice WHERE deleted_at IS NOT NULL ORDER BY 3"
    )[0]
    before, after = world.at(at - timedelta(seconds=1)), world.at(at)

    assert before.one("invoice", row_id, system=system)
    assert after.one("invoice", row_id, system=system) is None
    gone = after.rows("invoice", system=system, where="deleted_at >= ?", params=[at], deleted=True)
    assert [row["row_id"] for row in gone] == [row_id]
    assert after.count("invoice", deleted=None) == after.count("invoice") + after.count(
        "invoice", deleted=True
    )


def test_versions_follow_each_other_without_gaps(world: World) -> None:
    wrong = one(
        world,
        """
        WITH v AS (SELECT *, lead(modified_at) OVER (PARTITION BY system, row_id ORDER BY modified_at)
                   AS next FROM sales_order)
        SELECT count(*) FROM v WHERE next IS DISTINCT FROM superseded_at OR created_at > modified_at
           OR superseded_at <= modified_at
        """,
    )

    assert wrong == 0


def test_what_is_untidy_stands_in_the_row(world: World) -> None:
    system, row_id = world.query(
        "SELECT system, row_id FROM truth_untidy WHERE table_name = 'invoice' "
        "AND kind = 'amount_as_text' ORDER BY ALL"
    )[0]
    row = world.at(datetime(2027, 1, 1)).one("invoice", row_id, system=system)  # noqa: DTZ001

    assert row
    assert isinstance(row["amount"], str)
    assert "." in row["amount"]
    assert "untidy" not in row


def test_pages_by_id_are_the_whole_list(world: World) -> None:
    now = world.at(TONIGHT.replace(tzinfo=UTC))
    last, found = "", []
    while page := now.rows("invoice", system="zoho", where="row_id > ?", params=[last], limit=200):
        found += [row["row_id"] for row in page]
        last = found[-1]

    assert found == [row["row_id"] for row in now.rows("invoice", system="zoho")]


def test_a_large_world_is_read_in_pieces_with_the_same_result(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "ROWS_IN_MEMORY", 0)
    large = World(world.folder)
    try:
        for system in ("fxiaoke", "salesforce", "zoho"):
            small, big = world.at(TONIGHT), large.at(TONIGHT)
            for limit, offset in ((200, 0), (50, 300), (100_000, 0)):
                ask = {"system": system, "limit": limit, "offset": offset}
                assert big.rows("invoice", **ask) == small.rows("invoice", **ask)
    finally:
        large.close()


def test_no_world_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ZixinError, match="there is no world in"):
        World(tmp_path)


def test_the_files_people_keep_are_written(world: World, tmp_path: Path) -> None:
    rows = write_exports(world.folder, tmp_path, UNTIL)

    assert set(rows) == {export.file for export in EXPORTS}
    assert all(rows.values())
    with (tmp_path / "statements.csv").open(encoding="gb18030", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == rows["statements.csv"]
    assert {"客户编号", "会计期末", "资产总计"} <= set(lines[0])
    assert all(line["披露日期"] <= UNTIL.isoformat() for line in lines)
    assert any("," in line["营业收入"] for line in lines), "an amount as text"


def test_the_ledger_export_is_a_book(world: World, tmp_path: Path) -> None:
    rows = write_ledger(world.folder, tmp_path, UNTIL)
    book = read_book(tmp_path / BOOK)

    assert {f"{feed.name}.csv" for feed in book.feeds} == set(rows)
    with (tmp_path / "invoice.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert first["customer_id"].split(":")[0] in ("fxiaoke", "salesforce", "zoho")
