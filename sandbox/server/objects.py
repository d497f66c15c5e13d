"""What a CRM stand-in serves: its objects and fields, and which column of the world is behind each.

Fields are written `wire_name=column`, one word each; what a column holds (day, money, look-up …)
follows from the world's own tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.world.tables import TABLES

REFERENCES = {
    "customer_id": "customer",
    "parent_id": "customer",
    "order_id": "sales_order",
    "invoice_id": "invoice",
    "contract_id": "contract",
    "payment_id": "payment",
    "return_id": "sales_return",
}
"""Column → the table whose row_id it holds."""

DISPLAY = {"customer": "customer_name"}
"""Table → the column that names a row of it; `number` where this says nothing."""


@dataclass(frozen=True)
class Field:
    """One field. `kind`: a type of sandbox.world.table.TYPES, or `lookup` (then `to` is a table).

    `is_own`: defined by the tenant, not by the maker of the CRM.
    """

    api: str
    column: str
    kind: str
    label: str
    to: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class Thing:
    """One object or module over one table of the world. `where` narrows the table."""

    api: str
    label: str
    table: str
    fields: tuple[Field, ...]
    where: str = ""
    is_own: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_api(self) -> dict[str, Field]:
        """Wire name → field."""
        return {found.api: found for found in self.fields}

    @property
    def display(self) -> str:
        """The column that names a row."""
        return DISPLAY.get(self.table, "number")


def made_field(api: str, column: str, table: str, label: str, *, is_own: bool) -> Field:
    """A field over a column of a table; KeyError when the table has no such column."""
    kind = dict(TABLES[table].all_columns)[column]
    to = REFERENCES.get(column, "")
    return Field(api, column, "lookup" if to else kind, label, to, is_own)


def pairs(text: str) -> list[tuple[str, str]]:
    """`a=b c=d` as pairs; a single word stands for itself."""
    return [
        (left, right or left) for left, _, right in (word.partition("=") for word in text.split())
    ]
