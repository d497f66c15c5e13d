"""What waits for a person, and one pair letter by letter."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

from etl.matching.explain import difference
from etl.matching.review import COLUMNS, write_review
from tests.small_night import night_of_inputs

NIGHT = date(2026, 11, 20)
CUSTOMERS = [
    {"customer_id": "C1", "customer_name": "=明远机械有限公司"},
    {"customer_id": "C2", "customer_name": "Acme Ltd"},
]


def link(state: str, key: str, **more: Any) -> dict[str, Any]:
    return {
        "record_kind": "court_party", "record_key": key, "customer_id": "C1", "provider": "qcc",
        "record_id": "R1", "role_of_customer": "defendant", "method": "probable", "score": "0.4",
        "evidence": "name one_character", "state": state, "is_certain": False, **more,
    }  # fmt: skip


def test_the_queue_names_both_sides_and_nothing_that_is_settled(tmp_path: Path) -> None:
    night = night_of_inputs(
        tmp_path,
        {
            "customer": CUSTOMERS,
            "court_party": [
                {"provider": "qcc", "record_id": "R1", "role": "defendant", "party_name": "明元机械有限公司"}
            ],
            "record_link": [
                link("review", "qcc|R1|defendant|明元机械有限公司"),
                link("accepted", "qcc|R2|defendant|x"),
                link("rejected", "qcc|R3|defendant|y"),
            ],
            "customer_link": [
                {
                    "customer_id": "C2", "party_id": "C1", "method": "name", "score": "0.5",
                    "evidence": "held: one_list", "state": "review",
                }
            ],
        },
        NIGHT,
    )  # fmt: skip
    with night.connect() as connection:
        report = write_review(connection, tmp_path, shown=1)

    with (tmp_path / "match_review.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["record_kind"], row["customer_id"], row["decision"]) for row in rows] == [
        ("customer", "C2", ""),
        ("court_party", "C1", ""),
    ]
    # A name from outside is never a formula to a spreadsheet.
    assert rows[1]["customer_name"] == "'=明远机械有限公司"
    assert rows[1]["party_name"] == "明元机械有限公司"
    assert rows[1]["difference"] == "[-=] [远→元]"
    assert report["waiting"]["count"] == 2
    assert len(report["waiting"]["rows"]) == 1
    assert {(row["record_kind"], row["state"]): row["count"] for row in report["states"]} == {
        ("court_party", "accepted"): 1,
        ("court_party", "rejected"): 1,
        ("court_party", "review"): 1,
        ("customer", "review"): 1,
    }
    json.dumps(report)


def test_a_book_without_records_has_an_empty_queue(tmp_path: Path) -> None:
    night = night_of_inputs(tmp_path, {"customer": CUSTOMERS}, NIGHT)
    with night.connect() as connection:
        report = write_review(connection, tmp_path, shown=10)

    assert report == {"states": [], "waiting": {"count": 0, "rows": []}}
    assert (tmp_path / "match_review.csv").read_text("utf-8").strip() == ",".join(COLUMNS)


def test_letter_by_letter() -> None:
    assert difference("明远机械", "明远机械厂") == "[+厂]"
    assert difference("Acme Ltd", "Acme") == "[- Ltd]"
    assert difference("same", "same") == difference(None, "x") == ""
    assert difference("a" * 50, "b" * 50) == ""
