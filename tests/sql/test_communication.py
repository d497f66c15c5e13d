"""indicator.communication: contact, answers, promises and dunnings (R0-95, R3-30, R4-71, R4-E1)."""

import pytest

CUSTOMER = "customer_id | customer_since\nC1          | 2020-01-01"


def test_contact_is_what_reached_the_other_side(night):
    """Ours unanswered is an attempt; theirs is a contact whether or not we answered."""
    found = night(
        customer=CUSTOMER,
        contact_activity="""
            contact_date | channel | direction | purpose    | has_reply
            2026-11-18   | phone   | out       | collection | no         # tried in vain
            2026-11-10   | mail    | in        | finance    | no         # they wrote; we never answered
            2026-11-01   | visit   | out       | operations | -          # called for no answer
            2026-10-01   | meeting | out       | care       | yes
            2025-11-20   | phone   | out       | sales      | yes        # the window starts the day after
            2026-11-21   | phone   | out       | sales      | yes        # tomorrow's
        """,
    )

    found.expect(
        "indicator.communication",
        """
        last_contact_date | contact_gap_days | no_contact_since | last_attempt_date | contact_cnt_12m
        2026-11-10        | 10               | 2026-11-10       | 2026-11-18        | 3
        """,
    )
    found.expect(
        "indicator.communication",
        """
        contact_phone_cnt_12m | contact_mail_cnt_12m | contact_visit_cnt_12m | contact_channel
        0                     | 1                    | 2                     | visit
        """,
    )
    found.expect(
        "indicator.communication",
        """
        contact_message_cnt_12m | contact_other_cnt_12m | business_contact_cnt_12m | care_contact_cnt_12m
        0                       | 0                     | 2                        | 1
        """,
    )
    found.expect(
        "indicator.communication",
        """
        reply_called_cnt_12m | unanswered_cnt_12m | reply_share | reply_hours_med_reason
        2                    | 1                  | 0.5         | no_times
        """,
    )


@pytest.mark.parametrize(
    ("hours", "median"),
    [(["7.25"], "7.25"), (["1", "100.5"], "50.75"), (["9", "2", "4.01"], "4.01"),
     (["0.01", "0.02", "0.03", "0.06"], "0.025")],
)  # fmt: skip
def test_the_median_of_answers(night, hours, median):
    """Exact at one, two, three and four answers; our own answer to what came in is not the customer's."""
    rows = [
        {"contact_date": "2026-11-01", "direction": "out", "has_reply": "true", "reply_hours": one}
        for one in hours
    ]
    rows.append({**rows[0], "direction": "in", "reply_hours": "9999"})
    found = night(customer=CUSTOMER, contact_activity=rows)

    found.expect(
        "indicator.communication",
        f"reply_cnt_12m | reply_hours_med | reply_hours_med_reason\n{len(hours)} | {median} | -",
    )


def test_nothing_recorded_is_zero_only_where_such_things_are_recorded(night):
    kinds = {
        "contact_activity": "customer_id | contact_date | channel\nC2 | 2026-11-19 | phone",
        "promise": """
            customer_id | promised_on | due_date   | amount | is_kept
            C2          | 2026-10-01  | 2026-10-05 | 5      | yes
        """,
        "dunning_step": "customer_id | sent_on | level\nC2 | 2026-11-01 | 1",
    }

    found = night(customer="customer_id\nC1")
    found.expect(
        "indicator.communication",
        """
        contact_cnt_12m | contact_gap_days_reason | promise_broken_cnt_12m | promise_kept_rate_reason
        -               | not_connected           | -                      | not_connected
        """,
    )
    found.expect(
        "indicator.communication",
        """
        dunning_cnt_12m | dunning_answered_share_reason | dunning_level_max_12m_reason | reply_share_reason
        -               | not_connected                 | not_connected                | not_connected
        """,
    )
    found = night(customer="customer_id | customer_since\nC1 | 2026-01-05\nC2 | -", **kinds)
    found.expect(
        "indicator.communication",
        """
        contact_cnt_12m | contact_gap_days_reason | no_contact_since | promise_broken_cnt_12m
        0               | never_contacted         | 2026-01-05       | 0
        """,
        customer_id="C1",
    )
    found.expect(
        "indicator.communication",
        """
        promise_kept_rate_reason | dunning_cnt_12m | dunning_answered_share_reason | reply_hours_med_reason
        no_promises              | 0               | never_dunned                  | nothing_asked
        """,
        customer_id="C1",
    )


def test_a_promise_is_told_from_the_money_where_nobody_noted_it(night):
    """Each promise of 100 by the 15th about an invoice of its own."""
    bills = ("NOTED", "PAID", "LATE", "SHORT", "CENT", "EARLIER", "NONE")
    found = night(
        customer=CUSTOMER,
        invoice="invoice_id | due_date | amount\n"
        + "\n".join(f"{bill} | 2026-09-01 | 200" for bill in bills),
        payment="""
            payment_id | invoice_id | payment_date | amount
            A          | PAID       | 2026-10-15   | 100      # on the day
            B          | LATE       | 2026-10-16   | 100      # a day late
            C          | SHORT      | 2026-10-15   | 99.98    # two cents short
            D          | CENT       | 2026-10-15   | 99.99    # within tolerance
            E          | EARLIER    | 2026-09-30   | 100      # before it was promised
        """,
        promise="""
            promise_id | invoice_id | promised_on | due_date   | amount | is_kept
            1          | NOTED      | 2026-10-01  | 2026-10-15 | 100    | yes      # as the collector noted
            2          | PAID       | 2026-10-01  | 2026-10-15 | 100    | -
            3          | LATE       | 2026-10-01  | 2026-10-15 | 100    | -        # broken
            4          | SHORT      | 2026-10-01  | 2026-10-15 | 100    | -        # broken
            5          | CENT       | 2026-10-01  | 2026-10-15 | 100    | -
            6          | EARLIER    | 2026-10-01  | 2026-10-15 | 100    | -        # broken
            7          | NONE       | 2026-10-01  | 2026-11-20 | 100    | -        # broken tonight
            8          | NONE       | 2026-10-01  | 2026-11-21 | 100    | -        # still open
            9          | NONE       | 2025-11-01  | 2025-11-20 | 100    | no       # before the window
        """,
    )

    found.expect(
        "indicator.communication",
        """
        promise_cnt_12m | promise_kept_cnt_12m | promise_broken_cnt_12m | promise_open_cnt
        7               | 3                    | 4                      | 1
        """,
    )
    found.expect(
        "indicator.communication",
        "promise_kept_rate | promise_unknown_cnt\n0.428571 | 0",
    )


@pytest.mark.parametrize(
    ("currency", "amount", "rate", "kept"),
    [("CNY", "100", "7", "1"), ("USD", "14.29", "7", "1"), ("USD", "14.28", "7", "0"),
     ("USD", "14.29", None, None)],
)  # fmt: skip
def test_a_promise_about_the_account_counts_money_in_any_currency(
    night, currency, amount, rate, kept
):
    """100 CNY promised; dollars count at tonight's 7, and without a rate nobody knows."""
    found = night(
        customer=CUSTOMER,
        invoice="invoice_id | due_date | amount\nBILL | 2026-09-01 | 500",
        payment=f"""
            payment_id | payment_date | amount   | currency
            P          | 2026-10-10   | {amount} | {currency}
        """,
        fx_rate=f"""
            rate_date  | from_currency | to_currency | rate
            2026-11-20 | USD           | CNY         | {rate}
        """
        if rate
        else "",
        promise="""
            promised_on | due_date   | amount | currency
            2026-10-01  | 2026-10-15 | 100    | CNY
        """,
    )

    found.expect(
        "indicator.communication",
        f"""
        promise_kept_rate | promise_kept_rate_reason       | promise_unknown_cnt
        {kept or "-"}     | {"-" if kept else "no_fx"} | {0 if kept else 1}
        """,
    )


def test_dunnings(night):
    found = night(
        customer=CUSTOMER,
        dunning_step="""
            sent_on    | level | answered_on
            2025-11-20 | 4     | -              # before the window, still the last of its kind
            2025-11-21 | 1     | 2025-11-25
            2026-06-01 | 3     | 2026-11-21     # answered tomorrow
            2026-06-01 | 2     | -
            2026-11-21 | 4     | -              # sent tomorrow
        """,
    )

    found.expect(
        "indicator.communication",
        """
        dunning_cnt_12m | dunning_level_max_12m | dunning_answered_share | last_dunning_date
        3               | 3                     | 0.333333               | 2026-06-01
        """,
    )
    found.expect(
        "indicator.communication",
        """
        dunning_answered_cnt_12m | dunning_unanswered_cnt_12m | last_dunning_level
        1                        | 2                          | 3
        """,
    )


def test_what_was_deleted_was_never_said(night):
    found = night(
        customer=CUSTOMER,
        contact_activity="contact_date | channel | is_deleted\n2026-11-19 | phone | true",
        dunning_step="sent_on | is_deleted\n2026-11-01 | true",
        promise="promised_on | due_date | amount | is_deleted\n2026-10-01 | 2026-10-05 | 5 | true",
    )

    found.expect(
        "indicator.communication",
        """
        contact_cnt_12m | contact_gap_days | dunning_cnt_12m | promise_cnt_12m
        0               | -                | 0               | 0
        """,
    )
