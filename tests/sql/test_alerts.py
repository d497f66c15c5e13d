"""action.alert_money, action.alert_conduct, action.alert_outside and mart.alert: EW01 to EW20."""

from decimal import Decimal

import pytest

ALERT = "rule_id | subject_kind | subject_id | severity | state | first_seen | last_seen | is_new"


def alerts(found, rule):
    """rule_id's rows of mart.alert by subject."""
    return {r["subject_id"]: r for r in found.rows("mart.alert") if r["rule_id"] == rule}


@pytest.mark.parametrize(
    ("owed", "limit", "severity"),
    [
        ("79999.99", "100000", None),
        ("80000.00", "100000", "amber"),
        ("99999.99", "100000", "amber"),
        ("100000.00", "100000", "red"),
        ("0.01", "0", "red"),  # 0: none is granted
        ("0", "0", None),
        ("1000000", "-", None),  # none set: no line
    ],
)
def test_the_warning_line_is_met_on_the_cent(night, owed, limit, severity):
    found = night(
        made={
            "measure.exposure": f"customer_id | exposure_amount\nC1 | {owed}",
            "terms.credit_limit": f"""
                policy_id | customer_id | is_active | credit_limit
                article   | C1          | true      | {limit}
                balanced  | C1          | false     | 1          # another policy's
            """,
        }
    )

    fired = [r["severity"] for r in found.rows("action.alert_money") if r["rule_id"] == "EW01"]

    assert fired == ([severity] if severity else [])


def graded(night, as_of, letter, grade="B", before=None, coverage="0.8", who="C1", **more):
    """A night of which only the grade of C1, or of another, is known."""
    return night(
        as_of=as_of,
        before=before,
        made={
            "grade.credit_grade": f"""
                customer_id | is_active | letter_overdue | letter_collection | final_grade | scorecard_coverage
                {who}       | true      | {letter}       | A                 | {grade}     | {coverage}
            """
        },
        **more,
    )


def test_a_worse_letter_fires_and_stays_until_it_is_back(night):
    first = graded(night, "2026-11-10", "B")
    second = graded(night, "2026-11-11", "C", before=first)
    third = graded(night, "2026-11-12", "C", before=second)
    fourth = graded(night, "2026-11-13", "B", before=third)

    assert alerts(first, "EW02") == {}, "nothing to compare with"
    second.expect(
        "mart.alert",
        f"""
        {ALERT} | value_text | previous_text
        EW02 | customer | C1 | amber | open | 2026-11-11 | 2026-11-11 | yes | C | B
        """,
    )
    third.expect(
        "mart.alert", f"{ALERT}\nEW02 | customer | C1 | amber | open | 2026-11-11 | 2026-11-12 | no"
    )
    fourth.expect(
        "mart.alert",
        f"{ALERT}\nEW02 | customer | C1 | amber | closed | 2026-11-11 | 2026-11-12 | no",
    )


@pytest.mark.parametrize(
    ("letter", "fires"), [("A", False), ("B", False), ("C", True), ("D", True)]
)
def test_only_worse_fires_and_d_is_red(night, letter, fires):
    first = graded(night, "2026-11-10", "B")
    found = alerts(graded(night, "2026-11-11", letter, before=first), "EW02")

    assert bool(found) == fires
    if letter == "D":
        assert found["C1"]["severity"] == "red"


def test_a_d_out_of_nothing_is_a_new_d(night):
    first = graded(night, "2026-11-10", "-", grade="NR")
    second = graded(night, "2026-11-11", "D", grade="D", before=first)

    assert alerts(second, "EW02")["C1"]["severity"] == "red"
    assert alerts(second, "EW20")["C1"]["severity"] == "red"


@pytest.mark.parametrize(
    ("coverage", "fires"), [("0.6", True), ("0.600001", False), ("0.9", False)]
)
def test_lost_coverage_is_seen(night, coverage, fires):
    first = graded(night, "2026-11-10", "B")
    found = graded(night, "2026-11-11", "B", before=first, coverage=coverage)

    assert bool(alerts(found, "EW20")) == fires


def test_the_d_of_a_customer_who_was_not_there_is_a_new_d(night):
    """On the first night of all there is nothing to compare with."""
    first = graded(night, "2026-11-10", "A", who="OLD")
    second = graded(night, "2026-11-11", "D", grade="D", before=first)

    assert alerts(graded(night, "2026-11-10", "D", grade="D"), "EW02") == {}
    assert alerts(second, "EW02")["C1"]["severity"] == "red"


def test_a_letter_that_gets_worse_again_is_looked_at_anew_and_stays_until_it_is_back(night):
    """A, B, which Ann is at, C, B, A: worse than it was from the first fall to the last night."""
    said = {"alert_ack": ACK.replace("EW01", "EW02").format("ack", "2026-11-11", "-")}
    nights = [graded(night, "2026-11-10", "A")]
    for day, letter in enumerate("BCBA", start=11):
        nights.append(graded(night, f"2026-11-{day}", letter, before=nights[-1], **said))

    told = [alerts(found, "EW02")["C1"] for found in nights[1:]]

    assert [row["state"] for row in told] == ["ack", "open", "open", "closed"]
    assert [row["value_text"] for row in told[:3]] == ["B", "C", "B"]
    assert {row["previous_text"] for row in told} == {"A"}
    assert {row["first_seen"].isoformat() for row in told} == {"2026-11-11"}


def test_coverage_that_falls_under_a_fallen_grade_adds_no_second_alert(night):
    nights = [graded(night, "2026-11-10", "A", grade="A")]
    for day, grade, coverage in ((11, "B", "0.8"), (12, "B", "0.5"), (13, "A", "0.5")):
        nights.append(
            graded(night, f"2026-11-{day}", "A", grade, before=nights[-1], coverage=coverage)
        )

    assert [alerts(found, "EW20")["C1"]["value_text"] for found in nights[1:3]] == ["B", "B"]
    assert alerts(nights[3], "EW20")["C1"]["state"] == "closed"


def test_lost_coverage_stays_on_the_list_until_it_is_back(night):
    nights = [graded(night, "2026-11-10", "B", coverage="0.8")]
    for day, coverage in ((11, "0.5"), (12, "0.55"), (13, "0.61")):
        nights.append(graded(night, f"2026-11-{day}", "B", before=nights[-1], coverage=coverage))

    told = [alerts(found, "EW20")["C1"] for found in nights[1:]]

    assert [row["is_holding"] for row in told] == [True, True, False]
    assert {row["previous_value"] for row in told} == {Decimal("0.8")}


def fired(night, as_of, severity, before=None, **more):
    """A night on which EW01 fires for C1 with `severity`; None: it does not."""
    row = f"\nEW01 | customer | C1 | C1 | {severity}" if severity else ""
    table = f"rule_id | subject_kind | subject_id | customer_id | severity{row}"
    return night(as_of=as_of, before=before, made={"action.alert_money": table}, **more)


def test_a_number_stands_with_its_unit(night):
    night(
        made={
            "action.alert_outside": """
                rule_id | subject_kind | subject_id | severity | value | threshold | previous_value | value_text
                EW15    | customer     | C1         | amber    | 600   | -         | -              | statement
                EW18    | customer     | C1         | amber    | 4     | 1         | 3              | -
                EW18    | currency     | JPY        | amber    | 0.047 | 0.05      | 0.05           | -
            """,
            "action.alert_conduct": """
                rule_id | subject_kind | subject_id | severity | value | threshold | previous_value | value_text
                EW07    | customer     | C1         | amber    | -0.6  | -0.5      | 10             | -
            """,
        }
    ).expect(
        "mart.alert",
        """
        rule_id | subject_id | measure | value | unit | threshold | threshold_unit | previous_value | previous_unit
        EW15 | C1 | data_age | 600 | days | 18 | months | - | -
        EW18 | C1 | industry_band | 4 | count | 1 | count | 3 | count
        EW18 | JPY | rate | 0.047 | rate | 0.05 | share | 0.05 | rate
        EW07 | C1 | orders | -0.6 | share | -0.5 | share | 10 | count
        """,
    )


ACK = """
    ack_id | customer_id | rule_id | state | decided_by | decided_on | until
    K1     | C1          | EW01    | {}    | Ann        | {}         | {}
"""


def test_a_word_survives_the_next_night(night):
    said = {"alert_ack": ACK.format("ack", "2026-11-10", "-")}
    first = fired(night, "2026-11-10", "amber")
    second = fired(night, "2026-11-11", "amber", first, **said)
    third = fired(night, "2026-11-12", "amber", second, **said)

    assert alerts(first, "EW01")["C1"]["state"] == "open"
    for later in (second, third):
        later.expect(
            "mart.alert",
            "state | ack_by | ack_on     | first_seen\nack   | Ann    | 2026-11-10 | 2026-11-10",
        )


def test_a_word_about_another_rule_is_none_about_this_one(night):
    said = {"alert_ack": ACK.replace("EW01", "EW07").format("ack", "2026-11-10", "-")}

    assert alerts(fired(night, "2026-11-10", "amber", **said), "EW01")["C1"]["state"] == "open"


def test_a_redder_alert_is_looked_at_anew(night):
    first = fired(night, "2026-11-10", "amber")
    second = fired(
        night, "2026-11-11", "red", first, alert_ack=ACK.format("closed", "2026-11-10", "-")
    )

    second.expect(
        "mart.alert",
        "severity | state | first_seen | severe_since\nred | open | 2026-11-10 | 2026-11-11",
    )


@pytest.mark.parametrize(
    ("until", "state"), [("2026-11-11", "closed"), ("2026-11-10", "open"), ("-", "closed")]
)
def test_a_waiver_holds_to_its_last_day(night, until, state):
    first = fired(night, "2026-11-10", "amber")
    second = fired(
        night, "2026-11-11", "amber", first, alert_ack=ACK.format("waived", "2026-11-10", until)
    )

    assert alerts(second, "EW01")["C1"]["state"] == state


def test_an_alert_that_comes_back_is_a_new_one_and_an_old_word_is_not_about_it(night):
    first = fired(night, "2026-11-10", "amber")
    second = fired(night, "2026-11-11", None, first)
    third = fired(
        night, "2026-11-12", "amber", second, alert_ack=ACK.format("closed", "2026-11-11", "-")
    )

    assert alerts(second, "EW01")["C1"]["state"] == "closed"
    third.expect("mart.alert", "state | first_seen\nopen | 2026-11-12")


def test_a_closed_alert_leaves_the_list_after_a_while(night):
    first = fired(night, "2026-10-10", "amber")

    assert alerts(fired(night, "2026-11-09", None, first), "EW01"), "30 days"
    assert not alerts(fired(night, "2026-11-10", None, first), "EW01")


def test_a_rule_that_is_off_raises_nothing(night):
    found = fired(night, "2026-11-10", "red", changes={"alerts.rules.EW01.is_on": False})

    assert found.rows("mart.alert") == []


@pytest.mark.parametrize(
    ("now", "then", "severity"),
    [(2, 4, "amber"), (3, 4, None), (1, 3, None), (1, 5, "red"), (0, 4, "red")],
)
def test_orders_dropped_against_the_same_quarter(night, now, then, severity):
    found = night(
        made={
            "indicator.trade": f"""
                customer_id | order_cnt_3m | order_cnt_3m_last_year
                C1          | {now}        | {then}
            """
        }
    )

    fired = [r for r in found.rows("action.alert_conduct") if r["rule_id"] == "EW07"]
    assert [r["severity"] for r in fired] == ([severity] if severity else [])
    assert all(
        r["threshold"] == {"amber": Decimal("-0.5"), "red": Decimal("-0.8")}[severity]
        for r in fired
    )


GRADES = """
    policy_id | customer_id | is_active | final_grade | letter_overdue
    article   | C1          | true      | C           | C
    article   | C2          | true      | B           | B
    article   | C3          | true      | A           | A
"""

CASES = {
    "EW04": (
        "action.alert_money",
        {
            "indicator.payment": """
                customer_id | days_overdue_trend | days_overdue_wavg_3m | days_overdue_wavg
                C1          | 5                  | 8                    | 3
                C2          | 4.99               | 8                    | 3.01
            """
        },
        {"C1": None},
    ),
    "EW05": (
        "action.alert_outside",
        {
            "indicator.legal": """
                customer_id | defendant_latest_on | defendant_latest_case | defendant_latest_amount
                C1          | 2026-10-22          | K1                    | 10000     # 29 days
                C2          | 2026-10-21          | K2                    | 10000     # 30: no longer new
            """,
            "indicator.trade": "customer_id | purchases_amount_12m\nC1 | 99\nC2 | 99",
            "measure.exposure": "customer_id | exposure_amount\nC1 | 5\nC2 | 5",
        },
        {"C1": "lawsuit"},
    ),
    "EW06": (
        "action.alert_money",
        {
            "indicator.bureau": """
                customer_id | bureau_score_fall | bureau_band | bureau_band_prev | bureau_band_changed
                C1          | 0.1               | B           | B                | false
                C2          | 0.099999          | B           | B                | false
                C3          | -                 | C           | B                | true
            """
        },
        {"C1": "B", "C3": "C"},
    ),
    "EW08": (
        "action.alert_conduct",
        {
            "indicator.contract": """
                customer_id | contract_breach_open_cnt | contract_breach_last_date | delivery_delay_days_90d
                C1          | 1                        | 2025-01-01                | 0
                C2          | 0                        | 2026-01-01                | 9
                C3          | 0                        | -                         | 10
            """
        },
        {"C1": "breach", "C3": "delivery_delay"},
    ),
    "EW09": (
        "action.alert_conduct",
        {
            "indicator.feedback": """
                customer_id | complaint_rate_low | complaint_rate_book | refund_rate_low | refund_rate_book
                C1          | 0.06               | 0.05                | 0.01            | 0.03
                C2          | 0.05               | 0.05                | 0.03            | 0.03    # not above
                C3          | -                  | -                   | 0.04            | 0.03
            """
        },
        {"C1": "complaint_rate", "C3": "refund_rate"},
    ),
    "EW10": (
        "action.alert_money",
        {
            "grade.credit_grade": GRADES,
            "indicator.finance": """
                customer_id | z2_zone_fall | z2_zone | z2_zone_prior
                C1          | 1            | grey    | safe        # pays late: nothing is hidden
                C2          | 1            | grey    | safe
                C3          | 0            | safe    | safe
            """,
            "indicator.performance": """
                customer_id | ratio_band_fall | ratio_band | ratio_band_prior
                C1          | 2               | 3          | 5
                C2          | 0               | 3          | 3
                C3          | 2               | 3          | 5
            """,
        },
        {"C2": "grey", "C3": None},
    ),
    "EW11": (
        "action.alert_conduct",
        {
            "indicator.payment": """
                customer_id | early_share_cnt
                C1          | 0.8
                C2          | 0.799999
                C3          | 1
            """,
            "indicator.trade": """
                customer_id | order_cnt_90d | order_cnt_90d_before
                C1          | 4             | 2         # twice as many
                C2          | 9             | 2
                C3          | 3             | 2
            """,
        },
        {"C1": None},
    ),
    "EW12": (
        "action.alert_conduct",
        {"indicator.trade": "customer_id | order_reopened_cnt_7d\nC1 | 2\nC2 | 1"},
        {"C1": None},
    ),
    "EW14": (
        "action.alert_money",
        {
            "indicator.mitigation": """
                customer_id | cover_days_to_expiry | cover_amount
                C1          | 30                   | 100
                C2          | 31                   | 100
                C3          | 90                   | 99
            """,
            "measure.exposure": "customer_id | exposure_amount\nC1 | 1\nC2 | 100\nC3 | 100",
        },
        {"C1": "cover_ends", "C3": "cover_too_small"},
    ),
    "EW15": (
        "action.alert_outside",
        {
            "measure.freshness": """
                customer_id | source    | source_freshness_days | stale_flag
                C1          | statement | 600                   | true
                C1          | bureau    | 700                   | true        # the oldest names it
                C2          | bureau    | 10                    | false
                C3          | legal     | 90                    | true        # A9: its limit is a month
            """
        },
        {"C1": "bureau", "C3": "legal"},
    ),
    "EW16": (
        "action.alert_conduct",
        {
            "grade.credit_grade": GRADES,
            "indicator.communication": """
                customer_id | no_contact_since
                C1          | 2026-10-20           # C: 31 days
                C2          | 2026-08-22           # B: 90 days, just in time
                C3          | 2026-08-21
            """,
        },
        {"C1": None, "C3": None},
    ),
    "EW17": (
        "action.alert_outside",
        {
            "indicator.legal": """
                customer_id | registration_change_date | registration_change_item | registration_status
                C1          | 2026-11-01               | name                     | active
                C2          | 2026-01-01               | name                     | active
                C3          | -                        | -                        | revoked
            """
        },
        {"C1": "name", "C3": "revoked"},
    ),
    "EW18": (
        "action.alert_outside",
        {
            "indicator.industry": """
                customer_id | industry_band_rise | industry_date | industry_risk_band | industry_risk_band_prior
                C1          | 1                  | 2026-11-01    | 3                  | 2
                C2          | 0                  | 2026-11-01    | 3                  | 3
                C3          | -1                 | 2026-01-01    | 3                  | 4        # long ago
            """
        },
        {"C1": None},
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_condition_and_what_is_just_not_one(night, rule):
    table, made, wanted = CASES[rule]

    fired = {
        r["subject_id"]: r["value_text"]
        for r in night(made=made).rows(table)
        if r["rule_id"] == rule
    }
    assert fired == wanted


@pytest.mark.parametrize(
    ("amount", "limit", "severity"),
    [
        ("10000", "100000", "red"),
        ("9999.99", "100000", "amber"),
        ("0.5", "-", "red"),
        ("-", "5", "amber"),
    ],
)
def test_a_lawsuit_over_a_tenth_of_the_limit_is_red(night, amount, limit, severity):
    found = night(
        made={
            "indicator.legal": f"""
                customer_id | defendant_latest_on | defendant_latest_case | defendant_latest_amount
                C1          | 2026-11-10          | K1                    | {amount}
            """,
            "indicator.trade": "customer_id | purchases_amount_12m\nC1 | 99",
            "measure.exposure": "customer_id | exposure_amount\nC1 | 5",
            "terms.credit_limit": f"policy_id | customer_id | is_active | credit_limit\narticle | C1 | true | {limit}",
        }
    )

    (row,) = found.rows("action.alert_outside")
    assert (row["severity"], row["evidence_keys"]) == (severity, "court_record:K1")


@pytest.mark.parametrize(
    ("large_on", "large", "severity", "evidence"),
    [
        ("2026-11-10", "20", "red", "court_record:LARGE"),
        ("2026-11-10", "19.99", "amber", "court_record:SMALL"),
        ("2026-10-21", "20", "amber", "court_record:SMALL"),  # 30 days: no longer new
    ],
)
def test_a_small_lawsuit_does_not_hide_a_large_one(night, large_on, large, severity, evidence):
    found = night(
        made={
            "core.legal_record": f"""
                customer_id | record_kind | case_key | is_claimed_from | kind  | public_on   | amount  | currency
                C1          | court_party | LARGE    | true            | civil | {large_on}  | {large} | CNY
                C1          | court_party | CLAIMING | false           | civil | 2026-11-11  | 9999    | CNY
                C1          | court_party | SMALL    | true            | civil | 2026-11-12  | 1       | CNY
            """,
            "event.currency": "currency | rate_to_base\nCNY | 1",
            "indicator.legal": """
                customer_id | defendant_latest_on | defendant_latest_case | defendant_latest_amount
                C1          | 2026-11-12          | SMALL                 | 1
            """,
            "indicator.trade": "customer_id | purchases_amount_12m\nC1 | 0",
            "measure.exposure": "customer_id | exposure_amount\nC1 | 200",
        }
    )

    (row,) = found.rows("action.alert_outside")
    assert (row["severity"], row["evidence_keys"]) == (severity, evidence)


def test_a_held_feed_is_named(night):
    found = night(
        feeds=[
            {"feed": "crm", "state": "loaded"},
            {"feed": "bureau", "state": "held", "sentence": "cut off", "batch": "000001-bureau"},
        ],
        made={},
    )

    found.expect(
        "action.alert_outside",
        """
        rule_id | subject_kind | subject_id | severity | evidence_keys
        EW19    | feed         | bureau     | red      | batch:000001-bureau
        """,
    )


@pytest.mark.parametrize(("then", "fires"), [("6.65", True), ("6.67", False), ("7.37", True)])
def test_a_rate_that_moved_by_a_twentieth(night, then, fires):
    found = night(
        made={
            "event.currency": """
                currency | base_currency | rate_to_base
                USD      | CNY           | 7.00
            """
        },
        fx_rate=f"""
            from_currency | to_currency | rate_date  | rate
            USD           | CNY         | 2026-10-20 | {then}
            USD           | CNY         | 2026-10-22 | 1         # too near
        """,
    )

    fired = [r["subject_id"] for r in found.rows("action.alert_outside") if r["rule_id"] == "EW18"]
    assert fired == (["USD"] if fires else [])


def test_a_rate_quoted_the_other_way_round_moved_as_well(night):
    found = night(
        made={"event.currency": "currency | base_currency | rate_to_base\nUSD | CNY | 8.00"},
        fx_rate="from_currency | to_currency | rate_date | rate\nCNY | USD | 2026-10-20 | 0.2",
    )
    found.expect(
        "action.alert_outside",
        "rule_id | subject_id | value | previous_value\nEW18 | USD | 8 | 5",
    )


@pytest.mark.parametrize(
    ("cover", "severity", "days"),
    [
        ("2026-11-20 | -          | 100", "red", 0),  # tonight is its last day
        ("2026-11-19 | -          | 100", "red", None),  # over, and nobody else stands for it
        ("2026-10-21 | -          | 100", "red", None),
        ("2026-10-20 | -          | 100", None, None),  # by now everybody knows
        ("-          | 2026-11-20 | 100", "red", None),  # the insurer took it back today
        ("2026-11-19 | -          | 0", "red", None),
        ("2026-12-21 | -          | 100", None, None),
        ("2026-12-21 | -          | 99.99", "amber", None),
    ],
)
def test_a_cover_that_is_gone_is_missed(night, cover, severity, days):
    found = night(
        insurance=f"cover_id | start_date | expiry_date | cancelled_on | insured_limit\nK1 | 2026-01-01 | {cover}",
        invoice="invoice_id | due_date | amount\nI1 | 2026-12-01 | 100",
    )

    fired = [r for r in found.rows("action.alert_money") if r["rule_id"] == "EW14"]

    assert [r["severity"] for r in fired] == ([severity] if severity else [])
    assert [r["value"] for r in fired] == ([100 if days is None else days] if severity else [])


def test_concentration_counts_money(night):
    amounts = {"C0": 100, **{f"C{n}": 90 for n in range(1, 11)}}
    found = night(
        made={
            "measure.exposure": "\n".join(
                ["customer_id | exposure_amount", *(f"{c} | {a}" for c, a in amounts.items())]
            ),
            "measure.customer_group": "\n".join(
                ["customer_id | group_id", *(f"{c} | {c}" for c in amounts)]
            ),
        }
    )

    fired = {r["subject_id"]: r["value"] for r in found.rows("action.alert_money")}
    assert fired == {"C0": 100, "top_five": 460}, "100 of 1,000 is a tenth; 90 is not"


def test_what_was_measured_keeps_its_six_decimals(night):
    """A score of 645 on 300 to 850 that stood at 700: money in the same list must not round it."""
    found = night(
        made={
            "measure.exposure": "customer_id | exposure_amount\nC1 | 100.01",
            "indicator.bureau": """
                customer_id | bureau_score_norm | bureau_score_norm_prev | bureau_score_fall
                C1          | 0.627273          | 0.727273               | 0.1
            """,
        }
    )

    found.expect(
        "action.alert_money",
        "value | previous_value\n0.627273 | 0.727273",
        rule_id="EW06",
    )


def test_outside_data_grows_old(night):
    night(
        made={
            "indicator.industry": """
                customer_id | industry_date
                C1          | 2025-11-20         # twelve months to the day
                C2          | 2025-11-19
                C3          | -                  # missing is not stale
            """
        }
    ).expect(
        "measure.freshness",
        """
        customer_id | source   | source_date | source_freshness_days | stale_flag
        C1          | industry | 2025-11-20  | 365                   | no
        C2          | industry | 2025-11-19  | 366                   | yes
        C3          | industry | -           | -                     | -
        """,
    )


def test_whatever_is_older_than_its_limit_is_told_accounts_and_bureaus_first(night):
    night(
        made={
            "measure.freshness": """
                customer_id | source    | source_freshness_days | stale_flag
                C1          | legal     | 32                    | true
                C2          | statement | 600                   | true
                C2          | esg       | 900                   | true
                C3          | bureau    | 180                   | false
                C4          | legal     | -                     | -         # nobody was asked: missing, not stale
            """
        }
    ).expect(
        "action.alert_outside",
        """
        rule_id | subject_id | severity | value | value_text
        EW15    | C1         | amber    | 32    | legal
        EW15    | C2         | amber    | 600   | statement
        """,
    )


def test_a_veto_by_name_alone_asks_a_person(night):
    night(made={"indicator.legal": "customer_id | veto_review_cnt\nC1 | 1\nC2 | 0"}).expect(
        "action.alert_outside",
        "rule_id | subject_id | severity | value_text\nEW05 | C1 | amber | match_review",
    )
