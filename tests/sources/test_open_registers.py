"""CourtListener, GLEIF and SEC EDGAR: free, and each with its own traps."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.sources import courtlistener, gleif, sec_edgar
from etl.sources.connector import Ask, Inconsistent, Meaning, Pull, Reply, Subject, Token
from etl.sources.sec_facts import STATEMENTS
from tests.sources.landed import about, mapped, shipped
from tests.sources.machine import UNTIL, answer, connection, played

US = Subject("salesforce:1", 'Harbor "Electric" Company, Inc.', "USA", {"cik": "320193"})
LEI = "5493001KJTIIGC8Y1R12"

# --- CourtListener -------------------------------------------------------------------------------

DOCKETS = shipped("courtlistener-dockets")


def dockets(count: int, first: int, rows: int, following: str | None = None) -> Reply:
    results = [{"docket_id": first + n, "caseName": "A v. B", "party": ["A"]} for n in range(rows)]
    return answer({"count": count, "next": following, "previous": None, "results": results})


def test_a_search_by_party_goes_on_by_cursor_and_never_to_another_host() -> None:
    pages = {
        None: dockets(41, 0, 20, "https://elsewhere.example/steal?cursor=b&type=r&q=x"),
        "b": dockets(41, 20, 20, "https://elsewhere.example/steal?cursor=c&type=r&q=x"),
        "c": dockets(41, 40, 1),
    }
    steps = played(
        courtlistener.CONNECTOR, about(DOCKETS, US), lambda ask: pages[ask.params.get("cursor")]
    )

    first = steps[0][0]
    assert first.params == {
        "type": "r", "q": 'party:"Harbor Electric Company"', "order_by": "dateFiled desc",
    }  # fmt: skip
    assert {ask.path for ask, _ in steps} == {"/api/rest/v4/search/"}
    signed = courtlistener.CONNECTOR.sign(first, Token(), connection(password="t"), UNTIL)
    assert signed.headers["Authorization"] == "Token t"


def test_dockets_that_are_missing_or_a_cursor_that_stands_still() -> None:
    pull, machine = about(DOCKETS, US), courtlistener.CONNECTOR
    first = machine.first(pull)
    with pytest.raises(Inconsistent, match="13 dockets, and more are to follow"):
        machine.after(pull, first, dockets(41, 0, 13, "https://h/?cursor=b"))
    with pytest.raises(Inconsistent, match="3 dockets came of 5 stated") as error:
        machine.after(pull, first, dockets(5, 0, 3))
    assert error.value.restart
    second = machine.after(pull, first, dockets(41, 0, 20, "https://h/?cursor=b"))
    with pytest.raises(Inconsistent, match="stands still"):
        machine.after(pull, second, dockets(41, 0, 20, "https://h/?cursor=b"))


def test_no_more_pages_than_wanted() -> None:
    pull = Pull("dockets", (), None, UNTIL, {"most_pages": 2}, US)

    def serve(ask: Ask) -> Reply:
        return dockets(9999, 0, 20, f"https://h/?cursor={ask.state['page']}")

    assert len(played(courtlistener.CONNECTOR, pull, serve)) == 2


def test_a_throttle_says_how_long() -> None:
    verdict = courtlistener.CONNECTOR.judge(
        answer({"detail": "Request was throttled."}, 429, retry_after="41")
    )
    assert (verdict.meaning, verdict.wait) == (Meaning.SLOW, 41.0)
    assert [(x.calls, x.seconds) for x in courtlistener.CONNECTOR.limits] == [
        (5, 60), (50, 3600), (125, 86400),
    ]  # fmt: skip
    assert courtlistener.CONNECTOR.judge(answer({}, 401)).meaning is Meaning.REFUSED
    assert courtlistener.CONNECTOR.judge(answer({"detail": "no"}, 404)).meaning is Meaning.REFUSED


def test_only_customers_where_these_courts_matter() -> None:
    def why(**parts: Any) -> str:
        return courtlistener.CONNECTOR.can_answer(about(DOCKETS, Subject("c", **parts)))

    assert why(name="Acme", country="US") == ""
    assert why(name="Acme", country="DE") == "only customers in US are looked up in US courts"
    assert why(name="甲公司", country="US") == "it has no name in Latin letters"


def test_a_docket_gives_no_role_to_anybody(tmp_path: Path) -> None:
    docket = {
        "docket_id": 7, "docketNumber": "1:24-cv-01234", "caseName": "Bank v. Harbor Electric",
        "court": "D. Delaware", "cause": "28:1332", "dateFiled": "2024-02-03", "dateTerminated": None,
        "party": ["Bank of Somewhere", "Harbor Electric Company, Inc."],
    }  # fmt: skip
    bankrupt = {**docket, "docket_id": 8, "docketNumber": "24-bk-5", "dateTerminated": "2025-01-01"}
    reply = answer({"count": 2, "next": None, "results": [docket, bankrupt]})
    result = mapped(tmp_path, DOCKETS, courtlistener.CONNECTOR, lambda _: reply, [US])

    assert result.rules == []
    open_case, closed = sorted(result.rows("court_record"), key=lambda row: row["record_id"])
    assert (open_case["case_type"], open_case["status"]) == ("civil", "open")
    assert (closed["case_type"], closed["status"]) == ("bankruptcy", "closed")
    assert open_case["filed_on"] == date(2024, 2, 3)
    assert {row["role"] for row in result.rows("court_party")} == {"other"}
    assert len(result.rows("court_party")) == 4


# --- GLEIF ---------------------------------------------------------------------------------------

RECORDS = shipped("gleif-registration")


def record(lei: str = LEI, country: str = "DE", number: str = "HRB 1") -> dict[str, Any]:
    entity = {
        "legalName": {"name": "Müller GmbH", "language": "de"},
        "legalAddress": {"addressLines": ["Weg 1"], "city": "Köln", "country": country},
        "registeredAs": number, "status": "ACTIVE", "legalForm": {"id": "2HBR"},
        "creationDate": "1999-01-02T00:00:00Z",
    }  # fmt: skip
    registration = {"lastUpdateDate": "2026-01-02T03:04:05Z", "status": "ISSUED"}
    return {
        "type": "lei-records",
        "id": lei,
        "attributes": {"lei": lei, "entity": entity, "registration": registration},
    }


def listed(rows: list[Any], total: int, page: int = 1) -> Reply:
    pagination = {"currentPage": page, "perPage": 50, "total": total, "lastPage": -(-total // 50)}
    return answer({"meta": {"pagination": pagination}, "data": rows})


def test_by_lei_one_record_by_name_all_of_the_name(tmp_path: Path) -> None:
    one = Subject("zoho:1", "Müller GmbH", "DE", {"lei": LEI})
    other = Subject("zoho:2", "Müller GmbH", "DE")
    usci = "91110000600037341L"

    def serve(ask: Ask) -> Reply:
        if ask.path.endswith(LEI):
            return answer({"data": record()})
        assert ask.params["filter[entity.legalName]"] == "Müller GmbH"
        return listed([record(), record("2" * 20, "CN", usci)], 2)

    result = mapped(tmp_path, RECORDS, gleif.CONNECTOR, serve, [one, other])

    assert result.rules == []
    rows = result.rows("registration")
    assert sorted((row["customer_id"], row["record_id"]) for row in rows) == [
        ("zoho:1", LEI), ("zoho:2", "2" * 20), ("zoho:2", LEI),
    ]  # fmt: skip
    assert {row["uscc"] for row in rows} == {None, usci}
    assert {row["status"] for row in rows} == {"active"}
    assert {row["updated_on"] for row in rows} == {date(2026, 1, 2)}
    assert {row["address"] for row in rows} == {"Weg 1, Köln"}
    assert result.column("outcome", "inquiry") == ["hits", "hits"]


def test_an_unknown_lei_is_an_answer_and_another_record_is_none() -> None:
    pull = about(RECORDS, Subject("c", None, None, {"lei": LEI}))
    ask = gleif.CONNECTOR.first(pull)
    assert gleif.CONNECTOR.judge(answer({"errors": []}, 404)).meaning is Meaning.NOTHING
    assert gleif.CONNECTOR.after(pull, ask, answer({"errors": []}, 404)) is None
    with pytest.raises(Inconsistent, match="another one"):
        gleif.CONNECTOR.after(pull, ask, answer({"data": record("1" * 20)}))


def test_pages_are_counted() -> None:
    pull = Pull("lei-records", (), None, UNTIL, {"most_pages": 9}, Subject("c", "Müller GmbH"))
    pages = {"1": listed([record()] * 50, 60), "2": listed([record()] * 10, 60, 2)}
    steps = played(gleif.CONNECTOR, pull, lambda ask: pages[ask.params["page[number]"]])
    assert len(steps) == 2
    with pytest.raises(Inconsistent, match="page 1 came where page 2"):
        gleif.CONNECTOR.after(pull, steps[1][0], pages["1"])
    with pytest.raises(Inconsistent, match="0 records where 10 are due"):
        gleif.CONNECTOR.after(pull, steps[1][0], listed([], 60, 2))
    with pytest.raises(Inconsistent, match="9 records where 10 are due"):
        gleif.CONNECTOR.after(pull, steps[1][0], listed([record()] * 9, 60, 2))


# --- SEC EDGAR -----------------------------------------------------------------------------------

FACTS = shipped("sec-edgar-statement")


def point(end: str, value: float, filed: str, start: str | None = None, **more: Any) -> Any:
    begins = {"start": start} if start else {}
    return {
        **begins,
        "end": end,
        "val": value,
        "filed": filed,
        "accn": filed,
        "form": "10-K",
        **more,
    }


def facts(**tags: list[Any]) -> Reply:
    gaap = {tag: {"label": tag, "units": {"USD": points}} for tag, points in tags.items()}
    return answer({"cik": 320193, "entityName": "Harbor", "facts": {"dei": {}, "us-gaap": gaap}})


def statements(folder: Path, reply: Reply) -> list[dict[str, Any]]:
    result = mapped(folder, FACTS, sec_edgar.CONNECTOR, lambda _: reply, [US])
    assert result.rules == []
    return result.rows("statement")


def test_the_user_agent_names_a_contact_and_the_cik_has_ten_digits() -> None:
    ask = sec_edgar.CONNECTOR.first(about(FACTS, US))
    assert ask.path == "/api/xbrl/companyfacts/CIK0000320193.json"
    with_contact = connection(extra={"contact": "Example credit@example.com"})
    signed = sec_edgar.CONNECTOR.sign(ask, Token(), with_contact, UNTIL)
    assert signed.headers["User-Agent"] == "Example credit@example.com"
    assert sec_edgar.CONNECTOR.judge(answer({}, 403)).meaning is Meaning.REFUSED
    assert sec_edgar.CONNECTOR.judge(answer({}, 404)).meaning is Meaning.NOTHING
    assert sec_edgar.CONNECTOR.can_answer(about(FACTS, Subject("c", "A", "US"))) != ""


def test_a_year_as_each_filing_knew_it_the_last_one_standing(tmp_path: Path) -> None:
    year = ("2024-01-01",)
    reply = facts(
        Assets=[
            point("2024-12-31", 1000, "2025-02-01"),
            point("2024-12-31", 1000, "2026-02-01"),
            point("2025-12-31", 1200.5, "2026-02-01"),
            point("2025-09-30", 1100, "2025-11-01", form="10-Q"),
        ],
        Liabilities=[
            point("2024-12-31", 600, "2025-02-01"),
            point("2024-12-31", 640, "2026-02-01"),
        ],
        Revenues=[
            point("2024-12-31", 5000, "2025-02-01", *year),
            point("2024-12-31", 1300, "2025-02-01", "2024-10-01"),
            point("2025-12-31", 5500, "2026-02-01", "2025-01-01"),
        ],
        NetIncomeLoss=[point("2024-12-31", -70, "2025-02-01", *year)],
    )
    restated, last = statements(tmp_path, reply)

    # What came in one night is known that night: the version filed last stands. The comparatives of a
    # later report restate one number and do not empty the others.
    assert (restated["period_end"], restated["published_on"]) == (
        date(2024, 12, 31),
        date(2026, 2, 1),
    )
    assert restated["total_liabilities"] == Decimal("640.00")
    assert (restated["revenue"], restated["net_income"]) == (Decimal("5000.00"), Decimal("-70.00"))
    assert (last["total_assets"], last["net_income"]) == (Decimal("1200.50"), None)
    assert {row["currency"] for row in (restated, last)} == {"USD"}


def test_every_filing_that_says_something_new_is_a_row() -> None:
    reply = facts(
        Assets=[point("2024-12-31", 1000, filed) for filed in ("2025-02-01", "2026-02-01")],
        Liabilities=[
            point("2024-12-31", 600, "2025-02-01"),
            point("2024-12-31", 640, "2026-02-01"),
        ],
    )
    with duckdb.connect() as db:
        db.execute("CREATE TABLE page (number BIGINT, about JSON, outcome VARCHAR, body JSON)")
        db.execute("INSERT INTO page VALUES (1, '{}', 'page', ?)", [reply.content.decode()])
        rows = [json.loads(entry) for _, _, entry in db.execute(STATEMENTS).fetchall()]
    told = [(row["filed"], row["total_liabilities"]) for row in rows]
    assert told == [("2025-02-01", 600.0), ("2026-02-01", 640.0)]


def test_what_is_repeated_unchanged_is_not_told_twice(tmp_path: Path) -> None:
    same = [point("2024-12-31", 1000, filed) for filed in ("2025-02-01", "2026-02-01")]
    assert len(statements(tmp_path, facts(Assets=same))) == 1


def test_the_better_tag_wins_and_sums_of_the_taxonomy_fill_gaps(tmp_path: Path) -> None:
    at = ("2024-12-31",)
    reply = facts(
        Assets=[point(*at, 1000, "2025-02-01")],
        LiabilitiesAndStockholdersEquity=[point(*at, 1000, "2025-02-01")],
        StockholdersEquity=[point(*at, 300, "2025-02-01")],
        ShortTermBorrowings=[point(*at, 40, "2025-02-01")],
        LongTermDebtCurrent=[point(*at, 2, "2025-02-01")],
        SalesRevenueNet=[point(*at, 7, "2025-02-01", "2024-01-01")],
        Revenues=[point(*at, 8, "2025-02-01", "2024-01-01")],
    )
    (row,) = statements(tmp_path, reply)

    assert row["total_liabilities"] == Decimal("700.00")
    assert row["short_term_debt"] == Decimal("42.00")
    assert row["revenue"] == Decimal("8.00")


def test_facts_without_accounts_and_facts_of_another() -> None:
    pull = about(FACTS, US)
    ask = sec_edgar.CONNECTOR.first(pull)
    assert sec_edgar.CONNECTOR.after(pull, ask, facts()) is None
    with pytest.raises(Inconsistent, match="another company"):
        sec_edgar.CONNECTOR.after(pull, ask, answer({"cik": 1, "facts": {}}))
    with pytest.raises(Inconsistent):
        sec_edgar.CONNECTOR.judge(answer(json.dumps({"cik": 1}).encode()))
