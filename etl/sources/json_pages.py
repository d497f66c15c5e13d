"""The JSON pages of a batch as tables of text.

A page is read in sets, by the database, never row by row here: its body is one JSON text, and the
mapping's column names are JSON paths into its rows (`Account_Name.id`; `invoices[].amount_applied` for
an element of a list inside the row). Columns that begin with `@` are facts of the page.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb

from etl.errors import BadInput
from etl.mapping.sql import literal
from etl.sources.config import PAGE, Feed
from etl.sources.connector import Connector
from etl.sources.landed_page import DESCRIBE, LandedPage
from etl.sources.systems import plain_pull
from etl.sources.table import ROW, Table

ELEMENT = "[]"
LABEL = "label:"
UNREADABLE = (duckdb.ConversionException, duckdb.InvalidInputException)
MEGABYTE = 1 << 20

AT_ONCE = 32 * MEGABYTE
"""Bytes of pages that are open at the same time. The database needs some ten times as much to take them
apart, and a batch may have any number of pages."""


class JsonReader:
    """The JSON pages of one batch: some at a time, opened once, read once for each list."""

    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        feed: Feed,
        connector: Connector,
        folder: Path,
        pages: Sequence[LandedPage],
        name: str,
        read_on: str,
        out: Path,
    ) -> None:
        self.db = db
        self.feed = feed
        self.connector = connector
        self.folder = folder
        self.pages = pages
        self.name = name
        self.read_on = read_on
        self.out = out
        self.mended: dict[str, Path] = {}

    def tables(self) -> list[Table]:
        """One table for each `each` of the feed's records."""
        try:
            return self._read()
        except UNREADABLE:
            self._mend()
        try:
            return self._read()
        except UNREADABLE as error:
            raise BadInput(
                f"feed {self.feed.name}: a page of {self.feed.source} is not whole JSON: "
                f"{str(error).splitlines()[0][:200]}."
            ) from None

    def _mend(self) -> None:
        """Read copies of the pages that hold half characters; only looked for when reading failed."""
        from etl.sources.half_characters import mended

        for page in self.pages:
            if page.file:
                path = self.folder / page.file
                copy = mended(path, self.out)
                if copy != path:
                    self.mended[page.file] = copy

    def _path(self, page: LandedPage) -> str:
        return str(self.mended.get(page.file, self.folder / page.file))

    def _read(self) -> list[Table]:
        self.labels = self._labels()
        kinds = dict.fromkeys(
            record.each or "" for several in self.feed.records.values() for record in several
        )
        drafts: dict[str, list[Path]] = {each: [] for each in kinds}
        # Only the last step has to keep an order, and it says which.
        self.db.execute("SET preserve_insertion_order = false")
        try:
            for nth, group in enumerate(_groups(self.pages)):
                self._open(group)
                for place, each in enumerate(kinds):
                    file = self.out / f"{place}-{nth}.parquet"
                    self._draft(each, file)
                    drafts[each].append(file)
            return [self._table(each, place, drafts[each]) for place, each in enumerate(kinds)]
        finally:
            self.db.execute("DROP TABLE IF EXISTS page")
            self.db.execute("DROP TABLE IF EXISTS listed")
            self.db.execute("SET preserve_insertion_order = true")

    def _open(self, pages: Sequence[LandedPage]) -> None:
        """`page`: number, about, outcome, body of some pages; `listed`: the same without bodies."""
        self.db.execute(
            """
            CREATE OR REPLACE TEMP TABLE listed AS
            SELECT UNNEST(CAST($numbers AS BIGINT[])) AS number,
                UNNEST(CAST($paths AS VARCHAR[])) AS path,
                CAST(UNNEST(CAST($abouts AS VARCHAR[])) AS JSON) AS about,
                UNNEST(CAST($outcomes AS VARCHAR[])) AS outcome
            """,
            {
                "numbers": [page.number for page in pages],
                "paths": [self._path(page) if page.file else None for page in pages],
                "abouts": [json.dumps(dict(page.about), ensure_ascii=False) for page in pages],
                "outcomes": [page.outcome for page in pages],
            },
        )
        files = [literal(self._path(page)) for page in pages if page.file]
        bodies = (
            f"SELECT filename, content FROM read_text([{', '.join(files)}])"
            if files
            else "SELECT CAST(NULL AS VARCHAR) AS filename, CAST(NULL AS VARCHAR) AS content "
            "WHERE FALSE"
        )
        self.db.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE page AS
            SELECT listed.number, listed.about, listed.outcome,
                CASE WHEN body.content IS NULL OR trim(body.content) = '' THEN NULL
                    ELSE CAST(body.content AS JSON) END AS body
            FROM listed
            LEFT JOIN ({bodies}) AS body ON body.filename = listed.path
            """
        )

    def _labels(self) -> dict[str, str]:
        """Field names by the label people know, for systems that describe their objects."""
        described = [
            json.loads((self.folder / page.file).read_bytes())
            for page in self.pages
            if page.file and page.about.get("kind") == DESCRIBE
        ]
        found: dict[str, str] = {}
        for document in described:
            found.update(self.connector.labels(document))
        return found

    def _columns(self, each: str) -> tuple[str, ...]:
        wanted = [
            column
            for several in self.feed.records.values()
            for record in several
            if (record.each or "") == each
            for column in record.sources
        ]
        if self.feed.row_date:
            wanted += self.feed.row_date.sources
        return tuple(dict.fromkeys(wanted))

    def _draft(self, each: str, file: Path) -> None:
        """The rows of the pages that are open, with what they are ordered by, in no order."""
        cells = _Cells(self, each)
        listed = [
            f"{cells.cell(column)} AS c{n}, {cells.kind(column)} AS k{n}"
            for n, column in enumerate(self._columns(each))
        ]
        if self.feed.version and each != PAGE:
            listed.append(f"{cells.cell(self.feed.version)} AS stamp")
        listed += ["number", "position", "element"]
        self.db.execute(
            f"COPY (SELECT {', '.join(listed)} FROM ({cells.opened(self._relation(each))}) AS entry) "
            f"TO {literal(str(file))} (FORMAT parquet, COMPRESSION lz4)"
        )

    def _table(self, each: str, place: int, drafts: Sequence[Path]) -> Table:
        file = self.out / f"{place}.parquet"
        columns = self._columns(each)
        cells = "".join(f"c{n}, k{n}, " for n in range(len(columns)))
        order = "number, position, element"
        if self.feed.version and each != PAGE:
            order = f"TRY_CAST(stamp AS DECIMAL(38, 6)), stamp, {order}"
        files = ", ".join(literal(str(draft)) for draft in drafts)
        self.db.execute(
            f"""
            COPY (
                SELECT {cells}ROW_NUMBER() OVER (ORDER BY {order}) AS {ROW}
                FROM read_parquet([{files}])
                ORDER BY {ROW}
            ) TO {literal(str(file))} (FORMAT parquet)
            """
        )
        for draft in drafts:
            draft.unlink()
        counted = self.db.execute(f"SELECT COUNT(*) FROM read_parquet({literal(str(file))})")
        rows = int((counted.fetchone() or (0,))[0])
        return Table(
            self.name,
            file,
            columns,
            rows,
            typed=frozenset(range(len(columns))),
            written_as=f"{len(self.pages)} pages of {self.feed.source}",
            each=each,
        )

    def _relation(self, each: str) -> str:
        """number, about, outcome, position, element, entry (JSON row), item (JSON element)."""
        rows = self.connector.rows_sql(plain_pull(self.feed)) or self._rows()
        if each == PAGE:
            return f"""
                SELECT page.number, page.about, CASE page.outcome WHEN 'nothing' THEN 'none'
                        WHEN 'skip' THEN 'failed'
                        WHEN 'page' THEN CASE WHEN rows.found > 0 THEN 'hits' ELSE 'none' END
                    END AS outcome,
                    0 AS position, 0 AS element, page.body AS entry, page.body AS item
                FROM page
                LEFT JOIN (SELECT number, COUNT(*) AS found FROM ({rows}) AS r GROUP BY number)
                    AS rows ON rows.number = page.number
                WHERE COALESCE(page.about->>'$.kind', '') <> '{DESCRIBE}'
            """
        found = f"""
            SELECT rows.number, page.about, 'hits' AS outcome, rows.position, rows.entry
            FROM ({rows}) AS rows JOIN listed AS page ON page.number = rows.number
        """
        if not each:
            return f"SELECT *, 0 AS element, entry AS item FROM ({found}) AS found"
        path = _path(each)
        return f"""
            SELECT * EXCLUDE (items), UNNEST(items) AS item,
                UNNEST(range(len(items))) AS element
            FROM (
                SELECT *, CAST(json_extract(entry, {literal(path + "[*]")}) AS JSON[]) AS items
                FROM ({found}) AS found
            ) AS listed
        """

    def _rows(self) -> str:
        """Every row of every page, with its place: number, position, entry."""
        path = self.connector.rows_of(plain_pull(self.feed))
        several = (
            f"CAST(json_extract(body, {literal(path)}) AS JSON[])"
            if "*" in path
            else f"CASE WHEN json_extract(body, {literal(path)}) IS NULL THEN [] "
            f"ELSE [json_extract(body, {literal(path)})] END"
        )
        return f"""
            SELECT number, UNNEST(range(len(entries))) AS position, UNNEST(entries) AS entry
            FROM (
                SELECT number, {several} AS entries
                FROM page
                WHERE body IS NOT NULL AND outcome = 'page'
                    AND COALESCE(about->>'$.kind', '') <> '{DESCRIBE}'
            ) AS opened
        """


class _Cells:
    """The cells of one list's rows as SQL. A row's JSON is taken apart once for all its cells: once a
    cell would be most of the work."""

    def __init__(self, reader: JsonReader, each: str) -> None:
        self.reader = reader
        self.each = each
        self.paths: dict[str, list[str]] = {"entry": [], "item": []}

    def opened(self, relation: str) -> str:
        """`relation` with the texts and the types of all cells that were asked for."""
        lists = "".join(
            f", json_extract_string({part}, [{', '.join(map(literal, paths))}]) AS {part}_texts"
            f", json_type({part}, [{', '.join(map(literal, paths))}]) AS {part}_types"
            for part, paths in self.paths.items()
            if paths
        )
        return f"SELECT *{lists} FROM ({relation}) AS relation"

    def cell(self, column: str) -> str:
        """The text of a cell, or a fact of the page."""
        facts = {
            "@outcome": "outcome",
            "@provider": literal(self.reader.feed.source),
            "@asked_on": literal(self.reader.read_on),
            "@page": "CAST(number AS VARCHAR)",
        }
        if column in facts:
            return facts[column]
        if column.startswith("@"):
            return f"json_extract_string(about, {literal(_path(column[1:]))})"
        part, place = self._place(column)
        return f"{part}_texts[{place}]"

    def kind(self, column: str) -> str:
        """A JSON number is a number already, whatever signs the feed's texts use."""
        if column.startswith("@"):
            return "CAST(NULL AS VARCHAR)"
        part, place = self._place(column)
        types = "'DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT'"
        return f"CASE WHEN {part}_types[{place}] IN ({types}) THEN 'n' END"

    def _place(self, column: str) -> tuple[str, int]:
        """Which part of the row a column is looked for in, and its place in that part's lists."""
        if column.startswith(LABEL):
            column = self.reader.labels.get(column.removeprefix(LABEL), column)
        inside = f"{self.each}{ELEMENT}"
        part = "entry"
        if self.each and self.each != PAGE and column.startswith(inside):
            part, column = "item", column.removeprefix(inside).lstrip(".")
        paths, path = self.paths[part], _path(column)
        if path not in paths:
            paths.append(path)
        return part, paths.index(path) + 1


def _groups(pages: Iterable[LandedPage]) -> Iterator[list[LandedPage]]:
    """The pages in their order, as many at a time as may be open; at least one group."""
    group: list[LandedPage] = []
    size = 0
    for page in pages:
        if group and size + page.size > AT_ONCE:
            yield group
            group, size = [], 0
        group.append(page)
        size += page.size
    yield group


def _path(column: str) -> str:
    """`Account_Name.id` as a JSON path in which every name is quoted; the row itself for ""."""
    if not column:
        return "$"
    steps = []
    for step in column.split("."):
        name, brackets, index = step.partition("[")
        if name:
            escaped = name.replace('"', '\\"')
            steps.append(f'."{escaped}"')
        steps.append(brackets + index)
    return "$" + "".join(steps)
