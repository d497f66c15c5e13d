"""Does extraction keep up? Our pulls against a bare client that asks the same sandbox the same things.

The promise: at least 70 % of the rate at which a bare client gets the same pages, side by side in one
run, median of five; and memory that does not grow with the number of pages.

The bare client is one `requests` session that sends again what our pull sent, and looks at nothing that
comes. Ours logs in, judges every answer, keeps to the windows, lands every page in a file before anybody
looks into it and says what follows. Both must get the same bytes, so the sandbox's clock stands still
but for the waiting that a system asks for (Salesforce's jobs): that moves it on, and nobody waits.
"""

import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from typing import Any

import requests

from bench.measure import cost
from etl.clock import Ticker
from etl.settings import PROJECT
from etl.sources import session
from etl.sources.config import Feed, read_book
from etl.sources.connector import Subject
from etl.sources.order import Order
from etl.sources.pull import Puller
from etl.sources.systems import system

CUSTOMERS = 1200
ROUNDS = 5
ROUND_SECONDS = 4.0
"""Of pulling in one round: a pull alone may take less than a second."""

LEAST = 0.70
DAY = date(2026, 11, 20)
UNTIL = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TONIGHT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""Where the sandbox's clock stands; every pull begins then."""

WIDER = 10_000
"""The windows are opened wide, and the connections say so: they would be all that is measured."""

PATIENCE_SECONDS = 180
SUBJECTS = 150
"""Companies that QCC is asked about, four products each."""

FEEDS = ("fxiaoke-sales-order", "zoho-sales-order", "salesforce-sales-order", "qcc-litigation")
OPTIONS: dict[str, dict[str, Any]] = {"salesforce-sales-order": {"max_records": 100}}
MEMORY_PAGES = (250, 1000)
MOST_GROWTH = 1.10
MIB = 1 << 20

Sent = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Taken:
    """What a client took: answers, bytes of all of them, seconds."""

    answers: int
    size: int
    seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


class Tonight(Ticker):
    """From TONIGHT on, as fast as real time; what was slept because a system asked for it moves the
    sandbox's clock. `aside`: real seconds that this took."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.began = time.perf_counter()
        self.slept = self.aside = 0.0
        self._tell(set=TONIGHT.isoformat())

    def now(self) -> datetime:
        """This moment, tonight."""
        real = time.perf_counter() - self.began - self.aside
        return TONIGHT + timedelta(seconds=real + self.slept)

    def sleep(self, seconds: float) -> None:
        """Let the sandbox believe that this long has passed."""
        start = time.perf_counter()
        self._tell(advance=seconds)
        self.slept += seconds
        self.aside += time.perf_counter() - start

    def _tell(self, **wish: Any) -> None:
        requests.post(f"{self.address}/_sandbox/clock", json=wish, timeout=10).raise_for_status()


@dataclass(frozen=True)
class Sandbox:
    """Where it listens, and the world it is over."""

    address: str
    world: Path


def the_feed(folder: Path, name: str) -> Feed:
    """A feed of the shipped mappings, with options that make it many pages."""
    book = folder / "bench.yaml"
    book.write_text("include: [fxiaoke, zoho_crm, salesforce, qcc]\n", encoding="utf-8")
    feed = read_book(book).feed(name)
    return feed.model_copy(update={"options": {**feed.options, **OPTIONS.get(name, {})}})


def companies(world: Path, most: int) -> tuple[Subject, ...]:
    """Chinese companies of the world as a plan would name them, again and again if there are fewer."""
    from sandbox.world.reader import World

    opened = World(world)
    rows = opened.at(UNTIL).rows("customer", system="fxiaoke", limit=most)
    opened.close()
    names = [str(row["customer_name"]) for row in rows]
    named = [name for name in names if any("\u4e00" <= mark <= "\u9fff" for mark in name)]
    return tuple(
        Subject(f"fxiaoke:{place}", named[place % len(named)], "CN", {}) for place in range(most)
    )


def ours(
    home: Path, feed: Feed, subjects: tuple[Subject, ...], address: str
) -> tuple[Taken, list[Sent]]:
    """Our pull into an empty home, and every request that brought an answer, login left out."""
    ticker = Tonight(address)
    session.use_ticker(ticker)
    connector = system(feed.source)
    client = session.opens(home, feed, connector)()
    client.sign_in()
    sent: list[Sent] = []
    sizes: list[int] = []
    send: Callable[..., requests.Response] = client.http.send

    def noted(
        method: str, address: str, params: Any, headers: Any, body: Any, timeout: Any
    ) -> requests.Response:
        answer = send(method, address, params, headers, body, timeout)
        parts = {"params": dict(params), "headers": dict(headers), "json": body}
        sent.append((method, address, {**parts, "timeout": timeout}))
        sizes.append(len(answer.content))
        return answer

    client.http.send = noted  # type: ignore[method-assign]
    start = time.perf_counter()
    puller = Puller(home, feed, connector, lambda: client, DAY, UNTIL)
    batch = puller.run(lambda: Order(subjects)).batch
    seconds = time.perf_counter() - start - ticker.aside
    session.close_all()
    if batch is None:
        raise SystemExit(f"{feed.name} brought nothing to measure")
    return Taken(len(sent), sum(sizes), seconds), sent


def bare(sent: list[Sent]) -> Taken:
    """The same requests, and nothing done with what they bring."""
    size = 0
    start = time.perf_counter()
    with requests.Session() as asking:
        for method, address, parts in sent:
            size += len(asking.request(method, address, **parts).content)
    return Taken(len(sent), size, time.perf_counter() - start)


@contextmanager
def sandbox(folder: Path) -> Iterator[Sandbox]:
    """A world and, in a process of its own, a sandbox over it; the connections are set."""
    from sandbox.world.build import make_world

    make_world(folder / "world", CUSTOMERS, 1, date(2026, 12, 31))
    # Ended from outside, it ends its sandbox as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    ready = folder / "ready.json"
    process = Popen(  # noqa: S603  our own interpreter
        [
            *(sys.executable, "-m", "sandbox.server.run", "--world", str(folder / "world")),
            *("--ready-file", str(ready), "--limits-times", str(WIDER)),
            *("--frozen", "--at", TONIGHT.isoformat()),
        ],
        cwd=PROJECT,
        stdout=DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the sandbox did not start")
            time.sleep(0.1)
        facts = json.loads(ready.read_text(encoding="utf-8"))
        os.environ |= facts["environment"]
        yield Sandbox(facts["address"], folder / "world")
    finally:
        process.terminate()
        process.wait()


def side_by_side(folder: Path, running: Sandbox, name: str) -> float:
    """Ours and the bare client in turns; prints both rates, returns the median of their ratios."""
    feed = the_feed(folder, name)
    subjects = companies(running.world, SUBJECTS) if system(feed.source).by_subject else ()
    # Another home each time, all removed at the end: where files have just been deleted, ext4
    # without a journal takes twenty times as long to make one, and a night deletes none.
    homes = (folder / name / str(number) for number in count())
    rounds = [one_round(homes, feed, subjects, running) for _ in range(ROUNDS + 1)]
    # The first warms both up.
    ratios = [we.rate / they.rate for we, they in rounds[1:]]
    middle = statistics.median(ratios)
    mine, bares = (
        statistics.median(taken.rate for taken in side) for side in zip(*rounds[1:], strict=True)
    )
    we = rounds[0][0]
    sys.stdout.write(
        f"{name:<26}{we.size / we.answers / 1024:>6.1f} KiB an answer"
        f"{mine:>8.0f}/s ours{bares:>8.0f}/s bare{middle:>8.0%}"
        f"  ({min(ratios):.0%}–{max(ratios):.0%})\n"
    )
    sys.stdout.flush()
    return middle


def one_round(
    homes: Iterator[Path], feed: Feed, subjects: tuple[Subject, ...], running: Sandbox
) -> tuple[Taken, Taken]:
    """Pull and bare client again and again, one after the other: what else the machine does shall hit
    both alike."""
    pulls, bares = [], []
    while sum(taken.seconds for taken in pulls) < ROUND_SECONDS:
        we, sent = ours(next(homes), feed, subjects, running.address)
        they = bare(sent)
        if we.size != they.size and feed.source != "salesforce":
            # A job that is done answers a look at it with more than one that is running.
            raise SystemExit(
                f"{feed.name}: {we.size:,} bytes came to us, {they.size:,} to the other"
            )
        pulls.append(we)
        bares.append(they)
    return together(pulls), together(bares)


def together(several: list[Taken]) -> Taken:
    """The sum of what was taken."""
    return Taken(
        sum(taken.answers for taken in several),
        sum(taken.size for taken in several),
        sum(taken.seconds for taken in several),
    )


def one_pull(folder: str, running: Sandbox, pages: int) -> None:
    """A pull of so many pages, for its memory."""
    feed = the_feed(Path(folder), "qcc-tax-credit")
    asked = companies(running.world, pages)
    ours(Path(folder) / f"memory-{pages}", feed, asked, running.address)


def main() -> bool:
    """Print the medians and the memory; True when both promises are kept."""
    with TemporaryDirectory() as text:
        folder = Path(text)
        with sandbox(folder) as running:
            ratios = [side_by_side(folder, running, name) for name in FEEDS]
            few, many = (cost(one_pull, text, running, pages).memory for pages in MEMORY_PAGES)
    sys.stdout.write(
        f"peak memory: {few / MIB:.0f} MiB for {MEMORY_PAGES[0]} pages, "
        f"{many / MIB:.0f} MiB for {MEMORY_PAGES[1]}\n"
    )
    return min(ratios) >= LEAST and many <= few * MOST_GROWTH


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
