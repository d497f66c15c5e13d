"""Every requirement is computed somewhere, or says in one sentence why not; and whoever knows its names
finds ours."""

import re
from pathlib import Path

import pytest

from etl import models
from etl.dictionary import places_of
from etl.errors import ZixinError
from etl.requirements import Requirement, requirements
from etl.validation.tables import contracts
from tests.house import requirement_rules as rules
from tests.house.repository import ROOT, listed

SPEC = ROOT.parent / "shared" / "spec" / "requirements.md"
beside_the_specification = pytest.mark.skipif(
    not SPEC.is_file(), reason="the specification is not beside this checkout"
)

ROWS = """
| id | rule | output |
|---|---|---|
| R0-11 | timeliness, `d≥10→D` | `on_time_rate_cnt/_amt`, `add_days`, `_amt` |
| R3-23 | measures | `action_code in (SUSPEND_SUPPLY,COLLECT)` |
| R4-36 | six blocks | `nf_*`,`veto_reason[]`, `credit_report.(html/json/pdf)` |
| EW01 | near the line → SUSPEND_SUPPLY | ≥80 % | credit |
"""


def asked(also_called: str) -> Requirement:
    return Requirement("R0-11", "Timeliness", "", also_called)


def test_every_requirement_has_an_answer() -> None:
    places = places_of([*models.models(), *models.comparisons(), *contracts()])
    gaps = [
        f"{one.requirement} ({one.title}): no table and no indicator names it; compute it, or say in "
        "sql/reference/requirement.csv which input no source gives"
        for one in requirements()
        if not one.answer and not places.get(one.requirement)
    ]

    assert not gaps, listed(gaps)


def test_no_requirement_stands_twice() -> None:
    ids = [one.requirement for one in requirements()]

    assert len(ids) == len(set(ids))
    assert all(one.title for one in requirements())


@beside_the_specification
def test_the_list_is_the_specification_s() -> None:
    text = Path(SPEC).read_text(encoding="utf-8")
    stated = set(re.findall(r"^\| (R\d-[A-Z]?\d+[a-z]?|Q\d+[a-z]?|EW\d\d) \|", text, re.MULTILINE))
    stated |= set(re.findall(r"^(R4-G6) ", text, re.MULTILINE))

    assert {one.requirement for one in requirements()} == stated


@beside_the_specification
def test_who_knows_a_name_of_the_specification_finds_ours() -> None:
    stated = rules.names_of(Path(SPEC).read_text(encoding="utf-8"))
    problems = list(rules.every_name_is_found(stated, requirements(), rules.ours()))

    assert sum(map(len, stated.values())) > 200, "the rows are read in another form than they have"
    assert not problems, listed(problems)


def test_other_names_lead_somewhere() -> None:
    problems = [
        problem
        for one in requirements()
        for problem in (*rules.no_name_stands_twice(one), *rules.answers_exist(one))
    ]

    assert not problems, listed(problems)


def test_the_dictionary_says_what_another_name_is() -> None:
    text = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")

    assert "`add_days` is `indicator.payment.average_days_delinquent`<br>`wavg_dbt` is" in text
    assert "`prepay_pct` is `terms.credit_limit.prepay_share` as a fraction |" in text
    assert "`credit_file_history` is `published/<night>`, one folder a night |" in text


def test_names_are_read_from_rows() -> None:
    assert rules.names_of(ROWS) == {
        "R0-11": ["on_time_rate_cnt", "on_time_rate_amt", "add_days"],
        "R3-23": ["action_code", "SUSPEND_SUPPLY"],
        "R4-36": ["nf_*", "veto_reason", "credit_report"],
        "EW01": ["SUSPEND_SUPPLY"],
    }


def test_a_planted_name_nobody_finds_is_found() -> None:
    stated = {"R0-11": ["add_days", "dso", "adm_check_*"], "R4-60": ["add_days", "SEND_FLOWERS"]}
    known = [asked("add_days = indicator.payment.average_days_delinquent")]

    problems = list(rules.every_name_is_found(stated, known, rules.ours()))

    assert [problem.split(":")[0] for problem in problems] == ["R4-60", "R4-60"]
    assert "SEND_FLOWERS" in problems[1]


@pytest.mark.parametrize(
    "answer",
    [
        "indicator.payment",
        "indicator.payment.dso as a fraction, set in policy/terms/*.yaml",
        "mart.alert and mart.calibration",
        "changes.json, customers/<id>.html of the night",
    ],
)
def test_a_true_answer_passes(answer: str) -> None:
    assert list(rules.answers_exist(asked(f"add_days = {answer}"))) == []


@pytest.mark.parametrize(
    "answer",
    [
        "indicator.payment.average_days_delinquent_",
        "indicator.paymnet",
        "indicater.payment.dso as a fraction",
        "indicator.payment.dso, by amount indicator.payment.no_such",
        "set in policy/no_such.yaml",
    ],
)
def test_a_planted_answer_that_is_nowhere_is_found(answer: str) -> None:
    assert len(list(rules.answers_exist(asked(f"add_days = {answer}")))) == 1


def test_a_planted_name_that_stands_twice_is_found() -> None:
    twice = asked("add_days = indicator.payment.dso; add_days = indicator.payment.cei")
    sentence = asked("Add days = indicator.payment.dso")

    assert "twice" in "".join(rules.no_name_stands_twice(twice))
    assert "no name" in "".join(rules.no_name_stands_twice(sentence))


@pytest.mark.parametrize("part", ["add_days", "add_days =", "= indicator.payment.dso"])
def test_a_planted_half_of_a_pair_is_refused(part: str) -> None:
    with pytest.raises(ZixinError, match=r"R0-11, also_called: .* must be `name = answer`"):
        asked(part).other_names  # noqa: B018
