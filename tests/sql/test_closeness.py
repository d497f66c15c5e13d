"""indicator.closeness: R4-G3, R4-20, R4-22, R4-80, R0-40 and the customer value of formulas C16."""

from decimal import Decimal

import pytest

# --- C16: customer lifetime value -----------------------------------------------------------------

ORDERS = """
    order_id | customer_id | order_date | amount | cost_amount | status
    A-OLD    | A           | 2025-06-01 | 50     | 40          | closed
    A-NEW    | A           | 2026-06-01 | 5000   | 4000        | closed
    A-MORE   | A           | 2025-11-21 | 900    | 700         | open
    A-NOT    | A           | 2026-06-01 | 9000   | 1           | cancelled  # counts for nothing
    B-OLD    | B           | 2025-06-01 | 50     | 40          | closed
    B-NEW    | B           | 2026-06-01 | 100    | 110         | closed  # at a loss
    C-OLD    | C           | 2025-11-20 | 50     | 40          | closed
    C-NEW    | C           | 2026-11-20 | 100    | -           | closed  # nobody said what it cost
    D-OLD    | D           | 2024-11-21 | 50     | 40          | closed
    D-NEW    | D           | 2026-06-01 | 10     | 9           | closed
    E-OLD    | E           | 2025-06-01 | 50     | 40          | closed  # did not come back
    F-OLD    | F           | 2024-11-20 | 50     | 40          | closed  # too long ago to be kept
    G-NEW    | G           | 2026-11-21 | 50     | 40          | closed  # tomorrow
    H-OLD    | H           | 2025-06-01 | 50     | 40          | cancelled  # never was a customer
"""
CUSTOMERS = "customer_id\n" + "\n".join("ABCDEFGH")
INVOICE = "invoice_id | customer_id | due_date | amount\nI1 | A | 2026-11-01 | 10"


def test_the_example_of_the_formulas(night):
    """1,200 a year, four of five kept, 10 %, 3 years → 1,969.0458 (C16)."""
    found = night(customer=CUSTOMERS, invoice=INVOICE, sales_order=ORDERS)

    found.expect(
        "indicator.closeness",
        """
        customer_id | yearly_margin | book_retention | clv         | clv_reason
        A           | 1200          | 0.8       | 1969.045830 | -
        B           | -10           | 0.8       | -16.408715  | -
        C           | -             | 0.8       | -           | no_cost
        D           | 1             | 0.8       | 1.640872    | -
        E           | 0             | 0.8       | 0           | -
        F           | 0             | 0.8       | 0           | -
        G           | 0             | 0.8       | 0           | -
        H           | 0             | 0.8       | 0           | -
        """,
    )
    exact = sum(1200 * Decimal("0.8") ** t / Decimal("1.1") ** t for t in (1, 2, 3))
    got = found.row("indicator.closeness", customer_id="A")["clv"]
    assert abs(got - exact) < Decimal("0.000001")
    assert round(got, 4) == Decimal("1969.0458")


def test_a_margin_of_millions_is_exact_to_the_sixth_digit(night):
    """Five of seven kept, 10 %, 3 years, of 8,998,567.89 a year."""
    rows = [f"B{n} | C{n} | 2025-06-01 | 100 | 50" for n in range(1, 8)]
    rows += [f"N{n} | C{n} | 2026-06-01 | 100 | 50" for n in range(2, 6)]
    found = night(
        sales_order="order_id | customer_id | order_date | amount | cost_amount\n"
        + "\n".join([*rows, "N1 | C1 | 2026-06-01 | 9000000 | 1432.11"])
    )
    got = found.row("indicator.closeness", customer_id="C1")["clv"]
    exact = Decimal("8998567.89") * sum((Decimal(50) / Decimal(77)) ** t for t in (1, 2, 3))
    assert abs(got - exact) < Decimal("0.000002")


def test_what_the_relation_costs_lowers_the_value(night):
    found = night(
        customer=CUSTOMERS,
        invoice=INVOICE,
        sales_order=ORDERS,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7",
        relation_cost="""
            customer_id | cost_date  | kind    | amount | currency
            A           | 2026-06-01 | keep    | 100    | CNY
            A           | 2026-11-20 | grow    | 10     | USD
            A           | 2025-11-21 | acquire | 1      | CNY
            A           | 2020-01-01 | acquire | 500    | CNY
            A           | 2025-11-20 | keep    | 99     | CNY  # too old by a day
            A           | 2026-11-21 | keep    | 99     | CNY  # tomorrow
            B           | 2026-06-01 | keep    | 5      | XAU  # no rate
            C           | 2020-06-01 | keep    | 5      | XAU  # no rate, but long ago
        """,
    )
    for who, cost, reason, won in (
        ("A", "171", "-", "501"), ("B", "-", "no_fx", "-"), ("C", "0", "-", "0"),
    ):  # fmt: skip
        found.expect(
            "indicator.closeness",
            "relation_cost_12m | relation_cost_12m_reason | acquire_cost\n"
            f"{cost} | {reason} | {won}",
            customer_id=who,
        )
    found.expect(
        "indicator.closeness",
        "keep_cost_12m | grow_cost_12m | clv | customer_value\n"
        "100 | 70 | 1969.045830 | 1690.097671",  # 1,030 instead of 1,200
        customer_id="A",
    )
    found.expect(
        "indicator.closeness", "customer_value_reason | clv\nno_fx | -16.408715", customer_id="B"
    )


def test_value_is_unknown_without_orders_costs_rates_or_a_year_before(night):
    def one(orders, **more):
        head = "order_id | order_date | amount | cost_amount | currency | status\n"
        rows = "\n".join(f"{line} | closed" for line in orders.splitlines())
        found = night(
            customer="customer_id\nC1", invoice=INVOICE, sales_order=orders and head + rows, **more
        )
        return found.row("indicator.closeness", customer_id="C1")["clv_reason"]

    before = "O1 | 2025-06-01 | 10 | 9 | CNY"
    assert one("") == "no_order_feed"
    assert one("O2 | 2026-06-01 | 10 | 9 | CNY") == "no_retention"
    assert one(f"{before}\nO2 | 2026-06-01 | 10 | - | CNY") == "no_cost"
    assert one(f"{before}\nO2 | 2026-06-01 | 10 | 9 | XAU") == "no_fx"
    assert one(f"{before}\nO2 | 2026-06-01 | 10 | 9 | CNY") is None
    assert one(f"{before}\nO2 | 2026-06-01 | 10 | 9 | CNY\nO3 | 2025-06-01 | 10 | 9 | XAU") is None


def test_margins_add_up_over_currencies_and_costs_without_a_word_add_nothing(night):
    found = night(
        customer="customer_id\nC1",
        invoice=INVOICE,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7",
        sales_order="""
            order_id | order_date | amount | cost_amount | currency | status
            O1       | 2025-06-01 | 10     | 9           | CNY      | closed
            O2       | 2026-06-01 | 10     | 9           | USD      | closed
            O3       | 2026-06-01 | 10     | -           | USD      | closed
            O4       | 2026-06-01 | 10     | 7.5         | CNY      | open
        """,
    )
    found.expect("indicator.closeness", "yearly_margin\n9.5", customer_id="C1")


def test_the_largest_amounts_there_are_do_not_overflow(night):
    most = "9999999999999999.99"
    found = night(
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 20000",
        sales_order=f"""
            order_id | order_date | amount | cost_amount | currency | status
            O1       | 2025-06-01 | {most} | 0           | USD      | closed
            O2       | 2026-06-01 | {most} | 0           | USD      | closed
        """,
        relation_cost=f"cost_date | kind | amount | currency\n2026-06-01 | keep | {most} | USD",
    )
    found.expect(
        "indicator.closeness",
        "yearly_margin | relation_cost_12m | customer_value\n"
        "199999999999999999800 | 199999999999999999800 | 0",
    )


# --- competitors (R4-G3) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reseller", "own", "stated", "share", "day", "reason"),
    [
        ("true", "0.3", "", "0.3", "-", "-"),
        ("true", "0.3", "2026-05-01 | all | 0.5", "0.5", "2026-05-01", "-"),
        ("true", "0.3", "2026-05-01 | all | 0.5\n2026-06-01 | all | 0.45", "0.45", "2026-06-01", "-"),
        ("true", "0.3", "2026-11-20 | all | 0.5\n2026-11-21 | all | 0.9", "0.5", "2026-11-20", "-"),
        ("true", "-", "2026-05-01 | X | 0.2\n2026-05-01 | Y | 0.25", "0.45", "2026-05-01", "-"),
        ("true", "-", "2026-05-01 | X | 0.7\n2026-05-01 | Y | 0.7", "1", "2026-05-01", "-"),
        ("true", "-", "2026-05-01 | X | 0.2\n2026-05-01 | all | 0.6", "0.6", "2026-05-01", "-"),
        ("true", "-", "", "-", "-", "share_unknown"),
        ("false", "0.3", "2026-05-01 | all | 0.5", "-", "-", "not_a_reseller"),
        ("-", "0.3", "", "0.3", "-", "-"),
    ],
)  # fmt: skip
def test_competitor_share(night, reseller, own, stated, share, day, reason):
    found = night(
        customer=f"customer_id | is_reseller | competitor_share\nC1 | {reseller} | {own}",
        competitor_share=stated and f"stated_on | competitor | share\n{stated}",
    )
    found.expect(
        "indicator.closeness",
        "competitor_share | competitor_share_date | competitor_share_reason\n"
        f"{share} | {day} | {reason}",
    )


def test_the_letter_goes_by_the_share_last_stated(night):
    found = night(
        customer="customer_id       | is_reseller | competitor_share\nC1 | true | 0.9",
        competitor_share="stated_on | competitor  | share\n2026-05-01    | all  | 0.4499",
    )
    found.expect(
        "score.hard_grade",
        "policy_id | letter_competitor\narticle | B\nbalanced | B",
    )


# --- how long, whom it brought, whether it stays --------------------------------------------------


@pytest.mark.parametrize(
    ("since", "months"),
    [
        ("2026-11-20", "0"), ("2026-10-20", "1"), ("2026-10-21", "0"), ("2025-11-20", "12"),
        ("2025-11-21", "11"), ("2016-02-29", "128"), ("2026-11-21", "-"), ("-", "-"),
    ],
)  # fmt: skip
def test_whole_months_of_relation(night, since, months):
    night(customer=f"customer_id | customer_since\nC1 | {since}").expect(
        "indicator.closeness", f"relation_months\n{months}"
    )


def test_a_first_invoice_before_the_stated_day_began_it(night):
    night(
        customer="customer_id | customer_since\nC1 | 2026-01-01",
        invoice="invoice_id | invoice_date | due_date | amount\nI1 | 2025-11-20 | 2025-12-20 | 1",
    ).expect("indicator.closeness", "relation_months\n12")


def test_referrals(night):
    found = night(
        customer="""
            customer_id | referred_by | is_deleted
            A           | A           | false  # itself
            B           | A           | false
            C           | A           | false
            D           | A           | true  # gone
            E           | B           | false
        """,
        invoice="invoice_id | customer_id | due_date | amount\nI1 | B | 2026-11-01 | 10",
    )
    found.expect(
        "indicator.closeness",
        "customer_id | referral_cnt | referral_billed_cnt\n"
        "A | 2 | 1\nB | 1 | 0\nC | 0 | 0\nE | 0 | 0",
    )
    night(customer="customer_id\nA").expect(
        "indicator.closeness", "referral_cnt | referral_cnt_reason\n- | not_connected"
    )


def test_who_says_it_will_go_on(night):
    found = night(
        customer="customer_id\nA\nB",
        feedback="""
            customer_id | given_on   | role           | would_continue
            A           | 2025-11-21 | by_customer    | true
            A           | 2026-05-01 | by_customer    | true
            A           | 2026-11-20 | by_customer    | false
            A           | 2026-05-01 | by_customer    | -  # did not say
            A           | 2026-05-01 | about_customer | false  # our word, not its
            A           | 2025-11-20 | by_customer    | false  # too old by a day
            A           | 2026-11-21 | by_customer    | false  # tomorrow
        """,
    )
    found.expect(
        "indicator.closeness",
        """
        customer_id | would_continue_share | would_continue_n | would_continue_date | would_continue_share_reason
        A           | 0.666667             | 3                | 2026-11-20          | -
        B           | -                    | 0                | -                   | no_answer
        """,
    )
    night(customer="customer_id\nA").expect(
        "indicator.closeness", "would_continue_share_reason\nnot_connected"
    )
