"""What a provider knows: late, not all of it, and by name only what a name says."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.server import rows_by_key
from sandbox.server.registry import HABITS, Habit, Registry
from tests.drawn_world import ANHUA, STRANGER, case, drawn_world, listing
from tests.sandbox_server import inside

WORLD = drawn_world()
MANY = 200
BORN = datetime(2026, 11, 1)  # noqa: DTZ001 - moments of a world are UTC without saying so


@pytest.fixture(scope="module")
def crowded():
    """Many fresh listings and cases of one company."""
    world = drawn_world()
    for number in range(MANY):
        listing(world, f"n{number}", 2, "dishonest", created_at=BORN, modified_at=BORN)
        case(world, f"n{number}", [(None, "张三", "plaintiff"), (2, "安华机电有限公司", "defendant")],
             created_at=BORN, modified_at=BORN, filed_on=BORN.date(), hearing_on=None,
             judged_on=None)  # fmt: skip
    return world


def registry(world, provider="qcc", at=None):
    _, state = inside(world)
    if at is not None:
        state.clock.set(at)
    return Registry(state, provider)


def test_a_number_means_one_company_a_name_perhaps_two():
    known = registry(WORLD)
    assert [one.uscc for one in known.named(ANHUA)] == [ANHUA]
    assert {one.uscc for one in known.named("安华机电有限公司")} == {ANHUA, STRANGER}


@pytest.mark.parametrize(
    "spelling",
    [
        "旧名（上海）贸易有限公司",
        "旧名(上海)贸易有限公司",
        " 旧名 （上海）贸易有限公司",
        "harbour mills LIMITED",
    ],
)
def test_width_brackets_spaces_and_case_make_no_other_name(spelling):
    assert len(registry(WORLD).named(spelling)) == 1


def test_part_of_a_name_is_no_name():
    assert registry(WORLD).named("安华机电") == []


def test_records_arrive_some_days_after_they_came_into_being(crowded):
    counts = []
    for days in range(10):
        at = BORN.replace(tzinfo=UTC) + timedelta(days=days)
        counts.append(len(registry(crowded, "tianyancha", at).listings([2], "dishonest")))
    assert counts == sorted(counts)
    assert counts[0] < MANY / 10
    assert counts[1] < counts[4] < counts[8]
    assert counts[8] == counts[9]


def test_each_provider_misses_a_few_and_not_the_same(crowded):
    late = BORN.replace(tzinfo=UTC) + timedelta(days=30)
    ids = {
        provider: {
            one.listing_id for one in registry(crowded, provider, late).listings([2], "dishonest")
        }
        for provider in ("qcc", "tianyancha")
    }
    for provider, known in ids.items():
        missed = MANY - len(known)
        assert 0 < missed < MANY * 3 * HABITS[provider].misses
    assert ids["qcc"] - ids["tianyancha"]
    assert ids["tianyancha"] - ids["qcc"]


def test_what_is_known_stays_known(crowded):
    at = BORN.replace(tzinfo=UTC) + timedelta(days=3)
    first = {one.case_id for one in registry(crowded, at=at).cases([2], "filing")}
    later = {
        one.case_id for one in registry(crowded, at=at + timedelta(days=9)).cases([2], "filing")
    }
    assert first
    assert first < later


def test_a_case_is_not_known_before_its_stage(monkeypatch):
    monkeypatch.setitem(HABITS, "qcc", Habit(0.0, 0))
    before = registry(WORLD, at=datetime(2025, 4, 1, tzinfo=UTC))
    assert {one.case_id for one in before.cases([1], "filing")} == {"c1", "c2", "c4"}
    assert before.cases([1], "judgment") == []
    after = registry(WORLD, at=datetime(2025, 7, 1, tzinfo=UTC))
    assert {one.case_id for one in after.cases([1], "judgment")} == {"c1", "c2"}


def test_statements_are_known_from_the_day_they_are_published():
    known = registry(WORLD, "sec", datetime(2026, 3, 14, tzinfo=UTC)).statements(4)
    assert [one.period_end.year for one in known] == [2024, 2023]


def test_held_in_memory_or_asked_in_sql_the_answers_are_the_same(monkeypatch):
    at = datetime(2026, 11, 20, tzinfo=UTC)

    def told():
        known = registry(drawn_world(), at=at)
        return (
            known.named("安华机电有限公司"),
            known.cases([1, 2, 3], "filing"),
            known.listings([1], "enforcement"),
            known.statements(5),
            known.scores(1, "qcc"),
        )

    in_memory = told()
    monkeypatch.setattr(rows_by_key, "MOST_HELD", 0)
    assert told() == in_memory
    assert all(in_memory)


def test_a_version_counts_until_the_next_one():
    world = drawn_world()
    change = datetime(2026, 5, 1)  # noqa: DTZ001
    listing(world, "v1", 2, "enforcement", superseded_at=change)
    listing(world, "v1", 2, "enforcement", modified_at=change, ended_on=change.date())
    for days, ended in ((-1, None), (0, change.date()), (1, change.date())):
        at = change.replace(tzinfo=UTC) + timedelta(days=days)
        assert [one.ended_on for one in registry(world, at=at).listings([2], "enforcement")] == [
            ended
        ]
