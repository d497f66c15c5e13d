"""A Chinese page speaks Chinese: whatever rule it may show as not met has a sentence, so has every refusal."""

import ast
import re
from datetime import date

import pytest

from etl.publish.assets import words
from etl.publish.rule_words import RuleWords
from etl.quality.arrival import Arrival, ArrivalVerdict
from etl.quality.contract import SCHEMAS
from etl.quality.runner import RuleResult
from etl.quality.suite import EXPECTATIONS, read_suites
from etl.sources.pull import _left
from tests.house.repository import ROOT

HAN = re.compile(r"[\u4e00-\u9fff]")
LONGEST = 60
PULL = (ROOT / "etl/sources/pull.py").read_text(encoding="utf-8")
SUITES = sorted({path.name.split(".")[0] for path in EXPECTATIONS.glob("*.yaml")} | set(SCHEMAS))


@pytest.mark.parametrize("schema", SUITES)
def test_what_a_page_may_show_as_not_met_is_said_in_chinese(schema: str) -> None:
    """A critical rule of a result is none of them: there is no page then."""
    said = RuleWords()
    for suite in read_suites(schema).values():
        for rule in suite.rules:
            sentence = said.of(suite.name, rule.rule_id)
            if sentence is None and schema != "batch" and rule.severity == "critical":
                continue
            assert sentence, f"{suite.source}: rule {rule.rule_id} needs a reason_zh"
            assert HAN.search(sentence), (suite.source, rule.rule_id)
            assert sentence.endswith("。"), (suite.source, rule.rule_id)
            assert len(sentence) <= LONGEST, (suite.source, rule.rule_id)
            assert "{" not in sentence, f"{rule.rule_id}: numbers stand in the English sentence"


def test_every_refusal_of_the_mapper_has_words() -> None:
    refusals = {"conflicting_duplicate", "ragged_line"}
    for path in (ROOT / "etl/mapping").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Rule":
                refusals |= {
                    part.value
                    for part in call.args[1:2]
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }

    assert len(refusals) > 10
    assert {
        key.removeprefix("refused.") for key in words() if key.startswith("refused.")
    } == refusals


def test_what_a_pull_says_of_its_budget_is_understood() -> None:
    said = [
        RuleWords().remark(_left(f"the budget of 1000 paid calls {how}", 166, 14))
        for how in ("is used up", "leaves no more")
    ]

    assert said == ["付费查询的预算 1000 次已用完：已查询 166 家客户，其余 14 家留待下一晚。"] * 2
    assert RuleWords().remark("Fxiaoke writes amount as another type than before.") is None
    assert "paid calls is used up" in PULL
    assert "paid calls leaves no more" in PULL


def test_a_feed_that_rules_hold_says_so_in_chinese() -> None:
    [rule] = [rule for rule in read_suites("batch")["feed"].rules if rule.rule_id == "feed.shrunk"]
    shrunk = rule.meta.reason.format(received_rows=5, previous_rows=210)
    result = RuleResult(rule, "failed", 1, shrunk)
    arrival = Arrival("000005-fx", "fx", date(2026, 11, 21), False, {})
    verdict = ArrivalVerdict(arrival, "held", (), (), {}, None, (result,))

    assert RuleWords().held(verdict.sentence) == f"已扣留，沿用旧数据：{rule.meta.reason_zh}"
    assert RuleWords().held("Fxiaoke refuses: the app secret is wrong.") is None
    assert RuleWords().held("") is None
