"""indicator.esg: R0-80, R1-60..R1-62. Points on one scale; whose report counts; penalties asked for."""

import pytest

from tests.sql.test_outside import about

HEAD = (
    "provider | record_id | pillar | report_date | score | score_min | score_max | is_self_reported"
)


def report(provider, record, pillar, day, customer="C1"):
    """The link of a report to its customer."""
    return about("esg_score", f"{provider}|{record}|{pillar}|{day}|C1", customer)


def test_every_pillar_on_one_scale(night):
    found = night(
        customer="customer_id\nC1\nC2",
        esg_score=f"""
            {HEAD}
            green | R1 | environment | 2026-05-01 | 80  | 0  | 100 | -
            green | R1 | social      | 2026-05-01 | 4   | 1  | 5   | -  # three of four steps
            green | R1 | governance  | 2026-05-01 | 2   | 10 | 0   | -  # low is good
            green | R1 | total       | 2026-05-01 | 600 | 0  | 900 | -
        """,
        record_link=[
            report("green", "R1", pillar, "2026-05-01")
            for pillar in ("environment", "social", "governance", "total")
        ],
    )

    found.expect(
        "indicator.esg",
        """
        customer_id | esg_e | esg_s | esg_g | esg_total | esg_total_basis
        C1          | 80    | 75    | 80    | 66.666667 | stated
        C2          | -     | -     | -     | -         | -
        """,
    )
    found.expect(
        "indicator.esg",
        """
        customer_id | csr_score | csr_basis    | esg_e_date | esg_e_reason
        C1          | 66.666667 | stated_total | 2026-05-01 | -
        C2          | -         | -            | -          | no_report
        """,
    )


def test_without_a_total_the_mean_of_all_three_and_of_no_fewer(night):
    rows = [
        ("A", "environment", "2026-05-01", 50), ("A", "social", "2026-04-01", 60),
        ("A", "governance", "2026-06-01", 71), ("B", "environment", "2026-05-01", 50),
        ("B", "social", "2026-05-01", 60),
    ]  # fmt: skip
    found = night(
        customer="customer_id\nA\nB",
        esg_score="provider | record_id | customer_id | pillar | report_date | score | score_min | score_max\n"
        + "\n".join(f"green | R | {who} | {what} | {day} | {score} | 0 | 100" for who, what, day, score in rows),
        record_link=[
            about("esg_score", f"green|R|{what}|{day}|{who}", who) for who, what, day, _ in rows
        ],
    )  # fmt: skip

    found.expect(
        "indicator.esg",
        """
        customer_id | esg_total | esg_total_basis | esg_total_date | esg_total_reason | csr_score | csr_basis
        A           | 60.333333 | pillar_mean     | 2026-04-01     | -                | 60.333333 | pillar_mean
        B           | -         | -               | -              | no_report        | -         | -
        """,
    )


@pytest.mark.parametrize(
    ("score", "low", "high", "points", "reason"),
    [
        ("0", "0", "100", "0", "-"),
        ("100", "0", "100", "100", "-"),
        ("100.01", "0", "100", "-", "out_of_scale"),
        ("-0.01", "0", "100", "-", "out_of_scale"),
        ("7", "-", "-", "-", "no_scale"),
        ("7", "0", "-", "-", "no_scale"),
        ("7", "7", "7", "-", "no_scale"),
        ("-", "0", "100", "-", "not_scored"),
    ],
)
def test_a_score_means_something_on_its_scale_only(night, score, low, high, points, reason):
    found = night(
        customer="customer_id\nC1",
        esg_score=f"{HEAD}\ngreen | R1 | environment | 2026-05-01 | {score} | {low} | {high} | -",
        record_link=[report("green", "R1", "environment", "2026-05-01")],
    )
    found.expect("indicator.esg", f"esg_e | esg_e_reason\n{points} | {reason}")


@pytest.mark.parametrize(
    ("agency_day", "own_day", "points", "is_own"),
    [
        ("2024-11-21", "2026-11-01", "40", "no"),  # an agency of the last two years before its own
        ("2024-11-20", "2026-11-01", "90", "yes"),  # an older one is not
        ("2024-11-20", "2024-11-19", "40", "no"),  # of two old ones the newer
        ("2026-11-21", "2026-11-01", "90", "yes"),  # tomorrow's report is not there yet
    ],
)
def test_an_agency_counts_before_the_companys_own_word(night, agency_day, own_day, points, is_own):
    found = night(
        customer="customer_id\nC1",
        esg_score=f"""
            {HEAD}
            green | R1 | total | {agency_day} | 40 | 0 | 100 | false
            own   | R2 | total | {own_day}    | 90 | 0 | 100 | true
        """,
        record_link=[
            report("green", "R1", "total", agency_day),
            report("own", "R2", "total", own_day),
        ],
    )
    found.expect("indicator.esg", f"esg_total | esg_is_self_reported\n{points} | {is_own}")


def test_of_two_agencies_on_one_day_the_worse(night):
    found = night(
        customer="customer_id\nC1",
        esg_score=f"""
            {HEAD}
            amber | R1 | total | 2026-10-01 | 80 | 0 | 100 | false
            green | R2 | total | 2026-10-01 | 40 | 0 | 100 | false
            grey  | R3 | total | 2026-10-01 | -  | 0 | 100 | false
        """,
        record_link=[
            report("amber", "R1", "total", "2026-10-01"),
            report("green", "R2", "total", "2026-10-01"),
            report("grey", "R3", "total", "2026-10-01"),
        ],
    )
    found.expect("indicator.esg", "esg_total\n40")


def test_a_scored_report_on_social_responsibility_comes_first_and_one_without_a_score_is_told(
    night,
):
    rows = f"""
        {HEAD}
        green | R1 | total | 2026-05-01 | 40 | 0 | 100 | false
        own   | R2 | csr   | 2026-06-01 | 70 | 0 | 100 | true
        own   | R3 | csr   | 2026-09-01 | -  | - | -   | true  # newer, but nobody scored it
    """
    links = [
        report("green", "R1", "total", "2026-05-01"),
        report("own", "R2", "csr", "2026-06-01"),
        report("own", "R3", "csr", "2026-09-01"),
    ]

    night(customer="customer_id\nC1", esg_score=rows, record_link=links).expect(
        "indicator.esg",
        """
        csr_score | csr_basis | csr_date   | csr_is_self_reported | csr_report_date | esg_provider_cnt
        70        | report    | 2026-06-01 | yes                  | 2026-09-01      | 1
        """,
    )
    night(customer="customer_id\nC1", esg_score=rows, record_link=[links[0], links[2]]).expect(
        "indicator.esg",
        """
        csr_score | csr_basis    | csr_date   | csr_is_self_reported | csr_report_date
        40        | stated_total | 2026-05-01 | no                   | 2026-09-01
        """,
    )


def test_what_waits_for_a_person_and_what_was_deleted_count_for_nobody(night):
    found = night(
        customer="customer_id\nC1",
        esg_score="""
            provider | record_id | pillar | report_date | score | score_min | score_max | is_deleted
            green    | R1        | total  | 2026-05-01  | 40    | 0         | 100       | false
            green    | R1        | social | 2026-05-01  | 40    | 0         | 100       | true
        """,
        record_link=[
            {**report("green", "R1", "total", "2026-05-01"), "state": "review"},
            report("green", "R1", "social", "2026-05-01"),
        ],
    )
    found.expect("indicator.esg", "esg_total_reason | esg_s_reason\nno_report | no_report")


def test_a_book_without_reports_says_so(night):
    night(customer="customer_id\nC1").expect(
        "indicator.esg",
        "esg_e_reason | csr_score_reason | environment_penalty_cnt_36m_reason\n"
        "not_connected | not_connected | not_connected",
    )


# --- penalties under environment law (R1-60) ------------------------------------------------------


def penalty(record, customer="C1", **more):
    """The link of a penalty to its customer."""
    return about("penalty", f"registry|{record}|{customer}", customer, **more)


PENALTIES = """
    provider | record_id | product | customer_id | case_no | category | decided_on | published_on | amount | currency
    registry | P1 | punish | C1 | 环1 | environment | 2023-11-21 | - | 100 | CNY
    registry | P2 | punish | C1 | 环 １ | environment | 2023-11-21 | - | 100 | CNY  # the same case, typed otherwise
    registry | P3 | punish | C1 | - | environment | - | 2026-11-20 | 30.5 | CNY
    registry | P4 | punish | C1 | 环4 | environment | 2023-11-20 | - | 9 | CNY  # too old by a day
    registry | P5 | punish | C1 | 税5 | tax | 2026-01-01 | - | 9 | CNY  # another law
    registry | P6 | punish | C1 | 环6 | environment | 2026-11-21 | - | 9 | CNY  # tomorrow
"""


def test_penalties_are_counted_by_case_in_36_months(night):
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        penalty=PENALTIES,
        record_link=[penalty(f"P{n}") for n in range(1, 7)],
    )
    found.expect(
        "indicator.esg",
        """
        environment_penalty_cnt_36m | environment_penalty_amount_36m | environment_penalty_date
        2                           | 130.50                         | 2026-11-20
        """,
    )


def test_nobody_asked_is_not_none(night):
    found = night(
        customer="customer_id\nC1\nASKED\nFAILED\nOTHER\nLATER\nNEVER\nTWIN",
        penalty=PENALTIES,
        record_link=[penalty("P1")],
        inquiry="""
            provider | product | customer_id | keyword | asked_on   | outcome
            registry | punish  | ASKED       | k       | 2026-11-20 | none
            registry | punish  | FAILED      | k       | 2026-11-20 | failed
            registry | score   | OTHER       | k       | 2026-11-20 | none  # asked for something else
            registry | punish  | LATER       | k       | 2026-11-21 | none
        """,
        customer_link="""
            customer_id | party_id
            ASKED       | ASKED
            TWIN        | ASKED
            NEVER       | NEVER
        """,
    )
    found.expect(
        "indicator.esg",
        """
        customer_id | environment_penalty_cnt_36m | environment_penalty_cnt_36m_reason
        C1          | 1                           | -
        ASKED       | 0                           | -
        TWIN        | 0                           | -  # the same legal party as one who was asked about
        FAILED      | -                           | not_asked
        OTHER       | -                           | not_asked
        LATER       | -                           | not_asked
        NEVER       | -                           | not_asked
        """,
    )


def test_a_register_read_whole_covers_whom_it_knows(night):
    found = night(
        customer="customer_id\nC1\nKNOWN\nUNKNOWN",
        penalty="provider | record_id | customer_id | category | decided_on\n"
        "registry | P1 | C1 | environment | 2026-01-01",
        tax_credit="provider | record_id | customer_id | year | level\n"
        "registry | T1 | KNOWN | 2025 | A\nother | T2 | UNKNOWN | 2025 | A",
        record_link=[
            penalty("P1"),
            about("tax_credit", "registry|T1|2025|KNOWN", "KNOWN"),
            about("tax_credit", "other|T2|2025|UNKNOWN", "UNKNOWN"),
        ],
    )
    found.expect(
        "indicator.esg",
        """
        customer_id | environment_penalty_cnt_36m | environment_penalty_cnt_36m_reason
        C1          | 1                           | -
        KNOWN       | 0                           | -
        UNKNOWN     | -                           | not_asked
        """,
    )


def test_a_fine_without_a_rate_is_counted_but_not_summed(night):
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        penalty="""
            provider | record_id | customer_id | category    | decided_on | amount | currency
            registry | P1        | C1          | environment | 2026-01-01 | 5      | XAU
        """,
        record_link=[penalty("P1")],
    )
    found.expect(
        "indicator.esg",
        "environment_penalty_cnt_36m | environment_penalty_amount_36m\n1 | -",
    )
