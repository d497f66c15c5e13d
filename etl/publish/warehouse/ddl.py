"""Bring the database's tables, views and comments to what the SQL files declare now.

The tables only ever grow. A new column is added (NULL for the nights before it); a column that is
no longer declared stays, is NULL from now on and says so in its comment, so that a report over
old nights goes on working; a wider type (INTEGER to BIGINT, more digits) is widened. Any other
change of type would change what history says, and is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import (
    CreateSchema,
    CreateTable,
    CreateView,
    DropView,
    ExecutableDDLElement,
    SetColumnComment,
    SetTableComment,
)

from etl.errors import ZixinError
from etl.publish.warehouse.state import State
from etl.publish.warehouse.tables import (
    NIGHT_COLUMNS,
    SCHEMAS,
    VIEWS,
    WarehouseTable,
    column_comments,
    database_type,
    described,
    holds,
    stored_type,
    table_comment,
    view_comment,
)

Name = tuple[str, str]


@dataclass
class Relation:
    """A table or view as the database has it: column to stored type, and the comments."""

    is_view: bool
    comment: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    column_comments: dict[str, str | None] = field(default_factory=dict)


Catalog = dict[Name, Relation]


class _ColumnDDL(ExecutableDDLElement):
    """ALTER TABLE … for one column; SQLAlchemy has no construct of its own for it."""

    def __init__(self, table: sa.Table, column: str, stored: str) -> None:
        self.table, self.column, self.stored = table, column, stored


class AddColumn(_ColumnDDL):
    """A column that the table did not have."""


class WidenColumn(_ColumnDDL):
    """A column whose type holds more than before."""


class SetViewComment(ExecutableDDLElement):
    """COMMENT ON VIEW, which SQLAlchemy does not have."""

    def __init__(self, view: sa.Table, comment: str) -> None:
        self.view, self.comment = view, comment


def _alter(element: _ColumnDDL, compiler: Any, action: str) -> str:
    table = compiler.preparer.format_table(element.table)
    column = compiler.preparer.quote(element.column)
    kind = compiler.dialect.type_compiler_instance.process(database_type(element.stored))
    return f"ALTER TABLE {table} {action.format(column=column, kind=kind)}"


@compiles(AddColumn)
def _add_column(element: AddColumn, compiler: Any, **_: Any) -> str:
    return _alter(element, compiler, "ADD COLUMN {column} {kind}")


@compiles(WidenColumn)
def _widen_column(element: WidenColumn, compiler: Any, **_: Any) -> str:
    return _alter(element, compiler, "ALTER COLUMN {column} TYPE {kind}")


@compiles(SetViewComment)
def _comment_view(element: SetViewComment, compiler: Any, **_: Any) -> str:
    view = compiler.preparer.format_table(element.view)
    text = compiler.sql_compiler.render_literal_value(element.comment, sa.String())
    return f"COMMENT ON VIEW {view} IS {text}"


def shape(
    connection: sa.Connection,
    state: State,
    tables: Sequence[WarehouseTable],
    catalog: Catalog,
) -> list[sa.Table]:
    """Make schemas, tables, views and comments as `tables` declare; the views made anew.

    `catalog` is what is there. What is already right is left alone: on PostgreSQL replacing a view
    or adding a column waits for the reports that are reading it.
    """
    inspector = sa.inspect(connection)
    for schema in SCHEMAS:
        if not inspector.has_schema(schema):
            connection.execute(CreateSchema(schema))
    state.create(connection)
    made: list[sa.Table] = []
    for table in tables:
        columns = _shape_table(connection, table, catalog)
        made.extend(_shape_views(connection, state, table, columns, catalog))
    return made


def _shape_table(
    connection: sa.Connection, table: WarehouseTable, catalog: Catalog
) -> dict[str, str]:
    """Create or grow the table; all its columns as the database keeps them, in its order."""
    declared = {column.name: stored_type(column.type) for column in table.columns}
    have = catalog.get((table.schema, table.name))
    if have is None:
        made = described(table, declared)
        connection.execute(CreateTable(made))
        _comment_table(connection, table, made, Relation(is_view=False))
        return declared
    _refuse_strangers(table, have, declared)
    kept = {name: kind for name, kind in have.columns.items() if name not in NIGHT_COLUMNS}
    columns = {name: declared.get(name, kind) for name, kind in kept.items()} | declared
    made = described(table, columns)
    widened = [name for name, kind in kept.items() if columns[name] != kind]
    if widened:
        # A view over the column would forbid it; the views come back a few lines on.
        for view in VIEWS:
            if catalog.pop((table.schema, f"{table.name}_{view}"), None) is not None:
                connection.execute(DropView(_view_name(table, view)))
        for name in widened:
            connection.execute(WidenColumn(made, name, columns[name]))
    for name in declared:
        if name not in kept:
            connection.execute(AddColumn(made, name, columns[name]))
    _comment_table(connection, table, made, have)
    return columns


def _refuse_strangers(table: WarehouseTable, have: Relation, declared: dict[str, str]) -> None:
    full_name = f"{table.schema}.{table.name}"
    if have.is_view or any(name not in have.columns for name in NIGHT_COLUMNS):
        raise ZixinError(
            f"The warehouse already has a {full_name} that Zixin did not make: rename or drop it."
        )
    for name, kind in have.columns.items():
        if name in declared and declared[name] != kind and not holds(declared[name], kind):
            raise ZixinError(
                f"Column {full_name}.{name} changed from {kind} to {declared[name]}, which would "
                "change the nights already kept: give the column a new name, or drop the table "
                f"{full_name} from the warehouse (the lake still has every night)."
            )


def _shape_views(
    connection: sa.Connection,
    state: State,
    table: WarehouseTable,
    columns: dict[str, str],
    catalog: Catalog,
) -> Iterator[sa.Table]:
    """Make or widen the two views; yields the ones that were made anew."""
    source = described(table, columns)
    comments = column_comments(table, list(columns))
    for view, pointer in zip(VIEWS, (state.publication, state.night), strict=True):
        have = catalog.get((table.schema, f"{table.name}_{view}"))
        name = _view_name(table, view)
        if have is None or list(have.columns) != [*NIGHT_COLUMNS, *columns]:
            shown = sa.and_(source.c.as_of == pointer.c.as_of, source.c.build == pointer.c.build)
            query = sa.select(source).join(pointer, shown)
            connection.execute(CreateView(query, name.name, schema=table.schema, or_replace=True))
            have = Relation(is_view=True)
            yield name
        comments_due: list[ExecutableDDLElement] = []
        for column in source.columns:
            target = sa.Column(column.name, column.type, comment=comments[column.name])
            name.append_column(target, replace_existing=True)
            if have.column_comments.get(column.name) != target.comment:
                comments_due.append(SetColumnComment(target))
        if have.comment != view_comment(table, view):
            comments_due.append(SetViewComment(name, view_comment(table, view)))
        _execute_together(connection, comments_due)


def _comment_table(
    connection: sa.Connection, table: WarehouseTable, made: sa.Table, have: Relation
) -> None:
    comments_due: list[ExecutableDDLElement] = []
    made.comment = table_comment(table)
    if have.comment != made.comment:
        comments_due.append(SetTableComment(made))
    comments = column_comments(table, [column.name for column in made.columns])
    for column in made.columns:
        column.comment = comments[column.name]
        if have.column_comments.get(column.name) != column.comment:
            comments_due.append(SetColumnComment(column))
    _execute_together(connection, comments_due)


def _execute_together(
    connection: sa.Connection, statements: Sequence[ExecutableDDLElement]
) -> None:
    """The comments of one table or view, in one go: a new warehouse has some seven thousand of them."""
    if statements:
        texts = [str(one.compile(dialect=connection.dialect)) for one in statements]
        connection.exec_driver_sql(";\n".join(texts))


def _view_name(table: WarehouseTable, view: str) -> sa.Table:
    return sa.Table(f"{table.name}_{view}", sa.MetaData(), schema=table.schema)


def kept_tables(catalog: Catalog) -> list[sa.Table]:
    """Every table of ours that holds nights, declared today or not."""
    return [
        sa.Table(
            name,
            sa.MetaData(),
            sa.Column("as_of", sa.Date()),
            sa.Column("build", sa.Text()),
            schema=schema,
        )
        for (schema, name), relation in sorted(catalog.items())
        if not relation.is_view and all(column in relation.columns for column in NIGHT_COLUMNS)
    ]
