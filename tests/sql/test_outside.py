"""mart.outside_record, mart.outside_opinion and mart.outside_inquiry: what others say, told once."""

from tests.sql.test_legal_record import link, listing


def test_a_case_is_one_however_many_documents_and_providers_tell_of_it(night):
    found = night(
        court_record="""
            provider | record_id | case_no | court | cause | case_type | stage | filed_on | judged_on | amount | status
            qcc | R1 | （2026）浙0106民初9号 | 西湖 | 买卖 | civil | filing | 2026-03-01 | - | - | open
            qcc | R2 | （2026）浙0106民初9号 | - | - | civil | judgment | - | 2026-05-01 | 52612 | unknown
            tianyancha | R3 | (2026)浙0106民初9号 | - | 合同 | civil | filing | 2026-03-02 | - | 60000 | unknown
        """,
        court_party="""
            provider   | record_id | role      | party_name
            qcc        | R1        | plaintiff | Ours
            qcc        | R2        | defendant | Ours
            tianyancha | R3        | defendant | Ours
        """,
        record_link=[
            link("C1", "plaintiff", "Ours"),
            link("C1", "defendant", "Ours", record="R2", method="name", score="0.97", is_certain="false"),
            {**link("C1", "defendant", "Ours", record="R3"), "provider": "tianyancha",
             "record_key": "tianyancha|R3|defendant|Ours"},
        ],
    )  # fmt: skip

    found.expect(
        "mart.outside_record",
        """
        record_kind | record_key          | role      | other_role | is_claimed_from | cause | court | stage    | status
        court_case  | (2026)浙0106民初9号 | defendant | plaintiff  | yes             | 买卖  | 西湖  | judgment | open
        """,
    )
    found.expect(
        "mart.outside_record",
        """
        filed_on   | judged_on  | amount | document_cnt | provider | other_provider | method | link_score
        2026-03-01 | 2026-05-01 | 52612  | 3            | qcc      | tianyancha     | number | 1
        """,
    )


def test_the_same_number_at_two_courts_is_two_cases_and_one_that_ended_is_closed(night):
    found = night(
        court_record="""
            provider | record_id | case_no | court | case_type | filed_on   | closed_on  | status
            qcc      | R1        | 26-cv-1 | East  | civil     | 2026-03-01 | -          | unknown
            qcc      | R2        | 26-cv-1 | West  | civil     | 2026-03-01 | 2026-11-20 | open
        """,
        court_party="""
            provider | record_id | role      | party_name
            qcc      | R1        | defendant | Ours
            qcc      | R2        | plaintiff | Ours
        """,
        record_link=[
            link("C1", "defendant", "Ours"),
            link("C1", "plaintiff", "Ours", record="R2"),
            link("C2", "plaintiff", "Ours", record="R2", state="review"),
        ],
    )

    found.expect(
        "mart.outside_record",
        """
        customer_id | case_no | court | role      | is_claimed_from | status  | ended_on   | other_role
        C1          | 26-cv-1 | East  | defendant | yes             | unknown | -          | -
        C1          | 26-cv-1 | West  | plaintiff | no              | closed  | 2026-11-20 | -
        """,
    )


def test_a_listing_found_twice_is_told_once_and_stands_until_it_ends(night):
    rows = """
        provider | record_id | kind | customer_id | listed_on | ended_on | court | reason | amount | unperformed_amount
        qcc      | L1        | dishonest | C1          | 2026-01-05 | 2026-11-20 | 西湖  | 违反   | 500    | 300
        qcc      | L1        | dishonest | C2          | 2026-01-05 | 2026-11-20 | 西湖  | 违反   | 500    | 300
    """
    links = [listing("C1", "C1"), listing("C1", "C2")]

    night(listing=rows, record_link=links).expect(
        "mart.outside_record",
        """
        record_kind | kind      | role    | cause | court | stage | status | ended_on   | amount | document_cnt
        listing     | dishonest | subject | 违反  | 西湖  | -     | closed | 2026-11-20 | 500    | 1
        """,
    )
    night(listing=rows, record_link=links, as_of="2026-11-19").expect(
        "mart.outside_record",
        "status | ended_on | is_claimed_from | unperformed_amount\nopen | - | yes | 300",
    )


def about(kind, key, customer="C1", **more):
    """A row of match.record_link about a record whose subject is one company."""
    provider, record = key.split("|")[:2]
    return {
        "record_kind": kind, "record_key": key, "customer_id": customer, "provider": provider,
        "record_id": record, "role_of_customer": "subject", **more,
    }  # fmt: skip


def test_the_last_report_on_each_scale_every_tax_year_and_the_present_registration(night):
    found = night(
        bureau_score="""
            provider | record_id | customer_id | scale_id | report_date | score | band | recommended_limit | currency
            qcc | U1 | C1 | qcc_1000 | 2026-10-01 | 500 | C | - | CNY
            qcc | U1 | C1 | qcc_1000 | 2026-11-20 | 812 | A | - | CNY
            qcc | U1 | C1 | qcc_1000 | 2026-11-21 | 1 | D | - | CNY
            creditsafe | U2 | - | safe_DE | 2026-11-01 | - | E | 35000 | EUR
            creditsafe | U3 | C1 | safe_FR | 2026-11-01 | 9| D | 1 | EUR
        """,
        tax_credit="""
            provider | record_id | customer_id | year | level | authority
            qcc      | U1        | C1          | 2024 | B     | 主管
            qcc      | U1        | C1          | 2025 | A     | 主管
        """,
        registration="""
            provider | record_id | customer_id | status  | status_text | party_name
            gleif    | LEI1      | C1          | revoked | LAPSED      | Ours Ltd
        """,
        record_link=[
            about("bureau_score", "qcc|U1|qcc_1000|2026-10-01|C1"),
            about("bureau_score", "qcc|U1|qcc_1000|2026-11-20|C1"),
            about("bureau_score", "qcc|U1|qcc_1000|2026-11-21|C1"),
            about("bureau_score", "creditsafe|U2|safe_DE|2026-11-01|", method="name", score="0.96"),
            about("bureau_score", "creditsafe|U3|safe_FR|2026-11-01|C1", state="review"),
            about("tax_credit", "qcc|U1|2024|C1"),
            about("tax_credit", "qcc|U1|2025|C1"),
            about("registration", "gleif|LEI1|C1"),
        ],
    )

    found.expect(
        "mart.outside_opinion",
        """
        opinion_kind | provider   | subject  | stated_on  | level   | score | recommended_limit | currency | method
        score        | qcc        | qcc_1000 | 2026-11-20 | A       | 812   | -                 | -        | number
        score        | creditsafe | safe_DE  | 2026-11-01 | E       | -     | 35000             | EUR      | name
        tax_credit   | qcc        | 2024     | 1900-01-01 | B       | -     | -                 | -        | number
        tax_credit   | qcc        | 2025     | 1900-01-01 | A       | -     | -                 | -        | number
        registration | gleif      | LEI1     | 1900-01-01 | revoked | -     | -                 | -        | number
        """,
    )


def test_nobody_asked_is_said_and_a_sister_number_answers_for_its_party(night):
    found = night(
        customer="customer_id\nC1\nC2\nC3\nC4",
        inquiry="""
            provider | product  | customer_id | keyword | asked_on   | outcome | hits
            qcc      | judgment | C1          | 9111    | 2026-10-01 | hits    | 3
            qcc      | judgment | C1          | 9111    | 2026-11-20 | failed  | -
            qcc      | judgment | C1          | 9111    | 2026-11-21 | none    | 0
            gleif    | lei      | C3          | Three   | 2026-11-19 | none    | 0
            gleif    | lei      | C3          | 3       | 2026-11-19 | hits    | 1
        """,
        customer_link=[
            {"customer_id": "C1", "party_id": "C1"},
            {"customer_id": "C2", "party_id": "C1"},
            {"customer_id": "C3", "party_id": "C3"},
            {"customer_id": "C4", "party_id": "C3", "state": "review"},
        ],
    )

    found.expect(
        "mart.outside_inquiry",
        """
        customer_id | outcome   | asked_on   | answered_on | hits | asked_customer_id
        C1          | failed    | 2026-11-20 | 2026-10-01  | -    | C1
        C2          | failed    | 2026-11-20 | 2026-10-01  | -    | C1
        C3          | hits      | 2026-11-19 | 2026-11-19  | 1    | C3
        C4          | not_asked | -          | -           | -    | -
        """,
    )
    asked = [(row["provider"], row["product"]) for row in found.rows("mart.outside_inquiry")]
    assert asked == [("qcc", "judgment"), ("qcc", "judgment"), ("gleif", "lei"), ("", "")]
