"""event.statement: which accounts count; event.party_industry: which industry they are held against."""

import pytest

from tests.sql.accounts import FIRM_F, accounts, book, linked

CUSTOMERS = "customer_id\nC1"


def test_the_latest_year_counts_and_the_years_before_stand_behind_it(night):
    found = night(
        **book(
            accounts(year=2023, total_assets="80"),
            accounts(year=2024, total_assets="90"),
            accounts(year=2025, total_assets="100"),
            accounts(year=2026, total_assets="110"),  # not over on the night
        )
    )

    found.expect(
        "event.statement",
        """
        year_no | period_end | total_assets | has_year_before | asset_growth
        0       | 2025-12-31 | 100          | yes             | 0.111111
        1       | 2024-12-31 | 90           | yes             | 0.125
        """,
    )


def test_what_is_not_known_yet_published_later_deleted_or_half_a_year_does_not_count(night):
    good = accounts(year=2023, total_assets="1")
    found = night(
        **book(
            good,
            accounts(year=2025, total_assets="5", known_on="2026-11-21"),
            accounts(year=2025, total_assets="5", basis="consolidated", published_on="2026-11-21"),
            accounts(year=2024, total_assets="4", is_deleted="true"),
            accounts(year=2024, total_assets="4", period_months="6"),
            accounts(year=2024, basis="consolidated"),  # neither assets nor revenue
        )
    )

    found.expect("event.statement", "year_no | period_end\n0 | 2023-12-31")


def test_equity_alone_is_better_than_nothing_and_no_better_than_accounts(night):
    """4,000 of equity are what a limit by net worth starts from (C10); they hide no older accounts."""
    alone = accounts(year=2025, equity="4000")
    bill = "customer_id | invoice_id | due_date | amount\nC1 | I1 | 2026-12-01 | 1"
    night(invoice=bill, **book(alone)).expect(
        "indicator.finance",
        "statement_date | net_worth_amount | amount_reason\n2025-12-31 | 4000 | -",
    )
    night(**book(alone, accounts(year=2024, total_assets="1"))).expect(
        "event.statement", "year_no | period_end\n0 | 2024-12-31"
    )


def test_a_statement_counts_only_for_whom_matching_accepted_it(night):
    row = accounts(total_assets="1")
    found = night(statement=[row], record_link=linked([row], state="review"))

    assert found.rows("event.statement") == []


@pytest.mark.parametrize(
    ("this", "that"),
    [
        ({"is_audited": "true"}, {"is_audited": "false", "revenue": "1"}),
        ({"revenue": "1"}, {"basis": "consolidated"}),  # fuller
        ({"basis": "consolidated"}, {"basis": "parent"}),
        ({"published_on": "2026-04-30"}, {"published_on": "2026-04-29"}),
        ({"provider": "a"}, {"provider": "b"}),  # a tie: by the record's key
    ],
    ids=["audited", "fuller", "consolidated", "published later", "key"],
)
def test_of_two_statements_of_a_year_one_counts(night, this, that):
    # The other's assets differ, so that it shows which one it was.
    winner = accounts(total_assets="100", **{"provider": "p", "party_id": "1", **this})
    loser = accounts(total_assets="101", **{"provider": "p", "party_id": "2", **that})

    night(**book(loser, winner)).expect("event.statement", "year_no | total_assets\n0 | 100")


def test_the_year_before_has_the_same_basis_and_currency(night):
    found = night(
        **book(
            accounts(year=2025, total_assets="100", basis="consolidated"),
            accounts(year=2024, total_assets="90", basis="parent"),
            accounts(year=2024, total_assets="80", basis="consolidated", currency="USD"),
            accounts("C2", year=2025, total_assets="100"),
            accounts("C2", year=2024, total_assets="50", provider="registry"),  # another's will do
        )
    )

    found.expect(
        "event.statement",
        """
        customer_id | year_no | total_assets | has_year_before
        C1          | 0       | 100          | no
        C2          | 0       | 100          | yes
        C2          | 1       | 50           | no
        """,
    )


@pytest.mark.parametrize(
    ("end", "is_year_before"),
    [
        ("2024-12-11", "yes"),  # 385 days
        ("2024-12-10", "no"),
        ("2025-01-20", "yes"),  # 345 days
        ("2025-01-21", "no"),
    ],
)
def test_a_year_of_52_or_53_weeks_is_a_year(night, end, is_year_before):
    found = night(**book(accounts(total_assets="2"), accounts(period_end=end, total_assets="1")))

    found.expect("event.statement", f"has_year_before\n{is_year_before}", year_no=0)


def test_amounts_500_times_off_are_in_another_unit(night):
    def year(customer, assets, **more):
        return accounts(customer, total_assets=assets, total_liabilities="50", revenue="70", **more)

    found = night(
        **book(
            year("JUMP", "100"), year("JUMP", "50000", year=2024),
            year("GREW", "100"), year("GREW", "49999.99", year=2024),
            year("PART", "100", current_assets="50000"),
            year("BIG", "100", current_assets="49999.99"),
            year("TWO", "100"), year("TWO", "50000", provider="registry"),
        )
    )  # fmt: skip

    found.expect(
        "event.statement",
        """
        customer_id | is_contradictory | is_unit_mixed | has_year_before | debt_to_assets | asset_growth
        JUMP        | no               | yes           | no              | 0.5            | -
        GREW        | no               | no            | yes             | 0.5            | -0.998
        PART        | yes              | yes           | no              | -              | -
        BIG         | no               | no            | no              | 0.5            | -
        TWO         | yes              | yes           | no              | -              | -
        """,
        year_no=0,
    )


def test_what_follows_from_the_other_figures_is_filled_in_and_nothing_else(night):
    found = night(
        **book(
            accounts(
                "OWES", total_assets="100", equity="40", pretax_profit="7", interest_expense="3"
            ),
            accounts("OWNS", total_assets="100", total_liabilities="140"),
            accounts("ODD", total_assets="100", equity="140"),
        )
    )

    found.expect(
        "event.statement",
        """
        customer_id | total_liabilities | equity | ebit | debt_to_assets
        OWES        | 60                | 40     | 10   | 0.6
        OWNS        | 140               | -40    | -    | 1.4
        ODD         | -                 | 140    | -    | -
        """,
    )


def test_ratios_over_two_years_take_the_mean_of_both_ends(night):
    found = night(
        **book(
            accounts(
                **FIRM_F, receivables="1500", operating_profit="880", pretax_profit="640",
                total_costs="11000", operating_cash_flow="620", paid_in_capital="2000",
                capital_reserve="500", non_performing_assets="100", interest_bearing_debt="1800",
                contingent_liabilities="200", research_expense="360",
            ),
            accounts(
                year=2024, total_assets="9000", current_assets="3800", receivables="1000",
                equity="3800", revenue="11000", operating_profit="800", paid_in_capital="2000",
                capital_reserve="500",
            ),
        )
    )  # fmt: skip

    found.expect(
        "event.statement",
        """
        receivables_turnover | revenue_growth | return_on_equity_avg | return_on_assets | asset_turnover
        9.6                  | 0.090909       | 0.123077             | 0.094737         | 1.263158
        """,
        year_no=0,
    )
    found.expect(
        "event.statement",
        """
        current_asset_turnover | cash_recovery | return_on_capital | capital_preservation | operating_margin
        3                      | 0.065263      | 0.192             | 1.052632             | 0.073333
        """,
        year_no=0,
    )
    found.expect(
        "event.statement",
        """
        cost_profit_ratio | bad_asset_ratio | interest_debt_ratio | contingent_ratio | operating_profit_growth
        0.058182          | 0.01            | 0.3                 | 0.05             | 0.1
        """,
        year_no=0,
    )
    found.expect("event.statement", "asset_growth | research_ratio\n0.111111 | 0.03", year_no=0)


def test_a_ratio_too_long_to_publish_ends_no_night(night):
    found = night(
        **book(accounts(total_assets="0.01", revenue="0.01", net_income="9999999999999999.99"))
    )

    found.expect("event.statement", "net_margin | debt_to_assets\n- | -")


def test_the_industry_comes_from_the_ledger_before_the_register(night):
    registrations = [
        {"provider": "qcc", "record_id": who, "customer_id": who, "industry_code": code, "industry": words}
        for who, code, words in [
            ("CODED", "F51", "批发业"), ("WORDS", "F51", "批发业"), ("ASKED", "6419", "Banks"),
            ("NAMED", None, "软件业"), ("WAITS", "C17", "纺织业"),
        ]
    ]  # fmt: skip
    found = night(
        customer="""
            customer_id | industry_code | industry
            CODED       | c34           | 机械      # as stated, upper case
            WORDS       | -             | 通用设备制造业
            ASKED       | -             | -
            NAMED       | -             | -
            TALKS       | -             | Ship manufacturing
            WAITS       | -             | -
        """,
        registration=registrations,
        industry_band="""
            provider | industry_code | industry_name  | stated_on
            list     | C34           | 通用设备制造业 | 2026-01-01
            list     | C99           | 通用设备制造业 | 2025-01-01    # as it was called before
            list     | I65           | 软件业         | 2026-01-01
        """,
        record_link=[
            {
                "record_kind": "registration",
                "record_key": f"qcc|{row['record_id']}|{row['customer_id']}",
                "customer_id": row["customer_id"],
                "role_of_customer": "subject",
                "state": "review" if row["record_id"] == "WAITS" else "accepted",
            }
            for row in registrations
        ],
    )

    found.expect(
        "event.party_industry",
        """
        customer_id | industry_code | industry_name      | industry_from | is_manufacturer | is_financial
        CODED       | C34           | 机械               | ledger        | yes             | no
        WORDS       | C34           | 通用设备制造业     | ledger_name   | yes             | no
        ASKED       | 6419          | Banks              | register      | -               | yes
        NAMED       | I65           | 软件业             | register_name | no              | no
        TALKS       | -             | Ship manufacturing | name_only     | yes             | no
        """,
    )
