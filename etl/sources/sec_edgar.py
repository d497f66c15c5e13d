"""SEC EDGAR: the annual accounts of companies listed in the United States; public domain, free.

Source of truth: data.sec.gov as the agency documents it ([H]). `companyfacts/CIK##########.json` holds
every number a company ever filed, tag by tag; `sec_facts.py` turns the tags of annual reports into
statements, each as it was known from one filing on. Ten requests a second for one address; a User-Agent
with a contact is demanded, without one the answer is 403; so it is for ten minutes after being too fast.

Only customers with a CIK are asked about: the agency has no lookup by other numbers. Companies that
file under IFRS (taxonomy ifrs-full) have no us-gaap facts and bring no rows.

Connection (`sec`): extra `contact`, such as "Example Ltd credit@example.com".
"""

from datetime import datetime

from etl.errors import BadInput
from etl.sources.answers import by_status
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
from etl.sources.sec_facts import STATEMENTS

RESOURCE = "companyfacts"
DIGITS = 10
TOO_FAST = b"Rate Threshold"
BLOCKED_SECONDS = 600.0


class SecEdgar(Connector):
    """Company facts by CIK."""

    name = "sec_edgar"
    public_host = "https://data.sec.gov"
    connection_name = "sec"
    by_subject = True
    selects_fields = False
    limits = (Limit(10, 1),)

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        del token, now
        return ask.but(headers={**ask.headers, "User-Agent": connection.need("contact")})

    def rows_sql(self, pull: Pull) -> str | None:
        del pull
        return STATEMENTS

    def can_answer(self, pull: Pull) -> str:
        if pull.subject and not _cik(pull):
            return "it has no CIK, the SEC's number of a company"
        return ""

    def first(self, pull: Pull) -> Ask | None:
        if pull.resource != RESOURCE:
            raise BadInput(f"sec_edgar has no resource {pull.resource!r}; say {RESOURCE}.")
        cik = _cik(pull)
        if pull.subject is None or not cik:
            return None
        return Ask(
            f"/api/xbrl/companyfacts/CIK{cik}.json",
            about={
                "subject": pull.subject.customer_id,
                "keyword": cik,
                "cik": cik,
                "product": RESOURCE,
            },
        )

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        del pull
        if self.judge(reply).meaning is Meaning.NOTHING:
            return None
        cik = str(reply.json.get("cik", "")).zfill(DIGITS)
        if cik != ask.about["cik"]:
            raise Inconsistent("the facts are of another company than the one asked for")
        return None

    def judge(self, reply: Reply) -> Verdict:
        if verdict := by_status(reply, "SEC EDGAR"):
            return verdict
        if reply.status == 404:
            return NOTHING
        if reply.status == 403 and TOO_FAST in reply.content:
            return Verdict(Meaning.SLOW, "SEC EDGAR blocks us for being too fast", BLOCKED_SECONDS)
        if reply.status == 403:
            return Verdict(
                Meaning.REFUSED,
                "SEC EDGAR blocks us (HTTP 403): the connection's contact must name a company and a "
                "mail address",
            )
        if reply.status != 200:
            return Verdict(Meaning.REFUSED, f"SEC EDGAR answers HTTP {reply.status}")
        body = reply.json
        if not isinstance(body, dict) or not isinstance(body.get("facts"), dict):
            raise Inconsistent("the answer holds no facts")
        return PAGE


def _cik(pull: Pull) -> str:
    digits = (pull.subject.identifiers.get("cik") or "") if pull.subject else ""
    return digits.zfill(DIGITS) if digits.isascii() and digits.isdigit() else ""


CONNECTOR = SecEdgar()
