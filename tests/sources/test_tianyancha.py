"""天眼查: its codes, pages without numbers, and parties with their roles."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.sources.connector import Ask, Inconsistent, Meaning, Pull, Reply, Token
from etl.sources.tianyancha import CONNECTOR, MEANINGS
from tests.sources.landed import SUBJECT, USCC, about, mapped, shipped
from tests.sources.machine import UNTIL, answer, connection, played


def items(rows: list[Any], total: int | None = None) -> Reply:
    result = {"total": len(rows) if total is None else total, "items": rows}
    return answer({"error_code": 0, "reason": "ok", "result": result})


def code(number: int) -> Reply:
    return answer({"error_code": number, "reason": "x", "result": None})


def ms(*day: int) -> int:
    """Midnight in Shanghai, as it writes days."""
    return int(datetime(*day, tzinfo=UTC).timestamp() - 8 * 3600) * 1000


def test_the_token_goes_bare_into_the_header() -> None:
    ask = CONNECTOR.first(about(shipped("tianyancha-litigation")))
    signed = CONNECTOR.sign(ask, Token(), connection(password="t0ken"), UNTIL)

    assert signed.headers == {"Authorization": "t0ken"}
    assert signed.path == "/services/open/jr/lawSuit/3.0"
    assert signed.params == {"keyword": USCC, "pageNum": "1", "pageSize": "20"}


def test_every_code_has_a_meaning_and_a_sentence() -> None:
    for number, (meaning, _) in MEANINGS.items():
        verdict = CONNECTOR.judge(code(number))
        assert verdict.meaning is meaning
        assert f"error_code {number}: " in verdict.sentence
    assert CONNECTOR.judge(code(300000)).meaning is Meaning.NOTHING
    assert CONNECTOR.judge(code(300004)).meaning is Meaning.SLOW
    assert CONNECTOR.judge(code(300006)).meaning is Meaning.STOP
    assert CONNECTOR.judge(code(300007)).meaning is Meaning.STOP
    assert CONNECTOR.judge(code(999)).meaning is Meaning.REFUSED
    assert CONNECTOR.judge(answer(b"", 503)).meaning is Meaning.RETRY


def test_pages_to_the_total_and_a_page_that_came_before() -> None:
    pull = Pull("litigation", (), None, UNTIL, {"products": ["lawsuit"]}, SUBJECT)

    def serve(ask: Ask) -> Reply:
        page = int(ask.params["pageNum"])
        return items([{"uuid": f"{page}-{n}"} for n in range(20 if page < 3 else 1)], 41)

    steps = played(CONNECTOR, pull, serve)
    assert [ask.params["pageNum"] for ask, _ in steps] == ["1", "2", "3"]
    third = steps[2][0]
    # It states no page number: an earlier page that comes again is known by its rows.
    with pytest.raises(Inconsistent, match="1 are due"):
        CONNECTOR.after(pull, third, steps[0][1])
    second = steps[1][0]
    with pytest.raises(Inconsistent, match="earlier page came again"):
        CONNECTOR.after(pull, second, steps[0][1])


LAWSUIT = {
    "uuid": "u1", "title": "甲诉乙", "caseNo": "1号", "caseReason": "买卖", "caseType": "民事案件",
    "caseMoney": "5000.5", "docType": "判决书", "court": "法院", "judgeTime": "2026-03-04",
    "submitTime": ms(2026, 3, 20), "lawsuitUrl": "https://x/u1",
    "casePersons": [
        {"role": "原告", "type": "2", "name": "北京示例科技有限公司", "gid": "7", "result": "胜诉", "emotion": 1},
        {"role": "被告", "type": "1", "name": "王五", "gid": "", "result": None, "emotion": -1},
    ],
}  # fmt: skip
REGISTER = {
    "id": 12, "caseNo": "2号", "caseReason": "借款", "caseType": "执行案件", "caseStatus": "审理中",
    "court": "法院", "filingDate": ms(2026, 5, 6), "startTime": None, "closeDate": None,
    "plaintiff": "丁银行", "defendant": "北京示例科技有限公司,戊公司， 己", "third": None,
}  # fmt: skip


def test_a_plaintiff_is_not_a_debtor(tmp_path: Path) -> None:
    answers = {"lawsuit": items([LAWSUIT]), "court_register": items([REGISTER])}
    result = mapped(
        tmp_path,
        shipped("tianyancha-litigation"),
        CONNECTOR,
        lambda ask: answers[ask.about["product"]],
    )

    assert result.rules == []
    records = {row["record_id"]: row for row in result.rows("court_record")}
    assert records["lawsuit:u1"]["published_on"] == date(2026, 3, 20)
    assert records["lawsuit:u1"]["amount"] == Decimal("5000.50")
    assert records["court_register:12"]["filed_on"] == date(2026, 5, 6)
    assert records["court_register:12"]["status"] == "open"
    assert sorted((r["role"], r["party_name"]) for r in result.rows("court_party")) == [
        ("defendant", "北京示例科技有限公司"),
        ("defendant", "己"),
        ("defendant", "戊公司"),
        ("defendant", "王五"),
        ("plaintiff", "丁银行"),
        ("plaintiff", "北京示例科技有限公司"),
    ]
    kinds = {row["party_name"]: row["party_kind"] for row in result.rows("court_party")}
    assert (kinds["王五"], kinds["丁银行"]) == ("person", "unknown")


def test_listings_and_registration(tmp_path: Path) -> None:
    answers = {
        "dishonest": items([{"casecode": "执1", "iname": "北京示例科技有限公司", "cardnum": "9111****341L",
                             "courtname": "法院", "type": "1", "regdate": ms(2026, 1, 1),
                             "publishdate": ms(2026, 2, 1), "unperformPart": "100",
                             "disrupttypename": "拒不履行", "businessentity": "王五"}]),
        "enforcement": items([{"caseCode": "执2", "pname": "北京示例科技有限公司", "partyCardNum": None,
                               "execCourtName": "法院", "caseCreateTime": ms(2026, 3, 1),
                               "execMoney": "1234567"}]),
        "consumption_limit": code(300000),
        "base_info": answer({"error_code": 0, "reason": "ok", "result": {
            "id": 7, "name": "北京示例科技有限公司", "creditCode": USCC, "regStatus": "存续",
            "regCapital": "9957.14万人民币", "estiblishTime": ms(2001, 2, 3), "staffNumRange": "50-99人",
            "socialStaffNum": None, "historyNameList": ["北京旧名公司"]}}),
    }  # fmt: skip
    listing, company = tmp_path / "listing", tmp_path / "company"
    listing.mkdir(), company.mkdir()
    result = mapped(
        listing, shipped("tianyancha-listing"), CONNECTOR, lambda ask: answers[ask.about["product"]]
    )
    assert result.rules == []
    found = {row["kind"]: row for row in result.rows("listing")}
    assert found["dishonest"]["listed_on"] == date(2026, 2, 1)
    assert found["dishonest"]["party_kind"] == "company"
    assert found["enforcement"]["amount"] == Decimal("1234567.00")
    assert {r["product"]: r["outcome"] for r in result.rows("inquiry")} == {
        "dishonest": "hits", "enforcement": "hits", "consumption_limit": "none",
    }  # fmt: skip

    result = mapped(
        company, shipped("tianyancha-registration"), CONNECTOR, lambda _: answers["base_info"]
    )
    assert result.rules == []
    (row,) = result.rows("registration")
    assert (row["founded_on"], row["staff"]) == (date(2001, 2, 3), 50)
    assert result.column("name", "former_name") == ["北京旧名公司"]
