"""Creditsafe Connect: scores, limits, accounts and identity of companies outside China; reports are paid.

Source of truth: doc.creditsafe.com and the public clients ([H] where sources agree). A JWT of one hour
from POST /v1/authenticate; wrong credentials are 401 and must not be tried again (five times in two
minutes locks the account for five minutes: 429). A search is free and comes first: by registration
number, VAT number, name, until one finds exactly one company that bears the number or the very name we
asked for; with two, nobody buys a report about the wrong one. A report is bought when the company
changed since the last one (`dateOfLatestChange` of the search, [M]).

Limits: calls a minute are capped and the cap is not published; 429 with Retry-After or a pause. The
bands A to E are the same everywhere, provider scores are each country's own scale (its ends are in the
report). Values may be words ("Not Rated"): the mapping takes numbers only. German reports need a reason:
`options: {de_reason_code: "1"}` (1: credit decision). `options: {language: en, template: …}`.

Connection: login = user name, password.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import quote

from etl.errors import BadInput
from etl.sources.answers import by_status, code_text
from etl.sources.connections import Connection
from etl.sources.connector import (
    NOTHING,
    PAGE,
    Ask,
    Connector,
    Inconsistent,
    Json,
    Meaning,
    Pull,
    Reply,
    Subject,
    Token,
    Verdict,
)
from etl.sources.countries import two_letters

RESOURCE = "report"
COMPANIES = "/v1/companies"
TOKEN_SECONDS = 3600.0 - 120.0
PAGE_SIZE = 20
NUMBERS = (("registration_number", "regNo"), ("vat", "vatNo"))
"""Scheme of ours → search parameter and field of the answer."""
LOCKED_PAUSE = 60.0
SEEN_LATE = timedelta(days=7)
"""A change may show some days after the day it carries: one report too many beats one too few."""


class Creditsafe(Connector):
    """Search, choose, buy."""

    name = "creditsafe"
    public_host = "https://connect.creditsafe.com"
    rows_at = "$"
    by_subject = True
    selects_fields = False

    def login(self, connection: Connection, now: datetime) -> Ask | None:
        del now
        body = {"username": connection.need("login"), "password": connection.need("password")}
        return Ask("/v1/authenticate", "POST", body=body)

    def judge_login(self, reply: Reply) -> Verdict:
        if reply.status == 429:
            wait = by_status(reply, "Creditsafe")
            pause = wait.wait if wait and wait.wait else LOCKED_PAUSE
            return Verdict(Meaning.SLOW, "Creditsafe locked the login for some minutes", pause)
        if verdict := by_status(reply, "Creditsafe"):
            return verdict
        if reply.status == 200:
            return PAGE
        return Verdict(
            Meaning.REFUSED,
            f"Creditsafe did not accept user name and password (HTTP {reply.status})",
        )

    def token(self, reply: Reply) -> Token:
        body = reply.json
        token = body.get("token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not token:
            raise BadInput("Creditsafe's login brought no token; try again or ask Creditsafe.")
        return Token({"token": token}, TOKEN_SECONDS)

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        del connection, now
        return ask.but(headers={**ask.headers, "Authorization": f"Bearer {token.values['token']}"})

    def can_answer(self, pull: Pull) -> str:
        subject = pull.subject
        if subject is None:
            return ""
        country = two_letters(subject.country)
        if not country:
            return "its country is not known, and Creditsafe searches within countries"
        if country in _countries(pull, "without", ["CN"]):
            return f"Creditsafe is not asked about {country}"
        return "" if _questions(subject) else "it has neither a number nor a name"

    def first(self, pull: Pull) -> Ask | None:
        if pull.resource != RESOURCE:
            raise BadInput(f"creditsafe has no resource {pull.resource!r}; say {RESOURCE}.")
        return self._search(pull, 0)

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        if ask.about["kind"] == "report":
            _check_report(reply.json, ask)
            return None
        place = int(ask.state["question"])
        if self.judge(reply).meaning is Meaning.NOTHING:
            return self._search(pull, place + 1)
        companies = _companies(reply.json)
        chosen = _chosen(companies, str(ask.state["field"]), ask.about["keyword"])
        if chosen is None:
            return self._search(pull, place + 1)
        changed = _day(chosen.get("dateOfLatestChange"))
        last = _day(pull.subject.answered_on) if pull.subject else None
        if changed and last and changed < last - SEEN_LATE:
            return None
        return self._report(pull, ask, chosen)

    def judge(self, reply: Reply) -> Verdict:
        if verdict := by_status(reply, "Creditsafe"):
            return verdict
        if reply.status == 401:
            return Verdict(Meaning.LOGIN, "Creditsafe says the session is not valid (HTTP 401)")
        if reply.status in (400, 403, 404):
            body = reply.json_or_none
            said = code_text(body.get("message", "")) if isinstance(body, dict) else ""
            return Verdict(Meaning.SKIP, f"Creditsafe has no answer (HTTP {reply.status}) {said}")
        if reply.status != 200:
            return Verdict(Meaning.REFUSED, f"Creditsafe answers HTTP {reply.status}")
        body = reply.json
        is_empty = isinstance(body, dict) and body.get("companies") == []
        return NOTHING if is_empty and not body.get("totalSize") else PAGE

    def _search(self, pull: Pull, place: int) -> Ask | None:
        subject = pull.subject
        questions = _questions(subject) if subject else []
        if subject is None or place >= len(questions):
            return None
        scheme, field, value = questions[place]
        return Ask(
            COMPANIES,
            params={
                "countries": two_letters(subject.country),
                field: value,
                "page": "1",
                "pageSize": str(PAGE_SIZE),
            },
            about={
                "kind": "search",
                "product": "search",
                "subject": subject.customer_id,
                "keyword": value,
                scheme: value,
            },
            state={"question": place, "field": field},
        )

    def _report(self, pull: Pull, search: Ask, company: Mapping[str, Json]) -> Ask:
        params = {"language": str(pull.options.get("language", "en"))}
        if template := pull.options.get("template"):
            params["template"] = str(template)
        if company.get("country") == "DE":
            reason = pull.options.get("de_reason_code", "1")
            params["customData"] = f"de_reason_code::{reason}"
        company_id = str(company["id"])
        return Ask(
            f"{COMPANIES}/{quote(company_id, safe='')}",
            params=params,
            about={**search.about, "kind": "report", "product": "report"},
            state={"company": company_id},
            is_paid=True,
        )


def _questions(subject: Subject) -> list[tuple[str, str, str]]:
    """What to search by, the surest first: (scheme or `name`, parameter, value)."""
    found = [
        (scheme, field, subject.identifiers[scheme])
        for scheme, field in NUMBERS
        if subject.identifiers.get(scheme)
    ]
    name = (subject.name or "").strip()
    return [*found, ("name", "name", name)] if name else found


def _countries(pull: Pull, key: str, default: list[str]) -> list[str]:
    named = pull.options.get(key, default)
    return [two_letters(str(country)) for country in named]


def _companies(body: Json) -> list[Mapping[str, Json]]:
    companies = body.get("companies") if isinstance(body, dict) else None
    if not isinstance(companies, list) or not all(isinstance(one, dict) for one in companies):
        raise Inconsistent("the search has no list of companies")
    total = body.get("totalSize")
    if isinstance(total, int) and len(companies) != min(total, PAGE_SIZE):
        raise Inconsistent(f"the search has {len(companies)} companies where {total} are stated")
    return companies


def _chosen(
    companies: list[Mapping[str, Json]], field: str, value: str
) -> Mapping[str, Json] | None:
    """The one company that bears what was asked for; of several the one that is active."""
    wanted = _plain(value)
    same = [one for one in companies if one.get("id") and wanted in _borne(one.get(field))]
    if len(same) > 1:
        same = [one for one in same if str(one.get("status", "")).lower() == "active"]
    return same[0] if len(same) == 1 else None


def _borne(value: Json) -> list[str]:
    """A number or name as it is compared; VAT numbers may come as a list."""
    values = value if isinstance(value, list) else [value]
    return [_plain(str(one)) for one in values if one]


def _plain(text: str) -> str:
    """Letters and digits alone: width, case, spaces and points make no other company."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark for mark in folded if mark.isalnum())


def _day(value: Json) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _check_report(body: Json, ask: Ask) -> None:
    report = body.get("report") if isinstance(body, dict) else None
    if not isinstance(report, dict):
        raise Inconsistent("the answer holds no report")
    about = report.get("companyId")
    if about and about != ask.state["company"]:
        raise Inconsistent("the report is about another company than the one asked for")


CONNECTOR = Creditsafe()
