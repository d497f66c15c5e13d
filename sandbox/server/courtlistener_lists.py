"""How CourtListener's lists are filtered, ordered and turned page by page: Django's filters, and its
two ways of paging, by a cursor where the order allows it and by number where it does not."""

import math
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request

from sandbox.server.courtlistener_rows import PACIFIC, Row

PAGE_SIZE = 20
DEEPEST = 100

MOMENTS = ("date_created", "date_modified")
DAYS = ("date_filed", "date_terminated", "date_last_filing")
BY_CURSOR = ("id", *MOMENTS)
RANGES = ("", "__gte", "__gt", "__lte", "__lt", "__range")
FILTERS = {
    *(name + suffix for name in ("id", *MOMENTS, *DAYS) for suffix in RANGES),
    *(name + suffix for name in ("docket_number_core", "nature_of_suit", "docket_number")
      for suffix in ("", "__startswith")),
    *("court", "court__id", "source", "pacer_case_id", "parties__name"),
}  # fmt: skip


def condition(name: str, value: str) -> Callable[[Row], bool] | None:
    """The condition a filter puts on a row; None when its value cannot be read."""
    field, _, how = name.partition("__")
    if field == "parties":
        return lambda row: any(party.name == value for party in row["parties"])
    if field == "court":
        return lambda row: row["court_id"] == value
    if how == "startswith":
        return lambda row: str(row[field]).startswith(value)
    if field in ("docket_number", "docket_number_core", "nature_of_suit", "pacer_case_id"):
        return lambda row: row[field] == value
    parts = [_value(field, part) for part in (value.split(",") if how == "range" else [value])]
    if any(part is None for part in parts) or (how == "range" and len(parts) != 2):
        return None

    def test(row: Row) -> bool:
        own = _value(field, str(row[field])) if row[field] is not None else None
        if own is None:
            return False
        if how == "range":
            return bool(parts[0] <= own <= parts[1])
        return {
            "": own == parts[0],
            "gte": own >= parts[0],
            "gt": own > parts[0],
            "lte": own <= parts[0],
            "lt": own < parts[0],
        }[how]

    return test


def _value(field: str, text: str) -> Any:
    """A number, a moment or a day to compare by; None when the text is none."""
    try:
        if field in MOMENTS:
            at = datetime.fromisoformat(text)
            return at if at.tzinfo else at.replace(tzinfo=PACIFIC)
        return date.fromisoformat(text) if field in DAYS else int(text)
    except ValueError:
        return None


def by_cursor(request: Request, found: list[Row], order: str) -> dict[str, Any] | None:
    """Twenty rows after the cursor. It holds the last value seen and how many rows with it."""
    field, is_down = order.lstrip("-"), order.startswith("-")

    def key(row: Row) -> Any:
        return _value(field, str(row[field]))

    found = sorted(found, key=lambda row: (key(row), row["id"]), reverse=is_down)
    start = 0
    if "cursor" in request.query_params:
        cursor = read_cursor(request.query_params["cursor"])
        last = cursor and _value(field, cursor[0])
        if cursor is None or last is None:
            return None
        before = [key(row) > last if is_down else key(row) < last for row in found]
        start = sum(before) + cursor[1]
    shown = found[start : start + PAGE_SIZE]
    following = None
    if start + PAGE_SIZE < len(found):
        last = key(shown[-1])
        seen = sum(1 for row in found[: start + PAGE_SIZE] if key(row) == last)
        following = link(request, cursor=write_cursor(str(shown[-1][field]), seen))
    return {
        "count": link(request, count="on"),
        "next": following,
        "previous": None
        if start == 0
        else link(request, cursor=write_cursor(str(found[0][field]), 0)),
        "results": shown,
    }


def write_cursor(position: str, offset: int) -> str:
    return urlsafe_b64encode(urlencode({"o": offset, "p": position}).encode()).decode()


def read_cursor(text: str) -> tuple[str, int] | None:
    try:
        parts = parse_qs(urlsafe_b64decode(text.encode()).decode())
        return parts["p"][0], int(parts["o"][0])
    except (ValueError, KeyError):
        return None


def link(request: Request, **changes: str) -> str:
    return str(request.url.include_query_params(**changes))


def by_number(request: Request, found: list[Row], order: str) -> dict[str, Any] | None:
    field, is_down = order.lstrip("-"), order.startswith("-")
    found = sorted(found, key=lambda row: (row[field] or "", row["id"]), reverse=is_down)
    text = request.query_params.get("page", "1")
    pages = max(1, math.ceil(len(found) / PAGE_SIZE))
    if not text.isdigit() or not 1 <= int(text) <= min(pages, DEEPEST):
        return None
    page = int(text)
    return {
        "count": len(found),
        "next": link(request, page=str(page + 1)) if page < pages else None,
        "previous": link(request, page=str(page - 1)) if page > 1 else None,
        "results": found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
    }
