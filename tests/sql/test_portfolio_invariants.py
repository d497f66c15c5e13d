"""What holds for any ledger: month ends are what a clerk would count, and every mart shares the ledger out once."""

import tempfile
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given

from tests.sql.night import NIGHT, Night, build, policies
from tests.sql.worlds import A_FEW, Customer, rows, worlds

CENT = Decimal("0.01")


def month_ends(night: date) -> list[date]:
    """The last days of the 13 whole months before or on the night."""
    first = (night + timedelta(days=1)).replace(day=1)
    ends = []
    for _ in range(13):
        ends.append(first - timedelta(days=1))
        first = ends[-1].replace(day=1)
    return ends


def bucket(due: date | None, end: date) -> int:
    """1 current to 5 over 90 days, 6 no due date."""
    if due is None:
        return 6
    late = (end - due).days
    return next((n for n, most in enumerate((0, 30, 60, 90), start=1) if late <= most), 5)


def counted(found: Night) -> dict[tuple[date, str, int], Decimal]:
    """Every invoice on every month's end, one by one."""
    booked = defaultdict(list)
    for event in found.rows("event.settlement"):
        booked[event["invoice_id"]].append((event["event_date"], event["amount"]))
    balances: dict[tuple[date, str, int], Decimal] = defaultdict(Decimal)
    for item in found.rows("core.receivable"):
        for end in month_ends(found.as_of):
            if item["invoice_date"] > end:
                continue
            closed = sum((a for day, a in booked[item["invoice_id"]] if day <= end), Decimal(0))
            if item["amount"] - closed > CENT:
                place = end, item["currency"], bucket(item["due_date"], end)
                balances[place] += item["amount"] - closed
    return balances


@A_FEW
@given(world=worlds(NIGHT))
def test_month_ends_and_sums(world: list[Customer]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        night = Path(folder, "night")
        night.mkdir()
        found = build(night, rows(world), policies=policies())
        assert {
            (row["month_end"], row["currency"], row["bucket_no"]): row["open_amount"]
            for row in found.rows("indicator.month_aging")
        } == counted(found)

        ledger: dict[str, Decimal] = defaultdict(Decimal)
        for row in found.rows("indicator.aging"):
            ledger[row["currency"]] += row["open_amount"]
        forecast: dict[str, Decimal] = defaultdict(Decimal)
        for row in found.rows("mart.cash_forecast"):
            forecast[row["currency"]] += row["amount"]
        assert {c: a for c, a in ledger.items() if a} == dict(forecast)
        for policy in ("article", "balanced"):
            at_risk: dict[str, Decimal] = defaultdict(Decimal)
            for row in found.rows("mart.ar_at_risk"):
                if row["policy_id"] == policy:
                    at_risk[row["currency"]] += row["open_amount"]
            assert dict(at_risk) == dict(ledger)
        in_base = found.row("mart.portfolio_summary")["open_amount"]
        for method in ("policy_rate", "flow_rate", "sale_cohort"):
            matrix = [
                row
                for row in found.rows("mart.provision")
                if (row["policy_id"], row["method"]) == ("article", method)
            ]
            assert abs(sum(row["exposure_amount"] for row in matrix) - in_base) <= 6 * CENT
            assert all(0 <= row["provision_amount"] <= row["exposure_amount"] for row in matrix)
