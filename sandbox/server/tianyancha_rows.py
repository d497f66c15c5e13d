"""How 天眼查 (Tianyancha) writes down what it knows. Field names are its own, oddities kept
(`estiblishTime`, `juge`); `plaintiff`, not the `plalongiff` of one public client. Moments are
milliseconds since 1970 at midnight in Shanghai, amounts strings in yuan; a missing value is null.

Types that no public source fixes: `plaintiffs` and `defendants` of lawSuit/2.0 are one text with
the role before each name; `plaintiff` and `defendant` are names joined by commas in courtRegister,
lists of objects in ktannouncement. The field names of `bankruptcy` are not public: that endpoint is
left out.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sandbox.server.outside import Case, Company, Listing, Party, digest, number
from sandbox.server.qcc_rows import (
    ACCUSING,
    CASE_TYPE,
    DEFENDING,
    ROLE,
    STATEMENT,
    STATUS,
    SUMMARY,
    capital,
)

Row = dict[str, Any]

SHANGHAI = timezone(timedelta(hours=8))
DOCUMENT = {"judgment": "判决书", "ruling": "裁定书", "mediation": "调解书"}
EMOTION = {"won": 1, "partly": 0, "lost": -1}
WEB = "https://www.tianyancha.com/lawsuit/"


def ms(value: date | None) -> int | None:
    """A day as Tianyancha writes it."""
    if value is None:
        return None
    return int(datetime.combine(value, datetime.min.time(), SHANGHAI).timestamp() * 1000)


def day(value: date | None) -> str | None:
    """A day in the few fields that hold it as text."""
    return value.isoformat() if value else None


def money(value: Decimal | None) -> str | None:
    """An amount in yuan."""
    return None if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def gid(party_no: int | None) -> int | None:
    """Tianyancha's number of a company; None for people and names it could not place."""
    return None if party_no is None else number("tianyancha", str(party_no))


def masked(company: Company | None) -> str | None:
    """An organisation code with its middle hidden."""
    if company is None or not company.uscc:
        return None
    return company.uscc[:4] + "*" * 10 + company.uscc[-4:]


def _tagged(parties: Iterable[Party]) -> str:
    return "；".join(f"{ROLE.get(party.role, party.role)}-{party.name}" for party in parties)


def _joined(parties: Iterable[Party]) -> str:
    return ",".join(party.name for party in parties)


def _ids(case: Case) -> str:
    return ";".join(str(gid(p.party_no)) for p in case.parties if p.party_no is not None)


def lawsuit(case: Case) -> Row:
    """法律诉讼 2.0."""
    uuid = digest("tianyancha", "lawsuit", case.case_id)
    return {
        "id": number("tianyancha", "lawsuit", case.case_id),
        "uuid": uuid,
        "title": case.title,
        "caseno": case.case_no,
        "casereason": case.cause,
        "casetype": CASE_TYPE.get(case.case_type or "civil", case.case_type),
        "doctype": DOCUMENT.get(case.doc_type or "judgment", case.doc_type),
        "court": case.court,
        "submittime": ms(case.judged_on),
        "judgetime": day(case.judged_on),
        "plaintiffs": _tagged(case.of(*ACCUSING)),
        "defendants": _tagged(case.of(*DEFENDING)),
        "thirdParties": _tagged(case.of("third")) or None,
        "parties": _joined(case.parties),
        "agent": None,
        "abstracts": SUMMARY.get(case.result or "", case.result),
        "lawsuitUrl": WEB + uuid,
        "url": None,
        "splitGids": _ids(case),
    }


def lawsuit_3(case: Case) -> Row:
    """法律诉讼 3.0: every party with its role, its number and how it came out of it."""
    uuid = digest("tianyancha", "lawsuit", case.case_id)
    return {
        "id": number("tianyancha", "lawsuit", case.case_id),
        "uuid": uuid,
        "title": case.title,
        "caseNo": case.case_no,
        "caseReason": case.cause,
        "caseType": CASE_TYPE.get(case.case_type or "civil", case.case_type),
        "caseMoney": money(case.amount),
        "docType": DOCUMENT.get(case.doc_type or "judgment", case.doc_type),
        "court": case.court,
        "judgeTime": day(case.judged_on),
        "submitTime": ms(case.judged_on),
        "lawsuitUrl": WEB + uuid,
        "lawsuitH5Url": WEB.replace("www", "m") + uuid,
        "casePersons": [
            {
                "role": ROLE.get(party.role, party.role),
                "type": "2" if party.is_company else "1",
                "name": party.name,
                "gid": str(gid(party.party_no) or ""),
                "result": STATEMENT.get(party.outcome or ""),
                "emotion": EMOTION.get(party.outcome or ""),
            }
            for party in case.parties
        ],
    }


def court_register(case: Case) -> Row:
    """立案信息."""
    return {
        "id": number("tianyancha", "register", case.case_id),
        "caseNo": case.case_no,
        "caseReason": case.cause,
        "caseType": CASE_TYPE.get(case.case_type or "civil", case.case_type),
        "caseStatus": "已结案" if case.closed_on else "审理中",
        "court": case.court,
        "area": None,
        "department": None,
        "filingDate": ms(case.filed_on),
        "startTime": day(case.hearing_on),
        "closeDate": day(case.closed_on),
        "createTime": day(case.filed_on),
        "litigant": _joined(case.parties),
        "litigantGids": _ids(case),
        "plaintiff": _joined(case.of(*ACCUSING)),
        "defendant": _joined(case.of(*DEFENDING)),
        "third": _joined(case.of("third")) or None,
        "juge": None,
        "assistant": None,
        "content": None,
        "source": case.court,
        "sourceUrl": None,
        "cid": next((gid(p.party_no) for p in case.parties if p.party_no is not None), None),
    }


def hearing(case: Case) -> Row:
    """开庭公告."""
    return {
        "id": number("tianyancha", "hearing", case.case_id),
        "startDate": ms(case.hearing_on),
        "caseNo": case.case_no,
        "caseReason": case.cause,
        "plaintiff": _people(case.of(*ACCUSING)),
        "defendant": _people(case.of(*DEFENDING)),
        "courtroom": None,
        "court": case.court,
        "litigant": _joined(case.parties),
        "judge": None,
        "contractors": None,
    }


def _people(parties: Iterable[Party]) -> list[Row]:
    return [{"name": party.name, "id": gid(party.party_no)} for party in parties]


def enforcement(listing: Listing, company: Company | None) -> Row:
    """被执行人: `execMoney` in yuan, as text."""
    return {
        "caseCode": listing.case_no,
        "pname": listing.name,
        "partyCardNum": masked(company),
        "execCourtName": listing.authority,
        "caseCreateTime": ms(listing.started_on),
        "execMoney": money(listing.amount),
    }


def dishonest(listing: Listing, company: Company | None) -> Row:
    """失信人: names all in small letters but for the last ones, as it sends them."""
    person = listing.person or (company.legal_person if company else None)
    return {
        "casecode": listing.case_no,
        "iname": listing.name,
        "cardnum": masked(company),
        "courtname": listing.authority,
        "areaname": company.region if company else None,
        "businessentity": person,
        "type": "1",
        "regdate": ms(listing.started_on),
        "publishdate": ms(listing.published_on or listing.started_on),
        "gistid": listing.case_no,
        "gistunit": listing.authority,
        "duty": f"给付{money(listing.amount)}元" if listing.amount is not None else None,
        "performance": listing.performance or "全部未履行",
        "performedPart": None,
        "unperformPart": money(listing.unperformed),
        "disrupttypename": listing.reason or "有履行能力而拒不履行生效法律文书确定义务",
        "staff": [{"role": "法定代表人", "code": None, "name": person}] if person else [],
    }


def consumption_limit(listing: Listing, company: Company | None) -> Row:
    """限制消费令: the person held back is `xname`, the company `qyinfo`."""
    return {
        "id": number("tianyancha", listing.listing_id),
        "caseCode": listing.case_no,
        "xname": listing.person or (company.legal_person if company else None),
        "qyinfo": listing.name,
        "qyinfoAlias": None,
        "alias": None,
        "cid": gid(listing.party_no),
        "hcgid": None,
        "applicant": listing.applicant,
        "applicantCid": None,
        "caseCreateTime": ms(listing.started_on),
        "publishDate": ms(listing.published_on or listing.started_on),
        "filePath": None,
    }


def found(company: Company) -> Row:
    """One hit of the search by word."""
    return {
        "regNumber": company.registration_number,
        "regStatus": _status(company),
        "creditCode": company.uscc,
        "estiblishTime": day(company.founded),
        "regCapital": capital(company) or None,
        "companyType": 1,
        "name": company.name,
        "id": gid(company.party_no),
        "orgNumber": _org_number(company),
        "type": 1,
        "base": company.region,
        "legalPersonName": company.legal_person,
    }


def base_info(company: Company) -> Row:
    """企业基本信息."""
    return {
        "id": gid(company.party_no),
        "name": company.name,
        "creditCode": company.uscc,
        "regNumber": company.registration_number,
        "orgNumber": _org_number(company),
        "taxNumber": company.uscc,
        "regStatus": _status(company),
        "regCapital": capital(company) or None,
        "actualCapital": capital(company) or None,
        "legalPersonName": company.legal_person,
        "estiblishTime": ms(company.founded),
        "approvedTime": ms(company.modified_at.date() if company.modified_at else None),
        "fromTime": ms(company.founded),
        "toTime": None,
        "industry": company.industry,
        "regLocation": company.address,
        "businessScope": company.industry,
        "percentileScore": number("tianyancha-percentile", str(company.party_no), digits=4),
        "isMicroEnt": int(company.size in ("micro", "small")),
        "staffNumRange": company.staff_range,
        "socialStaffNum": company.staff,
        "historyNameList": [name for name, _ in company.former] or None,
    }


def _org_number(company: Company) -> str | None:
    return f"{company.uscc[8:16]}-{company.uscc[16]}" if company.uscc else None


def _status(company: Company) -> str:
    return STATUS.get(company.status, company.status).split("（")[0]
