"""docs/data-dictionary.md, written from what the code itself goes by: `python -m etl.dictionary`.

Tables and columns come from the headers of `sql/`, inputs from `etl/entities`, names and meanings
of indicators from `sql/reference/indicator`, settings from `policy/*.yaml`. Nothing is typed a
second time; a house test fails when the file is stale.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from etl import models
from etl.catalogue import catalogue
from etl.entities import FAMILIES, HISTORY_COLUMNS, Column, Entity
from etl.lake import write_bytes
from etl.matching.tables import MATCH_TABLES
from etl.models import Model
from etl.night_tables import FEED_TYPES
from etl.policy import POLICY_FOLDER, POLICY_GRAINS, POLICY_TABLES
from etl.requirements import Requirement, requirements
from etl.settings import PROJECT
from etl.sources.marked_yaml import read_marked_yaml
from etl.validation.tables import contracts

TARGET = PROJECT / "docs" / "data-dictionary.md"

_ID = r"R\d-[A-Z]?\d+[a-z]?|Q\d+[a-z]?|EW\d\d|C\d+|I\d+|A0\.1|A9"
_RANGE = re.compile(r"\b(R\d-[A-Z]?)(\d+)\.\.R\d-[A-Z]?(\d+)")
_REQUIREMENT = re.compile(rf"\b(?:{_ID})(?![\w-])")

_OURS = re.compile(r"(?<![\w<])[\w<>*-]+(?:[./][\w<>*-]+)+")
"""A full name or a path within a sentence: `schema.table.column`, `policy/terms/standard.yaml`."""

LAYER_TITLES = {
    "event": "What happened",
    "core": "Who owes what",
    "indicator": "Indicators",
    "measure": "Indicators to score",
    "point": "Points",
    "score": "Scores",
    "grade": "Grades",
    "terms": "Limits and terms",
    "action": "What to do",
    "mart": "Marts",
}

FAMILY_TITLES = {
    "ledger": "Ledger",
    "party": "Customers and contacts",
    "trade": "Orders, contracts and dunning",
    "court": "Courts and registries",
    "bureau": "Agencies",
    "finance": "Statements and industries",
    "assessment": "Judgements",
    "decision": "Decisions",
}

INTRODUCTION = """\
# Data dictionary

Written by `python -m etl.dictionary` from the headers of `sql/`, `etl/entities`,
`sql/reference/indicator` and `policy/`. Change those and run it again; edits here are lost.

A fraction is between 0 and 1 unless it says otherwise. Money is `DECIMAL(18,2)` in the currency the
row names. Every published table also carries `as_of`, the night, in front. Ids such as `R4-G1`, `Q7`
or `C2` name requirements; the [last chapter](#requirements) says where each is computed.
"""


def requirement_ids(text: str) -> list[str]:
    """The requirement ids a text names, ranges such as R0-10..R0-13 written out, in order."""

    def every(match: re.Match[str]) -> str:
        first, last = int(match[2]), int(match[3])
        return ", ".join(
            f"{match[1]}{number:0{len(match[2])}d}" for number in range(first, last + 1)
        )

    return list(dict.fromkeys(_REQUIREMENT.findall(_RANGE.sub(every, text))))


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def _table(titles: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield "| " + " | ".join(_cell(part) for part in row) + " |"
    yield ""


def _entity(entity: Entity, schema: str = "current") -> Iterator[str]:
    yield f"#### {schema}.{entity.name}"
    yield ""
    known = f"`{entity.event_date}`" if entity.event_date else "the day of the source row"
    key = ", ".join(f"`{name}`" for name in entity.key)
    open_ended = "" if entity.meaning.endswith(".") else "."
    since = f" A historical import knows a row on {known}." if schema == "current" else ""
    yield f"{entity.meaning}{open_ended} Key: {key}.{since}"
    yield ""
    yield from _table(
        ("column", "type", "unit", "required", "meaning"),
        (
            (
                f"`{column.name}`",
                column.type,
                column.unit,
                "yes" if column.required else "",
                _column_meaning(column),
            )
            for column in entity.columns
        ),
    )


def _column_meaning(column: Column) -> str:
    """What the column says, and what it may hold."""
    parts = [column.meaning]
    if column.allowed:
        parts.append(f"One of {', '.join(f'`{value}`' for value in column.allowed)}")
    if column.above_zero and "greater than 0" not in column.meaning:
        parts.append("Greater than 0")
    if column.between and column.unit != "fraction, 0 to 1":
        least, greatest = column.between
        parts.append(f"{least} to {greatest}" if greatest else f"Not below {least}")
    if column.default is not None:
        parts.append(f"Default `{column.default}`")
    if column.refers_to:
        parts.append(f"See [{column.refers_to}](#current{column.refers_to})")
    return ". ".join(parts)


def _inputs() -> Iterator[str]:
    yield "## Inputs: current"
    yield ""
    yield (
        "What every source is mapped to. `history/` keeps every version ever received, `current` the "
        "last version of each key known on the night. Which column of an export becomes which of "
        "these is said in the book file ([your-own-ledger.md](your-own-ledger.md))."
    )
    yield ""
    for family, entities in FAMILIES.items():
        yield f"### {FAMILY_TITLES[family]}"
        yield ""
        for entity in entities:
            yield from _entity(entity)
    yield "### Every table of current"
    yield ""
    yield "Beside its own columns it has:"
    yield ""
    yield from _table(
        ("column", "type", "meaning"),
        ((f"`{column.name}`", column.type, column.meaning) for column in HISTORY_COLUMNS),
    )


def _links() -> Iterator[str]:
    yield "## Inputs: match"
    yield ""
    yield (
        "Which customer an outside record is about, and which customers are one legal party, found "
        "each night between the snapshots and the first layer ([matching.md](matching.md))."
    )
    yield ""
    for table in MATCH_TABLES.values():
        yield from _entity(table, "match")


def _settings_of(data: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The places of a policy's settings, in the file's order."""
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _settings_of(value, (*place, name))
        else:
            yield (*place, name)


def _value(data: Any, place: tuple[str, ...]) -> str:
    for step in place:
        data = data.get(step, {}) if isinstance(data, Mapping) else {}
    return str(data) if not isinstance(data, Mapping) else ""


def _policies() -> Iterator[str]:
    files = [read_marked_yaml(path) for path in sorted(POLICY_FOLDER.glob("*.yaml"))]
    yield "## Policy"
    yield ""
    yield (
        "The settings of the policies that come with the project, side by side. A policy of your own "
        "is a copy of one of the files in `policy/`; the book file names it."
    )
    yield ""
    # The default stands first, and its comments explain the settings of all.
    files.sort(key=lambda file: file.path.stem != "article")
    first = files[0]
    comments = first.path.read_text(encoding="utf-8").splitlines()
    rows = []
    for place in _settings_of(first.data):
        line = comments[first.line_of(place) - 1]
        meaning = line.split(" #", 1)[1].strip() if " #" in line else ""
        values = (f"`{_value(file.data, place)}`" for file in files)
        rows.append((f"`{'.'.join(place)}`", *values, meaning))
    yield from _table(("setting", *(file.path.stem for file in files), "meaning"), rows)
    for name, types in POLICY_TABLES.items():
        yield f"### {name}"
        yield ""
        yield f"What the SQL joins to; {POLICY_GRAINS[name]}. Windows are (start, as_of]."
        yield ""
        yield from _table(
            ("column", "type"), ((f"`{column}`", type_) for column, type_ in types.items())
        )
    yield "### night.feed"
    yield ""
    yield "What became of each feed of the book tonight; one row a feed."
    yield ""
    yield from _table(
        ("column", "type"), ((f"`{column}`", type_) for column, type_ in FEED_TYPES.items())
    )


def _key_column(model: Model, name: str) -> str:
    return f"`{name}` (may be NULL)" if name in model.key_may_be_null else f"`{name}`"


def _model(model: Model) -> Iterator[str]:
    yield f"### {model.full_name}"
    yield ""
    yield f"**{model.question[:1].upper()}{model.question[1:]}**"
    yield ""
    if model.explanation:
        yield from (*model.explanation.splitlines(), "")
    yield f"- {model.grain[:1].upper()}{model.grain[1:]}"
    yield f"- Key: {', '.join(_key_column(model, name) for name in model.key)}"
    if model.reads:
        yield f"- Reads: {', '.join(map(_link, model.reads))}"
    yield f"- Requirements: {model.requirements}"
    made_by = model.path.relative_to(PROJECT).as_posix()
    yield f"- Made by [`{made_by}`](../{made_by})"
    yield ""
    yield from _table(
        ("column", "type", "meaning"),
        ((f"`{column.name}`", column.type, column.description) for column in model.columns),
    )


def _link(name: str) -> str:
    """A table and where it is described; one of an earlier night is described where tonight's is."""
    schema, table = name.split(".")
    place = models.published()[table].full_name if schema in models.EARLIER else name
    return f"[{name}](#{_anchor(place)})"


def _anchor(heading: str) -> str:
    """The anchor that Markdown makes of a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _indicators() -> Iterator[str]:
    yield "## Catalogue of indicators"
    yield ""
    yield "What people read on a credit file, in both languages."
    yield ""
    rows = (
        (
            f"`{line.indicator}`",
            f"{line.name_zh}<br>{line.name_en}",
            line.unit,
            f"{line.meaning_zh}<br>{line.meaning_en}",
            f"`{line.sample}`" if line.sample else "",
            line.null_reason,
            line.requirements,
        )
        for line in catalogue()
    )
    yield from _table(
        ("column", "name", "unit", "meaning", "counted in", "NULL because", "requirements"), rows
    )


def places_of(tables: Iterable[Model]) -> dict[str, list[str]]:
    """Requirement id → where it is computed: a column where one is named, else the table."""
    places: dict[str, list[str]] = {}
    for model in tables:
        by_column: set[str] = set()
        for column in model.columns:
            for found in re.findall(r"\[([^\]]+)\]", column.description):
                for name in requirement_ids(found):
                    by_column.add(name)
                    places.setdefault(name, []).append(f"`{model.full_name}.{column.name}`")
        for name in requirement_ids(model.requirements):
            if name not in by_column:
                places.setdefault(name, []).append(f"`{model.full_name}`")
    for line in catalogue():
        for name in requirement_ids(line.requirements):
            place = f"`{line.source}.{line.indicator}`"
            if place not in places.setdefault(name, []):
                places[name].append(place)
    return places


def _sorted_ids(ids: Iterable[str]) -> list[str]:
    def order(name: str) -> tuple[str, ...]:
        return tuple(part.zfill(4) if part.isdigit() else part for part in re.split(r"(\d+)", name))

    return sorted(ids, key=order)


def _requirements(tables: list[Model]) -> Iterator[str]:
    yield "## Requirements"
    yield ""
    yield (
        "Where each requirement is computed, or in one sentence why not. `R` rows come from the "
        "source articles, `Q` rows settle what those leave open, `C` are formulas, `I` are complaints "
        "about other products that a table answers. *Also called*: other names under which people look "
        "for it, and what they are here."
    )
    yield ""
    places = places_of(tables)
    known = {one.requirement: one for one in requirements()}
    rows = []
    for name in _sorted_ids({*places, *known}):
        title, answer = (known[name].title, known[name].answer) if name in known else ("", "")
        where = ", ".join(places.get(name, ()))
        computed_in = " ".join(part for part in (where, answer) if part)
        rows.append((name, title, computed_in, _also_called(known.get(name))))
    yield from _table(("id", "what", "computed in", "also called"), rows)


def _also_called(requirement: Requirement | None) -> str:
    """The other names, one a line of the cell; names and files of ours in code, as elsewhere."""
    pairs = requirement.other_names if requirement else ()
    said = ((name, _OURS.sub(lambda found: f"`{found[0]}`", answer)) for name, answer in pairs)
    return "<br>".join(f"`{name}` is {answer}" for name, answer in said)


def render() -> str:
    """The whole dictionary as Markdown; the same tree gives the same bytes."""
    tables = [*models.models(), *models.comparisons(), *contracts()]
    lines = [*INTRODUCTION.splitlines(), "", *_inputs(), *_links(), *_policies()]
    for schema in dict.fromkeys(table.schema for table in tables):
        lines += [f"## {LAYER_TITLES.get(schema, schema)}: {schema}", ""]
        for table in tables:
            if table.schema == schema:
                lines += _model(table)
    lines += [*_indicators(), *_requirements(tables)]
    return "\n".join(lines).rstrip() + "\n"


def main(target: Path = TARGET) -> None:
    """Write the dictionary."""
    write_bytes(target, render().encode())
    sys.stdout.write(f"wrote {target}\n")


if __name__ == "__main__":
    main()
