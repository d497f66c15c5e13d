"""企查查 (QCC) OpenAPI: one signature, one envelope, some twenty products (sources.md 4.2, 5.2).

Documented and kept: `Token` = upper-hex MD5(key + Timespan + SecretKey) with Timespan in seconds;
always HTTP 200 with a string `Status`; 201 for nothing found; `pageSize` 10, at most 20; check
products with `VerifyResult`; every leaf a string. Each answered call is billed, empty ones and each page too.

What public documents leave open is an option of the sandbox (`options={"qcc": {…}}`):
`skew` seconds that Timespan may be off (300), refused with `stale_status` ("115", authentication
wrong or expired; a wrong Token is 107, a wrong key 101); `per_second` calls (20; 120 beyond);
`daily_per_product` (20,000; 109 beyond), `daily` (200,000; 116 beyond), `bought` {product: calls}
(112 once they are used up), `closed` products (214, not bought). A company that is known and has no
hits answers 200 with VerifyResult 0, one that is unknown 201.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import qcc_rows as rows
from sandbox.server.drift import drifted
from sandbox.server.outside import Company
from sandbox.server.registry import Registry
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, reply, state_of, without_rows

NAME = "qcc"
PER_SECOND = 20

MESSAGES = {
    "101": "当前的KEY无效或者还未生效中",
    "102": "当前KEY已欠费",
    "107": "被禁止的IP或者签名错误",
    "109": "请求超过系统限制",
    "112": "您的账号剩余使用量已用完或已过期",
    "113": "当前接口已被删除",
    "115": "身份验证错误或者已过期",
    "116": "当日请求总次数超限",
    "120": "请求流量异常，请稍后再试",
    "122": "账户请求并发超限",
    "124": "系统维护中",
    "199": "系统未知错误",
    "200": "查询成功",
    "201": "查询无结果",
    "202": "查询参数错误，请检查",
    "203": "系统查询异常",
    "207": "请求数据的条目数超过上限（5000）",
    "213": "参数长度不能小于2",
    "214": "您还未购买过该接口",
}

MOST = 5000
"""QCC answers no more than so many items of one question (207)."""

Finder = Callable[[Registry, list[Company], Mapping[str, str]], list[rows.Row]]


def _answer(status: str, result: Any = None, **more: Any) -> Response:
    """QCC's envelope. OrderNumber follows from the answer: nothing here depends on chance."""
    body: dict[str, Any] = {"Status": status, "Message": MESSAGES.get(status, "")}
    stamp = json.dumps([status, result], ensure_ascii=False, default=str)
    body["OrderNumber"] = "ECI" + hashlib.sha256(stamp.encode()).hexdigest()[:20].upper()
    return reply(body | more | {"Result": result})


def signature(key: str, timespan: str, secret: str) -> str:
    """What the Token header must say."""
    return hashlib.md5(f"{key}{timespan}{secret}".encode()).hexdigest().upper()  # noqa: S324


def _refused(state: State, status: str) -> Response:
    state.refusals[NAME, status] += 1
    return _answer(status)


def _gate(state: State, request: Request, product: str) -> Response | None:
    """The refusal of a call that may not ask; None lets it in."""
    status = _who(state, request) or _how_often(state, product)
    return _refused(state, status) if status else None


def _who(state: State, request: Request) -> str:
    login = state.credentials[NAME]
    if not hmac.compare_digest(request.query_params.get("key", ""), login.login):
        return "101"
    timespan, token = request.headers.get("Timespan", ""), request.headers.get("Token", "")
    right = signature(login.login, timespan, login.password)
    if not hmac.compare_digest(token.encode(), right.encode()):
        return "107"
    skew = float(state.option(NAME, "skew", 300))
    is_number = timespan.isascii() and timespan.isdigit()
    if not is_number or abs(int(timespan) - state.server_time(NAME).timestamp()) > skew:
        return str(state.option(NAME, "stale_status", "115"))
    return ""


def _how_often(state: State, product: str) -> str:
    if product in state.option(NAME, "closed", ()):
        return "214"
    if state.wait(NAME, "calls", [(int(state.option(NAME, "per_second", PER_SECOND)), 1.0)]):
        return "120"
    bought = state.option(NAME, "bought", {}).get(product)
    if bought is not None and _spent(state, product) >= bought:
        return "112"
    if not state.spend(NAME, product, int(state.option(NAME, "daily_per_product", 20_000))):
        return "109"
    if not state.spend(NAME, "all", int(state.option(NAME, "daily", 200_000))):
        return "116"
    return ""


def _spent(state: State, product: str) -> int:
    return sum(n for (name, what, _), n in state.billed.items() if (name, what) == (NAME, product))


def _paging(query: Mapping[str, str]) -> tuple[int, int] | None:
    """(pageIndex, pageSize); None when they are not what QCC takes."""
    index, size = query.get("pageIndex") or "1", query.get("pageSize") or "10"
    if not (index.isascii() and index.isdigit() and size.isascii() and size.isdigit()):
        return None
    page = int(index), int(size)
    return page if page[0] >= 1 and 1 <= page[1] <= 20 else None


def _check(product: str, find: Finder, is_paged: bool = True) -> Callable[..., Any]:
    """A check product: `searchKey`, VerifyResult and Data."""

    async def serve(request: Request) -> Response:
        state, query = state_of(request), request.query_params
        if refusal := _gate(state, request, product):
            return refusal
        key, page = query.get("searchKey", "").strip(), _paging(query)
        if len(key) < 2:
            return _refused(state, "213" if key else "202")
        if page is None:
            return _refused(state, "202")
        state.bill(NAME, product, key if page[0] == 1 else f"{key} page {page[0]}")
        registry = Registry(state, "qcc")
        companies = registry.named(key, country="CN")
        if not companies:
            return _answer("201")
        found = find(registry, companies, query)
        if len(found) > MOST:
            return _refused(state, "207")
        if not is_paged:
            data = drifted(state, NAME, found)
            return _answer("200", {"VerifyResult": int(bool(data)), "Data": data})
        index, size = page
        data = drifted(state, NAME, found[(index - 1) * size : index * size])
        paging = {"PageSize": size, "PageIndex": index, "TotalRecords": len(found)}
        state.rows[NAME, product] += len(data)
        return _answer("200", {"VerifyResult": int(bool(found)), "Data": data}, Paging=paging)

    return serve


def _single(product: str, find: Callable[[Registry, Company], Any], key: str = "searchKey") -> Any:
    """A product that answers about one company."""

    async def serve(request: Request) -> Response:
        state = state_of(request)
        if refusal := _gate(state, request, product):
            return refusal
        asked = request.query_params.get(key, "").strip()
        if len(asked) < 2:
            return _refused(state, "213" if asked else "202")
        state.bill(NAME, product, asked)
        registry = Registry(state, "qcc")
        companies = registry.named(asked, country="CN")
        result = find(registry, companies[0]) if companies else None
        return _answer("200", result) if result else _answer("201")

    return serve


def _asked(companies: list[Company]) -> frozenset[int]:
    return frozenset(company.party_no for company in companies)


def _listed(kind: str, render: Callable[[Any], rows.Row]) -> Finder:
    def find(
        registry: Registry, companies: list[Company], query: Mapping[str, str]
    ) -> list[rows.Row]:
        del query
        return [render(listing) for listing in registry.listings(_asked(companies), kind)]

    return find


def _tried(stage: str, render: Callable[[Any, frozenset[int]], rows.Row]) -> Finder:
    """Cases at a stage; `caseIdentity` 1 keeps those against the company, 2 those by it."""

    def find(
        registry: Registry, companies: list[Company], query: Mapping[str, str]
    ) -> list[rows.Row]:
        asked = _asked(companies)
        wanted = {"1": rows.DEFENDING, "2": rows.ACCUSING}.get(query.get("caseIdentity", ""))
        found = []
        for case in registry.cases(asked, stage, without=("bankruptcy",)):
            mine = [party.role for party in case.parties if party.party_no in asked]
            row = render(case, asked)
            is_mine = wanted is None or any(role in wanted for role in mine)
            if is_mine and _is_wanted(row, case.closed_on is not None, query):
                found.append(row)
        return found

    return find


def _bankrupt(
    registry: Registry, companies: list[Company], query: Mapping[str, str]
) -> list[rows.Row]:
    """Bankruptcy cases; of a company without one its entry on the list."""
    del query
    asked = _asked(companies)
    cases = registry.cases(asked, "filing", only=("bankruptcy",))
    if cases:
        return [rows.bankruptcy_case(case) for case in cases]
    return [rows.bankruptcy(listing) for listing in registry.listings(asked, "bankruptcy")]


def _is_wanted(row: rows.Row, is_closed: bool, query: Mapping[str, str]) -> bool:
    """The filters of JudgmentDocCheck: pubYear, caseStatus (1 open, 2 closed), keyWord."""
    if query.get("pubYear") and not str(row.get("PublishDate", "")).startswith(query["pubYear"]):
        return False
    if query.get("caseStatus") in ("1", "2") and is_closed != (query["caseStatus"] == "2"):
        return False
    return query.get("keyWord", "") in json.dumps(row, ensure_ascii=False)


def _score(registry: Registry, company: Company) -> Any:
    score = next(iter(registry.scores(company.party_no, "qcc")), None)
    return score and {"VerifyResult": 1, "Data": rows.credit_score(score)}


def _tax_credit(registry: Registry, company: Company) -> Any:
    return rows.tax_credit(company, registry.tax_grades(company.party_no))


def _enterprise(registry: Registry, company: Company) -> Any:
    del registry
    return {"VerifyResult": 1, "Data": [rows.enterprise(company)]}


PRODUCTS: Mapping[str, Any] = {
    "/ShixinCheck/GetList": _check("740", _listed("dishonest", rows.dishonest)),
    "/ZhixingCheck/GetList": _check("741", _listed("enforcement", rows.enforcement)),
    "/SumptuaryCheck/GetList": _check("742", _listed("consumption_limit", rows.consumption_limit)),
    "/JudgmentDocCheck/GetList": _check("887", _tried("judgment", rows.judgment)),
    "/CaseFilingCheck/GetList": _check("889", _tried("filing", rows.filing)),
    "/EndExecuteCaseCheck/GetList": _check("758", _listed("enforcement_ended", rows.end_execution)),
    "/BankruptcyCheck/GetList": _check("761", _bankrupt),
    "/ExceptionCheck/GetList": _check(
        "739", _listed("abnormal_operation", rows.abnormal), is_paged=False
    ),
    "/SeriousIllegalCheck/GetList": _check(
        "748", _listed("serious_illegal", rows.serious_illegal), is_paged=False
    ),
    "/TaxOweNoticeCheck/GetList": _check("757", _listed("tax_arrears", rows.tax_owed)),
    "/CreditScore/GetInfo": _single("1116", _score),
    "/TaxCredit/GetList": _single("691", _tax_credit),
    "/ECIV4/GetBasicDetailsByName": _single(
        "410", lambda _, company: rows.basic_details(company), key="keyword"
    ),
    "/EnterpriseInfo/Verify": _single("2001", _enterprise),
}


async def _unknown(request: Request) -> Response:
    return _refused(state_of(request), "113")


def routes(prefix: str) -> Sequence[BaseRoute]:
    """GET alone; an unknown path is an API that was deleted (assumed)."""
    del prefix
    return [
        *(Route(path, serve, methods=["GET"]) for path, serve in PRODUCTS.items()),
        Route("/{rest:path}", _unknown),
    ]


class QccWords(Words):
    """Everything inside HTTP 200, but for a gateway that is down."""

    has_tokens = False

    def too_many(self, path: str) -> Response | None:
        del path
        return _answer("122")

    def down(self, path: str, number: int) -> Response | None:
        return _answer("203") if number % 2 else super().down(path, number)

    def wrong_signature(self, path: str) -> Response | None:
        del path
        return _answer("107")

    def quota_used(self, path: str) -> Response | None:
        del path
        return _answer("112")

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        del body
        if "GetList" not in path:
            return None
        key = f"{path}?{query.get('searchKey')}&{query.get('caseIdentity')}&{query.get('pageSize')}"
        return key, query.get("pageIndex", "1") == "1"

    def shorten(self, page: Page) -> Page | None:
        body = json.loads(page.body)
        result = body.get("Result")
        if not (body.get("Paging") and isinstance(result, dict) and result.get("Data")):
            return None
        result["Data"] = without_rows(result["Data"])
        return Page(page.status, page.headers, json.dumps(body, ensure_ascii=False).encode())


SYSTEM = System(NAME, [NAME], routes, QccWords(), [(PER_SECOND, 1.0)])
