"""Each method of C10 with its inputs, the limit made of them, what people granted, terms, the warning line."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.sql.accounts import FIRM_F, accounts, book
from tests.sql.limit_case import Case, limits, standing
from tests.sql.night import NIGHT, Night, build, policies

MakeLimits = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def limited(tmp_path: Path) -> MakeLimits:
    """`limited(cases, changes)`: terms.credit_limit of these customers."""

    def make(cases: Sequence[Case], **changes: Any) -> list[dict[str, Any]]:
        return limits(tmp_path, cases, {f"terms.{key}": value for key, value in changes.items()})

    return make


# --- from the ledger to the limit: C10 in one night ------------------------------------------------------

LEDGER = """
    invoice_id | customer_id | invoice_date | due_date   | amount   | currency
    F          | FIRM        | 2026-05-02   | 2026-06-01 | 1200000  | CNY
    AAA        | TRUSTED     | 2026-05-02   | 2026-06-01 | 3600000  | CNY
    AA         | GOOD        | 2026-05-02   | 2026-06-01 | 3600000  | CNY
    A          | FAIR        | 2026-05-02   | 2026-06-01 | 3600000  | CNY
    B          | SLOW        | 2026-05-02   | 2026-06-01 | 3600000  | CNY
    C          | BAD         | 2026-05-02   | 2026-06-01 | 3600000  | CNY
    OLD        | DORMANT     | 2024-05-02   | 2024-06-01 | 500      | CNY
    OPEN       | USED        | 2026-11-10   | 2026-12-10 | 80000    | CNY
    YEN        | ABROAD      | 2026-11-10   | 2026-12-10 | 100      | JPY
    OTHERS     | BIG         | 2026-05-02   | 2026-06-01 | 720000   | CNY
"""
PAID = """
    invoice_id | payment_date | amount   | currency
    F          | 2026-06-01   | 1200000  | CNY
    AAA        | 2026-06-01   | 3600000  | CNY
    AA         | 2026-06-01   | 3600000  | CNY
    A          | 2026-06-02   | 3600000  | CNY     # a day late
    B          | 2026-06-06   | 3600000  | CNY     # five
    C          | 2026-06-11   | 3600000  | CNY     # ten
    OLD        | 2024-06-01   | 500      | CNY
    OTHERS     | 2026-06-01   | 720000   | CNY
"""
WHO = """
    customer_id | is_reseller | competitor_share
    FIRM        | false       | -
    TRUSTED     | true        | 0                # three letters A
    GOOD        | false       | -
    FAIR        | false       | -
    SLOW        | false       | -
    BAD         | false       | -
    DORMANT     | false       | -
    USED        | false       | -
    ABROAD      | false       | -
    BIG         | false       | -
    NEW         | -           | -
"""
REFERENCES = """
    reference_id | customer_id | referee | given_on   | high_credit | currency
    R1           | FIRM        | One     | 2026-05-01 | 100000      | CNY
    R2           | FIRM        | Two     | 2026-05-01 | 250000      | CNY
    R3           | FIRM        | Three   | 2026-05-01 | 900000      | CNY
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A night of the ledger: an A is given 40 days here, with the buffer of 15 the 55 days of C10."""
    figures = {name: f"{value}000" for name, value in FIRM_F.items()}  # whole units, not thousands
    return build(
        tmp_path_factory.mktemp("limits"),
        {
            "invoice": LEDGER,
            "payment": PAID,
            "customer": WHO,
            "trade_reference": REFERENCES,
            **book(accounts("FIRM", **figures), accounts("USED", **FIRM_F)),
            "sales_order": """
                order_id | customer_id | order_date | amount | status
                O1       | USED        | 2026-11-01 | 12000  | open
            """,
            "insurance": """
                cover_id | customer_id | insured_limit | covered_share | start_date
                I1       | USED        | 50000         | 1             | 2026-01-01
            """,
            "limit_decision": """
                decision_id | customer_id | kind      | limit_amount | author | approver | decided_on | valid_until
                D1          | USED        | approved  | 100000       | Li     | Wang     | 2026-01-10 | -
                D2          | DORMANT     | approved  | 5000         | Li     | Wang     | 2024-01-10 | -
            """,
        },
        as_of=NIGHT,
        policies=policies(
            "article", {"terms.grades.A.terms_days": 40, "book.base_currency": "CNY"}
        ),
    )


def of(whole: Night, customer: str) -> dict[str, Any]:
    return whole.row("terms.credit_limit", policy_id="article", customer_id=customer)


def test_every_method_of_one_firm(whole: Night) -> None:
    firm = of(whole, "FIRM")

    assert (firm["net_worth_amount"], firm["limit_net_worth"]) == (4000000, 400000)
    assert firm["limit_working_capital"] == 240000  # a fifth of 4.2 less 3.0 million
    assert (firm["purchases_amount_12m"], firm["requirement_days"]) == (1200000, 55)
    assert firm["limit_requirement"] == Decimal("180821.917808")
    assert firm["limit_trade_reference"] == 250000
    assert firm["limit_average"] == Decimal("276940.639269")
    assert (firm["own_sales_amount"], firm["limit_own_sales"]) == (20000000, 2000000)
    assert firm["limit_prudent"] == Decimal("180821.917808")
    assert (firm["basis_method"], firm["limit_factor"]) == ("requirement", 1)
    assert firm["credit_limit_recommended"] == 180820  # down to the step of 10


def test_firm_f_as_printed(whole: Night) -> None:
    used = of(whole, "USED")

    assert (used["limit_net_worth"], used["limit_working_capital"]) == (400, 240)


@pytest.mark.parametrize(
    ("customer", "grade", "class_", "expected"),
    [
        ("TRUSTED", "A", "AAA", 675000),
        ("GOOD", "A", "AA", 450000),
        ("FAIR", "B", "A", 360000),
        ("SLOW", "C", "B", 270000),
        ("BAD", "D", "C", 0),
    ],
)
def test_the_chinese_practice(
    whole: Night, customer: str, grade: str, class_: str, expected: int
) -> None:
    """Monthly sales of 300,000, a month and a half, and the risk factor of the class."""
    row = of(whole, customer)

    assert (row["final_grade"], row["practice_class"]) == (grade, class_)
    assert row["limit_practice"] == expected


def test_receivables_and_open_orders_against_the_limit(whole: Night) -> None:
    """(80,000 + 12,000) / 100,000."""
    used = of(whole, "USED")

    assert (used["credit_limit"], used["limit_source"]) == (100000, "approved")
    assert (used["utilisation"], used["warning_colour"]) == (Decimal("0.92"), "amber")
    assert (used["warning_state"], used["warning_line"]) == ("near", "utilisation")
    assert used["available_amount"] == 8000


def test_a_dormant_customers_limit_is_suspended_not_lost(whole: Night) -> None:
    dormant = of(whole, "DORMANT")

    assert (dormant["credit_limit"], dormant["limit_source"]) == (0, "suspended")
    assert (dormant["suspended_limit"], dormant["suspended_reason"]) == (5000, "dormant")


def test_a_customer_without_a_history(whole: Night) -> None:
    new = of(whole, "NEW")

    assert (new["final_grade"], new["purchases_reason"]) == ("NR", "never_billed")
    assert (new["credit_limit_recommended"], new["prepay_share"]) == (0, 1)
    assert new["warning_state"] == "ok"


def test_purchases_without_a_rate_are_unknown(whole: Night) -> None:
    abroad = of(whole, "ABROAD")

    assert abroad["purchases_reason"] == "no_fx"
    assert (abroad["exposure_amount"], abroad["utilisation"]) == (None, None)
    assert abroad["group_exposure_amount"] is None


def test_nobody_is_left_out(whole: Night) -> None:
    rows = whole.rows("terms.credit_limit")

    assert len(rows) == 2 * 11
    assert [row["policy_id"] for row in rows] == ["article"] * 11 + ["balanced"] * 11


# --- the combination --------------------------------------------------------------------------------------

RICH: Case = {"net_worth_amount": 4000000, "working_capital_amount": 1200000}
BUYS: Case = {"purchases_amount_12m": 1200000}


def test_the_least_of_the_methods_whose_inputs_exist(limited: MakeLimits) -> None:
    both, alone, poor, none, foreign = limited(
        [
            {**BUYS, "net_worth_amount": 4000},
            BUYS,
            {**BUYS, "net_worth_amount": -5},  # overindebted: an answer, and it is nothing
            {"purchases_amount_12m": 0},  # no purchases: no method, the starter limit
            {"purchases_amount_12m": None},  # without a rate: unknown, not a newcomer's
        ]
    )

    assert (both["basis_method"], both["credit_limit_recommended"]) == ("net_worth", 400)
    assert alone["limit_requirement"] == Decimal("246575.342466")
    assert (alone["net_worth_reason"], alone["credit_limit_recommended"]) == (
        "no_statement",
        246570,
    )
    assert (poor["limit_net_worth"], poor["credit_limit_recommended"]) == (0, 0)
    assert (none["purchases_reason"], none["recommended_from"]) == ("no_purchases", "starter")
    assert none["credit_limit"] == 0
    assert (foreign["purchases_reason"], foreign["recommended_from"]) == ("no_fx", None)
    assert (foreign["credit_limit"], foreign["limit_reason"]) == (None, "no_fx")


def test_the_grade_is_a_factor(limited: MakeLimits) -> None:
    rows = limited([{**BUYS, "final_grade": grade} for grade in ("A", "B", "C", "D", "NR")])

    assert [row["credit_limit_recommended"] for row in rows] == [
        246570,  # 1.2m / 365 x 75
        88760,  # 0.6 x 1.2m / 365 x 45 = 88,767.12
        19720,  # 0.2 x 1.2m / 365 x 30 = 19,726.03
        0,
        0,  # the starter limit
    ]
    assert [row["limit_factor"] for row in rows[:4]] == [1, Decimal("0.6"), Decimal("0.2"), 0]
    assert [row["payment_terms_days"] for row in rows] == [60, 30, 15, 0, 0]
    assert [row["prepay_share"] for row in rows] == [0, 0, Decimal("0.3"), 1, 1]
    assert [row["terms_code"] for row in rows] == [
        "OPEN",
        "OPEN",
        "PART_PREPAY",
        "PREPAY",
        "PREPAY",
    ]
    assert [row["deposit_amount"] for row in rows] == [0, 0, 1972, 0, 0]
    assert [row["is_guarantee_required"] for row in rows] == [False, False, True, True, False]
    assert [row["price_adjustment"] for row in rows[:3]] == [Decimal("-0.01"), 0, Decimal("0.01")]


def test_a_d_gets_nothing_whatever_is_known_of_it(limited: MakeLimits) -> None:
    """No method has its inputs, or one lacks a rate: for an A the starter limit and unknown, for a D nothing."""
    cases = [
        {"final_grade": grade, "purchases_amount_12m": bought}
        for grade in "AD"
        for bought in (0, None)
    ]

    rows = limited(cases, **{"limit.starter_amount": 5000})

    assert [row["credit_limit"] for row in rows] == [5000, None, 0, 0]
    assert [row["limit_reason"] for row in rows] == [None, "no_fx", None, None]


def test_the_segment_is_another_factor(limited: MakeLimits) -> None:
    (row,) = limited([{**BUYS, "measure.segment.limit_factor": "0.5", "final_grade": "B"}])

    assert row["limit_factor"] == Decimal("0.3")
    assert row["credit_limit_recommended"] == 44380  # half of 88,767.12


def test_a_product_that_is_a_step_is_not_the_step_below(limited: MakeLimits) -> None:
    """A tenth of 3,333.33 times 0.6 is 199.9998; of 3,333.34 it is 200.0004."""
    below, above, exact = limited(
        [
            {"final_grade": "B", "net_worth_amount": amount}
            for amount in ("3333.33", "3333.34", "5000")
        ],
        **{"limit.rounding_step": 1},
    )

    assert below["credit_limit_recommended"] == 199
    assert above["credit_limit_recommended"] == 200
    assert exact["credit_limit_recommended"] == 300


@pytest.mark.parametrize(
    ("combine", "methods", "factor", "expected", "by"),
    [
        ("average", ["net_worth", "requirement", "trade_reference"], True, 298850, "average"),
        ("average", ["net_worth", "agency"], True, 400000, "average"),  # of those that are there
        ("min", ["trade_reference", "net_worth"], True, 250000, "trade_reference"),
        ("min", ["practice"], False, 150000, "practice"),
        ("min", ["working_capital"], True, 240000, "working_capital"),
        ("min", ["own_sales", "net_worth"], True, 120000, "own_sales"),
    ],
)
def test_other_combinations(
    limited: MakeLimits, combine: str, methods: list[str], factor: bool, expected: int, by: str
) -> None:
    """The mean of three is (400,000 + 246,575.3425 + 250,000) / 3 = 298,858.4475."""
    (row,) = limited(
        [{**RICH, **BUYS, "ref_high_credit_median": 250000}],
        **{"limit.combine": combine, "limit.methods": methods, "limit.use_grade_factor": factor},
    )

    assert (row["basis_method"], row["credit_limit_recommended"]) == (by, expected)


@pytest.mark.parametrize(("starter", "expected"), [(0, 0), (500, 500), ("none_set", None)])
def test_the_starter_limit(limited: MakeLimits, starter: Any, expected: Any) -> None:
    """For who is admitted on conditions; who passed in full is sold to as the policy says, here as a C."""
    new: Case = {"final_grade": "NR", "first_sale_date": None, "is_applicable": True}
    conditional, admitted, refused, granted = limited(
        [
            {**new, "adm_decision": "conditional"},
            {**new, "adm_decision": "admit", "net_worth_amount": 10000},
            {**new, "adm_decision": "reject"},
            {
                **new,
                "adm_decision": "reject",
                "granted_amount": 70,
            },  # people looked, and granted it
        ],
        **{"limit.starter_amount": starter},
    )

    assert conditional["credit_limit_recommended"] == conditional["credit_limit"] == expected
    assert conditional["limit_reason"] == (None if expected is not None else "none_set")
    assert conditional["warning_state"] == ("ok" if expected is not None else "none_set")
    assert (conditional["terms_code"], conditional["prepay_share"]) == ("PREPAY", 1)
    assert (admitted["terms_grade"], admitted["credit_limit"]) == ("C", 200)
    assert (refused["terms_code"], refused["credit_limit"]) == ("REFUSED", 0)
    assert (granted["terms_code"], granted["credit_limit"]) == ("PREPAY", 70)
    assert (refused["recommended_from"], refused["suspended_reason"]) == ("rejected", "rejected")


def test_a_listed_veto_refuses_everybody(limited: MakeLimits) -> None:
    """Also whom people granted a limit; what they granted is suspended."""
    (row,) = limited(
        [
            {
                **BUYS,
                "final_grade": "D",
                "grade.credit_grade.listed_veto": "dishonest",
                "granted_amount": 900,
            }
        ]
    )

    assert (row["credit_limit"], row["suspended_limit"]) == (0, 900)
    assert (row["payment_terms_days"], row["prepay_share"], row["terms_code"]) == (0, 1, "REFUSED")


@pytest.mark.parametrize(
    ("cap", "value", "kind", "expected"),
    [
        ("max_amount", 12345, "policy", 12340),
        ("max_amount", 246576, None, 246570),
        ("own_sales_is_cap", True, "own_sales", 120000),
        ("seasonal_cap", {"months": 1, "swing": 0.5, "high_months": [10]}, "season", 100000),
        ("seasonal_cap", {"months": 1, "swing": 0.5, "high_months": [11]}, "season", 150000),
        ("seasonal_cap", {"months": 1, "swing": 0.5, "low_months": [11]}, "season", 50000),
    ],
)
def test_caps(limited: MakeLimits, cap: str, value: Any, kind: str | None, expected: int) -> None:
    (row,) = limited([BUYS], **{f"limit.{cap}": value})

    assert (row["cap_kind"], row["credit_limit_recommended"]) == (kind, expected)


def test_no_limit_above_the_agencys(limited: MakeLimits) -> None:
    case = {**BUYS, "agency_limit_amount": 30005}
    capped, nothing, starter = limited(
        [
            case,
            {**case, "agency_limit_amount": 0},
            {"agency_limit_amount": 300, "first_sale_date": None},
        ],
        **{"limit.starter_amount": 500},
    )
    (free,) = limited([case], **{"limit.agency_is_cap": False})

    assert (capped["cap_kind"], capped["credit_limit_recommended"]) == ("agency", 30000)
    assert (nothing["cap_kind"], nothing["credit_limit_recommended"]) == ("agency", 0)
    assert starter["credit_limit_recommended"] == 300
    assert (free["cap_kind"], free["credit_limit_recommended"]) == (None, 246570)


@pytest.mark.parametrize(
    ("mode", "with_cover", "expected"),
    [("off", 125000, 100000), ("limit", 125000, 125000), ("exposure", 75000, 75000)],
)
def test_insurance_on_top(limited: MakeLimits, mode: str, with_cover: int, expected: int) -> None:
    """A 100,000, B 50,000, C one half; a D is sold nothing on credit, insured or not."""
    good, bad = limited(
        [
            {"net_worth_amount": 1000000, "insured_limit": 50000, "final_grade": grade}
            for grade in ("A", "D")
        ],
        **{"limit.insurance.mode": mode},
    )

    assert (good["limit_insured"], good["credit_limit_recommended"]) == (with_cover, expected)
    assert bad["credit_limit_recommended"] == 0


# --- what people granted -------------------------------------------------------------------------------------


def test_what_people_granted_outranks_the_policy(limited: MakeLimits) -> None:
    cases: list[Case] = [
        {**BUYS, "granted_amount": 500, "granted_kind": "temporary", "valid_until": "2026-11-20"},
        {**BUYS, "granted_amount": 0},  # none granted is a limit
        BUYS,
        {**BUYS, "granted_kind": "approved", "granted_reason": "no_fx"},
    ]
    some, none, policy, unknown = limited(cases)
    *_, nobody, _ = limited(cases, **{"limit.in_force": "approved"})

    assert (some["credit_limit"], some["limit_source"]) == (500, "temporary")
    assert (some["credit_limit_recommended"], str(some["limit_valid_until"])) == (
        246570,
        "2026-11-20",
    )
    assert (none["credit_limit"], none["limit_source"]) == (0, "approved")
    assert (policy["credit_limit"], policy["limit_source"]) == (246570, "policy")
    assert (unknown["credit_limit"], unknown["limit_reason"]) == (None, "no_fx")
    assert (nobody["credit_limit"], nobody["limit_reason"]) == (None, "none_set")
    assert (nobody["warning_state"], nobody["credit_limit_recommended"]) == ("none_set", 246570)


def test_people_look_again_in_time(limited: MakeLimits) -> None:
    never, year, month, ends = limited(
        [
            {},
            {"granted_amount": 1, "decided_on": "2026-01-10"},
            {"granted_amount": 1, "decided_on": "2026-01-10", "final_grade": "D"},
            {"granted_amount": 1, "decided_on": "2026-01-10", "valid_until": "2026-11-30"},
        ]
    )

    assert never["review_date"] is None
    assert str(year["review_date"]) == "2027-01-10"
    assert str(month["review_date"]) == "2026-02-09"  # thirty days for a D: overdue
    assert str(ends["review_date"]) == "2026-11-30"


def test_a_dormant_customer_may_keep_its_limit(limited: MakeLimits) -> None:
    case: Case = {"final_grade": "NR", "nr_reason": "dormant", "granted_amount": 500}
    (suspended,) = limited([case])
    (kept,) = limited([case], **{"limit.suspend": []})

    assert (suspended["credit_limit"], suspended["suspended_limit"]) == (0, 500)
    assert (kept["credit_limit"], kept["suspended_limit"]) == (500, None)


# --- the warning line (Q26) -----------------------------------------------------------------------------------


def test_utilisation_compares_money(limited: MakeLimits) -> None:
    amounts = ("79999.99", "80000", "92000", "99999.99", "100000", "100000.01")
    rows = limited([{"granted_amount": 100000, "exposure_amount": amount} for amount in amounts])

    assert [row["utilisation_colour"] for row in rows] == [
        "green", "amber", "amber", "amber", "red", "red",
    ]  # fmt: skip
    assert [row["warning_state"] for row in rows] == ["ok", "near", "near", "near", "over", "over"]
    assert [row["is_over_limit"] for row in rows] == [False] * 5 + [True]
    assert [row["available_amount"] for row in rows[2:]] == [8000, Decimal("0.01"), 0, 0]
    assert rows[0]["utilisation"] == Decimal("0.8")  # reads like the line, and is below it
    assert rows[3]["utilisation"] == Decimal(1)


def test_nought_and_nothing(limited: MakeLimits) -> None:
    over, ok, none_set = limited(
        [
            {"granted_amount": 0, "exposure_amount": "0.01"},
            {"granted_amount": 0},
            {"exposure_amount": 5},
        ],
        **{"limit.in_force": "approved"},
    )

    assert (over["utilisation"], over["warning_state"], over["warning_colour"]) == (
        None,
        "over",
        "red",
    )
    assert (ok["utilisation"], ok["warning_state"]) == (None, "ok")
    assert (none_set["credit_limit"], none_set["warning_state"]) == (None, "none_set")


def test_amounts_at_the_end_of_the_scale(limited: MakeLimits) -> None:
    """As large as a document may be, against a cent: red, and the night goes on."""
    (row,) = limited(
        [
            {
                "granted_amount": "0.01", "exposure_amount": "9999999999999999.99",
                "purchases_amount_12m": "9999999999999999.99", "net_worth_amount": "9999999999999999.99",
                "working_capital_amount": "-9999999999999999.99", "insured_limit": "9999999999999999.99",
                "ref_high_credit_median": "9999999999999999.99", "overdue_amount": "9999999999999999.99",
                "oldest_overdue_days": 100000,
            }
        ]
    )  # fmt: skip

    assert (row["utilisation"], row["warning_colour"]) == (None, "red")
    assert row["credit_limit_recommended"] == 999999999999990


def test_the_oldest_overdue_item(limited: MakeLimits) -> None:
    rows = limited(
        [
            {"granted_amount": 100, "oldest_overdue_days": days, "overdue_amount": 10}
            for days in (4, 5, 9, 10)
        ]
    )
    (small,) = limited(
        [{"granted_amount": 100, "oldest_overdue_days": 10, "overdue_amount": 10}],
        **{"warning.min_overdue": 10},
    )

    assert [row["overdue_colour"] for row in rows] == ["green", "amber", "amber", "red"]
    assert [row["warning_line"] for row in rows] == [None, "overdue", "overdue", "overdue"]
    assert small["overdue_colour"] == "green"


def test_the_score_near_the_cut_off_of_c(limited: MakeLimits) -> None:
    """C starts at 50, the margin is 5; too little known draws no line."""
    grades = ("B", "C", "C", "D", "NR")
    scores = ("55.000001", "55", "50", "49.999999", "20")
    cases = [
        {"granted_amount": 1, "scorecard_grade": grade, "scorecard_score": score}
        for grade, score in zip(grades, scores, strict=True)
    ]
    rows = limited(cases)
    off = limited(cases, **{"warning.score_margin": "off"})

    assert [row["score_colour"] for row in rows] == ["green", "amber", "amber", "red", None]
    assert [row["warning_line"] for row in rows] == [None, "score", "score", "score", None]
    assert {row["score_colour"] for row in off} == {None}


def test_the_worst_line_counts(limited: MakeLimits) -> None:
    (row,) = limited(
        [
            {
                "granted_amount": 100, "exposure_amount": 85, "overdue_amount": 1,
                "oldest_overdue_days": 12, "scorecard_grade": "D", "scorecard_score": 10,
            }
        ]
    )  # fmt: skip

    assert row["utilisation_colour"] == "amber"
    assert (row["warning_colour"], row["warning_line"]) == ("red", "overdue")


# --- the group ------------------------------------------------------------------------------------------------

GROUP: list[Case] = [
    {"group_id": "TOP", "exposure_amount": 90, "granted_amount": 100},
    {"group_id": "TOP", "exposure_amount": 50, "granted_amount": 60, "party_id": "C2"},
    {"group_id": "TOP", "exposure_amount": 30, "granted_amount": 40, "party_id": "C2"},
    {"exposure_amount": 7, "granted_amount": 8},
]


def test_the_groups_limit_is_its_members_each_party_once(limited: MakeLimits) -> None:
    """C2 and C3 are one legal party: 60 counts, 40 does not; what both owe does."""
    rows = limited(GROUP)

    assert [row["group_exposure_amount"] for row in rows] == [170, 170, 170, 7]
    assert [row["group_limit_amount"] for row in rows] == [160, 160, 160, 8]
    assert [row["is_over_limit"] for row in rows] == [False] * 4
    assert [row["is_over_group_limit"] for row in rows] == [True, True, True, False]


def test_the_groups_limit_is_capped(limited: MakeLimits) -> None:
    rows = limited(GROUP, **{"group.max_amount": 150})

    assert [row["group_limit_amount"] for row in rows] == [150, 150, 150, 8]


def test_a_member_without_a_limit_or_a_rate(limited: MakeLimits) -> None:
    """What is not known makes the sum unknown; the policy's cap stands all the same."""
    cases: list[Case] = [
        {"group_id": "TOP", "exposure_amount": 90, "granted_amount": 100},
        {"group_id": "TOP", "exposure_amount": None},
    ]
    free = limited(cases, **{"limit.in_force": "approved"})
    capped = limited(cases, **{"limit.in_force": "approved", "group.max_amount": 150})

    assert [row["group_limit_amount"] for row in free] == [None, None]
    assert [row["is_over_group_limit"] for row in free] == [None, None]
    assert [row["group_exposure_amount"] for row in capped] == [None, None]
    assert [row["group_limit_amount"] for row in capped] == [150, 150]


def test_standing_cases_are_whole_rows(tmp_path: Path) -> None:
    assert len(standing(tmp_path, [{}, {}]).rows("terms.credit_limit")) == 4
