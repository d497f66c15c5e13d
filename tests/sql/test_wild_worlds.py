"""No book is too untidy for a night: every table is made, the critical checks hold, nobody's money is lost."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from etl import models
from etl.quality.suite import EXPECTATIONS, read_suite
from tests.sql.night import NIGHT, Night, build, policies
from tests.sql.wild import book

BUCKETS = (
    "current",
    "overdue_1_30",
    "overdue_31_60",
    "overdue_61_90",
    "overdue_over_90",
    "no_due_date",
)
MADE = [model.full_name for model in (*models.models(), *models.comparisons())]
CHOICES: dict[str, list[Any]] = {
    "book.base_currency": ["CNY", "USD", "auto"],
    "book.unapplied_cash": ["oldest_first", "ignore"],
    "book.due_date_roll": ["none", "next_monday"],
    "overdue_letter.basis": ["worst", "p90"],
    "collection_letter.basis": ["cash", "literal"],
    "competitor_letter.mode": ["veto", "no_veto", "off"],
    "combination.extension": ["worst_c", "points"],
    "terms.limit.combine": ["min", "average"],
    "terms.limit.in_force": ["recommended", "approved"],
    "terms.limit.methods": [["net_worth", "requirement"], ["agency"], ["own_sales", "practice"]],
    "terms.limit.starter_amount": [0, 5000, "none_set"],
    "terms.limit.suspend": [[], ["dormant", "rejected"]],
    "terms.limit.rounding_step": [1, 1000],
    "terms.limit.use_grade_factor": [True, False],
    "terms.limit.max_amount": [None, 100],
    "terms.grades.D.factor": [0, 0.1],
    "terms.group.max_amount": [None, 1000],
    "terms.exposure.open_orders": ["whole", "undelivered", "none"],
    "terms.exposure.delivered_orders": [True, False],
    "terms.exposure.unapplied_cash": ["deduct", "ignore"],
    "terms.exposure.disputed": ["count", "ignore"],
    "terms.exposure.guarantees": ["ignore", "deduct"],
    "terms.gate.none_set": ["allow", "allow_prepaid", "hold"],
    "terms.gate.over_limit": ["hold", "allow_prepaid"],
    "portfolio.provision.method": ["policy_rate", "flow_rate", "sale_cohort"],
}  # fmt: skip


def nights(root: Path, seed: int) -> Night:
    """A night with one half a year and one a month before it, under a policy drawn at random. With an
    odd seed the book of that night is another one, and everything has changed."""
    chance = Random(seed)
    changes = {
        name: chance.choice(those) for name, those in CHOICES.items() if chance.random() < 0.6
    }
    policy = policies(chance.choice(["article", "balanced"]), changes)

    def one(day: date, of: int, **earlier: Night) -> Night:
        folder = root / day.isoformat()
        folder.mkdir()
        return build(folder, book(of, NIGHT), as_of=day, policies=policy, **earlier)

    cohort = one(date(2026, 5, 20), seed)
    month = one(date(2026, 10, 20), seed, before=cohort)
    of = seed + 1000 if seed % 2 else seed
    return one(NIGHT, of, before=month, month_ago=month, cohort=cohort)


def broken(found: Night) -> dict[str, list[Any]]:
    """Critical rule → rows that break it."""
    for name in MADE:
        found.file(name)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET VARIABLE as_of = CAST(? AS DATE)", [found.as_of])
        for name in {*found.files, *found.inputs}:
            schema, table = name.split(".")
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            connection.execute(
                f'CREATE VIEW "{schema}"."{table}" AS FROM read_parquet(\'{found.file(name)}\')'
            )
        rows = {}
        for name in MADE:
            file = EXPECTATIONS / f"{name}.yaml"
            for rule in read_suite(file).rules if file.exists() else ():
                if rule.severity == "critical" and rule.query:
                    asked = rule.query.replace("{batch}", name).replace(
                        ":as_of", "getvariable('as_of')"
                    )
                    rows[rule.rule_id] = connection.execute(asked).fetchmany(3)
        return {rule_id: found_rows for rule_id, found_rows in rows.items() if found_rows}


def assert_nothing_is_lost(found: Night) -> None:
    """What is billed less what is booked is in a bucket, or on account, for every customer and currency."""
    ledger: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in found.rows("core.receivable"):
        ledger[item["customer_id"], item["currency"]] += item["amount"]
    for event in found.rows("event.settlement"):
        ledger[event["customer_id"], event["currency"]] -= event["amount"]
    for age in found.rows("indicator.aging"):
        open_amount = sum(age[f"{name}_amount"] for name in BUCKETS)
        assert open_amount == age["open_amount"]
        on_account = age["unapplied_credit_amount"] + age["unapplied_cash_amount"]
        assert open_amount + on_account + age["residue_amount"] == age["ledger_balance"]
        assert age["ledger_balance"] == ledger.pop((age["customer_id"], age["currency"]))
    assert {who for who, _ in ledger} <= {None}, "nobody known paid it"

    everybody = [row["customer_id"] for row in found.rows("core.customer")]
    for name in ("terms.credit_limit", "action.order_gate", "grade.credit_grade"):
        mine = [row["customer_id"] for row in found.rows(name) if row["is_active"]]
        assert mine == everybody, name


@pytest.mark.parametrize(
    "seed", [4, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(5, 40))]
)
def test_a_night_over_any_book(tmp_path: Path, seed: int) -> None:
    found = nights(tmp_path, seed)

    assert broken(found) == {}
    assert_nothing_is_lost(found)
