"""measure.indicator: one row a customer and scored indicator, with a reason where there is no value."""

from etl.catalogue import catalogue


def test_every_customer_has_every_scored_indicator(night):
    found = night(
        customer="customer_id\nPAYS\nNEVER_BILLED",
        invoice="""
            invoice_id | customer_id | due_date   | amount
            BILL       | PAYS        | 2026-11-01 | 300
        """,
        payment="""
            invoice_id | customer_id | payment_date | amount
            BILL       | PAYS        | 2026-11-03   | 300      # two days late
        """,
    )
    scored = [line.indicator for line in catalogue() if line.is_scored == "yes"]

    rows = found.rows("measure.indicator")

    assert sorted(scored) == [row["indicator"] for row in rows if row["customer_id"] == "PAYS"]
    assert len(rows) == 2 * len(scored)
    found.expect(
        "measure.indicator",
        """
        customer_id  | value | unit | sample_size | null_reason
        PAYS         | 2     | days | 1           | -
        NEVER_BILLED | -     | days | 0           | never_billed
        """,
        indicator="days_overdue_max",
    )
