"""Asking for money that is due, and promises to pay it."""

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.billing import Invoices
from sandbox.world.columns import MISSING, Coded, Frame, Ref
from sandbox.world.paying import CASH, Parts
from sandbox.world.population import Population
from sandbox.world.tables import PLACES
from sandbox.world.trade import currency_of, customer_of, keys
from sandbox.world.versions import Change, history, moment

STEPS = 3.0
"""Dunning steps an account has on average."""
AFTER = (6, 20, 45, 75)
CHANNELS = ["phone", "mail", "letter", "visit", "lawyer", "agency"]


def drawn(
    people: Population, accounts: Accounts, invoices: Invoices, parts: Parts
) -> tuple[Frame, Frame]:
    """The tables dunning_step and promise. Not every delay is followed up."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "dunning")
    waits_to = np.where(
        (parts.paid_on == MISSING) | (parts.kind != CASH), era.end + 1, parts.paid_on
    )
    due, level = [], []
    for nth, days in enumerate(AFTER):
        at = np.flatnonzero(parts.due + days < waits_to)
        due.append(at)
        level.append(np.full(len(at), nth))
    part, step = np.concatenate(due), np.concatenate(level)
    wanted = STEPS * len(accounts) / max(len(part), 1)
    asked = chance.random(len(part)) < wanted
    part, step = part[asked], step[asked]
    order = np.lexsort((step, part))
    part, step = part[order], step[order]
    total = len(part)
    invoice = parts.invoice[part]
    owner = invoices.account[invoice]
    sent = parts.due[part] + np.array(AFTER)[step] + chance.integers(0, 5, total)
    country = accounts.country[owner]
    health = people.health.at(era, accounts.party[owner], sent)
    answers = chance.random(total) < 1 / (1 + np.exp(-0.4 - 0.8 * health))
    lag = chance.geometric(0.35, total)
    channel = np.where(step == 3, 4 + (part % 2), np.where(step == 2, 2 + part % 2, part % 2))
    base: Frame = {
        "row_id": Ref(PLACES["dunning_step"], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "invoice_id": Ref(PLACES["invoice"], invoices.key[invoice]),
        "level": step + 1,
        "sent_on": sent,
        "channel": Coded(channel, CHANNELS),
        "amount": parts.amount[part],
        "currency": currency_of(accounts, owner),
        "answered_on": np.full(total, MISSING),
    }
    replies = np.flatnonzero(answers)
    answered = sent[replies] + lag[replies]
    change = Change(replies, moment(chance, answered, country[replies]), {"answered_on": answered})
    steps = history(base, moment(chance, sent, country, 0), [change] if len(replies) else [])
    steps["dunning_id"] = steps["row_id"]

    gives = replies[chance.random(len(replies)) < 0.45]
    owner, country, part = owner[gives], country[gives], part[gives]
    promised = sent[gives] + lag[gives]
    until = promised + chance.integers(3, 25, len(gives))
    promises: Frame = {
        "row_id": Ref(PLACES["promise"], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "invoice_id": Ref(PLACES["invoice"], invoices.key[invoice[gives]]),
        "promised_on": promised,
        "due_date": until,
        "amount": parts.amount[part],
        "currency": currency_of(accounts, owner),
        "is_kept": np.full(len(gives), MISSING),
    }
    kept = (parts.paid_on[part] != MISSING) & (parts.paid_on[part] <= until)
    every = np.arange(len(gives))
    change = Change(every, moment(chance, until + 1, country), {"is_kept": kept.astype(np.int64)})
    frame = history(promises, moment(chance, promised, country), [change] if len(gives) else [])
    frame["promise_id"] = frame["row_id"]
    return steps, frame
