"""The last step of a night: `sql/compare`, tonight beside nights that were published before (design §1).

A comparison reads tonight's tables, `before.<table>` of the night published last and
`month_ago.<table>` of the last one published a month ago or earlier, and `cohort.<table>` of the last one
whose grades have had the policy's outcome months to turn out good or bad. Where there was no such night,
or it did not have the table yet, the table is empty; a column it did not have is NULL. Results stand in
the night's own folder and in the warehouse; nothing that makes a credit file reads them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from etl import models
from etl.audit import refuse_failed
from etl.clock import months_before
from etl.context import Context
from etl.engine.duckdb import literal, quoted
from etl.models import Model
from etl.parquet import write_nothing, write_rows
from etl.publish.site import read_pointer
from etl.publish.warehouse.tables import WarehouseTable, night_table
from etl.validation.tables import contracts

FOLDER = "tables"


def earlier_nights(published: Path, as_of: date, outcome_months: int) -> dict[str, Path | None]:
    """Each of `models.EARLIER` → the folder of that published night; None: there is none."""
    pointer = read_pointer(published)
    nights = pointer.nights if pointer else {}
    bounds = {
        "before": as_of - timedelta(days=1),
        "month_ago": months_before(as_of, 1),
        "cohort": months_before(as_of, outcome_months),
    }
    found: dict[str, Path | None] = {}
    for name, bound in bounds.items():
        days = [day for day in map(date.fromisoformat, nights) if day <= bound]
        found[name] = published / nights[max(days).isoformat()] if days else None
    return found


def comparison_tables(folder: Path) -> list[WarehouseTable]:
    """The night's comparisons as the warehouse loads them; their files stand in `folder`."""
    described = (*models.comparisons(), *contracts())
    return [night_table(model, [table_file(folder, model)]) for model in described]


def write_comparisons(
    ctx: Context, as_of: date, tables: Mapping[str, Sequence[Path]], folder: Path
) -> dict[str, int]:
    """Run every comparison over tonight's `tables` and the earlier nights, check them, and run the statistics
    over them (etl/validation); rows per table.

    Raises:
        ZixinError: a critical rule of a comparison is not met.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    nights = earlier_nights(ctx.published, as_of, ctx.policies.active.portfolio.outcome.months)
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
            rows[model.full_name] = model.write(
                ctx.engine, inputs, as_of=as_of, target=table_file(folder, model)
            )
    _check(ctx, as_of, tables, folder)
    return {**rows, **_write_validation(ctx, as_of, folder)}


def _check(ctx: Context, as_of: date, tables: Mapping[str, Sequence[Path]], folder: Path) -> None:
    """The expectations of the comparisons: here and not in the audit, which is over before they are made."""
    from etl.quality.runner import Checker
    from etl.quality.suite import suite_of

    made = {model.full_name: [table_file(folder, model)] for model in models.comparisons()}
    with ctx.engine.connect({**tables, **made}, as_of=as_of) as connection:
        suites = [suite_of(model.schema, model.name) for model in models.comparisons()]
        asked = [suite for suite in suites if suite]
        refuse_failed(Checker(connection).run_all(asked, {"as_of": as_of}), as_of)


def _write_validation(ctx: Context, as_of: date, folder: Path) -> dict[str, int]:
    """The statistics over the counts that were just written; rows per table."""
    from etl.validation.results import results

    with ctx.engine.connect({}, as_of=as_of) as connection:
        counts = []
        for name in ("grade_move", "grade_outcome"):
            file = table_file(folder, models.published()[name])
            found = connection.execute("SELECT * FROM read_parquet(?)", [str(file)])
            columns = [column[0] for column in found.description or ()]
            counts.append([dict(zip(columns, row, strict=True)) for row in found.fetchall()])
    tables = results(counts[0], counts[1], ctx.policies)
    return {
        model.full_name: write_rows(
            target=table_file(folder, model), types=model.types, rows=tables[model.name]
        )
        for model in contracts()
    }


def table_file(folder: Path, model: Model) -> Path:
    """Where a published night keeps a table."""
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
    source = table_file(folder, model) if folder else None
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
