"""Landing: every export as it was received, in the order it arrived.

    landing/<batch>/<file>            the bytes, untouched
    landing/<batch>/manifest.json     what they are, and the mapping they were landed under
    landing/index.json                the commit: a batch not listed there does not exist

A batch is what maps and loads as one: one file of an `increment` feed, all files of a `full` one.
A batch that another one supersedes stays where it is and counts no more, from the night the other
one can be seen.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from etl.errors import BadInput
from etl.lake import file_sha256, read_json, sync_folder, write_json
from etl.sources.config import Feed
from etl.sources.files import Export, find_exports

INDEX = "index.json"
PAGES = "pages.jsonl"
"""Lists the pages of a batch that a system was asked for; see `etl.sources.open_pull`."""


@dataclass(frozen=True)
class LandedFile:
    """One file of a batch. `name` is what its owner calls it, `file` what it is called here."""

    name: str
    file: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Batch:
    """One landed batch, as the index lists it.

    `arrived_on` is the night it was found; `refused` the sentence why it cannot be used, else empty.
    Of a system that was asked: `mark` is the moment up to which it has told everything, `request`
    names what it was asked for.
    """

    name: str
    feed: str
    known: str
    arrived_on: str
    mapping_hash: str
    files: tuple[LandedFile, ...]
    supersedes: tuple[str, ...] = ()
    refused: str = ""
    mark: str = ""
    request: str = ""

    @property
    def day(self) -> date:
        """`arrived_on` as a date."""
        return date.fromisoformat(self.arrived_on)

    @property
    def content(self) -> frozenset[str]:
        """The SHA-256 of its files: two batches with the same ones say the same."""
        return frozenset(file.sha256 for file in self.files)

    def is_visible(self, as_of: date) -> bool:
        """A historical import is known to every night; its rows carry their own days."""
        return self.known == "historical" or self.day <= as_of


def batches(home: Path) -> list[Batch]:
    """Every batch, in the order they landed."""
    path = home / "landing" / INDEX
    try:
        found = path.stat()
    except FileNotFoundError:
        return []
    # Read again only when it is another file: a night asks for it hundreds of times.
    return list(_read_index(path, (found.st_ino, found.st_mtime_ns, found.st_size)))


@lru_cache(maxsize=8)
def _read_index(path: Path, identity: tuple[int, int, int]) -> tuple[Batch, ...]:
    del identity
    return tuple(_batch(entry) for entry in read_json(path) or [])


def live_batches(home: Path, as_of: date, feed: str | None = None) -> list[Batch]:
    """The batches a night reads, in the order they landed: visible, readable, not superseded."""
    visible = [
        batch
        for batch in batches(home)
        if batch.is_visible(as_of) and not batch.refused and feed in (None, batch.feed)
    ]
    gone = {name for batch in visible for name in batch.supersedes}
    return [batch for batch in visible if batch.name not in gone]


def land(home: Path, feed: Feed, beside: Path, as_of: date) -> list[Batch]:
    """Keep what is new of a feed, and return the new batches, oldest first.

    New is content that does not stand already, or that stands under another mapping: then what
    stands is landed again from landing itself, on the day it arrived, and the old batch superseded.
    A `full` export that is new supersedes all that stands.

    Raises:
        BadInput: no file is there, it cannot be read, or it was refused before and has not changed.
    """
    exports = find_exports(feed, beside)
    with _locked(home / "landing"):
        landing = _Landing(home / "landing", feed, as_of)
        for batch in landing.standing():
            if batch.mapping_hash != feed.mapping_hash:
                landing.remap(batch)
        fingerprints = {export: _sha256(export) for export in exports}
        landing.require_unrefused(frozenset(fingerprints.values()))
        if feed.export == "full":
            standing = landing.standing()
            if [batch.content for batch in standing] != [frozenset(fingerprints.values())]:
                landing.add(exports, as_of, supersedes=[batch.name for batch in standing])
        else:
            for export in exports:
                if fingerprints[export] not in landing.content():
                    landing.add([export], as_of)
        return landing.commit()


def land_pull(
    home: Path,
    feed: Feed,
    as_of: date,
    opened: Path,
    *,
    facts: Mapping[str, Any],
    supersedes: Iterable[str] = (),
) -> Batch:
    """Make a batch of a finished pull, in one step, and remove the folder it was collected in.

    `facts`: known, mark and request of the batch; what else is in them is kept in its manifest.
    """
    with _locked(home / "landing"):
        landing = _Landing(home / "landing", feed, as_of)
        landing.adopt(opened, facts, supersedes)
        (batch,) = landing.commit()
    # Out of sight in one step: half a folder would look like a pull that has not brought anything.
    gone = opened.with_name(f".{opened.name}.landed")
    shutil.rmtree(gone, ignore_errors=True)
    opened.rename(gone)
    shutil.rmtree(gone)
    return batch


def remap(home: Path, feed: Feed, as_of: date) -> list[Batch]:
    """Land again, from landing itself, what of a feed stands under another mapping; and what was
    refused under another one, when it was bought: nobody asks for it again."""
    with _locked(home / "landing"):
        landing = _Landing(home / "landing", feed, as_of)
        for batch in (*landing.standing(), *landing.refused_answers()):
            # What this mapping was refused for before would only be refused again.
            if batch.mapping_hash != feed.mapping_hash and not landing.refused_for(batch):
                landing.remap(batch)
        return landing.commit()


def refused_as_mapped(home: Path, feed: Feed, as_of: date) -> str:
    """Why batches still stand under an older mapping: today's was refused for them. Else empty."""
    landing = _Landing(home / "landing", feed, as_of)
    older = [batch for batch in landing.standing() if batch.mapping_hash != feed.mapping_hash]
    return " ".join(dict.fromkeys(filter(None, map(landing.refused_for, older))))


def standing_batches(home: Path, feed: Feed, as_of: date) -> list[Batch]:
    """What a night knows of a feed, in the order in which later rows win."""
    return _Landing(home / "landing", feed, as_of).standing()


def manifest_of(home: Path, batch: Batch) -> dict[str, Any]:
    """What was written down when the batch landed."""
    manifest: dict[str, Any] = read_json(home / "landing" / batch.name / "manifest.json")
    return manifest


def refuse(home: Path, batch: str, reason: str) -> None:
    """Mark a landed batch as one that cannot be used. It stays, and is not tried again."""
    with _locked(home / "landing"):
        marked = [
            replace(entry, refused=reason) if entry.name == batch else entry
            for entry in batches(home)
        ]
        _write_index(home / "landing", marked)


def landed_files(home: Path, batch: Batch) -> list[Export]:
    """The batch's files as they lie in landing, with the names their owner knows."""
    folder = home / "landing" / batch.name
    return [Export(folder / file.file, file.name) for file in batch.files]


def mapping_of(home: Path, batch: Batch) -> Feed:
    """The feed with the mapping this batch landed under, whatever the book file says today."""
    manifest = read_json(home / "landing" / batch.name / "manifest.json")
    mapping = {key: value for key, value in manifest["mapping"].items() if key != "mapping_version"}
    names = [file.name for file in batch.files]
    mapping = {**mapping, "name": batch.feed, "file": names, "known": batch.known}
    return Feed.model_validate(mapping)


class _Landing:
    """The new batches of one feed, before they are committed."""

    def __init__(self, folder: Path, feed: Feed, as_of: date) -> None:
        self.folder = folder
        self.feed = feed
        self.as_of = as_of
        self.index = batches(folder.parent)
        self.new: list[Batch] = []

    def standing(self) -> list[Batch]:
        """What this night knows of the feed, in the order in which later rows win."""
        mine = [
            batch
            for batch in (*self.index, *self.new)
            if batch.feed == self.feed.name and batch.is_visible(self.as_of) and not batch.refused
        ]
        gone = {name for batch in mine for name in batch.supersedes}
        left = [batch for batch in mine if batch.name not in gone]
        return sorted(left, key=lambda batch: (self._arrival(batch), batch.name))

    def refused_for(self, batch: Batch) -> str:
        """Why the same pages were refused under today's mapping; empty if they were not."""
        for other in self.index:
            if (
                other.feed == batch.feed
                and other.refused
                and other.mapping_hash == self.feed.mapping_hash
                and other.content == batch.content
            ):
                return other.refused
        return ""

    def refused_answers(self) -> list[Batch]:
        """Refused batches of answers about single customers, of which nothing newer was made."""
        mine = [
            batch
            for batch in self.index
            if batch.feed == self.feed.name and batch.is_visible(self.as_of)
        ]
        gone = {name for batch in mine for name in batch.supersedes}
        standing = {batch.content for batch in self.standing()}
        return [
            batch
            for batch in mine
            if batch.refused
            and batch.name not in gone
            and batch.content not in standing
            and manifest_of(self.folder.parent, batch).get("pull", {}).get("answered")
        ]

    def _arrival(self, batch: Batch) -> str:
        """Rows of a scheduled batch are known the day it arrived; those of an import are not."""
        return "" if batch.known == "historical" else batch.arrived_on

    def content(self) -> set[str]:
        """The SHA-256 of the last file under each name that stands."""
        last = {file.name: file.sha256 for batch in self.standing() for file in batch.files}
        return set(last.values())

    def require_unrefused(self, content: frozenset[str]) -> None:
        """BadInput with the sentence of old, when the same bytes were refused as they are mapped.

        A night that is run again must say again why a feed is held.
        """
        for batch in self.index:
            if (
                batch.feed == self.feed.name
                and batch.refused
                and batch.mapping_hash == self.feed.mapping_hash
                and batch.content <= content
            ):
                raise BadInput(batch.refused)

    def remap(self, batch: Batch) -> None:
        """The same bytes under today's mapping, known since the day they came."""
        folder = self.folder / batch.name
        if self.feed.is_pulled:
            facts = {"known": batch.known, "mark": batch.mark, "request": batch.request}
            facts |= read_json(folder / "manifest.json").get("pull", {})
            self.adopt(folder, facts, [batch.name], arrived_on=batch.day)
            return
        exports = [Export(folder / file.file, file.name) for file in batch.files]
        self.add(exports, batch.day, supersedes=[batch.name])

    def adopt(
        self,
        pages: Path,
        facts: Mapping[str, Any],
        supersedes: Iterable[str],
        arrived_on: date | None = None,
    ) -> None:
        """Take over the pages of a folder; they stay there as well until somebody removes it."""
        folder, name = self._new_folder()
        for page in pages.iterdir():
            if page.name != "manifest.json":
                os.link(page, folder / page.name)
        listed = folder / PAGES
        batch = Batch(
            name=name,
            feed=self.feed.name,
            known=str(facts["known"]),
            arrived_on=(arrived_on or self.as_of).isoformat(),
            mapping_hash=self.feed.mapping_hash,
            files=(LandedFile(PAGES, PAGES, file_sha256(listed), listed.stat().st_size),),
            supersedes=tuple(supersedes),
            mark=str(facts["mark"]),
            request=str(facts["request"]),
        )
        self._write(folder, batch, pull=dict(facts))

    def add(
        self, exports: Sequence[Export], arrived_on: date, supersedes: Iterable[str] = ()
    ) -> None:
        """Copy files into a folder of their own; nothing sees it before `commit`."""
        folder, name = self._new_folder()
        batch = Batch(
            name=name,
            feed=self.feed.name,
            known=self.feed.known,
            arrived_on=arrived_on.isoformat(),
            mapping_hash=self.feed.mapping_hash,
            files=tuple(
                _keep(export, folder, place) for place, export in enumerate(exports, start=1)
            ),
            supersedes=tuple(supersedes),
        )
        self._write(folder, batch)

    def _new_folder(self) -> tuple[Path, str]:
        name = f"{len(self.index) + len(self.new) + 1:06d}-{self.feed.name}"
        folder = self.folder / name
        if folder.exists():
            shutil.rmtree(folder)  # left by a crash: no index names it
        folder.mkdir(parents=True)
        return folder, name

    def _write(self, folder: Path, batch: Batch, **more: Any) -> None:
        manifest = {**asdict(batch), "mapping": self.feed.mapping, **more}
        write_json(folder / "manifest.json", manifest)
        sync_folder(folder.parent)
        self.new.append(batch)

    def commit(self) -> list[Batch]:
        """Put the new batches in the index, all at once."""
        if self.new:
            _write_index(self.folder, [*self.index, *self.new])
        return self.new


def _keep(export: Export, folder: Path, place: int) -> LandedFile:
    """Copy one file and make sure that it is on the disk and whole."""
    target = folder / f"{place:02d}-{Path(export.name).name}"
    try:
        shutil.copyfile(export.path, target)
    except OSError as error:
        raise BadInput(f"{export.name} cannot be read: {error.strerror}.") from None
    with target.open("rb") as stream:
        os.fsync(stream.fileno())
    return LandedFile(export.name, target.name, file_sha256(target), target.stat().st_size)


def _sha256(export: Export) -> str:
    try:
        return file_sha256(export.path)
    except OSError as error:
        raise BadInput(f"{export.name} cannot be read: {error.strerror}.") from None


def _batch(entry: dict[str, Any]) -> Batch:
    files = tuple(LandedFile(**file) for file in entry["files"])
    return Batch(**{**entry, "files": files, "supersedes": tuple(entry["supersedes"])})


def _write_index(folder: Path, entries: Sequence[Batch]) -> None:
    write_json(folder / INDEX, [asdict(entry) for entry in entries])


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time changes the index; the lock goes with the process that holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
