"""The portfolio part of a policy: refused with file, line and field, or three small tables."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl.errors import ZixinError
from etl.policy import POLICY_FOLDER, load_policies, policy_tables, read_policy

STANDARD = (POLICY_FOLDER / "portfolio" / "standard.yaml").read_text(encoding="utf-8")
ARTICLE = (POLICY_FOLDER / "article.yaml").read_text(encoding="utf-8")


def own(folder: Path, part: str) -> Path:
    """A policy whose portfolio part is `part`."""
    (folder / "book.yaml").write_text(part, encoding="utf-8")
    path = folder / "ours.yaml"
    path.write_text(
        ARTICLE.replace("portfolio: standard ", "portfolio: book.yaml "), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("good", "bad", "telling"),
    [
        ("    61-90: 0.066\n", "", "says nothing about 61-90"),
        ("    1-30: 0.016", "    1-30: 1.6", "1-30"),
        ("    no_due_date: 0.106", "    undated: 0.106", "undated"),
        ("NR: 0.04", "NR: -0.04", "NR"),
        (", NR: 0.04", "", "says nothing about NR"),
        ("hhi_high_from: 2500", "hhi_high_from: 1500", "must be below"),
        ("method: policy_rate", "method: guess", "method"),
        ("forward_looking_factor: 1.00", "forward_looking_factor: 110", "forward_looking_factor"),
        ("months: 6 ", "months: 0 ", "months"),
        ("confidence: 0.90", "confidence: 1", "confidence"),
        ("not_rated: drop", "not_rated: hide", "not_rated"),
        ("grades: [D]", "grades: [E]", "grades"),
        ("single_from_share: 0.10", "single_from: 0.10", "single_from"),
    ],
)
def test_a_bad_part_is_refused_with_its_place(
    tmp_path: Path, good: str, bad: str, telling: str
) -> None:
    assert STANDARD.count(good) == 1, good
    with pytest.raises(ZixinError) as refused:
        read_policy(own(tmp_path, STANDARD.replace(good, bad)))

    sentence = str(refused.value)
    assert telling in sentence
    assert f"{tmp_path / 'book.yaml'}, line " in sentence
    assert "\n" not in sentence


def test_a_part_that_is_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(ARTICLE.replace("portfolio: standard ", "portfolio: nowhere "), "utf-8")
    with pytest.raises(ZixinError, match="portfolio 'nowhere' is neither a file nor one of"):
        read_policy(path)


def test_the_tables_of_a_book_of_ones_own(tmp_path: Path) -> None:
    path = own(tmp_path, STANDARD.replace("grades: [D]", "grades: [C, D]"))
    tables = policy_tables(load_policies(str(path), beside=tmp_path), date(2026, 11, 20))
    types, rows = tables["policy.portfolio"]

    assert set(rows[0]) == set(types)
    assert [row["policy_id"] for row in rows] == sorted(row["policy_id"] for row in rows)
    assert rows[0]["single_from_share"] == Decimal("0.10")
    rates = [row for row in tables["policy.provision_rate"][1] if row["policy_id"] == "article"]
    assert [(row["bucket_no"], row["bucket"]) for row in rates] == [
        (1, "current"), (2, "1-30"), (3, "31-60"), (4, "61-90"), (5, "90+"), (6, "no_due_date"),
    ]  # fmt: skip
    watched = [row["final_grade"] for row in tables["policy.grade_risk"][1] if row["is_watched"]]
    assert watched.count("C") >= 1
