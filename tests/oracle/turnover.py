"""DSO and its relatives (C1) and the payment rhythm (R0-12, R0-13) of one customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle import formulas
from tests.oracle.ledger import (
    ZERO,
    Ledger,
    Position,
    months_back,
    positions,
    reducing,
    seen_cash,
    seen_credits,
    seen_invoices,
)
from tests.oracle.letters import Policy


@dataclass(frozen=True)
class Turnover:
    """C1 over the last 12 months, or since the first sale if that is shorter."""

    period_days: int
    months: int
    sales: Decimal
    begin_open: Decimal
    dso: Decimal | None
    best_possible_dso: Decimal | None
    add_days: Decimal | None
    cei: Decimal | None
    count_back: formulas.CountBack | None


@dataclass(frozen=True)
class Payments:
    """R0-12, R0-13 over (S, as_of]."""

    count_12m: int
    amount_12m: Decimal
    per_month: Decimal | None
    gap_mean_days: Decimal | None
    gap_mean_days_by_payment: Decimal | None


def months_up(start: date, as_of: date) -> int:
    """Months from ``start`` to ``as_of``, a begun month counted whole, at least one."""
    months = max(1, (as_of.year - start.year) * 12 + as_of.month - start.month - 1)
    while months_back(start, -months) < as_of:
        months += 1
    return months


def sales_events(ledger: Ledger, as_of: date) -> list[tuple[date, Decimal]]:
    """Invoices by invoice date, and credit notes by their date, as less sales. Reading: returns,
    billing errors and rebates are less sales, a quality claim is an expense."""
    invoices = seen_invoices(ledger, as_of)
    linked = [note for i in invoices for note in i.credits]
    notes = seen_credits([*linked, *ledger.loose_credits], as_of)
    return [
        *((i.invoice_date, i.amount) for i in invoices),
        *((note.dated_on, -reducing([note])) for note in notes),
    ]


def sales_months(
    events: Iterable[tuple[date, Decimal]], first: date, as_of: date
) -> list[tuple[Decimal, int]]:
    """(sales, days) of each calendar month, newest first: the month to date with its elapsed days,
    then whole months back to that of the first sale."""
    totals: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for on, amount in events:
        totals[on.year, on.month] += amount
    months, last = [], as_of
    while (last.year, last.month) >= (first.year, first.month):
        months.append((totals[last.year, last.month], last.day))
        last = last.replace(day=1) - timedelta(days=1)
    return months


def open_in_ledger(items: Iterable[Position]) -> Decimal:
    return sum((p.residual_in_ledger for p in items), ZERO)


def turnover(
    ledger: Ledger,
    booked: Sequence[Position],
    ages: dict[str, Decimal],
    as_of: date,
    policy: Policy,
) -> Turnover | None:
    """C1. The choices:

    * the period starts at ``max(S, first invoice date − 1 day)`` and has ``as_of − start`` days;
    * sales are the invoices dated in (start, as_of], net of credit notes dated there;
    * receivable = the open amount as booked (cash on account not netted, written-off parts out);
      its current part is the bucket ``current``, so ``no_due_date`` counts into ADD;
    * CEI begins with the open amount at ``start`` as it was then known, and divides the sales by
      the months of the period (a begun month whole: 12 for a full year, at least 1);
    * count-back walks calendar months to that of the first sale, also beyond 12.
    """
    seen = seen_invoices(ledger, as_of)
    if not seen:
        return None
    first = min(i.invoice_date for i in seen)
    start = max(months_back(as_of, policy.lookback_months), first - timedelta(days=1))
    events = sales_events(ledger, as_of)
    sales = sum((amount for on, amount in events if start < on <= as_of), ZERO)
    days, months = (as_of - start).days, months_up(start, as_of)
    total, current = open_in_ledger(booked), ages["current"]
    begin = open_in_ledger(positions(ledger, start, policy.tolerance, policy.dispute_days))
    has_sales = sales > ZERO
    return Turnover(
        period_days=days,
        months=months,
        sales=sales,
        begin_open=begin,
        dso=formulas.dso(total, sales, days),
        best_possible_dso=formulas.dso(current, sales, days),
        add_days=formulas.dso(total - current, sales, days),
        cei=formulas.cei(begin, sales, months, total, current) if has_sales else None,
        count_back=formulas.count_back(total, sales_months(events, first, as_of)),
    )


def payments(ledger: Ledger, as_of: date, policy: Policy, months: int) -> Payments:
    """Every cash receipt the night knows, one per ``payment_id`` (an allocation without an id is
    a receipt of its own). Per month: over the same months as C1. Gaps: between days with a
    receipt, and, beside it, between receipts, where two on a day are 0 apart."""
    start = months_back(as_of, policy.lookback_months)
    lots = [a for i in ledger.invoices for a in seen_cash(i.allocations, as_of)]
    lots += seen_cash(ledger.on_account, as_of)
    receipts: dict[tuple[str, date], Decimal] = defaultdict(lambda: ZERO)
    for number, lot in enumerate(lots):
        if lot.paid_on > start:
            receipts[lot.payment_id or f"#{number}", lot.paid_on] += lot.amount
    dates = sorted(on for _, on in receipts)

    def mean_gap(on: Sequence[date]) -> Decimal | None:
        return formulas.ratio((on[-1] - on[0]).days, len(on) - 1) if len(on) > 1 else None

    return Payments(
        count_12m=len(receipts),
        amount_12m=sum(receipts.values(), ZERO),
        per_month=formulas.rounded(Fraction(len(receipts), months)),
        gap_mean_days=mean_gap(sorted(set(dates))),
        gap_mean_days_by_payment=mean_gap(dates),
    )
