"""GLEIF's stand-in against what sources.md 6 says of the service."""

import pytest

from tests.drawn_world import ANHUA, LEI, all_known, drawn_world
from tests.sandbox_server import inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()


@pytest.fixture
def client():
    return inside(WORLD)[0]


def get(client, path="lei-records", **params):
    return client.get(f"/gleif/api/v1/{path}", params=params)


def test_a_list(client):
    body = get(client, **{"page[size]": 1}).json()
    assert set(body) == {"meta", "links", "data"}
    assert body["meta"]["pagination"] == {
        "currentPage": 1,
        "perPage": 1,
        "from": 1,
        "to": 1,
        "total": 2,
        "lastPage": 2,
    }
    assert body["meta"]["goldenCopy"]["publishDate"] == "2026-11-20T16:00:00Z"
    following = client.get(body["links"]["next"]).json()
    assert following["meta"]["pagination"]["currentPage"] == 2
    assert "next" not in following["links"]
    assert {body["data"][0]["id"], following["data"][0]["id"]} == {LEI, "549300NORTHWINDTR012"}


def test_ten_a_page_two_hundred_at_most(client):
    assert get(client).json()["meta"]["pagination"]["perPage"] == 10
    assert get(client, **{"page[size]": 200}).status_code == 200
    refused = get(client, **{"page[size]": 201})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["status"] == "400"


def test_a_record(client):
    answer = get(client, f"lei-records/{LEI}")
    assert answer.headers["content-type"].startswith("application/vnd.api+json")
    data = answer.json()["data"]
    assert (data["type"], data["id"]) == ("lei-records", LEI)
    attributes = data["attributes"]
    assert set(attributes) >= {
        "lei",
        "entity",
        "registration",
        "bic",
        "mic",
        "ocid",
        "qcc",
        "spglobal",
    }
    entity = attributes["entity"]
    assert entity["legalName"] == {"name": "安华机电有限公司", "language": "zh"}
    assert entity["registeredAs"] == ANHUA
    assert attributes["qcc"].startswith("QCN")
    assert entity["legalAddress"]["country"] == "CN"
    assert set(attributes["registration"]) >= {
        *("initialRegistrationDate", "lastUpdateDate", "status", "nextRenewalDate"),
        *("managingLou", "corroborationLevel", "validatedAs"),
    }
    assert get(client, "lei-records/549300NOBODYHASTHIS1").status_code == 404


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("lei", LEI, 1),
        ("entity.legalName", "northwind", 1),
        ("fulltext", "Anhua Electric", 1),
        ("entity.registeredAs", ANHUA, 1),
        ("entity.jurisdiction", "US", 1),
        ("entity.status", "ACTIVE", 2),
        ("entity.status", "INACTIVE", 0),
        ("entity.legalName", "nobody", 0),
    ],
)
def test_filters(client, name, value, found):
    body = get(client, **{f"filter[{name}]": value}).json()
    assert len(body["data"]) == body["meta"]["pagination"]["total"] == found


def test_a_registration_status_is_asked_for_exactly(client):
    counts = [
        get(client, **{"filter[registration.status]": status}).json()["meta"]["pagination"]["total"]
        for status in ("ISSUED", "LAPSED", "RETIRED")
    ]
    assert sum(counts) == 2


def test_unknown_filters_are_refused(client):
    assert get(client, **{"filter[nonsense]": "x"}).status_code == 400
    strict, _ = inside(WORLD, options={"gleif": {"registered_as": False}})
    assert get(strict, **{"filter[entity.registeredAs]": ANHUA}).status_code == 400


def test_children(client):
    body = get(client, "lei-records/549300NORTHWINDTR012/direct-children").json()
    assert [record["id"] for record in body["data"]] == [LEI]


def test_sixty_a_minute():
    client, state = inside(WORLD)
    statuses = [get(client).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]
    state.clock.advance(61)
    assert get(client).status_code == 200
