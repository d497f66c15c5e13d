"""The oracle against every worked example it covers: formulas C1 to C4 and requirements A0.1."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from tests.oracle import formulas
from tests.oracle.ledger import Allocation, Claim, Credit, Dispute, Invoice, Ledger, positions
from tests.oracle.letters import (
    ARTICLE,
    BALANCED,
    Judged,
    Policy,
    behaviour,
    collection,
    grade,
    judged_items,
    overdue,
)
from tests.oracle.receivables import CustomerNight, customer_night, night, read_receivables_2012

NIGHT = date(2026, 11, 20)
SAMPLE = Path(__file__).resolve().parents[3] / "shared/data/ibm_receivables_2012/receivables.csv"


def money(text: str | int) -> Decimal:
    return Decimal(text)


def days_before(days: int, night: date = NIGHT) -> date:
    return night - timedelta(days=days)


def paid(amount: str | int, on: date, **more) -> Allocation:
    return Allocation(money(amount), on, **more)


def item(amount: str | int, due: date | None, *allocations: Allocation, **more) -> Invoice:
    """An invoice on 30 days; ``more`` overrides."""
    fields = {
        "invoice_id": f"{amount}/{due}",
        "invoice_date": (due or NIGHT) - timedelta(days=30),
        **more,
    }
    return Invoice(amount=money(amount), due_date=due, allocations=allocations, **fields)


def one_customer(*invoices: Invoice, policy: Policy = ARTICLE, **more) -> CustomerNight:
    return customer_night(Ledger("C1", invoices, **more), NIGHT, policy)


def judged(amount: str | int, days: int) -> Judged:
    value = money(amount)
    return Judged("I", value, days, is_settled=True, parts=((value, days),))


# --- C1 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receivable", "sales", "days", "expected"),
    [
        ("150000", "1800000", 365, "30.4167"),
        ("50000", "150000", 365, "121.6667"),
        ("50000", "150000", 183, "61.0000"),
        ("50000", "150000", 283, "94.3333"),  # customer since 283 days
        ("800000", "10000000", 365, "29.2000"),  # best possible: the current part
        ("400000", "10000000", 365, "14.6000"),  # ADD: the overdue part
    ],
)
def test_dso_best_possible_dso_and_add(receivable, sales, days, expected):
    found = formulas.dso(money(receivable), money(sales), days)
    assert found.quantize(Decimal("0.0001")) == money(expected)


def test_dso_without_sales_is_null_and_a_net_credit_is_zero():
    assert formulas.dso(money(100), money(0), 365) is None
    assert formulas.dso(money(-100), money(50), 365) == 0


def test_cei():
    assert formulas.cei(money(1000000), money(800000), 1, money(900000), money(700000)) == money(
        "81.818182"
    )
    assert formulas.cei(money(1000000), money(800000), 1, money(900000), money(900000)) == 100
    assert formulas.cei(money(0), money(800000), 1, money(900000), money(800000)) is None
    assert formulas.cei(money(10), money(120), 12, money(10), money(0)) == 50  # sales a month


def test_count_back():
    months = [(money(100000), 30), (money(80000), 30), (money(70000), 30)]
    found = formulas.count_back(money(212000), months)
    assert (found.days, found.is_capped) == (money("73.714286"), False)  # 60 + 32/70 × 30


def test_count_back_edges():
    quiet = [(money(100), 20), (money(0), 31), (money(100), 30)]
    assert formulas.count_back(money(150), quiet).days == 20 + 31 + 15  # the quiet month whole
    assert formulas.count_back(money(100), quiet).days == 20  # nothing left: stop
    assert formulas.count_back(money(0), quiet).days == 0
    too_much = formulas.count_back(money(250), quiet)
    assert (too_much.days, too_much.is_capped, too_much.residual) == (81, True, 50)


def test_true_dso():
    items = [
        (date(2026, 1, 10), money(40000), money(70000)),
        (date(2026, 2, 14), money(30000), money(80000)),
        (date(2026, 3, 20), money(50000), money(100000)),
    ]
    each = [formulas.true_dso(date(2026, 3, 31), [i]) for i in items]
    assert each == [money("45.714286"), money("16.875"), money("5.5")]
    assert formulas.true_dso(date(2026, 3, 31), items) == money("68.089286")


def test_turnover_of_a_young_customer_counts_from_its_first_sale():
    found = one_customer(
        item(900, date(2026, 9, 20), paid(900, date(2026, 9, 30))),  # invoiced 08-21
        item(100, date(2026, 11, 10)),  # invoiced 10-11, 10 days late
        item(200, date(2026, 12, 10)),  # invoiced 11-10, not due
    ).turnover
    assert (found.period_days, found.months, found.sales) == (92, 3, 1200)  # 08-20 to 11-20
    assert (found.dso, found.best_possible_dso) == (23, money("15.333333"))
    assert found.add_days == money("7.666667")
    assert (found.begin_open, found.cei) == (0, 50)  # (1,200/3 − 300) / (1,200/3 − 200)
    assert found.count_back.days == 51  # 20 days of November and its 200, October and its 100


def test_turnover_of_an_old_customer_takes_twelve_months():
    found = one_customer(
        item(500, date(2025, 12, 1), paid(500, date(2025, 12, 20))),  # invoiced 11-01: open at S
        item(1200, date(2026, 6, 30), paid(1100, date(2026, 6, 30))),
    ).turnover
    assert (found.period_days, found.months, found.sales) == (365, 12, 1200)
    assert (found.begin_open, found.dso) == (500, money("30.416667"))
    assert found.cei == money("83.333333")  # (500 + 100 − 100) / (500 + 100 − 0)


# --- C2 ------------------------------------------------------------------------------------------


def test_days_beyond_terms():
    found = behaviour([judged(10000, 5), judged(20000, 0), judged(30000, -3), judged(40000, 12)])
    assert (found.weighted_floored, found.weighted_signed) == (money("5.3"), money("4.4"))
    assert (found.mean, found.worst) == (money("4.25"), 12)
    assert formulas.overdue_letter(found.worst) == "D"
    assert (found.on_time_cnt, found.on_time_amt) == (money("0.5"), money("0.5"))
    assert (found.early_cnt, found.early_amt) == (money("0.25"), money("0.3"))
    assert (found.exact_cnt, found.exact_amt) == (money("0.25"), money("0.2"))


def test_two_equal_invoices_five_and_seven_days():
    assert behaviour([judged(10000, 5), judged(10000, 7)]).weighted_floored == 6


def test_partial_payments_weigh_by_their_own_days():
    found = one_customer(item(10000, date(2026, 11, 1), paid(6000, date(2026, 11, 4))))
    assert found.behaviour.weighted_floored == money("9.4")  # (6,000 · 3 + 4,000 · 19) / 10,000
    assert (found.behaviour.worst, found.overdue.letter) == (19, "D")
    assert (found.open_amount, found.aging["1-30"]) == (4000, 4000)


@pytest.mark.parametrize(
    ("days", "expected"),
    [([7], 7), ([0, 10], 9), ([-5, -5, 10], 8), (list(range(11)), 9), ([1, 2, 3, 4], "3.7")],
)
def test_p90_interpolates_over_floored_days(days, expected):
    assert formulas.p90(days) == money(expected)


# --- C3 ------------------------------------------------------------------------------------------

AGED = [
    (date(2026, 12, 5), 1000, "current"),  # −15
    (date(2026, 11, 20), 2000, "current"),  # 0
    (date(2026, 11, 19), 3000, "1-30"),  # 1
    (date(2026, 10, 21), 4000, "1-30"),  # 30
    (date(2026, 10, 20), 5000, "31-60"),  # 31
    (date(2026, 9, 21), 6000, "31-60"),  # 60
    (date(2026, 9, 20), 7000, "61-90"),  # 61
    (date(2026, 8, 22), 8000, "61-90"),  # 90
    (date(2026, 8, 21), 9000, "90+"),  # 91
]


@pytest.mark.parametrize(("due", "amount", "expected"), AGED)
def test_bucket(due, amount, expected):
    assert formulas.bucket(due, NIGHT) == expected


def test_aging_adds_up_to_the_ledger():
    found = one_customer(
        *(item(amount, due) for due, amount, _ in AGED),
        loose_credits=(Credit(money(500), date(2026, 11, 1), "return"),),
    )
    assert list(found.aging.values()) == [3000, 7000, 11000, 15000, 9000, 0]
    assert (found.open_amount, found.unapplied_credit) == (45000, -500)
    assert found.open_amount + found.unapplied_credit == 44500
    assert formulas.ratio(found.overdue_amount, found.open_amount) == money("0.933333")


def test_an_item_without_a_due_date_has_its_bucket_and_no_letter():
    found = one_customer(item(100, None))
    assert (found.aging["no_due_date"], found.overdue_amount, found.judged_cnt) == (100, 0, 0)
    assert (found.collection.letter, found.overdue.letter, found.grade.hard) == (None, None, "NR")


# --- C4 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-30, "100"), (-20, "90"), (-8, "84"), (0, "80"), (2, "78.666667"), (7, "75.333333"),
        (15, "70"), (22, "60"), (30, "50"), (45, "45"), (60, "40"), (90, "30"), (120, "20"),
        (-99, "100"), (500, "20"),
    ],
)  # fmt: skip
def test_paydex_like(days, expected):
    assert formulas.rounded(formulas.paydex_like(days)) == money(expected)


def test_paydex_like_averages_scores_not_days():
    assert formulas.paydex_like_mean([(money(1), 0), (money(1), 60)]) == 60  # of 30 days: 50


# --- A0.1, row by row ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        ("worst_c", {"A": 4, "B": 4, "C": 19, "D": 37}),
        ("points", {"A": 4, "B": 13, "C": 10, "D": 37}),
    ],
)
def test_q1_the_64_ordered_triples(extension, expected):
    triples = product("ABCD", repeat=3)
    assert Counter(formulas.combine(triple, extension) for triple in triples) == expected


@pytest.mark.parametrize("extension", ["worst_c", "points"])
def test_q1_both_extensions_keep_the_listed_seven(extension):
    listed = {combo: formulas.combine(combo, extension) for combo in formulas.LISTED}
    assert listed == formulas.LISTED


@pytest.mark.parametrize(
    ("combo", "worst_c", "points"), [("AAC", "C", "B"), ("ABC", "C", "B"), ("ACC", "C", "C")]
)
def test_q1_the_three_that_the_article_leaves_out(combo, worst_c, points):
    assert formulas.combine(combo) == worst_c
    assert formulas.combine(combo, "points") == points


@pytest.mark.parametrize(
    ("cash", "claims", "expected"),
    [
        ("100", "0", "A"),
        ("100", "5", "B"),  # Q3
        ("100", "10.01", "D"),  # Q3
        ("105", "0", "A"),  # Q4
        ("99.98", "0", "B"),  # Q5, and below
        ("95", "0", "B"),
        ("94.99", "0", "C"),
        ("90", "0", "C"),
        ("89.99", "0", "D"),
    ],
)
def test_q3_to_q5_collection_letter(cash, claims, expected):
    payout = Claim(money(claims), days_before(20), "payout")
    found = one_customer(item(100, days_before(40), paid(cash, days_before(40)), claims=(payout,)))
    assert found.collection.letter == expected
    assert found.collection.rate == formulas.ratio(money(cash) - money(claims), money(100))
    assert found.collection.rate_literal == formulas.ratio(100 - money(claims), money(100))


def test_q5_a_rounded_ratio_is_never_compared():
    assert formulas.collection_letter(money("9499999.99"), money(10000000)) == "C"


def test_q5_three_items_each_a_cent_short_are_fully_paid():
    short = [item(100, days_before(n), paid("99.99", days_before(n))) for n in (40, 50, 60)]
    found = one_customer(*short)
    assert (found.collection.letter, found.collection.cash, found.open_amount) == ("A", 300, 0)
    assert (found.overdue.letter, found.behaviour.weighted_floored) == ("A", 0)


def test_q6_nothing_due_is_null():
    assert formulas.collection_letter(money(0), money(0)) is None


def test_q7_an_old_debt_stays_judged():
    twelve_days = one_customer(item(100, days_before(12)))
    thirteen_months = one_customer(item(100, date(2025, 10, 20)))
    assert (twelve_days.overdue.letter, thirteen_months.overdue.letter) == ("D", "D")
    assert thirteen_months.collection.amount_due == 100  # only its open part, with no cash
    assert (thirteen_months.collection.cash, thirteen_months.collection.letter) == (0, "D")


def test_old_items_bring_their_open_part_and_no_cash():
    found = one_customer(
        item(1000, date(2025, 10, 20), paid(900, date(2025, 10, 20))),
        item(900, days_before(40), paid(900, days_before(40))),
    )
    assert (found.collection.amount_due, found.collection.cash) == (1000, 900)
    assert found.collection.letter == "C"


def test_q7_balanced_vetoes_only_what_weighs():
    late = [judged(4, 30)]
    light = overdue([*late, judged(96, 0)], BALANCED)  # P90 27, one item, 4 % of the amount
    assert (light.days, light.letter_raw, light.letter) == (27, "D", "C")
    assert light.veto_weight == money("0.04")
    assert overdue([judged(5, 30), judged(95, 0)], BALANCED).letter == "D"  # 5 %
    assert overdue([*late, *late, judged(992, 0)], BALANCED).letter == "D"  # two items
    assert overdue([*late, judged(96, 0)], ARTICLE).letter == "D"  # any occurrence


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-7, "A"), (0, "A"), (1, "B"), (4, "B"), (5, "C"), (9, "C"), (10, "D"), ("4.9", "B")],
)
def test_q8_overdue_letter(days, expected):
    assert formulas.overdue_letter(Decimal(days)) == expected


@pytest.mark.parametrize("days", [-7, 0, 1, 4, 5, 9, 10])
def test_q8_the_same_from_a_ledger(days):
    due = days_before(40)
    found = one_customer(item(100, due, paid(100, due + timedelta(days=days))))
    assert found.behaviour.worst_signed == days
    assert found.overdue.letter == formulas.overdue_letter(days)


@pytest.mark.parametrize(
    ("share", "expected"),
    [("0", "A"), ("0.4499", "B"), ("0.45", "C"), ("0.55", "C"), ("0.5501", "D")],
)
def test_q11_competitor_letter(share, expected):
    assert formulas.competitor_letter(money(share)) == expected


# --- judged items --------------------------------------------------------------------------------


def test_who_is_judged():
    def cnt(*invoices: Invoice) -> int:
        return one_customer(*invoices).judged_cnt

    assert cnt(item(1, days_before(-1))) == 0  # open, due tomorrow
    assert cnt(item(1, days_before(0))) == 1  # due tonight: its due date lies in the window
    assert cnt(item(1, days_before(-5), paid(1, days_before(3)))) == 1  # settled before due
    assert cnt(item(1, days_before(-5), paid(1, days_before(-2)))) == 0  # post-dated payment
    assert cnt(item(1, date(2025, 11, 20), paid(1, date(2025, 11, 20)))) == 0  # on S: outside
    assert cnt(item(1, date(2025, 11, 20), paid(1, date(2025, 11, 21)))) == 1  # settled inside
    assert cnt(item(1, date(2025, 11, 21), paid(1, date(2025, 11, 1)))) == 1  # due inside
    assert cnt(item(1, date(2020, 1, 1))) == 1  # still open


def test_maturity_leaves_the_first_ten_days_to_the_overdue_letter():
    nine, ten = one_customer(item(1, days_before(9))), one_customer(item(1, days_before(10)))
    assert (nine.collection.letter, nine.overdue.letter, nine.grade.hard) == (None, "C", "NR")
    assert (ten.collection.letter, ten.overdue.letter, ten.grade.hard) == ("D", "D", "D")


def test_a_leap_day_looks_back_to_the_28th():
    ledger = Ledger("C1", (item(1, date(2023, 3, 1), paid(1, date(2023, 3, 1))),))
    assert customer_night(ledger, date(2024, 2, 29)).judged_cnt == 1
    ledger = Ledger("C1", (item(1, date(2023, 2, 28), paid(1, date(2023, 2, 28))),))
    assert customer_night(ledger, date(2024, 2, 29)).judged_cnt == 0


def test_only_what_was_known_counts():
    late_news = paid(100, days_before(30), known_on=days_before(-1))
    assert one_customer(item(100, days_before(30), late_news)).open_amount == 100
    assert one_customer(item(100, days_before(30), known_on=days_before(-1))).invoice_cnt == 0


def test_early_payment_flag():
    assert behaviour([judged(10, -5)] * 5).is_early_flagged
    assert not behaviour([judged(10, -5)] * 4).is_early_flagged
    assert not behaviour([judged(10, -4)] * 5).is_early_flagged
    assert behaviour([*[judged(20, -9)] * 4, judged(20, 3)]).is_early_flagged  # 80 % of the amount
    assert not behaviour([*[judged(20, -9)] * 4, judged(21, 3)]).is_early_flagged


# --- paid, due, claimed --------------------------------------------------------------------------


def test_a_claim_settled_by_deduction_is_not_subtracted_again():
    due = days_before(40)
    by_deduction = Claim(money(5), days_before(20), "deduction")
    by_note = Credit(money(5), days_before(20), "quality_claim")
    for more in ({"claims": (by_deduction,)}, {"credits": (by_note,)}):
        found = one_customer(item(100, due, paid(95, due), **more))
        assert (found.collection.amount_due, found.collection.cash) == (100, 95)
        assert (found.collection.claims, found.collection.claims_all) == (0, 5)
        assert (found.collection.letter, found.overdue.letter, found.open_amount) == ("B", "A", 0)


def test_a_claim_note_on_a_paid_invoice_is_subtracted():
    due = days_before(40)
    note = Credit(money(5), days_before(20), "quality_claim")
    found = one_customer(item(100, due, paid(100, due), credits=(note,)))
    assert (found.collection.claims, found.collection.letter) == (5, "B")
    half = one_customer(item(100, due, paid(97, due), credits=(note,)))
    assert (half.collection.claims, half.collection.rate) == (2, money("0.95"))


def test_a_claim_before_the_window_is_not_counted():
    due = days_before(40)
    old = Claim(money(50), date(2025, 11, 20), "payout")
    found = one_customer(item(100, due, paid(100, due), claims=(old,)))
    assert (found.collection.claims, found.collection.letter) == (0, "A")


@pytest.mark.parametrize("cause", ["return", "billing_error", "rebate"])
def test_a_credit_note_lowers_the_amount_due_from_its_date(cause):
    due = days_before(40)
    before = item(100, due, paid(60, due), credits=(Credit(money(40), days_before(-1), cause),))
    after = item(100, due, paid(60, due), credits=(Credit(money(40), days_before(0), cause),))
    assert one_customer(before).collection.letter == "D"
    found = one_customer(after)
    assert (found.collection.amount_due, found.collection.letter) == (60, "A")
    assert (found.behaviour.worst_signed, found.open_amount) == (0, 0)  # credited: not judged


def test_a_wholly_credited_item_is_not_judged():
    note = Credit(money(100), days_before(20), "return")
    found = one_customer(item(100, days_before(40), credits=(note,)))
    assert (found.judged_cnt, found.collection.letter, found.grade.hard) == (0, None, "NR")


@pytest.mark.parametrize("kind", ["write_off", "set_off", "bad_debt"])
def test_a_write_off_is_not_paid(kind):
    found = one_customer(item(100, days_before(40), paid(100, days_before(20), kind=kind)))
    assert (found.behaviour.worst, found.overdue.letter) == (40, "D")
    assert (found.collection.cash, found.collection.letter) == (0, "D")
    assert found.open_amount == 0  # the ledger no longer carries it


def test_cash_on_account_pays_the_oldest_due_first_for_the_letters_only():
    older, newer = item(100, days_before(40)), item(100, days_before(20))
    cash = (paid(150, days_before(40)),)
    found = one_customer(newer, older, on_account=cash)
    assert (found.open_amount, found.unapplied_credit) == (200, -150)
    assert (found.collection.cash, found.collection.rate) == (150, money("0.75"))
    assert (found.behaviour.on_time_cnt, found.behaviour.worst) == (money("0.5"), 20)
    ignoring = one_customer(newer, older, on_account=cash, policy=Policy(unapplied_cash="ignore"))
    assert (ignoring.collection.cash, ignoring.behaviour.worst) == (0, 40)


def test_cash_for_an_invoice_still_unknown_waits_on_account():
    unknown = item(100, days_before(40), paid(100, days_before(5)), known_on=days_before(-3))
    found = one_customer(unknown, item(80, days_before(6)))
    assert (found.unapplied_credit, found.open_amount) == (-100, 80)
    assert found.behaviour.worst == 1  # applied to the other, a day late


def test_an_overpayment_is_credit_and_weighs_nothing():
    due = days_before(40)
    found = one_customer(item(100, due, paid(60, due), paid(60, days_before(10))))
    assert (found.open_amount, found.unapplied_credit) == (0, -20)
    assert found.behaviour.weighted_floored == 12  # 40 of 100 were 30 days late
    assert (found.collection.rate, found.collection.letter) == (money("1.2"), "A")


# --- disputes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dispute", "expected"),
    [
        (Dispute(), ("D", "D")),  # a flag without a date
        (Dispute(days_before(59)), (None, None)),
        (Dispute(days_before(60)), ("D", "D")),
        (Dispute(days_before(30), closed_on=days_before(1)), ("D", "D")),
        (Dispute(days_before(-1)), ("D", "D")),  # not opened yet
    ],
)
def test_q10_a_disputed_open_amount_is_left_out_for_60_days(dispute, expected):
    found = one_customer(item(100, days_before(70), disputes=(dispute,)))
    assert (found.collection.letter, found.overdue.letter) == expected
    assert found.overdue_amount == 100


def test_q10_only_the_disputed_part_is_left_out():
    due = days_before(50)
    dispute = Dispute(days_before(30), amount=money(40))
    found = one_customer(item(100, due, paid(60, due), disputes=(dispute,)))
    assert (found.collection.amount_due, found.collection.letter) == (60, "A")
    assert found.overdue.letter == "A"
    less = one_customer(item(100, due, paid(50, due), disputes=(dispute,)))
    assert (less.collection.amount_due, less.overdue.letter) == (60, "D")


@pytest.mark.parametrize(("for_customer", "expected"), [(True, None), (False, "D")])
def test_q10_a_settled_item_counts_unless_the_customer_won(for_customer, expected):
    dispute = Dispute(days_before(30), closed_on=days_before(10), for_customer=for_customer)
    late = item(100, days_before(50), paid(100, days_before(5)), disputes=(dispute,))
    assert one_customer(late).overdue.letter == expected


# --- grade ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "policy", "expected"),
    [
        (("A", "A", "n/a"), ARTICLE, ("A", "A", "A", False)),  # Q13a: AAB
        (("A", "A", "unknown"), ARTICLE, ("A", "A", "D", True)),
        (("A", "A", "unknown"), BALANCED, ("A", "A", "C", True)),  # D counts as C
        (("A", "B", "unknown"), ARTICLE, ("B", "A", "D", True)),
        (("B", "B", "unknown"), BALANCED, ("B", "B", "C", True)),
        (("A", "C", "unknown"), BALANCED, ("C", "C", "C", True)),
        (("A", "D", "unknown"), BALANCED, ("D", "D", "D", True)),
        (("A", "A", "D"), ARTICLE, ("D", "D", "D", False)),
        (("A", "A", "D"), BALANCED, ("C", "C", "C", False)),
        (("A", None, "A"), ARTICLE, ("NR", "A", "D", False)),  # Q13
        ((None, None, "unknown"), BALANCED, ("NR", "A", "D", True)),
        ((None, "D", "A"), ARTICLE, ("D", "D", "D", False)),  # D even if a letter is missing
        (("A", "A", "D"), Policy(competitor_letter="off"), ("A", "A", "A", False)),
    ],
)
def test_q13_precedence_and_interval(letters, policy, expected):
    found = grade(*letters, policy)
    assert (found.hard, found.best, found.worst, found.is_provisional) == expected


# --- payments ------------------------------------------------------------------------------------


def test_payment_rhythm():
    found = one_customer(
        item(100, date(2026, 9, 20), paid(100, date(2026, 9, 1))),  # first sale 08-21: 3 months
        item(50, date(2026, 10, 1), paid(50, date(2026, 9, 21))),
        item(50, date(2026, 10, 2), paid(50, date(2026, 9, 21))),  # two receipts that day
    ).payments
    assert (found.count_12m, found.amount_12m, found.per_month) == (3, 200, 1)
    assert (found.gap_mean_days, found.gap_mean_days_by_payment) == (20, 10)


def test_one_receipt_over_two_invoices_is_one_payment():
    when = date(2026, 9, 21)
    found = one_customer(
        item(50, date(2026, 10, 1), paid(50, when, payment_id="P1")),
        item(60, date(2026, 10, 2), paid(60, when, payment_id="P1")),
    ).payments
    assert (found.count_12m, found.amount_12m, found.gap_mean_days) == (1, 110, None)


# --- the receivables sample ----------------------------------------------------------------------

JUNE, DECEMBER = date(2012, 6, 30), date(2012, 12, 31)


@pytest.fixture(scope="module")
def sample() -> list[Ledger]:
    if not SAMPLE.exists():
        pytest.skip("The receivables sample is not here: it is read from ../shared/data.")
    return read_receivables_2012(SAMPLE)


def grades(nights: dict[str, CustomerNight], field: str = "hard") -> dict[str, int]:
    return dict(sorted(Counter(getattr(n.grade, field) for n in nights.values()).items()))


@pytest.mark.parametrize(
    ("as_of", "invoices", "billed", "still_open", "overdue_amount", "judged_cnt"),
    [
        (JUNE, 611, "36740.14", "5504.09", "909.73", 529),
        (DECEMBER, 1277, "76064.07", "5725.06", "788.74", 1193),
    ],
)
def test_sample_amounts(sample, as_of, invoices, billed, still_open, overdue_amount, judged_cnt):
    nights = night(sample, as_of).values()
    assert len(nights) == 100
    assert sum(n.invoice_cnt for n in nights) == invoices
    assert sum(n.billed_amount for n in nights) == money(billed)
    assert sum(n.open_amount for n in nights) == money(still_open)
    assert sum(n.overdue_amount for n in nights) == money(overdue_amount)
    assert sum(n.judged_cnt for n in nights) == judged_cnt
    for n in nights:
        assert sum(n.aging.values()) == n.open_amount
        assert n.billed_amount - n.open_amount == n.payments.amount_12m


@pytest.mark.parametrize(
    ("as_of", "policy", "hard", "worst"),
    [
        (JUNE, ARTICLE, {"A": 35, "B": 11, "C": 14, "D": 40}, {"D": 100}),
        (JUNE, BALANCED, {"A": 37, "B": 14, "C": 16, "D": 33}, {"C": 67, "D": 33}),
        (DECEMBER, ARTICLE, {"A": 22, "B": 12, "C": 16, "D": 50}, {"D": 100}),
        (DECEMBER, BALANCED, {"A": 33, "B": 20, "C": 13, "D": 34}, {"C": 66, "D": 34}),
    ],
)
def test_sample_grades(sample, as_of, policy, hard, worst):
    nights = night(sample, as_of, policy)
    assert grades(nights) == hard
    assert grades(nights, "worst") == worst


@pytest.mark.parametrize("as_of", [JUNE, DECEMBER])
def test_q1_points_leave_grade_c_empty_on_the_sample(sample, as_of):
    assert "C" not in grades(night(sample, as_of, Policy(combo_extension="points")))


def test_q7_worst_gives_50_d_and_p90_40_on_the_days_that_items_took_in_the_end(sample):
    """The two numbers of Q7: items due in the 12 months to 2012-12-31 by their final days, with
    hindsight. A night of 2012-12-31 does not know yet how late its open items will be, so it has
    the 50 (test_sample_grades) but, by P90 over 12 months, fewer than 40."""
    worst = p90 = 0
    for ledger in sample:
        last = positions(ledger, date(2013, 12, 31), ARTICLE.tolerance)
        due_by_then = [p for p in last if p.invoice.due_date <= DECEMBER]
        days = [i.days for i in judged_items(due_by_then, date(2013, 12, 31), 24)]
        worst += max(days) >= 10
        p90 += formulas.p90(days) >= 10
    assert (worst, p90) == (50, 40)


def test_maturity_spares_307_customer_nights_in_seven_months(sample):
    """A0.1: nights of June to December on which the collection letter is D and the overdue letter
    is not: 307 without maturity, none with it."""
    counts = Counter()
    for ledger in sample:
        as_of = date(2012, 6, 1)
        while as_of <= DECEMBER:
            booked = positions(ledger, as_of, ARTICLE.tolerance)
            for maturity in (0, 10):
                policy = Policy(maturity_days=maturity)
                if collection(booked, ledger, as_of, policy).letter == "D":
                    late = overdue(judged_items(booked, as_of, 12), policy)
                    counts[maturity] += late.letter != "D"
            as_of += timedelta(days=1)
    assert (counts[0], counts[10]) == (307, 0)


def test_sample_days_agree_with_the_files_own_column(sample):
    """``DaysLate`` is clipped at 0."""
    with SAMPLE.open(newline="", encoding="utf-8-sig") as file:
        expected = {row["invoiceNumber"]: int(row["DaysLate"]) for row in csv.DictReader(file)}
    last = date(2013, 12, 31)
    found = {
        i.invoice_id: max(i.days, 0)
        for ledger in sample
        for i in judged_items(positions(ledger, last, ARTICLE.tolerance), last, 24)
    }
    assert found == expected
