"""Weights learnt from outcomes (R4-38): the regression on cases with a known answer, and what it refuses to learn."""

from decimal import Decimal
from math import log

import numpy as np
import pytest

from etl.validation import learning
from etl.validation.learning import auc, learn, score

NAN = float("nan")


def book(cells: dict[tuple[float, ...], tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Points and outcomes of so many good and bad customers with the same points."""
    points, bad = [], []
    for given, (goods, bads) in cells.items():
        points += [given] * (goods + bads)
        bad += [False] * goods + [True] * bads
    return np.array(points, dtype=float), np.array(bad)


def test_two_flags_weigh_as_their_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Odds of going bad: 0.1 with both in order, times 4 without the first, times 2 without the
    second, 8 without both. A regression fits that exactly, so the weights are ln 4 to ln 2: 2 to 1."""
    monkeypatch.setattr(learning, "RIDGE", 0)
    points, bad = book(
        {
            (100, 100): (1000, 100),
            (0, 100): (1000, 400),
            (100, 0): (1000, 200),
            (0, 0): (1000, 800),
        }
    )

    found = learn(points, bad, ["first", "second"]).weights

    assert found == {"first": Decimal("0.6667"), "second": Decimal("0.3333")}
    assert round(log(4) / log(2), 4) == 2


def test_fewer_points_never_make_a_customer_safer() -> None:
    """Whoever lacks the second indicator's points went bad less often: it gets no weight."""
    points, bad = book({(100, 0): (500, 10), (0, 100): (300, 200), (50, 50): (400, 100)})

    assert learn(points, bad, ["first", "second"]).weights == {"first": Decimal("1.0000")}


def test_an_indicator_known_of_few_is_left_out() -> None:
    points, bad = book({(100, NAN): (500, 10), (0, NAN): (300, 150), (0, 0): (0, 100)})

    assert set(learn(points, bad, ["known", "rare"]).weights) == {"known"}


def test_one_indicator_for_ten_bad_customers() -> None:
    """30 bad ones are enough for three of the five that tell them from the good."""
    good = np.tile([90.0, 80, 70, 60, 55], (200, 1))
    good[::2] -= 5
    bad = np.tile([10.0, 20, 30, 40, 50], (30, 1))

    found = learn(np.vstack([good, bad]), np.arange(230) >= 200, list("abcde"))

    assert len(found.weights) == 3
    assert found.auc == 1


def test_points_that_say_nothing_teach_nothing() -> None:
    points, bad = book({(50.0,): (200, 50)})

    found = learn(points, bad, ["same"])

    assert (found.weights, found.auc) == ({}, None)


def test_how_good_it_is_is_said_out_of_sample() -> None:
    """Thirty columns of noise: in sample they would seem to tell something."""
    noise = np.random.default_rng(1).uniform(0, 100, (400, 30))
    bad = np.arange(400) % 2 == 0

    found = learn(noise, bad, [f"i{number:02}" for number in range(30)])

    assert found.auc is not None
    assert 0.4 < found.auc < 0.6
    assert (
        auc(
            score(noise, np.array([float(found.weights.get(f"i{n:02}", 0)) for n in range(30)])),
            bad,
        )
        > 0.6
    )


def test_a_score_is_the_mean_of_what_is_known() -> None:
    points = np.array([[80, 20], [NAN, 20], [NAN, NAN]])

    assert score(points, np.array([0.75, 0.25])) == pytest.approx([65, 20, NAN], nan_ok=True)


def test_a_tie_is_half_a_point() -> None:
    """Three bad, two good: 10 < 50, 10 < 30, 30 < 50 and one tie of 30, 60 above both: 3.5 of 6."""
    scores = np.array([10.0, 30, 60, 30, 50, NAN])
    bad = np.array([True, True, True, False, False, False])

    assert auc(scores, bad) == pytest.approx(3.5 / 6)
    assert auc(scores[:3], bad[:3]) is None
