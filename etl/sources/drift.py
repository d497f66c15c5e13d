"""Has a system changed what its rows look like? Reported, never guessed at.

The fields of a batch's rows, and the JSON types of their values, against the batch before: a new field
is a remark; one that the mapping reads and that is gone from every row, or became an object, holds the
feed, because every value it had would silently read as nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.mapping.sql import literal
from etl.sources.config import PAGE, Feed
from etl.sources.landed_page import DESCRIBE, landed_pages
from etl.sources.systems import plain_pull, system

PAGES_READ = 20
"""Pages of a batch that are looked into: a system that changed its rows changed all of them."""

FEWEST_ROWS = 5
"""With fewer rows a field that is in none of them may just be empty."""

FEWEST_EXPECTED = 7
"""Of how many rows a field must have been expected for its absence to mean something: some systems
leave out what is empty, and by chance alone that happens once in a thousand nights."""

SCALARS = {"BIGINT": "number", "UBIGINT": "number", "DOUBLE": "number", "HUGEINT": "number"}
NESTED = ("OBJECT", "ARRAY")


@dataclass(frozen=True)
class Shape:
    """The top fields of some rows: name → the types of its values, without null; how many rows there
    are, and how many of them have the field."""

    fields: Mapping[str, frozenset[str]]
    rows: int
    times: Mapping[str, int]


def shape_of(feed: Feed, folder: Path) -> Shape | None:
    """The shape of a batch's JSON rows; None when it has none to look at."""
    connector = system(feed.source)
    pull = plain_pull(feed)
    if connector.rows_sql(pull):
        return None
    pages = [
        page
        for page in landed_pages(folder)
        if page.lands == "json" and page.file and page.outcome == "page"
        and page.about.get("kind") is None
    ][:PAGES_READ]  # fmt: skip
    paths = [folder / page.file for page in pages]
    paths = [path for path in paths if path.stat().st_size]
    if not paths or any(page.about.get("kind") == DESCRIBE for page in pages):
        return None
    path = connector.rows_of(pull)
    several = (
        f"CAST(json_extract(content, {literal(path)}) AS JSON[])"
        if "*" in path
        else f"[json_extract(content, {literal(path)})]"
    )
    files = ", ".join(literal(str(path)) for path in paths)
    with duckdb.connect() as db:
        try:
            db.execute(
                f"""
                CREATE TABLE entry AS
                SELECT UNNEST({several}) AS entry FROM read_text([{files}]) WHERE trim(content) <> ''
                """
            )
        except (duckdb.ConversionException, duckdb.InvalidInputException):
            return None  # a page that is no JSON: the mapping says which
        counted = db.execute(
            "SELECT COUNT(*) FROM entry WHERE json_type(entry) = 'OBJECT'"
        ).fetchone()
        # No paths here: a field may be called anything.
        found = db.execute(
            """
            SELECT field.key, list(DISTINCT field.type), COUNT(*)
            FROM (SELECT entry FROM entry WHERE json_type(entry) = 'OBJECT') AS named,
                json_each(named.entry) AS field
            GROUP BY field.key
            """
        ).fetchall()
    fields = {
        name: frozenset(SCALARS.get(kind, kind) for kind in kinds if kind and kind != "NULL")
        for name, kinds, _ in found
    }
    times = {name: count for name, _, count in found}
    return Shape(fields, int((counted or (0,))[0]), times)


@dataclass(frozen=True)
class Drift:
    """`holds`: why the feed must wait; `remark`: what somebody should look at. Empty: nothing."""

    holds: str = ""
    remark: str = ""


def drift(feed: Feed, before: Shape | None, now: Shape | None) -> Drift:
    """What changed between two batches of a feed."""
    if before is None or now is None or now.rows < FEWEST_ROWS or before.rows < FEWEST_ROWS:
        return Drift()
    read = {
        column.split("[")[0].split(".")[0]
        for several in feed.records.values()
        for record in several
        if record.each != PAGE
        for column in record.sources
        if not column.startswith(("@", "label:"))
    }
    gone = sorted(
        name
        for name in (before.fields.keys() & read) - now.fields.keys()
        if before.times[name] == before.rows
        or before.times[name] * now.rows >= FEWEST_EXPECTED * before.rows
    )
    nested = sorted(
        name
        for name in before.fields.keys() & read & now.fields.keys()
        if before.fields[name] and now.fields[name]
        and bool(before.fields[name] & set(NESTED)) != bool(now.fields[name] & set(NESTED))
    )  # fmt: skip
    new = sorted(now.fields.keys() - before.fields.keys())
    what = f"{feed.resource} of {feed.source}"
    if gone or nested:
        change = (
            f"no longer has the field {gone[0]}"
            if gone
            else f"sends the field {nested[0]} in another form"
        )
        hint = f"; it has a new field {new[0]}" if new else ""
        return Drift(
            holds=f"{what} {change}, which the mapping reads{hint}: correct the mapping of "
            f"feed {feed.name}."
        )
    retyped = sorted(
        name
        for name in before.fields.keys() & now.fields.keys() & read
        if before.fields[name] and now.fields[name] and not before.fields[name] & now.fields[name]
    )
    remarks = []
    if retyped:
        remarks.append(f"{what} writes {', '.join(retyped)} as another type than before.")
    if new:
        remarks.append(f"{what} has new fields: {', '.join(new[:10])}.")
    return Drift(remark=" ".join(remarks))
