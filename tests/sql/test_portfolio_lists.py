"""Policies side by side, the watch list, admission cohorts, risks, references, scales."""

from decimal import Decimal

import pytest

BOOK = {
    "customer": "customer_id | customer_name | country\nC1 | One Ltd | CN\nC2 | 二号公司 | CN\nC3 | Three | US",
    "invoice": """
        customer_id | invoice_id | invoice_date | due_date   | amount
        C1          | I1         | 2026-03-01   | 2026-04-01 | 1000    # 12 days late
        C1          | I2         | 2026-05-01   | 2026-06-01 | 9000    # paid on the day
        C1          | I3         | 2026-06-01   | 2026-07-01 | 2000    # paid early
        C2          | I4         | 2026-07-01   | 2026-08-21 | 500     # 91 days late tonight
        C3          | I5         | 2026-10-25   | 2026-12-01 | 70      # not due yet
    """,
    "payment": """
        invoice_id | payment_date | amount
        I1         | 2026-04-13   | 1000
        I2         | 2026-06-01   | 9000
        I3         | 2026-06-20   | 2000
    """,
}


def test_two_policies_on_one_book(night):
    found = night(**BOOK)
    found.expect(
        "mart.policy_performance",
        """
        policy_id | final_grade | customer_cnt | better_than_active_cnt | worse_than_active_cnt | bad_now_cnt
        article   | A           | 0            | 0                      | 0                     | 0
        article   | B           | 0            | 0                      | 0                     | 0
        article   | C           | 0            | 0                      | 0                     | 0
        article   | D           | 2            | 0                      | 0                     | 1
        article   | NR          | 1            | 0                      | 0                     | 0
        """,
        policy_id="article",
    )
    found.expect(
        "mart.policy_performance",
        """
        policy_id | final_grade | open_amount
        article   | A           | 0
        article   | B           | 0
        article   | C           | 0
        article   | D           | 500
        article   | NR          | 70
        """,
        policy_id="article",
    )
    row = found.row("mart.policy_performance", policy_id="article", final_grade="D")
    assert (row["customer_share"], row["bad_now_rate"], row["overdue_share"]) == (
        Decimal("0.666667"), Decimal("0.5"), 1,
    )  # fmt: skip
    for policy in ("article", "balanced"):
        rows = [r for r in found.rows("mart.policy_performance") if r["policy_id"] == policy]
        assert sum(r["customer_cnt"] for r in rows) == 3
        steps = ("letters", "scorecard", "experts", "listed_veto", "override")
        assert sum(r[f"by_{step}_cnt"] for r in rows for step in steps) == 3
    balanced = [r for r in found.rows("mart.policy_performance") if r["policy_id"] == "balanced"]
    better = sum(r["better_than_active_cnt"] for r in balanced)
    assert better >= 1  # C1's one late item does not decide there
    assert sum(r["worse_than_active_cnt"] for r in balanced) == 0


def test_who_is_watched_and_why(night):
    night(**BOOK).expect(
        "mart.watch_list",
        """
        customer_id | reason     | detail | final_grade | exposure_amount | watch_flag
        C1          | grade      | D      | D           | 0               | yes
        C2          | grade      | D      | D           | 500             | yes
        C2          | overdue    | 91     | D           | 500             | yes
        C2          | over_limit | policy | D           | 500             | yes    # D is granted nothing
        """,
        final_grade="D",
    )


def test_nobody_is_watched_who_is_not_late_enough(night):
    billed = "invoice_id | due_date | amount\nI1 | 2026-10-22 | 100"  # 29 days
    watched = {"portfolio.watch_list.grades": []}
    found = night(invoice=billed, changes=watched)
    assert {row["reason"] for row in found.rows("mart.watch_list")} <= {"over_limit"}
    billed = "invoice_id | due_date | amount\nI1 | 2026-10-21 | 100"  # 30 days
    night(invoice=billed, changes=watched).expect(
        "mart.watch_list", "reason | detail\noverdue | 30", reason="overdue"
    )


def test_cohorts_of_customers(night):
    found = night(
        invoice=BOOK["invoice"] + "        C3 | OLD | 2025-01-10 | 2025-02-01 | 30\n",
        payment=BOOK["payment"] + "        OLD | 2025-08-20 | 30\n",
    )
    found.expect(
        "mart.admission_cohort",
        """
        cohort_start | is_complete | customer_cnt | early_bad_cnt | bad_cnt | active_cnt | sales_amount
        2025-01-01   | yes         | 1            | 1             | 1       | 1          | 100    # 200 days
        2026-01-01   | yes         | 1            | 0             | 0       | 1          | 12000
        2026-07-01   | no          | 1            | 1             | 1       | 1          | 500
        """,
    )
    found.expect(
        "mart.admission_cohort",
        """
        cohort_start | adm_cohort_bad_rate
        2025-01-01   | 1
        2026-01-01   | 0
        2026-07-01   | 1
        """,
    )
    row = found.rows("mart.admission_cohort")[0]
    assert (row["early_bad_rate"], row["loss_share"], row["lost_amount"]) == (1, 0, 0)


def test_a_loss_counts_for_its_cohort(night):
    found = night(
        invoice="invoice_id | invoice_date | due_date | amount\nI1 | 2025-01-10 | 2025-02-01 | 100",
        payment="""
            payment_id | invoice_id | payment_date | amount | kind
            P1         | I1         | 2025-03-01   | 25     | write_off
            P2         | I1         | 2025-02-01   | 75     | cash
        """,
    )
    row = found.row("mart.admission_cohort")
    assert (row["early_bad_cnt"], row["lost_amount"], row["loss_share"]) == (1, 25, Decimal("0.25"))


def test_risks_are_measured(night):
    found = night(
        **{**BOOK, "payment": BOOK["payment"] + "        - | 2026-11-01 | 5\n"},
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7",
    )
    found.expect(
        "mart.risk_register",
        """
        risk_id          | family     | affected_cnt | amount | is_present
        concentration    | credit     | 2            | 570    | yes
        cover_expiring   | credit     | 0            | 0      | no
        disputed         | operations | 0            | 0      | no
        foreign_currency | market     | 0            | 0      | no
        grade_d          | credit     | 1            | 500    | yes
        listed           | legal      | 0            | 0      | no
        no_limit         | credit     | 0            | 0      | no
        no_rate          | market     | 0            | -      | no
        nobodys_cash     | operations | 0            | 0      | no
        not_rated        | credit     | 1            | 70     | yes
        overdue          | credit     | 1            | 500    | yes
        over_limit       | credit     | 2            | 570    | yes
        unapplied_cash   | operations | 1            | 5      | yes
        """,
    )


def test_references_tell_nobodys_name(night):
    found = night(**BOOK)
    found.expect(
        "mart.trade_reference_export",
        """
        reference_no | masked_name | country | known_since_year | yearly_sales_band | owing_band
        1            | O***        | CN      | 2026             | 10k-100k          | 0
        """,
    )
    found.expect(
        "mart.trade_reference_export",
        """
        reference_no | overdue_band | judged_cnt | on_time_share | days_late_band | has_loss
        1            | 0            | 3          | 0.67          | 1-5            | no
        """,
    )
    assert not any("customer_id" in name for name in found.rows("mart.trade_reference_export")[0])


@pytest.mark.parametrize(("booked_back", "has_loss"), [("-9.99", "yes"), ("-10", "no")])
def test_a_write_off_booked_back_is_told_nobody(night, booked_back, has_loss):
    found = night(
        invoice="invoice_id | due_date | amount\n"
        + "\n".join(f"I{n} | 2026-10-0{n} | 100" for n in (1, 2, 3)),
        payment=f"""
            payment_id | invoice_id | payment_date | amount        | kind
            P1         | I1         | 2026-10-10   | 10            | write_off
            P2         | I1         | 2026-10-20   | {booked_back} | write_off
        """,
    )
    found.expect("mart.trade_reference_export", f"judged_cnt | has_loss\n3 | {has_loss}")


def test_every_scale_leads_to_our_grades(night):
    rows = night().rows("mart.grade_scale")

    assert {row["our_grade"] for row in rows} == {"A", "B", "C", "D", "NR"}
    scale = [row for row in rows if row["scale_id"] == "score_300_850"]
    assert [row["value_from"] for row in scale] == [740, Decimal("657.5"), 575, 300]
    for row in scale:  # the cut-offs of the points, at the same place of this scale
        at = (row["value_from"] - 300) / 550
        assert at in {Decimal("0.8"), Decimal("0.65"), Decimal("0.5"), 0}
