"""Creditsafe's stand-in against what sources.md 4.1 says of the service."""

import pytest

from sandbox.server.credentials import SANDBOX
from tests.drawn_world import all_known, drawn_world
from tests.sandbox_server import inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()
LOGIN = {"username": SANDBOX["creditsafe"].login, "password": SANDBOX["creditsafe"].password}
MILLS = "GB001-0-03977902"


def log_in(client):
    return client.post("/creditsafe/v1/authenticate", json=LOGIN).json()["token"]


@pytest.fixture
def sandbox():
    client, state = inside(WORLD)
    client.headers["Authorization"] = f"Bearer {log_in(client)}"
    return client, state


@pytest.fixture
def client(sandbox):
    return sandbox[0]


def get(client, path, **params):
    return client.get(f"/creditsafe/v1/{path}", params=params)


def test_a_token_is_a_jwt_and_lives_an_hour(sandbox):
    client, state = sandbox
    assert log_in(client).count(".") == 2
    assert get(client, f"companies/{MILLS}").status_code == 200
    state.clock.advance(3601)
    assert get(client, f"companies/{MILLS}").status_code == 401


def test_the_bare_token_will_do(client):
    client.headers["Authorization"] = log_in(client)
    assert get(client, f"companies/{MILLS}").status_code == 200


def test_no_token_no_data():
    answer = get(inside(WORLD)[0], f"companies/{MILLS}")
    assert answer.status_code == 401
    assert set(answer.json()) == {"correlationId", "message", "details"}


def test_wrong_credentials_are_refused_in_words():
    client, _ = inside(WORLD)
    answer = client.post("/creditsafe/v1/authenticate", json={**LOGIN, "password": "no"})
    assert answer.status_code == 401
    assert answer.text.startswith("Access denied - Please check that your username and password")
    assert answer.headers["content-type"].startswith("text/plain")
    assert client.post("/creditsafe/v1/authenticate", json={"username": "x"}).status_code == 400


def test_five_times_the_same_wrong_credentials_lock_for_five_minutes():
    client, state = inside(WORLD)
    wrong = {**LOGIN, "password": "no"}

    def attempt(body=wrong):
        return client.post("/creditsafe/v1/authenticate", json=body).status_code

    assert [attempt() for _ in range(6)] == [401, 401, 401, 401, 429, 429]
    assert attempt({**LOGIN, "password": "other"}) == 401
    state.clock.advance(299)
    assert attempt() == 429
    state.clock.advance(2)
    assert attempt() == 401


def test_wrong_credentials_far_apart_do_not_lock():
    client, state = inside(WORLD)
    for _ in range(8):
        wrong = {**LOGIN, "password": "no"}
        assert client.post("/creditsafe/v1/authenticate", json=wrong).status_code == 401
        state.clock.advance(31)


@pytest.mark.parametrize(
    "params",
    [
        {"countries": "GB", "regNo": "03977902"},
        {"countries": "GB,FR", "vatNo": "GB123456789"},
        {"countries": "GB", "id": MILLS},
        {"countries": "GB", "name": "Harbour Mills Limited"},
    ],
)
def test_search(client, params):
    body = get(client, "companies", **params).json()
    assert set(body) == {"correlationId", "page", "pageSize", "totalSize", "companies"}
    hit = body["companies"][0]
    assert (hit["id"], hit["country"], hit["regNo"]) == (MILLS, "GB", "03977902")
    assert {"safeNo", "vatNo", "name", "address", "status", "type", "officeType"} <= set(hit)
    assert {"simpleValue", "street", "city", "postCode"} <= set(hit["address"])
    assert hit["dateOfLatestAccounts"] == "2025-12-31T00:00:00Z"
    assert hit["dateOfLatestChange"] == "2026-03-15T00:00:00Z"


def test_a_name_brings_its_neighbours_too(client):
    body = get(client, "companies", countries="GB", name="Harbour Mills Holdings Limited").json()
    assert [hit["name"] for hit in body["companies"]] == ["Harbour Mills (Holdings) Limited"]
    match = get(client, "companies/match", country="GB", name="Harbour Mills Limited").json()
    assert [hit["confidenceMatchScore"] for hit in match["companies"]] == [100, 79]
    sure = get(
        client, "companies/match", country="GB", name="Harbour Mills Limited", matchThreshold=95
    )
    assert sure.json()["totalSize"] == 1


@pytest.mark.parametrize(
    "params",
    [
        {"name": "Harbour"},
        {"countries": "GB"},
        {"countries": "GB", "name": "Harbour", "pageSize": "1000"},
        {"countries": "GB", "name": "Harbour", "page": "0"},
    ],
)
def test_searches_that_are_refused(client, params):
    answer = get(client, "companies", **params)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Bad Request"


def test_report(client):
    body = get(client, f"companies/{MILLS}", language="en").json()
    assert set(body) == {
        "correlationId",
        "companyId",
        "dateOfOrder",
        "language",
        "userId",
        "report",
    }
    report = body["report"]
    assert {
        *("companyId", "companySummary", "companyIdentification", "creditScore"),
        *("contactInformation", "shareCapitalStructure", "directors", "otherInformation"),
        *("financialStatements", "localFinancialStatements", "negativeInformation"),
        "additionalInformation",
    } <= set(report)
    rating = report["creditScore"]["currentCreditRating"]
    assert rating == report["companySummary"]["creditRating"]
    assert rating["commonValue"] == "B"
    assert rating["providerValue"]["value"] == "71"
    assert rating["creditLimit"] == {"currency": "GBP", "value": "50000"}
    assert report["creditScore"]["previousCreditRating"]["commonValue"] == "C"
    assert report["creditScore"]["latestRatingChangeDate"] == "2026-02-01T00:00:00Z"
    accounts = report["financialStatements"][0]
    assert accounts["yearEndDate"] == "2025-12-31T00:00:00Z"
    assert accounts["balanceSheet"]["totalAssets"] == 3025
    assert accounts["profitAndLoss"]["profitAfterTax"] == 100


def test_a_company_that_is_gone_is_rated_in_words(client):
    report = get(client, "companies/GB001-0-09999999").json()["report"]
    rating = report["creditScore"]["currentCreditRating"]
    assert rating["providerValue"]["value"] == "Not Rated"
    assert rating["creditLimit"] == {"value": "Credit Limit not applicable"}
    assert report["companySummary"]["companyStatus"]["status"] == "NonActive"


def test_germany_wants_a_reason(client):
    assert get(client, "companies/DE001-0-HRB1234").status_code == 400
    reason = {"customData": "de_reason_code::1"}
    assert get(client, "companies/DE001-0-HRB1234", **reason).status_code == 200


def test_numbers_with_spaces_are_the_same_number(client):
    hits = get(client, "companies", countries="DE", regNo="HRB1234").json()["companies"]
    assert [hit["id"] for hit in hits] == ["DE001-0-HRB1234"]


def test_unknown_reports_and_paths_are_404(client):
    assert get(client, "companies/GB001-0-00000001").status_code == 404
    assert get(client, "nonsense").status_code == 404


def test_only_reports_are_billed(sandbox):
    client, state = sandbox
    get(client, "companies", countries="GB", name="Harbour Mills Limited")
    get(client, "companies/GB001-0-00000001")
    get(client, f"companies/{MILLS}")
    assert state.billed == {("creditsafe", "report", MILLS): 1}


def test_limits():
    options = {"creditsafe": {"per_minute": 1, "countries": ["GB"]}}
    client, state = inside(WORLD, options=options)
    client.headers["Authorization"] = log_in(client)
    assert get(client, f"companies/{MILLS}").status_code == 200
    assert get(client, f"companies/{MILLS}").status_code == 429
    state.clock.advance(61)
    assert get(client, "companies", countries="FR", name="Moulin").status_code == 403
