"""How 企查查 (QCC) writes down what it knows. Field names and their case are QCC's own, oddities kept
(`PunishDate` is a filing date, `RomoveReason` is their spelling). Every leaf is a string, amounts and
dates too; a missing value is an empty string. Date strings are yyyy-MM-dd (assumed: the public
clients do not say)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.server.outside import Case, Company, Listing, Party, Score, TaxGrade, digest

Row = dict[str, Any]

ROLE = {
    "plaintiff": "原告",
    "defendant": "被告",
    "third": "第三人",
    "applicant": "申请人",
    "respondent": "被申请人",
    "appellant": "上诉人",
    "appellee": "被上诉人",
    "enforced": "被执行人",
    "petitioner": "申请人",
    "debtor": "被申请人",
    "other": "当事人",
}
ACCUSING = ("plaintiff", "applicant", "appellant", "petitioner")
DEFENDING = ("defendant", "respondent", "appellee", "enforced", "debtor")

STATUS = {
    "active": "存续（在营、开业、在册）",
    "inactive": "停业",
    "revoked": "吊销",
    "deregistered": "注销",
    "moved": "迁出",
    "liquidation": "清算",
}
CASE_TYPE = {
    "civil": "民事案件",
    "criminal": "刑事案件",
    "administrative": "行政案件",
    "enforcement": "执行案件",
    "bankruptcy": "强制清算与破产案件",
    "arbitration": "仲裁案件",
}
SUMMARY = {
    "won": "支持原告诉讼请求",
    "lost": "驳回原告诉讼请求",
    "partly": "部分支持原告诉讼请求",
}
STATEMENT = {"won": "胜诉", "lost": "败诉", "partly": "部分支持"}
LEVEL = {
    "优秀": "企业信用优秀",
    "良好": "企业信用良好",
    "一般": "企业信用一般",
    "较差": "企业信用较差",
    "极差": "企业信用极差",
}


def day(value: date | None) -> str:
    """A date as QCC writes it."""
    return value.isoformat() if value else ""


def money(value: Decimal | None) -> str:
    """An amount as QCC writes it: plain digits in yuan."""
    return "" if value is None else f"{value:.2f}"


def text(value: object) -> str:
    """Anything as a string; nothing as the empty one."""
    return "" if value is None else str(value)


def key_no(party_no: int | None) -> str:
    """QCC's id of a company; empty for people and for names it could not place."""
    return digest("qcc", str(party_no)) if party_no is not None else ""


def qcc_code(party_no: int) -> str:
    """The 企查查 code that LEI records carry: Q and nine letters or digits."""
    return "QCN" + digest("qcc-code", str(party_no), length=7).upper()


def _names(parties: Iterable[Party]) -> list[Row]:
    return [{"KeyNo": key_no(party.party_no), "Name": party.name} for party in parties]


def _is_asked(party: Party, asked: frozenset[int]) -> bool:
    return party.party_no in asked


def judgment(case: Case, asked: frozenset[int]) -> Row:
    """裁判文书核查 (887). `asked`: the companies the question was about, for the two role flags."""
    mine = [party for party in case.parties if _is_asked(party, asked)]
    return {
        "Id": digest("qcc", "judgment", case.case_id),
        "CaseName": text(case.title),
        "CaseReason": text(case.cause),
        "CaseNo": case.case_no,
        "Amount": money(case.amount),
        "IsProsecutor": "1" if any(party.role in ACCUSING for party in mine) else "0",
        "IsDefendant": "1" if any(party.role in DEFENDING for party in mine) else "0",
        "JudgeResult": SUMMARY.get(case.result or "", text(case.result)),
        "JudgeDate": day(case.judged_on),
        "PublishDate": day(case.judged_on),
        "PartyList": [
            {
                "Name": party.name,
                "RoleType": ROLE.get(party.role, party.role),
                "Keyno": key_no(party.party_no),
                "Statement": STATEMENT.get(party.outcome or "", ""),
            }
            for party in case.parties
        ],
        "CaseType": CASE_TYPE.get(case.case_type or "civil", text(case.case_type)),
    }


def filing(case: Case, asked: frozenset[int]) -> Row:
    """立案信息核查 (889)."""
    del asked
    roles: dict[str, list[Party]] = {}
    for party in case.parties:
        roles.setdefault(party.role, []).append(party)
    return {
        "Id": digest("qcc", "filing", case.case_id),
        "CaseNo": case.case_no,
        "Court": case.court,
        "PunishDate": day(case.filed_on),
        "CaseReason": text(case.cause),
        "ProsecutorList": _names(case.of(*ACCUSING)),
        "DefendantList": _names(case.of(*DEFENDING)),
        "RoleList": [
            {
                "RoleType": ROLE.get(role, role),
                "RoleName": ROLE.get(role, role),
                "RoleItemList": _names(parties),
            }
            for role, parties in roles.items()
        ],
    }


def dishonest(listing: Listing) -> Row:
    """失信核查 (740)."""
    return {
        "Id": digest("qcc", listing.listing_id),
        "Liandate": day(listing.started_on),
        "Anno": text(listing.case_no),
        "Executegov": text(listing.authority),
        "Executestatus": text(listing.performance) or "全部未履行",
        "Publicdate": day(listing.published_on or listing.started_on),
        "Executeno": text(listing.case_no),
        "ActionRemark": text(listing.reason) or "有履行能力而拒不履行生效法律文书确定义务",
        "Amount": money(listing.amount),
    }


def enforcement(listing: Listing) -> Row:
    """被执行人核查 (741). `Biaodi` is the sum to be enforced."""
    return {
        "Id": digest("qcc", listing.listing_id),
        "Liandate": day(listing.started_on),
        "Anno": text(listing.case_no),
        "ExecuteGov": text(listing.authority),
        "Biaodi": money(listing.amount),
        "SuspectedApplicant": text(listing.applicant),
    }


def consumption_limit(listing: Listing) -> Row:
    """限制高消费核查 (742)."""
    return {
        "Id": digest("qcc", listing.listing_id),
        "CaseNo": text(listing.case_no),
        "PersonName": text(listing.person),
        "PersonId": "",
        "JudgeDate": day(listing.started_on),
        "PublishDate": day(listing.published_on or listing.started_on),
        "KeyNo": key_no(listing.party_no),
        "CompanyName": listing.name,
        "Applicant": text(listing.applicant),
        "ApplicantNo": "",
    }


def end_execution(listing: Listing) -> Row:
    """终本案件核查 (758): an enforcement that ended because there was nothing left to take."""
    return {
        "Id": digest("qcc", listing.listing_id),
        "CaseNo": text(listing.case_no),
        "Court": text(listing.authority),
        "EndDate": day(listing.ended_on or listing.published_on),
        "LianDate": day(listing.started_on),
        "ExecuteSubject": money(listing.amount),
        "UnperformedAmt": money(listing.unperformed),
    }


def bankruptcy_case(case: Case) -> Row:
    """破产重整核查 (761)."""
    return {
        "Id": digest("qcc", "bankruptcy", case.case_id),
        "CaseNo": case.case_no,
        "PublicDate": day(case.filed_on),
        "ApplicantList": _names(case.of(*ACCUSING)),
        "RespondentList": _names(case.of(*DEFENDING)),
    }


def bankruptcy(listing: Listing) -> Row:
    """The same, of a company on the list without a case."""
    return {
        "Id": digest("qcc", listing.listing_id),
        "CaseNo": text(listing.case_no),
        "PublicDate": day(listing.published_on or listing.started_on),
        "ApplicantList": [{"Name": listing.applicant, "KeyNo": ""}] if listing.applicant else [],
        "RespondentList": [{"Name": listing.name, "KeyNo": key_no(listing.party_no)}],
    }


def abnormal(listing: Listing) -> Row:
    """经营异常核查 (739): it has no id, the natural key is reason and day."""
    is_over = listing.ended_on is not None
    return {
        "AddReason": text(listing.reason) or "通过登记的住所或者经营场所无法联系",
        "AddDate": day(listing.started_on),
        "RomoveReason": "列入经营异常名录满三年内依法移出" if is_over else "",
        "RemoveDate": day(listing.ended_on),
        "DecisionOffice": text(listing.authority),
        "RemoveDecisionOffice": text(listing.authority) if is_over else "",
    }


def serious_illegal(listing: Listing) -> Row:
    """严重违法核查 (748); no id either."""
    is_over = listing.ended_on is not None
    return {
        "Type": "严重违法失信企业名单",
        "AddReason": text(listing.reason) or "被列入经营异常名录届满3年仍未履行相关义务",
        "AddDate": day(listing.started_on),
        "AddOffice": text(listing.authority),
        "RemoveReason": "依法移出" if is_over else "",
        "RemoveDate": day(listing.ended_on),
        "RemoveOffice": text(listing.authority) if is_over else "",
    }


def tax_owed(listing: Listing) -> Row:
    """欠税公告核查 (757)."""
    return {
        "Id": digest("qcc", listing.listing_id),
        "Title": f"{listing.name}欠税公告",
        "Amount": money(listing.amount),
        "NewAmount": money(listing.amount),
        "PublishDate": day(listing.started_on),
        "IssuedBy": text(listing.authority),
    }


def credit_score(score: Score) -> Row:
    """企查分 (1116). The five parts are spread around the whole; QCC does not say how it adds up."""
    value = score.value or Decimal(0)
    level = score.band or "一般"
    part = {
        "Score": f"{value / 5:.0f}",
        "Summary": LEVEL.get(level, level),
    }
    return {
        "Score": f"{value:.0f}",
        "Level": level,
        "LevelDesc": LEVEL.get(level, level),
        "Background": dict(part),
        "Management": dict(part),
        "BusinessStatus": dict(part),
        "QualificationEvaluation": dict(part),
        "HistoryCompliance": dict(part),
    }


def tax_credit(company: Company, grades: Iterable[TaxGrade]) -> list[Row]:
    """税务信用 (691): one row a year, newest first."""
    return [
        {
            "No": text(company.uscc),
            "Name": company.name,
            "Year": str(grade.year),
            "Level": grade.level,
            "Org": text(grade.authority),
        }
        for grade in grades
    ]


def _area(company: Company) -> Row:
    return {"Province": text(company.region), "City": text(company.city), "County": ""}


def _revoked(company: Company) -> Row:
    is_cancelled, is_revoked = company.status == "deregistered", company.status == "revoked"
    since = day(company.status_since)
    return {
        "CancelDate": since if is_cancelled else "",
        "CancelReason": "决议解散" if is_cancelled else "",
        "RevokeDate": since if is_revoked else "",
        "RevokeReason": "长期停业未经营" if is_revoked else "",
    }


def _former(company: Company) -> list[Row]:
    return [{"Name": name, "ChangeDate": day(until)} for name, until in company.former]


def capital(company: Company) -> str:
    """Registered capital as Chinese registries write it: in ten thousands, with the currency."""
    if company.capital is None:
        return ""
    unit = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑"}
    return f"{company.capital / 10000:.2f}万{unit.get(company.currency, company.currency)}"


def basic_details(company: Company) -> Row:
    """企业工商照面 (410)."""
    return {
        "KeyNo": key_no(company.party_no),
        "Name": company.name,
        "No": text(company.registration_number),
        "BelongOrg": f"{text(company.city)}市场监督管理局",
        "OperId": digest("qcc-person", str(company.party_no)),
        "OperName": text(company.legal_person),
        "StartDate": day(company.founded),
        "EndDate": day(company.status_since) if not company.is_alive else "",
        "Status": STATUS.get(company.status, company.status),
        "Province": text(company.region),
        "UpdatedDate": day(company.modified_at.date() if company.modified_at else None),
        "CreditCode": text(company.uscc),
        "RegistCapi": capital(company),
        "EconKind": "有限责任公司(自然人投资或控股)",
        "Address": text(company.address),
        "Scope": text(company.industry),
        "TermStart": day(company.founded),
        "TermEnd": "",
        "CheckDate": day(company.founded),
        "OrgNo": text(company.uscc)[8:17],
        "IsOnStock": "0",
        "StockNumber": "",
        "StockType": "",
        "OriginalName": _former(company),
        "ImageUrl": "",
        "EntType": "0",
        "RecCap": capital(company),
        "RevokeInfo": _revoked(company),
        "Area": _area(company),
        "AreaCode": text(company.uscc)[2:8],
    }


def enterprise(company: Company) -> Row:
    """企业信息核验 (2001): what 410 says and industry, staff, tax number."""
    details = basic_details(company)
    kept = (
        "KeyNo", "Name", "CreditCode", "OperName", "Status", "StartDate", "RegistCapi", "OrgNo",
        "No", "EconKind", "TermStart", "TermEnd", "CheckDate", "AreaCode", "Area", "BelongOrg",
        "Address", "Scope", "EntType", "ImageUrl", "RevokeInfo", "OriginalName",
    )  # fmt: skip
    code = text(company.industry_code)
    return {name: details[name] for name in kept} | {
        "RealCapi": capital(company),
        "TaxNo": text(company.uscc),
        "TaxpayerType": "一般纳税人",
        "PersonScope": "",
        "InsuredCount": text(company.staff),
        "EnglishName": text(company.name_en),
        "Industry": {
            "IndustryCode": code[:1],
            "Industry": text(company.industry),
            "SubIndustryCode": code[1:],
            "SubIndustry": text(company.industry),
        },
    }
