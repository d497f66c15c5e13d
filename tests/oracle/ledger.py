"""What a night can see of one customer's ledger, and where each invoice then stands.

Rules: requirements A0.1 "Known", "Paid, due, claimed", Q5 (residual tolerance), Q9 (partial
payments), Q10 (disputes). One currency; amounts are positive Decimals; dates are whole days.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

ZERO = Decimal(0)

#: Credit notes with these causes lower the amount due; any other cause is a claim.
REDUCING_CAUSES = frozenset({"return", "billing_error", "rebate"})


@dataclass(frozen=True)
class Allocation:
    """Money booked against an invoice. Only ``kind="cash"`` is paid; a write-off, a set-off by us
    and a bad-debt transfer are not."""

    amount: Decimal
    paid_on: date
    kind: str = "cash"
    payment_id: str = ""
    known_on: date | None = None


@dataclass(frozen=True)
class Credit:
    """A credit note: ``return``, ``billing_error``, ``rebate`` or ``quality_claim``."""

    amount: Decimal
    dated_on: date
    cause: str
    known_on: date | None = None


@dataclass(frozen=True)
class Claim:
    """Compensation: paid out to the customer (``payout``) or kept back by it (``deduction``)."""

    amount: Decimal
    dated_on: date
    settled_by: str
    known_on: date | None = None


@dataclass(frozen=True)
class Dispute:
    """Without ``opened_on`` it is a flag: information only. ``amount`` None: all that is open."""

    opened_on: date | None = None
    closed_on: date | None = None
    for_customer: bool = False
    amount: Decimal | None = None
    known_on: date | None = None


@dataclass(frozen=True)
class Invoice:
    invoice_id: str
    amount: Decimal
    invoice_date: date
    due_date: date | None
    allocations: tuple[Allocation, ...] = ()
    credits: tuple[Credit, ...] = ()
    claims: tuple[Claim, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    known_on: date | None = None


@dataclass(frozen=True)
class Ledger:
    """One customer: its invoices, cash on account, and credit notes linked to no invoice."""

    customer_id: str
    invoices: tuple[Invoice, ...] = ()
    on_account: tuple[Allocation, ...] = ()
    loose_credits: tuple[Credit, ...] = ()
    loose_claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Position:
    """Where an invoice stands on a night.

    ``due_amount`` is the amount less returns, billing errors and rebates; ``kept_back`` the part
    of it that claims account for; ``residual`` what cash still has to cover (0 within the
    tolerance), written-off parts included; ``residual_in_ledger`` the same without them.
    ``collected`` is the cash, and for a fully paid item also the tolerated cent; ``in_credit`` what
    cash and credit notes exceed the invoice by.
    """

    invoice: Invoice
    due_amount: Decimal
    cash: tuple[tuple[date, Decimal], ...]
    collected: Decimal
    kept_back: Decimal
    residual: Decimal
    residual_in_ledger: Decimal
    in_credit: Decimal
    disputed_open: Decimal
    settled_on: date | None
    is_settled_for_customer: bool


def months_back(day: date, months: int) -> date:
    """The same day ``months`` earlier, or that month's last day (29 Feb → 28 Feb)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def is_seen(own_date: date, known_on: date | None, as_of: date) -> bool:
    """A0.1 "Known": an event counts if it is known and its own date has come."""
    return max(own_date, known_on or own_date) <= as_of


def seen_invoices(ledger: Ledger, as_of: date) -> list[Invoice]:
    return [i for i in ledger.invoices if is_seen(i.invoice_date, i.known_on, as_of)]


def seen_cash(allocations: Iterable[Allocation], as_of: date) -> list[Allocation]:
    return [a for a in allocations if a.kind == "cash" and is_seen(a.paid_on, a.known_on, as_of)]


def seen_credits(notes: Iterable[Credit], as_of: date) -> list[Credit]:
    return [c for c in notes if is_seen(c.dated_on, c.known_on, as_of)]


def seen_claims(claims: Iterable[Claim], as_of: date) -> list[Claim]:
    return [c for c in claims if is_seen(c.dated_on, c.known_on, as_of)]


def reducing(notes: Iterable[Credit]) -> Decimal:
    return sum((c.amount for c in notes if c.cause in REDUCING_CAUSES), ZERO)


def claim_credits(notes: Iterable[Credit]) -> list[Credit]:
    return [c for c in notes if c.cause not in REDUCING_CAUSES]


def unapplied_cash(ledger: Ledger, as_of: date) -> list[Allocation]:
    """Cash on account, and cash for invoices the night does not know yet (A0.1: linked when the
    invoice comes), oldest payment first."""
    waiting = [
        a
        for invoice in ledger.invoices
        if not is_seen(invoice.invoice_date, invoice.known_on, as_of)
        for a in seen_cash(invoice.allocations, as_of)
    ]
    pool = seen_cash(ledger.on_account, as_of) + waiting
    return sorted(pool, key=lambda a: (a.paid_on, a.payment_id))


def covered_on(cash: Sequence[tuple[date, Decimal]], target: Decimal) -> date | None:
    """The day on which the payments, in order, first reach the target."""
    total = ZERO
    for paid_on, amount in cash:
        total += amount
        if total >= target:
            return paid_on
    return None


def disputed_part(
    disputes: Iterable[Dispute], residual: Decimal, as_of: date, dispute_days: int
) -> Decimal:
    """Q10: the open amount in dispute, for the first ``dispute_days`` nights from the opening
    (the opening night is the first) and only while the dispute is open."""
    total = ZERO
    for dispute in disputes:
        opened = dispute.opened_on
        if opened is None or not is_seen(opened, dispute.known_on, as_of):
            continue
        is_closed = dispute.closed_on is not None and dispute.closed_on <= as_of
        if not is_closed and as_of - opened < timedelta(days=dispute_days):
            total += residual if dispute.amount is None else dispute.amount
    return min(total, residual)


def is_won(disputes: Iterable[Dispute], as_of: date) -> bool:
    """Q10: a dispute was closed in the customer's favour by the night."""
    return any(
        d.for_customer and d.opened_on and d.closed_on and is_seen(d.closed_on, d.known_on, as_of)
        for d in disputes
    )


def position(
    invoice: Invoice,
    as_of: date,
    tolerance: Decimal,
    dispute_days: int = 60,
    extra_cash: Sequence[tuple[date, Decimal]] = (),
) -> Position:
    """Where the invoice stands; ``extra_cash`` is cash on account applied to it.

    A credit, and a claim kept back, changes what cash has to cover, not when it was covered: the
    settlement date is the day the cash reached what had to be paid, so the credited part is not
    judged for lateness. An item that no cash had to cover has no settlement date.
    """
    seen = seen_cash(invoice.allocations, as_of)
    cash = tuple(sorted([(a.paid_on, a.amount) for a in seen] + list(extra_cash)))
    paid = sum((amount for _, amount in cash), ZERO)
    notes = seen_credits(invoice.credits, as_of)
    due_amount = max(invoice.amount - reducing(notes), ZERO)

    claim_credited = sum((c.amount for c in claim_credits(notes)), ZERO)
    deducted = sum(
        (c.amount for c in seen_claims(invoice.claims, as_of) if c.settled_by == "deduction"), ZERO
    )
    kept_back = min(claim_credited + deducted, max(due_amount - paid, ZERO))
    to_pay = due_amount - kept_back
    gap = to_pay - paid
    residual = gap if gap > tolerance else ZERO

    written_off = sum(
        (
            a.amount
            for a in invoice.allocations
            if a.kind != "cash" and is_seen(a.paid_on, a.known_on, as_of)
        ),
        ZERO,
    )
    in_ledger = residual - written_off
    is_paid = residual == ZERO and to_pay > tolerance
    return Position(
        invoice=invoice,
        due_amount=due_amount,
        cash=cash,
        collected=to_pay if ZERO < gap <= tolerance else paid,
        kept_back=kept_back,
        residual=residual,
        residual_in_ledger=in_ledger if in_ledger > tolerance else ZERO,
        in_credit=max(paid + reducing(notes) + claim_credited - invoice.amount, ZERO),
        disputed_open=disputed_part(invoice.disputes, residual, as_of, dispute_days),
        settled_on=covered_on(cash, to_pay - tolerance) if is_paid else None,
        is_settled_for_customer=is_paid and is_won(invoice.disputes, as_of),
    )


def positions(
    ledger: Ledger, as_of: date, tolerance: Decimal, dispute_days: int = 60
) -> list[Position]:
    """The ledger as booked: cash on account is not applied."""
    return [position(i, as_of, tolerance, dispute_days) for i in seen_invoices(ledger, as_of)]


def positions_for_letters(
    ledger: Ledger, as_of: date, tolerance: Decimal, dispute_days: int = 60
) -> list[Position]:
    """The same with cash on account applied, oldest due first (then oldest invoice, then id).
    Items without a due date are in no letter and take none."""
    booked = positions(ledger, as_of, tolerance, dispute_days)
    pool = [(a.paid_on, a.amount) for a in unapplied_cash(ledger, as_of)]
    waiting = sorted(
        (p for p in booked if p.residual > ZERO and p.invoice.due_date),
        key=lambda p: (p.invoice.due_date, p.invoice.invoice_date, p.invoice.invoice_id),
    )
    extra: dict[str, list[tuple[date, Decimal]]] = {}
    for item in waiting:
        taken, pool = take(pool, item.residual)
        if taken:
            extra[item.invoice.invoice_id] = taken
    return [
        position(p.invoice, as_of, tolerance, dispute_days, extra.get(p.invoice.invoice_id, ()))
        for p in booked
    ]


def take(
    pool: Sequence[tuple[date, Decimal]], amount: Decimal
) -> tuple[list[tuple[date, Decimal]], list[tuple[date, Decimal]]]:
    """Up to ``amount`` from the front of the pool; what was taken, and what is left."""
    taken, left = [], []
    for paid_on, lot in pool:
        used = min(lot, amount)
        amount -= used
        if used > ZERO:
            taken.append((paid_on, used))
        if lot > used:
            left.append((paid_on, lot - used))
    return taken, left
