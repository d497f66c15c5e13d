"""What one night reads, fixed before it computes: batches, policies, code.

`nights/as_of=D/inputs.json` is written once the feeds are in; everything after it reads this list and
not the lake's present state, so a batch that lands meanwhile waits for the next night.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from etl import __version__
from etl.errors import ZixinError
from etl.history import Batch, find_batch
from etl.lake import digest, read_json, write_json
from etl.landing import live_batches


@dataclass(frozen=True)
class NightInputs:
    """Everything a night is a function of."""

    as_of: str
    batches: tuple[str, ...]
    batches_sha256: tuple[str, ...]
    feeds: tuple[dict[str, Any], ...]
    policy_sha256: str
    engine: str
    code_version: str

    @property
    def sha256(self) -> str:
        """Names exactly these inputs."""
        return digest(
            self.as_of, repr(self.batches), repr(self.batches_sha256),
            self.policy_sha256, self.engine, self.code_version,
        )  # fmt: skip


def night_folder(root: Path, as_of: date) -> Path:
    """Where a night keeps its own notes."""
    return root / "nights" / f"as_of={as_of.isoformat()}"


def visible_batches(home: Path, as_of: date) -> list[Batch]:
    """The loaded batches a night sees, in landing order: historical imports always, the others from
    the day they arrived, none that a later visible batch replaced."""
    found = [find_batch(home, landed.name) for landed in live_batches(home, as_of)]
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
    batches = visible_batches(root, as_of)
    inputs = NightInputs(
        as_of=as_of.isoformat(),
        batches=tuple(batch.batch for batch in batches),
        batches_sha256=tuple(batch.sha256 for batch in batches),
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
    lists = ("batches", "batches_sha256", "feeds")
    return NightInputs(**{**content, **{name: tuple(content[name]) for name in lists}})


def batches_of(root: Path, inputs: NightInputs) -> list[Batch]:
    """The batches a night reads, from history."""
    return [_required(root, name) for name in inputs.batches]


def _required(root: Path, name: str) -> Batch:
    batch = find_batch(root, name)
    if batch is None:
        raise ZixinError(f"batch {name} is missing from {root / 'history'}: restore it")
    return batch
