"""The last step of a night: `sql/compare`, tonight beside nights that were published before (design §1).

A comparison reads tonight's tables, `before.<table>` of the night published last and
`month_ago.<table>` of the last one published a month ago or earlier. Where there was no such night, or it
did not have the table yet, the table is empty; a column it did not have is NULL. Results stand in
the night's own folder and in the warehouse; nothing that makes a credit file reads them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from etl import models
from etl.clock import months_before
from etl.context import Context
from etl.engine.duckdb import literal, quoted
from etl.models import Model
from etl.parquet import write_nothing
from etl.publish.site import read_pointer
from etl.publish.warehouse.tables import WarehouseTable, night_table

FOLDER = "tables"


def earlier_nights(published: Path, as_of: date) -> dict[str, Path | None]:
    """`before` and `month_ago` → the folder of that published night; None: there is none."""
    pointer = read_pointer(published)
    nights = pointer.nights if pointer else {}
    bounds = {"before": as_of, "month_ago": months_before(as_of, 1)}
    found: dict[str, Path | None] = {}
    for name, bound in bounds.items():
        days = [
            day
            for day in map(date.fromisoformat, nights)
            if day < as_of and (day < bound or (name == "month_ago" and day == bound))
        ]
        found[name] = published / nights[max(days).isoformat()] if days else None
    return found


def comparison_tables(folder: Path) -> list[WarehouseTable]:
    """The night's comparisons as the warehouse loads them; their files stand in `folder`."""
    return [night_table(model, [_file(folder, model)]) for model in models.comparisons()]


def write_comparisons(
    ctx: Context, as_of: date, tables: Mapping[str, Sequence[Path]], folder: Path
) -> dict[str, int]:
    """Run every comparison over tonight's `tables` and the earlier nights; rows per table."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    nights = earlier_nights(ctx.published, as_of)
    rows: dict[str, int] = {}
    with TemporaryDirectory() as name:
        scratch = Path(name)
        for model in models.comparisons():
            inputs = {
                read: [_earlier(ctx, nights, read, scratch, as_of)]
                if read.split(".")[0] in models.EARLIER
                else tables[read]
                for read in model.reads
            }
            rows[model.full_name] = ctx.engine.write(
                model.sql,
                inputs,
                as_of=as_of,
                types=model.types,
                order_by=model.key,
                target=_file(folder, model),
            )
    return rows


def _file(folder: Path, model: Model) -> Path:
    return folder / FOLDER / f"{model.full_name}.parquet"


def _earlier(
    ctx: Context, nights: Mapping[str, Path | None], read: str, scratch: Path, as_of: date
) -> Path:
    """The table of an earlier night with the columns it has tonight."""
    target = scratch / f"{read}.parquet"
    if target.exists():
        return target
    night, table = read.split(".")
    model = models.published()[table]
    folder = nights[night]
    source = _file(folder, model) if folder else None
    if source is None or not source.is_file():
        write_nothing(target=target, types=model.types)
        return target
    with ctx.engine.connect({"before.given": [source]}, as_of=as_of) as connection:
        there = {name for name, *_ in connection.execute("DESCRIBE before.given").fetchall()}
        columns = ", ".join(
            f"CAST({quoted(name) if name in there else 'NULL'} AS {type_}) AS {quoted(name)}"
            for name, type_ in model.types.items()
        )
        connection.execute(
            f"COPY (SELECT {columns} FROM before.given) TO {literal(str(target))} (FORMAT parquet)"
        )
    return target
