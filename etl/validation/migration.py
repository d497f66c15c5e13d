"""Migration matrices by the cohort method: of those who began in a grade, which part ended in which (C12).

Only who was in the book at both ends counts: what somebody who left would have become is not known
(right-censoring), and `mart.migration_summary` says how many there were.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
NotRated = Literal["drop", "keep"]
NOT_RATED = "NR"

COHORTS = """
WITH event AS (
  SELECT customer_id, event_date, grade,
    ROW_NUMBER() OVER (PARTITION BY customer_id, event_date ORDER BY seq DESC) AS place
  FROM {history}
),
snapshot AS (
  SELECT day, LEAD(day) OVER (ORDER BY day) AS next_day
  FROM (SELECT unnest($days::DATE[]) AS day)
),
standing AS (
  SELECT snapshot.day, snapshot.next_day, event.customer_id, event.grade,
    ROW_NUMBER() OVER (
      PARTITION BY snapshot.day, event.customer_id ORDER BY event.event_date DESC
    ) AS place
  FROM snapshot
  JOIN event ON event.event_date <= snapshot.day AND event.place = 1
)
SELECT before.grade AS from_grade, after.grade AS to_grade, COUNT(*) AS customer_cnt
FROM standing AS before
JOIN standing AS after
  ON after.day = before.next_day AND after.customer_id = before.customer_id AND after.place = 1
WHERE before.place = 1
GROUP BY before.grade, after.grade
ORDER BY from_grade, to_grade
"""
"""From a history of grades to pairs: each customer's grade on every snapshot day beside the one on the next.

Of several grades on one day the one recorded last counts; a grade stands until another takes its place,
NR included."""


def cohort_pairs(
    connection: duckdb.DuckDBPyConnection, history: str, days: Sequence[object]
) -> list[tuple[str, str, int]]:
    """(from_grade, to_grade, customers) over the snapshots `days` of the relation `history`, whose
    columns are customer_id, event_date, seq, grade."""
    rows = connection.execute(COHORTS.format(history=history), {"days": list(days)}).fetchall()
    return [(str(left), str(right), int(count)) for left, right, count in rows]


@dataclass(frozen=True)
class Moves:
    """`counts[i, j]`: customers that went from grade i to grade j of `scale`, best first; `lost[i]`: from i
    to NR."""

    scale: tuple[str, ...]
    counts: Matrix
    lost: Matrix

    @property
    def began(self) -> Matrix:
        """Customers that began in each grade, those that ended in NR included."""
        return np.asarray(self.counts.sum(axis=1) + self.lost)


def moves(pairs: Iterable[tuple[str, str, float]], scale: Sequence[str]) -> Moves:
    """Sum up pairs of grades. Pairs that begin in NR, or outside `scale`, begin in no grade of it."""
    place = {grade: number for number, grade in enumerate(scale)}
    counts = np.zeros((len(scale), len(scale)))
    lost = np.zeros(len(scale))
    for before, after, customers in pairs:
        if before not in place:
            continue
        if after in place:
            counts[place[before], place[after]] += customers
        elif after == NOT_RATED:
            lost[place[before]] += customers
    return Moves(tuple(scale), counts, lost)


def matrix(given: Moves, not_rated: NotRated = "drop") -> Matrix:
    """p_ij = N_ij / N_i, a row a grade. `drop`: N_i leaves out who ended in NR; `keep`: they stay in N_i,
    and the row sums to less than 1.

    A grade nobody began in has no row (NaN); the worst one then counts as absorbing.
    """
    began = given.counts.sum(axis=1) if not_rated == "drop" else given.began
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = given.counts / began[:, None]
    if given.began[-1] == 0:
        shares[-1] = 0.0
        shares[-1, -1] = 1.0
    return np.asarray(shares)


def periods(shares: Matrix, number: int) -> Matrix:
    """The matrix over `number` periods, if every period is like this one; NaN where a way leads through a
    grade nobody began in."""
    result = shares
    for _ in range(number - 1):
        # 0 x unknown is 0: nobody goes that way.
        parts = result[:, :, None] * shares[None, :, :]
        parts = np.where(np.isnan(parts) & (result[:, :, None] == 0), 0.0, parts)
        result = parts.sum(axis=1)
    return np.asarray(result)


def mobility(shares: Matrix) -> float | None:
    """Mean singular value of P - I: 0 when nobody moves; None when a row is not known."""
    if np.isnan(shares).any():
        return None
    return float(np.linalg.svd(shares - np.eye(len(shares)), compute_uv=False).mean())


def directions(given: Moves) -> tuple[int, int, int]:
    """Customers that moved up, down, and stayed."""
    up = int(np.tril(given.counts, -1).sum())
    down = int(np.triu(given.counts, 1).sum())
    return up, down, int(np.trace(given.counts))
