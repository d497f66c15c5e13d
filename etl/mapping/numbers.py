"""Numbers as people write them. What can be read in two ways is refused, never guessed."""

import re

from etl.mapping.sql import literal
from etl.sources.config import Number

UNDECLARED = Number()
_SYMBOL = "[$€£¥￥]"
_MINUS = "[-−]"
_GROUPING = {" ": "[ \u00a0\u202f\u2009]", "'": "['’]", ".": r"\.", ",": ","}


def _body(number: Number) -> str:
    """A regular expression for the digits of a number, without sign or currency symbol.

    Thousands come in threes, or as 12,34,567 in India. Where their sign is not declared, one group
    alone is not enough to know it by: "1,234" is not matched.
    """
    point = re.escape(number.decimal)
    decimals = rf"(?:{point}\d*)?"
    plain = rf"\d+{decimals}|{point}\d+"
    if number.thousands == "":
        return plain
    if number.thousands is None:
        group = _GROUPING["," if number.decimal == "." else "."]
        clear = rf"\d{{1,3}}(?:{group}\d{{3}})+{point}\d+|\d{{1,3}}(?:{group}\d{{3}}){{2,}}"
        return rf"{plain}|{clear}|{_lakh(group)}{decimals}"
    group = _GROUPING[number.thousands]
    return rf"{plain}|\d{{1,3}}(?:{group}\d{{3}})+{decimals}|{_lakh(group)}{decimals}"


def _lakh(group: str) -> str:
    return rf"\d{{1,2}}(?:{group}\d{{2}})+{group}\d{{3}}"


def pattern(number: Number | None) -> str:
    """A whole number text: sign before, behind (as SAP prints it) or as brackets; one symbol."""
    body = f"(?:{_body(number or UNDECLARED)})"
    core = rf"(?:{_SYMBOL} ?)?{body}(?: ?{_SYMBOL})?"
    return rf"[-−+]? ?{core}|{core}{_MINUS}|{_SYMBOL}{_MINUS}{body}|\({core}\)"


def plain_number(text: str, kind: str, number: Number | None) -> str:
    """SQL: the number in `text` as digits with `.` for decimals and `-` in front; NULL when it is
    none. A workbook's own number (`kind` is `n`) is plain already, whatever the feed declares."""
    point = (number or UNDECLARED).decimal
    digits = f"regexp_replace({text}, '[^0-9{point}]', '', 'g')"
    plain = digits if point == "." else f"replace({digits}, ',', '.')"
    return f"""(CASE
        WHEN {kind} = 'n' THEN {text}
        WHEN regexp_full_match({text}, {literal(pattern(number))})
            THEN (CASE WHEN regexp_matches({text}, '[-−(]') THEN '-' ELSE '' END) || {plain}
        END)"""


def is_ambiguous(text: str, number: Number | None) -> str:
    """SQL: true for one group of three behind an undeclared sign, such as "1,234"."""
    if number is not None and number.thousands is not None:
        return "FALSE"
    sign = r"\." if (number or UNDECLARED).decimal == "," else ","
    return rf"regexp_full_match({text}, '[-−+(]?\d{{1,3}}{sign}\d{{3}}[)−-]?')"


def described(number: Number | None) -> str:
    """How the feed's numbers are written, for a sentence."""
    if number is None:
        return 'with decimal "." (nothing is declared under number:)'
    thousands = f' and thousands "{number.thousands}"' if number.thousands else ""
    return f'with decimal "{number.decimal}"{thousands}'
