"""Zoho CRM v8: records of a module, what was deleted of it, and bulk read for the first load.

Source of truth: zoho/crm-oas v8.0 and the v8 pages of zoho.com/crm/developer, as spec section 2 sums
them up. Connection: see `zoho.py`.

Records come by id, 200 a page, pages 1 to 10 by number, then by `page_token` up to 100,000 [H]; at
most 50 fields [H]. Increments send If-Modified-Since [H]: 304 says nothing is newer, 204 that there is
nothing at all. The deleted feed follows in the same pull, its pages with `@kind` deleted; beyond page
10 it goes on by token where the answer gives one, else by number [L].

Option `bulk: true`: while nothing was read yet, one job a page of 200,000 rows, a zip with one CSV
each [H]; look-ups are plain ids there. More than 100,000 records need it. `poll_seconds`, the longest
pause between two looks at a job (30, from a tenth of a second on); `polls`, looks at most (500).

Limits [H]: credits per rolling 24 h by edition (5,000 to millions) and 5 to 25 calls at once; both are
answered with TOO_MANY_REQUESTS and no Retry-After. `X-API-CREDITS-REMAINING: 0` ends the night's pull,
otherwise we slow down. A page token is good for 24 h.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from etl.errors import BadInput
from etl.sources.answers import by_status, code_text, top_names
from etl.sources.connector import (
    NOTHING,
    PAGE,
    Ask,
    Inconsistent,
    Meaning,
    Pull,
    Reply,
    Verdict,
)
from etl.sources.zoho import PER_PAGE, Zoho
from etl.sources.zoho_bulk import BULK, after_bulk, start_job

VERSION = "v8"
MOST_FIELDS = 50
LAST_NUMBERED = 10
"""The page behind which only a page token leads."""

OF_DELETED = ("deleted_time", "deleted_by", "display_name", "created_by", "type")
"""Columns of the deleted feed alone."""

SESSION = ("AUTHENTICATION_FAILURE", "INVALID_TOKEN")
CREDITS = "x-api-credits-remaining"
STALE = ("EXPIRED_VALUE", "TOKEN_BOUND_DATA_MISMATCH")
HINTS = {
    "OAUTH_SCOPE_MISMATCH": "the refresh token lacks a scope: ZohoCRM.modules.READ, ZohoCRM.bulk.READ",
    "NO_PERMISSION": "the user behind the refresh token may not see this module",
    "INVALID_MODULE": "check resource: in the mapping",
    "MODULE_NOT_AVAILABLE": "check resource: in the mapping",
    "REQUIRED_PARAM_MISSING": "check the fields of the mapping",
    "LIMIT_EXCEEDED": "a parameter is beyond its limit",
    "DISCRETE_PAGINATION_LIMIT_EXCEEDED": "a page beyond 2,000 records needs a page token",
    "PAGINATION_LIMIT_EXCEEDED": "there are more than 100,000 records; say options: {bulk: true}",
    "EXPIRED_VALUE": "the page token is older than 24 hours",
    "TOKEN_BOUND_DATA_MISMATCH": "the page token belongs to another question",
}


class ZohoCrm(Zoho):
    """Records, deletions, bulk."""

    name = "zoho_crm"
    rows_at = "$.data[*]"

    def csv_header(self, column: str) -> str:
        """In a bulk result the id is `Id`, a look-up is its id alone, and nothing is deleted."""
        if column in OF_DELETED or column.startswith("@") or column.endswith(".name"):
            return ""
        return "Id" if column == "id" else top_names([column])[0]

    def first(self, pull: Pull) -> Ask:
        """The first page of records, or the first bulk job."""
        if len(_fields(pull)) > MOST_FIELDS:
            raise BadInput(
                f"the mapping of {pull.resource} reads {len(_fields(pull))} fields and Zoho CRM gives "
                f"{MOST_FIELDS} at a time; make two feeds of it."
            )
        if pull.options.get("bulk") and pull.since is None:
            return start_job(pull, _fields(pull))
        params = {
            "fields": ",".join(_fields(pull)),
            "per_page": str(PER_PAGE),
            "sort_by": "id",
            "sort_order": "asc",
            "page": "1",
        }
        return Ask(f"/crm/{VERSION}/{pull.resource}", params=params, headers=_newer(pull))

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        """Pages of records, then of deletions; a bulk job has steps of its own."""
        if ask.path.startswith(BULK):
            return after_bulk(pull, ask, reply, _fields(pull))
        is_deleted_feed = ask.about.get("kind") == "deleted"
        following = None if reply.status in (204, 304) else _next_page(ask, reply)
        if following or is_deleted_feed:
            return following
        path = f"/crm/{VERSION}/{pull.resource}/deleted"
        params = {"type": "all", "per_page": str(PER_PAGE), "page": "1"}
        return Ask(path, params=params, headers=_newer(pull), about={"kind": "deleted"})

    def judge(self, reply: Reply) -> Verdict:
        """By status and code; some refusals hide in a data list."""
        if reply.status in (204, 304):
            return NOTHING
        answer = reply.json_or_none
        code = _code(answer)
        if code == "TOO_MANY_REQUESTS" and reply.headers.get(CREDITS, "").strip() == "0":
            return Verdict(Meaning.STOP, "Zoho CRM's API credits of the last 24 hours are used up")
        if code == "TOO_MANY_REQUESTS":
            return Verdict(Meaning.SLOW, "Zoho CRM says TOO_MANY_REQUESTS")
        verdict = by_status(reply, "Zoho CRM")
        if verdict:
            return verdict
        if code in SESSION or (reply.status == 401 and code != "OAUTH_SCOPE_MISMATCH"):
            return Verdict(Meaning.LOGIN, f"Zoho CRM says {code or 'HTTP 401'}")
        if code or reply.status >= 300:
            hint = f": {HINTS[code]}" if code in HINTS else ""
            return Verdict(Meaning.REFUSED, f"Zoho CRM says {code or f'HTTP {reply.status}'}{hint}")
        return PAGE


def _code(answer: Any) -> str:
    """The code of an error, in the body or in its first row; "" for data."""
    rows = answer.get("data") if isinstance(answer, dict) else None
    for said in (answer, rows[0] if isinstance(rows, list) and rows else None):
        if isinstance(said, dict) and said.get("status") == "error" and "code" in said:
            return code_text(said["code"])
    return ""


def _fields(pull: Pull) -> tuple[str, ...]:
    """What is asked for; of the deleted feed's own columns none is a field of the module."""
    named = [name for name in top_names(pull.fields) if name not in ("id", *OF_DELETED)]
    return tuple(dict.fromkeys([*named, "Modified_Time"]))


def _newer(pull: Pull) -> Mapping[str, str]:
    return {"If-Modified-Since": _moment(pull.since)} if pull.since else {}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _next_page(ask: Ask, reply: Reply) -> Ask | None:
    """The page after this one, when it says there is one."""
    answer = reply.json
    rows, info = answer.get("data"), answer.get("info")
    if not isinstance(rows, list) or not isinstance(info, dict):
        raise Inconsistent("the answer has no data and info")
    if info.get("count") not in (None, len(rows)):
        raise Inconsistent(f"{len(rows)} rows came where the page says {info['count']}")
    number = int(ask.state.get("page", 1))
    says = info.get("page")
    is_numbered = "page" in ask.params
    if isinstance(says, int) and says != number and (is_numbered or says > LAST_NUMBERED):
        raise Inconsistent(f"page {says} came where page {number} was asked for")
    last = ask.state.get("last", "")
    if ask.about.get("kind") != "deleted":
        last = _ascending(last, rows)
    if not info.get("more_records"):
        return None
    if not rows:
        raise Inconsistent("an empty page says there are more records")
    params = {key: ask.params[key] for key in ask.params if key not in ("page", "page_token")}
    state = {"page": number + 1, "last": last}
    token = info.get("next_page_token")
    if number < LAST_NUMBERED or (not token and ask.about):
        return ask.but(params={**params, "page": str(number + 1)}, state=state)
    if not token or token == ask.params.get("page_token"):
        raise Inconsistent("there are more records and no new page token")
    return ask.but(params={**params, "page_token": str(token)}, state=state)


def _ascending(last: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The last id; ids are numbers too large for some readers, hence texts, and they must rise."""
    ids = [str(row.get("id") or "") for row in rows]
    for before, this in pairwise([last, *ids]):
        if not (len(before), before) < (len(this), this):
            raise Inconsistent("records are not in the order of id, or came twice")
    return ids[-1] if ids else last


CONNECTOR = ZohoCrm()
