"""The core of the sandbox server: clock, limits, control endpoints, faults. No stand-in in it."""

# ruff: noqa: ARG002, ARG005 - a stand-in uses what it needs

import json
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from etl.errors import ZixinError
from sandbox.server import app as app_module
from sandbox.server.clock import Clock, moment
from sandbox.server.credentials import SANDBOX, connections, environment, planted
from sandbox.server.faults import ALL, SKEW, Faults, parse
from sandbox.server.limits import Quotas, Windows
from sandbox.server.state import State
from sandbox.server.system import Page, System, Words, reply, without_rows

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
ROWS = [{"id": number} for number in range(9)]


class Stopwatch:
    """A stopwatch the test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class PlainWords(Words):
    """A system with one paged list, /rows?page=n."""

    def wrong_signature(self, path):
        return reply({"error": "signature"}, 401)

    def quota_used(self, path):
        return reply({"error": "quota"}, 403)

    def page_of(self, path, query, body):
        return (path, query.get("page") == "1") if path == "/rows" else None

    def shorten(self, page):
        rows = json.loads(page.body)
        rows["rows"] = without_rows(rows["rows"])
        return Page(page.status, page.headers, json.dumps(rows).encode())


async def rows(request: Request):
    page = int(request.query_params.get("page", 1))
    return reply({"page": page, "count": len(ROWS), "rows": ROWS})


async def broken(request: Request):
    raise RuntimeError


PLAIN = System(
    "plain",
    ("plain",),
    lambda prefix: [Route("/rows", rows), Route("/broken", broken)],
    PlainWords(),
)


def client_with(faults: Faults, monkeypatch) -> tuple[TestClient, State]:
    monkeypatch.setattr(app_module, "systems", lambda: [PLAIN])
    state = State(Clock(AT, is_frozen=True), faults=faults)
    app = app_module.create_app(None, state)
    return TestClient(app, raise_server_exceptions=False), state


def test_the_clock_runs_on_stands_still_and_jumps() -> None:
    watch = Stopwatch()
    clock = Clock(AT, stopwatch=watch)
    watch.seconds = 5
    assert clock.now() == AT + timedelta(seconds=5)

    clock.freeze(True)
    watch.seconds = 50
    assert clock.now() == AT + timedelta(seconds=5)

    clock.advance(60)
    clock.freeze(False)
    watch.seconds = 51
    assert clock.now() == AT + timedelta(seconds=66)


def test_a_moment_without_a_zone_is_utc_and_nonsense_is_refused() -> None:
    assert moment("2026-11-21T02:00:00+08:00") == AT
    assert moment("2026-11-20") == datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(ZixinError, match="moment"):
        moment("tomorrow")


def test_several_windows_hold_at_once_and_a_refused_call_does_not_count() -> None:
    windows = Windows()
    both = [(2, 10.0), (3, 60.0)]

    assert [windows.wait(("k",), both, AT) for _ in range(3)] == [0.0, 0.0, 10.0]
    later = AT + timedelta(seconds=10)
    assert [windows.wait(("k",), both, later) for _ in range(2)] == [0.0, 50.0]
    assert windows.wait(("other",), both, later) == 0.0


def test_a_quota_begins_again_at_midnight_of_the_system() -> None:
    quotas = Quotas()

    assert [quotas.take("s", "calls", 1, AT, utc_hours=0) for _ in range(2)] == [True, False]
    assert quotas.take("s", "calls", 1, AT + timedelta(hours=6), utc_hours=0)


def test_every_fault_has_a_name_and_no_other_is_taken() -> None:
    assert parse("all") == ALL
    assert parse("429, cut") == ("429", "cut")
    with pytest.raises(ZixinError, match="there is no fault 'rain'"):
        parse("rain")


def test_a_patient_client_always_gets_through() -> None:
    faults = Faults(ALL, rate=1.0)

    struck = [faults.strike("s", "one request", ALL, AT) for _ in range(300)]

    assert all(None in struck[place : place + 3] for place in range(len(struck) - 2))
    assert struck[:3].count(None) == 1
    assert faults.hits["s", "token_expiry"] <= 3


def test_the_same_seed_brings_the_same_trouble_to_a_tenth_of_the_calls() -> None:
    def trouble(seed: int) -> list[str | None]:
        faults = Faults(("429", "cut"), seed=seed)
        return [faults.strike("s", str(number), ("429", "cut"), AT) for number in range(2000)]

    assert trouble(1) == trouble(1) != trouble(2)
    assert 150 < sum(fault is not None for fault in trouble(1)) < 250
    assert {"429", "cut"} <= set(trouble(1))


@pytest.mark.parametrize(
    ("fault", "status"), [("429", 429), ("wrong_signature", 401), ("truncated", 200)]
)
def test_a_fault_is_the_answer_in_the_systems_own_words(fault, status, monkeypatch) -> None:
    client, state = client_with(Faults([fault], rate=1.0), monkeypatch)

    answer = client.get("/plain/rows?page=1")

    assert answer.status_code == status
    assert state.faults.hits["plain", fault] == 1
    if fault == "truncated":
        assert len(answer.content) == int(answer.headers["content-length"])
        with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
            answer.json()


def test_5xx_is_one_of_several(monkeypatch) -> None:
    client, _ = client_with(Faults(["5xx"], rate=1.0), monkeypatch)

    found = {client.get(f"/plain/rows?page={page}").status_code for page in range(1, 9)}

    assert found == {500, 502, 503, 504}


def test_a_duplicate_page_betrays_itself_by_its_number_and_never_starts_a_list(monkeypatch) -> None:
    client, _ = client_with(Faults(["duplicate_page"], rate=1.0), monkeypatch)

    pages = [client.get(f"/plain/rows?page={page}").json()["page"] for page in (1, 2, 2, 2)]

    assert pages == [1, 1, 1, 2]


def test_a_missing_row_leaves_the_total_standing(monkeypatch) -> None:
    client, _ = client_with(Faults(["missing_page"], rate=1.0), monkeypatch)

    page = client.get("/plain/rows?page=1").json()

    assert (page["count"], len(page["rows"])) == (9, 6)


def test_a_quota_is_used_up_until_the_next_day(monkeypatch) -> None:
    client, state = client_with(Faults(["quota"], quota_after=2), monkeypatch)

    assert [client.get("/plain/rows").status_code for _ in range(4)] == [200, 200, 403, 403]
    state.clock.advance(24 * 3600)
    assert client.get("/plain/rows").status_code == 200


def test_the_date_is_virtual_and_a_skewed_clock_shows_in_it(monkeypatch) -> None:
    client, state = client_with(Faults(), monkeypatch)
    assert client.get("/plain/rows").headers["date"] == "Fri, 20 Nov 2026 18:00:00 GMT"

    state.faults = Faults(["clock_skew"])
    assert timedelta(minutes=7) == SKEW
    assert client.get("/plain/rows").headers["date"] == "Fri, 20 Nov 2026 18:07:00 GMT"


def test_the_control_endpoints_steer_and_count(monkeypatch) -> None:
    client, _ = client_with(Faults(), monkeypatch)
    client.get("/plain/rows?page=3")

    assert client.get("/_sandbox/counts").json()["calls"] == {"plain": {"GET /rows": 1}}
    moved = client.post("/_sandbox/clock", json={"set": "2026-11-21", "advance": 60}).json()
    assert moved["now"] == "2026-11-21T00:01:00+00:00"
    assert client.post("/_sandbox/clock", json={"set": "soon"}).status_code == 400
    assert client.post("/_sandbox/faults", json={"on": ["rain"]}).status_code == 400
    on = client.post("/_sandbox/faults", json={"on": ["429"], "rate": 1, "systems": ["plain"]})
    assert on.json() == {"on": ["429"], "systems": ["plain"]}
    assert client.get("/plain/rows").status_code == 429
    assert client.post("/_sandbox/reset").json()["ok"]
    assert client.get("/_sandbox/counts").json()["calls"] == {}
    assert client.get("/plain/rows").status_code == 200


def test_there_is_a_connection_for_every_system_and_canaries_replace_every_secret() -> None:
    found = environment("http://127.0.0.1:9")
    assert set(found) == {f"AIRFLOW_CONN_{name.upper()}" for name in SANDBOX}
    assert json.loads(found["AIRFLOW_CONN_ZOHO"])["extra"]["accounts_host"] == (
        "http://127.0.0.1:9/zoho-accounts"
    )

    text = json.dumps(connections("http://127.0.0.1:9", planted("CANARY")))
    for login in SANDBOX.values():
        assert not login.password or login.password not in text
    assert "CANARY-zoho-refresh_token" in text


def test_a_mistake_of_the_sandbox_is_told_apart_from_a_fault(monkeypatch) -> None:
    client, _ = client_with(Faults(), monkeypatch)

    assert client.get("/plain/broken").status_code == 500
    counted = client.get("/_sandbox/counts").json()
    assert counted["broken"] == {"plain": {"/broken: RuntimeError": 1}}
    assert counted["faults"] == {}
