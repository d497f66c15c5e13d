"""Zoho Books v3: invoices and the customer payments that Zoho CRM does not have, with allocations.

Source of truth: zoho.com/books/api/v3, as spec section 2.7 sums it up. Connection `zoho`, see
`zoho.py`; its extra needs `organization_id`.

A list answers `{"code": 0, "<plural>": [...], "page_context": {"page", "per_page", "has_more_page"}}`,
200 rows a page [H]. Not confirmed by public documents, and therefore options of the feed [L]:
`list_key` (the name of the list; default: the resource), `modified_filter` (the parameter of
increments; default last_modified_time, `none` reads everything each night), `params` (more
parameters, such as sort_column). There is no feed of deletions; a void invoice keeps its row.

Limits: 100 calls a minute, code 44 beyond them, 45 for the day's [L].
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from etl.sources.answers import by_status, code_text
from etl.sources.connections import Connection
from etl.sources.connector import (
    PAGE,
    Ask,
    Inconsistent,
    Limit,
    Meaning,
    Pull,
    Reply,
    Token,
    Verdict,
)
from etl.sources.zoho import PER_PAGE, Zoho

ROOT = "/books/v3"
TOO_FAST = 44
USED_UP = 45
MINUTE = 60.0
UNAUTHORISED = (401,)
HINTS = {
    6: "check organization_id in the connection's extra",
    57: "the refresh token lacks a scope: ZohoBooks.invoices.READ, ZohoBooks.customerpayments.READ",
}


class ZohoBooks(Zoho):
    """Lists, page by page."""

    name = "zoho_books"
    limits = (Limit(100, 60),)
    slow_pause = MINUTE
    selects_fields = False

    def rows_of(self, pull: Pull) -> str:
        """The list is called like the resource, as far as is known."""
        return f'$."{_list_key(pull)}"[*]'

    def first(self, pull: Pull) -> Ask:
        """Page 1 of the list."""
        params = {"page": "1", "per_page": str(PER_PAGE), **_more(pull)}
        changed = str(pull.options.get("modified_filter", "last_modified_time"))
        if pull.since and changed != "none":
            params[changed] = _moment(pull.since)
        return Ask(f"{ROOT}/{pull.resource}", params=params)

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        """Every call names the organisation."""
        organisation = connection.need("organization_id")
        signed = super().sign(ask, token, connection, now)
        return signed.but(params={**signed.params, "organization_id": organisation})

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        """The page after this one while `has_more_page`."""
        answer = reply.json
        rows, context = answer.get(_list_key(pull)), answer.get("page_context")
        if not isinstance(rows, list) or not isinstance(context, dict):
            raise Inconsistent(f"the answer has no {_list_key(pull)} and page_context")
        number = int(ask.params["page"])
        if context.get("page", number) != number:
            raise Inconsistent(f"page {context['page']} came where page {number} was asked for")
        full = int(context.get("per_page") or PER_PAGE)
        if not context.get("has_more_page"):
            return None
        if len(rows) < full:
            raise Inconsistent(f"{len(rows)} rows came on a page of {full} that is not the last")
        return ask.but(params={**ask.params, "page": str(number + 1)})

    def judge(self, reply: Reply) -> Verdict:
        """By status and by the code in the body, which is 0 when all is well."""
        answer = reply.json_or_none
        code = answer.get("code") if isinstance(answer, dict) else None
        if code == USED_UP:
            return Verdict(Meaning.STOP, "Zoho Books says 45: the day's calls are used up")
        if code == TOO_FAST:
            return Verdict(Meaning.SLOW, "Zoho Books says 44: too many calls in a minute", MINUTE)
        verdict = by_status(reply, "Zoho Books")
        if verdict:
            return verdict
        if reply.status in UNAUTHORISED and code != 57:
            return Verdict(Meaning.LOGIN, f"Zoho Books says {code_text(code)} (HTTP 401)")
        if reply.status == 200 and code is None:
            return Verdict(Meaning.RETRY, "Zoho Books answers no whole JSON")
        if reply.status != 200 or code != 0:
            hint = f": {HINTS[code]}" if code in HINTS else ""
            says = f"Zoho Books says {code_text(code)} (HTTP {reply.status}){hint}"
            return Verdict(Meaning.REFUSED, says)
        return PAGE


def _list_key(pull: Pull) -> str:
    return str(pull.options.get("list_key", pull.resource))


def _more(pull: Pull) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in dict(pull.options.get("params", {})).items()}


def _moment(moment: datetime) -> str:
    """As Books writes its own moments: no colon in the offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


CONNECTOR = ZohoBooks()
