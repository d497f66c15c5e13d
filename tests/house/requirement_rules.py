"""What holds for the names in `sql/reference/requirement.csv`: whoever knows a name from the
specification finds ours, and what is given as ours exists.

A rule takes what it looks at and says in sentences what to change.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from pathlib import Path

from etl import models
from etl.requirements import Requirement
from etl.validation.tables import contracts
from tests.house.repository import ROOT
from tests.house.sql_rules import known_tables

_ROW = re.compile(r"^\| ((?:R\d-[A-Z]?\d+[a-z]?)|EW\d\d) \|(.*)\|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
# A name, then nothing, or `[]`, `(a/b)`, `=X`, ` in (…)`, `.*`, `*`, `/_amt`; not `d≥10→D`.
_NAME = re.compile(r"^([a-z][a-z0-9_]{2,})((?:/_[a-z0-9_]+)*)(\*?)(?:[\[(=. ].*)?$")
_CONSTANT = re.compile(r"\b[A-Z]{2,}(?:_[A-Z]+)+\b|(?<==)[A-Z]{3,}\b")
_WRITTEN = re.compile(r"[a-z][a-z0-9_]*\*?")
_DOTTED = re.compile(r"(?<![\w./*<>-])([a-z_]+\.[a-z0-9_]+(?:\.[a-z0-9_]+)?)(?![\w/*<-])")
_PATH = re.compile(r"(?<![\w./<>])((?:docs|etl|policy|sql|sandbox|tests)/[\w./*-]*[\w*])")
_MADE = ("csv", "html", "js", "json", "parquet", "yaml")
"""Endings of files a night makes: with one of these, a word with a dot is a file's name."""


@cache
def tables() -> Mapping[str, Set[str]]:
    """schema.table → its columns, of everything the dictionary describes."""
    found: dict[str, Set[str]] = {
        f"{schema}.{name}": set(types)
        for schema, of_schema in known_tables().items()
        if schema not in models.EARLIER
        for name, types in of_schema.items()
    }
    for model in (*models.comparisons(), *contracts()):
        found[model.full_name] = set(model.types)
    return found


def names_of(rows: str) -> dict[str, list[str]]:
    """Requirement id → the names its row of the specification suggests: columns, tables, codes.

    `on_time_rate_cnt/_amt` is two of them, `veto_reason[]` is `veto_reason`, `nf_*` stays as it is. A
    bare `_amt` is none.
    """
    found: dict[str, list[str]] = {}
    for requirement, text in _ROW.findall(rows):
        names = found.setdefault(requirement, [])
        for code in _CODE.findall(text):
            if not (match := _NAME.match(code)):
                continue
            name, suffixes, any_end = match.groups()
            stem = name.rpartition("_")[0]
            names += [name + any_end, *(stem + end for end in suffixes.split("/")[1:])]
        names += _CONSTANT.findall(text)
    return {requirement: list(dict.fromkeys(names)) for requirement, names in found.items()}


def ours() -> set[str]:
    """Every name of ours that a reader may search for: tables, columns, and codes in their meanings."""
    found = {name.split(".")[1] for name in tables()}
    found.update(*tables().values())
    for model in (*models.models(), *models.comparisons(), *contracts()):
        for column in model.columns:
            found.update(re.findall(r"\b[A-Z_]{3,}\b", column.description))
    return found


def every_name_is_found(
    stated: Mapping[str, Iterable[str]], known: Iterable[Requirement], own: Set[str]
) -> Iterator[str]:
    """A name the specification suggests is ours, or its requirement says what it is called here."""
    said = {one.requirement: {name for name, _ in one.other_names} for one in known}
    for requirement, names in stated.items():
        for name in names:
            is_own = name in own or (
                name.endswith("*") and any(one.startswith(name[:-1]) for one in own)
            )
            if not is_own and name not in said.get(requirement, ()):
                yield (
                    f"{requirement}: nobody who looks for {name} finds ours; say in also_called of "
                    f"sql/reference/requirement.csv: {name} = schema.table.column"
                )


def no_name_stands_twice(one: Requirement) -> Iterator[str]:
    """One requirement says once what a name is here, and the name is one."""
    names = [name for name, _ in one.other_names]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{one.requirement}: also_called has {name} twice; one name has one answer"
        if not _WRITTEN.fullmatch(name):
            yield f"{one.requirement}: {name!r} in also_called is no name as the specification has them"


def answers_exist(one: Requirement, root: Path = ROOT) -> Iterator[str]:
    """The tables, columns and files that are given as ours are there."""
    for name, answer in one.other_names:
        for full in _DOTTED.findall(answer):
            schema, table, *column = full.split(".")
            if not column and table in _MADE:
                continue
            columns = tables().get(f"{schema}.{table}")
            if columns is None or not columns.issuperset(column):
                yield f"{one.requirement}: {name} is said to be {full}, and there is no such name"
        for path in _PATH.findall(answer):
            if not any(root.glob(path)):
                yield f"{one.requirement}: {name} is said to be in {path}, and there is no such file"
