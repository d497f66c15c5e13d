"""One feed of one system, one night: ask, keep every page, go on where a crash left off, land.

The order is what makes it safe: the answer is written down (`OpenPull.keep`) before anybody looks into
it, then the connector says what follows, then both are noted (`settle`). Whatever was noted is not asked
again; whatever was kept but not noted is looked at, not asked, after a crash.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from etl import landing
from etl.errors import BadInput
from etl.landing import Batch, standing_batches
from etl.sources.client import Client, Stopped
from etl.sources.config import Feed
from etl.sources.connector import (
    Ask,
    Connector,
    Inconsistent,
    Meaning,
    Pull,
    Subject,
)
from etl.sources.open_pull import OpenPull
from etl.sources.systems import fields_of

OVERLAP_SECONDS = 600
"""A system may show a row some minutes after the moment it stamps on it."""

ONLY = 0
"""The number of the subject where there is none: the pull as a whole."""

TRIES_A_PAGE = 3


@dataclass(frozen=True)
class Pulled:
    """What became of a pull. `batch`: what landed (None: nothing was asked). `remark`: what a person
    should know, such as what was left for another night; empty if nothing."""

    batch: Batch | None
    remark: str = ""


@dataclass(frozen=True)
class Order:
    """Whom to ask, and how many paid requests that may take. Empty for systems asked as a whole."""

    subjects: tuple[Subject, ...] = ()
    budget: int | None = None


class Puller:
    """One pull of one feed."""

    def __init__(
        self,
        home: Path,
        feed: Feed,
        connector: Connector,
        client: Callable[[], Client],
        as_of: date,
        until: datetime,
    ) -> None:
        self.home = home
        self.feed = feed
        self.connector = connector
        self.make_client = client
        self.as_of = as_of
        self.until = until
        self.open = OpenPull(home / "landing" / "open" / feed.name)

    def run(self, order: Callable[[], Order]) -> Pulled:
        """Bring what is new since the last batch and land it.

        `order` is called when a pull begins, not when one goes on.

        Raises:
            BadInput: the system refuses or keeps failing; what was paid for stays where it is, and
                the next run goes on from there.
        """
        self._forget_what_landed()
        goes_on = self.open.is_started and self.open.facts["request"] == self.request
        self.client = self.make_client()
        if not goes_on and not self._begin(order):
            return Pulled(None)
        try:
            left, sentence = self._subjects()
        except BadInput:
            # A cursor of last night may have run out: what cost nothing is asked for anew, once.
            if not goes_on or "subjects" in self.open.facts or not self._begin(order):
                raise
            left, sentence = self._subjects()
        return self._land(left, sentence)

    @property
    def request(self) -> str:
        """Names what is asked for: another object, other fields or options are another request."""
        parts: dict[str, object] = {
            "source": self.feed.source,
            "resource": self.feed.resource,
            "options": self.feed.options,
        }
        if self.connector.selects_fields:
            parts["fields"] = sorted(fields_of(self.feed))
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _forget_what_landed(self) -> None:
        """A crash between landing and tidying up leaves a pull that is a batch already."""
        if self.open.is_started and self.open.facts.get("sealed"):
            listed = self.open.content()
            if any(listed in batch.content for batch in landing.batches(self.home)):
                self.open.discard()

    def _begin(self, order: Callable[[], Order]) -> bool:
        """Write down what will be asked; False when there is nothing to ask."""
        standing = [
            batch
            for batch in standing_batches(self.home, self.feed, self.as_of)
            if batch.request == self.request
        ]
        facts: dict[str, object] = {"request": self.request, "until": self.until.isoformat()}
        if self.connector.by_subject:
            ordered = order()
            if not ordered.subjects:
                return False
            facts |= {
                "subjects": [asdict(subject) for subject in ordered.subjects],
                "budget": ordered.budget,
                "since": None,
                "known": "arrival",
            }
        else:
            mark = _moment(standing[-1].mark) if standing and standing[-1].mark else None
            if self.feed.export == "full":
                if standing and standing[-1].day == self.as_of:
                    return False
                mark = None
            if mark is not None and mark >= self.until:
                return False
            overlap = timedelta(seconds=int(self.feed.options.get("overlap", OVERLAP_SECONDS)))
            facts |= {
                "since": None if mark is None else (mark - overlap).isoformat(),
                "known": self.feed.known if mark is None else "arrival",
                # What was asked for otherwise has other fields: this pull takes its place.
                "replaces": mark is None,
            }
        self.open.start({**facts, "began": self.client.system_time().isoformat()})
        return True

    def _subjects(self) -> tuple[int, str]:
        """Go through the subjects; how many are left, and why."""
        facts = self.open.facts
        if "subjects" not in facts:
            try:
                self._ask_through(ONLY, self._pull(None))
            except Stopped as stopped:
                raise BadInput(
                    f"{self.connector.name} stopped before the feed was whole: {stopped}; "
                    "the next night goes on from there."
                ) from None
            return 0, ""
        subjects = [Subject(**subject) for subject in facts["subjects"]]
        for number, subject in enumerate(subjects, start=1):
            try:
                self._ask_through(number, self._pull(subject))
            except (Stopped, BadInput) as stopped:
                if not self.open.finished and isinstance(stopped, BadInput):
                    raise
                # Every answer stands for itself: those that came are of use without the others.
                return len(subjects) - len(self.open.finished), str(stopped).rstrip(".")
        return 0, ""

    def _pull(self, subject: Subject | None) -> Pull:
        facts = self.open.facts
        return Pull(
            resource=self.feed.resource,
            fields=fields_of(self.feed),
            since=_moment(facts["since"]) if facts["since"] else None,
            until=_moment(facts["until"]),
            options=self.feed.options,
            subject=subject,
        )

    def _ask_through(self, number: int, pull: Pull) -> None:
        """Ask about one subject (or the whole feed) to the end; start once more when the sum of what
        came contradicts what the system said."""
        if number in self.open.finished:
            return
        for last in (False, True):
            try:
                ask = self.open.next_ask(number) or self.connector.first(pull)
                if ask is None:
                    self.open.finish(number)
                while ask is not None:
                    ask = self._step(number, pull, ask)
                return
            except Inconsistent as error:
                if last or not error.restart:
                    raise BadInput(
                        f"feed {self.feed.name}: {self.connector.name} contradicts itself: {error}."
                    ) from None
                self.open.forget(number)

    def _step(self, number: int, pull: Pull, ask: Ask) -> Ask | None:
        """One page: kept, understood, noted."""
        for attempt in range(1, TRIES_A_PAGE + 1):
            reply = self.open.arrived(ask)
            verdict = self.connector.judge(reply) if reply is not None else None
            if reply is None or verdict is None or verdict.meaning not in LANDING:
                reply, verdict = self.client.ask(ask, self._pay)
                self.open.keep(ask, reply)
                self._correct_clock()
            try:
                skips = verdict.meaning is Meaning.SKIP
                following = None if skips else self.connector.after(pull, ask, reply)
            except Inconsistent as error:
                self.open.drop_page(ask)
                if error.restart or attempt == TRIES_A_PAGE:
                    raise
                continue
            self.open.settle(ask, reply, verdict.meaning.value, following, number)
            return following
        raise AssertionError("a page is settled or refused")

    def _mark(self) -> str:
        """Up to when the system has told everything: when the pull began, by the system's own time, but
        not beyond the night's day."""
        return min(_moment(self.open.facts["began"]), self.until).isoformat()

    def _correct_clock(self) -> None:
        """Had our clock been ahead of theirs when the pull began, rows would fall between two nights."""
        now = self.client.system_time()
        if now < _moment(self.open.facts["began"]):
            self.open.note(began=now.isoformat())

    def _pay(self) -> None:
        budget = self.open.facts.get("budget")
        if budget is not None and self.open.spent >= budget:
            raise Stopped(f"the budget of {budget} paid calls is used up")
        self.open.spend()

    def _land(self, left: int, sentence: str) -> Pulled:
        if left:
            self.open.drop_unfinished()
        facts = self.open.facts
        remark = ""
        if left:
            asked = len(facts["subjects"]) - left
            remark = (
                f"{sentence}: {asked} customers were asked about, {left} wait for another night."
            )
        if "subjects" in facts and not self.open.finished:
            self.open.discard()
            return Pulled(None, remark)
        self.open.note(sealed=True, mark="" if "subjects" in facts else self._mark())
        self.open.seal()
        gone: tuple[str, ...] = ()
        if facts.get("replaces"):
            standing = standing_batches(self.home, self.feed, self.as_of)
            gone = tuple(batch.name for batch in standing)
        kept = {key: value for key, value in self.open.facts.items() if key != "subjects"}
        kept |= {"answered": self.open.answered(), "spent": self.open.spent}
        batch = landing.land_pull(
            self.home, self.feed, self.as_of, self.open.folder, facts=kept, supersedes=gone
        )
        return Pulled(batch, remark)


LANDING = (Meaning.PAGE, Meaning.NOTHING, Meaning.SKIP)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
