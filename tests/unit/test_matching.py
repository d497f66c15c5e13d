"""Whose a record is: small hard cases, each with one reason to be wrong."""

from datetime import date
from typing import Any

from stdnum.cn import uscc

from tests.matching_case import NIGHT, links, parties

MINGYUAN = "杭州明远机械有限公司"
MERIDIAN = "Meridian Analytical Instruments Ltd"


def code(serial: int) -> str:
    """A 统一社会信用代码 with the right check digit."""
    base = f"9133010{serial:010d}"
    return base + uscc.calc_check_digit(base)


def customer(name: str | None = MINGYUAN, key: str = "C1", **more: Any) -> dict[str, Any]:
    return {"customer_id": key, "customer_name": name, **more}


def number(value: str, key: str = "C1", scheme: str = "uscc", **more: Any) -> dict[str, Any]:
    return {"customer_id": key, "scheme": scheme, "value": value, **more}


def court(name: str, role: str = "defendant", **more: Any) -> dict[str, Any]:
    return {"party_name": name, "role": role, **more}


def state(rows: dict[str, Any], key: str = "C1", **more: Any) -> str | None:
    """The state of the only link of `key`; None: there is none."""
    found = [link.state for (_, who), link in links(rows, **more).items() if who == key]
    assert len(found) <= 1, found
    return found[0] if found else None


SAME = (
    (MINGYUAN, "杭州明远机械有限责任公司"),
    ("宁波海达机械有限公司", " 宁波　海达机械（有限公司） "),
    ("华盛（中国）机械制造有限公司", "华盛(中国)机械制造有限公司"),
    ("ＡＢＣ（中国）电子科技有限公司", "abc(中国)电子科技有限公司"),
    (MERIDIAN, "MERIDIAN ANALYTICAL  INSTRUMENTS LIMITED"),
    ("The Müller & Söhne Maschinenbau GmbH", "Muller and Sohne Maschinenbau GMBH"),
    ("Acme Widgets Co., Ltd.", "Acme Widgets Ltd, et al."),
)
APART = (
    ("龙腾（上海）贸易有限公司", "龙腾（北京）贸易有限公司"),
    ("苏州瑞达包装有限公司", "苏州瑞迈包装有限公司"),
    ("Enron Credit Linked Notes Trust II", "Enron Credit Linked Notes Trust III"),
    ("Baltic Pearl Trading Ltd", "Baltic Pearl Logistics Ltd"),
)
DOUBTFUL = (
    ("温州凤翔化工有限公司", "温州凤翔化工股份有限公司"),
    ("Kroger Inc", "KROGER INC."),
    ("Northgate Precision Castings Ltd", "Northgate Precison Castings Ltd"),
    ("Harbour Lights Refrigeration Lim", "Harbour Lights Refrigeration Limited"),
    ("广东省深圳市金鼎电子信息技术发", "广东省深圳市金鼎电子信息技术发展有限公司"),
)


def test_names() -> None:
    """Written differently and meant alike; alike and two companies; and what a person looks at."""
    cases = [
        *((pair, "accepted") for pair in SAME),
        *((pair, None) for pair in APART),
        *((pair, "review") for pair in DOUBTFUL),
    ]
    rows = {
        "customer": [customer(ours, ours) for (ours, _), _ in cases],
        "court_party": [court(theirs) for (_, theirs), _ in cases],
    }
    found = {(key.split("|")[3], who): link.state for (key, who), link in links(rows).items()}

    for (ours, theirs), wanted in cases:
        assert found.pop((theirs, ours), None) == wanted, (ours, theirs)
    assert found == {}


def test_two_customers_of_one_name_share_the_belief() -> None:
    rows = {
        "customer": [customer(), customer(key="C2")],
        "party_identifier": [number(code(1)), number(code(2), "C2")],
        "court_party": [court(MINGYUAN)],
    }

    assert state(rows, "C1") == state(rows, "C2") == "review"


def test_a_number_tells_homonyms_apart() -> None:
    rows = {
        "customer": [customer(), customer(key="C2")],
        "party_identifier": [number(code(1)), number(code(2), "C2")],
        "court_party": [court(MINGYUAN, party_number=code(1))],
    }

    assert state(rows, "C1") == "accepted"
    assert state(rows, "C2") != "accepted"
    assert parties(rows) == ({"C1": "C1", "C2": "C2"}, {("C1", "C2"): "review"})


def test_a_known_homonym_that_is_no_customer_holds_a_name_back() -> None:
    stranger = court(MINGYUAN, "plaintiff", party_number=code(9), record_id="R9")
    rows = {"customer": [customer()], "court_party": [court(MINGYUAN), stranger]}

    assert state({**rows, "court_party": [court(MINGYUAN)]}) == "accepted"
    found = links({**rows, "party_identifier": [number(code(1))]})
    assert found[f"qcc|R1|defendant|{MINGYUAN}", "C1"].evidence.endswith("held: homonym")
    assert found[f"qcc|R9|plaintiff|{MINGYUAN}", "C1"].state == "review"


def test_another_number_speaks_against_the_same_name() -> None:
    rows = {
        "customer": [customer()],
        "party_identifier": [number(code(1))],
        "court_party": [court(MINGYUAN, party_number=code(2))],
    }

    assert state(rows) == "review"


def test_a_number_that_a_register_confirmed_settles_it() -> None:
    rows = {
        "customer": [customer()],
        "party_identifier": [number(code(1))],
        "registration": [{"customer_id": "C1", "party_name": MINGYUAN, "uscc": code(1)}],
        "inquiry": [{"customer_id": "C1", "keyword": code(1)}],
        "court_party": [court(MINGYUAN, party_number=code(2))],
    }

    assert links(rows)[f"qcc|R1|defendant|{MINGYUAN}", "C1"].state == "rejected"


def test_a_number_of_somebody_else_in_the_crm_never_links_in_silence() -> None:
    rows = {
        "customer": [customer()],
        "party_identifier": [number(code(2))],
        "inquiry": [{"provider": "creditsafe", "customer_id": "C1", "keyword": code(2)}],
        "bureau_score": [{"customer_id": "C1", "party_name": "北京天安旅游有限公司"}],
    }

    assert state(rows) == "review"


def test_a_mistyped_number_says_nothing() -> None:
    wrong = code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")
    rows = {
        "customer": [customer()],
        "party_identifier": [number(wrong)],
        "court_party": [court(MINGYUAN, party_number=code(2))],
    }

    assert state(rows) == "accepted"


def test_an_answer_to_a_number_is_about_that_number_and_an_answer_to_a_name_is_a_candidate() -> (
    None
):
    score = {"provider": "creditsafe", "customer_id": "C1"}
    rows = {
        "customer": [customer()],
        "party_identifier": [number(code(1))],
        "bureau_score": [score],
    }

    asked = {"provider": "creditsafe", "customer_id": "C1"}
    assert state({**rows, "inquiry": [{**asked, "keyword": code(1)}]}) == "accepted"
    assert state({**rows, "inquiry": [{**asked, "keyword": MINGYUAN}]}) == "review"
    # Nobody asked a provider: a file of ours says whose it is, unless it names somebody else.
    assert state(rows) == "accepted"
    assert (
        state({**rows, "bureau_score": [{**score, "party_name": "北京天安旅游公司"}]}) == "review"
    )


def test_asked_by_number_the_party_that_is_called_like_the_customer_is_the_customer() -> None:
    rows = {
        "customer": [customer("明远机械")],
        "party_identifier": [number(code(1))],
        "inquiry": [{"customer_id": "C1", "keyword": code(1)}],
        "court_record": [{"customer_id": "C1"}],
        "court_party": [court("杭州明远机械有限公司", "plaintiff"), court("温州海天贸易有限公司")],
    }

    (((key, _), link),) = links(rows).items()
    assert key == "qcc|R1|plaintiff|杭州明远机械有限公司"
    assert (link.state, link.method, link.role) == ("accepted", "inquiry", "plaintiff")


def test_the_parties_of_a_record_that_was_taken_back_are_matched_to_nobody() -> None:
    rows = {"customer": [customer()], "court_party": [court(MINGYUAN)]}

    assert len(links(rows)) == 1
    assert links({**rows, "court_record": [{"customer_id": "C1", "is_deleted": True}]}) == {}
    # Found again while asking about somebody else, it stands.
    again = [{"customer_id": "C1", "is_deleted": True}, {"customer_id": "C2"}]
    assert len(links({**rows, "court_record": again})) == 1


def test_asked_by_number_and_nobody_is_called_like_the_customer() -> None:
    rows = {
        "customer": [customer()],
        "party_identifier": [number(code(2))],
        "inquiry": [{"customer_id": "C1", "keyword": code(2)}],
        "court_record": [{"customer_id": "C1"}],
        "court_party": [court("北京天安旅游有限公司"), court("温州海天贸易有限公司", "plaintiff")],
    }

    (link,) = links(rows).values()
    assert link.state == "review"
    assert "nobody_of_that_name" in link.evidence


def test_a_provider_that_knows_the_number_and_keeps_silent_speaks_against_a_name() -> None:
    rows = {
        "customer": [customer(), customer("宁波海达贸易有限公司", "C2")],
        "party_identifier": [number(code(1)), number(code(2), "C2")],
        "inquiry": [
            {"customer_id": "C2", "keyword": code(2), "product": "judgment"},
            {"customer_id": "C1", "keyword": code(1), "product": "judgment", "outcome": "none"},
        ],
        "court_record": [{"customer_id": "C2", "product": "judgment"}],
        "court_party": [court(MINGYUAN), court("宁波海达贸易有限公司", "plaintiff")],
    }

    assert state(rows, "C2") == "accepted"
    assert state(rows, "C1") == "review"
    # Asked for other records, or not answered at all, it has not kept silent.
    other = {**rows["inquiry"][1], "product": "score"}
    assert state({**rows, "inquiry": [rows["inquiry"][0], other]}, "C1") == "accepted"
    failed = {**rows["inquiry"][1], "outcome": "failed"}
    assert state({**rows, "inquiry": [rows["inquiry"][0], failed]}, "C1") == "accepted"


def test_a_listed_veto_is_never_attached_by_a_name() -> None:
    rows = {"customer": [customer()], "listing": [{"party_name": MINGYUAN}]}
    assert state(rows) == "review"
    assert (
        state({**rows, "listing": [{"party_name": MINGYUAN, "kind": "enforcement"}]}) == "accepted"
    )
    numbered = {"party_name": MINGYUAN, "party_number": code(1)}
    rows = {**rows, "party_identifier": [number(code(1))], "listing": [numbered]}
    (link,) = links(rows).values()
    assert (link.state, link.is_certain) == ("accepted", True)


def test_a_former_name_counts_and_a_register_teaches_names() -> None:
    old = "杭州旧名实业有限公司"
    rows = {"customer": [customer()], "court_party": [court(old)]}
    assert state(rows) is None
    named = {"customer_id": "C1", "name": old}
    assert state({**rows, "former_name": [named]}) == "accepted"
    # A name that came with a registration holds once that is this customer's: here by its number.
    found = {**named, "provider": "qcc", "record_id": "K1"}
    assert state({**rows, "former_name": [found]}) is None
    register = {"customer_id": "C1", "party_name": MINGYUAN, "uscc": code(1)}
    taught = {
        **rows,
        "former_name": [found],
        "party_identifier": [number(code(1))],
        "registration": [register],
    }
    assert links(taught)[f"qcc|R1|defendant|{old}", "C1"].state == "accepted"


def test_persons_are_not_matched() -> None:
    person = court(MINGYUAN, party_kind="person")

    assert state({"customer": [customer()], "court_party": [person]}) is None


def decision(**more: Any) -> dict[str, Any]:
    key = f"qcc|R1|defendant|{MINGYUAN}"
    return {"record_key": key, "customer_id": "C1", "decision": "no_link", **more}


def test_a_person_outranks_every_score() -> None:
    rows = {"customer": [customer(), customer("Else Ltd", "C2")], "court_party": [court(MINGYUAN)]}

    assert state({**rows, "match_decision": [decision()]}) == "rejected"
    other = decision(customer_id="C2", decision="link")
    found = links({**rows, "match_decision": [other]})
    link = found[f"qcc|R1|defendant|{MINGYUAN}", "C2"]
    assert (link.state, link.method, link.is_certain) == ("accepted", "decision", True)
    assert "decided by Li" in link.evidence


def test_a_decision_withdrawn_or_of_tomorrow_has_no_effect() -> None:
    rows = {"customer": [customer()], "court_party": [court(MINGYUAN)]}

    assert state({**rows, "match_decision": [decision(is_deleted=True)]}) == "accepted"
    later = decision(decided_on=date(2026, 11, 21))
    assert state({**rows, "match_decision": [later]}) == "accepted"
    assert state({**rows, "match_decision": [later]}, as_of=date(2026, 11, 21)) == "rejected"


def test_one_legal_party_in_two_systems() -> None:
    rows = {
        "customer": [
            customer(key="fx:1"),
            customer("Hangzhou Mingyuan Machinery", key="zo:1", batch="000002-zoho"),
            customer("Somebody Quite Different Ltd", key="zo:2"),
        ],
        "party_identifier": [number(code(1), "fx:1"), number(code(1), "zo:2")],
        "former_name": [{"customer_id": "zo:1", "name": MINGYUAN, "kind": "translated"}],
        "court_party": [court(MINGYUAN)],
    }

    found, edges = parties(rows)
    assert found == {"fx:1": "fx:1", "zo:1": "fx:1", "zo:2": "zo:2"}
    # The same number under another name: is it really that customer's?
    assert edges["fx:1", "zo:2"] == "review"
    record = f"qcc|R1|defendant|{MINGYUAN}"
    linked = links(rows)
    assert {who for key, who in linked if linked[key, who].state == "accepted"} == {"fx:1", "zo:1"}
    assert linked[record, "fx:1"].state == "accepted"


def test_names_never_join_two_numbers_over_a_third() -> None:
    rows = {
        "customer": [customer(key="A"), customer(key="B"), customer(key="C")],
        "party_identifier": [number(code(1), "A"), number(code(2), "C")],
    }

    found, edges = parties(rows)
    assert found == {"A": "A", "B": "B", "C": "C"}
    assert set(edges.values()) == {"review"}


def test_what_is_found_for_one_number_of_a_party_is_about_its_other_numbers() -> None:
    rows = {
        "customer": [customer(key="A"), customer("Mingyuan Machinery", key="B")],
        "match_decision": [
            {
                "record_kind": "customer", "record_key": "A", "customer_id": "B",
                "decision": "link", "decided_by": "Li", "decided_on": NIGHT,
            }
        ],
        "court_party": [court(MINGYUAN)],
    }  # fmt: skip

    assert {who: link.method for (_, who), link in links(rows).items()} == {
        "A": "name",
        "B": "same_party",
    }
