"""One night becomes what people see: a folder, the warehouse rows, and last of all the pointer.

    published/<as_of>/<build>/…      the night, complete before anybody is told of it
    published/current.json           the pointer: {as_of, path, build, nights: {as_of: path}}

The pointer is the commit. Before it the warehouse rows are loaded where nobody sees them; after it
one UPDATE shows them, and whoever starts next makes up for a crash in between. The pointer never
moves back: an older night that is run again is published under its own date and leaves it alone.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl.engine.duckdb import literal, qualified
from etl.lake import Lake, Partition, digest, file_sha256, read_json, sync_folder, write_json
from etl.models import Model
from etl.publish.site import POINTER, read_pointer
from etl.publish.warehouse.tables import SCHEMAS, WarehouseTable, night_table


def warehouse_tables(
    lake: Lake, partitions: Mapping[str, Partition], models: Sequence[Model]
) -> list[WarehouseTable]:
    """What goes to the warehouse: indicators, grades and marts."""
    return [
        night_table(model, [lake.file(partitions[model.full_name])])
        for model in models
        if model.schema in SCHEMAS
    ]


def published_folder(published: Path, as_of: date, build: str) -> Path:
    """Where a build of a night is."""
    return published / as_of.isoformat() / build


def complete(folder: Path) -> bool:
    """A folder counts once its manifest is there; it is written last."""
    return (folder / "manifest.json").is_file()


def write_tables(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[WarehouseTable], folder: Path
) -> dict[str, dict[str, Any]]:
    """The tables as Parquet beside the credit files, with a digest of their rows.

    The digest is the sum of every row's MD5: the same rows give it on every engine and version,
    whatever bytes their Parquet has.
    """
    described: dict[str, dict[str, Any]] = {}
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for table in tables:
        name = f"{table.schema}.{table.name}"
        target = folder / "tables" / f"{name}.parquet"
        if Path(table.files[0]) != target:
            _share(Path(table.files[0]), target)
        row = ", ".join(
            f"COALESCE(CAST({qualified(column.name)} AS VARCHAR), chr(30))"
            for column in table.columns
        )
        rows, checksum = connection.execute(
            f"SELECT COUNT(*), COALESCE(SUM(CAST(md5_number_lower(concat_ws(chr(31), {row})) AS HUGEINT)), 0) "
            f"FROM read_parquet({literal(str(target))})"
        ).fetchone() or (0, 0)
        described[name] = {
            "path": f"tables/{target.name}",
            "rows": rows,
            "rows_digest": f"{checksum:x}",
            "sha256": file_sha256(target),
        }
    return described


def _share(file: Path, target: Path) -> None:
    """The same immutable file under a second name; a copy where the disk has no such thing."""
    target.unlink(missing_ok=True)
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)


def publication_build(partitions: Mapping[str, Partition], *others: str) -> str:
    """The build's name: the tables, and whatever else the night's files are made of."""
    tables = (f"{name}={partition.sha256}" for name, partition in sorted(partitions.items()))
    return digest(*others, *tables)


def move_pointer(published: Path, as_of: date, build: str) -> bool:
    """Make the night visible; True when it is now the one people see first."""
    pointer = read_json(published / POINTER) or {"as_of": "", "nights": {}}
    path = f"{as_of.isoformat()}/{build}"
    nights = {**pointer["nights"], as_of.isoformat(): path}
    newest = max(nights)
    write_json(
        published / POINTER,
        {
            "as_of": newest,
            "path": nights[newest],
            "build": nights[newest].split("/")[1],
            "nights": nights,
        },
    )
    sync_folder(published)
    return bool(newest == as_of.isoformat())


def night_before(published: Path, as_of: date) -> tuple[date, Path] | None:
    """The last night published before `as_of`, and its folder."""
    pointer = read_pointer(published)
    earlier = [day for day in (pointer.nights if pointer else {}) if day < as_of.isoformat()]
    if pointer is None or not earlier:
        return None
    return date.fromisoformat(max(earlier)), published / pointer.nights[max(earlier)]
