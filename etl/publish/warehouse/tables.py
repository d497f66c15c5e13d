"""What may be loaded: the description of a table, its types, and the tables we keep beside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from etl.errors import ZixinError

SCHEMAS = ("indicator", "measure", "point", "score", "grade", "terms", "action", "mart")
READER_SCHEMA = "mart"
NIGHT_COLUMNS = ("as_of", "build")
VIEWS = ("current", "history")

# Longer names would be cut by PostgreSQL at 63 bytes once a view's ending is added.
NAME = re.compile(r"[a-z][a-z0-9_]{0,53}")
DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\((\d{1,2}),(\d{1,2})\)")
SIMPLE: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "INTEGER": sa.Integer,
    "BIGINT": sa.BigInteger,
    "DATE": sa.Date,
    "TIMESTAMP": sa.TIMESTAMP,
    "BOOLEAN": sa.Boolean,
}


class WarehouseColumn(Protocol):
    """One column of a table; `description` becomes its comment."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def description(self) -> str: ...


class TableDescription(Protocol):
    """What a SQL file's header says of its table; `question` becomes the comment."""

    @property
    def schema(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def key(self) -> tuple[str, ...]: ...
    @property
    def columns(self) -> Sequence[WarehouseColumn]: ...


class WarehouseTable(TableDescription, Protocol):
    """A table of the lake with this night's files.

    The files hold the columns and not `as_of`: the warehouse puts the night in front.
    """

    @property
    def files(self) -> Sequence[Path | str]: ...


@dataclass(frozen=True)
class NightTable:
    """A `WarehouseTable` made of a model and the files of its partition."""

    schema: str
    name: str
    question: str
    key: tuple[str, ...]
    columns: Sequence[WarehouseColumn]
    files: Sequence[Path | str]


def night_table(model: TableDescription, files: Sequence[Path | str]) -> NightTable:
    """`model` with the files that hold its rows of one night."""
    return NightTable(
        schema=model.schema,
        name=model.name,
        question=model.question,
        key=model.key,
        columns=tuple(model.columns),
        files=tuple(files),
    )


def stored_type(declared: str) -> str:
    """The declared type as both databases keep it; `KeyError` when it is none of ours.

    A length on a text is a promise of the SQL, not of the database: one long name must not stop
    a night, so `VARCHAR(200)` is kept as `VARCHAR`.
    """
    text = re.sub(r"\s+", "", declared.upper())
    if re.fullmatch(r"VARCHAR(\(\d+\))?", text):
        return "VARCHAR"
    if found := DECIMAL.fullmatch(text):
        return f"DECIMAL({found[1]},{found[2]})"
    if text in SIMPLE:
        return text
    raise KeyError(declared)


def database_type(stored: str) -> sa.types.TypeEngine[Any]:
    """SQLAlchemy's type for a stored type."""
    if stored == "VARCHAR":
        return sa.Text()
    if found := DECIMAL.fullmatch(stored):
        return sa.Numeric(int(found[1]), int(found[2]))
    return SIMPLE[stored]()


def holds(wider: str, narrower: str) -> bool:
    """True when every value of the stored type `narrower` is a value of `wider`."""
    if (wider, narrower) == ("BIGINT", "INTEGER"):
        return True
    to, of = DECIMAL.fullmatch(wider), DECIMAL.fullmatch(narrower)
    if to is None or of is None:
        return False
    scale, old_scale = int(to[2]), int(of[2])
    return scale >= old_scale and int(to[1]) - scale >= int(of[1]) - old_scale


def checked(tables: Sequence[WarehouseTable]) -> list[WarehouseTable]:
    """`tables` by name; `ZixinError` when one of them could not be a table of the warehouse."""
    taken: set[str] = set()
    for table in tables:
        full_name = f"{table.schema}.{table.name}"
        if table.schema not in SCHEMAS:
            raise ZixinError(
                f"Table {full_name} is not for the warehouse: it takes {', '.join(SCHEMAS)}."
            )
        for name in (table.name, *(column.name for column in table.columns)):
            if not NAME.fullmatch(name):
                raise ZixinError(
                    f"Table {full_name} has a name the warehouse cannot keep ({name!r}): use "
                    "lower-case letters, digits and _, at most 54 characters."
                )
        names = [column.name for column in table.columns]
        for name in names:
            if name in NIGHT_COLUMNS or names.count(name) > 1:
                raise ZixinError(
                    f"Table {full_name} may not declare the column {name} "
                    + ("(the warehouse adds it)." if name in NIGHT_COLUMNS else "twice.")
                )
        for column in table.columns:
            try:
                stored_type(column.type)
            except KeyError:
                raise ZixinError(
                    f"Column {full_name}.{column.name} has the type {column.type}, which the "
                    "warehouse does not keep: use VARCHAR, DECIMAL(p,s), INTEGER, BIGINT, DATE, "
                    "TIMESTAMP or BOOLEAN."
                ) from None
        relations = {full_name, *(f"{full_name}_{view}" for view in VIEWS)}
        if relations & taken:
            raise ZixinError(
                f"Table {full_name} takes a name that another table or its view has: rename it."
            )
        taken |= relations
    return sorted(tables, key=lambda table: (table.schema, table.name))


def described(table: WarehouseTable, columns: dict[str, str]) -> sa.Table:
    """The table in the database: the night, then `columns` (name to stored type) in that order."""
    return sa.Table(
        table.name,
        sa.MetaData(),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("build", sa.Text(), nullable=False),
        *(sa.Column(name, database_type(stored)) for name, stored in columns.items()),
        schema=table.schema,
    )


def table_comment(table: WarehouseTable) -> str:
    """What the table answers and what one row is."""
    return _text(f"{table.question} One row per {', '.join((*NIGHT_COLUMNS, *table.key))}.")


def view_comment(table: WarehouseTable, view: str) -> str:
    """The same for a view: people choose between the two by this text."""
    if view == "current":
        return _text(
            f"{table.question} The night that is published now. One row per {', '.join(table.key)}."
        )
    return _text(
        f"{table.question} Every published night. One row per {', '.join(('as_of', *table.key))}."
    )


def column_comments(table: WarehouseTable, kept: Sequence[str]) -> dict[str, str]:
    """The comment of every column the database keeps, retired ones included."""
    comments = dict.fromkeys(kept, "Retired: no longer computed, NULL since 已停用")
    comments |= {column.name: _text(column.description) for column in table.columns}
    comments["as_of"] = "The business date of the night 业务日期"
    comments["build"] = "The build that made the row 构建号"
    return comments


def _text(comment: str) -> str:
    """A comment without what no database stores."""
    return comment.replace("\x00", "")
