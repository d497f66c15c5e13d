"""The judged items of A0.1 and what follows from them: days, both letters, the hard grade.

Where the requirements leave room, the choice made stands in the docstring that begins "Reading".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from tests.oracle import formulas
from tests.oracle.ledger import (
    ZERO,
    Claim,
    Ledger,
    Position,
    claim_credits,
    months_back,
    seen_claims,
    seen_credits,
)


@dataclass(frozen=True)
class Policy:
    """The settings of A0.1 that the letters and the combination read."""

    overdue_basis: str = "worst"
    overdue_months: int = 12
    veto_min_items: int = 0
    veto_min_percent: int = 0
    competitor_letter: str = "veto"
    combo_extension: str = "worst_c"
    lookback_months: int = 12
    p90_months: int = 6
    maturity_days: int = 10
    dispute_days: int = 60
    tolerance: Decimal = Decimal("0.01")
    unapplied_cash: str = "oldest_first"


ARTICLE = Policy()
BALANCED = Policy(
    overdue_basis="p90",
    overdue_months=6,
    veto_min_items=2,
    veto_min_percent=5,
    competitor_letter="no_veto",
)


@dataclass(frozen=True)
class Judged:
    """An item the overdue letter judges. ``parts`` are (amount, days): each payment by its own
    days, the open rest by days to the night (Q9). ``amount`` is what the parts add up to."""

    invoice_id: str
    amount: Decimal
    days: int
    is_settled: bool
    parts: tuple[tuple[Decimal, int], ...]


@dataclass(frozen=True)
class Behaviour:
    """C2 and R0-11 over the judged items; every measure NULL when there are none."""

    worst_signed: int | None = None
    worst: int | None = None
    mean: Decimal | None = None
    weighted_floored: Decimal | None = None
    weighted_signed: Decimal | None = None
    p90: Decimal | None = None
    on_time_cnt: Decimal | None = None
    on_time_amt: Decimal | None = None
    early_cnt: Decimal | None = None
    early_amt: Decimal | None = None
    exact_cnt: Decimal | None = None
    exact_amt: Decimal | None = None
    is_early_flagged: bool = False


@dataclass(frozen=True)
class Collection:
    """R4-G1. ``claims`` is what is subtracted from the cash; ``claims_all`` every claim in the
    window, as the article's literal formula wants it."""

    amount_due: Decimal
    cash: Decimal
    claims: Decimal
    claims_all: Decimal
    rate: Decimal | None
    rate_literal: Decimal | None
    letter: str | None


@dataclass(frozen=True)
class Overdue:
    """R4-G2 under a policy. ``offending`` are the judged items of the basis that are ≥ 10 days."""

    days: Decimal | None
    letter_raw: str | None
    letter: str | None
    offending_cnt: int
    veto_weight: Decimal | None


@dataclass(frozen=True)
class Grade:
    hard: str
    best: str
    worst: str
    combo: str | None
    is_combo_in_article: bool | None
    is_provisional: bool


# --- judged items --------------------------------------------------------------------------------


def judge(position: Position, as_of: date) -> Judged | None:
    """The item as the overdue letter would count it, or None if nothing of it can be judged: no
    due date, not yet due and still open, fully credited, wholly in dispute and unpaid, or won by
    the customer (Q10). Reading: an open item due on the night itself is due, 0 days."""
    due = position.invoice.due_date
    if due is None or position.is_settled_for_customer:
        return None
    open_part = position.residual - position.disputed_open
    paid = [(amount, (on - due).days) for on, amount in position.cash]
    if open_part > ZERO:
        if due > as_of:
            return None
        parts = [*paid, (open_part, (as_of - due).days)]
        return _judged(position, parts, (as_of - due).days, is_settled=False)
    settled_on = position.settled_on or (position.cash[-1][0] if position.cash else None)
    if settled_on is None or (position.settled_on is None and position.residual == ZERO):
        return None
    return _judged(position, paid, (settled_on - due).days, is_settled=True)


def _judged(
    position: Position, parts: Sequence[tuple[Decimal, int]], days: int, is_settled: bool
) -> Judged:
    """Parts stop at what had to be paid (an overpayment weighs nothing), and a tolerated cent
    goes with the last of them."""
    target = position.due_amount - position.kept_back - position.disputed_open
    left, kept = target, []
    for amount, part_days in parts:
        used = min(amount, left)
        if used > ZERO:
            kept.append((used, part_days))
            left -= used
    if left > ZERO and kept:
        kept[-1] = (kept[-1][0] + left, kept[-1][1])
    amount = sum((a for a, _ in kept), ZERO)
    return Judged(position.invoice.invoice_id, amount, days, is_settled, tuple(kept))


def judged_items(items: Iterable[Position], as_of: date, months: int) -> list[Judged]:
    """A0.1 "Judged items": due or fully settled in (S, as_of], and whatever is open and past due,
    however old."""
    start = months_back(as_of, months)
    found = []
    for position in items:
        item = judge(position, as_of)
        if item is None or position.invoice.due_date is None:
            continue
        due = position.invoice.due_date
        touched = due + timedelta(days=item.days)  # settled on, or the night for an open item
        if start < due <= as_of or start < touched <= as_of:
            found.append(item)
    return found


def behaviour(items: Sequence[Judged]) -> Behaviour:
    """Reading: shares by amount put the whole item on the side of its own days; a still open item
    due on the night counts with its 0 days."""
    if not items:
        return Behaviour()
    days = [i.days for i in items]
    parts = [part for i in items for part in i.parts]
    total = sum((i.amount for i in items), ZERO)

    def share(chosen: Sequence[Judged]) -> tuple[Decimal | None, Decimal | None]:
        amount = sum((i.amount for i in chosen), ZERO)
        return formulas.ratio(len(chosen), len(items)), formulas.ratio(amount, total)

    early = [i for i in items if i.days < 0]
    early_amount = sum((i.amount for i in early), ZERO)
    is_flagged = len(items) >= 5 and early_amount * 100 >= total * 80 and median(days) <= -5
    return Behaviour(
        max(days),
        max(*days, 0),
        formulas.ratio(sum(max(d, 0) for d in days), len(days)),
        formulas.weighted_days(parts, is_floored=True),
        formulas.weighted_days(parts, is_floored=False),
        formulas.p90(days),
        *share([i for i in items if i.days <= 0]),
        *share(early),
        *share([i for i in items if i.days == 0]),
        is_early_flagged=is_flagged,
    )


# --- letters -------------------------------------------------------------------------------------


def claims_of(
    items: Iterable[Position], ledger: Ledger, start: date, as_of: date
) -> tuple[Decimal, Decimal]:
    """What to subtract from the cash, and all claims, dated in (start, as_of], on any item or none.

    A deduction was never received, so it is not subtracted again. A quality-claim credit note
    does not say how it was settled: the part of it that covers missing cash was kept back by the
    customer, the rest is subtracted. A payout is subtracted.
    """
    events: list[tuple[date, Decimal, Decimal]] = []  # dated on, all of it, part to subtract
    for position in items:
        claims = seen_claims(position.invoice.claims, as_of)
        events += [_claim_event(claim) for claim in claims]
        deducted = sum((c.amount for c in claims if c.settled_by == "deduction"), ZERO)
        missing = max(position.kept_back - deducted, ZERO)
        notes = claim_credits(seen_credits(position.invoice.credits, as_of))
        for note in sorted(notes, key=lambda n: n.dated_on):
            covered = min(note.amount, missing)
            missing -= covered
            events.append((note.dated_on, note.amount, note.amount - covered))
    events += [_claim_event(claim) for claim in seen_claims(ledger.loose_claims, as_of)]
    loose = claim_credits(seen_credits(ledger.loose_credits, as_of))
    events += [(note.dated_on, note.amount, note.amount) for note in loose]
    dated_within = [event for event in events if start < event[0] <= as_of]
    return sum((e[2] for e in dated_within), ZERO), sum((e[1] for e in dated_within), ZERO)


def _claim_event(claim: Claim) -> tuple[date, Decimal, Decimal]:
    return claim.dated_on, claim.amount, claim.amount if claim.settled_by == "payout" else ZERO


def collection(
    items: Sequence[Position], ledger: Ledger, as_of: date, policy: Policy
) -> Collection:
    """R4-G1 on items due in (S, as_of − maturity], plus the open part, without cash, of anything
    due on or before S. A disputed open amount is left out of the amount due (Q10); a settled item
    whose dispute the customer won stays in (only its *days* are not counted)."""
    start = months_back(as_of, policy.lookback_months)
    mature = as_of - timedelta(days=policy.maturity_days)
    due, cash = ZERO, ZERO
    for position in items:
        due_date = position.invoice.due_date
        if due_date is None:
            continue
        if start < due_date <= mature:
            due += position.due_amount - position.disputed_open
            cash += position.collected
        elif due_date <= start:
            due += position.residual - position.disputed_open
    claims, claims_all = claims_of(items, ledger, start, as_of)
    net = cash - claims
    return Collection(
        amount_due=due,
        cash=cash,
        claims=claims,
        claims_all=claims_all,
        rate=formulas.ratio(net, due) if due > ZERO else None,
        rate_literal=formulas.ratio(due - claims_all, due) if due > ZERO else None,
        letter=formulas.collection_letter(net, due),
    )


def overdue(items: Sequence[Judged], policy: Policy) -> Overdue:
    """R4-G2, Q7 on the judged items of the basis' own look-back. Reading: "≥ 2 items or ≥ 5 % of
    the amount due" counts those same items; below both, D counts as C."""
    if not items:
        return Overdue(None, None, None, 0, None)
    days = [i.days for i in items]
    measure = Decimal(max(days)) if policy.overdue_basis == "worst" else formulas.p90(days)
    assert measure is not None
    letter = formulas.overdue_letter(measure)
    offending = [i for i in items if i.days >= 10]
    bad = sum((i.amount for i in offending), ZERO)
    total = sum((i.amount for i in items), ZERO)
    is_material = (
        len(offending) >= policy.veto_min_items or bad * 100 >= total * policy.veto_min_percent
    )
    return Overdue(
        days=measure,
        letter_raw=letter,
        letter="C" if letter == "D" and not is_material else letter,
        offending_cnt=len(offending),
        veto_weight=formulas.ratio(bad, total),
    )


def grade(
    collection_letter: str | None, overdue_letter: str | None, competitor: str, policy: Policy
) -> Grade:
    """A0.1 precedence (1), Q13, Q13a. ``competitor`` is A to D, ``n/a`` or ``unknown``. An unknown
    competitor counts as B and the grade runs from what A to what D would give."""
    known = {"n/a": "B", "unknown": "B"}.get(competitor, competitor)
    is_provisional = competitor == "unknown"
    if policy.competitor_letter == "off":
        known, is_provisional = "B", False

    def graded(third: str) -> str:
        if third == "D" and policy.competitor_letter == "no_veto":
            third = "C"
        if "D" in (collection_letter, overdue_letter, third):
            return "D"
        if collection_letter is None or overdue_letter is None:
            return "NR"
        return formulas.combine((collection_letter, overdue_letter, third), policy.combo_extension)

    hard = graded(known)
    combo = None
    if collection_letter and overdue_letter:
        combo = "".join(sorted((collection_letter, overdue_letter, known)))
    best, worst = (graded("A"), graded("D")) if is_provisional else (hard, hard)
    if hard == "NR":
        best, worst = "A", "D"
    in_article = combo in formulas.LISTED if combo and "D" not in combo else None
    return Grade(hard, best, worst, combo, in_article, is_provisional)
