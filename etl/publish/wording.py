"""The page's words, numbers and units on a terminal."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from etl.publish.assets import indicators, words
from etl.publish.rule_words import refusals

UNKNOWN = "—"
ROWS = 15
"""Rows of a list that a terminal shows."""
CENT = Decimal("0.01")
FIELD = re.compile(r'[a-z][A-Za-z0-9_]*(?: "[^"]*")?(?= )')
"""The field a sentence begins with, and what stood in it."""
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
        return money(str(Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)), currency)
    number = Decimal(str(value)) * (100 if unit == "share" else 1)
    places = Decimal("0.000001") if unit == "rate" else CENT
    text = plain(number if exact else number.quantize(places, ROUND_HALF_UP))
    if unit in ("share", "percent"):
        return f"{text}%"
    if unit == "days":
        return say.days(text)
    one = unit.removesuffix("s") if unit and text in ("1", "-1") else unit
    return f"{text} {say(f'unit.{one}')}" if say.knows(f"unit.{one}") else text


def refusal_says(say: Words, row: Document) -> str:
    """Why a row was refused, as the pages say it (Zixin.refusal): in Chinese the meaning, with the field and
    what stood in it; where there are no words, the rule's own sentence."""
    said = str(row["reason"] or UNKNOWN)
    key = f"refused.{row['rule']}"
    if say.lang != "zh":
        return said
    known = say(key) if say.knows(key) else refusals().get(key, [""])[0]
    if not known:
        return said
    field = FIELD.match(said)
    return f"{known}：{field[0]}" if field and not known.endswith("。") else known


def alert_says(say: Words, alert: Document) -> str:
    """What an alert found, in its units, and what it is compared with (publish/sql/alert.sql)."""
    kind, currency = alert["measure"], alert["currency"]

    def part(name: str, value: str, key: str, unit: str) -> str | None:
        words = f"alert_{name}.{kind}"
        if alert[key] is None or not say.knows(words):
            return None
        return say(words, **{value: measure(say, alert[key], alert[unit], currency)})

    named = None
    if alert["value_text"] and alert["value_text"] != kind:
        both = (alert["previous_text"], alert["value_text"])
        named = " → ".join(say.code("alert_value", one) for one in both if one)
    parts = (
        named,
        part("now", "value", "value", "unit"),
        part("before", "previous", "previous_value", "previous_unit"),
        part("line", "threshold", "threshold", "threshold_unit"),
    )
    return " · ".join(one for one in parts if one) or UNKNOWN
