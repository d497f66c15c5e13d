"""Find, order, check and run the files in `sql/`.

One SELECT a file. Folder = layer, file = table, header = contract: the runner casts to the declared
types and checks the key, and the data dictionary and the database comments quote the header.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import takewhile
from pathlib import Path

from etl.engine import Engine, Tables
from etl.errors import ZixinError
from etl.settings import PROJECT

SQL_FOLDER = PROJECT / "sql"
UNPUBLISHED = ("event", "core")
"""Row-level layers stay in the lake: the warehouse and the published tables begin at the indicators."""

COMPARISON = "compare"
"""The folder of what compares tonight with nights published before; it runs last, in publish."""

EARLIER = ("before", "month_ago", "cohort")
"""Schemas of published nights: the last one before tonight, the last one a month ago or earlier, and the last
one so long ago that its grades have had their time to turn out good or bad (outcome.months)."""


_QUESTION = re.compile(r"^-- (\w+): (.+)$")
_KEY = re.compile(r"^-- Grain: (.+?) Key: ([\w, ]+?)(?: \(may be NULL: ([\w, ]+)\))?\.$")
_REQUIREMENTS = re.compile(r"^-- Requirements: (.+)$")
_COLUMN = re.compile(r"^--   (\w+) +([A-Z]+(?:\(\d+, ?\d+\))?) +(\S.*)$")
_TABLE = re.compile(
    r"\b(?:FROM|JOIN)\s+"
    r"((?:current|match|night|policy|reference|event|core|indicator|measure|point|score|grade|terms|action|mart|before|month_ago|cohort)\.[a-z_0-9]+)\b"
)


@dataclass(frozen=True)
class Column:
    """A published column: `description` holds unit, meaning of NULL and requirement ids."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Model:
    """One SQL file, read."""

    path: Path
    layer: str
    name: str
    question: str
    explanation: str
    grain: str
    requirements: str
    key: tuple[str, ...]
    key_may_be_null: tuple[str, ...]
    columns: tuple[Column, ...]
    sql: str

    @property
    def schema(self) -> str:
        """The layer's name as SQL sees it: `1_core` is `core`. Comparisons are marts for who reads them."""
        return "mart" if self.layer == COMPARISON else self.layer.split("_", 1)[1]

    @property
    def full_name(self) -> str:
        """schema.table"""
        return f"{self.schema}.{self.name}"

    @property
    def types(self) -> dict[str, str]:
        """Column name → declared type, in published order."""
        return {column.name: column.type for column in self.columns}

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The tables (schema.table) the SELECT names, sorted."""
        body = "\n".join(line.split("--")[0] for line in self.sql.splitlines())
        return tuple(sorted(set(_TABLE.findall(body))))

    def write(self, engine: Engine, tables: Tables, *, as_of: date, target: Path) -> int:
        """Make the table out of those it reads, one Parquet file; returns its rows."""
        return engine.write(
            self.sql,
            {name: tables[name] for name in self.reads},
            as_of=as_of,
            types=self.types,
            order_by=self.key,
            may_be_null=self.key_may_be_null,
            target=target,
        )


def read_model(path: Path) -> Model:
    """Read a SQL file and its header; ZixinError says which part of the header is missing."""
    text = path.read_text(encoding="utf-8")
    header = list(takewhile(lambda line: line.startswith("--"), text.splitlines()))

    def first(pattern: re.Pattern[str], what: str) -> re.Match[str]:
        for line in header:
            if match := pattern.match(line):
                return match
        raise ZixinError(f"{path.name}: the header lacks its {what} line (see sql/README.md)")

    question = _QUESTION.match(header[0]) if header else None
    if question is None or question[1] in ("Grain", "Requirements"):
        raise ZixinError(f"{path.name}: the header must open with '-- {path.stem}: question?'")
    grain = first(_KEY, "'-- Grain: … Key: ….'")
    columns = tuple(
        Column(match[1], match[2].replace(", ", ","), match[3].strip())
        for line in header
        if (match := _COLUMN.match(line))
    )
    if question[1] != path.stem:
        raise ZixinError(f"{path.name}: the header is about {question[1]!r}, not {path.stem!r}")
    if not columns:
        raise ZixinError(f"{path.name}: the header lists no columns (see sql/README.md)")
    return Model(
        path=path,
        layer=path.parent.name,
        name=path.stem,
        question=question[2],
        explanation=_explanation(header),
        grain=grain[1],
        requirements=first(_REQUIREMENTS, "'-- Requirements: …'")[1].rstrip("."),
        key=_names(grain[2]),
        key_may_be_null=_names(grain[3] or ""),
        columns=columns,
        sql=text,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[, ]+", text) if name)


def _explanation(header: list[str]) -> str:
    """What stands between the question and the grain, its paragraphs kept."""
    lines = takewhile(lambda line: not line.startswith("-- Grain:"), header[1:])
    return "\n".join(line[2:].strip() for line in lines).strip()


@cache
def layers() -> tuple[str, ...]:
    """The layer folders, left to right."""
    return tuple(
        folder.name for folder in sorted(SQL_FOLDER.iterdir()) if re.match(r"\d_", folder.name)
    )


def models(layer: str | None = None) -> Iterator[Model]:
    """Every SQL file, or one layer's, in running order."""
    for name in layers() if layer is None else (layer,):
        for path in sorted((SQL_FOLDER / name).glob("*.sql")):
            yield read_model(path)


def comparisons() -> Iterator[Model]:
    """The files of `sql/compare`: what compares nights, and so is no function of tonight alone."""
    for path in sorted((SQL_FOLDER / COMPARISON).glob("*.sql")):
        yield read_model(path)


@cache
def published() -> dict[str, Model]:
    """Every table that an earlier night may have published, by the name it has in `before.*`."""
    found: dict[str, Model] = {}
    for model in (*models(), *comparisons()):
        if model.schema in UNPUBLISHED:
            continue
        if model.name in found:
            raise ZixinError(
                f"{model.full_name} and {found[model.name].full_name} share a name: rename one, or "
                "nobody can tell them apart in an earlier night"
            )
        found[model.name] = model
    return found
