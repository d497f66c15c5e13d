"""One feed of one system, one night: ask, keep every page, go on where a crash left off, land.

The order is what makes it safe: the answer is written down (`OpenPull.keep`) before anybody looks into
it, then the connector says what follows, then both are noted (`settle`). Whatever was noted is not asked
again; whatever was kept but not noted is looked at, not asked, after a crash.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
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
    Reply,
    Subject,
    Verdict,
    understood,
)
from etl.sources.open_pull import OpenPull
from etl.sources.order import LeftForLater, Order, Pulled
from etl.sources.systems import fields_of

OVERLAP_SECONDS = 600
"""A system may show a row some minutes after the moment it stamps on it."""
MOST_OVERLAP_SECONDS = 31 * 86_400

ONLY = 0
"""The number of the subject where there is none: the pull as a whole."""

TRIES_A_PAGE = 3

EVER = datetime.min.replace(tzinfo=UTC)
"""Since when a pull asks that asks for everything."""

FAILURES_IN_A_ROW = 3
"""Customers who could not be asked about one after the other, before the provider counts as down."""


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
        self.fields = fields_of(feed)
        self.connector = connector
        self.make_client = client
        self.as_of = as_of
        self.until = until
        self.open = OpenPull(home / "landing" / "open" / feed.name)
        self.budget: int | None = None

    def run(self, order: Callable[[], Order]) -> Pulled:
        """Bring what is new since the last batch and land it.

        `order` is called when a pull begins, not when one goes on.

        Raises:
            BadInput: the system refuses or keeps failing; what was paid for stays where it is, and
                the next run goes on from there.
        """
        self._forget_what_landed()
        self.client = self.make_client()
        goes_on = self.open.is_started and self.open.facts["request"] == self.request
        earlier: tuple[Batch, ...] = ()
        if goes_on and self.open.facts["until"] != self.until.isoformat():
            goes_on = False
            earlier = self._finish_another_night()
        waiting = 0
        if not goes_on:
            begun, waiting = self._begin(order)
            if not begun:
                return Pulled(None, self._waits(waiting), earlier)
        settled = self.open.lines
        try:
            left, sentence = self._subjects()
        except LeftForLater:
            raise
        except BadInput:
            # A cursor that had to wait may have run out: what cost nothing is asked for anew, once.
            is_fresh = not goes_on or "subjects" in self.open.facts
            if is_fresh or self.open.lines > settled or not self._begin(order)[0]:
                raise
            left, sentence = self._subjects()
        batch, remark = self._land(left, sentence, waiting)
        return Pulled(batch, remark, earlier)

    def _finish_another_night(self) -> tuple[Batch, ...]:
        """Land what another night had begun to ask, as far as this one may know it; its end is not
        this night's, so what came since is asked for afterwards.

        Whom a provider is to be asked about is planned anew: since then customers may have left, or
        another provider may have answered. What was paid for is kept, with whoever was half asked.
        """
        facts = self.open.facts
        if "subjects" in facts:
            subjects = facts["subjects"]
            for number, subject in enumerate(subjects, start=1):
                if number not in self.open.finished and self.open.has_begun(number):
                    try:
                        self._ask_through(number, self._pull(Subject(**subject)))
                    except (Stopped, BadInput):
                        break
            batch, _ = self._land(len(subjects) - len(self.open.finished), "")
            return (batch,) if batch else ()
        if self.feed.export == "full" or _moment(facts["until"]) > self.until:
            return ()
        settled = self.open.lines
        try:
            left, sentence = self._subjects()
        except LeftForLater:
            raise
        except BadInput:
            if self.open.lines > settled:
                raise
            return ()
        batch, _ = self._land(left, sentence)
        return (batch,) if batch else ()

    @property
    def request(self) -> str:
        """Names what is asked for: another object, other fields or options are another request."""
        parts: dict[str, object] = {
            "source": self.feed.source,
            "resource": self.feed.resource,
            "options": self.feed.options,
        }
        if self.feed.connection:
            # Another account or server: what the first one told says nothing about this one.
            parts["connection"] = self.feed.connection
        if self.connector.selects_fields:
            parts["fields"] = sorted(self.fields)
        text = json.dumps(parts, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _forget_what_landed(self) -> None:
        """A crash between landing and tidying up leaves a pull that is a batch already."""
        if self.open.is_started and self.open.facts.get("sealed"):
            listed, began = self.open.content(), self.open.facts["began"]
            # Two pulls may have brought the same; they did not begin at the same moment.
            if any(
                batch.feed == self.feed.name
                and listed in batch.content
                and landing.manifest_of(self.home, batch)["pull"].get("began") == began
                for batch in landing.batches(self.home)
            ):
                self.open.discard()

    def _begin(self, order: Callable[[], Order]) -> tuple[bool, int]:
        """Write down what will be asked: whether there is anything, and how many customers are due
        beyond the budget."""
        standing = [
            batch
            for batch in standing_batches(self.home, self.feed, self.as_of)
            if batch.request == self.request
        ]
        facts: dict[str, object] = {
            "request": self.request,
            "night": self.as_of.isoformat(),
            "until": self.until.isoformat(),
        }
        waiting = 0
        if self.connector.by_subject:
            ordered = order()
            waiting = ordered.waiting
            if not ordered.subjects:
                self.open.discard()
                self.budget = ordered.budget
                return False, waiting
            facts |= {
                "subjects": [asdict(subject) for subject in ordered.subjects],
                "budget": ordered.budget,
                "since": None,
                "known": "arrival",
            }
        else:
            mark = self._told_up_to(standing)
            if self.feed.export == "full":
                if standing and standing[-1].day == self.as_of:
                    return False, 0
                mark = None
            if mark is not None and mark >= self.until:
                return False, 0
            overlap = self._overlap()
            facts |= {
                "since": None if mark is None else (mark - overlap).isoformat(),
                "known": self.feed.known if mark is None else "arrival",
                # What was asked for otherwise has other fields: this pull takes its place.
                "replaces": mark is None,
            }
        # Not ahead of our own clock: a moment too early brings rows twice, one too late loses some.
        now = self.client.ticker.now()
        began = min(now, self.client.system_time())
        self.open.start({**facts, "began": began.isoformat(), "clock": now.isoformat()})
        return True, waiting

    def _overlap(self) -> timedelta:
        """How far a pull looks back behind the end of the last one."""
        seconds = self.feed.options.get("overlap", OVERLAP_SECONDS)
        if not isinstance(seconds, int) or not 0 <= seconds <= MOST_OVERLAP_SECONDS:
            raise BadInput(
                f"feed {self.feed.name}: option overlap must be a number of seconds from 0 to "
                f"{MOST_OVERLAP_SECONDS}."
            )
        return timedelta(seconds=seconds)

    def _told_up_to(self, standing: list[Batch]) -> datetime | None:
        """The moment up to which these batches tell everything; None when something is missing from
        the beginning. A batch that was refused after the next one had landed leaves a gap."""
        spans = []
        for batch in standing:
            since = landing.manifest_of(self.home, batch).get("pull", {}).get("since")
            if batch.mark:
                spans.append((_moment(since) if since else EVER, _moment(batch.mark)))
        told: datetime | None = None
        for since, mark in sorted(spans):
            if since == EVER or (told is not None and since <= told):
                told = max(told or mark, mark)
        return told

    def _subjects(self) -> tuple[int, str]:
        """Go through the subjects; how many are left, and why."""
        facts = self.open.facts
        if "subjects" not in facts:
            try:
                self._ask_through(ONLY, self._pull(None))
            except Stopped as stopped:
                raise LeftForLater(
                    f"{self.connector.name} stopped before the feed was whole: {stopped}; "
                    "the next night goes on from there."
                ) from None
            return 0, ""
        subjects = [Subject(**subject) for subject in facts["subjects"]]
        failures, sentence, first = 0, "", None
        # Every answer stands for itself: those that came are of use without the others.
        for number, subject in enumerate(subjects, start=1):
            try:
                self._ask_through(number, self._pull(subject))
                failures = 0
            except Stopped as stopped:
                sentence = str(stopped)
                break
            except BadInput as failed:
                first = first or failed
                sentence = str(failed)
                failures += 1
                if failures == FAILURES_IN_A_ROW:
                    break
        if first is not None and not self.open.finished:
            raise first
        return len(subjects) - len(self.open.finished), sentence.rstrip(".")

    def _pull(self, subject: Subject | None) -> Pull:
        facts = self.open.facts
        return Pull(
            resource=self.feed.resource,
            fields=self.fields,
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
            reply, verdict = self._arrived(ask)
            if reply is None or verdict is None or verdict.meaning not in LANDING:
                reply, verdict = self.client.ask(ask, self._pay)
                self.open.keep(ask, reply, number)
                self._correct_clock()
            try:
                skips = verdict.meaning is Meaning.SKIP
                with understood():
                    following = None if skips else self.connector.after(pull, ask, reply)
            except Inconsistent as error:
                self.open.drop_page(ask)
                if error.restart or attempt == TRIES_A_PAGE:
                    raise
                continue
            self.open.settle(ask, reply, verdict.meaning.value, following, number)
            return following
        raise AssertionError("a page is settled or refused")

    def _arrived(self, ask: Ask) -> tuple[Reply | None, Verdict | None]:
        """The answer that was kept just before a crash, and what it means."""
        reply = self.open.arrived(ask)
        if reply is None:
            return None, None
        try:
            with understood():
                return reply, self.connector.judge(reply)
        except Inconsistent:
            return None, None

    def _mark(self) -> str:
        """Up to when the system has told everything: when the pull began, by the system's own time, but
        not beyond the day it asked for."""
        facts = self.open.facts
        return min(_moment(facts["began"]), _moment(facts["until"]), self.until).isoformat()

    def _correct_clock(self) -> None:
        """Had our clock been ahead of theirs when the pull began, rows would fall between two nights."""
        facts = self.open.facts
        began = _moment(facts.get("clock", facts["began"])) + self.client.skew
        if began < _moment(facts["began"]):
            self.open.note(began=began.isoformat())

    def _pay(self) -> None:
        budget = self.open.facts.get("budget")
        if budget is not None and self.open.spent >= budget:
            raise Stopped(f"the budget of {budget} paid calls is used up")
        self.open.spend()

    def _waits(self, waiting: int) -> str:
        """What a budget leaves for another night before anybody was asked about."""
        return _left(f"the budget of {self.budget} paid calls leaves no more", 0, waiting)

    def _land(self, left: int, sentence: str, waiting: int = 0) -> tuple[Batch | None, str]:
        """Make a batch of what came; with it what a person should know."""
        if left:
            self.open.drop_unfinished()
        facts = self.open.facts
        sentence = sentence or f"the budget of {facts.get('budget')} paid calls leaves no more"
        asked = len(facts.get("subjects", ())) - left
        remark = _left(sentence, asked, left + waiting)
        if "subjects" in facts and not self.open.finished:
            self.open.discard()
            return None, remark
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
        return batch, remark


def _left(sentence: str, asked: int, waiting: int) -> str:
    if not waiting:
        return ""
    return f"{sentence}: {asked} customers were asked about, {waiting} wait for another night."


LANDING = (Meaning.PAGE, Meaning.NOTHING, Meaning.SKIP)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
