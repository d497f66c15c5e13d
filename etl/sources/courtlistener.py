"""CourtListener REST v4: dockets of US federal courts by party name; free, and tightly throttled.

Source of truth: the service's own source code ([H]). `Authorization: Token …`; search `type=r` gives
dockets with the names of their parties in pages of 20, forward by cursor. 5 calls a minute, 50 an hour,
125 a day, all at once, unless the account has others (`limits` in the connection's extra); 429 states
Retry-After. The count of a search is exact only while it is small ([M]): it is checked up to 1,000.

Parties come as bare names, without roles: who sues whom is not said, and is not guessed here. A common
name has thousands of dockets; `options: {most_pages: 5}` are read, newest first. `options: {countries:
[US]}`: whose customers are asked about, so that the 125 calls go where US courts matter.

Connection: password = API token.
"""

import re
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from etl.errors import BadInput
from etl.sources.answers import by_status, code_text
from etl.sources.connections import Connection
from etl.sources.connector import (
    NOTHING,
    PAGE,
    Ask,
    Connector,
    Inconsistent,
    Limit,
    Meaning,
    Pull,
    Reply,
    Token,
    Verdict,
)
from etl.sources.countries import two_letters

RESOURCE = "dockets"
SEARCH = "/api/rest/v4/search/"
PAGE_SIZE = 20
MOST_PAGES = 5
EXACT_COUNT = 1000
LEGAL_FORM = re.compile(
    r"[,\s]+(incorporated|inc|corporation|corp|company|co|limited|ltd|llc|l\.l\.c|llp|lp|plc)\.?$",
    re.IGNORECASE,
)


class CourtListener(Connector):
    """Dockets by the name of a party."""

    name = "courtlistener"
    public_host = "https://www.courtlistener.com"
    rows_at = "$.results[*]"
    by_subject = True
    selects_fields = False
    limits = (Limit(5, 60), Limit(50, 3600), Limit(125, 86400))
    slow_pause = 60.0

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        del token, now
        key = connection.need("password")
        return ask.but(headers={**ask.headers, "Authorization": f"Token {key}"})

    def can_answer(self, pull: Pull) -> str:
        subject = pull.subject
        if subject is None:
            return ""
        countries = [two_letters(str(one)) for one in pull.options.get("countries", ["US"])]
        if two_letters(subject.country) not in countries:
            return f"only customers in {', '.join(countries)} are looked up in US courts"
        return "" if _phrase(subject.name) else "it has no name in Latin letters"

    def first(self, pull: Pull) -> Ask | None:
        if pull.resource != RESOURCE:
            raise BadInput(f"courtlistener has no resource {pull.resource!r}; say {RESOURCE}.")
        subject = pull.subject
        phrase = _phrase(subject.name) if subject else ""
        if subject is None or not phrase:
            return None
        return Ask(
            SEARCH,
            params={"type": "r", "q": f'party:"{phrase}"', "order_by": "dateFiled desc"},
            about={
                "subject": subject.customer_id,
                "keyword": phrase,
                "name": phrase,
                "product": RESOURCE,
            },
            state={"page": 1, "seen": 0},
        )

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        body = reply.json
        rows, following = len(body["results"]), body.get("next")
        number, seen = int(ask.state["page"]), int(ask.state["seen"]) + rows
        if following and rows != PAGE_SIZE:
            raise Inconsistent(f"page {number} has {rows} dockets, and more are to follow")
        if not following:
            count = body.get("count")
            if isinstance(count, int) and count <= EXACT_COUNT and seen != count:
                raise Inconsistent(f"{seen} dockets came of {count} stated", restart=True)
            return None
        if number >= int(pull.options.get("most_pages", MOST_PAGES)):
            return None
        # Only the query is taken over: a link is no reason to talk to another host.
        params = dict(parse_qsl(urlsplit(str(following)).query))
        if not params.get("cursor") or params["cursor"] == ask.params.get("cursor"):
            raise Inconsistent(f"page {number}: the cursor to the next page stands still")
        return ask.but(params=params, state={"page": number + 1, "seen": seen})

    def judge(self, reply: Reply) -> Verdict:
        if verdict := by_status(reply, "CourtListener"):
            return verdict
        if reply.status in (401, 403):
            return Verdict(
                Meaning.REFUSED, f"CourtListener does not accept the token (HTTP {reply.status})"
            )
        if reply.status != 200:
            body = reply.json_or_none
            said = code_text(body.get("detail", "")) if isinstance(body, dict) else ""
            return Verdict(Meaning.REFUSED, f"CourtListener: HTTP {reply.status} {said}")
        body = reply.json
        if not isinstance(body, dict) or not isinstance(body.get("results"), list):
            raise Inconsistent("the answer has no results")
        return PAGE if body["results"] else NOTHING


def _phrase(name: str | None) -> str:
    """The name as a phrase of the search language: without quotes, and without the legal form at its
    end as long as two words are left, since courts write it in many ways. Empty when it has no Latin
    letters."""
    plain = " ".join("".join(" " if mark in '"\\' else mark for mark in name or "").split())
    if not any(mark.isascii() and mark.isalpha() for mark in plain):
        return ""
    bare = LEGAL_FORM.sub("", plain)
    return bare if len(bare.split()) > 1 else plain


CONNECTOR = CourtListener()
