"""Invoices and their instalments: what is owed, and on which day."""

from dataclasses import dataclass

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.columns import Coded, Frame, Ints, Number, Ref, place
from sandbox.world.tables import PLACES
from sandbox.world.trade import OURS, Orders, currency_of, customer_of, keys
from sandbox.world.versions import Change, history, moment

INSTALMENTS = 0.05
STATUS = ["issued", "corrected", "void"]


@dataclass(frozen=True)
class Invoices:
    """One row an invoice. `parts`: in how many instalments it is owed (1: none are written)."""

    account: Ints
    key: Ints
    order: Ints
    day: Ints
    due: Ints
    amount: Ints
    parts: Ints
    is_void: np.ndarray

    def __len__(self) -> int:
        return len(self.key)


def drawn(accounts: Accounts, orders: Orders) -> tuple[Invoices, Frame, Frame]:
    """Bills for what was delivered, and the tables invoice and instalment."""
    chance = accounts.era.chance(accounts.chunk, "invoices")
    billed = np.flatnonzero(~orders.is_cancelled)
    order = np.repeat(billed, np.where(chance.random(len(billed)) < 0.05, 2, 1))
    second = place(order) == 1
    whole = orders.amount[order]
    split = np.r_[second[1:], False] | second
    amount = np.where(split, np.where(second, whole - whole * 6 // 10, whole * 6 // 10), whole)
    day = orders.actual[order] + chance.integers(0, 4, len(order)) + np.where(second, 7, 0)
    inside = day <= accounts.era.end
    order, amount, day = order[inside], amount[inside], day[inside]
    owner = orders.account[order]
    total = len(owner)
    parts = np.where(
        (chance.random(total) < INSTALMENTS) & (amount > 100_000), chance.integers(2, 4, total), 1
    )
    due = day + accounts.terms[owner] + 30 * (parts - 1)
    invoices = Invoices(
        account=owner,
        key=keys(accounts, owner),
        order=order,
        day=day,
        due=due,
        amount=amount,
        parts=parts,
        is_void=chance.random(total) < 0.004,
    )
    return invoices, _table(chance, accounts, orders, invoices), _instalments(accounts, invoices)


def _table(
    chance: np.random.Generator, accounts: Accounts, orders: Orders, invoices: Invoices
) -> Frame:
    owner, total = invoices.account, len(invoices)
    country = accounts.country[owner]
    created = moment(chance, invoices.day, country, 3)
    wrong = np.flatnonzero(
        (chance.random(total) < 0.02) & ~invoices.is_void & (invoices.parts == 1)
    )
    shown = invoices.amount.copy()
    shown[wrong] = shown[wrong] * chance.integers(102, 115, len(wrong)) // 100
    void = np.flatnonzero(invoices.is_void)
    is_dateless = chance.random(total) < 0.015
    base: Frame = {
        "row_id": Ref(PLACES["invoice"], invoices.key),
        "number": Number("INV", invoices.key),
        "customer_id": customer_of(accounts, owner),
        "order_id": Ref(PLACES["sales_order"], orders.key[invoices.order]),
        "company_id": Coded(
            np.where(country == 0, orders.key[invoices.order] % 2, 2 + (country > 1)), OURS
        ),
        "invoice_date": invoices.day,
        "due_date": np.where(is_dateless, np.iinfo(np.int64).min, invoices.due),
        "terms_days": invoices.due - invoices.day,
        "amount": shown,
        "currency": currency_of(accounts, owner),
        "status": Coded(np.zeros(total, np.int64), STATUS),
    }
    fixed = created[wrong] + chance.integers(1, 7, len(wrong)) * 86_400
    dropped = created[void] + chance.integers(1, 11, len(void)) * 86_400
    changes = [
        Change(wrong, fixed, {"amount": invoices.amount[wrong], "status": 1}),
        Change(void, dropped, {"status": 2}, deletes=True),
    ]
    frame = history(base, created, [change for change in changes if len(change.index)])
    frame["invoice_id"] = frame["row_id"]
    return frame


def _instalments(accounts: Accounts, invoices: Invoices) -> Frame:
    """Parts that add up to the invoice; the last takes what does not divide."""
    many = np.flatnonzero(invoices.parts > 1)
    of_invoice = np.repeat(many, invoices.parts[many])
    nth = place(of_invoice)
    amount, due = part_of(invoices, of_invoice, nth)
    owner = invoices.account[of_invoice]
    chance = accounts.era.chance(accounts.chunk, "instalments")
    created = moment(chance, invoices.day[of_invoice], accounts.country[owner], 0)
    base: Frame = {
        "row_id": Ref(PLACES["instalment"], keys(accounts, owner)),
        "invoice_id": Ref(PLACES["invoice"], invoices.key[of_invoice]),
        "customer_id": customer_of(accounts, owner),
        "instalment_no": Coded(nth, ["1", "2", "3"]),
        "due_date": due,
        "amount": amount,
        "currency": currency_of(accounts, owner),
        "known_from": invoices.day[of_invoice],
    }
    return history(base, created)


def part_of(invoices: Invoices, of_invoice: Ints, nth: Ints) -> tuple[Ints, Ints]:
    """Amount and due day of the `nth` instalment (from 0) of each invoice."""
    parts = invoices.parts[of_invoice]
    whole = invoices.amount[of_invoice]
    even = whole // parts // 100 * 100
    is_last = nth == parts - 1
    amount = np.where(is_last, whole - even * (parts - 1), even)
    return amount, invoices.due[of_invoice] - 30 * (parts - 1 - nth)
