"""Publish one night: write it whole, load the warehouse, move the pointer, show it."""

import logging
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl import __version__, models
from etl.audit import night_partitions
from etl.context import Context
from etl.errors import ZixinError
from etl.inputs import (
    NightInputs,
    batches_of,
    night_folder,
    read_inputs,
    registered_batches,
)
from etl.lake import Partition, file_sha256, read_json, write_json
from etl.publish import warehouse
from etl.publish.alert_list import write_alerts
from etl.publish.assets import assets_hash, copy_assets
from etl.publish.changes import write_changes
from etl.publish.compare_list import write_compare
from etl.publish.comparisons import comparison_tables, write_comparisons
from etl.publish.credit_files import write_credit_files
from etl.publish.night_context import NightContext, Source
from etl.publish.portfolio import write_portfolio
from etl.publish.publication import (
    complete,
    move_pointer,
    night_before,
    publication_build,
    published_folder,
    warehouse_tables,
    write_tables,
)
from etl.publish.quality import write_quality
from etl.publish.site import read_pointer
from etl.quarantine import BatchFiles, quarantine_register

log = logging.getLogger(__name__)

SCHEMA_VERSION = "1"
REGISTER = "quarantine_register"


def finish_last_night(ctx: Context) -> bool:
    """Show in the warehouse what the pointer names, when a crash came between the two; True when
    there was something to finish."""
    pointer = read_pointer(ctx.published)
    if pointer is None:
        return False
    as_of, build = date.fromisoformat(pointer.as_of), Path(pointer.path).name
    try:
        return warehouse.roll_forward(ctx.settings.warehouse_url, as_of, build)
    except ZixinError as error:
        # A new or a restored warehouse does not have that night; tonight's will be there.
        log.warning("%s", error)
        return False


def publish_night(ctx: Context, as_of: date) -> dict[str, Any]:
    """See `etl.night.publish`."""
    inputs = read_inputs(ctx.settings.home, as_of)
    partitions = night_partitions(ctx, as_of)
    audit = file_sha256(night_folder(ctx.settings.home, as_of) / "audit.json")
    build = publication_build(partitions, inputs.sha256, audit, assets_hash())
    folder = published_folder(ctx.published, as_of, build)
    tables = [
        *warehouse_tables(ctx.lake, partitions, list(models.models())),
        *comparison_tables(folder),
    ]
    if not complete(folder):
        _write(ctx, as_of, build, folder, inputs, partitions)
    url = ctx.settings.warehouse_url
    loaded = warehouse.load_night(url, as_of=as_of, build=build, tables=tables)
    is_newest = move_pointer(ctx.published, as_of, build)
    warehouse.show_night(url, as_of, build)
    warehouse.drop_unseen(url)
    manifest = read_json(folder / "manifest.json")
    return {
        "as_of": as_of.isoformat(),
        "build": build,
        "folder": str(folder),
        "is_newest": is_newest,
        "credit_files": manifest["credit_files"]["count"],
        "book": manifest["book"],
        "without_rate": manifest["without_rate"],
        "unassigned": manifest["unassigned"],
        "quarantine": manifest["quarantine"],
        "warehouse": warehouse.masked_url(url),
        "warnings": list(loaded["warnings"]),
    }


def _write(
    ctx: Context,
    as_of: date,
    build: str,
    folder: Path,
    inputs: NightInputs,
    partitions: dict[str, Partition],
) -> None:
    """Everything of the night but its visibility; the manifest comes last."""
    copy_assets(ctx.published)
    files = {name: [ctx.lake.file(partition)] for name, partition in partitions.items()}
    write_comparisons(ctx, as_of, files, folder)
    with ctx.engine.connect(files, as_of=as_of) as connection:
        _register(ctx, connection, inputs, as_of)
        night = _night_context(ctx, as_of, inputs)
        credit_files = write_credit_files(connection, night, folder)
        write_portfolio(connection, night, folder)
        write_quality(connection, night, folder)
        tables = write_tables(
            connection,
            [
                *warehouse_tables(ctx.lake, partitions, list(models.models())),
                *comparison_tables(folder),
            ],
            folder,
        )
        write_alerts(connection, folder, as_of)
        write_compare(connection, folder, as_of)
        write_changes(connection, folder, night_before(ctx.published, as_of))
        book, quarantine = _book(connection), _quarantine(connection)
        without_rate, unassigned = _without_rate(connection), _unassigned(connection)
    write_json(
        folder / "manifest.json",
        {
            "schema_version": SCHEMA_VERSION,
            "as_of": as_of.isoformat(),
            "build": build,
            "code_version": __version__,
            "engine": inputs.engine,
            "policy": {
                "policy_id": ctx.policies.active.policy_id,
                "policy_version": ctx.policies.active.version,
                "sha256": ctx.policies.sha256,
            },
            "batches": list(inputs.batches),
            "feeds": list(inputs.feeds),
            "credit_files": {
                "count": credit_files.count,
                "sha256": credit_files.sha256,
                "files": credit_files.files,
                "files_sha256": credit_files.files_sha256,
            },
            "tables": tables,
            "book": book,
            "without_rate": without_rate,
            "unassigned": unassigned,
            "quarantine": quarantine,
        },
    )


def _night_context(ctx: Context, as_of: date, inputs: NightInputs) -> NightContext:
    notes = night_folder(ctx.settings.home, as_of)
    batches = batches_of(ctx.settings.home, inputs)
    return NightContext(
        as_of=as_of,
        code_version=__version__,
        assets=f"../../assets/{assets_hash()}",
        batches=inputs.batches,
        sources=tuple(
            Source(
                feed=feed["feed"],
                batch=feed["batch"],
                known_on=date.fromisoformat(feed["known_on"]) if feed["known_on"] else None,
                status=feed["state"],
                sentence=feed["sentence"],
                remark=feed.get("remark", ""),
            )
            for feed in inputs.feeds
        ),
        arrivals=tuple(batch.verdict for batch in batches),
        suites=tuple(read_json(notes / "audit.json") or ()),
        quarantine=REGISTER,
    )


def _register(
    ctx: Context, connection: duckdb.DuckDBPyConnection, inputs: NightInputs, as_of: date
) -> None:
    """The quarantine register of the night's batches as a table of the connection."""
    root = ctx.settings.home
    files = [
        BatchFiles(
            batch=batch.batch,
            feed=batch.feed,
            day=None if batch.known == "historical" else date.fromisoformat(batch.arrived_on),
            is_whole=batch.is_whole,
            quarantine=root / batch.quarantine if batch.quarantine else None,
            history={name: root / file.path for name, file in batch.files.items()},
        )
        for batch in registered_batches(root, inputs)
    ]
    quarantine_register(connection, files, as_of).create(REGISTER)


def _book(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The same book under each policy: customers and money a grade."""
    rows = connection.execute(
        "SELECT policy_id, is_active, final_grade, customer_cnt, base_currency, open_amount, "
        "overdue_amount FROM mart.grade_book ORDER BY is_active DESC, policy_id, final_grade"
    ).fetchall()
    names = (
        "policy_id", "is_active", "final_grade", "customer_cnt", "base_currency", "open_amount",
        "overdue_amount",
    )  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]


def _without_rate(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """What stays out of every customer total because its currency has no rate young enough."""
    rows = connection.execute(
        "SELECT currency, COUNT(*), SUM(open_amount) FROM indicator.aging "
        "JOIN event.currency USING (currency) WHERE fx_state = 'no_fx' "
        "GROUP BY currency ORDER BY currency"
    ).fetchall()
    return [
        dict(zip(("currency", "customer_cnt", "open_amount"), row, strict=True)) for row in rows
    ]


def _unassigned(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Money that is nobody's: payments that name neither a customer nor a known invoice."""
    rows = connection.execute(
        "SELECT currency, COUNT(*), SUM(amount) FROM event.settlement WHERE customer_id IS NULL "
        "GROUP BY currency ORDER BY currency"
    ).fetchall()
    return [dict(zip(("currency", "payment_cnt", "amount"), row, strict=True)) for row in rows]


def _quarantine(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Open quarantine entries by entity and rule, each with the reason of one of them."""
    rows = connection.execute(
        f"SELECT entity, rule, COUNT(*), MIN(reason) FROM {REGISTER} WHERE is_open "
        "GROUP BY entity, rule ORDER BY COUNT(*) DESC, entity, rule"
    ).fetchall()
    return [dict(zip(("entity", "rule", "open", "example"), row, strict=True)) for row in rows]
