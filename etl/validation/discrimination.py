"""Do worse grades turn out bad more often (C13)? Counts of good and bad by grade, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

EPSILON = 1e-4
"""The share an empty cell is taken to have, where a logarithm is taken of it."""


@dataclass(frozen=True)
class Discrimination:
    """What a ranking by grade is worth; everything None when there are not both good and bad."""

    auc: float | None
    gini: float | None
    auc_se: float | None
    ks: float | None
    iv: float | None


NOTHING = Discrimination(None, None, None, None, None)


def discrimination(
    good: Sequence[int], bad: Sequence[int], *, min_bads: int = 10
) -> Discrimination:
    """AUC with ties as half, Gini (= accuracy ratio, Somers' D), Hanley and McNeil's standard error, the
    largest gap of the cumulated shares, information value. Too few bads, or one class only: nothing."""
    goods, bads = sum(good), sum(bad)
    if bads < max(min_bads, 1) or goods == 0:
        return NOTHING
    wins = 0.0
    better = 0
    for number, failed in zip(good, bad, strict=True):
        wins += failed * (better + number / 2)
        better += number
    auc = wins / (goods * bads)
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = auc * (1 - auc) + (bads - 1) * (q1 - auc * auc) + (goods - 1) * (q2 - auc * auc)
    gap, good_share, bad_share = 0.0, 0.0, 0.0
    for number, failed in zip(reversed(good), reversed(bad), strict=True):
        good_share += number / goods
        bad_share += failed / bads
        gap = max(gap, abs(bad_share - good_share))
    iv = sum(part for _, part in weights_of_evidence(good, bad))
    return Discrimination(auc, 2 * auc - 1, sqrt(max(variance, 0.0) / (goods * bads)), gap, iv)


def weights_of_evidence(good: Sequence[int], bad: Sequence[int]) -> list[tuple[float, float]]:
    """Each grade's ln(share of the good / share of the bad) and its part of the information value; an
    empty cell counts as a share of EPSILON. A grade without anybody has neither: 0, 0."""
    goods, bads = sum(good), sum(bad)
    found = []
    for number, failed in zip(good, bad, strict=True):
        if number + failed == 0 or goods == 0 or bads == 0:
            found.append((0.0, 0.0))
            continue
        a, b = max(number / goods, EPSILON), max(failed / bads, EPSILON)
        found.append((log(a / b), (a - b) * log(a / b)))
    return found
