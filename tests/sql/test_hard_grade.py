"""score.hard_grade: letters, combinations, vetoes, intervals (A0, A0.1: Q1, Q2, Q7, Q11, Q13)."""

from collections import Counter
from itertools import product

import pytest

from tests.sql.graded import day, lettered


def customers(triples: list[str]) -> dict[str, str]:
    """A customer for each triple, named after it."""
    return lettered({triple: triple for triple in triples})


TRIPLES = ["".join(letters) for letters in product("ABCD", repeat=3)]


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        ("worst_c", {"A": 4, "B": 4, "C": 19, "D": 37}),
        ("points", {"A": 4, "B": 13, "C": 10, "D": 37}),
    ],
)
def test_the_64_ordered_triples(night, extension, expected):
    found = night(changes={"combination.extension": extension}, **customers(TRIPLES))
    grades = [row for row in found.rows("score.hard_grade") if row["policy_id"] == "article"]
    for row in grades:  # each customer has the letters it was made for
        letters = row["letter_overdue"], row["letter_collection"], row["letter_competitor"]
        assert "".join(letters) == row["customer_id"]
        assert row["hard_combo"] == "".join(sorted(row["customer_id"]))
        assert row["hard_grade"] == row["hard_best"] == row["hard_worst"]
    assert Counter(row["hard_grade"] for row in grades) == expected


@pytest.mark.parametrize("extension", ["worst_c", "points"])
def test_the_ten_combinations(night, extension):
    points = extension == "points"
    found = night(
        changes={"combination.extension": extension},
        **customers(["AAA", "AAB", "ABB", "BBB", "BBC", "BCC", "CCC", "AAC", "ABC", "ACC"]),
    )
    found.expect(
        "score.hard_grade",
        f"""
        hard_combo | hard_grade             | combo_in_article
        AAA        | A                      | yes
        AAB        | A                      | yes
        ABB        | B                      | yes
        BBB        | B                      | yes
        BBC        | C                      | yes
        BCC        | C                      | yes
        CCC        | C                      | yes
        AAC        | {"B" if points else "C"} | no
        ABC        | {"B" if points else "C"} | no
        ACC        | C                      | no
        """,
        policy_id="article",
    )


def test_a_d_is_a_veto_and_says_which(night):
    found = night(**customers(["DAA", "ADA", "AAD", "DDD", "CCC"]))
    found.expect(
        "score.hard_grade",
        """
        customer_id | hard_grade | hard_veto
        DAA         | D          | overdue
        ADA         | D          | collection
        AAD         | D          | competitor
        DDD         | D          | overdue,collection,competitor
        CCC         | C          | -
        """,
        policy_id="article",
    )


@pytest.mark.parametrize(
    ("share", "letter"),
    [
        ("0", "A"), ("0.0001", "B"), ("0.4499", "B"), ("0.45", "C"), ("0.50", "C"),
        ("0.55", "C"), ("0.5501", "D"), ("1", "D"),
    ],
)  # fmt: skip
def test_the_competitor_letter(night, share, letter):
    found = night(customer=f"customer_id | is_reseller | competitor_share\nC1 | true | {share}")
    found.expect("score.hard_grade", f"letter_competitor\n{letter}", policy_id="article")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (
            "veto",
            """
            customer_id | letter_competitor | hard_grade | hard_best  | hard_worst
            AAn         | n/a               | A          | A          | A
            ABn         | n/a               | B          | B          | B
            AA?         | -                 | A          | A          | D
            AB?         | -                 | B          | A          | D
            AC?         | -                 | C          | C          | D
            AAD         | D                 | D          | D          | D
            """,
        ),
        (
            "no_veto",  # D counts as C
            """
            customer_id | letter_competitor | hard_grade | hard_best  | hard_worst
            AAn         | n/a               | A          | A          | A
            ABn         | n/a               | B          | B          | B
            AA?         | -                 | A          | A          | C
            AB?         | -                 | B          | A          | C
            AC?         | -                 | C          | C          | C
            AAD         | D                 | C          | C          | C
            """,
        ),
        (
            "off",
            """
            customer_id | letter_competitor | hard_grade | hard_best  | hard_worst
            AAn         | n/a               | A          | A          | A
            ABn         | n/a               | B          | B          | B
            AA?         | n/a               | A          | A          | A
            AB?         | n/a               | B          | B          | B
            AC?         | n/a               | C          | C          | C
            AAD         | n/a               | A          | A          | A
            """,
        ),
    ],
)
def test_what_is_unknown_widens_and_what_does_not_apply_does_not(night, mode, expected):
    found = night(
        changes={"competitor_letter.mode": mode},
        **customers(["AAn", "ABn", "AA?", "AB?", "AC?", "AAD"]),
    )
    found.expect("score.hard_grade", expected, policy_id="article")


def test_the_competitor_letter_is_for_those_marked_reseller(night):
    """Q13a: of one nobody marked, a noted share makes no letter, and so no veto; it stays provisional."""
    tables = customers(["AA?", "AAD", "AAn"])
    tables["customer"] = (
        tables["customer"]
        .replace("AA? | - | -", "AA? | - | 0.9")
        .replace("AAn | false | -", "AAn | false | 0.9")
    )
    night(**tables).expect(
        "score.hard_grade",
        """
        customer_id | letter_competitor | hard_grade | hard_best | hard_worst
        AA?         | -                 | A          | A         | D
        AAD         | D                 | D          | D         | D
        AAn         | n/a               | A          | A         | A
        """,
        policy_id="article",
    )


def test_a_missing_letter_is_no_grade_but_a_d_stands(night):
    found = night(
        customer="""
            customer_id | is_reseller | competitor_share
            NEW         | false       | -
            LATE        | false       | -
            RIVAL       | true        | 0.9     # competitor D, and nothing due
        """,
        invoice=f"""
            customer_id | invoice_id | due_date   | amount
            NEW         | I1         | {day(5)}   | 100    # overdue C; the collection letter waits
            LATE        | I2         | {day(400)} | 100    # D in both
            RIVAL       | I3         | {day(-5)}  | 100
        """,
    )
    found.expect(
        "score.hard_grade",
        """
        customer_id | letter_overdue | letter_collection | hard_grade | hard_best  | hard_worst  | hard_combo
        NEW         | C              | -                 | NR         | A          | D           | -
        LATE        | D              | D                 | D          | D          | D           | BDD
        RIVAL       | -              | -                 | D          | D          | D           | -
        """,
        policy_id="article",
    )


def test_why_there_is_no_grade(night):
    found = night(
        customer="customer_id\nPROSPECT\nSOLD",
        invoice=f"""
            customer_id | invoice_id | invoice_date | due_date   | amount
            SOLD        | I1         | {day(5)}     | {day(-25)} | 100     # never due
            DORMANT     | I2         | {day(500)}   | {day(470)} | 100     # settled before the window
        """,
        payment=f"""
            customer_id | invoice_id | payment_date | amount
            DORMANT     | I2         | {day(470)}   | 100
            STRANGER    | -          | {day(5)}     | 100        # paid, never billed, never described
        """,
    )
    found.expect(
        "score.hard_grade",
        """
        customer_id | hard_grade | nr_reason
        PROSPECT    | NR         | prospect
        SOLD        | NR         | never_due
        DORMANT     | NR         | dormant
        STRANGER    | NR         | no_data
        """,
        policy_id="article",
    )
