"""Limits method by method, and groups, as people read them."""

from decimal import Decimal
from pathlib import Path

from tests.sql.limit_case import standing


def test_every_method_with_its_inputs(tmp_path: Path) -> None:
    found = standing(
        tmp_path,
        [
            {
                "net_worth_amount": 4000000, "statement_date": "2025-12-31",
                "purchases_amount_12m": 1200000, "agency_limit_amount": 90000,
                "agency_limit_date": "2026-10-01", "insured_limit": 50000,
            }
        ],
        {"terms.grades.A.terms_days": 40},
    )  # fmt: skip
    found.expect(
        "mart.limit_method",
        """
        method         |limit_amount|input_amount|input_factor|input_date|is_used|is_deciding|null_reason
        net_worth      |400000      |4000000     |0.1         |2025-12-31|yes    |no         |-
        working_capital|-           |-           |0.2         |2025-12-31|no     |no         |not_stated
        requirement    |180821.917808 |1200000     |55          |-         |yes    |yes        |-
        trade_reference|-           |-           |1           |-         |no     |no         |no_reference
        own_sales      |120000      |1200000     |0.1         |-         |no     |no         |-
        practice       |150000      |1200000     |1.5         |-         |no     |no         |-
        agency         |90000       |90000       |1           |2026-10-01|no     |no         |-
        average        |-           |-           |-           |-         |no     |no         |method_missing
        prudent        |120000      |-           |-           |-         |no     |no         |-
        insured        |115000      |50000       |0.5         |-         |no     |no         |-
        """,
    )


def test_groups_by_exposure_and_by_their_worst_member(tmp_path: Path) -> None:
    """(60 x 1 + 20 x 4 + 20 x 2) / 100 = 1.8: B. One legal party under two numbers counts once."""
    group = {
        "group_id": "C1",
        "group_customer_cnt": 4,
        "group_party_cnt": 3,
        "customer_name": "Top",
    }
    found = standing(
        tmp_path,
        [
            {**group, "exposure_amount": 60, "uncovered_exposure": 60, "granted_amount": 70},
            {**group, "exposure_amount": 20, "uncovered_exposure": 5, "granted_amount": 30,
             "final_grade": "D"},
            {**group, "exposure_amount": 20, "uncovered_exposure": 0, "granted_amount": 10,
             "final_grade": "B", "party_id": "C2"},
            {**group, "exposure_amount": 9, "uncovered_exposure": 9, "granted_amount": 9,
             "final_grade": "NR"},
            {"exposure_amount": 5},
        ],
    )  # fmt: skip
    found.expect(
        "mart.group_exposure",
        """
        group_id | customer_cnt | party_cnt | exposure_amount | uncovered_exposure | limit_amount | is_over_limit
        C1       | 4            | 3         | 109             | 74                 | 109          | no
        """,
        is_active=True,
    )
    row = found.row("mart.group_exposure", is_active=True)
    assert (row["weighted_points"], row["weighted_grade"]) == (Decimal("1.8"), "B")
    assert (row["worst_grade"], row["worst_customer_id"]) == ("D", "C2")
    assert row["unrated_exposure"] == 9


def test_a_group_in_full(night) -> None:
    found = night(
        customer="customer_id | customer_name\nC1 | Top Ltd\nC2 | Child\nC3 | Child again\nC4 | Alone",
        invoice="""
            invoice_id | customer_id | due_date   | amount
            I1         | C1          | 2026-12-10 | 60
            I2         | C2          | 2026-11-01 | 20      # nineteen days late: D
            I3         | C3          | 2026-12-10 | 20
            I4         | C4          | 2026-12-10 | 5
        """,
        group_member="customer_id | parent_id\nC2 | C1",
        customer_link="customer_id | party_id\nC2 | C2\nC3 | C2",
        limit_decision="""
            customer_id | kind     | limit_amount | author | approver | decided_on
            C1          | approved | 70           | Li     | Wang     | 2026-01-10
            C2          | approved | 20           | Li     | Wang     | 2026-01-10
            C3          | approved | 10           | Li     | Wang     | 2026-01-10
        """,
    )
    row = found.row("mart.group_exposure", policy_id="article")

    assert (row["group_id"], row["group_name"], row["customer_cnt"], row["party_cnt"]) == (
        "C1", "Top Ltd", 3, 2,
    )  # fmt: skip
    assert (row["exposure_amount"], row["limit_amount"], row["is_over_limit"]) == (100, 90, True)
    assert row["utilisation"] == Decimal("1.111111")
    assert (row["worst_grade"], row["worst_customer_id"]) == ("D", "C2")
    assert (row["weighted_grade"], row["weighted_points"]) == ("D", 4)
    assert row["unrated_exposure"] == 80  # C1 and C3 had nothing due yet


def test_a_holding_we_do_not_sell_to_has_the_name_its_members_came_with(night) -> None:
    found = night(
        customer="customer_id\nC1\nC2\nC3",
        group_member="""
            customer_id | parent_id | parent_name | valid_from
            C1          | HOLD      | 控股        | 2020-01-01
            C2          | HOLD      | 新控股      | 2025-01-01    # renamed
            C3          | HOLD      | -           | 2026-01-01
        """,
    )

    found.expect("mart.group_exposure", "group_id | group_name\nHOLD | 新控股", policy_id="article")
