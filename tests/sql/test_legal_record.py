"""core.legal_record: which court records and lists count for whom, and on which side."""

import pytest

CASE = """
    provider | record_id | case_no | case_type | filed_on   | amount | status
    qcc      | R1        | 2026-9  | civil     | 2026-03-01 | 50000  | open
"""
PARTIES = """
    provider | record_id | role      | party_name
    qcc      | R1        | plaintiff | Ours
    qcc      | R1        | defendant | Theirs
    qcc      | R1        | third     | Waiting
"""


def link(customer, role, name, state="accepted", record="R1", **more):
    """A row of match.record_link about a party of a court record."""
    return {
        "record_kind": "court_party",
        "record_key": f"qcc|{record}|{role}|{name}",
        "customer_id": customer,
        "provider": "qcc",
        "record_id": record,
        "role_of_customer": role,
        "state": state,
        **more,
    }


def listing(customer, asked, **more):
    """A row of match.record_link about the listing L1, found while asking about `asked`."""
    return {
        "record_kind": "listing",
        "record_key": f"qcc|dishonest|L1|{asked}",
        "customer_id": customer,
        "provider": "qcc",
        "record_id": "L1",
        "role_of_customer": "subject",
        **more,
    }


def test_a_plaintiff_is_not_a_debtor_and_what_waits_counts_for_nobody(night):
    found = night(
        court_record=CASE,
        court_party=PARTIES,
        record_link=[
            link("C1", "plaintiff", "Ours"),
            link("C2", "defendant", "Theirs"),
            link("C3", "third", "Waiting", state="review"),
        ],
    )

    found.expect(
        "core.legal_record",
        """
        customer_id | kind  | role      | is_claimed_from | case_key | amount | is_active
        C1          | civil | plaintiff | no              | 2026-9   | 50000  | yes
        C2          | civil | defendant | yes             | 2026-9   | 50000  | yes
        """,
    )


def test_a_listing_found_twice_is_one_and_ends_when_it_ends(night):
    rows = """
        provider | record_id | kind      | customer_id | party_name | listed_on  | ended_on
        qcc      | L1        | dishonest | C1          | Ours       | 2026-01-05 | 2026-11-20
        qcc      | L1        | dishonest | C2          | Ours       | 2026-01-05 | 2026-11-20
    """
    links = [
        listing("C1", "C1", method="name", score="0.97", is_certain="false"),
        listing("C1", "C2", method="number", score="1", is_certain="true"),
    ]

    found = night(listing=rows, record_link=links)
    found.expect(
        "core.legal_record",
        """
        customer_id | kind      | role    | is_claimed_from | is_active | method | is_certain
        C1          | dishonest | subject | yes             | no        | number | yes
        """,
    )
    found = night(listing=rows, record_link=links, as_of="2026-11-19")
    found.expect("core.legal_record", "customer_id | ended_on | is_active\nC1 | - | yes")


def test_a_case_of_tomorrow_and_a_party_without_its_case(night):
    found = night(
        court_record=CASE.replace("2026-03-01", "2026-11-21"),
        court_party=f"{PARTIES}    qcc | R9 | enforced | Theirs",
        record_link=[
            link("C2", "defendant", "Theirs"),
            link("C2", "enforced", "Theirs", record="R9"),
        ],
    )

    found.expect(
        "core.legal_record",
        """
        record_id | kind  | role     | is_claimed_from | case_key | filed_on
        R9        | other | enforced | yes             | qcc R9   | -
        """,
    )


def test_a_document_that_was_taken_back_leaves_no_party(night):
    """Its parties are rows of their own and may stay behind: they would be an open case without a day."""
    found = night(
        court_record="""
            provider | record_id | case_no | filed_on   | is_deleted
            qcc      | R1        | 1       | 2026-03-01 | true
        """,
        court_party="provider | record_id | role | party_name\nqcc | R1 | defendant | Theirs",
        record_link=[link("C2", "defendant", "Theirs")],
    )

    assert found.rows("core.legal_record") == []


@pytest.mark.parametrize(
    ("first", "second", "cases"),
    [
        ("（2024）浙0106民初9号 West", "(2024)浙0106民初9号 -", 1),  # full and half width
        (
            "〔2024〕浙0106民初9号 West",
            "【2024】 浙0106 民初 9号 East",
            1,
        ),  # a 案号 names its court
        (
            "（２０２４）浙０１０６民初９号 -",
            "(2024)浙0106民初9號之一 -",
            1,
        ),  # width, 號, a second document
        (
            "(2024)浙0106民初9 -",
            "（2024）浙0106民初9号 West",
            1,
        ),  # typed without its last character
        ("(2024)浙0106民初9号 West", "(2024)浙0106民初90号 West", 2),
        ("26-cv-1 East", "26-CV-1 east", 1),
        ("26-cv-1 East", "26-cv-1 West", 2),  # the same number at two courts
        ("1:23-cv-00456 S.D.N.Y.", "1：23－cv－00456 S.D.N.Y.", 1),
        ("- West", "- West", 2),  # no number: each document stands for itself
    ],
)
def test_one_case_however_its_number_is_written(night, first, second, cases):
    (one, here), (two, there) = (text.rsplit(" ", 1) for text in (first, second))
    found = night(
        court_record=f"""
            provider | record_id | case_no | court   | case_type | filed_on
            qcc      | R1        | {one}   | {here}  | civil     | 2026-03-01
            qcc      | R2        | {two}   | {there} | civil     | 2026-03-01
        """,
        court_party="""
            provider | record_id | role      | party_name
            qcc      | R1        | defendant | Ours
            qcc      | R2        | defendant | Ours
        """,
        record_link=[
            link("C1", "defendant", "Ours"),
            link("C1", "defendant", "Ours", record="R2"),
        ],
    )

    assert len({row["case_key"] for row in found.rows("core.legal_record")}) == cases
    assert len(found.rows("mart.outside_record")) == cases
