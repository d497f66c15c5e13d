"""Read and validate a policy; turn it into the small tables the SQL joins to.

A policy is data with a schema. A bad one is refused in one sentence that names the file, the line,
the field and what is allowed.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from etl.clock import months_before
from etl.errors import ZixinError
from etl.settings import PROJECT
from etl.sources.marked_yaml import read_marked_yaml
from etl.sources.problems import sentence

POLICY_FOLDER = PROJECT / "policy"


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be an IANA time zone such as Asia/Shanghai")
    return name


Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=7, decimal_places=6)]
Days = Annotated[int, Field(ge=0, le=3650)]
Months = Annotated[int, Field(ge=1, le=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EarlyPayment(_Part):
    """When early payment is systematic (Q28)."""

    min_items: Days
    min_share: Share
    min_median_days: Days


class Book(_Part):
    """What holds for the whole ledger, whichever letters are drawn from it."""

    base_currency: Annotated[str, Field(pattern="^([A-Z]{3}|auto)$")]
    residual_tolerance: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
    unapplied_cash: Literal["oldest_first", "ignore"]
    dispute_grace_days: Days
    fx_max_age_days: Days
    due_date_roll: Literal["none", "next_monday"]
    look_back_months: Months
    early_payment: EarlyPayment


class Veto(_Part):
    """When a D by days stands: either condition is enough."""

    min_items: Annotated[int, Field(ge=1)]
    min_share: Share


class OverdueLetter(_Part):
    """Days past due → letter (R4-G2)."""

    basis: Literal["worst", "p90"]
    look_back_months: Months
    a_up_to_days: Days
    b_below_days: Days
    c_below_days: Days
    veto: Veto

    @model_validator(mode="after")
    def _in_order(self) -> "OverdueLetter":
        if not self.a_up_to_days < self.b_below_days < self.c_below_days:
            raise ValueError("a_up_to_days, b_below_days and c_below_days must grow")
        return self


class CollectionLetter(_Part):
    """Net collection rate → letter (R4-G1)."""

    basis: Literal["cash", "literal"]
    look_back_months: Months
    maturity_days: Days
    a_from_share: Share
    b_from_share: Share
    c_from_share: Share

    @model_validator(mode="after")
    def _in_order(self) -> "CollectionLetter":
        if not self.a_from_share > self.b_from_share > self.c_from_share:
            raise ValueError("a_from_share, b_from_share and c_from_share must fall")
        return self


class CompetitorLetter(_Part):
    """Competitors' share → letter (R4-G3)."""

    mode: Literal["veto", "no_veto", "off"]
    a_up_to_share: Share
    b_below_share: Share
    c_up_to_share: Share

    @model_validator(mode="after")
    def _in_order(self) -> "CompetitorLetter":
        if not self.a_up_to_share < self.b_below_share <= self.c_up_to_share:
            raise ValueError("a_up_to_share, b_below_share and c_up_to_share must grow")
        return self


class Combination(_Part):
    """What AAC, ABC and ACC become (Q1)."""

    extension: Literal["worst_c", "points"]


class Exposure(_Part):
    """Customers who owe more than this are asked about more often."""

    above: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
    max_age_days: Annotated[int, Field(ge=1, le=3650)]


class Inquiry(_Part):
    """When a provider that charges by the call is asked about a customer again, and how many calls
    of one night that may take. `max_age_days`: by last night's grade, NR for whoever has none."""

    budget_calls: Annotated[int, Field(ge=0, le=1_000_000)]
    max_age_days: dict[Literal["A", "B", "C", "D", "NR"], Annotated[int, Field(ge=1, le=3650)]]
    large_exposure: Exposure

    @model_validator(mode="after")
    def _every_grade(self) -> "Inquiry":
        if missing := sorted({"A", "B", "C", "D", "NR"} - set(self.max_age_days)):
            raise ValueError(
                f"max_age_days says nothing about {missing[0]}; all of A B C D NR are needed"
            )
        return self


class Matching(_Part):
    """Whom an outside record counts for (issue I30). Between the two a person looks."""

    accept_from: Share
    review_from: Share
    ignored_words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Matching":
        if not Decimal(0) < self.review_from <= self.accept_from:
            raise ValueError("review_from must be above 0 and not above accept_from")
        return self


class Title(_Part):
    """The policy's name for people."""

    zh: str
    en: str


class Policy(_Part):
    """One policy file."""

    policy_id: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,40}$")]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    title: Title
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    book: Book
    overdue_letter: OverdueLetter
    collection_letter: CollectionLetter
    competitor_letter: CompetitorLetter
    combination: Combination
    final_from: Literal["hard", "worse_of"]
    matching: Matching
    inquiries: Annotated[dict[str, Inquiry], Field(min_length=1)]

    @model_validator(mode="after")
    def _default_inquiry(self) -> "Policy":
        if "default" not in self.inquiries:
            raise ValueError("inquiries needs a default, for needs it does not name")
        return self

    def inquiry(self, need: str) -> Inquiry:
        """The rule for a need such as `litigation`; the default for one it does not name."""
        return self.inquiries.get(need) or self.inquiries["default"]


@dataclass(frozen=True)
class Policies:
    """The policy the book is run under, and the others shown beside it."""

    active: Policy
    others: tuple[Policy, ...]

    @cached_property
    def all(self) -> tuple[Policy, ...]:
        """Every policy, by id."""
        return tuple(sorted((self.active, *self.others), key=lambda policy: policy.policy_id))

    @cached_property
    def sha256(self) -> str:
        """Names exactly these rules."""
        text = "\n".join([self.active.policy_id, *(p.model_dump_json() for p in self.all)])
        return hashlib.sha256(text.encode()).hexdigest()

    def tables(self, as_of: date) -> dict[str, tuple[dict[str, str], list[dict[str, Any]]]]:
        """`policy.book` (one row) and `policy.rule` (one row a policy): types and rows.

        Windows are (start, as_of]: the start is worked out here, once, because months before a day
        are the one date sum engines disagree on.
        """
        return {
            "policy.book": (BOOK_TYPES, [_book_row(self.active, as_of)]),
            "policy.rule": (
                RULE_TYPES,
                [_rule_row(p, as_of, is_active=p is self.active) for p in self.all],
            ),
        }


BOOK_TYPES = {
    "policy_id": "VARCHAR",
    "base_currency": "VARCHAR",
    "residual_tolerance": "DECIMAL(18,2)",
    "unapplied_cash": "VARCHAR",
    "dispute_grace_days": "INTEGER",
    "fx_max_age_days": "INTEGER",
    "due_date_roll": "VARCHAR",
    "window_months": "INTEGER",
    "window_start": "DATE",
    "half_year_start": "DATE",
    "quarter_start": "DATE",
    "early_min_items": "INTEGER",
    "early_min_share": "DECIMAL(9,6)",
    "early_min_median_days": "INTEGER",
}

RULE_TYPES = {
    "policy_id": "VARCHAR",
    "policy_version": "VARCHAR",
    "is_active": "BOOLEAN",
    "overdue_basis": "VARCHAR",
    "overdue_months": "INTEGER",
    "overdue_from": "DATE",
    "overdue_a_max": "INTEGER",
    "overdue_b_below": "INTEGER",
    "overdue_c_below": "INTEGER",
    "overdue_veto_min_items": "INTEGER",
    "overdue_veto_min_share": "DECIMAL(9,6)",
    "collection_basis": "VARCHAR",
    "collection_from": "DATE",
    "collection_until": "DATE",
    "collection_a_min": "DECIMAL(9,6)",
    "collection_b_min": "DECIMAL(9,6)",
    "collection_c_min": "DECIMAL(9,6)",
    "competitor_mode": "VARCHAR",
    "competitor_a_max": "DECIMAL(9,6)",
    "competitor_b_below": "DECIMAL(9,6)",
    "competitor_c_max": "DECIMAL(9,6)",
    "combo_extension": "VARCHAR",
}


def _book_row(policy: Policy, as_of: date) -> dict[str, Any]:
    book = policy.book
    return {
        "policy_id": policy.policy_id,
        "base_currency": None if book.base_currency == "auto" else book.base_currency,
        "residual_tolerance": book.residual_tolerance,
        "unapplied_cash": book.unapplied_cash,
        "dispute_grace_days": book.dispute_grace_days,
        "fx_max_age_days": book.fx_max_age_days,
        "due_date_roll": book.due_date_roll,
        "window_months": book.look_back_months,
        "window_start": months_before(as_of, book.look_back_months),
        "half_year_start": months_before(as_of, 6),
        "quarter_start": months_before(as_of, 3),
        "early_min_items": book.early_payment.min_items,
        "early_min_share": book.early_payment.min_share,
        "early_min_median_days": book.early_payment.min_median_days,
    }


def _rule_row(policy: Policy, as_of: date, *, is_active: bool) -> dict[str, Any]:
    overdue, collection = policy.overdue_letter, policy.collection_letter
    competitor = policy.competitor_letter
    return {
        "policy_id": policy.policy_id,
        "policy_version": policy.version,
        "is_active": is_active,
        "overdue_basis": overdue.basis,
        "overdue_months": overdue.look_back_months,
        "overdue_from": months_before(as_of, overdue.look_back_months),
        "overdue_a_max": overdue.a_up_to_days,
        "overdue_b_below": overdue.b_below_days,
        "overdue_c_below": overdue.c_below_days,
        "overdue_veto_min_items": overdue.veto.min_items,
        "overdue_veto_min_share": overdue.veto.min_share,
        "collection_basis": collection.basis,
        "collection_from": months_before(as_of, collection.look_back_months),
        "collection_until": as_of - timedelta(days=collection.maturity_days),
        "collection_a_min": collection.a_from_share,
        "collection_b_min": collection.b_from_share,
        "collection_c_min": collection.c_from_share,
        "competitor_mode": competitor.mode,
        "competitor_a_max": competitor.a_up_to_share,
        "competitor_b_below": competitor.b_below_share,
        "competitor_c_max": competitor.c_up_to_share,
        "combo_extension": policy.combination.extension,
    }


def read_policy(path: Path) -> Policy:
    """One policy file, validated; ZixinError names file, line, field and what is allowed."""
    marked = read_marked_yaml(path)
    try:
        return Policy.model_validate(marked.data)
    except ValidationError as error:
        raise ZixinError(sentence(marked, error, Policy)) from None


def find_policy(name: str, beside: Path) -> Path:
    """A shipped policy by name, or a file: as given, or relative to the folder `beside`."""
    shipped = POLICY_FOLDER / f"{name}.yaml"
    for candidate in (shipped, beside / name, Path(name)):
        if candidate.is_file():
            return candidate
    known = ", ".join(path.stem for path in sorted(POLICY_FOLDER.glob("*.yaml")))
    raise ZixinError(f"policy {name!r} is neither a file nor a shipped policy ({known})")


def load_policies(name: str, *, beside: Path, base_currency: str | None = None) -> Policies:
    """The active policy and the shipped ones it is compared with."""
    path = find_policy(name, beside)
    active = read_policy(path)
    if base_currency:
        book = active.book.model_copy(update={"base_currency": base_currency})
        active = active.model_copy(update={"book": book})
    others = tuple(
        policy
        for policy in map(read_policy, sorted(POLICY_FOLDER.glob("*.yaml")))
        if policy.policy_id != active.policy_id
    )
    return Policies(active, others)
