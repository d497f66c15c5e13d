"""Weights learnt from the book's own outcomes: the machine among the three kinds of scorers (R4-38).

A scorecard's score is a weighted mean of points; here the weights come from who turned out bad instead of from
people. A logistic regression on the points an indicator falls short of 100, with no weight below 0: fewer points never
make a customer safer. Weak evidence is shrunk (the ridge that scikit-learn takes by default), and there is one
indicator for ten bad customers at most. How good the weights are is said out of sample: of five parts
of the customers each is scored by what the other four taught.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

FOLDS = 5
BADS_PER_INDICATOR = 10
LEAST_BADS = 30
"""Of fewer, three indicators, nothing worth keeping is learnt."""
LEAST_KNOWN = 0.5
"""An indicator that is unknown of more customers than this is left out."""
LEAST_WEIGHT = 0.01
RIDGE = 1.0

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Learnt:
    """Weights by indicator, the heaviest first, adding up to about 1; `auc` is out of sample and None
    when a fifth of the customers taught nothing."""

    weights: dict[str, Decimal]
    auc: float | None


def learn(points: Floats, is_bad: Flags, indicators: Sequence[str]) -> Learnt:
    """From points (customers x indicators, 0 to 100, NaN: unknown) and who turned out bad. The order of
    customers matters for the parts only: give them in the order of their numbers. No weights: nothing in
    the points tells the bad from the good."""
    part = _parts(is_bad)
    scores = np.full(len(is_bad), np.nan)
    for number in range(FOLDS):
        inside = part != number
        scores[~inside] = score(points[~inside], _weights(points[inside], is_bad[inside]))
    weights = _weights(points, is_bad)
    given = {name: weight for name, weight in zip(indicators, weights, strict=True) if weight}
    return Learnt(
        {
            name: Decimal(f"{weight:.4f}")
            for name, weight in sorted(given.items(), key=lambda item: (-item[1], item[0]))
        },
        auc(scores, is_bad),
    )


def score(points: Floats, weights: Floats) -> Floats:
    """The weighted mean of what is known, as `score.node_score` has it; NaN: nothing is."""
    known = ~np.isnan(points)
    present = known @ weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(present > 0, np.nan_to_num(points) @ weights / present, np.nan)


def auc(scores: Floats, is_bad: Flags) -> float | None:
    """How often a bad customer has the lower score, ties as half; NaN takes no part. None: one class only."""
    from scipy.stats import rankdata

    known = ~np.isnan(scores)
    bads, goods = int((is_bad & known).sum()), int((~is_bad & known).sum())
    if not bads or not goods:
        return None
    ranks = rankdata(-scores[known])
    return float((ranks[is_bad[known]].sum() - bads * (bads + 1) / 2) / (bads * goods))


def _parts(is_bad: Flags) -> NDArray[np.int64]:
    """Every fifth good and every fifth bad customer together: no chance, and each part has both."""
    part = np.zeros(len(is_bad), dtype=np.int64)
    for kind in (is_bad, ~is_bad):
        part[kind] = np.arange(int(kind.sum())) % FOLDS
    return part


def _weights(points: Floats, is_bad: Flags) -> Floats:
    """A weight an indicator, 0 for what was left out; they add up to 1, or to 0 when nothing was learnt."""
    chosen = _chosen(points, is_bad)
    weights = np.zeros(points.shape[1])
    if chosen:
        learnt = _regressed(points[:, chosen], is_bad)
        learnt[learnt < LEAST_WEIGHT * learnt.sum()] = 0
        if learnt.sum() > 0:
            weights[chosen] = learnt / learnt.sum()
    return weights


def _chosen(points: Floats, is_bad: Flags) -> list[int]:
    """The indicators that tell bad from good best, one for ten bad customers."""
    telling = []
    for column in range(points.shape[1]):
        one = points[:, column]
        if (~np.isnan(one)).mean() >= LEAST_KNOWN and (told := auc(one, is_bad)) and told > 0.5:
            telling.append((-told, column))
    return [column for _, column in sorted(telling)[: int(is_bad.sum()) // BADS_PER_INDICATOR]]


def _regressed(points: Floats, is_bad: Flags) -> Floats:
    """Coefficients of the shortfalls, 0 or more. What is unknown of a customer counts as the mean of those
    it is known of."""
    from scipy.optimize import minimize

    shortfall = (100 - np.where(np.isnan(points), np.nanmean(points, axis=0), points)) / 100
    outcome = is_bad.astype(np.float64)

    def loss(at: Floats) -> tuple[float, Floats]:
        odds = at[0] + shortfall @ at[1:]
        off = 1 / (1 + np.exp(-odds)) - outcome
        value = np.logaddexp(0, odds).sum() - outcome @ odds + RIDGE / 2 * (at[1:] @ at[1:])
        return float(value), np.concatenate(([off.sum()], shortfall.T @ off + RIDGE * at[1:]))

    found = minimize(
        loss,
        np.zeros(points.shape[1] + 1),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None), *[(0, None)] * points.shape[1]],
        options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-8},
    )
    return np.asarray(found.x[1:], dtype=np.float64)
