"""What every part of a policy is made of."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from etl.clock import time_zones


def known_zone(name: str) -> str:
    """`name`, if it is a time zone."""
    if name not in time_zones():
        raise ValueError("must be an IANA time zone such as Asia/Shanghai")
    return name


Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]
Points = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)]
Days = Annotated[int, Field(ge=0, le=3650)]
Months = Annotated[int, Field(ge=1, le=120)]
Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,40}$")]
Version = Annotated[str, Field(min_length=1, max_length=40)]
Grade = Literal["A", "B", "C", "D", "NR"]
GRADES: tuple[Grade, ...] = ("A", "B", "C", "D", "NR")


class Part(BaseModel):
    """A part of a policy: no key but those it names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Part):
    """A name for people, in both languages."""

    zh: str
    en: str


def every_grade(given: dict[Grade, object], what: str) -> None:
    """ValueError when `given` says nothing about a grade."""
    if missing := [grade for grade in GRADES if grade not in given]:
        raise ValueError(f"{what} says nothing about {missing[0]}; all of A B C D NR are needed")
