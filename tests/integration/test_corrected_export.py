"""A row is refused, the ledger is put right and exported again: quarantine closes its entry."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.nights import LEDGER, run, write_book

BROKEN = LEDGER.replace("INV-3,2026-01-10,2026-02-09,2000.00", "INV-3,2026-01-10,2026-02-09,20oo")
GONE = "\n".join(line for line in LEDGER.splitlines() if "INV-3" not in line) + "\n"


def _quality(result: dict[str, Any]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((Path(result["folder"]) / "quality.json").read_text())
    return report


@pytest.mark.soak  # three nights; tests/unit/test_quarantine.py has the rules
def test_a_corrected_row_closes_its_entry_and_is_graded(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book", ledger=BROKEN)
    first = _quality(run(tmp_path / "home", book, "2026-04-29"))
    assert {row["key"] for row in first["quarantine"]["rows"]} == {"INV-3", "P-INV-3"}

    write_book(tmp_path / "book", ledger=LEDGER)
    second = run(tmp_path / "home", book, "2026-04-30")
    assert _quality(second)["quarantine"]["count"] == 0
    file = json.loads((Path(second["folder"]) / "customers/C-2.json").read_text())
    assert "INV-3" in json.dumps(file)


@pytest.mark.soak
def test_a_row_that_a_whole_export_lacks_is_no_longer_waited_for(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book", ledger=BROKEN)
    run(tmp_path / "home", book, "2026-04-29")
    write_book(tmp_path / "book", ledger=GONE)
    assert _quality(run(tmp_path / "home", book, "2026-04-30"))["quarantine"]["count"] == 0


@pytest.mark.soak
def test_a_row_that_stays_broken_keeps_its_first_day(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book", ledger=BROKEN)
    run(tmp_path / "home", book, "2026-04-29")
    write_book(tmp_path / "book", ledger=BROKEN.replace("New Co", "New Company"))
    rows = _quality(run(tmp_path / "home", book, "2026-04-30"))["quarantine"]["rows"]
    assert {row["key"] for row in rows} == {"INV-3", "P-INV-3"}
    assert {row["batch"] for row in rows} == {"000002-ledger"}
