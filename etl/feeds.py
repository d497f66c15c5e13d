"""One feed, one night: land what is new, map it, check it, put it into history; or hold it.

A held feed loses nothing: its last good data stands, the credit files say how old it is, and the
night goes on, unless the book file calls the feed essential.
"""

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import landing
from etl.context import Context
from etl.engine.duckdb import DuckDBEngine
from etl.errors import BadInput, ZixinError
from etl.history import Batch, HistoryFile, commit_batch, find_batch
from etl.inputs import night_folder
from etl.lake import PART, file_sha256, read_json, sync_folder, write_json
from etl.sources.config import Feed
from etl.sources.connections import hide

if TYPE_CHECKING:
    from etl.sources.drift import Drift
    from etl.sources.order import Order


def extract_feed(ctx: Context, as_of: date, name: str) -> list[str]:
    """Land what is new; returns the new batches."""
    feed = ctx.book.feed(name)
    remark = sentence = ""
    try:
        if feed.is_pulled:
            landed, remark = _pull(ctx, as_of, feed)
            # Said again on every night that still reads them under the mapping of old.
            sentence = landing.refused_as_mapped(ctx.settings.home, feed, as_of)
        else:
            landed = landing.land(ctx.settings.home, feed, ctx.book.path.parent, as_of)
    except BadInput as error:
        _note(ctx, as_of, feed, "held", hide(str(error)))
        return []
    _note(ctx, as_of, feed, "held" if sentence else "loaded", sentence, remark)
    return [batch.name for batch in landed]


def _pull(ctx: Context, as_of: date, feed: Feed) -> tuple[list[landing.Batch], str]:
    """Ask the feed's system for what is new; what landed, and what a person should know of it."""
    from etl.clock import end_of_day
    from etl.sources.pull import Puller
    from etl.sources.session import opens
    from etl.sources.systems import system

    home, connector = ctx.settings.home, system(feed.source)
    remapped = landing.remap(home, feed, as_of)
    until = end_of_day(as_of, ctx.policies.active.time_zone)
    puller = Puller(home, feed, connector, opens(home, feed, connector), as_of, until)

    def order() -> "Order":
        from etl.sources.plan import order

        return order(ctx, as_of, feed, connector)

    try:
        pulled = puller.run(order)
    except OSError as error:
        # Nothing else could be written either. What had arrived stays; the next run goes on there.
        raise ZixinError(
            f"feed {feed.name}: {home / 'landing'} cannot be written: {error.strerror}; "
            "make room there and run the night again."
        ) from None
    new = (*pulled.earlier, *([pulled.batch] if pulled.batch else []))
    return [*remapped, *new], hide(pulled.remark)


def load_feed(ctx: Context, as_of: date, name: str) -> dict[str, Any]:
    """Load every live batch of the feed that is not in history yet."""
    home, feed = ctx.settings.home, ctx.book.feed(name)
    note = _read_note(ctx, as_of, name) or {"state": "loaded", "sentence": ""}
    loaded: list[str] = []
    sentences = [note["sentence"]] if note["state"] == "held" else []
    remarks = [note["remark"]] if note.get("remark") else []
    # A refused batch no longer replaces the ones before it, so those may be live again: look anew.
    while (batch := _next_undecided(home, as_of, name)) is not None:
        try:
            sentence, remark = _load_batch(ctx, batch)
        except BadInput as error:
            sentence, remark = hide(str(error)), ""
        remarks += [remark] if remark else []
        if sentence:
            landing.refuse(home, batch.name, sentence)
            sentences.append(sentence)
        else:
            loaded.append(batch.name)
    state = "held" if sentences else "loaded"
    _note(ctx, as_of, feed, state, " ".join(sentences), " ".join(dict.fromkeys(remarks)))
    if sentences and feed.essential:
        raise ZixinError(
            f"feed {name} is essential and is held, so the night stops: {' '.join(sentences)}"
        )
    return {"feed": name, "state": state, "sentence": " ".join(sentences), "loaded": loaded}


def _next_undecided(home: Path, as_of: date, name: str) -> landing.Batch | None:
    for batch in landing.live_batches(home, as_of, name):
        if find_batch(home, batch.name) is None:
            return batch
    return None


def _load_batch(ctx: Context, landed: landing.Batch) -> tuple[str, str]:
    """Map, check and commit one batch; why it is held (or nothing), and what to look at (or nothing).

    Raises:
        BadInput: the files cannot be read as the mapping says.
    """
    from etl.gone import bury
    from etl.mapping import map_batch
    from etl.quality.arrival import Arrival, check_batch

    home = ctx.settings.home
    feed = landing.mapping_of(home, landed)
    drift = _drift(home, landed, feed)
    if drift.holds:
        return drift.holds, ""
    staging = home / "staging" / landed.name
    shutil.rmtree(staging, ignore_errors=True)  # left by a crash: nothing names it
    engine = ctx.engine
    assert isinstance(engine, DuckDBEngine)  # noqa: S101  batches are mapped by the embedded engine
    try:
        zone = ctx.policies.active.time_zone
        mapped = map_batch(home, landed, staging / "mapped", ctx.settings, zone)
        if feed.is_pulled:
            mapped = bury(home, landed, feed, staging / "mapped", mapped)
        with engine.connect({}, as_of=landed.day) as connection:
            verdict = check_batch(
                connection,
                Arrival(
                    batch=landed.name,
                    feed=landed.feed,
                    landed_on=landed.day,
                    is_historical=landed.known == "historical",
                    received=mapped.received,
                    previous_rows=_previous_rows(home, landed),
                    may_be_empty=_may_be_empty(ctx, landed),
                ),
                staging / "mapped",
                staging / "checked",
            )
        if verdict.state == "held":
            return verdict.sentence, ""
        files = {
            entity: _keep(home, path, Path("history") / entity / landed.name)
            for entity, path in sorted(verdict.history.items())
        }
        quarantine = None
        if verdict.quarantine:
            kept = _keep(
                home, verdict.quarantine, Path("quarantine") / landed.name, is_history=False
            )
            quarantine = kept.path
        commit_batch(
            home,
            Batch(
                batch=landed.name,
                feed=landed.feed,
                known=landed.known,
                arrived_on=landed.arrived_on,
                state="loaded",
                is_whole=feed.export == "full",
                files=files,
                quarantine=quarantine,
                verdict=verdict.as_dict(),
            ),
        )
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return "", drift.remark


def _drift(home: Path, landed: landing.Batch, feed: Feed) -> "Drift":
    """Whether the system's rows still look like those of the batch before."""
    from etl.sources.drift import Drift, drift, shape_of

    if not feed.is_pulled:
        return Drift()
    before = [
        batch
        for batch in landing.live_batches(home, landed.day, landed.feed)
        if batch.name < landed.name and find_batch(home, batch.name) is not None
    ]
    # The newest one that has rows to compare with.
    for batch in reversed(before):
        shape = shape_of(feed, home / "landing" / batch.name)
        if shape is not None and shape.rows:
            return drift(feed, shape, shape_of(feed, home / "landing" / landed.name))
    return Drift()


def _previous_rows(home: Path, landed: landing.Batch) -> dict[str, int]:
    """Rows received in the export this one replaces, an entity each: a full export that lost a third
    of its rows was cut off on the way. Increments say nothing by their size."""
    rows: dict[str, int] = {}
    for name in landed.supersedes:
        batch = find_batch(home, name)
        for account in batch.verdict.get("conservation", ()) if batch else ():
            received = account["received"]["rows"]
            rows[account["entity"]] = rows.get(account["entity"], 0) + received
    return rows


def _may_be_empty(ctx: Context, landed: landing.Batch) -> bool:
    """A feed that sends changes may have none tonight, but not the first time it is read."""
    home = ctx.settings.home
    feed = ctx.book.feed(landed.feed)
    if feed.is_pulled:
        # An object may have no rows; the book says which ones must. Changes there may be none.
        facts = landing.manifest_of(home, landed).get("pull", {})
        return not feed.essential or bool(facts.get("since"))
    return feed.export == "increment" and any(
        batch.name < landed.name and find_batch(home, batch.name) is not None
        for batch in landing.live_batches(home, landed.day, landed.feed)
    )


def _keep(home: Path, staged: Path, folder: Path, *, is_history: bool = True) -> HistoryFile:
    """Move a checked file to where it stays."""
    import duckdb

    target = home / folder / PART
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
    sync_folder(target.parent)
    bounds: tuple[Any, ...] = (0, None, None)
    if is_history:
        with duckdb.connect() as connection:
            bounds = (
                connection.execute(
                    "SELECT COUNT(*), CAST(MIN(known_on) AS VARCHAR), CAST(MAX(known_on) AS VARCHAR) "
                    "FROM read_parquet($file)",
                    {"file": str(target)},
                ).fetchone()
                or bounds
            )
    rows, first, last = bounds
    return HistoryFile((folder / PART).as_posix(), file_sha256(target), rows, first, last)


def feed_states(ctx: Context, as_of: date) -> list[dict[str, Any]]:
    """Every configured feed as it stands tonight: loaded or held, its newest batch, and the newest
    day its rows are of."""
    states = []
    for feed in ctx.book.feeds:
        note = _read_note(ctx, as_of, feed.name)
        if note is None:
            raise ZixinError(f"feed {feed.name} was not extracted for {as_of}")
        live = landing.live_batches(ctx.settings.home, as_of, feed.name)
        batches = [b for one in live if (b := find_batch(ctx.settings.home, one.name)) is not None]
        states.append(
            {
                "feed": feed.name,
                "state": note["state"],
                "sentence": note["sentence"],
                "remark": note.get("remark", ""),
                "batch": batches[-1].batch if batches else None,
                "known_on": _known_on(ctx, batches, as_of),
            }
        )
    if all(state["batch"] is None for state in states):
        sentences = " ".join(str(state["sentence"]) for state in states)
        raise ZixinError(
            f"no feed has brought anything, so there is nothing to publish: {sentences}"
        )
    return states


def _known_on(ctx: Context, batches: list[Batch], as_of: date) -> str | None:
    """The newest day, up to the night, on which a row of these batches became known."""
    files = [ctx.lake.root / file.path for batch in batches for file in batch.files.values()]
    if not files:
        return None
    rows = ctx.engine.rows(
        "SELECT CAST(MAX(known_on) AS VARCHAR) FROM feed.history "
        "WHERE known_on <= CAST(:as_of AS DATE)",
        {"feed.history": files},
        as_of=as_of,
    )
    return rows[0][0] if rows else None


def _note_path(ctx: Context, as_of: date, feed: str) -> Path:
    return night_folder(ctx.settings.home, as_of) / "feeds" / f"{feed}.json"


def _note(
    ctx: Context, as_of: date, feed: Feed, state: str, sentence: str, remark: str = ""
) -> None:
    note = {"state": state, "sentence": sentence, "remark": remark}
    write_json(_note_path(ctx, as_of, feed.name), note)


def _read_note(ctx: Context, as_of: date, feed: str) -> dict[str, str] | None:
    note: dict[str, str] | None = read_json(_note_path(ctx, as_of, feed))
    return note
