"""grade.admission, grade.value_grid and grade.customer_score (R1-70, R1-71, R4-83, R0-03, R0-05; Q20)."""

import pytest

from tests.sql.graded import TINY, given, judged, measured

LEAVES = {"cei": 1, "paydex_like": 1}
NAMED = {
    **TINY,
    "main": "credit_risk",
    "explained": [],
    "tree": {
        name: {"title": TINY["title"], "weights": LEAVES}
        for name in (
            "credit_risk",
            "admission",
            "loyalty",
            "internal",
            "payment",
            "operations",
            "facet_pay",
        )
    }
    | {"machine": {"title": TINY["title"], "weights": {"cei": 3, "paydex_like": 1}}},
}
"""Every named score is the mean of two indicators; what was learnt weighs them 3 to 1."""
KNOWN = {
    "score.hard_grade": "policy_id | customer_id | nr_reason\narticle | C1 | prospect",
    "score.listed_veto": "policy_id | customer_id | veto | record | is_lifted",
    "indicator.bureau": "customer_id | bureau_score_norm | ref_cnt\nC1 | 0.6 | 2",
    "indicator.finance": "customer_id | statement_date | is_statement_stale\nC1 | 2025-12-31 | false",
    "indicator.reputation": "customer_id | reputation_score\nC1 | 70",
    "indicator.legal": "customer_id | legal_asof\nC1 | 2026-11-01",
    "indicator.management": "customer_id | identity_verified\nC1 | true",
}
"""A prospect of which everything is known."""


def admission(night, cei="65", paydex="65", **instead):
    found = night(changes={"scorecard": NAMED}, customer="customer_id\nC1")
    measures = {"cei": cei, "paydex_like": paydex}
    rows = [f"C1 | {name} | {value}" for name, value in measures.items() if value]
    measured(judged(found, "C1"), "\n".join(["customer_id | indicator | value", *rows]))
    for table, text in {**KNOWN, **instead}.items():
        given(found, table, text)
    return found


def test_admitted_with_all_five_checks_and_enough_points(night):
    admission(night).expect(
        "grade.admission",
        """
        adm_decision | adm_reasons | adm_check_cnt | is_applicable | admission_score | admission_coverage | adm_date
        admit        | -           | 5             | yes           | 65              | 1                  | 2026-11-20
        """,
    )


@pytest.mark.parametrize(
    ("instead", "decision", "reasons"),
    [
        ({"cei": "64.99", "paydex": "65"}, "conditional", "score_too_low"),
        ({"cei": "65.01", "paydex": "65"}, "admit", "-"),
        ({"cei": None}, "conditional", "too_little_known"),  # a half is known, 60 % is asked for
        ({"cei": None, "paydex": None}, "conditional", "too_little_known"),
        ({"indicator.bureau": "customer_id | ref_cnt\nC1 | 2"}, "conditional", "no_credit_rating"),
        ({"indicator.bureau": "customer_id | line_cnt\nC1 | 0"}, "conditional", "no_history"),
        (
            {"indicator.finance": "customer_id | statement_date\nC1 | -"},
            "conditional",
            "no_accounts",
        ),
        (
            {
                "indicator.finance": "customer_id | statement_date | is_statement_stale\nC1 | 2024-12-31 | true"
            },
            "conditional",
            "no_accounts",
        ),
        ({"indicator.reputation": "customer_id\nC1"}, "conditional", "no_reputation"),
        ({"indicator.legal": "customer_id\nC1"}, "conditional", "no_compliance"),
        ({"indicator.management": "customer_id\nC1"}, "reject", "identity_not_verified"),
        (
            {"indicator.management": "customer_id | identity_verified\nC1 | false"},
            "reject",
            "identity_wrong",
        ),
        (
            {
                "score.listed_veto": "policy_id | customer_id | veto | record | is_lifted\n"
                "article | C1 | revoked | R1 | false\narticle | C1 | dishonest | R2 | true"
            },
            "reject",
            "revoked",
        ),
    ],
)
def test_what_stands_in_the_way(night, instead, decision, reasons):
    found = admission(night, **instead)
    found.expect("grade.admission", f"adm_decision | adm_reasons\n{decision} | {reasons}")


@pytest.mark.parametrize(
    ("reason", "applies"),
    [("prospect", "yes"), ("never_due", "yes"), ("no_data", "yes"), ("dormant", "no"), ("-", "no")],
)
def test_it_applies_to_those_without_a_history(night, reason, applies):
    hard = f"policy_id | customer_id | nr_reason\narticle | C1 | {reason}"
    admission(night, **{"score.hard_grade": hard}).expect(
        "grade.admission", f"is_applicable\n{applies}"
    )


def test_who_lacks_only_a_rate_or_ten_more_days_has_a_history(night):
    """Nobody looked who they are. No rate makes no stranger: what they order is paid in advance, not refused."""
    found = night(
        changes={"book.base_currency": "CNY"},
        customer="customer_id\nPESOS\nYEARLY\nNEW",
        invoice="""
            customer_id | invoice_id | due_date   | amount | currency
            PESOS       | I1         | 2026-05-01 | 100    | MXN
            YEARLY      | I2         | 2025-11-01 | 100    | CNY
            YEARLY      | I3         | 2026-11-15 | 100    | CNY     # its collection is judged on the 25th
            NEW         | I4         | 2026-12-01 | 100    | CNY
        """,
        payment="""
            invoice_id | payment_date | amount | currency
            I1         | 2026-05-01   | 100    | MXN
            I2         | 2025-11-01   | 100    | CNY
            I3         | 2026-11-15   | 100    | CNY
        """,
    )

    found.expect(
        "grade.admission",
        "customer_id | is_applicable | adm_decision\nNEW | yes | reject\nPESOS | no | reject\nYEARLY | no | reject",
        policy_id="article",
    )
    found.expect(
        "action.order_gate",
        """
        customer_id | gate          | is_refused
        NEW         | hold          | yes
        PESOS       | allow_prepaid | no
        YEARLY      | allow_prepaid | no
        """,
        policy_id="article",
    )


def grid(night, people):
    """`people`: name, loyalty score, margin, margin ahead, exposure, order trend; the book's margin is 1000."""
    rows = [line.split() for line in people.strip().splitlines()]
    found = night(
        changes={"scorecard": NAMED}, customer="customer_id\n" + "\n".join(who for who, *_ in rows)
    )
    measured(
        judged(found, *(who for who, *_ in rows)),
        "\n".join(
            ["customer_id | indicator | value"]
            + [f"{w} | {leaf} | {s}" for w, s, *_ in rows if s != "-" for leaf in LEAVES]
        ),
    )
    given(
        found,
        "indicator.trade",
        "\n".join(
            [
                "customer_id | margin_amount_12m | margin_ahead_amount | margin_book_amount | order_trend"
            ]
            + [f"{w} | {m} | {a} | 1000 | {t}" for w, _, m, a, _, t in rows]
        ),
    )
    return given(
        found,
        "measure.exposure",
        "\n".join(["customer_id | exposure_amount", *(f"{w} | {e}" for w, _, _, _, e, _ in rows)]),
    )


def test_the_six_cells(night):
    """High while the margin of all larger ones is below 80 % of the book's, middle below 95 %; loyal from 50."""
    found = grid(
        night,
        """
        ONE      90     900   0      100   0.5
        TWO      49.99  1     799.99 200   0.5
        THREE    50     150   800    0     0.25
        FOUR     10     1     949.99 50    -0.5
        FIVE     80     40    950    -     -
        SIX      0      1     999    1000  1
        LOSS     80     -5    1000   10    0
        NOBODY   80     -     -      10    0
        STRANGER -      900   0      10    0.1
        """,
    )
    found.expect(
        "grade.value_grid",
        """
        customer_id|value_band|abc_class|loyalty_band|grid_cell|grid_reason|coop_potential|priority_amount|priority_rank
        ONE | high | A | loyal | 1 | - | 45 | 10 | 4
        TWO | high | A | not_loyal | 2 | - | 24.995 | 100.02 | 2
        THREE | middle | B | loyal | 3 | - | 12.5 | 0 | 8
        FOUR | middle | B | not_loyal | 4 | - | -5 | 45 | 3
        FIVE | low | C | loyal | 5 | - | - | - | -
        SIX | low | C | not_loyal | 6 | - | 0 | 1000 | 1
        LOSS | low | C | loyal | 5 | - | 0 | 2 | 6
        NOBODY | - | - | loyal | - | no_margin | 0 | 2 | 7
        STRANGER | high | A | - | - | no_loyalty | - | 10 | 5
        """,
    )
    words = {r["grid_cell"]: r["grid_strategy_en"] for r in found.rows("grade.value_grid")}
    assert len(set(words.values())) == 7
    assert words[None] is None
    assert words[1] == "Keep at any price: best terms, best service"


def test_a_sample_for_a_yuan_and_a_shipload_after_it_end_no_night(night):
    grid(night, "BIG 50 900 0 100 200000\nHUGE 50 900 0 100 999999999999").expect(
        "grade.value_grid", "customer_id | coop_potential\nBIG | 10000000\nHUGE | -"
    )


def test_named_scores_stand_side_by_side(night):
    """Own history 70, the bureau 0.6 of its scale: ten points apart."""
    found = admission(night, cei="80", paydex="60")
    found.expect(
        "grade.customer_score",
        """
        internal_score | credit_risk_score | facet_pay | facet_record | score_stat | score_divergence
        70             | 70                | 70        | -            | 70         | 10
        """,
    )
    found.expect(
        "grade.customer_score",
        """
        data_coverage | confidence | m1_payment_band | m3_operation_band | score_ml
        1             | 1          | good            | good              | 75       # 3 x 80 and 60
        """,
    )
    half = admission(night, cei="50", paydex=None, **{"indicator.bureau": "customer_id\nC1"})
    half.expect(
        "grade.customer_score",
        "internal_score | score_divergence | data_coverage | confidence | m1_payment_band\n"
        "50 | - | 0.5 | 0.5 | fair",
    )
