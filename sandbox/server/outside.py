"""What registries, courts and bureaus know, in the few shapes that every stand-in renders from.

The world keeps its tables in the canonical columns; a provider answers in its own words. Between the
two stand these records: `registry.py` reads them from the world, `qcc_rows.py`, `tianyancha_rows.py`
and the others write them down as each provider would.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Company:
    """A legal person as its registry knows it. `status` as in the entity `registration`. `former`:
    earlier names with the day each was given up."""

    party_no: int
    name: str
    country: str
    name_en: str | None = None
    former: tuple[tuple[str, date | None], ...] = ()
    uscc: str | None = None
    registration_number: str | None = None
    lei: str | None = None
    vat: str | None = None
    cik: str | None = None
    region: str | None = None
    city: str | None = None
    address: str | None = None
    postal_code: str | None = None
    founded: date | None = None
    capital: Decimal | None = None
    currency: str = "CNY"
    status: str = "active"
    status_since: date | None = None
    industry_code: str | None = None
    industry: str | None = None
    size: str | None = None
    staff: int | None = None
    staff_range: str | None = None
    legal_person: str | None = None
    legal_form: str | None = None
    parent_no: int | None = None
    modified_at: datetime | None = None

    @property
    def is_alive(self) -> bool:
        """False once it is struck off, revoked or wound up."""
        return self.status not in ("revoked", "deregistered", "liquidation")


@dataclass(frozen=True, slots=True)
class Party:
    """One party to a case. `role` and `outcome` as in the entity `court_party`."""

    name: str
    role: str
    party_no: int | None = None
    is_company: bool = True
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A court case. Money in whole currency units with two decimals; dates None until they happen.
    `case_type` as in the entity `court_record`."""

    case_id: str
    case_no: str
    court: str
    court_id: str
    country: str
    parties: tuple[Party, ...]
    cause: str | None = None
    case_type: str | None = None
    doc_type: str | None = None
    title: str | None = None
    amount: Decimal | None = None
    currency: str = "CNY"
    filed_on: date | None = None
    hearing_on: date | None = None
    judged_on: date | None = None
    closed_on: date | None = None
    status: str | None = None
    result: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None

    def of(self, *roles: str) -> tuple[Party, ...]:
        """Its parties in one of these roles."""
        return tuple(party for party in self.parties if party.role in roles)


@dataclass(frozen=True, slots=True)
class Listing:
    """A public mark against a company. `kind` as in the entity `listing`."""

    listing_id: str
    kind: str
    name: str
    party_no: int | None = None
    started_on: date | None = None
    published_on: date | None = None
    ended_on: date | None = None
    amount: Decimal | None = None
    unperformed: Decimal | None = None
    case_no: str | None = None
    authority: str | None = None
    person: str | None = None
    reason: str | None = None
    applicant: str | None = None
    performance: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One bureau report's verdict on a company. `value` on the provider's own scale; `limit` is the
    credit the bureau would give, in `currency`."""

    party_no: int
    value: Decimal | None
    band: str | None
    band_text: str | None
    reported_on: date
    rated_since: date | None = None
    limit: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class TaxGrade:
    """The tax office's level of a company for one year."""

    year: int
    level: str
    authority: str | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One company's accounts of one period: `items` by the world's column names, whole currency units.
    `filed_on`: the day they became public."""

    party_no: int
    period_end: date
    months: int
    currency: str
    filed_on: date
    is_consolidated: bool = False
    items: dict[str, Decimal] = field(default_factory=dict)


def plain_name(text: str) -> str:
    """A name as registries compare it: width, brackets, spaces and case make no difference."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in folded if not ch.isspace())


def digest(*parts: str, length: int = 32) -> str:
    """Hex digits that depend on the parts alone: the ids a provider gives what it knows."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:length]


def number(*parts: str, digits: int = 10) -> int:
    """A whole number of so many digits that depends on the parts alone; the first is never 0."""
    span = 9 * 10 ** (digits - 1)
    return 10 ** (digits - 1) + int(digest(*parts, length=15), 16) % span


def share(*parts: str) -> float:
    """A fraction from 0 to 1 (1 excluded) that depends on the parts alone."""
    return int(digest(*parts, length=12), 16) / 16**12
