"""indicator.reputation: R0-90, R1-20, R1-21, R1-40, R1-41. Each source's newest word, weighed by answers."""

import pytest

from tests.sql.test_outside import about

HEAD = "provider | record_id | kind | reported_on | score | score_min | score_max | answers"


def link(provider, record, kind, customer="C1"):
    """The link of a finding to its customer; every finding here was asked for about C1."""
    return about("reputation", f"{provider}|{record}|{kind}|C1", customer)


def links(text):
    """One link for each row of the text table."""
    rows = [line.split("|") for line in text.strip().splitlines()[1:]]
    return [link(*(cell.strip() for cell in row[:3])) for row in rows]


def test_each_kind_on_one_scale_and_the_mean_of_the_kinds(night):
    rows = f"""{HEAD} | market_share
        survey | S1 | customer_review       | 2026-05-01 | 4  | 1 | 5   | 20 | -
        survey | S1 | partner_review        | 2026-05-01 | 3  | 1 | 5   | -  | -
        survey | S1 | customer_satisfaction | 2026-05-02 | 62 | 0 | 100 | 9  | -
        survey | S1 | brand                 | 2026-05-01 | 6  | 0 | 10  | -  | -
        survey | S1 | quality               | 2026-05-01 | 8  | 0 | 10  | -  | -
        survey | S1 | outlook               | 2026-05-03 | 1  | 0 | 10  | -  | -  # no opinion of it
        survey | S1 | market_share          | 2026-05-01 | -  | - | -   | -  | 0.25
    """
    found = night(customer="customer_id\nC1\nC2", reputation=rows, record_link=links(rows))

    found.expect(
        "indicator.reputation",
        """
        customer_id | review_avg | review_n | partner_review_avg | cust_sat
        C1          | 75         | 20       | 50                 | 62
        C2          | -          | 0        | -                  | -
        """,
    )
    found.expect(
        "indicator.reputation",
        """
        customer_id | brand_score | quality_score | outlook_score | mkt_share
        C1          | 60          | 80            | 10            | 0.25
        C2          | -           | -             | -             | -
        """,
    )
    found.expect(
        "indicator.reputation",
        """
        customer_id | reputation_score | reputation_kind_cnt | reputation_date
        C1          | 65.4             | 5                   | 2026-05-02
        C2          | -                | 0                   | -
        """,
    )
    found.expect(
        "indicator.reputation",
        """
        customer_id | cust_sat_date | finding_cnt | null_reason
        C1          | 2026-05-02    | 7           | -
        C2          | -             | 0           | no_finding
        """,
    )


def test_of_each_source_the_newest_and_sources_weigh_by_their_answers(night):
    rows = f"""{HEAD}
        shop  | A1 | customer_review | 2026-05-01 | 1 | 1 | 5 | 1000  # its newer word replaces it
        shop  | A2 | customer_review | 2026-06-01 | 5 | 1 | 5 | 30
        forum | B1 | customer_review | 2026-06-02 | 3 | 1 | 5 | 10
        blog  | D1 | customer_review | 2026-06-02 | 1 | 1 | 5 | -  # does not say: one
        blog  | D2 | customer_review | 2026-07-01 | - | 1 | 5 | 50  # no points: the last with points
    """
    night(customer="customer_id\nC1", reputation=rows, record_link=links(rows)).expect(
        "indicator.reputation",
        "review_avg | review_n | review_date\n85.365854 | 41 | 2026-06-02",  # (30x100 + 10x50 + 0) / 41
    )


@pytest.mark.parametrize(
    ("day", "review", "reason"),
    [
        ("2026-11-20", "100", "-"),
        ("2026-11-21", "-", "no_finding"),
        ("2023-11-21", "100", "-"),
        ("2023-11-20", "-", "only_old_findings"),
    ],
)
def test_findings_of_36_months(night, day, review, reason):
    rows = f"{HEAD}\nshop | A1 | customer_review | {day} | 5 | 1 | 5 | 3"
    night(customer="customer_id\nC1", reputation=rows, record_link=links(rows)).expect(
        "indicator.reputation", f"review_avg | null_reason\n{review} | {reason}"
    )


@pytest.mark.parametrize(
    ("score", "low", "high"),
    [("7", "-", "-"), ("7", "-", "10"), ("11", "0", "10"), ("5", "5", "5")],
)
def test_points_without_a_scale_of_their_own_are_no_points(night, score, low, high):
    rows = f"{HEAD}\nshop | A1 | brand | 2026-05-01 | {score} | {low} | {high} | 3"
    night(customer="customer_id\nC1", reputation=rows, record_link=links(rows)).expect(
        "indicator.reputation",
        "brand_score | brand_n | reputation_score | finding_cnt | null_reason\n- | 0 | - | 1 | -",
    )


def test_awards_by_the_source_that_knows_most(night):
    rows = f"""{HEAD}
        survey | S1 | award | 2026-01-01 | - | - | - | 5  # its newer count replaces it
        survey | S2 | award | 2026-05-01 | - | - | - | 2
        press  | T1 | award | 2026-01-01 | - | - | - | -  # one row, one award
        press  | T2 | award | 2026-02-01 | - | - | - | -
        press  | T3 | award | 2026-03-01 | - | - | - | -
        press  | T4 | award | 2023-11-20 | - | - | - | -  # too old by a day
    """
    night(customer="customer_id\nC1", reputation=rows, record_link=links(rows)).expect(
        "indicator.reputation", "award_cnt | award_date\n3 | 2026-05-01"
    )


def test_no_award_is_known_only_of_who_is_known(night):
    rows = f"{HEAD}\nsurvey | S1 | award | 2026-01-01 | - | - | - | 0"
    night(customer="customer_id\nC1\nC2", reputation=rows, record_link=links(rows)).expect(
        "indicator.reputation",
        "customer_id | award_cnt | award_date | null_reason\nC1 | 0 | - | -\nC2 | - | - | no_finding",
    )


def test_the_press_of_twelve_months_is_a_mean_of_its_reports(night):
    rows = f"""{HEAD}
        wire | N1 | press | 2026-05-01 | 1  | -1 | 1 | -
        wire | N2 | press | 2026-06-01 | -1 | -1 | 1 | -
        wire | N3 | press | 2026-07-01 | -1 | -1 | 1 | -
        wire | N4 | press | 2026-08-01 | -  | -  | - | -  # nobody rated it
        wire | N5 | press | 2025-11-20 | -1 | -1 | 1 | -  # too old by a day
    """
    night(customer="customer_id\nC1", reputation=rows, record_link=links(rows)).expect(
        "indicator.reputation",
        "press_score | press_cnt_12m | press_date | reputation_score\n33.333333 | 4 | 2026-08-01 | 33.333333",
    )


def test_a_partners_word_in_a_trade_reference_is_a_review(night):
    rows = f"{HEAD}\nsurvey | S1 | partner_review | 2026-05-01 | 100 | 0 | 100 | 3"
    found = night(
        customer="customer_id\nC1\nC2",
        reputation=rows,
        record_link=links(rows),
        trade_reference="""
            customer_id | referee | given_on   | rating
            C1          | Harbour | 2026-01-01 | 5  # its newer word replaces it
            C1          | Harbour | 2026-06-01 | 1
            C2          | Harbour | 2026-06-01 | 4
            C2          | Bank    | 2026-06-01 | -  # said nothing of it
        """,
    )
    found.expect(
        "indicator.reputation",
        """
        customer_id | partner_review_avg | partner_review_n | partner_review_date
        C1          | 75                 | 4                | 2026-06-01
        C2          | 75                 | 1                | 2026-06-01
        """,
    )


def test_market_share_is_the_one_last_stated(night):
    found = night(
        customer="customer_id\nC1",
        reputation="""
            provider | record_id | kind         | reported_on | market_share
            a        | 1         | market_share | 2026-05-01  | 0.2
            b        | 2         | market_share | 2026-06-01  | 0.1
            c        | 3         | market_share | 2026-11-21  | 0.9
        """,
        record_link=[link(who, nth, "market_share") for who, nth in ("a1", "b2", "c3")],
    )
    found.expect("indicator.reputation", "mkt_share | mkt_share_date\n0.1 | 2026-06-01")


def test_one_document_found_twice_is_one(night):
    rows = """
        provider | record_id | kind  | customer_id | reported_on | score | score_min | score_max
        wire     | N1        | press | C1          | 2026-05-01  | 1     | 0         | 1
        wire     | N1        | press | C2          | 2026-05-01  | 1     | 0         | 1
        wire     | N2        | press | C1          | 2026-05-01  | 0     | 0         | 1
    """
    found = night(
        customer="customer_id\nC1",
        reputation=rows,
        record_link=[
            about("reputation", "wire|N1|press|C1"),
            about("reputation", "wire|N1|press|C2"),
            about("reputation", "wire|N2|press|C1"),
        ],
    )
    found.expect("indicator.reputation", "press_cnt_12m | press_score | finding_cnt\n2 | 50 | 2")


def test_a_book_without_findings_says_so(night):
    night(customer="customer_id\nC1").expect(
        "indicator.reputation", "null_reason | award_cnt | press_cnt_12m\nnot_connected | - | -"
    )
