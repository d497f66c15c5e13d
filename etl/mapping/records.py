"""Which SELECT turns the rows of one file into records of one kind, each judged by its rules."""

from dataclasses import dataclass
from datetime import date

from etl.entities import Column, Entity
from etl.mapping import dates
from etl.mapping.fields import FieldContext, Value, is_identifier, typed_field
from etl.mapping.sql import literal
from etl.mapping.texts import Texts
from etl.sources.config import Feed, FieldMapping, RecordMapping
from etl.sources.problems import DATED_WHEN_IT_ARRIVES
from etl.sources.table import Table

BEFORE_ALL = "DATE '1900-01-01'"
RECORDS_A_ROW = 100
LINES_A_FILE = 10**10


@dataclass(frozen=True)
class Origin:
    """One file of a batch as a table, and what the batch is."""

    table: Table
    place: int
    batch: str
    feed: Feed
    arrived_on: date
    latest: date
    time_zone: str

    @property
    def relation(self) -> str:
        """Its rows in SQL, with `raw`: the row as it arrived, as JSON."""
        return f"file_{self.place}"


def judged_record(
    entity: Entity, record: RecordMapping, nth: int, origin: Origin, *, explained: bool = False
) -> str:
    """A SELECT with one row for every row of the file that is such a record.

    Columns: seq (file, line and place in the row, in this order), source_file, source_row, raw,
    is_deleted, is_cleaned, the entity's columns, known_on, and the first rule the row breaks (NULL
    when it is good). `explained`: only of the rows in `refused` (place, source_row), with key_text
    and why: sentences cost time, and most rows need none.
    """
    feed, texts = origin.feed, Texts(origin.feed, origin.table)
    context = FieldContext(feed, entity, origin.latest, origin.time_zone)
    fields = {
        column.name: _filled(column, record.fields.get(column.name)) for column in entity.columns
    }
    values = {
        column.name: typed_field(column, field, context)
        for column in entity.columns
        if (field := fields[column.name]) is not None
    }
    row_date = feed.row_date or FieldMapping(value="")
    text_columns = [
        f"{texts.text(field, is_key=is_identifier(entity, entity.column(name)))} AS x_{name}, "
        f"{texts.kind(field)} AS k_{name}"
        for name, field in fields.items()
        if field is not None
    ]
    plain_columns = [f"{value.plain} AS v_{name}" for name, value in values.items() if value.plain]
    row_day = dates.day(
        "x_row_date", "k_row_date", row_date.format or feed.date_format, origin.time_zone
    )
    sources = (*record.sources, *row_date.sources)
    may_delete = record.is_deleted is not None
    explanation = f"""
            , {_key_text(entity, values)} AS key_text, {_first_broken(values, "reason", may_delete)} AS why
    """
    only_refused = (
        f"WHERE source_row IN (SELECT source_row FROM refused WHERE place = {origin.place})"
    )
    return f"""
        SELECT
            {_seq(origin, nth)} AS seq,
            {literal(origin.table.name)} AS source_file,
            source_row, raw, is_deleted,
            {_any_cleaned(values)} AS is_cleaned,
            {_columns(entity, values, origin, may_delete)},
            {_known_on(entity, values, origin, may_delete)} AS known_on,
            {_first_broken(values, "name", may_delete)} AS rule
            {explanation if explained else ""}
        FROM (
            SELECT *, {", ".join([*plain_columns, f"{row_day} AS row_day"])}
            FROM (
                SELECT
                    source_row, raw,
                    {texts.holds(record.is_deleted) if record.is_deleted else "FALSE"} AS is_deleted,
                    {texts.text(row_date, is_key=False)} AS x_row_date,
                    {texts.kind(row_date)} AS k_row_date,
                    {", ".join(text_columns)}
                FROM (
                    SELECT {texts.trimmed(sources)}
                    FROM {origin.relation}
                    {only_refused if explained else ""}
                ) AS trimmed
                WHERE {texts.holds(record.when)}
            ) AS texts
        ) AS plain
    """


def matched_rows(records: list[RecordMapping], origin: Origin) -> str:
    """SQL: rows of the file that are at least one of `records`."""
    texts = Texts(origin.feed, origin.table)
    sources = tuple(column for record in records for column in record.sources)
    either = " OR ".join(texts.holds(record.when) for record in records)
    return (
        f"SELECT source_row FROM (SELECT {texts.trimmed(sources)} FROM {origin.relation}) AS trimmed "
        f"WHERE {either}"
    )


def _filled(column: Column, field: FieldMapping | None) -> FieldMapping | None:
    """The mapping with the column's own default behind it; None when nothing fills the column."""
    if column.default is None:
        return field
    if field is None:
        return FieldMapping(value=column.default)
    return field if field.default else field.model_copy(update={"default": column.default})


def _seq(origin: Origin, nth: int) -> str:
    return f"(CAST({origin.place * LINES_A_FILE} AS BIGINT) + source_row) * {RECORDS_A_ROW} + {nth}"


def _typed(column: Column, value: Value | None, may_delete: bool) -> str:
    if value is None:
        return f"CAST(NULL AS {column.type})"
    if value.is_key or not may_delete:
        return f"CAST({value.typed} AS {column.type})"
    # A tombstone needs its key alone: what else it says is kept where it can be read.
    broken = " OR ".join(f"COALESCE({rule.broken}, FALSE)" for rule in value.rules)
    if not broken:
        return f"CAST({value.typed} AS {column.type})"
    return f"CAST(CASE WHEN is_deleted AND ({broken}) THEN NULL ELSE {value.typed} END AS {column.type})"


def _columns(entity: Entity, values: dict[str, Value], origin: Origin, may_delete: bool) -> str:
    columns = []
    for column in entity.columns:
        typed = _typed(column, values.get(column.name), may_delete)
        if (entity.name, column.name) in DATED_WHEN_IT_ARRIVES and origin.feed.known == "arrival":
            typed = f"COALESCE({typed}, {_day(origin.arrived_on)})"
        columns.append(f"{typed} AS {column.name}")
    return ", ".join(columns)


def _known_on(entity: Entity, values: dict[str, Value], origin: Origin, may_delete: bool) -> str:
    """The night the row came; in an import its own day, else its row's, else before all (A0.1)."""
    if origin.feed.known == "arrival":
        return _day(origin.arrived_on)
    row = f"(CASE WHEN row_day BETWEEN {dates.EARLIEST} AND {_day(origin.latest)} THEN row_day END)"
    event = "NULL"
    if entity.event_date in values:
        event = _typed(entity.column(entity.event_date), values[entity.event_date], may_delete)
    # A deletion is an event of its own: it happened on the row's day, not on the invoice's.
    deleted = f"CASE WHEN is_deleted THEN {row} END, " if may_delete else ""
    return f"COALESCE({deleted}{event}, {row}, {BEFORE_ALL})"


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _any_cleaned(values: dict[str, Value]) -> str:
    flags = [value.cleaned for value in values.values() if value.cleaned != "FALSE"]
    return "(" + " OR ".join(flags) + ")" if flags else "FALSE"


def _key_text(entity: Entity, values: dict[str, Value]) -> str:
    """The key as the row writes it, parts joined by `|`, NULL when it says nothing at all. A control
    character is shown as U+FFFD: PostgreSQL takes no NUL in a text."""
    parts = [f"COALESCE(x_{name}, '')" if name in values else "''" for name in entity.key]
    joined = (
        f"regexp_replace({' || chr(124) || '.join(parts)}, '[\\x00-\\x1F\\x7F]', '\ufffd', 'g')"
    )
    return f"NULLIF({joined}, '{'|' * (len(parts) - 1)}')"


def _first_broken(values: dict[str, Value], what: str, may_delete: bool) -> str:
    whens = []
    for value in values.values():
        for rule in value.rules:
            always = value.is_key or not may_delete
            broken = rule.broken if always else f"NOT is_deleted AND ({rule.broken})"
            says = literal(rule.name) if what == "name" else rule.reason
            whens.append(f"WHEN {broken} THEN {says}")
    return f"(CASE {' '.join(whens)} ELSE NULL END)"
