"""天眼查 (Tianyancha) open API: Chinese registry, courts and public lists; paid by the call.

Source of truth: paths, fields and codes on which several independent clients agree ([H]); the vendor's
own pages need an account. GET on open.api.tianyancha.com/services/…, header `Authorization: <token>`
without a prefix; `{"error_code": int, "reason", "result": {"total", "items"}}`; pages of 20 at most.
300000 is an empty answer, 300004 too fast, 300006 and 300007 out of money or calls.

The field names of the old list of lawsuits that begin with `plalongiff` are an accident of one client;
its real names are `plaintiff…`. Version 3.0 is read here: it states every party with its role.

Limits: calls a second are not published ([L]): 20 here; `limits` in the connection's extra, such as
"5/1", says otherwise.
There is no "changed since", and enforcements and dishonest entries have no number of their own: they
are told apart by case number and name. The names in one field of `courtRegister` are divided by a comma
([M]); `options: {separators: ",;"}` says otherwise. Times are milliseconds; their day is China's.

Connection: password = token.
"""

import re
from datetime import datetime

from etl.mapping.sql import literal
from etl.sources.answers import by_status, code_text
from etl.sources.by_product import ByProduct, Page, Product
from etl.sources.connections import Connection
from etl.sources.connector import (
    NOTHING,
    PAGE,
    Ask,
    Inconsistent,
    Json,
    Limit,
    Meaning,
    Pull,
    Reply,
    Token,
    Verdict,
)

ITEMS = "$.result.items[*]"
SEPARATORS = ",，;；"

PRODUCTS = (
    Product("lawsuit", "/services/open/jr/lawSuit/3.0", ITEMS, "keyword"),
    Product("court_register", "/services/open/jr/courtRegister/2.0", ITEMS, "keyword"),
    Product("enforcement", "/services/open/jr/zhixinginfo/2.0", ITEMS, "keyword"),
    Product("dishonest", "/services/open/jr/dishonest/2.0", ITEMS, "keyword"),
    Product("consumption_limit", "/services/open/jr/consumptionRestriction/2.0", ITEMS, "keyword"),
    Product(
        "base_info", "/services/open/ic/baseinfo/normal", "$.result", "keyword", is_paged=False
    ),
)
GROUPS = {
    "litigation": ("lawsuit", "court_register"),
    "listing": ("dishonest", "enforcement", "consumption_limit"),
    "registration": ("base_info",),
}

MEANINGS: dict[int, tuple[Meaning, str]] = {
    300001: (Meaning.RETRY, "the request failed"),
    300002: (Meaning.REFUSED, "the account is invalid or disabled"),
    300003: (Meaning.REFUSED, "the account has expired"),
    300004: (Meaning.SLOW, "too many requests"),
    300005: (Meaning.REFUSED, "the account has no right to this interface; leave its product out"),
    300006: (Meaning.STOP, "the balance is used up; top it up"),
    300007: (Meaning.STOP, "the calls that were bought are used up"),
    300008: (Meaning.REFUSED, "a parameter is missing"),
    300009: (Meaning.REFUSED, "the account's data are wrong; correct the token"),
    300010: (Meaning.REFUSED, "there is no such address"),
}
EMPTY = 300000


class Tianyancha(ByProduct):
    """天眼查, product by product."""

    name = "tianyancha"
    public_host = "https://open.api.tianyancha.com"
    products = PRODUCTS
    groups = GROUPS
    page_size = 20
    limits = (Limit(20, 1),)
    number_param = "pageNum"
    size_param = "pageSize"

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        del token, now
        return ask.but(headers={**ask.headers, "Authorization": connection.need("password")})

    def rows_sql(self, pull: Pull) -> str | None:
        """Lawsuits as they are; of court registers, where one text holds several names, lists
        `plaintiff_names`, `defendant_names` and `third_names` beside them."""
        if pull.resource != "litigation":
            return None
        marks = literal(f"[{re.escape(str(pull.options.get('separators', SEPARATORS)))}]")
        lists = ", ".join(
            f"'{role}_names', list_filter(list_transform(regexp_split_to_array(COALESCE("
            f"json_extract_string(entry, '$.{role}'), ''), {marks}), "
            "lambda name: trim(name)), lambda name: name <> '')"
            for role in ("plaintiff", "defendant", "third")
        )
        return f"""
            SELECT number, position, json_merge_patch(entry, json_object({lists})) AS entry
            FROM (
                SELECT number, UNNEST(range(len(entries))) AS position, UNNEST(entries) AS entry
                FROM (
                    SELECT number, CAST(json_extract(body, '{ITEMS}') AS JSON[]) AS entries
                    FROM page
                    WHERE body IS NOT NULL AND outcome = 'page'
                ) AS opened
            ) AS listed
        """

    def judge(self, reply: Reply) -> Verdict:
        if verdict := by_status(reply, "Tianyancha"):
            return verdict
        body = reply.json if reply.status == 200 else None
        code = body.get("error_code") if isinstance(body, dict) else None
        if code == 0:
            return PAGE
        if code == EMPTY:
            return NOTHING
        if code in MEANINGS:
            meaning, words = MEANINGS[code]
            return Verdict(meaning, f"Tianyancha error_code {code}: {words}")
        said = f"HTTP {reply.status}" if code is None else f"error_code {code_text(code)}"
        return Verdict(Meaning.REFUSED, f"Tianyancha answers {said}, which no client knows")

    def page(self, product: Product, body: Json) -> Page:
        result = body.get("result")
        items = result.get("items") if isinstance(result, dict) else None
        total = result.get("total") if isinstance(result, dict) else None
        if not isinstance(items, list) or not isinstance(total, int):
            raise Inconsistent(f"{product.name}: the answer has no items and total")
        return Page(items, total)


CONNECTOR = Tianyancha()
