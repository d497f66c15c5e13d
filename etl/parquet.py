"""A handful of rows from Python into Parquet, typed as declared."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from etl.engine.duckdb import literal, quoted, small

AT_ONCE = 100
"""Rows bound in one statement."""


def write_rows(*, target: Path, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Write `rows` (bound, never pasted) in the order given; returns how many."""
    columns = ", ".join(f"{quoted(name)} {type_}" for name, type_ in types.items())
    holes = f"({', '.join('?' for _ in types)})"
    with small() as connection:
        connection.execute(f"CREATE TEMP TABLE rows ({columns})")
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            connection.execute(
                f"INSERT INTO rows VALUES {', '.join(holes for _ in some)}",
                [row[name] for row in some for name in types],
            )
        connection.execute(
            f"COPY rows TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
    return len(rows)


def write_nothing(*, target: Path, types: Mapping[str, str]) -> int:
    """Write a file with the columns `types` and no row, without starting a database for it."""
    import pyarrow
    from pyarrow import parquet

    schema = pyarrow.schema([(name, _arrow(type_)) for name, type_ in types.items()])
    parquet.write_table(schema.empty_table(), target, compression="zstd")
    return 0


def copy_rows(*, source: Path, target: Path) -> int:
    """Write the very bytes of `source`; returns how many rows that is."""
    from pyarrow import parquet

    shutil.copyfile(source, target)
    return int(parquet.read_metadata(target).num_rows)


def was_written_by(writer: str, file: Path) -> bool:
    """True when the file says that `writer`, such as `duckdb version v1.4.0`, made it."""
    from pyarrow import parquet

    made_by = str(parquet.read_metadata(file).created_by or "")
    return f"{made_by} ".lower().startswith(f"{writer} ".lower())


def _arrow(type_: str) -> Any:
    """The Arrow type of an SQL type that an entity may have."""
    import pyarrow

    decimal = re.fullmatch(r"DECIMAL\((\d+), ?(\d+)\)", type_)
    if decimal:
        return pyarrow.decimal128(int(decimal[1]), int(decimal[2]))
    return {
        "VARCHAR": pyarrow.string(),
        "DATE": pyarrow.date32(),
        "BOOLEAN": pyarrow.bool_(),
        "INTEGER": pyarrow.int32(),
        "BIGINT": pyarrow.int64(),
    }[type_]
