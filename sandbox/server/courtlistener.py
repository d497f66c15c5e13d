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
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import courtlistener_rows as rows
from sandbox.server.courtlistener_lists import (
    BY_CURSOR,
    DAYS,
    FILTERS,
    PAGE_SIZE,
    by_cursor,
    by_number,
    condition,
    link,
    read_cursor,
    write_cursor,
)
from sandbox.server.drift import drifted
from sandbox.server.limits import Window
from sandbox.server.outside import Case
from sandbox.server.registry import Known, Registry
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, reply, state_of, without_rows

NAME = "courtlistener"
API = "/api/rest/v4"
WINDOWS: Sequence[Window] = ((5, 60.0), (50, 3600.0), (125, 86400.0))
ANONYMOUS: Sequence[Window] = ((100, 86400.0),)
PERIOD = {60: "min", 3600: "hour", 86400: "day"}

SEARCH_TYPES = ("r", "rd", "d", "o", "p", "oa")
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
            test = condition(name, value)
            if test is None:
                state.refusals[NAME, "400"] += 1
                return reply({name: ["Enter a valid value."]}, 400)
            found = [row for row in found if test(row | {"parties": parties[row["id"]]})]
    if query.get("count") == "on":
        return reply({"count": len(found)})
    order = query.get("order_by") or "-id"
    if order.lstrip("-") not in (*BY_CURSOR, *DAYS):
        order = "-id"
    page = by_cursor if order.lstrip("-") in BY_CURSOR else by_number
    answer = page(request, found, order)
    if answer is None:
        return _refused(state, 404, "Invalid page.")
    shown = [
        rows.only(row, query.get("fields", ""), query.get("omit", "")) for row in answer["results"]
    ]
    state.rows[NAME, "dockets"] += len(shown)
    return reply(answer | {"results": drifted(state, NAME, shown)})


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
    cursor = read_cursor(query["cursor"]) if "cursor" in query else (kind, 0)
    if cursor is None or cursor[0] != kind:
        return _refused(state, 404, "Invalid cursor")
    start = cursor[1]
    shown = hits[start : start + PAGE_SIZE]
    more, less = start + PAGE_SIZE, max(0, start - PAGE_SIZE)
    state.rows[NAME, "search"] += len(shown)
    following = link(request, cursor=write_cursor(kind, more)) if more < len(hits) else None
    return reply(
        {
            "count": len(hits),
            **({"document_count": len(hits)} if kind == "r" else {}),
            "next": following,
            "previous": link(request, cursor=write_cursor(kind, less)) if start else None,
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
