"""Mistakes a credit manager makes in a policy: one sentence with file, line, field and what is allowed."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from etl.doctor import LOOKS, Finding
from etl.errors import ZixinError
from etl.groups import SHIPPED_NEEDS
from etl.policy import POLICY_FOLDER, load_policies, read_policy
from etl.policy.alerts import ACTIONS, LINES
from etl.ratios import ratios
from etl.sources.config import MAPPINGS, Book
from etl.sources.marked_yaml import read_marked_yaml
from tests.sql.night import model

SHIPPED = {
    "policy": POLICY_FOLDER / "article.yaml",
    "scorecard": POLICY_FOLDER / "scorecards" / "standard.yaml",
    "terms": POLICY_FOLDER / "terms" / "standard.yaml",
    "alerts": POLICY_FOLDER / "alerts" / "standard.yaml",
    "portfolio": POLICY_FOLDER / "portfolio" / "standard.yaml",
}

BIG = "segments:\n  - {name: big, title: {zh: 大, en: Big}, "


def broken(folder: Path, part: str, good: str, bad: str) -> str:
    """What reading says of the article's policy with one part changed in one place; the part is ours.yaml."""
    texts = {name: path.read_text(encoding="utf-8") for name, path in SHIPPED.items()}
    assert good in texts[part], good
    changed = texts[part].replace(good, bad, 1)
    path = folder / "ours.yaml"
    path.write_text(changed, encoding="utf-8")
    if part != "policy":
        whole = texts["policy"].replace(f"\n{part}: standard", f"\n{part}: ours.yaml")
        path = folder / "whole.yaml"
        path.write_text(whole, encoding="utf-8")
    with pytest.raises(ZixinError) as refused:
        read_policy(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"{folder / 'ours.yaml'}, line ")
    assert "\n" not in sentence
    return sentence.removeprefix(f"{folder / 'ours.yaml'}, line ")


@pytest.mark.parametrize(
    ("part", "good", "bad", "said"),
    [
        # a key
        ("policy", "b_below_days: 5", "b_belov_days: 5", "did you mean 'b_below_days'?"),
        ("policy", "admission:", "admision:", "did you mean 'admission'?"),
        ("policy", "segments: []", BIG + "purchases_12m: {to: 5}}", "there are: from, below"),
        ("portfolio", "default_rates", "default_rate", "did you mean 'default_rates'?"),
        ("policy", "D: none, NR", "E: none, NR", "benefits › tiers › E: 'E' is not allowed"),
        # a number
        ("policy", "b_from_share: 0.95", "b_from_share: 95", "at most 1: a share is a fraction, 0.95 for 95 %"),
        ("policy", "b_from_share: 0.95", "b_from_share: 95%", "no % and no unit"),
        ("policy", "b_from_share: 0.95", "b_from_share: 0,95", "a point before the decimals"),
        ("policy", "dispute_grace_days: 60", "dispute_grace_days: 60 days", "without a unit"),
        ("policy", "dispute_grace_days: 60", "dispute_grace_days: -60", "'-60' is not allowed: at least 0"),
        ("policy", "dispute_grace_days: 60", "dispute_grace_days:", "a whole number is needed"),
        ("scorecard", "debt_to_assets: 4,", "debt_to_assets: -4,", "'-4' is not allowed: more than 0"),
        ("terms", "starter_amount: 0 ", "starter_amount: 0.005 ",
         "limit › starter_amount: '0.005' is not allowed: at most 2 decimals"),
        # a word
        ("policy", "policy_id: article", "policy_id: Our Policy", "is no name: small letters"),
        ("policy", "base_currency: auto", "base_currency: RMB", "RMB is no ISO 4217 code; write CNY"),
        ("policy", "base_currency: auto", "base_currency: cny", "three capital letters, like USD, or auto"),
        ("policy", "[dishonest, bankruptcy, revoked, deregistered]", "dishonest", "a list is needed"),
        ("terms", "promise_waits: true", "promise_waits: 是", "say true or false"),
        # what Excel, Word and a Chinese keyboard leave
        ("policy", 'version: "', "version： \"", "a ： of full width stands for :"),
        ("policy", "  residual_tolerance", "\u00a0\u00a0residual_tolerance", "a no-break space stands for a space"),
        ("policy", "  residual_tolerance", "\tresidual_tolerance", "cannot start any token"),
        ("policy", "2026.1", "20\x0026.1", "it holds the sign U+0000"),
        # parts that do not fit together
        ("policy", "scorecard: standard", "scorecard: strict", "47: scorecard 'strict' is neither a file nor"),
        ("policy", "segments: []", BIG + "industries: [C13, '']}", "a text is needed"),
        ("policy", "segments: []", BIG + "purchases_12m: {from: 100, below: 50}}", "from must be less than below"),
        ("policy", "segments: []", "segments:\n  - {name: default, title: {zh: 大, en: Big}}",
         "'default' is another segment's name"),
        ("policy", "  default:\n", "  defalt:\n", "inquiries: a default is needed"),
        ("scorecard", "[0.5, 0], [1, 40], [1.5, 80]", "[0.5, 0], [1.5, 40], [1, 80]",
         "bands › current_ratio: the values of current_ratio must grow"),
        ("scorecard", "[0.5, 0], [1, 40], [1.5, 80]", "[0.5, 0], [1, 2], [1, 3], [1, 40], [1.5, 80]",
         "a step of more than two edges"),
        ("scorecard", "[[0.5, 0], [0.8, 50], [0.95, 80], [1, 100]]",
         "[[50, 0], [80, 50], [95, 80], [100, 100]]", "is a share, a fraction: 0.95 for 95 %"),
        ("scorecard", "  current_ratio: [[", "  curent_ratio: [[", "did you mean 'current_ratio'?"),
        ("scorecard", "{finance: 8", "{finanse: 8", "tree › facet_pay › weights › finanse: "),
        ("scorecard", "main: credit_risk", "main: credit_rsk", "main: main is credit_rsk"),
        ("scorecard", "  return_on_equity: {", "  return_on_equty: {", "did you mean 'return_on_equity'?"),
        ("scorecard", ", is_reverse: true", "", "less debt_to_assets is better: is_reverse must be true"),
        # alerts that could never speak, or never stop
        ("alerts", "amber: 0.80\n    red: 1.00", "amber: 80\n    red: 100", "EW01 › amber: 80 is not allowed: 0 to 5"),
        ("alerts", "amber: 0.80\n    red: 1.00", "amber: 1\n    red: 0.8", "red 0.8 is met before amber 1"),
        ("alerts", "amber: -0.50", "amber: 0.50", "EW07 › amber: 0.50 is not allowed: -1 to 0"),
        ("alerts", "amber: 30\n    red: 0", "amber: 0\n    red: 30", "red 30 is met before amber 0"),
        ("alerts", "  EW02:", "  EW02:\n    amber: 1", "EW02 has no such line"),
        ("alerts", "suspend_supply", "suspend_suply", "did you mean 'suspend_supply'?"),
        ("alerts", "  EW20:", "  EW21:", "rules › EW21: there is no EW21"),
        ("alerts", "  bureau: 6", "  burau: 6", "freshness_months › burau: there is no such source"),
    ],
)  # fmt: skip
def test_one_sentence_with_its_place(
    tmp_path: Path, part: str, good: str, bad: str, said: str
) -> None:
    assert said in broken(tmp_path, part, good, bad)


@pytest.mark.parametrize(("encoding", "line"), [("gbk", 4), ("utf-16", 1)])
def test_a_file_in_another_encoding_says_what_to_do(
    tmp_path: Path, encoding: str, line: int
) -> None:
    path = tmp_path / "ours.yaml"
    path.write_bytes(SHIPPED["policy"].read_text(encoding="utf-8").encode(encoding))
    with pytest.raises(ZixinError, match=rf"ours.yaml, line {line}: .*; save it as UTF-8\."):
        read_policy(path)


def test_what_editors_add_changes_nothing(tmp_path: Path) -> None:
    """A byte-order mark and the line ends of Windows."""
    text = SHIPPED["policy"].read_text(encoding="utf-8")
    path = tmp_path / "ours.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_policy(path) == read_policy(SHIPPED["policy"])


def test_a_changed_scorecard_needs_a_name_of_its_own(tmp_path: Path) -> None:
    """Told of the policy that somebody wrote, not of the shipped one beside it."""
    card = SHIPPED["scorecard"].read_text(encoding="utf-8").replace("c_from: 50", "c_from: 45")
    (tmp_path / "card.yaml").write_text(card, encoding="utf-8")
    text = SHIPPED["policy"].read_text(encoding="utf-8")
    text = text.replace("policy_id: article", "policy_id: ours")
    (tmp_path / "ours.yaml").write_text(
        text.replace("scorecard: standard", "scorecard: card.yaml"), encoding="utf-8"
    )
    policies = load_policies("ours.yaml", beside=tmp_path)
    with pytest.raises(ZixinError, match="policy ours: its scorecard is called standard"):
        _ = policies.scorecards


def test_the_ratios_are_those_the_sql_knows() -> None:
    sql = model("core.performance_ratio").sql
    assert [one for one in ratios() if f"WHEN '{one}' THEN accounts.{one}\n" not in sql] == []
    assert sql.count("' THEN accounts.") == len(ratios())


def test_the_shipped_alerts_have_every_line_and_action_there_is() -> None:
    rules = read_policy(SHIPPED["policy"]).alerts.rules
    lines = {
        name: {line for line in ("amber", "red", "second") if getattr(rule, line) is not None}
        for name, rule in rules.items()
    }
    assert {name: found for name, found in lines.items() if found} == {
        name: set(found) for name, found in LINES.items()
    }
    assert {rule.action for rule in rules.values()} == set(ACTIONS)


def test_a_need_that_no_feed_has_is_told_by_the_doctor(tmp_path: Path) -> None:
    """A feed of one's own may have any need, so reading the policy cannot tell."""
    text = SHIPPED["policy"].read_text(encoding="utf-8")
    path = tmp_path / "ours.yaml"
    path.write_text(text.replace("  litigation:", "  litigatoin:"), encoding="utf-8")
    policies = load_policies("ours.yaml", beside=tmp_path)
    look = next(look for look, name in LOOKS.items() if name == "policy")
    book = Book(path=tmp_path / "book.yaml", feeds=())
    found = list(look(cast("Any", SimpleNamespace(policies=policies, book=book))))

    assert [one.is_ok for one in found] == [True, False]
    assert found[1] == Finding(
        "policy article, inquiries › litigatoin",
        "no feed has this need, its budget is nobody's; did you mean 'litigation'?",
    )


def test_the_needs_of_the_shipped_mappings() -> None:
    mappings = [read_marked_yaml(path).data for path in sorted(MAPPINGS.glob("*.yaml"))]
    needs = {feed.get("need") for mapping in mappings for feed in mapping["feeds"]} - {None}
    assert needs == set(SHIPPED_NEEDS)
