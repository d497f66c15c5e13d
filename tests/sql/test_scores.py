"""point.indicator_point, score.node_score and score.contribution (A9, R4-64, R4-82)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sql.graded import TINY, judged, measured
from tests.sql.night import build, policies
from tests.sql.test_invariants import A_FEW


def scored(night, text, scorecard=TINY, people=("C1",)):
    found = night(changes={"scorecard": scorecard})
    return measured(judged(found, *people, scorecard=scorecard["scorecard_id"]), text)


@pytest.mark.parametrize(
    ("value", "points"),
    [
        ("-0.01", "100"), ("0", "100"), ("0.01", "99.96"),      # level before the first edge
        ("4.99", "80.04"), ("5", "80"), ("5.01", "79.96"),       # a bend
        ("9.99", "60.04"), ("10", "50"), ("10.01", "49.975"),    # a step: the right-hand side counts
        ("29.99", "0.025"), ("30", "0"), ("30.01", "0"), ("400", "0"),
        ("3.333333", "86.666668"),
    ],
)  # fmt: skip
def test_points_are_straight_lines_between_edges(night, value, points):
    found = scored(night, f"customer_id | indicator | value\nC1 | days_overdue_wavg | {value}")
    found.expect(
        "point.indicator_point",
        f"indicator | value | points\ndays_overdue_wavg | {value} | {points}",
    )


def test_every_edge_of_the_standard_scorecard_is_met_from_both_sides(night):
    """At an edge its own points; 0.01 beside it no more than the line's slope away."""
    card = policies().active.scorecard
    rows, expected = [], {}
    for indicator, edges in card.bands.items():
        for number, (value, points) in enumerate(edges):
            for name, beside in (("at", 0), ("left", Decimal("-0.01")), ("right", Decimal("0.01"))):
                who = f"{indicator}-{number}-{name}"
                rows.append(f"{who} | {indicator} | {value + beside}")
                expected[who] = points
    people = tuple(expected)
    found = night(changes={"book.unapplied_cash": "ignore"})
    measured(
        judged(found, *people, scorecard="standard"),
        "customer_id | indicator | value\n" + "\n".join(rows),
    )
    seen = {row["customer_id"]: row for row in found.rows("point.indicator_point")}
    assert seen.keys() == expected.keys()
    for who, points in expected.items():
        assert 0 <= seen[who]["points"] <= 100
        if who.endswith("-at"):
            assert seen[who]["points"] == points, who
        indicator, number, side = who.rsplit("-", 2)
        edges = card.bands[indicator]
        first, last = int(number) == 0, int(number) == len(edges) - 1
        if (side == "left" and first) or (side == "right" and last):
            assert seen[who]["points"] == points, who  # level outside


def test_a_score_is_the_mean_of_what_is_there(night):
    """Weights .375 .375 .25: with everything, with one missing, with nothing."""
    found = scored(
        night,
        """
        customer_id | indicator         | value
        ALL         | cei               | 90
        ALL         | paydex_like       | 70
        ALL         | days_overdue_wavg | 5        # 80 points
        SOME        | cei               | 90
        LITTLE      | days_overdue_wavg | 0        # 100 points, a quarter of the weight
        ALL         | dso               | 12       # no bands: brings nothing
        """,
        people=("ALL", "SOME", "LITTLE", "NONE"),
    )
    found.expect(
        "score.node_score",
        """
        customer_id|node | score | coverage | score_worst | score_best | grade | grade_worst | grade_best | present_cnt
        ALL | whole | 80 | 1 | 80 | 80 | A | A | A | 3
        ALL | half | 80 | 1 | 80 | 80 | A | A | A | 2
        SOME | whole | 90 | 0.375 | 33.75 | 96.25 | NR | D | A | 1
        SOME | half | 90 | 0.5 | 45 | 95 | A | D | A | 1
        LITTLE | whole | 100 | 0.25 | 25 | 100 | NR | D | A | 1
        LITTLE | half | - | 0 | 0 | 100 | NR | D | A | 0
        NONE | whole | - | 0 | 0 | 100 | NR | D | A | 0
        NONE | half | - | 0 | 0 | 100 | NR | D | A | 0
        """,
    )
    assert {row["is_main"] for row in found.rows("score.node_score") if row["node"] == "whole"} == {
        True
    }


@pytest.mark.parametrize(
    ("cei", "grade"),
    [
        ("80.01", "A"), ("80", "A"), ("79.99", "B"), ("79.999999", "B"),
        ("65.01", "B"), ("65", "B"), ("64.99", "C"), ("50", "C"), ("49.99", "D"), ("0", "D"),
    ],
)  # fmt: skip
def test_grades_change_at_their_cut_offs(night, cei, grade):
    found = scored(
        night,
        f"customer_id | indicator | value\nC1 | cei | {cei}\nC1 | paydex_like | {cei}",
    )
    found.expect("score.node_score", f"node | score | grade\nhalf | {cei} | {grade}", node="half")


def test_sums_are_compared_not_rounded_scores(night):
    """Weights of one third: 79.9999996… reads 80.000000 and is no A."""
    thirds = {
        **TINY,
        "scorecard_id": "thirds",
        "explained": [],
        "tree": {
            "whole": {
                "title": TINY["title"],
                "weights": {"cei": 1, "paydex_like": 1, "days_overdue_wavg": 1},
            }
        },
    }
    found = scored(
        night,
        "customer_id | indicator | value\nC1 | cei | 70\nC1 | paydex_like | 69.999999\nC1 | days_overdue_wavg | 0",
        scorecard=thirds,
    )
    found.expect("score.node_score", "score | grade\n80 | B")


def test_coverage_on_both_sides_of_the_least(night):
    """cei alone is .375 of whole; cei and days .625; the least is .40."""
    card = {**TINY, "cut_offs": {**TINY["cut_offs"], "min_coverage": "0.375"}}
    text = "customer_id | indicator | value\nC1 | cei | 90"
    scored(night, text, card).expect("score.node_score", "grade\nA", node="whole")
    card = {**TINY, "cut_offs": {**TINY["cut_offs"], "min_coverage": "0.375001"}}
    scored(night, text, card).expect("score.node_score", "grade\nNR", node="whole")


def test_contributions_say_what_each_indicator_brings(night):
    found = scored(
        night,
        """
        customer_id | indicator         | value
        C1          | cei               | 90
        C1          | days_overdue_wavg | 5
        """,
    )
    found.expect(
        "score.contribution",
        """
        node  | indicator         | points | weight | share | contribution | lost_points
        whole | cei               | 90     | 0.375  | 0.6   | 54           | 6
        whole | days_overdue_wavg | 80     | 0.25   | 0.4   | 32           | 8
        half  | cei               | 90     | 0.5    | 1     | 90           | 10
        """,
    )


VALUES = st.one_of(st.none(), st.decimals(0, 100, places=6))


@A_FEW
@given(
    values=st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=30),
    weights=st.lists(st.integers(1, 97), min_size=3, max_size=3),
)
def test_contributions_add_up_and_missing_only_widens(tmp_path_factory, values, weights):
    """Any weights, any values: the parts are the whole to the last digit; each value taken away moves the
    worst case down or leaves it, the best case up or leaves it."""
    leaves = ("cei", "paydex_like", "days_overdue_wavg")
    card = {
        **TINY,
        "scorecard_id": "drawn",
        "explained": [],
        "tree": {
            "whole": {"title": TINY["title"], "weights": dict(zip(leaves, weights, strict=True))}
        },
    }
    people, rows = [], []
    for number, given_values in enumerate(values):
        cases = {"full": given_values} | {
            name: tuple(
                None if leaf == name else v for leaf, v in zip(leaves, given_values, strict=True)
            )
            for name in leaves
        }
        for case, case_values in cases.items():
            who = f"{number}-{case}"
            people.append(who)
            rows += [
                f"{who} | {leaf} | {value}"
                for leaf, value in zip(leaves, case_values, strict=True)
                if value is not None
            ]
    found = build(
        tmp_path_factory.mktemp("drawn"), {}, policies=policies("article", {"scorecard": card})
    )
    measured(
        judged(found, *people, scorecard="drawn"),
        "customer_id | indicator | value\n" + "\n".join(rows),
    )

    scores = {row["customer_id"]: row for row in found.rows("score.node_score")}
    sums: dict[str, Decimal] = {}
    for part in found.rows("score.contribution"):
        sums[part["customer_id"]] = sums.get(part["customer_id"], Decimal(0)) + part["contribution"]
    assert scores.keys() == set(people)
    for who, row in scores.items():
        assert sums.get(who) == row["score"]
        if row["score"] is not None:
            assert row["score_worst"] <= row["score"] <= row["score_best"]
        whole = scores[who.split("-")[0] + "-full"]
        assert row["score_worst"] <= whole["score_worst"]
        assert row["score_best"] >= whole["score_best"]
        assert row["grade_worst"] >= whole["grade_worst"]
        assert row["grade_best"] <= whole["grade_best"]
        assert row["coverage"] <= whole["coverage"]
