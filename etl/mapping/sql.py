"""The one place where text of a user's becomes part of SQL.

Columns of a file are never called by their own names in SQL (they are `c0`, `c1`, …), so values are
all that has to be quoted.
"""

from collections.abc import Iterable

from etl.errors import BadInput


def literal(text: str) -> str:
    """`text` as an SQL string."""
    if "\x00" in text:
        raise BadInput("The mapping has a NUL character in it; remove it.")
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """`texts` as a list for IN."""
    return "(" + ", ".join(literal(text) for text in texts) + ")"


def shown(expression: str) -> str:
    """A value inside a sentence: quoted, on one line, and not longer than a sentence bears."""
    visible = rf"regexp_replace({expression}, '[\x00-\x1F\x7F]', '?', 'g')"
    return f"""'"' || LEFT({visible}, 60) || '"'"""


def sentence(*parts: str) -> str:
    """SQL text from parts that are SQL already."""
    return " || ".join(parts)
