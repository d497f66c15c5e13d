"""Every code a page prints has its words: nobody should read `no_accounts` or `EW05` in the middle of a sentence."""

import re
from datetime import date

import pytest

from etl.entities import ENTITIES
from etl.night_tables import night_tables
from etl.policy import load_policies
from etl.policy.alerts import SOURCES
from etl.publish.assets import words
from etl.settings import PROJECT

SQL = PROJECT / "sql"


def literals(file: str, pattern: str) -> set[str]:
    """What the pattern finds in a file of `sql/`, outside its comments."""
    lines = (SQL / file).read_text(encoding="utf-8").splitlines()
    return set(re.findall(pattern, "\n".join(one for one in lines if not one.startswith("--"))))


def allowed(entity: str, column: str) -> set[str]:
    """What a column of a record type may hold."""
    return {
        one for found in ENTITIES[entity].columns if found.name == column for one in found.allowed
    }


WORD = r"'([a-z][a-z0-9_]*)'"
VETOES = literals("5_score/listed_veto.sql", r"listed\.veto = " + WORD)
CODES = {
    "adm_reason": VETOES | literals("6_grade/admission.sql", r"',([a-z_]+)'"),
    "fired": {f"veto_{veto}" for veto in VETOES}
    | literals("9_mart/rule_fired.sql", WORD + r" AS rule\b"),
    "alert_value": allowed("listing", "kind")
    | allowed("registration_change", "item")
    | {"revoked", "deregistered"}
    | set(SOURCES)
    | literals("8_action/alert_outside.sql", WORD + " AS value_text")
    | literals("8_action/alert_money.sql", r"THEN 'cover_ends' ELSE " + WORD)
    | literals("8_action/alert_conduct.sql", r"\n\s+(?:THEN|ELSE) '([a-z_]+)'\n")
    - {"amber", "red"},
    "entity": set(ENTITIES),
    "fresh": set(SOURCES),
    "limit_method": literals("9_mart/limit_method.sql", WORD + " AS method"),
    "reason": literals("6_grade/value_grid.sql", r"THEN '(no_[a-z]+)'") | {"none_set", "no_fx"},
    "watch": literals("9_mart/watch_list.sql", WORD + " AS reason"),
}


@pytest.mark.parametrize("prefix", sorted(CODES))
def test_every_code_has_words(prefix: str) -> None:
    assert CODES[prefix], prefix
    wordless = {f"{prefix}.{code}" for code in CODES[prefix]} - words().keys()
    assert not wordless


def test_what_the_shipped_alerts_propose_has_words() -> None:
    policies = load_policies("article", beside=PROJECT / "policy")
    rules = night_tables(policies, date(2026, 11, 20))["policy.alert_rule"][1]
    actions = {rule["action_code"] for rule in rules}
    wordless = {f"alert_action.{one}" for one in actions if one} - words().keys()
    assert actions
    assert not wordless
