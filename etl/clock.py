"""The business date, and the only place that reads a clock."""

import re
from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from time import monotonic
from time import sleep as wait
from zoneinfo import ZoneInfo, available_timezones

from etl.errors import ZixinError

NOON = 12
LEDGER_YEARS = range(1900, 2200)
"""Any other year is a slip of the hand, and would leave the range of a window or an engine."""

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][0-9:.+Z-]*)?")


@cache
def time_zones() -> Set[str]:
    """The IANA time zones that this machine knows. Asked once: it looks through hundreds of files."""
    return frozenset(available_timezones())


def business_date(now: datetime, time_zone: str) -> date:
    """The day a run starting at `now` is about: before local noon, the day that ended (A0.1)."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.date() - timedelta(days=1) if local.hour < NOON else local.date()


def tonight(time_zone: str) -> date:
    """The business date of a run that starts this moment."""
    return business_date(datetime.now(ZoneInfo(time_zone)), time_zone)


def refuse_future(day: date, time_zone: str) -> date:
    """`day` itself, unless it has not begun yet: a night published under a mistyped year would stay
    the newest one for years."""
    today = datetime.now(ZoneInfo(time_zone)).date()
    if day > today:
        raise ZixinError(f"{day} has not begun: the latest night that can be run is {today}")
    return day


def parse_day(text: str) -> date:
    """An ISO day such as 2026-11-21, or the day of an ISO moment; ZixinError otherwise."""
    try:
        if written := _DAY.fullmatch(text):
            day = date.fromisoformat(written[1])
            if day.year in LEDGER_YEARS:
                return day
    except ValueError:
        pass
    raise ZixinError(f"{text!r} is not a day: write it as YYYY-MM-DD")


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day (29 Feb → 28 Feb)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month0 + 1) // 12, (month0 + 1) % 12 + 1, 1)
    return date(year, month0 + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def end_of_day(day: date, time_zone: str) -> datetime:
    """The moment at which `day` is over."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(time_zone))


def seconds() -> float:
    """For measuring how long something takes; says nothing about the time of day."""
    return monotonic()


class Ticker:
    """The time of day, and waiting: for talking to systems, never for what a night computes.

    A test passes one of its own, whose sleep moves a sandbox's clock instead of waiting.
    """

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        wait(seconds)
