"""GLEIF: who holds which LEI, under what name, in which registry; free and without a key.

Source of truth: api.gleif.org's own description ([H]). JSON:API; one record by its LEI, a list by legal
name (`filter[entity.legalName]`), pages numbered from 1, at most 200 records each. About 60 calls a
minute are let through ([M], not published; `limits` in the connection's extra says otherwise).

`registeredAs` is the number in the national registry (for China the 统一社会信用代码, [M]). A name may bear
several LEIs: all are kept, matching decides. `options: {most_pages: 1}` of such a list are read.

Connection: an empty one is enough (nobody is called whom no connection names); it may name another host.
"""

from urllib.parse import quote

from etl.errors import BadInput
from etl.sources.answers import by_status, code_text
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
    Verdict,
)

RESOURCE = "lei-records"
RECORDS = "/api/v1/lei-records"
PAGE_SIZE = 50
MOST_PAGES = 1
UNKNOWN = 404
ACCEPT = {"Accept": "application/vnd.api+json"}

# One record by its number is an object, a list by name an array: either way one row a record.
ROWS = """
    SELECT number, UNNEST(range(len(entries))) AS position, UNNEST(entries) AS entry
    FROM (
        SELECT number, CASE json_type(body, '$.data')
            WHEN 'ARRAY' THEN CAST(json_extract(body, '$.data[*]') AS JSON[])
            WHEN 'OBJECT' THEN [json_extract(body, '$.data')]
            ELSE [] END AS entries
        FROM page
        WHERE body IS NOT NULL AND outcome = 'page'
    ) AS opened
"""


class Gleif(Connector):
    """LEI records of one company."""

    name = "gleif"
    public_host = "https://api.gleif.org"
    by_subject = True
    selects_fields = False
    limits = (Limit(60, 60),)

    def rows_sql(self, pull: Pull) -> str | None:
        del pull
        return ROWS

    def can_answer(self, pull: Pull) -> str:
        subject = pull.subject
        if subject is None or subject.identifiers.get("lei") or (subject.name or "").strip():
            return ""
        return "it has neither an LEI nor a name"

    def first(self, pull: Pull) -> Ask | None:
        if pull.resource != RESOURCE:
            raise BadInput(f"gleif has no resource {pull.resource!r}; say {RESOURCE}.")
        subject = pull.subject
        if subject is None:
            return None
        about = {"subject": subject.customer_id, "product": RESOURCE}
        lei, name = subject.identifiers.get("lei"), (subject.name or "").strip()
        if lei:
            return Ask(
                f"{RECORDS}/{quote(lei, safe='')}",
                headers=ACCEPT,
                about={**about, "keyword": lei, "lei": lei},
            )
        if not name:
            return None
        return Ask(
            RECORDS,
            params={
                "filter[entity.legalName]": name,
                "page[number]": "1",
                "page[size]": str(PAGE_SIZE),
            },
            headers=ACCEPT,
            about={**about, "keyword": name, "name": name},
            state={"page": 1},
        )

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        if reply.status == UNKNOWN:
            return None
        body = reply.json
        if "page" not in ask.state:
            if body["data"].get("id") != ask.about["lei"]:
                raise Inconsistent("the record is another one than the LEI asked for")
            return None
        number = int(ask.state["page"])
        try:
            said = body["meta"]["pagination"]
            current, last, total = (int(said[key]) for key in ("currentPage", "lastPage", "total"))
        except (KeyError, TypeError, ValueError):
            raise Inconsistent(f"page {number} has no pagination") from None
        if current != number:
            raise Inconsistent(f"page {current} came where page {number} was asked for")
        due = max(0, min(PAGE_SIZE, total - (number - 1) * PAGE_SIZE))
        if len(body["data"]) != due:
            raise Inconsistent(f"page {number}: {len(body['data'])} records where {due} are due")
        if number >= min(last, int(pull.options.get("most_pages", MOST_PAGES))):
            return None
        params = {**ask.params, "page[number]": str(number + 1)}
        return ask.but(params=params, state={"page": number + 1})

    def judge(self, reply: Reply) -> Verdict:
        if verdict := by_status(reply, "GLEIF"):
            return verdict
        if reply.status == UNKNOWN:
            return NOTHING
        if reply.status != 200:
            body = reply.json_or_none
            errors = body.get("errors") if isinstance(body, dict) else None
            said = code_text(errors[0].get("title", "")) if errors else ""
            return Verdict(Meaning.REFUSED, f"GLEIF answers HTTP {reply.status} {said}")
        body = reply.json
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(data, list | dict):
            raise Inconsistent("the answer has no data")
        return PAGE if data else NOTHING


CONNECTOR = Gleif()
