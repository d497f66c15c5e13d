"""Numbers that name a company: brought to one writing and checked, with python-stdnum where it has a rule.

What python-stdnum does not say is said here (sources.md §7): a 统一社会信用代码 may have letters among its
first eight characters, and a LEI has 20 of them. A number that fails its check is a typing error and
says nothing for or against anybody; a number masked with `*` is none at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import lei as lei_number
from stdnum.cn import uscc as uscc_number
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as gb_vat

STRONG = ("uscc", "lei", "vat", "provider_id")
"""Schemes whose numbers cannot be somebody else's by a slip: a check digit, or a provider's own key."""

ONE_REGISTER = ("GB",)
"""Countries with one register and one way to write its number. Without a country, two numbers come from
one list of ours, which is as good."""

_NOT_ALNUM = re.compile(r"[^0-9A-Z]")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_FILLER = re.compile(r"(.)\1*")
WORLDWIDE = ("duns", "cik", "number")
_VAT_PREFIX = {"GR": "EL"}
SHORTEST = 4
"""A number of fewer characters is a serial, not an identifier."""


@dataclass(frozen=True)
class Identifier:
    """A number in the one writing in which it is compared. `scope` tells numbers of different
    authorities apart: a country, or a provider; empty where the scheme is one for the whole world."""

    scheme: str
    value: str
    scope: str = ""

    @property
    def key(self) -> str:
        """`scheme:scope:value`, equal for equal numbers."""
        return f"{self.scheme}:{self.scope}:{self.value}"

    @property
    def kind(self) -> str:
        """What two numbers must share to speak against each other; empty: they never do, because a
        company may have several, or because everybody writes them differently."""
        if self.scheme == "vat":
            return f"vat {self.value[:2]}"
        if self.scheme == "provider_id":
            return f"provider_id {self.scope}"
        if self.scheme == "registration_number":
            known = self.scope in ("", *ONE_REGISTER)
            return f"registration_number {self.scope}".strip() if known else ""
        return "" if self.scheme in ("tax_number", "number") else self.scheme

    @property
    def is_strong(self) -> bool:
        """Whether it may carry a link alone."""
        return self.scheme in STRONG


def identifiers(
    scheme: str, value: str | None, country: str | None = None, provider: str | None = None
) -> Iterator[Identifier]:
    """What the number `value` says, in the schemes it is a valid number of; nothing for one that is
    masked, mistyped or too short. `scheme` is one of etl/entities/party.py SCHEMES, or `number` when
    the source does not say which; `country` an ISO 3166 code."""
    text = (value or "").strip()
    if not text or "*" in text or "＊" in text:
        return
    if scheme == "provider_id":
        yield Identifier("provider_id", text, provider or "")
        return
    compact = _NOT_ALNUM.sub("", text.upper())
    if len(compact) < SHORTEST or _FILLER.fullmatch(compact):
        return
    if is_uscc(compact):
        yield Identifier("uscc", compact)
        yield Identifier("organisation_code", compact[8:17], "CN")
    elif is_lei(compact):
        yield Identifier("lei", compact)
    elif scheme in ("vat", "tax_number", "number") and (found := _vat(compact, country)):
        yield Identifier("vat", found)
    elif scheme not in ("uscc", "lei") and not (scheme == "vat" and _is_european(compact, country)):
        # Registers drop leading zeros as soon as a spreadsheet has seen them.
        bare = compact.lstrip("0") if compact.isdigit() else compact
        if len(bare) >= SHORTEST:
            # Outside Europe a VAT number is whatever that country's tax number is.
            local = "tax_number" if scheme == "vat" else scheme
            yield Identifier(local, bare, "" if local in WORLDWIDE else country or "")


def is_uscc(compact: str) -> bool:
    """A 统一社会信用代码 with the right check digit (GB 32100-2015)."""
    return bool(
        _USCC.fullmatch(compact) and uscc_number.calc_check_digit(compact[:-1]) == compact[-1]
    )


def is_lei(compact: str) -> bool:
    """A legal entity identifier with the right check digits (ISO 17442)."""
    if not _LEI.fullmatch(compact):
        return False
    try:
        lei_number.validate(compact)
    except ValidationError:
        return False
    return True


def _vat(compact: str, country: str | None) -> str | None:
    """A European VAT number with its country in front; None when no country has such a number."""
    prefix = _VAT_PREFIX.get(country or "", country or "")
    for candidate in (compact, f"{prefix}{compact}") if prefix else (compact,):
        if candidate[:2] == "GB":
            if gb_vat.is_valid(candidate[2:]):
                return candidate
            continue
        try:
            return str(eu_vat.validate(candidate))
        except ValidationError:
            continue
    return None


def _is_european(compact: str, country: str | None) -> bool:
    """Whether a country whose VAT numbers can be checked gave it, so that a wrong one is an error."""
    places = {compact[:2], country or ""}
    return any(place == "GB" or place.lower() in eu_vat.MEMBER_STATES for place in places)
