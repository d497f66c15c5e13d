"""One field: its text becomes a typed value, or one of the sentences that say why it does not."""

import re
from dataclasses import dataclass
from datetime import date

from etl.entities import Column, Entity
from etl.entities.contract import NOT_ISO
from etl.mapping import dates, numbers
from etl.mapping.sql import literal, literals, sentence, shown
from etl.sources.config import Feed, FieldMapping

YES = ("true", "t", "yes", "y", "1", "是")
NO = ("false", "f", "no", "n", "0", "否")
LONGEST_KEY = 200

_CONTROL = r"[\x00-\x1F\x7F-\x9F]"
# Marks nobody can see that keyboards and web pages leave in copied numbers.
_INVISIBLE = (
    "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


@dataclass(frozen=True)
class Rule:
    """Why a row is refused: `broken` is SQL that is true for it, `reason` SQL for the sentence."""

    broken: str
    name: str
    reason: str


@dataclass(frozen=True)
class Value:
    """A field as SQL over its text `x_…`, its cell kind `k_…` and its plain number `n_…`."""

    name: str
    typed: str
    rules: tuple[Rule, ...] = ()
    plain: str | None = None
    cleaned: str = "FALSE"
    is_key: bool = False


@dataclass(frozen=True)
class FieldContext:
    """What a field's meaning hangs on beside its own mapping."""

    feed: Feed
    entity: Entity
    latest: date
    time_zone: str


def is_identifier(entity: Entity, column: Column) -> bool:
    """True for a key and for whatever points at one: both must match to the letter."""
    return column.type == "VARCHAR" and (
        column.name in entity.key or column.name.endswith("_id") or column.name == "line"
    )


def typed_field(column: Column, mapping: FieldMapping, context: FieldContext) -> Value:
    """The value and the rules of one mapped field."""
    value = _value(column, mapping, context)
    rules = value.rules
    if column.required:
        rules = (_missing(column, mapping), *rules)
    return Value(
        name=value.name,
        typed=value.typed,
        rules=rules,
        plain=value.plain,
        cleaned=value.cleaned,
        is_key=column.name in context.entity.key,
    )


def _value(column: Column, mapping: FieldMapping, context: FieldContext) -> Value:
    if column.type == "DATE":
        return _date(column, mapping, context)
    if column.type == "INTEGER" or column.type.startswith("DECIMAL"):
        return _number(column, mapping, context)
    if column.type == "BOOLEAN":
        return _flag(column)
    if column.name == "currency" or column.name.endswith("_currency"):
        return _currency(column)
    if column.allowed:
        return _choice(column)
    return _identifier(column) if is_identifier(context.entity, column) else _free_text(column)


def origin(mapping: FieldMapping) -> str:
    """Where the field is looked for, for a sentence."""
    names = [f'"{column}"' for column in mapping.sources]
    if not names:
        return "the mapping's constant"
    return ("column " if len(names) == 1 else "columns ") + " and ".join(names)


def _missing(column: Column, mapping: FieldMapping) -> Rule:
    says = f"{column.name} is missing: {origin(mapping)} says nothing"
    return Rule(f"x_{column.name} IS NULL", "missing", literal(says))


def _identifier(column: Column) -> Value:
    text = f"x_{column.name}"
    # As many bytes as characters: plain ASCII, where there is nothing to compose or take out.
    typed = (
        f"(CASE WHEN strlen({text}) = length({text}) THEN {text} "
        f"ELSE nfc_normalize(translate({text}, {literal(_INVISIBLE)}, '')) END)"
    )
    return Value(
        column.name,
        typed,
        (
            Rule(
                f"regexp_matches({text}, '{_CONTROL}')",
                "control_character",
                sentence(
                    literal(f"{column.name} "),
                    shown(text),
                    literal(" has a control character in it, shown here as ?"),
                ),
            ),
            Rule(f"{typed} = ''", "missing", literal(f"{column.name} has nothing visible in it")),
            Rule(
                f"length({text}) > {LONGEST_KEY}",
                "too_long",
                sentence(
                    literal(f"{column.name} "),
                    shown(text),
                    literal(f"… is longer than {LONGEST_KEY} characters"),
                ),
            ),
        ),
    )


def _free_text(column: Column) -> Value:
    text = f"x_{column.name}"
    dirty = f"COALESCE(regexp_matches({text}, '{_CONTROL}'), FALSE)"
    clean = f"trim(regexp_replace({text}, '{_CONTROL}+', ' ', 'g'))"
    return Value(
        column.name,
        f"NULLIF(nfc_normalize(CASE WHEN {dirty} THEN {clean} ELSE {text} END), '')",
        cleaned=dirty,
    )


def _choice(column: Column) -> Value:
    # Words are read in any case and kept as the contract writes them: a grade is A, a status is open.
    words = f"lower(x_{column.name})"
    kept = " ".join(
        f"WHEN {literal(word.lower())} THEN {literal(word)}"
        for word in column.allowed
        if word != word.lower()
    )
    typed = f"CASE {words} {kept} ELSE {words} END" if kept else words
    allowed = ", ".join(column.allowed)
    return Value(
        column.name,
        typed,
        (
            Rule(
                f"{typed} NOT IN {literals(column.allowed)}",
                "not_allowed",
                sentence(
                    literal(f"{column.name} "),
                    shown(f"x_{column.name}"),
                    literal(f" is none of {allowed}; translate it under values:"),
                ),
            ),
        ),
    )


def _currency(column: Column) -> Value:
    typed = f"upper(x_{column.name})"
    hints = " ".join(
        f"WHEN {literal(wrong)} THEN {literal(f'{{{wrong}: {right}}}')}"
        for wrong, right in NOT_ISO.items()
    )
    return Value(
        column.name,
        typed,
        (
            Rule(
                f"NOT regexp_full_match({typed}, '[A-Z]{{3}}') OR {typed} IN {literals(NOT_ISO)}",
                "not_a_currency",
                sentence(
                    literal(f"{column.name} "),
                    shown(f"x_{column.name}"),
                    literal(" is no ISO 4217 code; translate it with values: "),
                    f"(CASE {typed} {hints} ELSE '{{…: …}}' END)",
                ),
            ),
        ),
    )


def _flag(column: Column) -> Value:
    text = f"lower(x_{column.name})"
    typed = (
        f"(CASE WHEN {text} IN {literals(YES)} THEN TRUE WHEN {text} IN {literals(NO)} "
        "THEN FALSE END)"
    )
    return Value(
        column.name,
        typed,
        (
            Rule(
                f"x_{column.name} IS NOT NULL AND {typed} IS NULL",
                "not_yes_or_no",
                sentence(
                    literal(f"{column.name} "),
                    shown(f"x_{column.name}"),
                    literal(" is neither yes nor no; translate it under values:"),
                ),
            ),
        ),
    )


def _date(column: Column, mapping: FieldMapping, context: FieldContext) -> Value:
    text, kind = f"x_{column.name}", f"k_{column.name}"
    formats = mapping.format or context.feed.date_format
    typed = dates.day(text, kind, formats, context.time_zone)
    latest = context.latest.isoformat()
    return Value(
        column.name,
        f"v_{column.name}",
        (
            Rule(
                f"{text} IS NOT NULL AND v_{column.name} IS NULL",
                "not_a_date",
                sentence(
                    literal(f"{column.name} "),
                    shown(text),
                    literal(f" is not a date as {dates.described(formats)}"),
                ),
            ),
            Rule(
                f"v_{column.name} < {dates.EARLIEST} OR v_{column.name} > DATE '{latest}'",
                "date_out_of_range",
                sentence(
                    literal(f"{column.name} "),
                    shown(text),
                    literal(f" is not between 1900-01-01 and {latest}"),
                ),
            ),
        ),
        plain=typed,
    )


def _number(column: Column, mapping: FieldMapping, context: FieldContext) -> Value:
    name, text = column.name, f"x_{column.name}"
    kind, plain = f"k_{column.name}", f"v_{column.name}"
    number = mapping.number or context.feed.number
    scale = _scale(column)
    stored = f"DECIMAL(18, {scale})" if column.type == "INTEGER" else column.type
    exact = f"TRY_CAST({plain} AS {stored})"
    loses = rf"regexp_matches({plain}, '\.\d{{{scale}}}\d*[1-9]')"
    if mapping.multiply is not None:
        product = f"CAST({plain} AS DECIMAL(24, 8)) * CAST('{mapping.multiply}' AS DECIMAL(12, 6))"
        exact = f"TRY(CAST({product} AS {stored}))"
        loses = f"COALESCE(TRY({product}) <> {exact}, FALSE)"
    signed = {"keep": exact, "negate": f"(-{exact})", "absolute": f"abs({exact})"}[mapping.sign]
    typed = f"TRY_CAST({signed} AS {column.type})"
    says = literal(f"{name} ")
    rules = [
        Rule(
            numbers.is_ambiguous(text, number),
            "ambiguous_number",
            sentence(
                says,
                shown(text),
                literal(" can be read in two ways; declare number: {decimal: …, thousands: …}"),
            ),
        ),
        Rule(
            f"{text} IS NOT NULL AND {plain} IS NULL",
            "not_a_number",
            sentence(says, shown(text), literal(f" is not a number {numbers.described(number)}")),
        ),
        Rule(
            f"{kind} IS DISTINCT FROM 'n' AND {loses}",
            "too_many_decimals",
            sentence(
                says,
                shown(text),
                literal(f" has more than {scale} decimals, and one would be lost"),
            ),
        ),
        Rule(
            f"{plain} IS NOT NULL AND {typed} IS NULL",
            "too_large",
            sentence(says, shown(text), literal(f" is too large for {column.type}")),
        ),
        *_limits(column, context, typed, text),
    ]
    return Value(name, typed, tuple(rules), plain=numbers.plain_number(text, kind, number))


def _limits(column: Column, context: FieldContext, typed: str, text: str) -> list[Rule]:
    rules = []
    says = sentence(literal(f"{column.name} "), shown(text))
    if column.above_zero:
        if context.entity.name == "invoice":
            way_out = "map such rows as credit_note with when: {…: negative} and sign: negate"
        else:
            way_out = "say sign: negate or absolute if the source writes it with a minus"
        rules += [
            Rule(
                f"{typed} < 0",
                "negative_amount",
                sentence(says, literal(f" is negative; {way_out}")),
            ),
            Rule(
                f"{typed} = 0",
                "zero_amount",
                sentence(says, literal(" is zero; leave such rows out with when: {…: nonzero}")),
            ),
        ]
    if column.between is not None:
        least, greatest = column.between
        if greatest is None:
            broken, found = f"{typed} < {least}", f" is below {least}"
        else:
            broken = f"{typed} < {least} OR {typed} > {greatest}"
            found = f" is not between {least} and {greatest}"
        rules.append(Rule(broken, "out_of_range", sentence(says, literal(found))))
    return rules


def _scale(column: Column) -> int:
    found = re.fullmatch(r"DECIMAL\(\d+, ?(\d+)\)", column.type)
    return int(found[1]) if found else 0
