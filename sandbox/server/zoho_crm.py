"""Zoho CRM v8: records of a module with pages and page tokens, and the feed of what was deleted.

`fields` is mandatory, at most 50, those that a module does not have are passed over; 200 records a
page; page numbers end at 2,000 records, then a `page_token` leads on, to 100,000. No rows: 204 without
a body; nothing newer than If-Modified-Since: 304. What was deleted more than 60 days ago is
`permanent`, before that it lies in the `recycle` bin.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server.objects import Thing
from sandbox.server.records import Query, Row, names, plain, select
from sandbox.server.state import State
from sandbox.server.system import reply, state_of
from sandbox.server.zoho_common import (
    NAME,
    USER,
    Refused,
    crm_error,
    has_token,
    parsed,
    wire,
    zoned,
)
from sandbox.server.zoho_objects import MODULES

MOST_FIELDS, MOST_ROWS = 50, 200
NUMBERED_ROWS, TOKEN_ROWS = 2_000, 100_000
PAGE_TOKEN_LIFE = timedelta(hours=24)
RECYCLE_BIN = timedelta(days=60)
SORTS = {"id": "row_id", "Created_Time": "created_at", "Modified_Time": "modified_at"}
DRIFT = {"Invoices": ("Due_Date", "Payment_Due_Date")}
"""Under `schema_drift` this field is called otherwise and every record has a new one."""

Handler = Callable[[State, Request], Awaitable[Response]]


def guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Token and credits first, for every address of the CRM."""

    @wraps(handler)
    async def serve(request: Request) -> Response:
        state = state_of(request)
        try:
            answer = await _served(state, request, handler)
        except Refused as error:
            answer = error.response
        if answer.status_code >= 400:
            state.refusals[NAME, str(answer.status_code)] += 1
        return answer

    return serve


async def _served(state: State, request: Request, handler: Handler) -> Response:
    if "authorization" not in request.headers:
        raise Refused(crm_error(401, "AUTHENTICATION_FAILURE", "Authentication failed"))
    if not has_token(state, request):
        raise Refused(crm_error(401, "INVALID_TOKEN", "invalid oauth token"))
    most = state.option(NAME, "credits", 50_000)
    if state.wait(NAME, "credits", [(most, 86_400.0)]) > 0:
        refusal = crm_error(429, "TOO_MANY_REQUESTS", "API credits are used up")
        refusal.headers["x-api-credits-remaining"] = "0"
        raise Refused(refusal)
    answer = await handler(state, request)
    left = int(most * state.limit_factor) - state.windows.used((NAME, "credits"))
    if left * 2 <= most * state.limit_factor:
        answer.headers["x-api-credits-remaining"] = str(left)
    return answer


def module_of(state: State, name: str) -> Thing:
    """The module, or a refusal."""
    found = MODULES.get(name)
    if found is None:
        raise Refused(crm_error(400, "INVALID_MODULE", "the module name given seems to be invalid"))
    if state.faults.is_on("schema_drift", NAME) and name in DRIFT:
        old, new = DRIFT[name]
        fields = tuple(replace(one, api=new) if one.api == old else one for one in found.fields)
        return replace(found, fields=fields)
    return found


async def records(state: State, request: Request) -> Response:
    """GET /crm/v8/{module}."""
    module, given = module_of(state, request.path_params["module"]), request.query_params
    fields = [name for name in given.get("fields", "").split(",") if name]
    if not fields:
        raise Refused(_missing("fields"))
    if len(fields) > MOST_FIELDS:
        raise Refused(_beyond("fields", MOST_FIELDS))
    sort_by, order = given.get("sort_by", "id"), given.get("sort_order", "desc")
    if sort_by not in SORTS or order not in ("asc", "desc"):
        raise Refused(crm_error(400, "INVALID_DATA", "sort_by or sort_order is not allowed"))
    per_page = _number(given.get("per_page", str(MOST_ROWS)), "per_page", MOST_ROWS)
    since = request.headers.get("if-modified-since")
    bound = [module.api, ",".join(fields), sort_by, order, per_page, since]
    page, offset, after = _place(state, request, per_page, bound)

    column = SORTS[sort_by]
    ordered = f"{column} {order}, row_id {order}" if column != "row_id" else f"row_id {order}"
    query = Query(order_by=ordered.removesuffix(" asc"), limit=per_page + 1)
    query.offset = offset
    query.with_names = any(name in module.by_api and module.by_api[name].to for name in fields)
    if after:  # a page token is a cursor: in the order of ids it leads on behind the last one
        query.after, query.offset = after, 0
    _newer(query, "modified_at", since)
    if ids := given.get("ids"):
        wanted = ids.split(",")
        query.add(f"row_id IN ({', '.join('?' * len(wanted))})", *wanted)
    found = select(state, NAME, module.table, query)
    if not found:
        return Response(status_code=304 if since else 204)
    rows, more = found[:per_page], len(found) > per_page
    state.rows[NAME, module.api] += len(rows)
    info: dict[str, Any] = {
        "per_page": per_page,
        "count": len(rows),
        "page": page,
        "sort_by": sort_by,
        "sort_order": order,
        "more_records": more,
        "next_page_token": None,
        "previous_page_token": None,
        "page_token_expiry": None,
    }
    if more:
        info["next_page_token"], info["page_token_expiry"] = _token(
            state, bound, page + 1, offset + per_page, _cursor(query, rows)
        )
    return reply({"data": rendered(state, module, rows, fields), "info": info})


def _place(state: State, request: Request, per_page: int, bound: list[Any]) -> tuple[int, int, str]:
    """(page, offset, the id it goes on behind) by number or by token."""
    given = request.query_params
    if "page_token" not in given:
        page = _number(given.get("page", "1"), "page", 10**9)
        if page * per_page > NUMBERED_ROWS:
            raise Refused(
                crm_error(
                    400,
                    "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
                    "you can get only the first 2000 records without page_token param",
                    {"page_token": "required"},
                )
            )
        return page, (page - 1) * per_page, ""
    if "page" in given:
        raise Refused(
            crm_error(400, "AMBIGUITY_DURING_PROCESSING", "page and page_token exclude each other")
        )
    known = state.memory["zoho page tokens"].get(given["page_token"])
    if known is None or known["bound"] != bound:
        raise Refused(
            crm_error(400, "TOKEN_BOUND_DATA_MISMATCH", "the page_token is of another request")
        )
    if state.now() >= known["expires"]:
        raise Refused(crm_error(400, "EXPIRED_VALUE", "the page_token has expired"))
    if known["offset"] + per_page > TOKEN_ROWS:
        raise Refused(
            crm_error(400, "PAGINATION_LIMIT_EXCEEDED", "only the first 100000 records can be got")
        )
    return known["page"], known["offset"], known["after"]


def _cursor(query: Query, rows: list[Row]) -> str:
    return rows[-1]["row_id"] if query.order_by == "row_id" else ""


def _token(state: State, bound: list[Any], page: int, offset: int, after: str) -> tuple[str, str]:
    text = secrets.token_hex(24)
    expires = state.now() + PAGE_TOKEN_LIFE
    facts = {"bound": bound, "page": page, "offset": offset, "expires": expires, "after": after}
    state.memory["zoho page tokens"][text] = facts
    return text, zoned(plain(expires))


def rendered(
    state: State, module: Thing, rows: list[Row], fields: list[str]
) -> list[dict[str, Any]]:
    """Records with the fields asked for; look-ups are objects of name and id."""
    wanted = [module.by_api[name] for name in fields if name in module.by_api]
    display = {
        one.to: names(state, NAME, one.to, (str(row[one.column] or "") for row in rows))
        for one in wanted
        if one.to
    }
    found = []
    for row in rows:
        record: dict[str, Any] = {"id": row["row_id"]}
        for one in wanted:
            value = row[one.column]
            if one.to and value is not None:
                record[one.api] = {"name": display[one.to].get(value, ""), "id": value}
            else:
                record[one.api] = wire(value)
        if "Owner" in fields:
            record["Owner"] = USER
        for name, column in (("Created_Time", "created_at"), ("Modified_Time", "modified_at")):
            if name in fields:
                record[name] = zoned(row[column])
        record["$editable"] = True
        found.append(record)
    if state.faults.is_on("schema_drift", NAME):
        state.faults.hits[NAME, "schema_drift"] += 1
        found = [record | {"Record_Source": "UI"} for record in found]
    return found


async def deleted(state: State, request: Request) -> Response:
    """GET /crm/v8/{module}/deleted."""
    module, given = module_of(state, request.path_params["module"]), request.query_params
    kind = given.get("type", "all")
    if kind not in ("all", "recycle", "permanent"):
        raise Refused(crm_error(400, "INVALID_DATA", "type is all, recycle or permanent"))
    per_page = _number(given.get("per_page", str(MOST_ROWS)), "per_page", MOST_ROWS)
    page = _number(given.get("page", "1"), "page", 10**9)
    purged = plain(state.now() - RECYCLE_BIN)
    query = Query(order_by="deleted_at DESC, row_id", limit=per_page + 1, deleted="only")
    query.offset = (page - 1) * per_page
    if kind != "all":
        query.add(f"deleted_at {'>=' if kind == 'recycle' else '<'} ?", purged)
    since = request.headers.get("if-modified-since")
    _newer(query, "deleted_at", since)
    found = select(state, NAME, module.table, query)
    if not found:
        return Response(status_code=304 if since else 204)
    by = {"name": USER["name"], "id": USER["id"]}
    rows = [
        {
            "id": row["row_id"],
            "display_name": str(row.get(module.display) or ""),
            "type": "permanent" if row["deleted_at"] < purged else "recycle",
            "deleted_time": zoned(row["deleted_at"]),
            "deleted_by": by,
            "created_by": by,
        }
        for row in found[:per_page]
    ]
    state.rows[NAME, f"{module.api}/deleted"] += len(rows)
    more = len(found) > per_page
    info = {"per_page": per_page, "count": len(rows), "page": page, "more_records": more}
    return reply({"data": rows, "info": info})


def _newer(query: Query, column: str, since: str | None) -> None:
    if since is None:
        return
    moment = parsed(since)
    if moment is None:
        raise Refused(crm_error(400, "INVALID_DATA", "If-Modified-Since is not a moment"))
    query.add(f"{column} > ?", moment)


def _missing(name: str) -> Response:
    return crm_error(
        400,
        "REQUIRED_PARAM_MISSING",
        "One of the expected parameter is missing",
        {"param_name": name},
    )


def _beyond(name: str, most: int) -> Response:
    return crm_error(400, "LIMIT_EXCEEDED", f"{name} must not be more than {most}", {"limit": most})


def _number(text: str, name: str, most: int) -> int:
    if not text.isdigit() or not int(text):
        raise Refused(crm_error(400, "INVALID_DATA", f"{name} is not a number"))
    if int(text) > most:
        raise Refused(_beyond(name, most))
    return int(text)


ROUTES = [
    Route("/crm/v8/{module}/deleted", guarded(deleted), methods=["GET"]),
    Route("/crm/v8/{module}", guarded(records), methods=["GET"]),
]
