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
    every = error.errors()
    unknown = {problem["loc"][:-1] for problem in every if problem["type"] == "extra_forbidden"}
    found = [problem for problem in every if not _is_told_elsewhere(problem, unknown)] or every
    found.sort(key=lambda problem: marked.line_of(_place(problem)))
    first = found[0]
    more = f" ({len(found) - 1} more like it)" if len(found) > 1 else ""
    place = _place(first)
    if first["type"] != "missing":
        place = _written(marked, place)
    where = " › ".join(_steps(marked, place)) or "the file"
    text = _words(first, model).rstrip(".")
    end = "" if text.endswith("?") and not more else "."
    return f"{marked.path}, line {marked.line_of(place)}, {where}: {text}{more}{end}"


class Misplaced(ValueError):
    """A problem that a check of the whole finds further inside, at `inside`: the sentence names that line."""

    def __init__(self, text: str, *inside: str | int) -> None:
        super().__init__(text)
        self.inside = inside


def _place(problem: Any) -> Place:
    """Where the problem is, as far inside as anybody knows."""
    inside = getattr(problem.get("ctx", {}).get("error"), "inside", ())
    return (*(step for step in problem["loc"] if step != "[key]"), *inside)


def _written(marked: MarkedYaml, place: Place) -> Place:
    """The place without steps at its end that only the model knows, such as which of two types was tried."""
    found: Place = ()
    last = 0
    for count, step in enumerate(place, 1):
        if (*found, step) in marked.lines:
            found, last = (*found, step), count
    return place[:last]


def _is_told_elsewhere(problem: Any, unknown: set[Place]) -> bool:
    """A list whose items failed is also "too short"; a key beside an unknown one is missing because it is
    misspelt."""
    if problem["type"] == "missing":
        return problem["loc"][:-1] in unknown
    return bool(problem["type"] == "too_short")


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
    if kind == "string_pattern_mismatch":
        return _mismatch(str(given), problem["ctx"]["pattern"], loc)
    if kind == "literal_error":
        return f"{given!r} is not allowed; say {problem['ctx']['expected']}"
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind in ("model_type", "dict_type"):
        return "this must be a map of key: value"
    if kind == "too_short":
        return "at least one is needed here"
    if kind == "too_long":
        return (
            f"{str(given)[:60]!r} does not fit: {problem['ctx']['max_length']} are allowed at most"
        )
    if kind in NEEDED:
        return f"{str(given)[:60]!r} does not fit: {NEEDED[kind]}"
    if kind in LIMITS:
        return f"{str(given)[:60]!r} is not allowed: {_limit(kind, problem['ctx'])}"
    return f"{str(given)[:60]!r} does not fit: {problem['msg'][0].lower()}{problem['msg'][1:]}"


NEEDED = {
    "int_parsing": "a whole number is needed, such as 30, without a unit",
    "int_from_float": "a whole number is needed, such as 30",
    "decimal_parsing": "a number is needed, such as 0.95: a point before the decimals, no % and no unit",
    "bool_parsing": "say true or false",
    "tuple_type": "a list is needed, such as [a, b]",
    "list_type": "a list is needed, such as [a, b]",
    "finite_number": "a number is needed",
    "string_type": "a text is needed",
    "string_too_short": "a text is needed",
}
"""pydantic's kind of problem → what is allowed, in words of the file."""

LIMITS = {
    "greater_than_equal": ("ge", "at least {}"),
    "greater_than": ("gt", "more than {}"),
    "less_than_equal": ("le", "at most {}"),
    "less_than": ("lt", "less than {}"),
    "decimal_max_places": ("decimal_places", "at most {} decimals"),
    "decimal_max_digits": ("max_digits", "at most {} digits"),
}


def _limit(kind: str, ctx: Any) -> str:
    """`at most 1: a share is a fraction, 0.95 for 95 %`."""
    name, words = LIMITS[kind]
    limit = str(ctx[name])
    hint = ": a share is a fraction, 0.95 for 95 %" if (name, limit) == ("le", "1") else ""
    return words.format(limit) + hint


def _mismatch(given: str, pattern: str, loc: Place) -> str:
    """What is wrong with a name or a code, by what its pattern is of."""
    if "A-Z" in pattern:
        other = ", or auto" if "auto" in pattern else ""
        return f"{given!r} is no currency: three capital letters, like USD{other}"
    if loc[0] == "feeds":
        return f"{given!r} is no feed name: small letters, digits, - and _, a letter first"
    return f"{given!r} is no name: small letters, digits and _, a letter first, 41 at most"


def _keys(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The keys that are allowed at `loc`, found by walking the models' annotations."""
    here: type[BaseModel] = model
    for step in loc:
        if isinstance(step, str) and step in here.model_fields:
            here = _model_in(here.model_fields[step].annotation) or here
    return [field.alias or name for name, field in here.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model inside an annotation such as `tuple[Feed, ...]` or `Read | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
