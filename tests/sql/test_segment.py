"""measure.segment: by which standard a customer is judged (R3-10)."""

import pytest

from tests.sql.graded import TINY, day, given

TITLE = {"zh": "段", "en": "Segment"}
SEGMENTS = [
    {"name": "steel", "title": TITLE, "industries": ["C31", "C32"], "scorecard": TINY},
    {"name": "large", "title": TITLE, "purchases_12m": {"from": 1000}, "limit_factor": "1.5"},
    {"name": "new", "title": TITLE, "history_months": {"below": 6}, "limit_factor": "0.5"},
    {"name": "middle", "title": TITLE, "purchases_12m": {"from": 100, "below": 500},
     "history_months": {"from": 12}},
]  # fmt: skip


def segments(night, customers):
    """`customers`: name, industry, purchases, day of the first bill."""
    people = [line.split() for line in customers.strip().splitlines()]
    found = night(
        changes={"segments": SEGMENTS},
        customer="customer_id\n" + "\n".join(who for who, *_ in people),
        invoice="customer_id | invoice_id | invoice_date | due_date | amount\n"
        + "\n".join(
            f"{w} | I-{w} | {first} | 2026-11-30 | 1" for w, _, _, first in people if first != "-"
        ),
    )
    given(
        found,
        "indicator.industry",
        "customer_id | industry_code\n" + "\n".join(f"{w} | {code}" for w, code, _, _ in people),
    )
    given(
        found,
        "indicator.trade",
        "customer_id | purchases_amount_12m\n" + "\n".join(f"{w} | {b}" for w, _, b, _ in people),
    )
    return found


def test_the_first_that_fits_counts(night):
    found = segments(
        night,
        f"""
        STEEL    C311  5000   {day(900)}
        STEEL2   C32   5000   {day(900)}
        NEARLY   C3    5000   {day(900)}
        NEW      C33   10     {day(100)}
        BIG_NEW  C33   1000   {day(100)}
        BELOW    C33   999.99 {day(900)}
        MIDDLE   -     100    {day(900)}
        UP       -     500    {day(900)}
        UNKNOWN  -     -      {day(900)}
        NEVER    -     0      -
        """,
    )
    found.expect(
        "measure.segment",
        """
        customer_id | segment | scorecard_id | limit_factor | segment_no
        STEEL       | steel   | tiny         | 1            | 1
        STEEL2      | steel   | tiny         | 1            | 1
        NEARLY      | large   | standard     | 1.5          | 2        # C3 is not C31
        NEW         | new     | standard     | 0.5          | 3
        BIG_NEW     | large   | standard     | 1.5          | 2        # the first that fits
        BELOW       | default | standard     | 1            | 5
        MIDDLE      | middle  | standard     | 1            | 4
        UP          | default | standard     | 1            | 5        # its end is not included
        UNKNOWN     | default | standard     | 1            | 5        # no rate for its purchases
        NEVER       | new     | standard     | 0.5          | 3
        """,
        policy_id="article",
    )
    assert {
        r["segment"] for r in found.rows("measure.segment") if r["policy_id"] == "balanced"
    } == {"default"}


def test_a_code_is_found_however_it_is_written(night):
    found = night(
        changes={"segments": [{"name": "steel", "title": TITLE, "industries": [" c31 "]}]},
        customer="customer_id | industry_code\nSTEEL | c3110\nTRADE | F51",
    )
    found.expect(
        "measure.segment",
        "customer_id | segment\nSTEEL | steel\nTRADE | default",
        policy_id="article",
    )


@pytest.mark.parametrize(
    ("first", "months"),
    [("2026-11-20", 0), ("2026-10-21", 0), ("2026-10-20", 1), ("2026-05-20", 6), ("2025-11-21", 11),
     ("2025-11-20", 12)],
)  # fmt: skip
def test_months_are_whole(night, first, months):
    found = segments(night, f"C1 - 10 {first}")
    found.expect("measure.segment", f"history_months\n{months}", policy_id="article")
