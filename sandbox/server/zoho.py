"""Stand-in of Zoho: /zoho-accounts gives tokens, /zoho-api serves the CRM (v8, bulk) and Books (v3).

As public documents say: a token for an hour, ten in ten minutes; the header's word is
`Zoho-oauthtoken`; the CRM's errors are {code, details, message, status}, those of Books {code,
message}. `zoho_crm.py`, `zoho_bulk.py` and `zoho_books.py` serve the rest.

Options (`options={"zoho": {...}}`) where public documents do not say: `login_error_status` (200), what
a refused login answers beside {"error": …}; `credits` (50,000), API calls of the CRM in 24 hours;
`books_minute` (100) and `books_day` (10,000), calls of Books; `bulk_rows` (200,000), rows a bulk page;
`bulk_polls` (2), looks at a job before it is done. Concurrency limits are not simulated.
"""

# ruff: noqa: ARG001, ARG002 - a handler takes what every handler takes

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.server import zoho_books, zoho_bulk, zoho_crm
from sandbox.server.system import Page, System, Words, reply, state_of, without_rows
from sandbox.server.zoho_common import NAME, TOKEN_SECONDS, books_error, crm_error

LOGINS = [(10, 600.0)]
SCOPE = "ZohoCRM.modules.READ ZohoCRM.bulk.READ ZohoBooks.fullaccess.READ"


async def token(request: Request) -> Response:
    """POST /oauth/v2/token, parameters in the address or as a form."""
    state = state_of(request)
    given = dict(request.query_params) | dict(parse_qsl((await request.body()).decode()))
    ours = state.credentials[NAME]
    if state.wait(NAME, "logins", LOGINS) > 0:
        return _refused(
            state,
            "Access Denied",
            "You have made too many requests continuously. Please try again after some time.",
            status=400,
        )
    if given.get("grant_type") != "refresh_token":
        return _refused(state, "unsupported_grant_type")
    if given.get("client_id") != ours.login:
        return _refused(state, "invalid_client")
    if given.get("client_secret") != ours.password:
        return _refused(state, "invalid_client_secret")
    if given.get("refresh_token") != ours.extra["refresh_token"]:
        return _refused(state, "invalid_code")
    issued = state.issue(NAME, TOKEN_SECONDS)
    return reply(
        {
            "access_token": issued.text,
            "scope": SCOPE,
            "api_domain": f"{request.url.scheme}://{request.url.netloc}/zoho-api",
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
        }
    )


def _refused(state: Any, error: str, description: str = "", status: int | None = None) -> Response:
    state.refusals[NAME, error] += 1
    told = {"error": error}
    if description:
        told |= {"error_description": description, "status": "failure"}
    return reply(told, status or state.option(NAME, "login_error_status", 200))


async def unknown(request: Request) -> Response:
    """Any other address."""
    return crm_error(
        404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is correct"
    )


def routes(prefix: str) -> Sequence[BaseRoute]:
    """What is served under one of the two prefixes."""
    rest = Route("/{rest:path}", unknown, methods=["GET", "POST", "PUT", "DELETE"])
    if prefix == "zoho-accounts":
        return [Route("/oauth/v2/token", token, methods=["POST"]), rest]
    return [*zoho_bulk.ROUTES, *zoho_books.ROUTES, *zoho_crm.ROUTES, rest]


class ZohoWords(Words):
    """The CRM and Books each in their own words."""

    def too_many(self, path: str) -> Response | None:
        """429 of each product; a login's is 400."""
        if "oauth" in path:
            return reply({"error": "Access Denied", "status": "failure"}, 400)
        if "/books/" in path:
            return books_error(429, 44, "For security reasons you have been blocked for some time")
        return crm_error(429, "TOO_MANY_REQUESTS", "too many requests fired in concurrent")

    def down(self, path: str, number: int) -> Response | None:
        """The CRM words a 500 of its own; other failures are a gateway's."""
        if number % 2 and "/crm/" in path:
            return crm_error(500, "INTERNAL_ERROR", "Internal Server Error")
        return super().down(path, number)

    def quota_used(self, path: str) -> Response | None:
        """Credits of 24 hours; logging in costs none."""
        if "oauth" in path:
            return None
        if "/books/" in path:
            return books_error(429, 45, "The API call limit for today has been exceeded")
        refusal = crm_error(429, "TOO_MANY_REQUESTS", "API credits are used up")
        refusal.headers["x-api-credits-remaining"] = "0"
        return refusal

    def page_of(self, path: str, query: Mapping[str, str], body: Any) -> tuple[str, bool] | None:
        """Lists of the CRM and of Books; a bulk result is one file and no list."""
        is_list = "/books/v3/" in path or ("/crm/v8/" in path and "coql" not in path)
        if not is_list:
            return None
        return path, query.get("page", "1") == "1" and "page_token" not in query

    def shorten(self, page: Page) -> Page | None:
        """The CRM betrays it by info.count; Books by a short page that is not the last."""
        if page.status != 200 or not page.headers.get("content-type", "").startswith("app"):
            return None
        answer = json.loads(page.body)
        context = answer.get("page_context")
        if context is not None and not context.get("has_more_page"):
            return None
        for key, rows in answer.items():
            if isinstance(rows, list) and rows and isinstance(rows[0], dict):
                answer[key] = without_rows(rows)
                return replace(page, body=json.dumps(answer, ensure_ascii=False).encode())
        return None


SYSTEM = System(NAME, ("zoho-accounts", "zoho-api"), routes, ZohoWords())
