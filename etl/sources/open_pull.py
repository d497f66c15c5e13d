"""A pull in progress: every page on the disk before the next is asked for.

    landing/open/<feed>/pull.json      what is being asked, for whom, since when
    landing/open/<feed>/pages.jsonl    one line an answered request, with the request that follows it
    landing/open/<feed>/000001.json    the pages, as they came
    landing/open/<feed>/heads.jsonl    one line a page: status and headers, and what the page must be

A crash at any moment loses nothing that had arrived: a page without its line in `pages.jsonl` is found
by its number, with the head of its answer in `heads.jsonl`, and is not asked for again. When the pull
is whole the folder becomes a batch, in one step.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from etl.clock import seconds
from etl.lake import file_sha256, read_json, sync_folder, write_json
from etl.landing import PAGES
from etl.sources.added import Added
from etl.sources.connector import Ask, Reply

PULL = "pull.json"
SPENT = "spent.jsonl"
HEADS = "heads.jsonl"
KEPT_HEADERS = ("content-type", "date", "link", "retry-after")
KEPT_PREFIXES = ("sforce-", "x-api-")
SUFFIX = {"json": ".json", "csv": ".csv", "zip": ".zip"}
MANY_FILES = 50

SYNC_SECONDS = 1.0
"""How long an answer that was paid for may wait to be forced to the disk: what a power cut may cost. A
crash of ours costs none. Forcing every one takes longer than asking for it."""


class OpenPull:
    """The folder of one feed's pull, and where it stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = read_json(folder / PULL) or {}
        self.head: dict[str, Any] | None = None
        """Of an answer that was kept and is not settled."""
        self._nothing_yet()
        self.synced = seconds()
        self.pages = Added(folder / PAGES)
        self.heads = Added(folder / HEADS, anew=True)
        self.payments = Added(folder / SPENT)
        self.spent = _count_lines(folder / SPENT)
        """Requests of this pull that cost money."""
        if self.facts:
            self._read_lines()
            self.head = self._kept_head()

    @property
    def is_started(self) -> bool:
        """True when there is something to go on with."""
        return bool(self.facts)

    def start(self, facts: Mapping[str, Any]) -> None:
        """Begin anew; what was there is gone."""
        self.discard()
        self.folder.mkdir(parents=True)
        self.facts = dict(facts)
        (self.folder / PAGES).touch()
        write_json(self.folder / PULL, self.facts)

    def note(self, **facts: Any) -> None:
        """Add to what is known about the pull."""
        self.facts.update(facts)
        write_json(self.folder / PULL, self.facts)

    def _read_lines(self) -> None:
        """Where the pull stands. A last line that was cut off is not there."""
        path = self.folder / PAGES
        kept = 0
        if not path.exists():
            path.touch()
        with path.open("rb") as lines:
            for raw in lines:
                if not raw.endswith(b"\n"):
                    break
                line = json.loads(raw)
                kept += len(raw)
                self._count(line)
        if kept < path.stat().st_size:
            os.truncate(path, kept)

    def _nothing_yet(self) -> None:
        self.lines: int = 0
        self.last: int = 0
        """The number of the last page; there may be fewer lines, for some are left out again."""
        self.pending: dict[int, dict[str, Any]] = {}
        self.finished: set[int] = set()
        self.head = None

    def _count(self, line: Mapping[str, Any]) -> None:
        self.lines += 1
        self.last = max(self.last, line["n"])
        if line["next"] is None:
            self.pending.pop(line["subject"], None)
            self.finished.add(line["subject"])
        else:
            self.pending[line["subject"]] = line["next"]

    def next_ask(self, subject: int) -> Ask | None:
        """The request that the last answer about this subject led to; None when there is none."""
        following = self.pending.get(subject)
        return None if following is None else Ask(**following)

    def has_begun(self, subject: int) -> bool:
        """True when something came about this subject, and it was not asked about to the end."""
        if subject in self.finished:
            return False
        return subject in self.pending or (
            self.head is not None and self.head["subject"] == subject
        )

    def arrived(self, ask: Ask) -> Reply | None:
        """The answer to this very request, when it came just before a crash."""
        head = self.head
        if head is None or ask.lands == "no" or head["ask"] != _name_of(ask):
            return None
        try:
            content = self._page(ask).read_bytes()
        except FileNotFoundError:
            return None
        if hashlib.sha256(content).hexdigest() != head["sha256"]:
            return None  # a power cut may keep the one and lose the other
        return Reply(head["status"], head["headers"], content)

    def keep(self, ask: Ask, reply: Reply, subject: int) -> None:
        """Write the answer down, before anybody looks into it."""
        if ask.lands == "no":
            return
        headers = {
            name: value
            for name, value in reply.headers.items()
            if name in KEPT_HEADERS or name.startswith(KEPT_PREFIXES)
        }
        _write_anew(self._page(ask), reply.content)
        self.head = {
            "n": self.last + 1,
            "ask": _name_of(ask),
            "subject": subject,
            "status": reply.status,
            "headers": headers,
            "sha256": hashlib.sha256(reply.content).hexdigest(),
        }
        # After the page: where there is a head, its page is whole.
        self.heads.line(self.head)

    def settle(
        self, ask: Ask, reply: Reply, outcome: str, following: Ask | None, subject: int
    ) -> None:
        """Note the answer and what is asked next: from here on it is not asked again."""
        lands = ask.lands != "no"
        line = {
            "n": self.last + 1,
            "file": self._page(ask).name if lands else None,
            "sha256": self._sha256(reply) if lands else None,
            "size": len(reply.content) if lands else 0,
            "lands": ask.lands,
            "about": dict(ask.about),
            "outcome": outcome,
            "subject": subject,
            "next": None if following is None else vars(following),
        }
        self.pages.line(line)
        if ask.is_paid:
            self._sync()
        self.head = None
        self._count(line)

    def _sha256(self, reply: Reply) -> str:
        """Of the answer; counted when it was kept."""
        if self.head is not None:
            return str(self.head["sha256"])
        return hashlib.sha256(reply.content).hexdigest()

    def _sync(self) -> None:
        """Force to the disk, now and then, what was paid for."""
        if seconds() - self.synced >= SYNC_SECONDS:
            os.sync()  # one call for all of them
            self.synced = seconds()

    def finish(self, subject: int) -> None:
        """There is nothing to ask about this subject."""
        self.finished.add(subject)

    def forget(self, subject: int) -> None:
        """Leave out what came about the subject asked last, to ask anew."""
        self._keep_lines(lambda line: line["subject"] != subject)

    def drop_page(self, ask: Ask) -> None:
        """The answer that was kept is of no use: it is to be asked for again."""
        self.head = None
        self._page(ask).unlink(missing_ok=True)

    def discard(self) -> None:
        """Nothing of this pull is wanted."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.facts = {}
        self.spent = 0
        self._nothing_yet()

    def close(self) -> None:
        """Let the files go."""
        for added in (self.pages, self.heads, self.payments):
            added.close()

    def content(self) -> str:
        """What the list of pages is called among the files of a batch."""
        return file_sha256(self.folder / PAGES)

    def answered(self) -> dict[str, str]:
        """customer_id → `answered` or `failed`, for everybody that was asked about to the end."""
        subjects = self.facts.get("subjects", [])
        lines = self._lines()
        failed = {line["subject"] for line in lines if line["outcome"] == "skip"}
        # Nothing asked is nothing said.
        heard = {line["subject"] for line in lines} - failed
        return {
            subject["customer_id"]: "answered" if number in heard else "failed"
            for number, subject in enumerate(subjects, start=1)
            if number in self.finished
        }

    def spend(self) -> None:
        """Note a request that costs money, before it is sent: an answer may be lost, its price not."""
        self.payments.line(1)
        self.spent += 1

    def drop_unfinished(self) -> None:
        """Leave out what came about a subject that was not asked to the end."""
        self._keep_lines(lambda line: line["subject"] in self.finished)

    def _keep_lines(self, is_kept: Callable[[dict[str, Any]], bool]) -> None:
        path = self.folder / PAGES
        kept = [raw for raw in self._raw_lines() if is_kept(json.loads(raw))]
        without_line = self.finished - {line["subject"] for line in self._lines()}
        self.pages.close()
        self.heads.close()
        # First: the numbers of what is left out are given again.
        self.heads.path.unlink(missing_ok=True)
        part = path.with_suffix(".part")
        part.write_text("".join(f"{raw}\n" for raw in kept), encoding="utf-8")
        part.replace(path)
        self._nothing_yet()
        self.finished = without_line
        self._read_lines()

    def seal(self) -> None:
        """Everything of the folder on the disk, and nothing in it but pages."""
        self.close()
        named = {line["file"] for line in self._lines()}
        kept = named | {PAGES, PULL, SPENT}
        found = [path.name for path in self.folder.iterdir()]
        for name in found:
            if name not in kept:
                (self.folder / name).unlink()
        if len(found) > MANY_FILES:
            os.sync()
        else:
            for name in kept.intersection(found):
                with (self.folder / name).open("rb") as stream:
                    os.fsync(stream.fileno())
        sync_folder(self.folder)

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for raw in self._raw_lines()]

    def _raw_lines(self) -> list[str]:
        return (self.folder / PAGES).read_text(encoding="utf-8").split("\n")[:-1]

    def _page(self, ask: Ask) -> Path:
        return self.folder / f"{self.last + 1:06d}{SUFFIX.get(ask.lands, '.bin')}"

    def _kept_head(self) -> dict[str, Any] | None:
        """The head of the answer that came last; None for none, for one that was cut off, and for one
        that is settled."""
        raw = b""
        try:
            with self.heads.path.open("rb") as lines:
                for raw in lines:  # noqa: B007  the last one is what is wanted
                    pass
            head: dict[str, Any] = json.loads(raw)
            return head if head["n"] == self.last + 1 else None
        except (FileNotFoundError, ValueError, TypeError):
            return None


def _write_anew(path: Path, content: bytes) -> None:
    """Never into a file that is there: the pages of a batch may still be linked to it."""
    try:
        stream = path.open("xb", buffering=0)
    except FileExistsError:
        path.unlink()
        stream = path.open("xb", buffering=0)
    with stream:
        rest = memoryview(content)
        while rest:
            rest = rest[stream.write(rest) :]


def _count_lines(path: Path) -> int:
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0


def _name_of(ask: Ask) -> str:
    """Names a request: the same one has the same name after a crash."""
    text = json.dumps(vars(ask), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
