"""Weights out of pairwise comparisons: the analytic hierarchy process (C14)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

ACCEPTED_BELOW = Decimal("0.10")
RANDOM_INDEX = (
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.48,
    1.56,
    1.57,
    1.59,
)
"""Saaty's mean consistency index of random matrices of 1 to 15 members."""

_SIX = Decimal("0.000001")
_TEN = Decimal("0.0000000001")


@dataclass(frozen=True)
class Comparison:
    """What a matrix of pairwise comparisons says: weights that sum to 1, and how consistent it is.

    Weights have ten decimals, the other figures six. A ratio is NULL-like 0 below three members,
    where nothing can be inconsistent.
    """

    weights: tuple[Decimal, ...]
    lambda_max: Decimal
    consistency_index: Decimal
    consistency_ratio: Decimal


def compare(matrix: tuple[tuple[Fraction, ...], ...]) -> Comparison:
    """The principal eigenvector of `matrix` (n × n, positive, reciprocal) and its consistency."""
    import numpy as np

    size = len(matrix)
    values, vectors = np.linalg.eig(np.array([[float(cell) for cell in row] for row in matrix]))
    at = int(np.argmax(values.real))
    principal = np.abs(vectors[:, at].real)
    largest = float(values[at].real)
    index = (largest - size) / (size - 1) if size > 1 else 0.0
    random = RANDOM_INDEX[size - 1]
    return Comparison(
        weights=tuple(
            Decimal(repr(float(weight))).quantize(_TEN) for weight in principal / principal.sum()
        ),
        lambda_max=Decimal(repr(largest)).quantize(_SIX),
        consistency_index=Decimal(repr(index)).quantize(_SIX),
        consistency_ratio=Decimal(repr(index / random if random else 0.0)).quantize(_SIX),
    )


def worst_triad(
    members: tuple[str, ...], matrix: tuple[tuple[Fraction, ...], ...]
) -> tuple[str, str, str]:
    """The three members whose comparisons contradict each other most: where to look first."""

    def contradiction(one: tuple[int, int, int]) -> Fraction:
        first, second, third = one
        ratio = matrix[first][second] * matrix[second][third] / matrix[first][third]
        return max(ratio, 1 / ratio)

    first, second, third = max(combinations(range(len(members)), 3), key=contradiction)
    return members[first], members[second], members[third]
