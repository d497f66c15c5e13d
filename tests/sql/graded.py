"""Customers with given letters, and given measures, so that a case is about grades and scores alone."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.sql.night import NIGHT, Night, model, write
from tests.sql.tables import parse

LATE = {"A": 0, "B": 3, "C": 7, "D": 12}
"""Days late that make the overdue letter."""
PAID_OUT = {"A": 0, "B": 5, "C": 10, "D": 20}
"""Claims paid out, of 100 due and collected, that make the collection letter."""
SHARE = {"A": "0", "B": "0.30", "C": "0.50", "D": "0.80"}
"""Competitors' share of a reseller's trade that makes the competitor letter."""
RESELLER = {"n": "false | -", "?": "- | -"}

TINY: dict[str, Any] = {
    "scorecard_id": "tiny",
    "version": "1",
    "title": {"zh": "小", "en": "Tiny"},
    "cut_offs": {"a_from": 80, "b_from": 65, "c_from": 50, "min_coverage": "0.40"},
    "main": "whole",
    "explained": ["half"],
    "bands": {
        "cei": [[0, 0], [100, 100]],
        "paydex_like": [[0, 0], [100, 100]],
        "days_overdue_wavg": [[0, 100], [5, 80], [10, 60], [10, 50], [30, 0]],
    },
    "tree": {
        "half": {"title": {"zh": "半", "en": "Half"}, "weights": {"cei": 1, "paydex_like": 1}},
        "whole": {
            "title": {"zh": "全", "en": "Whole"},
            "weights": {"half": 3, "days_overdue_wavg": 1},
        },
    },
}
"""Three indicators, two levels: cei and paydex_like weigh 0.375 each, days_overdue_wavg 0.25."""


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


def lettered(people: Mapping[str, str]) -> dict[str, str]:
    """Tables of customers by name with the overdue, collection and competitor letter. The third may also
    be `n`: not a reseller, or `?`: nobody said. `-` instead of all three: never billed."""
    billed = {who: letters for who, letters in people.items() if letters != "-"}
    return {
        "customer": "customer_id | is_reseller | competitor_share\n"
        + "\n".join(
            f"{who} | {RESELLER.get(t[-1]) or f'true | {SHARE[t[2]]}' if t != '-' else '- | -'}"
            for who, t in people.items()
        ),
        "invoice": "customer_id | invoice_id | due_date | amount\n"
        + "\n".join(f"{who} | I-{who} | {day(40)} | 100" for who in billed),
        "payment": "invoice_id | payment_date | amount\n"
        + "\n".join(f"I-{who} | {day(40 - LATE[t[0]])} | 100" for who, t in billed.items()),
        "claim": "customer_id | claim_date | amount\n"
        + "\n".join(
            f"{who} | {day(20)} | {PAID_OUT[t[1]]}" for who, t in billed.items() if t[1] != "A"
        ),
    }


def given(found: Night, table: str, text: str) -> Night:
    """The same night with these rows as `table`: what comes before it is not run for what follows from
    it. Columns left out are NULL."""
    types = model(table).types
    rows = [{**dict.fromkeys(types), **row} for row in parse(text)]
    found.files[table] = [write(found.root, table, types, rows)]
    return found


def measured(found: Night, text: str) -> Night:
    """The same night with these measures instead of its own: customer_id | indicator | value."""
    return given(found, "measure.indicator", text)


def judged(found: Night, *people: str, scorecard: str = "tiny", policy: str = "article") -> Night:
    """The same night with everybody in one segment, whatever their trade and industry."""
    header = (
        "policy_id | is_active | segment_no | segment | scorecard_id | limit_factor | customer_id"
    )
    rows = (f"{policy} | true | 1 | default | {scorecard} | 1 | {who}" for who in people)
    return given(found, "measure.segment", "\n".join([header, *rows]))
