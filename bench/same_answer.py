"""Do the payment family in one query by hand and the project's own say the same?

Held against each other is every customer that was ever billed, in every column, bad debt and all. Left
out is who never was: the queries by hand start from bills. There are two of them. The plain one is the same
to the last digit. The packed one stops at a payment with one line over its whole amount and others
beside it, and its months and ratios are doubles: a customer who bought for cents and owes billions may be
off in the sixth digit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.engine.duckdb import literal, qualified, quoted

PLAIN = "reference_family"
PACKED = "reference_packed"
BY_HAND = (PLAIN, PACKED)
PROJECT = "indicator.payment"
READ = (PROJECT, "core.receivable")


@dataclass(frozen=True)
class Answers:
    """What was compared, and where the two differ."""

    reference: str
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
            f"{self.reference.replace('_', ' ')}: {self.customers:,} customers compared in "
            f"{self.columns} columns, differing: {where or 'none'}\n"
        )


def compare(folder: Path, reference: str) -> Answers:
    """The reference's file against the project's. Everything is the same; a ratio of the packed query is to
    one in the sixth digit. A column that either has alone fails."""
    with _opened(folder, reference) as connection:
        project, by_hand = (
            {
                str(name): str(type_)
                for name, type_, *_ in connection.execute(f"DESCRIBE {table}").fetchall()
            }
            for table in (PROJECT, reference)
        )
        if set(project) != set(by_hand):
            alone = ", ".join(sorted(set(project) ^ set(by_hand)))
            raise SystemExit(f"{reference} and {PROJECT} have not the same columns: {alone}")
        shared = [name for name in by_hand if name != "customer_id"]
        near = {c for c in shared if reference == PACKED and project[c] == "DECIMAL(18,6)"}
        counts = ", ".join(f"COUNT(*) FILTER (WHERE {_differs(c, c in near)})" for c in shared)
        found = connection.execute(
            f"SELECT COUNT(*), {counts} "
            f"FROM (SELECT DISTINCT customer_id FROM core.receivable) AS customer "
            f"LEFT JOIN {reference} AS reference USING (customer_id) "
            f"LEFT JOIN {PROJECT} AS project USING (customer_id)"
        ).fetchone() or (0,)
    differing = {name: int(count) for name, count in zip(shared, found[1:], strict=True) if count}
    return Answers(reference, int(found[0]), len(shared), differing)


@contextmanager
def _opened(folder: Path, reference: str) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for schema in dict.fromkeys(name.split(".")[0] for name in READ):
            connection.execute(f"CREATE SCHEMA {quoted(schema)}")
        for name in (*READ, reference):
            file = literal(str(folder / f"{name}.parquet"))
            connection.execute(f"CREATE VIEW {qualified(name)} AS FROM read_parquet({file})")
        yield connection


def _differs(column: str, is_near: bool) -> str:
    by_hand, ours = f"reference.{quoted(column)}", f"project.{quoted(column)}"
    if not is_near:
        return f"{by_hand} IS DISTINCT FROM {ours}"
    return (
        f"({by_hand} IS NULL) <> ({ours} IS NULL) "
        f"OR ABS(CAST({by_hand} AS DECIMAL(18, 6)) - {ours}) > 0.000001"
    )
