"""indicator.industry: what others say of an industry, and what our own book does."""

CUSTOMERS = """
    customer_id | industry_code
    MAKER       | C34
    SISTER      | C34
    SECTION     | C99
    TRADER      | F51
    UNLISTED    | Q83
    NOBODY      | -
"""
BANDS = """
    provider | industry_code | stated_on  | risk_band | competition | volatility | outlook   | default_rate
    list     | C34           | 2025-01-01 | 2         | 2           | 2          | improving | 0.01
    list     | C34           | 2026-01-01 | 4         | 3           | 5          | worsening | 0.035
    list     | C34           | 2026-11-21 | 1         | 1           | 1          | improving | 0.001
    other    | C34           | 2025-06-01 | 1         | 1           | 1          | stable    | 0.5
    list     | C             | 2026-05-01 | 3         | -           | -          | -         | -
    other    | F51           | 2025-06-01 | 5         | -           | -          | stable    | -
"""


def test_the_latest_statement_and_the_one_before(night):
    """EW18: a riskier band."""
    found = night(customer=CUSTOMERS, industry_band=BANDS)

    found.expect(
        "indicator.industry",
        """
        customer_id | industry_code | industry_source | industry_date | industry_risk_band | null_reason
        MAKER       | C34           | list            | 2026-01-01    | 4                  | -
        SISTER      | C34           | list            | 2026-01-01    | 4                  | -
        SECTION     | C99           | list            | 2026-05-01    | 3                  | -
        TRADER      | F51           | other           | 2025-06-01    | 5                  | -
        UNLISTED    | Q83           | -               | -             | -                  | industry_not_listed
        NOBODY      | -             | -               | -             | -                  | no_industry
        """,
    )
    found.expect(
        "indicator.industry",
        """
        industry_risk_band_prior | industry_band_prior_date | industry_band_rise | industry_code_source
        2                        | 2025-01-01               | 2                  | ledger
        """,
        customer_id="MAKER",
    )
    found.expect(
        "indicator.industry",
        """
        industry_competition | industry_volatility | industry_outlook | industry_outlook_points | industry_default_rate
        3                    | 5                   | worsening        | 0                       | 0.035
        """,
        customer_id="MAKER",
    )
    found.expect(
        "indicator.industry",
        "industry_outlook_points | industry_competition | industry_band_rise\n50 | - | -",
        customer_id="TRADER",
    )


def test_the_nearest_list_above_a_code_and_of_one_day_the_riskier(night):
    """Registers give four digits (C3411), lists mostly two (C34)."""
    found = night(
        customer="""
            customer_id | industry_code
            CLASS       | C3411
            GROUP       | C3420
            OTHER       | C3511
        """,
        industry_band="""
            provider | industry_code | stated_on  | risk_band
            list     | C             | 2026-06-01 | 3
            list     | C34           | 2026-01-01 | 2
            other    | C34           | 2026-01-01 | 4
            list     | C341          | 2026-01-01 | 1
        """,
    )

    found.expect(
        "indicator.industry",
        """
        customer_id | industry_risk_band | industry_source
        CLASS       | 1                  | list
        GROUP       | 4                  | other
        OTHER       | 3                  | list
        """,
    )


def test_the_bad_rate_of_our_own_book(night):
    """Open and more than 90 days past due, or written off in the last 12 months."""
    found = night(
        customer="""
            customer_id | industry_code
            DAY90       | C34
            DAY91       | C34
            LOST        | C34
            LONGAGO     | C34
            PAID        | C34
            SOLD        | C34
            NEVER       | C34
            ELSE        | F51
            NOCODE      | -
        """,
        invoice="""
            invoice_id | customer_id | due_date   | amount
            A          | DAY90       | 2026-08-22 | 100
            B          | DAY91       | 2026-08-21 | 100
            C          | LOST        | 2026-01-01 | 100
            D          | LONGAGO     | 2025-01-01 | 100
            E          | PAID        | 2026-01-01 | 100
            F          | SOLD        | 2026-01-01 | 100
            G          | ELSE        | 2026-11-01 | 100
            H          | NOCODE      | 2020-11-01 | 100
        """,
        payment="""
            invoice_id | customer_id | payment_date | amount | kind
            C          | LOST        | 2025-11-21   | 100    | write_off
            D          | LONGAGO     | 2025-11-20   | 100    | write_off
            E          | PAID        | 2026-11-20   | 100    | cash
            F          | SOLD        | 2026-06-01   | 100    | set_off
        """,
    )

    found.expect(
        "indicator.industry",
        """
        customer_id | industry_customer_cnt | industry_bad_cnt | industry_bad_rate | industry_bad_rate_reason
        NEVER       | 6                     | 2                | 0.333333          | -
        """,
        customer_id="NEVER",
    )
    found.expect(
        "indicator.industry",
        "industry_customer_cnt | industry_bad_cnt | industry_bad_rate\n1 | 0 | 0",
        customer_id="ELSE",
    )
    found.expect(
        "indicator.industry",
        "industry_customer_cnt | industry_bad_rate | industry_bad_rate_reason\n- | - | no_industry",
        customer_id="NOCODE",
    )


def test_nobody_billed_in_the_industry(night):
    night(customer=CUSTOMERS).expect(
        "indicator.industry",
        "industry_bad_rate | industry_bad_rate_reason\n- | none_billed",
        customer_id="TRADER",
    )
