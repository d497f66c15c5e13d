"""What `zixin night` prints: the same book under every policy, and where to look."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from etl.terminal import printable

GRADES = ("A", "B", "C", "D", "NR")
SHOWN_REASONS = 3
COLOURS = {"A": "green", "B": "cyan", "C": "yellow", "D": "red", "NR": "bright_black"}


def print_summary(screen: Console, result: dict[str, Any]) -> None:
    """One night on a terminal."""
    result = printable(result)
    screen.print(
        f"[bold]{result['as_of']}[/]  {result['credit_files']:,} credit files published"
        + (
            "" if result["is_newest"] else "  (an older night: the newest stays the one people see)"
        ),
        soft_wrap=True,
    )
    screen.print(_book(result["book"]))
    for row in result["without_rate"]:
        screen.print(
            f"[yellow]no rate for {row['currency']}:[/] {Decimal(row['open_amount']):,.2f} open stays out "
            f"of the totals, and the collection letter of whoever owes in it ({row['customer_cnt']:,}) "
            "is unknown: map an fx_rate",
            soft_wrap=True,
        )
    for row in result["unassigned"]:
        screen.print(
            f"[yellow]unassigned:[/] {Decimal(row['amount']):,.2f} {row['currency']} of payments name "
            f"neither a customer nor a known invoice ({row['payment_cnt']:,}) and are in no credit "
            "file",
            soft_wrap=True,
        )
    if result["quarantine"]:
        _print_quarantine(screen, result["quarantine"])
    for remark in result.get("remarks", ()):
        screen.print(f"[yellow]note:[/] {escape(remark)}", soft_wrap=True)
    for warning in result["warnings"]:
        screen.print(f"[yellow]warning:[/] {escape(warning)}")
    screen.print(f"open       {Path(result['folder'], 'index.html').as_uri()}", soft_wrap=True)
    screen.print(f"warehouse  {escape(result['warehouse'])}", soft_wrap=True)


def _print_quarantine(screen: Console, entries: list[dict[str, Any]]) -> None:
    """How many rows wait, and the commonest reasons: a mapping that does not fit shows here first."""
    rows = sum(entry["open"] for entry in entries)
    screen.print(
        f"quarantine rows that wait for a healthy version: {rows:,} (quality.html lists them)"
    )
    for entry in entries[:SHOWN_REASONS]:
        screen.print(
            f"  [yellow]{entry['open']:,}[/] {escape(entry['entity'])}: {escape(entry['example'])}",
            soft_wrap=True,
        )
    if len(entries) > SHOWN_REASONS:
        screen.print(f"  … and {len(entries) - SHOWN_REASONS} more kinds")


def _book(book: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("policy")
    for grade in GRADES:
        table.add_column(f"[{COLOURS[grade]}]{grade}[/]", justify="right")
    table.add_column("open", justify="right")
    table.add_column("overdue", justify="right")
    for policy_id in dict.fromkeys(row["policy_id"] for row in book):
        rows = {row["final_grade"]: row for row in book if row["policy_id"] == policy_id}
        any_row = next(iter(rows.values()))
        currency = any_row["base_currency"] or ""
        table.add_row(
            policy_id + (" *" if any_row["is_active"] else ""),
            *(f"{rows[grade]['customer_cnt']:,}" if grade in rows else "0" for grade in GRADES),
            _money(rows, "open_amount", currency),
            _money(rows, "overdue_amount", currency),
        )
    return table


def _money(rows: dict[str, dict[str, Any]], name: str, currency: str) -> str:
    return f"{sum((Decimal(row[name]) for row in rows.values()), Decimal(0)):,.2f} {currency}"
