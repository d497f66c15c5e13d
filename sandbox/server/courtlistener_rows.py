"""How CourtListener writes down a docket, in a list and in a search.

A docket names its caption and its court but not who is what: party names come from the search and
carry no role, so whoever reads them must not guess one. Moments are Pacific time, as the service
sends them.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sandbox.server.outside import Case, number

Row = dict[str, Any]

PACIFIC = timezone(timedelta(hours=-8))
RECAP = 1
"""`source`: the docket came from PACER by way of RECAP."""

NATURE = {
    "civil": "190 Contract: Other",
    "bankruptcy": "",
    "enforcement": "150 Contract: Recovery/Enforcement",
}
JURISDICTION = "Diversity"


def moment(at: datetime) -> str:
    """A moment as the service sends it."""
    return at.astimezone(PACIFIC).isoformat(timespec="microseconds")


def docket_id(case: Case) -> int:
    """CourtListener's number of the docket."""
    return number("courtlistener", case.case_id, digits=8)


def party_id(case: Case, index: int) -> int:
    """CourtListener's number of a party of one docket."""
    return number("courtlistener-party", case.case_id, str(index), digits=8)


def slug(text: str) -> str:
    """A caption as part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:75]


def caption(case: Case) -> str:
    """Plaintiff v. Defendant."""
    if case.title:
        return case.title
    first = [p.name for p in case.of("plaintiff", "petitioner", "applicant")]
    second = [p.name for p in case.of("defendant", "respondent", "debtor")]
    if not first or not second:
        return f"In re {(second or first or ['Unknown'])[0]}"
    return f"{first[0]} v. {second[0]}"


def number_core(docket_number: str) -> str:
    """`1:24-cv-01234` as `2401234`; empty when it has another shape."""
    found = re.search(r"(\d{2})-\w+-(\d{1,5})", docket_number)
    return f"{found[1]}{int(found[2]):05d}" if found else ""


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None


def docket(case: Case, created: datetime, modified: datetime, base: str) -> Row:
    """One docket of `/dockets/`. `base`: the API's own address."""
    own, name = docket_id(case), caption(case)
    return {
        "resource_uri": f"{base}/dockets/{own}/",
        "id": own,
        "court": f"{base}/courts/{case.court_id}/",
        "court_id": case.court_id,
        "original_court_info": None,
        "idb_data": None,
        "bankruptcy_information": None,
        "clusters": [],
        "audio_files": [],
        "assigned_to": None,
        "referred_to": None,
        "absolute_url": f"/docket/{own}/{slug(name)}/",
        "date_created": moment(created),
        "date_modified": moment(modified),
        "source": RECAP,
        "appeal_from_str": "",
        "assigned_to_str": "",
        "referred_to_str": "",
        "date_cert_granted": None,
        "date_argued": None,
        "date_filed": _iso(case.filed_on),
        "date_terminated": _iso(case.closed_on),
        "date_last_filing": _iso(case.closed_on or case.judged_on or case.filed_on),
        "case_name_short": "",
        "case_name": name,
        "case_name_full": "",
        "slug": slug(name),
        "docket_number": case.case_no,
        "docket_number_core": number_core(case.case_no),
        "pacer_case_id": str(number("pacer", case.case_id, digits=6)),
        "cause": case.cause or "",
        "nature_of_suit": NATURE.get(case.case_type or "civil", ""),
        "jury_demand": "None",
        "jurisdiction_type": JURISDICTION,
        "date_blocked": None,
        "blocked": False,
    }


def hit(case: Case, created: datetime, modified: datetime, score: float) -> Row:
    """One docket of a search of type r or d. `party` has names only."""
    own, name = docket_id(case), caption(case)
    complaint = {
        "id": number("recap", case.case_id, digits=8),
        "docket_entry_id": number("entry", case.case_id, digits=8),
        "description": "COMPLAINT",
        "entry_number": 1,
        "entry_date_filed": _iso(case.filed_on),
        "short_description": "Complaint",
        "document_type": "PACER Document",
        "document_number": 1,
        "attachment_number": None,
        "is_available": False,
        "page_count": None,
        "absolute_url": f"/docket/{own}/1/{slug(name)}/",
        "pacer_doc_id": str(number("pacer-doc", case.case_id, digits=10)),
        "cites": [],
        "snippet": "",
        "meta": {"timestamp": moment(modified), "date_created": moment(created)},
    }
    return {
        "assignedTo": None,
        "assigned_to_id": None,
        "attorney": [],
        "attorney_id": [],
        "caseName": name,
        "case_name_full": "",
        "cause": case.cause or "",
        "chapter": "11" if case.case_type == "bankruptcy" else None,
        "court": case.court,
        "court_citation_string": case.court_id.upper(),
        "court_id": case.court_id,
        "dateArgued": None,
        "dateFiled": _iso(case.filed_on),
        "dateTerminated": _iso(case.closed_on),
        "docketNumber": case.case_no,
        "docket_absolute_url": f"/docket/{own}/{slug(name)}/",
        "docket_id": own,
        "firm": [],
        "firm_id": [],
        "jurisdictionType": JURISDICTION,
        "juryDemand": "None",
        "meta": {
            "timestamp": moment(modified),
            "date_created": moment(created),
            "score": {"bm25": round(score, 3)},
            "more_docs": False,
        },
        "pacer_case_id": str(number("pacer", case.case_id, digits=6)),
        "party": [party.name for party in case.parties],
        "party_id": [party_id(case, index) for index, _ in enumerate(case.parties)],
        "recap_documents": [complaint],
        "referredTo": None,
        "referred_to_id": None,
        "suitNature": NATURE.get(case.case_type or "civil", ""),
        "trustee_str": None,
    }


def only(row: Row, fields: str, omitted: str) -> Mapping[str, Any]:
    """`fields=` keeps, `omit=` drops."""
    kept, dropped = {f for f in fields.split(",") if f}, {f for f in omitted.split(",") if f}
    return {k: v for k, v in row.items() if (not kept or k in kept) and k not in dropped}
