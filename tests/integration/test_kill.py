"""Killed anywhere, what people see is one whole night; run again, it ends as if nothing had happened."""

import json
import shutil
import signal
from pathlib import Path

import pytest

from etl.publish import warehouse
from etl.quality import runner as _preloaded  # noqa: F401  imported once, before the forks
from tests.nights import digest_tree, in_child, kill_at_step, run, settings_for, write_book

FIRST, SECOND = "2026-03-31", "2026-04-30"
KILLS = 6


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with one night published, and its book."""
    root = tmp_path_factory.mktemp("kill")
    book = write_book(root / "book")
    run(root / "home", book, FIRST)
    return root


@pytest.fixture(scope="module")
def undisturbed(lake: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], int]:
    """The second night when nothing happens: its files, and how many durable steps it takes."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    shutil.copytree(lake / "home", home)
    counted = tmp_path_factory.mktemp("steps") / "count"

    def night() -> None:
        steps = kill_at_step(-1)
        run(home, lake / "book/book.yaml", SECOND)
        counted.write_text(str(steps()))

    assert in_child(night) == 0
    return digest_tree(_published(home, SECOND)), int(counted.read_text())


def _published(home: Path, as_of: str) -> Path:
    pointer = json.loads((home / "published/current.json").read_text())
    return home / "published" / pointer["nights"][as_of]


@pytest.mark.parametrize(
    "part",
    # Every other point waits for `make soak`: a kill is a night and a half.
    [pytest.param(part, marks=pytest.mark.soak) if part % 2 else part for part in range(KILLS)],
)
def test_killed_at_any_step(
    lake: Path, undisturbed: tuple[dict[str, str], int], part: int, tmp_path: Path
) -> None:
    whole, steps = undisturbed
    step = 1 + part * (steps - 1) // (KILLS - 1)
    home, book = tmp_path / "home", lake / "book/book.yaml"
    shutil.copytree(lake / "home", home)
    before = digest_tree(_published(home, FIRST))

    def night() -> None:
        kill_at_step(step)
        run(home, book, SECOND)

    assert in_child(night) == -signal.SIGKILL

    pointer = json.loads((home / "published/current.json").read_text())
    assert digest_tree(_published(home, FIRST)) == before, "last night must stand, whole"
    if pointer["as_of"] == SECOND:
        assert digest_tree(_published(home, SECOND)) == whole, "what the pointer names is whole"

    assert in_child(lambda: run(home, book, SECOND) and None) == 0
    assert digest_tree(_published(home, SECOND)) == whole
    seen = warehouse.visible(settings_for(home, book).warehouse_url)
    assert seen is not None
    assert seen.as_of.isoformat() == SECOND
    assert seen.build == _published(home, SECOND).name
