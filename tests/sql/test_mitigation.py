"""indicator.mitigation: R3-50, R3-51, R4-43, R4-44, R4-93; EW14. What stands in, what of it is sure."""

import pytest

BILL = "invoice_id | due_date | amount\nI1 | 2026-11-01 | 10"
"""An invoice, so that the book has a base currency."""


def test_securities_in_force_by_kind_at_no_more_than_their_appraisal(night):
    found = night(
        customer="customer_id\nC1\nC2",
        invoice=BILL,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7",
        guarantee="""
            kind               | amount | currency | appraised_amount | guarantor | is_verified
            deposit            | 100    | CNY      | -                | -         | -  # our own till
            bank_guarantee     | 1000   | USD      | -                | Bank      | true
            letter_of_credit   | 50     | CNY      | -                | Bank      | false
            mortgage           | 500    | CNY      | 300              | -         | true
            pledge             | 200    | CNY      | 250              | Owner     | true
            company_guarantee  | 400    | CNY      | -                | Parent    | -
            personal_guarantee | 60     | CNY      | -                | Owner     | true
            retention_of_title | 30     | CNY      | -                | -         | true
            other              | 7.01   | CNY      | -                | -         | true
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | guarantee_cnt | guarantee_amount | guarantee_value
        C1          | 9             | 8347.01          | 8147.01
        C2          | 0             | 0                | 0
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | guarantee_verified_value | deposit_held | self_guarantee_cnt
        C1          | 7697.01                  | 100          | 0
        C2          | 0                        | 0            | 0
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        bank_security_value | collateral_value | company_guarantee_value
        7050                | 500              | 400
        """,
        customer_id="C1",
    )
    found.expect(
        "indicator.mitigation",
        """
        personal_guarantee_value | other_security_value
        60                       | 37.01
        """,
        customer_id="C1",
    )


@pytest.mark.parametrize(
    ("start", "expiry", "released", "held"),
    [
        ("2026-11-20", "2026-11-20", "-", "1"),  # its first and last day
        ("-", "-", "-", "1"),
        ("2026-11-21", "-", "-", "0"),  # begins tomorrow
        ("2026-01-01", "2026-11-19", "-", "0"),  # ended yesterday
        ("2026-01-01", "-", "2026-11-21", "1"),  # given back tomorrow
        ("2026-01-01", "-", "2026-11-20", "0"),  # given back today
    ],
)
def test_what_is_in_force(night, start, expiry, released, held):
    found = night(
        invoice=BILL,
        guarantee="kind | amount | start_date | expiry_date | released_on\n"
        f"deposit | 1 | {start} | {expiry} | {released}",
    )
    found.expect("indicator.mitigation", f"deposit_held | guarantee_cnt\n{held} | {held}")


@pytest.mark.parametrize(
    ("rows", "ok", "reason"),
    [
        ("mortgage | 100 | 100 | true", "yes", "-"),
        ("mortgage | 100 | 99.99 | true", "no", "-"),  # worth less than it covers
        ("mortgage | 100 | - | true", "-", "not_verified"),  # nobody appraised it
        ("mortgage | 100 | 100 | false", "no", "-"),
        ("mortgage | 100 | 100 | -", "-", "not_verified"),
        ("bank_guarantee | 100 | - | true", "yes", "-"),  # no goods to appraise
        ("deposit | 100 | - | -", "yes", "-"),
        ("mortgage | 100 | 100 | true\npledge | 5 | - | true", "-", "not_verified"),
        (
            "mortgage | 100 | 100 | false\npledge | 5 | - | true",
            "no",
            "-",
        ),  # one that fails is enough
        ("", "-", "no_guarantee"),
    ],
)
def test_collateral_ok(night, rows, ok, reason):
    found = night(
        customer="customer_id\nC1\nOTHER",
        invoice=BILL,
        guarantee="kind | amount | appraised_amount | is_verified | customer_id\n"
        + "".join(f"{row} | C1\n" for row in rows.splitlines())
        + "deposit | 1 | - | - | OTHER",
    )
    found.expect(
        "indicator.mitigation",
        f"collateral_ok | collateral_ok_reason\n{ok} | {reason}",
        customer_id="C1",
    )


def test_a_promise_to_answer_for_oneself_is_worth_nothing(night):
    found = night(
        customer="customer_id\nC1\nTWIN\nPARENT",
        invoice=BILL,
        customer_link="customer_id | party_id\nC1 | C1\nTWIN | C1\nPARENT | PARENT",
        guarantee="""
            kind              | amount | guarantor_id | is_verified
            company_guarantee | 100    | C1           | true
            company_guarantee | 100    | TWIN         | true  # the same legal party
            company_guarantee | 30     | PARENT       | true
            pledge            | 7      | C1           | true  # its own goods are goods
        """,
    )
    found.expect(
        "indicator.mitigation",
        "guarantee_amount | guarantee_value | self_guarantee_cnt | guarantee_verified_value | collateral_ok\n"
        "237 | 37 | 2 | 37 | no",
        customer_id="C1",
    )


def test_concentration_over_guarantors(night):
    """Shares 60, 30 and 10 % → 0.46; a deposit is on nobody (C9)."""
    found = night(
        customer="customer_id\nC1\nC2\nC3",
        invoice=BILL,
        guarantee="""
            customer_id | kind              | amount | guarantor | guarantor_id
            C1          | bank_guarantee    | 40     | Bank      | -
            C1          | letter_of_credit  | 20     | Bank      | -
            C1          | company_guarantee | 30     | Parent    | P1
            C1          | mortgage          | 10     | -         | -
            C1          | deposit           | 900    | -         | -
            C2          | deposit           | 900    | -         | -
            C3          | pledge            | 3      | Owner     | -
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | guarantor_cnt | guarantor_hhi | guarantor_top_share | guarantor_hhi_reason
        C1          | 3             | 0.46          | 0.6                 | -
        C2          | 0             | -             | -                   | no_guarantee
        C3          | 1             | 1             | 1                   | -
        """,
    )


def test_insurance_pays_its_share_of_what_exceeds_the_deductible(night):
    found = night(
        customer="customer_id\nC1\nC2\nC3",
        invoice=BILL,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7",
        insurance="""
          customer_id | insured_limit | currency | covered_share | deductible | start_date | expiry_date | cancelled_on
            C1 | 1000 | CNY | 0.9 | 100 | 2026-11-20 | 2026-11-20 | -
            C1 | 100 | USD | - | - | 2026-01-01 | 2027-06-30 | 2026-11-21
            C1 | 5 | CNY | 0.5 | 9 | 2026-01-01 | - | -  # all of it ours
            C1 | 999 | CNY | - | - | 2026-11-21 | - | -  # tomorrow
            C1 | 999 | CNY | - | - | 2025-11-20 | 2026-11-19 | -  # yesterday
            C2 | 999 | CNY | - | - | 2026-01-01 | 2026-12-31 | 2026-11-20
            C2 | 999 | CNY | - | - | 2026-01-01 | 2026-12-31 | 2025-11-21
            C2 | 999 | CNY | - | - | 2025-01-01 | 2026-12-31 | 2025-11-20
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | insurance_cnt | insured_limit | insured_share | insured_share_reason | insured_covered_amount
        C1          | 3             | 1705          | 0.939883      | -                    | 1510
        C2          | 0             | 0             | -             | nothing_insured      | 0
        C3          | 0             | 0             | -             | nothing_insured      | 0
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | insured_deductible | insurance_expiry | insurance_cancelled_cnt_12m
        C1          | 105                | 2026-11-20       | 0
        C2          | 0                  | -                | 2
        C3          | 0                  | -                | 0
        """,
    )


def test_cover_and_the_next_expiry(night):
    found = night(
        customer="customer_id\nBOTH\nOPEN\nC1\nINSURED",
        invoice=BILL,
        guarantee="""
            customer_id | kind           | amount | expiry_date | is_verified
            BOTH        | bank_guarantee | 100    | 2026-12-20  | true
            BOTH        | bank_guarantee | 50     | 2026-12-01  | false  # unchecked, but it ends
            OPEN        | deposit        | 10     | -           | -
        """,
        insurance="""
            customer_id | insured_limit | covered_share | start_date | expiry_date
            BOTH        | 1000          | 0.9           | 2026-01-01 | 2026-12-31
            INSURED     | 1000          | 0.9           | 2026-01-01 | 2026-11-20
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | cover_amount | guarantee_expiry | insurance_expiry
        BOTH        | 1000         | 2026-12-01       | 2026-12-31
        OPEN        | 10           | -                | -
        C1          | 0            | -                | -
        INSURED     | 900          | -                | 2026-11-20
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | cover_days_to_expiry | cover_days_to_expiry_reason
        BOTH        | 11                   | -
        OPEN        | -                    | open_ended
        C1          | -                    | no_cover
        INSURED     | 0                    | -
        """,
    )


def test_a_sum_without_a_rate_is_unknown_and_a_book_without_the_feed_says_so(night):
    found = night(
        customer="customer_id\nC1\nC2",
        invoice=BILL,
        guarantee="kind | amount | currency\ndeposit | 5 | XAU\ndeposit | 5 | CNY",
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | guarantee_cnt | deposit_held | guarantee_reason | insured_limit
        C1          | 2             | -            | no_fx            | -
        C2          | 0             | 0            | -                | -
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        customer_id | insurance_reason | cover_amount | cover_amount_reason
        C1          | not_connected    | -            | no_fx
        C2          | not_connected    | 0            | -
        """,
    )
    night(customer="customer_id\nC1").expect(
        "indicator.mitigation",
        "guarantee_reason | collateral_ok_reason | cover_amount_reason | insurance_cancelled_cnt_12m_reason\n"
        "not_connected | not_connected | not_connected | not_connected",
    )


def test_a_deleted_security_is_none(night):
    night(
        invoice=BILL, guarantee="kind | amount | is_deleted\ndeposit | 5 | true\nother | 5 | false"
    ).expect("indicator.mitigation", "guarantee_cnt | deposit_held\n1 | 0")


def test_the_largest_amounts_there_are_do_not_overflow(night):
    most = "9999999999999999.99"
    found = night(
        invoice=BILL,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 20000",
        guarantee=f"""
            kind     | amount | currency | appraised_amount | guarantor | is_verified
            mortgage | {most} | USD      | {most}           | a         | true
            other    | {most} | USD      | -                | b         | true
        """,
        insurance=f"""
            insured_limit | currency | covered_share | deductible | start_date
            {most}        | USD      | 0.5           | 0.01       | 2026-01-01
        """,
    )
    found.expect(
        "indicator.mitigation",
        """
        guarantee_value          | guarantor_top_share | insured_limit            | insured_share
        399999999999999999600.00 | 0.5                 | 199999999999999999800.00 | 0.5
        """,
    )
