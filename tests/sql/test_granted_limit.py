"""Which limits people granted count tonight (I21, R4-95)."""

from datetime import date
from typing import Any

import pytest

from tests.sql.limit_case import STANDING
from tests.sql.night import NIGHT, Night, build, model, policies, write

RATES = "from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7.1"


def granted(root, decisions: str, as_of: str | None = None) -> Night:
    """measure.granted_limit of C1 to C9 after these decisions."""
    found = build(
        root,
        {"limit_decision": decisions, "fx_rate": RATES},
        as_of=date.fromisoformat(as_of) if as_of else NIGHT,
        policies=policies("article", {"book.base_currency": "CNY"}),
    )
    types = model("core.customer").types
    rows = [
        {
            column: {**STANDING["core.customer"], "customer_id": f"C{n}"}.get(column)
            for column in types
        }
        for n in range(1, 10)
    ]
    found.files["core.customer"] = [write(root, "core.customer", types, rows)]
    return found


def test_what_counts(tmp_path) -> None:
    """C2 was granted nothing, and that is a limit. No effect: C3's nobody approved, C4's its author did, C5's
    never ends, C6's was decided tomorrow, C7's begins tomorrow, C8 only asks, C9's was taken back."""
    granted(
        tmp_path,
        """
        customer_id | kind      | limit_amount | author | approver | decided_on | valid_from | valid_until | is_deleted
        C1          | approved  | 500          | Li     | Wang     | 2026-11-01 | -          | -           | false
        C2          | approved  | 0            | Li     | Wang     | 2026-11-01 | -          | -           | false
        C3          | approved  | 500          | Li     | -        | 2026-11-01 | -          | -           | false
        C4          | approved  | 500          | Li     | li       | 2026-11-01 | -          | -           | false
        C5          | temporary | 500          | Li     | Wang     | 2026-11-01 | -          | -           | false
        C6          | approved  | 500          | Li     | Wang     | 2026-11-21 | -          | -           | false
        C7          | approved  | 500          | Li     | Wang     | 2026-11-01 | 2026-11-21 | -           | false
        C8          | requested | 500          | Li     | -        | 2026-11-01 | -          | -           | false
        C9          | approved  | 500          | Li     | Wang     | 2026-11-01 | -          | -           | true
        """,
    ).expect(
        "measure.granted_limit",
        """
        customer_id | granted_amount | granted_reason | granted_kind | requested_amount | void_cnt
        C1          | 500            | -              | approved     | -                | 0
        C2          | 0              | -              | approved     | -                | 0
        C3          | -              | none_set       | -            | -                | 1
        C4          | -              | none_set       | -            | -                | 1
        C5          | -              | none_set       | -            | -                | 1
        C6          | -              | none_set       | -            | -                | 0
        C7          | -              | none_set       | -            | -                | 0
        C8          | -              | none_set       | -            | 500              | 0
        C9          | -              | none_set       | -            | -                | 0
        """,
    )  # fmt: skip


SEASON = """
    customer_id | decision_id | kind      | limit_amount | author | approver | decided_on | valid_from | valid_until
    C1          | BASE        | approved  | 100000       | Li     | Wang     | 2026-01-10 | -          | -
    C1          | SEASON      | temporary | 150000       | Li     | Wang     | 2026-11-01 | 2026-11-05 | 2026-11-20
    C2          | OLD         | approved  | 500          | Li     | Wang     | 2025-01-01 | -          | -
    C2          | NEW         | approved  | 900          | Li     | Wang     | 2026-01-01 | -          | 2026-11-19
    C3          | FIRST       | requested | 700          | Li     | -        | 2026-01-01 | -          | -
    C3          | ANSWER      | approved  | 600          | Li     | Wang     | 2026-01-02 | -          | -
    C3          | AGAIN       | requested | 800          | Li     | -        | 2026-01-03 | -          | -
"""


@pytest.mark.parametrize(
    ("as_of", "amount", "kind"),
    [
        ("2026-11-04", 100000, "approved"),
        ("2026-11-05", 150000, "temporary"),
        ("2026-11-20", 150000, "temporary"),  # its last day
        ("2026-11-21", 100000, "approved"),
    ],
)
def test_a_temporary_limit_from_its_first_to_its_last_day(
    tmp_path, as_of: str, amount: int, kind: str
) -> None:
    row = granted(tmp_path, SEASON, as_of).row("measure.granted_limit", customer_id="C1")

    assert (row["granted_amount"], row["granted_kind"]) == (amount, kind)
    assert row["approved_amount"] == 100000


def test_one_that_was_replaced_does_not_come_back(tmp_path) -> None:
    row = granted(tmp_path, SEASON).row("measure.granted_limit", customer_id="C2")

    assert (row["granted_amount"], row["granted_reason"]) == (None, "none_set")
    assert str(row["ended_on"]) == "2026-11-19"


def test_a_request_is_open_until_it_is_answered(tmp_path) -> None:
    row = granted(tmp_path, SEASON).row("measure.granted_limit", customer_id="C3")

    assert (row["granted_amount"], row["requested_amount"]) == (600, 800)
    assert str(row["requested_on"]) == "2026-01-03"


@pytest.mark.parametrize(
    ("currency", "amount", "reason"),
    [("CNY", 100, None), ("USD", 710, None), ("JPY", None, "no_fx")],
)
def test_a_limit_in_another_currency(tmp_path, currency: str, amount: Any, reason: Any) -> None:
    row = granted(
        tmp_path,
        f"""
        customer_id | kind     | limit_amount | author | approver | decided_on | currency
        C1          | approved | 100          | Li     | Wang     | 2026-01-10 | {currency}
        """,
    ).row("measure.granted_limit", customer_id="C1")

    assert (row["granted_amount"], row["granted_reason"]) == (amount, reason)
    assert (row["granted_native"], row["granted_currency"]) == (100, currency)
