"""What is published of the validation: four tables, each described like a file of `sql/` and filled by
`results.py` instead of a SELECT, because eigen- and singular values, beta and chi-square are no SQL."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from etl.models import COMPARISON, Model, read_model

CONTRACTS = Path(__file__).resolve().parent / "contracts"
NAMES = ("calibration", "discrimination", "migration", "migration_summary")


@cache
def contract(name: str) -> Model:
    """The description of one table; its schema is `mart`, as that of every comparison."""
    return replace(read_model(CONTRACTS / f"{name}.txt"), layer=COMPARISON)


def contracts() -> Iterator[Model]:
    """Every table, by name."""
    yield from (contract(name) for name in NAMES)
