"""What a table of a world is."""

from dataclasses import dataclass

TYPES = {
    "text": "VARCHAR",
    "day": "DATE",
    "moment": "TIMESTAMP",
    "money": "DECIMAL(18,2)",
    "rate": "DECIMAL(18,8)",
    "share": "DECIMAL(9,6)",
    "score": "DECIMAL(18,6)",
    "quantity": "DECIMAL(18,3)",
    "hours": "DECIMAL(9,2)",
    "count": "INTEGER",
    "number": "BIGINT",
    "flag": "BOOLEAN",
}
"""Short type → DuckDB type. Moments are UTC, whole seconds."""

COMMON = (
    "system:text row_id:text created_at:moment modified_at:moment deleted_at:moment "
    "superseded_at:moment untidy:text"
)


@dataclass(frozen=True)
class Table:
    """One table of the world; `columns` are its business columns, COMMON comes on top."""

    name: str
    by: str
    meaning: str
    columns: tuple[tuple[str, str], ...]

    @property
    def all_columns(self) -> tuple[tuple[str, str], ...]:
        """Business columns, then the common ones (a truth table has its own only)."""
        return self.columns + (() if self.by == "truth" else fields(COMMON))


def fields(text: str) -> tuple[tuple[str, str], ...]:
    """`name:type name:type` as pairs."""
    return tuple((name, kind) for name, _, kind in (word.partition(":") for word in text.split()))


def table(name: str, by: str, meaning: str, columns: str) -> Table:
    """A table from its columns written as text; KeyError for a type that is none."""
    made = Table(name, by, meaning, fields(columns))
    for _, kind in made.all_columns:
        TYPES[kind]
    return made
