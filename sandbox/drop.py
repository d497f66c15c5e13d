"""What stands ready before a night on the sandbox: its world, the files no system gives, a book."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sandbox.world.build import make_world
from sandbox.world.exports import write_exports

BOOK = Path(__file__).parent / "book.yaml"
SEED = 1


def prepare(
    folder: Path,
    customers: int,
    day: date,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Path:
    """The book of a sandbox in `folder`: `world/` is made if it is not there, `exports/` are written
    as they stand on the evening of `day`."""
    folder.mkdir(parents=True, exist_ok=True)
    make_world(folder / "world", customers, SEED, day, progress=progress)
    write_exports(folder / "world", folder / "exports", day)
    return Path(shutil.copyfile(BOOK, folder / BOOK.name))
