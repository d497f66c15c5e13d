"""The book file: which exports there are and which of their columns mean what.

One YAML file, read with its line numbers and checked whole before anything is read or landed. The
user's guide to it is docs/your-own-ledger.md; a key that is not described there does not exist.
"""

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    model_validator,
)
from pydantic import Field as Key

from etl.errors import ZixinError
from etl.sources.marked_yaml import MarkedYaml, Place, read_marked_yaml
from etl.sources.problems import check_records, nearest, sentence

MAPPING_VERSION = 1
"""Raise it when the same file under the same mapping gives other rows: everything maps again."""

NULLS = ("", "NULL", "null", "None", "NaN", "nan", "NaT", "N/A", "n/a", "#N/A")

STATES = ("present", "absent", "positive", "negative", "zero", "nonzero")
DATE_WORDS = ("excel", "epoch_ms", "epoch_s")
_DIRECTIVE = re.compile(r"%(.)", re.DOTALL)
_DIRECTIVES = "YymdbBHIMSfpjaA%"
_NAME = r"^[a-z][a-z0-9_-]{0,39}$"

FILES = "files"
"""The source of a feed that says none: exports that somebody puts beside the book file."""

PAGE = "@page"
"""`each: "@page"`: one record a page, not one a row of it."""

MAPPINGS = Path(__file__).parent / "mappings"
"""The shipped mappings: what the objects of each system mean."""


class Strict(BaseModel):
    """A part of the book file: nothing unknown in it, nothing changed after it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _date_format(value: str) -> str:
    """A date format must say year, month and day, so that nothing is guessed."""
    if value in DATE_WORDS:
        return value
    used = set(_DIRECTIVE.findall(value))
    unknown = sorted(used - set(_DIRECTIVES))
    if unknown:
        raise ValueError(
            f"%{unknown[0]} is not understood in a date format; "
            "use %Y %y %m %d %b %B %H %I %M %S %f %p %j"
        )
    if not (used & set("Yy") and ("j" in used or ("d" in used and used & set("mbB")))):
        raise ValueError(
            f"{value!r} does not say year, month and day; write it like %d/%m/%Y, "
            "or `excel` for day numbers"
        )
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"{value!r} is no IANA time zone such as Asia/Shanghai")
    return value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
DateFormats = Annotated[
    tuple[Annotated[str, AfterValidator(_date_format)], ...], BeforeValidator(_one_or_many)
]


class Read(Strict):
    """How the file is written down; everything has a default that is found by looking."""

    encoding: str = "auto"
    delimiter: str = "auto"
    quote: Literal['"', "'", ""] = '"'
    sheet: str = "1"
    header_row: int = Key(default=1, ge=1, le=10_000)

    @model_validator(mode="after")
    def _known_encoding(self) -> "Read":
        if self.encoding != "auto":
            try:
                "".encode(self.encoding)
            except LookupError:
                raise ValueError(
                    f"no encoding is called {self.encoding!r}; say auto, utf-8, gb18030, cp1252, …"
                ) from None
        if self.delimiter not in ("auto", "tab") and len(self.delimiter) != 1:
            raise ValueError(f"a delimiter is auto, tab or one character, not {self.delimiter!r}")
        return self


class Number(Strict):
    """Which sign splits off the decimals, and which one groups thousands.

    Where nobody says how thousands are grouped, the other of the two signs is taken for it as long
    as the text can be read in one way only: "1,234.56" is clear, "1,234" is not.
    """

    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'", ""] | None = None

    @model_validator(mode="after")
    def _two_signs(self) -> "Number":
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must be two different signs")
        return self


class Check(Strict):
    """One column compared: a state, or one of some values; `negate` turns it round."""

    column: str
    states: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    negate: bool = False


Condition = tuple[tuple[Check, ...], ...]
"""Alternatives, one of which must hold; each a list of tests that all must hold."""


def _condition(value: Any) -> Any:
    """`{Column: present}`, `{Column: [A, B]}`, `{Column: {not: …}}`, or a list of such maps.

    A list of lists is what model_dump made of a condition, and is taken as it is.
    """
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        return value
    alternatives = value if isinstance(value, list) else [value]
    return tuple(tuple(_tests(alternative)) for alternative in alternatives)


def _tests(alternative: Any) -> list[dict[str, Any]]:
    if not isinstance(alternative, dict) or not alternative:
        raise ValueError(
            "a condition names columns and what they hold, like {Type: [INV, DR]} "
            f"or {{Paid: present}}; states are {', '.join(STATES)}"
        )
    tests = []
    for column, wanted in alternative.items():
        negate = isinstance(wanted, dict)
        if negate and set(wanted) != {"not"}:
            raise ValueError(f"under {column} only `not` may stand, like {{not: [A, B]}}")
        value = wanted["not"] if negate else wanted
        if isinstance(value, str) and value in STATES:
            tests.append({"column": column, "states": (value,), "negate": negate})
        else:
            tests.append({"column": column, "values": _one_or_many(value), "negate": negate})
    return tests


When = Annotated[Condition, BeforeValidator(_condition)]


class FieldMapping(Strict):
    """Where one field comes from and what is done to its text, in the order the keys stand here."""

    column: str | None = None
    columns: Texts | None = None
    first_of: Texts | None = None
    value: str | None = None
    separator: str = ""
    null_values: Texts | None = None
    remove_prefix: str | None = None
    remove_suffix: str | None = None
    pattern: str | None = None
    strip_zeros: bool = False
    zero_pad: int | None = Key(default=None, ge=1, le=64)
    values: dict[str, str] | None = None
    prefix: str = ""
    suffix: str = ""
    default: str | None = None
    format: DateFormats | None = None
    number: Number | None = None
    multiply: Decimal | None = Key(default=None, max_digits=12, decimal_places=6)
    sign: Literal["keep", "negate", "absolute"] = "keep"

    @model_validator(mode="before")
    @classmethod
    def _a_word_is_a_column(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise ValueError("a field is a column name or a map; to join columns say {columns: …}")
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> "FieldMapping":
        origins = [self.column, self.columns, self.first_of, self.value]
        if sum(origin is not None for origin in origins) != 1:
            raise ValueError("a field needs exactly one of column, columns, first_of, value")
        if self.pattern is not None:
            try:
                groups = re.compile(self.pattern).groups
            except re.error as error:
                raise ValueError(f"pattern is not a regular expression: {error}") from None
            if groups != 1:
                raise ValueError("pattern needs exactly one group in brackets: what to keep")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        if self.column is not None:
            return (self.column,)
        return self.columns or self.first_of or ()


class RecordMapping(Strict):
    """How one row of the file becomes one record, and which rows do.

    `each`: a list inside the row (of a JSON page), one record an element; `@page`: one a page.
    `whole_per`: an answer about a customer is all there is about it, so that what a later answer no
    longer holds is gone; the columns that say about whom, customer_id first.
    """

    fields: dict[str, FieldMapping]
    when: When | None = None
    is_deleted: When | None = None
    each: str | None = None
    whole_per: Texts = ()

    @model_validator(mode="before")
    @classmethod
    def _fields_beside_conditions(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError("a record is a map of field: column")
        if set(value) <= set(cls.model_fields) and isinstance(value.get("fields"), dict):
            return value  # as model_dump wrote it
        beside = ("when", "is_deleted", "each", "whole_per")
        apart = {key: value[key] for key in beside if key in value}
        return {"fields": {key: value[key] for key in value if key not in apart}, **apart}

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column of the file that it reads, each once, in the order they are named."""
        checks = [
            check.column
            for condition in (self.when or (), self.is_deleted or ())
            for alternative in condition
            for check in alternative
        ]
        named = [column for field in self.fields.values() for column in field.sources]
        return tuple(dict.fromkeys([*named, *checks]))


Records = Annotated[tuple[RecordMapping, ...], BeforeValidator(_one_or_many), Key(min_length=1)]
"""One row may be several records of a kind: two instalments, two payments."""


class Feed(Strict):
    """One export: its files, how they are read, when their rows became known, what they mean."""

    name: str = Key(pattern=_NAME)
    file: Texts = ()
    source: str = FILES
    resource: str = ""
    connection: str | None = None
    options: dict[str, Any] = {}
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
    """Everything one night reads: the feeds, and the policy that judges them."""

    path: Path
    policy: str | None = None
    base_currency: str | None = Key(default=None, pattern=r"^[A-Z]{3}$")
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
