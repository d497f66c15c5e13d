"""Records that a provider's answer no longer holds are gone; a customer it could not answer about keeps
all of theirs."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl import gone
from etl.landing import PAGES, Batch
from etl.mapping import map_feed
from etl.sources.files import Export
from tests.sources.landed import shipped

FEED = shipped("qcc-tax-credit")
DAYS = (date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 21))


class Nights:
    """Answers night by night, each mapped and buried against the ones before."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.mapped: list[Path] = []
        self.answered: dict[str, str] = {}
        monkeypatch.setattr(gone, "_earlier_files", lambda *asked: self._earlier(asked[2]))
        monkeypatch.setattr(
            gone.landing, "manifest_of", lambda *_: {"pull": {"answered": self.answered}}
        )

    def _earlier(self, entity: str) -> list[str]:
        return [str(folder / f"{entity}.parquet") for folder in self.mapped]

    def night(self, says: dict[str, list[str] | None]) -> list[tuple[Any, ...]]:
        """customer → the years it has a grade of (None: it could not be answered); what history gets."""
        nth = len(self.mapped)
        folder = self.home / str(nth)
        folder.mkdir()
        lines = []
        for number, (customer, years) in enumerate(says.items(), start=1):
            rows = [{"No": customer, "Name": "n", "Year": y, "Level": "A"} for y in years or ()]
            body = {"Status": "200", "Result": rows, "OrderNumber": "1"}
            (folder / f"{number:06d}.json").write_text(json.dumps(body))
            lines.append(
                {
                    "n": number,
                    "file": f"{number:06d}.json",
                    "lands": "json",
                    "about": {"subject": customer, "product": "tax_credit", "keyword": "k"},
                    "outcome": "skip" if years is None else "page",
                }
            )
        (folder / PAGES).write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.answered = {
            customer: "failed" if years is None else "answered" for customer, years in says.items()
        }
        out, name = folder / "mapped", f"{nth:06d}-{FEED.name}"
        mapped = map_feed(
            FEED, [Export(folder / PAGES, PAGES)], batch=name, arrived_on=DAYS[nth], out=out
        )
        blank = dict.fromkeys(Batch.__dataclass_fields__)
        batch = Batch(**{**blank, "name": name, "arrived_on": DAYS[nth].isoformat()})
        gone.bury(self.home, batch, FEED, out, mapped)
        self.mapped.append(out)
        return duckdb.sql(
            "SELECT customer_id, CAST(year AS VARCHAR), is_deleted "
            f"FROM '{out / 'tax_credit.parquet'}' ORDER BY seq"
        ).fetchall()


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    return Nights(tmp_path, monkeypatch)


def test_what_an_answer_no_longer_holds_is_gone(nights: Nights) -> None:
    nights.night({"C-1": ["2023", "2024"], "C-2": ["2024"]})

    assert nights.night({"C-1": ["2024"]}) == [("C-1", "2024", False), ("C-1", "2023", True)]


def test_a_customer_that_could_not_be_answered_about_keeps_everything(nights: Nights) -> None:
    nights.night({"C-1": ["2023"], "C-2": ["2024"]})

    assert nights.night({"C-1": None, "C-2": ["2024"]}) == [("C-2", "2024", False)]


def test_an_empty_answer_takes_everything(nights: Nights) -> None:
    nights.night({"C-1": ["2023"]})

    assert nights.night({"C-1": []}) == [("C-1", "2023", True)]


def test_a_record_that_comes_back_is_alive_and_may_go_again(nights: Nights) -> None:
    nights.night({"C-1": ["2023"]})
    nights.night({"C-1": []})

    assert nights.night({"C-1": ["2023"]}) == [("C-1", "2023", False)]


def test_what_is_gone_does_not_go_twice(nights: Nights) -> None:
    nights.night({"C-1": ["2023"]})
    nights.night({"C-1": []})

    assert nights.night({"C-1": []}) == []
