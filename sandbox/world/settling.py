"""Payments and what they settle: several bills at once, in parts, too much, sent back, unapplied."""

from dataclasses import dataclass

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.billing import Invoices
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Number, Ref, place
from sandbox.world.paying import CASH, SET_OFF, Parts
from sandbox.world.tables import PLACES
from sandbox.world.trade import currency_of, customer_of, keys
from sandbox.world.versions import Change, history, moment

KINDS = ["cash", "write_off", "set_off", "bad_debt_transfer"]
MODES = ["bank_transfer", "acceptance_bill", "cheque", "card", "direct_debit"]
TOGETHER = 0.3
"""Chance that a payment waits for the one before, when both fall in the same few days."""


@dataclass(frozen=True)
class _Money:
    """Payments, and the lines that say what each settles (`of`: place of the payment)."""

    account: Ints
    day: Ints
    amount: Ints
    kind: Ints
    of: Ints
    invoice: Ints
    applied: Ints


def drawn(accounts: Accounts, invoices: Invoices, parts: Parts) -> tuple[Frame, Frame]:
    """The tables payment and allocation."""
    chance = accounts.era.chance(accounts.chunk, "settling")
    money = _sent_back(chance, accounts, _grouped(chance, invoices, parts))
    order = np.lexsort((money.day, money.account))
    at = np.empty(len(order), np.int64)
    at[order] = np.arange(len(order))
    owner, day = money.account[order], money.day[order]
    amount, kind = money.amount[order], money.kind[order]
    of = at[money.of]
    line_order = np.lexsort((money.invoice, of))
    of, invoice = of[line_order], money.invoice[line_order]
    applied = money.applied[line_order]
    total = len(owner)
    lines = np.bincount(of, minlength=total)
    over = (chance.random(total) < 0.008) & (kind == CASH) & (amount > 0)
    amount = amount + np.where(over, chance.integers(1, 60, total) * 10_000, 0)
    on_account = (chance.random(total) < 0.004) & (kind == CASH) & (lines == 1) & (amount > 0)
    shown = ~on_account[of]
    only = np.full(total, -1)
    only[of] = invoices.key[invoice]
    single = (lines == 1) & ~over & ~on_account
    key = keys(accounts, owner)
    country = accounts.country[owner]
    created = moment(chance, day, country, 3)
    base: Frame = {
        "row_id": Ref(PLACES["payment"], key),
        "number": Number("RC", key),
        "customer_id": customer_of(accounts, owner),
        "payment_date": day,
        "amount": amount,
        "currency": currency_of(accounts, owner),
        "invoice_id": Ref(PLACES["invoice"], np.where(single, only, -1)),
        "kind": Coded(kind, KINDS),
        "mode": Coded(chance.choice(5, total, p=[0.7, 0.12, 0.05, 0.05, 0.08]), MODES),
        "reference": Number("TT", key * 7 % 10**10),
    }
    redated = np.flatnonzero(chance.random(total) < 0.01)
    change = Change(redated, created[redated] + chance.integers(1, 9, len(redated)) * 86_400)
    payments = history(base, created, [change] if len(redated) else [])
    payments["payment_id"] = payments["row_id"]
    of, invoice, applied = of[shown], invoice[shown], applied[shown]
    payer = owner[of]
    allocations = history(
        {
            "row_id": Ref(PLACES["allocation"], keys(accounts, payer)),
            "payment_id": Ref(PLACES["payment"], key[of]),
            "invoice_id": Ref(PLACES["invoice"], invoices.key[invoice]),
            "line": Coded(np.minimum(place(of), 98), [str(nth) for nth in range(1, 100)]),
            "amount": applied,
            "customer_id": customer_of(accounts, payer),
            "payment_date": day[of],
            "currency": currency_of(accounts, payer),
        },
        created[of] + 30,
    )
    return payments, allocations


def _grouped(chance: np.random.Generator, invoices: Invoices, parts: Parts) -> _Money:
    """Parts that fall in the same few days are often paid with one transfer."""
    paid = np.flatnonzero(parts.paid_on != MISSING)
    account = invoices.account[parts.invoice[paid]]
    order = np.lexsort((parts.invoice[paid], parts.paid_on[paid], account))
    paid, account = paid[order], account[order]
    day, kind, invoice = parts.paid_on[paid], parts.kind[paid], parts.invoice[paid]
    total = len(paid)
    gap = np.diff(day, prepend=day[:1])
    joins = np.r_[False, account[1:] == account[:-1]] & (gap <= 4)
    joins &= np.r_[False, (kind[1:] == kind[:-1]) & (invoice[1:] != invoice[:-1])]
    joins &= (chance.random(total) < TOGETHER) & (place(account) % 40 != 0) & (kind != SET_OFF)
    of = np.cumsum(~joins) - 1
    heads = np.flatnonzero(~joins)
    amount = np.bincount(of, parts.amount[paid].astype(np.float64), minlength=len(heads))
    last = np.r_[heads[1:], total] - 1
    return _Money(
        account=account[heads],
        day=day[last] if total else day,
        amount=np.rint(amount).astype(np.int64),
        kind=kind[heads],
        of=of,
        invoice=invoice,
        applied=parts.amount[paid],
    )


def _sent_back(chance: np.random.Generator, accounts: Accounts, money: _Money) -> _Money:
    """A few transfers come back from the bank and are made again some days later."""
    lines = np.bincount(money.of, minlength=len(money.day))
    once = (lines == 1) & (money.kind == CASH)
    back = np.flatnonzero(once & (chance.random(len(money.day)) < 0.003))
    line_of = np.full(len(money.day), -1)
    line_of[money.of] = np.arange(len(money.of))
    invoice, amount = money.invoice[line_of[back]], money.amount[back]
    returned_on = money.day[back] + chance.integers(1, 4, len(back))
    again_on = returned_on + chance.integers(3, 12, len(back))
    keep = again_on <= accounts.era.end
    back, invoice, amount = back[keep], invoice[keep], amount[keep]
    first = len(money.day) + np.arange(2 * len(back))
    both = np.r_[back, back]
    signed = np.r_[-amount, amount]
    return _Money(
        account=np.r_[money.account, money.account[both]],
        day=np.r_[money.day, returned_on[keep], again_on[keep]],
        amount=np.r_[money.amount, signed],
        kind=np.r_[money.kind, money.kind[both]],
        of=np.r_[money.of, first],
        invoice=np.r_[money.invoice, invoice, invoice],
        applied=np.r_[money.applied, signed],
    )
