"""grade.credit_grade, score.listed_veto, core.grade_override and mart.rule_fired: the order of precedence
(A0.1; R4-G5, R4-G6, R4-E1; Q14, Q16, Q17)."""

import pytest

from tests.sql.graded import TINY, lettered, measured
from tests.sql.test_legal import VETOES

WORSE_OF = {"scorecard": TINY, "final_grade.source": "worse_of"}


def card(**scores):
    """Measures that give each customer its score with full coverage; a pair: score and coverage .75."""
    lines = ["customer_id | indicator | value"]
    for who, score in scores.items():
        value, days = (score, True) if not isinstance(score, tuple) else (score[0], False)
        lines += [f"{who} | cei | {value}", f"{who} | paydex_like | {value}"]
        if days:  # from 10 days on a point is 0.4 days
            late = (100 - value) / 4 if value >= 60 else 10 + (50 - value) * 0.4
            lines.append(f"{who} | days_overdue_wavg | {late}")
    return "\n".join(lines)


def votes(**by_customer):
    """Each customer's experts, one score each; as_of is 2026-11-20."""
    rows = [
        {"customer_id": who, "expert_id": f"E{number}", "factor": "bad_record", "panel": "1",
         "round_no": "1", "score": str(score), "voted_on": "2026-11-01"}
        for who, scores in by_customer.items()
        for number, score in enumerate(scores)
    ]  # fmt: skip
    return {"expert_vote": rows}


def listed(**by_customer):
    """Each customer's certain listings."""
    rows, links = [], []
    for who, kinds in by_customer.items():
        for kind in kinds:
            record = f"{who}-{kind}"
            rows.append(
                {"provider": "qcc", "record_id": record, "customer_id": who, "kind": kind,
                 "listed_on": "2026-01-05"}
            )  # fmt: skip
            links.append(
                {"record_kind": "listing", "record_key": f"qcc|{kind}|{record}|{who}",
                 "customer_id": who, "provider": "qcc", "record_id": record,
                 "role_of_customer": "subject"}
            )  # fmt: skip
    return {"listing": rows, "record_link": links}


def override(who, grade="A", **more):
    """One sound decision, changed by `more`."""
    return {
        "override_id": f"O-{who}", "customer_id": who, "grade": grade, "reason": "paid by the parent",
        "author": "sales", "approver": "head of credit", "decided_on": "2026-11-01",
        "expires_on": "2026-12-31", **more,
    }  # fmt: skip


def test_the_letters_alone(night):
    """Step 1, and the three classes and the benefits that go with the final grade."""
    found = night(
        **lettered({"ONE": "AAn", "TWO": "BBB", "THREE": "CCn", "FOUR": "DAA", "NEW": "-"})
    )
    found.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade | decided_by | grade_3class | benefit_tier | veto_flag | veto_reason | nr_reason
        ONE | A | letters | 优良 | gold | no | - | -
        TWO | B | letters | 一般 | silver | no | - | -
        THREE | C | letters | 一般 | basic | no | - | -
        FOUR | D | letters | 风险 | none | yes | overdue | -
        NEW | NR | letters | - | basic | no | - | prospect
        """,
        policy_id="article",
    )


def test_the_same_book_under_both_policies(night):
    """The article takes the worst item, the balanced policy the 90th percentile; competitors veto
    under the first only."""
    found = night(**lettered({"AAA": "AAA", "AAD": "AAD", "DAA": "DAA"}))
    found.expect(
        "grade.credit_grade",
        """
        policy_id | customer_id | hard_grade | is_active
        article   | AAA         | A          | yes
        article   | AAD         | D          | yes
        article   | DAA         | D          | yes
        balanced  | AAA         | A          | no
        balanced  | AAD         | C          | no
        balanced  | DAA         | D          | no
        """,
    )
    found.expect(
        "mart.grade_book",
        """
        policy_id | final_grade | customer_cnt
        article   | A           | 1
        article   | B           | 0
        article   | C           | 0
        article   | D           | 2
        article   | NR          | 0
        balanced  | A           | 1
        balanced  | B           | 0
        balanced  | C           | 1
        balanced  | D           | 1
        balanced  | NR          | 0
        """,
    )


def test_the_active_policy_is_the_one_of_the_book(night):
    found = night(policy="balanced", **lettered({"AAD": "AAD"}))
    found.expect("mart.customer_credit", "policy_id | final_grade\nbalanced | C")


SCORED = card(GOOD=95, SAME=82, ONE=70, TWO=60, FAR=20, NEW=20, LATE=95, HALF=(20,), B=55, C=20)
PEOPLE = {
    "GOOD": "AAn", "SAME": "AAn", "ONE": "AAn", "TWO": "AAn", "FAR": "AAn", "NEW": "-",
    "LATE": "DAn", "HALF": "AAn", "B": "BBn", "C": "CCn",
}  # fmt: skip


def test_the_article_shows_the_scorecard_beside_the_letters(night):
    found = measured(night(changes={"scorecard": TINY}, **lettered(PEOPLE)), SCORED)
    found.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade | scorecard_grade | grade_gap | scorecard_notches | decided_by
        GOOD        | A           | A               | 0         | 0                 | letters
        SAME        | A           | A               | 0         | 0                 | letters
        ONE         | A           | B               | 1         | 0                 | letters
        TWO         | A           | C               | 2         | 0                 | letters
        FAR         | A           | D               | 3         | 0                 | letters
        NEW         | NR          | D               | -         | 0                 | letters
        LATE        | D           | A               | -3        | 0                 | letters
        HALF        | A           | D               | 3         | 0                 | letters
        B           | B           | C               | 1         | 0                 | letters
        C           | C           | D               | 1         | 0                 | letters
        """,
        policy_id="article",
    )


def test_the_worse_of_both_by_one_notch_at_most(night):
    """Down, never up; not for NR; not on too little."""
    found = measured(night(changes=WORSE_OF, **lettered(PEOPLE)), SCORED)
    found.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade | scorecard_notches | decided_by | hard_grade | grade_best | grade_worst
        GOOD        | A           | 0                 | letters    | A          | A          | A
        SAME        | A           | 0                 | letters    | A          | A          | A
        ONE         | B           | 1                 | scorecard  | A          | B          | B
        TWO         | B           | 1                 | scorecard  | A          | B          | B
        FAR         | B           | 1                 | scorecard  | A          | B          | B
        NEW         | NR          | 0                 | letters    | NR         | A          | D
        LATE        | D           | 0                 | letters    | D          | D          | D
        HALF        | B           | 1                 | scorecard  | A          | B          | B
        B           | C           | 1                 | scorecard  | B          | C          | C
        C           | D           | 1                 | scorecard  | C          | D          | D
        """,
        policy_id="article",
    )
    two = measured(
        night(changes={**WORSE_OF, "final_grade.max_notches": 2}, **lettered(PEOPLE)), SCORED
    )
    notches = {r["customer_id"]: r["scorecard_notches"] for r in two.rows("grade.credit_grade")
               if r["policy_id"] == "article"}  # fmt: skip
    assert (notches["ONE"], notches["TWO"], notches["FAR"]) == (1, 2, 2)


@pytest.mark.parametrize(("least", "final"), [("0.75", "B"), ("0.750001", "A")])
def test_the_scorecard_counts_from_its_least_coverage_on(night, least, final):
    changes = {**WORSE_OF, "final_grade.min_coverage": least}
    found = measured(night(changes=changes, **lettered({"HALF": "AAn"})), card(HALF=(20,)))
    found.expect(
        "grade.credit_grade",
        f"scorecard_coverage | final_grade | grade_best | grade_worst\n0.75 | {final} | {final} | B",
        policy_id="article",
    )


def test_experts_lower_by_one_notch_never_to_d_never_up(night):
    people = {"A": "AAn", "B": "BBn", "C": "CCn", "D": "DAn", "NEW": "-", "TWO": "AAn", "LINE": "AAn",
              "ONCE": "AAn", "HIGH": "CCn"}  # fmt: skip
    low = (2, 3, 3)  # 2.666667
    found = night(
        **lettered(people),
        **votes(A=low, B=low, C=low, D=low, NEW=low, TWO=(1, 1), LINE=(3, 3, 3), HIGH=(5, 5, 5)),
    )
    found.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade | decided_by | expert_n | expert_mean | is_lowered_by_experts | hard_grade
        A | B | experts | 3 | 2.666667 | yes | A
        B | C | experts | 3 | 2.666667 | yes | B
        C | C | letters | 3 | 2.666667 | no | C      # never to D
        D | D | letters | 3 | 2.666667 | no | D
        NEW | NR | letters | 3 | 2.666667 | no | NR
        TWO | A | letters | 2 | 1 | no | A      # two votes
        LINE | A | letters | 3 | 3 | no | A      # not below 3.0
        ONCE | A | letters | 0 | - | no | A
        HIGH | C | letters | 3 | 5 | no | C      # never up
        """,
        policy_id="article",
    )


@pytest.mark.parametrize(
    ("third", "voted_on", "final"),
    [
        ("2.999999", "2025-11-21", "B"),  # the first day of twelve months
        ("3", "2025-11-21", "A"),
        ("1", "2025-11-20", "A"),  # too old: two votes are left
        ("1", "2026-11-21", "A"),  # tomorrow's
    ],
)
def test_the_edge_of_three_and_of_twelve_months(night, third, voted_on, final):
    rows = votes(C1=(3, 3, third))["expert_vote"]
    rows[2]["voted_on"] = voted_on
    found = night(**lettered({"C1": "AAn"}), expert_vote=rows)
    found.expect("grade.credit_grade", f"final_grade\n{final}", policy_id="article")


def test_a_listed_veto_is_a_d_for_everybody(night):
    found = night(
        changes={"listed_vetoes": ["dishonest", "revoked"]},
        **lettered({"ONE": "AAn", "NEW": "-", "LATE": "DAn", "OTHER": "AAn", "WATCHED": "AAn"}),
        **listed(
            ONE=["dishonest"], NEW=["revoked"], LATE=["dishonest", "revoked"],
            OTHER=["bankruptcy"],          # this policy does not list it
            WATCHED=["enforcement", "consumption_limit"],   # 被执行, 限高: alerts, no veto
        ),
    )  # fmt: skip
    found.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade | decided_by | hard_grade | listed_veto | veto_reason | grade_best | grade_worst
        ONE | D | listed_veto | A | dishonest | dishonest | D | D
        NEW | D | listed_veto | NR | revoked | revoked | D | D
        LATE | D | listed_veto | D | dishonest,revoked | overdue,dishonest,revoked | D | D
        OTHER | A | letters | A | - | - | A | A
        WATCHED | A | letters | A | - | - | A | A
        """,
        policy_id="article",
    )
    found.expect(
        "score.listed_veto",
        """
        customer_id | veto      | record             | is_lifted
        ONE         | dishonest | qcc ONE-dishonest  | no
        NEW         | revoked   | qcc NEW-revoked    | no
        LATE        | dishonest | qcc LATE-dishonest | no
        LATE        | revoked   | qcc LATE-revoked   | no
        """,
        policy_id="article",
    )


def test_an_override_replaces_the_grade_and_lifts_what_it_names(night):
    people = {
        "LATE": "DAn",
        "NEW": "-",
        "DOWN": "AAn",
        "NAMED": "AAn",
        "HALF": "AAn",
        "UNNAMED": "AAn",
    }
    found = night(
        **lettered(people),
        **listed(NAMED=["dishonest"], HALF=["dishonest", "revoked"], UNNAMED=["dishonest"]),
        grade_override=[
            override("LATE", "B"),
            override("NEW", "C"),
            override("DOWN", "D"),
            override("NAMED", "B", lifts_veto="dishonest"),
            override("HALF", "A", lifts_veto="bankruptcy; Dishonest"),
            override("UNNAMED", "A"),
        ],
    )
    found.expect(
        "grade.credit_grade",
        """
        customer_id | final_grade | decided_by | computed_grade | listed_veto | lifted_veto | grade_best | grade_worst
        LATE | B | override | D | - | - | B | B
        NEW | C | override | NR | - | - | C | C
        DOWN | D | override | A | - | - | D | D
        NAMED | B | override | D | - | dishonest | B | B
        HALF | D | listed_veto | D | revoked | dishonest | D | D
        UNNAMED | D | listed_veto | D | dishonest | - | D | D
        """,
        policy_id="article",
    )


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "live"),
        ({"approver": "sales"}, "self_approved"),
        ({"approver": " SALES "}, "self_approved"),
        ({"approver": None}, "no_approver"),
        ({"approver": "  "}, "no_approver"),
        ({"author": None}, "no_author"),
        ({"reason": None}, "no_reason"),
        ({"expires_on": None}, "no_expiry"),
        ({"expires_on": "2026-11-20"}, "live"),  # its last day
        ({"expires_on": "2026-11-19"}, "expired"),
        ({"valid_from": "2026-11-20"}, "live"),
        ({"valid_from": "2026-11-21"}, "not_yet"),
        ({"decided_on": "2026-11-21"}, "not_yet"),
    ],
)
def test_an_override_has_effect_only_if_it_is_sound(night, more, state):
    found = night(**lettered({"LATE": "DAn"}), grade_override=[override("LATE", "B", **more)])
    found.expect("core.grade_override", f"state\n{state}")
    if state in ("live", "self_approved", "expired"):  # the others differ in nothing
        final = "B" if state == "live" else "D"
        found.expect("grade.credit_grade", f"final_grade\n{final}", policy_id="article")


def test_the_override_decided_last_counts(night):
    found = night(
        customer="customer_id\nC1",
        grade_override=[
            override("C1", "B", override_id="O1", decided_on="2026-10-01"),
            override("C1", "C", override_id="O2", decided_on="2026-11-02"),
            override("C1", "A", override_id="O3", decided_on="2026-11-03", is_deleted="true"),
            override("C1", "A", override_id="O4", decided_on="2026-11-04", approver="sales"),
        ],
    )
    found.expect(
        "core.grade_override",
        "override_id | state | is_live\nO1 | superseded | no\nO2 | live | yes\nO4 | self_approved | no",
    )


def test_every_step_after_the_other_and_which_rules_fired(night):
    """A lowered by the scorecard to B, by experts to C, barred by a list, and a decision lifts that."""
    found = measured(
        night(
            changes=WORSE_OF,
            **lettered({"ALL": "AAn", "NEW": "-"}),
            **votes(ALL=(2, 3, 3)),
            **listed(ALL=["dishonest"]),
            grade_override=[override("ALL", "B", lifts_veto="dishonest")],
        ),
        card(ALL=70),
    )
    found.expect(
        "grade.credit_grade",
        "customer_id | hard_grade | scorecard_notches | is_lowered_by_experts | computed_grade | final_grade\n"
        "ALL | A | 1 | yes | D | B\nNEW | NR | 0 | no | NR | NR",
        policy_id="article",
    )
    found.expect(
        "mart.rule_fired",
        """
        customer_id | step_no | rule | value | unit | threshold | result | effect | did_decide | evidence
        ALL | 1 | letter_overdue | 0 | days | 0 | A | A | no | worst
        ALL | 1 | letter_collection | 1 | share | 1 | A | A | no | -
        ALL | 1 | letter_competitor | - | share | - | n/a | A | no | -
        ALL | 1 | combination | - | - | - | A | A | no | AAB
        ALL | 2 | scorecard | 70 | points | 80 | B | B | no | tiny
        ALL | 3 | experts | 2.666667 | score | 3 | lowered | C | no | 3
        ALL | 4 | veto_dishonest | - | - | - | lifted | D | no | qcc ALL-dishonest
        ALL | 5 | override | - | - | - | B | B | yes | O-ALL
        NEW | 1 | letter_overdue | - | days | - | - | NR | no | none_judged
        NEW | 1 | letter_collection | - | share | - | - | NR | no | nothing_due
        NEW | 1 | letter_competitor | - | share | - | - | NR | no | share_unknown
        NEW | 1 | combination | - | - | - | NR | NR | yes | prospect
        """,
        policy_id="article",
    )


def test_knowing_less_never_narrows_the_interval(night):
    """The same letters with fewer measures each: the worst grade never rises, the best never falls."""
    rows = card(FULL=60).splitlines()
    known = {"FULL": rows[1:], "TWO": rows[1:3], "ONE": rows[1:2], "NONE": []}
    text = "\n".join(
        [rows[0], *(r.replace("FULL", who) for who, lines in known.items() for r in lines)]
    )
    for letters in ("AAn", "AB?", "BBn", "CCn"):
        found = measured(night(changes=WORSE_OF, **lettered(dict.fromkeys(known, letters))), text)
        by = {
            r["customer_id"]: r
            for r in found.rows("grade.credit_grade")
            if r["policy_id"] == "article"
        }
        for more, less in (("FULL", "TWO"), ("TWO", "ONE"), ("ONE", "NONE")):
            assert by[less]["grade_worst"] >= by[more]["grade_worst"]
            assert by[less]["grade_best"] <= by[more]["grade_best"]


def test_vetoes_are_those_the_law_family_knows():
    assert set(VETOES) == {"dishonest", "bankruptcy", "revoked", "deregistered"}
