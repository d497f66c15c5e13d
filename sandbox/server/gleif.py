"""GLEIF's LEI records: JSON:API, no key, pages of at most 200 (sources.md 6).

Documented and kept: `page[number]` from 1, `page[size]` 10 by default and 200 at most; filters on
full text, legal name, LEI, statuses and jurisdiction; `meta.pagination` and whole `next` links;
`/lei-records/<lei>` and its direct and ultimate children; about sixty calls a minute, then 429.

What public documents leave open is an option of the sandbox (`options={"gleif": {…}}`):
`per_minute` calls (60), `registered_as` whether `filter[entity.registeredAs]` exists (true; an
unknown filter is 400). A name filter finds the words as they stand, in any case.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import gleif_rows as rows
from sandbox.server.drift import drifted
from sandbox.server.outside import Company
from sandbox.server.registry import Registry
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, reply, state_of, without_rows

NAME = "gleif"
API = "/api/v1"
PER_MINUTE = 60
MOST_PER_PAGE = 200
USUAL_PAGE = "10"
MEDIA = "application/vnd.api+json"
TITLES = {400: "Bad Request", 404: "Not Found", 429: "Too Many Requests"}

ALIVE = "status NOT IN ('revoked', 'deregistered', 'liquidation')"
HAS_WORDS = (
    "contains(lower(name), lower(?))",
    "contains(lower(coalesce(name_en, '')), lower(?))",
    "coalesce(uscc, '') = ?",
    "coalesce(registration_number, '') = ?",
)
FILTERS = {
    "fulltext": f"({' OR '.join(HAS_WORDS)})",
    "entity.legalName": "contains(lower(name), lower(?))",
    "entity.jurisdiction": "country = ?",
    "entity.legalAddress.country": "country = ?",
    "entity.registeredAs": "CASE country WHEN 'CN' THEN uscc ELSE registration_number END = ?",
}
"""Filter → the condition over the table `company`; each mark takes the filter's value."""


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    error = {"status": str(status), "title": TITLES[status], "detail": detail}
    return reply({"errors": [error]}, status, headers, media_type=MEDIA)


def _refused(state: State, status: int, detail: str) -> Response:
    state.refusals[NAME, str(status)] += 1
    return _problem(status, detail)


def _gate(state: State) -> Response | None:
    if wait := state.wait(
        NAME, "calls", [(int(state.option(NAME, "per_minute", PER_MINUTE)), 60.0)]
    ):
        state.refusals[NAME, "429"] += 1
        return _problem(429, "Too Many Attempts.", {"Retry-After": str(math.ceil(wait))})
    return None


def _base(request: Request) -> str:
    return str(request.url).split(API, 1)[0] + API


def _number(text: str) -> int:
    """A whole number, or 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


async def _list(request: Request) -> Response:
    """`/lei-records`."""
    state, query = state_of(request), request.query_params
    if refusal := _gate(state):
        return refusal
    number = _number(query.get("page[number]", "1"))
    size = _number(query.get("page[size]", USUAL_PAGE))
    if number < 1 or not 1 <= size <= MOST_PER_PAGE:
        return _refused(state, 400, "page[number] starts at 1, page[size] ends at 200.")
    condition = _condition(state, query)
    if isinstance(condition, str):
        return _refused(state, 400, f"The filter {condition} is not allowed.")
    where, params = condition
    registry = Registry(state, NAME)
    # Whether an LEI lapsed is GLEIF's own knowledge, not the register's: it cannot be asked in SQL.
    status = query.get("filter[registration.status]", "").upper()
    if status:
        every = registry.search(where, params, order="lei", limit=1_000_000)
        kept = [company for company in every if rows.registration_status(company) == status]
        total, shown = len(kept), kept[(number - 1) * size : number * size]
    else:
        total = registry.count(where, params)
        offset = (number - 1) * size
        shown = registry.search(where, params, order="lei", limit=size, offset=offset)
    return _page(request, shown, number, size, total)


def _condition(state: State, query: Mapping[str, str]) -> tuple[str, list[str]] | str:
    """The filters as a condition and its values; a filter that does not exist as its name."""
    parts, params = ["lei IS NOT NULL", "lei <> ''"], []
    for key, value in query.items():
        if not key.startswith("filter["):
            continue
        name = key.removeprefix("filter[").removesuffix("]")
        if name == "lei":
            leis = [lei.strip().upper() for lei in value.split(",")]
            parts.append(f"lei IN ({', '.join('?' * len(leis))})")
            params += leis
        elif name == "entity.status":
            parts.append(ALIVE if value.upper() == "ACTIVE" else f"NOT ({ALIVE})")
        elif name == "registration.status":
            continue
        elif name in FILTERS and (
            name != "entity.registeredAs" or state.option(NAME, "registered_as", True)
        ):
            parts.append(FILTERS[name])
            params += [value] * FILTERS[name].count("?")
        else:
            return name
    return " AND ".join(parts), params


def _page(request: Request, shown: list[Company], number: int, size: int, total: int) -> Response:
    state, base = state_of(request), _base(request)
    last = max(1, math.ceil(total / size))
    first = (number - 1) * size + 1

    def link(page: int) -> str:
        query = dict(request.query_params) | {"page[number]": str(page), "page[size]": str(size)}
        return f"{base}/{request.url.path.split(API + '/', 1)[1]}?{urlencode(query)}"

    links = {"first": link(1), "last": link(last)}
    if number > 1:
        links["prev"] = link(number - 1)
    if number < last:
        links["next"] = link(number + 1)
    state.rows[NAME, "lei-records"] += len(shown)
    return reply(
        {
            "meta": {
                "goldenCopy": {"publishDate": _golden_copy(state)},
                "pagination": {
                    "currentPage": number,
                    "perPage": size,
                    "from": first if shown else None,
                    "to": first + len(shown) - 1 if shown else None,
                    "total": total,
                    "lastPage": last,
                },
            },
            "links": links,
            "data": drifted(state, NAME, [rows.record(company, base) for company in shown]),
        },
        media_type=MEDIA,
    )


def _golden_copy(state: State) -> str:
    """Three times a day: 00:00, 08:00 and 16:00."""
    now = state.now()
    return f"{now.date().isoformat()}T{now.hour // 8 * 8:02d}:00:00Z"


def _one(state: State, lei: str) -> Company | None:
    found = Registry(state, NAME).numbered("lei", lei)
    return found[0] if found else None


async def _record(request: Request) -> Response:
    """`/lei-records/<lei>`: `data` is the record itself."""
    state = state_of(request)
    if refusal := _gate(state):
        return refusal
    company = _one(state, request.path_params["lei"])
    if company is None:
        return _refused(state, 404, "No LEI record with this id.")
    state.rows[NAME, "lei-record"] += 1
    data = drifted(state, NAME, [rows.record(company, _base(request))])[0]
    meta = {"goldenCopy": {"publishDate": _golden_copy(state)}}
    return reply({"meta": meta, "data": data}, media_type=MEDIA)


async def _children(request: Request) -> Response:
    """Direct or ultimate children that have an LEI themselves."""
    state = state_of(request)
    if refusal := _gate(state):
        return refusal
    company = _one(state, request.path_params["lei"])
    if company is None:
        return _refused(state, 404, "No LEI record with this id.")
    registry, found = Registry(state, NAME), {company.party_no}
    level, children = [company.party_no], []
    while level:
        marks = ", ".join("?" * len(level))
        below = registry.search(f"parent_no IN ({marks})", level, order="party_no", limit=10_000)
        below = [child for child in below if child.party_no not in found]
        children += [child for child in below if child.lei]
        found |= {child.party_no for child in below}
        is_ultimate = request.url.path.endswith("ultimate-children")
        level = [child.party_no for child in below] if is_ultimate else []
    number = max(1, _number(request.query_params.get("page[number]", "1")))
    size = _number(request.query_params.get("page[size]", USUAL_PAGE))
    if not 1 <= size <= MOST_PER_PAGE:
        return _refused(state, 400, "page[size] ends at 200.")
    shown = sorted(children, key=lambda child: child.lei or "")
    return _page(request, shown[(number - 1) * size : number * size], number, size, len(shown))


async def _unknown(request: Request) -> Response:
    return _refused(state_of(request), 404, "There is nothing here.")


def routes(prefix: str) -> Sequence[BaseRoute]:
    """Everything under /api/v1."""
    del prefix
    return [
        Route(f"{API}/lei-records", _list, methods=["GET"]),
        Route(f"{API}/lei-records/{{lei}}", _record, methods=["GET"]),
        Route(f"{API}/lei-records/{{lei}}/direct-children", _children, methods=["GET"]),
        Route(f"{API}/lei-records/{{lei}}/ultimate-children", _children, methods=["GET"]),
        Route("/{rest:path}", _unknown),
    ]


class GleifWords(Words):
    """JSON:API errors."""

    has_tokens = False

    def too_many(self, path: str) -> Response | None:
        del path
        return _problem(429, "Too Many Attempts.", {"Retry-After": "5"})

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        del body
        if path != f"{API}/lei-records":
            return None
        asked = "&".join(f"{k}={query[k]}" for k in sorted(query) if k != "page[number]")
        return f"{path}?{asked}", query.get("page[number]", "1") == "1"

    def shorten(self, page: Page) -> Page | None:
        body = json.loads(page.body)
        if not body.get("data"):
            return None
        body["data"] = without_rows(body["data"])
        return Page(page.status, page.headers, json.dumps(body, ensure_ascii=False).encode())


SYSTEM = System(NAME, [NAME], routes, GleifWords(), [(PER_MINUTE, 60.0)])
