"""Customers as limits, gate and dunning see them: graded, measured and granted, without a night behind them.

A case of terms.credit_limit needs a grade, an exposure and a few amounts; the forty tables that make them
are tested where they are made. test_credit_limit.py has whole nights too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.sql.night import NIGHT, Night, build, model, policies, write

Case = Mapping[str, Any]

STANDING: dict[str, dict[str, Any]] = {
    "core.customer": {"first_sale_date": "2020-01-01", "has_master": True},
    "grade.credit_grade": {
        "final_grade": "A", "hard_combo": "AAB", "scorecard_grade": "NR", "scorecard_id": "standard",
    },
    "grade.admission": {"is_applicable": False, "adm_decision": "admit"},
    "measure.segment": {"limit_factor": 1, "segment": "default"},
    "measure.exposure": {
        "base_currency": "CNY", "exposure_amount": 0, "overdue_amount": 0, "oldest_overdue_days": 0,
    },
    "indicator.entity_exposure": {"company_id": "", "currency": "CNY"},
    "measure.granted_limit": {"granted_reason": "none_set"},
    "measure.customer_group": {"group_customer_cnt": 1, "group_party_cnt": 1},
    "indicator.trade": {},
    "indicator.finance": {"amount_reason": "no_statement"},
    "indicator.bureau": {},
    "indicator.mitigation": {},
    "indicator.contract": {},
    "indicator.feedback": {},
    "indicator.communication": {},
}  # fmt: skip
"""What a customer is where its case says nothing; `table.column` in a case names one that several have."""


def _row(table: str, case: Case, policy_id: str | None) -> dict[str, Any]:
    customer = case["customer_id"]
    given: dict[str, Any] = {
        "policy_id": policy_id,
        "is_active": policy_id == "article",
        "party_id": customer,
        "group_id": case.get("party_id", customer),
        **STANDING[table],
        **case,
    }
    if given.get("granted_amount") is not None:
        given["granted_reason"] = None
        given.setdefault("granted_kind", "approved")
    if given.get("net_worth_amount") is not None:
        given["amount_reason"] = None
    own = {
        name.split(".")[-1]: value for name, value in case.items() if name.startswith(f"{table}.")
    }
    whole = {**given, **own}
    return {column: _text(whole.get(column)) for column in model(table).types}


def _text(value: Any) -> str | None:
    """One type a column, whatever the cases say it in."""
    return None if value is None else str(value)


def standing(
    root: Path, cases: Sequence[Case], changes: Mapping[str, Any] | None = None, **tables: str
) -> Night:
    """A night in which these customers, C1, C2 and so on unless named, stand as their cases say."""
    named = [{"customer_id": f"C{number}", **case} for number, case in enumerate(cases, start=1)]
    changes = {"book.base_currency": "CNY", **(changes or {})}
    found = build(root, tables, as_of=NIGHT, policies=policies("article", changes))
    for table in STANDING:
        ids = ("article", "balanced") if "policy_id" in model(table).types else (None,)
        rows = [_row(table, case, one) for one in ids for case in named]
        found.files[table] = [write(root, table, model(table).types, rows)]
    return found


def limits(
    root: Path, cases: Sequence[Case], changes: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of terms.credit_limit under the article's policy, case by case."""
    rows = standing(root, cases, changes).rows("terms.credit_limit")
    mine = {row["customer_id"]: row for row in rows if row["policy_id"] == "article"}
    return [mine[case.get("customer_id", f"C{n}")] for n, case in enumerate(cases, start=1)]
