"""What the whole book is measured by: concentration, provisions, expected loss, outcomes, the watch list
(C9, C11, C13; R0-06, R4-10, R4-60, R4-62, R4-108)."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from etl.policy.parts import Days, Grade, Months, Name, Part, Share, Title, Version, every_grade

Bucket = Literal["current", "1-30", "31-60", "61-90", "90+", "no_due_date"]
BUCKETS: tuple[Bucket, ...] = ("current", "1-30", "31-60", "61-90", "90+", "no_due_date")
"""The buckets of `indicator.aging`, in order of age."""

Factor = Annotated[Decimal, Field(ge=0, le=10, decimal_places=6)]
Index = Annotated[Decimal, Field(ge=0, le=10000, decimal_places=4)]


class Concentration(Part):
    """When too much rests on too few (C9, EW13)."""

    single_from_share: Share
    top_five_from_share: Share
    hhi_middle_from: Index
    hhi_high_from: Index

    @model_validator(mode="after")
    def _ordered(self) -> "Concentration":
        if not self.hhi_middle_from < self.hhi_high_from:
            raise ValueError("hhi_middle_from must be below hhi_high_from")
        return self


class Provision(Part):
    """The provision matrix of IFRS 9, simplified approach, and of CAS 22 (C11)."""

    method: Literal["policy_rate", "flow_rate", "sale_cohort"]
    rates: dict[Bucket, Share]
    forward_looking_factor: Factor
    own_loss_given_default: Share
    """What is lost of money that the book's own history saw pass 90 days."""

    @field_validator("rates")
    @classmethod
    def _every_bucket(cls, rates: dict[Bucket, Decimal]) -> dict[Bucket, Decimal]:
        if missing := [bucket for bucket in BUCKETS if bucket not in rates]:
            raise ValueError(
                f"rates says nothing about {missing[0]}; {', '.join(BUCKETS)} are needed"
            )
        return rates


class ExpectedLoss(Part):
    """PD x LGD x EAD (C11)."""

    default_rates: dict[Grade, Share]
    loss_given_default: Share

    @field_validator("default_rates")
    @classmethod
    def _every_grade(cls, rates: dict[Grade, Decimal]) -> dict[Grade, Decimal]:
        every_grade(dict(rates), "default_rates")
        return rates


class Outcome(Part):
    """When a grade given earlier turned out bad, and how many it takes to say anything (C13)."""

    months: Months
    bad_from_days: Annotated[int, Field(ge=1, le=3650)]
    min_bads: Annotated[int, Field(ge=1, le=1000)]
    confidence: Annotated[Decimal, Field(ge=Decimal("0.5"), lt=1, decimal_places=6)]
    """Of the upper bound of a default rate, where few or none went bad."""

    not_rated: Literal["drop", "keep"]
    """Whether a move to NR counts among a grade's moves (C12)."""


class WatchList(Part):
    """Who is watched (R4-60)."""

    grades: tuple[Grade, ...]
    overdue_from_days: Days
    doubtful_from_days: Days
    """From here on an open item is in no cash forecast's total (R4-62)."""


class Portfolio(Part):
    """One portfolio file."""

    portfolio_id: Name
    version: Version
    title: Title
    concentration: Concentration
    provision: Provision
    expected_loss: ExpectedLoss
    outcome: Outcome
    watch_list: WatchList
