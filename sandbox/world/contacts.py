"""Calls, messages, visits and mails: the company keeps in touch, and with some it does not.

Every account has a rhythm: large ones, ones that order often and resellers hear from us more often, and
for a year after a bill that came late the account is followed up every other week. Whoever buys no more
is called now and then; one account in twenty is lost sight of altogether.
"""

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.billing import Invoices
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Ref, each, place
from sandbox.world.era import EPOCH
from sandbox.world.paying import Parts
from sandbox.world.population import Population
from sandbox.world.tables import PLACES
from sandbox.world.trade import Orders, customer_of, keys
from sandbox.world.versions import history, moment

LONGEST, SHORTEST = 55.0, 24.0
"""Days between two contacts: with an account that orders nothing, and with a busy one."""
OF_SIZE = np.array([1.1, 1.0, 0.95, 0.85])
"""Of a company's size, micro to large: what its days are multiplied with."""
OF_RESELLER = 0.8
FOLLOWED_UP = 15.0
"""Days between two contacts in the year after a bill that came late."""
LATE_FROM = 5
LATE_FOR_MONTHS = 13
QUIET = 62.0
"""Days between two contacts with who buys no more."""
NEGLECTED = 0.045
UNEVEN = 0.15
"""How far a contact is off its rhythm (standard deviation, in parts of it)."""

CHANNELS = ["phone", "mail", "visit", "meeting", "message", "social", "other"]
IN_CHINA = np.cumsum([0.36, 0.08, 0.12, 0.06, 0.33, 0.03, 0.02])
ELSEWHERE = np.cumsum([0.32, 0.42, 0.07, 0.09, 0.06, 0.02, 0.02])
PURPOSES = ["operations", "finance", "collection", "sales", "complaint", "care", "other"]
ROUTINE = np.cumsum([0.25, 0.12, 0.03, 0.4, 0.06, 0.09, 0.05])
AFTER_LATE = np.cumsum([0.17, 0.2, 0.33, 0.2, 0.05, 0.02, 0.03])
COLLECTION = PURPOSES.index("collection")
SUBJECTS = [
    "生产与交货安排", "对账与开票", "催收逾期货款", "新品推介与报价", "投诉处理回访", "节日问候", "其他",
    "Production and delivery", "Statement of account", "Overdue invoices", "Quotation and new products",
    "Follow-up of a complaint", "Season's greetings", "Other",
]  # fmt: skip


def drawn(
    people: Population, accounts: Accounts, orders: Orders, invoices: Invoices, parts: Parts
) -> Frame:
    """The table contact_activity. Who fares badly answers late or never."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "contacts")
    late = _late(accounts, invoices, parts)
    owner, day = _days(chance, accounts, _per_month(chance, people, accounts, orders, late))
    total = len(owner)
    country = accounts.country[owner]
    health = people.health.at(era, accounts.party[owner], day)
    is_late = late[owner, np.searchsorted(era.months(), day, side="right") - 1]
    draw = chance.random(total)
    channel = np.where(
        country == 0,
        np.searchsorted(IN_CHINA[:-1], draw, side="right"),
        np.searchsorted(ELSEWHERE[:-1], draw, side="right"),
    )
    draw = chance.random(total)
    purpose = np.where(
        is_late,
        np.searchsorted(AFTER_LATE[:-1], draw, side="right"),
        np.searchsorted(ROUTINE[:-1], draw, side="right"),
    )
    outward = (chance.random(total) < 0.7) | (purpose == COLLECTION)
    meets = (channel == CHANNELS.index("visit")) | (channel == CHANNELS.index("meeting"))
    asks = outward & ~meets & (chance.random(total) < 0.8)
    answers = chance.random(total) < 1 / (1 + np.exp(-1.1 - health))
    wait = chance.exponential(np.clip(26 - 12 * health, 4, 90), total)
    base: Frame = {
        "row_id": Ref(PLACES["contact_activity"], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "contact_date": day,
        "channel": Coded(channel, CHANNELS),
        "direction": Coded(outward.astype(np.int64), ["in", "out"]),
        "purpose": Coded(purpose, PURPOSES),
        "has_reply": np.where(asks, answers.astype(np.int64), MISSING),
        "reply_hours": np.where(
            asks & answers, (np.minimum(wait, 2000) * 100).astype(np.int64), MISSING
        ),
        "subject": Coded(np.where(country == 0, purpose, purpose + len(PURPOSES)), SUBJECTS),
    }
    calls = history(base, moment(chance, day, country))
    calls["activity_id"] = calls["row_id"]
    return calls


def _late(accounts: Accounts, invoices: Invoices, parts: Parts) -> np.ndarray:
    """(accounts, months): in the year before, did a bill come late, or not at all?"""
    months = accounts.era.months()
    seen = parts.due + LATE_FROM
    at = np.flatnonzero((parts.paid_on == MISSING) | (parts.paid_on >= seen))
    at = at[seen[at] <= accounts.era.end]
    until = np.where(parts.paid_on[at] == MISSING, accounts.era.end, parts.paid_on[at])
    first = np.maximum(np.searchsorted(months, seen[at], side="right") - 1, 0)
    last = np.searchsorted(months, until, side="right") - 1 + LATE_FOR_MONTHS
    steps = np.zeros((len(accounts), len(months) + 1), np.int64)
    account = invoices.account[parts.invoice[at]]
    np.add.at(steps, (account, first), 1)
    np.add.at(steps, (account, np.minimum(last, len(months))), -1)
    return steps.cumsum(axis=1)[:, :-1] > 0


def _per_month(
    chance: np.random.Generator,
    people: Population,
    accounts: Accounts,
    orders: Orders,
    late: np.ndarray,
) -> np.ndarray:
    """(accounts, months): how many contacts the account's rhythm has in each month."""
    era = accounts.era
    total = len(accounts)
    starts = era.months()
    ends = np.r_[starts[1:], era.end + 1]
    a_year = np.bincount(orders.account, minlength=total) * 365 / era.days
    days = np.maximum(LONGEST * (1 + a_year) ** -0.25, SHORTEST)
    days = days * OF_SIZE[people.size[accounts.party]] * np.exp(chance.normal(0, 0.15, total))
    days = np.where(accounts.is_reseller == 1, days * OF_RESELLER, days)
    rhythm = np.repeat(days[:, None], len(starts), axis=1)
    over = (accounts.last[:, None] < starts) & ~late
    rhythm = np.where(over, np.maximum(rhythm, QUIET), rhythm)
    rhythm = np.where(late, np.minimum(rhythm, FOLLOWED_UP), rhythm)
    opened = np.clip(ends - np.maximum(starts, accounts.first[:, None]), 0, None)
    dropped = chance.integers(era.start, era.end, total)
    dropped = np.where(chance.random(total) < NEGLECTED, dropped, era.end + 1)
    kept = np.clip(np.minimum(dropped[:, None], ends) - starts, 0, None)
    return np.minimum(opened, kept) / rhythm


def _days(
    chance: np.random.Generator, accounts: Accounts, per_month: np.ndarray
) -> tuple[Ints, Ints]:
    """Owners and days, in order: at every whole contact of the rhythm, more or less, on a weekday."""
    era = accounts.era
    starts = era.months()
    lengths = np.diff(np.r_[starts, era.end + 1])
    total, months = per_month.shape
    sums = per_month.cumsum(axis=1)
    begins = chance.random(total)
    owner = each(np.maximum(np.floor(sums[:, -1] + 1 - begins), 0).astype(np.int64))
    wanted = place(owner) + begins[owner] + chance.normal(0, UNEVEN, len(owner))
    wanted = np.clip(wanted, 0, np.maximum(sums[owner, -1] - 1e-6, 0))
    # Each account's sums stand above all those before it: one search finds the months of all.
    base = np.r_[0.0, sums[:, -1].cumsum()[:-1]]
    at = np.searchsorted((sums + base[:, None]).ravel(), wanted + base[owner], side="right")
    month = np.clip(at - owner * months, 0, months - 1)
    held = per_month[owner, month]
    part = (wanted - (sums[owner, month] - held)) / np.maximum(held, 1e-9)
    day = starts[month] + (np.clip(part, 0, 0.999) * lengths[month]).astype(np.int64)
    day = np.maximum(day, accounts.first[owner])
    weekday = (day + EPOCH.weekday()) % 7
    day = day + np.where(weekday > 4, 7 - weekday, 0)
    inside = day <= era.end
    owner, day = owner[inside], day[inside]
    order = np.lexsort((day, owner))
    return owner[order], day[order]
