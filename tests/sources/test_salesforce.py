"""Salesforce's connector, answer by answer."""

from typing import Any

import pytest

from etl.errors import BadInput
from etl.sources.connector import Ask, Inconsistent, Meaning, Reply, Token
from etl.sources.salesforce import CONNECTOR
from tests.sources.machine import SINCE, answer, connection, played, pull


def job(state: str, **facts: Any) -> Reply:
    return answer({"id": "750x", "state": state, "operation": "queryAll", **facts})


def rows(first: int, count: int, locator: str = "null", **headers: str) -> Reply:
    lines = "".join(f'"{number}","a ""quoted""\nline"\n' for number in range(first, first + count))
    stated = {"sforce_numberofrecords": str(count), **headers}
    return answer(b'"Id","Name"\n' + lines.encode(), sforce_locator=locator, **stated)


def serve(ask: Ask) -> Reply:
    if ask.method == "POST":
        return job("UploadComplete")
    if not ask.path.endswith("/results"):
        done = ask.state["looks"] > 2
        return job("JobComplete", numberRecordsProcessed=7) if done else job("InProgress")
    assert ask.headers == {"Accept": "text/csv"}
    return {None: rows(0, 3, "A"), "A": rows(3, 3, "B"), "B": rows(6, 1)}[ask.params.get("locator")]


def test_a_job_is_looked_at_until_it_is_done_and_read_by_locator() -> None:
    steps = played(CONNECTOR, pull("Account", "Name", "Parent.Name"), serve)

    assert [ask.lands for ask, _ in steps] == [*["no"] * 4, *["csv"] * 3]
    assert [ask.pause for ask, _ in steps[:4]] == [0, 0.1, 0.2, 0.4]
    body = steps[0][0].body
    assert body["operation"] == "queryAll"
    assert body["query"] == (
        "SELECT Id, SystemModstamp, IsDeleted, Name, Parent.Name FROM Account "
        "WHERE SystemModstamp >= 2026-11-19T16:00:00Z AND SystemModstamp < 2026-11-20T16:00:00Z"
    )


def test_an_object_without_deletions_and_a_first_load() -> None:
    ask = CONNECTOR.first(pull("Thing__c", "Name", since=None, deleted=False))

    assert ask.body["operation"] == "query"
    assert ask.body["query"] == (
        "SELECT Id, SystemModstamp, Name FROM Thing__c WHERE SystemModstamp < 2026-11-20T16:00:00Z"
    )


@pytest.mark.parametrize("name", ["Name FROM User", "Name;", "1st", "", "a'b", "Name__c--"])
def test_nothing_of_a_mapping_becomes_part_of_the_statement(name: str) -> None:
    with pytest.raises(BadInput, match="no name of a Salesforce object or field"):
        CONNECTOR.first(pull("Account", name))
    with pytest.raises(BadInput, match="no name of a Salesforce object or field"):
        CONNECTOR.first(pull(name or " ", "Name"))


def results(total: int, **state: Any) -> Ask:
    path = "/services/data/{version}/jobs/query/750x/results"
    return Ask(path, state={"seen": 0, "total": total, **state}, lands="csv")


@pytest.mark.parametrize(
    ("ask", "reply", "says", "restarts"),
    [
        (results(3), rows(0, 2, sforce_numberofrecords="3"), "2 rows came where", False),
        (results(3), answer(rows(0, 3).content[:-9], sforce_numberofrecords="3"), "cut off", False),
        (results(4), rows(0, 3), "3 rows came where the job counted 4", True),
        (results(4).but(params={"locator": "A"}), rows(0, 3, "A"), "stands still", False),
        (results(4), rows(0, 0, "A"), "stands still", False),
    ],
)
def test_pages_are_counted(ask: Ask, reply: Reply, says: str, restarts: bool) -> None:
    with pytest.raises(Inconsistent, match=says) as caught:
        CONNECTOR.after(pull("Account", "Name"), ask, reply)
    assert caught.value.restart is restarts


def test_an_empty_result_is_a_header_or_nothing() -> None:
    for content in (b'"Id","Name"\n', b""):
        reply = answer(content, sforce_numberofrecords="0", sforce_locator="null")
        assert CONNECTOR.after(pull("Account", "Name"), results(0), reply) is None


def test_a_failed_job_starts_again_and_says_why() -> None:
    wanted = pull("Account", "Name")
    reply = job("Failed", errorMessage="InvalidBatch : <b>INVALID_FIELD</b>")
    with pytest.raises(Inconsistent, match="Failed: InvalidBatch :  b INVALID_FIELD /b") as caught:
        CONNECTOR.after(wanted, CONNECTOR.first(wanted), reply)
    assert caught.value.restart
    with pytest.raises(BadInput, match="not done after 500 looks"):
        CONNECTOR.after(wanted, Ask("", state={"looks": 500}), job("InProgress"))


def error(code: str, status: int) -> Reply:
    return answer([{"message": "made-up words", "errorCode": code}], status)


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (error("INVALID_SESSION_ID", 401), Meaning.LOGIN),
        (error("REQUEST_LIMIT_EXCEEDED", 403), Meaning.STOP),
        (error("API_DISABLED_FOR_ORG", 403), Meaning.REFUSED),
        (error("MALFORMED_QUERY", 400), Meaning.REFUSED),
        (error("INVALID_FIELD", 400), Meaning.REFUSED),
        (error("NOT_FOUND", 404), Meaning.REFUSED),
        (error("SERVER_UNAVAILABLE", 503), Meaning.RETRY),
        (answer(b"", 429), Meaning.SLOW),
        (answer(b"<html>", 502), Meaning.RETRY),
        (job("InProgress"), Meaning.PAGE),
        (rows(0, 1), Meaning.PAGE),
    ],
)
def test_every_answer_has_its_meaning(reply: Reply, meaning: Meaning) -> None:
    verdict = CONNECTOR.judge(reply)

    assert verdict.meaning is meaning
    assert "made-up" not in verdict.sentence


def test_login_and_signature() -> None:
    ours = connection(host="https://acme.my.salesforce.com", extra={"api_version": "61.0"})
    login = CONNECTOR.login(ours, SINCE)

    assert login.headers == {"Authorization": "Basic aWQtb2YtYXBwOm1hZGUtdXA="}
    assert login.params == {"grant_type": "client_credentials"}
    assert CONNECTOR.token(answer({"access_token": "t"})).values == {"access_token": "t"}
    ask = CONNECTOR.sign(CONNECTOR.first(pull("A", "B")), Token({"access_token": "t"}), ours, SINCE)
    assert ask.path == "/services/data/v61.0/jobs/query"
    assert ask.headers["Authorization"] == "Bearer t"
    assert (
        CONNECTOR.judge_login(answer({"error": "invalid_client"}, 400)).meaning is Meaning.REFUSED
    )
    assert CONNECTOR.judge_login(answer(b"x", 500)).meaning is Meaning.RETRY
