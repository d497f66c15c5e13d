"""Statements small enough to read, and the links that make them count."""

from collections.abc import Iterable

from tests.sql.tables import Row

FIRM_F: Row = {
    "current_assets": "4200", "inventory": "1500", "prepaid": "100", "total_assets": "10000",
    "current_liabilities": "3000", "total_liabilities": "6000", "retained_earnings": "1200",
    "ebit": "900", "equity": "4000", "revenue": "12000", "cost_of_sales": "9000", "net_income": "480",
}  # fmt: skip
"""Firm F of formulas.md (C5, C7); its shares, where they are listed, are worth 5,200."""


def accounts(customer: str = "C1", year: int = 2025, **figures: str | None) -> Row:
    """A year's accounts that the customer handed in; `period_end`, `basis` and so on as given."""
    return {
        "provider": "company",
        "party_id": customer,
        "customer_id": customer,
        "period_end": f"{year}-12-31",
        "period_months": "12",
        "basis": "parent",
        **figures,
    }


def linked(rows: Iterable[Row], **more: str) -> list[Row]:
    """A row of match.record_link for each of these accounts: they count for whom they were found."""
    parts = ("provider", "party_id", "customer_id", "period_end", "period_months", "basis")
    return [
        {
            "record_kind": "statement",
            "record_key": "|".join(row[part] or "" for part in parts),
            "customer_id": row["customer_id"],
            "provider": row["provider"],
            "role_of_customer": "subject",
            **more,
        }
        for row in rows
    ]


def book(*rows: Row) -> dict[str, list[Row]]:
    """The tables of a night with these accounts."""
    return {"statement": list(rows), "record_link": linked(rows)}
