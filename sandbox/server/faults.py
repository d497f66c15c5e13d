"""What goes wrong, and on which call: decided by a hash, so the same seed brings the same trouble.

Transient faults pass: no request is hit more than twice in a row, so a patient client always gets
through. Persistent faults stay until they are switched off or, for `quota`, until the next day.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from etl.errors import ZixinError

TRANSIENT = (
    "429",
    "5xx",
    "timeout",
    "cut",
    "truncated",
    "duplicate_page",
    "missing_page",
    "token_expiry",
    "wrong_signature",
)
PERSISTENT = ("schema_drift", "clock_skew", "quota")
ALL = (*TRANSIENT, *PERSISTENT)

SKEW = timedelta(minutes=7)
"""How far a server's clock is off under `clock_skew`."""

IN_A_ROW = 2
ONCE = ("token_expiry", "wrong_signature")
"""Clients log in again once: these never hit the same request twice in a row."""

EXPIRIES, EXPIRY_WINDOW = 3, 600.0
"""Token endpoints are rationed too (ten a minute, ten in ten minutes): expire tokens more rarely."""


def parse(text: str) -> tuple[str, ...]:
    """The faults in `429,cut` or `all`.

    Raises:
        ZixinError: there is no such fault.
    """
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    if names == ("all",):
        return ALL
    for name in names:
        if name not in ALL:
            raise ZixinError(f"there is no fault {name!r}: there is all, {', '.join(ALL)}")
    return names


class Faults:
    """Which faults are on, for which systems, and how often.

    `rate`: the share of calls that one of the transient faults hits. `delay`: seconds that
    `timeout` holds an answer. `quota_after`: calls a day until `quota` says it is used up.
    `systems` empty: all of them. `hits` counts (system, fault).
    """

    def __init__(
        self,
        on: Iterable[str] = (),
        *,
        systems: Collection[str] = (),
        rate: float = 0.1,
        seed: int = 1,
        delay: float = 90.0,
        quota_after: int = 20,
    ) -> None:
        self.on = frozenset(on)
        self.systems = frozenset(systems)
        self.rate = rate
        self.seed = seed
        self.delay = delay
        self.quota_after = quota_after
        self.hits: Counter[tuple[str, str]] = Counter()
        self._numbers: Counter[str] = Counter()
        self._row: dict[tuple[str, str], list[str]] = {}
        self._expired: dict[str, deque[datetime]] = {}
        self._spent: Counter[tuple[str, str]] = Counter()

    def is_on(self, fault: str, system: str) -> bool:
        """Whether `fault` may befall `system`; persistent ones do."""
        return fault in self.on and (not self.systems or system in self.systems)

    @property
    def is_quiet(self) -> bool:
        """Nothing is on that needs a look at the single call."""
        return not self.on - {"schema_drift", "clock_skew"}

    def quota_used(self, system: str, now: datetime) -> bool:
        """Count one call of today's; True once they are used up (the fault `quota`)."""
        if not self.is_on("quota", system):
            return False
        self._spent[system, now.date().isoformat()] += 1
        if self._spent[system, now.date().isoformat()] <= self.quota_after:
            return False
        self.hits[system, "quota"] += 1
        return True

    def strike(
        self, system: str, request: str, possible: Collection[str], now: datetime
    ) -> str | None:
        """The transient fault that hits this call, None when it is left alone.

        `request` identifies it apart from tokens and trace ids; `possible`: what can befall it.
        """
        row = self._row.setdefault((system, request), [])
        fault = self._drawn(system, possible, row, now)
        if fault is None:
            self._row.pop((system, request), None)
            return None
        row.append(fault)
        if fault == "token_expiry":
            self._expired.setdefault(system, deque()).append(now)
        self.hits[system, fault] += 1
        return fault

    def _drawn(
        self, system: str, possible: Collection[str], row: list[str], now: datetime
    ) -> str | None:
        self._numbers[system] += 1
        if len(row) >= IN_A_ROW:
            return None
        choices = [
            fault
            for fault in TRANSIENT
            if fault in possible
            and self.is_on(fault, system)
            and not (fault in ONCE and row)
            and not (fault == "token_expiry" and self._tokens_rest(system, now))
        ]
        number = self._numbers[system]
        if not choices or self._chance("hit", system, number) >= self.rate:
            return None
        return min(choices, key=lambda fault: self._chance(fault, system, number))

    def _tokens_rest(self, system: str, now: datetime) -> bool:
        """True while enough tokens have expired before their time."""
        expired = self._expired.get(system, deque())
        while expired and expired[0] <= now - timedelta(seconds=EXPIRY_WINDOW):
            expired.popleft()
        return len(expired) >= EXPIRIES

    def _chance(self, what: str, system: str, number: int) -> float:
        """A number in [0, 1) that is the same in every run."""
        digest = hashlib.blake2b(
            f"{self.seed}|{system}|{what}|{number}".encode(), digest_size=8
        ).digest()
        return int.from_bytes(digest, "big") / 2**64
