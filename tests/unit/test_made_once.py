"""What tests share is made once, and is never mistaken for something else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl.models import Model, models
from tests.made_once import built, made_once

DAY = date(2026, 11, 20)


class Engine:
    """Writes how often it was asked."""

    asked = 0

    def write(self, *_: object, target: Path, **__: object) -> int:
        self.asked += 1
        target.write_text(str(self.asked))
        return 1


@pytest.fixture
def model() -> Model:
    """Any SQL file that reads another table."""
    return next(model for model in models() if model.reads)


def test_whoever_comes_second_finds_the_file_of_the_first(tmp_path: Path) -> None:
    first = made_once(tmp_path.name, lambda target: target.write_text("first"))

    assert made_once(tmp_path.name, lambda target: target.write_text("second")) == first
    assert first.read_text() == "first"


@pytest.mark.parametrize("other", ["rows", "SQL", "night", "threads"])
def test_what_is_made_of_something_else_is_another_file(
    model: Model, tmp_path: Path, other: str
) -> None:
    engine, file = Engine(), tmp_path / "rows"
    file.write_text(str(tmp_path))  # no other test has these
    files = {name: [file] for name in model.reads}
    first = built(model, engine, files, as_of=DAY, threads=1)  # type: ignore[arg-type]
    assert built(model, engine, files, as_of=DAY, threads=1) == first  # type: ignore[arg-type]
    assert engine.asked == 1

    if other == "rows":
        file.write_text("others")
    night = date(2026, 11, 21) if other == "night" else DAY
    said = replace(model, sql=f"{model.sql} ") if other == "SQL" else model
    threads = 2 if other == "threads" else 1

    assert built(said, engine, files, as_of=night, threads=threads) != first  # type: ignore[arg-type]
    assert engine.asked == 2
