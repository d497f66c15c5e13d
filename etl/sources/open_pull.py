"""A pull in progress: every page on the disk before the next is asked for.

    landing/open/<feed>/pull.json      what is being asked, for whom, since when
    landing/open/<feed>/pages.jsonl    one line an answered request, with the request that follows it
    landing/open/<feed>/000001.json    the pages, as they came

A crash at any moment loses nothing that had arrived: a page without its line is found by its number,
with the head of its answer beside it, and is not asked for again. When the pull is whole the folder
becomes a batch, in one step.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from etl.lake import file_sha256, read_json, sync_folder, write_json
from etl.landing import PAGES
from etl.sources.connector import Ask, Reply

PULL = "pull.json"
SPENT = "spent.jsonl"
KEPT_HEADERS = ("content-type", "date", "link", "retry-after")
KEPT_PREFIXES = ("sforce-", "x-api-")
SUFFIX = {"json": ".json", "csv": ".csv", "zip": ".zip"}
MANY_FILES = 50


class OpenPull:
    """The folder of one feed's pull, and where it stands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: dict[str, Any] = read_json(folder / PULL) or {}
        self.lines: int = 0
        self.last: dict[str, Any] | None = None
        self.finished: set[int] = set()
        if self.facts:
            self._read_lines()

    @property
    def is_started(self) -> bool:
        """True when there is something to go on with."""
        return bool(self.facts)

    def start(self, facts: Mapping[str, Any]) -> None:
        """Begin anew; what was there is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.facts = dict(facts)
        self.lines, self.last, self.finished = 0, None, set()
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
                self.lines += 1
                self.last = line
                if line["next"] is None:
                    self.finished.add(line["subject"])
        if kept < path.stat().st_size:
            os.truncate(path, kept)

    def next_ask(self, subject: int) -> Ask | None:
        """The request that the last answer about this subject led to; None when there is none."""
        if self.last is None or self.last["subject"] != subject or self.last["next"] is None:
            return None
        return Ask(**self.last["next"])

    def arrived(self, ask: Ask) -> Reply | None:
        """The answer to the request to be asked next, when it came just before a crash."""
        if ask.lands == "no":
            return None
        head = read_json(self._head())
        body = self._page(ask)
        if head is None or not body.exists():
            return None
        return Reply(head["status"], head["headers"], body.read_bytes())

    def keep(self, ask: Ask, reply: Reply) -> None:
        """Write the answer down, before anybody looks into it."""
        if ask.lands == "no":
            return
        headers = {
            name: value
            for name, value in reply.headers.items()
            if name in KEPT_HEADERS or name.startswith(KEPT_PREFIXES)
        }
        self._head().write_text(json.dumps({"status": reply.status, "headers": headers}))
        body = self._page(ask)
        part = body.with_suffix(".part")
        with part.open("wb") as stream:
            stream.write(reply.content)
            if ask.is_paid:
                stream.flush()
                os.fsync(stream.fileno())
        part.replace(body)

    def settle(
        self, ask: Ask, reply: Reply, outcome: str, following: Ask | None, subject: int
    ) -> None:
        """Note the answer and what is asked next: from here on it is not asked again."""
        lands = ask.lands != "no"
        line = {
            "n": self.lines + 1,
            "file": self._page(ask).name if lands else None,
            "sha256": hashlib.sha256(reply.content).hexdigest() if lands else None,
            "size": len(reply.content) if lands else 0,
            "lands": ask.lands,
            "about": dict(ask.about),
            "outcome": outcome,
            "subject": subject,
            "next": None if following is None else asdict(following),
        }
        with (self.folder / PAGES).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            if ask.is_paid:
                stream.flush()
                os.fsync(stream.fileno())
        if lands:
            self._head().unlink(missing_ok=True)
        self.lines += 1
        self.last = line
        if following is None:
            self.finished.add(subject)

    def finish(self, subject: int) -> None:
        """There is nothing to ask about this subject."""
        self.finished.add(subject)

    def forget(self, subject: int) -> None:
        """Leave out what came about the subject asked last, to ask anew."""
        self._keep_lines(lambda line: line["subject"] != subject)

    def drop_page(self, ask: Ask) -> None:
        """The answer that was kept is of no use: it is to be asked for again."""
        self._head().unlink(missing_ok=True)
        self._page(ask).unlink(missing_ok=True)

    def discard(self) -> None:
        """Nothing of this pull is wanted."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.facts = {}
        self.lines, self.last, self.finished = 0, None, set()

    def content(self) -> str:
        """What the list of pages is called among the files of a batch."""
        return file_sha256(self.folder / PAGES)

    def answered(self) -> dict[str, str]:
        """customer_id → `answered` or `failed`, for everybody that was asked about to the end."""
        subjects = self.facts.get("subjects", [])
        failed = {line["subject"] for line in self._lines() if line["outcome"] == "skip"}
        return {
            subject["customer_id"]: "failed" if number in failed else "answered"
            for number, subject in enumerate(subjects, start=1)
            if number in self.finished
        }

    def spend(self) -> None:
        """Note a request that costs money, before it is sent: an answer may be lost, its price not."""
        with (self.folder / SPENT).open("a", encoding="utf-8") as stream:
            stream.write("1\n")

    @property
    def spent(self) -> int:
        """Requests of this pull that cost money."""
        path = self.folder / SPENT
        if not path.exists():
            return 0
        with path.open("rb") as lines:
            return sum(1 for _ in lines)

    def drop_unfinished(self) -> None:
        """Leave out what came about a subject that was not asked to the end."""
        self._keep_lines(lambda line: line["subject"] in self.finished)

    def _keep_lines(self, is_kept: Callable[[dict[str, Any]], bool]) -> None:
        path = self.folder / PAGES
        kept = [raw for raw in self._raw_lines() if is_kept(json.loads(raw))]
        without_line = self.finished - {line["subject"] for line in self._lines()}
        part = path.with_suffix(".part")
        part.write_text("".join(f"{raw}\n" for raw in kept), encoding="utf-8")
        part.replace(path)
        self.lines, self.last, self.finished = 0, None, without_line
        self._read_lines()

    def seal(self) -> None:
        """Everything of the folder on the disk, and nothing in it but pages."""
        named = {line["file"] for line in self._lines()}
        for path in sorted(self.folder.iterdir()):
            if path.name not in named and path.name not in (PAGES, PULL, SPENT):
                path.unlink()
        paths = sorted(self.folder.iterdir())
        if len(paths) > MANY_FILES:
            os.sync()
        else:
            for path in paths:
                with path.open("rb") as stream:
                    os.fsync(stream.fileno())
        sync_folder(self.folder)

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for raw in self._raw_lines()]

    def _raw_lines(self) -> list[str]:
        return (self.folder / PAGES).read_text(encoding="utf-8").splitlines()

    def _page(self, ask: Ask) -> Path:
        return self.folder / f"{self.lines + 1:06d}{SUFFIX.get(ask.lands, '.bin')}"

    def _head(self) -> Path:
        return self.folder / f"{self.lines + 1:06d}.head"
