"""The business date, and the only place that reads a clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from etl.errors import ZixinError

NOON = 12


def business_date(now: datetime, time_zone: str) -> date:
    """The day a run starting at `now` is about: before local noon, the day that ended (A0.1)."""
    local = now.astimezone(ZoneInfo(time_zone))
    return local.date() - timedelta(days=1) if local.hour < NOON else local.date()


def tonight(time_zone: str) -> date:
    """The business date of a run that starts this moment."""
    return business_date(datetime.now(ZoneInfo(time_zone)), time_zone)


def parse_day(text: str) -> date:
    """An ISO day such as 2026-11-21; ZixinError otherwise."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ZixinError(f"{text!r} is not a day: write it as YYYY-MM-DD") from None


def months_before(day: date, months: int) -> date:
    """The same day of the month `months` earlier, or that month's last day (29 Feb → 28 Feb)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    first_of_next = date(year + (month0 + 1) // 12, (month0 + 1) % 12 + 1, 1)
    return date(year, month0 + 1, min(day.day, (first_of_next - timedelta(days=1)).day))
