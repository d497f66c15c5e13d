"""Troubles of the bureaus, courts and registers, each in its own words, and over in three tries."""

import hashlib
import json
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

import pytest

from sandbox.server import trouble
from sandbox.server.credentials import SANDBOX
from sandbox.server.faults import Faults
from sandbox.server.qcc import PER_SECOND
from tests.drawn_world import ANHUA, all_known, drawn_world
from tests.sandbox_server import TONIGHT, inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()
REVOKED = "91310000MA1FL2222D"
"""A company with 25 cases: more than one page."""


def signed(at=TONIGHT):
    login, timespan = SANDBOX["qcc"], str(int(at.timestamp()))
    text = f"{login.login}{timespan}{login.password}"
    return {"Token": hashlib.md5(text.encode()).hexdigest().upper(), "Timespan": timespan}


def qcc(client, page=1):
    params = {"key": SANDBOX["qcc"].login, "searchKey": REVOKED, "pageIndex": page, "pageSize": 20}
    return client.get("/qcc/JudgmentDocCheck/GetList", params=params, headers=signed())


def tianyancha(client, page=1):
    return client.get(
        "/tianyancha/services/open/jr/lawSuit/3.0",
        params={"keyword": REVOKED, "pageNum": page},
        headers={"Authorization": SANDBOX["tianyancha"].password},
    )


def creditsafe(client, page=1):
    if "Authorization" not in client.headers:
        login = SANDBOX["creditsafe"]
        body = {"username": login.login, "password": login.password}
        token = client.post("/creditsafe/v1/authenticate", json=body).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
    params = {"country": "GB", "name": "Harbour Mills Limited", "page": page, "pageSize": 1}
    return client.get("/creditsafe/v1/companies/match", params=params)


def courtlistener(client, page=1):
    token = {"Authorization": f"Token {SANDBOX['courtlistener'].password}"}
    params = {"type": "r", "q": "Northwind"}
    url = "/courtlistener/api/rest/v4/search/"
    for _ in range(page - 1):
        url = client.get(url, params=params, headers=token).json()["next"]
        params = None
    return client.get(url, params=params, headers=token)


def gleif(client, page=1):
    params = {"page[number]": page, "page[size]": 1}
    return client.get("/gleif/api/v1/lei-records", params=params)


def sec(client, page=1):
    assert page == 1
    agent = {"User-Agent": "Example Ltd credit@example.com"}
    return client.get("/sec/api/xbrl/companyfacts/CIK0000320999.json", headers=agent)


PAGED = (qcc, tianyancha, creditsafe, courtlistener, gleif)
SYSTEMS = (*PAGED, sec)
WORDS = {
    ("429", qcc): (200, '"Status":"122"'),
    ("429", tianyancha): (200, '"error_code":300004'),
    ("429", creditsafe): (429, '"correlationId"'),
    ("429", courtlistener): (429, "Request was throttled. Rate limit exceeded: 5/min."),
    ("429", gleif): (429, '"errors":[{"status":"429"'),
    ("429", sec): (429, "Request Rate Threshold Exceeded"),
    ("wrong_signature", qcc): (200, '"Status":"107"'),
    ("token_expiry", creditsafe): (401, '"correlationId"'),
}


@pytest.fixture
def sandbox():
    client, state = inside(WORLD, options={"courtlistener": {"limits": "1000/60"}})
    creditsafe(client)  # logged in while all is well
    return client, state


@pytest.mark.parametrize(("fault", "ask"), WORDS, ids=lambda part: getattr(part, "__name__", part))
def test_each_in_its_own_words_and_over_in_three_tries(sandbox, fault, ask):
    client, state = sandbox
    calm = ask(client)
    state.faults = Faults([fault], rate=1.0)
    status, words = WORDS[fault, ask]
    first = ask(client)
    assert first.status_code == status
    assert words in first.text
    if fault == "token_expiry":
        del client.headers["Authorization"]
    again = [ask(client).content for _ in range(2)]
    assert calm.content in again


@pytest.mark.parametrize("ask", SYSTEMS, ids=lambda ask: ask.__name__)
def test_out_of_order_for_a_moment(sandbox, ask):
    client, state = sandbox
    calm = ask(client)
    state.faults = Faults(["5xx"], rate=1.0)
    troubled = ask(client)
    assert troubled.status_code >= 500 or troubled.json() != calm.json()
    assert [ask(client) for _ in range(2)][-1].content == calm.content


def test_an_answer_that_is_held_back_counts_when_it_was_asked_for(sandbox, monkeypatch):
    """A client that gave up asks again in a window that this call is no part of."""
    client, state = sandbox

    async def held(_):
        assert state.billed
        state.clock.advance(5)

    monkeypatch.setattr(trouble, "asyncio", SimpleNamespace(sleep=held))
    state.faults = Faults(["timeout"], rate=1.0)
    assert qcc(client).json()["Status"] == "200"
    state.faults = Faults()
    for _ in range(PER_SECOND):
        qcc(client)

    assert state.violations == {}
    qcc(client)
    assert state.violations == {("qcc", "calls"): 1}


@pytest.mark.parametrize("ask", SYSTEMS, ids=lambda ask: ask.__name__)
def test_half_an_answer_is_no_json(sandbox, ask):
    client, state = sandbox
    state.faults = Faults(["truncated"], rate=1.0)
    with pytest.raises(json.JSONDecodeError):
        ask(client).json()


def stated(ask, body):
    """(rows that came, rows that should have come)."""
    if ask is qcc:
        return len(body["Result"]["Data"]), min(20, body["Paging"]["TotalRecords"])
    if ask is tianyancha:
        return len(body["result"]["items"]), min(20, body["result"]["total"])
    if ask is creditsafe:
        return len(body["companies"]), min(1, body["totalSize"])
    if ask is courtlistener:
        return len(body["results"]), min(20, body["count"])
    return len(body["data"]), min(1, body["meta"]["pagination"]["total"])


@pytest.mark.parametrize("ask", PAGED, ids=lambda ask: ask.__name__)
def test_a_page_with_rows_missing_betrays_itself(sandbox, ask):
    client, state = sandbox
    came, due = stated(ask, ask(client).json())
    assert came == due
    state.faults = Faults(["missing_page"], rate=1.0)
    came, due = stated(ask, ask(client).json())
    assert came < due


@pytest.mark.parametrize("ask", PAGED, ids=lambda ask: ask.__name__)
def test_the_page_before_once_more(sandbox, ask):
    client, state = sandbox
    state.faults = Faults(["duplicate_page"], rate=1.0)
    first = ask(client)
    assert first.json() == ask(client).json()
    second = [ask(client, 2).content for _ in range(3)]
    assert second[0] == first.content
    assert any(content != first.content for content in second)


@pytest.mark.parametrize("ask", SYSTEMS, ids=lambda ask: ask.__name__)
def test_fields_change_their_names_until_it_is_over(sandbox, ask):
    client, state = sandbox
    calm = ask(client)
    state.faults = Faults(["schema_drift"])
    drifted = [ask(client).text for _ in range(2)]
    assert drifted[0] == drifted[1] != calm.text
    assert "dataVersion" in drifted[0]
    assert state.faults.hits[ask.__name__, "schema_drift"] == 2
    state.faults = Faults()
    assert ask(client).content == calm.content


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (qcc, '"Status":"112"'),
        (tianyancha, '"error_code":300007'),
        (courtlistener, "Rate limit exceeded: 125/day"),
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_the_quota_is_used_up_until_the_next_day(sandbox, ask, words):
    client, state = sandbox
    state.faults = Faults(["quota"], quota_after=2)
    assert [words in ask(client).text for _ in range(4)] == [False, False, True, True]


def test_creditsafe_sells_no_more_reports_but_searches_go_on(sandbox):
    client, state = sandbox
    state.faults = Faults(["quota"], quota_after=0)
    assert creditsafe(client).status_code == 200
    assert client.get("/creditsafe/v1/companies/GB001-0-03977902").status_code == 403


def test_a_clock_that_is_off_refuses_signatures_and_says_so(sandbox):
    client, state = sandbox
    state.faults = Faults(["clock_skew"])
    params = {"key": SANDBOX["qcc"].login, "searchKey": ANHUA}
    refused = client.get("/qcc/TaxCredit/GetList", params=params, headers=signed())
    assert refused.json()["Status"] == "115"
    theirs = parsedate_to_datetime(refused.headers["Date"])
    agreed = client.get("/qcc/TaxCredit/GetList", params=params, headers=signed(theirs))
    assert agreed.json()["Status"] == "200"
