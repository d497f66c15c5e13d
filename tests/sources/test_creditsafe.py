"""Creditsafe: search first, buy once, and only about the company that was meant."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.errors import BadInput
from etl.sources.connector import Ask, Inconsistent, Meaning, Reply, Subject
from etl.sources.creditsafe import CONNECTOR
from tests.sources.landed import about, mapped, shipped
from tests.sources.machine import UNTIL, answer, connection, played

FEED = shipped("creditsafe-report")
ACME = Subject("zoho:9", "Acme Ltd", "UK", {"registration_number": "03977902", "vat": "GB1"})
COMPANY = {
    "id": "GB001-0-03977902", "country": "GB", "regNo": "03977902", "name": "ACME LIMITED",
    "status": "Active", "dateOfLatestChange": "2026-10-01T00:00:00Z",
}  # fmt: skip


def search(*companies: Any, total: int | None = None) -> Reply:
    count = len(companies) if total is None else total
    body = {"page": 1, "pageSize": 20, "totalSize": count, "companies": list(companies)}
    return answer({"correlationId": "c", **body})


def report(company_id: str = "GB001-0-03977902", **parts: Any) -> Reply:
    inside = {
        "companyId": company_id,
        "companySummary": {
            "businessName": "ACME LIMITED", "country": "GB", "companyRegistrationNumber": "03977902",
            "companyStatus": {"status": "Active", "description": "Active"},
        },
        "creditScore": {
            "currentCreditRating": {
                "commonValue": "B", "commonDescription": "Low Risk",
                "creditLimit": {"currency": "GBP", "value": "25000"},
                "providerValue": {"minValue": "0", "maxValue": "100", "value": "64"},
            },
            "latestRatingChangeDate": "2026-05-07T00:00:00Z",
        },
        **parts,
    }  # fmt: skip
    return answer({"correlationId": "c", "companyId": company_id, "report": inside})


def serve_with(searches: dict[str, Reply], reported: Reply) -> Any:
    def serve(ask: Ask) -> Reply:
        if ask.about["kind"] == "report":
            return reported
        return next(searches[field] for field in searches if field in ask.params)

    return serve


def test_a_search_by_number_then_one_paid_report() -> None:
    steps = played(CONNECTOR, about(FEED, ACME), serve_with({"regNo": search(COMPANY)}, report()))

    (first, _), (second, _) = steps
    assert first.params["regNo"] == "03977902"
    assert first.params["countries"] == "GB"
    assert (first.is_paid, second.is_paid) == (False, True)
    assert second.path == "/v1/companies/GB001-0-03977902"
    assert second.params == {"language": "en"}
    assert second.about["product"] == "report"


def test_a_german_report_states_its_reason() -> None:
    subject = Subject("zoho:1", "Müller GmbH", "Germany", {"registration_number": "HRB1"})
    company = {**COMPANY, "id": "DE/1 2", "country": "DE", "regNo": "HRB 1"}
    steps = played(
        CONNECTOR, about(FEED, subject), serve_with({"regNo": search(company)}, report("DE/1 2"))
    )

    assert steps[1][0].params["customData"] == "de_reason_code::1"
    assert steps[1][0].path == "/v1/companies/DE%2F1%202"


def test_numbers_first_then_the_name_and_nobody_when_two_fit() -> None:
    twin = {**COMPANY, "id": "GB002"}
    serve = serve_with(
        {"regNo": search(), "vatNo": search(), "name": search(COMPANY, twin)}, report()
    )
    steps = played(CONNECTOR, about(FEED, ACME), serve)

    assert [ask.about["keyword"] for ask, _ in steps] == ["03977902", "GB1", "Acme Ltd"]
    assert not any(ask.is_paid for ask, _ in steps)


def test_of_two_with_the_number_the_active_one_and_another_name_is_nobody() -> None:
    gone = {**COMPANY, "id": "GB000", "status": "NonActive"}
    steps = played(
        CONNECTOR, about(FEED, ACME), serve_with({"regNo": search(gone, COMPANY)}, report())
    )
    assert steps[-1][0].state["company"] == COMPANY["id"]
    unlike = Subject("zoho:2", "Acme Trading", "GB")
    steps = played(CONNECTOR, about(FEED, unlike), serve_with({"name": search(COMPANY)}, report()))
    assert len(steps) == 1


def test_what_has_not_changed_since_the_last_answer_is_not_bought() -> None:
    for answered_on, calls in (("2026-10-09", 1), ("2026-10-08", 2), ("", 2)):
        subject = Subject("zoho:9", "Acme", "GB", ACME.identifiers, answered_on)
        steps = played(
            CONNECTOR, about(FEED, subject), serve_with({"regNo": search(COMPANY)}, report())
        )
        assert len(steps) == calls


def test_who_can_be_asked_about() -> None:
    def why(**parts: Any) -> str:
        return CONNECTOR.can_answer(about(FEED, Subject("c", **parts)))

    assert why(name="A", country="FR") == ""
    assert "country is not known" in why(name="A")
    assert "country is not known" in why(name="A", country="Freedonia")
    assert why(name="甲公司", country="中国") == "Creditsafe is not asked about CN"
    assert why(country="FR") == "it has neither a number nor a name"


def test_wrong_credentials_are_not_tried_again() -> None:
    login = CONNECTOR.login(connection(), UNTIL)
    assert login.body == {"username": "id-of-app", "password": "made-up"}
    assert CONNECTOR.judge_login(answer(b"Access denied", 401)).meaning is Meaning.REFUSED
    assert CONNECTOR.judge_login(answer(b"", 429)).meaning is Meaning.SLOW
    token = CONNECTOR.token(answer({"token": "a.b.c"}))
    assert token.seconds < 3600
    ask = CONNECTOR.sign(Ask("/x"), token, connection(), UNTIL)
    assert ask.headers["Authorization"] == "Bearer a.b.c"
    with pytest.raises(BadInput):
        CONNECTOR.token(answer({}))


def test_what_answers_mean() -> None:
    def meaning(status: int, body: Any = None) -> Meaning:
        return CONNECTOR.judge(answer(body or {"message": "m"}, status)).meaning

    assert meaning(401) is Meaning.LOGIN
    assert meaning(403) is meaning(404) is meaning(400) is Meaning.SKIP
    assert meaning(429) is Meaning.SLOW
    assert meaning(500) is Meaning.RETRY
    assert CONNECTOR.judge(search()).meaning is Meaning.NOTHING


def test_contradictions() -> None:
    pull = about(FEED, ACME)
    first = CONNECTOR.first(pull)
    with pytest.raises(Inconsistent, match="1 companies where 3 are stated"):
        CONNECTOR.after(pull, first, search(COMPANY, total=3))
    with pytest.raises(Inconsistent, match="0 companies where 1 are stated"):
        CONNECTOR.after(pull, first, search(total=1))
    paid = CONNECTOR.after(pull, first, search(COMPANY))
    with pytest.raises(Inconsistent, match="another company"):
        CONNECTOR.after(pull, paid, report("GB999"))
    with pytest.raises(Inconsistent, match="no report"):
        CONNECTOR.after(pull, paid, answer({"correlationId": "c"}))


def test_a_report_as_canonical_rows(tmp_path: Path) -> None:
    full = report(
        companyIdentification={
            "basicInformation": {"registeredCompanyName": "ACME LIMITED", "vatRegistrationNumber": "GB1",
                                 "companyRegistrationDate": "2000-05-01T00:00:00Z"},
            "previousNames": [{"name": "OLD ACME LTD", "dateChanged": "2010-01-31T00:00:00Z"}],
        },
        financialStatements=[
            {"type": "GlobalFinancialsGGS", "yearEndDate": "2025-12-31T00:00:00Z", "numberOfWeeks": 52,
             "currency": "GBP", "consolidatedAccounts": True,
             "profitAndLoss": {"revenue": 234683, "profitAfterTax": -36276},
             "balanceSheet": {"totalAssets": 270703, "totalLiabilities": 438626,
                              "totalShareholdersEquity": -167923}},
            {"type": "GlobalFinancialsGGS", "yearEndDate": "2024-12-31T00:00:00Z", "numberOfWeeks": 26,
             "currency": "GBP", "balanceSheet": {"totalAssets": 1}},
        ],
    )  # fmt: skip
    result = mapped(tmp_path, FEED, CONNECTOR, serve_with({"regNo": search(COMPANY)}, full), [ACME])

    assert result.rules == []
    (score,) = result.rows("bureau_score")
    assert (score["score"], score["band"], score["scale_id"]) == (Decimal(64), "B", "creditsafe_GB")
    assert (score["score_min"], score["score_max"]) == (Decimal(0), Decimal(100))
    assert (score["recommended_limit"], score["currency"]) == (Decimal("25000.00"), "GBP")
    assert score["rated_since"] == date(2026, 5, 7)
    (company,) = result.rows("registration")
    assert (company["status"], company["founded_on"]) == ("active", date(2000, 5, 1))
    assert {(r["scheme"], r["value"]) for r in result.rows("party_identifier")} == {
        ("registration_number", "03977902"), ("vat", "GB1"),
    }  # fmt: skip
    assert result.column("name", "former_name") == ["OLD ACME LTD"]
    year, half = sorted(result.rows("statement"), key=lambda row: -row["period_months"])
    assert (year["total_assets"], year["equity"]) == (Decimal("270703.00"), Decimal("-167923.00"))
    assert (year["basis"], half["basis"]) == ("consolidated", "parent")
    assert (half["period_months"], half["period_end"]) == (6, date(2024, 12, 31))
    asked = [(row["product"], row["outcome"]) for row in result.rows("inquiry")]
    assert sorted(asked) == [("report", "hits"), ("search", "hits")]


def test_words_in_place_of_numbers_are_no_numbers(tmp_path: Path) -> None:
    body = json.loads(report().content)
    rating = body["report"]["creditScore"]["currentCreditRating"]
    rating |= {
        "commonValue": "E",
        "creditLimit": {"value": "Credit Limit not applicable"},
        "providerValue": {"minValue": "0", "maxValue": "100", "value": "Not Rated"},
    }
    serve = serve_with({"regNo": search(COMPANY)}, answer(body))
    result = mapped(tmp_path, FEED, CONNECTOR, serve, [ACME])

    assert result.rules == []
    (score,) = result.rows("bureau_score")
    assert (score["score"], score["recommended_limit"], score["band"]) == (None, None, "E")
