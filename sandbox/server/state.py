"""What the server knows between two calls. Nothing of it is on disk: a restart forgets it all."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sandbox.server.clock import Clock
from sandbox.server.credentials import SANDBOX, Credentials
from sandbox.server.faults import SKEW, Faults
from sandbox.server.limits import Quotas, Window, Windows


@dataclass(frozen=True)
class Token:
    """A token as the server that issued it remembers it. `facts`: whose it is."""

    text: str
    issued: datetime
    expires: datetime
    facts: dict[str, str] = field(default_factory=dict)


class State:
    """Clock, tokens, windows, counts, jobs and faults of one running sandbox.

    `limit_factor` widens every rate window (a factor of 10 allows ten times the calls) for demos
    that should not wait; `options` holds what public documents leave open, per stand-in
    (`{"fxiaoke": {"total_by_default": False}}`; each module's docstring lists its own).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        faults: Faults | None = None,
        credentials: Credentials = SANDBOX,
        limit_factor: float = 1.0,
        options: dict[str, dict[str, Any]] | None = None,
        seed: int = 1,
    ) -> None:
        self.clock = clock
        self.faults = faults or Faults()
        self.credentials = credentials
        self.limit_factor = limit_factor
        self.options = options or {}
        self.world: Any = None  # sandbox.world.reader.World; create_app sets it
        self.issued: dict[str, list[str]] = defaultdict(list)
        self._seed = seed
        self._forget()

    def _forget(self) -> None:
        self._random = Random(self._seed)  # noqa: S311 - ids of a sandbox, the same every time
        self.windows = Windows()
        self.quotas = Quotas()
        self.tokens: dict[str, dict[str, Token]] = defaultdict(dict)
        self.jobs: dict[str, dict[str, Any]] = defaultdict(dict)
        self.memory: dict[str, dict[str, Any]] = defaultdict(dict)
        self.calls: Counter[tuple[str, str]] = Counter()
        self.rows: Counter[tuple[str, str]] = Counter()
        self.violations: Counter[tuple[str, str]] = Counter()
        self.refusals: Counter[tuple[str, str]] = Counter()
        self.billed: Counter[tuple[str, str, str]] = Counter()
        self.broken: Counter[tuple[str, str]] = Counter()

    def reset(self) -> None:
        """Forget calls, tokens, windows, quotas and jobs; faults go off. The clock stays."""
        self._forget()
        self.faults = Faults(seed=self.faults.seed, delay=self.faults.delay)

    # Time

    def now(self) -> datetime:
        """The virtual moment: what the world looks like is a function of it."""
        return self.clock.now()

    def server_time(self, system: str) -> datetime:
        """What `system` takes for the time: its clock may be off (the fault `clock_skew`)."""
        return self.now() + (SKEW if self.faults.is_on("clock_skew", system) else timedelta())

    def view(self) -> Any:
        """The world as it is at this moment (`World.at`)."""
        return self.world.at(self.now())

    # Limits and bills

    def wait(self, system: str, name: str, windows: Sequence[Window], *also: str) -> float:
        """0.0 when the call fits into every window of `name`; else the seconds until it would.

        A call that does not fit is a violation: a client that keeps to the limits has none. `also`
        parts the window further (a token, an interface).
        """
        wide = [(max(1, int(calls * self.limit_factor)), seconds) for calls, seconds in windows]
        wait = self.windows.wait((system, name, *also), wide, self.now())
        if wait > 0:
            self.violations[system, name] += 1
        return wait

    def spend(self, system: str, name: str, most: int, utc_hours: int = 8) -> bool:
        """One call of today's quota; False when it is used up."""
        return self.quotas.take(system, name, most, self.now(), utc_hours)

    def bill(self, system: str, product: str, subject: str) -> None:
        """A call that costs money."""
        self.billed[system, product, subject] += 1

    def option(self, system: str, name: str, default: Any) -> Any:
        """What this sandbox chose where public documents are silent or at odds."""
        return self.options.get(system, {}).get(name, default)

    # Tokens

    def issue(self, system: str, life: float, text: str = "", **facts: str) -> Token:
        """A new token that lives `life` seconds."""
        now = self.now()
        token = Token(
            text or secrets.token_hex(24), now, now + timedelta(seconds=life), dict(facts)
        )
        self.tokens[system][token.text] = token
        self.issued[system].append(token.text)
        return token

    def live_token(self, system: str, text: str) -> Token | None:
        """The token, unless it is unknown, revoked or expired."""
        token = self.tokens[system].get(text)
        return token if token and token.issued <= self.now() < token.expires else None

    def revoke(self, system: str) -> None:
        """Every token of the system is worthless from now on."""
        self.tokens[system].clear()

    # Ids, counts

    def new_id(self, length: int, alphabet: str = "0123456789") -> str:
        """An id that no call was given before; the same sequence in every run."""
        return "".join(self._random.choices(alphabet, k=length))

    def as_counts(self) -> dict[str, Any]:
        """What `GET /_sandbox/counts` answers."""
        return {
            "calls": _nested(self.calls),
            "rows": _nested(self.rows),
            "violations": _nested(self.violations),
            "refusals": _nested(self.refusals),
            "billed": _nested(self.billed),
            "faults": _nested(self.faults.hits),
            "broken": _nested(self.broken),
        }


def _nested(counts: Counter[Any]) -> dict[str, Any]:
    """{("a", "b"): 1} as {"a": {"b": 1}}, in order."""
    tree: dict[str, Any] = {}
    for key in sorted(counts):
        if not counts[key]:
            continue
        branch = tree
        for part in key[:-1]:
            branch = branch.setdefault(part, {})
        branch[key[-1]] = counts[key]
    return tree
