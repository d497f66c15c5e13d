"""indicator.legal and core.inquiry: role-aware lawsuits, lists, vetoes, and what nobody asked about."""

from datetime import date

import pytest

CUSTOMERS = "customer_id\nC1"


def court(*cases):
    """Court records, parties and links of customer C1: (case, role, filed_on, more of the record)."""
    records, parties, links = [], [], []
    for number, (case, role, filed_on, more) in enumerate(cases, start=1):
        record = {
            "provider": "qcc",
            "product": "judgment",
            "record_id": f"R{number}",
            "case_no": case,
            "case_type": "civil",
            "filed_on": filed_on,
            "status": "unknown",
            **more,
        }
        link = {key: record.pop(key) for key in ("state", "is_certain", "score") if key in record}
        records.append(record)
        parties.append(
            {
                "provider": "qcc",
                "record_id": record["record_id"],
                "role": role,
                "party_name": "Ours",
            }
        )
        links.append(
            {
                "record_kind": "court_party",
                "record_key": f"qcc|{record['record_id']}|{role}|Ours",
                "customer_id": "C1",
                "provider": "qcc",
                "record_id": record["record_id"],
                "role_of_customer": role,
                **link,
            }
        )
    return {"court_record": records, "court_party": parties, "record_link": links}


def found_by(entity, rows, **link):
    """Rows of a record type about one company, each linked to C1."""
    given, links = [], []
    for number, row in enumerate(rows, start=1):
        whole = {"provider": "qcc", "record_id": f"L{number}", "customer_id": "C1", **row}
        own = {key: whole.pop(key) for key in ("state", "is_certain", "method") if key in whole}
        kind = f"{whole['kind']}|" if entity == "listing" else ""
        given.append(whole)
        links.append(
            {
                "record_kind": entity,
                "record_key": f"{whole['provider']}|{kind}{whole['record_id']}|C1",
                "customer_id": "C1",
                "provider": whole["provider"],
                "record_id": whole["record_id"],
                "role_of_customer": "subject",
                **link,
                **own,
            }
        )
    return {entity: given, "record_link": links}


def asked(*products, on="2026-11-18", outcome="none", of="C1"):
    """Answered questions about a customer."""
    return [
        {
            "provider": "qcc",
            "product": product,
            "customer_id": of,
            "keyword": of,
            "asked_on": on,
            "outcome": outcome,
        }
        for product in products
    ]


def test_cases_count_by_the_day_they_were_filed(night):
    """A9: windows of 24 and 36 months, on both sides; two documents of one case are one."""
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("judgment", "case_filing"),
        **court(
            ("1", "defendant", "2024-11-21", {}),  # first day of the 24 months
            ("2", "defendant", "2024-11-20", {}),  # the day before
            ("3", "enforced", "2023-11-21", {}),  # first day of the 36 months
            ("4", "respondent", "2023-11-20", {}),  # the day before
            ("5", "defendant", "2026-11-21", {}),  # tomorrow's
            ("6", "defendant", None, {}),  # no day at all
            ("1", "defendant", "2026-01-01", {}),  # a later document of case 1
            ("7", "defendant", "2026-02-02", {"state": "review"}),  # waits for a person
        ),
    )

    found.expect(
        "indicator.legal",
        """
        lit_cnt_defendant_24m | lit_cnt_defendant_36m | lit_undated_cnt | lit_cnt_open | legal_asof
        1                     | 3                     | 1               | 5            | 2026-11-18
        """,
    )
    found.expect(
        "indicator.legal",
        """
        defendant_latest_on | defendant_latest_case | lit_source | lit_source_cnt | lit_asof
        2024-11-21          | 1                     | qcc        | 1              | 2026-11-18
        """,
    )


@pytest.mark.parametrize(
    ("case", "days", "dated_on", "public_on"),
    [
        # A judgment seldom says when the case was filed: not after any of its days.
        ("26-cv-1", {"judged_on": "2026-05-01", "published_on": "2026-06-01"}, "2026-05-01", "2026-06-01"),
        ("26-cv-1", {"hearing_on": "2026-04-01", "judged_on": "2026-05-01"}, "2026-04-01", "2026-04-01"),
        # nor after the year that its 案号 names
        ("（2025）浙0106民初9号", {"judged_on": "2026-05-01"}, "2025-12-31", "2025-12-31"),
        ("(2026)浙0106民初9号", {"judged_on": "2026-05-01"}, "2026-05-01", "2026-05-01"),
        ("（２０２５）浙民初9号", {}, "2025-12-31", "2025-12-31"),
        ("(2026)浙0106民初9号", {}, "2026-11-20", "2026-11-20"),  # nor after tonight
        ("(甲乙丙丁)浙民初9号", {}, "-", "-"),
        ("26-cv-1", {"filed_on": "2026-01-01", "published_on": "2026-02-01"}, "2026-01-01", "2026-02-01"),
        ("26-cv-1", {"filed_on": "2026-01-01", "published_on": "2025-02-01"}, "2026-01-01", "2026-01-01"),
    ],
)  # fmt: skip
def test_when_a_case_was_filed_at_the_latest(night, case, days, dated_on, public_on):
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("judgment"),
        **court((case, "defendant", days.get("filed_on"), days)),
    )

    found.expect("core.legal_record", f"dated_on | public_on\n{dated_on} | {public_on}")
    counted = 0 if dated_on == "-" else 1
    guessed = 0 if "filed_on" in days else counted
    found.expect(
        "indicator.legal",
        f"""
        lit_cnt_defendant_36m | lit_estimated_cnt | lit_undated_cnt | defendant_latest_on
        {counted}             | {guessed}         | {1 - counted}   | {public_on}
        """,
    )


def test_a_day_of_filing_that_one_document_states_outweighs_every_guess(night):
    """Filed before the window; the judgment inside it makes the case no younger."""
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("judgment"),
        **court(
            ("1", "defendant", "2023-11-20", {}),
            ("1", "defendant", None, {"judged_on": "2024-06-01"}),
        ),
    )

    found.expect(
        "indicator.legal",
        "lit_cnt_defendant_36m | lit_estimated_cnt | lit_undated_cnt | lit_cnt_open\n0 | 0 | 0 | 1",
    )


def test_a_plaintiff_changes_nothing(night):
    """A9: its own claims are information; the side it stands on decides, and both sides is a defendant."""
    lost = [("1", "defendant", "2026-01-01", {"amount": "100", "currency": "CNY", "score": "0.97"})]
    claims = [
        ("2", "plaintiff", "2026-02-02", {"amount": "999", "currency": "CNY", "score": "0.5"}),
        ("3", "applicant", "2026-03-03", {"case_type": "enforcement"}),
        ("4", "third", "2026-03-03", {}),
    ]
    base = {"customer": CUSTOMERS, "inquiry": asked("judgment"), "fx_rate": ""}

    before = night(**base, **court(*lost)).row("indicator.legal")
    after = night(**base, **court(*lost, *claims)).row("indicator.legal")

    assert (before.pop("lit_cnt_plaintiff_36m"), after.pop("lit_cnt_plaintiff_36m")) == (0, 2)
    assert before == after
    night(**base, **court(*lost, ("1", "plaintiff", "2026-01-01", {}))).expect(
        "indicator.legal", "lit_cnt_defendant_36m | lit_cnt_plaintiff_36m\n1 | 0"
    )


def test_nothing_found_is_zero_only_where_somebody_asked_and_was_answered(night):
    known = """
        lit_cnt_defendant_36m | lit_cnt_open | lit_amt_open | lit_amt_open_reason | legal_asof
        0                     | 0            | 0            | -                   | 2026-11-18
    """
    unknown = """
        lit_cnt_defendant_36m | lit_cnt_open | lit_amt_open | lit_amt_open_reason | legal_asof
        -                     | -            | -            | not_asked           | -
    """

    night(customer=CUSTOMERS).expect("indicator.legal", unknown)
    night(customer=CUSTOMERS, inquiry=asked("judgment", outcome="failed")).expect(
        "indicator.legal", unknown
    )
    night(customer=CUSTOMERS, inquiry=asked("judgment", on="2026-11-21")).expect(
        "indicator.legal", unknown
    )
    night(customer=CUSTOMERS, inquiry=asked("judgment")).expect("indicator.legal", known)
    night(
        customer=CUSTOMERS,
        inquiry=asked("judgment", of="C2"),
        customer_link="customer_id | party_id\nC1 | C1\nC2 | C1",
    ).expect("indicator.legal", known)


def test_a_case_found_without_asking_is_known_and_a_claim_of_its_own_tells_nothing(night):
    """Found while asking about somebody else: at least this many."""
    night(customer=CUSTOMERS, **court(("1", "defendant", "2026-01-01", {}))).expect(
        "indicator.legal", "lit_cnt_defendant_36m | lit_cnt_defendant_24m | lit_source\n1 | 1 | qcc"
    )
    night(customer=CUSTOMERS, **court(("1", "defendant", "2020-01-01", {}))).expect(
        "indicator.legal",
        "lit_cnt_defendant_36m | lit_cnt_open\n- | 1",  # an old one says nothing of new ones
    )
    night(customer=CUSTOMERS, **court(("1", "plaintiff", "2026-01-01", {}))).expect(
        "indicator.legal", "lit_cnt_defendant_36m | lit_cnt_plaintiff_36m\n- | 1"
    )


def test_what_is_at_stake_in_open_cases(night):
    """One sum a case, of its furthest document; over for one is over; dollars at tonight's rate."""
    money = {"currency": "CNY"}
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("judgment"),
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        fx_rate="rate_date | from_currency | to_currency | rate\n2026-11-20 | USD | CNY | 7.1",
        **court(
            ("1", "defendant", "2026-01-01", {"amount": "500", **money}),
            ("1", "defendant", "2026-01-01", {"amount": "300", "stage": "judgment", **money}),
            ("2", "defendant", "2026-01-01", {"amount": "100", "currency": "USD"}),
            ("3", "defendant", "2026-01-01", {"amount": "70", **money}),
            ("3", "defendant", "2026-01-01", {"closed_on": "2026-11-20"}),  # ended tonight
            ("4", "defendant", "2026-01-01", {}),  # states no sum
            ("5", "defendant", "2026-01-01", {"amount": "9", "status": "closed", **money}),
        ),
    )

    found.expect(
        "indicator.legal",
        """
        lit_cnt_open | lit_amt_open | lit_amt_open_reason | lit_amt_unknown_cnt | base_currency
        3            | 1010         | -                   | 1                   | CNY
        """,
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"amount": "5", "currency": "XAU"}, "no_fx"), ({}, "amount_not_stated")],
)
def test_a_sum_that_cannot_be_told_is_no_zero(night, more, reason):
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("judgment"),
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        **court(("1", "defendant", "2026-01-01", more)),
    )

    found.expect("indicator.legal", f"lit_amt_open | lit_amt_open_reason\n- | {reason}")


def test_how_sure_the_least_certain_case_is(night):
    """The best match of each case, the worst of the cases; one before the window says nothing."""
    found = night(
        customer=CUSTOMERS,
        **court(
            ("1", "defendant", "2026-01-01", {"score": "0.96"}),
            ("1", "defendant", "2026-01-01", {"score": "1"}),
            ("2", "defendant", "2026-01-01", {"score": "0.975"}),
            ("3", "defendant", "2020-01-01", {"score": "0.95"}),
        ),
    )

    found.expect("indicator.legal", "lit_match_conf\n0.975")


FLAGS = {
    "dishonest": "dishonest_flag",
    "consumption_limit": "consumption_limit_flag",
    "abnormal_operation": "abnormal_op_flag",
    "serious_illegal": "serious_illegal_flag",
    "tax_arrears": "tax_arrears_flag",
    "equity_freeze": "equity_freeze_flag",
    "sanctioned": "sanctioned_flag",
}


def test_a_list_is_yes_no_or_not_asked(night):
    """Ends on the day it is taken off; whoever was asked about another list was not asked about it."""

    def flags(**tables):
        row = night(customer=CUSTOMERS, **tables).row("indicator.legal")
        return {row[flag] for flag in FLAGS.values()}, row["listing_asof"]

    standing = [
        {"kind": kind, "listed_on": "2026-11-20", "ended_on": "2026-11-21"} for kind in FLAGS
    ]
    gone = [{"kind": kind, "listed_on": "2026-01-01", "ended_on": "2026-11-20"} for kind in FLAGS]

    assert flags(**found_by("listing", standing))[0] == {True}
    assert flags(**found_by("listing", gone), inquiry=asked(*FLAGS)) == (
        {False},
        date(2026, 11, 18),
    )
    assert flags(**found_by("listing", gone))[0] == {None}
    assert flags(inquiry=asked("enforcement", "judgment"))[0] == {None}
    row = night(customer=CUSTOMERS, inquiry=asked("dishonest")).row("indicator.legal")
    assert [row[flag] for flag in FLAGS.values()] == [False, *[None] * 6]


def test_ended_enforcements_are_a_list_of_their_own(night):
    """Whoever was asked about those that stand was not asked about those that ended."""
    for products, ended, standing in (
        (["enforcement"], "-", "0"),
        (["end_execution"], "0", "-"),
        (["judgment"], "-", "-"),
    ):
        night(customer=CUSTOMERS, inquiry=asked(*products)).expect(
            "indicator.legal",
            f"enforcement_ended_cnt_36m | enforcement_cnt\n{ended} | {standing}",
        )


def test_a_case_that_ends_tomorrow_stands_tonight(night):
    """A0.1 Known: the end of a case is an event too, and counts from its own day on."""
    ends = {"case_type": "enforcement", "stage": "closed", "amount": "70", "currency": "CNY"}
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("judgment", "enforcement", "end_execution"),
        **court(
            (
                "1",
                "enforced",
                "2025-06-01",
                {**ends, "status": "closed", "closed_on": "2026-11-20"},
            ),
            (
                "2",
                "enforced",
                "2025-06-01",
                {**ends, "status": "closed", "closed_on": "2026-11-21"},
            ),
            ("3", "enforced", "2025-06-01", ends),  # 终本 without a day is over, and is told once
        ),
    )

    found.expect(
        "indicator.legal",
        """
        lit_cnt_open | enforcement_cnt | enforcement_ended_cnt_36m
        1            | 1               | 2
        """,
    )


def test_an_enforcement_ends_in_the_36_months_by_the_day_it_ended(night):
    ends = {"case_type": "enforcement", "stage": "closed"}
    found = night(
        customer=CUSTOMERS,
        inquiry=asked("end_execution"),
        **court(
            ("1", "enforced", "2019-06-01", {**ends, "closed_on": "2023-11-21"}),  # the first day
            ("2", "enforced", "2019-06-01", {**ends, "closed_on": "2023-11-20"}),  # the day before
            (
                "3",
                "enforced",
                "2019-06-01",
                ends,
            ),  # filed too long ago, and nobody says when it ended
        ),
    )

    found.expect("indicator.legal", "enforcement_ended_cnt_36m\n1")


def test_a_product_of_another_name_answers_what_it_has_brought(night):
    """Somebody else's entry shows that the product `lists` is about this list."""
    found = night(
        customer="customer_id\nC1\nC2",
        listing="""
            provider | product | kind      | record_id | customer_id | listed_on
            mine     | lists   | dishonest | L1        | C2          | 2026-01-01
        """,
        inquiry=[{**asked("lists")[0], "provider": "mine"}],
    )

    found.expect("indicator.legal", "dishonest_flag | abnormal_op_flag\nno | -", customer_id="C1")


@pytest.mark.parametrize(
    ("product", "cases", "dishonest", "ended"),
    [("litigation", "0", "-", "-"), ("court", "0", "-", "-"), ("listing", "-", "no", "-")],
)
def test_a_file_says_in_plain_words_what_was_asked(night, product, cases, dishonest, ended):
    """A file of questions that found nothing has no record that could tell what they were about."""
    found = night(customer=CUSTOMERS, inquiry=asked(product))

    found.expect(
        "indicator.legal",
        f"""
        lit_cnt_defendant_24m | dishonest_flag | serious_illegal_flag | enforcement_ended_cnt_36m
        {cases}               | {dishonest}    | {dishonest}          | {ended}
        """,
        customer_id="C1",
    )


def test_enforcements_on_a_list_and_in_court_are_one(night):
    """被执行: the list and the court's record of one number, another that ended for want of assets."""
    lists = found_by(
        "listing",
        [
            {"kind": "enforcement", "listed_on": "2026-01-05", "case_no": "2026执1", "amount": "80",
             "currency": "CNY"},
            {"kind": "enforcement", "listed_on": "2026-02-05", "case_no": "2026执2", "amount": "20",
             "currency": "CNY"},
            {"kind": "enforcement", "listed_on": "2025-02-05", "ended_on": "2026-03-01"},
        ],
    )  # fmt: skip
    courts = court(
        ("2026执1", "enforced", "2026-01-05", {"case_type": "enforcement", "product": "x"}),
        ("2024执9", "enforced", "2024-01-05", {"case_type": "enforcement", "stage": "closed",
                                               "status": "closed", "product": "end_execution"}),
    )  # fmt: skip
    found = night(
        customer=CUSTOMERS,
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        **{**lists, **courts, "record_link": lists["record_link"] + courts["record_link"]},
    )

    found.expect(
        "indicator.legal",
        """
        enforcement_cnt | enforcement_amount | enforcement_ended_cnt_36m | lit_cnt_defendant_36m
        2               | 100                | 1                         | 2
        """,
    )
    found.expect(
        "indicator.legal",
        """
        listing_latest_on | listing_latest_kind | listing_latest_amount | listing_latest_record
        2026-02-05        | enforcement         | 20                    | qcc L2
        """,
    )


VETOES = ("dishonest", "bankruptcy", "revoked", "deregistered")
NO_VETO = (*[None] * 4,)


def vetoes(night, **tables):
    """listed_veto_flag, the evidence of the four, how many wait for a person and the first of these."""
    row = night(customer=CUSTOMERS, **tables).row("indicator.legal")
    evidence = tuple(row[f"{kind}_record"] for kind in VETOES)
    return row["listed_veto_flag"], evidence, row["veto_review_cnt"], row["veto_review_record"]


def test_a_listed_veto_needs_certainty(night):
    """R4-G6: by number or by a person; a name alone is counted for a person to look at."""
    rows = [{"kind": kind, "listed_on": "2026-01-05"} for kind in VETOES]
    records = ("qcc L1", "qcc L2", "qcc L3", "qcc L4")
    name_only = {"is_certain": "false"}
    was_asked = {"inquiry": asked("dishonest")}

    assert vetoes(night, **found_by("listing", rows)) == (True, records, 0, None)
    for link in (name_only, {**name_only, "state": "review"}):
        found = vetoes(night, **found_by("listing", rows, **link), **was_asked)
        assert found == (False, NO_VETO, 4, "qcc L1")
    rejected = found_by("listing", rows, **name_only, state="rejected")
    assert vetoes(night, **rejected) == (None, NO_VETO, 0, None)


def test_a_listed_veto_ends_when_the_listing_ends(night):
    ends = [{"kind": kind, "listed_on": "2026-01-05", "ended_on": "2026-11-20"} for kind in VETOES]
    tomorrow = [{**row, "ended_on": "2026-11-21"} for row in ends]

    assert vetoes(night, **found_by("listing", ends)) == (None, NO_VETO, 0, None)
    assert vetoes(night, **found_by("listing", ends, state="review"))[2] == 0
    assert vetoes(night, **found_by("listing", tomorrow))[0] is True
    assert (
        vetoes(night, **found_by("listing", tomorrow, state="review", is_certain="false"))[2] == 4
    )


def test_enforcement_and_consumption_limit_are_no_vetoes(night):
    rows = [
        {"kind": kind, "listed_on": "2026-01-05"} for kind in ("enforcement", "consumption_limit")
    ]

    night(customer=CUSTOMERS, inquiry=asked("dishonest"), **found_by("listing", rows)).expect(
        "indicator.legal", "listed_veto_flag | veto_review_cnt\nno | 0"
    )


@pytest.mark.parametrize(
    ("role", "more", "record", "review"),
    [
        ("debtor", {}, "qcc R1", "0"),
        ("petitioner", {}, "-", "0"),  # it asks that another be wound up
        ("debtor", {"is_certain": "false"}, "-", "1"),
        ("debtor", {"state": "review", "is_certain": "false"}, "-", "1"),
        ("debtor", {"closed_on": "2026-11-20"}, "-", "0"),
        ("debtor", {"closed_on": "2026-11-21"}, "qcc R1", "0"),
    ],
)
def test_a_bankruptcy_accepted_is_a_veto_of_the_debtor(night, role, more, record, review):
    found = night(
        customer=CUSTOMERS,
        **court(("26破申1", role, "2026-11-20", {"case_type": "bankruptcy", **more})),
    )

    found.expect(
        "indicator.legal",
        f"""
        bankruptcy_record | veto_review_cnt | lit_cnt_defendant_36m
        {record}          | {review}        | -
        """,
    )


@pytest.mark.parametrize(
    ("rows", "status", "record"),
    [
        ([("active", "true")], "active", "-"),
        ([("revoked", "true")], "revoked", "qcc L1"),
        ([("revoked", "false")], "revoked", "-"),  # a name alone
        ([("active", "true"), ("revoked", "true")], "revoked", "qcc L2"),
        ([("active", "true"), ("revoked", "false")], "active", "-"),
        ([("unknown", "true")], "-", "-"),
    ],
)
def test_the_registry_says_how_a_company_stands(night, rows, status, record):
    given = [
        {"status": state, "is_certain": certain, "updated_on": "2026-05-05"}
        for state, certain in rows
    ]
    found = night(customer=CUSTOMERS, **found_by("registration", given))

    day = "-" if status == "-" else "2026-05-05"
    found.expect(
        "indicator.legal",
        f"""
        registration_status | registration_status_date | revoked_record | deregistered_record
        {status}            | {day}                    | {record}       | -
        """,
    )


def test_penalties_of_three_years(night):
    """One decision that two providers publish is one, with one fine."""
    penalties = found_by(
        "penalty",
        [
            {"decided_on": "2023-11-21", "case_no": "P1", "category": "environment", "amount": "5",
             "currency": "CNY"},
            {"decided_on": "2023-11-21", "case_no": "P1", "category": "other", "provider": "tyc"},
            {"decided_on": "2026-03-01", "case_no": "沪市监处〔2026〕1号"},
            {"decided_on": "2026-03-01", "case_no": "沪市监处（２０２６）1 号", "provider": "tyc"},
            {"decided_on": "2023-11-20", "case_no": "P2", "category": "tax"},
            {"published_on": "2026-01-01", "category": "safety"},
            {"decided_on": "2026-11-21", "category": "safety"},
        ],
    )  # fmt: skip
    invoice = "invoice_id | due_date | amount\nI1 | 2026-11-01 | 10"

    night(customer=CUSTOMERS, invoice=invoice, **penalties).expect(
        "indicator.legal",
        "penalty_cnt_36m | penalty_amount_36m\n3 | 5",
    )
    night(customer=CUSTOMERS).expect("indicator.legal", "penalty_cnt_36m\n-")
    night(customer=CUSTOMERS, inquiry=asked("penalty")).expect(
        "indicator.legal",
        "penalty_cnt_36m | penalty_amount_36m\n0 | 0",
    )


def test_licences_that_ran_out(night):
    """Valid on its last day; a renewed one holds; a revoked one does not."""
    licences = found_by(
        "licence",
        [
            {"licence_name": "last day", "valid_until": "2026-11-20", "status": "valid"},
            {"licence_name": "over", "valid_until": "2026-11-19", "status": "valid"},
            {"licence_name": "renewed", "valid_until": "2026-01-01"},
            {"licence_name": "renewed", "valid_from": "2026-01-02", "valid_until": "2027-01-01"},
            {"licence_name": "taken", "status": "revoked"},
            {"licence_name": "endless", "status": "valid"},
        ],
    )

    night(customer=CUSTOMERS, **licences).expect(
        "indicator.legal",
        "licence_cnt | licence_expired_cnt | licence_next_expiry\n5 | 2 | 2026-11-20",
    )
    night(customer=CUSTOMERS).expect("indicator.legal", "licence_cnt | licence_expired_cnt\n- | -")


def test_the_last_change_in_the_registry(night):
    """EW17: name, legal representative, status, address; of one day the weightiest."""
    changes = found_by(
        "registration_change",
        [
            {"changed_on": "2026-10-01", "item": "address"},
            {"changed_on": "2026-10-01", "item": "legal_representative"},
            {"changed_on": "2026-10-05", "item": "shareholder"},  # not one of the four
            {"changed_on": "2025-11-20", "item": "name"},  # before the window
            {"changed_on": "2026-11-21", "item": "status"},  # tomorrow's
        ],
    )

    night(customer=CUSTOMERS, **changes).expect(
        "indicator.legal",
        """
        registration_change_date | registration_change_item | registration_change_cnt_12m
        2026-10-01               | legal_representative     | 2
        """,
    )
    night(customer=CUSTOMERS, **changes).expect(
        "indicator.legal", "registration_change_record\nqcc L2"
    )


def test_a_registry_tells_when_a_name_ended(night):
    """EW17 from sources that give earlier names; one whose registration nobody matched tells nothing."""
    found = night(
        customer=CUSTOMERS,
        former_name="""
            customer_id | name   | kind    | until      | provider | record_id
            C1          | Before | former  | 2026-10-01 | qcc      | L1
            C1          | Sign   | trading | 2026-10-02 | qcc      | L1         # no legal name
            C1          | Other  | former  | 2026-10-03 | qcc      | L9         # nobody matched it
            C1          | Soon   | former  | 2026-11-21 | qcc      | L1         # tomorrow
        """,
        **found_by("registration", [{"status": "active"}]),
    )

    found.expect(
        "indicator.legal",
        """
        registration_change_date | registration_change_item | registration_change_record
        2026-10-01               | name                     | qcc L1
        """,
    )


def test_a_list_of_revoked_licences_outweighs_an_active_registration(night):
    registry = found_by("registration", [{"status": "active"}])
    lists = found_by("listing", [{"kind": "revoked", "listed_on": "2026-03-03", "record_id": "X"}])
    both = {**registry, **lists, "record_link": registry["record_link"] + lists["record_link"]}

    night(customer=CUSTOMERS, **both).expect(
        "indicator.legal",
        """
        registration_status | registration_status_date | revoked_record
        revoked             | 2026-03-03               | qcc X
        """,
    )


def test_the_newest_case_with_its_sum(night):
    found = night(
        customer=CUSTOMERS,
        invoice="invoice_id | due_date | amount\nI1 | 2026-11-01 | 10",
        **court(
            ("1", "defendant", "2026-11-19", {"amount": "40", "currency": "CNY"}),
            ("2", "defendant", "2026-11-18", {"amount": "90", "currency": "CNY"}),
        ),
    )

    found.expect(
        "indicator.legal",
        """
        defendant_latest_on | defendant_latest_case | defendant_latest_amount
        2026-11-19          | 1                     | 40
        """,
    )


def test_questions_are_told_once_and_a_failed_one_keeps_the_last_answer(night):
    found = night(
        customer=CUSTOMERS,
        inquiry=[
            *asked("judgment", on="2026-10-01"),
            *asked("judgment", on="2026-11-10", outcome="failed"),
        ],
    )

    found.expect(
        "core.inquiry",
        """
        customer_id | product  | outcome | asked_on   | answered_on
        C1          | judgment | failed  | 2026-11-10 | 2026-10-01
        """,
    )
