"""indicator.performance and core.performance_ratio: 企业绩效评价 against standard values (C8)."""

from etl.policy.tables import POLICY_TABLES
from tests.sql.accounts import accounts, book
from tests.sql.night import model, write
from tests.sql.tables import parse

STANDARDS = """
    provider | edition | industry_code | company_size | ratio          | excellent | good  | average | low   | poor
    sasac    | 2008    | all           | all          | debt_to_assets | 0.48      | 0.589 | 0.687   | 0.864 | 0.966
    sasac    | 2008    | all           | all          | quick_ratio    | 1.251     | 1.032 | 0.745   | 0.475 | 0.271
"""
WEIGHTS = """
    ratio          | block | weight | is_reverse
    debt_to_assets | debt  | 12     | true
    quick_ratio    | debt  | 10     | false
"""
TABLE = "policy.performance_weight"


def judged(night, *rows, weights=WEIGHTS, standards=STANDARDS, **more):
    """A night under these weights in place of the scorecard's own."""
    more.setdefault("customer", "customer_id\nC1")
    found = night(industry_standard=standards, **book(*rows), **more)
    card = found.row("policy.segment", segment="default", policy_id="article")["scorecard_id"]
    given = [{"scorecard_id": card, **row} for row in parse(weights)]
    types = POLICY_TABLES[TABLE]
    found.files[TABLE] = [write(found.root, TABLE, types, given)]
    return found


def figures(debt=None, quick=None, **more):
    """Accounts with this debt and these quick assets on 1,000."""
    return {
        "total_assets": "1000",
        "total_liabilities": debt,
        "current_assets": quick,
        "inventory": "0" if quick else None,
        "current_liabilities": "1000",
        **more,
    }


def test_the_published_examples(night):
    """资产负债率 60 %, weight 12; 速动比率 90 %, weight 10."""
    found = judged(night, accounts(**figures("600", "900")))

    found.expect(
        "core.performance_ratio",
        """
        ratio          | value | weight | points   | band | standard           | average | null_reason
        debt_to_assets | 0.6   | 12     | 9.330612 | 3    | sasac 2008 ALL all | 0.687   | -
        quick_ratio    | 0.9   | 10     | 7.080139 | 3    | sasac 2008 ALL all | 0.745   | -
        """,
    )
    found.expect(
        "indicator.performance",
        """
        performance_total | performance_coverage | performance_ratio_cnt | ratio_band | null_reason
        74.594326         | 1                    | 2                     | 4          | -
        """,
    )


def test_every_band_and_both_of_its_sides(night):
    debts = ("480", "480.01", "589", "589.01", "687", "687.01", "864", "864.01", "966", "966.01")
    quicks = (
        "1251",
        "1250.99",
        "1032",
        "1031.99",
        "745",
        "744.99",
        "475",
        "474.99",
        "271",
        "270.99",
    )
    names = [f"C{place}" for place in range(10)]
    found = judged(
        night,
        *(
            accounts(name, **figures(*pair))
            for name, *pair in zip(names, debts, quicks, strict=True)
        ),
        customer="\n".join(["customer_id", *names]),
    )

    for ratio, weight in (("debt_to_assets", 12), ("quick_ratio", 10)):
        rows = [row for row in found.rows("core.performance_ratio") if row["ratio"] == ratio]
        assert [row["band"] for row in rows] == [5, 4, 4, 3, 3, 2, 2, 1, 1, 1]
        coefficients = [round(float(row["points"]) / weight, 3) for row in rows]
        assert coefficients == [1, 1, 0.8, 0.8, 0.6, 0.6, 0.4, 0.4, 0.2, 0]


def test_classes_of_the_total(night):
    """One ratio that runs from 0 to 1 in fifths: its points are its value × 100."""
    stair = """
        provider | edition | industry_code | company_size | ratio       | excellent | good | average | low | poor
        own      | 2025    | all           | all          | quick_ratio | 1         | 0.8  | 0.6     | 0.4 | 0.2
    """
    points = ("850", "849.99", "700", "699.99", "500", "499.99", "400", "399.99")
    names = [f"C{place}" for place in range(8)]
    found = judged(
        night,
        *(
            accounts(name, **figures("500", quick))
            for name, quick in zip(names, points, strict=True)
        ),
        customer="\n".join(["customer_id", *names]),
        standards=stair,
    )

    rows = found.rows("indicator.performance")
    assert [row["ratio_band"] for row in rows] == [5, 4, 4, 3, 3, 2, 2, 1]
    assert [float(row["performance_total"]) for row in rows] == [float(p) / 10 for p in points]
    assert {float(row["performance_coverage"]) for row in rows} == {0.454545}  # 10 of 22


def test_the_total_is_of_points_before_they_are_rounded(night):
    """The published examples, over few points: what rounding loses would be told a hundredfold."""
    weights = """
        ratio          | block | weight | is_reverse
        debt_to_assets | debt  | 0.12   | true
        quick_ratio    | debt  | 0.1    | false
    """
    found = judged(night, accounts(**figures("600", "900")), weights=weights)

    # (0.12 x 0.7775510204 + 0.1 x 0.7080139373) / 0.22
    found.expect("indicator.performance", "performance_total | ratio_band\n74.594326 | 4")


def test_the_nearest_standard_and_its_latest_edition_count(night):
    rows = [
        # provider, edition, industry, size, average (the values above and below it follow)
        ("sasac", "2024", "all", "all", "1"),
        ("sasac", "2023", "all", "large", "2"),
        ("sasac", "2022", "C", "all", "3"),
        ("sasac", "2021", "C34", "all", "4"),
        ("sasac", "2020", "C34", "all", "5"),
        ("sasac", "2019", "C34", "large", "6"),
        ("sasac", "2025", "C34", "small", "7"),
    ]
    standards = [
        {
            "provider": provider, "edition": edition, "industry_code": industry,
            "company_size": size, "ratio": "quick_ratio", "excellent": f"{average}.2",
            "good": f"{average}.1", "average": average, "low": "0.5", "poor": "0.4",
        }
        for provider, edition, industry, size, average in rows
    ]  # fmt: skip
    staff = {
        "LARGE": "1000",
        "MEDIUM": "999",
        "SMALL": "299",
        "NOBODY": None,
        "TRADE": "5",
        "BIG": "1000",
    }
    found = judged(
        night,
        *(accounts(name, **figures("500", "900", staff=people)) for name, people in staff.items()),
        standards=standards,
        customer="""
            customer_id | industry_code
            LARGE       | C34
            MEDIUM      | C34
            SMALL       | C34
            NOBODY      | C99
            TRADE       | -
            BIG         | F51
        """,
    )

    found.expect(
        "core.performance_ratio",
        """
        customer_id | standard
        LARGE       | sasac 2019 C34 large
        MEDIUM      | sasac 2021 C34 all
        SMALL       | sasac 2025 C34 small
        NOBODY      | sasac 2022 C all
        TRADE       | sasac 2024 ALL all
        BIG         | sasac 2023 ALL large
        """,
        ratio="quick_ratio",
    )


def test_the_book_as_it_is_printed(night):
    """C8, the older set: percent beside times. What an edition prints in percent it prints so for every industry."""
    printed = """
        provider | edition | industry_code | company_size | ratio          | excellent | good  | average | low  | poor
        sasac    | 2008版  | all           | all          | debt_to_assets | 48        | 58.9  | 68.7    | 86.4 | 96.6
        sasac    | 2008版  | all           | all          | quick_ratio    | 125.1     | 103.2 | 74.5    | 47.5 | 27.1
        sasac    | 2008版  | all           | all          | interest_cover | 3.3       | 2.7   | 1.8     | 0.4  | -2
        sasac    | 2008版  | F             | all          | research_ratio | 2         | 1.5   | 1.2     | 1    | 0.8
        sasac    | 2008版  | C34           | all          | research_ratio | 0.9       | 0.7   | 0.5     | 0.3  | 0.1
        older    | 2007    | all           | all          | debt_to_assets | 0.1       | 0.2   | 0.3     | 0.4  | 0.5
    """
    found = judged(
        night,
        accounts(
            **figures("600", "900"), ebit="27", interest_expense="10", revenue="1000",
            research_expense="7",
        ),
        customer="customer_id | industry_code\nC1 | C3411",
        standards=printed,
        weights="""
            ratio          | block  | weight | is_reverse
            debt_to_assets | debt   | 12     | true
            quick_ratio    | debt   | 10     | false
            interest_cover | debt   | 10     | false
            research_ratio | growth | 10     | false
        """,
    )  # fmt: skip

    found.expect(
        "core.performance_ratio",
        """
        ratio          | points   | band | standard             | average
        debt_to_assets | 9.330612 | 3    | sasac 2008版 ALL all | 0.687
        quick_ratio    | 7.080139 | 3    | sasac 2008版 ALL all | 0.745
        interest_cover | 8        | 4    | sasac 2008版 ALL all | 1.8
        research_ratio | 8        | 4    | sasac 2008版 C34 all | 0.005
        """,
    )


def test_standards_that_are_no_stair_or_not_whole_are_none(night):
    rows = """
        provider | edition | industry_code | company_size | ratio          | excellent | good  | average | low   | poor
        wrong    | 2024    | all           | all          | debt_to_assets | 0.966     | 0.864 | 0.687   | 0.589 | 0.48
        short    | 2025    | all           | all          | quick_ratio    | 1.251     | 1.032 | 0.745   | 0.475 | -
        gone     | 2025    | all           | all          | quick_ratio    | 1         | 1     | 1       | 1     | 1
    """
    standards = parse(rows)
    standards[-1]["is_deleted"] = "true"
    found = judged(night, accounts(**figures("600", "900")), standards=standards)

    found.expect(
        "indicator.performance",
        "performance_total | ratio_band | performance_coverage | null_reason\n- | - | 0 | no_standard",
    )


def test_what_has_no_value_is_left_out_of_the_total(night):
    found = judged(
        night,
        accounts("HALF", **figures("600")),
        accounts("NEITHER", total_assets="1000"),
        customer="customer_id\nHALF\nNEITHER\nNOBODY",
    )

    found.expect(
        "indicator.performance",
        """
        customer_id | performance_total | performance_coverage | ratio_band | null_reason
        HALF        | 77.755102         | 0.545455             | 4          | -
        NEITHER     | -                 | 0                    | -          | not_stated
        NOBODY      | -                 | -                    | -          | no_statement
        """,
    )


def test_a_fall_since_the_year_before(night):
    """EW10: two bands."""
    found = judged(
        night,
        accounts(**figures("864", "475")),
        accounts(year=2024, **figures("480", "745")),
        accounts("C2", **figures("864", "475")),
        accounts("C2", year=2024, **figures("480")),  # only one ratio is known in both years
        accounts("C3", **figures("864")),
        customer="customer_id\nC1\nC2\nC3",
    )

    found.expect(
        "core.performance_ratio",
        """
        ratio          | band | band_prior | value_prior | points_prior
        debt_to_assets | 2    | 5          | 0.48        | 12
        quick_ratio    | 2    | 3          | 0.745       | 6
        """,
        customer_id="C1",
    )
    found.expect(
        "indicator.performance",
        """
        customer_id | performance_total | performance_total_prior | ratio_band | ratio_band_prior
        C1          | 40                | 81.818182               | 2          | 4
        C2          | 40                | 100                     | 2          | 5
        C3          | 40                | -                       | 2          | -
        """,
    )
    found.expect(
        "indicator.performance",
        """
        customer_id | ratio_band_fall | ratio_band_worst_fall
        C1          | 2               | 3
        C2          | 3               | 3
        C3          | -               | -
        """,
    )


def test_weights_of_the_shipped_policy_add_up_and_name_ratios_there_are(night):
    rows = night().rows(TABLE)

    for card in {row["scorecard_id"] for row in rows}:
        mine = [row for row in rows if row["scorecard_id"] == card]
        assert sum(row["weight"] for row in mine) == 100
        ratios = set(model("event.statement").types)
        assert {row["ratio"] for row in mine} <= ratios
