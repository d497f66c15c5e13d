"""The book file: which exports and systems there are and which of their columns mean what.

One YAML file, read with its line numbers and checked whole before anything is read or landed. The
user's guide to it is docs/your-own-ledger.md; a key that is not described there does not exist. The
parts of a feed have modules of their own, and their names are here as well.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ValidationError, model_validator
from pydantic import Field as Key

from etl.clock import time_zones
from etl.entities.contract import iso_currency
from etl.errors import ZixinError
from etl.sources.conditions import Check, Condition
from etl.sources.fields import PAGE, FieldMapping, RecordMapping, Records
from etl.sources.formats import DateFormats, Number, Read
from etl.sources.marked_yaml import MarkedYaml, Place, read_marked_yaml
from etl.sources.problems import check_records, nearest, sentence
from etl.sources.strict import Strict, Texts

__all__ = [
    "FILES", "MAPPINGS", "MAPPING_VERSION", "NULLS", "PAGE", "Book", "Check", "Condition", "Feed",
    "FieldMapping", "Number", "Read", "RecordMapping", "read_book",
]  # fmt: skip

MAPPING_VERSION = 2
"""Raise it when the same file under the same mapping gives other rows: everything maps again."""

NULLS = ("", "NULL", "null", "None", "NaN", "nan", "NaT", "N/A", "n/a", "#N/A")

_NAME = r"^[a-z][a-z0-9_-]{0,39}$"

FILES = "files"
"""The source of a feed that says none: exports that somebody puts beside the book file."""

MAPPINGS = Path(__file__).parent / "mappings"
"""The shipped mappings: what the objects of each system mean."""


def _zone(value: str) -> str:
    if value not in time_zones():
        raise ValueError(f"{value!r} is no IANA time zone such as Asia/Shanghai")
    return value


class Feed(Strict):
    """One export: its files, how they are read, when their rows became known, what they mean."""

    name: str = Key(pattern=_NAME)
    file: Texts = ()
    source: str = FILES
    resource: str = ""
    connection: str | None = None
    options: dict[str, Any] = Key(default={})
    version: str | None = None
    need: str | None = None
    read: Read = Read()
    known: Literal["arrival", "historical"] = "arrival"
    export: Literal["increment", "full"] = "increment"
    essential: bool = False
    row_date: FieldMapping | None = None
    date_format: DateFormats = ()
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    number: Number | None = None
    null_values: Texts = NULLS
    records: dict[str, Records] = Key(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _an_import_is_whole(cls, value: Any) -> Any:
        """An import of history is all of it, unless the book says otherwise; what arrives night by
        night is what is new."""
        if isinstance(value, dict) and "export" not in value:
            is_import = value.get("known") == "historical" and value.get("source", FILES) == FILES
            return {**value, "export": "full" if is_import else "increment"}
        return value

    @model_validator(mode="after")
    def _files_or_a_system(self) -> "Feed":
        if self.source == FILES and not self.file:
            raise ValueError("a feed needs file: (exports beside this book) or source: (a system)")
        if self.source != FILES and not self.resource:
            raise ValueError(f"a feed of {self.source} needs resource:, what to ask it for")
        return self

    @property
    def is_pulled(self) -> bool:
        """True when a system is asked for it, not a folder looked into."""
        return self.source != FILES

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column of the file that the mapping reads, each once."""
        records = [record for several in self.records.values() for record in several]
        named = [column for record in records for column in record.sources]
        return tuple(dict.fromkeys([*named, *(self.row_date.sources if self.row_date else ())]))

    @property
    def mapping(self) -> dict[str, Any]:
        """What decides which rows come out of given bytes: all but where they come from. What is
        left at its default is left out, so that a new key changes no mapping that does not use it.
        """
        elsewhere = {"name", "file", "essential", "connection", "need"}
        settings = self.model_dump(mode="json", exclude=elsewhere, exclude_defaults=True)
        settings = {"known": self.known, "export": self.export, **settings}
        return {"mapping_version": MAPPING_VERSION, **settings}

    @property
    def mapping_hash(self) -> str:
        """SHA-256 of `mapping`: two feeds with the same one read a file alike."""
        text = json.dumps(self.mapping, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


class Book(Strict):
    """Everything one night reads: the feeds, the policy that judges them, and those tried beside it."""

    path: Path
    policy: str | None = None
    challengers: Texts | None = None
    base_currency: Annotated[str, AfterValidator(iso_currency)] | None = Key(
        default=None, pattern=r"^[A-Z]{3}$"
    )
    include: Texts = ()
    feeds: tuple[Feed, ...] = ()

    def feed(self, name: str) -> Feed:
        """The feed called `name`. ZixinError when there is none."""
        for feed in self.feeds:
            if feed.name == name:
                return feed
        names = [feed.name for feed in self.feeds]
        raise ZixinError(f"{self.path} has no feed {name!r}{nearest(name, names)}.")


class _MappingFile(Strict):
    """A file that a book includes: feeds, and nothing else."""

    feeds: tuple[Feed, ...] = Key(min_length=1)


def read_book(path: Path) -> Book:
    """Read and check a book file and the mappings it includes.

    A feed of the book takes the place of an included one of the same name.

    Raises:
        ZixinError: one sentence with the file, the line, the field and what is allowed; about the
            first problem, with the number of further ones.
    """
    marked = read_marked_yaml(path)
    if not isinstance(marked.data, dict):
        raise ZixinError(f"{path}, line 1: a book file is a map with feeds: in it.")
    if "path" in marked.data:
        line = marked.line_of(("path",))
        raise ZixinError(f"{path}, line {line}: path is no key of a book file; remove it.")
    try:
        book = Book.model_validate({**marked.data, "path": path})
    except ValidationError as error:
        raise ZixinError(sentence(marked, error, Book)) from None
    _check(marked, book.feeds)
    included = [feed for name in book.include for feed in _included(marked, name, path.parent)]
    own = {feed.name for feed in book.feeds}
    feeds = (*(feed for feed in included if feed.name not in own), *book.feeds)
    twice = {feed.name for feed in feeds if [f.name for f in feeds].count(feed.name) > 1}
    if twice:
        line = marked.line_of(("include",))
        raise ZixinError(f"{path}, line {line}: two mappings have a feed {min(twice)}; drop one.")
    if not feeds:
        raise ZixinError(
            f"{path}, line 1: a book needs feeds: of its own or include: (a shipped mapping)."
        )
    return book.model_copy(update={"feeds": feeds})


def _included(book: MarkedYaml, name: str, beside: Path) -> tuple[Feed, ...]:
    """The feeds of a shipped mapping, or of a mapping file beside the book."""
    candidates = (beside / name, MAPPINGS / f"{name}.yaml")
    path = next((candidate for candidate in candidates if candidate.is_file()), None)
    if path is None:
        shipped = [mapping.stem for mapping in sorted(MAPPINGS.glob("*.yaml"))]
        line = book.line_of(("include",))
        raise ZixinError(
            f"{book.path}, line {line}: {name!r} is neither a mapping file beside the book nor a "
            f"shipped mapping{nearest(name, shipped)}"
        )
    marked = read_marked_yaml(path)
    try:
        file = _MappingFile.model_validate(marked.data)
    except ValidationError as error:
        raise ZixinError(sentence(marked, error, _MappingFile)) from None
    _check(marked, file.feeds)
    return file.feeds


def _check(marked: MarkedYaml, feeds: tuple[Feed, ...]) -> None:
    """What only the entities know: which fields there are and which must be there."""
    problems: list[tuple[Place, str]] = []
    seen: set[str] = set()
    for index, feed in enumerate(feeds):
        place: Place = ("feeds", index)
        if feed.name in seen:
            problems.append(((*place, "name"), f"two feeds are called {feed.name}; rename one"))
        seen.add(feed.name)
        problems += [((*place, *deeper), text) for deeper, text in check_records(feed)]
    if problems:
        where, text = min(problems, key=lambda problem: marked.line_of(problem[0]))
        more = f" ({len(problems) - 1} more like it)" if len(problems) > 1 else ""
        raise ZixinError(f"{marked.path}, line {marked.line_of(where)}: {text}{more}.")
