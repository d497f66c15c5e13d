"""天眼查's stand-in against what sources.md 5.1 says of the service."""

import pytest

from sandbox.server.credentials import SANDBOX
from tests.drawn_world import ANHUA, STRANGER, all_known, drawn_world
from tests.sandbox_server import inside

__all__ = ["all_known"]

pytestmark = pytest.mark.usefixtures("all_known")
WORLD = drawn_world()
TOKEN = {"Authorization": SANDBOX["tianyancha"].password}
FIELDS = {
    "lawSuit/2.0": "id uuid title caseno casereason casetype doctype court submittime judgetime "
    "plaintiffs defendants thirdParties parties agent abstracts lawsuitUrl url splitGids",
    "lawSuit/3.0": "id uuid title caseNo caseReason caseType caseMoney docType court judgeTime "
    "submitTime lawsuitUrl lawsuitH5Url casePersons",
    "zhixinginfo/2.0": "caseCode pname partyCardNum execCourtName caseCreateTime execMoney",
    "dishonest/2.0": "casecode iname cardnum courtname areaname businessentity type regdate "
    "publishdate gistid gistunit duty performance performedPart unperformPart disrupttypename staff",
    "courtRegister/2.0": "id caseNo caseReason caseType caseStatus court area department filingDate "
    "startTime closeDate createTime litigant litigantGids plaintiff defendant third juge assistant "
    "content source sourceUrl cid",
    "consumptionRestriction/2.0": "id caseCode xname qyinfo qyinfoAlias alias cid hcgid applicant "
    "applicantCid caseCreateTime publishDate filePath",
}


def ask(client, path, headers=TOKEN, **params):
    answer = client.get(f"/tianyancha/services/open/{path}", params=params, headers=headers)
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def client():
    return inside(WORLD)[0]


@pytest.mark.parametrize("path", FIELDS)
def test_fields(client, path):
    body = ask(client, f"jr/{path}", keyword=ANHUA)
    assert (body["error_code"], body["reason"]) == (0, "ok")
    assert set(body["result"]) == {"total", "items"}
    assert list(body["result"]["items"][0]) == FIELDS[path].split()


@pytest.mark.parametrize(
    ("headers", "params", "code"),
    [
        ({}, {"keyword": ANHUA}, 300009),
        ({"Authorization": "Bearer " + TOKEN["Authorization"]}, {"keyword": ANHUA}, 300009),
        (TOKEN, {}, 300008),
        (TOKEN, {"keyword": ANHUA, "pageSize": "21"}, 300001),
        (TOKEN, {"keyword": ANHUA, "pageNum": "0"}, 300001),
        (TOKEN, {"keyword": "没有这家公司"}, 300000),
        (TOKEN, {"keyword": STRANGER}, 300000),
    ],
)
def test_codes_are_numbers_in_http_200(client, headers, params, code):
    assert ask(client, "jr/dishonest/2.0", headers, **params)["error_code"] == code


def test_an_unknown_path_is_300010(client):
    assert ask(client, "jr/nonsense", keyword=ANHUA)["error_code"] == 300010


def test_twenty_a_page_without_being_asked(client):
    found = [
        ask(client, "jr/lawSuit/3.0", keyword="91310000MA1FL2222D", pageNum=n) for n in (1, 2, 3)
    ]
    assert [len(page["result"]["items"]) for page in found[:2]] == [20, 5]
    assert {page["result"]["total"] for page in found[:2]} == {25}
    assert found[2]["error_code"] == 300000


def test_roles_travel_with_the_names(client):
    items = ask(client, "jr/lawSuit/3.0", keyword=ANHUA)["result"]["items"]
    suit = next(item for item in items if "c1" in item["caseNo"])
    assert [(p["role"], p["type"], p["emotion"]) for p in suit["casePersons"]] == [
        ("原告", "2", 1),
        ("被告", "2", -1),
    ]
    assert suit["caseMoney"] == "120000.5"
    old = ask(client, "jr/lawSuit/2.0", keyword=ANHUA)["result"]["items"]
    assert next(i for i in old if "c1" in i["caseno"])["defendants"] == "被告-安华机电有限公司"
    assert "plalongiffs" not in old[0]


def test_moments_are_milliseconds_at_midnight_in_shanghai(client):
    item = ask(client, "jr/zhixinginfo/2.0", keyword=ANHUA)["result"]["items"][0]
    assert item["caseCreateTime"] == 1754582400000
    assert item["execMoney"] == "88000"
    assert item["partyCardNum"].count("*") == 10


def test_what_left_a_list_is_no_longer_on_it(client):
    assert ask(client, "jr/zhixinginfo/2.0", keyword=ANHUA)["result"]["total"] == 1


def test_keywords(client):
    by_uscc = ask(client, "ic/baseinfo/normal", keyword=ANHUA)["result"]
    own_id = str(by_uscc["id"])
    assert ask(client, "ic/baseinfo/normal", keyword=own_id)["result"] == by_uscc
    assert ask(client, "ic/baseinfo/normal", keyword="310000000012345")["result"] == by_uscc
    name = ask(client, "jr/lawSuit/3.0", keyword="安华机电有限公司")["result"]
    assert name["total"] == 3


def test_registration(client):
    info = ask(client, "ic/baseinfo/normal", keyword=ANHUA)["result"]
    assert info["regCapital"] == "1000.00万人民币"
    assert isinstance(info["estiblishTime"], int)
    assert info["historyNameList"] == ["安华电机厂"]
    assert (info["creditCode"], info["regStatus"]) == (ANHUA, "存续")


def test_search_by_word(client):
    found = ask(client, "search/2.0", word="安华")["result"]
    assert [item["creditCode"] for item in found["items"]] == [ANHUA, STRANGER]


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"per_second": 1}, [0, 300004]),
        ({"balance": 1}, [0, 300006]),
        ({"bought": {"open/jr/dishonest/2.0": 1}}, [0, 300007]),
        ({"closed": ["open/jr/dishonest/2.0"]}, [300005]),
    ],
)
def test_limits(options, codes):
    client, state = inside(WORLD, options={"tianyancha": options})
    found = [ask(client, "jr/dishonest/2.0", keyword=ANHUA)["error_code"] for _ in codes]
    assert found == codes
    assert sum(state.billed.values()) == codes.count(0)
