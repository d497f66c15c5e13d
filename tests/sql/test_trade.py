"""core.order_book and indicator.trade: how much, how often and how steadily a customer buys."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


def orders(*dates: str) -> str:
    """Orders of 100 by C1, one a date."""
    rows = "\n".join(f"O{n} | {when} | 100" for n, when in enumerate(dates))
    return f"order_id | order_date | amount\n{rows}"


def test_frequency_recency_and_amount(night):
    found = night(
        customer="customer_id\nC1",
        sales_order="""
            order_id | order_date | amount | status    | is_deleted
            NEW      | 2026-11-10 | 100    | open      | false
            YEAR     | 2025-11-21 | 50     | delivered | false       # the first day of the 12 months
            OLD      | 2025-11-20 | 7      | delivered | false       # the last day before them
            GONE     | 2026-11-11 | 900    | cancelled | false
            DELETED  | 2026-11-12 | 900    | open      | true
            TOMORROW | 2026-11-21 | 900    | open      | false
        """,
    )
    found.expect(
        "indicator.trade",
        """
        order_cnt | order_cnt_12m | order_amount_12m | order_freq_month | recency_days | order_cancel_rate
        3         | 2             | 150              | 0.166667         | 10           | 0.333333
        """,
    )


def test_whole_months_back_from_the_night_make_the_quarters(night):
    """Each order on the last day of its quarter or the first of the next older one."""
    found = night(
        sales_order=orders(
            "2026-08-21", "2026-08-20", "2026-05-21", "2026-05-20", "2026-02-21", "2026-02-20",
            "2025-11-21", "2025-11-20", "2025-08-21", "2025-08-20", "2025-05-20", "2025-02-20",
            "2024-11-21", "2024-11-20",
        ),
        invoice=f"invoice_id | due_date | amount\nI | {day(3)} | 1",
    )  # fmt: skip
    book = found.row("core.order_book")
    quarters = [book[f"order_cnt_q{n}"] for n in range(1, 9)]
    assert (book["order_cnt"], quarters) == (14, [1, 2, 2, 2, 2, 1, 1, 2])


@pytest.mark.parametrize(
    ("as_of", "first_day"),
    [
        ("2027-02-28", "2026-03-01"),  # 28 Feb of the year before is outside
        ("2028-02-29", "2027-03-01"),  # 29 Feb: twelve months before is 28 Feb
        ("2026-03-31", "2025-04-01"),
    ],
)
def test_the_year_begins_where_the_policy_says_it_does(night, as_of, first_day):
    before = (date.fromisoformat(first_day) - timedelta(days=1)).isoformat()
    found = night(
        as_of=as_of,
        sales_order=orders(first_day, before),
        invoice="invoice_id | due_date | amount\nI | 2025-01-01 | 1",
    )
    found.expect("indicator.trade", "order_cnt | order_cnt_12m\n2 | 1")


def test_who_never_ordered_and_a_book_without_orders(night):
    fed = night(
        customer="customer_id\nBUYS\nWAITS",
        sales_order=f"customer_id | order_date | amount\nBUYS | {day(5)} | 100",
    )
    fed.expect(
        "indicator.trade",
        """
        customer_id | order_cnt_12m | order_amount_12m | recency_days | silent_flag | value_band | null_reason
        BUYS        | 1             | 100              | 5            | no          | -          | -
        WAITS       | 0             | 0                | -            | -           | -          | never_ordered
        """,
    )
    unfed = night(customer=f"customer_id | last_order_on\nC1 | {day(9)}")
    unfed.expect(
        "indicator.trade",
        """
        order_cnt_12m | order_amount_12m | key_customer_flag | open_order_amount | recency_days | null_reason
        -             | -                | -                 | -                 | 9            | no_order_feed
        """,
    )
    unfed.expect(
        "measure.indicator",
        "value | null_reason\n- | no_order_feed",
        indicator="order_freq_month",
    )


def test_the_fifth_with_most_orders_is_key_and_a_tie_is_no_lottery(night):
    """Ten buyers: two places. The third and fourth tie with the second in orders and in money."""
    count = {"A": 5, "B": 3, "C": 3, "D": 3, **dict.fromkeys("EFGHIJ", 1)}
    rows = [
        f"{who}{n} | {who} | {day(30)} | {200 if who == 'D' else 100}"
        for who, many in count.items()
        for n in range(many)
    ]
    found = night(
        customer="customer_id\nIDLE\n" + "\n".join(count),
        sales_order="order_id | customer_id | order_date | amount\n" + "\n".join(rows),
    )
    key = {row["customer_id"] for row in found.rows("indicator.trade") if row["key_customer_flag"]}
    assert key == {"A", "D"}  # as many orders of more money
    tied = night(
        customer="customer_id\n" + "\n".join(count),
        sales_order="order_id | customer_id | order_date | amount\n"
        + "\n".join(row.replace("200", "100") for row in rows),
    )
    key = {row["customer_id"] for row in tied.rows("indicator.trade") if row["key_customer_flag"]}
    assert key == {"A", "B", "C", "D"}


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        (4, 2, "-0.5"),  # EW07: half of the same quarter last year
        (4, 0, "-1"),
        (5, 6, "0.2"),
        (3, 0, "-"),  # fewer than four then: nothing is said
    ],
)
def test_orders_against_the_same_quarter_last_year(night, then, now, change):
    rows = ["2025-10-01"] * then + ["2026-10-01"] * now + ["2026-06-01"] * 9
    found = night(sales_order=orders(*rows), customer="customer_id\nC1")
    found.expect(
        "indicator.trade",
        f"order_cnt_3m | order_cnt_3m_last_year | order_cnt_change_yoy\n{now} | {then} | {change}",
    )
    reason = "too_few_orders" if change == "-" else "-"
    found.expect(
        "measure.indicator",
        f"sample_size | null_reason\n{then} | {reason}",
        indicator="order_cnt_change_yoy",
    )


def test_a_surge_against_the_ninety_days_before(night):
    found = night(
        customer="customer_id\nC1",
        sales_order=f"""
            order_id | order_date | amount
            O1       | {day(0)}   | 300
            O2       | {day(89)}  | 100    # the first of the 90 days
            O3       | {day(90)}  | 200    # the last of the 90 before
            O4       | {day(179)} | 50
            O5       | {day(180)} | 900    # neither
        """,
    )
    found.expect(
        "indicator.trade",
        """
        order_cnt_90d | order_cnt_90d_before | order_cnt_change_90d | order_amount_90d | order_amount_90d_before
        2             | 2                    | 0                    | 400              | 250
        """,
    )


def test_trends_of_orders_and_of_purchases(night):
    found = night(
        sales_order="""
            order_id | order_date | amount
            NOW      | 2026-05-21 | 300     # the first day of the last six months
            THEN     | 2026-05-20 | 150
            THEN_2   | 2025-11-21 | 250
            OLD      | 2025-11-20 | 999
        """,
        invoice="""
            invoice_id | invoice_date | due_date   | amount
            NOW        | 2026-05-21   | 2026-06-20 | 500
            THEN       | 2026-05-20   | 2026-06-20 | 400
            YEAR       | 2025-11-21   | 2025-12-20 | 200
            BEFORE     | 2025-11-20   | 2025-12-20 | 900
            FAR        | 2024-11-20   | 2024-12-20 | 999    # two years ago: in neither
        """,
        credit_note="""
            credit_note_id | invoice_id | credit_date | amount | reason
            BACK           | NOW        | 2026-07-01  | 50     | return
            CLAIM          | NOW        | 2026-07-01  | 70     | quality_claim    # a cost, no smaller purchase
        """,
    )
    found.expect(
        "indicator.trade",
        """
        order_trend | purchases_amount_12m | purchases_prior_amount | sales_growth | sales_trend
        -0.25       | 1050                 | 900                    | 0.166667     | -0.25
        """,
    )


def test_growth_out_of_nothing_is_unknown(night):
    found = night(
        customer="customer_id\nNEVER",
        invoice="customer_id | invoice_id | due_date | amount\nNEW | I1 | 2026-11-01 | 100",
    )
    found.expect(
        "indicator.trade",
        """
        customer_id | purchases_amount_12m | sales_growth | sales_growth_reason | sales_trend_reason
        NEW         | 100                  | -            | no_earlier_sales    | no_earlier_sales
        NEVER       | 0                    | -            | never_billed        | never_billed
        """,
    )


def test_a_rate_missing_for_last_year_leaves_this_year_known(night):
    """A limit rests on the purchases of 12 months: old pounds make growth unknown, not the limit."""
    found = night(
        invoice="""
            customer_id | invoice_id | invoice_date | due_date   | amount | currency
            C1          | NOW        | 2026-05-21   | 2026-06-20 | 500    | CNY
            C1          | OLD        | 2025-05-20   | 2025-06-20 | 400    | GBP
            C2          | NEW        | 2026-05-21   | 2026-06-20 | 500    | GBP
            C2          | THEN       | 2025-05-20   | 2025-06-20 | 400    | CNY
        """,
        changes={"book.base_currency": "CNY"},
    )
    found.expect(
        "indicator.trade",
        """
        customer_id | purchases_amount_12m | purchases_prior_amount | sales_growth_reason | sales_trend_reason
        C1          | 500                  | -                      | no_fx               | no_earlier_sales
        C2          | -                    | 400                    | no_fx               | no_fx
        """,
    )


def test_orders_reopened_after_they_were_closed(night):
    found = night(
        customer="customer_id\nC1",
        sales_order=f"""
            order_id | order_date | amount | status    | closed_on  | reopened_on
            SOON     | {day(100)} | 10     | open      | {day(13)}  | {day(6)}    # seven days after, and this week
            LATE     | {day(100)} | 10     | open      | {day(13)}  | {day(5)}    # eight days after
            BEFORE   | {day(100)} | 10     | open      | {day(9)}   | {day(7)}    # soon, but not in the last 7 days
            OLD      | {day(100)} | 10     | open      | {day(91)}  | {day(90)}   # soon, but not in the last 90
            AGAIN    | {day(100)} | 10     | closed    | {day(1)}   | {day(3)}    # closed again; when before?
            GONE     | {day(100)} | 10     | cancelled | {day(3)}   | {day(2)}
            TOMORROW | {day(100)} | 10     | closed    | {day(1)}   | {day(-1)}
        """,
    )
    found.expect("indicator.trade", "order_reopened_cnt_7d | order_reopened_soon_cnt\n3 | 2")
    found.expect(
        "indicator.trade", "order_reopened_first_id | order_reopened_last_id\nAGAIN | SOON"
    )


def test_open_orders_are_exposure_in_the_base_and_in_their_own_money(night):
    rate = f"from_currency | to_currency | rate_date | rate\nUSD | CNY | {day(0)} | 7"
    book = """
        customer_id | order_id | order_date | amount | currency | status
        ONE         | O1       | 2020-01-01 | 10     | USD      | open      # however old
        ONE         | O2       | 2026-11-01 | 5      | USD      | open
        ONE         | O3       | 2026-11-01 | 99     | USD      | delivered
        TWO         | O4       | 2026-11-01 | 10     | USD      | open
        TWO         | O5       | 2026-11-01 | 20     | CNY      | open
        TWO         | O6       | 2026-11-01 | 80     | CNY      | closed
        TWO         | O7       | 2026-11-01 | 80     | CNY      | closed
        NONE        | O8       | 2026-11-01 | 30     | CNY      | closed
    """
    customers = "customer_id\nONE\nTWO\nNONE"
    found = night(
        customer=customers, sales_order=book, fx_rate=rate, changes={"book.base_currency": "CNY"}
    )
    found.expect(
        "indicator.trade",
        """
        customer_id | open_order_cnt | open_order_amount | open_order_currency | open_order_amount_native
        ONE         | 2              | 105               | USD                 | 15
        TWO         | 2              | 90                | -                   | -
        NONE        | 0              | 0                 | -                   | -
        """,
    )
    unrated = night(customer=customers, sales_order=book, changes={"book.base_currency": "CNY"})
    unrated.expect(
        "indicator.trade",
        """
        customer_id | open_order_amount | open_order_amount_native | order_amount_12m | null_reason
        ONE         | -                 | 15                       | -                | no_fx
        TWO         | -                 | -                        | -                | no_fx
        NONE        | 0                 | -                        | 30               | -
        """,
    )


def test_value_bands_take_80_and_15_percent_of_the_margin(night):
    """Margins 60, 20, 10, 10, 5, 0, -10: the book brings 105, of which 84 and 99.75 are the lines."""
    margins = {"A1": 60, "A2": 20, "B1": 10, "B2": 10, "C1": 5, "C2": 0, "C3": -10}
    rows = "\n".join(
        f"O{who} | {who} | {day(9)} | 100 | {100 - margin}" for who, margin in margins.items()
    )
    found = night(
        customer="customer_id\nQUIET\nUNSAID\nNEVER\n" + "\n".join(margins),
        sales_order=f"""
            order_id | customer_id | order_date | amount | cost_amount
            O1       | QUIET       | {day(400)} | 100    | 10      # not in these 12 months: brings nothing
            O2       | UNSAID      | {day(9)}   | 100    | -
            {rows}
        """,
    )
    found.expect(
        "indicator.trade",
        """
        customer_id | margin_amount_12m | margin_ratio | margin_ahead_amount | margin_book_amount | value_band
        A1          | 60                | 0.6          | 0                   | 105                | A
        A2          | 20                | 0.2          | 60                  | 105                | A     # 60 < 84
        B1          | 10                | 0.1          | 80                  | 105                | A # crosses it
        B2          | 10                | 0.1          | 80                  | 105                | A     # as B1
        C1          | 5                 | 0.05         | 100                 | 105                | C     # 100 of 99.75
        C2          | 0                 | 0            | 105                 | 105                | C
        C3          | -10               | -0.1         | 105                 | 105                | C
        QUIET       | 0                 | -            | 105                 | 105                | C
        UNSAID      | -                 | -            | -                   | 105                | -
        NEVER       | -                 | -            | -                   | 105                | -
        """,
    )


@pytest.mark.parametrize(
    ("ahead", "band"),
    [("79.99", "A"), ("80.00", "B"), ("94.99", "B"), ("95.00", "C")],
)
def test_both_sides_of_a_value_line(night, ahead, band):
    """A customer of 1 behind `ahead`, in a book of 100: the rest brings less than it."""
    rest = round(99 - float(ahead), 2)
    rows = [f"BIG | {ahead}", "ONE | 1", *(f"R{n} | 0.5" for n in range(int(rest / 0.5)))]
    left = round(rest - 0.5 * int(rest / 0.5), 2)
    if left:
        rows.append(f"LAST | {left}")
    found = night(
        customer="customer_id\n" + "\n".join(row.split(" |")[0] for row in rows),
        sales_order="order_id | customer_id | amount | cost_amount | order_date\n"
        + "\n".join(f"O{n} | {row} | 0 | {day(3)}" for n, row in enumerate(rows)),
    )
    found.expect("indicator.trade", f"value_band\n{band}", customer_id="ONE")


def test_silence_is_measured_by_the_usual_gap(night):
    found = night(
        customer="customer_id\nBUSY\nSLOW\nONCE\nFRESH\nLOST",
        sales_order=f"""
            order_id | customer_id | order_date | amount
            B1       | BUSY        | {day(121)} | 1
            B2       | BUSY        | {day(91)}  | 1      # usually every 30 days: 91 is more than three of them
            S1       | SLOW        | {day(122)} | 1
            S2       | SLOW        | {day(91)}  | 1      # every 31: 91 is not more than 93
            O1       | ONCE        | {day(91)}  | 1
            F1       | FRESH       | {day(91)}  | 1
            F2       | FRESH       | {day(90)}  | 1      # ninety days are not too long for anybody
            L1       | LOST        | 2025-11-20 | 1      # twelve months ago to the day
        """,
    )
    found.expect(
        "indicator.trade",
        """
        customer_id | silent_flag | churn_flag
        BUSY        | yes         | no
        SLOW        | no          | no
        ONCE        | yes         | no
        FRESH       | no          | no
        LOST        | yes         | yes
        """,
    )
    night(
        customer="customer_id\nC1",
        sales_order="order_date | amount\n2025-11-21 | 1",
    ).expect("indicator.trade", "churn_flag\nno")


def test_repeat_and_retention_by_quarters(night):
    found = night(
        customer="customer_id\nFULL\nNEW\nGAPS",
        sales_order="""
            order_id | customer_id | order_date | amount
            F1       | FULL        | 2024-12-01 | 1      # q8
            F2       | FULL        | 2026-01-01 | 1      # q4, followed by q3
            F3       | FULL        | 2026-04-01 | 1      # q3, not followed
            F4       | FULL        | 2026-10-01 | 1      # q1: nothing can follow yet
            N1       | NEW         | 2026-08-01 | 1      # the second quarter of two
            G1       | GAPS        | 2023-01-01 | 1
        """,
    )
    found.expect(
        "indicator.trade",
        """
        customer_id | repeat_rate | retention_rate | retained_quarter_cnt
        FULL        | 0.75        | 0.333333       | 3
        NEW         | 0.5         | 0              | 1
        GAPS        | 0           | -              | 0
        """,
    )


def test_whom_only_one_document_of_trade_names_is_in_the_book(night):
    found = night(
        sales_order=f"""
            order_id | customer_id | order_date | amount
            O1       | ORDERS      | {day(1)}   | 10
            O2       | NEXT        | {day(-1)}  | 10     # tomorrow
        """,
        contract="contract_id | customer_id\nK1 | SIGNS",
        delivery=f"delivery_id | customer_id | promised_date\nD1 | AWAITS | {day(-5)}",
        sales_return=f"return_id | customer_id | return_date | amount\nR1 | RETURNS | {day(1)} | 5",
        refund=f"refund_id | customer_id | refund_date | amount\nF1 | REFUNDED | {day(1)} | 5",
    )
    found.expect(
        "core.customer",
        """
        customer_id | customer_since | first_sale_date | has_master
        AWAITS      | -              | -               | no
        ORDERS      | -              | -               | no
        REFUNDED    | -              | -               | no
        RETURNS     | -              | -               | no
        SIGNS       | -              | -               | no
        """,
    )
    assert found.row("indicator.trade", customer_id="ORDERS")["open_order_amount"] == 10
    assert found.row("indicator.trade", customer_id="SIGNS")["open_order_amount"] == 0


@pytest.mark.parametrize("rate", ["1", "25000", "0.00004"])
def test_the_largest_orders_in_a_dear_currency_end_no_night(night, rate):
    """A cent then and billions now: a ratio too long to publish is unknown, not the end."""
    largest = "9999999999999.99"
    found = night(
        changes={"book.base_currency": "VND"},
        fx_rate=f"from_currency | to_currency | rate_date | rate\nUSD | VND | {day(0)} | {rate}",
        sales_order=f"""
            order_id | order_date | amount    | cost_amount | currency | status
            NOW      | {day(3)}   | {largest} | 0           | USD      | open
            AGAIN    | {day(4)}   | {largest} | {largest}   | USD      | open
            CENT     | {day(300)} | 0.01      | {largest}   | VND      | closed
        """,
        invoice=f"""
            invoice_id | invoice_date | due_date | amount    | currency
            NOW        | {day(3)}     | {day(1)} | {largest} | USD
            CENT       | {day(300)}   | {day(1)} | 0.01      | VND
        """,
        contract=f"contract_id | signed_on | status | amount | currency\nK | {day(3)} | active | {largest} | USD",
        contract_milestone=f"""
            contract_id | milestone_id | owed_by  | planned_date | planned_amount | actual_amount
            K           | M            | customer | {day(3)}     | {largest}      | 0.01
        """,
        contract_breach=f"breach_date | breached_by | amount | currency\n{day(3)} | customer | {largest} | USD",
        sales_return=f"return_date | amount | currency | caused_by\n{day(3)} | {largest} | USD | customer",
    )
    trade = found.row("indicator.trade")
    assert trade["open_order_amount"] > 0
    assert trade["value_band"] in ("A", "C")
    found.expect("indicator.contract", "contract_progress_gap\n1")
    assert found.row("indicator.contract")["contract_breach_amt_24m"] > 0
    assert len(found.rows("indicator.feedback")) == 1
