"""The stand-ins of bureaus, courts and registers over a generated world, against its truth."""

from datetime import date

import pytest

from sandbox.server.credentials import SANDBOX
from sandbox.server.outside import plain_name
from sandbox.server.qcc import signature
from sandbox.world.build import make_world
from sandbox.world.reader import World
from tests.sandbox_server import TONIGHT, inside

CUSTOMERS = 80
MANY = 10**6
OPTIONS = {
    "qcc": {"per_second": MANY},
    "tianyancha": {"per_second": MANY},
    "creditsafe": {"per_minute": MANY},
    "courtlistener": {"limits": f"{MANY}/60"},
    "gleif": {"per_minute": MANY},
}
CHECKS = ("JudgmentDocCheck", "CaseFilingCheck", "ShixinCheck", "ZhixingCheck", "BankruptcyCheck")


class Asked:
    """The sandbox, asked about one company at a time."""

    def __init__(self, world):
        self.client, self.state = inside(world, options=OPTIONS)
        self.companies = world.at(TONIGHT).rows("company", order_by="party_no")
        login = SANDBOX["creditsafe"]
        body = {"username": login.login, "password": login.password}
        self.token = self.get("creditsafe/v1/authenticate", json=body)["token"]

    def get(self, path, json=None, **kwargs):
        method = self.client.get if json is None else self.client.post
        answer = method(f"/{path}", **kwargs, **({} if json is None else {"json": json}))
        assert answer.status_code == 200, (path, answer.text[:200])
        return answer.json()

    def qcc(self, product, keyword):
        login, timespan = SANDBOX["qcc"], str(int(TONIGHT.timestamp()))
        token = signature(login.login, timespan, login.password)
        body = self.get(
            f"qcc/{product}/GetList",
            params={"key": login.login, "searchKey": keyword, "pageSize": 20},
            headers={"Token": token, "Timespan": timespan},
        )
        assert body["Status"] in ("200", "201")
        return body["Result"]["Data"] if body["Result"] else []

    def tianyancha(self, path, keyword):
        headers = {"Authorization": SANDBOX["tianyancha"].password}
        body = self.get(
            f"tianyancha/services/open/{path}", params={"keyword": keyword}, headers=headers
        )
        assert body["error_code"] in (0, 300000)
        return body["result"]["items"] if body["result"] else []

    def creditsafe(self, path, **params):
        return self.get(
            f"creditsafe/v1/{path}", params=params, headers={"Authorization": self.token}
        )

    def courtlistener(self, path, **params):
        headers = {"Authorization": f"Token {SANDBOX['courtlistener'].password}"}
        return self.get(f"courtlistener/api/rest/v4/{path}/", params=params, headers=headers)

    def of(self, *countries):
        return [one for one in self.companies if one["country"] in countries]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outside")
    make_world(folder, CUSTOMERS, 7, date(2026, 12, 31))
    return World(folder)


@pytest.fixture(scope="module")
def asked(world):
    return Asked(world)


@pytest.fixture(scope="module")
def roles(world):
    """Case number → party's plain name → role, as the courts have it tonight."""
    moment = world.at(TONIGHT)
    numbers = {row["record_id"]: row["case_no"] for row in moment.rows("court_record")}
    found = {}
    for row in moment.rows("court_party"):
        if row["record_id"] in numbers:
            case = found.setdefault(numbers[row["record_id"]], {})
            case[plain_name(row["party_name"])] = row["role"]
    return found


def test_both_chinese_providers_tell_the_roles_as_the_courts_have_them(asked, roles):
    suits = {"qcc": set(), "tianyancha": set()}
    for company in asked.of("CN"):
        own = plain_name(company["name"])
        for row in asked.qcc("JudgmentDocCheck", company["uscc"]):
            suits["qcc"].add((row["CaseNo"], company["party_no"]))
            role = roles[row["CaseNo"]].get(own)
            if role is not None:  # None: it stood there under a former name
                assert row["IsDefendant"] == str(int(role == "defendant"))
                assert row["IsProsecutor"] == str(int(role == "plaintiff"))
        for row in asked.tianyancha("jr/lawSuit/3.0", company["uscc"]):
            suits["tianyancha"].add((row["caseNo"], company["party_no"]))
            told = {plain_name(person["name"]): person["role"] for person in row["casePersons"]}
            expected = {"plaintiff": "原告", "defendant": "被告", "third": "第三人"}
            assert told == {name: expected[role] for name, role in roles[row["caseNo"]].items()}
    both = suits["qcc"] & suits["tianyancha"]
    assert len(both) > 0.8 * max(len(found) for found in suits.values()) > 0


def test_no_company_breaks_a_stand_in(asked):
    for company in asked.of("CN"):
        for check in CHECKS:
            asked.qcc(check, company["name"])
        asked.tianyancha("jr/courtRegister/2.0", company["name"])
        asked.tianyancha("jr/ktannouncement/2.0", company["name"])
    for company in asked.of("US", "GB", "DE", "FR", "IT", "JP"):
        country, number = company["country"], company["registration_number"]
        hits = asked.creditsafe("companies", countries=country, regNo=number)["companies"]
        assert [hit["name"] for hit in hits] == [company["name"]]
        reason = {"customData": "de_reason_code::1"}
        report = asked.creditsafe(f"companies/{hits[0]['id']}", **reason)["report"]
        assert report["companySummary"]["businessName"] == company["name"]
        named = asked.creditsafe("companies", countries=country, name=company["name"])["companies"]
        assert company["name"] in [hit["name"] for hit in named]


def test_every_lei_has_its_record(asked):
    body = asked.get("gleif/api/v1/lei-records", params={"page[size]": 200})
    expected = {one["lei"] for one in asked.companies if one["lei"]}
    assert {record["id"] for record in body["data"]} == expected


def test_dockets_are_the_american_cases_but_for_those_that_are_missed(asked, world):
    cases = {
        row["case_no"] for row in world.at(TONIGHT).rows("court_record", where="country = 'US'")
    }
    count = asked.courtlistener("dockets", count="on")["count"]
    assert 0.6 * len(cases) <= count <= len(cases)
    found = 0
    for company in asked.of("US"):
        hits = asked.courtlistener("search", type="r", q=f'party:"{company["name"]}"')["results"]
        assert all(company["name"] in hit["party"] for hit in hits)
        found += len(hits)
    assert found > 0


def test_facts_are_filed_by_whoever_has_a_cik(asked):
    agent = {"User-Agent": "Example Ltd credit@example.com"}
    for company in (one for one in asked.companies if one["cik"]):
        path = f"sec/api/xbrl/companyfacts/CIK{int(company['cik']):010d}.json"
        asked.state.clock.advance(1)
        assert asked.get(path, headers=agent)["facts"]["us-gaap"]["Assets"]


def test_the_future_is_not_told(asked, world):
    later = {row["case_no"] for row in world.at(TONIGHT).rows("court_record")}
    every = {row[0] for row in world.query("SELECT DISTINCT case_no FROM court_record")}
    assert every - later, "the world ends before its last year does"
    told = {
        row["CaseNo"]
        for company in asked.of("CN")
        for row in asked.qcc("CaseFilingCheck", company["uscc"])
    }
    assert told <= later
