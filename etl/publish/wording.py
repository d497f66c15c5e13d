"""The page's words, numbers and units on a terminal."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from etl.publish.assets import indicators, words

UNKNOWN = "—"
ROWS = 15
"""Rows of a list that a terminal shows."""
Document = Mapping[str, Any]


class Words:
    """The page's words in one language: `zh` or `en`."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._place = 0 if lang == "zh" else 1
        self._words = words()
        self._indicators = indicators()

    def __call__(self, key: str, **values: object) -> str:
        text = self._words[key][self._place] if key in self._words else key
        return text.format(**values) if values else text

    def knows(self, key: str) -> bool:
        """True when there are words for `key`."""
        return key in self._words

    def code(self, prefix: str, value: str | None) -> str:
        """A code from the data: its words when there are any, else the code itself."""
        if not value:
            return UNKNOWN
        key = f"{prefix}.{value}"
        return self(key) if key in self._words else value

    def indicator(self, name: str) -> str:
        """An indicator's name from the catalogue."""
        known = self._indicators.get(name)
        return known["name"][self._place] if known else name

    def days(self, value: str) -> str:
        """A number of days."""
        one = value in ("1", "-1")
        return f"{value} {self('unit.day' if one else 'unit.days')}"


def plain(value: Decimal) -> str:
    """A number with thousands separators and no trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: str | None, currency: str | None = "") -> str:
    """A decimal string with thousands separators and its currency."""
    return UNKNOWN if value is None else f"{Decimal(value):,f} {currency or ''}".rstrip()


def measure(
    say: Words, value: object, unit: str | None, currency: str | None = "", *, exact: bool = False
) -> str:
    """A value in its unit; two decimals unless `exact`."""
    if value is None:
        return UNKNOWN
    if unit == "flag":
        return say("yes") if value in (True, "true") else say("no")
    if unit == "money":
        return money(str(value), currency)
    number = Decimal(str(value)) * (100 if unit == "share" else 1)
    text = plain(number if exact else number.quantize(Decimal("0.01"), ROUND_HALF_UP))
    if unit in ("share", "percent"):
        return f"{text}%"
    if unit == "days":
        return say.days(text)
    return f"{text} {say(f'unit.{unit}')}" if say.knows(f"unit.{unit}") else text
