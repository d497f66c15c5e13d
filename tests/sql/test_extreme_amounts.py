"""The longest amounts a record can hold end no night of the outside families."""

import pytest

from etl.entities import ENTITIES
from tests.sql.accounts import accounts, linked

MOST = "9999999999999999.99"
FAMILIES = (
    "indicator.finance",
    "indicator.performance",
    "indicator.bureau",
    "indicator.industry",
)


def filled(entity, value, **row):
    """The row with `value` in every amount it leaves out."""
    money = {c.name: value for c in ENTITIES[entity].columns if c.type == "DECIMAL(18,2)"}
    return {**money, **row}


@pytest.mark.parametrize("value", [MOST, f"-{MOST}", "0.01", "0"])
def test_the_longest_amounts(night, value):
    statements = [
        filled("statement", value, **accounts(year=2025)),
        filled("statement", MOST, **accounts(year=2024)),
    ]
    record = {"provider": "p", "record_id": "1", "customer_id": "C1", "report_date": "2026-01-01"}
    score = filled(
        "bureau_score", value, **record, scale_id="s", score="999999999999.999999",
        score_min="-999999999999.999999", score_max="999999999999.999999", currency="USD",
    )  # fmt: skip
    line = filled("bureau_line", value, **record, currency="USD", overdue_count="2147483647")
    links = [
        {"record_kind": kind, "record_key": key, "customer_id": "C1", "role_of_customer": "subject"}
        for kind, key in (
            ("bureau_score", "p|1|s|2026-01-01|C1"),
            ("bureau_line", "p|1|2026-01-01|C1"),
        )
    ]
    found = night(
        customer="customer_id | industry_code\nC1 | C34",
        changes={"book.base_currency": "CNY"},
        statement=statements,
        bureau_score=[score],
        bureau_line=[line, {**line, "report_date": "2025-01-01"}],
        trade_reference=[
            filled(
                "trade_reference", value, reference_id=str(n), referee=str(n), currency="USD",
                given_on="2026-01-01", days_late="9999999.99",
            )
            for n in range(3)
        ],
        industry_standard="""
            provider | edition | industry_code | company_size | ratio | excellent | good | average | low | poor
            p | 2025 | all | all | debt_to_assets | -999999999999.999999 | 0 | 0 | 1 | 999999999999.999999
        """,
        fx_rate="from_currency | to_currency | rate_date | rate\nUSD | CNY | 2026-11-20 | 9999999999",
        record_link=[*linked(statements), *links],
    )  # fmt: skip

    for family in FAMILIES:
        assert [row["customer_id"] for row in found.rows(family)] == ["C1"]
