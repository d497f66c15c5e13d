"""The Salesforce stand-in against what public documents say of Bulk API 2.0 (spec section 3)."""

import base64
import csv
import io
from datetime import timedelta

import pytest

from sandbox.server.salesforce_objects import OBJECTS
from tests.sandbox_server import TONIGHT, inside

JOBS, LOGIN = "/salesforce/services/data/v62.0/jobs/query", "/salesforce/services/oauth2/token"


class Caller:
    """A bare client with the session's token."""

    def __init__(self, world, **wish):
        self.client, self.state = inside(world, **wish)
        ours = self.state.credentials["salesforce"]
        self.key, self.secret = ours.login, ours.password
        self.headers = {}

    def log_in(self):
        form = {"client_id": self.key, "client_secret": self.secret}
        told = self.client.post(LOGIN, data={"grant_type": "client_credentials", **form}).json()
        self.headers = {"Authorization": f"Bearer {told['access_token']}"}
        return told

    def create(self, soql, operation="query", **more):
        body = {"operation": operation, "query": soql, **more}
        return self.client.post(JOBS, json=body, headers=self.headers)

    def look(self, number):
        return self.client.get(f"{JOBS}/{number}", headers=self.headers)

    def results(self, number, **params):
        headers = {**self.headers, "Accept": "text/csv"}
        return self.client.get(f"{JOBS}/{number}/results", params=params, headers=headers)

    def done(self, soql, operation="query", **more):
        """A job that is complete."""
        made = self.create(soql, operation, **more)
        assert made.status_code == 200, made.text
        number = made.json()["id"]
        while (told := self.look(number).json())["state"] != "JobComplete":
            assert told["state"] in ("UploadComplete", "InProgress")
        return told

    def rows(self, soql, operation="query", size=50_000):
        """All rows of a query, page by page."""
        told, found, params = self.done(soql, operation), [], {"maxRecords": size}
        while True:
            page = self.results(told["id"], **params)
            rows = list(csv.DictReader(io.StringIO(page.text)))
            assert int(page.headers["Sforce-NumberOfRecords"]) == len(rows)
            found += rows
            if page.headers["Sforce-Locator"] == "null":
                assert told["numberRecordsProcessed"] == len(found)
                return found
            params["locator"] = page.headers["Sforce-Locator"]


@pytest.fixture
def caller(opened_world):
    made = Caller(opened_world)
    made.log_in()
    return made


def test_the_token(opened_world) -> None:
    caller = Caller(opened_world)
    told = caller.log_in()
    assert told["token_type"] == "Bearer"
    assert told["instance_url"].endswith("/salesforce")

    pair = base64.b64encode(f"{caller.key}:{caller.secret}".encode()).decode()
    params = {"grant_type": "client_credentials"}
    basic = caller.client.post(LOGIN, params=params, headers={"Authorization": f"Basic {pair}"})
    assert basic.json()["access_token"]
    wrong = caller.client.post(
        LOGIN, data={**params, "client_id": caller.key, "client_secret": "x"}
    )
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_client")
    other = caller.client.post(LOGIN, data={"grant_type": "password"})
    assert other.json()["error"] == "unsupported_grant_type"


def test_a_session_that_is_none(caller) -> None:
    caller.state.clock.advance(7200)
    answer = caller.create("SELECT Id FROM Account")

    assert answer.status_code == 401
    assert answer.json()[0]["errorCode"] == "INVALID_SESSION_ID"
    assert set(answer.json()[0]) == {"message", "errorCode"}


def test_a_job_goes_from_state_to_state(caller) -> None:
    made = caller.create(
        "SELECT Id, Name FROM Account", columnDelimiter="COMMA", lineEnding="LF"
    ).json()

    assert made["state"] == "UploadComplete"
    assert (made["operation"], made["object"], made["contentType"]) == ("query", "Account", "CSV")
    assert made["apiVersion"] == 62.0
    assert {"createdDate", "systemModstamp"} <= set(made)
    early = caller.results(made["id"])
    assert early.status_code == 400
    states = [caller.look(made["id"]).json()["state"] for _ in range(2)]
    assert states == ["InProgress", "JobComplete"]


def test_results_come_in_order_of_id_page_by_page(caller) -> None:
    whole = caller.rows("SELECT Id, Name FROM Invoice__c")
    parts = caller.rows("SELECT Id, Name FROM Invoice__c", size=37)

    ids = [row["Id"] for row in whole]
    assert len(ids) > 74
    assert ids == sorted(set(ids))
    assert parts == whole


def test_every_cell_is_quoted_and_written_as_salesforce_writes_it(caller) -> None:
    told = caller.done(
        "SELECT Id, IsDeleted, Due_Date__c, Amount__c, SystemModstamp FROM Invoice__c"
    )
    page = caller.results(told["id"], maxRecords=5)

    lines = page.text.splitlines()
    assert lines[0] == '"Id","IsDeleted","Due_Date__c","Amount__c","SystemModstamp"'
    assert all(line.startswith('"') and line.endswith('"') for line in lines)
    row = next(csv.DictReader(io.StringIO(page.text)))
    assert row["IsDeleted"] == "false"
    assert row["SystemModstamp"].endswith(".000Z")
    assert page.headers["content-type"].startswith("text/csv")
    assert page.headers["Sforce-Limit-Info"].startswith("api-usage=")


def test_query_all_brings_deleted_rows(caller) -> None:
    living = caller.rows("SELECT Id, IsDeleted FROM Invoice__c")
    every = caller.rows("SELECT Id, IsDeleted FROM Invoice__c", "queryAll")

    assert {row["IsDeleted"] for row in living} == {"false"}
    gone = {row["Id"] for row in every if row["IsDeleted"] == "true"}
    assert {row["Id"] for row in every} - {row["Id"] for row in living} == gone
    assert gone


def test_an_increment_is_what_changed_since(caller) -> None:
    soql = "SELECT Id, SystemModstamp FROM Order"
    before = {row["Id"]: row["SystemModstamp"] for row in caller.rows(soql)}
    since = caller.state.now()
    caller.state.clock.advance(timedelta(days=30).total_seconds())
    caller.log_in()
    after = {row["Id"]: row["SystemModstamp"] for row in caller.rows(soql)}

    changed = {key for key, at in after.items() if before.get(key) != at}
    bound = f"{soql} WHERE SystemModstamp >= {since:%Y-%m-%dT%H:%M:%SZ}"
    assert changed
    assert {row["Id"] for row in caller.rows(bound)} == changed
    both = f"{bound} AND SystemModstamp < {TONIGHT:%Y-%m-%dT%H:%M:%S.000+0000}"
    assert caller.rows(both) == []


def test_a_job_sees_the_rows_of_its_moment(caller) -> None:
    told = caller.done("SELECT Id FROM Order")
    caller.state.clock.advance(timedelta(days=30).total_seconds())
    caller.log_in()

    rows = caller.results(told["id"]).text.splitlines()[1:]
    assert len(rows) == told["numberRecordsProcessed"]


def test_every_object_can_be_read(caller) -> None:
    for name, thing in OBJECTS.items():
        fields = ", ".join(["Id", "OwnerId", "CreatedDate", *thing.by_api])
        rows = caller.rows(f"SELECT {fields} FROM {name} ORDER BY Id LIMIT 3")
        assert len(rows) <= 3


@pytest.mark.parametrize(
    ("soql", "code"),
    [
        ("SELECT FROM Account", "MALFORMED_QUERY"),
        ("SELECT Id Account", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE Name LIKE 'x'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Account WHERE SystemModstamp > yesterday", "MALFORMED_QUERY"),
        ("SELECT Nothing__c FROM Account", "INVALID_FIELD"),
        ("SELECT Id FROM Account WHERE Nothing__c = 1", "INVALID_FIELD"),
        ("SELECT Id FROM Nothing__c", "INVALID_TYPE"),
    ],
)
def test_what_is_refused(caller, soql, code) -> None:
    answer = caller.create(soql)

    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_a_value_in_a_condition(caller) -> None:
    first = caller.rows("SELECT Id, Name, Is_Reseller__c FROM Account")[0]

    name = first["Name"].replace("'", "\\'")
    found = caller.rows(f"SELECT Id FROM Account WHERE Name = '{name}'")
    assert first["Id"] in {row["Id"] for row in found}
    assert (
        caller.rows("SELECT Id FROM Account WHERE Id != null AND Is_Reseller__c = true") is not None
    )


def test_unknown_addresses_are_not_found(caller) -> None:
    for path in ("/salesforce/services/data/v62.0/nothing", f"{JOBS}/750none"):
        answer = caller.client.get(path, headers=caller.headers)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    told = caller.done("SELECT Id FROM Account")
    assert caller.results(told["id"], locator="nonsense").status_code == 400


def test_the_calls_of_a_day(opened_world) -> None:
    caller = Caller(opened_world, options={"salesforce": {"day": 1}})
    caller.log_in()
    first, second = (caller.create("SELECT Id FROM Account") for _ in range(2))

    assert first.status_code == 200
    assert (second.status_code, second.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")


def test_faults_are_worded_as_salesforce_words_them(caller) -> None:
    def on(fault, **more):
        caller.client.post("/_sandbox/faults", json={"on": [fault], "rate": 1, **more})

    told = caller.done("SELECT Id FROM Invoice__c")
    on("missing_page")
    page = caller.results(told["id"], maxRecords=30)
    assert int(page.headers["Sforce-NumberOfRecords"]) == 30 > len(page.text.splitlines()) - 1
    on("quota", quota_after=0)
    assert caller.look(told["id"]).json()[0]["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    on("429")
    assert caller.look(told["id"]).status_code == 429
    on("5xx")
    assert caller.look(told["id"]).status_code >= 500
    on("token_expiry")
    assert caller.results(told["id"]).json()[0]["errorCode"] == "INVALID_SESSION_ID"


def test_a_repeated_page_has_a_locator_that_stands_still(caller) -> None:
    told = caller.done("SELECT Id FROM Invoice__c")
    caller.client.post("/_sandbox/faults", json={"on": ["duplicate_page"], "rate": 1})
    first = caller.results(told["id"], maxRecords=10)
    locator = first.headers["Sforce-Locator"]

    again = caller.results(told["id"], maxRecords=10, locator=locator)
    assert again.headers["Sforce-Locator"] == locator


def test_a_drifted_schema_is_a_field_that_is_not_there(caller) -> None:
    caller.client.post("/_sandbox/faults", json={"on": ["schema_drift"]})

    answer = caller.create("SELECT Due_Date__c FROM Invoice__c")
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"
    assert caller.create("SELECT Payment_Due_Date__c FROM Invoice__c").status_code == 200
