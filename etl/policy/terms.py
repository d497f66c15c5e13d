"""Limits, terms, warning lines, the order gate and dunning (C10, Q26, R3-20..R3-23, R4-42, R4-61)."""

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from etl.policy.parts import (
    GRADES,
    Days,
    Grade,
    Money,
    Name,
    Part,
    Points,
    Share,
    Title,
    Version,
    every_grade,
)
from etl.sources.problems import Misplaced

Factor = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4)]
ShortShare = Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]
Step = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=2)]
Method = Literal[
    "net_worth", "working_capital", "requirement", "trade_reference", "own_sales", "practice",
    "agency",
]  # fmt: skip
METHODS: tuple[Method, ...] = (
    "net_worth", "working_capital", "requirement", "trade_reference", "own_sales", "practice",
    "agency",
)  # fmt: skip
"""What a combination may be made of; average, prudent and insured are published beside them."""

PRACTICE_CLASSES = ("AAA", "AA", "A", "B", "C")


class Practice(Part):
    """月均销售额 × 信用期限(月) × 风险修正系数: the five classes of the Chinese rule (C10)."""

    months: Annotated[Decimal, Field(gt=0, le=24, decimal_places=4)]
    factors: dict[Literal["AAA", "AA", "A", "B", "C"], Factor]
    classes: dict[Literal["AAA", "A", "B", "C", "D", "NR"], Literal["AAA", "AA", "A", "B", "C"]]
    """Our final grade → its class; AAA is a final grade A made of three letters A."""

    @model_validator(mode="after")
    def _all(self) -> "Practice":
        for name in PRACTICE_CLASSES:
            if name not in self.factors:
                raise ValueError(f"factors says nothing about {name}")
        for grade in ("AAA", *GRADES):
            if grade not in self.classes:
                raise ValueError(f"classes says nothing about {grade}")
        return self


class Insured(Part):
    """A + B × C: A the limit without cover, B the insured amount, C the part of it that counts."""

    mode: Literal["off", "limit", "exposure"]
    """off: shown only; limit: adds to the limit; exposure: A + B × C − B, where the exposure is
    taken net of what is insured."""
    counted_share: ShortShare


class SeasonalCap(Part):
    """No limit above so many months of last year's average sales, more in season, less outside."""

    months: Annotated[Decimal, Field(gt=0, le=24, decimal_places=4)]
    swing: Share
    high_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    low_months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> "SeasonalCap":
        if both := sorted(set(self.high_months) & set(self.low_months)):
            raise ValueError(f"month {both[0]} is both a high and a low month")
        return self

    def months_in(self, month: int) -> Decimal:
        """Months of sales allowed in a calendar month."""
        if month in self.high_months:
            return self.months * (1 + self.swing)
        if month in self.low_months:
            return self.months * (1 - self.swing)
        return self.months


class Limit(Part):
    """How the recommended limit is found (C10, R3-20)."""

    combine: Literal["min", "average"]
    methods: Annotated[tuple[Method, ...], Field(min_length=1)]
    use_grade_factor: bool
    """False where the method has a risk factor of its own, as the Chinese practice has."""

    net_worth_share: ShortShare
    working_capital_share: ShortShare
    own_sales_share: ShortShare
    buffer_days: Days
    practice: Practice
    insurance: Insured
    agency_is_cap: bool
    own_sales_is_cap: bool
    seasonal_cap: SeasonalCap | None = None
    max_amount: Money | None = None
    starter_amount: Money | Literal["none_set"]
    """Where no method has its inputs, and for who is admitted on conditions."""
    rounding_step: Step
    in_force: Literal["recommended", "approved"]
    """Where nobody approved a limit: the recommended one holds, or none is set."""
    suspend: tuple[Literal["dormant", "rejected"], ...] = ("dormant", "rejected")

    @field_validator("methods")
    @classmethod
    def _once(cls, methods: tuple[Method, ...]) -> tuple[Method, ...]:
        if len(set(methods)) < len(methods):
            raise ValueError("a method stands twice")
        return methods


class GradeTerms(Part):
    """What a final grade is sold on (R3-12, R3-21, R3-50, R4-42, R4-61, R4-65, R4-101)."""

    factor: Annotated[Decimal, Field(ge=0, le=10, decimal_places=4)]
    terms_days: Annotated[int, Field(ge=0, le=720)]
    prepay_share: Share
    deposit_share: Share
    guarantee_required: bool
    price_adjustment: Annotated[
        Decimal, Field(ge=Decimal("-0.5"), le=Decimal("0.5"), decimal_places=6)
    ]
    review_days: Annotated[int, Field(ge=1, le=3650)]


class Exposure(Part):
    """Which documents count against a limit (I7)."""

    receivables: bool
    open_orders: Literal["whole", "undelivered", "none"]
    delivered_orders: bool
    unapplied_cash: Literal["deduct", "ignore"]
    unapplied_credit: Literal["deduct", "ignore"]
    disputed: Literal["count", "ignore"]
    guarantees: Literal["deduct", "ignore"]


class Group(Part):
    """Customers of one ultimate parent (A0.1, Words: group)."""

    control_above_share: Share
    """A parent with no more than this is none; one whose share nobody states is one."""
    max_amount: Money | None = None


class WarningLine(Part):
    """The line: utilisation, oldest overdue, score; the worst of them is the state (Q26, R3-22)."""

    amber_share: Share
    red_share: Annotated[Decimal, Field(gt=0, le=10, decimal_places=6)]
    amber_days: Annotated[int, Field(ge=1, le=3650)]
    red_days: Annotated[int, Field(ge=1, le=3650)]
    min_overdue: Money
    """Overdue amounts up to this are no reason for a state, in the base currency (I2, I3)."""
    score_margin: Points | Literal["off"]
    """Points above the cut-off of C from which the score is amber; off: the score draws no line."""

    @model_validator(mode="after")
    def _grow(self) -> "WarningLine":
        if not self.amber_share < self.red_share:
            raise ValueError("amber_share must be below red_share")
        if not self.amber_days < self.red_days:
            raise ValueError("amber_days must be below red_days")
        return self


class Gate(Part):
    """When new orders are taken (I1): on credit, against prepayment, or not at all."""

    none_set: Literal["allow", "allow_prepaid", "hold"]
    """Where no limit is set and the terms ask for no full prepayment."""
    over_limit: Literal["hold", "allow_prepaid"]
    """Where the customer's limit or its group's is exceeded."""
    prepaid_from_days: Annotated[int, Field(ge=1, le=3650)]
    hold_from_days: Annotated[int, Field(ge=1, le=3650)]

    @model_validator(mode="after")
    def _grow(self) -> "Gate":
        if not self.prepaid_from_days <= self.hold_from_days:
            raise ValueError("hold_from_days must not be below prepaid_from_days")
        return self


class DunningStage(Part):
    """One step of asking for money, from so many days past due (R3-71)."""

    stage: Name
    title: Title
    from_days: Annotated[int, Field(ge=1, le=3650)]
    again_after_days: Annotated[int, Field(ge=1, le=3650)]
    """The step is due again when the last one of its level is this old."""


class Dunning(Part):
    """The steps, in order."""

    stages: Annotated[tuple[DunningStage, ...], Field(min_length=1, max_length=9)]
    promise_waits: bool
    """While the day of a promise has not passed, its amount is not asked for again."""

    @model_validator(mode="after")
    def _in_order(self) -> "Dunning":
        days = [stage.from_days for stage in self.stages]
        if days != sorted(set(days)):
            raise ValueError("from_days must grow from stage to stage")
        if len({stage.stage for stage in self.stages}) < len(self.stages):
            raise ValueError("a stage stands twice")
        return self


class Care(Part):
    """When sales is asked to look after a customer (R0-22, R0-41)."""

    order_drop_share: Share
    """Orders of the last three months below the same of last year by this much."""
    negative_share: Share
    """Of its answers, those that were bad."""


class Terms(Part):
    """One terms file."""

    terms_id: Name
    version: Version
    title: Title
    limit: Limit
    grades: dict[Grade, GradeTerms]
    admitted_as: Literal["A", "B", "C"]
    """The grade whose terms somebody without a history gets when admission passes in full."""
    exposure: Exposure
    group: Group
    warning: WarningLine
    gate: Gate
    dunning: Dunning
    care: Care

    @field_validator("grades")
    @classmethod
    def _all(cls, grades: dict[Grade, GradeTerms]) -> dict[Grade, GradeTerms]:
        every_grade(dict(grades), "grades")
        return grades

    @model_validator(mode="after")
    def _no_better_for_worse(self) -> "Terms":
        # NR, the last of GRADES, is no worse than D.
        for better, name in pairwise(GRADES[:-1]):
            above, below = self.grades[better], self.grades[name]
            if above.factor < below.factor or above.terms_days < below.terms_days:
                text = f"a worse grade has a higher factor or longer terms than {better}"
                raise Misplaced(text, "grades", name)
            if above.prepay_share > below.prepay_share:
                raise Misplaced(f"a worse grade prepays less than {better}", "grades", name)
        return self
