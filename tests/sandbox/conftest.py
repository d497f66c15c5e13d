"""A small world for the stand-ins' tests, opened once."""

import pytest

from tests.sandbox_server import tiny_world

__all__ = ["tiny_world"]


@pytest.fixture(scope="session")
def opened_world(tiny_world):
    """The tiny world, open for reading."""
    from sandbox.world.reader import World

    return World(tiny_world)
