"""Landed pages as tables of text: what `files.py` is to exports, for systems that are asked."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from etl.errors import BadInput
from etl.mapping.sql import literal
from etl.sources.config import Feed, Read
from etl.sources.connector import Connector
from etl.sources.json_pages import JsonReader
from etl.sources.landed_page import LandedPage, landed_pages
from etl.sources.systems import system
from etl.sources.table import ROW, Table

MEGABYTE = 1 << 20


def read_pages(
    db: duckdb.DuckDBPyConnection, feed: Feed, folder: Path, name: str, read_on: str, out: Path
) -> list[Table]:
    """The pages of one batch as tables: one for each list that the mapping's records are made of.

    `db` is a connection to work in, with the threads and memory it may take; `read_on` the night the
    batch landed (`@asked_on`); `out` a folder to write in. Rows are in the order of `version`, then as
    they came, so that of two versions of a record the later wins.

    Raises:
        BadInput: a page is not what its system sends.
    """
    connector = system(feed.source)
    pages = [page for page in landed_pages(folder) if page.file or page.outcome != "page"]
    out.mkdir(parents=True, exist_ok=True)
    if any(page.lands in ("csv", "zip") for page in pages):
        return _read_csv(db, feed, connector, folder, [page for page in pages if page.file], out)
    reader = JsonReader(db, feed, connector, folder, pages, name, read_on, out)
    return reader.tables()


def _read_csv(
    db: duckdb.DuckDBPyConnection,
    feed: Feed,
    connector: Connector,
    folder: Path,
    pages: Sequence[LandedPage],
    out: Path,
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
            table = _renamed(db, table, headers, out / f"{page.number:06d}-named.parquet")
        tables.append(table)
    return tables or [_no_rows(db, feed, feed.sources, feed.name, out / "none.parquet")]


def _renamed(
    db: duckdb.DuckDBPyConnection, table: Table, headers: Mapping[str, str], out: Path
) -> Table:
    """The columns as the mapping calls them; those that a CSV does not have are empty."""
    cells = ", ".join(
        f"c{table.position(header)} AS c{place}" if header else f"CAST(NULL AS VARCHAR) AS c{place}"
        for place, header in enumerate(headers.values())
    )
    db.execute(
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


def _no_rows(
    db: duckdb.DuckDBPyConnection, feed: Feed, columns: Sequence[str], name: str, out: Path
) -> Table:
    header = tuple(columns) or ("@none",)
    nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS c{place}" for place in range(len(header)))
    db.execute(
        f"COPY (SELECT {nothing}, CAST(NULL AS BIGINT) AS {ROW} WHERE FALSE) "
        f"TO {literal(str(out))} (FORMAT parquet)"
    )
    return Table(name, out, header, 0, written_as=f"pages of {feed.source}")
