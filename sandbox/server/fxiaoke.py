"""Stand-in of 纷享销客 Fxiaoke's OpenAPI under /fxiaoke: tokens, description, query, limits, errors.

As public documents say: POST and JSON, errors with HTTP 200 and an errorCode; a token for 7200 s, the
same one in its first 6600 s; 10 logins a minute; 100 calls in 20 s for each interface; a page of 100
at most, an offset that is a multiple of it and not above 10,000. Void rows stay, with `is_deleted`.
The tenant's objects and own fields are in `fxiaoke_objects.py`.

Where documents are silent or at odds, an option of the sandbox (`options={"fxiaoke": {...}}`):
`total_by_default` (True): a query without find_explicit_total_num states the total.
`daily_calls` (100,000): calls a day before 30002.
`custom_limit` (100): page size at custom objects; some clients send 500.
`wrong_secret` (20006): the code for a wrong secret; a real server was seen to answer 10006.
User 1000 (FSUID_SANDBOXADMIN) sees everything; any other user must own accounts of the world and sees
those accounts and what belongs to them.
"""

# ruff: noqa: ARG001, ARG002 - a handler takes what every handler takes

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import fxiaoke_rows as rows
from sandbox.server.fxiaoke_login import (
    CALLS,
    CORP,
    NAME,
    legacy_token,
    let_in,
    oauth_token,
    user_by_mobile,
)
from sandbox.server.fxiaoke_objects import OBJECTS
from sandbox.server.fxiaoke_rows import Refused
from sandbox.server.objects import Thing
from sandbox.server.records import Query, count, select
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, json_body, reply, state_of, without_rows

MOST_OFFSET = 10_000
DRIFT = {"PaymentObj": ("payment_time", "payment_date")}
"""Under `schema_drift` this field is called otherwise, every object has one more, and a payment's
amount is a number instead of a string."""


def said(code: int, message: str, trace: str = "E-O.sandbox", **more: Any) -> Response:
    """An answer; `more` beside the error fields."""
    description = "success" if code == 0 else message
    return reply(
        {
            "traceId": trace,
            "errorDescription": description,
            "errorMessage": "OK" if code == 0 else message,
            "errorCode": code,
            **more,
        }
    )


Handler = Callable[[State, dict[str, Any]], dict[str, Any]]


def _route(path: str, handler: Handler, *, needs_token: bool = True) -> Route:
    async def serve(request: Request) -> Response:
        state = state_of(request)
        body = await json_body(request)
        try:
            if request.method != "POST" or not isinstance(body, dict):
                raise Refused(10006, "parameter is missing or illegal")
            if needs_token:
                let_in(state, request, body)
            more = handler(state, body)
        except Refused as error:
            state.refusals[NAME, str(error.code)] += 1
            return said(error.code, str(error), _trace(state))
        return said(0, "OK", _trace(state), **more)

    return Route(path, serve, methods=["GET", "POST", "PUT", "DELETE"])


def _trace(state: State) -> str:
    return f"E-O.{CORP[-4:]}.{rows.ADMIN}-{state.new_id(12, '0123456789abcdef')}"


# Objects


def _things(state: State) -> dict[str, Thing]:
    """The tenant's objects; some fields are called otherwise when the schema has drifted."""
    if not state.faults.is_on("schema_drift", NAME):
        return OBJECTS
    drifted = {}
    for api, thing in OBJECTS.items():
        old, new = DRIFT.get(api, ("", ""))
        fields = tuple(replace(one, api=new) if one.api == old else one for one in thing.fields)
        drifted[api] = replace(thing, fields=fields)
    return drifted


def object_list(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/crm/v2/object/list."""
    objects = [
        {
            "describeApiName": thing.api,
            "describeDisplayName": thing.label,
            "defineType": "custom" if thing.is_own else "package",
            "isActive": True,
        }
        for thing in _things(state).values()
    ]
    return {"data": {"objects": objects}}


def object_describe(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/crm/v2/object/describe; apiName at the top (old form) or in data (new form)."""
    name = (body.get("data") or {}).get("apiName") or body.get("apiName")
    thing = _things(state).get(str(name))
    if thing is None:
        raise Refused(32000, f"object {name} does not exist")
    targets = {one.table: one.api for one in reversed(OBJECTS.values())}
    told = rows.description(thing, targets)
    if state.faults.is_on("schema_drift", NAME):
        state.faults.hits[NAME, "schema_drift"] += 1
        told["fields"]["field_New01__c"] = {
            **told["fields"]["name"],
            "api_name": "field_New01__c",
            "label": "数据来源",
            "define_type": "custom",
        }
    return {"data": {"describe": told}}


def _thing(state: State, body: dict[str, Any], *, is_custom: bool) -> tuple[Thing, dict[str, Any]]:
    data = body.get("data")
    if not isinstance(data, dict):
        raise Refused(10006, "parameter data is missing")
    thing = _things(state).get(str(data.get("dataObjectApiName")))
    if thing is None or thing.is_own != is_custom:
        raise Refused(32000, f"object {data.get('dataObjectApiName')} does not exist here")
    return thing, data


def _visible(query: Query, thing: Thing, seen: list[str] | None) -> None:
    if thing.where:
        query.add(thing.where)
    if seen is not None:
        column = "row_id" if thing.table == "customer" else "customer_id"
        query.add(f"{column} IN ({', '.join('?' * len(seen))})", *seen)


def _query(state: State, body: dict[str, Any], *, is_custom: bool) -> dict[str, Any]:
    thing, data = _thing(state, body, is_custom=is_custom)
    info = data.get("search_query_info")
    if not isinstance(info, dict):
        raise Refused(32000, "search_query_info is missing")
    limit, offset = info.get("limit"), info.get("offset")
    most = state.option(NAME, "custom_limit", 100) if is_custom else 100
    if not isinstance(limit, int) or not 0 < limit <= most:
        raise Refused(32000, f"limit must be between 1 and {most}")
    if not isinstance(offset, int) or offset < 0 or offset % limit:
        raise Refused(32000, "offset must be a multiple of limit")
    if offset > MOST_OFFSET:
        raise Refused(10013, f"offset out of range {MOST_OFFSET}")

    projection = info.get("fieldProjection") or None
    query = Query(deleted="with", limit=limit, offset=offset)
    query.with_names = projection is None or any(name.endswith("__r") for name in projection)
    for wanted in info.get("filters") or []:
        rows.add_filter(query, thing, wanted)
    _visible(query, thing, body["_seen"])
    with_total = data.get(
        "find_explicit_total_num",
        body.get("find_explicit_total_num", state.option(NAME, "total_by_default", True)),
    )
    order = [
        rows.expression(thing, str(one.get("fieldName")))[0]
        + (" ASC" if one.get("isAsc", True) else " DESC")
        for one in info.get("orders") or []
    ]
    query.order_by = ", ".join(order if order == ["row_id ASC"] else [*order, "row_id"])
    _settle_place(query)
    total = count(state, NAME, thing.table, query) if with_total in (True, "true", "True") else 0
    found = rows.rendered(
        state,
        thing,
        select(state, NAME, thing.table, query),
        projection,
        with_null=bool(body.get("includeNull")),
    )
    state.rows[NAME, thing.api] += len(found)
    if state.faults.is_on("schema_drift", NAME):
        found = [_drifted(row) for row in found]
    return {"data": {"total": total, "offset": offset, "limit": limit, "dataList": found}}


def _settle_place(query: Query) -> None:
    """`_id GT` is a place in a list by _id; in a list of another order it is one more condition."""
    if query.after is not None and (query.offset or query.order_by.split(",")[0] != "row_id ASC"):
        query.add("row_id > ?", query.after)
        query.after = None


def _drifted(row: dict[str, Any]) -> dict[str, Any]:
    if str(row.get("payment_amount", "")).replace(".", "", 1).isdigit():
        row["payment_amount"] = float(row["payment_amount"])
    return row


def preset_query(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/crm/v2/data/query: preset objects alone."""
    return _query(state, body, is_custom=False)


def custom_query(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/crm/custom/v2/data/query: the tenant's own objects alone."""
    return _query(state, body, is_custom=True)


def _get(state: State, body: dict[str, Any], *, is_custom: bool) -> dict[str, Any]:
    thing, data = _thing(state, body, is_custom=is_custom)
    query = Query(deleted="with", limit=1)
    query.add("row_id = ?", str(data.get("objectDataId")))
    _visible(query, thing, body["_seen"])
    found = select(state, NAME, thing.table, query)
    if not found:
        raise Refused(32000, "the data does not exist")
    return {"data": rows.rendered(state, thing, found, None)[0]}


def preset_get(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/crm/v2/data/get."""
    return _get(state, body, is_custom=False)


def custom_get(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """/cgi/crm/custom/v2/data/get."""
    return _get(state, body, is_custom=True)


def unknown(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """Whatever else."""
    raise Refused(10006, "parameter is missing or illegal")


def routes(prefix: str) -> Sequence[BaseRoute]:
    """All of /fxiaoke."""
    return [
        _route("/cgi/corpAccessToken/get/V2", legacy_token, needs_token=False),
        _route("/oauth2.0/token", oauth_token, needs_token=False),
        _route("/cgi/user/getByMobile", user_by_mobile),
        _route("/cgi/crm/v2/object/list", object_list),
        _route("/cgi/crm/v2/object/describe", object_describe),
        _route("/cgi/crm/v2/data/query", preset_query),
        _route("/cgi/crm/custom/v2/data/query", custom_query),
        _route("/cgi/crm/v2/data/get", preset_get),
        _route("/cgi/crm/custom/v2/data/get", custom_get),
        _route("/{rest:path}", unknown, needs_token=False),
    ]


class FxiaokeWords(Words):
    """Troubles come with HTTP 200, too."""

    def too_many(self, path: str) -> Response | None:
        """A login that is refused has another code than a call."""
        return said(14001 if _is_login(path) else 30004, "the frequency of calls exceeds the limit")

    def down(self, path: str, number: int) -> Response | None:
        """Busy, system error, timeout inside; or the gateway before it, which speaks HTML."""
        code = (-1, -2, 50009, 0)[number % 4]
        return said(code, "system error") if code else super().down(path, number)

    def quota_used(self, path: str) -> Response | None:
        """The day's pack of calls; logging in is free."""
        return None if _is_login(path) else said(30002, "the calls of today are used up")

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        """A list is an object with its filters, the `_id` it goes on from left out."""
        if not path.endswith("/data/query") or not isinstance(body, dict):
            return None
        data = body.get("data") or {}
        info = data.get("search_query_info") or {}
        filters = info.get("filters") or []
        rest = [one for one in filters if one.get("field_name") != "_id"]
        key = json.dumps([data.get("dataObjectApiName"), rest], sort_keys=True)
        return key, len(rest) == len(filters) and not info.get("offset")

    def shorten(self, page: Page) -> Page | None:
        """Rows fall out of dataList; total stays, and betrays it where it was asked for."""
        answer = json.loads(page.body)
        data = answer.get("data") or {}
        if not data.get("dataList") or not data.get("total"):
            return None
        data["dataList"] = without_rows(data["dataList"])
        return replace(page, body=json.dumps(answer, ensure_ascii=False).encode())


def _is_login(path: str) -> bool:
    return "oken" in path


SYSTEM = System(NAME, (NAME,), routes, FxiaokeWords(), CALLS)
