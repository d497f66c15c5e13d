"""What one night reads, fixed before it computes: batches, policies, code.

`nights/as_of=D/inputs.json` is written once the feeds are in; everything after it reads this list and
not the lake's present state, so a batch that lands meanwhile waits for the next night.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from etl import __version__
from etl.errors import ZixinError
from etl.history import Batch, find_batch
from etl.lake import digest, read_json, write_json
from etl.landing import batches as landed_batches
from etl.landing import live_batches


@dataclass(frozen=True)
class NightInputs:
    """Everything a night is a function of. `replaced`: exports that later ones replaced; no figure
    comes from them, but they know since when a row was refused."""

    as_of: str
    batches: tuple[str, ...]
    batches_sha256: tuple[str, ...]
    replaced: tuple[str, ...]
    feeds: tuple[dict[str, Any], ...]
    policy_sha256: str
    engine: str
    code_version: str

    @property
    def sha256(self) -> str:
        """Names exactly these inputs."""
        return digest(json.dumps(asdict(self), sort_keys=True))


def night_folder(root: Path, as_of: date) -> Path:
    """Where a night keeps its own notes."""
    return root / "nights" / f"as_of={as_of.isoformat()}"


def visible_batches(home: Path, as_of: date, feeds: Collection[str]) -> list[Batch]:
    """The loaded batches of `feeds` that a night sees, in landing order: historical imports always,
    the others from the day they arrived, none that a later visible batch replaced. A feed that is no
    longer in the book says nothing any more."""
    live = [landed for landed in live_batches(home, as_of) if landed.feed in feeds]
    found = [find_batch(home, landed.name) for landed in live]
    return [batch for batch in found if batch is not None and batch.state == "loaded"]


def replaced_batches(home: Path, as_of: date, feeds: Collection[str]) -> list[Batch]:
    """The loaded batches of `feeds` that a later visible export with other content replaced, in landing order.
    The same content under a corrected mapping is no later export: what it refused was never meant."""
    visible = [
        batch for batch in landed_batches(home) if batch.is_visible(as_of) and batch.feed in feeds
    ]
    content = {batch.name: batch.content for batch in visible}
    names = {
        name
        for batch in visible
        if not batch.refused
        for name in batch.supersedes
        if content.get(name) != batch.content
    }
    found = [find_batch(home, name) for name in sorted(names)]
    return [batch for batch in found if batch is not None and batch.state == "loaded"]


def freeze_inputs(
    root: Path,
    as_of: date,
    *,
    feeds: Sequence[dict[str, Any]],
    policy_sha256: str,
    engine: str,
) -> NightInputs:
    """Write down what this night reads."""
    names = [str(feed["feed"]) for feed in feeds]
    batches = visible_batches(root, as_of, names)
    inputs = NightInputs(
        as_of=as_of.isoformat(),
        batches=tuple(batch.batch for batch in batches),
        batches_sha256=tuple(batch.sha256 for batch in batches),
        replaced=tuple(batch.batch for batch in replaced_batches(root, as_of, names)),
        feeds=tuple(feeds),
        policy_sha256=policy_sha256,
        engine=engine,
        code_version=__version__,
    )
    write_json(night_folder(root, as_of) / "inputs.json", asdict(inputs))
    return inputs


def read_inputs(root: Path, as_of: date) -> NightInputs:
    """What the night of `as_of` reads; ZixinError when it was never frozen."""
    content = read_json(night_folder(root, as_of) / "inputs.json")
    if content is None:
        raise ZixinError(
            f"the night of {as_of} has no inputs yet: run `zixin night --as-of {as_of}`"
        )
    lists = ("batches", "batches_sha256", "replaced", "feeds")
    return NightInputs(**{**content, **{name: tuple(content.get(name, ())) for name in lists}})


def batches_of(root: Path, inputs: NightInputs) -> list[Batch]:
    """The batches a night reads, from history."""
    return [_required(root, name) for name in inputs.batches]


def registered_batches(root: Path, inputs: NightInputs) -> list[Batch]:
    """The batches that the quarantine register is made of: those read, and those they replaced."""
    return [_required(root, name) for name in sorted({*inputs.batches, *inputs.replaced})]


def _required(root: Path, name: str) -> Batch:
    batch = find_batch(root, name)
    if batch is None:
        raise ZixinError(f"batch {name} is missing from {root / 'history'}: restore it")
    return batch
