"""The lake: where a table's files are, and how they are committed.

    <layer>/<table>/as_of=D/<build>/part-0.parquet     immutable
    <layer>/<table>/as_of=D/manifest.json              the commit: names one build

A build is named after what made it, so a build that exists is not made again. Writing the manifest
is the commit: a file no manifest names does not exist. Readers follow manifests and never list
folders.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

PART = "part-0.parquet"


def digest(*parts: str) -> str:
    """A short name for exactly these texts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """One process or thread at a time, by a lock on the folder itself that goes when its holder dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace `path` in one step: readers see the old file or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def write_json(path: Path, content: Any) -> None:
    """Replace `path` by `content` as JSON, in one step and with stable bytes."""
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> Any:
    """The content of a JSON file; None when there is none."""
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None


@dataclass(frozen=True)
class Partition:
    """One night of one table, as its manifest describes it. Paths are relative to the lake."""

    name: str
    as_of: str
    build: str
    path: str
    sha256: str
    rows: int
    columns: Mapping[str, str]
    inputs: Mapping[str, str]


class Produce(Protocol):
    """Writes one Parquet file and returns its row count."""

    def __call__(self, *, target: Path) -> int: ...


class Lake:
    """The folder everything is in."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _folder(self, name: str, as_of: date) -> Path:
        schema, table = name.split(".")
        return self.root / schema / table / f"as_of={as_of.isoformat()}"

    def find(self, name: str, as_of: date) -> Partition | None:
        """The committed partition of table `name` (schema.table) on `as_of`, if there is one."""
        content = read_json(self._folder(name, as_of) / "manifest.json")
        return Partition(**content) if content else None

    def file(self, partition: Partition) -> Path:
        """Where a partition's rows are."""
        return self.root / partition.path

    def write(
        self,
        name: str,
        as_of: date,
        *,
        build: str,
        columns: Mapping[str, str],
        inputs: Mapping[str, str],
        produce: Produce,
    ) -> Partition:
        """Make and commit one partition, or return the one this very build made before.

        Tasks side by side may want the same one, such as tonight's customers: one makes it, the others wait.
        `produce` writes the Parquet file it is given and returns its row count.
        """
        folder = self._folder(name, as_of)
        folder.mkdir(parents=True, exist_ok=True)
        with alone_in(folder):
            present = self.find(name, as_of)
            if present and present.build == build and self.file(present).exists():
                return present
            target = folder / build / PART
            target.parent.mkdir(parents=True, exist_ok=True)
            rows = produce(target=target)
            with target.open("rb") as stream:
                os.fsync(stream.fileno())
            sync_folder(target.parent)
            partition = Partition(
                name=name,
                as_of=as_of.isoformat(),
                build=build,
                path=target.relative_to(self.root).as_posix(),
                sha256=file_sha256(target),
                rows=rows,
                columns=dict(columns),
                inputs=dict(inputs),
            )
            write_json(folder / "manifest.json", asdict(partition))
            return partition
