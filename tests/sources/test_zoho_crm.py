"""Zoho CRM's connector, answer by answer."""

import io
import zipfile
from typing import Any

import pytest

from etl.errors import BadInput
from etl.sources.connector import Ask, Inconsistent, Meaning, Reply, Token
from etl.sources.zoho_crm import CONNECTOR
from tests.sources.machine import SINCE, answer, connection, played, pull

EXTRA = {"refresh_token": "made-up-refresh", "accounts_host": "https://accounts.zoho.eu"}


class Server:
    """Records by id, with page numbers to 10 and tokens behind; deletions; bulk jobs."""

    def __init__(self, records: int, deleted: int = 0) -> None:
        self.ids = [str(5_000_000_000_000_000_000 + number) for number in range(records)]
        self.deleted = deleted
        self.looks = 0

    def __call__(self, ask: Ask) -> Reply:
        if ask.path.startswith("/crm/bulk"):
            return self.bulk(ask)
        assert not ("page" in ask.params and "page_token" in ask.params)
        if ask.path.endswith("/deleted"):
            assert ask.about == {"kind": "deleted"}
            return self.rows(ask, [f"d{n}" for n in range(self.deleted)])
        assert ask.params["sort_by"] == "id"
        return self.rows(ask, self.ids)

    def rows(self, ask: Ask, ids: list[str]) -> Reply:
        number = int(ask.params.get("page") or ask.params["page_token"].removeprefix("token-"))
        if "page" in ask.params:
            assert number <= 10
        found = ids[(number - 1) * 200 : number * 200]
        if not found:
            return answer(None, 204)
        more = len(ids) > number * 200
        info = {"per_page": 200, "count": len(found), "page": number, "more_records": more}
        info["next_page_token"] = f"token-{number + 1}" if more else None
        return answer({"data": [{"id": one} for one in found], "info": info})

    def bulk(self, ask: Ask) -> Reply:
        if ask.method == "POST":
            self.looks = 0
            self.page = ask.body["query"].get("page", 2)
            return answer({"data": [{"status": "success", "details": {"id": "77"}}]}, 201)
        if ask.path.endswith("/result"):
            return answer(zipped(f"Id,Name\n{self.page},x\n"))
        self.looks += 1
        if self.looks < 3:
            return answer(
                {"data": [{"id": "77", "state": ("ADDED", "IN PROGRESS")[self.looks - 1]}]}
            )
        result = {"page": self.page, "count": 1, "more_records": self.page == 1}
        result["next_page_token"] = "more" if self.page == 1 else None
        return answer({"data": [{"id": "77", "state": "COMPLETED", "result": result}]})


def zipped(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("77.csv", text)
    return stream.getvalue()


@pytest.mark.parametrize("records", [0, 1, 200, 201, 2000, 2001, 2500])
def test_ten_pages_by_number_then_by_token_then_the_deleted(records: int) -> None:
    server = Server(records, deleted=201)

    steps = played(CONNECTOR, pull("Accounts", "Account_Name", "Parent_Account.id"), server)

    pages = [reply.json["data"] for ask, reply in steps if not ask.about and reply.status == 200]
    assert [row["id"] for page in pages for row in page] == server.ids
    deleted = [reply for ask, reply in steps if ask.about]
    assert sum(len(reply.json["data"]) for reply in deleted) == 201


def test_the_first_request() -> None:
    ask = CONNECTOR.first(pull("Accounts", "Account_Name", "Parent_Account.id", "id"))

    assert ask.path == "/crm/v8/Accounts"
    assert ask.params["fields"] == "Account_Name,Parent_Account,Modified_Time"
    assert ask.headers == {"If-Modified-Since": "2026-11-19T16:00:00+00:00"}
    assert CONNECTOR.first(pull("Accounts", "x", since=None)).headers == {}


def test_more_than_fifty_fields_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="reads 51 fields and Zoho CRM gives 50"):
        CONNECTOR.first(pull("Accounts", *(f"F{n}" for n in range(50))))


def test_nothing_newer_still_looks_for_deletions() -> None:
    wanted = pull("Accounts", "Account_Name")
    reply = answer(None, 304)

    assert CONNECTOR.judge(reply).meaning is Meaning.NOTHING
    following = CONNECTOR.after(wanted, CONNECTOR.first(wanted), reply)

    assert following is not None
    assert following.path == "/crm/v8/Accounts/deleted"
    assert following.params["type"] == "all"
    assert following.headers == CONNECTOR.first(wanted).headers
    assert CONNECTOR.after(wanted, following, answer(None, 304)) is None


def records(*ids: str, **info: Any) -> Reply:
    count = {"page": 1, "count": len(ids), "more_records": False}
    return answer({"data": [{"id": one} for one in ids], "info": {**count, **info}})


@pytest.mark.parametrize(
    ("reply", "state", "says"),
    [
        (records("1", "2", count=3), {}, "2 rows came where the page says 3"),
        (records("1", page=2), {}, "page 2 came where page 1"),
        (records("2", "1"), {}, "order of id"),
        (records("9", "10", "10"), {}, "came twice"),
        (records("3"), {"last": "3"}, "came twice"),
        (records(more_records=True), {}, "empty page"),
        (records("1", page=10, more_records=True), {"page": 10}, "no new page token"),
        (answer({"data": []}), {}, "no data and info"),
        (answer(b'{"data": ['), {}, "not whole JSON"),
    ],
)
def test_a_page_that_contradicts_itself_is_asked_for_again(
    reply: Reply, state: dict[str, Any], says: str
) -> None:
    wanted = pull("Accounts", "Account_Name")
    with pytest.raises(Inconsistent, match=says):
        CONNECTOR.after(wanted, CONNECTOR.first(wanted).but(state=state), reply)


def error(code: str, status: int, **headers: str) -> Reply:
    body = {"code": code, "details": {}, "message": "made-up words", "status": "error"}
    return answer(body, status, **headers)


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (error("INVALID_TOKEN", 401), Meaning.LOGIN),
        (error("AUTHENTICATION_FAILURE", 401), Meaning.LOGIN),
        (answer(b"", 401), Meaning.LOGIN),
        (error("OAUTH_SCOPE_MISMATCH", 403), Meaning.REFUSED),
        (error("OAUTH_SCOPE_MISMATCH", 401), Meaning.REFUSED),
        (error("NO_PERMISSION", 403), Meaning.REFUSED),
        (error("INVALID_URL_PATTERN", 404), Meaning.REFUSED),
        (error("RESOURCE_NOT_FOUND", 404), Meaning.REFUSED),
        (error("TOO_MANY_REQUESTS", 429), Meaning.SLOW),
        (error("TOO_MANY_REQUESTS", 400), Meaning.SLOW),
        (error("TOO_MANY_REQUESTS", 429, x_api_credits_remaining="0"), Meaning.STOP),
        (error("TOO_MANY_REQUESTS", 429, x_api_credits_remaining="9"), Meaning.SLOW),
        (error("LIMIT_EXCEEDED", 400), Meaning.REFUSED),
        (error("DISCRETE_PAGINATION_LIMIT_EXCEEDED", 400), Meaning.REFUSED),
        (error("PAGINATION_LIMIT_EXCEEDED", 400), Meaning.REFUSED),
        (error("TOKEN_BOUND_DATA_MISMATCH", 400), Meaning.REFUSED),
        (error("EXPIRED_VALUE", 400), Meaning.REFUSED),
        (error("REQUIRED_PARAM_MISSING", 400), Meaning.REFUSED),
        (error("INTERNAL_ERROR", 500), Meaning.RETRY),
        (answer({"data": [{"code": "NO_PERMISSION", "status": "error"}]}, 207), Meaning.REFUSED),
        (answer(b"<html>", 503), Meaning.RETRY),
        (answer(b"", 429, retry_after="3"), Meaning.SLOW),
    ],
)
def test_every_refusal_has_its_meaning(reply: Reply, meaning: Meaning) -> None:
    verdict = CONNECTOR.judge(reply)

    assert verdict.meaning is meaning
    assert "made-up words" not in verdict.sentence


def test_bulk_reads_page_by_page_and_no_deletions() -> None:
    steps = played(CONNECTOR, pull("Accounts", "Account_Name", since=None, bulk=True), Server(0))

    assert [ask.lands for ask, _ in steps] == ["no", "no", "no", "no", "zip"] * 2
    query = steps[0][0].body["query"]
    assert query["module"] == {"api_name": "Accounts"}
    assert query["fields"] == ["Account_Name", "Modified_Time"]
    assert steps[5][0].body["query"]["page_token"] == "more"
    assert [ask.pause for ask, _ in steps[1:4]] == [0.1, 0.2, 0.4]
    assert CONNECTOR.first(pull("Accounts", "x", bulk=True)).path == "/crm/v8/Accounts"


def test_a_bulk_job_that_never_ends_holds_the_feed() -> None:
    wanted = pull("Accounts", "Account_Name", since=None, bulk=True, polls=3)
    queued = answer({"data": [{"id": "77", "state": "QUEUED"}]})
    ask = Ask("/crm/bulk/v8/read/77", state={"step": "look", "looks": 2}, lands="no")
    again = CONNECTOR.after(wanted, ask, queued)
    assert again is not None
    with pytest.raises(BadInput, match="not done after 3 looks"):
        CONNECTOR.after(wanted, again, queued)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped("Id,Name\n1,x\n"), "1 rows came where the bulk job says 2"),
        (zipped("Id,Name\n1,x\n2"), "cut off"),
        (zipped("Id,Name\n1,x\n2,y\n")[:60], "no whole zip"),
        (b"", "no whole zip"),
    ],
    ids=["a row short", "cut off", "half a zip", "nothing"],
)
def test_a_bulk_result_is_counted(content: bytes, says: str) -> None:
    ask = Ask("/crm/bulk/v8/read/77/result", state={"step": "fetch", "count": 2}, lands="zip")
    with pytest.raises(Inconsistent, match=says):
        CONNECTOR.after(pull("Accounts", "x", since=None, bulk=True), ask, answer(content))


def test_a_failed_bulk_job_starts_the_pull_again() -> None:
    ask = Ask("/crm/bulk/v8/read/77", state={"step": "look", "looks": 1}, lands="no")
    with pytest.raises(Inconsistent) as failed:
        CONNECTOR.after(pull("A", "x", since=None), ask, answer({"data": [{"state": "FAILURE"}]}))
    assert failed.value.restart


def test_the_login_names_the_api() -> None:
    ours = connection(extra=EXTRA)
    login = CONNECTOR.login(ours, SINCE)
    assert login.path == "https://accounts.zoho.eu/oauth/v2/token"
    assert login.params["grant_type"] == "refresh_token"
    body = {"access_token": "t", "api_domain": "https://www.zohoapis.eu", "expires_in": 3600}
    token = CONNECTOR.token(answer(body))
    assert token.seconds == 3480

    signed = CONNECTOR.sign(Ask("/crm/v8/Accounts"), token, ours, SINCE)

    assert signed.path == "https://www.zohoapis.eu/crm/v8/Accounts"
    assert signed.headers == {"Authorization": "Zoho-oauthtoken t"}
    at_home = connection(host="http://127.0.0.1:1/zoho-api", extra=EXTRA)
    assert CONNECTOR.sign(Ask("/crm/v8/A"), token, at_home, SINCE).path == "/crm/v8/A"
    unsafe = Token({"access_token": "t", "api_domain": "http://zohoapis.example"})
    with pytest.raises(BadInput, match="not as safe"):
        CONNECTOR.sign(Ask("/crm/v8/A"), unsafe, ours, SINCE)


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (answer({"error": "invalid_code"}), Meaning.REFUSED),
        (answer({"error": "invalid_client"}, 400), Meaning.REFUSED),
        (answer({"error": "Access Denied"}, 400), Meaning.SLOW),
        (answer(b"<html>", 502), Meaning.RETRY),
        (answer({"access_token": "t"}), Meaning.PAGE),
    ],
)
def test_what_a_login_may_say(reply: Reply, meaning: Meaning) -> None:
    assert CONNECTOR.judge_login(reply).meaning is meaning
