"""CourtListener REST v4: dockets by cursor, a search by party, three throttles at once
(sources.md 5.3).

Documented and kept: `Authorization: Token <t>`, nothing else; without it 100 calls a day; with it
5 a minute, 50 an hour and 125 a day, refused with 429, Retry-After and the rate that was exceeded.
A list has 20 rows a page, by cursor when ordered by id, date_created or date_modified (default
-id), by page number otherwise, no deeper than 100; `count=on` answers with the count alone; unknown
filters are 400 with their names; a search type it does not know is 404. `next` is a whole address.

A user's own rates: `limits` in the extra of the credentials ("60/60,500/3600"), or the option
`limits` (`options={"courtlistener": {…}}`). Dockets are those of American courts in the world.
"""

import hmac
import json
import math
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import courtlistener_rows as rows
from sandbox.server.drift import drifted
from sandbox.server.limits import Window
from sandbox.server.outside import Case
from sandbox.server.registry import Known, Registry
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, reply, state_of, without_rows

NAME = "courtlistener"
API = "/api/rest/v4"
PAGE_SIZE = 20
DEEPEST = 100
WINDOWS: Sequence[Window] = ((5, 60.0), (50, 3600.0), (125, 86400.0))
ANONYMOUS: Sequence[Window] = ((100, 86400.0),)
PERIOD = {60: "min", 3600: "hour", 86400: "day"}

SEARCH_TYPES = ("r", "rd", "d", "o", "p", "oa")
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
CONTROLS = {"order_by", "cursor", "page", "count", "fields", "omit", "format"}


def _detail(
    status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    return reply({"detail": detail, **more}, status, headers)


def _refused(state: State, status: int, detail: str, **more: Any) -> Response:
    state.refusals[NAME, str(status)] += 1
    return _detail(status, detail, **more)


def rates(state: State) -> Sequence[Window]:
    """The user's own windows, or the usual ones."""
    own = state.option(NAME, "limits", state.credentials[NAME].extra.get("limits"))
    if not own:
        return WINDOWS
    pairs = (part.split("/") for part in str(own).split(","))
    return [(int(calls), float(seconds)) for calls, seconds in pairs]


def _throttled(wait: float, windows: Sequence[Window]) -> Response:
    """The rate that was exceeded is the shortest one that can make anybody wait so long."""
    fitting = [window for window in windows if window[1] >= wait] or list(windows)
    calls, seconds = min(fitting, key=lambda window: window[1])
    period, after = PERIOD.get(int(seconds), f"{int(seconds)}s"), max(1, math.ceil(wait))
    return _detail(
        429,
        f"Request was throttled. Rate limit exceeded: {calls}/{period}. "
        f"Expected available in {after} second{'s' if after != 1 else ''}.",
        {"Retry-After": str(after)},
    )


def _gate(state: State, request: Request) -> Response | None:
    header = request.headers.get("Authorization")
    windows, who = (ANONYMOUS, "anonymous") if header is None else (rates(state), "user")
    if header is not None:
        right = f"Token {state.credentials[NAME].password}"
        if not hmac.compare_digest(header.encode(), right.encode()):
            response = _refused(state, 401, "Invalid token.")
            response.headers["WWW-Authenticate"] = "Token"
            return response
    if wait := state.wait(NAME, who, windows):
        state.refusals[NAME, "429"] += 1
        return _throttled(wait, windows)
    return None


# --- dockets ---------------------------------------------------------------------------------------


def _dockets(state: State) -> list[Known]:
    """Every docket it has by now; kept for the virtual minute, not made for every page."""
    minute = state.now().replace(second=0, microsecond=0)
    held = state.memory[NAME]
    if held.get("minute") != minute or held.get("world") is not state.world:
        held["known"] = Registry(state, NAME).known_cases("country = 'US'")
        held["minute"], held["world"] = minute, state.world
    known: list[Known] = held["known"]
    return known


def _base(request: Request) -> str:
    return str(request.url).split(API, 1)[0] + API


async def _list(request: Request) -> Response:
    """`/dockets/`."""
    state, query = state_of(request), request.query_params
    if refusal := _gate(state, request):
        return refusal
    if unknown := sorted(set(query) - FILTERS - CONTROLS):
        detail = "Unknown filter parameters are not allowed."
        return _refused(state, 400, detail, unknown_params=unknown)
    base = _base(request)
    parties = {rows.docket_id(known.case): known.case.parties for known in _dockets(state)}
    found = [rows.docket(known.case, known.since, known.changed, base) for known in _dockets(state)]
    for name, value in query.items():
        if name in FILTERS:
            test = _test(name, value)
            if test is None:
                state.refusals[NAME, "400"] += 1
                return reply({name: ["Enter a valid value."]}, 400)
            found = [row for row in found if test(row | {"parties": parties[row["id"]]})]
    if query.get("count") == "on":
        return reply({"count": len(found)})
    order = query.get("order_by") or "-id"
    if order.lstrip("-") not in (*BY_CURSOR, *DAYS):
        order = "-id"
    page = _by_cursor if order.lstrip("-") in BY_CURSOR else _by_number
    answer = page(request, found, order)
    if answer is None:
        return _refused(state, 404, "Invalid page.")
    shown = [
        rows.only(row, query.get("fields", ""), query.get("omit", "")) for row in answer["results"]
    ]
    state.rows[NAME, "dockets"] += len(shown)
    return reply(answer | {"results": drifted(state, NAME, shown)})


def _test(name: str, value: str) -> Callable[[rows.Row], bool] | None:
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

    def test(row: rows.Row) -> bool:
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
            return at if at.tzinfo else at.replace(tzinfo=rows.PACIFIC)
        return date.fromisoformat(text) if field in DAYS else int(text)
    except ValueError:
        return None


def _by_cursor(request: Request, found: list[rows.Row], order: str) -> dict[str, Any] | None:
    """Twenty rows after the cursor. It holds the last value seen and how many rows with it."""
    field, is_down = order.lstrip("-"), order.startswith("-")

    def key(row: rows.Row) -> Any:
        return _value(field, str(row[field]))

    found = sorted(found, key=lambda row: (key(row), row["id"]), reverse=is_down)
    start = 0
    if "cursor" in request.query_params:
        cursor = _read_cursor(request.query_params["cursor"])
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
        following = _link(request, cursor=_cursor(str(shown[-1][field]), seen))
    return {
        "count": _link(request, count="on"),
        "next": following,
        "previous": None if start == 0 else _link(request, cursor=_cursor(str(found[0][field]), 0)),
        "results": shown,
    }


def _cursor(position: str, offset: int) -> str:
    return urlsafe_b64encode(urlencode({"o": offset, "p": position}).encode()).decode()


def _read_cursor(text: str) -> tuple[str, int] | None:
    try:
        parts = parse_qs(urlsafe_b64decode(text.encode()).decode())
        return parts["p"][0], int(parts["o"][0])
    except (ValueError, KeyError):
        return None


def _link(request: Request, **changes: str) -> str:
    return str(request.url.include_query_params(**changes))


def _by_number(request: Request, found: list[rows.Row], order: str) -> dict[str, Any] | None:
    field, is_down = order.lstrip("-"), order.startswith("-")
    found = sorted(found, key=lambda row: (row[field] or "", row["id"]), reverse=is_down)
    text = request.query_params.get("page", "1")
    pages = max(1, math.ceil(len(found) / PAGE_SIZE))
    if not text.isdigit() or not 1 <= int(text) <= min(pages, DEEPEST):
        return None
    page = int(text)
    return {
        "count": len(found),
        "next": _link(request, page=str(page + 1)) if page < pages else None,
        "previous": _link(request, page=str(page - 1)) if page > 1 else None,
        "results": found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
    }


async def _one(request: Request) -> Response:
    """`/dockets/<id>/`."""
    state = state_of(request)
    if refusal := _gate(state, request):
        return refusal
    for known in _dockets(state):
        if str(rows.docket_id(known.case)) == request.path_params["docket_id"]:
            row = rows.docket(known.case, known.since, known.changed, _base(request))
            return reply(drifted(state, NAME, [row])[0])
    return _refused(state, 404, "Not found.")


# --- search ----------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    return re.findall(r"[\w&']+", text.casefold())


def _score(case: Case, query: str, party: str) -> float:
    """How well a docket fits; 0 when it does not. Phrases in quotes must stand as they are; other
    words must all be there. `party:` looks at the parties' names alone, else the caption counts."""
    names = [" ".join(_words(one.name)) for one in case.parties]
    everywhere = [*names, " ".join(_words(rows.caption(case)))]
    quoted = re.findall(r'(\w+:)?"([^"]*)"', query)
    phrases = [" ".join(_words(phrase)) for _, phrase in quoted]
    places = [names if field == "party:" else everywhere for field, _ in quoted]
    loose = _words(re.sub(r'(?:\w+:)?"[^"]*"|\b\w+:', " ", query))
    for phrase, texts in zip(phrases, places, strict=True):
        if not any(f" {phrase} " in f" {text} " for text in texts):
            return 0.0
    bag = set(" ".join(everywhere).split())
    if not all(word in bag for word in loose):
        return 0.0
    wanted = _words(party)
    if wanted and not any(set(wanted) <= set(name.split()) for name in names):
        return 0.0
    asked = len(loose) + len(wanted) + sum(len(phrase.split()) for phrase in phrases)
    return 10.0 * asked / max(1, len(bag)) + 0.001


async def _search(request: Request) -> Response:
    """`/search/`: dockets for types r and d; the world has no opinions, people or recordings."""
    state, query = state_of(request), request.query_params
    if refusal := _gate(state, request):
        return refusal
    kind = query.get("type", "o")
    if kind not in SEARCH_TYPES:
        return _refused(state, 404, "Search type not found or not supported.")
    hits = _hits(state, query) if kind in ("r", "d") else []
    cursor = _read_cursor(query["cursor"]) if "cursor" in query else (kind, 0)
    if cursor is None or cursor[0] != kind:
        return _refused(state, 404, "Invalid cursor")
    start = cursor[1]
    shown = hits[start : start + PAGE_SIZE]
    more, less = start + PAGE_SIZE, max(0, start - PAGE_SIZE)
    state.rows[NAME, "search"] += len(shown)
    following = _link(request, cursor=_cursor(kind, more)) if more < len(hits) else None
    return reply(
        {
            "count": len(hits),
            **({"document_count": len(hits)} if kind == "r" else {}),
            "next": following,
            "previous": _link(request, cursor=_cursor(kind, less)) if start else None,
            "results": drifted(state, NAME, shown),
        }
    )


def _hits(state: State, query: Mapping[str, str]) -> list[rows.Row]:
    after, before = query.get("filed_after", ""), query.get("filed_before", "")
    courts = set(query.get("court", "").split())
    found = []
    for known in _dockets(state):
        case = known.case
        score = _score(case, query.get("q", ""), query.get("party_name", ""))
        filed = str(case.filed_on)
        is_wanted = (not after or filed >= after) and (not before or filed <= before)
        if query.get("docket_number", case.case_no) != case.case_no:
            is_wanted = False
        if score and is_wanted and (not courts or case.court_id in courts):
            found.append((score, rows.hit(case, known.since, known.changed, score)))
    if query.get("order_by", "").startswith("dateFiled"):
        is_down = query["order_by"].endswith("desc")
        found.sort(key=lambda pair: (pair[1]["dateFiled"], pair[1]["docket_id"]), reverse=is_down)
    else:
        found.sort(key=lambda pair: (-pair[0], pair[1]["docket_id"]))
    return [row for _, row in found]


async def _unknown(request: Request) -> Response:
    return _refused(state_of(request), 404, "Not found.")


def routes(prefix: str) -> Sequence[BaseRoute]:
    """Everything under /api/rest/v4, with the slash at the end that Django wants."""
    del prefix
    return [
        Route(f"{API}/dockets/", _list, methods=["GET"]),
        Route(f"{API}/dockets/{{docket_id}}/", _one, methods=["GET"]),
        Route(f"{API}/search/", _search, methods=["GET"]),
        Route("/{rest:path}", _unknown),
    ]


class CourtListenerWords(Words):
    """Django's own words."""

    has_tokens = False

    def too_many(self, path: str) -> Response | None:
        del path
        return _throttled(7.0, WINDOWS)

    def quota_used(self, path: str) -> Response | None:
        del path
        return _throttled(6 * 3600.0, WINDOWS)

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        del body
        if path not in (f"{API}/dockets/", f"{API}/search/") or query.get("count") == "on":
            return None
        asked = "&".join(f"{k}={query[k]}" for k in sorted(query) if k not in ("cursor", "page"))
        return f"{path}?{asked}", "cursor" not in query and query.get("page", "1") == "1"

    def shorten(self, page: Page) -> Page | None:
        """Only a page that says how many there are in all can be found out."""
        body = json.loads(page.body)
        if not body.get("results") or not isinstance(body.get("count"), int):
            return None
        body["results"] = without_rows(body["results"])
        return Page(page.status, page.headers, json.dumps(body, ensure_ascii=False).encode())


SYSTEM = System(NAME, [NAME], routes, CourtListenerWords(), WINDOWS)
