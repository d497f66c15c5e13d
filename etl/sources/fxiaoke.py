"""纷享销客 Fxiaoke / ShareCRM OpenAPI: customers, orders, payments and whatever a tenant added.

Source of truth: developer.fxiaoke.com/openapi_v2 and the old wiki, as spec section 1 sums them up.

Connection `fxiaoke`: login appId, password appSecret; extra `permanent_code`, `user_id` (an employee
who may see everything: an employee number such as 1000 with token_form `oauth`, FSUID_… with
`legacy`), `token_form` (`oauth`, the default, or `legacy`). Host only for other clouds than
open.fxiaoke.com.

A pull reads the object's description first [H]: a tenant's own fields have invented names, so a
mapping may say `label:统一社会信用代码`, and `resource: label:应收单` for an object. What the mapping
names and the description does not know holds the feed, in a sentence.

Rows are read by key, `_id` ascending and greater than the last, 100 a page: an offset ends at 10,000
[H]. Increments are a BETWEEN on last_modified_time [H]; that its two ends are a list of two is what
clients send [M]. `total` is asked for where the official table says; where a tenant's answer has none
(0 beside rows) it is not relied on [the documents disagree].

Errors come with HTTP 200 and an errorCode [H]. Real answers differ from the table in places: a wrong
secret is 10006, missing credentials are 20017 [H, probed]. Limits [H]: 100 calls in 20 s for each
interface, 10 logins a minute; a token lives 7200 s, and after 6600 s a new one is given.
Deleted rows: `is_deleted`, `life_status` [M]; there is no feed of what was deleted for good.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import uuid4

from etl.errors import BadInput
from etl.sources.connections import Connection
from etl.sources.connector import (
    PAGE,
    Ask,
    Connector,
    Inconsistent,
    Json,
    Limit,
    Meaning,
    Pull,
    Reply,
    Token,
    Verdict,
)
from etl.sources.fxiaoke_codes import meaning_of
from etl.sources.fxiaoke_objects import LABEL, described_fields, object_called, projection

LIST = "/cgi/crm/v2/object/list"
DESCRIBE = "/cgi/crm/v2/object/describe"
QUERY = "/cgi/crm/v2/data/query"
CUSTOM_QUERY = "/cgi/crm/custom/v2/data/query"
LEGACY_LOGIN = "/cgi/corpAccessToken/get/V2"
OAUTH_LOGIN = "/oauth2.0/token"

LIMIT = 100
NEW_TOKEN_BEFORE_END = 600
DOUBTS = 3


class Fxiaoke(Connector):
    """Reads any object, described first, by key."""

    name = "fxiaoke"
    public_host = "https://open.fxiaoke.com"
    rows_at = "$.data.dataList[*]"
    limits = (Limit(100, 20),)

    def limit_key(self, ask: Ask) -> str:
        """The limit is one interface's."""
        return f"{self.name}{ask.path}"

    def login(self, connection: Connection, now: datetime) -> Ask:
        """Both forms bring a token for 7200 s at most."""
        del now
        body = {
            "appId": connection.need("login"),
            "appSecret": connection.need("password"),
            "permanentCode": connection.need("permanent_code"),
        }
        form = connection.get("token_form", "oauth")
        if form not in ("oauth", "legacy"):
            raise BadInput(
                f"connection {connection.name}: token_form is oauth or legacy, not {form}."
            )
        if form == "legacy":
            return Ask(LEGACY_LOGIN, "POST", _trace(), body=body)
        return Ask(OAUTH_LOGIN, "POST", _trace(), body={**body, "grantType": "app_secret"})

    def judge_login(self, reply: Reply) -> Verdict:
        """A login that the session's errors answer has no session to renew."""
        verdict = self.judge(reply)
        if verdict.meaning is Meaning.LOGIN:
            return Verdict(Meaning.REFUSED, verdict.sentence)
        if verdict is PAGE and not (_text(reply, "accessToken") or _text(reply, "corpAccessToken")):
            return Verdict(Meaning.RETRY, "Fxiaoke's login brought no token")
        return verdict

    def token(self, reply: Reply) -> Token:
        """Either form's; in its last 600 s the server gives a new one."""
        lives = reply.json.get("expiresIn") or 7200
        names = ("accessToken", "ea", "corpAccessToken", "corpId")
        values = {name: _text(reply, name) for name in names}
        return Token(
            {name: value for name, value in values.items() if value},
            max(float(lives) - NEW_TOKEN_BEFORE_END, 60.0),
        )

    def sign(self, ask: Ask, token: Token, connection: Connection, now: datetime) -> Ask:
        """The token in the headers or, in the old form, in the body; a new trace id each time."""
        del now
        user = connection.need("user_id")
        values = token.values
        if "accessToken" in values:
            headers = {
                **ask.headers,
                "authorization": f"Bearer {values['accessToken']}",
                "x-fs-ea": values.get("ea", ""),
                "x-fs-userid": user,
            }
            return ask.but(headers=headers, params={**ask.params, **_trace()})
        body = {
            "corpAccessToken": values.get("corpAccessToken", ""),
            "corpId": values.get("corpId", ""),
            "currentOpenUserId": user,
            **ask.body,
        }
        return ask.but(body=body, params={**ask.params, **_trace()})

    def labels(self, described: Json) -> Mapping[str, str]:
        """What people call a field → its name."""
        return {
            str(field["label"]): str(name)
            for name, field in described_fields(described).items()
            if field.get("label")
        }

    def first(self, pull: Pull) -> Ask:
        """Who is meant, if the mapping gives the object's label; else how it is described."""
        if pull.resource.startswith(LABEL):
            return Ask(LIST, "POST", body={"includeNull": False}, lands="no")
        return _describe(pull.resource)

    def after(self, pull: Pull, ask: Ask, reply: Reply) -> Ask | None:
        """List, describe, then page by page until one is not full."""
        if ask.path == LIST:
            return _describe(object_called(pull.resource.removeprefix(LABEL), reply.json))
        if ask.path == DESCRIBE:
            return self._query(pull, str(ask.body["data"]["apiName"]), reply.json)
        return _next_page(ask, reply.json)

    def _query(self, pull: Pull, api_name: str, description: Json) -> Ask:
        fields = projection(pull, api_name, description)
        since = int(pull.since.timestamp() * 1000) if pull.since else 0
        until = int(pull.until.timestamp() * 1000)
        changed = {
            "field_name": "last_modified_time",
            "field_values": [str(since), str(until)],
            "operator": "BETWEEN",
        }
        query = {
            "limit": LIMIT,
            "offset": 0,
            "filters": [changed],
            "orders": [{"fieldName": "_id", "isAsc": True}],
            "fieldProjection": fields,
        }
        data = {
            "dataObjectApiName": api_name,
            "find_explicit_total_num": True,
            "search_query_info": query,
        }
        path = CUSTOM_QUERY if api_name.endswith("__c") else QUERY
        return Ask(path, "POST", body={"data": data})

    def judge(self, reply: Reply) -> Verdict:
        """By errorCode; the status is 200 whatever happens."""
        return meaning_of(reply)


def _trace() -> dict[str, str]:
    return {"thirdTraceId": str(uuid4())}


def _text(reply: Reply, key: str) -> str:
    answer = reply.json_or_none
    return str(answer.get(key) or "") if isinstance(answer, dict) else ""


def _describe(api_name: str) -> Ask:
    # The object's name at both places: the old form reads the one, the new form the other.
    body = {"includeDetail": False, "apiName": api_name, "data": {"apiName": api_name}}
    return Ask(DESCRIBE, "POST", body=body, about={"kind": "describe"})


def _next_page(ask: Ask, answer: Json) -> Ask | None:
    """The rows behind the last one of this page; None behind the end.

    `total` counts what is left from the cursor on: a page that holds fewer rows than it should has
    lost some. A total that shrank by more than we read may be a deletion meanwhile: believed when the
    same question is answered so several times.
    """
    data = answer.get("data")
    rows = data.get("dataList") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise Inconsistent("the answer has no dataList")
    ids = [str(row.get("_id") or "") for row in rows]
    last = str(ask.state.get("last", ""))
    _ascending([last, *ids])
    total = int(data.get("total") or 0)
    if total and len(rows) != min(LIMIT, total):
        raise Inconsistent(f"{len(rows)} rows came where {min(LIMIT, total)} should")
    doubts = int(ask.state.get("doubts", 0))
    if total < int(ask.state.get("left", 0)) and doubts < DOUBTS:
        return ask.but(state={**ask.state, "doubts": doubts + 1})
    if len(rows) < LIMIT or len(rows) == total:
        return None
    body = ask.body["data"]
    query = body["search_query_info"]
    behind = {"field_name": "_id", "field_values": [ids[-1]], "operator": "GT"}
    query = {**query, "filters": [query["filters"][0], behind]}
    return ask.but(
        body={"data": {**body, "search_query_info": query}},
        state={"last": ids[-1], "left": max(total - len(rows), 0)},
    )


def _ascending(ids: Sequence[str]) -> None:
    for before, this in pairwise(ids):
        if not this > before:
            raise Inconsistent("rows are not in the order of _id, or came twice")


CONNECTOR = Fxiaoke()
