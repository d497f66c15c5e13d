"""What becomes of one row: where each field comes from, and which records the row makes."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator
from pydantic import Field as Key

from etl.sources.conditions import When
from etl.sources.formats import DateFormats, Number
from etl.sources.strict import Strict, Texts, one_or_many

PAGE = "@page"
"""`each: "@page"`: one record a page, not one a row of it."""


class FieldMapping(Strict):
    """Where one field comes from and what is done to its text, in the order the keys stand here."""

    column: str | None = None
    columns: Texts | None = None
    first_of: Texts | None = None
    value: str | None = None
    separator: str = ""
    null_values: Texts | None = None
    remove_prefix: str | None = None
    remove_suffix: str | None = None
    pattern: str | None = None
    strip_zeros: bool = False
    zero_pad: int | None = Key(default=None, ge=1, le=64)
    values: dict[str, str] | None = None
    prefix: str = ""
    suffix: str = ""
    default: str | None = None
    format: DateFormats | None = None
    number: Number | None = None
    multiply: Decimal | None = Key(default=None, max_digits=12, decimal_places=6)
    sign: Literal["keep", "negate", "absolute"] = "keep"

    @model_validator(mode="before")
    @classmethod
    def _a_word_is_a_column(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise ValueError("a field is a column name or a map; to join columns say {columns: …}")
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> "FieldMapping":
        origins = [self.column, self.columns, self.first_of, self.value]
        if sum(origin is not None for origin in origins) != 1:
            raise ValueError("a field needs exactly one of column, columns, first_of, value")
        if self.pattern is not None:
            try:
                groups = re.compile(self.pattern).groups
            except re.error as error:
                raise ValueError(f"pattern is not a regular expression: {error}") from None
            if groups != 1:
                raise ValueError("pattern needs exactly one group in brackets: what to keep")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        if self.column is not None:
            return (self.column,)
        return self.columns or self.first_of or ()


class RecordMapping(Strict):
    """How one row of the file becomes one record, and which rows do.

    `each`: a list inside the row (of a JSON page), one record an element; `@page`: one a page.
    `whole_per`: an answer about a customer is all there is about it, so that what a later answer no
    longer holds is gone; the columns that say about whom, customer_id first.
    """

    fields: dict[str, FieldMapping]
    when: When | None = None
    is_deleted: When | None = None
    each: str | None = None
    whole_per: Texts = ()

    @model_validator(mode="before")
    @classmethod
    def _fields_beside_conditions(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValueError("a record is a map of field: column")
        if set(value) <= set(cls.model_fields) and isinstance(value.get("fields"), dict):
            return value  # as model_dump wrote it
        beside = ("when", "is_deleted", "each", "whole_per")
        apart = {key: value[key] for key in beside if key in value}
        return {"fields": {key: value[key] for key in value if key not in apart}, **apart}

    @property
    def sources(self) -> tuple[str, ...]:
        """Every column of the file that it reads, each once, in the order they are named."""
        checks = [
            check.column
            for condition in (self.when or (), self.is_deleted or ())
            for alternative in condition
            for check in alternative
        ]
        named = [column for field in self.fields.values() for column in field.sources]
        return tuple(dict.fromkeys([*named, *checks]))


Records = Annotated[tuple[RecordMapping, ...], BeforeValidator(one_or_many), Key(min_length=1)]
"""One row may be several records of a kind: two instalments, two payments."""
