"""`zixin train`: who is learnt from, what is printed, and each thing it cannot do without (R4-38)."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from etl import models
from etl.cli import app
from etl.parquet import write_rows
from etl.publish.comparisons import table_file
from etl.settings import read_settings, use_settings
from etl.train import train

THEN, TONIGHT, UNTIL = date(2026, 5, 20), date(2026, 11, 30), date(2026, 11, 20)
GOOD = [f"G{number:03}" for number in range(60)]
BAD = [f"B{number:03}" for number in range(40)]
WAS_BAD = ["W1", "W2"]
Rows = Sequence[Mapping[str, Any]]


def place(root: Path, night: date, **tables: Rows) -> None:
    """A published night with these tables alone; a column that is not given is NULL."""
    folder = root / "published" / night.isoformat() / "build"
    (folder / "tables").mkdir(parents=True)
    for name, rows in tables.items():
        model = models.published()[name]
        blank = dict.fromkeys(model.types)
        write_rows(
            target=table_file(folder, model),
            types=model.types,
            rows=[{**blank, **row} for row in rows],
        )
    pointer = root / "published" / "current.json"
    before = json.loads(pointer.read_text()) if pointer.exists() else {"nights": {}}
    nights = {**before["nights"], night.isoformat(): f"{night}/build"}
    newest = max(nights)
    pointer.write_text(json.dumps({"as_of": newest, "path": nights[newest], "nights": nights}))


def cohort(people: Sequence[str] = (*GOOD, *BAD, *WAS_BAD), **instead: Rows) -> dict[str, Rows]:
    """A night on which the bad had 30 points for cei, the good 80, and both 50 for paydex_like."""
    mine = {"scorecard_id": "standard"}
    points = [
        {**mine, "customer_id": who, "indicator": name, "value": 0, "points": given}
        for who in people
        for name, given in (("cei", 80 if who in GOOD else 30), ("paydex_like", 50))
    ]
    other = {"scorecard_id": "other", "indicator": "silent_flag", "value": 0, "points": 1}
    return {
        "portfolio_summary": [{"night_date": THEN}],
        "credit_grade": [
            {"policy_id": policy, "customer_id": who}
            for who in people
            for policy in ("article", "balanced")
        ],
        "indicator_point": [*points, *({**other, "customer_id": who} for who in BAD)],
        "node_score": [
            {
                **mine,
                "customer_id": who,
                "node": "credit_risk",
                "is_main": True,
                "score": Decimal(50),
            }
            for who in people
        ],
        **instead,
    }


def defaults(bad: Sequence[str] = BAD) -> Rows:
    """Who turned out bad; the last five rows must not count."""
    late = {"kind": "late", "ended_date": None, "item_cnt": 1}
    return [
        *({**late, "customer_id": who, "bad_date": UNTIL} for who in bad),
        {**late, "customer_id": "G000", "bad_date": date(2026, 11, 21)},  # after the six months
        {**late, "customer_id": "G001", "bad_date": date(2026, 3, 1), "ended_date": THEN},  # over
        {
            **late,
            "customer_id": "G002",
            "kind": "write_off",  # before, and nothing was left open
            "bad_date": date(2026, 3, 1),
            "ended_date": date(2026, 3, 1),
        },
        {**late, "customer_id": "W1", "bad_date": THEN},  # was so late that night
        {**late, "customer_id": "W2", "bad_date": date(2026, 3, 1), "ended_date": date(2026, 6, 1)},
    ]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home that the command works in."""
    monkeypatch.setattr("etl.settings._chosen", [])
    use_settings(read_settings({"ZIXIN_HOME": str(tmp_path)}))
    return tmp_path


def test_it_learns_from_those_who_could_still_turn_bad(home: Path) -> None:
    place(home, THEN, **cohort())
    place(home, TONIGHT, default_event=defaults())

    found = train(None)

    assert (found.night, found.until, found.customers, found.bads) == (THEN, UNTIL, 100, 40)
    assert found.weights == {"cei": "1.0000"}
    assert (found.auc, found.main_auc) == (1, 0.5)


def test_what_it_prints_is_a_score_of_a_scorecard(home: Path) -> None:
    place(home, THEN, **cohort())
    place(home, TONIGHT, default_event=defaults())

    printed = CliRunner().invoke(app, ["train"]).stdout

    assert yaml.safe_load("tree:\n" + printed) == {
        "tree": {
            "machine": {
                "title": {"zh": "机器学习", "en": "Learnt from outcomes"},
                "weights": {"cei": 1.0},
            }
        }
    }
    assert "100 customers of 2026-05-20, 40 of whom turned out bad by 2026-11-20" in printed
    assert "100.0 % of the time, out of sample; by the main score 50.0 %" in printed


def test_as_json_it_says_the_same(home: Path) -> None:
    place(home, THEN, **cohort())
    place(home, TONIGHT, default_event=defaults())

    told = json.loads(CliRunner().invoke(app, ["train", "--json", "--as-of", "2026-11-30"]).stdout)

    assert told["weights"] == {"cei": "1.0000"}
    assert (told["night"], told["until"]) == ("2026-05-20", "2026-11-20")


def sentence(*options: str) -> str:
    """What it says when it cannot."""
    result = CliRunner().invoke(app, ["train", *options])
    assert result.exit_code == 1
    return result.stderr


def test_nothing_is_published(home: Path) -> None:
    assert "nothing is published yet: run zixin night first" in sentence()


def test_no_night_is_old_enough(home: Path) -> None:
    place(home, date(2026, 6, 1), **cohort())
    place(home, TONIGHT, default_event=defaults())

    assert "no night is published that 2026-11-30 is 6 months after" in sentence()
    assert "no night of 2026-11-29 is published" in sentence("--as-of", "2026-11-29")


def test_too_few_turned_out_bad(home: Path) -> None:
    place(home, THEN, **cohort())
    place(home, TONIGHT, default_event=defaults(BAD[:29]))

    assert (
        "29 of 100 customers of 2026-05-20 turned out bad by 2026-11-20: weights are learnt from 30 or more"
        in sentence()
    )


def test_nothing_tells_them_apart(home: Path) -> None:
    place(home, THEN, **cohort(indicator_point=[]))
    place(home, TONIGHT, default_event=defaults())

    assert (
        "nothing known on 2026-05-20 tells those who turned out bad from the others" in sentence()
    )


def test_a_night_from_before_there_was_such_a_table(home: Path) -> None:
    place(home, THEN, **cohort())
    place(home, TONIGHT)

    assert "has no table default_event: run it again" in sentence()
