"""indicator.contract: signing, plan, breach, clauses, deliveries and returns, each by whose doing."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT

CNY = {"changes": {"book.base_currency": "CNY"}}


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


# --- nothing known --------------------------------------------------------------------------------


def test_what_nobody_feeds_is_unknown(night):
    found = night(customer="customer_id\nC1")
    found.expect(
        "indicator.contract",
        """
        contract_live_cnt | contract_signed_rate_reason | contract_progress_gap_reason | contract_breach_cnt_24m
        -                 | no_contract_feed            | no_milestone_feed            | -
        """,
    )
    found.expect(
        "indicator.contract",
        """
        breach_clause_flag_reason | delivery_delay_days_reason | contract_breach_amt_24m | return_customer_cnt_12m
        no_contract_feed          | no_delivery_feed           | -                       | -
        """,
    )
    found.expect(
        "measure.indicator",
        "value | null_reason\n- | no_breach_feed",
        indicator="contract_breach_cnt_24m",
    )


def test_of_whom_a_feed_says_nothing_nothing_happened(night):
    found = night(
        customer="customer_id\nC1\nOTHER",
        contract=f"contract_id | customer_id | signed_on | status\nK | OTHER | {day(9)} | active",
        contract_breach=f"breach_id | customer_id | breach_date | breached_by\nB | OTHER | {day(9)} | customer",
        delivery=f"delivery_id | customer_id | promised_date | actual_date\nD | OTHER | {day(9)} | {day(9)}",
        sales_return=f"return_id | customer_id | return_date | amount\nR | OTHER | {day(9)} | 5",
        contract_milestone=f"contract_id | milestone_id | customer_id | planned_date\nK | M | OTHER | {day(9)}",
    )
    found.expect(
        "indicator.contract",
        """
        contract_live_cnt | contract_signed_rate_reason | contract_progress_gap_reason | contract_breach_cnt_24m
        0                 | no_contracts                | none_planned                 | 0
        """,
        customer_id="C1",
    )
    found.expect(
        "indicator.contract",
        """
        contract_breach_amt_24m | breach_clause_flag_reason | delivery_delay_days_reason | return_customer_cnt_12m
        0                       | no_live_contract          | no_deliveries              | 0
        """,
        customer_id="C1",
    )


# --- R0-31: signing -------------------------------------------------------------------------------


def test_signed_of_what_was_offered_and_how_fast(night):
    found = night(
        customer="customer_id\nC1",
        contract=f"""
            contract_id | offered_on | signed_on  | status     | amount | is_deleted
            SIGNED      | {day(200)} | {day(190)} | active     | 100    | false
            DONE        | {day(700)} | {day(669)} | completed  | 100    | false
            DECLINED    | {day(300)} | -          | declined   | 100    | false
            FORGOTTEN   | {day(90)}  | -          | offered    | 100    | false   # open for 90 days: not signed
            PENDING     | {day(89)}  | -          | offered    | 100    | false   # may be signed yet
            TOMORROW    | {day(5)}   | {day(-1)}  | offered    | 100    | false   # signed only tomorrow
            IMPORTED    | {day(5)}   | {day(-1)}  | active     | 100    | false   # likewise, and told of afterwards
            OLD         | 2024-11-20 | 2024-11-20 | terminated | 100    | false   # 24 months ago to the day
            UNDATED     | -          | -          | active     | 50     | false   # known since 1900: no recent one
            GONE        | {day(5)}   | {day(5)}   | active     | 100    | true
        """,
        **CNY,
    )
    found.expect(
        "indicator.contract",
        """
        contract_offered_cnt | contract_pending_cnt | contract_signed_rate | contract_sign_cnt | contract_sign_days_mean
        4                    | 3                    | 0.5                  | 2                 | 20.5
        """,
    )
    found.expect("indicator.contract", "contract_live_cnt | contract_live_amount\n2 | 150")


# --- R0-32: plan ----------------------------------------------------------------------------------

LIVE = f"""
    contract_id | signed_on  | status    | currency
    K1          | {day(200)} | active    | CNY
    K2          | {day(200)} | signed    | CNY
    DONE        | {day(200)} | completed | CNY
"""


def test_behind_plan_by_amount_and_never_made_up_by_another_contract(night):
    found = night(
        customer="customer_id\nC1",
        contract=LIVE,
        contract_milestone=f"""
            contract_id | milestone_id | owed_by  | planned_date | actual_date | planned_amount | actual_amount
            K1          | M1           | customer | {day(100)}   | {day(90)}   | 100            | 80
            K1          | M2           | customer | {day(0)}     | -           | 100            | 30   # a part, no day
            K1          | M3           | customer | {day(-30)}   | {day(1)}    | 50             | - # early
            K1          | M4           | customer | {day(5)}     | {day(-1)}   | 40             | 40    # done tomorrow
            K2          | M1           | customer | {day(5)}     | {day(5)}    | 60             | 500   # ahead
            K1          | U1           | us       | {day(5)}     | -           | 10             | -
            DONE        | M1           | customer | {day(50)}    | -           | 900            | -     # completed
        """,
        **CNY,
    )
    found.expect(  # K1: 240 planned, 160 done
        "indicator.contract",
        """
        contract_planned_amount | contract_progress_gap | contract_progress_gap_ours | contract_progress_gap_reason
        300                     | 0.266667              | 1                          | -
        """,
    )
    found.expect(  # of M1, M2 (due tonight), M4, K2's and the completed contract's
        "indicator.contract", "milestone_due_cnt | milestone_on_time_share\n5 | 0.4"
    )


def test_nobody_owes_what_was_taken_back_or_never_signed(night):
    """A delivery that a cancelled order was to bring would be later every night."""
    found = night(
        customer="customer_id\nC1",
        contract=f"""
            contract_id | signed_on  | status   | is_deleted
            KEPT        | {day(200)} | active   | false
            GONE        | {day(200)} | active   | true
            DECLINED    | -          | declined | false
            TOMORROW    | {day(-1)}  | active   | false
        """,
        contract_milestone="contract_id | milestone_id | customer_id | owed_by | planned_date\n"
        + "\n".join(
            f"{contract} | M | C1 | customer | {day(9)}"
            for contract in ("KEPT", "GONE", "DECLINED", "TOMORROW", "NOT_HERE")
        ),
        sales_order=f"""
            order_id  | order_date | amount | status    | is_deleted
            OPEN      | {day(50)}  | 10     | open      | false
            CANCELLED | {day(50)}  | 10     | cancelled | false
            GONE      | {day(50)}  | 10     | open      | true
        """,
        delivery=f"""
            delivery_id | order_id  | promised_date | actual_date | late_by
            D1          | OPEN      | {day(5)}      | -           | customer
            D2          | CANCELLED | {day(40)}     | -           | customer
            D3          | GONE      | {day(40)}     | -           | customer
            D4          | CANCELLED | {day(40)}     | {day(33)}   | customer    # it came, and went back
        """,
        **CNY,
    )
    found.expect(
        "indicator.contract",
        """
        milestone_due_cnt | delivery_cnt_12m | delivery_delay_days | delivery_late_cnt
        2                 | 2                | 7                   | 2
        """,
    )


@pytest.mark.parametrize(
    ("currency", "amount", "reason"),
    [("CNY", "-", "no_amounts"), ("USD", "10", "no_fx"), ("-", "10", "no_fx")],
)
def test_a_plan_without_amounts_or_rate_says_so(night, currency, amount, reason):
    found = night(
        customer="customer_id\nC1",
        contract=f"contract_id | status | currency\nK | active | {currency}",
        contract_milestone=f"""
            contract_id | milestone_id | owed_by  | planned_date | planned_amount
            K           | M            | customer | {day(5)}     | {amount}
        """,
        **CNY,
    )
    found.expect(
        "indicator.contract",
        f"contract_progress_gap | contract_progress_gap_reason\n- | {reason}",
    )


# --- R0-33: breach --------------------------------------------------------------------------------


def test_only_the_customers_breaches_count(night):
    found = night(
        customer="customer_id\nC1",
        contract="""
            contract_id | signed_on  | end_date   | status    | currency
            K1          | 2025-01-01 | -          | active    | CNY
            K2          | 2025-01-01 | -          | active    | CNY
            K3          | 2024-01-01 | 2024-11-20 | completed | CNY   # over before the 24 months
        """,
        contract_breach="""
            breach_id | contract_id | breach_date | breached_by | amount | currency | cured_on
            THEIRS    | K1          | 2024-11-21  | customer    | 100    | USD      | 2026-11-20
            AGAIN     | K1          | 2026-01-01  | customer    | 5      | CNY      | 2026-11-21    # not yet
            UNPRICED  | -           | 2026-02-01  | customer    | -      | -        | -
            OLD       | K2          | 2024-11-20  | customer    | 9      | CNY      | -
            TOMORROW  | K2          | 2026-11-21  | customer    | 9      | CNY      | -
            OURS      | K2          | 2026-05-01  | us          | 9      | CNY      | -
            CARRIER   | K2          | 2026-05-01  | carrier     | 9      | CNY      | -
            NOBODYS   | K2          | 2026-05-01  | unknown     | 9      | CNY      | -
        """,
        fx_rate=f"from_currency | to_currency | rate_date | rate\nUSD | CNY | {day(0)} | 7",
        **CNY,
    )
    found.expect(
        "indicator.contract",
        """
        contract_breach_cnt_24m | contract_breach_amt_24m | contract_force_cnt | contract_breach_rate
        3                       | 705                     | 2                  | 0.5
        """,
    )
    found.expect(
        "indicator.contract",
        """
        contract_breach_open_cnt | contract_breach_last_date | contract_breach_last_id | contract_breach_cnt_ours
        2                        | 2026-02-01                | UNPRICED                | 2
        """,
    )
    found.expect("indicator.contract", "contract_breach_cnt_unknown\n1")


def test_a_breach_without_a_rate_is_counted_and_not_priced(night):
    found = night(
        customer="customer_id\nC1",
        contract_breach=f"""
            breach_id | breach_date | breached_by | amount | currency
            B         | {day(5)}    | customer    | 100    | USD
        """,
        **CNY,
    )
    found.expect(
        "indicator.contract",
        """
        contract_breach_cnt_24m | contract_breach_amt_24m | contract_breach_amt_24m_reason | contract_breach_rate
        1                       | -                       | no_fx                          | -
        """,
    )


# --- R3-52: clauses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "flag", "reason"),
    [
        ("true", "true", "yes", "-"),
        ("true", "false", "no", "-"),
        ("true", "-", "-", "clause_unknown"),
        ("false", "-", "no", "-"),
    ],
)
def test_a_clause_holds_when_every_live_contract_has_it(night, first, second, flag, reason):
    found = night(
        customer="customer_id\nC1",
        contract=f"""
            contract_id | status    | has_breach_clause | has_compensation_clause
            K1          | active    | {first}           | {second}
            K2          | signed    | {second}          | {first}
            OVER        | completed | false             | false
        """,
    )
    found.expect(
        "indicator.contract",
        f"""
        breach_clause_flag | breach_clause_flag_reason | compensation_clause_flag | compensation_clause_flag_reason
        {flag}             | {reason}                  | {flag}                   | {reason}
        """,
    )


# --- R0-34, R4-92, Q27: deliveries ----------------------------------------------------------------


def test_a_delay_is_the_customers_only_when_it_is_attributed_to_it(night):
    found = night(
        customer="customer_id\nC1",
        delivery=f"""
            delivery_id | promised_date | actual_date | late_by  | quantity_ordered | quantity_delivered
            ON_TIME     | {day(50)}     | {day(50)}   | customer | 10               | 10
            EARLY       | {day(50)}     | {day(55)}   | -        | 10               | 9.999
            THEIRS      | {day(50)}     | {day(47)}   | customer | 10               | 11
            OUT         | {day(10)}     | -           | customer | 10               | -       # ten days tonight
            OURS        | {day(50)}     | {day(20)}   | us       | -                | 5
            CARRIER     | {day(50)}     | {day(10)}   | carrier  | 10               | 10
            NOBODYS     | {day(90)}     | {day(30)}   | unknown  | 10               | 10
            UNSAID      | {day(90)}     | {day(60)}   | -        | 10               | 10
            TONIGHT     | {day(0)}      | -           | customer | 10               | -
            TOMORROW    | {day(-1)}     | -           | customer | 10               | -
            OLD         | 2025-11-20    | -           | customer | 10               | -
        """,
    )
    found.expect(
        "indicator.contract",
        """
        delivery_cnt_12m | delivery_delay_days | delivery_delay_days_mean | delivery_late_cnt | delivery_late_date
        9                | 10                  | 1.444444                 | 2                 | 2026-11-10
        """,
    )
    found.expect(
        "indicator.contract",
        """
        delivery_delay_days_ours | delivery_late_cnt_ours | delivery_delay_days_unknown | delivery_late_cnt_unknown
        40                       | 2                      | 60                          | 2
        """,
    )
    found.expect(
        "indicator.contract",
        """
        delivery_judged_cnt | delivery_on_time_share | delivery_on_time_share_ours
        5                   | 0.6                    | 0.6
        """,
    )
    found.expect(
        "indicator.contract", "delivery_measured_cnt | delivery_in_full_share\n6 | 0.833333"
    )


@pytest.mark.parametrize(("late", "days"), [(9, "9"), (10, "10"), (0, "0"), (-3, "0")])
def test_the_delay_that_raises_an_alert(night, late, days):
    """EW08: from ten days on."""
    found = night(
        customer="customer_id\nC1",
        delivery=f"""
            delivery_id | promised_date | actual_date      | late_by
            D           | {day(50)}     | {day(50 - late)} | customer
        """,
    )
    found.expect("indicator.contract", f"delivery_delay_days\n{days}")


def test_a_delay_of_long_ago_is_no_news_unless_it_goes_on(night):
    found = night(
        customer="customer_id\nDONE\nOUT\nBOTH",
        delivery=f"""
            delivery_id | customer_id | promised_date | actual_date | late_by
            D1          | DONE        | {day(90)}     | {day(60)}   | customer    # due just before the 90 days
            D2          | OUT         | {day(100)}    | -           | customer
            D3          | BOTH        | {day(200)}    | {day(150)}  | customer
            D5          | BOTH        | {day(89)}     | {day(85)}   | customer
            D4          | BOTH        | {day(80)}     | {day(76)}   | customer    # as long: the first by number
        """,
    )
    found.expect(
        "indicator.contract",
        """
        customer_id | delivery_delay_days | delivery_delay_days_90d | delivery_delay_id
        DONE        | 30                  | 0                       | -
        OUT         | 100                 | 100                     | D2
        BOTH        | 50                  | 4                       | D4
        """,
    )


def test_returns_by_whose_doing_they_were(night):
    found = night(
        customer="customer_id\nC1",
        sales_return=f"""
            return_id | return_date | amount | caused_by
            R1        | {day(5)}    | 10     | customer
            R2        | {day(5)}    | 10     | us
            R3        | {day(5)}    | 10     | carrier
            R4        | {day(5)}    | 10     | unknown
            R5        | {day(5)}    | 10     | -
            OLD       | 2025-11-20  | 10     | customer
        """,
        **CNY,
    )
    found.expect(
        "indicator.contract",
        """
        return_cnt_12m | return_customer_cnt_12m | return_customer_amount_12m | return_cause_cnt | return_customer_share
        5              | 1                       | 10                         | 3                | 0.333333
        """,
    )
