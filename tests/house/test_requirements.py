"""Every requirement is computed somewhere, or says in one sentence why not."""

import re
from pathlib import Path

import pytest

from etl import models
from etl.dictionary import places_of
from etl.requirements import requirements
from etl.validation.tables import contracts
from tests.house.repository import ROOT, listed

SPEC = ROOT.parent / "shared" / "spec" / "requirements.md"


def test_every_requirement_has_an_answer() -> None:
    places = places_of([*models.models(), *models.comparisons(), *contracts()])
    gaps = [
        f"{one.requirement} ({one.title}): no table and no indicator names it; compute it, or say in "
        "sql/reference/requirement.csv which input no source gives"
        for one in requirements()
        if not one.answer and not places.get(one.requirement)
    ]

    assert not gaps, listed(gaps)


def test_no_requirement_stands_twice() -> None:
    ids = [one.requirement for one in requirements()]

    assert len(ids) == len(set(ids))
    assert all(one.title for one in requirements())


@pytest.mark.skipif(not SPEC.is_file(), reason="the specification is not beside this checkout")
def test_the_list_is_the_specification_s() -> None:
    text = Path(SPEC).read_text(encoding="utf-8")
    stated = set(re.findall(r"^\| (R\d-[A-Z]?\d+[a-z]?|Q\d+[a-z]?|EW\d\d) \|", text, re.MULTILINE))
    stated |= set(re.findall(r"^(R4-G6) ", text, re.MULTILINE))

    assert {one.requirement for one in requirements()} == stated
