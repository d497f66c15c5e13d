"""indicator.bureau: scores on their scales, reports before, limits, lines, tax credit, references."""

from tests.sql.accounts import accounts, linked
from tests.sql.tables import parse

YUAN = {"book.base_currency": "CNY"}
RATES = """
    from_currency | to_currency | rate_date  | rate
    USD           | CNY         | 2026-11-20 | 7.1
"""


def spelled(text, **names):
    """Rows of a text table, columns that go by a shorter name in it called as they are."""
    return [{names.get(name, name): cell for name, cell in row.items()} for row in parse(text)]


def scores(text):
    """Rows of bureau_score, found while asking about the customer they are about."""
    scale = {"provider": "qcc", "scale_id": "own", "score_min": "0", "score_max": "100"}
    names = {
        "limit": "recommended_limit", "default": "default_probability", "days": "days_beyond_terms"
    }  # fmt: skip
    rows = [{**scale, **row} for row in spelled(text, **names)]
    for place, row in enumerate(rows):
        row.setdefault("record_id", f"R{place}")
        row.setdefault("customer_id", "C1")
    return rows


def links(kind, rows, *parts, **more):
    """match.record_link of rows with this key."""
    return [
        {
            "record_kind": kind,
            "record_key": "|".join(row[part] or "" for part in (*parts, "customer_id")),
            "customer_id": row["customer_id"],
            "role_of_customer": "subject",
            **more,
        }
        for row in rows
    ]


def score_links(rows, **more):
    return links("bureau_score", rows, "provider", "record_id", "scale_id", "report_date", **more)


def rated(night, text, customers=("C1",), **more):
    """A night of these scores, all of them accepted."""
    rows = scores(text)
    return night(
        customer="\n".join(["customer_id", *customers]),
        changes=YUAN,
        bureau_score=rows,
        record_link=score_links(rows) + more.pop("record_link", []),
        **more,
    )


def test_a_score_keeps_its_scale_and_is_placed_on_it(night):
    """Q17: 575 on 300–850 is 0.5; where low is good the ends are the other way round."""
    found = rated(
        night,
        """
        customer_id | report_date | scale_id | score  | score_min | score_max | band
        HALF        | 2026-10-01  | us       | 575    | 300       | 850       | B
        LOW         | 2026-10-01  | de       | 200    | 600       | 100       | 2
        WORST       | 2026-10-01  | us       | 300    | 300       | 850       | E
        BEST        | 2026-10-01  | us       | 850    | 300       | 850       | A
        ABOVE       | 2026-10-01  | us       | 850.01 | 300       | 850       | A
        BELOW       | 2026-10-01  | de       | 600.01 | 600       | 100       | 6
        NONE        | 2026-10-01  | us       | -      | 300       | 850       | Not rated
        FLAT        | 2026-10-01  | us       | 5      | 5         | 5         | -
        OPEN        | 2026-10-01  | us       | 5      | -         | 850       | -
        """,
        customers=("HALF", "LOW", "WORST", "BEST", "ABOVE", "BELOW", "NONE", "FLAT", "OPEN", "C1"),
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | bureau_score_scale | bureau_score_raw | bureau_score_norm | bureau_score_norm_reason | bureau_band
        HALF | us | 575 | 0.5 | - | B
        LOW | de | 200 | 0.8 | - | 2
        WORST | us | 300 | 0 | - | E
        BEST | us | 850 | 1 | - | A
        ABOVE | us | 850.01 | - | out_of_scale | A
        BELOW | de | 600.01 | - | out_of_scale | 6
        NONE | us | - | - | not_scored | Not rated
        FLAT | us | 5 | - | no_scale | -
        OPEN | us | 5 | - | no_scale | -
        C1 | - | - | - | not_asked | -
        """,
    )


def test_the_latest_report_counts_and_the_one_before_is_on_the_same_scale(night):
    """EW06: a fall, and another class."""
    found = rated(
        night,
        """
        customer_id | provider   | report_date | scale_id | score | band
        C1          | qcc        | 2026-01-01  | own      | 80    | A
        C1          | qcc        | 2026-06-01  | own      | 70    | B
        C1          | creditsafe | 2026-07-01  | other    | 99    | A
        C1          | qcc        | 2026-08-01  | own      | 60    | B
        C1          | qcc        | 2026-11-21  | own      | 1     | E
        C2          | qcc        | 2026-08-01  | own      | 60    | B
        C2          | creditsafe | 2026-07-01  | own      | 99    | A
        C3          | qcc        | 2026-08-01  | own      | 60    | B
        C3          | qcc        | 2026-07-01  | own      | 40    | C
        """,
        customers=("C1", "C2", "C3"),
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | bureau_score_asof | bureau_score_prev | bureau_score_norm_prev | bureau_prev_asof
        C1          | 2026-08-01        | 70                | 0.7                    | 2026-06-01
        C2          | 2026-08-01        | -                 | -                      | -
        C3          | 2026-08-01        | 40                | 0.4                    | 2026-07-01
        """,
    )
    found.expect(
        "indicator.bureau",
        """
        customer_id | bureau_score_fall | bureau_band_prev | bureau_band_changed
        C1          | 0.1               | B                | no
        C2          | -                 | -                | -
        C3          | -0.2              | C                | yes
        """,
    )


def test_two_bureaus_that_disagree(night):
    """The latest counts, of one day the worse; who only states a limit takes no score from the other."""
    found = rated(
        night,
        """
        customer_id | provider | report_date | scale_id | score | score_min | score_max | band | limit | currency
        NEWER       | aaa      | 2026-11-01  | points   | 80    | 0         | 100       | A    | -     | -
        NEWER       | bbb      | 2026-11-02  | points   | 20    | 0         | 100       | D    | -     | -
        SAME_DAY    | aaa      | 2026-11-01  | points   | 80    | 0         | 100       | A    | -     | -
        SAME_DAY    | bbb      | 2026-11-01  | inverse  | 500   | 600       | 100       | 5    | -     | -
        LIMIT_ONLY  | aaa      | 2026-11-01  | points   | 80    | 0         | 100       | A    | -     | -
        LIMIT_ONLY  | bbb      | 2026-11-02  | limits   | -     | -         | -         | -    | 5000  | CNY
        WITHDRAWN   | aaa      | 2026-10-01  | points   | 80    | 0         | 100       | A    | -     | -
        WITHDRAWN   | aaa      | 2026-11-01  | points   | -     | 0         | 100       | NR   | -     | -
        """,
        customers=("NEWER", "SAME_DAY", "LIMIT_ONLY", "WITHDRAWN"),
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | bureau_provider | bureau_score_norm | m4_agency_rating | agency_limit_amount
        NEWER       | bbb             | 0.2               | D                | -
        SAME_DAY    | bbb             | 0.2               | 5                | -
        LIMIT_ONLY  | aaa             | 0.8               | A                | 5000
        WITHDRAWN   | aaa             | -                 | NR               | -
        """,
    )


def test_a_report_counts_for_whom_matching_accepted_it_and_once(night):
    rows = scores("""
        record_id | customer_id | report_date | score
        R1        | C1          | 2026-08-01  | 60
        R1        | C2          | 2026-08-01  | 60       # the same report, found for another number of ours
        R2        | C2          | 2026-09-01  | 10       # a person must look
        R3        | C2          | 2026-10-01  | 10       # taken back
    """)
    rows[3]["is_deleted"] = "true"
    made = score_links(rows)
    made[1] = {**made[1], "customer_id": "C1"}
    made[2] = {**made[2], "state": "review"}
    found = night(customer="customer_id\nC1\nC2", bureau_score=rows, record_link=made)

    found.expect(
        "indicator.bureau",
        """
        customer_id | bureau_score_raw | bureau_score_prev
        C1          | 60               | -
        C2          | -                | -
        """,
    )


def test_asked_and_nothing_known_is_not_the_same_as_not_asked(night):
    found = rated(
        night,
        "customer_id | report_date | score | product\nC1 | 2026-08-01 | 60 | score",
        customers=("C1", "NONE", "FAILED", "OTHER", "LATER"),
        inquiry="""
            provider | product | customer_id | keyword | asked_on   | outcome
            qcc      | score   | NONE        | x       | 2026-11-01 | none
            qcc      | score   | FAILED      | x       | 2026-11-01 | failed
            qcc      | courts  | OTHER       | x       | 2026-11-01 | none
            qcc      | score   | LATER       | x       | 2026-11-21 | none
        """,
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | bureau_score_norm_reason | null_reason   | agency_limit_amount_reason
        C1          | -                        | -             | no_limit_stated
        NONE        | nothing_known            | nothing_known | nothing_known
        FAILED      | not_asked                | not_asked     | not_asked
        OTHER       | not_asked                | not_asked     | not_asked
        LATER       | not_asked                | not_asked     | not_asked
        """,
    )


def test_a_file_that_asked_for_a_score_and_found_none_knows_that_there_is_none(night):
    found = rated(
        night,
        "customer_id | report_date | score\nC1 | 2026-08-01 | 60",
        customers=("C1", "NONE"),
        inquiry="""
            provider | product | customer_id | keyword | asked_on   | outcome
            ratingco | score   | NONE        | x       | 2026-11-01 | none
        """,
    )

    found.expect("indicator.bureau", "null_reason\nnothing_known", customer_id="NONE")


def test_limit_probability_and_days_are_each_from_the_latest_report_that_says(night):
    found = rated(
        night,
        """
        customer_id | provider | report_date | score | band | limit | currency | default | days
        C1          | a        | 2026-05-01  | 60    | B    | 1000  | USD      | 0.02    | -
        C1          | b        | 2026-06-01  | 70    | -    | -     | -        | -       | 7.5
        ZERO        | a        | 2026-05-01  | 60    | E    | 0     | EUR      | 0.4     | -
        NORATE      | a        | 2026-05-01  | 60    | E    | 1     | EUR      | -       | -
        """,
        customers=("C1", "ZERO", "NORATE"),
        fx_rate=RATES,
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | agency_limit_amount | agency_limit_amount_reason | agency_limit_date | m4_agency_rating
        C1          | 7100                | -                          | 2026-05-01        | B
        ZERO        | 0                   | -                          | 2026-05-01        | E
        NORATE      | -                   | no_fx                      | 2026-05-01        | E
        """,
    )
    found.expect(
        "indicator.bureau",
        """
        customer_id | default_probability | default_probability_date | bureau_dbt_days | bureau_dbt_date
        C1          | 0.02                | 2026-05-01               | 7.5             | 2026-06-01
        ZERO        | 0.4                 | 2026-05-01               | -               | -
        NORATE      | -                   | -                        | -               | -
        """,
    )


def test_how_good_the_agency_is_by_our_own_judgement(night):
    found = rated(
        night,
        """
        customer_id | provider | report_date | score
        C1          | a        | 2026-05-01  | 60
        C2          | b        | 2026-05-01  | 60
        """,
        customers=("C1", "C2"),
        agency_assessment="""
            provider | factor           | assessed_on | score | update_days
            a        | model            | 2026-01-01  | 4     | -
            a        | coverage         | 2026-01-01  | 3     | -
            a        | update_frequency | 2025-01-01  | 1     | 90     # an earlier judgement
            a        | update_frequency | 2026-01-01  | 5     | 1
            a        | fairness         | 2026-01-01  | 4     | -
            a        | accuracy         | 2026-01-01  | 2     | -
            a        | accuracy         | 2026-11-21  | 5     | -      # not yet
        """,
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | agency_quality_score | agency_factor_cnt | agency_update_days
        C1          | 65                   | 5                 | 1
        C2          | -                    | 0                 | -
        """,
    )
    found.expect(
        "indicator.bureau",
        """
        agency_model_score | agency_coverage_score | agency_update_score | agency_fairness_score | agency_accuracy_score
        4 | 3 | 5 | 4 | 2
        """,
        customer_id="C1",
    )


def lines(text):
    """Rows of bureau_line and their links."""
    names = {
        "owed": "balance_amount", "overdue": "overdue_amount", "times": "overdue_count",
        "days": "days_past_due_max",
    }  # fmt: skip
    said = {"provider": "pboc", "report_date": "2026-10-01"}
    rows = [{**said, **row} for row in spelled(text, **names)]
    for row in rows:
        row.setdefault("customer_id", "C1")
    return {
        "bureau_line": rows,
        "record_link": links("bureau_line", rows, "provider", "record_id", "report_date"),
    }


def test_credit_lines_of_the_latest_report(night):
    found = night(
        customer="customer_id\nGOOD\nFAIR\nLATE\nLOST\nSOME\nNONE",
        changes=YUAN,
        fx_rate=RATES,
        **lines("""
            customer_id | record_id | report_date | kind  | owed | overdue | times | days | status      | currency
            GOOD        | 1         | 2026-10-01  | loan  | 1000 | 0       | 0     | 0    | open        | CNY
            GOOD        | 2         | 2026-01-01  | loan  | 9    | 9       | 9     | 9    | default     | CNY
            FAIR        | 1         | 2026-10-01  | loan  | 1000 | 0       | 2     | 30   | open        | CNY
            FAIR        | 2         | 2026-10-01  | card  | 100  | 0       | 3     | 5    | closed      | USD
            FAIR        | 3         | 2026-10-01  | trade | 290  | 200     | 5     | 5    | open        | CNY
            LATE        | 1         | 2026-10-01  | trade | 1000 | 100     | 1     | 31   | open        | CNY
            LOST        | 1         | 2026-10-01  | lease | 1000 | 0       | 0     | 0    | written_off | CNY
            SOME        | 1         | 2026-10-01  | loan  | 1000 | 0       | 0     | 0    | open        | EUR
        """),
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | line_cnt | loan_overdue_cnt | line_days_past_due_max | line_default_cnt | adm_repay_band
        GOOD        | 1        | 0                | 0                      | 0                | good
        FAIR        | 3        | 5                | 30                     | 0                | fair
        LATE        | 1        | 0                | 31                     | 0                | poor
        LOST        | 1        | 0                | 0                      | 1                | poor
        SOME        | 1        | 0                | 0                      | 0                | good
        NONE        | -        | -                | -                      | -                | -
        """,
    )
    found.expect(
        "indicator.bureau",
        """
        customer_id | line_balance_amount | line_overdue_amount | line_overdue_share | adm_history_band | watch_flag
        GOOD        | 1000                | 0                   | 0                  | fair             | no
        FAIR        | 2000                | 200                 | 0.1                | fair             | no
        LATE        | 1000                | 100                 | 0.1                | fair             | no
        LOST        | 1000                | 0                   | 0                  | poor             | yes
        SOME        | -                   | -                   | -                  | fair             | no
        NONE        | -                   | -                   | -                  | -                | -
        """,
    )


def test_of_two_lists_of_one_day_the_one_with_more_delays(night):
    found = night(
        customer="customer_id\nC1",
        changes=YUAN,
        **lines("""
            provider | customer_id | record_id | report_date | kind | owed | overdue | times | days | status | currency
            aaa      | C1          | 1         | 2026-10-01  | loan | 1000 | 0       | 0     | 0    | open   | CNY
            bbb      | C1          | 2         | 2026-10-01  | loan | 1000 | 100     | 3     | 45   | open   | CNY
        """),
    )
    found.expect(
        "indicator.bureau", "line_provider | loan_overdue_cnt | adm_repay_band\nbbb | 3 | poor"
    )


def test_history_and_the_composite_for_admission(night):
    statement = accounts("ALL", total_assets="100", total_liabilities="60")
    under = accounts("UNDER", total_assets="100", total_liabilities="130")
    made = lines("""
        customer_id | record_id | kind | times | overdue | status
        ALL         | 1         | loan | 1     | 0       | open
    """)
    found = rated(
        night,
        """
        customer_id | report_date | score
        GOOD        | 2026-10-01  | 65
        ALL         | 2026-10-01  | 65
        FAIR        | 2026-10-01  | 64.99
        EDGE        | 2026-10-01  | 50
        POOR        | 2026-10-01  | 49.99
        """,
        customers=("GOOD", "ALL", "FAIR", "EDGE", "POOR", "UNDER", "NONE"),
        statement=[statement, under],
        bureau_line=made["bureau_line"],
        record_link=[*made["record_link"], *linked([statement, under])],
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | adm_history_band | watch_flag | adm_credit_score | adm_credit_part_cnt
        GOOD        | good             | no         | 65               | 1
        ALL         | fair             | no         | 51.666667        | 3       # (65 + 50 + 40) / 3
        FAIR        | fair             | no         | 64.99            | 1
        EDGE        | fair             | no         | 50               | 1
        POOR        | poor             | yes        | 49.99            | 1
        UNDER       | -                | -          | 0                | 1       # insolvent
        NONE        | -                | -          | -                | 0
        """,
    )


def test_the_tax_authoritys_level_of_the_latest_year(night):
    levels = {"A": "100", "B": "80", "M": "60", "C": "40", "D": "0", "X": "-"}
    rows = [
        {"provider": "qcc", "record_id": "T", "customer_id": name, "year": year, "level": level}
        for name in levels
        for year, level in (("2025", name), ("2024", "D"), ("2027", "A"))
    ]  # fmt: skip
    found = night(
        customer="\n".join(["customer_id", *levels, "NONE"]),
        tax_credit=rows,
        record_link=links("tax_credit", rows, "provider", "record_id", "year"),
    )

    found.expect(
        "indicator.bureau",
        "\n".join(
            [
                "customer_id | tax_credit_level | tax_credit_year | tax_credit_date | tax_credit_points"
            ]
            + [f"{name} | {name} | 2025 | 2025-12-31 | {points}" for name, points in levels.items()]
            + ["NONE | - | - | - | -"]
        ),
    )


def test_what_other_suppliers_say(night):
    """C10, trade reference: the median is 250,000."""
    found = night(
        customer="customer_id\nODD\nEVEN\nRATE\nOLD\nNONE",
        changes=YUAN,
        fx_rate=RATES,
        trade_reference="""
            customer_id | referee | given_on   | high_credit | currency | overdue_amount | days_late | rating
            ODD         | a       | 2026-01-01 | 100000      | CNY      | 5              | 10        | 5
            ODD         | b       | 2026-02-01 | 250000      | CNY      | 0              | 0         | 4
            ODD         | c       | 2026-03-01 | 900000      | CNY      | -              | -         | -
            ODD         | C       | 2026-01-01 | 1           | CNY      | 9              | 99        | 1  # before
            EVEN        | a       | 2026-01-01 | 100         | USD      | -              | -5        | 3
            EVEN        | b       | 2026-01-01 | 300.01      | CNY      | -              | -         | -
            EVEN        | c       | 2026-01-01 | -           | CNY      | -              | -         | -
            RATE        | a       | 2026-01-01 | 100         | EUR      | -              | 1         | -
            OLD         | a       | 2024-11-20 | 100         | CNY      | -              | -         | -  # old
            OLD         | b       | 2026-11-21 | 100         | CNY      | -              | -         | -
        """,
    )

    found.expect(
        "indicator.bureau",
        """
        customer_id | ref_cnt | ref_high_credit_median | ref_days_late_mean | ref_rating_mean | ref_overdue_cnt
        ODD         | 3       | 250000                 | 5                  | 4.5             | 1
        EVEN        | 3       | 505.01                 | -5                 | 3               | 0
        RATE        | 1       | -                      | 1                  | -               | 0
        OLD         | 0       | -                      | -                  | -               | 0
        NONE        | 0       | -                      | -                  | -               | 0
        """,
    )
