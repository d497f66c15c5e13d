"""Letters, grade and payment indicators of every customer on a night, in plain Python.

An independent reading of requirements A0 and A0.1 and formulas C1 to C3, over any list of ledgers,
and the reader of the receivables sample. Currency conversion, scorecard, experts, listed vetoes
and overrides stay out: what comes back is the hard grade of one currency.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from tests.oracle import formulas
from tests.oracle.ledger import (
    ZERO,
    Allocation,
    Invoice,
    Ledger,
    is_seen,
    positions,
    positions_for_letters,
    seen_credits,
    seen_invoices,
    unapplied_cash,
)
from tests.oracle.letters import (
    ARTICLE,
    Behaviour,
    Collection,
    Grade,
    Overdue,
    Policy,
    behaviour,
    collection,
    grade,
    judged_items,
    overdue,
)
from tests.oracle.turnover import Payments, Turnover, open_in_ledger, payments, turnover


@dataclass(frozen=True)
class CustomerNight:
    customer_id: str
    invoice_cnt: int
    billed_amount: Decimal
    open_amount: Decimal
    aging: dict[str, Decimal]
    overdue_amount: Decimal
    unapplied_credit: Decimal
    judged_cnt: int
    behaviour: Behaviour
    p90_6m: Decimal | None
    collection: Collection
    overdue: Overdue
    grade: Grade
    turnover: Turnover | None
    payments: Payments


def customer_night(
    ledger: Ledger, as_of: date, policy: Policy = ARTICLE, competitor: str = "unknown"
) -> CustomerNight:
    """Amounts and buckets are the ledger as booked; letters and days see cash on account applied
    oldest due first, unless the policy ignores it."""
    booked = positions(ledger, as_of, policy.tolerance, policy.dispute_days)
    seen = booked
    if policy.unapplied_cash == "oldest_first":
        seen = positions_for_letters(ledger, as_of, policy.tolerance, policy.dispute_days)
    year = judged_items(seen, as_of, policy.lookback_months)
    half = judged_items(seen, as_of, policy.p90_months)
    basis = judged_items(seen, as_of, policy.overdue_months)

    ages = formulas.aging(((p.invoice.due_date, p.residual_in_ledger) for p in booked), as_of)
    on_account = sum((a.amount for a in unapplied_cash(ledger, as_of)), ZERO)
    loose = sum((c.amount for c in seen_credits(ledger.loose_credits, as_of)), ZERO)
    collected = collection(seen, ledger, as_of, policy)
    late = overdue(basis, policy)
    turned = turnover(ledger, booked, ages, as_of, policy)
    return CustomerNight(
        customer_id=ledger.customer_id,
        invoice_cnt=len(booked),
        billed_amount=sum((p.invoice.amount for p in booked), ZERO),
        open_amount=open_in_ledger(booked),
        aging=ages,
        overdue_amount=sum((ages[b] for b in ("1-30", "31-60", "61-90", "90+")), ZERO),
        unapplied_credit=-(on_account + loose + sum((p.in_credit for p in booked), ZERO)),
        judged_cnt=len(year),
        behaviour=behaviour(year),
        p90_6m=formulas.p90([i.days for i in half]),
        collection=collected,
        overdue=late,
        grade=grade(collected.letter, late.letter, competitor, policy),
        turnover=turned,
        payments=payments(ledger, as_of, policy, turned.months if turned else 12),
    )


def is_known_customer(ledger: Ledger, as_of: date) -> bool:
    """The night has an invoice or a payment of this customer."""
    return bool(
        seen_invoices(ledger, as_of)
        or unapplied_cash(ledger, as_of)
        or any(is_seen(c.dated_on, c.known_on, as_of) for c in ledger.loose_credits)
    )


def night(
    ledgers: Iterable[Ledger], as_of: date, policy: Policy = ARTICLE
) -> dict[str, CustomerNight]:
    """Every customer the night knows, by id, the competitor letter unknown."""
    return {
        ledger.customer_id: customer_night(ledger, as_of, policy)
        for ledger in ledgers
        if is_known_customer(ledger, as_of)
    }


# --- the receivables sample ----------------------------------------------------------------------


def read_receivables_2012(path: Path) -> list[Ledger]:
    """``receivables.csv``: a row is an invoice, known on its invoice date, and one payment of all
    of it, known on its settled date. ``Disputed`` has no date: information only (Q10)."""

    def day(text: str) -> date:
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a date, no zone

    invoices: dict[str, list[Invoice]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            number, amount = row["invoiceNumber"], Decimal(row["InvoiceAmount"])
            invoices[row["customerID"]].append(
                Invoice(
                    invoice_id=number,
                    amount=amount,
                    invoice_date=day(row["InvoiceDate"]),
                    due_date=day(row["DueDate"]),
                    allocations=(Allocation(amount, day(row["SettledDate"]), payment_id=number),),
                )
            )
    return [Ledger(customer, tuple(rows)) for customer, rows in sorted(invoices.items())]
