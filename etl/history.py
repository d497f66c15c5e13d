"""Batches in, current snapshots out.

    history/<entity>/<batch>/part-0.parquet    every version ever received; never changed
    history/batches/<batch>.json               the commit: a batch is in history when this exists
    current/<entity>/as_of=D/…                 the last version of each key known on night D

A night sees the version with the greatest (known_on, batch, seq) among known_on ≤ D. The snapshot is
folded from the one published before it with what became known since; the long road over all history
gives the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from etl.engine import Engine
from etl.entities import ENTITIES, HISTORY_COLUMNS, Entity
from etl.lake import Lake, Partition, Produce, digest, read_json, write_json
from etl.parquet import copy_rows, was_written_by, write_nothing


@dataclass(frozen=True)
class HistoryFile:
    """One entity of one batch. `first_known` and `last_known` bound its rows' known_on."""

    path: str
    sha256: str
    rows: int
    first_known: str | None
    last_known: str | None


@dataclass(frozen=True)
class Batch:
    """A batch that was decided: loaded, or held with nothing of it in effect.

    `verdict` is what quality said of it, as JSON.
    """

    batch: str
    feed: str
    known: str
    arrived_on: str
    state: str
    files: Mapping[str, HistoryFile] = field(default_factory=dict)
    is_whole: bool = False
    quarantine: str | None = None
    verdict: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Names what the batch brought, and what was said of it."""
        verdict = json.dumps(self.verdict, sort_keys=True)
        files = (f"{name}={file.sha256}" for name, file in self.files.items())
        return digest(self.batch, self.state, verdict, *files)


def _commit_path(root: Path, batch: str) -> Path:
    return root / "history" / "batches" / f"{batch}.json"


def commit_batch(root: Path, batch: Batch) -> None:
    """Put a batch in history, in one step. Its files must be there already."""
    write_json(_commit_path(root, batch.batch), asdict(batch))


def find_batch(root: Path, name: str) -> Batch | None:
    """The decided batch called `name`; None when it was never decided."""
    content = read_json(_commit_path(root, name))
    if content is None:
        return None
    files = {entity: HistoryFile(**file) for entity, file in content.pop("files").items()}
    return Batch(**content, files=dict(sorted(files.items())))


def snapshot_types(entity: Entity) -> dict[str, str]:
    """Columns of a snapshot: the entity's own, then when and how this version became known."""
    return {column.name: column.type for column in (*entity.columns, *HISTORY_COLUMNS)}


def _latest(entity: Entity, parts: Sequence[str]) -> str:
    columns = ", ".join(snapshot_types(entity))
    keys = ", ".join(entity.key)
    return f"""
        SELECT {columns}
        FROM (
            SELECT
                {columns},
                ROW_NUMBER() OVER (
                    PARTITION BY {keys} ORDER BY known_on DESC, batch DESC, seq DESC
                ) AS place
            FROM ({" UNION ALL ".join(parts)}) AS version
        ) AS ranked
        WHERE place = 1
    """


def snapshot(
    lake: Lake,
    engine: Engine,
    entity: Entity,
    as_of: date,
    batches: Sequence[Batch],
    before: tuple[date, frozenset[str]] | None = None,
) -> Partition:
    """The last version of every key of `entity` known on `as_of`, deleted ones included.

    `before`: an earlier published night and the batches it read. When all of those are among
    `batches`, its snapshot is the starting point; otherwise, and without it, all of history is.
    The two roads give the same bytes.
    """
    types = snapshot_types(entity)
    inputs = _inputs(entity, batches)
    return lake.write(
        f"current.{entity.name}",
        as_of,
        build=digest("current", entity.name, repr(types), repr(sorted(inputs.items()))),
        columns=types,
        inputs=inputs,
        produce=_fold(lake, engine, entity, as_of, batches, before),
    )


def _fold(
    lake: Lake,
    engine: Engine,
    entity: Entity,
    as_of: date,
    batches: Sequence[Batch],
    before: tuple[date, frozenset[str]] | None,
) -> Produce:
    """How the snapshot's file is made. Most record types bring nothing on most nights, and many never
    bring anything: neither is worth the engine's time."""
    types = snapshot_types(entity)
    if not any(batch.files[entity.name].rows for batch in batches if entity.name in batch.files):
        return partial(write_nothing, types=types)
    tables, parts = _sources(lake, entity, batches, before)
    if list(tables) == ["input.snapshot"]:
        [old] = tables["input.snapshot"]
        # Another version of the engine may write the same rows in other bytes.
        if was_written_by(f"{engine.name} version v{engine.version}", old):
            return partial(copy_rows, source=old)
    return partial(
        engine.write,
        _latest(entity, parts) if parts else _empty(types),
        tables,
        as_of=as_of,
        types=types,
        order_by=entity.key,
        may_be_null=[key for key in entity.key if not entity.column(key).required],
    )


def _sources(
    lake: Lake,
    entity: Entity,
    batches: Sequence[Batch],
    before: tuple[date, frozenset[str]] | None,
) -> tuple[dict[str, list[Path]], list[str]]:
    """The inputs of a fold and the SELECTs over them."""
    old: Partition | None = None
    known: frozenset[str] = frozenset()
    if before and before[1] <= {batch.batch for batch in batches}:
        old, known = _folded(lake, entity, batches, *before), before[1]
    fresh: list[Path] = []
    since: list[Path] = []
    for batch in batches:
        file = batch.files.get(entity.name)
        if file is None or file.rows == 0:
            continue
        if old is None or batch.batch not in known:
            fresh.append(lake.root / file.path)
        elif before and (file.last_known or "") > before[0].isoformat():
            since.append(lake.root / file.path)
    columns = ", ".join(snapshot_types(entity))
    tables: dict[str, list[Path]] = {}
    parts: list[str] = []
    if old is not None:
        tables["input.snapshot"] = [lake.file(old)]
        parts.append(f"SELECT {columns} FROM input.snapshot")
    visible = "WHERE known_on <= CAST(:as_of AS DATE)"
    later = f"{visible} AND known_on > DATE '{before[0].isoformat()}'" if before else visible
    for name, files, where in (("since", since, later), ("fresh", fresh, visible)):
        for nth, (select, group) in enumerate(_shapes(entity, files)):
            tables[f"input.{name}_{nth}"] = group
            parts.append(f"SELECT {select} FROM input.{name}_{nth} {where}")
    return tables, parts


def _shapes(entity: Entity, files: Sequence[Path]) -> list[tuple[str, list[Path]]]:
    """Files with the same columns, and what to select from them: history is never changed, so an
    older file lacks the columns that the contract got since, and says NULL in them."""
    from pyarrow import parquet

    groups: dict[str, list[Path]] = {}
    for file in files:
        there = set(parquet.read_schema(file).names)
        select = ", ".join(
            name if name in there else f"CAST(NULL AS {type_}) AS {name}"
            for name, type_ in snapshot_types(entity).items()
        )
        groups.setdefault(select, []).append(file)
    return list(groups.items())


def _folded(
    lake: Lake, entity: Entity, batches: Sequence[Batch], as_of: date, known: frozenset[str]
) -> Partition | None:
    """The snapshot of an earlier night, if it is there and was made of exactly the `known` batches.

    A crash between naming a night's inputs and folding them leaves a snapshot of other batches, and
    an entity that got a column since leaves one without it.
    """
    found = lake.find(f"current.{entity.name}", as_of)
    made_of = _inputs(entity, [batch for batch in batches if batch.batch in known])
    is_usable = (
        found is not None
        and found.inputs == made_of
        and found.columns == snapshot_types(entity)
        and lake.file(found).exists()
    )
    return found if is_usable else None


def _inputs(entity: Entity, batches: Sequence[Batch]) -> dict[str, str]:
    """Batch → SHA-256 of what it holds of the entity."""
    return {
        batch.batch: batch.files[entity.name].sha256
        for batch in batches
        if entity.name in batch.files
    }


def _empty(types: Mapping[str, str]) -> str:
    columns = ", ".join(f"CAST(NULL AS {type_}) AS {name}" for name, type_ in types.items())
    return f"SELECT {columns} WHERE FALSE"


def entities() -> tuple[Entity, ...]:
    """Every entity a night takes a snapshot of."""
    return tuple(ENTITIES.values())
