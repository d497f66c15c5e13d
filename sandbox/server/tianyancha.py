"""天眼查 (Tianyancha): a token in a header, `pageNum` and `pageSize`, integer codes (sources.md 5.1).

Documented and kept: `Authorization: <token>` without a prefix; `pageSize` 20 at most, 20 by default;
`{error_code, reason, result: {total, items}}`; 300000 for no data, 300004 too frequent, 300006 no
balance, 300007 no calls left, 300008 a parameter missing, 300009 account information wrong, 300005
no right to this interface. Everything is HTTP 200 (assumed). A call is billed when it finds
something or nothing, page by page, not when it is refused.

What public documents leave open is an option of the sandbox (`options={"tianyancha": {…}}`):
`per_second` calls (20; 300004 beyond), `bought` {interface: calls} (300007 once they are used up),
`balance` calls in all (300006), `closed` interfaces (300005). A keyword is a name, a number of the
company here or there, or a USCC; a word search takes `word` and finds parts of names.
"""

import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import tianyancha_rows as rows
from sandbox.server.drift import drifted
from sandbox.server.outside import Company
from sandbox.server.registry import Registry
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, reply, state_of, without_rows

NAME = "tianyancha"
MOST_PER_PAGE = 20
PER_SECOND = 20

REASONS = {
    0: "ok",
    300000: "无数据",
    300001: "请求失败",
    300002: "账号失效",
    300003: "账号过期",
    300004: "访问频率过快",
    300005: "无权限访问此api",
    300006: "余额不足",
    300007: "剩余次数不足",
    300008: "缺少必要参数",
    300009: "账号信息有误",
    300010: "URL不存在",
}


def _answer(code: int, result: Any = None) -> Response:
    return reply({"result": result, "reason": REASONS[code], "error_code": code})


def _refused(state: State, code: int) -> Response:
    state.refusals[NAME, str(code)] += 1
    return _answer(code)


def _gate(state: State, request: Request, interface: str) -> int:
    """The code of the refusal; 0 lets the call in."""
    token = state.credentials[NAME].password
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), token.encode()):
        return 300009
    if interface in state.option(NAME, "closed", ()):
        return 300005
    if state.wait(NAME, "calls", [(int(state.option(NAME, "per_second", PER_SECOND)), 1.0)]):
        return 300004
    balance = state.option(NAME, "balance", None)
    if balance is not None and _spent(state) >= balance:
        return 300006
    bought = state.option(NAME, "bought", {}).get(interface)
    if bought is not None and _spent(state, interface) >= bought:
        return 300007
    return 0


def _spent(state: State, interface: str = "") -> int:
    """Calls billed so far, of one interface or of all."""
    return sum(
        calls
        for (name, what, _), calls in state.billed.items()
        if name == NAME and interface in ("", what)
    )


def _paging(query: Mapping[str, str]) -> tuple[int, int] | None:
    """(pageNum, pageSize); None when they are not what Tianyancha takes."""
    page, size = query.get("pageNum") or "1", query.get("pageSize") or str(MOST_PER_PAGE)
    if not (page.isascii() and page.isdigit() and size.isascii() and size.isdigit()):
        return None
    found = int(page), int(size)
    return found if found[0] >= 1 and 1 <= found[1] <= MOST_PER_PAGE else None


def _companies(registry: Registry, keyword: str) -> list[Company]:
    """By name, USCC, registry number or the number Tianyancha itself gave."""
    if keyword.isascii() and keyword.isdigit() and len(keyword) == 10:
        own = [number for number in registry.party_numbers() if rows.gid(number) == int(keyword)]
        if own:
            return registry.companies(own, country="CN")
    return registry.named(keyword, country="CN")


Finder = Callable[[Registry, list[Company]], list[rows.Row]]


def _list(path: str, find: Finder, key: str = "keyword") -> Route:
    """An interface that answers with items, a page at a time."""
    interface = path.removeprefix("/services/")

    async def serve(request: Request) -> Response:
        state, query = state_of(request), request.query_params
        if code := _gate(state, request, interface):
            return _refused(state, code)
        keyword, page = query.get(key, "").strip(), _paging(query)
        if not keyword or page is None:
            return _refused(state, 300008 if not keyword else 300001)
        first = page[0] == 1
        state.bill(NAME, interface, keyword if first else f"{keyword} page {page[0]}")
        registry = Registry(state, NAME)
        companies = [] if key == "word" else _companies(registry, keyword)
        items = _words(registry, keyword) if key == "word" else find(registry, companies)
        number, size = page
        shown = items[(number - 1) * size : number * size]
        if not shown:
            return _answer(300000)
        state.rows[NAME, interface] += len(shown)
        return _answer(0, {"total": len(items), "items": drifted(state, NAME, shown)})

    return Route(path, serve, methods=["GET"])


def _words(registry: Registry, word: str) -> list[rows.Row]:
    """Chinese companies with the word in their name."""
    found = registry.search(
        "country = 'CN' AND contains(name, ?)", [word], order="party_no", limit=200
    )
    return [rows.found(company) for company in found]


def _cases(stage: str, render: Callable[[Any], rows.Row]) -> Finder:
    def find(registry: Registry, companies: list[Company]) -> list[rows.Row]:
        asked = [company.party_no for company in companies]
        return [render(case) for case in registry.cases(asked, stage, without=("bankruptcy",))]

    return find


def _listings(kind: str, render: Callable[[Any, Company | None], rows.Row]) -> Finder:
    """What stands on a list now; what was taken off is another interface (`hi/…`)."""

    def find(registry: Registry, companies: list[Company]) -> list[rows.Row]:
        by_number = {company.party_no: company for company in companies}
        today = registry.now.date()
        return [
            render(listing, None if listing.party_no is None else by_number[listing.party_no])
            for listing in registry.listings(by_number, kind)
            if listing.ended_on is None or listing.ended_on > today
        ]

    return find


async def _base_info(request: Request) -> Response:
    """One company; `result` is the record itself."""
    state, interface = state_of(request), "open/ic/baseinfo/normal"
    if code := _gate(state, request, interface):
        return _refused(state, code)
    keyword = request.query_params.get("keyword", "").strip()
    if not keyword:
        return _refused(state, 300008)
    state.bill(NAME, interface, keyword)
    companies = _companies(Registry(state, NAME), keyword)
    return _answer(0, rows.base_info(companies[0])) if companies else _answer(300000)


async def _unknown(request: Request) -> Response:
    return _refused(state_of(request), 300010)


def routes(prefix: str) -> Sequence[BaseRoute]:
    """Everything under /services/open."""
    del prefix
    court = "/services/open/jr"
    return [
        Route("/services/open/ic/baseinfo/normal", _base_info, methods=["GET"]),
        _list("/services/open/search/2.0", _cases("filing", rows.lawsuit), key="word"),
        _list(f"{court}/lawSuit/2.0", _cases("judgment", rows.lawsuit)),
        _list(f"{court}/lawSuit/3.0", _cases("judgment", rows.lawsuit_3)),
        _list(f"{court}/courtRegister/2.0", _cases("filing", rows.court_register)),
        _list(f"{court}/ktannouncement/2.0", _cases("hearing", rows.hearing)),
        _list(f"{court}/zhixinginfo/2.0", _listings("enforcement", rows.enforcement)),
        _list(f"{court}/dishonest/2.0", _listings("dishonest", rows.dishonest)),
        _list(
            f"{court}/consumptionRestriction/2.0",
            _listings("consumption_limit", rows.consumption_limit),
        ),
        Route("/{rest:path}", _unknown),
    ]


class TianyanchaWords(Words):
    """Integer codes in HTTP 200."""

    has_tokens = False

    def too_many(self, path: str) -> Response | None:
        del path
        return _answer(300004)

    def down(self, path: str, number: int) -> Response | None:
        return _answer(300001) if number % 2 else super().down(path, number)

    def quota_used(self, path: str) -> Response | None:
        del path
        return _answer(300007)

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        del body
        if "/baseinfo/" in path:
            return None
        key = f"{path}?{query.get('keyword') or query.get('word')}&{query.get('pageSize')}"
        return key, query.get("pageNum", "1") == "1"

    def shorten(self, page: Page) -> Page | None:
        body = json.loads(page.body)
        result = body.get("result")
        if not (isinstance(result, dict) and result.get("items")):
            return None
        result["items"] = without_rows(result["items"])
        return Page(page.status, page.headers, json.dumps(body, ensure_ascii=False).encode())


SYSTEM = System(NAME, [NAME], routes, TianyanchaWords(), [(PER_SECOND, 1.0)])
