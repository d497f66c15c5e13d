"""CourtListener's stand-in against what sources.md 5.3 says of the service."""

from datetime import datetime

import pytest

from sandbox.server.credentials import SANDBOX
from tests.drawn_world import all_known, drawn_world
from tests.sandbox_server import inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()
DOCKETS = 47
TOKEN = {"Authorization": f"Token {SANDBOX['courtlistener'].password}"}
WIDE = {"courtlistener": {"limits": "1000/60"}}
DOCKET_FIELDS = (
    "resource_uri id court court_id docket_number case_name case_name_short case_name_full cause "
    "nature_of_suit jury_demand jurisdiction_type pacer_case_id date_created date_modified "
    "date_filed date_terminated date_last_filing source absolute_url assigned_to_str "
    "referred_to_str clusters bankruptcy_information"
)
HIT_FIELDS = (
    "caseName case_name_full docketNumber docket_id docket_absolute_url court court_id "
    "court_citation_string cause suitNature jurisdictionType juryDemand dateFiled dateTerminated "
    "dateArgued assignedTo assigned_to_id referredTo referred_to_id chapter trustee_str "
    "pacer_case_id party party_id attorney firm recap_documents meta"
)


@pytest.fixture
def client():
    return inside(WORLD, options=WIDE)[0]


def get(client, path, headers=TOKEN, **params):
    return client.get(f"/courtlistener/api/rest/v4/{path}/", params=params, headers=headers)


def turned(client, path, **params):
    """Every page, by following `next`."""
    page = get(client, path, **params).json()
    pages = [page]
    while page["next"]:
        page = client.get(page["next"], headers=TOKEN).json()
        pages.append(page)
        assert len(pages) < 10
    return pages


def test_docket_fields(client):
    row = get(client, "dockets").json()["results"][0]
    assert set(DOCKET_FIELDS.split()) <= set(row)
    assert isinstance(row["id"], int)
    assert row["court"].endswith("/courts/nysd/")


@pytest.mark.parametrize("order", ["id", "-id", "date_created", "date_modified", "-date_modified"])
def test_by_cursor_everything_comes_once_and_in_order(client, order):
    pages = turned(client, "dockets", order_by=order)
    assert [len(page["results"]) for page in pages] == [20, 20, 7]
    rows = [row for page in pages for row in page["results"]]
    assert len({row["id"] for row in rows}) == DOCKETS
    values = [row[order.lstrip("-")] for row in rows]
    assert values == sorted(values, reverse=order.startswith("-"))


def test_count(client):
    page = get(client, "dockets").json()
    assert "count=on" in page["count"]
    assert client.get(page["count"], headers=TOKEN).json() == {"count": DOCKETS}


def test_other_orders_have_page_numbers(client):
    page = get(client, "dockets", order_by="date_filed", page=2).json()
    assert (page["count"], len(page["results"])) == (DOCKETS, 20)
    assert "page=3" in page["next"]
    assert get(client, "dockets", order_by="date_filed", page=101).status_code == 404


def test_increments(client):
    since = "2025-06-20T00:00:00+00:00"
    pages = turned(client, "dockets", date_modified__gte=since, order_by="date_modified")
    rows = [row for page in pages for row in page["results"]]
    moments = [datetime.fromisoformat(row["date_modified"]) for row in rows]
    assert moments
    assert all(moment >= datetime.fromisoformat(since) for moment in moments)
    assert len(rows) < DOCKETS


def test_fields_select(client):
    rows = get(client, "dockets", fields="id,docket_number").json()["results"]
    assert {frozenset(row) for row in rows} == {frozenset({"id", "docket_number"})}


def test_filters(client):
    one = get(client, "dockets", docket_number="1:25-cv-00007").json()["results"]
    assert [row["docket_number_core"] for row in one] == ["2500007"]
    assert get(client, "dockets", court="cand").json()["results"] == []
    ours = get(client, "dockets", parties__name="Northwind Traders LLC").json()["results"]
    assert len(ours) == 20
    assert get(client, f"dockets/{one[0]['id']}").json() == one[0]


def test_unknown_filters_are_named(client):
    answer = get(client, "dockets", case_name__icontains="x", id=1, nonsense=2)
    assert answer.status_code == 400
    assert answer.json() == {
        "detail": "Unknown filter parameters are not allowed.",
        "unknown_params": ["case_name__icontains", "nonsense"],
    }
    assert get(client, "dockets", date_modified__gte="yesterday").status_code == 400


def test_a_cursor_of_another_order_or_none_at_all(client):
    assert get(client, "dockets", cursor="nonsense").status_code == 404


def test_search_by_party(client):
    pages = turned(client, "search", type="r", q='party:"Northwind Traders"')
    assert [len(page["results"]) for page in pages] == [20, 20, 7]
    assert {(page["count"], page["document_count"]) for page in pages} == {(DOCKETS, DOCKETS)}
    hits = [hit for page in pages for hit in page["results"]]
    assert len({hit["docket_id"] for hit in hits}) == DOCKETS
    assert set(HIT_FIELDS.split()) <= set(hits[0])
    assert hits[0]["party"] == ["Jane Roe", "Northwind Traders LLC"]
    assert {"bm25"} == set(hits[0]["meta"]["score"])
    assert get(client, "search", type="r", q='party:"Nobody"').json()["count"] == 0
    assert "document_count" not in get(client, "search", type="d", q="Northwind").json()


def test_search_types(client):
    assert get(client, "search", type="o", q="Northwind").json()["results"] == []
    answer = get(client, "search", type="zz", q="x")
    assert answer.status_code == 404
    assert answer.json() == {"detail": "Search type not found or not supported."}


@pytest.mark.parametrize("header", ["Token wrong", "Bearer x", TOKEN["Authorization"][6:]])
def test_a_wrong_token_is_refused(client, header):
    answer = get(client, "dockets", {"Authorization": header})
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Invalid token."}


def test_three_throttles_at_once():
    client, state = inside(WORLD)
    for _ in range(5):
        assert get(client, "dockets").status_code == 200
    answer = get(client, "dockets")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert answer.json()["detail"] == (
        "Request was throttled. Rate limit exceeded: 5/min. Expected available in 60 seconds."
    )
    made = 5
    while made < 50:
        state.clock.advance(61)
        for _ in range(5):
            assert get(client, "dockets").status_code == 200
            made += 1
    state.clock.advance(61)
    assert "50/hour" in get(client, "dockets").json()["detail"]
    while made < 125:
        state.clock.advance(3601)
        for _ in range(5):
            assert get(client, "dockets").status_code == 200
            made += 1
    state.clock.advance(3601)
    answer = get(client, "dockets")
    assert "125/day" in answer.json()["detail"]
    assert int(answer.headers["Retry-After"]) > 3600
    assert state.violations == {("courtlistener", "user"): 3}


def test_without_a_token_a_hundred_a_day():
    client, _ = inside(WORLD)
    statuses = [get(client, "search", headers={}, type="r").status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]


def test_own_rates():
    client, _ = inside(WORLD, options={"courtlistener": {"limits": "2/60"}})
    assert [get(client, "dockets").status_code for _ in range(3)] == [200, 200, 429]
