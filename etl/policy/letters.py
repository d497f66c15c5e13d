"""The rules of the ledger and of the three letters, whose records count, and who is asked about."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from etl.entities.contract import iso_currency
from etl.policy.parts import Days, Grade, Months, Part, Share, every_grade


class EarlyPayment(Part):
    """When early payment is systematic (Q28)."""

    min_items: Days
    min_share: Share
    min_median_days: Days


class CustomerValue(Part):
    """What a customer will be worth: yearly margin, discounted over some years (C16, CLV)."""

    discount: Share
    years: Annotated[int, Field(ge=1, le=20)]


class RatingPrior(Part):
    """The reviews a mean rating starts from, so that three good ones are not the best (R4-01)."""

    reviews: Annotated[int, Field(ge=0, le=10_000)]
    mean: Annotated[Decimal, Field(ge=1, le=5, decimal_places=6)]


class Book(Part):
    """What holds for the whole ledger, whichever letters are drawn from it."""

    base_currency: Annotated[str, Field(pattern="^([A-Z]{3}|auto)$"), AfterValidator(iso_currency)]
    residual_tolerance: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
    unapplied_cash: Literal["oldest_first", "ignore"]
    dispute_grace_days: Days
    fx_max_age_days: Days
    due_date_roll: Literal["none", "next_monday"]
    look_back_months: Months
    early_payment: EarlyPayment
    customer_value: CustomerValue
    rating_prior: RatingPrior


class Veto(Part):
    """When a D by days stands: either condition is enough."""

    min_items: Annotated[int, Field(ge=1)]
    min_share: Share


class OverdueLetter(Part):
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


class CollectionLetter(Part):
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


class CompetitorLetter(Part):
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


class Combination(Part):
    """What AAC, ABC and ACC become (Q1)."""

    extension: Literal["worst_c", "points"]


class Exposure(Part):
    """Customers who owe more than this are asked about more often."""

    above: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
    max_age_days: Annotated[int, Field(ge=1, le=3650)]


class Inquiry(Part):
    """When a provider that charges by the call is asked about a customer again, and how many calls
    of one night that may take. `max_age_days`: by last night's grade, NR for whoever has none."""

    budget_calls: Annotated[int, Field(ge=0, le=1_000_000)]
    max_age_days: dict[Grade, Annotated[int, Field(ge=1, le=3650)]]
    large_exposure: Exposure

    @model_validator(mode="after")
    def _every_grade(self) -> "Inquiry":
        every_grade(dict(self.max_age_days), "max_age_days")
        return self


class Matching(Part):
    """Whom an outside record counts for (issue I30). Between the two a person looks."""

    accept_from: Share
    review_from: Share
    ignored_words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Matching":
        if not Decimal(0) < self.review_from <= self.accept_from:
            raise ValueError("review_from must be above 0 and not above accept_from")
        return self
