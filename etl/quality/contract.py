"""The rules that an entity's contract already states: nobody writes them a second time.

A column that is required, is one of a few words, is a currency or cannot be negative is checked for
just that when a batch arrives (`batch.<entity>`); a key is looked for twice; what a column refers to
is looked for in the night's snapshot (`current.<entity>`). The mapper refuses such rows with the very
value and cell. These rules stand behind it: whatever reaches history went through them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from etl.engine.duckdb import literal
from etl.entities import ENTITIES, Column, Entity
from etl.quality.rule import BATCH, ROWS_QUERY, Kind, Rule, RuleMeta, Severity

ARRIVING = "batch"
KNOWN = "current"
SCHEMAS = (ARRIVING, KNOWN)

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@lru_cache(maxsize=256)
def contract_rules(schema: str, entity: Entity) -> tuple[Rule, ...]:
    """The rules of `entity` as it arrives (schema `batch`) or as it is known (`current`)."""
    rules = _arriving(entity) if schema == ARRIVING else _known(entity)
    return tuple(rules)


def _arriving(entity: Entity) -> Iterator[Rule]:
    columns = entity.columns
    name = _spoken(entity)
    if filled := [entity.column(key) for key in entity.key if entity.column(key).required]:
        yield _row(
            entity,
            "key_blank",
            _any_blank(filled),
            f"{_listed(filled)} is blank, and without it the {name} cannot be told from another.",
            "Joined to nothing, two rows without a key would be taken for one.",
            of_deletions=True,
        )
    needed = [column for column in columns if column.required and column.name not in entity.key]
    if needed:
        yield _row(
            entity,
            "required_missing",
            _any_blank(needed),
            f"The {name} lacks its {_listed(needed)}.",
            "Without it the record says nothing that could be used, and a guess would be made up.",
        )
    if currencies := [column for column in columns if _is_currency(column)]:
        yield _row(
            entity,
            "currency_code",
            " OR ".join(_is_no_code(column.name) for column in currencies),
            f"{_listed(currencies)} is not an ISO 4217 code of three capital letters, such as CNY.",
            'Any other spelling, such as "RMB " or "¥", finds no rate and drops out of every sum.',
        )
    yield from _numbers(entity)
    for column in columns:
        if column.allowed:
            words = ", ".join(literal(word) for word in column.allowed)
            yield _row(
                entity,
                f"{column.name}_unknown",
                f"{column.name} NOT IN ({words})",
                f"{column.name} is none of {', '.join(column.allowed)}.",
                f"{column.meaning}. A word that nobody knows would count as one or another by chance.",
            )
    if entity.one_version_per_batch:
        yield _key_unique(entity)
    if entity.in_order:
        yield _row(
            entity,
            "dates_reversed",
            " OR ".join(f"{later} < {earlier}" for earlier, later in entity.in_order),
            "It ends before it begins: "
            + " or ".join(f"{later} is before {earlier}" for earlier, later in entity.in_order)
            + ".",
            "Which of the two is wrong cannot be known. The record is loaded, and counts with its "
            "dates as written; many of them mean that two columns were swapped.",
            severity="warning",
        )


def _numbers(entity: Entity) -> Iterator[Rule]:
    """Columns with a limit. Amounts that cannot be negative share a rule: a statement has thirty."""
    shared = []
    for column in entity.columns:
        if column.above_zero:
            yield _row(
                entity,
                f"{column.name}_negative",
                f"{column.name} < 0",
                f"{column.name} is negative; state its sign in the mapping.",
                "It is written without a sign here. With one it would undo what it should add.",
            )
        elif column.between == ("0", None):
            shared.append(column)
        elif column.between:
            least, greatest = column.between
            outside = f"{column.name} < {least}"
            said = f"below {least}"
            if greatest is not None:
                outside += f" OR {column.name} > {greatest}"
                said = f"not between {least} and {greatest}"
            yield _row(
                entity,
                f"{column.name}_range",
                outside,
                f"{column.name} is {said}{_hint(column)}.",
                f"{column.meaning}. What lies outside was written in another unit or in another "
                "column; the row waits rather than being corrected by a guess.",
            )
    if shared:
        yield _row(
            entity,
            "negative",
            " OR ".join(f"{column.name} < 0" for column in shared),
            f"{_listed(shared)} is negative.",
            "It cannot be below nothing: the sign is a habit of the source, for the mapping to state.",
        )


def _key_unique(entity: Entity) -> Rule:
    keys = ", ".join(entity.key)
    filled = " AND ".join(
        f"{key} IS NOT NULL AND TRIM(CAST({key} AS VARCHAR)) <> ''"
        for key in entity.key
        if entity.column(key).required
    )
    return _rule(
        f"{entity.name}.key_unique",
        "table",
        f"SELECT {keys} FROM {BATCH} WHERE {filled} GROUP BY {keys}, is_deleted "
        "HAVING COUNT(*) > 1",
        f"The {_spoken(entity)} {_as_fields(entity)}, and perhaps others, came through mapping twice.",
        "The mapper lets one version of a key through. Two are a fault of the mapping, and which of "
        "them would win is chance: hold rather than load half.",
    )


def _known(entity: Entity) -> Iterator[Rule]:
    keys = ", ".join(entity.key)
    yield _rule(
        f"current_{entity.name}.key_unique",
        "table",
        f"SELECT {keys} FROM {BATCH} GROUP BY {keys} HAVING COUNT(*) > 1 ORDER BY {keys}",
        f"The {_spoken(entity)} {_as_fields(entity)} stands twice in tonight's snapshot.",
        "A record twice would count twice, and double whatever is joined to it.",
    )
    for column in entity.columns:
        if column.refers_to is None:
            continue
        there = ENTITIES[column.refers_to]
        yield _rule(
            f"current_{entity.name}.{column.name.removesuffix('_id')}_unknown",
            "row",
            f"SELECT {', '.join(f'here.{key}' for key in entity.key)} FROM {BATCH} AS here "
            f"WHERE NOT here.is_deleted AND here.{column.name} IS NOT NULL "
            f"AND EXISTS (SELECT 1 FROM {KNOWN}.{there.name}) AND NOT EXISTS ("
            f"SELECT 1 FROM {KNOWN}.{there.name} AS there "
            f"WHERE there.{there.key[0]} = here.{column.name} AND NOT there.is_deleted)",
            f"The {_spoken(entity)} names {_one(there)} ({column.name}) nobody described.",
            f"It waits, known but joined to nothing, until the {_spoken(there)} comes. Where no feed "
            f"brings any {_spoken(there)} this says nothing, so it is silent then.",
            severity="warning",
        )


def _row(
    entity: Entity,
    short: str,
    broken: str,
    reason: str,
    notes: str,
    *,
    severity: Severity = "critical",
    of_deletions: bool = False,
) -> Rule:
    """A rule about single rows. Of a deletion only the key counts."""
    where = broken if of_deletions else f"NOT is_deleted AND ({broken})"
    query = f"SELECT seq FROM {BATCH} WHERE {where}"
    return _rule(f"{entity.name}.{short}", "row", query, reason, notes, severity=severity)


def _rule(
    rule_id: str,
    kind: Kind,
    query: str,
    reason: str,
    notes: str,
    *,
    severity: Severity = "critical",
) -> Rule:
    kwargs: dict[str, Any] = {"unexpected_rows_query": query}
    return Rule(
        type=ROWS_QUERY,
        kwargs=kwargs,
        severity=severity,
        notes=notes,
        meta=RuleMeta(rule_id=rule_id, kind=kind, reason=reason),
    )


def _any_blank(columns: Iterable[Column]) -> str:
    return " OR ".join(
        f"{column.name} IS NULL OR TRIM({column.name}) = ''"
        if column.type == "VARCHAR"
        else f"{column.name} IS NULL"
        for column in columns
    )


def _is_currency(column: Column) -> bool:
    return column.name == "currency" or column.name.endswith("_currency")


def _is_no_code(name: str) -> str:
    return f"LENGTH({name}) <> 3 OR LENGTH(TRANSLATE({name}, '{_CAPITALS}', '')) > 0"


def _hint(column: Column) -> str:
    return "; write 45 % as 0.45" if column.between == ("0", "1") else ""


def _spoken(entity: Entity) -> str:
    return entity.name.replace("_", " ")


def _one(entity: Entity) -> str:
    """One of them, with its article."""
    return f"{'an' if entity.name[0] in 'aeiou' else 'a'} {_spoken(entity)}"


def _as_fields(entity: Entity) -> str:
    """The key as the sentence's fields: `{invoice_id}`."""
    return " ".join(f"{{{key}}}" for key in entity.key)


def _listed(columns: list[Column]) -> str:
    names = [column.name for column in columns]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
