"""From the letters to the final grade, the admission and what a grade brings (A0.1, R1-70, R4-83)."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from etl.policy.parts import Grade, Months, Name, Part, Points, Share, Title, every_grade
from etl.policy.scorecard import Scorecard

LISTED_VETOES = ("dishonest", "bankruptcy", "revoked", "deregistered")
ListedVeto = Literal["dishonest", "bankruptcy", "revoked", "deregistered"]
Industry = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=20)
]
"""The beginning of an industry's code, written as `event.party_industry` writes codes."""


class FinalGrade(Part):
    """What the scorecard may do to the letters' grade: nothing, or lower it (precedence 2)."""

    source: Literal["hard", "worse_of"]
    min_coverage: Share
    max_notches: Annotated[int, Field(ge=1, le=3)]


class Experts(Part):
    """When a panel lowers a grade by one notch (precedence 3)."""

    min_votes: Annotated[int, Field(ge=1, le=100)]
    lowers_below: Annotated[Decimal, Field(ge=1, le=5, decimal_places=4)]
    max_age_months: Months


class Admission(Part):
    """Who may buy on account before there is a history of ours (R1-70, R1-71)."""

    min_score: Points
    min_coverage: Share


class ValueGrid(Part):
    """Value in three bands by cumulative gross margin, loyalty in two: six cells (Q20, R4-83)."""

    high_up_to_share: Share
    middle_up_to_share: Share
    loyal_from: Points
    strategies: dict[Literal["1", "2", "3", "4", "5", "6"], Title]

    @model_validator(mode="after")
    def _six(self) -> "ValueGrid":
        if not self.high_up_to_share < self.middle_up_to_share:
            raise ValueError("high_up_to_share must be below middle_up_to_share")
        if len(self.strategies) < 6:
            raise ValueError("strategies needs all of 1 to 6")
        return self


class Span(Part):
    """From one number, included, to another, not included; nothing said: no end."""

    start: Annotated[Decimal, Field(max_digits=18, decimal_places=2)] | None = Field(
        default=None, alias="from"
    )
    below: Annotated[Decimal, Field(max_digits=18, decimal_places=2)] | None = None

    @model_validator(mode="after")
    def _holds_somebody(self) -> "Span":
        if self.start is not None and self.below is not None and self.start >= self.below:
            raise ValueError("from must be less than below, or nobody is in the segment")
        return self


class Segment(Part):
    """Customers judged by their own standard (R3-10): by industry, size and history. The first
    segment that fits counts."""

    name: Name
    title: Title
    industries: tuple[Industry, ...] = ()
    purchases_12m: Span = Span()
    history_months: Span = Span()
    scorecard: Scorecard | None = None
    limit_factor: Annotated[Decimal, Field(ge=0, le=10, decimal_places=4)] = Decimal(1)


class Benefits(Part):
    """What a final grade is good for (R4-05)."""

    tiers: dict[Grade, Name]

    @field_validator("tiers")
    @classmethod
    def _all(cls, tiers: dict[Grade, str]) -> dict[Grade, str]:
        every_grade(dict(tiers), "tiers")
        return tiers
