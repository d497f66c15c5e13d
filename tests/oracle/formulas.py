"""The worked formulas C1 to C4 and the letters' bands, each a function of plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

ZERO = Decimal(0)
SIX_PLACES = Decimal("0.000001")

BUCKETS = ("current", "1-30", "31-60", "61-90", "90+", "no_due_date")

#: R4-G4: the seven combinations that the article lists, best letter first.
LISTED = {
    "AAA": "A", "AAB": "A", "ABB": "B", "BBB": "B", "BBC": "C", "BCC": "C", "CCC": "C",
}  # fmt: skip

#: C4, our anchors: (days late, score).
PAYDEX_ANCHORS = (
    (-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20),
)  # fmt: skip


def rounded(value: Fraction | Decimal | int) -> Decimal:
    """Six places, half up (half away from zero), from the exact value."""
    exact = Fraction(value)
    scaled, rest = divmod(abs(exact.numerator) * 1_000_000, exact.denominator)
    scaled += 2 * rest >= exact.denominator
    sign = -1 if exact < 0 else 1
    return (Decimal(sign * scaled) / 1_000_000).quantize(SIX_PLACES, rounding=ROUND_HALF_UP)


def ratio(above: Decimal | int, below: Decimal | int) -> Decimal | None:
    """``above / below`` for reading; NULL when there is nothing to divide by."""
    return rounded(Fraction(above) / Fraction(below)) if below else None


# --- letters -------------------------------------------------------------------------------------


def overdue_letter(days: Decimal | int) -> str:
    """R4-G2, Q8: early or on the day A, below 5 B, below 10 C, from 10 D."""
    return "A" if days <= 0 else "B" if days < 5 else "C" if days < 10 else "D"


def collection_letter(net: Decimal, due: Decimal) -> str | None:
    """R4-G1, Q4 to Q6: money against money, never a ratio; nothing due is NULL."""
    if due <= ZERO:
        return None
    if net >= due:
        return "A"
    if net * 100 >= due * 95:
        return "B"
    return "C" if net * 100 >= due * 90 else "D"


def competitor_letter(share: Decimal) -> str:
    """R4-G3, Q11: none A; the half/half band [0.45, 0.55] C; below it B, above it D."""
    if share == ZERO:
        return "A"
    if share < Decimal("0.45"):
        return "B"
    return "C" if share <= Decimal("0.55") else "D"


def combine(letters: Iterable[str], extension: str = "worst_c") -> str:
    """R4-G4, R4-G5, Q1, Q2: any D is D; the listed seven; the other three by ``extension``."""
    combo = "".join(sorted(letters))
    if "D" in combo:
        return "D"
    if combo in LISTED:
        return LISTED[combo]
    if extension == "worst_c":
        return "C"
    points = sum({"A": 1, "B": 2, "C": 3}[letter] for letter in combo)
    return "A" if points <= 4 else "B" if points <= 6 else "C"


# --- C1: DSO and its relatives -------------------------------------------------------------------


def dso(receivable: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """``AR / credit sales × days``. A net credit counts as 0; sales ≤ 0 is NULL (C1 edge rules).
    With the current receivable: best possible DSO; with the overdue one: ADD."""
    if sales <= ZERO:
        return None
    return rounded(Fraction(max(receivable, ZERO)) / Fraction(sales) * days)


def cei(
    begin: Decimal, sales: Decimal, months: int, end_total: Decimal, end_current: Decimal
) -> Decimal | None:
    """Collection effectiveness index, sales per month; NULL when nothing was to be collected: the
    denominator is 0, or below 0 while something is overdue (the ratio would reward it)."""
    base = Fraction(begin) + Fraction(sales) / months
    below = base - Fraction(end_current)
    if below == 0 or (below < 0 and end_total != end_current):
        return None
    return rounded((base - Fraction(end_total)) / below * 100)


@dataclass(frozen=True)
class CountBack:
    days: Decimal
    is_capped: bool
    residual: Decimal


def count_back(receivable: Decimal, months: Iterable[tuple[Decimal, int]]) -> CountBack:
    """Exhaustion DSO. ``months`` are (sales, days), newest first; a month without sales adds all
    its days; what no month explains is the residual."""
    left, days = max(receivable, ZERO), Fraction(0)
    for sales, length in months:
        if left == ZERO:
            break
        if sales <= ZERO:
            days += length
        elif left >= sales:
            days += length
            left -= sales
        else:
            days += Fraction(left) / Fraction(sales) * length
            left = ZERO
    return CountBack(rounded(days), left > ZERO, left)


def true_dso(as_of: date, items: Iterable[tuple[date, Decimal, Decimal]]) -> Decimal:
    """Oracle's: (invoice date, open amount, credit sales of that month)."""
    return rounded(
        sum(((as_of - on).days * Fraction(amount) / Fraction(sales) for on, amount, sales in items))
    )


# --- C2: days ------------------------------------------------------------------------------------


def p90(days: Sequence[int]) -> Decimal | None:
    """Linear interpolation over max(days, 0), one item one vote. Exact: one decimal is enough."""
    if not days:
        return None
    ordered = sorted(max(d, 0) for d in days)
    whole, tenths = divmod(9 * (len(ordered) - 1), 10)
    low = ordered[whole]
    high = ordered[min(whole + 1, len(ordered) - 1)]
    return low + Decimal(tenths) / 10 * (high - low)


def weighted_days(parts: Iterable[tuple[Decimal, int]], is_floored: bool) -> Decimal | None:
    """Amount-weighted mean of (amount, days); floored counts an early day as 0."""
    listed = list(parts)
    total = sum((amount for amount, _ in listed), ZERO)
    top = sum((amount * (max(d, 0) if is_floored else d) for amount, d in listed), ZERO)
    return ratio(top, total)


# --- C3: aging -----------------------------------------------------------------------------------


def bucket(due_date: date | None, as_of: date) -> str:
    if due_date is None:
        return "no_due_date"
    days = (as_of - due_date).days
    for name, last in (("current", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90)):
        if days <= last:
            return name
    return "90+"


def aging(items: Iterable[tuple[date | None, Decimal]], as_of: date) -> dict[str, Decimal]:
    """Open amounts by days past due. Credits are never netted in."""
    totals = dict.fromkeys(BUCKETS, ZERO)
    for due_date, amount in items:
        totals[bucket(due_date, as_of)] += amount
    return totals


# --- C4: PAYDEX-like -----------------------------------------------------------------------------


def paydex_like(days: int) -> Fraction:
    """Score of one item: linear between the anchors, 100 at best, 20 at worst."""
    first, last = PAYDEX_ANCHORS[0], PAYDEX_ANCHORS[-1]
    day = min(max(days, first[0]), last[0])
    for (d0, s0), (d1, s1) in pairwise(PAYDEX_ANCHORS):
        if day <= d1:
            return s0 + Fraction((day - d0) * (s1 - s0), d1 - d0)
    return Fraction(last[1])


def paydex_like_mean(items: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """The amount-weighted mean of the scores, not the score of the mean days."""
    listed = list(items)
    total = sum((Fraction(amount) for amount, _ in listed), Fraction(0))
    top = sum((Fraction(amount) * paydex_like(d) for amount, d in listed), Fraction(0))
    return rounded(top / total) if total else None
