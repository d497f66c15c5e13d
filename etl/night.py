"""The verbs a DAG or a shell calls, in this order:

    (extract each group → load) a stage → freeze → match → transform each layer → audit → publish → notify

Every verb reads what it needs from the lake, leaves nothing half-written, and may be run again: what
is there already is not made twice. Returned values are small references. Heavy imports stay inside.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

from etl.context import Context, context
from etl.errors import ZixinError
from etl.lock import night_lock

log = logging.getLogger(__name__)

VERB_WAITS_SECONDS = 3600
"""Groups load one after the other, and a first load may take its time."""


def groups(stage: str) -> list[str]:
    """What is brought by one task each, in the book's order: with stage `systems` the systems that are
    asked as a whole (and `files`), with `inquiries` the needs that are asked customer by customer."""
    from etl.groups import groups

    return groups(context().book, stage)


def layers() -> list[str]:
    """The layers of `sql/`, left to right."""
    from etl import models

    return list(models.layers())


@contextmanager
def _alone(ctx: Context) -> Iterator[None]:
    with night_lock(ctx.settings.home, wait_seconds=VERB_WAITS_SECONDS):
        yield


def extract(as_of: date, group: str) -> list[str]:
    """Keep what the group's feeds bring tonight as it came; returns the new batches. The same content
    lands once. A feed that cannot be read is held: nothing lands, and `load` says why.
    """
    from etl.feeds import extract_feed
    from etl.groups import feeds_of

    ctx = context()
    landed = []
    for feed in feeds_of(ctx.book, group):
        if feed.is_pulled:
            # A system may take its time; nobody needs to wait for the night because of it.
            landed += extract_feed(ctx, as_of, feed.name)
        else:
            with _alone(ctx):
                landed += extract_feed(ctx, as_of, feed.name)
    return landed


def load(as_of: date, stage: str) -> list[dict[str, Any]]:
    """Map, check and put into history what the feeds of a stage brought; or hold a feed, saying why.

    One task for all of them: what checks them takes longer to import than most feeds to load.
    """
    from etl.feeds import load_feed
    from etl.groups import feeds_of, groups

    ctx = context()
    with _alone(ctx):
        return [
            load_feed(ctx, as_of, feed.name)
            for group in groups(ctx.book, stage)
            for feed in feeds_of(ctx.book, group)
        ]


def freeze(as_of: date) -> dict[str, Any]:
    """Fix what this night reads, and fold the current snapshots.

    First of all it finishes showing the night before, should a crash have come in between.
    """
    from etl import history
    from etl.feeds import feed_states
    from etl.inputs import batches_of, freeze_inputs, read_inputs
    from etl.publish.nightly import finish_last_night
    from etl.publish.publication import night_before

    ctx = context()
    with _alone(ctx):
        finish_last_night(ctx)
        inputs = freeze_inputs(
            ctx.settings.home,
            as_of,
            feeds=feed_states(ctx, as_of),
            policy_sha256=ctx.policies.sha256,
            engine=f"{ctx.engine.name} {ctx.engine.version}",
        )
        batches = batches_of(ctx.settings.home, inputs)
        previous = night_before(ctx.published, as_of)
        before = None
        if previous:
            earlier = read_inputs(ctx.settings.home, previous[0])
            before = (previous[0], frozenset(earlier.batches))
        rows = {
            entity.name: history.snapshot(ctx.lake, ctx.engine, entity, as_of, batches, before).rows
            for entity in history.entities()
        }
        _write_night_tables(ctx, as_of, inputs.feeds)
    return {"inputs": inputs.sha256, "batches": len(batches), "rows": rows}


def _write_night_tables(ctx: Context, as_of: date, feeds: Sequence[dict[str, Any]]) -> None:
    """The policies and the feeds as tables."""
    from etl.lake import digest
    from etl.night_tables import night_tables
    from etl.parquet import write_rows

    for name, (types, rows) in night_tables(ctx.policies, as_of, feeds).items():
        ctx.lake.write(
            name,
            as_of,
            build=digest(name, repr(rows)),
            columns=types,
            inputs={"policy": ctx.policies.sha256},
            produce=partial(write_rows, types=types, rows=rows),
        )


def match(as_of: date) -> dict[str, Any]:
    """Say which customer each outside record is about, how sure, and who must look; rows by state."""
    from etl.matching import match_night

    ctx = context()
    with _alone(ctx):
        return match_night(ctx, as_of)


def transform(as_of: date, layer: str) -> dict[str, Any]:
    """Run every SQL file of one layer; rows per table."""
    from etl import models
    from etl.lake import digest

    ctx = context()
    rows: dict[str, int] = {}
    with _alone(ctx):
        for model in models.models(layer):
            inputs = {}
            for name in model.reads:
                partition = ctx.lake.find(name, as_of)
                if partition is None:
                    raise ZixinError(
                        f"{model.full_name} reads {name}, which the night of {as_of} has not made: "
                        f"run `zixin night --as-of {as_of}`"
                    )
                inputs[name] = partition
            shas = {name: partition.sha256 for name, partition in inputs.items()}
            files = {name: [ctx.lake.file(partition)] for name, partition in inputs.items()}
            rows[model.full_name] = ctx.lake.write(
                model.full_name,
                as_of,
                build=digest(
                    model.sql, ctx.engine.name, ctx.engine.version, repr(sorted(shas.items()))
                ),
                columns=model.types,
                inputs=shas,
                produce=partial(model.write, ctx.engine, files, as_of=as_of),
            ).rows
    return rows


def audit(as_of: date) -> dict[str, Any]:
    """Check the results. A critical rule that is not met stops the night: nothing is published."""
    from etl.audit import audit_night

    ctx = context()
    with _alone(ctx):
        return audit_night(ctx, as_of)


def publish(as_of: date) -> dict[str, Any]:
    """Write the night, load the warehouse, move the pointer, show the night. Safe to run again."""
    from etl.publish.nightly import publish_night

    ctx = context()
    with _alone(ctx):
        return publish_night(ctx, as_of)


def notify(as_of: date) -> dict[str, Any]:
    """Say in one line what was published."""
    from etl.publish.site import read_pointer

    pointer = read_pointer(context().published)
    if pointer is None or as_of.isoformat() not in pointer.nights:
        raise ZixinError(f"the night of {as_of} is not published")
    log.info("published %s: %s", as_of, pointer.nights[as_of.isoformat()])
    return asdict(pointer)
