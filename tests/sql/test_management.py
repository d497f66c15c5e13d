"""indicator.management: R1-50, R1-51, R1-71, R2-04, R3-70, R4-43, R4-97. Forms, identity, completeness."""

import pytest

from tests.sql.test_legal import court
from tests.sql.test_outside import about

HEAD = "response_id | question_id | form | answered_on | score | score_min | score_max | weight"


def test_a_form_is_the_weighted_mean_of_its_answers_each_on_its_own_scale(night):
    found = night(
        customer="customer_id\nC1\nC2",
        questionnaire_answer=f"""
            {HEAD}
            F1 | M1 | management     | 2026-05-01 | 4  | - | -   | -  # 1 to 5 where it does not say: 75
            F1 | M2 | management     | 2026-05-02 | 20 | 0 | 100 | 3  # 20, three times
            F1 | M3 | management     | 2026-05-01 | -  | 1 | 5   | 9  # only words: left out
            F1 | O1 | operations     | 2026-05-01 | 3  | 1 | 5   | -
            F1 | S1 | supply_chain   | 2026-05-01 | 1  | 5 | 1   | -  # low is good
            F1 | V1 | site_visit     | 2026-05-01 | 1  | 0 | 1   | -
            F1 | V2 | site_visit     | 2026-05-01 | 0  | 0 | 1   | -
            F1 | V3 | site_visit     | 2026-05-01 | 0  | 0 | 1   | -
            F1 | I1 | interview      | 2026-05-01 | 2  | 1 | 5   | -
            F1 | B1 | business_model | 2026-05-01 | 5  | 1 | 5   | -
            F1 | Z1 | satisfaction   | 2026-05-01 | 9  | 0 | 10  | -
        """,
    )
    found.expect(
        "indicator.management",
        """
        customer_id | mgmt_score | mgmt_n | mgmt_date  | mgmt_score_reason
        C1          | 33.75      | 2      | 2026-05-02 | -
        C2          | -          | 0      | -          | no_form
        """,
    )
    found.expect(
        "indicator.management",
        """
        customer_id | ops_capacity_score | scm_score | site_visit_score
        C1          | 50                 | 100       | 33.333333
        C2          | -                  | -         | -
        """,
    )
    found.expect(
        "indicator.management",
        "interview_score | business_model_score | survey_score | survey_date\n"
        "25 | 100 | 90 | 2026-05-01",
        customer_id="C1",
    )


def test_of_a_form_the_last_one_with_points_counts_whole(night):
    found = night(
        customer="customer_id\nC1",
        questionnaire_answer=f"""
            {HEAD}
            F1 | M1 | management | 2026-05-01 | 5 | 1 | 5 | -  # replaced
            F2 | M2 | management | 2026-06-01 | 2 | 1 | 5 | -
            F3 | M1 | management | 2026-07-01 | - | 1 | 5 | -  # newer, but only words
            F4 | M1 | management | 2026-11-21 | 5 | 1 | 5 | -  # tomorrow
            F5 | O1 | operations | 2026-05-01 | - | 1 | 5 | -
        """,
    )
    found.expect(
        "indicator.management",
        "mgmt_score | mgmt_n | mgmt_date | ops_capacity_score_reason\n25 | 1 | 2026-06-01 | only_words",
    )


@pytest.mark.parametrize(
    ("answer", "score", "reason"),
    [
        ("2023-11-21 | 5 | 1 | 5 | -", "100", "-"),
        ("2023-11-20 | 5 | 1 | 5 | -", "-", "only_old_forms"),
        ("2026-05-01 | 5 | 1 | 5 | 0", "-", "only_words"),  # the form gives it no weight
        ("2026-05-01 | 6 | 1 | 5 | -", "-", "only_words"),  # off its scale
        ("2026-05-01 | 5 | 5 | 5 | -", "-", "only_words"),  # a scale without length
    ],
)
def test_what_makes_points_of_an_answer(night, answer, score, reason):
    found = night(
        customer="customer_id\nC1",
        questionnaire_answer=f"{HEAD}\nF1 | S1 | supply_chain | {answer}",
    )
    found.expect("indicator.management", f"scm_score | scm_score_reason\n{score} | {reason}")


def test_a_deleted_answer_is_gone_and_a_book_without_forms_says_so(night):
    head = "response_id           | question_id | form       | answered_on | score | is_deleted"
    for rows in ("", f"{head}\nF1 | M1          | management | 2026-05-01  | 5     | true"):
        night(customer="customer_id\nC1", questionnaire_answer=rows).expect(
            "indicator.management", "mgmt_score | mgmt_score_reason\n- | not_connected"
        )


# --- identity and background (R1-71, R4-97) -------------------------------------------------------


def registration(**more):
    """The link of the registration R1 to C1."""
    return about("registration", "gleif|R1|C1", **more)


@pytest.mark.parametrize(
    ("certain", "answers", "verified", "method", "reason"),
    [
        ("true", (), "yes", "registry", "-"),
        ("true", ("1",), "yes", "registry", "-"),
        ("false", (), "-", "-", "name_only"),
        ("false", ("5", "3"), "yes", "form", "-"),
        ("-", (), "-", "-", "not_checked"),
        ("-", ("5", "3"), "yes", "form", "-"),  # the middle is enough
        ("-", ("5", "2.99"), "no", "form", "-"),  # one answer below it is not
    ],
)
def test_identity(night, certain, answers, verified, method, reason):
    found = night(
        customer="customer_id\nC1",
        registration="provider | record_id | customer_id\ngleif | R1 | C1"
        if certain != "-"
        else "",
        record_link=[registration(is_certain=certain)] if certain != "-" else [],
        questionnaire_answer="\n".join(
            [HEAD]
            + [
                f"F1 | D{n} | identity | 2026-05-01 | {a} | 1 | 5 | -"
                for n, a in enumerate(answers)
            ]
        ),
    )
    found.expect(
        "indicator.management",
        "identity_verified | identity_method | identity_verified_reason\n"
        f"{verified} | {method} | {reason}",
    )


@pytest.mark.parametrize(
    ("has_registration", "has_statement", "check"),
    [(True, True, "yes"), (True, False, "no"), (False, True, "no"), (False, False, "no")],
)
def test_a_background_check_is_registration_and_accounts(
    night, has_registration, has_statement, check
):
    found = night(
        customer="customer_id\nC1",
        registration="provider | record_id | customer_id\ngleif | R1 | C1",
        statement="""
            provider | customer_id | period_end | period_months | basis  | published_on | total_assets | revenue
            sec      | C1          | 2025-12-31 | 12            | parent | 2026-03-01   | 100          | 50
            sec      | C1          | 2026-09-30 | 12            | parent | 2026-11-21   | 100          | 50  # tomorrow
        """,
        record_link=[
            *([registration()] if has_registration else []),
            *(
                about("statement", f"sec||C1|{of}|parent")
                for of in ("2025-12-31|12", "2026-09-30|12")
                if has_statement
            ),
        ],
    )
    found.expect(
        "indicator.management",
        f"bg_check | statement_date\n{check} | {'2025-12-31' if has_statement else '-'}",
    )


# --- completeness (R4-43) -------------------------------------------------------------------------


def test_a_whole_file_lacks_nothing(night):
    found = night(
        customer="customer_id | address | phone | industry | payment_terms_days\nC1 | a | 1 | b | 30",
        party_identifier="customer_id | scheme | value\nC1 | lei | 1",
        registration="provider | record_id | customer_id\ngleif | R1 | C1",
        statement="provider | customer_id | period_end | period_months | basis | total_assets | revenue\n"
        "sec | C1 | 2025-12-31 | 12 | parent | 100 | 50",
        tax_credit="provider | record_id | customer_id | year\nqcc | T1 | C1 | 2025",
        inquiry="provider | product | customer_id | keyword | asked_on | outcome\n"
        "qcc | dishonest | C1 | k | 2026-11-01 | none",
        questionnaire_answer=f"{HEAD}\nF1 | V1 | site_visit | 2026-05-01 | 3 | 1 | 5 | -",
        trade_reference="customer_id | referee | given_on\nC1 | Harbour | 2026-05-01",
        record_link=[
            registration(),
            about("statement", "sec||C1|2025-12-31|12|parent"),
            about("tax_credit", "qcc|T1|2025|C1"),
        ],
    )
    row = found.row("indicator.management", customer_id="C1")
    assert (row["file_completeness"], row["file_part_cnt"], row["file_missing"]) == (1, 12, "")


def test_what_a_file_lacks_is_named_and_a_person_needs_neither_registration_nor_accounts(night):
    found = night(
        customer="""
            customer_id | customer_name | party_type | city | email
            FIRM        | Firm Ltd      | company    | x    | -
            PERSON      | Mr Person     | person     | -    | a
        """,
        invoice="invoice_id | customer_id | due_date | amount\nI1 | UNKNOWN | 2026-11-01 | 10",
        inquiry="provider | product | customer_id | keyword | asked_on | outcome\n"
        "qcc | dishonest | FIRM | k | 2026-11-01 | failed",
    )
    rest = "official_number; registration; statement; bureau_report; legal_inquiry; questionnaire; trade_reference"
    personal = rest.replace(" registration; statement;", "")
    found.expect(
        "indicator.management",
        f"""
        customer_id | file_completeness | file_part_cnt | file_missing
        FIRM        | 0.166667          | 12            | contact; industry; payment_terms; {rest}
        PERSON      | 0.2               | 10            | address; industry; payment_terms; {personal}
        UNKNOWN     | 0                 | 12            | name; address; contact; industry; payment_terms; {rest}
        """,
    )


def test_asking_for_a_score_is_not_asking_the_courts(night):
    found = night(
        customer="customer_id\nSCORE\nBOUGHT\nLIST\nFAILED\nOWN\nTWIN",
        inquiry="""
            provider | product   | customer_id | keyword | asked_on   | outcome
            qcc      | score     | SCORE       | k       | 2026-11-01 | none
            safe     | companies | BOUGHT      | k       | 2026-11-01 | none
            qcc      | dishonest | LIST        | k       | 2026-11-01 | none
            qcc      | dishonest | FAILED      | k       | 2026-11-01 | failed
        """,
        bureau_score="provider | record_id | customer_id | scale_id | report_date | product\n"
        "safe | 1 | X | s | 2026-11-01 | companies",
        listing="provider | record_id | kind | customer_id | listed_on\n"
        "own | 1 | dishonest | OWN | 2026-01-01",
        record_link=[about("listing", "own|dishonest|1|OWN", "OWN", record_id="1")],
        customer_link="customer_id | party_id\nLIST | LIST\nTWIN | LIST",
    )
    missing = {
        row["customer_id"]
        for row in found.rows("indicator.management")
        if "legal_inquiry" in row["file_missing"]
    }
    assert missing == {"SCORE", "BOUGHT", "FAILED"}


def test_a_claim_of_its_own_completes_no_file(night):
    """A9: adding a lawsuit as plaintiff changes nothing; one against it shows that the courts were asked."""
    before = night(customer="customer_id\nC1").row("indicator.management")

    claims, suits = (
        night(customer="customer_id\nC1", **court(("1", role, "2026-02-02", {}))).row(
            "indicator.management"
        )
        for role in ("plaintiff", "defendant")
    )

    assert claims == before
    assert "legal_inquiry" not in suits["file_missing"]
