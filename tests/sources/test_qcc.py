"""企查查: the signature, every status, pages that must be whole, and what the answers mean."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.errors import BadInput
from etl.sources.connector import Ask, Inconsistent, Meaning, Pull, Reply, Subject, Token
from etl.sources.qcc import CONNECTOR, GROUPS, MEANINGS
from tests.sources.landed import SUBJECT, USCC, about, mapped, shipped
from tests.sources.machine import UNTIL, answer, connection, played


def envelope(result: Any, status: str = "200", **paging: Any) -> Reply:
    more = {"Paging": paging} if paging else {}
    return answer({"Status": status, "Message": "x", "OrderNumber": "E1", **more, "Result": result})


def rows(data: list[Any], total: int | None = None, page: int = 1) -> Reply:
    result = {"VerifyResult": int(bool(data)), "Data": data}
    count = len(data) if total is None else total
    return envelope(result, PageSize=20, PageIndex=page, TotalRecords=count)


def one_product(name: str, resource: str = "litigation") -> Pull:
    return Pull(resource, (), None, UNTIL, {"products": [name]}, SUBJECT)


def test_the_signature_is_the_documented_one() -> None:
    ask = CONNECTOR.first(about(shipped("qcc-score")))
    now = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    signed = CONNECTOR.sign(ask, Token(), connection(login="key", password="secret"), now)

    # printf 'key1795197600secret' | md5sum, in capitals
    assert signed.headers["Timespan"] == "1795197600"
    assert re.fullmatch(r"[0-9A-F]{32}", signed.headers["Token"])
    assert signed.headers["Token"] == "FC0732D8D3460A07189233275CB63475"
    assert signed.params == {"searchKey": USCC, "key": "key"}
    assert "secret" not in str(signed)


@pytest.mark.parametrize("status", sorted(MEANINGS))
def test_every_status_has_a_meaning_and_a_sentence(status: str) -> None:
    verdict = CONNECTOR.judge(envelope(None, status))

    assert verdict.meaning is MEANINGS[status][0]
    assert verdict.meaning not in (Meaning.PAGE, Meaning.NOTHING)
    assert f"status {status}: " in verdict.sentence


def test_statuses_that_decide_what_happens_next() -> None:
    wanted = {
        "200": Meaning.PAGE, "201": Meaning.NOTHING, "109": Meaning.STOP, "112": Meaning.STOP,
        "116": Meaning.STOP, "120": Meaning.SLOW, "122": Meaning.SLOW, "203": Meaning.RETRY,
        "107": Meaning.LOGIN, "213": Meaning.SKIP, "214": Meaning.REFUSED, "999": Meaning.REFUSED,
    }  # fmt: skip
    found = {status: CONNECTOR.judge(envelope({}, status)).meaning for status in wanted}
    assert found == wanted
    assert CONNECTOR.judge(answer(b"<html>", 502)).meaning is Meaning.RETRY
    with pytest.raises(Inconsistent):
        CONNECTOR.judge(answer(b'{"Status": "200", "Res'))


def test_all_products_of_a_group_are_asked_and_every_page_turned() -> None:
    asked = []

    def serve(ask: Ask) -> Reply:
        page = int(ask.params.get("pageIndex", 1))
        asked.append((ask.about["product"], page))
        assert ask.is_paid
        assert ask.params["searchKey"] == USCC
        if ask.about["product"] == "case_filing":
            return envelope(None, "201")
        if ask.about["product"] != "judgment":
            return rows([])
        return rows([{"Id": f"{page}-{n}"} for n in range(20 if page < 3 else 5)], 45, page)

    steps = played(CONNECTOR, about(shipped("qcc-litigation")), serve)

    assert asked == [
        ("judgment", 1), ("judgment", 2), ("judgment", 3),
        ("case_filing", 1), ("end_execution", 1), ("bankruptcy", 1),
    ]  # fmt: skip
    assert steps[0][0].about == {
        "subject": "fxiaoke:1", "keyword": USCC, "product": "judgment", "uscc": USCC,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("second", "words", "restarts"),
    [
        (rows([{"Id": "x"}] * 20, 45, 1), "page 1 came instead", False),
        (rows([{"Id": "a"}] * 20, 45, 2), "earlier page came again", False),
        (rows([{"Id": "x"}] * 19, 45, 2), "19 rows came where 20 are due", False),
        (rows([{"Id": "x"}] * 20, 46, 2), "was 45 and is 46 now", True),
        (envelope(None, "201"), "promised and is empty", False),
        (envelope({"VerifyResult": 1, "Data": [{}]}), "rows and no Paging", False),
        (envelope("nothing"), "no Result.Data", False),
    ],
)
def test_a_page_that_contradicts_is_not_taken(second: Reply, words: str, restarts: bool) -> None:
    pull = one_product("judgment")
    first = CONNECTOR.first(pull)
    following = CONNECTOR.after(pull, first, rows([{"Id": "a"}] * 20, 45))

    with pytest.raises(Inconsistent, match=words) as error:
        CONNECTOR.after(pull, following, second)
    assert error.value.restart is restarts


def test_who_can_be_asked_about() -> None:
    def why(**parts: Any) -> str:
        subject = Subject("c", **parts)
        return CONNECTOR.can_answer(Pull("score", (), None, UNTIL, {}, subject))

    assert why(identifiers={"uscc": USCC}) == ""
    assert why(name="上海远航进出口有限公司") == ""
    assert why(name="Müller GmbH") == "it has neither a valid 统一社会信用代码 nor a Chinese name"
    assert why(name="李") != ""
    by_name = CONNECTOR.first(Pull("score", (), None, UNTIL, {}, Subject("c", "上海远航公司")))
    assert by_name.about["name"] == by_name.params["searchKey"] == "上海远航公司"
    assert "uscc" not in by_name.about


def test_a_product_or_group_there_is_not() -> None:
    with pytest.raises(BadInput, match="no product 'judgement' under litigation"):
        CONNECTOR.first(one_product("judgement"))
    with pytest.raises(BadInput, match="no resource 'scores'; did you mean 'score'"):
        CONNECTOR.first(one_product("score", "scores"))
    every = {name for names in GROUPS.values() for name in names}
    assert every == {product.name for product in CONNECTOR.products}
    for names in GROUPS.values():
        at = {product.rows_at for product in CONNECTOR.products if product.name in names}
        assert len(at) == 1


JUDGMENT = {
    "Id": "j1", "CaseName": "甲与乙买卖合同纠纷", "CaseReason": "买卖合同纠纷", "CaseNo": "(2026)京01民初1号",
    "Amount": "120000.50", "IsProsecutor": "0", "IsDefendant": "1", "JudgeResult": "支持",
    "JudgeDate": "2026-05-02", "PublishDate": "2026-05-20", "CaseType": "民事案件",
    "PartyList": [
        {"Name": "甲公司", "RoleType": "原告", "Keyno": "k1", "Statement": "胜诉"},
        {"Name": "北京示例科技有限公司", "RoleType": "被告", "Keyno": "k2", "Statement": ""},
        {"Name": "丙", "RoleType": "案外人", "Keyno": "", "Statement": ""},
    ],
}  # fmt: skip
FILING = {
    "Id": "f1", "CaseNo": "(2026)京01民初2号", "Court": "北京一中院", "PunishDate": "2026-09-01",
    "CaseReason": "借款", "ProsecutorList": [{"KeyNo": "k3", "Name": "丁银行"}],
    "DefendantList": [{"KeyNo": "k2", "Name": "北京示例科技有限公司"}],
    "RoleList": [
        {"RoleType": "1", "RoleName": "原告", "RoleItemList": [{"KeyNo": "k3", "Name": "丁银行"}]},
        {"RoleType": "2", "RoleName": "被告",
         "RoleItemList": [{"KeyNo": "k2", "Name": "北京示例科技有限公司"}, {"KeyNo": "", "Name": "戊"}]},
        {"RoleType": "3", "RoleName": "第三人", "RoleItemList": [{"KeyNo": "k9", "Name": "己公司"}]},
    ],
}  # fmt: skip
BARE = {**FILING, "Id": "f2", "RoleList": []}
ENDED = {
    "Id": "e1", "CaseNo": "(2025)京01执3号", "Court": "北京一中院", "EndDate": "2026-02-01",
    "LianDate": "2025-08-01", "ExecuteSubject": "5000", "UnperformedAmt": "4000.10",
}  # fmt: skip
BANKRUPT = {
    "Id": "b1", "CaseNo": "(2026)京01破4号", "PublicDate": "2026-10-01",
    "ApplicantList": [{"Name": "庚公司", "KeyNo": "k5"}],
    "RespondentList": [{"Name": "北京示例科技有限公司", "KeyNo": "k2"}],
}  # fmt: skip


def litigation(ask: Ask) -> Reply:
    return {
        "judgment": rows([JUDGMENT]),
        "case_filing": rows([FILING, BARE]),
        "end_execution": rows([ENDED]),
        "bankruptcy": rows([BANKRUPT]),
    }[ask.about["product"]]


def test_litigation_as_canonical_rows_with_each_party_in_its_role(tmp_path: Path) -> None:
    result = mapped(tmp_path, shipped("qcc-litigation"), CONNECTOR, litigation)

    assert result.rules == []
    records = {row["record_id"]: row for row in result.rows("court_record")}
    assert {row["customer_id"] for row in records.values()} == {"fxiaoke:1"}
    judgment = records["judgment:j1"]
    assert (judgment["amount"], judgment["case_type"]) == (Decimal("120000.50"), "civil")
    assert (judgment["judged_on"], judgment["filed_on"]) == (date(2026, 5, 2), None)
    assert records["case_filing:f1"]["filed_on"] == date(2026, 9, 1)
    assert records["end_execution:e1"]["unperformed_amount"] == Decimal("4000.10")
    assert records["bankruptcy:b1"]["case_type"] == "bankruptcy"
    parties = [
        (row["record_id"], row["role"], row["party_name"]) for row in result.rows("court_party")
    ]
    assert sorted(parties) == sorted([
        ("judgment:j1", "plaintiff", "甲公司"),
        ("judgment:j1", "defendant", "北京示例科技有限公司"),
        ("judgment:j1", "other", "丙"),
        ("case_filing:f1", "plaintiff", "丁银行"),
        ("case_filing:f1", "defendant", "北京示例科技有限公司"),
        ("case_filing:f1", "defendant", "戊"),
        ("case_filing:f1", "third", "己公司"),
        ("case_filing:f2", "plaintiff", "丁银行"),
        ("case_filing:f2", "defendant", "北京示例科技有限公司"),
        ("end_execution:e1", "enforced", USCC),
        ("bankruptcy:b1", "petitioner", "庚公司"),
        ("bankruptcy:b1", "debtor", "北京示例科技有限公司"),
    ])  # fmt: skip
    asked = {row["product"]: (row["outcome"], row["hits"]) for row in result.rows("inquiry")}
    assert asked["case_filing"] == ("hits", 2)
    assert result.column("asked_on", "inquiry") == [date(2026, 11, 20)] * 4


def test_no_hits_are_knowledge_and_leave_an_inquiry(tmp_path: Path) -> None:
    def serve(ask: Ask) -> Reply:
        return envelope(None, "201") if ask.about["product"] == "judgment" else rows([])

    result = mapped(tmp_path, shipped("qcc-litigation"), CONNECTOR, serve)

    assert result.rows("court_record") == []
    assert result.column("outcome", "inquiry") == ["none"] * 4
    assert set(result.column("keyword", "inquiry")) == {USCC}


def test_listings_carry_what_was_asked_for(tmp_path: Path) -> None:
    answers = {
        "dishonest": [{"Id": "s1", "Liandate": "2026-03-01", "Anno": "执1", "Executegov": "法院",
                       "Executestatus": "全部未履行", "Publicdate": "2026-04-01", "Executeno": "x",
                       "ActionRemark": "有履行能力而拒不履行", "Amount": "88.00"}],
        "enforcement": [{"Id": "z1", "Liandate": "2026-03-02", "Anno": "执2", "ExecuteGov": "法院",
                         "Biaodi": "1,234.50", "SuspectedApplicant": "甲"}],
        "consumption_limit": [{"Id": "x1", "CaseNo": "执3", "PersonName": "王五", "PersonId": "",
                               "JudgeDate": "2026-03-03", "PublishDate": "", "KeyNo": "k2",
                               "CompanyName": "北京示例科技有限公司", "Applicant": "甲"}],
        "abnormal_operation": [{"AddReason": "失联", "AddDate": "2025-01-01", "RomoveReason": "已整改",
                                "RemoveDate": "2026-01-01", "DecisionOffice": "海淀局",
                                "RemoveDecisionOffice": "海淀局"}],
        "serious_illegal": [],
        "tax_arrears": [{"Id": "t1", "Title": "欠税公告", "Amount": "10", "NewAmount": "1",
                         "PublishDate": "2026-06-01", "IssuedBy": "税务局"}],
    }  # fmt: skip
    result = mapped(
        tmp_path,
        shipped("qcc-listing"),
        CONNECTOR,
        lambda ask: rows(answers[ask.about["product"]]),
    )

    assert result.rules == []
    found = {row["kind"]: row for row in result.rows("listing")}
    assert sorted(found) == sorted(set(answers) - {"serious_illegal"})
    assert found["dishonest"]["listed_on"] == date(2026, 4, 1)
    assert found["dishonest"]["party_number"] == USCC
    assert found["enforcement"]["amount"] == Decimal("1234.50")
    assert found["consumption_limit"]["listed_on"] == date(2026, 3, 3)
    assert found["consumption_limit"]["person_name"] == "王五"
    assert found["abnormal_operation"]["ended_on"] == date(2026, 1, 1)


def test_score_tax_grade_and_registration(tmp_path: Path) -> None:
    bodies = {
        "score": {"VerifyResult": 1, "Data": {"Score": "71", "Level": "良好", "LevelDesc": "信用良好"}},
        "tax_credit": [{"No": USCC, "Name": "北京示例科技有限公司", "Year": "2025", "Level": "M", "Org": "税务局"}],
        "basic_details": {
            "KeyNo": "k2", "Name": "北京示例科技有限公司", "No": "110", "CreditCode": USCC,
            "Status": "吊销，未注销", "StartDate": "2001-02-03", "TermEnd": "", "RegistCapi": "9957.14万人民币",
            "RecCap": "100万美元", "OriginalName": [{"Name": "北京旧名公司", "ChangeDate": "2010-01-01"}],
            "OperName": "王五", "OrgNo": "600037341",
        },
    }  # fmt: skip
    results = {}
    for name in ("qcc-score", "qcc-tax-credit", "qcc-registration"):
        folder = tmp_path / name
        folder.mkdir()
        results[name] = mapped(
            folder, shipped(name), CONNECTOR, lambda ask: envelope(bodies[ask.about["product"]])
        )
        assert results[name].rules == []
        assert results[name].column("outcome", "inquiry") == ["hits"]
    (score,) = results["qcc-score"].rows("bureau_score")
    assert (score["score"], score["band"]) == (Decimal(71), "良好")
    assert (score["party_number"], score["report_date"]) == (USCC, date(2026, 11, 20))
    (grade,) = results["qcc-tax-credit"].rows("tax_credit")
    assert (grade["year"], grade["level"], grade["party_number"]) == (2025, "M", USCC)
    (company,) = results["qcc-registration"].rows("registration")
    assert (company["status"], company["capital"]) == ("revoked", Decimal("99571400.00"))
    assert (company["uscc"], company["currency"]) == (USCC, "CNY")
    (former,) = results["qcc-registration"].rows("former_name")
    assert (former["name"], former["until"]) == ("北京旧名公司", date(2010, 1, 1))
