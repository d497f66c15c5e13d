"""Which customers are one legal party, and which parties one group (A0.1, Words)."""


def groups(night, **tables: str) -> dict[str, str]:
    found = night(customer="customer_id\nA\nB\nC\nD\nE\nF", **tables)
    return {row["customer_id"]: row["group_id"] for row in found.rows("measure.customer_group")}


def test_parents_are_followed_to_the_last(night) -> None:
    night(
        customer="customer_id\nA\nB\nC\nD",
        group_member="""
            customer_id | parent_id | share
            A           | B         | 0.6
            B           | HOLDING   | 0.51      # the source's own number
            C           | B         | -         # nobody says how much
        """,
    ).expect(
        "measure.customer_group",
        """
        customer_id | party_id | parent_id | group_id | group_customer_cnt | group_party_cnt | is_circular
        A           | A        | B         | HOLDING  | 3                  | 3               | no
        B           | B        | HOLDING   | HOLDING  | 3                  | 3               | no
        C           | C        | B         | HOLDING  | 3                  | 3               | no
        D           | D        | -         | D        | 1                  | 1               | no
        """,
    )


def test_half_is_no_control(night) -> None:
    found = groups(
        night,
        group_member="""
            customer_id | parent_id | share
            A           | F         | 0.50
            B           | F         | 0.500001
        """,
    )
    assert found["A"] == "A"
    assert found["B"] == found["F"] == "F"


def test_of_several_parents(night) -> None:
    """The one stated to be ultimate, else the largest share, else the latest, else the first in order."""
    found = groups(
        night,
        group_member="""
            customer_id | parent_id | share | is_ultimate | valid_from
            A           | E         | 0.90  | false       | 2020-01-01
            A           | F         | 0.60  | true        | 2020-01-01
            B           | E         | 0.55  | -           | 2020-01-01
            B           | F         | 0.60  | -           | 2019-01-01
            C           | E         | -     | -           | 2019-01-01
            C           | F         | -     | -           | 2020-01-01
            D           | F         | 0.60  | -           | 2020-01-01
            D           | E         | 0.60  | -           | 2020-01-01
        """,
    )
    assert found == {"A": "F", "B": "F", "C": "F", "D": "E", "E": "E", "F": "F"}


def test_only_what_holds_tonight(night) -> None:
    found = groups(
        night,
        group_member="""
            customer_id | parent_id | valid_from | valid_until | is_deleted
            A           | F         | 2026-11-20 | 2026-11-20  | false
            B           | F         | 2026-11-21 | -           | false     # tomorrow
            C           | F         | 2020-01-01 | 2026-11-19  | false     # until yesterday
            D           | F         | 2020-01-01 | -           | true
        """,
    )
    assert found == {"A": "F", "B": "B", "C": "C", "D": "D", "E": "E", "F": "F"}


def test_a_circle_is_one_group_with_what_hangs_on_it(night) -> None:
    found = night(
        customer="customer_id\nA\nB\nC\nD\nE\nF",
        group_member="""
            customer_id | parent_id
            D           | C
            C           | E
            E           | C         # C and E own each other
            A           | D
        """,
    )
    rows = {row["customer_id"]: row for row in found.rows("measure.customer_group")}
    assert [rows[name]["group_id"] for name in "ACDE"] == ["C"] * 4
    assert [rows[name]["is_circular"] for name in "ABCDEF"] == [
        True,
        False,
        True,
        True,
        True,
        False,
    ]


def test_one_legal_party_in_two_systems(night) -> None:
    """B is A under another number; their parents are one party's parents."""
    found = night(
        customer="customer_id\nA\nB\nC\nD",
        customer_link="""
            customer_id | party_id | state
            A           | A        | accepted
            B           | A        | accepted
            C           | D        | review      # nobody has decided
        """,
        group_member="customer_id | parent_id\nB | D",
    )
    found.expect(
        "measure.customer_group",
        """
        customer_id | party_id | parent_id | group_id | group_customer_cnt | group_party_cnt
        A           | A        | D         | D        | 3                  | 2
        B           | A        | D         | D        | 3                  | 2
        C           | C        | -         | C        | 1                  | 1
        D           | D        | -         | D        | 3                  | 2
        """,
    )


def test_a_parent_by_a_number_one_customer_bears(night) -> None:
    found = groups(
        night,
        party_identifier="""
            customer_id | scheme | value
            F           | lei    | LEI-F
            D           | uscc   | TWICE
            E           | uscc   | TWICE
        """,
        group_member="customer_id | parent_id\nA | LEI-F\nB | TWICE",
    )
    assert found["A"] == "F"
    assert found["B"] == "TWICE"


def test_a_parent_of_itself_is_nobody(night) -> None:
    assert groups(night, group_member="customer_id | parent_id\nA | A")["A"] == "A"
