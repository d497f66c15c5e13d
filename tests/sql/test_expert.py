"""event.expert_ballot, core.expert_factor, core.expert_round, indicator.expert_factor and
indicator.expert: what panels say, with the examples of formulas.md C15."""

import random
import statistics
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

DELPHI = [[5, 4, 3, 2], [4, 4, 3, 1], [5, 3, 3, 2], [4, 5, 2, 2], [5, 4, 2, 1]]
"""C15: five experts, four items."""

CUSTOMER = "customer_id\nC1"


def votes(scores, *, round_no=1, panel="1", voted_on="2026-10-01", factors="ABCDEFGH", of="C1"):
    """A row of expert_vote for each expert's score of each factor; None: not scored."""
    return [
        {
            "customer_id": of,
            "expert_id": f"E{expert}",
            "panel": panel,
            "round_no": str(round_no),
            "factor": factor,
            "score": str(score),
            "voted_on": voted_on,
        }
        for expert, row in enumerate(scores, start=1)
        for factor, score in zip(factors, row, strict=False)
        if score is not None
    ]


def test_the_statistics_of_a_round(night):
    """C15, first example; W is held against the textbook's own formula further down."""
    found = night(customer=CUSTOMER, expert_vote=votes(DELPHI))

    found.expect(
        "indicator.expert_factor",
        """
        factor | vote_cnt | score_mean | score_sd | score_cv | score_median | score_iqr | cv_change
        A      | 5        | 4.6        | 0.547723 | 0.119070 | 5            | 1         | -
        B      | 5        | 4.0        | 0.707107 | 0.176777 | 4            | 0         | -
        C      | 5        | 2.6        | 0.547723 | 0.210663 | 3            | 1         | -
        D      | 5        | 1.6        | 0.547723 | 0.342327 | 2            | 1         | -
        """,
    )
    found.expect(
        "indicator.expert",
        """
        expert_score | expert_n | expert_vote_cnt | expert_cv | expert_cv_max | expert_w | expert_w_df
        3.2          | 5        | 20              | 0.212209  | 0.342327      | 0.880851 | 3
        """,
    )


def test_agreement_without_ties(night):
    """C15, second example: S 35."""
    found = night(customer=CUSTOMER, expert_vote=votes([[1, 2, 3, 4], [1, 3, 2, 4], [2, 1, 3, 4]]))

    found.expect(
        "indicator.expert",
        """
        expert_w | expert_w_chi2 | expert_w_df | expert_w_p | expert_w_reason
        0.777778 | 7             | 3           | 0.071898   | -
        """,
    )


def textbook(scores):
    """Kendall's W as C15 writes it, in fractions: S, the tie term, mean ranks by counting."""
    experts, items = len(scores), len(scores[0])
    ranks = [
        [
            sum(other < score for other in row)
            + Fraction(1 + sum(other == score for other in row), 2)
            for score in row
        ]
        for row in scores
    ]
    sums = [sum(row[item] for row in ranks) for item in range(items)]
    mean = Fraction(sum(sums), items)
    ties = sum(row.count(value) ** 3 - row.count(value) for row in scores for value in set(row))
    below = experts**2 * (items**3 - items) - experts * ties
    return Fraction(12 * sum((one - mean) ** 2 for one in sums), below) if below else None


def test_any_panel_against_the_textbook_and_two_libraries(night):
    """Sixty panels of 2 to 8 experts and 2 to 8 factors; half points in every third one."""
    stats = pytest.importorskip("scipy.stats")
    chance = random.Random(15)
    panels = {}
    for number in range(60):
        points = [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5] if number % 3 == 0 else [1, 2, 3, 4, 5]
        experts, items = chance.randint(2, 8), chance.randint(2, 8)
        panels[f"C{number}"] = [
            [chance.choice(points) for _ in range(items)] for _ in range(experts)
        ]
    found = night(
        customer="customer_id\n" + "\n".join(panels),
        expert_vote=[vote for name, scores in panels.items() for vote in votes(scores, of=name)],
    )

    for row in found.rows("core.expert_round"):
        scores = panels[row["customer_id"]]
        wanted = textbook(scores)
        assert wanted is not None
        df = len(scores[0]) - 1
        chi2 = float(len(scores) * df * wanted)
        assert float(row["w"]) == pytest.approx(float(wanted), abs=6e-7)
        assert float(row["w_chi2"]) == pytest.approx(chi2, abs=6e-7)
        assert row["w_df"] == df
        assert float(row["w_p"]) == pytest.approx(float(stats.chi2.sf(chi2, df)), abs=6e-7)
    for row in found.rows("indicator.expert_factor"):
        scores = [
            float(line["ABCDEFGH".index(row["factor"])]) for line in panels[row["customer_id"]]
        ]
        first, middle, third = np.percentile(scores, [25, 50, 75])
        assert float(row["score_mean"]) == pytest.approx(statistics.mean(scores), abs=6e-7)
        assert float(row["score_sd"]) == pytest.approx(statistics.stdev(scores), abs=6e-7)
        assert float(row["score_cv"]) == pytest.approx(
            statistics.stdev(scores) / statistics.mean(scores), abs=6e-7
        )
        assert float(row["score_median"]) == middle
        assert float(row["score_iqr"]) == pytest.approx(third - first, abs=6e-7)


def test_a_wide_panel_has_a_tail_of_its_own(night):
    """Two hundred experts who all rank eight factors alike: W 1, and no chance left to six digits."""
    found = night(customer=CUSTOMER, expert_vote=votes([[1, 1.5, 2, 2.5, 3, 3.5, 4, 5]] * 200))

    found.expect("core.expert_round", "w | w_chi2 | w_p\n1 | 1400 | 0")


def test_one_who_skipped_a_factor_counts_in_the_mean_and_not_in_w(night):
    """Two whole ballots agree; the third skipped a factor."""
    found = night(customer=CUSTOMER, expert_vote=votes([[1, 2, 3], [1, 2, 3], [5, None, 1]]))

    found.expect("core.expert_round", "expert_cnt | whole_ballot_cnt | w\n3 | 2 | 1")
    found.expect(
        "indicator.expert",
        "expert_score_sum | expert_vote_cnt | expert_score | expert_n\n18 | 8 | 2.25 | 3",
    )


def test_no_agreement_can_be_measured(night):
    """All tied, one expert, one factor: NULL, and why."""
    found = night(
        customer="customer_id\nTIED\nONE\nFLAT",
        expert_vote=[
            *votes([[3, 3, 3], [4, 4, 4]], of="TIED"),
            *votes([[1, 2, 3]], of="ONE"),
            *votes([[1], [2]], of="FLAT"),
        ],
    )

    found.expect(
        "indicator.expert",
        """
        customer_id | expert_w | expert_w_chi2 | expert_w_df | expert_w_p | expert_w_reason
        TIED        | -        | -             | -           | -          | all_tied
        ONE         | -        | -             | -           | -          | too_few_ballots
        FLAT        | -        | -             | -           | -          | too_few_ballots
        """,
    )
    found.expect(
        "indicator.expert",
        """
        customer_id | expert_cv | expert_cv_reason
        TIED        | 0.202031  | -
        ONE         | -         | one_expert
        FLAT        | 0.471405  | -
        """,
    )


def test_the_last_round_counts_and_is_compared_with_the_one_before(night):
    """Round 1 was at odds (1 and 5), round 2 drew together (3 and 4); round 3 is of tomorrow."""
    found = night(
        customer=CUSTOMER,
        expert_vote=[
            *votes([[1], [5]], factors=["bad_record"], voted_on="2026-09-01"),
            *votes([[3], [4]], factors=["bad_record"], round_no=2, voted_on="2026-09-15"),
            *votes([[1], [1]], factors=["bad_record"], round_no=3, voted_on="2026-11-21"),
        ],
    )

    found.expect(
        "indicator.expert_factor",
        """
        factor     | round_no | previous_round_no | score_cv | previous_cv | cv_change
        bad_record | 2        | 1                 | 0.202031 | 0.942809    | -0.740778
        """,
    )
    found.expect(
        "indicator.expert",
        """
        expert_score | expert_round_no | expert_cv_change | expert_record_score | expert_claim_score
        3.5          | 2               | -0.740778        | 3.5                 | -
        """,
    )


@pytest.mark.parametrize(
    ("voted_on", "score", "reason"),
    [("2025-11-21", "2", None), ("2025-11-20", None, "votes_too_old")],
)
def test_votes_count_for_twelve_months(night, voted_on, score, reason):
    found = night(customer=CUSTOMER, expert_vote=votes([[2], [2], [2]], voted_on=voted_on))

    row = found.row("indicator.expert")
    assert row["expert_score"] == (Decimal(score) if score else None)
    assert row["expert_score_reason"] == reason
    assert row["expert_n"] == (3 if score else 0)


def test_two_panels_count_together_and_the_newest_is_shown(night):
    """Spring gave 2 and 2, autumn 4 and 4 by one expert more; Kendall's W is of the autumn."""
    found = night(
        customer="customer_id\nC1\nC2",
        expert_vote=[
            *votes([[2], [2]], panel="spring", voted_on="2026-04-01"),
            *votes([[4], [4], [4]], panel="autumn", voted_on="2026-10-01"),
        ],
    )

    found.expect(
        "indicator.expert",
        """
        customer_id | expert_score | expert_score_sum | expert_vote_cnt | expert_n | expert_panel_cnt
        C1          | 3.2          | 16               | 5               | 3        | 2
        C2          | -            | 0                | 0               | 0        | 0
        """,
    )
    found.expect(
        "indicator.expert",
        """
        customer_id | expert_panel | expert_voted_on | expert_score_reason
        C1          | autumn       | 2026-10-01      | -
        C2          | -            | -               | no_votes
        """,
    )


def test_a_book_without_votes_knows_nothing(night):
    found = night(customer=CUSTOMER)

    found.expect(
        "indicator.expert",
        """
        expert_score | expert_score_reason | expert_w_reason | expert_cv_reason | quality_claim_cnt_12m
        -            | not_connected             | not_connected         | not_connected          | -
        """,
    )


def test_a_deleted_vote_is_none(night):
    given = votes([[1], [5]])
    given[0]["is_deleted"] = "true"

    found = night(customer=CUSTOMER, expert_vote=given)

    found.expect("indicator.expert", "expert_score | expert_n\n5 | 1")


def test_whose_doing_quality_claims_were(night):
    """Q15: the factors are named, and the three causes; what nobody knows is a fourth."""
    found = night(
        customer="customer_id\nC1\nC2",
        expert_vote=votes(
            [[4, 3, 2, 5]], factors=["dunning_count", "claim_cause", "bad_record", "x"]
        ),
        claim="""
            claim_id | claim_date | amount | caused_by
            K1       | 2026-05-01 | 10     | us
            K2       | 2026-05-02 | 10     | customer
            K3       | 2026-05-03 | 10     | -           # nobody said
            K4       | 2025-11-20 | 10     | us          # the window starts the day after
            K5       | 2026-11-21 | 10     | us          # tomorrow's
        """,
        credit_note="""
            credit_note_id | credit_date | amount | reason        | caused_by
            N1             | 2025-11-21  | 10     | quality_claim | carrier
            N2             | 2026-05-05  | 10     | return        | us        # no claim
        """,
    )

    found.expect(
        "indicator.expert",
        """
        customer_id | expert_dunning_score | expert_claim_score | expert_record_score | expert_other_score
        C1          | 4                    | 3                  | 2                   | 5
        C2          | -                    | -                  | -                   | -
        """,
    )
    found.expect(
        "indicator.expert",
        """
        customer_id | quality_claim_cnt_12m | quality_claim_us_cnt | quality_claim_customer_cnt
        C1          | 4                     | 1                    | 1
        C2          | 0                     | 0                    | 0
        """,
    )
    found.expect(
        "indicator.expert",
        """
        customer_id | quality_claim_carrier_cnt | quality_claim_unknown_cnt
        C1          | 1                         | 1
        C2          | 0                         | 0
        """,
    )
