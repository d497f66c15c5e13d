"""The business date: before local noon a run is about the day that ended."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.clock import business_date, months_before, parse_day
from etl.errors import ZixinError


@pytest.mark.parametrize(
    ("utc", "zone", "day"),
    [
        ("2026-11-20T18:00", "Asia/Shanghai", "2026-11-20"),  # 02:00 on the 21st: the 20th ended
        ("2026-11-21T03:59", "Asia/Shanghai", "2026-11-20"),  # a minute before local noon
        ("2026-11-21T04:00", "Asia/Shanghai", "2026-11-21"),  # noon itself
        ("2026-11-21T02:00", "Europe/London", "2026-11-20"),  # the same moment, elsewhere
        ("2026-11-21T02:00", "America/New_York", "2026-11-20"),  # 21:00 on the 20th, local
        ("2026-01-01T02:00", "Europe/London", "2025-12-31"),
        ("2028-03-01T01:00", "Europe/London", "2028-02-29"),
    ],
)
def test_business_date(utc: str, zone: str, day: str) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert business_date(moment, zone) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", date(2026, 11, 21)),
        ("2026-11-21T02:00:00", date(2026, 11, 21)),  # how Airflow may name a partition
        ("2026-11-21T02:00:00+08:00", date(2026, 11, 21)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_a_day(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "tonight", "21.11.2026", "2026-11-31", "2026-02-29", "20261121", "2026-W47-6", "2026-11-211",
     "2026-11-21 or so", "0001-01-01", "9999-12-31", "２０２６-11-21x"],
)  # fmt: skip
def test_what_is_no_day_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ZixinError, match="YYYY-MM-DD"):
        parse_day(text)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-20", 12, "2025-11-20"),
        ("2028-02-29", 12, "2027-02-28"),  # A0.1: 29 Feb → 28 Feb
        ("2028-02-29", 48, "2024-02-29"),
        ("2026-05-31", 3, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 1, "2026-11-30"),
        ("2026-03-31", 6, "2025-09-30"),
    ],
)
def test_months_before(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


@given(st.dates(date(1910, 1, 1), date(2199, 12, 31)), st.integers(1, 100))
def test_months_before_lands_in_that_month(day: date, months: int) -> None:
    before = months_before(day, months)

    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day <= day.day
    assert before.day == day.day or (before.replace(day=28).day == 28 and before.day >= 28)
