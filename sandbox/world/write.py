"""A chunk's frames → Parquet parts: keys become ids, columns get their types and their order."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.world.accounts import KEYS_PER_ACCOUNT, Accounts
from sandbox.world.columns import (
    SCALES,
    Coded,
    Column,
    Frame,
    Ints,
    Number,
    Ref,
    constant,
    decimal,
    digits,
    height,
    no_text,
    nothing,
    plain,
    texts,
    words_of,
)
from sandbox.world.identifiers import row_ids
from sandbox.world.table import Table
from sandbox.world.tables import SYSTEMS, TABLES

ROWS_IN_A_GROUP = 10_000
"""Small groups: a page of 200 rows by id reads one of them."""
ARROW = {"text": pa.string(), "day": pa.date32(), "moment": pa.timestamp("us"), "flag": pa.bool_(),
         "count": pa.int32(), "number": pa.int64()}  # fmt: skip


def arrow(table: Table, frame: Frame, accounts: Accounts | None) -> pa.Table:
    """The frame as declared in `tables`; a column that is not there is NULL."""
    length = height(frame)
    systems = _systems(table, frame, accounts)
    arrays, fields = [], []
    for name, kind in table.all_columns:
        column = frame.get(name)
        if name == "system" and column is None:
            column = (
                Coded(systems, SYSTEMS) if table.by == "account" else constant(table.by, length)
            )
        if column is None:
            column = no_text(length) if kind == "text" else nothing(length)
        array = _array(column, kind, systems, accounts)
        arrays.append(array)
        fields.append(pa.field(name, array.type))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def write(folder: Path, part: int, name: str, made: pa.Table) -> int:
    """Write one part of a table; how many rows it has."""
    at = folder / name
    at.mkdir(parents=True, exist_ok=True)
    coded = [
        field.name
        for field in made.schema
        if pa.types.is_string(field.type) and not field.name.endswith("_id")
    ]
    path = at / f"part-{part:05d}.parquet"
    options = {"compression": "zstd", "compression_level": 1, "use_dictionary": coded}
    with pq.ParquetWriter(path, made.schema, **options) as writer:
        for one in _by_system(made, name):
            writer.write_table(one, row_group_size=ROWS_IN_A_GROUP)
    return int(made.num_rows)


def _by_system(made: pa.Table, name: str) -> list[pa.Table]:
    """The rows of each CRM apart: a group of rows then holds ids of one kind, in order."""
    if TABLES[name].by != "account" or not made.num_rows:
        return [made]
    system = made.column("system").combine_chunks()
    codes = system.indices.to_numpy()
    ends = [*(np.flatnonzero(np.diff(codes)) + 1).tolist(), len(codes)]
    return [made.slice(start, end - start) for start, end in zip([0, *ends], ends, strict=False)]


def _systems(table: Table, frame: Frame, accounts: Accounts | None) -> Ints:
    """Per row the place of its CRM; of no meaning for what no CRM holds."""
    ref = frame.get("row_id") if table.by == "account" else frame.get("customer_id")
    if accounts is None or not isinstance(ref, Ref):
        return np.zeros(height(frame), np.int64)
    return accounts.system[np.maximum(ref.keys, 0) // KEYS_PER_ACCOUNT - accounts.number[0]]


def _array(column: Column, kind: str, systems: Ints, accounts: Accounts | None) -> pa.Array:
    if isinstance(column, Ref):
        if accounts is None:
            raise TypeError("only rows of an account have ids of a CRM")
        return row_ids(column, systems)
    if isinstance(column, Number):
        prefix = np.frombuffer(f"{column.prefix}-".encode(), np.uint8)
        missing = column.keys < 0
        clean = np.where(missing, 0, column.keys)
        return texts(np.hstack([np.tile(prefix, (len(clean), 1)), digits(clean, 10)]), missing)
    if isinstance(column, Coded | pa.Array):
        if isinstance(column, Coded) and isinstance(column.words, list | tuple):
            return _dictionary(column)
        array = words_of(column)
        return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    return decimal(column, kind) if kind in SCALES else plain(column, kind)


def _dictionary(column: Coded) -> pa.Array:
    """Few words: as codes, which is how Parquet writes them anyway."""
    missing = column.codes < 0
    codes = pa.array(np.where(missing, 0, column.codes).astype(np.int32), mask=missing)
    words = pa.array(list(column.words), pa.string())
    return pa.DictionaryArray.from_arrays(codes, words)


def empty(name: str) -> pa.Table:
    """A table without rows, so that every table is there to be read."""
    types = {
        kind: pa.decimal128({"share": 9, "hours": 9}.get(kind, 18), scale)
        for kind, scale in SCALES.items()
    } | ARROW
    fields = [pa.field(column, types[kind]) for column, kind in TABLES[name].all_columns]
    return pa.schema(fields).empty_table()
