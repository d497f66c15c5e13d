"""Credit limits as people grant them: once a year, by what the account buys and how it is getting on.

They know what it ordered, not what a policy thinks of one late bill: most limits leave room, some have been
outgrown, and who stops paying gets none. A few accounts nobody ever decided on.
"""

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Ref, each, place
from sandbox.world.paying import habits
from sandbox.world.population import Population
from sandbox.world.tables import PLACES
from sandbox.world.trade import Orders, currency_of, customer_of, keys
from sandbox.world.versions import history, moment

DECIDED_ON = 0.95
"""Of the accounts that trade: on how many somebody decided."""
EVERY = 365
LASTS = 430
"""Days a limit with an end holds: until the next review, and some weeks."""
BEFORE_BILL = 45
"""Days from an order to its bill, and from a due day to the money: exposure beside the terms."""
LATER = np.array([0, 0, 0, 5, 15, 40])
"""Of each habit of paying: days more that people reckon with."""
KINDS = ["approved", "temporary", "requested"]
APPROVED, TEMPORARY, REQUESTED = range(3)
REASONS = ["新客户授信", "年度复审", "旺季临时额度", "订单增长，申请提额", "逾期未付，停止赊销"]
AUTHORS = ["张伟", "刘洋", "Sarah Miller", "Jonas Weber"]
APPROVERS = ["陈静", "赵敏", "David Clark", "Anna Fischer"]


def drawn(people: Population, accounts: Accounts, orders: Orders) -> Frame:
    """The table limit_decision."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "limits")
    owner, day = _reviews(chance, people, accounts)
    first = place(owner) == 0
    need, largest = _needed(accounts, orders, owner, day)
    later = LATER[habits(people)[accounts.party]][owner]
    room = np.exp(chance.normal(0.5, 0.28, len(owner)))
    amount = room * np.maximum(need * (accounts.terms[owner] + BEFORE_BILL + later), 1.1 * largest)
    health = people.health.at(era, accounts.party[owner], day)
    amount = np.where(health < -1, amount * 0.7, amount)
    default = people.health.default[accounts.party[owner]]
    stopped = (default != MISSING) & (day > default)
    kind = np.where(first | stopped, APPROVED, chance.choice(3, len(owner), p=[0.94, 0.03, 0.03]))
    amount = np.where(kind == APPROVED, amount, amount * 1.4)
    step = np.maximum(accounts.unit[owner] * 10_000, 1000).astype(np.int64)
    whole = np.ceil(amount / 100 / step).astype(np.int64) * step * 100
    ends = np.where(
        kind == TEMPORARY,
        day + chance.integers(45, 120, len(owner)),
        np.where((kind == APPROVED) & ~stopped & (owner % 3 == 0), day + LASTS, MISSING),
    )
    western = accounts.country[owner] != 0
    author = chance.integers(0, 2, len(owner)) + 2 * western
    approver = chance.integers(0, 2, len(owner)) + 2 * western
    slip = chance.random(len(owner))
    approver = np.where((kind == REQUESTED) | (slip < 0.01), -1, approver)
    itself = (slip >= 0.01) & (slip < 0.015) & (approver >= 0)
    base: Frame = {
        "row_id": Ref(PLACES["limit_decision"], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "kind": Coded(kind, KINDS),
        "limit_amount": np.where(stopped, 0, whole),
        "currency": currency_of(accounts, owner),
        "reason": Coded(np.where(stopped, 4, np.where(kind == 0, np.where(first, 0, 1), kind + 1)), REASONS),
        "author": Coded(author, AUTHORS),
        "approver": Coded(np.where(itself, len(APPROVERS) + author, approver), APPROVERS + AUTHORS),
        "decided_on": day,
        "valid_from": day + chance.integers(0, 4, len(owner)),
        "valid_until": ends,
        "is_secured": (chance.random(len(owner)) < 0.06).astype(np.int64),
    }  # fmt: skip
    frame = history(base, moment(chance, day, accounts.country[owner], 2))
    frame["decision_id"] = frame["row_id"]
    return frame


def _reviews(
    chance: np.random.Generator, people: Population, accounts: Accounts
) -> tuple[Ints, Ints]:
    """Owners and days, in order: before the first order, and every year; and when it stops paying."""
    era = accounts.era
    total = len(accounts)
    trades = (accounts.last >= accounts.first) & (chance.random(total) < DECIDED_ON)
    is_old = accounts.since < era.start
    begins = np.where(is_old, accounts.first - chance.integers(1, EVERY, total), accounts.first - 3)
    times = np.where(trades, -(-(accounts.last - begins) // EVERY), 0)
    owner = each(np.maximum(times, trades.astype(np.int64)))
    day = begins[owner] + place(owner) * EVERY + chance.integers(-12, 13, len(owner))
    day = np.where(place(owner) == 0, begins[owner], day)
    default = people.health.default[accounts.party]
    stopped = default + chance.integers(15, 70, total)
    ends = np.flatnonzero((times > 0) & (default != MISSING) & (stopped > begins))
    owner, day = np.r_[owner, ends], np.r_[day, stopped[ends]]
    inside = day <= era.end
    owner, day = owner[inside], day[inside]
    order = np.lexsort((day, owner))
    return owner[order], day[order]


def _needed(
    accounts: Accounts, orders: Orders, owner: Ints, day: Ints
) -> tuple[np.ndarray, np.ndarray]:
    """For each review what the account orders a day, in the year before or the next, and its largest order."""
    era = accounts.era
    wide = era.end - era.start + 3 * EVERY
    place_of = orders.account * wide + (orders.day - era.start + EVERY)
    sums = np.r_[0, orders.amount.cumsum()]

    def ordered(least: Ints, most: Ints) -> Ints:
        start = owner * wide - era.start + EVERY
        low = np.clip(least, era.start - EVERY, era.end + EVERY)
        high = np.clip(most, era.start - EVERY, era.end + EVERY)
        upper = np.searchsorted(place_of, start + high, side="left")
        return sums[upper] - sums[np.searchsorted(place_of, start + low, side="left")]

    yearly = np.maximum(ordered(day - EVERY, day), ordered(day, day + EVERY)) / EVERY
    largest = np.zeros(len(accounts), np.int64)
    np.maximum.at(largest, orders.account, orders.amount)
    return yearly, largest[owner]
