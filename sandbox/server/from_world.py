"""Rows of the world's tables as the records that stand-ins render from."""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Any

from sandbox.server.outside import Case, Company, Listing, Party, Score, Statement

Rows = list[dict[str, Any]]

STATEMENT_FACTS = (
    "party_no", "period_end", "period_months", "basis", "published_on", "is_audited",
    "auditor_opinion", "accounting_standard", "source", "currency", "stated_unit",
    "system", "row_id", "created_at", "modified_at", "deleted_at", "superseded_at", "untidy",
)  # fmt: skip
"""Columns of a statement that are no amounts."""


def company_of(row: Mapping[str, Any], former: Rows) -> Company:
    """A row of company with its rows of former_name."""
    names = sorted((until, row["name"]) for row in former if (until := row["until"] or date.min))
    return Company(
        party_no=row["party_no"],
        name=row["name"],
        country=row["country"],
        name_en=row["name_en"],
        former=tuple((name, until if until != date.min else None) for until, name in names),
        uscc=row["uscc"],
        registration_number=row["registration_number"],
        lei=row["lei"],
        vat=row["vat"],
        cik=row["cik"],
        region=row["region"],
        city=row["city"],
        address=row["address"],
        postal_code=row["postal_code"],
        founded=row["founded"],
        capital=row["capital"],
        currency=row["capital_currency"] or "CNY",
        status=row["status"] or "unknown",
        status_since=row["status_since"],
        industry_code=row["industry_code"],
        industry=row["industry"],
        size=row["size"],
        staff=row["staff"],
        staff_range=row["staff_range"],
        legal_person=row["legal_person"],
        legal_form=row["legal_form"],
        parent_no=row["parent_no"],
        modified_at=row["modified_at"].replace(tzinfo=UTC),
    )


def case_of(row: Mapping[str, Any], parties: Rows) -> Case:
    """A row of court_record with its rows of court_party."""
    return Case(
        case_id=row["record_id"],
        case_no=row["case_no"],
        court=row["court"],
        court_id=row["court_id"],
        country=row["country"],
        parties=tuple(
            Party(
                name=party["party_name"],
                role=party["role"],
                party_no=party["party_no"],
                is_company=party["party_kind"] != "person",
                outcome=party["outcome"],
            )
            for party in sorted(parties, key=lambda party: party["party_index"])
        ),
        cause=row["cause"],
        case_type=row["case_type"],
        doc_type=row["doc_type"],
        title=row["title"],
        amount=row["amount"],
        currency=row["currency"] or "CNY",
        filed_on=row["filed_on"],
        hearing_on=row["hearing_on"],
        judged_on=row["judged_on"],
        closed_on=row["closed_on"],
        status=row["status"],
        result=row["result"],
        created_at=row["created_at"].replace(tzinfo=UTC),
        modified_at=row["modified_at"].replace(tzinfo=UTC),
    )


def listing_of(row: Mapping[str, Any]) -> Listing:
    """A row of listing."""
    return Listing(
        listing_id=row["listing_id"],
        kind=row["kind"],
        name=row["party_name"],
        party_no=row["party_no"],
        started_on=row["listed_on"],
        published_on=row["published_on"],
        ended_on=row["ended_on"],
        amount=row["amount"],
        unperformed=row["unperformed_amount"],
        case_no=row["case_no"],
        authority=row["court"],
        person=row["person_name"],
        reason=row["reason"],
        applicant=row["applicant"],
        performance=row["performance"],
        created_at=row["created_at"].replace(tzinfo=UTC),
    )


def score_of(row: Mapping[str, Any]) -> Score:
    """A row of bureau_score."""
    return Score(
        party_no=row["party_no"],
        value=row["score"],
        band=row["band"],
        band_text=row["band_meaning"],
        reported_on=row["report_date"],
        rated_since=row["rated_since"],
        limit=row["recommended_limit"],
        currency=row["currency"],
    )


def statement_of(row: Mapping[str, Any]) -> Statement:
    """A row of statement, amounts in whole units of its currency, whatever unit the company states."""
    return Statement(
        party_no=row["party_no"],
        period_end=row["period_end"],
        months=row["period_months"] or 12,
        currency=row["currency"],
        filed_on=row["published_on"],
        is_consolidated=row["basis"] == "consolidated",
        items={
            name: value
            for name, value in row.items()
            if name not in STATEMENT_FACTS and value is not None
        },
    )
