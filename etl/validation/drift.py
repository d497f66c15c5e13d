"""Is the book still the one the rules were made for (C13)? The population stability index of two distributions."""

from collections.abc import Sequence
from math import log

EPSILON = 1e-4


def psi(expected: Sequence[float], actual: Sequence[float]) -> float | None:
    """Sum of (a - e) ln(a / e) over the shares of each cell, an empty one taken as EPSILON; cells empty in both
    say nothing. None: one of the two is empty altogether. Counts or shares may be given."""
    all_expected, all_actual = sum(expected), sum(actual)
    if not all_expected or not all_actual:
        return None
    total = 0.0
    for left, right in zip(expected, actual, strict=True):
        if left or right:
            e, a = max(left / all_expected, EPSILON), max(right / all_actual, EPSILON)
            total += (a - e) * log(a / e)
    return total


def critical_psi(first: int, second: int, cells: int) -> float | None:
    """The PSI that two samples of one book exceed one time in twenty: (1/N + 1/M) x the chi-square of
    cells - 1 degrees (after Yurdakul and Naranjo 2020); None: a sample is empty, or there is one cell."""
    from scipy.stats import chi2

    if not first or not second or cells < 2:
        return None
    return float((1 / first + 1 / second) * chi2.ppf(0.95, cells - 1))


def drift_band(value: float | None) -> str | None:
    """stable below 0.10, shifting up to 0.25, shifted above (Lewis 1994, Siddiqi)."""
    if value is None:
        return None
    return "stable" if value < 0.10 else "shifting" if value <= 0.25 else "shifted"
