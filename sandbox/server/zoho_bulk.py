"""Zoho's bulk read: a job is added, queued, in progress, completed; its result a zip with one CSV.

A job sees the module as it was when the job was made. In the CSV the record's id is `Id` and a look-up
is the id alone. Criteria: one, or groups of them with `group_operator`.
"""

import csv
import io
import zipfile
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server.objects import Thing
from sandbox.server.records import Query, count, select
from sandbox.server.state import State
from sandbox.server.system import json_body, reply
from sandbox.server.zoho_common import NAME, USER, Refused, crm_error, parsed, wire, zoned
from sandbox.server.zoho_crm import guarded, module_of
from sandbox.server.zoho_objects import MODULES

ROWS = 200_000
MOST_CRITERIA, MOST_VALUES = 25, 200
STATES = ("ADDED", "QUEUED", "IN PROGRESS", "COMPLETED")
SYSTEM_FIELDS = {
    "id": ("row_id", "text"),
    "Id": ("row_id", "text"),
    "Created_Time": ("created_at", "moment"),
    "Modified_Time": ("modified_at", "moment"),
}
COMPARATORS = {
    "equal": "{} = ?",
    "not_equal": "{} <> ?",
    "less_than": "{} < ?",
    "less_equal": "{} <= ?",
    "greater_than": "{} > ?",
    "greater_equal": "{} >= ?",
    "between": "{} BETWEEN ? AND ?",
    "not_between": "{} NOT BETWEEN ? AND ?",
}


async def create(state: State, request: Request) -> Response:
    """POST /crm/bulk/v8/read."""
    body = await json_body(request)
    query = (body or {}).get("query")
    if not isinstance(query, dict) or not isinstance(query.get("module"), dict):
        raise Refused(crm_error(400, "MANDATORY_NOT_FOUND", "query.module is missing"))
    name = str(query["module"].get("api_name"))
    if name not in MODULES:
        raise Refused(crm_error(400, "MODULE_NOT_AVAILABLE", f"{name} is not available"))
    module = module_of(state, name)
    fields = query.get("fields") or ["Id", *module.by_api, "Created_Time", "Modified_Time"]
    for field in fields:
        if field not in module.by_api and field not in SYSTEM_FIELDS and field != "Owner":
            raise Refused(crm_error(400, "INVALID_FIELD", f"{field} is not a field of {name}"))
    page = query.get("page", 1)
    if token := query.get("page_token"):
        page = state.memory["zoho bulk tokens"].get(token, 0)
    if not isinstance(page, int) or not 0 < page <= 500:
        raise Refused(crm_error(400, "PAGE_RANGE_EXCEEDED", "page is out of range"))
    criteria = query.get("criteria")
    if criteria is not None:
        _check(_leaves(criteria))
        _condition(module, criteria)
    job = {
        "id": f"5725767{state.new_id(12)}",
        "module": module,
        "fields": [field for field in fields if field not in ("id", "Id")],
        "criteria": criteria,
        "page": page,
        "looks": 0,
        "at": state.now(),
    }
    state.jobs["zoho bulk"][job["id"]] = job
    details = _about(job, "ADDED")
    told = {"status": "success", "code": "ADDED_SUCCESSFULLY", "details": details}
    return reply({"data": [told | {"message": "Added successfully."}], "info": {}}, 201)


def _about(job: dict[str, Any], state_name: str) -> dict[str, Any]:
    return {
        "id": job["id"],
        "operation": "read",
        "state": state_name,
        "created_by": {"id": USER["id"], "name": USER["name"]},
        "created_time": zoned(job["at"].replace(tzinfo=None)),
    }


def _job(state: State, request: Request) -> dict[str, Any]:
    found: dict[str, Any] | None = state.jobs["zoho bulk"].get(request.path_params["job"])
    if found is None:
        raise Refused(crm_error(404, "RESOURCE_NOT_FOUND", "the requested resource doesn't exist"))
    return found


async def look(state: State, request: Request) -> Response:
    """GET /crm/bulk/v8/read/{id}: each look finds it further on."""
    job = _job(state, request)
    job["looks"] += 1
    told = {
        **_about(job, _state(state, job)),
        "query": {"module": {"api_name": job["module"].api}, "page": job["page"]},
        "file_type": "csv",
    }
    if told["state"] == "COMPLETED":
        told["result"] = _result(state, job)
    return reply({"data": [told]})


def _state(state: State, job: dict[str, Any]) -> str:
    most = int(state.option(NAME, "bulk_polls", 2))
    return STATES[-1] if job["looks"] >= most else STATES[min(job["looks"], 2)]


def _query(job: dict[str, Any]) -> Query:
    query = Query(at=job["at"], order_by="row_id")
    if job["criteria"] is not None:
        condition, params = _condition(job["module"], job["criteria"])
        query.add(condition, *params)
    return query


def _result(state: State, job: dict[str, Any]) -> dict[str, Any]:
    per_page = int(state.option(NAME, "bulk_rows", ROWS))
    total = count(state, NAME, job["module"].table, _query(job))
    behind = max(total - job["page"] * per_page, 0)
    here = max(min(total - (job["page"] - 1) * per_page, per_page), 0)
    token = None
    if behind:
        token = state.new_id(40, "0123456789abcdef")
        state.memory["zoho bulk tokens"][token] = job["page"] + 1
    return {
        "page": job["page"],
        "count": here,
        "download_url": f"/crm/bulk/v8/read/{job['id']}/result",
        "per_page": per_page,
        "more_records": behind > 0,
        "next_page_token": token,
    }


async def result(state: State, request: Request) -> Response:
    """GET /crm/bulk/v8/read/{id}/result."""
    job = _job(state, request)
    if _state(state, job) != "COMPLETED":
        raise Refused(crm_error(404, "RESOURCE_NOT_FOUND", "the job is not completed"))
    per_page = int(state.option(NAME, "bulk_rows", ROWS))
    query = _query(job)
    query.limit, query.offset = per_page, (job["page"] - 1) * per_page
    query.columns = _columns(job)
    rows = select(state, NAME, job["module"].table, query)
    state.rows[NAME, f"{job['module'].api}/bulk"] += len(rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(f"{job['id']}.csv", (2026, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, _csv(job, rows))
    return Response(packed.getvalue(), media_type="application/zip")


def _csv(job: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    columns = _columns(job)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["Id", *(name for name in job["fields"] if name != "Owner")])
    writer.writerows([row["row_id"], *(_cell(row[column]) for column in columns)] for row in rows)
    return text.getvalue()


def _columns(job: dict[str, Any]) -> list[str]:
    module: Thing = job["module"]
    return [
        module.by_api[name].column if name in module.by_api else SYSTEM_FIELDS[name][0]
        for name in job["fields"]
        if name != "Owner"
    ]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else wire(value)


# Criteria


def _leaves(criteria: Any) -> list[dict[str, Any]]:
    if isinstance(criteria, dict) and isinstance(criteria.get("group"), list):
        return [leaf for part in criteria["group"] for leaf in _leaves(part)]
    return [criteria]


def _check(leaves: list[dict[str, Any]]) -> None:
    too_many = len(leaves) > MOST_CRITERIA or any(
        isinstance(leaf, dict)
        and isinstance(leaf.get("value"), list)
        and len(leaf["value"]) > MOST_VALUES
        for leaf in leaves
    )
    if too_many:
        raise Refused(crm_error(400, "LIMIT_EXCEEDED", "too many criteria or values"))


def _condition(module: Thing, criteria: Any) -> tuple[str, list[Any]]:
    """A criterion or a group of them as SQL."""
    if isinstance(criteria, dict) and isinstance(criteria.get("group"), list):
        parts = [_condition(module, part) for part in criteria["group"]]
        word = " OR " if str(criteria.get("group_operator")).lower() == "or" else " AND "
        return f"({word.join(sql for sql, _ in parts)})", [one for _, some in parts for one in some]
    if not isinstance(criteria, dict) or not isinstance(criteria.get("field"), dict):
        raise Refused(crm_error(400, "INVALID_DATA", "a criterion has field, comparator and value"))
    name, comparator = str(criteria["field"].get("api_name")), str(criteria.get("comparator"))
    values = criteria.get("value")
    values = values if isinstance(values, list) else [values]
    if name in module.by_api:
        column, kind = module.by_api[name].column, module.by_api[name].kind
    else:
        column, kind = SYSTEM_FIELDS.get(name, ("", ""))
    if comparator == "in" and column:
        return f"{column} IN ({', '.join('?' * len(values))})", values
    if comparator not in COMPARATORS or not column:
        raise Refused(crm_error(400, "INVALID_DATA", f"{name} {comparator} is not possible"))
    if kind == "moment":
        values = [parsed(str(value)) for value in values]
    if COMPARATORS[comparator].count("?") != len(values) or None in values:
        raise Refused(crm_error(400, "INVALID_DATA", f"the value of {name} does not fit"))
    return COMPARATORS[comparator].format(column), values


ROUTES = [
    Route("/crm/bulk/v8/read", guarded(create), methods=["POST"]),
    Route("/crm/bulk/v8/read/{job}/result", guarded(result), methods=["GET"]),
    Route("/crm/bulk/v8/read/{job}", guarded(look), methods=["GET"]),
]
