"""Whole books at random: rows of every record type, drawn from what its contract allows.

Nothing in them hangs together more than in a bad export: payments of nobody known, returned money
whose payment never came, disputes closed before they were opened, rates that are missing. Amounts and
days are drawn from the edges of the rules, so that they meet.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from etl.entities import ENTITIES
from etl.entities.contract import Column, Entity
from tests.sql.tables import Row

CUSTOMERS = [f"C{number}" for number in range(1, 9)]
CURRENCIES = ["CNY"] * 5 + ["USD"] * 3 + ["JPY", "XAU"]
"""Of XAU nobody ever gives a rate."""
DAYS = (
    -40, -2, -1, 0, 0, 1, 2, 4, 5, 9, 10, 11, 29, 30, 31, 59, 60, 61, 89, 90, 91, 120, 180, 182,
    183, 184, 300, 364, 365, 366, 400, 729, 730, 731, 1100,
)  # fmt: skip
"""Before the night; negative: after it."""
AMOUNTS = ("0.01", "0.02", "20", "99.99", "100", "100.01", "1000", "1234.56", "250000", "10000000")
PLACES = {
    "invoice_id": ("I", 30),
    "payment_id": ("P", 30),
    "order_id": ("O", 20),
    "contract_id": ("K", 8),
}
"""A column → letter and number of the documents it may name; not all of them are there."""
NAMED: dict[str, tuple[str | None, ...]] = {
    "customer_id": tuple(CUSTOMERS),
    "currency": tuple(CURRENCIES),
    "from_currency": ("USD", "JPY"),
    "to_currency": ("CNY",),
    "rate": ("7", "0.05", "7.12345678"),
    "company_id": ("SH", "BJ", None),
    "parent_id": (*CUSTOMERS, "HOLDING"),
    "guarantor_id": (*CUSTOMERS, None),
    "author": ("Li", "Wang", None),
    "approver": ("Li", "Wang", None),
    "provider": ("qcc", "creditsafe", "company"),
    "lifts_veto": (None, "dishonest", "revoked,bankruptcy"),
    "industry_code": ("C34", "F51", "all"),
    "ratio": ("debt_to_assets", "quick_ratio", "roe", "current_ratio"),
}
LINKED = (
    "statement", "bureau_score", "bureau_line", "tax_credit", "esg_score", "reputation",
    "court_party", "listing", "penalty", "licence", "registration", "registration_change",
)  # fmt: skip
BUSY = ("invoice", "payment", "customer", "sales_order")


def book(seed: int, as_of: date) -> dict[str, list[Row]]:
    """The tables of a night, the same for the same seed."""
    chance = Random(seed)
    tables = {name: _rows(chance, entity, as_of) for name, entity in ENTITIES.items()}
    tables["record_link"] = _links(chance, tables)
    if chance.random() < 0.5:
        tables["customer_link"] = [
            {"customer_id": who, "party_id": "C1", "state": "accepted"} for who in ("C1", "C2")
        ]
    return tables


def _rows(chance: Random, entity: Entity, as_of: date) -> list[Row]:
    rows: dict[tuple[str | None, ...], Row] = {}
    for number in range(30 if entity.name in BUSY else chance.choice([0, 3, 10, 30])):
        row = {column.name: _value(chance, entity, column, as_of) for column in entity.columns}
        own = entity.key[0]
        if len(entity.key) == 1 and own != "customer_id":
            row[own] = f"{PLACES.get(own, (own, 0))[0]}{number}"
        for column in entity.columns:
            if not column.required and column.name not in entity.key and chance.random() < 0.25:
                row[column.name] = None
        _in_order(chance, entity, row)
        row["is_deleted"] = "true" if chance.random() < 0.05 else "false"
        rows.setdefault(tuple(row[name] for name in entity.key), row)
    return list(rows.values())


def _in_order(chance: Random, entity: Entity, row: Row) -> None:
    """Dates that the contract wants in order; an invoice comes before it falls due."""
    for first, second in entity.in_order:
        start, end = row.get(first), row.get(second)
        if start and end and start > end:
            row[first], row[second] = end, start
    if entity.name == "invoice":
        due = date.fromisoformat(row["due_date"] or "2026-10-01")
        row["invoice_date"] = str(due - timedelta(days=chance.choice([0, 14, 30, 90])))


def _value(chance: Random, entity: Entity, column: Column, as_of: date) -> str | None:
    name = column.name
    if column.allowed:
        return chance.choice(column.allowed)
    if name in PLACES:
        letter, most = PLACES[name]
        return f"{letter}{chance.randint(0, most)}"
    if name in NAMED:
        return chance.choice(NAMED[name])
    if name == "rule_id":
        return f"EW{chance.randint(1, 20):02}"
    if column.type == "DATE":
        return str(as_of - timedelta(days=chance.choice(DAYS)))
    if column.type == "BOOLEAN":
        return chance.choice(["true", "false"])
    if column.type == "INTEGER" or column.type.startswith("DECIMAL"):
        return _number(chance, entity, column)
    return f"{name}{chance.randint(1, 6)}"


def _number(chance: Random, entity: Entity, column: Column) -> str:
    if entity.name == "payment":
        return chance.choice([*AMOUNTS, "-100", "-0.01"])
    if column.type == "INTEGER":
        least, most = (int(end) if end else None for end in column.between or ("0", "400"))
        least = least or 0
        most = least + 400 if most is None else most
        return str(chance.choice([least, min(least + 1, most), min(least + 30, most), most]))
    if column.type == "DECIMAL(9,2)":
        return chance.choice(["0", "1", "5", "30"])
    if column.above_zero or (column.between and column.between[1] is None):
        return chance.choice(AMOUNTS)
    if column.between:
        low, high = (float(end or 0) for end in column.between)
        return str(chance.choice([low, high, round(chance.uniform(low, high), 2)]))
    return str(chance.randint(0, 10)) if "score" in column.name else chance.choice(AMOUNTS)


def _links(chance: Random, tables: dict[str, list[Row]]) -> list[dict[str, Any]]:
    """Most outside records count for somebody; some wait for a person."""
    return [
        {
            "record_kind": kind,
            "record_key": "|".join(row[part] or "" for part in ENTITIES[kind].key),
            "customer_id": row.get("customer_id") or chance.choice(CUSTOMERS),
            "provider": row.get("provider"),
            "record_id": row.get("record_id"),
            "role_of_customer": row.get("role") or "subject",
            "state": chance.choice(["accepted"] * 4 + ["review"]),
            "is_certain": chance.choice(["true", "false"]),
        }
        for kind in LINKED
        for row in tables[kind]
    ]
