"""The part of SOQL that a query job of ours needs: one object, plain fields, conditions on values.

`SELECT f, … FROM Object [WHERE f op value [AND …]] [ORDER BY f [ASC|DESC], …] [LIMIT n]`
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

OPERATORS = ("<=", ">=", "!=", "=", "<", ">")
_SHAPE = re.compile(
    r"\s*SELECT\s+(?P<fields>.+?)\s+FROM\s+(?P<object>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?"
    r"(?:\s+ORDER\s+BY\s+(?P<order>.+?))?"
    r"(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"\s*(?P<field>[\w.]+)\s*(?P<operator><=|>=|!=|=|<|>)\s*(?P<value>.+?)\s*")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})")


class Malformed(Exception):
    """SOQL that cannot be read."""


@dataclass(frozen=True)
class Soql:
    """A query taken apart. `where`: (field, operator, value); `order`: (field, ASC or DESC)."""

    fields: tuple[str, ...]
    thing: str
    where: tuple[tuple[str, str, Any], ...]
    order: tuple[tuple[str, str], ...]
    limit: int | None


def parse(text: str) -> Soql:
    """The query's parts; Malformed when it is none of this shape."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise Malformed("unexpected token: the query is not SELECT … FROM …")
    fields = tuple(part.strip() for part in shape["fields"].split(","))
    if any(not re.fullmatch(r"\w+(\.\w+)?", name) for name in fields):
        raise Malformed(f"unexpected token in the field list: {shape['fields'][:60]}")
    where = ()
    if shape["where"]:
        where = tuple(
            _condition(part) for part in re.split(r"\s+AND\s+", shape["where"], flags=re.IGNORECASE)
        )
    order = []
    for part in (shape["order"] or "").split(","):
        words = part.split()
        if words and (len(words) > 2 or words[-1].upper() not in ("ASC", "DESC", words[0].upper())):
            raise Malformed(f"unexpected token in ORDER BY: {part.strip()}")
        if words:
            order.append((words[0], words[1].upper() if len(words) == 2 else "ASC"))
    return Soql(
        fields,
        shape["object"],
        where,
        tuple(order),
        int(shape["limit"]) if shape["limit"] else None,
    )


def _condition(text: str) -> tuple[str, str, Any]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise Malformed(f"unexpected token in WHERE: {text[:60]}")
    return found["field"], found["operator"], _literal(found["value"])


def _literal(text: str) -> Any:
    """A value as SOQL writes it: 'text', a moment, a day, a number, true, null."""
    if re.fullmatch(r"'(?:[^'\\]|\\.)*'", text):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC).replace(tzinfo=None)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return Decimal(text)
    words = {"true": True, "false": False, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    raise Malformed(f"unexpected token: {text[:60]}")
