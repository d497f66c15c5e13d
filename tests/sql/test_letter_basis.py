"""indicator.letter_basis and the two payment letters: Q3 to Q7, claims each once, judged items."""

from datetime import date, timedelta

import pytest

from tests.sql.night import NIGHT


def day(days: int) -> date:
    """`days` before the night; negative: after it."""
    return NIGHT - timedelta(days=days)


# --- the collection letter ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cash", "payout", "letter", "rate", "literal"),
    [
        ("100", "5", "B", "0.950000", "0.950000"),  # Q3
        ("100", "10.01", "D", "0.899900", "0.899900"),  # Q3
        ("105", "0", "A", "1.050000", "1"),  # Q4: capped for the letter, raw to read
        ("99.99", "0", "A", "1", "1"),  # Q5: within tolerance, paid
        ("99.98", "0", "B", "0.999800", "1"),  # Q5, and both sides of each band
        ("95.01", "0", "B", "0.950100", "1"),
        ("95", "0", "B", "0.950000", "1"),
        ("94.99", "0", "C", "0.949900", "1"),
        ("90.01", "0", "C", "0.900100", "1"),
        ("90", "0", "C", "0.900000", "1"),
        ("89.99", "0", "D", "0.899900", "1"),
    ],
)
def test_the_collection_letter(night, cash, payout, letter, rate, literal):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | {cash}",
        claim=f"invoice_id | claim_date | amount\nI1 | {day(20)} | {payout}"
        if payout > "0"
        else "",
    )
    found.expect("score.hard_grade", f"letter_collection\n{letter}", policy_id="article")
    found.expect(
        "indicator.letter_basis",
        f"net_collection_rate | net_collection_rate_literal\n{rate} | {literal}",
        policy_id="article",
    )


def test_a_rounded_ratio_is_never_compared(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 10000000",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | 9499999.99",
    )
    found.expect(
        "score.hard_grade",
        "net_collection_rate | letter_collection\n0.950000 | C",
        policy_id="article",
    )


def test_three_items_each_a_cent_short_are_paid(night):
    found = night(
        invoice="invoice_id | due_date | amount\n"
        + "\n".join(f"I{n} | {day(n)} | 100" for n in (40, 50, 60)),
        payment="invoice_id | payment_date | amount\n"
        + "\n".join(f"I{n} | {day(n)} | 99.99" for n in (40, 50, 60)),
    )
    found.expect(
        "score.hard_grade",
        "letter_collection | letter_overdue | net_collection_rate\nA | A | 1",
        policy_id="article",
    )
    found.expect("indicator.payment", "open_amount\n0")


def test_nothing_due_is_no_letter(night):
    found = night(invoice=f"invoice_id | due_date | amount\nI1 | {day(-5)} | 100")
    found.expect(
        "score.hard_grade",
        """
        letter_collection | letter_collection_reason | letter_overdue | letter_overdue_reason
        -                 | nothing_due              | -              | none_judged
        """,
        policy_id="article",
    )


def test_overpaying_one_invoice_does_not_pay_another(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100\nI2 | {day(40)} | 100",
        payment=f"""
            invoice_id | payment_date | amount
            I1         | {day(40)}    | 120
            I2         | {day(40)}    | 80      # the raw sum is 200 of 200, the letter sees 180
        """,
    )
    found.expect(
        "indicator.letter_basis",
        "collected_base | collected_raw_base | net_collection_rate\n180 | 200 | 1",
        policy_id="article",
    )
    found.expect("score.hard_grade", "letter_collection\nC", policy_id="article")


@pytest.mark.parametrize(
    ("due", "letter"),
    [
        (day(9), "-"),  # not mature: the overdue letter judges it
        (day(10), "D"),  # mature, unpaid
        (date(2025, 11, 21), "D"),  # the first day inside (S, as_of]
    ],
)
def test_an_item_matures_after_ten_days(night, due, letter):
    found = night(invoice=f"invoice_id | due_date | amount\nI1 | {due} | 100")
    found.expect("score.hard_grade", f"letter_collection\n{letter}", policy_id="article")


def test_what_fell_due_before_the_window_counts_with_its_open_part(night):
    found = night(
        invoice=f"""
            invoice_id | due_date   | amount
            OLD        | 2025-11-20 | 1000   # due on S: 900 were paid, 100 are open
            GONE       | 2025-11-20 | 500    # due on S and paid: no longer counted
            NEW        | {day(40)}  | 900
        """,
        payment=f"""
            invoice_id | payment_date | amount
            OLD        | 2025-11-20   | 900
            GONE       | 2025-11-20   | 500
            NEW        | {day(40)}    | 900
        """,
    )
    found.expect(
        "indicator.letter_basis",
        "collection_item_cnt | collection_due_base | collected_base\n2 | 1000 | 900",
        policy_id="article",
    )
    found.expect("score.hard_grade", "letter_collection\nC", policy_id="article")


# --- claims, each once ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cash", "claim", "note", "outlay", "rate"),
    [
        (95, "deduction", None, 0, "0.95"),  # already missing from the cash
        (95, None, "quality_claim", 0, "0.95"),
        (95, "payout", None, 5, "0.90"),  # five short, and five paid out
        (100, "payout", None, 5, "0.95"),
        (100, None, "quality_claim", 5, "0.95"),  # credited on top of full payment
        (97, None, "quality_claim", 2, "0.95"),  # three of it kept back, two on top
        (95, None, "return", 0, "1"),  # no claim: 95 were due
    ],
)
def test_a_claim_is_subtracted_once(night, cash, claim, note, outlay, rate):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | {cash}",
        claim=f"invoice_id | claim_date | amount | settled_by\nI1 | {day(40)} | 5 | {claim}"
        if claim
        else "",
        credit_note=f"invoice_id | credit_date | amount | reason\nI1 | {day(40)} | 5 | {note}"
        if note
        else "",
    )
    found.expect(
        "indicator.letter_basis",
        f"claims_base | net_collection_rate\n{outlay} | {rate}",
        policy_id="article",
    )


def test_claims_count_in_the_window_and_without_an_invoice(night):
    found = night(
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 1000",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | 1000",
        claim=f"""
            invoice_id | claim_date | amount | settled_by
            I1         | 2025-11-20 | 500    | payout     # on S: outside
            I1         | 2025-11-21 | 1      | payout
            -          | {day(5)}   | 2      | payout
            -          | {day(5)}   | 4      | deduction  # missing from some cash already
            I1         | {day(-1)}  | 500    | payout     # tomorrow
        """,
        credit_note=f"""
            invoice_id | credit_date | amount | reason
            -          | {day(5)}    | 8      | quality_claim
        """,
    )
    found.expect(
        "indicator.letter_basis",
        "claims_base | claims_all_base\n11 | 15",
        policy_id="article",
    )


def test_a_customer_known_from_a_claim_alone_is_there(night):
    found = night(claim=f"customer_id | claim_date | amount\nC7 | {day(5)} | 2")
    found.expect("core.customer", "customer_id\nC7")


def test_the_literal_formula_has_no_cash_in_it(night):
    found = night(
        changes={"collection_letter.basis": "literal"},
        invoice=f"invoice_id | due_date | amount\nI1 | {day(40)} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {day(40)} | 10",
        claim=f"invoice_id | claim_date | amount\nI1 | {day(20)} | 5",
    )
    found.expect("score.hard_grade", "policy_id | letter_collection\narticle | B\nbalanced | D")


# --- the overdue letter ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "paid", "judged"),
    [
        (day(-1), None, 0),  # open and not yet due
        (day(0), None, 1),  # due tonight: its due date lies in the window
        (day(1), None, 1),
        (day(-5), day(3), 1),  # settled before its due date: judged at once
        (day(-5), day(-2), 0),  # a post-dated payment waits
        (date(2025, 11, 20), date(2025, 11, 20), 0),  # due and settled on S
        (date(2025, 11, 20), date(2025, 11, 21), 1),  # settled inside
        (date(2025, 11, 21), date(2025, 11, 1), 1),  # due inside
        (date(2020, 1, 1), None, 1),  # open, however old
    ],
)
def test_which_items_the_overdue_letter_judges(night, due, paid, judged):
    found = night(
        invoice=f"invoice_id | invoice_date | due_date | amount\nI1 | 2019-12-01 | {due} | 100",
        payment=f"invoice_id | payment_date | amount\nI1 | {paid} | 100" if paid else "",
    )
    found.expect("indicator.letter_basis", f"overdue_item_cnt\n{judged}", policy_id="article")
    found.expect("indicator.payment", f"judged_cnt\n{judged}")


def test_a_leap_day_looks_back_to_the_28th(night):
    found = night(
        as_of="2024-02-29",
        invoice="invoice_id | due_date | amount\nON-S | 2023-02-28 | 1\nINSIDE | 2023-03-01 | 1",
        payment="""
            invoice_id | payment_date | amount
            ON-S       | 2023-02-28   | 1
            INSIDE     | 2023-03-01   | 1
        """,
    )
    found.expect("mart.evidence_item", "invoice_id\nINSIDE")


@pytest.mark.parametrize("due", [day(12), date(2025, 10, 20)])
def test_an_open_item_is_d_after_twelve_days_and_after_thirteen_months(night, due):
    found = night(invoice=f"invoice_id | due_date | amount\nI1 | {due} | 100")
    found.expect("score.hard_grade", "letter_overdue\nD", policy_id="article")


def late_items(*items: tuple[float, int]) -> dict[str, str]:
    """(amount, days late) each, settled in the last six months."""
    rows = [(f"I{n}", *item) for n, item in enumerate(items)]
    return {
        "invoice": "invoice_id | due_date | amount\n"
        + "\n".join(f"{name} | {day(60)} | {amount}" for name, amount, _ in rows),
        "payment": "invoice_id | payment_date | amount\n"
        + "\n".join(f"{name} | {day(60 - late)} | {amount}" for name, amount, late in rows),
    }


@pytest.mark.parametrize(
    ("items", "article", "balanced", "p90", "weight"),
    [
        ([(4, 30), (96, 0)], "D", "C", "27", "0.04"),  # one item, 4 %: no veto
        ([(5, 30), (95, 0)], "D", "D", "27", "0.05"),  # 5 %
        ([(4, 30), (4, 30), (992, 0)], "D", "D", "30", "0.008"),  # two items
        ([(1, 30)] + [(99, 0)] * 10, "D", "A", "0", "0.001009"),  # one in eleven decides nothing
        ([(1, 30)] + [(99, 0)] * 9, "D", "B", "3", "0.001121"),  # the line between 0 and 30
    ],
)
def test_worst_decides_or_the_ninetieth_percentile(night, items, article, balanced, p90, weight):
    found = night(**late_items(*items))
    found.expect(
        "score.hard_grade",
        f"""
        policy_id | letter_overdue | overdue_basis | overdue_days | veto_weight
        article   | {article}      | worst         | 30           | {weight}
        balanced  | {balanced}     | p90           | {p90}        | {weight}
        """,
    )


def test_a_percentile_of_ten_days_is_ten_days(night):
    """A percentile in doubles is 9.999999, which is another letter."""
    found = night(**late_items(*[(10, 1)] * 4, *[(10, 11)] * 2))
    assert found.row("indicator.letter_basis", policy_id="balanced")["days_overdue_p90"] == 11
    for n in range(2, 30):
        night(**late_items(*[(10, 10)] * n)).expect(
            "score.hard_grade", "letter_overdue\nD", policy_id="balanced"
        ) if n in (2, 8, 29) else None


def test_every_basis_is_published(night):
    found = night(**late_items((10, 20), (30, 0)))
    found.expect(
        "indicator.letter_basis",
        """
        days_overdue_worst | days_overdue_p90 | days_overdue_mean | days_overdue_weighted
        20                 | 18               | 10                | 5
        """,
        policy_id="article",
    )


def test_six_months_under_the_balanced_policy(night):
    found = night(
        invoice="invoice_id | due_date | amount\nOLD | 2026-05-20 | 100\nIN | 2026-05-21 | 100",
        payment="""
            invoice_id | payment_date | amount
            OLD        | 2026-05-20   | 100    # on S of six months
            IN         | 2026-05-21   | 100
        """,
    )
    found.expect(
        "indicator.letter_basis", "policy_id | overdue_item_cnt\narticle | 2\nbalanced | 1"
    )
