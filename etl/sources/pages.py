"""Landed pages as tables of text: what `files.py` is to exports, for systems that are asked.

A page is read in sets, by the database, never row by row here: its body is one JSON text, and the
mapping's column names are JSON paths into its rows (`Account_Name.id`; `invoices[].amount_applied` for
an element of a list inside the row). Columns that begin with `@` are facts of the page.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from etl.errors import BadInput
from etl.landing import PAGES
from etl.mapping.sql import literal
from etl.sources.config import PAGE, Feed, Read
from etl.sources.connector import Connector
from etl.sources.systems import plain_pull, system
from etl.sources.table import ROW, Table

ELEMENT = "[]"
LABEL = "label:"
DESCRIBE = "describe"
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class LandedPage:
    """One answered request. `file` is empty for an answer that is no data. `outcome`: `page`,
    `nothing` (the system said so) or `skip` (it could not answer about this subject)."""

    number: int
    file: str
    lands: str
    about: Mapping[str, str]
    outcome: str


def landed_pages(folder: Path) -> Iterator[LandedPage]:
    """The pages of a batch, in the order they came."""
    with (folder / PAGES).open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            yield LandedPage(
                entry["n"], entry["file"] or "", entry["lands"], entry["about"], entry["outcome"]
            )


def read_pages(feed: Feed, folder: Path, name: str, read_on: str, out: Path) -> list[Table]:
    """The pages of one batch as tables: one for each list that the mapping's records are made of.

    `read_on` is the night the batch landed (`@asked_on`); `out` a folder to write in. Rows are in
    the order of `version`, then as they came, so that of two versions of a record the later wins.

    Raises:
        BadInput: a page is not what its system sends.
    """
    connector = system(feed.source)
    pages = [page for page in landed_pages(folder) if page.file or page.outcome != "page"]
    out.mkdir(parents=True, exist_ok=True)
    if any(page.lands in ("csv", "zip") for page in pages):
        return _read_csv(feed, connector, folder, [page for page in pages if page.file], out)
    reader = _JsonReader(feed, connector, folder, pages, name, read_on, out)
    return reader.tables()


def _read_csv(
    feed: Feed, connector: Connector, folder: Path, pages: Sequence[LandedPage], out: Path
) -> list[Table]:
    from etl.sources.delimited import read_delimited

    read = Read(encoding="utf-8", delimiter=",")
    headers = {column: connector.csv_header(column) for column in feed.sources}
    needed = tuple(dict.fromkeys(header for header in headers.values() if header))
    tables = []
    for page in pages:
        path = folder / page.file
        if page.lands == "zip":
            path = _unzipped(path, out / f"{page.number:06d}.csv")
        if path.stat().st_size == 0:
            continue
        known_as = f"{feed.name}, page {page.number}"
        table = read_delimited(path, known_as, read, needed, out / f"{page.number:06d}.parquet")
        if needed != tuple(headers):
            table = _renamed(table, headers, out / f"{page.number:06d}-named.parquet")
        tables.append(table)
    return tables or [_no_rows(feed, feed.sources, feed.name, out / "none.parquet")]


def _renamed(table: Table, headers: Mapping[str, str], out: Path) -> Table:
    """The columns as the mapping calls them; those that a CSV does not have are empty."""
    cells = ", ".join(
        f"c{table.position(header)} AS c{place}" if header else f"CAST(NULL AS VARCHAR) AS c{place}"
        for place, header in enumerate(headers.values())
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {cells}, {ROW} FROM read_parquet({literal(str(table.rows))})) "
            f"TO {literal(str(out))} (FORMAT parquet)"
        )
    return replace(table, rows=out, header=tuple(headers))


def _unzipped(archive: Path, target: Path) -> Path:
    """The one file inside, copied in pieces: an archive says nothing true about its size."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [name for name in opened.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise BadInput(f"{archive.name} holds {len(names)} files where one CSV should be.")
            with opened.open(names[0]) as inside, target.open("wb") as outside:
                while piece := inside.read(MEGABYTE):
                    outside.write(piece)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadInput(f"{archive.name} cannot be unpacked: {error}.") from None
    return target


def _no_rows(feed: Feed, columns: Sequence[str], name: str, out: Path) -> Table:
    header = tuple(columns) or ("@none",)
    nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS c{place}" for place in range(len(header)))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {nothing}, CAST(NULL AS BIGINT) AS {ROW} WHERE FALSE) "
            f"TO {literal(str(out))} (FORMAT parquet)"
        )
    return Table(name, out, header, 0, written_as=f"pages of {feed.source}")


class _JsonReader:
    """The JSON pages of one batch, opened once, read once for each list."""

    def __init__(
        self,
        feed: Feed,
        connector: Connector,
        folder: Path,
        pages: Sequence[LandedPage],
        name: str,
        read_on: str,
        out: Path,
    ) -> None:
        self.feed = feed
        self.connector = connector
        self.folder = folder
        self.pages = pages
        self.name = name
        self.read_on = read_on
        self.out = out

    def tables(self) -> list[Table]:
        """One table for each `each` of the feed's records."""
        with duckdb.connect() as self.db:
            self._open()
            self.labels = self._labels()
            kinds = dict.fromkeys(
                record.each or "" for several in self.feed.records.values() for record in several
            )
            return [self._table(each, place) for place, each in enumerate(kinds)]

    def _open(self) -> None:
        """`page`: number, about, outcome, body. Bodies are read when they are needed."""
        run = self.db.execute
        run("SET preserve_insertion_order = false")
        run("CREATE TABLE listed (number BIGINT, path VARCHAR, about JSON, outcome VARCHAR)")
        rows = [
            (
                page.number,
                str(self.folder / page.file) if page.file else None,
                json.dumps(dict(page.about), ensure_ascii=False),
                page.outcome,
            )
            for page in self.pages
        ]
        if rows:
            self.db.executemany("INSERT INTO listed VALUES (?, ?, ?, ?)", rows)
        run("SET VARIABLE files = (SELECT COALESCE(list(path ORDER BY number), []) FROM listed "
            "WHERE path IS NOT NULL)")  # fmt: skip
        has_files = any(page.file for page in self.pages)
        bodies = (
            "SELECT filename, content FROM read_text(getvariable('files'))"
            if has_files
            else "SELECT NULL AS filename, NULL AS content WHERE FALSE"
        )
        run(
            f"""
            CREATE VIEW page AS
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

    def _table(self, each: str, place: int) -> Table:
        wanted = [
            column
            for several in self.feed.records.values()
            for record in several
            if (record.each or "") == each
            for column in record.sources
        ]
        if self.feed.row_date:
            wanted += self.feed.row_date.sources
        columns = tuple(dict.fromkeys(wanted))
        file = self.out / f"{place}.parquet"
        relation = self._relation(each)
        cells = ", ".join(
            f"{self._cell(column, each)} AS c{n}, {self._kind(column, each)} AS k{n}"
            for n, column in enumerate(columns)
        )
        order = "number, position, element"
        if self.feed.version and each != PAGE:
            stamp = self._text(self.feed.version, each)
            order = f"TRY_CAST({stamp} AS DECIMAL(38, 6)), {stamp}, {order}"
        try:
            self.db.execute(
                f"""
                COPY (
                    SELECT {cells}{"," if cells else ""}
                        ROW_NUMBER() OVER (ORDER BY {order}) AS {ROW}
                    FROM ({relation}) AS entry
                    ORDER BY {ROW}
                ) TO {literal(str(file))} (FORMAT parquet)
                """
            )
        except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
            raise BadInput(
                f"feed {self.feed.name}: a page of {self.feed.source} is not whole JSON: "
                f"{str(error).splitlines()[0][:200]}."
            ) from None
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

    def _text(self, column: str, each: str) -> str:
        return f"json_extract_string({self._place(column, each)})"

    def _place(self, column: str, each: str) -> str:
        """`relation, path` of a column, as the json functions take them."""
        if column.startswith(LABEL):
            column = self.labels.get(column.removeprefix(LABEL), column)
        inside = f"{each}{ELEMENT}"
        if each and each != PAGE and column.startswith(inside):
            return f"item, {literal(_path(column.removeprefix(inside).lstrip('.')))}"
        return f"entry, {literal(_path(column))}"

    def _cell(self, column: str, each: str) -> str:
        facts = {
            "@outcome": "outcome",
            "@provider": literal(self.feed.source),
            "@asked_on": literal(self.read_on),
            "@page": "CAST(number AS VARCHAR)",
        }
        if column in facts:
            return facts[column]
        if column.startswith("@"):
            return f"json_extract_string(about, {literal(_path(column[1:]))})"
        return self._text(column, each)

    def _kind(self, column: str, each: str) -> str:
        """A JSON number is a number already, whatever signs the feed's texts use."""
        if column.startswith("@"):
            return "CAST(NULL AS VARCHAR)"
        types = "'DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT'"
        return f"CASE WHEN json_type({self._place(column, each)}) IN ({types}) THEN 'n' END"


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
