"""How customers pay: habit and health make the delay, default ends it.

A habit belongs to a company for good (exact to the day, early, a little late …); bad health adds
days with a long tail. What falls due near or after a default is never paid.
"""

from dataclasses import dataclass

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.billing import Invoices, part_of
from sandbox.world.columns import MISSING, Ints, place
from sandbox.world.population import Population

# Least and most days after the due day: exact, prompt, early, slightly late, late, bad.
HABITS = np.array([[0, 0], [-4, 0], [-16, -7], [0, 4], [2, 9], [5, 38]])
MIX = np.cumsum([0.18, 0.26, 0.10, 0.26, 0.12, 0.08])
CASH, WRITE_OFF, SET_OFF, TRANSFER = range(4)


@dataclass(frozen=True)
class Parts:
    """What is to be paid, a row for each instalment or part payment, in the invoices' order.
    `paid_on` is MISSING for what is never paid in the era; `kind` says with what it is closed."""

    invoice: Ints
    due: Ints
    amount: Ints
    paid_on: Ints
    kind: Ints

    def __len__(self) -> int:
        return len(self.invoice)


def habits(people: Population) -> Ints:
    """A habit for each party: worse ones go with worse health, by and large."""
    chance = people.era.chance(people.chunk, "habits")
    level = -people.health.by_month[:, 0] + chance.normal(0, 0.9, len(people))
    rank = level.argsort().argsort() / max(len(people), 1)
    return np.minimum(np.searchsorted(MIX, rank, side="right"), len(HABITS) - 1)


def drawn(people: Population, accounts: Accounts, invoices: Invoices, deducted: Ints) -> Parts:
    """When each part of each bill is paid. `deducted`: what credit notes and claims took off."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "paying")
    to_pay = np.where(invoices.is_void, 0, invoices.amount - deducted)
    in_two = (chance.random(len(invoices)) < 0.12) & (invoices.parts == 1) & (to_pay > 20_000)
    count = np.where(invoices.is_void, 0, np.where(in_two, 2, invoices.parts))
    invoice = np.repeat(np.arange(len(invoices)), count)
    nth = place(invoice)
    planned, due = part_of(invoices, invoice, nth)
    whole = to_pay[invoice]
    first = whole * 6 // 10
    halves = np.where(nth == 0, first, whole - first)
    is_plan = invoices.parts[invoice] > 1
    amount = np.where(is_plan, planned, np.where(in_two[invoice], halves, whole))
    due = np.where(is_plan, due, invoices.due[invoice])
    party = accounts.party[invoices.account[invoice]]
    total = len(invoice)
    health = people.health.at(era, party, due)
    least, most = HABITS[habits(people)[party]].T
    delay = least + (chance.random(total) * (most - least + 1)).astype(np.int64)
    strain = np.maximum(-0.1 - health, 0) * chance.exponential(9, total)
    slip = np.where(chance.random(total) < 0.009, chance.integers(3, 25, total), 0)
    delay += strain.astype(np.int64) + slip
    # Of a bill paid in two parts the first comes early; who is in distress drags the second out.
    delay -= np.where((nth == 0) & in_two[invoice], chance.integers(2, 20, total), 0)
    drags = (nth == 1) & ~is_plan & (health < 0)
    delay += np.where(drags, chance.integers(2, 24, total), 0)
    paid_on = np.maximum(due + delay, invoices.day[invoice])
    default = people.health.default[party]
    after = (default != MISSING) & (paid_on > default - chance.integers(0, 50, total))
    lost = (after & (chance.random(total) < 0.94)) | (chance.random(total) < 0.0008)
    short = ~lost & (chance.random(total) < 0.0008)
    amount = np.where(short, np.maximum(amount - chance.integers(1, 2500, total), 1), amount)
    kind = np.where(chance.random(total) < 0.002, SET_OFF, CASH)
    given_up, with_what = _given_up(chance, accounts, invoices.account[invoice], default)
    closes = lost & after & (given_up != MISSING) & (given_up > due)
    paid_on = np.where(closes, given_up, np.where(lost, MISSING, paid_on))
    kind = np.where(closes, with_what, kind)
    paid_on = np.where(paid_on > era.end, MISSING, paid_on)
    return Parts(invoice, due, amount, paid_on, kind)


def _given_up(
    chance: np.random.Generator,
    accounts: Accounts,
    owner: Ints,
    default: Ints,
) -> tuple[Ints, Ints]:
    """Half of the defaulted accounts are written off, one in eight sold, months later."""
    draw = chance.random(len(accounts))
    days = chance.integers(180, 330, len(accounts))
    fate = np.where(draw < 0.5, WRITE_OFF, np.where(draw < 0.62, TRANSFER, CASH))[owner]
    given = (default != MISSING) & (fate != CASH)
    return np.where(given, default + days[owner], MISSING), fate
