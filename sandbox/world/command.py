"""What `zixin world` does; the command itself only hands its options on."""

import json
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from etl.errors import ZixinError
from sandbox.world.build import make_world

FORMS = ("world", "files")


def run(
    customers: int, out: Path, seed: int, until: date, form: str, exports: bool, as_json: bool
) -> None:
    """Make the world, and the files that were asked for; say what there is now.

    Raises ZixinError for an option that cannot be.
    """
    if form not in FORMS:
        raise ZixinError(f"--as takes {' or '.join(FORMS)}, not {form!r}")
    terminal = Console(stderr=True)
    watched = terminal.is_terminal and not as_json
    bar = Progress(
        TextColumn("companies and what they do"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("parts"),
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
    )
    with bar if watched else nullcontext():
        task = bar.add_task("", total=None) if watched else None

        def progress(done: int, parts: int) -> None:
            if task is not None:
                bar.update(task, completed=done, total=parts)

        manifest = make_world(out, customers, seed, until, progress=progress)
    result: dict[str, Any] = {"world": str(out), **manifest}
    if form == "files":
        from sandbox.world.ledger_files import write_ledger

        result["files"] = write_ledger(out, out / "files", until)
    if exports:
        from sandbox.world.exports import write_exports

        result["exports"] = write_exports(out, out / "exports", until)
    _say(result, as_json)


def _say(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
        return
    screen = Console(highlight=False)
    rows = sum(result["tables"].values())
    screen.print(
        f"{result['world']}: {result['customers']:,} customers, {rows:,} rows in "
        f"{len(result['tables'])} tables, {result['start']} to {result['end']}, "
        f"seed {result['seed']}"
    )
    for kind in ("files", "exports"):
        for name, count in result.get(kind, {}).items():
            screen.print(f"  {name}: {count:,} rows")
