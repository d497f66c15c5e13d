"""企查查's stand-in against what sources.md 4.2 and 5.2 say of the service."""

import hashlib

import pytest

from sandbox.server.credentials import SANDBOX
from tests.drawn_world import ANHUA, STRANGER, all_known, drawn_world
from tests.sandbox_server import TONIGHT, inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()
KEY, SECRET = SANDBOX["qcc"].login, SANDBOX["qcc"].password
PRODUCTS = {
    "ShixinCheck": "Id Liandate Anno Executegov Executestatus Publicdate Executeno ActionRemark Amount",
    "ZhixingCheck": "Id Liandate Anno ExecuteGov Biaodi SuspectedApplicant",
    "SumptuaryCheck": "Id CaseNo PersonName PersonId JudgeDate PublishDate KeyNo CompanyName "
    "Applicant ApplicantNo",
    "JudgmentDocCheck": "Id CaseName CaseReason CaseNo Amount IsProsecutor IsDefendant JudgeResult "
    "JudgeDate PublishDate PartyList CaseType",
    "CaseFilingCheck": "Id CaseNo Court PunishDate CaseReason ProsecutorList DefendantList RoleList",
    "EndExecuteCaseCheck": "Id CaseNo Court EndDate LianDate ExecuteSubject UnperformedAmt",
    "BankruptcyCheck": "Id CaseNo PublicDate ApplicantList RespondentList",
    "ExceptionCheck": "AddReason AddDate RomoveReason RemoveDate DecisionOffice RemoveDecisionOffice",
    "SeriousIllegalCheck": "Type AddReason AddDate AddOffice RemoveReason RemoveDate RemoveOffice",
}


def signed(at=TONIGHT, secret=SECRET):
    timespan = str(int(at.timestamp()))
    token = hashlib.md5(f"{KEY}{timespan}{secret}".encode()).hexdigest().upper()
    return {"Token": token, "Timespan": timespan}


def ask(client, path, headers=None, **params):
    answer = client.get(f"/qcc/{path}", params={"key": KEY, **params}, headers=headers or signed())
    assert answer.status_code == 200
    return answer.json()


def check(client, product, key=ANHUA, **params):
    return ask(client, f"{product}/GetList", searchKey=key, **params)


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    return [value]


@pytest.fixture
def client():
    return inside(WORLD)[0]


@pytest.mark.parametrize("product", PRODUCTS)
def test_check_products_have_their_fields_all_of_them_strings(client, product):
    body = check(client, product)
    assert body["Status"] == "200"
    assert body["Result"]["VerifyResult"] == 1
    rows = body["Result"]["Data"]
    assert list(rows[0]) == PRODUCTS[product].split()
    assert {type(leaf) for leaf in leaves(rows)} == {str}


def test_envelope(client):
    body = check(client, "JudgmentDocCheck")
    assert body["Paging"] == {"PageSize": 10, "PageIndex": 1, "TotalRecords": 2}
    assert {"Status", "Message", "OrderNumber", "Result"} <= body.keys()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (signed(secret="other"), "107"),
        ({"Timespan": "1"}, "107"),
        ({"Token": "x"}, "107"),
        (signed(TONIGHT.replace(hour=17, minute=50)), "115"),
    ],
)
def test_a_wrong_or_old_signature_is_refused_inside_http_200(client, headers, status):
    assert ask(client, "TaxCredit/GetList", headers, searchKey=ANHUA)["Status"] == status


def test_the_signature_must_be_in_capitals(client):
    headers = signed()
    headers["Token"] = headers["Token"].lower()
    assert check(client, "ShixinCheck")["Status"] == "200"
    assert ask(client, "ShixinCheck/GetList", headers, searchKey=ANHUA)["Status"] == "107"


def test_a_wrong_key_is_refused(client):
    assert ask(client, "TaxCredit/GetList", key="other", searchKey=ANHUA)["Status"] == "101"


def test_the_allowed_skew_is_an_option():
    client, _ = inside(WORLD, options={"qcc": {"skew": 3600, "stale_status": "107"}})
    old = signed(TONIGHT.replace(hour=17, minute=10))
    older = signed(TONIGHT.replace(hour=16, minute=10))
    assert ask(client, "TaxCredit/GetList", old, searchKey=ANHUA)["Status"] == "200"
    assert ask(client, "TaxCredit/GetList", older, searchKey=ANHUA)["Status"] == "107"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"searchKey": "安"}, "213"),
        ({}, "202"),
        ({"searchKey": ANHUA, "pageSize": "21"}, "202"),
        ({"searchKey": ANHUA, "pageIndex": "0"}, "202"),
        ({"searchKey": ANHUA, "pageIndex": "x"}, "202"),
        ({"searchKey": "没有这家公司"}, "201"),
        ({"searchKey": "Northwind Traders LLC"}, "201"),
    ],
)
def test_parameters(client, params, status):
    assert ask(client, "ShixinCheck/GetList", **params)["Status"] == status


def test_an_unknown_product_is_refused(client):
    assert ask(client, "Nonsense/GetList", searchKey=ANHUA)["Status"] == "113"


def test_pages(client):
    old = "旧名(上海)贸易有限公司"
    pages = [
        check(client, "JudgmentDocCheck", old, pageIndex=n, pageSize=20)["Result"]
        for n in (1, 2, 3)
    ]
    assert [len(page["Data"]) for page in pages] == [20, 5, 0]
    ids = {row["Id"] for page in pages for row in page["Data"]}
    assert len(ids) == 25


def test_known_without_hits_is_200_with_verify_result_0(client):
    body = check(client, "ShixinCheck", STRANGER)
    assert (body["Status"], body["Result"]) == ("200", {"VerifyResult": 0, "Data": []})


def test_a_judgment_says_in_what_role_the_company_stood(client):
    rows = check(client, "JudgmentDocCheck")["Result"]["Data"]
    roles = {row["CaseNo"]: (row["IsProsecutor"], row["IsDefendant"]) for row in rows}
    assert roles == {"(2025)沪0115民初c1号": ("0", "1"), "(2025)沪0115民初c2号": ("1", "0")}
    against = check(client, "JudgmentDocCheck", caseIdentity=1)["Result"]["Data"]
    assert [row["CaseNo"] for row in against] == ["(2025)沪0115民初c1号"]
    parties = against[0]["PartyList"]
    assert [(party["RoleType"], party["Statement"]) for party in parties] == [
        ("原告", "胜诉"),
        ("被告", "败诉"),
    ]
    assert check(client, "JudgmentDocCheck", pubYear="2024")["Result"]["Data"] == []


def test_a_name_finds_the_homonym_too_a_number_does_not(client):
    by_name = check(client, "JudgmentDocCheck", "安华机电有限公司")["Result"]["Data"]
    assert {row["CaseNo"][-3:] for row in by_name} == {"c1号", "c2号", "c3号"}
    by_former_name = check(client, "JudgmentDocCheck", "安华电机厂")["Result"]["Data"]
    assert {row["CaseNo"][-3:] for row in by_former_name} == {"c1号", "c2号"}


def test_filings_come_before_judgments(client):
    rows = check(client, "CaseFilingCheck")["Result"]["Data"]
    assert {row["CaseNo"][-3:] for row in rows} == {"c1号", "c2号", "c4号"}
    assert rows[0]["PunishDate"] == "2025-03-03"


def test_amounts_and_days_are_text(client):
    row = check(client, "ZhixingCheck")["Result"]["Data"][0]
    assert (row["Biaodi"], row["Liandate"]) == ("88000.00", "2025-08-08")


def test_what_left_a_list_says_when(client):
    row = check(client, "ExceptionCheck")["Result"]["Data"][0]
    assert (row["AddReason"], row["RemoveDate"]) == ("地址不实", "2025-09-09")


def test_score(client):
    result = ask(client, "CreditScore/GetInfo", searchKey=ANHUA)["Result"]
    assert result["VerifyResult"] == 1
    assert (result["Data"]["Score"], result["Data"]["Level"]) == ("71", "B")
    assert set(result["Data"]) == {
        *("Score", "Level", "LevelDesc", "Background", "Management", "BusinessStatus"),
        *("QualificationEvaluation", "HistoryCompliance"),
    }
    assert set(result["Data"]["Background"]) == {"Score", "Summary"}
    assert ask(client, "CreditScore/GetInfo", searchKey=STRANGER)["Status"] == "201"


def test_tax_credit(client):
    result = ask(client, "TaxCredit/GetList", searchKey=ANHUA)["Result"]
    assert [(row["Year"], row["Level"], row["No"]) for row in result] == [
        ("2024", "A", ANHUA),
        ("2023", "B", ANHUA),
    ]


def test_registration(client):
    details = ask(client, "ECIV4/GetBasicDetailsByName", keyword=ANHUA)["Result"]
    assert details["CreditCode"] == ANHUA
    assert details["OriginalName"] == [{"Name": "安华电机厂", "ChangeDate": "2018-01-01"}]
    assert details["RegistCapi"] == "1000.00万人民币"
    gone = ask(client, "ECIV4/GetBasicDetailsByName", keyword="91310000MA1FL2222D")["Result"]
    assert (gone["Status"], gone["RevokeInfo"]["RevokeDate"]) == ("吊销", "2025-01-01")
    verified = ask(client, "EnterpriseInfo/Verify", searchKey=ANHUA)["Result"]
    assert verified["VerifyResult"] == 1
    assert verified["Data"][0]["Industry"]["IndustryCode"] == "C"


def test_every_answered_call_is_billed_refused_ones_are_not(client):
    client, state = inside(WORLD)
    check(client, "ShixinCheck")
    check(client, "ShixinCheck", "没有这家公司")
    ask(client, "ShixinCheck/GetList", signed(secret="other"), searchKey=ANHUA)
    assert state.billed == {("qcc", "740", ANHUA): 1, ("qcc", "740", "没有这家公司"): 1}


@pytest.mark.parametrize(
    ("options", "statuses"),
    [
        ({"per_second": 2}, ["200", "200", "120"]),
        ({"daily_per_product": 1}, ["200", "109"]),
        ({"daily": 1}, ["200", "116"]),
        ({"bought": {"740": 1}}, ["200", "112"]),
        ({"closed": ["740"]}, ["214"]),
    ],
)
def test_limits(options, statuses):
    client, state = inside(WORLD, options={"qcc": options})
    assert [check(client, "ShixinCheck")["Status"] for _ in statuses] == statuses
    assert sum(state.violations.values()) == statuses.count("120")
    assert sum(state.refusals.values()) == 1


def test_a_new_virtual_day_has_its_calls_again():
    client, state = inside(WORLD, options={"qcc": {"daily_per_product": 1}})
    assert [check(client, "ShixinCheck")["Status"] for _ in (1, 2)] == ["200", "109"]
    state.clock.advance(86400)
    later = signed(state.now())
    assert ask(client, "ShixinCheck/GetList", later, searchKey=ANHUA)["Status"] == "200"
