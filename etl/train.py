"""`zixin train`: the weights of a scorecard as the book's own outcomes teach them, for a person to look at.

It reads published nights alone: the points that customers had on the night `outcome.months` ago, and who of them
turned out bad since (mart.default_event). What it prints is a score for the scorecard's tree, `machine`; nothing is
judged by it until a person has put it there. So a night stays a function of its inputs, and whoever asks why a score
is what it is finds the weights in the policy's history.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from etl import models
from etl.clock import months_before, parse_day
from etl.context import context
from etl.engine.duckdb import literal
from etl.errors import ZixinError
from etl.publish.comparisons import earlier_nights, table_file
from etl.publish.site import read_pointer

NODE = "machine"

_CUSTOMERS = """
CREATE TEMP TABLE customer AS
SELECT
  ROW_NUMBER() OVER (ORDER BY graded.customer_id) - 1 AS place,
  graded.customer_id,
  main.score,
  COALESCE(BOOL_OR(event.bad_date > $night AND event.bad_date <= $until), FALSE) AS is_bad
FROM graded
LEFT JOIN main ON main.customer_id = graded.customer_id
LEFT JOIN event ON event.customer_id = graded.customer_id
GROUP BY graded.customer_id, main.score
HAVING NOT COALESCE(BOOL_OR(
  event.bad_date <= $night AND (event.ended_date IS NULL OR event.ended_date > $night)
), FALSE)
"""
"""As sql/compare/grade_outcome.sql counts them: who was bad that night has nothing left to predict."""

_INDICATORS = """
CREATE TEMP TABLE indicator AS
SELECT ROW_NUMBER() OVER (ORDER BY indicator) - 1 AS place, indicator
FROM (SELECT DISTINCT indicator FROM point)
"""

_POINTS = """
SELECT customer.place AS customer, indicator.place AS indicator, CAST(point.points AS DOUBLE) AS points
FROM point
JOIN customer ON customer.customer_id = point.customer_id
JOIN indicator ON indicator.indicator = point.indicator
"""


@dataclass(frozen=True)
class Training:
    """What was learnt, from whom, and beside what: `main_auc` is the scorecard's own main score on the
    same customers."""

    scorecard_id: str
    night: date
    until: date
    customers: int
    bads: int
    weights: dict[str, str]
    auc: float | None
    main_auc: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**vars(self), "night": self.night.isoformat(), "until": self.until.isoformat()}

    def as_yaml(self) -> str:
        """The score as it stands in a scorecard's tree."""
        weights = ", ".join(f"{name}: {weight}" for name, weight in self.weights.items())
        return (
            f"  # Learnt from {self.customers} customers of {self.night}, {self.bads} of whom turned out bad by "
            f"{self.until}.\n"
            f"  # A bad one has the lower score {_percent(self.auc)}, out of sample; by the main score "
            f"{_percent(self.main_auc)}.\n"
            f"  {NODE}:\n"
            "    title: {zh: 机器学习, en: Learnt from outcomes}\n"
            f"    weights: {{{weights}}}\n"
        )


def _percent(auc: float | None) -> str:
    return "nobody knows how often" if auc is None else f"{100 * auc:.1f} % of the time"


def train(as_of: str | None) -> Training:
    """Learn from the newest published night, or that of `as_of`, and the one `outcome.months` before it.

    Raises:
        ZixinError: a night is missing, too few turned out bad, or nothing tells them from the others.
    """
    ctx = context()
    policy = ctx.policies.active
    months = policy.portfolio.outcome.months
    pointer = read_pointer(ctx.published)
    if pointer is None:
        raise ZixinError("nothing is published yet: run zixin night first")
    tonight = parse_day(as_of) if as_of else date.fromisoformat(pointer.as_of)
    if tonight.isoformat() not in pointer.nights:
        raise ZixinError(f"no night of {tonight} is published")
    cohort = earlier_nights(ctx.published, tonight, months)["cohort"]
    if cohort is None:
        raise ZixinError(
            f"no night is published that {tonight} is {months} months after: weights are learnt from what "
            "became of the customers of such a night; run one (zixin night --as-of), or wait for it"
        )
    return _learnt(
        ctx.published / pointer.nights[tonight.isoformat()],
        cohort,
        policy.policy_id,
        policy.scorecard.scorecard_id,
        months,
    )


def _learnt(
    tonight: Path, cohort: Path, policy_id: str, scorecard_id: str, months: int
) -> Training:
    import duckdb
    import numpy as np

    from etl.validation.learning import LEAST_BADS, auc, learn

    with duckdb.connect() as connection:
        _views(connection, tonight, cohort, policy_id, scorecard_id)
        (night,) = connection.execute("SELECT night_date FROM summary").fetchone() or (None,)
        if night is None:
            raise ZixinError(f"the night in {cohort} has no summary: run it again")
        until = months_before(night, -months)
        connection.execute(_CUSTOMERS, {"night": night, "until": until})
        connection.execute(_INDICATORS)
        customer = connection.execute(
            "SELECT CAST(score AS DOUBLE) AS score, is_bad FROM customer ORDER BY place"
        ).fetchnumpy()
        names = connection.execute("SELECT indicator FROM indicator ORDER BY place").fetchall()
        known = connection.execute(_POINTS).fetchnumpy()
    is_bad = np.asarray(customer["is_bad"], dtype=np.bool_)
    bads = int(is_bad.sum())
    if bads < LEAST_BADS:
        raise ZixinError(
            f"{bads} of {len(is_bad)} customers of {night} turned out bad by {until}: "
            f"weights are learnt from {LEAST_BADS} or more"
        )
    points = np.full((len(is_bad), len(names)), np.nan)
    points[known["customer"], known["indicator"]] = known["points"]
    learnt = learn(points, is_bad, [name for (name,) in names])
    if not learnt.weights:
        raise ZixinError(f"nothing known on {night} tells those who turned out bad from the others")
    main_score = np.ma.filled(np.ma.asarray(customer["score"]), np.nan)
    return Training(
        scorecard_id,
        night,
        until,
        len(is_bad),
        bads,
        {name: str(weight) for name, weight in learnt.weights.items()},
        learnt.auc,
        auc(main_score, is_bad),
    )


def _views(connection: Any, tonight: Path, cohort: Path, policy_id: str, scorecard_id: str) -> None:
    """The published tables, under the names the SQL of this file has for them."""
    for view, folder, table, which in (
        ("event", tonight, "default_event", "TRUE"),
        ("summary", cohort, "portfolio_summary", "TRUE"),
        ("graded", cohort, "credit_grade", f"policy_id = {literal(policy_id)}"),
        ("point", cohort, "indicator_point", f"scorecard_id = {literal(scorecard_id)}"),
        ("main", cohort, "node_score", f"is_main AND scorecard_id = {literal(scorecard_id)}"),
    ):
        file = table_file(folder, models.published()[table])
        if not file.is_file():
            raise ZixinError(f"the night in {folder} has no table {table}: run it again")
        connection.execute(
            f"CREATE VIEW {view} AS SELECT * FROM read_parquet({literal(str(file))}) WHERE {which}"
        )
