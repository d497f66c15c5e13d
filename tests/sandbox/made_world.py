"""A world of 300 customers, made once for the tests that look at it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox.world.build import make_world
from sandbox.world.reader import World

CUSTOMERS = 300
UNTIL = date(2026, 11, 22)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Open for reading."""
    folder: Path = tmp_path_factory.mktemp("world") / "world"
    make_world(folder, CUSTOMERS, 11, UNTIL)
    opened = World(folder)
    yield opened
    opened.close()


def one(world: World, sql: str) -> Any:
    """The only value of a query."""
    ((value,),) = world.query(sql)
    return value
