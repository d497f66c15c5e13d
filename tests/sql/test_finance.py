"""indicator.finance: ratios (C7, A9), Z-scores (C5), F-score (C6)."""

import pytest

from tests.sql.accounts import FIRM_F, accounts, book

MAKER = "customer_id | industry_code\nC1 | C34"
TRADER = "customer_id | industry_code\nC1 | F51"


def finance(night, *rows, customer=MAKER, **more):
    """The one customer's row of indicator.finance."""
    return night(customer=customer, **book(*rows), **more)


def crowd(night, *figures, before=None, customer=None):
    """A night of C0, C1 …, one customer for each of these accounts, with the year `before` if given."""
    names = [f"C{place}" for place in range(len(figures))]
    rows = [accounts(name, **each) for name, each in zip(names, figures, strict=True)]
    if before is not None:
        each_before = before if isinstance(before, list) else [before] * len(names)
        rows += [
            accounts(name, year=2024, **each) for name, each in zip(names, each_before, strict=True)
        ]
    return night(customer=customer or "\n".join(["customer_id", *names]), **book(*rows))


# --- ratios ------------------------------------------------------------------------------------


def test_firm_f_ratios(night):
    found = finance(night, accounts(**FIRM_F, operating_cash_flow="620", interest_expense="180"))

    found.expect(
        "indicator.finance",
        """
        debt_to_assets | current_ratio | quick_ratio | quick_ratio_strict | gross_margin | net_margin
        0.6            | 1.4           | 0.9         | 0.866667           | 0.25         | 0.04
        """,
    )
    found.expect(
        "indicator.finance",
        """
        debt_to_equity | return_on_equity | ebit_to_assets | neg_equity | is_insolvent | null_reason
        1.5            | 0.12             | 0.09           | no         | no           | -
        """,
    )
    found.expect(
        "indicator.finance",
        """
        cfo_to_current_liabilities | cfo_to_net_income | interest_cover
        0.206667                   | 1.291667          | 5
        """,
    )


NOTHING = (
    ({"current_liabilities": "0"}, "current_ratio", "no_current_liab"),
    ({"current_liabilities": "0"}, "quick_ratio", "no_current_liab"),
    ({"current_liabilities": "0"}, "cfo_to_current_liabilities", "no_current_liab"),
    ({"revenue": "0"}, "gross_margin", "no_revenue"),
    ({"revenue": "-5"}, "net_margin", "no_revenue"),
    ({"equity": "0"}, "debt_to_equity", "neg_equity"),
    ({"equity": "-4000", "net_income": "-480"}, "return_on_equity", "neg_equity"),
    ({"net_income": "0"}, "cfo_to_net_income", "no_profit"),
    ({"net_income": "-1"}, "cfo_to_net_income", "no_profit"),
    ({"interest_expense": "0"}, "interest_cover", "no_interest"),
)


def test_nothing_is_divided_by_nothing(night):
    whole = {**FIRM_F, "operating_cash_flow": "620", "interest_expense": "180"}
    found = crowd(night, *({**whole, **change} for change, _, _ in NOTHING))

    for place, (_, column, reason) in enumerate(NOTHING):
        row = found.row("indicator.finance", customer_id=f"C{place}")
        assert (row[column], row[f"{column}_reason"]) == (None, reason)


def test_what_is_not_stated_is_null_and_not_zero(night):
    found = finance(night, accounts(**{**FIRM_F, "inventory": None, "total_assets": "0"}))

    found.expect(
        "indicator.finance",
        """
        current_ratio | quick_ratio | quick_ratio_reason | debt_to_assets | ebit_to_assets | z2_score
        1.4           | -           | -                  | -              | -              | -
        """,
    )
    found.expect(
        "measure.indicator",
        """
        indicator   | null_reason
        quick_ratio | not_stated
        """,
        indicator="quick_ratio",
    )


def test_nobody_disappears_and_no_accounts_is_said(night):
    found = finance(night, accounts(**FIRM_F), customer="customer_id\nC1\nNONE")

    found.expect(
        "indicator.finance",
        """
        customer_id | statement_date | fin_source | debt_to_assets | amount_reason | null_reason
        C1          | 2025-12-31     | company    | 0.6            | no_fx         | -
        NONE        | -              | -          | -              | no_statement  | no_statement
        """,
    )


def test_turnover_and_growth_need_the_year_before(night):
    last = accounts(year=2024, total_assets="9000", receivables="1000", revenue="11000")
    this = accounts(**FIRM_F, receivables="1500")
    columns = "receivables_turnover | receivables_turnover_reason | revenue_growth | revenue_growth_reason"

    finance(night, this, last).expect("indicator.finance", f"{columns}\n9.6 | - | 0.090909 | -")
    finance(night, this).expect(
        "indicator.finance", f"{columns}\n- | no_year_before | - | no_year_before"
    )
    finance(night, this, {**last, "total_assets": "9000000000"}).expect(
        "indicator.finance", f"{columns}\n- | unit_mix | - | unit_mix"
    )
    finance(
        night, {**this, "receivables": "0"}, {**last, "receivables": "0", "revenue": "0"}
    ).expect("indicator.finance", f"{columns}\n- | no_receivables | - | no_revenue")


def test_amounts_are_in_the_base_currency_at_tonights_rate(night):
    figures = {**FIRM_F, "operating_cash_flow": "-620", "total_costs": "11000"}
    columns = "total_assets_amount | total_liabilities_amount | revenue | total_costs_amount"
    more = "net_income_amount | cfo | net_worth_amount | working_capital_amount | amount_reason"
    rates = "from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 7.1"
    bill = "invoice_id | due_date | amount\nI1 | 2026-12-01 | 1"  # the book is in CNY

    found = finance(night, accounts(**figures, currency="USD"), invoice=bill, fx_rate=rates)
    found.expect("indicator.finance", f"{columns}\n71000 | 42600 | 85200 | 78100")
    found.expect("indicator.finance", f"{more}\n3408 | -4402 | 28400 | 8520 | -")

    found = finance(night, accounts(**figures, currency="USD"), invoice=bill)  # no rate
    found.expect("indicator.finance", f"{columns} | debt_to_assets\n- | - | - | - | 0.6")
    found.expect("indicator.finance", f"{more}\n- | - | - | - | no_fx")

    mixed = accounts(year=2024, total_assets="90000000")
    found = finance(night, accounts(**figures), mixed, invoice=bill)
    found.expect("indicator.finance", f"{more}\n- | - | - | - | unit_mix")


def test_accounts_older_than_18_months_are_stale(night):
    ends = ("2025-05-20", "2025-05-19", "2025-12-31")
    found = crowd(night, *({**FIRM_F, "period_end": end, "is_audited": "true"} for end in ends))

    found.expect(
        "indicator.finance",
        """
        statement_date | is_statement_stale | statement_age_days | is_unaudited
        2025-05-20     | no                 | 549                | no
        2025-05-19     | yes                | 550                | no
        2025-12-31     | no                 | 324                | no
        """,
    )


def test_the_policy_says_how_old_accounts_may_be(night):
    """A month's end is no exception: 18 months before 31 October is 30 April, as in measure.freshness."""
    april = accounts(**{**FIRM_F, "period_end": "2025-04-30"})
    found = finance(night, april, as_of="2026-10-31")
    found.expect("indicator.finance", "is_statement_stale\nno")
    found.expect("measure.freshness", "stale_flag\nno", source="statement")
    found = finance(night, april, as_of="2026-11-01")
    found.expect("indicator.finance", "is_statement_stale\nyes")
    found.expect("measure.freshness", "stale_flag\nyes", source="statement")


def test_insolvent(night):
    found = crowd(
        night,
        {**FIRM_F, "total_liabilities": "10000.01", "equity": "-0.01"},
        {**FIRM_F, "total_liabilities": "10000", "equity": "0"},
    )

    found.expect(
        "indicator.finance",
        """
        is_insolvent | neg_equity | debt_to_assets | debt_to_equity
        yes          | yes        | 1.000001       | -
        no           | yes        | 1              | -
        """,
    )


# --- Z -----------------------------------------------------------------------------------------


def test_firm_f_by_every_z(night):
    found = finance(night, accounts(**FIRM_F, market_equity="5200"))

    found.expect(
        "indicator.finance",
        """
        z_score | z_zone | z1_score | z1_zone | z2_score | z2_zone | z2_em_score | z2_em_zone
        2.3278  | grey   | 1.94491  | grey    | 2.4832   | grey    | 5.7332      | grey
        """,
    )
    found.expect(
        "indicator.finance",
        """
        z_model | z_score_applied | z_zone_applied | z_applied_position | x4_capped
        z       | 2.3278          | grey           | 0.438814           | no
        """,
    )


def test_sales_with_a_coefficient_of_one(night):
    """X1 .34, X2 .15, X3 0, X4 .80, X5 1.6."""
    found = finance(
        night,
        accounts(
            total_assets="1000", current_assets="500", current_liabilities="160",
            retained_earnings="150", ebit="0", total_liabilities="500", equity="500",
            market_equity="400", revenue="1600",
        ),
    )  # fmt: skip

    found.expect("indicator.finance", "z_score | z_score_rounded\n2.6964 | 2.698")


def test_which_z_applies(night):
    markets = ("5200", None, "5200", None, "5200", "5200")
    found = crowd(
        night,
        *({**FIRM_F, "market_equity": market} for market in markets),
        customer="""
            customer_id | industry_code
            C0          | C34
            C1          | C34
            C2          | F51
            C3          | -
            C4          | 2834      # a bare number says nothing
            C5          | J66       # a bank
        """,
    )

    found.expect(
        "indicator.finance",
        """
        customer_id | z_model | z_score_applied
        C0          | z       | 2.3278
        C1          | z1      | 1.94491
        C2          | z2      | 2.4832
        C3          | z2      | 2.4832
        C4          | z2      | 2.4832
        C5          | -       | -
        """,
    )


def test_no_z_for_a_bank_and_no_z_of_1968_without_a_market_value(night):
    columns = "z_score_reason | z2_score_reason | z_applied_position_reason | debt_to_assets"
    bank = "customer_id | industry\nC1 | 商业银行"

    finance(night, accounts(**FIRM_F), customer=bank).expect(
        "indicator.finance", f"{columns}\nfinancial_firm | financial_firm | financial_firm | 0.6"
    )
    finance(night, accounts(**FIRM_F)).expect(
        "indicator.finance", f"{columns}\nno_market_value | - | - | 0.6"
    )


def test_the_edges_of_the_zones(night):
    """1.2 X1 + 1.4 X2 + 3.3 X3 with .5, 1 and .3 is 2.99 exactly, with .1, .5 and .3 it is 1.81."""
    upper = {"current_assets": "500", "retained_earnings": "1000"}
    lower = {"current_assets": "100", "retained_earnings": "500"}
    found = crowd(
        night,
        *(
            {
                **edge, "total_assets": "1000", "current_liabilities": "0", "ebit": ebit,
                "total_liabilities": "100", "market_equity": "0", "revenue": "0",
            }
            for edge in (upper, lower)
            for ebit in ("300.01", "300", "299.99")
        ),
    )  # fmt: skip

    assert [row["z_zone"] for row in found.rows("indicator.finance")] == [
        "safe", "grey", "grey", "grey", "grey", "distress"
    ]  # fmt: skip


def test_an_edge_met_by_no_round_fraction(night):
    """6.56 x 110,000 / 656,000 is 1.1 exactly, though 110,000 / 656,000 ends nowhere; a yuan less is distress."""
    found = crowd(
        night,
        *(
            {
                "total_assets": "656000", "current_assets": assets, "current_liabilities": "0",
                "retained_earnings": "0", "ebit": "0", "total_liabilities": "656000", "equity": "0",
            }
            for assets in ("110001", "110000", "109999", "260001", "260000")
        ),
    )  # fmt: skip

    assert [row["z2_zone"] for row in found.rows("indicator.finance")] == [
        "grey", "grey", "distress", "safe", "grey"
    ]  # fmt: skip


def test_no_z_where_assets_are_not_stated(night):
    finance(night, accounts(**{**FIRM_F, "total_assets": None})).expect(
        "indicator.finance",
        "z_model | z_score_applied | x4_capped | current_ratio\n- | - | - | 1.4",
    )


def test_x4_ends_at_ten_and_may_be_negative(night):
    cases = (
        ("400", "4000", False, 10.0),
        ("399.99", "4000", True, 10.0),
        ("0", "4000", True, 10.0),
        ("2000", "-500", False, -0.25),
    )
    found = crowd(
        night,
        *(
            {
                "total_assets": "4400", "current_assets": "0", "current_liabilities": "0",
                "retained_earnings": "0", "ebit": "0", "total_liabilities": liabilities,
                "equity": equity,
            }
            for liabilities, equity, _, _ in cases
        ),
    )  # fmt: skip

    for row, (_, equity, capped, x4) in zip(found.rows("indicator.finance"), cases, strict=True):
        assert float(row["z2_score"]) == pytest.approx(1.05 * x4, abs=1e-6)
        assert row["x4_capped"] is capped
        assert row["neg_equity"] is (equity == "-500")
        assert row["z2_zone"] == ("safe" if x4 > 0 else "distress")


def test_the_zone_of_the_year_before(night):
    """EW10: a zone lost since the year before."""
    before = {**FIRM_F, "retained_earnings": "3000"}
    found = finance(night, accounts(**FIRM_F), accounts(year=2024, **before), customer=TRADER)

    found.expect(
        "indicator.finance",
        """
        z2_zone | z2_zone_prior | z2_zone_fall | prior_statement_date
        grey    | safe          | 1            | 2024-12-31
        """,
    )
    finance(night, accounts(**FIRM_F)).expect(
        "indicator.finance", "z2_zone | z2_zone_prior | z2_zone_fall\ngrey | - | -"
    )


# --- F -----------------------------------------------------------------------------------------

THIS_YEAR = {
    "total_assets": "10000", "net_income": "480", "operating_cash_flow": "620",
    "long_term_debt": "2000", "current_assets": "4200", "current_liabilities": "3000",
    "equity_issued": "0", "revenue": "12000", "cost_of_sales": "9000",
}  # fmt: skip
YEAR_BEFORE = {
    "total_assets": "10000", "net_income": "410", "operating_cash_flow": "400",
    "long_term_debt": "2200", "current_assets": "4050", "current_liabilities": "3000",
    "revenue": "12500", "cost_of_sales": "9437.50",
}  # fmt: skip
TESTS = (
    "f_roa_positive", "f_cfo_positive", "f_roa_up", "f_accrual", "f_leverage_down",
    "f_liquidity_up", "f_no_issue", "f_margin_up", "f_turnover_up",
)  # fmt: skip


def test_piotroski(night):
    """ROA .048 / .041; CFO 620 > 480; leverage .20 / .22; 1.40 / 1.35; .25 / .245; 1.20 / 1.25."""
    row = finance(night, accounts(**THIS_YEAR), accounts(year=2024, **YEAR_BEFORE)).row(
        "indicator.finance"
    )

    assert row["f_score"] == 8
    assert [name for name in TESTS if not row[name]] == ["f_turnover_up"]


STILL = (
    ({"net_income": "0"}, "f_roa_positive"),
    ({"operating_cash_flow": "0"}, "f_cfo_positive"),
    ({"net_income": "410"}, "f_roa_up"),
    ({"operating_cash_flow": "480"}, "f_accrual"),
    ({"long_term_debt": "2200"}, "f_leverage_down"),
    ({"current_assets": "4050"}, "f_liquidity_up"),
    ({"equity_issued": "0.01"}, "f_no_issue"),
    ({"cost_of_sales": "9060"}, "f_margin_up"),  # .245 in both
    ({"revenue": "12500"}, "f_turnover_up"),  # 1.25 in both
)


def test_standing_still_passes_no_test(night):
    found = crowd(night, *({**THIS_YEAR, **change} for change, _ in STILL), before=YEAR_BEFORE)

    for row, (_, test) in zip(found.rows("indicator.finance"), STILL, strict=True):
        assert row[test] is False


def test_new_shares_where_nobody_says_so(night):
    cases = (
        ({"shares_outstanding": "100"}, {"shares_outstanding": "100"}, True),
        ({"shares_outstanding": "101"}, {"shares_outstanding": "100"}, False),
        ({"paid_in_capital": "90", "capital_reserve": "10"}, {"paid_in_capital": "100"}, True),
        ({"paid_in_capital": "101"}, {"paid_in_capital": "100"}, False),
        ({}, {}, None),
    )
    found = crowd(
        night,
        *({**THIS_YEAR, "equity_issued": None, **now} for now, _, _ in cases),
        before=[{**YEAR_BEFORE, **before} for _, before, _ in cases],
    )

    for row, (_, _, passed) in zip(found.rows("indicator.finance"), cases, strict=True):
        assert row["f_no_issue"] is passed
        assert row["f_score"] == (None if passed is None else 7 + passed)
        assert row["f_test_cnt"] == (8 if passed is None else 9)


def test_a_test_that_cannot_be_made_is_not_passed(night):
    """Without current liabilities there is no current ratio, so none that rose (C7). Shares bought back are no
    new ones."""
    found = crowd(
        night,
        {**THIS_YEAR, "current_liabilities": "0"},
        THIS_YEAR,
        {**THIS_YEAR, "equity_issued": "-50"},
        before=[YEAR_BEFORE, {**YEAR_BEFORE, "current_liabilities": "0"}, YEAR_BEFORE],
    )

    found.expect(
        "indicator.finance",
        """
        customer_id | f_liquidity_up | f_no_issue | f_test_cnt | f_score
        C0          | -              | yes        | 8          | -
        C1          | -              | yes        | 8          | -
        C2          | yes            | yes        | 9          | 8
        """,
    )


def test_no_f_score_without_the_year_before(night):
    finance(night, accounts(**THIS_YEAR)).expect(
        "indicator.finance", "f_score | f_score_reason\n- | no_year_before"
    )
