"""企查查 (QCC) OpenAPI: Chinese registry, score, tax grade, courts and public lists; paid by the call.

Source of truth: openapi.qcc.com/dataApi/<code> and /services/after/status as public clients quote them.
GET on api.qichacha.com; `key` in the query, headers Timespan (unix seconds) and Token = upper-hex
MD5(key + Timespan + SecretKey). Always HTTP 200; `Status` is a string. All of that is [H].

A feed's `resource` is one of `GROUPS`; `options: {products: […]}` narrows it to what the company has
bought (a product that is not bought is refused with 214 or 111 and holds the feed).

Limits: pages of 20 at most, 5,000 rows of one question. How many calls a second is not published
([L]): 20 here; `limits` in the connection's extra says otherwise, such as "5/1". There is no
"changed since": a list is asked for whole again, and what it no longer holds is gone (`whole_per`).
Date strings are read year first ([L] for the format); amounts are yuan. The allowed clock skew is not
published: the time we sign with is the server's own, by its Date header, after its first answer.

Connection: login = AppKey, password = SecretKey.
"""

import hashlib
from datetime import datetime

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

CHECKED = "$.Result.Data[*]"

PRODUCTS = (
    Product("judgment", "/JudgmentDocCheck/GetList", CHECKED),
    Product("case_filing", "/CaseFilingCheck/GetList", CHECKED),
    Product("end_execution", "/EndExecuteCaseCheck/GetList", CHECKED),
    Product("bankruptcy", "/BankruptcyCheck/GetList", CHECKED),
    Product("dishonest", "/ShixinCheck/GetList", CHECKED),
    Product("enforcement", "/ZhixingCheck/GetList", CHECKED),
    Product("consumption_limit", "/SumptuaryCheck/GetList", CHECKED),
    Product("abnormal_operation", "/ExceptionCheck/GetList", CHECKED, is_paged=False),
    Product("serious_illegal", "/SeriousIllegalCheck/GetList", CHECKED, is_paged=False),
    Product("tax_arrears", "/TaxOweNoticeCheck/GetList", CHECKED),
    Product("score", "/CreditScore/GetInfo", "$.Result.Data", is_paged=False),
    Product("tax_credit", "/TaxCredit/GetList", "$.Result[*]", is_paged=False),
    Product("basic_details", "/ECIV4/GetBasicDetailsByName", "$.Result", "keyword", is_paged=False),
)
GROUPS = {
    "litigation": ("judgment", "case_filing", "end_execution", "bankruptcy"),
    "listing": (
        "dishonest", "enforcement", "consumption_limit", "abnormal_operation", "serious_illegal",
        "tax_arrears",
    ),
    "score": ("score",),
    "tax_credit": ("tax_credit",),
    "registration": ("basic_details",),
}  # fmt: skip

MEANINGS: dict[str, tuple[Meaning, str]] = {
    "101": (Meaning.REFUSED, "the AppKey is invalid or not yet in force"),
    "102": (Meaning.STOP, "the account is in arrears; top it up"),
    "103": (Meaning.REFUSED, "the AppKey is suspended; ask QCC why"),
    "104": (Meaning.REFUSED, "the AppKey is not in order; ask QCC"),
    "105": (Meaning.REFUSED, "this interface was taken off line; leave its product out"),
    "106": (Meaning.REFUSED, "too many illegal requests; ask QCC to unlock the account"),
    "107": (Meaning.LOGIN, "the signature is wrong or this address is not allowed"),
    "108": (Meaning.REFUSED, "too many abnormal requests; ask QCC to unlock the account"),
    "109": (Meaning.STOP, "the system's daily limit is reached"),
    "110": (Meaning.SKIP, "the same question keeps failing; QCC takes it again after two hours"),
    "111": (Meaning.REFUSED, "this interface is not opened for the account; leave its product out"),
    "112": (Meaning.STOP, "the calls that were bought are used up or expired; buy more"),
    "113": (Meaning.REFUSED, "this interface was deleted; apply for it again"),
    "114": (Meaning.REFUSED, "this interface is disabled; ask QCC"),
    "115": (Meaning.LOGIN, "the identity is wrong or expired"),
    "116": (Meaning.STOP, "the account's calls of the day or the service period are used up"),
    "117": (Meaning.REFUSED, "too many calls with parameters that are not supported"),
    "118": (Meaning.REFUSED, "this interface is not called this way"),
    "119": (Meaning.REFUSED, "the account is not in order; ask QCC"),
    "120": (Meaning.SLOW, "the system sees abnormal traffic"),
    "121": (Meaning.REFUSED, "the data may not leave China; run the pull from an address there"),
    "122": (Meaning.SLOW, "too many requests at once"),
    "123": (Meaning.STOP, "an unverified account may ask no more; verify it"),
    "124": (Meaning.RETRY, "the system is being maintained"),
    "125": (Meaning.REFUSED, "a parameter is wrong"),
    "126": (Meaning.REFUSED, "a parameter has the wrong type or structure"),
    "199": (Meaning.RETRY, "an unknown error of the system"),
    "202": (Meaning.SKIP, "it does not take the name or number asked for"),
    "203": (Meaning.RETRY, "the query failed inside the system"),
    "205": (Meaning.RETRY, "the answer is still being prepared"),
    "207": (Meaning.SKIP, "more than 5,000 records"),
    "208": (Meaning.SKIP, "this interface does not cover this type of company"),
    "209": (Meaning.SKIP, "too many companies fit"),
    "213": (Meaning.SKIP, "the name or number asked for is shorter than two characters"),
    "214": (Meaning.REFUSED, "this interface was not bought; leave its product out"),
    "215": (Meaning.SKIP, "it does not take this kind of keyword"),
    "218": (Meaning.SKIP, "this company is not covered"),
    "219": (Meaning.SKIP, "this company is not covered"),
    "223": (Meaning.SKIP, "the name is too vague for an answer"),
    "224": (Meaning.SKIP, "the name or number is not valid"),
}
"""All of the public table but 200 and 201. What is about the company asked skips it, what is about
the account or the interface holds the feed, what passes is asked again."""

FILING_PARTIES = """
    WITH opened AS (
        SELECT number, CAST(json_extract(body, '$.Result.Data[*]') AS JSON[]) AS entries
        FROM page
        WHERE body IS NOT NULL AND outcome = 'page'
    ),
    listed AS (
        SELECT number, UNNEST(range(len(entries))) AS position, UNNEST(entries) AS entry
        FROM opened
    ),
    named AS (
        SELECT *,
            CAST(json_extract(entry, '$.RoleList[*]') AS JSON[]) AS roles,
            list_transform(CAST(json_extract(entry, '$.ProsecutorList[*]') AS JSON[]),
                lambda party: json_merge_patch(party, '{"RoleName": "原告"}')) AS accusing,
            list_transform(CAST(json_extract(entry, '$.DefendantList[*]') AS JSON[]),
                lambda party: json_merge_patch(party, '{"RoleName": "被告"}')) AS defending
        FROM listed
    ),
    told AS (
        SELECT *, flatten(list_transform(roles, lambda role: list_transform(
            CAST(json_extract(role, '$.RoleItemList[*]') AS JSON[]),
            lambda party: json_merge_patch(
                party, json_object('RoleName', json_extract(role, '$.RoleName')))))) AS by_role
        FROM named
    )
    SELECT number, position, json_merge_patch(entry, json_object('Parties',
        CASE WHEN len(by_role) > 0 THEN by_role ELSE list_concat(accusing, defending) END
    )) AS entry
    FROM told
"""
"""立案 gives its parties twice: by role, and as two lists where the roles are missing. Here they
become one list, `Parties`, each with its role in the source's own words (`RoleName`)."""


class Qcc(ByProduct):
    """企查查, product by product."""

    name = "qcc"
    public_host = "https://api.qichacha.com"
    products = PRODUCTS
    groups = GROUPS
    page_size = 20
    limits = (Limit(20, 1),)
    number_param = "pageIndex"
    size_param = "pageSize"

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        del token
        key, stamp = connection.need("login"), str(int(now.timestamp()))
        text = f"{key}{stamp}{connection.need('password')}"
        # MD5 is what the system asks for; nothing else hangs on it.
        signature = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
        return ask.but(
            params={**ask.params, "key": key},
            headers={**ask.headers, "Token": signature, "Timespan": stamp},
        )

    def rows_sql(self, pull: Pull) -> str | None:
        return FILING_PARTIES if pull.resource == "litigation" else None

    def judge(self, reply: Reply) -> Verdict:
        if verdict := by_status(reply, "QCC"):
            return verdict
        body = reply.json if reply.status == 200 else None
        status = str(body.get("Status", "")) if isinstance(body, dict) else ""
        if status == "200":
            return PAGE
        if status == "201":
            return NOTHING
        if status in MEANINGS:
            meaning, words = MEANINGS[status]
            return Verdict(meaning, f"QCC status {status}: {words}")
        said = code_text(status) or f"HTTP {reply.status}"
        return Verdict(Meaning.REFUSED, f"QCC answers {said}, which its status table does not have")

    def page(self, product: Product, body: Json) -> Page:
        result, paging = body.get("Result"), body.get("Paging")
        rows = result.get("Data") if isinstance(result, dict) else None
        if rows is None and isinstance(result, dict):
            rows = []  # VerifyResult 0: known, and nothing on the list
        if not isinstance(rows, list):
            raise Inconsistent(f"{product.name}: the answer has no Result.Data")
        if not isinstance(paging, dict):
            if rows:
                raise Inconsistent(f"{product.name}: the answer has rows and no Paging")
            return Page(rows, 0)
        try:
            total, number = int(paging["TotalRecords"]), int(paging["PageIndex"])
        except (KeyError, TypeError, ValueError):
            raise Inconsistent(f"{product.name}: Paging without whole numbers") from None
        return Page(rows, total, number)


CONNECTOR = Qcc()
