"""A handful of rows from Python into Parquet, typed as declared."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from etl.engine.duckdb import literal, quoted


def write_rows(*, target: Path, types: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> int:
    """Write `rows` (bound, never pasted) in the order given; returns how many."""
    columns = ", ".join(f"{quoted(name)} {type_}" for name, type_ in types.items())
    holes = ", ".join("?" for _ in types)
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows ({columns})")
        for row in rows:
            connection.execute(f"INSERT INTO rows VALUES ({holes})", [row[name] for name in types])
        connection.execute(
            f"COPY rows TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )
    return len(rows)
