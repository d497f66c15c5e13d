"""The one fixture of SQL cases: a night from text tables."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sql.night import NIGHT, Night, build, policies

MakeNight = Callable[..., Night]


@pytest.fixture
def night(tmp_path: Path) -> MakeNight:
    """`night(invoice="…", payment="…")`: a night under the article's policy; `as_of`, `policy` and
    `changes` to it make it another; `before`, `month_ago` and `cohort` are nights published
    earlier, `feeds` the rows of night.feed. With `made` only the table asked for is run, on tables of
    other SQL files given as text."""
    count = 0

    def make(
        as_of: date | str = NIGHT,
        policy: str = "article",
        changes: Mapping[str, Any] | None = None,
        before: Night | None = None,
        month_ago: Night | None = None,
        cohort: Night | None = None,
        feeds: Sequence[Mapping[str, Any]] = (),
        made: Mapping[str, str] | None = None,
        **tables: str,
    ) -> Night:
        nonlocal count
        count += 1
        root = tmp_path / str(count)
        root.mkdir()
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        return build(
            root,
            tables,
            as_of=day,
            policies=policies(policy, changes),
            before=before,
            month_ago=month_ago,
            cohort=cohort,
            feeds=feeds,
            made=made,
        )

    return make
