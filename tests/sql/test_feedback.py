"""indicator.feedback: complaints, refunds, cases, ratings and disputes, and whose they are."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


def orders(count: int, customer: str = "C1") -> str:
    """So many orders of this year by one customer, without a header."""
    return "\n".join(f"{customer}-{n} | {customer} | {day(20)} | 10" for n in range(count))


ORDER = "order_id | customer_id | order_date | amount\n"


# --- C16, Q19: refunds ----------------------------------------------------------------------------


def test_the_refund_rate_and_its_interval(night):
    """18 of 600: 0.03, between .019059 and .046921."""
    found = night(
        customer="customer_id\nC1",
        sales_order=ORDER + orders(600),
        refund="refund_id | order_id | refund_date | amount\n"
        + "\n".join(f"R{n} | C1-{n} | {day(3)} | 10" for n in range(18)),
    )
    found.expect(
        "indicator.feedback",
        """
        refund_order_cnt | refund_rate | refund_rate_low | refund_rate_high | refund_rate_book | refund_role
        18               | 0.03        | 0.019059        | 0.046921         | 0.03             | buyer
        """,
    )
    found.expect("measure.indicator", "value | sample_size\n0.03 | 600", indicator="refund_rate")


def test_an_order_sent_back_counts_once(night):
    found = night(
        customer="customer_id\nC1\nC2",
        sales_order=f"""
            order_id | customer_id | order_date | amount | status
            BOTH     | C1          | {day(20)}  | 10     | closed      # returned, and refunded for it
            TWICE    | C1          | {day(20)}  | 10     | closed      # refunded twice
            KEPT     | C1          | {day(20)}  | 10     | closed
            LATER    | C1          | {day(20)}  | 10     | closed      # comes back tomorrow
            GONE     | C1          | {day(20)}  | 10     | cancelled
            OLD      | C1          | {day(400)} | 10     | closed
            FINE     | C2          | {day(20)}  | 10     | closed
        """,
        sales_return=f"""
            return_id | customer_id | order_id | return_date | amount | is_deleted
            T1        | C1          | BOTH     | {day(9)}    | 10     | false
            T2        | C1          | LATER    | {day(-1)}   | 10     | false
            T3        | C1          | OLD      | {day(9)}    | 10     | false
            T4        | C1          | KEPT     | {day(9)}    | 10     | true
            T5        | C1          | -        | {day(9)}    | 10     | false    # of which order, nobody says
        """,
        refund=f"""
            refund_id | customer_id | order_id | return_id | refund_date | amount
            F1        | C1          | -        | T1        | {day(5)}    | 10
            F2        | C1          | TWICE    | -         | {day(5)}    | 5
            F3        | C1          | TWICE    | -         | {day(4)}    | 5
            F4        | C1          | GONE     | -         | {day(4)}    | 5
            F5        | C1          | -        | T5        | {day(4)}    | 5       # pays for T5
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        customer_id | feedback_order_cnt | refund_order_cnt | refund_rate | refund_rate_book | refund_rate_low
        C1          | 4                  | 3                | 0.75        | 0.6              | 0.300642
        C2          | 1                  | 0                | 0           | 0.6              | 0
        """,
    )


# --- Q18, Q27: complaints -------------------------------------------------------------------------


def test_complaints_by_and_about_the_customer_stand_apart(night):
    found = night(
        customer="customer_id\nC1\nQUIET",
        sales_order=ORDER + orders(8) + "\n" + orders(2, "QUIET"),
        service_case="""
            case_id | kind      | direction      | opened_on  | at_fault | is_deleted
            A       | complaint | by_customer    | 2025-11-21 | us       | false     # the first day of the year
            B       | complaint | by_customer    | 2026-11-20 | unknown  | false
            OLD     | complaint | by_customer    | 2025-11-20 | us       | false
            NEXT    | complaint | by_customer    | 2026-11-21 | us       | false
            GONE    | complaint | by_customer    | 2026-11-01 | us       | true
            ASKS    | question  | by_customer    | 2026-11-01 | us       | false
            X       | complaint | about_customer | 2026-11-01 | customer | false
            Y       | complaint | about_customer | 2026-11-01 | unknown  | false
            Z       | complaint | about_customer | 2026-11-01 | us       | false
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        customer_id | complaint_count | complaint_ours_count | complaint_rate | complaint_rate_book
        C1          | 2               | 1                    | 0.25           | 0.2
        QUIET       | 0               | 0                    | 0              | 0.2
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        customer_id | complaint_rate_low | complaint_rate_high | complaint_about_count | complaint_about_fault
        C1          | 0.071479           | 0.590725            | 3                     | 1
        QUIET       | 0                  | 0.657620            | 0                     | 0
        """,
    )
    found.expect("indicator.feedback", "complaint_about_unknown\n1", customer_id="C1")


def test_more_complaints_than_orders(night):
    found = night(
        customer="customer_id\nC1\nIDLE",
        sales_order=ORDER + orders(1),
        service_case="\n".join(["case_id | opened_on", *(f"S{n} | {day(3)}" for n in range(3))]),
    )
    found.expect(
        "indicator.feedback",
        """
        customer_id | complaint_rate | complaint_rate_low | complaint_rate_high | complaint_rate_reason
        C1          | 3              | 0.206549           | 1                   | -
        IDLE        | -              | -                  | -                   | no_orders_12m
        """,
    )


def test_what_nobody_feeds_is_unknown(night):
    bare = night(customer="customer_id\nC1")
    bare.expect(
        "indicator.feedback",
        """
        complaint_count | complaint_rate_reason | refund_rate_reason | rating_n | dispute_cnt | case_open_cnt
        -               | no_case_feed          | no_return_feed     | -        | -           | -
        """,
    )
    bare.expect("measure.indicator", "null_reason\nno_ratings", indicator="rating_bayes")
    ordering = night(
        customer="customer_id\nC1",
        service_case=f"case_id | opened_on\nS | {day(3)}",
        refund=f"refund_id | refund_date | amount\nR | {day(3)} | 1",
    )
    ordering.expect(
        "indicator.feedback",
        "complaint_count | complaint_rate_reason | refund_rate_reason\n1 | no_order_feed | no_order_feed",
    )


# --- R3-31, R4-23, R4-72: cases -------------------------------------------------------------------


def test_cases_their_times_and_whether_they_were_solved(night):
    """Two days are 48 hours: too long for SLOW and OPEN, not for JUST. SOON closes only tomorrow."""
    found = night(
        customer="customer_id\nC1",
        service_case=f"""
            case_id | kind      | opened_on  | closed_on  | first_response_hours | close_hours | sla_hours | is_solved
            QUICK   | complaint | {day(9)}   | {day(8)}   | 2                    | 10          | 10        | true
            SLOW    | complaint | {day(9)}   | {day(7)}   | 4                    | -           | 47.99     | false
            JUST    | service   | {day(9)}   | {day(7)}   | -                    | -           | 48        | -
            OPEN    | question  | {day(2)}   | -          | -                    | -           | 47        | -
            WAITS   | complaint | {day(500)} | -          | 9                    | -           | -         | -
            SOON    | complaint | {day(1)}   | {day(-1)}  | -                    | -           | 72        | true
            OLD     | complaint | {day(500)} | {day(400)} | 99                   | 99          | 1         | true
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        case_open_cnt | case_sla_n | case_sla_breach | complaint_closed_n | complaint_close_hours | response_hours
        3             | 5          | 2               | 2                  | 29                    | 3
        """,
    )
    found.expect("indicator.feedback", "resolution_n | resolution_rate\n2 | 0.5")


def test_cases_about_the_customer_are_not_its_service(night):
    found = night(
        customer="customer_id\nC1",
        service_case=f"case_id | direction | opened_on | sla_hours\nS | about_customer | {day(9)} | 1",
    )
    found.expect(
        "indicator.feedback",
        "case_open_cnt | case_sla_breach | response_hours | resolution_rate\n0 | 0 | - | -",
    )


# --- R4-01, R4-06: ratings ------------------------------------------------------------------------


def test_three_fives_and_a_prior_of_ten_at_4_2(night):
    found = night(
        customer="customer_id\nC1\nSILENT",
        feedback=f"given_on | rating\n{day(3)} | 5\n{day(2)} | 5\n{day(1)} | 5",
    )
    found.expect(
        "indicator.feedback",
        """
        customer_id | rating_n | rating_avg | rating_sd | rating_bayes | rating_date | rating_role
        C1          | 3        | 5          | 0         | 4.384615     | 2026-11-19  | by_customer
        SILENT      | 0        | -          | -         | -            | -           | by_customer
        """,
    )
    found.expect(
        "measure.indicator",
        "value | sample_size | source_date | source_age_days\n4.384615 | 3 | 2026-11-19 | 1",
        indicator="rating_bayes",
        customer_id="C1",
    )


def test_the_prior_is_the_policys(night):
    found = night(
        changes={"book.rating_prior.reviews": 1, "book.rating_prior.mean": "3"},
        customer="customer_id\nC1",
        feedback=f"given_on | rating\n{day(3)} | 5",
    )
    found.expect("indicator.feedback", "rating_bayes | rating_sd\n4 | -")


def test_ratings_of_both_sides(night):
    found = night(
        customer="customer_id\nC1",
        feedback=f"""
            given_on   | role           | aspect  | rating | surveyed_by
            {day(3)}   | by_customer    | service | 2      | us
            {day(4)}   | by_customer    | goods   | 4      | us
            {day(9)}   | by_customer    | overall | 5      | third_party
            {day(5)}   | about_customer | payment | 1      | us
            {day(6)}   | about_customer | -       | 2      | us
            {day(7)}   | about_customer | -       | 4.5    | us
            2025-11-20 | by_customer    | overall | 1      | us          # a year ago to the day
            {day(-1)}  | by_customer    | overall | 1      | us
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        rating_n | rating_avg | rating_sd | rating_bayes | csat_n | csat_avg | csat_source | csat_date
        3        | 3.666667   | 1.527525  | 4.076923     | 1      | 5        | third_party | 2026-11-11
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        rating_about_n | rating_about_avg | rating_about_sd | rating_about_bayes | rating_about_date
        3              | 2.5              | 1.802776        | 3.807692           | 2026-11-15
        """,
    )


@pytest.mark.parametrize(
    ("who", "source"),
    [(["us"], "us"), (["us", "third_party"], "both"), (["third_party"], "third_party"), ([], "-")],
)
def test_who_asked_how_content_it_is(night, who, source):
    rows = "\n".join(f"{day(3)} | 4 | overall | {one}" for one in who)
    found = night(
        customer="customer_id\nC1",
        feedback=f"given_on | rating | aspect | surveyed_by\n{day(3)} | 3 | goods | us\n{rows}",
    )
    found.expect("indicator.feedback", f"csat_n | csat_source\n{len(who)} | {source}")


def test_promoters_detractors_and_bad_answers(night):
    found = night(
        customer="customer_id\nC1",
        feedback=f"""
            given_on | role           | rating | nps
            {day(3)} | by_customer    | -      | 9     # promotes
            {day(3)} | by_customer    | -      | 8     # neither
            {day(3)} | by_customer    | -      | 7
            {day(3)} | by_customer    | -      | 6     # detracts: bad
            {day(3)} | by_customer    | 5      | 0     # detracts, but rates well
            {day(3)} | by_customer    | 2      | 10    # promotes, but rates badly
            {day(3)} | by_customer    | 2.5    | -
            {day(3)} | about_customer | 1      | 0
            {day(3)} | by_customer    | -      | -     # a remark
        """,
    )
    found.expect(
        "indicator.feedback",
        "nps_n | nps | feedback_n | feedback_neg_rate | nps_date\n6 | 0 | 7 | 0.285714 | 2026-11-17",
    )


# --- R4-98: disputes ------------------------------------------------------------------------------


def test_disputes_how_many_how_long_and_who_was_right(night):
    found = night(
        invoice="""
            invoice_id | customer_id | due_date   | amount
            I1         | C1          | 2026-11-01 | 100
            I2         | C2          | 2026-11-01 | 100
        """,
        dispute=f"""
            dispute_id | customer_id | invoice_id | opened_date | closed_date | outcome
            WON        | C1          | I1         | {day(30)}   | {day(20)}   | customer
            LOST       | -           | I1         | {day(30)}   | {day(0)}    | us          # the invoice says whose
            OPEN       | C1          | I1         | {day(5)}    | {day(-1)}   | us          # open until tomorrow
            LONG       | C1          | I1         | {day(400)}  | -           | -           # not of this year, but open
            FLAG       | C1          | I1         | -           | -           | -
            OLD        | C1          | I1         | {day(400)}  | {day(390)}  | us
            NEXT       | C1          | I1         | {day(-1)}   | -           | -
        """,
    )
    found.expect(
        "indicator.feedback",
        """
        customer_id | dispute_cnt | dispute_open_cnt | dispute_won_cnt | dispute_lost_cnt | dispute_days
        C1          | 3           | 2                | 1               | 1                | 111.25
        C2          | 0           | 0                | 0               | 0                | -
        """,
    )
    found.expect("indicator.feedback", "dispute_undated_cnt\n1", customer_id="C1")


def test_a_dispute_that_was_closed_before_it_was_opened_took_no_time(night):
    night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 100",
        dispute=f"""
            dispute_id | invoice_id | opened_date | closed_date | outcome
            SLIP       | I1         | {day(10)}   | {day(375)}  | us
            RIGHT      | I1         | {day(30)}   | {day(20)}   | us
        """,
    ).expect("indicator.feedback", "dispute_cnt | dispute_days_n | dispute_days\n2 | 2 | 5")
