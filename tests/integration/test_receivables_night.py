"""Real nights over half a year of real receivables, customer by customer against the oracle."""

from datetime import date
from pathlib import Path

import pytest

from etl.lake import Lake
from tests.nights import digest_tree, run
from tests.oracle.letters import ARTICLE, BALANCED
from tests.oracle.receivables import night, read_receivables_2012
from tests.sql.agreement import (
    differences,
    facts,
    facts_of,
    letters,
    letters_of,
    turnover,
    turnover_of,
)
from tests.sql.night import Night

TESTS = Path(__file__).resolve().parent.parent
BOOK = TESTS / "books/receivables_2012.yaml"
EXPORT = TESTS.parents[1] / "shared/data/ibm_receivables_2012/receivables.csv"
NIGHTS = ("2012-12-31", "2012-06-30", "2012-02-29")
ALONE = ("2012-06-30",)
"""One of them, in a lake that has not seen the later one."""
COMPUTED = ("current", "event", "core", "indicator", "grade", "mart")

pytestmark = pytest.mark.skipif(
    not EXPORT.is_file(), reason=f"the receivables of 2012 are not at {EXPORT}"
)


class LakeNight(Night):
    """A night as it stands in a lake."""

    def __init__(self, home: Path, as_of: date) -> None:
        lake = Lake(home)
        super().__init__(None, home, as_of, {})  # type: ignore[arg-type]  # it runs nothing
        self.lake = lake

    def file(self, name: str) -> Path:
        partition = self.lake.find(name, self.as_of)
        assert partition is not None, f"{name} has no night of {self.as_of}"
        return self.lake.file(partition)


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two lakes with a night in common: run after a later one, and alone."""
    forth, alone = tmp_path_factory.mktemp("forth"), tmp_path_factory.mktemp("alone")
    for home, nights in ((forth, NIGHTS), (alone, ALONE)):
        for as_of in nights:
            run(home, BOOK, as_of)
    return forth, alone


@pytest.mark.parametrize("as_of", NIGHTS)
def test_every_customer_is_as_the_oracle_says(homes: tuple[Path, Path], as_of: str) -> None:
    day = date.fromisoformat(as_of)
    found = LakeNight(homes[0], day)
    ledgers = read_receivables_2012(EXPORT)
    for policy_id, policy in (("article", ARTICLE), ("balanced", BALANCED)):
        wanted = night(ledgers, day, policy)
        assert {row["customer_id"] for row in found.rows("core.customer")} == wanted.keys()
        for who, customer in wanted.items():
            assert letters(found, policy_id, who) == letters_of(customer), (policy_id, who)
    for who, customer in night(ledgers, day).items():
        assert not differences(facts(found, who), facts_of(customer)), who
        got, expected = turnover(found, who), turnover_of(customer)
        if as_of == "2012-02-29":  # a year back from a leap day is thirteen begun months there
            for name in ("cei", "per_month"):
                got.pop(name), expected.pop(name)
        assert not differences(got, expected), who


def test_two_nights_differ_and_each_is_the_same_whatever_was_run_before(
    homes: tuple[Path, Path],
) -> None:
    forth, alone = (
        {
            name: sha
            for layer in COMPUTED
            for name, sha in digest_tree(home / layer).items()
            if any(f"as_of={as_of}" in name for as_of in ALONE)
        }
        for home in homes
    )
    assert len(forth) >= len(COMPUTED)
    assert forth == alone
    june, december = (
        LakeNight(homes[0], date.fromisoformat(as_of)).file("mart.customer_credit").read_bytes()
        for as_of in ("2012-06-30", "2012-12-31")
    )
    assert june != december


def test_the_two_policies_draw_two_portfolios(homes: tuple[Path, Path]) -> None:
    """On this sample the worst item makes a D of 50 customers in 100; the 90th percentile of 40."""
    found = LakeNight(homes[0], date(2012, 12, 31))
    held = {
        (row["policy_id"], row["final_grade"]): row["customer_cnt"]
        for row in found.rows("mart.grade_book")
    }
    assert sum(held.values()) == 2 * len(found.rows("core.customer"))
    assert held["article", "D"] > held["balanced", "D"]
