"""Salesforce Bulk API 2.0: one query job a pull, its result as CSV pages.

Source of truth: simple-salesforce's bulk2.py and Salesforce's own pages, as spec section 3 sums them
up. Connection `salesforce`: host is the instance (https://mycompany.my.salesforce.com), login the
consumer key and password the consumer secret of a connected app with the client credentials flow [M];
extra `api_version` (v62.0).

The SOQL names the mapping's fields, with `queryAll`: deleted rows come too, with IsDeleted [H].
Increments: SystemModstamp from `since` until the end of the night's day. The job is looked at until
JobComplete, then read by `Sforce-Locator` until it says null; every page is counted against
`Sforce-NumberOfRecords` and all of them against the job's `numberRecordsProcessed` [H]. An object
without IsDeleted: option `deleted: false`. Options, too: `max_records` a page (50000); `poll_seconds`, the
longest pause between two looks (30, from a tenth of a second on); `polls`, looks at most (500).

Errors are a JSON array of message and errorCode [H]. REQUEST_LIMIT_EXCEEDED is the tenant's calls of
24 hours: the rest waits for another night. No window in seconds is published.
"""

import base64
import re
from datetime import UTC, datetime

from etl.errors import BadInput
from etl.sources.answers import by_status, code_text, csv_rows, poll_pause
from etl.sources.connections import Connection
from etl.sources.connector import (
    PAGE,
    Ask,
    Connector,
    Inconsistent,
    Meaning,
    Pull,
    Reply,
    Token,
    Verdict,
)

JOBS = "/services/data/{version}/jobs/query"
LOGIN = "/services/oauth2/token"
VERSION = "v62.0"
SESSION_SECONDS = 3600.0
_NO_COLUMN = re.compile(r"No such column '([\w.]{1,80})'")
_NAME = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)*")
HINTS = {
    "API_DISABLED_FOR_ORG": "its edition or the user's profile has no API",
    "INSUFFICIENT_ACCESS": "the app's user may not read this object",
    "INVALID_FIELD": "a field of the mapping is not there, or not visible to the app's user",
    "INVALID_TYPE": "check resource: in the mapping",
    "MALFORMED_QUERY": "check resource and fields of the mapping",
    "NOT_FOUND": "check host and api_version of the connection; a job's result is kept for 7 days",
}


class Salesforce(Connector):
    """A job, its state, its pages."""

    name = "salesforce"

    def login(self, connection: Connection, now: datetime) -> Ask:
        """Client credentials, the secret in a header rather than in the address."""
        del now
        pair = f"{connection.need('login')}:{connection.need('password')}"
        basic = base64.b64encode(pair.encode()).decode()
        params = {"grant_type": "client_credentials"}
        return Ask(LOGIN, "POST", params, {"Authorization": f"Basic {basic}"})

    def judge_login(self, reply: Reply) -> Verdict:
        """A token, or an error of OAuth."""
        answer = reply.json_or_none
        if isinstance(answer, dict) and answer.get("access_token"):
            return PAGE
        verdict = by_status(reply, "Salesforce's login")
        if verdict:
            return verdict
        if not isinstance(answer, dict):
            return Verdict(Meaning.RETRY, "Salesforce's login answers no JSON")
        return Verdict(
            Meaning.REFUSED,
            f"Salesforce's login says {code_text(answer.get('error', 'nothing'))}; check login and "
            "password of the connection and the app's client credentials flow",
        )

    def token(self, reply: Reply) -> Token:
        """It says nothing about its life; a session that ended early is renewed when it is refused."""
        return Token({"access_token": str(reply.json["access_token"])}, SESSION_SECONDS)

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        """Bearer, and the version of the API that the connection names."""
        del now
        version = connection.get("api_version", VERSION)
        version = version if version.startswith("v") else f"v{version}"
        return ask.but(
            path=ask.path.replace("{version}", version),
            headers={**ask.headers, "Authorization": f"Bearer {token.values['access_token']}"},
        )

    def first(self, pull: Pull) -> Ask:
        """The job."""
        body = {
            "operation": "queryAll" if _has_deleted(pull) else "query",
            "query": _soql(pull),
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        return Ask(JOBS, "POST", body=body, lands="no")

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        """Look until it is done, then page by locator."""
        if "seen" in ask.state:
            return _after_page(ask, reply)
        job = reply.json
        state, number = str(job.get("state")), str(job.get("id", ""))
        if not number.isalnum():
            raise Inconsistent("a query job was started without an id")
        if state == "JobComplete":
            params = {"maxRecords": str(pull.options.get("max_records", 50_000))}
            return Ask(
                f"{JOBS}/{number}/results",
                params=params,
                headers={"Accept": "text/csv"},
                state={"seen": 0, "total": job.get("numberRecordsProcessed")},
                lands="csv",
            )
        if state in ("Failed", "Aborted"):
            says = code_text(job.get("errorMessage") or "", 160)
            raise Inconsistent(f"the query job is {state}: {says or 'no reason'}", restart=True)
        looks = int(ask.state.get("looks", 0))
        pause = poll_pause(pull, looks, "Salesforce")
        return Ask(f"{JOBS}/{number}", state={"looks": looks + 1}, lands="no", pause=pause)

    def judge(self, reply: Reply) -> Verdict:
        """By status and errorCode."""
        if 200 <= reply.status < 300:
            return PAGE
        answer = reply.json_or_none
        said = answer[0] if isinstance(answer, list) and answer else answer
        code = code_text(said.get("errorCode", "")) if isinstance(said, dict) else ""
        if code == "REQUEST_LIMIT_EXCEEDED":
            return Verdict(
                Meaning.STOP, "Salesforce says REQUEST_LIMIT_EXCEEDED: the calls of 24 hours"
            )
        verdict = by_status(reply, "Salesforce")
        if verdict:
            return verdict
        if reply.status == 401 or code == "INVALID_SESSION_ID":
            return Verdict(Meaning.LOGIN, f"Salesforce says {code or 'HTTP 401'}")
        hint = f": {HINTS[code]}" if code in HINTS else ""
        unknown = _NO_COLUMN.search(str(said.get("message"))) if code == "INVALID_FIELD" else None
        if unknown:
            hint = f": there is no {unknown[1]}, or the app's user may not see it"
        says = f"Salesforce says {code or f'HTTP {reply.status}'}{hint}"
        return Verdict(Meaning.REFUSED, says)


def _has_deleted(pull: Pull) -> bool:
    return bool(pull.options.get("deleted", True))


def _soql(pull: Pull) -> str:
    """The query. A name that is none is refused here: it would be part of a statement."""
    own = ("Id", "SystemModstamp", *(["IsDeleted"] if _has_deleted(pull) else []))
    fields = tuple(dict.fromkeys([*own, *pull.fields]))
    for name in (pull.resource, *fields):
        if not _NAME.fullmatch(name):
            raise BadInput(f"{code_text(name)} is no name of a Salesforce object or field.")
    bounds = [f"SystemModstamp < {_moment(pull.until)}"]
    if pull.since:
        bounds.insert(0, f"SystemModstamp >= {_moment(pull.since)}")
    return f"SELECT {', '.join(fields)} FROM {pull.resource} WHERE {' AND '.join(bounds)}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _after_page(ask: Ask, reply: Reply) -> Ask | None:
    """The page behind the locator; at the end all rows must have come."""
    rows = csv_rows(reply.content)
    stated = reply.headers.get("sforce-numberofrecords", "")
    if stated.isdigit() and int(stated) != rows:
        raise Inconsistent(f"{rows} rows came where the page says {stated}")
    locator = reply.headers.get("sforce-locator", "null") or "null"
    seen = int(ask.state["seen"]) + rows
    if locator != "null":
        if locator == ask.params.get("locator") or not rows:
            raise Inconsistent("the locator stands still")
        params = {**ask.params, "locator": locator}
        return ask.but(params=params, state={**ask.state, "seen": seen})
    total = ask.state.get("total")
    if isinstance(total, int) and total != seen:
        raise Inconsistent(f"{seen} rows came where the job counted {total}", restart=True)
    return None


CONNECTOR = Salesforce()
