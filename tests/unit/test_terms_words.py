"""No code of the gate, the limits or the actions is without its words in both languages (I19)."""

import re

import pytest

from etl import models
from etl.policy import POLICY_FOLDER, read_policy
from etl.policy.terms import METHODS
from etl.publish.assets import words


def sql(name: str) -> str:
    return next(model.sql for model in models.models() if model.full_name == name)


GATE = sql("action.order_gate")
ACTIONS = sql("mart.credit_action")
LIMITS = sql("terms.credit_limit")
DUNNING = sql("action.dunning")

CODES = {
    "gate": ["allow", "allow_prepaid", "hold"],
    "gate_reason": re.findall(r"',([a-z_]+)'", GATE),
    "action": re.findall(r"base_currency, '([A-Z_]+)'", ACTIONS),
    "action_kind": ["credit", "contract", "crm"],
    "action_reason": [
        *re.findall(r"(?:THEN|ELSE) '([a-z_]+[a-z])'", ACTIONS),
        *re.findall(r"'(?:credit|crm|contract)', '([a-z_]+)'", ACTIONS),
        *(f"cap_{cap}" for cap in ("agency", "own_sales", "season", "policy")),
        *re.findall(r"',([a-z_]+)'", GATE)[:5],
    ],
    "limit_method": [*METHODS, "average", "prudent", "insured"],
    "limit_source": ["temporary", "approved", "policy", "suspended"],
    "recommended_from": ["methods", "starter", "rejected"],
    "suspended": ["dormant", "rejected"],
    "cap": re.findall(r"_cap THEN '([a-z_]+)'", LIMITS),
    "terms_code": re.findall(r"'([A-Z_]{4,})'", LIMITS),
    "warning": ["ok", "near", "over", "none_set"],
    "warning_line": ["utilisation", "overdue", "score"],
    "colour": ["green", "amber", "red"],
    "dunning_step": re.findall(r"(?:THEN|ELSE) '(new_stage|again|promised|asked_lately)'", DUNNING),
    "reason": ["no_purchases", "no_reference", "method_missing", "not_insured", "none_set", "no_fx"],
}  # fmt: skip


@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_words(kind: str) -> None:
    known = words()
    assert CODES[kind]

    missing = [code for code in CODES[kind] if f"{kind}.{code}" not in known]

    assert not missing, f"write {missing} into etl/publish/pages/words/terms.json"


def test_every_stage_of_dunning_has_a_title() -> None:
    for name in ("article", "balanced"):
        for stage in read_policy(POLICY_FOLDER / f"{name}.yaml").terms.dunning.stages:
            assert stage.title.zh
            assert stage.title.en
