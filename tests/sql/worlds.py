"""Random small worlds: ledgers as the oracle understands them, and the same as canonical rows.

What the product and the oracle read differently on purpose is not drawn (see `ledgers`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.oracle.ledger import Allocation, Claim, Credit, Dispute, Invoice, Ledger
from tests.sql.tables import Row

CENT = Decimal("0.01")
AMOUNTS = [Decimal(text) for text in ("100", "1000", "99.99", "1234.56", "20", "250")]
DUE_DAYS = [-40, -3, -1, 0, 1, 4, 5, 9, 10, 11, 30, 31, 61, 91, 182, 183, 184, 364, 365, 366, 400]
PAY_DAYS = [-20, -7, -1, 0, 1, 4, 5, 9, 10, 11, 25, 60]
SHARES = [None, "1", "0.95", "0.9499", "0.90", "0.8999", "0.5"]
"""Of what had to be paid; None: nothing was."""

A_FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.generate],  # a whole night each: nobody waits for shrinking
)


@dataclass(frozen=True)
class Customer:
    """A ledger, and what is known of the customer's dealings with competitors."""

    ledger: Ledger
    is_reseller: bool | None
    share: str | None

    @property
    def has_item_claims(self) -> bool:
        """Whether a claim settled part of an item."""
        invoices = self.ledger.invoices
        noted = (c for i in invoices for c in i.credits if c.cause == "quality_claim")
        return any(noted) or any(i.claims for i in invoices)

    @property
    def has_won(self) -> bool:
        """Whether a dispute was closed in the customer's favour."""
        return any(d.for_customer for i in self.ledger.invoices for d in i.disputes)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)


@st.composite
def invoices(draw: Any, as_of: date, number: int, name: str) -> Invoice:
    """One invoice with what happened to it. Cash and returns together never exceed the amount."""
    amount = draw(st.sampled_from(AMOUNTS))
    due = as_of - timedelta(days=draw(st.sampled_from(DUE_DAYS)) + number)
    terms = draw(st.sampled_from([0, 14, 30, 60]))
    events = draw(
        st.fixed_dictionaries(
            {
                "credit": st.sampled_from([None, None, None, "return", "rebate"]),
                "claim": st.sampled_from([None, None, None, "note", "payout", "deduction"]),
                "share": st.sampled_from(SHARES),
                "short": st.sampled_from([0, 0, 0, 1, 2]),
                "parts": st.sampled_from([1, 1, 2]),
                "days": st.lists(st.sampled_from(PAY_DAYS), min_size=2, max_size=2),
                "rest": st.sampled_from([None, None, None, "write_off", "set_off"]),
                "dispute": st.sampled_from(
                    [None, None, None, "flag", "open", "part", "won", "lost"]
                ),
                "opened": st.sampled_from([-1, 0, 20, 59, 60, 61]),
            }
        )
    )
    notes: list[Credit] = []
    claims: list[Claim] = []
    to_pay = amount
    if events["credit"]:
        credit = _cents(amount / 5)
        to_pay -= credit
        credited_on = due + timedelta(days=max(events["days"][1], -terms))
        notes.append(Credit(credit, credited_on, events["credit"]))
    # Before any cash: whether a later claim delays the settlement is a matter of reading.
    claimed_on, claim = due - timedelta(days=min(21, terms)), _cents(amount / 20)
    if events["claim"] == "note":
        notes.append(Credit(claim, claimed_on, "quality_claim"))
    elif events["claim"]:
        claims.append(Claim(claim, claimed_on, events["claim"]))
        to_pay -= claim if events["claim"] == "deduction" else 0

    cash: list[Allocation] = []
    if events["share"]:
        paid = max(_cents(to_pay * Decimal(events["share"])) - events["short"] * CENT, CENT)
        parts = 1 if notes or claims else events["parts"]
        first = _cents(paid / parts)
        lots = [first] if parts == 1 else [first, paid - first]
        cash = [
            Allocation(
                lot,
                max(due + timedelta(days=late), claimed_on if events["claim"] else date.min),
                payment_id=f"{name}-{place}",
            )
            for place, (lot, late) in enumerate(zip(lots, events["days"], strict=False))
            if lot > 0
        ]
    rest = to_pay - sum((a.amount for a in cash), Decimal(0))
    if events["rest"] and rest > CENT and not events["claim"]:
        given_up = Allocation(
            rest, due + timedelta(days=30), kind=events["rest"], payment_id=f"{name}-rest"
        )
        cash.append(given_up)

    opened = as_of - timedelta(days=events["opened"])
    dispute = {
        None: (),
        "flag": (Dispute(),),
        "open": (Dispute(opened),),
        "part": (Dispute(opened, amount=_cents(amount / 4)),),
        "won": (Dispute(opened - timedelta(days=30), opened, for_customer=True),),
        "lost": (Dispute(opened - timedelta(days=30), opened),),
    }["flag" if events["claim"] and events["dispute"] else events["dispute"]]
    return Invoice(
        invoice_id=name,
        amount=amount,
        invoice_date=due - timedelta(days=terms),
        due_date=None if draw(st.integers(0, 19)) == 19 else due,
        allocations=tuple(cash),
        credits=tuple(notes),
        claims=tuple(claims),
        disputes=dispute,
    )


@st.composite
def customers(draw: Any, as_of: date, name: str) -> Customer:
    """One customer. Not drawn, because the oracle reads them otherwise on purpose: an overpaid item
    (it sums raw cash), a payment that was returned, a claim that came after the cash, two items due
    on one day (which of them cash on account pays first is nowhere said)."""
    count = draw(st.integers(0, 5))
    owed = [draw(invoices(as_of, n, f"{name}-{n}")) for n in range(count)]
    seen, distinct = set(), []
    for invoice in owed:
        due = invoice.due_date or invoice.invoice_date
        if due not in seen:
            seen.add(due)
            distinct.append(invoice)

    def days_ago(*choices: int) -> date:
        return as_of - timedelta(days=draw(st.sampled_from(choices)))

    has_claims = any(i.claims or i.credits for i in distinct)
    on_account = tuple(
        Allocation(
            draw(st.sampled_from(AMOUNTS)), days_ago(-1, 0, 3, 40, 370), payment_id=f"{name}-a{n}"
        )
        for n in range(0 if has_claims else draw(st.sampled_from([0, 0, 0, 1, 2])))
    )
    loose_credits = tuple(
        draw(
            st.sampled_from(
                [
                    Credit(Decimal(7), as_of, "return"),
                    Credit(Decimal(7), days_ago(-1, 5, 365), "quality_claim"),
                ]
            )
        )
        for _ in range(draw(st.sampled_from([0, 0, 0, 1])))
    )
    loose_claims = tuple(
        Claim(Decimal(3), days_ago(-1, 5, 365), draw(st.sampled_from(["payout", "deduction"])))
        for _ in range(draw(st.sampled_from([0, 0, 0, 1])))
    )
    is_reseller = draw(st.sampled_from([None, False, True, True]))
    share = (
        draw(st.sampled_from(["0", "0.3", "0.45", "0.55", "0.9", None])) if is_reseller else None
    )
    ledger = Ledger(name, tuple(distinct), on_account, loose_credits, loose_claims)
    return Customer(ledger, is_reseller, share)


def worlds(as_of: date, most: int = 20) -> st.SearchStrategy[list[Customer]]:
    """A few customers."""
    return st.integers(1, most).flatmap(
        lambda count: st.tuples(*(customers(as_of, f"C{n}") for n in range(count))).map(list)
    )


def rows(world: Sequence[Customer]) -> dict[str, list[Row]]:
    """The world as canonical rows, and one old invoice of somebody else: the base currency of a book
    is that of its invoices."""
    tables: dict[str, list[Row]] = {
        name: []
        for name in (
            "customer",
            "invoice",
            "payment",
            "allocation",
            "credit_note",
            "claim",
            "dispute",
        )
    }
    tables["invoice"].append(
        {
            "customer_id": "ANCHOR",
            "invoice_id": "ANCHOR",
            "invoice_date": "2020-01-01",
            "due_date": "2020-01-31",
            "amount": "1",
        }
    )
    for customer in world:
        ledger = customer.ledger
        who = ledger.customer_id
        is_reseller = None if customer.is_reseller is None else str(customer.is_reseller).lower()
        tables["customer"].append(
            {"customer_id": who, "is_reseller": is_reseller, "competitor_share": customer.share}
        )
        for invoice in ledger.invoices:
            tables["invoice"].append(
                {
                    "customer_id": who,
                    "invoice_id": invoice.invoice_id,
                    "invoice_date": _text(invoice.invoice_date),
                    "due_date": _text(invoice.due_date),
                    "amount": _text(invoice.amount),
                }
            )
            for note in invoice.credits:
                tables["credit_note"].append(_credit(who, invoice.invoice_id, note))
            for claim in invoice.claims:
                tables["claim"].append(_claim(who, invoice.invoice_id, claim))
            tables["dispute"] += [
                {
                    "invoice_id": invoice.invoice_id,
                    "opened_date": _text(dispute.opened_on),
                    "closed_date": _text(dispute.closed_on),
                    "amount": _text(dispute.amount),
                    "outcome": dispute.closed_on and ("customer" if dispute.for_customer else "us"),
                }
                for dispute in invoice.disputes
            ]
        lots = [(i.invoice_id, a) for i in ledger.invoices for a in i.allocations]
        for invoice_id, lot in [*lots, *((None, a) for a in ledger.on_account)]:
            tables["payment"].append(
                {
                    "customer_id": who,
                    "payment_id": lot.payment_id,
                    "invoice_id": invoice_id,
                    "payment_date": _text(lot.paid_on),
                    "amount": _text(lot.amount),
                    "kind": lot.kind,
                }
            )
        tables["credit_note"] += [_credit(who, None, note) for note in ledger.loose_credits]
        tables["claim"] += [_claim(who, None, claim) for claim in ledger.loose_claims]
    for name, key in (
        ("credit_note", "credit_note_id"),
        ("claim", "claim_id"),
        ("dispute", "dispute_id"),
    ):
        tables[name] = [{key: f"{name}-{n:04d}", **row} for n, row in enumerate(tables[name])]
    return tables


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _credit(who: str, invoice_id: str | None, note: Credit) -> Row:
    return {
        "customer_id": who,
        "invoice_id": invoice_id,
        "credit_date": _text(note.dated_on),
        "amount": _text(note.amount),
        "reason": note.cause,
    }


def _claim(who: str, invoice_id: str | None, claim: Claim) -> Row:
    return {
        "customer_id": who,
        "invoice_id": invoice_id,
        "claim_date": _text(claim.dated_on),
        "amount": _text(claim.amount),
        "settled_by": claim.settled_by,
    }


def later(customer: Customer, place: int, days: int) -> Customer:
    """The same customer with one cash payment on an invoice moved `days` later."""
    ledger = customer.ledger
    lots = [
        (i, a) for i, inv in enumerate(ledger.invoices) for a, lot in enumerate(inv.allocations)
        if lot.kind == "cash"
    ]  # fmt: skip
    if not lots:
        return customer
    which, lot = lots[place % len(lots)]
    invoice = ledger.invoices[which]
    moved = list(invoice.allocations)
    moved[lot] = replace(moved[lot], paid_on=moved[lot].paid_on + timedelta(days=days))
    changed = list(ledger.invoices)
    changed[which] = replace(invoice, allocations=tuple(moved))
    return replace(customer, ledger=replace(ledger, invoices=tuple(changed)))
