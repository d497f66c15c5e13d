"""How GLEIF writes down a legal entity: one JSON:API resource of type lei-records."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.server.outside import Company, digest, share
from sandbox.server.qcc_rows import qcc_code

Row = dict[str, Any]

LANGUAGE = {"CN": "zh", "JP": "ja", "DE": "de", "FR": "fr", "IT": "it", "ES": "es", "NL": "nl"}
AUTHORITY = {
    "CN": "RA000163",
    "GB": "RA000585",
    "DE": "RA000242",
    "FR": "RA000189",
    "JP": "RA000412",
}
"""Country → the register that GLEIF names as where the entity is registered."""

LAPSED = 0.12
"""Owners let about one LEI in eight lapse; the number stays theirs."""


def stamp(value: date | datetime | None) -> str | None:
    """A day or moment as GLEIF writes it."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{value.isoformat()}T00:00:00Z"


def _address(company: Company) -> Row:
    return {
        "language": LANGUAGE.get(company.country, "en"),
        "addressLines": [company.address] if company.address else [],
        "addressNumber": None,
        "addressNumberWithinBuilding": None,
        "mailRouting": None,
        "city": company.city,
        "region": company.region,
        "country": company.country,
        "postalCode": company.postal_code,
    }


def registration_status(company: Company) -> str:
    """ISSUED, LAPSED or, of an entity that is gone, RETIRED."""
    if not company.is_alive:
        return "RETIRED"
    return "LAPSED" if share("lapsed", str(company.party_no)) < LAPSED else "ISSUED"


def record(company: Company, base: str) -> Row:
    """One LEI record. `registeredAs` is the national number (for China the USCC), `qcc` the code
    that 企查查 gave it."""
    lei = company.lei or ""
    national = company.uscc if company.country == "CN" else company.registration_number
    authority = {"id": AUTHORITY.get(company.country, "RA999999"), "other": None}
    others = [
        {
            "name": name,
            "language": LANGUAGE.get(company.country, "en"),
            "type": "PREVIOUS_LEGAL_NAME",
        }
        for name, _ in company.former
    ]
    english = [
        {"name": company.name_en, "language": "en", "type": "ALTERNATIVE_LANGUAGE_LEGAL_NAME"}
    ]
    is_translated = bool(company.name_en) and company.name_en != company.name
    first = datetime.combine(company.founded or date(2014, 1, 1), datetime.min.time(), UTC)
    updated = company.modified_at or first
    own = f"{base}/lei-records/{lei}"
    return {
        "type": "lei-records",
        "id": lei,
        "attributes": {
            "lei": lei,
            "entity": {
                "legalName": {
                    "name": company.name,
                    "language": LANGUAGE.get(company.country, "en"),
                },
                "otherNames": others + (english if is_translated else []),
                "transliteratedOtherNames": [],
                "legalAddress": _address(company),
                "headquartersAddress": _address(company),
                "registeredAt": authority,
                "registeredAs": national,
                "jurisdiction": company.country,
                "category": "GENERAL",
                "legalForm": {"id": "8888", "other": company.legal_form},
                "associatedEntity": {"lei": None, "name": None},
                "status": "ACTIVE" if company.is_alive else "INACTIVE",
                "expiration": {
                    "date": None if company.is_alive else stamp(company.status_since),
                    "reason": None if company.is_alive else "DISSOLVED",
                },
                "successorEntity": {"lei": None, "name": None},
                "successorEntities": [],
                "creationDate": stamp(company.founded),
                "subCategory": None,
                "otherAddresses": [],
                "eventGroups": [],
            },
            "registration": {
                "initialRegistrationDate": stamp(max(first, datetime(2014, 1, 1, tzinfo=UTC))),
                "lastUpdateDate": stamp(updated),
                "status": registration_status(company),
                "nextRenewalDate": stamp(updated + timedelta(days=365)),
                "managingLou": digest("lou", company.country, length=20).upper(),
                "corroborationLevel": "FULLY_CORROBORATED",
                "validatedAt": authority,
                "validatedAs": national,
                "otherValidationAuthorities": [],
            },
            "bic": None,
            "mic": None,
            "ocid": None,
            "qcc": qcc_code(company.party_no) if company.country == "CN" else None,
            "spglobal": None,
            "conformityFlag": "CONFORMING",
        },
        "relationships": {
            name: {"links": {"related": f"{own}/{name}"}}
            for name in ("managing-lou", "lei-issuer", "field-modifications", "direct-children")
        },
        "links": {"self": own},
    }
