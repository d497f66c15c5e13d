"""Limits, terms, gate and dunning: refused with file, line, field and what is allowed, or small tables."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.errors import ZixinError
from etl.policy import POLICY_FOLDER, load_policies, policy_tables, read_policy
from etl.policy.terms_tables import TERMS_TABLES

NIGHT = date(2026, 11, 20)
STANDARD = (POLICY_FOLDER / "terms" / "standard.yaml").read_text(encoding="utf-8")
ARTICLE = (POLICY_FOLDER / "article.yaml").read_text(encoding="utf-8")


def own(folder: Path, good: str, bad: str) -> Path:
    """A policy of one's own whose terms differ in one place from the shipped ones."""
    assert good in STANDARD, good
    (folder / "ours_terms.yaml").write_text(STANDARD.replace(good, bad, 1), encoding="utf-8")
    path = folder / "ours.yaml"
    path.write_text(ARTICLE.replace("terms: standard", "terms: ours_terms.yaml"), encoding="utf-8")
    return path


def tables() -> dict[str, list[dict[str, Any]]]:
    policies = load_policies("article", beside=POLICY_FOLDER)
    return {name: rows for name, (_, rows) in policy_tables(policies, NIGHT).items()}


def test_the_shipped_terms_are_those_of_the_requirements() -> None:
    """C10 and Q26, number by number."""
    terms = read_policy(POLICY_FOLDER / "article.yaml").terms
    grades = {grade: terms.grades[grade] for grade in ("A", "B", "C", "D", "NR")}

    assert [one.factor for one in grades.values()] == [
        Decimal(text) for text in ("1.0", "0.6", "0.2", "0", "0")
    ]
    assert [one.terms_days for one in grades.values()] == [60, 30, 15, 0, 0]
    assert [one.prepay_share for one in grades.values()] == [0, 0, Decimal("0.3"), 1, 1]
    assert (terms.limit.combine, terms.limit.methods) == ("min", ("net_worth", "requirement"))
    assert (terms.limit.net_worth_share, terms.limit.buffer_days) == (Decimal("0.1"), 15)
    assert (terms.limit.agency_is_cap, terms.limit.starter_amount) == (True, 0)
    assert (terms.warning.amber_share, terms.warning.red_share) == (Decimal("0.8"), 1)
    assert (terms.warning.amber_days, terms.warning.red_days, terms.warning.score_margin) == (
        5,
        10,
        5,
    )


@pytest.mark.parametrize(
    ("good", "bad", "telling"),
    [
        ("combine: min ", "combine: median ", "combine"),
        ("methods: [net_worth, requirement]", "methods: []", "methods"),
        ("methods: [net_worth, requirement]", "methods: [net_worth, net_worth]", "stands twice"),
        ("methods: [net_worth, requirement]", "methods: [gut_feeling]", "methods"),
        ("net_worth_share: 0.10", "net_worth_share: 10", "net_worth_share"),
        ("net_worth_share: 0.10", "net_worth_share: 0.10001", "net_worth_share"),
        ("rounding_step: 10 ", "rounding_step: 0 ", "rounding_step"),
        ("starter_amount: 0 ", "starter_amount: -1 ", "starter_amount"),
        ("starter_amount: 0 ", "starter_amount: unlimited ", "starter_amount"),
        ("in_force: recommended", "in_force: both", "in_force"),
        ("suspend: [dormant, rejected]", "suspend: [late]", "suspend"),
        ("months: 1.5", "months: 0", "months"),
        ("D: C, NR: C}", "D: C}", "says nothing about NR"),
        ("B: 0.6, C: 0}", "B: 0.6}", "says nothing about C"),
        ("mode: off", "mode: on", "mode"),
        ("B:  {factor: 0.6", "B:  {factor: 1.6", "a worse grade"),
        ("C:  {factor: 0.2, terms_days: 15", "C:  {factor: 0.2, terms_days: 31", "a worse grade"),
        ("prepay_share: 0.30", "prepay_share: 30", "prepay_share"),
        (
            "D:  {factor: 0,   terms_days: 0,  prepay_share: 1",
            "D:  {factor: 0,   terms_days: 0,  prepay_share: 0.2",
            "a worse grade prepays less",
        ),
        ("  NR: {factor", "  E: {factor", "E"),
        ("admitted_as: C", "admitted_as: NR", "admitted_as"),
        ("open_orders: whole ", "open_orders: half ", "open_orders"),
        ("amber_share: 0.80", "amber_share: 1.00", "amber_share must be below red_share"),
        ("amber_days: 5", "amber_days: 10", "amber_days must be below red_days"),
        ("score_margin: 5 ", "score_margin: none ", "score_margin"),
        ("hold_from_days: 30", "hold_from_days: 9", "hold_from_days"),
        ("over_limit: hold", "over_limit: allow", "over_limit"),
        ("from_days: 10, again", "from_days: 1, again", "must grow"),
        ("stage: second_letter", "stage: first_letter", "stands twice"),
        ("promise_waits: true", "promise_waits: maybe", "promise_waits"),
        ("gate:  ", "gates:  ", "gate"),
        (
            "  # seasonal_cap: {months: 1, swing: 0.5, high_months: [9, 10], low_months: [2]}",
            "  seasonal_cap: {months: 1, swing: 0.5, high_months: [2], low_months: [2]}",
            "month 2 is both",
        ),
    ],
)
def test_bad_terms_are_refused_with_their_place(
    tmp_path: Path, good: str, bad: str, telling: str
) -> None:
    with pytest.raises(ZixinError) as refused:
        read_policy(own(tmp_path, good, bad))

    sentence = str(refused.value)
    assert telling in sentence
    assert "ours_terms.yaml, line " in sentence
    assert "\n" not in sentence


def test_terms_stand_once_a_policy() -> None:
    found = tables()

    assert [row["policy_id"] for row in found["policy.terms"]] == ["article", "balanced"]
    assert [row["is_active"] for row in found["policy.terms"]] == [True, False]
    assert len(found["policy.grade_terms"]) == 2 * 5
    assert len(found["policy.dunning_stage"]) == 2 * 5
    for name, types in TERMS_TABLES.items():
        assert all(row.keys() == types.keys() for row in found[name])


def test_stages_follow_each_other_without_a_gap() -> None:
    stages = [row for row in tables()["policy.dunning_stage"] if row["policy_id"] == "article"]

    assert [row["from_days"] for row in stages[1:]] == [row["below_days"] for row in stages[:-1]]
    assert stages[-1]["below_days"] is None


@pytest.mark.parametrize(("month", "allowed"), [(9, "1.5"), (2, "0.5"), (5, "1")])
def test_a_seasonal_cap(tmp_path: Path, month: int, allowed: str) -> None:
    path = own(tmp_path, "  # seasonal_cap:", "  seasonal_cap:")
    policies = load_policies(str(path), beside=tmp_path)

    _, (row, _) = policy_tables(policies, date(2026, month, 1))["policy.terms"]
    assert row["seasonal_cap_months"] == Decimal(allowed)


def test_words_for_no_limit_and_no_line(tmp_path: Path) -> None:
    path = own(tmp_path, "starter_amount: 0 ", "starter_amount: none_set ")
    policies = load_policies(str(path), beside=tmp_path)

    _, (row, _) = policy_tables(policies, NIGHT)["policy.terms"]
    assert row["starter_amount"] is None
    assert row["score_margin"] == 5
