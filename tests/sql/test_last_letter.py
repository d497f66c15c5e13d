"""mart.last_letter: a dormant customer's last letters, with their age."""

GRADES = """
    customer_id | is_active | letter_overdue | letter_collection | hard_grade | nr_reason
    ACTIVE      | true      | A              | B                 | B          | -
    ASLEEP      | true      | {overdue}      | {collection}      | {grade}    | {why}
    NEW         | true      | -              | -                 | NR         | prospect
    ACTIVE      | false     | D              | D                 | D          | -
"""


def graded(night, as_of, before=None, **asleep):
    return night(as_of=as_of, before=before, made={"grade.credit_grade": GRADES.format(**asleep)})


def test_the_last_letters_are_carried_with_their_age(night):
    awake = {"overdue": "C", "collection": "-", "grade": "NR", "why": "no_data"}
    asleep = {"overdue": "-", "collection": "-", "grade": "NR", "why": "dormant"}
    first = graded(night, "2026-11-10", **awake)
    second = graded(night, "2026-11-12", before=first, **asleep)
    third = graded(night, "2026-11-20", before=second, **asleep)

    third.expect(
        "mart.last_letter",
        """
        customer_id | letter_overdue | letter_collection | hard_grade | lettered_on | letter_age_days | nr_reason
        ACTIVE      | A              | B                 | B          | 2026-11-20  | 0               | -
        ASLEEP      | C              | -                 | NR         | 2026-11-10  | 10              | dormant
        """,
    )


def test_a_d_by_its_competitors_alone_has_no_letter_either(night):
    awake = {"overdue": "C", "collection": "B", "grade": "C", "why": "-"}
    asleep = {"overdue": "-", "collection": "-", "grade": "D", "why": "-"}
    first = graded(night, "2026-11-10", **awake)

    graded(night, "2026-11-12", before=first, **asleep).expect(
        "mart.last_letter",
        "letter_overdue | hard_grade | letter_age_days | nr_reason\nC | C | 2 | no_data",
        customer_id="ASLEEP",
    )
