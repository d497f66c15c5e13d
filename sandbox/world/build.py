"""Make a world as files: chunk by chunk, on two processes, the same bytes however they are dealt."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from etl.errors import ZixinError
from sandbox.world.era import FORMAT, YEARS, Era
from sandbox.world.tables import TABLES

MANIFEST = "world.json"
MOST_CUSTOMERS = 1_000_000
Progress = Callable[[int, int], None]


def make_world(
    out: Path,
    customers: int,
    seed: int,
    until: date,
    processes: int | None = None,
    progress: Progress = lambda _done, _all: None,
) -> dict[str, Any]:
    """The world's manifest; made only when `out` does not hold the same world already.

    `until` chooses the three calendar years, the last of which is its own. Raises ZixinError when
    `out` holds something else than a world, or `customers` is out of range.
    """
    if not 1 <= customers <= MOST_CUSTOMERS:
        raise ZixinError(f"--customers takes 1 to {MOST_CUSTOMERS:,}, not {customers}")
    if not 0 <= seed < 2**63:
        raise ZixinError(f"--seed takes a whole number from 0, not {seed}")
    era = Era(seed, customers, until.year)
    wanted = _parameters(era)
    if (found := read_manifest(out)) and wanted.items() <= found.items():
        return found
    if out.exists() and found is None and (not out.is_dir() or any(out.iterdir())):
        raise ZixinError(f"{out} exists and is not a world; choose another --out")
    making = out.with_name(f".{out.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    rows = Counter[str]()
    for done, part in enumerate(_parts(making, era, processes), 1):
        rows.update(part)
        progress(done, era.chunks)
    manifest = {**wanted, "tables": {name: rows[name] for name in TABLES}}
    text = json.dumps(manifest, indent=1) + "\n"
    (making / MANIFEST).write_text(text, encoding="utf-8")
    if out.exists():
        shutil.rmtree(out)
    making.replace(out)
    return manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What the world in `folder` says of itself; None when there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) and "format" in manifest else None


def _parameters(era: Era) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "seed": era.seed,
        "customers": era.customers,
        "start": date(era.year - YEARS + 1, 1, 1).isoformat(),
        "end": date(era.year, 12, 31).isoformat(),
        "years": YEARS,
    }


def _parts(folder: Path, era: Era, processes: int | None) -> Iterator[dict[str, int]]:
    """Rows per table of each chunk, as they are done."""
    from sandbox.world import chunk, rates, write

    yield_first = {
        name: write.write(folder, 0, name, write.arrow(TABLES[name], frame, None))
        for name, frame in rates.made(era).items()
    }
    for name in TABLES:
        if name not in yield_first:
            write.write(folder, 99_999, name, write.empty(name))
    first = True
    if era.chunks == 1 or processes == 1:
        counted = (chunk.written(folder, era, nth) for nth in range(era.chunks))
        for part in counted:
            yield {**part, **(yield_first if first else {})}
            first = False
        return
    with ProcessPoolExecutor(processes or 2, mp_context=get_context("spawn")) as pool:
        work = [pool.submit(chunk.written, folder, era, nth) for nth in range(era.chunks)]
        for done in work:
            yield {**done.result(), **(yield_first if first else {})}
            first = False
