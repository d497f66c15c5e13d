"""Paying later never improves a letter: hundreds of untidy accounts in one night, each with one payment moved.

Beside test_invariants.py, whose ledgers keep to one currency: here are returned payments, overpayments, three
currencies of which one has no rate, credits, claims paid out, write-offs and disputes that are over. What the rules
themselves say otherwise is not drawn: cash on account pays for a bill whose own payment is not there yet (A0.1,
Paid), of a bill in dispute more is left out the more of it is open (Q10), and a claim that the customer deducts is
one that lowers the cash only where nothing was deducted (A0.1, Paid).
"""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.sql.night import NIGHT

DUE = [
    -40, -3, -1, 0, 1, 4, 5, 9, 10, 11, 30, 31, 61, 91, 182, 183, 184, 354, 355, 356, 364, 365, 366,
    375, 376, 400,
]  # fmt: skip
"""Days before the night; negative: after it."""
LATE = [-20, -7, -1, 0, 1, 4, 5, 9, 10, 11, 25, 60, 100]
AMOUNTS = ["100", "1000", "99.99", "1234.56", "20", "250", "0.02", "10000"]
SHARES = [None, "1", "1", "0.95", "0.9499", "0.9", "0.8999", "0.5", "1.1"]
"""Of what was billed; None: nothing was paid."""
LATER = (1, 4, 5, 30, 100)
WORSE = {"A": 0, "B": 1, "C": 2, "D": 3}
RATE = "from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-18 | 7.1"
Tables = dict[str, list[dict[str, Any]]]


def day(days: int) -> str:
    return str(NIGHT - timedelta(days=days))


def part(amount: Decimal, of: int) -> str:
    """A part of it in whole cents, one at least."""
    return str(max((amount / of).quantize(Decimal("0.01")), Decimal("0.01")))


def ledger(chance: Random, who: str, tables: Tables) -> None:
    """One customer's one to four bills, and what became of each."""
    own = chance.choice(["CNY", "CNY", "USD", "JPY"])
    for number in range(chance.randint(1, 4)):
        due, amount = chance.choice(DUE), Decimal(chance.choice(AMOUNTS))
        bill = {"customer_id": who, "invoice_id": f"{who}-{number}", "currency": own}
        tables["invoice"].append(
            {
                **bill,
                "invoice_date": day(max(due + chance.choice([0, 14, 30]), 0)),
                "due_date": day(due) if chance.random() < 0.95 else None,
                "amount": str(amount),
            }
        )
        moves = paid(chance, due, amount)
        for place, (money, on, kind) in enumerate(moves):
            tables["payment"].append(
                {
                    **bill,
                    "payment_id": f"{who}-{number}-{place}",
                    "payment_date": day(on),
                    "amount": money,
                    "kind": kind,
                }
            )
        if chance.random() < 0.2:
            reason = chance.choice(["return", "billing_error", "rebate"])
            on = day(due - chance.choice([-10, 0, 5, 40]))
            credit = {"credit_date": on, "amount": part(amount, 5), "reason": reason}
            tables["credit_note"].append({**bill, **credit})
        if chance.random() < 0.2:
            on = day(due - chance.choice([-5, 0, 5, 40]))
            claim = {"claim_date": on, "amount": part(amount, 20), "settled_by": "payout"}
            tables["claim"].append({**bill, **claim})
        if chance.random() < 0.1:
            over = {"opened_date": day(60), "closed_date": day(chance.choice([0, 20, 50]))}
            outcome = chance.choice(["customer", "us"])
            named = {"customer_id": who, "invoice_id": bill["invoice_id"]}
            tables["dispute"].append({**named, **over, "outcome": outcome})


def paid(chance: Random, due: int, amount: Decimal) -> list[tuple[str, int, str]]:
    """Amount, days before the night, and kind of everything booked on one bill."""
    share, moves = chance.choice(SHARES), []
    if share:
        parts = chance.choice([1, 1, 2, 3])
        lot = part(amount * Decimal(share), parts)
        moves = [(lot, due - chance.choice(LATE), "cash") for _ in range(parts)]
        if chance.random() < 0.12:
            moves.append((f"-{part(amount, 3)}", due - chance.choice([12, 30, 90]), "cash"))
    if chance.random() < 0.1:
        kind = chance.choice(["write_off", "set_off", "bad_debt_transfer"])
        moves.append((part(amount, 4), due - 30, kind))
    return moves


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 20))]
)
def test_one_payment_of_each_customer_comes_later(night, seed: int) -> None:
    chance = Random(seed)
    tables: Tables = {
        name: [] for name in ("invoice", "payment", "credit_note", "claim", "dispute")
    }
    for number in range(250):
        ledger(chance, f"C{number:03}", tables)
    moved = deepcopy(tables)
    received: dict[str, list[dict[str, Any]]] = {}
    for payment in moved["payment"]:
        if payment["kind"] == "cash" and not payment["amount"].startswith("-"):
            received.setdefault(payment["customer_id"], []).append(payment)
    for payments in received.values():
        one = chance.choice(payments)
        on = date.fromisoformat(one["payment_date"]) + timedelta(days=chance.choice(LATER))
        one["payment_date"] = str(on)

    before, after = (
        {
            (row["policy_id"], row["customer_id"]): row
            for row in night(fx_rate=RATE, changes={"book.base_currency": "CNY"}, **rows).rows(
                "score.hard_grade"
            )
        }
        for rows in (tables, moved)
    )

    compared = 0
    for key in before.keys() & after.keys():
        for letter in ("letter_overdue", "letter_collection"):
            was, now = before[key][letter], after[key][letter]
            if was and now:
                compared += 1
                assert WORSE[now] >= WORSE[was], (key, letter, received[key[1]])
    assert compared > 400
