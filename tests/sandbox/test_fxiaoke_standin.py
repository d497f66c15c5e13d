"""The Fxiaoke stand-in against what public documents say of the real service (spec section 1)."""

from datetime import timedelta

import pytest

from sandbox.server import fxiaoke_login as login
from sandbox.server.fxiaoke_objects import OBJECTS, own_name
from sandbox.server.trouble import CutOff
from tests.sandbox_server import TONIGHT, inside

QUERY, CUSTOM = "/fxiaoke/cgi/crm/v2/data/query", "/fxiaoke/cgi/crm/custom/v2/data/query"
OAUTH, LEGACY = "/fxiaoke/oauth2.0/token", "/fxiaoke/cgi/corpAccessToken/get/V2"


class Caller:
    """A bare client of one stand-in, with the session's token."""

    def __init__(self, world, **wish):
        self.client, self.state = inside(world, **wish)
        ours = self.state.credentials["fxiaoke"]
        self.secrets = {
            "appId": ours.login,
            "appSecret": ours.password,
            "permanentCode": ours.extra["permanent_code"],
        }
        self.headers = {}

    def post(self, path, body=None, **more):
        answer = self.client.post(path, json=body or {}, headers=self.headers, **more)
        assert answer.status_code == 200, "errors come inside HTTP 200"
        return answer.json()

    def log_in(self, user="1000"):
        told = self.post(OAUTH, {**self.secrets, "grantType": "app_secret"})
        self.headers = {
            "authorization": f"Bearer {told['accessToken']}",
            "x-fs-ea": told["ea"],
            "x-fs-userid": user,
        }
        return told

    def query(self, name, limit=100, offset=0, **info):
        data = {
            "dataObjectApiName": name,
            "search_query_info": {"limit": limit, "offset": offset, **info},
        }
        if "total" in info:
            data["find_explicit_total_num"] = info.pop("total")
        return self.post(CUSTOM if name.endswith("__c") else QUERY, {"data": data})

    def rows(self, name, **info):
        """All rows, by key."""
        found, last = [], None
        while True:
            filters = [*info.get("filters", [])]
            if last:
                filters.append({"field_name": "_id", "operator": "GT", "field_values": [last]})
            order = [{"fieldName": "_id", "isAsc": True}]
            page = self.query(name, **{**info, "filters": filters, "orders": order})
            rows = page["data"]["dataList"]
            found += rows
            if len(rows) < 100:
                return found
            last = rows[-1]["_id"]


@pytest.fixture
def caller(opened_world):
    made = Caller(opened_world)
    made.log_in()
    return made


def field(thing: str, label: str) -> str:
    return own_name(thing, label)


def test_both_forms_of_token(opened_world) -> None:
    caller = Caller(opened_world)
    old = caller.post(LEGACY, caller.secrets)
    new = caller.post(OAUTH, {**caller.secrets, "grantType": "app_secret"})

    assert set(old) >= {"errorCode", "errorMessage", "corpAccessToken", "corpId", "expiresIn"}
    assert set(new) >= {"accessToken", "expiresIn", "openUserId", "appId", "ea", "traceId"}
    assert old["expiresIn"] == new["expiresIn"] == 7200
    assert old["corpId"].startswith("FSCID_")
    assert new["openUserId"].startswith("FSUID_")


def test_the_legacy_form_takes_token_corp_and_user_in_the_body(opened_world) -> None:
    caller = Caller(opened_world)
    told = caller.post(LEGACY, caller.secrets)
    data = {"dataObjectApiName": "AccountObj", "search_query_info": {"limit": 1, "offset": 0}}
    body = {
        "corpAccessToken": told["corpAccessToken"],
        "corpId": told["corpId"],
        "currentOpenUserId": "1000",
        "data": data,
    }

    assert caller.post(QUERY, body)["errorCode"] == 0
    assert caller.post(QUERY, {**body, "corpAccessToken": ""})["errorCode"] == 10013
    assert caller.post(QUERY, {**body, "corpId": ""})["errorCode"] == 10014
    assert caller.post(QUERY, {**body, "corpId": "FSCID_OTHER"})["errorCode"] == 11015
    assert caller.post(QUERY, {**body, "corpAccessToken": "stale"})["errorCode"] == 20016


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"appSecret": "x"}, 20006), ({"appId": "x"}, 20006), ({"permanentCode": "x"}, 20015),
     ({"appId": ""}, 10006)],
)  # fmt: skip
def test_wrong_credentials_are_told_apart(opened_world, wrong, code) -> None:
    caller = Caller(opened_world)

    assert caller.post(LEGACY, {**caller.secrets, **wrong})["errorCode"] == code


def test_a_token_is_the_same_for_6600_seconds_and_good_for_7200(caller) -> None:
    body = {**caller.secrets, "grantType": "app_secret"}
    first = caller.post(OAUTH, body)["accessToken"]
    caller.state.clock.advance(6599)
    assert caller.post(OAUTH, body)["accessToken"] == first

    caller.state.clock.advance(2)
    second = caller.post(OAUTH, body)["accessToken"]
    assert second != first
    assert caller.query("AccountObj")["errorCode"] == 0  # the old one is still good

    caller.state.clock.advance(600)
    assert caller.query("AccountObj")["errorCode"] == 20005
    caller.headers["authorization"] = f"Bearer {second}"
    assert caller.query("AccountObj")["errorCode"] == 0


def test_ten_logins_a_minute(opened_world) -> None:
    caller = Caller(opened_world)

    codes = [caller.post(LEGACY, caller.secrets)["errorCode"] for _ in range(11)]
    assert codes == [0] * 10 + [14001]
    assert caller.state.violations["fxiaoke", "logins"] == 1
    caller.state.clock.advance(60)
    assert caller.post(LEGACY, caller.secrets)["errorCode"] == 0


def test_a_hundred_calls_in_20_seconds_for_each_interface(caller) -> None:
    codes = [caller.query("AccountObj", limit=1)["errorCode"] for _ in range(101)]

    assert codes == [0] * 100 + [30004]
    assert caller.query("object_invoice__c", limit=1)["errorCode"] == 0, "another interface"
    caller.state.clock.advance(20)
    assert caller.query("AccountObj", limit=1)["errorCode"] == 0
    assert caller.state.violations["fxiaoke", "calls"] == 1


def test_the_quota_of_a_day_begins_again_at_midnight_in_beijing(opened_world) -> None:
    caller = Caller(opened_world, options={"fxiaoke": {"daily_calls": 2}})
    caller.log_in()

    assert [caller.query("AccountObj")["errorCode"] for _ in range(3)] == [0, 0, 30002]
    caller.state.clock.advance(22 * 3600)
    caller.log_in()
    assert caller.query("AccountObj")["errorCode"] == 0


def test_unknown_paths_and_bodies_that_are_none(caller) -> None:
    assert caller.post("/fxiaoke/cgi/crm/v9/data/query")["errorCode"] == 10006
    answer = caller.client.post(QUERY, content=b"not json", headers=caller.headers)
    assert answer.status_code == 200
    assert answer.json()["errorCode"] == 10006
    assert caller.client.get(QUERY).json()["errorCode"] == 10006


def test_a_page_is_100_and_the_offset_a_multiple_of_it(caller) -> None:
    assert caller.query("AccountObj", limit=101)["errorCode"] == 32000
    assert caller.query("AccountObj", offset=50)["errorCode"] == 32000
    assert caller.query("AccountObj", offset=10_000)["errorCode"] == 0
    beyond = caller.query("AccountObj", offset=10_100)
    assert (beyond["errorCode"], beyond["errorMessage"]) == (10013, "offset out of range 10000")


def test_paging_by_key_brings_every_row_once(caller) -> None:
    found = caller.rows("object_invoice__c", total=True)

    ids = [row["_id"] for row in found]
    assert len(ids) > 200
    assert ids == sorted(set(ids))
    assert len(ids) == caller.query("object_invoice__c", total=True)["data"]["total"]


def test_paging_by_offset_brings_the_same(caller) -> None:
    order = [{"fieldName": "_id", "isAsc": True}]
    by_offset = []
    for offset in range(0, 10_000, 100):
        rows = caller.query("object_invoice__c", offset=offset, orders=order)["data"]["dataList"]
        by_offset += [row["_id"] for row in rows]
        if len(rows) < 100:
            break

    assert by_offset == [row["_id"] for row in caller.rows("object_invoice__c")]


def test_the_total_where_documents_disagree_is_an_option(opened_world) -> None:
    def totals(**options):
        caller = Caller(opened_world, options={"fxiaoke": options})
        caller.log_in()
        return [
            caller.query("AccountObj", **more)["data"]["total"] > 0
            for more in ({}, {"total": True}, {"total": False})
        ]

    assert totals() == [True, True, False]
    assert totals(total_by_default=False) == [False, True, False]


def test_preset_and_own_objects_have_each_their_interface(caller) -> None:
    def at(path, name):
        info = {"limit": 1, "offset": 0}
        body = {"data": {"dataObjectApiName": name, "search_query_info": info}}
        return caller.post(path, body)["errorCode"]

    assert at(QUERY, "object_invoice__c") == at(CUSTOM, "AccountObj") == 32000
    assert at(QUERY, "AccountObj") == at(CUSTOM, "object_invoice__c") == 0


def test_a_row_is_written_as_fxiaoke_writes_it(caller) -> None:
    row = caller.query("PaymentObj", limit=1)["data"]["dataList"][0]

    assert isinstance(row["last_modified_time"], int)
    assert row["last_modified_time"] > 1_600_000_000_000
    assert isinstance(row["payment_time"], int)
    assert (row["payment_time"] + 8 * 3_600_000) % 86_400_000 == 0, "midnight in Beijing"
    assert isinstance(row["payment_amount"], str)
    assert row["account_id__r"]
    assert isinstance(row["owner"], list)
    assert (row["is_deleted"], row["life_status"]) == (False, "normal")


def test_empty_fields_are_left_out_unless_asked_for(caller) -> None:
    info = {"limit": 100, "offset": 0}
    body = {"data": {"dataObjectApiName": "AccountObj", "search_query_info": info}}
    bare = caller.post(QUERY, body)["data"]["dataList"]
    full = caller.post(QUERY, {**body, "includeNull": True})["data"]["dataList"]

    assert all(value is not None for row in bare for value in row.values())
    assert any(value is None for row in full for value in row.values())


def test_a_projection_names_the_fields(caller) -> None:
    rows = caller.query("PaymentObj", fieldProjection=["_id", "name"])["data"]["dataList"]

    assert {frozenset(row) for row in rows} == {frozenset({"_id", "name"})}


def test_describe_reveals_own_fields_by_label(caller) -> None:
    told = caller.post(
        "/fxiaoke/cgi/crm/v2/object/describe",
        {"includeDetail": True, "data": {"apiName": "AccountObj"}},
    )
    fields = told["data"]["describe"]["fields"]
    by_label = {one["label"]: one["api_name"] for one in fields.values()}

    name = by_label["统一社会信用代码"]
    assert name.startswith("field_")
    assert name.endswith("__c")
    assert fields[name]["define_type"] == "custom"
    rows = caller.query("AccountObj")["data"]["dataList"]
    assert any(name in row for row in rows)
    listed = caller.post("/fxiaoke/cgi/crm/v2/object/list")["data"]["objects"]
    assert {one["describeApiName"] for one in listed} == set(OBJECTS)
    legacy = caller.post("/fxiaoke/cgi/crm/v2/object/describe", {"apiName": "AccountObj"})
    assert legacy["data"] == told["data"]


def test_one_record_by_its_id(caller) -> None:
    first = caller.query("AccountObj", limit=1)["data"]["dataList"][0]
    body = {"data": {"dataObjectApiName": "AccountObj", "objectDataId": first["_id"]}}

    assert caller.post("/fxiaoke/cgi/crm/v2/data/get", body)["data"]["name"] == first["name"]
    body["data"]["objectDataId"] = "none"
    assert caller.post("/fxiaoke/cgi/crm/v2/data/get", body)["errorCode"] == 32000


def matching(caller, name, field_name, operator, *values):
    wanted = {"field_name": field_name, "operator": operator, "field_values": list(values)}
    return [row["_id"] for row in caller.rows(name, filters=[wanted])]


def test_every_operator_means_what_it_says(opened_world) -> None:
    caller = Caller(opened_world, limits_times=100.0)
    caller.log_in()
    rows = caller.rows("PaymentObj")
    every = [row["_id"] for row in rows]
    middle = sorted(row["last_modified_time"] for row in rows)[len(rows) // 2]

    def those(condition):
        return [row["_id"] for row in rows if condition(row)]

    def found(operator, *values, on="last_modified_time"):
        return matching(caller, "PaymentObj", on, operator, *map(str, values))

    changed = "last_modified_time"
    assert found("EQ", middle) == those(lambda row: row[changed] == middle)
    assert found("N", middle) == those(lambda row: row[changed] != middle)
    assert found("GT", middle) == those(lambda row: row[changed] > middle)
    assert found("GTE", middle) == those(lambda row: row[changed] >= middle)
    assert found("LT", middle) == those(lambda row: row[changed] < middle)
    assert found("LTE", middle) == those(lambda row: row[changed] <= middle)
    assert found("BETWEEN", 0, middle) == those(lambda row: row[changed] <= middle)
    assert found("NBETWEEN", 0, middle) == those(lambda row: row[changed] > middle)
    one, two = every[0], every[1]
    assert found("IN", one, two, on="_id") == [one, two]
    assert found("NIN", one, two, on="_id") == every[2:]
    name = rows[0]["name"]
    assert one in found("EQ", name, on="name")
    assert one in found("LIKE", name[1:-1], on="name")
    assert one not in found("NLIKE", name[1:-1], on="name")
    assert one in found("STARTWITH", name[:4], on="name")
    assert one in found("ENDWITH", name[-4:], on="name")
    assert sorted(found("IS", on="remark") + found("ISN", on="remark")) == every


def test_what_is_no_filter_is_refused(caller) -> None:
    def code(**wanted):
        return caller.query("PaymentObj", filters=[wanted])["errorCode"]

    good = {"field_name": "_id", "operator": "GT", "field_values": [""]}
    assert code(**good) == 0
    assert code(**{**good, "operator": "NEQ"}) == 32000
    assert code(**{**good, "field_name": "nothing"}) == 32000
    assert code(**{**good, "field_values": "text"}) == 32000
    assert code(**{**good, "field_name": "payment_time", "field_values": ["soon"]}) == 32000


def test_an_increment_is_what_changed_since(caller) -> None:
    def ids(since):
        bound = [str(int(since.timestamp() * 1000)), "4000000000000"]
        return set(matching(caller, "SalesOrderObj", "last_modified_time", "BETWEEN", *bound))

    before = caller.state.now()
    known = {row["_id"]: row["last_modified_time"] for row in caller.rows("SalesOrderObj")}
    caller.state.clock.advance(timedelta(days=20).total_seconds())
    caller.log_in()
    new = {row["_id"]: row["last_modified_time"] for row in caller.rows("SalesOrderObj")}

    changed = {key for key, at in new.items() if known.get(key) != at}
    assert changed
    assert ids(before) == changed


def test_void_rows_stay_and_say_so(caller) -> None:
    void = [row for row in caller.rows("object_invoice__c") if row["is_deleted"]]

    assert void
    assert {row["life_status"] for row in void} == {"invalid"}
    wanted = {"field_name": "is_deleted", "operator": "EQ", "field_values": ["true"]}
    found = caller.rows("object_invoice__c", filters=[wanted])
    assert [row["_id"] for row in found] == [row["_id"] for row in void]


def test_a_user_sees_what_is_theirs(opened_world) -> None:
    admin = Caller(opened_world)
    admin.log_in()
    accounts = admin.rows("AccountObj")
    owner = accounts[0]["owner"][0]

    seller = Caller(opened_world)
    seller.log_in(user=owner)
    theirs = {row["_id"] for row in accounts if row["owner"] == [owner]}
    assert {row["_id"] for row in seller.rows("AccountObj")} == theirs
    assert {row["account_id"] for row in seller.rows("PaymentObj")} <= theirs

    seller.headers["x-fs-userid"] = "nobody"
    assert seller.query("AccountObj")["errorCode"] == 20014
    seller.headers["x-fs-userid"] = ""
    assert seller.query("AccountObj")["errorCode"] == 20012
    seller.headers["x-fs-ea"] = "another"
    assert seller.query("AccountObj")["errorCode"] == 20021


def test_the_administrator_is_found_by_mobile(opened_world) -> None:
    caller = Caller(opened_world)
    told = caller.post(LEGACY, caller.secrets)
    body = {key: told[key] for key in ("corpAccessToken", "corpId")}

    found = caller.post("/fxiaoke/cgi/user/getByMobile", {**body, "mobile": login.MOBILE})
    assert found["empList"][0]["openUserId"].startswith("FSUID_")
    assert caller.post("/fxiaoke/cgi/user/getByMobile", {**body, "mobile": "1"})["empList"] == []


def with_fault(world, fault, **wish):
    caller = Caller(world)
    caller.log_in()
    caller.client.post("/_sandbox/faults", json={"on": [fault], "rate": 1.0, **wish})
    return caller


def test_faults_are_worded_as_fxiaoke_words_them(opened_world) -> None:
    assert with_fault(opened_world, "429").query("AccountObj")["errorCode"] == 30004
    assert with_fault(opened_world, "token_expiry").query("AccountObj")["errorCode"] == 20005
    caller = with_fault(opened_world, "quota", quota_after=1)
    assert [caller.query("AccountObj")["errorCode"] for _ in range(2)] == [0, 30002]
    caller = with_fault(opened_world, "5xx")
    codes = set()
    for limit in range(1, 12):
        answer = caller.client.post(
            QUERY,
            headers=caller.headers,
            json={
                "data": {
                    "dataObjectApiName": "AccountObj",
                    "search_query_info": {"limit": limit, "offset": 0},
                }
            },
        )
        codes.add(answer.json()["errorCode"] if answer.status_code == 200 else answer.status_code)
    assert {-1, -2, 50009} <= codes


def test_lost_rows_and_repeated_pages_betray_themselves(opened_world) -> None:
    short = with_fault(opened_world, "missing_page").query("object_invoice__c", total=True)
    assert len(short["data"]["dataList"]) == 67
    assert short["data"]["total"] > 100

    caller = Caller(opened_world)
    caller.log_in()
    first = caller.query("object_invoice__c", orders=[{"fieldName": "_id", "isAsc": True}])
    last = first["data"]["dataList"][-1]["_id"]
    caller.client.post("/_sandbox/faults", json={"on": ["duplicate_page"], "rate": 1.0})
    caller.query("object_invoice__c", orders=[{"fieldName": "_id", "isAsc": True}], filters=[])
    behind = {"field_name": "_id", "operator": "GT", "field_values": [last]}
    again = caller.query("object_invoice__c", filters=[behind])
    assert again["data"]["dataList"][0]["_id"] <= last


def test_a_drifted_schema_is_told_by_describe(opened_world) -> None:
    caller = with_fault(opened_world, "schema_drift")
    told = caller.post("/fxiaoke/cgi/crm/v2/object/describe", {"apiName": "PaymentObj"})
    fields = told["data"]["describe"]["fields"]

    assert "payment_time" not in fields
    assert {"payment_date", "field_New01__c"} <= set(fields)
    row = caller.query("PaymentObj", limit=1)["data"]["dataList"][0]
    assert "payment_time" not in row
    assert isinstance(row["payment_amount"], float)


def test_a_cut_answer_ends_in_its_middle(opened_world) -> None:
    caller = with_fault(opened_world, "cut")
    caller.client._transport.raise_server_exceptions = True
    with pytest.raises(CutOff):
        caller.query("AccountObj")


def test_what_is_untidy_in_the_world_goes_out_as_it_is(caller, opened_world) -> None:
    truth = opened_world.at(TONIGHT).rows("invoice", system="fxiaoke", deleted=None)
    untidy = {row["row_id"]: row["amount"] for row in truth if isinstance(row["amount"], str)}
    name = field("object_invoice__c", "应收金额")
    found = {row["_id"]: row.get(name) for row in caller.rows("object_invoice__c")}

    assert untidy
    assert {key: found[key] for key in untidy} == untidy
