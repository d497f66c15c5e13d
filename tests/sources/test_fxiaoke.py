"""Fxiaoke's connector, answer by answer."""

from typing import Any
from uuid import UUID

import pytest

from etl.errors import BadInput
from etl.sources.connector import PAGE, Ask, Inconsistent, Meaning, Reply, Token
from etl.sources.fxiaoke import CONNECTOR, CUSTOM_QUERY, DESCRIBE, LIST, QUERY
from tests.sources.machine import SINCE, UNTIL, answer, connection, played, pull

PERMANENT = {"permanent_code": "made-up-code", "user_id": "1000"}
DESCRIPTION = {
    "errorCode": 0,
    "data": {
        "describe": {
            "api_name": "AccountObj",
            "fields": {
                "name": {"api_name": "name", "label": "客户名称", "type": "text"},
                "account_id": {"label": "上级", "type": "object_reference"},
                "field_Ab3x9__c": {"label": "统一社会信用代码", "type": "text"},
                "field_two__c": {"label": "备用", "type": "text"},
                "field_too__c": {"label": "备用", "type": "text"},
            },
        }
    },
}


def page(ids: list[str], total: int) -> Reply:
    rows = [{"_id": one, "last_modified_time": 1} for one in ids]
    data = {"total": total, "offset": 0, "limit": 100, "dataList": rows}
    return answer({"errorCode": 0, "errorMessage": "OK", "data": data})


class Server:
    """Holds rows under rising ids; `total_known` False answers total 0, as without the flag."""

    def __init__(self, rows: int, *, total_known: bool = True) -> None:
        self.ids = [f"{number:024x}" for number in range(1, rows + 1)]
        self.total_known = total_known

    def __call__(self, ask: Ask) -> Reply:
        if ask.path == LIST:
            things = [{"describeApiName": "object_x1__c", "describeDisplayName": "应收单"}]
            return answer({"errorCode": 0, "data": {"objects": things}})
        if ask.path == DESCRIBE:
            return answer(DESCRIPTION)
        query = ask.body["data"]["search_query_info"]
        assert (query["limit"], query["offset"]) == (100, 0)
        assert query["orders"] == [{"fieldName": "_id", "isAsc": True}]
        behind = [f["field_values"][0] for f in query["filters"] if f["operator"] == "GT"]
        left = [one for one in self.ids if not behind or one > behind[0]]
        return page(left[:100], len(left) if self.total_known else 0)


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (250, 3)])
def test_every_row_comes_once_by_key(rows: int, pages: int) -> None:
    server = Server(rows)

    steps = played(CONNECTOR, pull("AccountObj", "name"), server)

    came = [row["_id"] for _, reply in steps[1:] for row in reply.json["data"]["dataList"]]
    assert came == server.ids
    assert len(steps) == 1 + pages
    assert steps[0][0].about == {"kind": "describe"}
    assert {ask.path for ask, _ in steps[1:]} == {QUERY}


def test_without_a_total_a_page_that_is_not_full_is_the_last() -> None:
    steps = played(CONNECTOR, pull("AccountObj", "name"), Server(200, total_known=False))

    assert len(steps) == 1 + 3


def test_an_object_may_be_named_by_its_label_and_goes_the_custom_way() -> None:
    steps = played(CONNECTOR, pull("label:应收单", "name"), Server(3))

    assert [ask.path for ask, _ in steps] == [LIST, DESCRIBE, CUSTOM_QUERY]
    assert steps[0][0].lands == "no"
    assert steps[2][0].body["data"]["dataObjectApiName"] == "object_x1__c"


def test_an_unknown_object_is_named_in_a_sentence() -> None:
    with pytest.raises(BadInput, match=r"no object called 应付单; did you mean '应收单'"):
        played(CONNECTOR, pull("label:应付单", "name"), Server(3))


def query_of(**parts: Any) -> dict[str, Any]:
    wanted = pull("AccountObj", *parts.pop("fields", ("name",)), **parts)
    describe = CONNECTOR.first(wanted)
    ask = CONNECTOR.after(wanted, describe, answer(DESCRIPTION))
    assert ask is not None
    found: dict[str, Any] = ask.body["data"]
    return found


def test_increments_are_between_two_moments_in_milliseconds() -> None:
    data = query_of()

    assert data["find_explicit_total_num"] is True
    assert data["search_query_info"]["filters"] == [
        {
            "field_name": "last_modified_time",
            "operator": "BETWEEN",
            "field_values": [
                str(int(SINCE.timestamp()) * 1000),
                str(int(UNTIL.timestamp()) * 1000),
            ],
        }
    ]
    assert query_of(since=None)["search_query_info"]["filters"][0]["field_values"][0] == "0"


def test_labels_become_the_tenants_own_names() -> None:
    fields = ("label:统一社会信用代码", "account_id__r", "account_id", "owner")
    asked = query_of(fields=fields)["search_query_info"]["fieldProjection"]

    needed = ["_id", "last_modified_time", "is_deleted", "life_status"]
    assert asked == [*needed, "field_Ab3x9__c", "account_id", "owner"]
    assert CONNECTOR.labels(DESCRIPTION)["统一社会信用代码"] == "field_Ab3x9__c"


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("label:统一信用代码", r"AccountObj .* no field labelled 统一信用代码; did you mean"),
        ("label:备用", r"AccountObj .* 2 fields labelled 备用: field_too__c, field_two__c"),
        ("acount_id", r"AccountObj .* no field acount_id; did you mean 'account_id'"),
    ],
)
def test_a_field_the_description_does_not_know_holds_the_feed(field: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        query_of(fields=(field,))


def after_page(reply: Reply, **state: Any) -> Ask | None:
    wanted = pull("AccountObj", "name")
    first = CONNECTOR.after(wanted, CONNECTOR.first(wanted), answer(DESCRIPTION))
    assert first is not None
    return CONNECTOR.after(wanted, first.but(state=state), reply)


@pytest.mark.parametrize(
    ("reply", "state", "says"),
    [
        (page(["1", "2"], 3), {}, "2 rows came where 3 should"),
        (page([], 5), {}, "0 rows came where 5 should"),
        (page(["1", "1"], 2), {}, "came twice"),
        (page(["2", "1"], 2), {}, "order of _id"),
        (page(["1", "2"], 2), {"last": "2"}, "came twice"),
        (answer({"errorCode": 0, "data": {}}), {}, "no dataList"),
        (answer(b'{"errorCode": 0, "data": {"dataList": [{"_id"'), {}, "not whole JSON"),
    ],
)
def test_a_page_that_contradicts_itself_is_asked_for_again(
    reply: Reply, state: dict[str, Any], says: str
) -> None:
    with pytest.raises(Inconsistent, match=says):
        after_page(reply, **state)


def test_a_total_that_shrank_is_believed_when_it_is_said_again_and_again() -> None:
    state: dict[str, Any] = {"last": "0", "left": 9}
    for doubts in (1, 2, 3):
        again = after_page(page(["1", "2"], 2), **state)
        assert again is not None
        state = dict(again.state)
        assert state["doubts"] == doubts
    assert after_page(page(["1", "2"], 2), **state) is None


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        *((code, Meaning.RETRY) for code in (-1, -2, 50009)),
        *((code, Meaning.SLOW) for code in (14001, 30004)),
        *((code, Meaning.LOGIN) for code in (20005, 20016)),
        *((code, Meaning.STOP) for code in (30002, 30003)),
        *(
            (code, Meaning.REFUSED)
            for code in (
                *(10006, 10013, 10014, 11014, 11015, 15002, 15003, 20006, 20012, 20014),
                *(20015, 20017, 20020, 20021, 20022, 32000, 99999),
            )
        ),
    ],
)
def test_every_code_has_its_meaning(code: int, meaning: Meaning) -> None:
    body = {"errorCode": code, "errorMessage": "made-up <b>words</b>", "traceId": "E-O.1"}
    verdict = CONNECTOR.judge(answer(body))

    assert verdict.meaning is meaning
    assert str(code) in verdict.sentence
    assert "E-O.1" in verdict.sentence
    assert "words" not in verdict.sentence


def test_what_stands_between_us_and_fxiaoke_is_told_from_it() -> None:
    assert CONNECTOR.judge(answer(b"<html>", 502)).meaning is Meaning.RETRY
    assert CONNECTOR.judge(answer(b"slow", 429, retry_after="7")).wait == 7.0
    assert CONNECTOR.judge(answer(b"<html>", 404)).meaning is Meaning.REFUSED
    assert CONNECTOR.judge(answer(b'{"errorCode": 0', 200)).meaning is Meaning.RETRY


def test_the_new_form_signs_in_headers() -> None:
    ours = connection(extra=PERMANENT)
    login = CONNECTOR.login(ours, SINCE)
    assert login.path == "/oauth2.0/token"
    assert login.body == {
        "appId": "id-of-app",
        "appSecret": "made-up",
        "permanentCode": "made-up-code",
        "grantType": "app_secret",
    }
    reply = answer({"errorCode": 0, "accessToken": "t1", "ea": "acme", "expiresIn": 7200})
    assert CONNECTOR.judge_login(reply) is PAGE
    token = CONNECTOR.token(reply)
    assert token == Token({"accessToken": "t1", "ea": "acme"}, 6600)

    ask = Ask(QUERY, "POST", body={"data": {}})
    signed = CONNECTOR.sign(ask, token, ours, SINCE)

    assert signed.headers == {
        "authorization": "Bearer t1",
        "x-fs-ea": "acme",
        "x-fs-userid": "1000",
    }
    assert signed.body == {"data": {}}
    traces = {UUID(CONNECTOR.sign(ask, token, ours, SINCE).params["thirdTraceId"]) for _ in "12"}
    assert [trace.version for trace in traces] == [4, 4]


def test_the_old_form_signs_in_the_body() -> None:
    ours = connection(extra={**PERMANENT, "token_form": "legacy", "user_id": "FSUID_1"})
    assert CONNECTOR.login(ours, SINCE).path == "/cgi/corpAccessToken/get/V2"
    reply = answer({"errorCode": 0, "corpAccessToken": "t2", "corpId": "c", "expiresIn": 700})
    token = CONNECTOR.token(reply)
    assert token.seconds == 100

    signed = CONNECTOR.sign(Ask(QUERY, "POST", body={"data": {}}), token, ours, SINCE)

    assert signed.headers == {}
    assert signed.body == {
        "corpAccessToken": "t2",
        "corpId": "c",
        "currentOpenUserId": "FSUID_1",
        "data": {},
    }


def test_a_login_is_never_answered_with_a_login() -> None:
    assert CONNECTOR.judge_login(answer({"errorCode": 20016})).meaning is Meaning.REFUSED
    assert CONNECTOR.judge_login(answer({"errorCode": 0})).meaning is Meaning.RETRY
    with pytest.raises(BadInput, match="token_form is oauth or legacy"):
        CONNECTOR.login(connection(extra={**PERMANENT, "token_form": "new"}), SINCE)


def test_limits_are_one_interfaces() -> None:
    assert CONNECTOR.limit_key(Ask(QUERY)) != CONNECTOR.limit_key(Ask(CUSTOM_QUERY))
