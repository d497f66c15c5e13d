"""The Zoho stand-ins (CRM v8, bulk read, Books) against what public documents say (spec section 2)."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from sandbox.server.records import plain
from sandbox.server.zoho_objects import MODULES
from tests.sandbox_server import TONIGHT, inside

CRM, BULK, BOOKS = "/zoho-api/crm/v8", "/zoho-api/crm/bulk/v8/read", "/zoho-api/books/v3"
LOGIN = "/zoho-accounts/oauth/v2/token"


class Caller:
    """A bare client with the session's token."""

    def __init__(self, world, **wish):
        self.client, self.state = inside(world, **wish)
        ours = self.state.credentials["zoho"]
        self.organization_id = ours.extra["organization_id"]
        self.secrets = {
            "client_id": ours.login,
            "client_secret": ours.password,
            "refresh_token": ours.extra["refresh_token"],
            "grant_type": "refresh_token",
        }
        self.headers = {}

    def log_in(self):
        told = self.client.post(LOGIN, params=self.secrets).json()
        self.headers = {"Authorization": f"Zoho-oauthtoken {told['access_token']}"}
        return told

    def get(self, path, since=None, **params):
        headers = {**self.headers, **({"If-Modified-Since": since} if since else {})}
        return self.client.get(path, params=params, headers=headers)

    def records(self, module, **params):
        return self.get(f"{CRM}/{module}", **{"fields": "Modified_Time", **params})

    def everything(self, module, **params):
        """All records, by number as far as that goes, then by token."""
        found, place = [], {"page": 1}
        while True:
            answer = self.records(module, sort_by="id", sort_order="asc", **params, **place)
            if answer.status_code in (204, 304):
                return found
            page = answer.json()
            found += page["data"]
            if not page["info"]["more_records"]:
                return found
            place = {"page_token": page["info"]["next_page_token"]}

    def books(self, what, **params):
        return self.get(f"{BOOKS}/{what}", organization_id=self.organization_id, **params)


@pytest.fixture
def caller(opened_world):
    made = Caller(opened_world)
    made.log_in()
    return made


def test_a_token_for_an_hour_and_where_it_is_good(caller) -> None:
    told = caller.log_in()

    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 3600
    assert told["api_domain"] == "http://testserver/zoho-api"
    assert told["scope"]
    assert caller.records("Accounts").status_code == 200
    caller.state.clock.advance(3600)
    late = caller.records("Accounts")
    assert (late.status_code, late.json()["code"]) == (401, "INVALID_TOKEN")


def test_the_header_has_a_word_of_its_own(caller) -> None:
    token = caller.headers["Authorization"].split()[1]
    caller.headers = {"Authorization": f"Bearer {token}"}
    assert caller.records("Accounts").json()["code"] == "INVALID_TOKEN"
    caller.headers = {}
    answer = caller.records("Accounts")
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHENTICATION_FAILURE")
    assert set(answer.json()) == {"code", "details", "message", "status"}


def test_ten_tokens_in_ten_minutes(opened_world) -> None:
    caller = Caller(opened_world)
    answers = [caller.client.post(LOGIN, params=caller.secrets) for _ in range(11)]

    assert "access_token" in answers[9].json()
    assert answers[10].json()["error"] == "Access Denied"
    caller.state.clock.advance(600)
    assert caller.log_in()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [("client_id", "invalid_client"), ("client_secret", "invalid_client_secret"),
     ("refresh_token", "invalid_code"), ("grant_type", "unsupported_grant_type")],
)  # fmt: skip
def test_a_wrong_login(opened_world, wrong, error) -> None:
    caller = Caller(opened_world)
    answer = caller.client.post(LOGIN, data={**caller.secrets, wrong: "x"})

    assert (answer.status_code, answer.json()["error"]) == (200, error)


def test_a_page_of_records(caller) -> None:
    page = caller.records("Invoices", fields="Invoice_Number,Account_Name,Grand_Total,Due_Date")
    info, row = page.json()["info"], page.json()["data"][0]

    assert page.status_code == 200
    assert (info["per_page"], info["page"], info["count"]) == (200, 1, len(page.json()["data"]))
    assert (info["sort_by"], info["sort_order"]) == ("id", "desc")
    assert info["more_records"] is True
    assert info["next_page_token"]
    assert info["previous_page_token"] is None
    assert set(row["Account_Name"]) == {"name", "id"}
    assert row["Account_Name"]["name"]
    assert isinstance(row["Grand_Total"], float)
    assert isinstance(row["id"], str)
    assert "Status" not in row


def test_moments_carry_an_offset(caller) -> None:
    row = caller.records("Invoices").json()["data"][0]

    assert row["Modified_Time"].endswith("+01:00")
    assert "Owner" in caller.records("Invoices", fields="Owner").json()["data"][0]


def test_every_module_can_be_read(caller) -> None:
    for name, module in MODULES.items():
        answer = caller.records(name, fields=",".join(list(module.by_api)[:50]))
        assert answer.status_code in (200, 204), name


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"fields": ""}, "REQUIRED_PARAM_MISSING"),
        ({"fields": ",".join(f"F{n}" for n in range(51))}, "LIMIT_EXCEEDED"),
        ({"per_page": 201}, "LIMIT_EXCEEDED"),
        ({"sort_by": "Due_Date"}, "INVALID_DATA"),
        ({"page": 11}, "DISCRETE_PAGINATION_LIMIT_EXCEEDED"),
        ({"page_token": "made up"}, "TOKEN_BOUND_DATA_MISMATCH"),
    ],
)
def test_what_the_crm_refuses(caller, params, code) -> None:
    answer = caller.records("Invoices", **params)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_unknown_addresses_and_modules(caller) -> None:
    assert caller.records("Nothing").json()["code"] == "INVALID_MODULE"
    answer = caller.get("/zoho-api/crm/v1/x/y/z")
    assert (answer.status_code, answer.json()["code"]) == (404, "INVALID_URL_PATTERN")


def test_every_record_comes_once_by_number_and_token(caller) -> None:
    ids = [row["id"] for row in caller.everything("Invoices")]
    few = [row["id"] for row in caller.everything("Invoices", per_page=50)]

    assert len(ids) > 200
    assert ids == sorted(set(ids)) == few


def test_a_page_token_is_of_one_question_and_one_day(caller) -> None:
    token = caller.records("Invoices").json()["info"]["next_page_token"]

    assert caller.records("Invoices", page_token=token).json()["info"]["page"] == 2
    both = caller.records("Invoices", page_token=token, page=2)
    assert both.status_code == 400
    other = caller.records("Invoices", page_token=token, fields="Subject")
    assert other.json()["code"] == "TOKEN_BOUND_DATA_MISMATCH"
    caller.state.clock.advance(86_400)
    caller.log_in()
    assert caller.records("Invoices", page_token=token).json()["code"] == "EXPIRED_VALUE"


def test_no_rows_have_no_body(caller) -> None:
    nothing = caller.records("Invoices", ids="1")
    assert (nothing.status_code, nothing.content) == (204, b"")
    newer = caller.records("Invoices", since=caller.state.now().isoformat())
    assert (newer.status_code, newer.content) == (304, b"")
    assert caller.records("Invoices", since="yesterday").status_code == 400


def test_an_increment_is_what_changed_since(caller) -> None:
    before = {row["id"]: row["Modified_Time"] for row in caller.everything("Sales_Orders")}
    since = caller.state.now()
    caller.state.clock.advance(timedelta(days=20).total_seconds())
    caller.log_in()
    after = {row["id"]: row["Modified_Time"] for row in caller.everything("Sales_Orders")}

    changed = {key for key, at in after.items() if before.get(key) != at}
    found = caller.everything("Sales_Orders", since=since.isoformat())
    assert changed
    assert {row["id"] for row in found} == changed


def test_deleted_records_leave_the_module_for_a_feed(caller) -> None:
    gone = caller.get(f"{CRM}/Invoices/deleted", type="all").json()
    row = gone["data"][0]

    assert set(row) == {
        "id", "display_name", "type", "deleted_time", "deleted_by", "created_by",
    }  # fmt: skip
    assert not {one["id"] for one in gone["data"]} & {
        one["id"] for one in caller.everything("Invoices")
    }
    kinds = {
        kind: caller.get(f"{CRM}/Invoices/deleted", type=kind) for kind in ("recycle", "permanent")
    }
    counts = [len(a.json()["data"]) if a.status_code == 200 else 0 for a in kinds.values()]
    assert sum(counts) == len(gone["data"])
    assert caller.get(f"{CRM}/Invoices/deleted", type="some").status_code == 400
    late = caller.get(f"{CRM}/Invoices/deleted", since=caller.state.now().isoformat())
    assert (late.status_code, late.content) == (304, b"")


def test_credits_are_told_once_half_of_them_is_used(opened_world) -> None:
    caller = Caller(opened_world, options={"zoho": {"credits": 4}})
    caller.log_in()
    answers = [caller.records("Accounts") for _ in range(5)]

    left = [answer.headers.get("X-API-CREDITS-REMAINING") for answer in answers]
    assert left == [None, "2", "1", "0", "0"]
    assert (answers[4].status_code, answers[4].json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert "retry-after" not in answers[4].headers


def job(caller, module="Invoices", **query):
    body = {"query": {"module": {"api_name": module}, **query}, "file_type": "csv"}
    return caller.client.post(BULK, json=body, headers=caller.headers)


def finished(caller, answer):
    """(result, rows of the CSV) of a job, looked at until it is done."""
    assert answer.status_code == 201, answer.text
    details = answer.json()["data"][0]["details"]
    assert (details["state"], details["operation"]) == ("ADDED", "read")
    states = []
    while "COMPLETED" not in states:
        told = caller.get(f"{BULK}/{details['id']}").json()["data"][0]
        states.append(told["state"])
    assert states == ["QUEUED", "COMPLETED"]
    packed = caller.get(f"{BULK}/{details['id']}/result")
    assert packed.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        (name,) = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read(name).decode())))
    return told["result"], rows


def test_bulk_read_brings_what_the_list_brings(caller) -> None:
    fields = ["Invoice_Number", "Account_Name", "Grand_Total", "Modified_Time"]
    told, rows = finished(caller, job(caller, fields=fields))

    assert list(rows[0]) == ["Id", *fields]
    assert [row["Id"] for row in rows] == [one["id"] for one in caller.everything("Invoices")]
    assert told["count"] == len(rows)
    assert told["more_records"] is False
    assert told["per_page"] == 200_000


def test_bulk_pages_go_on_by_token(opened_world) -> None:
    caller = Caller(opened_world, options={"zoho": {"bulk_rows": 150}})
    caller.log_in()
    told, rows = finished(caller, job(caller, fields=["Invoice_Number"]))
    ids = [row["Id"] for row in rows]
    while told["more_records"]:
        query = {"fields": ["Invoice_Number"], "page_token": told["next_page_token"]}
        told, rows = finished(caller, job(caller, **query))
        ids += [row["Id"] for row in rows]

    assert ids == [one["id"] for one in caller.everything("Invoices")]


def test_bulk_criteria(caller) -> None:
    moment = (TONIGHT - timedelta(days=200)).isoformat()
    one = {"field": {"api_name": "Modified_Time"}, "comparator": "greater_equal", "value": moment}
    group = {"group_operator": "and", "group": [one, {**one, "comparator": "not_equal"}]}

    _, rows = finished(caller, job(caller, fields=["Modified_Time"], criteria=one))
    everything = caller.everything("Invoices")
    assert 0 < len(rows) < len(everything)
    _, grouped = finished(caller, job(caller, fields=["Modified_Time"], criteria=group))
    assert len(grouped) == len(rows)
    assert job(caller, criteria={**one, "comparator": "like"}).status_code == 400
    many = {"group_operator": "or", "group": [one] * 26}
    assert job(caller, criteria=many).json()["code"] == "LIMIT_EXCEEDED"


def test_what_bulk_refuses(caller) -> None:
    assert job(caller, module="Nothing").json()["code"] == "MODULE_NOT_AVAILABLE"
    assert job(caller, page=501).json()["code"] == "PAGE_RANGE_EXCEEDED"
    unknown = caller.get(f"{BULK}/1")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "RESOURCE_NOT_FOUND")
    early = job(caller).json()["data"][0]["details"]["id"]
    assert caller.get(f"{BULK}/{early}/result").status_code == 404


def test_books_lists_with_page_context(caller) -> None:
    page = caller.books("invoices", page=1).json()

    assert (page["code"], page["message"]) == (0, "success")
    context = page["page_context"]
    assert (context["page"], context["per_page"]) == (1, 200)
    assert context["has_more_page"] is True
    assert len(page["invoices"]) == 200
    second = caller.books("invoices", page=2).json()
    ids = [row["invoice_id"] for row in (*page["invoices"], *second["invoices"])]
    assert len(ids) == len(set(ids))


def test_a_payment_says_what_it_pays(caller, opened_world) -> None:
    payments = caller.books("customerpayments").json()["customerpayments"]
    paid = next(row for row in payments if row["invoices"])

    assert set(paid) >= {
        "payment_id", "payment_mode", "amount", "amount_refunded", "bank_charges", "date", "status",
        "reference_number", "customer_id", "customer_name", "currency_code", "last_modified_time",
    }  # fmt: skip
    assert set(paid["invoices"][0]) >= {
        "invoice_id", "invoice_number", "date", "invoice_amount", "amount_applied",
    }  # fmt: skip
    truth = opened_world.at(plain(TONIGHT)).rows(
        "allocation", system="zoho", where="payment_id = ?", params=[paid["payment_id"]]
    )
    assert {(one["invoice_id"]) for one in truth} == {one["invoice_id"] for one in paid["invoices"]}


def test_books_are_the_organisations(caller) -> None:
    contact = caller.books("contacts").json()["contacts"][0]
    account = caller.records("Accounts", ids=contact["zcrm_account_id"])

    assert account.status_code == 200
    assert caller.get(f"{BOOKS}/contacts").status_code == 400
    assert caller.get(f"{BOOKS}/contacts", organization_id="1").status_code == 401
    caller.headers = {}
    assert caller.books("contacts").status_code == 401


def test_a_voided_invoice_says_so_and_an_increment_has_it(caller) -> None:
    pages = [caller.books("invoices", page=page).json()["invoices"] for page in (1, 2, 3)]
    void = [row for page in pages for row in page if row["status"] == "void"]
    since = (TONIGHT - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S+0000")

    assert void
    recent = caller.books("invoices", last_modified_time=since)
    assert recent.json()["code"] == 0
    assert len(recent.json()["invoices"]) < 200


def test_books_allow_a_hundred_calls_a_minute(caller) -> None:
    answers = [caller.books("contacts", per_page=1) for _ in range(101)]

    assert (answers[99].status_code, answers[100].status_code) == (200, 429)
    assert answers[100].json()["code"] == 44
    caller.state.clock.advance(60)
    assert caller.books("contacts").status_code == 200


def test_faults_are_worded_as_each_product_words_them(opened_world) -> None:
    def fault(name, path, **params):
        caller = Caller(opened_world)
        caller.log_in()
        caller.client.post("/_sandbox/faults", json={"on": [name], "rate": 1, "quota_after": 0})
        more = {"organization_id": caller.organization_id, "fields": "Invoice_Number"}
        return caller.get(path, **more, **params)

    assert fault("429", f"{CRM}/Invoices").json()["code"] == "TOO_MANY_REQUESTS"
    assert fault("429", f"{BOOKS}/invoices").json()["code"] == 44
    assert fault("quota", f"{CRM}/Invoices").headers["x-api-credits-remaining"] == "0"
    assert fault("quota", f"{BOOKS}/invoices").json()["code"] == 45
    assert fault("5xx", f"{CRM}/Invoices").status_code >= 500
    assert fault("token_expiry", f"{CRM}/Invoices").json()["code"] == "INVALID_TOKEN"
    short = fault("missing_page", f"{CRM}/Invoices").json()
    assert short["info"]["count"] > len(short["data"])
    short = fault("missing_page", f"{BOOKS}/invoices").json()
    assert short["page_context"]["has_more_page"]
    assert len(short["invoices"]) < 200


def test_a_repeated_page_has_its_old_number(caller) -> None:
    first = caller.records("Invoices").json()
    caller.client.post("/_sandbox/faults", json={"on": ["duplicate_page"], "rate": 1})
    caller.records("Invoices", page=1)

    again = caller.records("Invoices", page_token=first["info"]["next_page_token"]).json()
    assert again["info"]["page"] == 1


def test_a_drifted_schema(caller) -> None:
    caller.client.post("/_sandbox/faults", json={"on": ["schema_drift"]})
    row = caller.records("Invoices", fields="Invoice_Number,Due_Date").json()["data"][0]

    assert "Due_Date" not in row
    assert row["Record_Source"] == "UI"
