"""What is wrong with a book file, said in one sentence with the line and what is allowed."""

import difflib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

from etl.entities import ENTITIES
from etl.sources.marked_yaml import MarkedYaml, Place

if TYPE_CHECKING:
    from etl.sources.config import Feed, RecordMapping

DATED_WHEN_IT_ARRIVES = {("invoice_balance", "stated_on")}


def nearest(word: str, words: Iterable[str]) -> str:
    """`: did you mean x?`-like hint with the closest of `words`, else all of them."""
    known = list(dict.fromkeys(words))
    folded = {name.casefold(): name for name in reversed(known)}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {folded[close[0]]!r}?"
    shown = ", ".join(known[:40]) + (", …" if len(known) > 40 else "")
    return f"; there are: {shown}"


def sentence(marked: MarkedYaml, error: ValidationError, model: type[BaseModel]) -> str:
    """The first problem of `error` by line, in words of the book file."""
    # A list whose items failed is also "too short": that says nothing new.
    every = error.errors()
    found = [problem for problem in every if problem["type"] != "too_short"] or every
    found.sort(key=lambda problem: marked.line_of(problem["loc"]))
    first = found[0]
    more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
    where = " › ".join(_steps(marked, first["loc"])) or "the file"
    text = _words(first, model).rstrip(".")
    return f"{marked.path}, line {marked.line_of(first['loc'])}, {where}: {text}{more}."


def check_records(feed: "Feed") -> Iterator[tuple[Place, str]]:
    """Every problem of the feed's records that only the entities show, with its place."""
    for name, records in feed.records.items():
        if name not in ENTITIES:
            yield ("records", name), f"{name} is no record type{nearest(name, ENTITIES)}"
            continue
        known = [column.name for column in ENTITIES[name].columns]
        for nth, record in enumerate(records):
            place: Place = ("records", name, nth)
            unknown = [field for field in record.fields if field not in known]
            for field in unknown:
                yield (*place, field), f"{name} has no field {field}{nearest(field, known)}"
            if not unknown:
                yield from ((place, text) for text in _missing(feed, name, record))


def _missing(feed: "Feed", name: str, record: "RecordMapping") -> Iterator[str]:
    """Fields that must be mapped because nothing else can fill them."""
    for column in ENTITIES[name].columns:
        if column.name in record.fields:
            continue
        if (name, column.name) in DATED_WHEN_IT_ARRIVES:
            if feed.known == "historical":
                yield (
                    f"{name} of a historical feed needs {column.name}: "
                    "name the column with the day the balance is of"
                )
        elif column.required and column.default is None:
            yield (
                f"{name} needs {column.name} ({column.meaning}); "
                f"add {column.name}: and the column it is in"
            )


def _steps(marked: MarkedYaml, loc: tuple[int | str, ...]) -> list[str]:
    """The place as a person would say it: feeds by name, steps that the file has."""
    steps: list[str] = []
    found: Place = ()
    for step in loc:
        if (*found, step) in marked.lines:
            found = (*found, step)
        elif step != loc[-1] or step == "fields":
            continue
        if isinstance(step, int) and found[:-1] == ("feeds",):
            feed = marked.data["feeds"][step]
            name = feed.get("name") if isinstance(feed, dict) else None
            steps.append(str(name or f"feed {step + 1}"))
        elif isinstance(step, str):
            steps.append(step)
    return steps


def _words(problem: Any, model: type[BaseModel]) -> str:
    """pydantic's finding as part of a sentence."""
    kind, loc, given = problem["type"], problem["loc"], problem["input"]
    if kind == "extra_forbidden":
        return f"there is no such key{nearest(str(loc[-1]), _keys(model, loc[:-1]))}"
    if kind == "missing":
        return "this is missing; add it"
    if kind == "string_pattern_mismatch" and loc[-1] == "name":
        return f"{given!r} is no feed name: small letters, digits, - and _, a letter first"
    if kind == "string_pattern_mismatch":
        return f"{given!r} is no currency: three capital letters, like USD"
    if kind == "literal_error":
        return f"{given!r} is not allowed; say {problem['ctx']['expected']}"
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind in ("model_type", "dict_type"):
        return "this must be a map of key: value"
    if kind == "too_short":
        return "at least one is needed here"
    return f"{str(given)[:60]!r} does not fit: {problem['msg'][0].lower()}{problem['msg'][1:]}"


def _keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that are allowed at `loc`, found by walking the models' annotations."""
    here: type[BaseModel] = model
    for step in loc:
        if isinstance(step, str) and step in here.model_fields:
            here = _model_in(here.model_fields[step].annotation) or here
    return list(here.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model inside an annotation such as `tuple[Feed, ...]` or `Read | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
