"""How fast a system may be asked: its windows, kept across processes and restarts.

A system counts what it receives, we count what we send; a request that was slow on its way could make
the two differ, so every window is kept a little longer than the system says. A request that nobody
answered may have been slower than that: it counts as late as it can have come in.
"""

import fcntl
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from pyrate_limiter import Rate, RateItem, SQLiteBucket
from pyrate_limiter.buckets.sqlite_bucket import Queries

from etl.clock import Ticker
from etl.errors import BadInput
from etl.sources.connector import Limit

MARGIN = 0.02
LEAST_MARGIN_MS = 250
TABLE = "sent"
MOVE = """
UPDATE "{table}" SET item_timestamp = ?
WHERE rowid = (SELECT rowid FROM "{table}" WHERE item_timestamp = ? LIMIT 1)
"""


class Windows:
    """The windows of one system. Every key (an interface, a host) has windows of its own."""

    def __init__(self, folder: Path, name: str, limits: Sequence[Limit], ticker: Ticker) -> None:
        self.folder = folder
        self.name = name
        self.limits = limits
        self.ticker = ticker
        self.buckets: dict[str, SQLiteBucket] = {}
        self.sent: dict[str, int] = {}
        self.unanswered: dict[str, int] = {}

    def take(self, key: str) -> float:
        """Count one request now and return 0; or count nothing and return the seconds to wait."""
        if not self.limits:
            return 0.0
        bucket = self.buckets.get(key) or self._open(key)
        item = RateItem(key, int(self.ticker.now().timestamp() * 1000))
        # Two tasks may ask the same system: looking and counting must be one step for both.
        with bucket.conn:
            bucket.conn.execute("BEGIN IMMEDIATE")
            lost = self.unanswered.pop(key, None)
            if lost is not None:
                # Every window from here on that holds the moment it was sent holds this one too.
                bucket.conn.execute(MOVE.format(table=bucket.table), (item.timestamp, lost))
            decision = bucket.put_decision(item)
        if decision.failing_rate is None:  # type: ignore[union-attr]
            self.sent[key] = item.timestamp
            return 0.0
        bucket.leak(item.timestamp)
        return max(0.05, (decision.retry_after_ms or 1000) / 1000)  # type: ignore[union-attr]

    def lose(self, key: str) -> None:
        """Nobody answered the request that was counted last: it may come in as late as the next one."""
        if key in self.sent:
            self.unanswered[key] = self.sent[key]

    def _open(self, key: str) -> SQLiteBucket:
        self.folder.mkdir(parents=True, exist_ok=True)
        # Making the file waits for nobody, so that one must wait for the other here.
        with (self.folder / f"{self.name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            return self._opened(key)

    def _opened(self, key: str) -> SQLiteBucket:
        table = f"{TABLE}_{len(key)}_{key}".replace("'", "").replace('"', "")
        connection = sqlite3.connect(self.folder / f"{self.name}.sqlite", timeout=30)
        # A power cut may forget the last calls; a crash of ours does not. Waiting for the disk
        # on every call would cost more than the call.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(Queries.CREATE_BUCKET_TABLE.format(table=table))
        connection.execute(
            Queries.CREATE_INDEX_ON_TIMESTAMP.format(index_name=f"at_{table}", table_name=table)
        )
        connection.commit()
        rates = [Rate(limit.calls, _padded(limit.seconds)) for limit in self.limits]
        try:
            bucket = SQLiteBucket(rates, connection, table)
        except (ValueError, AssertionError):
            raise BadInput(
                f"the limits of {self.name} contradict each other: a longer window must allow more "
                "calls than a shorter one."
            ) from None
        self.buckets[key] = bucket
        return bucket

    def close(self) -> None:
        """Let the files go."""
        for bucket in self.buckets.values():
            bucket.conn.close()
        self.buckets.clear()


def _padded(seconds: int) -> int:
    milliseconds = seconds * 1000
    return milliseconds + max(LEAST_MARGIN_MS, int(milliseconds * MARGIN))


def parse_limits(text: str, connection: str) -> tuple[Limit, ...]:
    """`5/60,50/3600`: at most 5 in any 60 seconds, 50 in any hour."""
    limits = []
    for part in text.replace(" ", "").split(","):
        calls, _, seconds = part.partition("/")
        if not (calls.isdigit() and seconds.isdigit() and int(calls) and int(seconds)):
            raise BadInput(
                f"connection {connection}: limits {part!r} is not calls/seconds; "
                "write it like 5/60,50/3600."
            )
        limits.append(Limit(int(calls), int(seconds)))
    return tuple(sorted(limits, key=lambda limit: limit.seconds))
