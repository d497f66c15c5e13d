"""How a file writes things down: its encoding and header, dates, numbers."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic import Field as Key

from etl.sources.strict import Strict, one_or_many

DATE_WORDS = ("excel", "epoch_ms", "epoch_s")
_DIRECTIVE = re.compile(r"%(.)", re.DOTALL)
_DIRECTIVES = "YymdbBHIMSfpjaA%"


def _date_format(value: str) -> str:
    """A date format must say year, month and day, so that nothing is guessed."""
    if value in DATE_WORDS:
        return value
    used = set(_DIRECTIVE.findall(value))
    unknown = sorted(used - set(_DIRECTIVES))
    if unknown:
        raise ValueError(
            f"%{unknown[0]} is not understood in a date format; "
            "use %Y %y %m %d %b %B %H %I %M %S %f %p %j"
        )
    if not (used & set("Yy") and ("j" in used or ("d" in used and used & set("mbB")))):
        raise ValueError(
            f"{value!r} does not say year, month and day; write it like %d/%m/%Y, "
            "or `excel` for day numbers"
        )
    return value


DateFormats = Annotated[
    tuple[Annotated[str, AfterValidator(_date_format)], ...], BeforeValidator(one_or_many)
]


class Read(Strict):
    """How the file is written down; everything has a default that is found by looking."""

    encoding: str = "auto"
    delimiter: str = "auto"
    quote: Literal['"', "'", ""] = '"'
    sheet: str = "1"
    header_row: int = Key(default=1, ge=1, le=10_000)

    @model_validator(mode="after")
    def _known_encoding(self) -> "Read":
        if self.encoding != "auto":
            try:
                "".encode(self.encoding)
            except LookupError:
                raise ValueError(
                    f"no encoding is called {self.encoding!r}; say auto, utf-8, gb18030, cp1252, …"
                ) from None
        if self.delimiter not in ("auto", "tab") and len(self.delimiter) != 1:
            raise ValueError(f"a delimiter is auto, tab or one character, not {self.delimiter!r}")
        return self


class Number(Strict):
    """Which sign splits off the decimals, and which one groups thousands.

    Where nobody says how thousands are grouped, the other of the two signs is taken for it as long
    as the text can be read in one way only: "1,234.56" is clear, "1,234" is not.
    """

    decimal: Literal[".", ","] = "."
    thousands: Literal[".", ",", " ", "'", ""] | None = None

    @model_validator(mode="after")
    def _two_signs(self) -> "Number":
        if self.decimal == self.thousands:
            raise ValueError("decimal and thousands must be two different signs")
        return self
