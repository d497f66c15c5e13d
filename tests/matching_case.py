"""A night of matching out of a few rows: canonical records in, links out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.matching.link import Rules, link
from etl.matching.mentions import tables

NIGHT = date(2026, 11, 20)
RULES = Rules(Decimal("0.95"), Decimal("0.20"))
Rows = Mapping[str, Sequence[Mapping[str, Any]]]

BASE: Mapping[str, Mapping[str, Any]] = {
    "court_party": {"provider": "qcc", "record_id": "R1", "role": "defendant", "party_kind": "company"},
    "court_record": {"provider": "qcc", "record_id": "R1"},
    "listing": {"provider": "qcc", "record_id": "L1", "kind": "dishonest"},
    "bureau_score": {"provider": "creditsafe", "record_id": "B1", "scale_id": "s", "report_date": NIGHT},
    "registration": {"provider": "qcc", "record_id": "K1"},
    "inquiry": {"provider": "qcc", "product": "p", "asked_on": NIGHT, "outcome": "hits"},
    "match_decision": {"record_kind": "court_party", "decided_by": "Li", "decided_on": NIGHT},
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One row of match.record_link, as tests look at it."""

    state: str
    method: str
    role: str
    score: Decimal
    evidence: str
    is_certain: bool


@contextmanager
def matched(rows: Rows, as_of: date = NIGHT, rules: Rules = RULES) -> Iterator[Any]:
    """A connection on which `link` has run over `rows` (dicts by entity)."""
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute("CREATE SCHEMA current")
        for name in tables():
            columns = (*ENTITIES[name].columns, *HISTORY_COLUMNS)
            listed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
            connection.execute(f"CREATE TABLE current.{name} ({listed})")
            defaults = {column.name: column.default for column in columns}
            given = [
                {
                    **defaults, "known_on": as_of, "batch": "000001-test", "seq": seq,
                    "is_deleted": False, **BASE.get(name, {}), **row,
                }
                for seq, row in enumerate(rows.get(name, ()))
            ]  # fmt: skip
            if given:
                connection.executemany(
                    f"INSERT INTO current.{name} VALUES ({', '.join('?' * len(columns))})",
                    [[row[column.name] for column in columns] for row in given],
                )
        link(connection, as_of, rules)
        yield connection


def links(rows: Rows, as_of: date = NIGHT, rules: Rules = RULES) -> dict[tuple[str, str], Link]:
    """(record_key, customer_id) → link."""
    with matched(rows, as_of, rules) as connection:
        found = connection.execute(
            "SELECT record_key, customer_id, state, method, role_of_customer, score, evidence, "
            "is_certain FROM record_link ORDER BY ALL"
        ).fetchall()
    return {(key, customer): Link(*row) for key, customer, *row in found}


def parties(
    rows: Rows, as_of: date = NIGHT, rules: Rules = RULES
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Customer → legal party, and the edges between customers with their state."""
    with matched(rows, as_of, rules) as connection:
        party = dict(connection.execute("SELECT customer_id, party_id FROM legal_party").fetchall())
        edges = connection.execute("SELECT one, two, state FROM customer_edge").fetchall()
    return party, {(one, two): state for one, two, state in edges}
