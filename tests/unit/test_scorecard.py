"""A scorecard is refused with file, line and what is allowed, or small tables (A9, C14, R4-81, R4-82)."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.errors import ZixinError
from etl.policy import POLICY_FOLDER, load_policies, policy_tables
from etl.policy.ahp import RANDOM_INDEX

NIGHT = date(2026, 11, 20)
ARTICLE = (POLICY_FOLDER / "article.yaml").read_text(encoding="utf-8")
HEAD = """\
scorecard_id: ours
version: "1"
title: {zh: 我们, en: Ours}
cut_offs: {a_from: 80, b_from: 65, c_from: 50, min_coverage: 0.40}
main: whole
bands:
  cei: [[0, 0], [100, 100]]
  dso: [[0, 100], [30, 80], [30, 60], [90, 0]]
"""
FIVE = ("cei", "dso", "on_time_share_amt", "paydex_like", "bad_debt_ratio")
BANDS = "".join(f"  {name}: [[0, 0], [1, 100]]\n" for name in FIVE[2:])


def tree(matrix: list[str]) -> str:
    """A scorecard whose one node compares as many indicators as the matrix has rows."""
    rows = "".join(f"        - [{row}]\n" for row in matrix)
    members = ", ".join(FIVE[: len(matrix)])
    return (
        f"{HEAD}{BANDS}tree:\n  whole:\n    title: {{zh: 全, en: Whole}}\n    pairs:\n"
        f"      members: [{members}]\n      matrix:\n{rows}"
    )


def tables(folder: Path, scorecard: str) -> dict[str, list[dict[str, Any]]]:
    """The policy tables of the article's policy with this scorecard."""
    (folder / "card.yaml").write_text(scorecard, encoding="utf-8")
    text = ARTICLE.replace("scorecard: standard ", "scorecard: card.yaml ").replace(
        "policy_id: article", "policy_id: ours"
    )
    (folder / "ours.yaml").write_text(text, encoding="utf-8")
    policies = load_policies("ours.yaml", beside=folder)
    return {
        name: [row for row in rows if row.get("scorecard_id") == "ours"]
        for name, (_, rows) in policy_tables(policies, NIGHT).items()
    }


THREE = (
    ["1, 3, 5", "1/3, 1, 2", "1/5, 1/2, 1"],
    ".648329 .229651 .122020",
    "3.003695",
    ".001847",
    ".003185",
)
CHAIN = (
    [", ".join(str(c - r + 1) if c >= r else f"1/{r - c + 1}" for c in range(5)) for r in range(5)],
    ".418539 .262518 .159923 .097254 .061767",
    "5.068080",
    ".017020",
    ".015196",
)


@pytest.mark.parametrize(("matrix", "weights", "largest", "index", "ratio"), [THREE, CHAIN])
def test_weights_by_comparison(
    tmp_path: Path, matrix: list[str], weights: str, largest: str, index: str, ratio: str
) -> None:
    """C14, as published in policy.node and policy.node_member."""
    made = tables(tmp_path, tree(matrix))

    found = {row["member"]: row["weight"] for row in made["policy.node_member"]}
    for member, weight in zip(FIVE, weights.split(), strict=False):
        # The page prints the last one a digit short of what the same matrix gives to ten digits.
        assert abs(found[member] - Decimal(weight)) < Decimal("0.0000011")
    assert sum(row["weight"] for row in made["policy.leaf"]) == 1
    node = made["policy.node"][0]
    assert node["lambda_max"] == Decimal(largest)
    assert node["consistency_index"] == Decimal(index)
    assert node["consistency_ratio"] == Decimal(ratio)


def test_saatys_random_indices() -> None:
    assert RANDOM_INDEX[:10] == (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
    assert RANDOM_INDEX[14] == 1.59
    assert len(RANDOM_INDEX) == 15


def test_two_members_cannot_contradict_each_other(tmp_path: Path) -> None:
    made = tables(tmp_path, tree(["1, 9", "1/9, 1"]))
    assert made["policy.node"][0]["consistency_ratio"] == 0
    assert [row["weight"] for row in made["policy.node_member"]] == [Decimal("0.9"), Decimal("0.1")]


def problem(folder: Path, scorecard: str) -> str:
    with pytest.raises(ZixinError) as refused:
        tables(folder, scorecard)
    return str(refused.value)


def test_comparisons_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """C14's second example: where to look, in which file and line."""
    said = problem(tmp_path, tree(["1, 5, 1/3", "1/5, 1, 4", "3, 1/4, 1"]))
    assert "card.yaml, line 1" in said
    assert "1.870952" in said
    assert "cei, dso, on_time_share_amt" in said

    four = ["1, 2, 1, 9", "1/2, 1, 1, 1/9", "1, 1, 1, 1", "1/9, 9, 1, 1"]
    assert "look at cei, dso, paydex_like first" in problem(tmp_path, tree(four))


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        (["1, 3", "1/2, 1"], "cei over dso is 3, but the other way round it is 1/2"),
        (["1, 10", "1/10, 1"], "10 is not between 1/9 and 9"),
        (["1, much", "1, 1"], "'much' is no comparison"),
        (["1, 1/0", "0, 1"], "'1/0' is no comparison"),
        (["2, 1", "1, 1"], "cei over cei is 2"),
        (["1, 1, 1", "1, 1, 1"], "must have 2 rows of 2"),
    ],
)
def test_a_matrix_that_is_none(tmp_path: Path, matrix: list[str], said: str) -> None:
    assert said in problem(tmp_path, tree(matrix))


PLAIN = HEAD + "tree:\n  whole:\n    title: {zh: 全, en: Whole}\n    weights: {cei: 1, dso: 3}\n"


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("dso: 3", "nothing: 3", "whole lists nothing, which is neither a node nor an indicator"),
        ("dso: 3", "whole: 3", "whole is part of itself"),
        ("dso: 3", "dso: 0", "more than 0"),
        ("dso: 3", "dso: heavy", "line 12"),
        ("main: whole", "main: other", "main is other, which is no node"),
        ("main: whole", "main: whole\nexplained: [other]", "explained names other"),
        ("[90, 0]", "[20, 0]", "the values of dso must grow"),
        ("[90, 0]", "[90, 101]", "at most 100"),
        ("[[0, 0], [100, 100]]", "[[0, 0]]", "cei needs at least two edges"),
        ("  cei:", "  face:", "face is no scored indicator"),
        ("b_from: 65", "b_from: 85", "must fall"),
        ("min_coverage: 0.40", "min_coverage: 1.1", "at most 1"),
        ("weights: {cei: 1, dso: 3}", "weights: {}", "either weights or pairs"),
    ],
)
def test_a_bad_scorecard_is_refused_with_its_place(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    assert PLAIN.count(good) == 1
    found = problem(tmp_path, PLAIN.replace(good, bad))
    assert said in found, found
    assert "card.yaml, line " in found


def test_two_scorecards_of_one_name_are_refused(tmp_path: Path) -> None:
    """The shipped policies stand beside one's own: whose `standard` would it be?"""
    said = problem(tmp_path, PLAIN.replace("scorecard_id: ours", "scorecard_id: standard"))
    assert "scorecard_id of its own" in said


def test_a_tree_is_flattened_and_the_parts_add_up(tmp_path: Path) -> None:
    """whole = 1/3 dso and 2/3 part; part = 1/7 cei and 6/7 dso."""
    deep = PLAIN.replace("{cei: 1, dso: 3}", "{part: 2, dso: 1}") + (
        "  part:\n    title: {zh: 部分, en: Part}\n    weights: {cei: 1, dso: 6}\n"
    )
    made = tables(tmp_path, deep)
    leaf = {(row["node"], row["indicator"]): row["weight"] for row in made["policy.leaf"]}
    assert leaf["whole", "cei"] == Decimal("0.0952380952")
    assert leaf["whole", "dso"] == Decimal("0.9047619048")
    assert leaf["part", "cei"] + leaf["part", "dso"] == 1
    members = {(row["node"], row["member"]): row for row in made["policy.node_member"]}
    assert members["whole", "part"]["is_node"]
    assert not members["whole", "dso"]["is_node"]


def test_bands_cover_every_number_once(tmp_path: Path) -> None:
    made = tables(tmp_path, PLAIN)
    edges = [
        (row["from_value"], row["to_value"], row["from_points"], row["to_points"])
        for row in made["policy.band"]
        if row["indicator"] == "dso"
    ]
    assert edges == [
        (None, 0, 100, 100),
        (0, 30, 100, 80),
        (30, 90, 60, 0),  # the step at 30: the right-hand side counts
        (90, None, 0, 0),
    ]


def test_the_standard_scorecard_has_the_scores_the_articles_name() -> None:
    card = load_policies("article", beside=POLICY_FOLDER).active.scorecard
    named = {
        "integrity", "admission", "internal", "credit_risk", "coop_risk", "facet_pay", "facet_perform",
        "facet_record", "facet_compliance", "facet_comm", "ability", "willingness",
        "performance_ability", "goodwill", "agency_quality", "value", "loyalty",
    }  # fmt: skip
    assert named <= card.tree.keys()
    assert set().union(*(card.leaves(node) for node in card.tree)) == card.bands.keys()
    ratios = [node.pairs.compared.consistency_ratio for node in card.tree.values() if node.pairs]
    assert ratios
    assert max(ratios) < Decimal("0.1")
