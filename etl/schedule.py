"""Which night a run is about, by the time zone of the policy. Light: Airflow asks whenever it reads a DAG."""

from datetime import date, datetime

from etl.clock import business_date, parse_day, refuse_future
from etl.policy import find_policy, read_policy
from etl.settings import settings
from etl.sources.config import read_book


def time_zone() -> str:
    """The time zone of the policy that the book file names."""
    file = settings().config
    return read_policy(find_policy(read_book(file).policy or "article", file.parent)).time_zone


def as_of_for_run(asked: str | None, started: datetime) -> date:
    """The night a run was asked for, or else the business date of its start."""
    zone = time_zone()
    return refuse_future(parse_day(asked), zone) if asked else business_date(started, zone)
