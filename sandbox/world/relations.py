"""What was agreed and said with a customer: contracts, complaints, ratings, costs."""

import numpy as np

from sandbox.world.accounts import Accounts
from sandbox.world.columns import MISSING, Coded, Frame, Ints, Number, Ref, each, nothing, place
from sandbox.world.population import Population
from sandbox.world.tables import PLACES
from sandbox.world.trade import FAULT, Orders, currency_of, customer_of, keys, skewed
from sandbox.world.versions import Change, history, moment

CONTRACTS, CASES, RATINGS, COSTS = 2.0, 2.2, 2.8, 1.0
CONTRACT_STATUS = ["offered", "signed", "active", "completed", "terminated", "declined"]
OFFERED, SIGNED, _, COMPLETED, TERMINATED, DECLINED = range(6)
BREACHES = ["payment", "delivery", "quantity", "quality", "secrecy", "other"]
BREACH_WORDS = [
    "逾期付款",
    "迟延提货",
    "未按约定数量",
    "质量不符",
    "泄露技术资料",
    "other breach of terms",
]
CATEGORIES = ["质量", "交货", "账单", "service", "packaging", "documents"]
CASE_STATUS = ["open", "closed"]
SUBJECTS = ["货物破损要求更换", "发票金额有误", "Late delivery, please explain", "Technical question",
            "客户迟迟不提货", "Wrong article delivered"]  # fmt: skip
COMMENTS = [
    "非常满意",
    "一般",
    "交货太慢",
    "Good cooperation",
    "Slow answers",
    "=1+1 is what I get",
]


def traded(
    chance: np.random.Generator, accounts: Accounts, mean: float, skew: float = 0.9
) -> tuple[Ints, Ints]:
    """Owners and days of events that come with trade; accounts that never trade have few."""
    era = accounts.era
    span = np.maximum(accounts.last - accounts.first + 1, 20)
    owner = each(skewed(chance, span / era.days, mean, skew))
    day = accounts.first[owner] + (chance.random(len(owner)) * span[owner]).astype(np.int64)
    order = np.lexsort((day, owner))
    return owner[order], np.minimum(day[order], era.end)


def contracts(people: Population, accounts: Accounts) -> dict[str, Frame]:
    """The tables contract, contract_milestone and contract_breach."""
    chance = accounts.era.chance(accounts.chunk, "contracts")
    owner, offered = traded(chance, accounts, CONTRACTS)
    total = len(owner)
    country = accounts.country[owner]
    declined = chance.random(total) < 0.12
    signed = offered + chance.geometric(0.07, total)
    starts = signed + chance.integers(0, 15, total)
    ends = starts + chance.choice([90, 180, 365, 365, 730], total)
    health = people.health.at(accounts.era, accounts.party[owner], starts + 60)
    default = people.health.default[accounts.party[owner]]
    broken_off = (default != MISSING) & (default < ends) | (chance.random(total) < 0.03)
    key = keys(accounts, owner)
    amount = (np.exp(chance.normal(12.4, 1.0, total)) * accounts.unit[owner]).astype(np.int64) * 100
    base: Frame = {
        "row_id": Ref(PLACES["contract"], key),
        "number": Number("HT", key),
        "customer_id": customer_of(accounts, owner),
        "offered_on": offered,
        "signed_on": nothing(total),
        "start_date": starts,
        "end_date": ends,
        "amount": amount,
        "currency": currency_of(accounts, owner),
        "status": Coded(np.full(total, OFFERED), CONTRACT_STATUS),
        "has_breach_clause": (chance.random(total) < 0.75).astype(np.int64),
        "has_compensation_clause": (chance.random(total) < 0.5).astype(np.int64),
    }
    no, yes = np.flatnonzero(declined), np.flatnonzero(~declined)
    off_on = np.where(default == MISSING, starts + 45, np.maximum(default, starts + 1))
    over = np.where(broken_off, off_on, ends)
    last = np.where(broken_off, TERMINATED, COMPLETED)
    changes = [
        Change(no, moment(chance, signed[no], country[no]), {"status": DECLINED}),
        Change(
            yes,
            moment(chance, signed[yes], country[yes]),
            {"status": SIGNED, "signed_on": signed[yes]},
        ),
        Change(yes, moment(chance, over[yes], country[yes]), {"status": last[yes]}),
    ]
    frame = history(base, moment(chance, offered, country), [c for c in changes if len(c.index)])
    frame["contract_id"] = frame["row_id"]
    live = yes
    return {
        "contract": frame,
        "contract_milestone": _milestones(
            chance,
            accounts,
            owner[live],
            key[live],
            starts[live],
            over[live],
            amount[live],
            health[live],
        ),
        "contract_breach": _breaches(
            chance,
            accounts,
            owner[live],
            key[live],
            starts[live],
            over[live],
            amount[live],
            health[live],
        ),
    }


def under_contract(accounts: Accounts, made: Frame, orders: Frame) -> None:
    """Half of the orders that fall into the run of their account's first contract name it."""
    owner = made["customer_id"].keys // 10_000 - accounts.number[0]
    signed = np.flatnonzero(made["signed_on"] != MISSING)
    first = np.full(len(accounts), -1)
    first[owner[signed[::-1]]] = signed[::-1]
    row = first[orders["customer_id"].keys // 10_000 - accounts.number[0]]
    day = orders["order_date"]
    inside = (row >= 0) & (made["start_date"][row] <= day) & (day <= made["end_date"][row])
    named = inside & (orders["row_id"].keys % 2 == 0)
    orders["contract_id"] = Ref(PLACES["contract"], np.where(named, made["row_id"].keys[row], -1))


def _milestones(
    chance: np.random.Generator,
    accounts: Accounts,
    owner: Ints,
    key: Ints,
    starts: Ints,
    over: Ints,
    amount: Ints,
    health: np.ndarray,
) -> Frame:
    """Delivery, acceptance, payment: three to a contract, spread over its run."""
    of = np.repeat(np.arange(len(owner)), 3)
    nth = place(of)
    who = owner[of]
    total = len(of)
    planned = starts[of] + ((over - starts)[of] * (nth + 1)) // 4
    by_customer = nth > 0
    slow = np.where(by_customer, np.maximum(0.4 - health[of], 0) * chance.exponential(12, total), 0)
    delay = np.where(chance.random(total) < 0.2, chance.integers(1, 15, total), 0) + slow.astype(
        np.int64
    )
    done = planned + delay
    value = amount[of] // 3
    happens = (chance.random(total) < 0.93) & (done <= over[of] + 60)
    country = accounts.country[who]
    base: Frame = {
        "row_id": Ref(PLACES["contract_milestone"], keys(accounts, who)),
        "contract_id": Ref(PLACES["contract"], key[of]),
        "milestone_id": Coded(nth, ["M1", "M2", "M3"]),
        "customer_id": customer_of(accounts, who),
        "kind": Coded(nth, ["delivery", "acceptance", "payment"]),
        "owed_by": Coded(by_customer.astype(np.int64), ["us", "customer"]),
        "planned_date": planned,
        "actual_date": nothing(total),
        "planned_amount": value,
        "actual_amount": nothing(total),
        "currency": currency_of(accounts, who),
    }
    at = np.flatnonzero(happens)
    part = np.where(chance.random(len(at)) < 0.9, value[at], value[at] * 8 // 10)
    change = Change(
        at,
        moment(chance, done[at], country[at], 2),
        {"actual_date": done[at], "actual_amount": part},
    )
    return history(base, moment(chance, starts[of] - 1, country), [change] if len(at) else [])


def _breaches(
    chance: np.random.Generator,
    accounts: Accounts,
    owner: Ints,
    key: Ints,
    starts: Ints,
    over: Ints,
    amount: Ints,
    health: np.ndarray,
) -> Frame:
    """Bad health breaks contracts; some we break ourselves."""
    risk = np.clip(0.05 - 0.07 * health, 0.015, 0.6)
    at = np.flatnonzero(chance.random(len(owner)) < risk)
    who, total = owner[at], len(at)
    theirs = chance.random(total) < np.clip(0.55 - 0.2 * health[at], 0.3, 0.95)
    day = starts[at] + ((over - starts)[at] * chance.random(total)).astype(np.int64) + 1
    kind = np.where(theirs & (chance.random(total) < 0.6), 0, chance.integers(1, 6, total))
    cured = np.where(chance.random(total) < 0.5, day + chance.integers(5, 60, total), MISSING)
    country = accounts.country[who]
    base: Frame = {
        "row_id": Ref(PLACES["contract_breach"], keys(accounts, who)),
        "contract_id": Ref(PLACES["contract"], key[at]),
        "customer_id": customer_of(accounts, who),
        "breach_date": day,
        "breached_by": Coded(np.where(theirs, 0, chance.choice([1, 2, 3], total)), FAULT),
        "kind": Coded(kind, BREACHES),
        "amount": amount[at] * chance.integers(1, 30, total) // 100,
        "currency": currency_of(accounts, who),
        "cured_on": nothing(total),
        "description": Coded(kind, BREACH_WORDS),
    }
    good = np.flatnonzero(cured != MISSING)
    change = Change(good, moment(chance, cured[good], country[good]), {"cured_on": cured[good]})
    frame = history(base, moment(chance, day, country, 4), [change] if len(good) else [])
    frame["breach_id"] = frame["row_id"]
    return frame


def cases(people: Population, accounts: Accounts, orders: Orders) -> Frame:
    """Complaints and requests, so many to an order by and large; complaints about the customer grow
    with bad health."""
    chance = accounts.era.chance(accounts.chunk, "cases")
    owner, opened, order = _after_orders(chance, accounts, orders)
    total = len(owner)
    country = accounts.country[owner]
    health = people.health.at(accounts.era, accounts.party[owner], opened)
    about = chance.random(total) < np.clip(0.12 - 0.12 * health, 0.02, 0.6)
    kind = np.where(about, 0, chance.choice(3, total, p=[0.55, 0.3, 0.15]))
    severity = chance.choice(4, total, p=[0.35, 0.4, 0.2, 0.05])
    hours = np.minimum(chance.exponential(60, total) * (1 + severity), 2000)
    first = np.minimum(chance.exponential(9, total), hours)
    closed = opened + np.ceil(hours / 24).astype(np.int64)
    money = (chance.random(total) < 0.08) & (kind == 0) & ~about
    subject = chance.integers(0, 6, total)
    base: Frame = {
        "row_id": Ref(PLACES["service_case"], keys(accounts, owner)),
        "number": Number("CS", keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "kind": Coded(kind, ["complaint", "service", "question"]),
        "direction": Coded(about.astype(np.int64), ["by_customer", "about_customer"]),
        "category": Coded(chance.integers(0, 6, total), CATEGORIES),
        "severity": Coded(severity, ["low", "medium", "high", "critical"]),
        "status": Coded(np.zeros(total, np.int64), CASE_STATUS),
        "opened_on": opened,
        "closed_on": nothing(total),
        "first_response_hours": np.where(
            chance.random(total) < 0.9, (first * 100).astype(np.int64), MISSING
        ),
        "close_hours": nothing(total),
        "sla_hours": np.array([20_000, 12_000, 7200, 2400])[severity],
        "is_solved": nothing(total),
        "at_fault": Coded(
            np.where(about, 0, chance.choice(4, total, p=[0.15, 0.5, 0.15, 0.2])), FAULT
        ),
        "order_id": Ref(PLACES["sales_order"], order),
        "invoice_id": Ref(PLACES["invoice"], np.full(total, -1)),
        "refund_amount": np.where(money, chance.integers(10, 900, total) * 1000, MISSING),
        "currency": currency_of(accounts, owner),
        "subject": Coded(subject, SUBJECTS),
    }
    at = np.flatnonzero(chance.random(total) < 0.95)
    change = Change(
        at,
        moment(chance, closed[at], country[at]),
        {
            "status": 1,
            "closed_on": closed[at],
            "close_hours": (hours[at] * 100).astype(np.int64),
            "is_solved": (chance.random(len(at)) < 0.88).astype(np.int64),
        },
    )
    frame = history(base, moment(chance, opened, country), [change] if len(at) else [])
    frame["case_id"] = frame["row_id"]
    return frame


def _after_orders(
    chance: np.random.Generator, accounts: Accounts, orders: Orders
) -> tuple[Ints, Ints, Ints]:
    """Owners, days and orders (-1: not said which) of what follows an order within weeks; some accounts
    are harder to please than others."""
    era = accounts.era
    weight = np.bincount(orders.account, minlength=len(accounts)) + 0.5
    weight = weight * np.exp(chance.normal(0, 0.3, len(accounts)))
    owner = each(chance.poisson(CASES * 1.03 * len(accounts) * weight / weight.sum()))
    order, day = _one_of(chance, accounts, orders, owner)
    span = era.end - accounts.first[owner]
    alone = accounts.first[owner] + (chance.random(len(owner)) * span).astype(np.int64)
    day = np.where(order < 0, alone, day + chance.integers(2, 70, len(owner)))
    order = np.where(chance.random(len(owner)) < 0.6, order, -1)
    inside = day <= era.end
    owner, day, order = owner[inside], day[inside], order[inside]
    sorting = np.lexsort((day, owner))
    return owner[sorting], day[sorting], order[sorting]


def _some_order(
    chance: np.random.Generator, accounts: Accounts, orders: Orders, owner: Ints
) -> Ints:
    """An order of the same account for six of ten rows, where it has any; -1 for the others."""
    order, _ = _one_of(chance, accounts, orders, owner)
    return np.where(chance.random(len(owner)) < 0.6, order, -1)


def _one_of(
    chance: np.random.Generator, accounts: Accounts, orders: Orders, owner: Ints
) -> tuple[Ints, Ints]:
    """For each row an order of its account and the order's day; -1 and 0 where it has none."""
    counts = np.bincount(orders.account, minlength=len(accounts))
    starts = np.r_[0, counts.cumsum()[:-1]]
    pick = (chance.random(len(owner)) * counts[owner]).astype(np.int64) + starts[owner]
    has = counts[owner] > 0
    if not len(orders):
        return np.full(len(owner), -1), np.zeros(len(owner), np.int64)
    pick = np.minimum(pick, len(orders) - 1)
    return np.where(has, orders.key[pick], -1), np.where(has, orders.day[pick], 0)


def ratings(people: Population, accounts: Accounts, orders: Orders) -> Frame:
    """Ratings 1–5 and NPS answers, both ways."""
    chance = accounts.era.chance(accounts.chunk, "ratings")
    owner, day = traded(chance, accounts, RATINGS)
    total = len(owner)
    health = people.health.at(accounts.era, accounts.party[owner], day)
    about = chance.random(total) < 0.35
    level = np.where(about, 3.6 + 0.6 * health, 4.1) + chance.normal(0, 0.8, total)
    stars = np.clip(np.rint(level), 1, 5).astype(np.int64)
    with_nps = ~about & (chance.random(total) < 0.3)
    nps = np.clip(stars * 2 + chance.integers(-1, 2, total), 0, 10)
    words = chance.random(total) < 0.3
    base: Frame = {
        "row_id": Ref(PLACES["feedback"], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "given_on": day,
        "role": Coded(about.astype(np.int64), ["by_customer", "about_customer"]),
        "aspect": Coded(
            np.where(about, chance.choice([0, 3, 4], total), chance.integers(0, 3, total)),
            ["overall", "service", "goods", "payment", "cooperation"],
        ),
        "rating": stars * 1_000_000,
        "nps": np.where(with_nps, nps * 1_000_000, MISSING),
        "would_continue": np.where(with_nps, (nps >= 6).astype(np.int64), MISSING),
        "surveyed_by": Coded((chance.random(total) < 0.15).astype(np.int64), ["us", "third_party"]),
        "order_id": Ref(PLACES["sales_order"], _some_order(chance, accounts, orders, owner)),
        "comment": Coded(np.where(words, chance.integers(0, 5, total), -1), COMMENTS[:5]),
    }
    frame = history(base, moment(chance, day, accounts.country[owner], 1))
    frame["feedback_id"] = frame["row_id"]
    return frame


def costs(accounts: Accounts) -> Frame:
    """The table relation_cost."""
    chance = accounts.era.chance(accounts.chunk, "costs")
    owner, day = traded(chance, accounts, COSTS, 0.5)
    base: Frame = {
        "row_id": Ref(PLACES["relation_cost"], keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "cost_date": day,
        "kind": Coded(chance.choice(3, len(owner), p=[0.3, 0.5, 0.2]), ["acquire", "keep", "grow"]),
        "amount": (np.exp(chance.normal(7.5, 0.8, len(owner))) * accounts.unit[owner]).astype(
            np.int64
        )
        * 100
        + 100,
        "currency": currency_of(accounts, owner),
    }
    frame = history(base, moment(chance, day, accounts.country[owner]))
    frame["cost_id"] = frame["row_id"]
    return frame
