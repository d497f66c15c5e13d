"""Stand-in of Salesforce under /salesforce: client credentials, Bulk API 2.0 query jobs.

As public documents say: a job is UploadComplete, InProgress, JobComplete; its result is CSV in the
order of Id, paged by `Sforce-Locator` (`null` at the end) and counted by `Sforce-NumberOfRecords`;
`queryAll` brings deleted rows with IsDeleted; errors are a JSON array. A job sees the rows as they
were when it was made. `soql.py` says which SOQL is understood. Objects: `salesforce_objects.py`.

Options (`options={"salesforce": {...}}`): `day` (100,000) API calls in 24 hours, `polls` (2) looks at
a job before it is done, `session_seconds` (7200).
"""

# ruff: noqa: ARG001, ARG002 - a handler takes what every handler takes

import base64
import csv
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server.objects import Thing
from sandbox.server.records import (
    CHANGED,
    GONE,
    Query,
    Row,
    count,
    is_deleted,
    plain,
    select,
    touched,
)
from sandbox.server.salesforce_objects import OBJECTS
from sandbox.server.soql import Malformed, Soql, parse
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, json_body, reply, state_of, without_rows

NAME = "salesforce"
USER = "0055g00000SANDBOXA"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
STATES = ("UploadComplete", "InProgress", "JobComplete")
MOST_RECORDS = 50_000
JOBS = "/services/data/v{version}/jobs/query"
DRIFT = {"Invoice__c": ("Due_Date__c", "Payment_Due_Date__c")}
"""Under `schema_drift` this field is called otherwise: who names the old one gets INVALID_FIELD."""

COMMON = ("Id", "OwnerId", "IsDeleted", "CreatedDate", "LastModifiedDate", "SystemModstamp")

Handler = Callable[[State, Request], Awaitable[Response]]


def refused(status: int, code: str, message: str) -> Response:
    """As Salesforce refuses."""
    return reply([{"message": message, "errorCode": code}], status)


class Refused(Exception):
    """An answer that refuses."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.response = refused(status, code, message)


async def token(request: Request) -> Response:
    """POST /services/oauth2/token: parameters in the address or a form, the secret also as Basic."""
    state = state_of(request)
    given = dict(request.query_params) | dict(parse_qsl((await request.body()).decode()))
    ours = state.credentials[NAME]
    if given.get("grant_type") != "client_credentials":
        return _no_token(state, "unsupported_grant_type", "grant type not supported")
    key, secret = given.get("client_id", ""), given.get("client_secret", "")
    word, _, text = request.headers.get("authorization", "").partition(" ")
    if word == "Basic":
        try:
            key, _, secret = base64.b64decode(text).decode().partition(":")
        except ValueError:
            key = ""
    if key != ours.login:
        return _no_token(state, "invalid_client_id", "client identifier invalid")
    if secret != ours.password:
        return _no_token(state, "invalid_client", "invalid client credentials")
    issued = state.issue(NAME, state.option(NAME, "session_seconds", 7200))
    host = f"{request.url.scheme}://{request.url.netloc}/salesforce"
    return reply(
        {
            "access_token": issued.text,
            "signature": state.new_id(43, ALPHABET) + "=",
            "scope": "api",
            "instance_url": host,
            "id": f"{host}/id/00D5g000000SANDBOX/{USER}",
            "token_type": "Bearer",
            "issued_at": str(int(issued.issued.timestamp() * 1000)),
        }
    )


def _no_token(state: State, error: str, description: str) -> Response:
    state.refusals[NAME, error] += 1
    return reply({"error": error, "error_description": description}, 400)


def _guarded(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        state = state_of(request)
        word, _, text = request.headers.get("authorization", "").partition(" ")
        most = state.option(NAME, "day", 100_000)
        try:
            if word != "Bearer" or state.live_token(NAME, text) is None:
                raise Refused(401, "INVALID_SESSION_ID", "Session expired or invalid")
            if state.wait(NAME, "day", [(most, 86_400.0)]) > 0:
                raise Refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
            answer = await handler(state, request)
        except Refused as error:
            state.refusals[NAME, error.code] += 1
            return error.response
        used = state.windows.used((NAME, "day"))
        answer.headers["sforce-limit-info"] = f"api-usage={used}/{int(most * state.limit_factor)}"
        return answer

    return serve


# Jobs


def _things(state: State) -> Mapping[str, Thing]:
    if not state.faults.is_on("schema_drift", NAME):
        return OBJECTS
    found = dict(OBJECTS)
    for api, (old, new) in DRIFT.items():
        thing = found[api]
        fields = tuple(replace(one, api=new) if one.api == old else one for one in thing.fields)
        found[api] = replace(thing, fields=fields)
    state.faults.hits[NAME, "schema_drift"] += 1
    return found


async def create(state: State, request: Request) -> Response:
    """POST …/jobs/query."""
    body = await json_body(request)
    if not isinstance(body, dict) or body.get("operation") not in ("query", "queryAll"):
        raise Refused(400, "INVALIDJOB", "operation is query or queryAll")
    if body.get("columnDelimiter", "COMMA") != "COMMA":
        raise Refused(400, "INVALIDJOB", "this organisation delimits columns by COMMA alone")
    try:
        soql = parse(str(body.get("query", "")))
    except (Malformed, ValueError) as error:
        raise Refused(400, "MALFORMED_QUERY", str(error)) from None
    thing = _things(state).get(soql.thing)
    if thing is None:
        raise Refused(400, "INVALID_TYPE", f"sObject type '{soql.thing}' is not supported.")
    job = {
        "id": f"750{state.new_id(15, ALPHABET)}",
        "operation": body["operation"],
        "lineEnding": body.get("lineEnding", "LF"),
        "soql": soql,
        "thing": thing,
        "at": state.now(),
        "looks": 0,
        "version": request.path_params["version"],
    }
    _query(job)  # names that are none are refused now
    for name in soql.fields:
        _column(thing, name)
    state.jobs[NAME][job["id"]] = job
    return reply(_about(state, job))


def _column(thing: Thing, name: str) -> str:
    """SQL of a field; INVALID_FIELD when the object has none of that name."""
    own = {
        "id": "row_id",
        "ownerid": f"'{USER}'",
        "isdeleted": GONE,
        "createddate": "created_at",
        "lastmodifieddate": CHANGED,
        "systemmodstamp": CHANGED,
    }
    by_name = {field.api.lower(): field.column for field in thing.fields}
    column = own.get(name.lower()) or by_name.get(name.lower())
    if column is None:
        raise Refused(400, "INVALID_FIELD", f"No such column '{name}' on entity '{thing.api}'.")
    return column


def _query(job: dict[str, Any]) -> Query:
    soql: Soql = job["soql"]
    thing = job["thing"]
    query = Query(at=job["at"], deleted="with" if job["operation"] == "queryAll" else "without")
    for name, operator, value in soql.where:
        column = _column(thing, name)
        if value is None:
            query.add(f"{column} IS {'NOT ' if operator == '!=' else ''}NULL")
        else:
            query.add(f"{column} {'<>' if operator == '!=' else operator} ?", value)
    for name, _ in soql.order:
        _column(thing, name)
    return query


def _total(state: State, job: dict[str, Any]) -> int:
    total = count(state, NAME, job["thing"].table, _query(job))
    limit = job["soql"].limit
    return total if limit is None else min(limit, total)


def _about(state: State, job: dict[str, Any]) -> dict[str, Any]:
    at = _wire(plain(job["at"]))
    name = _state(state, job)
    told = {
        "id": job["id"],
        "operation": job["operation"],
        "object": job["thing"].api,
        "createdById": USER,
        "createdDate": at,
        "systemModstamp": at,
        "state": name,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job["version"]),
        "jobType": "V2Query",
        "lineEnding": job["lineEnding"],
        "columnDelimiter": "COMMA",
    }
    if job["looks"]:
        done = name == "JobComplete"
        told |= {
            "numberRecordsProcessed": _total(state, job) if done else 0,
            "retries": 0,
            "totalProcessingTime": 100,
        }
    return told


def _state(state: State, job: dict[str, Any]) -> str:
    most = int(state.option(NAME, "polls", 2))
    return STATES[-1] if job["looks"] >= most else STATES[min(job["looks"], 1)]


def _job(state: State, request: Request) -> dict[str, Any]:
    found: dict[str, Any] | None = state.jobs[NAME].get(request.path_params["job"])
    if found is None:
        raise Refused(404, "NOT_FOUND", "The requested resource does not exist")
    return found


async def look(state: State, request: Request) -> Response:
    """GET …/jobs/query/{id}: each look finds it further on."""
    job = _job(state, request)
    job["looks"] += 1
    return reply(_about(state, job))


async def results(state: State, request: Request) -> Response:
    """GET …/jobs/query/{id}/results: the rows behind the locator, in the order of Id."""
    job = _job(state, request)
    if _state(state, job) != "JobComplete":
        raise Refused(400, "INVALIDJOBSTATE", "the job is not complete")
    given = request.query_params
    most = given.get("maxRecords", str(MOST_RECORDS))
    if not most.isdigit() or not int(most):
        raise Refused(400, "INVALID_QUERY_PARAM", "maxRecords is not a number")
    seen, last = _place(given.get("locator", ""))
    limit = job["soql"].limit
    size = int(most) if limit is None else min(int(most), limit - seen)
    query = _query(job)
    query.limit = size + 1
    query.after = last or None
    by_name = {field.api.lower(): field.column for field in job["thing"].fields}
    query.columns = [
        by_name[name.lower()] for name in job["soql"].fields if name.lower() in by_name
    ]
    found = select(state, NAME, job["thing"].table, query)
    rows = found[:size]
    more = len(found) > size and (limit is None or seen + size < limit)
    state.rows[NAME, job["thing"].api] += len(rows)
    locator = _locator(seen + len(rows), rows[-1]["row_id"]) if more else "null"
    headers = {"sforce-locator": locator, "sforce-numberofrecords": str(len(rows))}
    return Response(_csv(job, rows), headers=headers, media_type="text/csv")


def _locator(seen: int, last: str) -> str:
    return base64.urlsafe_b64encode(f"{seen}:{last}".encode()).decode().rstrip("=")


def _place(locator: str) -> tuple[int, str]:
    if not locator:
        return 0, ""
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode()
        seen, _, last = text.partition(":")
        return int(seen), last
    except ValueError:
        raise Refused(400, "INVALID_LOCATOR", "the locator is not valid") from None


def _csv(job: dict[str, Any], rows: Sequence[Row]) -> str:
    """Every cell in quotation marks, as Salesforce writes them."""
    soql, thing, now = job["soql"], job["thing"], job["at"]
    by_name = {field.api.lower(): field.column for field in thing.fields}
    readers = [_reader(name, by_name, now) for name in soql.fields]
    text = io.StringIO()
    ending = "\r\n" if job["lineEnding"] == "CRLF" else "\n"
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=ending)
    writer.writerow(soql.fields)
    writer.writerows([_wire(read(row)) for read in readers] for row in rows)
    return text.getvalue()


def _reader(name: str, by_name: Mapping[str, str], now: datetime) -> Callable[[Row], Any]:
    own: dict[str, Callable[[Row], Any]] = {
        "id": lambda row: row["row_id"],
        "ownerid": lambda _: USER,
        "isdeleted": lambda row: is_deleted(row, now),
        "createddate": lambda row: row["created_at"],
        "lastmodifieddate": lambda row: touched(row, now),
        "systemmodstamp": lambda row: touched(row, now),
    }
    if name.lower() in own:
        return own[name.lower()]
    column = by_name[name.lower()]
    return lambda row: row[column]


def _wire(value: Any) -> str:
    """A cell; what is untidy in the world goes out as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


async def unknown(request: Request) -> Response:
    """Any other address."""
    return refused(404, "NOT_FOUND", "The requested resource does not exist")


def routes(prefix: str) -> Sequence[BaseRoute]:
    """All of /salesforce."""
    jobs = "/services/data/v{version:float}/jobs/query"
    return [
        Route("/services/oauth2/token", token, methods=["POST"]),
        Route(jobs, _guarded(create), methods=["POST"]),
        Route(f"{jobs}/{{job}}", _guarded(look), methods=["GET"]),
        Route(f"{jobs}/{{job}}/results", _guarded(results), methods=["GET"]),
        Route("/{rest:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"]),
    ]


class SalesforceWords(Words):
    """One error a JSON array; the login has its own form."""

    def too_many(self, path: str) -> Response | None:
        """Too many at once; the calls of a day are another matter."""
        if "oauth2" in path:
            return None
        return refused(429, "TOO_MANY_REQUESTS", "Too many requests. Try again later.")

    def down(self, path: str, number: int) -> Response | None:
        """Its own words now and then, else a gateway's."""
        if number % 2:
            return refused(503, "SERVER_UNAVAILABLE", "The server is temporarily unavailable.")
        return super().down(path, number)

    def quota_used(self, path: str) -> Response | None:
        """The calls of 24 hours."""
        if "oauth2" in path:
            return None
        return refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        """The pages of one job's result."""
        return (path, not query.get("locator")) if path.endswith("/results") else None

    def shorten(self, page: Page) -> Page | None:
        """Lines fall out; Sforce-NumberOfRecords stays."""
        lines = list(csv.reader(io.StringIO(page.body.decode())))
        if page.status != 200 or len(lines) < 2:
            return None
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([lines[0], *without_rows(lines[1:])])
        return replace(page, body=text.getvalue().encode())


SYSTEM = System(NAME, (NAME,), routes, SalesforceWords())
