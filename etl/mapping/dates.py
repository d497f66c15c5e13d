"""Dates as people write them. A format is declared; undeclared, only year-first dates are read."""

from collections.abc import Sequence

from etl.mapping.sql import literal

YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
EPOCHS = {"epoch_ms": 1_000, "epoch_s": 1_000_000}
"""Microseconds in one unit of the number."""

EARLIEST = "DATE '1900-01-01'"
BEFORE_FOUR_DIGITS = "DATE '0999-12-31'"
_TIME = r"[T ]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?$"
_ZONED = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)? ?([Zz]|[+-]\d{2}(:?\d{2})?)"


def day(text: str, kind: str, formats: Sequence[str], time_zone: str) -> str:
    """SQL: the day in `text`; NULL when it is none in any of `formats`, tried in their order.

    A time of day behind the date is left out. A time with an offset from UTC is a moment: its day is
    the one in `time_zone` (requirements Q8). A workbook's own date (`kind` is `d`) needs no format.
    """
    bare = (
        f"(CASE WHEN contains({text}, ':') THEN regexp_replace({text}, {literal(_TIME)}, '') "
        f"ELSE {text} END)"
    )
    if not formats:
        tried = [_parsed(bare, form) for form in YEAR_FIRST]
        tried.append(
            rf"(CASE WHEN regexp_full_match({bare}, '\d{{8}}') THEN {_parsed(bare, '%Y%m%d')} END)"
        )
        moment = (
            f"(CASE WHEN contains({text}, ':') AND regexp_full_match({text}, {literal(_ZONED)}) "
            f"THEN CAST(timezone({literal(time_zone)}, TRY_CAST({text} AS TIMESTAMPTZ)) AS DATE) END)"
        )
        tried.insert(0, moment)
    else:
        tried = [_in_format(text, bare, form, time_zone) for form in formats]
    return (
        f"(CASE WHEN {kind} = 'd' THEN TRY_CAST(LEFT({text}, 10) AS DATE) "
        f"ELSE COALESCE({', '.join(tried)}) END)"
    )


def _in_format(text: str, bare: str, form: str, time_zone: str) -> str:
    if form in EPOCHS:
        # Milliseconds or seconds since 1970 in UTC; the day is the one in the zone (Q8).
        digits = rf"(CASE WHEN regexp_full_match({text}, '-?\d{{1,14}}') THEN {text} END)"
        moment = f"make_timestamptz(CAST({digits} AS BIGINT) * {EPOCHS[form]})"
        return f"CAST(timezone({literal(time_zone)}, {moment}) AS DATE)"
    if form == "excel":
        # Day 60 is 29 February 1900, which never was; from there on the count starts at 1899-12-30.
        serial = rf"(CASE WHEN regexp_full_match({text}, '\d{{1,7}}([.]\d+)?') THEN {text} END)"
        return f"(DATE '1899-12-30' + CAST(floor(CAST({serial} AS DECIMAL(18, 6))) AS INTEGER))"
    has_time = any(directive in form for directive in ("%H", "%I"))
    return _parsed(text if has_time else bare, form)


def _parsed(text: str, form: str) -> str:
    parsed = f"CAST(try_strptime({text}, {literal(form)}) AS DATE)"
    if "%Y" not in form:
        return parsed
    # The parser takes "12" for the year 12; a year has four digits. (GREATEST passes over NULL.)
    return f"NULLIF(GREATEST({parsed}, {BEFORE_FOUR_DIGITS}), {BEFORE_FOUR_DIGITS})"


def described(formats: Sequence[str]) -> str:
    """The formats, for a sentence."""
    if not formats:
        return "year-month-day (declare another under date_format)"
    return " or ".join(formats)
