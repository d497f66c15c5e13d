"""What a canonical record type is made of: typed columns, and the few words that describe one."""

from dataclasses import dataclass, replace

MONEY = "DECIMAL(18,2)"
RATE = "DECIMAL(18,8)"
SHARE = "DECIMAL(9,6)"
SCORE = "DECIMAL(18,6)"
QUANTITY = "DECIMAL(18,3)"
HOURS = "DECIMAL(9,2)"
KEY = "VARCHAR"
TEXT = "VARCHAR"
DATE = "DATE"
FLAG = "BOOLEAN"
COUNT = "INTEGER"

TERMS = ("0", "3650")
"""Days of credit that somebody may have meant: none to ten years."""

NOT_NEGATIVE = ("0", None)
FRACTION = ("0", "1")


@dataclass(frozen=True)
class Column:
    """One typed column; `allowed` lists the only values a text column may hold, `between` the
    least and the greatest a number may be (None: no greatest), `unit` what a number counts.
    `refers_to` names the entity whose key the column holds."""

    name: str
    type: str
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str | None = None
    above_zero: bool = False
    between: tuple[str, str | None] | None = None
    unit: str = ""
    refers_to: str | None = None


@dataclass(frozen=True)
class Entity:
    """A canonical record type. `event_date` is the day a historical import knew the row;
    an entity without one takes the day of the source row it came from. A column of the key that is
    not required may be empty: two rows without it are the same in it. `in_order`: pairs of dates of
    which the second cannot be the earlier."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    event_date: str | None = None
    amount: str | None = None
    one_version_per_batch: bool = True
    in_order: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when the entity has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


HISTORY_COLUMNS = (
    Column("known_on", DATE, "The day this version became known", required=True),
    Column("batch", TEXT, "The batch it came in", required=True),
    Column("seq", "BIGINT", "Its place inside the batch", required=True),
    Column("is_deleted", FLAG, "True when the source deleted the record", required=True),
)


def required(column: Column) -> Column:
    """The same column, which every row must fill."""
    return replace(column, required=True)


def identifier(name: str, meaning: str, refers_to: str | None = None) -> Column:
    """A number or code that must match to the letter."""
    return Column(name, KEY, meaning, refers_to=refers_to)


def text(name: str, meaning: str) -> Column:
    """Free text."""
    return Column(name, TEXT, meaning)


def choice(name: str, meaning: str, *allowed: str, default: str | None = None) -> Column:
    """One of a few words; with a `default`, every row has one."""
    return Column(name, TEXT, meaning, bool(default), allowed, default)


def day(name: str, meaning: str) -> Column:
    """A date without a time."""
    return Column(name, DATE, meaning)


def flag(name: str, meaning: str) -> Column:
    """Yes, no, or NULL: nobody said."""
    return Column(name, FLAG, meaning)


def count(name: str, meaning: str, unit: str = "", least: int | None = 0) -> Column:
    """A whole number, not below `least`."""
    between = None if least is None else (str(least), None)
    return Column(name, COUNT, meaning, between=between, unit=unit)


def money(name: str, meaning: str, *, signed: bool = False, above_zero: bool = False) -> Column:
    """An amount in the row's currency, not negative unless it is `signed`."""
    between = None if signed or above_zero else NOT_NEGATIVE
    return Column(name, MONEY, meaning, above_zero=above_zero, between=between, unit="money")


def share(name: str, meaning: str) -> Column:
    """A fraction of a whole."""
    return Column(name, SHARE, meaning, between=FRACTION, unit="fraction, 0 to 1")


def score(name: str, meaning: str, between: tuple[str, str] | None = None) -> Column:
    """Points on some scale."""
    return Column(name, SCORE, meaning, between=between, unit="points")


def hours(name: str, meaning: str) -> Column:
    """A duration."""
    return Column(name, HOURS, meaning, between=NOT_NEGATIVE, unit="hours")


def quantity(name: str, meaning: str) -> Column:
    """Goods, in the order's own unit."""
    return Column(name, QUANTITY, meaning, between=NOT_NEGATIVE, unit="unit of the goods")


NOT_ISO = {"RMB": "CNY", "NTD": "TWD", "UKP": "GBP", "EURO": "EUR"}
"""What people write for a currency → its ISO 4217 code."""


def iso_currency(code: str) -> str:
    """`code`; ValueError when people write it and ISO 4217 does not."""
    if code in NOT_ISO:
        raise ValueError(f"{code} is no ISO 4217 code; write {NOT_ISO[code]}")
    return code


CURRENCY = Column("currency", TEXT, "ISO 4217 code of the row's amounts")
CUSTOMER_ID = required(identifier("customer_id", "The customer", "customer"))
FAULT = ("customer", "us", "carrier", "unknown")
