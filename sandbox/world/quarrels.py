"""What lowers a bill or contests it: credit notes, returns, refunds, claims, disputes."""

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.billing import Invoices
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Number, Ref, no_text, nothing
from sandbox.world.paying import Parts
from sandbox.world.population import Population
from sandbox.world.tables import PLACES
from sandbox.world.trade import FAULT, Orders, currency_of, customer_of, keys
from sandbox.world.versions import Change, history, moment

REASONS = ["return", "billing_error", "rebate", "quality_claim"]
RETURN_WORDS = ["质量问题", "damaged in transit", "wrong article", "发错货", "surplus"]


def deductions(
    accounts: Accounts, orders: Orders, invoices: Invoices
) -> tuple[Ints, dict[str, Frame]]:
    """What is taken off each invoice; and the tables credit_note, sales_return, refund, claim."""
    chance = accounts.era.chance(accounts.chunk, "quarrels")
    total = len(invoices)
    whole = (invoices.parts == 1) & ~invoices.is_void & (invoices.amount > 10_000)
    draw = np.where(whole, chance.random(total), 1.0)
    noted = np.flatnonzero(draw < 0.03)
    refunded = np.flatnonzero((draw >= 0.03) & (draw < 0.042))
    claimed = np.flatnonzero((draw >= 0.042) & (draw < 0.058))
    reason = chance.choice(4, len(noted), p=[0.45, 0.25, 0.15, 0.15])
    note_amount = invoices.amount[noted] * chance.integers(3, 30, len(noted)) // 100
    note_day = invoices.day[noted] + chance.integers(3, 24, len(noted))
    claim_amount = invoices.amount[claimed] * chance.integers(2, 11, len(claimed)) // 100
    deducts = chance.random(len(claimed)) < 0.5
    taken = np.zeros(total, np.int64)
    taken[noted] = note_amount
    taken[claimed] = np.where(deducts, claim_amount, 0)

    def common(table: str, prefix: str, at: Ints, amount: Ints) -> Frame:
        owner = invoices.account[at]
        return {
            "row_id": Ref(PLACES[table], keys(accounts, owner)),
            "number": Number(prefix, keys(accounts, owner)),
            "customer_id": customer_of(accounts, owner),
            "invoice_id": Ref(PLACES["invoice"], invoices.key[at]),
            "amount": amount,
            "currency": currency_of(accounts, owner),
        }

    notes = common("credit_note", "CN", noted, note_amount)
    notes["credit_date"], notes["reason"] = note_day, Coded(reason, REASONS)
    notes["caused_by"] = Coded(
        np.where(reason == 1, 1, chance.choice(4, len(noted), p=[0.3, 0.45, 0.15, 0.1])), FAULT
    )
    notes["credit_note_id"] = notes["row_id"]
    claims = common("claim", "CL", claimed, claim_amount)
    claims["claim_date"] = invoices.due[claimed] + chance.integers(-5, 10, len(claimed))
    claims["settled_by"] = Coded(np.where(deducts, 1, 0), ["payout", "deduction"])
    claims["caused_by"] = Coded(chance.choice(4, len(claimed), p=[0.3, 0.45, 0.15, 0.1]), FAULT)
    claims["claim_id"] = claims["row_id"]

    with_note = reason == 0
    returned = np.r_[noted[with_note], refunded]
    paid_back = invoices.amount[refunded] * chance.integers(5, 60, len(refunded)) // 100
    amount = np.r_[note_amount[with_note], paid_back]
    day = np.r_[
        note_day[with_note] - 2, invoices.due[refunded] + chance.integers(2, 30, len(refunded))
    ]
    order = np.argsort(returned)
    returned, amount, day = returned[order], amount[order], day[order]
    returns = common("sales_return", "RT", returned, amount)
    returns["return_date"] = day
    returns["order_id"] = Ref(PLACES["sales_order"], orders.key[invoices.order[returned]])
    returns["quantity_returned"] = chance.integers(1, 60, len(returned)) * 1000
    returns["reason"] = Coded(chance.integers(0, 5, len(returned)), RETURN_WORDS)
    returns["caused_by"] = Coded(chance.choice(4, len(returned), p=[0.35, 0.4, 0.15, 0.1]), FAULT)
    returns["return_id"] = returns["row_id"]
    back = np.flatnonzero(np.isin(returned, refunded))
    refunds = common("refund", "RF", returned[back], amount[back])
    del refunds["invoice_id"]
    refunds["refund_date"] = day[back] + chance.integers(3, 20, len(back))
    refunds["order_id"] = Ref(PLACES["sales_order"], orders.key[invoices.order[returned[back]]])
    refunds["return_id"] = Ref(PLACES["sales_return"], returns["row_id"].keys[back])
    refunds["reason"] = Coded(returns["reason"].codes[back], RETURN_WORDS)
    refunds["refund_id"] = refunds["row_id"]
    return taken, {
        name: history(frame, _recorded(chance, accounts, frame, date))
        for name, frame, date in (
            ("credit_note", notes, "credit_date"),
            ("claim", claims, "claim_date"),
            ("sales_return", returns, "return_date"),
            ("refund", refunds, "refund_date"),
        )
    }


def _recorded(chance: np.random.Generator, accounts: Accounts, frame: Frame, date: str) -> Ints:
    number = frame["customer_id"].keys // 10_000 - accounts.number[0]
    return moment(chance, frame[date], accounts.country[number], 3)


def disputes(people: Population, accounts: Accounts, invoices: Invoices, parts: Parts) -> Frame:
    """Contested bills: more of them where payment drags and health is bad; most are closed."""
    chance = accounts.era.chance(accounts.chunk, "disputes")
    late = np.zeros(len(invoices), bool)
    waits = (parts.paid_on == MISSING) | (parts.paid_on > parts.due + 14)
    late[parts.invoice[waits]] = True
    rate = np.where(late, 0.07, 0.012)
    at = np.flatnonzero((chance.random(len(invoices)) < rate) & ~invoices.is_void)
    owner = invoices.account[at]
    total = len(at)
    opened = np.maximum(
        invoices.day[at] + 1,
        np.minimum(invoices.due[at] + 3, invoices.day[at] + chance.integers(3, 45, total)),
    )
    health = people.health.at(accounts.era, accounts.party[owner], opened)
    ours = chance.random(total) < np.clip(0.5 - 0.15 * health, 0.15, 0.9)
    closed = opened + chance.integers(4, 75, total)
    part = chance.random(total) < 0.6
    country = accounts.country[owner]
    base: Frame = {
        "row_id": Ref(PLACES["dispute"], keys(accounts, owner)),
        "number": Number("DP", keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "invoice_id": Ref(PLACES["invoice"], invoices.key[at]),
        "opened_date": opened,
        "closed_date": nothing(total),
        "amount": np.where(
            part,
            np.maximum(invoices.amount[at] * chance.integers(5, 100, total) // 100, 1),
            MISSING,
        ),
        "currency": currency_of(accounts, owner),
        "outcome": Coded(no_text(total).codes, ["customer", "us"]),
    }
    ends = np.flatnonzero(chance.random(total) < 0.82)
    change = Change(
        ends,
        moment(chance, closed[ends], country[ends], 1),
        {"closed_date": closed[ends], "outcome": ours[ends].astype(np.int64)},
    )
    frame = history(base, moment(chance, opened, country, 2), [change] if len(ends) else [])
    frame["dispute_id"] = frame["row_id"]
    return frame
