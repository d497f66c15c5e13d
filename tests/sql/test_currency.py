"""event.currency and customer sums in the base currency (A0.1 Currency)."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


def invoices(*currencies: str) -> str:
    return "invoice_id | due_date | amount | currency\n" + "\n".join(
        f"I{n} | {day(40)} | 100 | {currency}" for n, currency in enumerate(currencies)
    )


def test_the_base_is_the_currency_of_most_invoices(night):
    found = night(
        invoice=invoices("USD", "CNY", "CNY", "EUR"),
        fx_rate=f"from_currency | to_currency | rate_date | rate\nUSD | CNY | {day(0)} | 7.10",
    )
    found.expect(
        "event.currency",
        f"""
        currency | base_currency | rate_to_base | rate_date | fx_state
        CNY      | CNY           | 1            | -         | base
        EUR      | CNY           | -            | -         | no_fx
        USD      | CNY           | 7.10         | {day(0)}  | ok
        """,
    )


def test_a_tie_goes_to_the_code_that_sorts_first_and_a_policy_may_name_the_base(night):
    rate = f"from_currency | to_currency | rate_date | rate\nEUR | USD | {day(0)} | 1.10"
    tied = night(invoice=invoices("USD", "EUR"), fx_rate=rate)
    assert {row["base_currency"] for row in tied.rows("event.currency")} == {"EUR"}
    named = night(changes={"book.base_currency": "USD"}, invoice=invoices("EUR"), fx_rate=rate)
    named.expect("event.currency", "currency | base_currency | rate_to_base\nEUR | USD | 1.10")


@pytest.mark.parametrize(
    ("rates", "rate", "state", "age"),
    [
        (f"USD | CNY | {day(7)} | 7.00", "7.00", "aged", "7"),
        (f"USD | CNY | {day(8)} | 7.00", "-", "no_fx", "-"),  # too old is no rate
        (f"USD | CNY | {day(-1)} | 7.00", "-", "no_fx", "-"),  # tomorrow's
        (f"CNY | USD | {day(0)} | 0.125", "8", "ok", "0"),  # quoted the other way round
        (f"CNY | USD | {day(0)} | 0.125\nUSD | CNY | {day(0)} | 7.9", "7.9", "ok", "0"),
        (f"CNY | USD | {day(0)} | 0.125\nUSD | CNY | {day(1)} | 7.9", "8", "ok", "0"),  # younger
        (f"USD | EUR | {day(0)} | 0.9\nEUR | CNY | {day(0)} | 8", "-", "no_fx", "-"),  # no chains
    ],
)
def test_the_rate_of_the_night_else_the_last_young_one(night, rates, rate, state, age):
    found = night(
        invoice=invoices("CNY", "CNY", "USD"),
        fx_rate="from_currency | to_currency | rate_date | rate\n" + rates,
    )
    found.expect(
        "event.currency",
        f"rate_to_base | fx_state | rate_age_days\n{rate} | {state} | {age}",
        currency="USD",
    )


LEDGER = {
    "invoice": f"""
        customer_id | invoice_id | due_date  | amount | currency
        HOME        | H1         | {day(40)} | 100    | CNY
        HOME        | H2         | {day(50)} | 100    | CNY
        ABROAD      | A1         | {day(40)} | 100    | USD    # paid on time
        ABROAD      | A2         | {day(40)} | 650    | CNY    # a tenth short, and late
    """,
    "payment": f"""
        invoice_id | payment_date | amount | currency
        H1         | {day(40)}    | 100    | CNY
        H2         | {day(50)}    | 100    | CNY
        A1         | {day(40)}    | 100    | USD
        A2         | {day(28)}    | 585    | CNY
    """,
}


def test_both_sides_of_a_ratio_convert_at_the_one_rate(night):
    found = night(
        **LEDGER,
        fx_rate=f"""
            from_currency | to_currency | rate_date | rate
            USD           | CNY         | {day(40)} | 6.00   # the day it was paid: of no interest
            USD           | CNY         | {day(0)}  | 6.50
        """,
    )
    found.expect(
        "indicator.letter_basis",
        """
        customer_id | collection_due_base | collected_base | net_collection_rate
        ABROAD      | 1300                | 1235           | 0.95
        HOME        | 200                 | 200            | 1
        """,
        policy_id="article",
    )
    found.expect(
        "score.hard_grade",
        "customer_id | letter_collection\nABROAD | B\nHOME | A",
        policy_id="article",
    )
    found.expect(  # 585 of 1,300 came twelve days late, 65 are open for forty
        "indicator.payment",
        "customer_id | days_overdue_wavg | open_amount\nABROAD | 7.4 | 65\nHOME | 0 | 0",
    )


def test_without_a_rate_the_collection_letter_is_missing_and_says_why(night):
    found = night(**LEDGER)
    found.expect(
        "score.hard_grade",
        """
        customer_id | letter_collection | letter_collection_reason | letter_overdue | net_collection_rate
        ABROAD      | -                 | no_fx                    | D              | -
        HOME        | A                 | -                        | A              | 1
        """,
        policy_id="article",
    )
    found.expect(
        "indicator.payment",
        "customer_id | no_fx_item_cnt | null_reason\nABROAD | 1 | no_fx\nHOME | 0 | -",
    )


def test_the_weight_of_a_veto_is_unknown_where_an_item_lacks_a_rate(night):
    """The late one weighs something: not 0, which would say that it does not matter."""
    found = night(
        invoice=f"""
            invoice_id | due_date   | amount | currency
            I0         | {day(40)}  | 100    | CNY
            I1         | {day(40)}  | 100    | CNY
            I2         | {day(40)}  | 900    | USD        # 20 days late
        """,
        payment=f"""
            invoice_id | payment_date | amount | currency
            I0         | {day(40)}    | 100    | CNY
            I1         | {day(40)}    | 100    | CNY
            I2         | {day(20)}    | 900    | USD
        """,
    )
    found.expect("score.hard_grade", "letter_overdue | veto_weight\nD | -", policy_id="article")
    found.expect(
        "indicator.letter_basis", "offending_item_cnt | offending_base\n1 | -", policy_id="article"
    )


@pytest.mark.parametrize(("old_due", "letter"), [(270, "C"), (170, "D")])
def test_what_only_the_collection_letter_judges_makes_no_share_unknown(night, old_due, letter):
    """One late item of 3 % is no veto in `balanced`, unless an item of its own half year lacks a rate."""
    found = night(
        invoice=f"""
            invoice_id | due_date       | amount | currency
            I0         | {day(60)}      | 9700   | CNY
            I1         | {day(60)}      | 300    | CNY        # 40 days late
            I2         | {day(old_due)} | 100    | USD
        """,
        payment=f"""
            invoice_id | payment_date   | amount | currency
            I0         | {day(60)}      | 9700   | CNY
            I1         | {day(20)}      | 300    | CNY
            I2         | {day(old_due)} | 100    | USD
        """,
    )
    found.expect("score.hard_grade", f"letter_overdue\n{letter}", policy_id="balanced")


def test_a_claim_without_a_rate_leaves_the_letter_out_too(night):
    found = night(
        invoice=invoices("CNY"),
        payment=f"invoice_id | payment_date | amount\nI0 | {day(40)} | 100",
        claim=f"claim_date | amount | currency\n{day(5)} | 1 | USD",
    )
    found.expect(
        "score.hard_grade",
        "letter_collection | letter_collection_reason\n- | no_fx",
        policy_id="article",
    )


def test_a_book_without_invoices_has_no_base_and_loses_nobody(night):
    found = night(
        customer="customer_id\nC1",
        payment=f"customer_id | payment_date | amount\nC2 | {day(5)} | 10",
    )
    found.expect("indicator.payment", "customer_id | base_currency\nC1 | -\nC2 | -")
    found.expect("mart.customer_credit", "customer_id | final_grade\nC1 | NR\nC2 | NR")


def test_what_is_ordered_and_agreed_needs_a_rate_too_and_orders_may_name_the_base(night):
    found = night(
        sales_order=f"""
            order_id | order_date | amount | currency
            O1       | {day(3)}   | 1      | EUR
            O2       | {day(3)}   | 1      | EUR
            O3       | {day(-1)}  | 1      | SEK        # tomorrow's
            O4       | {day(3)}   | 1      | GBP
        """,
        contract="contract_id | currency\nK1 | USD\nK2 | -",
        guarantee="guarantee_id | amount | currency\nG1 | 1 | JPY",
        fx_rate=f"from_currency | to_currency | rate_date | rate\nUSD | EUR | {day(0)} | 0.9",
    )
    found.expect(
        "event.currency",
        """
        currency | base_currency | rate_to_base | fx_state
        EUR      | EUR           | 1            | base
        GBP      | EUR           | -            | no_fx
        JPY      | EUR           | -            | no_fx
        USD      | EUR           | 0.9          | ok
        """,
    )
    billed = night(
        invoice=invoices("CNY"),
        sales_order=f"order_id | order_date | amount | currency\nO1 | {day(3)} | 1 | EUR",
    )
    assert {row["base_currency"] for row in billed.rows("event.currency")} == {"CNY"}
