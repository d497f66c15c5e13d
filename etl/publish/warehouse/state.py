"""Which nights are loaded, which are published, which one is seen: three small tables.

`publication` has one row for ever, so that showing a night is one UPDATE. `night` has the build
published for each day. `loaded` has every committed load; its number, not a clock, says which
build of a day came last.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from etl.errors import ZixinError


class Night(NamedTuple):
    """One build of one business date."""

    as_of: date
    build: str


class State:
    """The three tables, in the database's own default schema (`public` or `main`)."""

    def __init__(self, schema: str) -> None:
        self.metadata = sa.MetaData(schema=schema)
        self.publication = sa.Table(
            "publication",
            self.metadata,
            sa.Column("as_of", sa.Date(), comment="The business date people see now"),
            sa.Column("build", sa.Text(), comment="The build people see now"),
            comment="The one row that says which night every <table>_current view shows.",
        )
        self.night = sa.Table(
            "night",
            self.metadata,
            sa.Column("as_of", sa.Date(), primary_key=True, comment="A published business date"),
            sa.Column("build", sa.Text(), nullable=False, comment="Its build published last"),
            comment="The published build of every day: what the <table>_history views show.",
        )
        self.loaded = sa.Table(
            "loaded",
            self.metadata,
            sa.Column(
                "number",
                sa.BigInteger(),
                nullable=False,
                autoincrement=False,
                comment="Order of loading",
            ),
            sa.Column("as_of", sa.Date(), nullable=False, comment="The business date"),
            sa.Column("build", sa.Text(), nullable=False, comment="The build"),
            comment="Every build whose rows are in the warehouse, whole.",
        )

    def create(self, connection: sa.Connection) -> None:
        """Make what is missing; the publication row points nowhere until a night is shown."""
        self.metadata.create_all(connection)
        if connection.scalar(sa.select(sa.func.count()).select_from(self.publication)) == 0:
            connection.execute(sa.insert(self.publication).values(as_of=None, build=None))

    def exists(self, connection: sa.Connection) -> bool:
        """False in a database where nothing was ever loaded."""
        return sa.inspect(connection).has_table("publication", schema=self.metadata.schema)

    def visible(self, connection: sa.Connection) -> Night | None:
        """The night people see."""
        row = connection.execute(
            sa.select(self.publication.c.as_of, self.publication.c.build)
        ).one_or_none()
        return None if row is None or row.as_of is None else Night(row.as_of, row.build)

    def is_loaded(self, connection: sa.Connection, night: Night) -> bool:
        """True when `night` was loaded whole."""
        return bool(
            connection.scalar(
                sa.select(sa.func.count())
                .select_from(self.loaded)
                .where(self.loaded.c.as_of == night.as_of, self.loaded.c.build == night.build)
            )
        )

    def remember_load(self, connection: sa.Connection, night: Night) -> None:
        """`night` is now the load that came last."""
        self.forget(connection, [night])
        last = connection.scalar(sa.select(sa.func.max(self.loaded.c.number)))
        connection.execute(
            sa.insert(self.loaded).values(
                number=(last or 0) + 1, as_of=night.as_of, build=night.build
            )
        )

    def show(self, connection: sa.Connection, night: Night) -> None:
        """Publish `night`, and point at it unless a later day is shown: a backfill enters the
        history and takes nothing away from this morning. `ZixinError` when its rows are not there."""
        if not self.is_loaded(connection, night):
            raise ZixinError(
                f"The night of {night.as_of} (build {night.build}) is not in the warehouse: "
                f"publish it again with zixin night --as-of {night.as_of}."
            )
        published = insert(self.night).values(as_of=night.as_of, build=night.build)
        connection.execute(
            published.on_conflict_do_update(
                index_elements=[self.night.c.as_of], set_={"build": published.excluded.build}
            )
        )
        shown = self.publication.c.as_of
        connection.execute(
            sa.update(self.publication)
            .where(shown.is_(None) | (shown <= night.as_of))
            .values(as_of=night.as_of, build=night.build)
        )

    def unseen(self, connection: sa.Connection, keep: Collection[Night]) -> list[Night]:
        """The loaded builds that nobody sees and nobody is about to show."""
        loads = [
            Night(row.as_of, row.build)
            for row in connection.execute(
                sa.select(self.loaded.c.as_of, self.loaded.c.build).order_by(self.loaded.c.number)
            )
        ]
        newest = {night.as_of: night for night in loads}
        published = {
            Night(row.as_of, row.build)
            for row in connection.execute(sa.select(self.night.c.as_of, self.night.c.build))
        }
        stay = {*newest.values(), *published, *keep, self.visible(connection)}
        return sorted(night for night in loads if night not in stay)

    def forget(self, connection: sa.Connection, nights: Iterable[Night]) -> None:
        """Drop the register entries of `nights`; their rows are the caller's business."""
        for night in nights:
            connection.execute(
                sa.delete(self.loaded).where(
                    self.loaded.c.as_of == night.as_of, self.loaded.c.build == night.build
                )
            )
