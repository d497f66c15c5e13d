"""The rows of one batch in the database, while they are judged: schema `batch` of the connection.

What the mapper staged in a folder becomes views: `batch.<entity>` (the entity's columns, the history
columns, source_file, source_row, raw) and `batch.rejects` (what could not become a row at all, in the
columns of quarantine). `batch.feed` has one row an entity with its counts, and one called `line` for
lines that could not be cut into fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from etl.engine.duckdb import literal
from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.quality.conservation import Received, Tally
from etl.quality.runner import RuleResult
from etl.quarantine import COLUMNS as QUARANTINE
from etl.quarantine import key_text

SCHEMA = "batch"
FEED = "feed"
REJECTS = "rejects"
NO_AMOUNT = "CAST(NULL AS DECIMAL(18, 2))"


@dataclass(frozen=True)
class FeedCounts:
    """What is known of one entity of a batch beside its rows; see `Arrival`."""

    received: Received
    previous_rows: int | None
    may_be_empty: bool


class Staging:
    """Use as a context manager: on leaving, the connection is as it was."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        feed: str,
        folder: Path,
        entities: Sequence[str],
    ) -> None:
        self.feed = feed
        self.entities = tuple(entities)
        self._connection = connection
        self._folder = folder

    def __enter__(self) -> Self:
        self._connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        self._connection.execute(f"CREATE SCHEMA {SCHEMA}")
        for name in (*self.entities, REJECTS):
            self._connection.execute(
                f"CREATE VIEW {SCHEMA}.{name} AS "
                f"SELECT * FROM {_file(self._folder / f'{name}.parquet')}"
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.execute(f"DROP SCHEMA {SCHEMA} CASCADE")

    def describe_feed(self, counts: Mapping[str, FeedCounts]) -> None:
        """Make `batch.feed`."""
        self._connection.execute(
            f"CREATE TABLE {SCHEMA}.{FEED} (entity VARCHAR, received_rows BIGINT, "
            "staged_rows BIGINT, rejected_rows BIGINT, duplicate_rows BIGINT, "
            "previous_rows BIGINT, may_be_empty BOOLEAN)"
        )
        rejected = self.rejected()
        for name, count in sorted(counts.items()):
            self._connection.execute(
                f"INSERT INTO {SCHEMA}.{FEED} VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    name,
                    count.received.received.rows,
                    self.staged(name).rows if name in self.entities else 0,
                    rejected.get(name, Tally()).rows,
                    count.received.duplicate.rows,
                    count.previous_rows,
                    count.may_be_empty,
                ],
            )

    def mark_refused(self, failed: Mapping[str, Sequence[RuleResult]]) -> None:
        """Make `batch.refused`: one row a (entity, seq, rule), from the very queries that were
        judged. `place`: the order of the rules in their suite."""
        self._connection.execute(
            f"CREATE TABLE {SCHEMA}.refused "
            "(entity VARCHAR, seq BIGINT, rule VARCHAR, reason VARCHAR, place INTEGER)"
        )
        for entity, results in failed.items():
            for place, result in enumerate(results):
                self._connection.execute(
                    f"INSERT INTO {SCHEMA}.refused "
                    "SELECT DISTINCT $entity, offending.seq, $rule, $reason, $place "
                    f"FROM ({result.rule.query}) AS offending",
                    {
                        "entity": entity,
                        "rule": result.rule.rule_id,
                        "reason": result.rule.meta.reason,
                        "place": place,
                    },
                )

    def write_healthy(self, name: str, target: Path) -> Tally:
        """Write the rows of one entity that broke no rule, in the order they arrived and with
        history's own columns; returns what the file holds."""
        entity = ENTITIES[name]
        columns = ", ".join(
            f"CAST(staged.{column.name} AS {column.type}) AS {column.name}"
            for column in (*entity.columns, *HISTORY_COLUMNS)
        )
        self._copy(
            f"""
            SELECT {columns}
            FROM {SCHEMA}.{name} AS staged
            WHERE NOT EXISTS (
                SELECT 1
                FROM {SCHEMA}.refused
                WHERE refused.entity = {literal(name)} AND refused.seq = staged.seq
            )
            ORDER BY staged.seq
            """,
            target,
        )
        return self._tally(_file(target), entity.amount)

    def write_quarantine(self, target: Path) -> dict[str, Tally]:
        """Write the rejects and the rows that broke a rule; returns entity → what the file holds,
        each row once however many rules it broke."""
        parts = [f"SELECT {_names()} FROM {SCHEMA}.{REJECTS}", *map(self._refused, self.entities)]
        typed = ", ".join(f"CAST({c.name} AS {c.type}) AS {c.name}" for c in QUARANTINE)
        self._copy(
            f"""
            SELECT {typed}
            FROM ({" UNION ALL ".join(parts)})
            ORDER BY entity, source_file NULLS LAST, source_row NULLS LAST, key NULLS LAST,
                nth_rule, rule, raw NULLS LAST
            """,
            target,
        )
        return self._tallies(f"(SELECT * FROM {_file(target)} WHERE nth_rule = 1)")

    def staged(self, name: str) -> Tally:
        """What the mapper made of one entity."""
        return self._tally(f"{SCHEMA}.{name}", ENTITIES[name].amount)

    def rejected(self) -> dict[str, Tally]:
        """entity → what the mapper could make nothing of."""
        return self._tallies(f"{SCHEMA}.{REJECTS}")

    def _refused(self, name: str) -> str:
        amount = ENTITIES[name].amount
        values = {
            "feed": literal(self.feed),
            "entity": "refused.entity",
            "key": key_text(ENTITIES[name], "staged"),
            "rule": "refused.rule",
            "reason": "refused.reason",
            "raw": "staged.raw",
            "source_file": "staged.source_file",
            "source_row": "staged.source_row",
            "known_on": "staged.known_on",
            "batch": "staged.batch",
            "amount": f"staged.{amount}" if amount else NO_AMOUNT,
            "nth_rule": "ROW_NUMBER() OVER (PARTITION BY refused.seq ORDER BY refused.place)",
        }
        picked = ", ".join(f"{values[column.name]} AS {column.name}" for column in QUARANTINE)
        return (
            f"SELECT {picked} FROM {SCHEMA}.refused "
            f"JOIN {SCHEMA}.{name} AS staged ON staged.seq = refused.seq "
            f"WHERE refused.entity = {literal(name)}"
        )

    def _copy(self, query: str, target: Path) -> None:
        self._connection.execute(
            f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)"
        )

    def _tally(self, source: str, amount: str | None) -> Tally:
        [(rows, total)] = self._connection.execute(
            f"SELECT COUNT(*), SUM({amount or NO_AMOUNT}) FROM {source}"
        ).fetchall()
        return Tally(rows, _cents(total))

    def _tallies(self, source: str) -> dict[str, Tally]:
        rows = self._connection.execute(
            f"SELECT entity, COUNT(*), SUM(amount) FROM {source} GROUP BY entity"
        ).fetchall()
        return {name: Tally(count, _cents(total)) for name, count, total in rows}


def _names() -> str:
    return ", ".join(column.name for column in QUARANTINE)


def _cents(total: Decimal | None) -> Decimal:
    return Decimal(total or 0).quantize(Decimal("0.01"))


def _file(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"
