"""Orders and deliveries: what is sold.

Volume is heavily skewed (lognormal): a few accounts order every day, many hardly ever. Orders thin
out as health falls; deliveries are late more often, and by the customer's doing, when it is bad.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from sandbox.world.accounts import KEYS_PER_ACCOUNT, Accounts
from sandbox.world.columns import (
    MISSING,
    Coded,
    Frame,
    Ints,
    Number,
    Ref,
    each,
    nothing,
    place,
)
from sandbox.world.lexicon import INDUSTRIES
from sandbox.world.population import Population
from sandbox.world.tables import CURRENCIES, PLACES
from sandbox.world.versions import DAY, Change, history, moment

ORDERS = 50.0
"""Orders an account has on average in three years; so many deliveries and invoices as well."""
SKEW = 1.25
MOST_ORDERS = 2500
STATUS = ["open", "delivered", "closed", "cancelled"]
OPEN, DELIVERED, CLOSED, CANCELLED = range(4)
OURS = ["SH", "SZ", "US", "EU"]
CHANNELS = ["direct", "web", "distributor", "phone"]
FAULT = ["customer", "us", "carrier", "unknown"]
PRODUCTS = [industry[3] for industry in INDUSTRIES[:8]]


@dataclass(frozen=True)
class Orders:
    """One row an order: `account` is the place in the chunk, days and hundredths are whole."""

    account: Ints
    key: Ints
    day: Ints
    amount: Ints
    promised: Ints
    actual: Ints
    is_cancelled: np.ndarray
    health: np.ndarray

    def __len__(self) -> int:
        return len(self.key)


def keys(accounts: Accounts, owner: Ints, start: int = 0) -> Ints:
    """Keys for rows of `owner` (places in the chunk, sorted): account, then place among its own."""
    return accounts.number[owner] * KEYS_PER_ACCOUNT + place(owner) + start


def customer_of(accounts: Accounts, owner: Ints) -> Ref:
    """The customer_id column of rows of `owner`."""
    return Ref(PLACES["customer"], accounts.keys[owner])


def currency_of(accounts: Accounts, owner: Ints) -> Coded:
    """The currency column of rows of `owner`."""
    return Coded(accounts.currency[owner], CURRENCIES)


def skewed(chance: np.random.Generator, share: np.ndarray, mean: float, skew: float) -> Ints:
    """Counts whose mean over all is `mean`: lognormal quantiles, dealt out, times `share`."""
    total = len(share)
    middle = NormalDist()
    normal = np.array([middle.inv_cdf((nth + 0.5) / total) for nth in range(total)])
    weight = chance.permutation(np.exp(skew * normal)) * share
    counts = weight * (mean * total / max(weight.sum(), 1e-9))
    whole = np.floor(counts + chance.random(total)).astype(np.int64)
    return np.minimum(whole, MOST_ORDERS)


def drawn(people: Population, accounts: Accounts) -> tuple[Orders, Frame, Frame]:
    """The chunk's orders, and the tables sales_order and delivery."""
    era = accounts.era
    chance = era.chance(accounts.chunk, "orders")
    open_days = np.maximum(accounts.last - accounts.first + 1, 0)
    counts = skewed(chance, open_days / era.days, ORDERS * 1.025, SKEW)
    owner = each(np.where(open_days > 0, counts, 0))
    day = accounts.first[owner] + (chance.random(len(owner)) * open_days[owner]).astype(np.int64)
    health = people.health.at(era, accounts.party[owner], day)
    stays = chance.random(len(owner)) > np.clip(-0.3 * health - 0.1, 0, 0.7)
    owner, day, health = owner[stays], day[stays], health[stays]
    order = np.lexsort((day, owner))
    owner, day, health = owner[order], day[order], health[order]
    total = len(owner)
    size = np.exp(chance.normal(9.3, 0.9, len(accounts)))
    amount = size[owner] * np.exp(chance.normal(0, 0.6, total)) * accounts.unit[owner] * 100
    is_yen = accounts.currency[owner] == CURRENCIES.index("JPY")
    amount = np.maximum(amount.astype(np.int64), 5000)
    amount = np.where(is_yen, amount // 100 * 100, amount)
    promised = day + chance.integers(4, 36, total)
    late = chance.random(total) < np.clip(0.12 - 0.05 * health, 0.03, 0.5)
    delay = np.where(late, 1 + chance.geometric(0.13, total), -chance.integers(0, 4, total))
    actual = np.maximum(promised + delay, day + 1)
    default = people.health.default[accounts.party[owner]]
    is_cancelled = chance.random(total) < 0.035
    is_cancelled |= (default != MISSING) & (actual > default + 20)
    orders = Orders(
        owner, keys(accounts, owner), day, amount, promised, actual, is_cancelled, health
    )
    return orders, _order_table(chance, accounts, orders), _deliveries(chance, accounts, orders)


def _order_table(chance: np.random.Generator, accounts: Accounts, orders: Orders) -> Frame:
    total = len(orders)
    owner = orders.account
    country = accounts.country[owner]
    created = moment(chance, orders.day, country, 1)
    base: Frame = {
        "row_id": Ref(PLACES["sales_order"], orders.key),
        "number": Number("SO", orders.key),
        "customer_id": customer_of(accounts, owner),
        "company_id": Coded(np.where(country == 0, orders.key % 2, 2 + (country > 1)), OURS),
        "order_date": orders.day,
        "amount": orders.amount,
        "currency": currency_of(accounts, owner),
        "cost_amount": (orders.amount * chance.uniform(0.55, 0.92, total)).astype(np.int64),
        "status": Coded(np.full(total, OPEN), STATUS),
        "closed_on": nothing(total),
        "reopened_on": nothing(total),
        "reopened_count": np.zeros(total, np.int64),
        "contract_id": Ref(PLACES["contract"], np.full(total, -1)),
        "product_group": Coded(chance.integers(0, len(PRODUCTS), total), PRODUCTS),
        "channel": Coded(chance.choice(4, total, p=[0.6, 0.2, 0.12, 0.08]), CHANNELS),
    }
    gone = np.flatnonzero(orders.is_cancelled)
    gone_on = orders.day[gone] + chance.integers(1, 10, len(gone))
    done = np.flatnonzero(~orders.is_cancelled)
    shut = done[chance.random(len(done)) < 0.18]
    shut_on = orders.actual[shut] + chance.integers(5, 40, len(shut))
    again = chance.random(len(shut)) < 0.05
    back, back_on = shut[again], shut_on[again] + chance.integers(1, 5, again.sum())
    twice = np.where(chance.random(len(back)) < 0.25, 2, 1)
    changes = [
        Change(
            gone,
            moment(chance, gone_on, country[gone]),
            {"status": CANCELLED, "closed_on": gone_on},
        ),
        Change(done, moment(chance, orders.actual[done], country[done], 2), {"status": DELIVERED}),
        Change(
            shut, moment(chance, shut_on, country[shut]), {"status": CLOSED, "closed_on": shut_on}
        ),
        Change(
            back,
            moment(chance, back_on, country[back]),
            {"status": OPEN, "reopened_on": back_on, "reopened_count": twice},
        ),
        Change(
            back,
            moment(chance, back_on + 3, country[back]),
            {"status": CLOSED, "closed_on": back_on + 3},
        ),
    ]
    frame = history(base, created, [change for change in changes if len(change.index)])
    frame["order_id"] = frame["row_id"]
    return frame


def _deliveries(chance: np.random.Generator, accounts: Accounts, orders: Orders) -> Frame:
    """One an order, two for one order in twenty; a late one was announced before it came."""
    kept = np.flatnonzero(~orders.is_cancelled | (chance.random(len(orders)) < 0.1))
    of_order = np.repeat(kept, np.where(chance.random(len(kept)) < 0.05, 2, 1))
    owner = orders.account[of_order]
    total = len(owner)
    second = place(of_order) == 1
    country = accounts.country[owner]
    promised = orders.promised[of_order] + np.where(second, 7, 0)
    actual = orders.actual[of_order] + np.where(second, 7, 0)
    ordered = chance.integers(1, 400, total) * 1000
    short = chance.random(total) < 0.03
    never = orders.is_cancelled[of_order]
    is_late = actual > promised
    theirs = 1 / (1 + np.exp(0.4 + orders.health[of_order]))
    draw = chance.random(total)
    rest = chance.choice([1, 2, 3], total, p=[0.55, 0.35, 0.1])
    base: Frame = {
        "row_id": Ref(PLACES["delivery"], keys(accounts, owner)),
        "number": Number("DN", keys(accounts, owner)),
        "customer_id": customer_of(accounts, owner),
        "order_id": Ref(PLACES["sales_order"], orders.key[of_order]),
        "contract_id": Ref(PLACES["contract"], np.full(total, -1)),
        "promised_date": promised,
        "actual_date": np.where(never, MISSING, actual),
        "quantity_ordered": ordered,
        "quantity_delivered": np.where(
            never, 0, np.where(short, ordered * 9 // 10 // 1000 * 1000, ordered)
        ),
        "late_by": Coded(np.where(is_late, np.where(draw < theirs, 0, rest), -1), FAULT),
    }
    ahead = (is_late | (chance.random(total) < 0.05)) & ~never
    created = moment(
        chance, np.where(ahead, promised - 2, np.where(never, promised, actual)), country, 1
    )
    early = np.flatnonzero(ahead)
    came = {name: base[name][early].copy() for name in ("actual_date", "quantity_delivered")}
    came["late_by"] = base["late_by"].codes[early].copy()
    base["actual_date"][early] = MISSING
    base["quantity_delivered"][early] = 0
    base["late_by"].codes[early] = -1
    after = Change(early, moment(chance, actual[early], country[early], 1), came)
    frame = history(
        base, np.maximum(created, orders.day[of_order] * DAY), [after] if len(early) else []
    )
    frame["delivery_id"] = frame["row_id"]
    return frame


def one_in(chance: np.random.Generator, rate: float, total: int) -> np.ndarray:
    """A mask that is true for about `rate` of the rows."""
    return chance.random(total) < rate
