"""Do the payment family in one query by hand and the project's own say the same?

Held against each other is every customer that was ever billed, in every column, bad debt and all. Left
out is who never was: the query by hand starts from bills. A payment with one line over its whole amount
and others beside it is not in the query: it stops at one. Its months and ratios are doubles: a customer who
bought for cents and owes billions may be off in the sixth digit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal, qualified, quoted

REFERENCE = "reference_family"
PROJECT = "indicator.payment"
READ = (PROJECT, "core.receivable")


@dataclass(frozen=True)
class Answers:
    """What was compared, and where the two differ."""

    customers: int
    columns: int
    differing: dict[str, int]
    """Customers by column."""

    @property
    def same(self) -> bool:
        """Something was compared, and nothing differs."""
        return self.customers > 0 and not self.differing

    def line(self) -> str:
        """One line of a report."""
        where = ", ".join(f"{column} ({count:,})" for column, count in self.differing.items())
        return (
            f"payment family by hand: {self.customers:,} customers compared in {self.columns} columns, "
            f"differing: {where or 'none'}\n"
        )


def compare(folder: Path) -> Answers:
    """The reference's file against the project's. Money, counts, days and flags are the same; a ratio is to one
    in the sixth digit. A column that either has alone fails."""
    with _opened(folder) as connection:
        project, reference = (
            {
                str(name): str(type_)
                for name, type_, *_ in connection.execute(f"DESCRIBE {table}").fetchall()
            }
            for table in (PROJECT, REFERENCE)
        )
        if set(project) != set(reference):
            alone = ", ".join(sorted(set(project) ^ set(reference)))
            raise SystemExit(f"{REFERENCE} and {PROJECT} have not the same columns: {alone}")
        shared = [name for name in reference if name != "customer_id"]
        counts = ", ".join(f"COUNT(*) FILTER (WHERE {_differs(c, project[c])})" for c in shared)
        found = connection.execute(
            f"SELECT COUNT(*), {counts} "
            f"FROM (SELECT DISTINCT customer_id FROM core.receivable) AS customer "
            f"LEFT JOIN {REFERENCE} AS reference USING (customer_id) "
            f"LEFT JOIN {PROJECT} AS project USING (customer_id)"
        ).fetchone() or (0,)
    differing = {name: int(count) for name, count in zip(shared, found[1:], strict=True) if count}
    return Answers(int(found[0]), len(shared), differing)


@contextmanager
def _opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for schema in dict.fromkeys(name.split(".")[0] for name in READ):
            connection.execute(f"CREATE SCHEMA {quoted(schema)}")
        for name in (*READ, REFERENCE):
            file = literal(str(folder / f"{name}.parquet"))
            connection.execute(f"CREATE VIEW {qualified(name)} AS FROM read_parquet({file})")
        yield connection


def _differs(column: str, type_: str) -> str:
    by_hand, ours = f"reference.{quoted(column)}", f"project.{quoted(column)}"
    if type_ != "DECIMAL(18,6)":
        return f"{by_hand} IS DISTINCT FROM {ours}"
    return (
        f"({by_hand} IS NULL) <> ({ours} IS NULL) "
        f"OR ABS(CAST({by_hand} AS DECIMAL(18, 6)) - {ours}) > 0.000001"
    )
