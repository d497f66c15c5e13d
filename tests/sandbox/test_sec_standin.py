"""EDGAR's stand-in against what sources.md 6 says of the service."""

from datetime import UTC, datetime

import pytest

from sandbox.server import sec_rows
from tests.drawn_world import all_known, drawn_world
from tests.sandbox_server import inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()
AGENT = {"User-Agent": "Example Ltd credit@example.com"}
FACTS = "api/xbrl/companyfacts/CIK0000320999.json"


@pytest.fixture
def client():
    return inside(WORLD)[0]


def get(client, path, headers=AGENT):
    return client.get(f"/sec/{path}", headers=headers)


def test_facts(client):
    body = get(client, FACTS).json()
    assert (body["cik"], body["entityName"]) == (320999, "NORTHWIND TRADERS LLC")
    assert set(body["facts"]) == {"dei", "us-gaap"}
    assets = body["facts"]["us-gaap"]["Assets"]
    assert set(assets) == {"label", "description", "units"}
    points = assets["units"]["USD"]
    assert set(points[0]) - {"frame"} == {"end", "val", "accn", "fy", "fp", "form", "filed"}
    flows = body["facts"]["us-gaap"]["NetIncomeLoss"]["units"]["USD"]
    assert flows[0]["start"] == "2023-01-01"
    assert flows[0]["end"] == "2023-12-31"
    shares = body["facts"]["dei"]["EntityCommonStockSharesOutstanding"]["units"]["shares"]
    assert shares[0]["val"] == 1_000_000


def test_a_report_repeats_the_year_before(client):
    points = get(client, FACTS).json()["facts"]["us-gaap"]["Assets"]["units"]["USD"]
    told = [(p["end"][:4], p["fy"], p["filed"][:4]) for p in points if p["form"] == "10-K"]
    assert told == [
        ("2023", 2023, "2024"),
        ("2023", 2024, "2025"),
        ("2024", 2024, "2025"),
        ("2024", 2025, "2026"),
        ("2025", 2025, "2026"),
    ]
    framed = [p["frame"] for p in points if "frame" in p]
    assert framed == ["CY2023Q4I", "CY2024Q4I", "CY2025Q4I"]


def test_nothing_is_known_before_it_is_filed():
    client, _ = inside(WORLD, at=datetime(2025, 1, 1, tzinfo=UTC))
    points = get(client, FACTS).json()["facts"]["us-gaap"]["Assets"]["units"]["USD"]
    assert [p["end"] for p in points] == ["2023-12-31"]


def test_some_are_restated_and_some_amended(client, monkeypatch):
    monkeypatch.setattr(sec_rows, "RESTATED", 1.0)
    monkeypatch.setattr(sec_rows, "AMENDED", 1.0)
    flows = get(client, FACTS).json()["facts"]["us-gaap"]["NetIncomeLoss"]["units"]["USD"]
    first = [(p["form"], p["val"]) for p in flows if p["end"] == "2023-12-31"]
    assert first == [("10-K", 100), ("10-K/A", 88), ("10-K", 93)]


def test_submissions(client):
    body = get(client, "submissions/CIK0000320999.json").json()
    assert (body["cik"], body["name"]) == ("0000320999", "NORTHWIND TRADERS LLC")
    recent = body["filings"]["recent"]
    assert recent["filingDate"] == sorted(recent["filingDate"], reverse=True)
    assert len({len(column) for column in recent.values()}) == 1


def test_one_concept(client):
    body = get(client, "api/xbrl/companyconcept/CIK0000320999/us-gaap/Assets.json").json()
    assert (body["taxonomy"], body["tag"], body["cik"]) == ("us-gaap", "Assets", 320999)


@pytest.mark.parametrize("name", ["CIK320999.json", "CIK0000000001.json", "320999.json"])
def test_ten_digits_of_somebody_who_files(client, name):
    answer = get(client, f"api/xbrl/companyfacts/{name}")
    assert answer.status_code == 404
    assert "NoSuchKey" in answer.text


@pytest.mark.parametrize("agent", ["python-requests/2.32", ""])
def test_who_does_not_say_who_asks_is_refused(client, agent):
    answer = get(client, FACTS, {"User-Agent": agent})
    assert answer.status_code == 403
    assert "Undeclared Automated Tool" in answer.text


def test_ten_a_second_or_ten_minutes_of_silence():
    client, state = inside(WORLD)
    statuses = [get(client, FACTS).status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429, 403]
    state.clock.advance(601)
    assert get(client, FACTS).status_code == 200
