"""Two nights half a year apart: what became of the grades stands in the night's folder and in the warehouse."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.validation.tables import contracts
from tests.nights import run, write_book


def rows(result: dict[str, Any], table: str) -> list[dict[str, Any]]:
    """The published table of a night."""
    file = Path(result["folder"]) / "tables" / f"{table}.parquet"
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.soak
def test_grades_are_looked_at_again_after_half_a_year(tmp_path: Path) -> None:
    book, home = write_book(tmp_path / "book"), tmp_path / "home"
    first = run(home, book, "2026-02-20")
    for table in contracts():
        assert rows(first, table.full_name) == []

    second = run(home, book, "2026-08-20")
    assert rows(second, "mart.portfolio_summary")[0]["night_date"] == date(2026, 8, 20)
    summaries = rows(second, "mart.migration_summary")
    assert [(row["policy_id"], row["since"]) for row in summaries] == [
        (policy, since)
        for policy in ("article", "balanced")
        for since in ("before", "cohort", "month_ago")
    ]
    assert {row["from_date"] for row in summaries} == {date(2026, 2, 20)}
    moved = rows(second, "mart.migration")
    assert len(moved) == 6 * 4 * 5
    for policy in ("article", "balanced"):
        counted = [row for row in moved if (row["policy_id"], row["since"]) == (policy, "before")]
        summary = next(
            row for row in summaries if (row["policy_id"], row["since"]) == (policy, "before")
        )
        assert sum(row["customer_cnt"] for row in counted) == sum(
            summary[name] for name in ("rated_cnt", "to_nr_cnt")
        )

    # C-2 owes INV-4 for 133 days; nobody else turned bad, and one is too few to say anything.
    found = rows(second, "mart.discrimination")
    assert {(row["bad_cnt"], row["auc"], row["null_reason"]) for row in found} == {
        (1, None, "too_few_bads")
    }
    assert {row["cohort_date"] for row in rows(second, "mart.calibration")} == {date(2026, 2, 20)}

    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        for table in contracts():
            shown = connection.execute(f"SELECT COUNT(*) FROM {table.full_name}_current").fetchone()
            assert shown == (len(rows(second, table.full_name)),)
