"""The rules on a night's tables: a whole small night passes, and every one of them can fail."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from etl import models
from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.matching.tables import MATCH_TABLES, types
from etl.night_tables import night_tables
from etl.policy import load_policies
from etl.quality.contract import contract_rules
from etl.quality.rule import Rule, Suite
from etl.quality.runner import SuiteReport, run_suite
from etl.quality.suite import read_suites

AS_OF = date(2026, 11, 21)
SCHEMAS = ("current", *dict.fromkeys(model.schema for model in models.models()))
CONTRACT = {
    rule.rule_id for entity in ENTITIES.values() for rule in contract_rules("current", entity)
}
SUITES = {suite.name: suite for schema in SCHEMAS for suite in read_suites(schema).values()}


def written(suite: Suite) -> list[Rule]:
    """The rules of its file; what the contract says is tested in test_quality_contract.py."""
    return [rule for rule in suite.rules if rule.rule_id not in CONTRACT]


# A late payer (C1), a prompt one in dollars (C2) and a prospect (C3).
BOOK = """
INSERT INTO current.customer BY NAME
    SELECT * FROM (VALUES ('C1', 'Late Ltd'), ('C2', 'Prompt Inc'), ('C3', 'Prospect'))
        AS t(customer_id, customer_name);
INSERT INTO current.invoice BY NAME
    SELECT * FROM (VALUES
        ('I1', 'C1', DATE '2026-06-01', DATE '2026-07-01', 100.00, 'CNY'),
        ('I2', 'C1', DATE '2026-10-01', DATE '2026-11-01', 200.00, 'CNY'),
        ('I3', 'C2', DATE '2026-09-01', DATE '2026-10-01', 50.00, 'USD'),
        ('I4', 'C1', DATE '2026-11-15', DATE '2026-12-15', 70.00, 'CNY')
    ) AS t(invoice_id, customer_id, invoice_date, due_date, amount, currency);
INSERT INTO current.payment BY NAME
    SELECT * FROM (VALUES
        ('P1', 'C1', DATE '2026-09-01', 100.00, 'CNY', 'I1', 'cash'),
        ('P2', 'C2', DATE '2026-09-20', 60.00, 'USD', NULL, 'cash'),
        ('P3', 'C1', DATE '2026-11-20', 15.00, 'CNY', NULL, 'cash')
    ) AS t(payment_id, customer_id, payment_date, amount, currency, invoice_id, kind);
INSERT INTO current.allocation BY NAME SELECT 'P2' payment_id, 'I3' invoice_id, '1' line, 50 amount;
INSERT INTO current.credit_note BY NAME
    SELECT 'N1' credit_note_id, 'C1' customer_id, 'I2' invoice_id, DATE '2026-10-10' credit_date,
        20 amount, 'CNY' currency, 'return' reason;
INSERT INTO current.claim BY NAME
    SELECT 'Q1' claim_id, 'C1' customer_id, 'I2' invoice_id, DATE '2026-10-15' claim_date,
        5 amount, 'CNY' currency, 'deduction' settled_by;
INSERT INTO current.dispute BY NAME
    SELECT 'D1' dispute_id, 'I2' invoice_id, DATE '2026-11-10' opened_date, 30 amount;
INSERT INTO current.invoice_balance BY NAME
    SELECT 'I4' invoice_id, DATE '2026-11-20' stated_on, 60 balance_amount;
INSERT INTO current.fx_rate BY NAME
    SELECT 'USD' from_currency, 'CNY' to_currency, DATE '2026-11-20' rate_date, 7.1 rate;
INSERT INTO current.listing BY NAME
    SELECT 'qichacha' provider, 'dishonest' kind, 'L1' record_id, 'C1' customer_id, 'Late Ltd' party_name,
        DATE '2026-10-01' listed_on, DATE '2026-11-20' known_on;
INSERT INTO current.bureau_score BY NAME
    SELECT 'qichacha' provider, 'B1' record_id, 'C1' customer_id, 'hundred' scale_id,
        DATE '2026-11-01' report_date, 40 score, 0 score_min, 100 score_max, 5000 recommended_limit,
        'CNY' currency, DATE '2026-11-20' known_on;
INSERT INTO match.record_link BY NAME
    SELECT * FROM (VALUES
        ('bureau_score', 'qichacha|B1|hundred|2026-11-01|C1', 'C1', 'qichacha', 'B1', 'subject',
         'number', 1, '', 'accepted', TRUE),
        ('listing', 'qichacha|dishonest|L1|C1', 'C1', 'qichacha', 'L1', 'subject', 'number', 1,
         '', 'accepted', TRUE)
    ) AS t(record_kind, record_key, customer_id, provider, record_id, role_of_customer, method,
        score, evidence, state, is_certain);
"""

# rule → what to do to the night so that it is broken; more of them in breaks/<table>.yaml.
TWICE = "INSERT INTO {table} SELECT * FROM {table} LIMIT 1"
LOST = "DELETE FROM {table}"
BREAKS = {
    "current_invoice.customer_unknown": "UPDATE {table} SET customer_id = 'C9'",
    "current_payment.invoice_unknown": "UPDATE {table} SET invoice_id = 'I9'",
    "current_payment.larger_than_invoice": "UPDATE {table} SET amount = 1000",
    "current_payment.currency_differs": "UPDATE {table} SET currency = 'USD'",
    "current_payment.before_invoice": "UPDATE {table} SET payment_date = DATE '2026-01-01'",
    "current_payment.nobodys": "UPDATE {table} SET customer_id = NULL, invoice_id = NULL",
    "current_allocation.larger_than_payment": "UPDATE {table} SET amount = 60.01",
    "current_allocation.payment_unknown": "UPDATE {table} SET payment_id = 'P9'",
    "current_allocation.invoice_unknown": "UPDATE {table} SET invoice_id = 'I9'",
    "current_credit_note.invoice_unknown": "UPDATE {table} SET invoice_id = 'I9'",
    "current_credit_note.larger_than_invoice": "UPDATE {table} SET amount = 200.01",
    "current_claim.invoice_unknown": "UPDATE {table} SET currency = 'USD'",
    "current_dispute.invoice_unknown": "UPDATE {table} SET invoice_id = 'I9'",
    "current_invoice_balance.invoice_unknown": "UPDATE {table} SET invoice_id = 'I9'",
    "current_invoice_balance.larger_than_invoice": "UPDATE {table} SET balance_amount = 70.01",
    "current_statement.unit_mixed": (
        "INSERT INTO {table} BY NAME SELECT 'files' provider, 'C1' customer_id, "
        "12 period_months, 'parent' basis, 'CNY' currency, FALSE is_deleted, "
        "CAST(year || '-12-31' AS DATE) period_end, CAST(assets AS DECIMAL(18, 2)) total_assets "
        "FROM (VALUES (2024, 1), (2025, 10000)) AS t (year, assets)"
    ),
    "current_instalment.not_the_invoice": (
        "INSERT INTO {table} BY NAME SELECT 'I1' invoice_id, '1' instalment_no, 99 amount, "
        "FALSE is_deleted"
    ),
    "current_group_member.impossible": (
        "INSERT INTO {table} BY NAME SELECT 'C1' customer_id, 'C1' parent_id, FALSE is_deleted"
    ),
    "current_fx_rate.there_and_back": (
        "INSERT INTO {table} BY NAME SELECT 'CNY' from_currency, 'USD' to_currency, "
        "rate_date, 0.5 rate, FALSE is_deleted FROM {table}"
    ),
    "currency.state_fits_rate": "UPDATE {table} SET rate_to_base = 0",
    "currency.one_base": "UPDATE {table} SET base_currency = currency",
    "currency.no_rate": "UPDATE {table} SET fx_state = 'no_fx', rate_to_base = NULL",
    "currency.aged_rate": "UPDATE {table} SET fx_state = 'aged'",
    "settlement.payment_lost": "DELETE FROM {table} WHERE kind = 'cash'",
    "settlement.payment_adds_up": "UPDATE {table} SET amount = amount + 0.01",
    "settlement.credit_adds_up": "DELETE FROM {table} WHERE kind = 'credit'",
    "settlement.from_the_future": "UPDATE {table} SET event_date = DATE '2026-11-22'",
    "settlement.applied_unseen": "UPDATE {table} SET kind = 'applied_unseen'",
    "legal_record.linked": "UPDATE {table} SET record_id = 'L9'",
    "legal_record.role": "UPDATE {table} SET role = 'plaintiff'",
    "customer.lost": LOST,
    "customer.twice": TWICE,
    "customer.without_master": "UPDATE {table} SET has_master = FALSE",
    "receivable.invoice_lost": LOST,
    "receivable.twice": TWICE,
    "receivable.adds_up": "UPDATE {table} SET open_amount = open_amount + 0.01",
    "receivable.parts_in_range": "UPDATE {table} SET disputed_amount = unpaid_amount + 0.01",
    "receivable.dates_fit": "UPDATE {table} SET days_overdue = NULL",
    "receivable.no_due_date": "UPDATE {table} SET due_date = NULL",
    "receivable.open_for_ten_years": "UPDATE {table} SET days_overdue = 4000",
    "aging.buckets_add_up": "UPDATE {table} SET current_amount = current_amount + 0.01",
    "aging.ledger_adds_up": "UPDATE {table} SET ledger_balance = ledger_balance + 0.01",
    "aging.covers_the_book": LOST,
    "aging.in_range": "UPDATE {table} SET past_due_share = 1.1",
    "letter_basis.customer_lost": LOST,
    "letter_basis.overdue_fits": "UPDATE {table} SET offending_item_cnt = overdue_item_cnt + 1",
    "letter_basis.collection_fits": "UPDATE {table} SET collected_base = collection_due_base + 1",
    "letter_basis.rate_has_a_base": "UPDATE {table} SET net_collection_rate = NULL",
    "payment_indicator.customer_lost": LOST,
    "payment_indicator.shares_in_range": "UPDATE {table} SET on_time_share_cnt = 1.1",
    "payment_indicator.days_fit": "UPDATE {table} SET days_overdue_p90 = days_overdue_max + 100",
    "payment_indicator.turnover_fits": "UPDATE {table} SET best_possible_dso = dso + 1",
    "payment_indicator.cei_range": "UPDATE {table} SET cei = 101",
    "payment_indicator.dso_high": "UPDATE {table} SET dso = 731",
    "payment_indicator.weighted_days_fit": "UPDATE {table} SET dbt_buckets = 106",
    "payment_indicator.paying_fits": "UPDATE {table} SET payment_gap_days_mean = 0",
    "payment_indicator.bad_debt_range": "UPDATE {table} SET bad_debt_ratio = 1.01",
    "payment_indicator.unusual_paying": "UPDATE {table} SET days_to_pay_wavg = -1",
    "credit_grade.customer_lost": LOST,
    "credit_grade.domain": "UPDATE {table} SET letter_overdue = 'E'",
    "credit_grade.interval_ordered": "UPDATE {table} SET grade_best = 'D', grade_worst = 'A'",
    "credit_grade.veto": "UPDATE {table} SET veto_flag = NOT veto_flag",
    "credit_grade.mostly_unrated": "UPDATE {table} SET final_grade = 'NR'",
    "customer_credit.customer_lost": LOST,
    "customer_credit.twice": TWICE,
    "customer_credit.no_grade": "UPDATE {table} SET final_grade = NULL",
    "evidence_item.open_invoice_lost": LOST,
    "evidence_item.domain": "UPDATE {table} SET aging_bucket = 'somewhere'",
    "grade_book.counts_everybody": LOST + " WHERE customer_cnt > 0 AND final_grade <> 'NR'",
    "grade_book.in_range": "UPDATE {table} SET overdue_amount = open_amount + 1",
    "outlook.possible": "UPDATE {table} SET to_letter = NULL",
    "outside_record.document_lost": LOST,
    "outside_record.domain": "UPDATE {table} SET role = 'plaintiff'",
    "outside_opinion.linked": "UPDATE {table} SET record_id = 'L9'",
    "outside_opinion.domain": "UPDATE {table} SET recommended_limit = NULL",
    "outside_opinion.off_scale": "UPDATE {table} SET score = score_max + 1",
    "outside_inquiry.customer_lost": LOST,
    "outside_inquiry.domain": "UPDATE {table} SET outcome = 'none'",
    "payment_month.month": "UPDATE {table} SET month_start = DATE '2026-12-01'",
    "payment_month.in_range": "UPDATE {table} SET billed_amount = -1",
}


@pytest.fixture(scope="module")
def night() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every table of a small night, made by the SQL files themselves."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET VARIABLE as_of = CAST(? AS DATE)", [AS_OF])
    for schema in (*SCHEMAS, "policy", "night", "match"):
        connection.execute(f"CREATE SCHEMA {schema}")
    for name, entity in ENTITIES.items():
        columns = [f"{c.name} {c.type}" for c in (*entity.columns, *HISTORY_COLUMNS)]
        connection.execute(f"CREATE TABLE current.{name} ({', '.join(columns)})")
    for name, table in MATCH_TABLES.items():
        columns = [f"{column} {type_}" for column, type_ in types(table).items()]
        connection.execute(f"CREATE TABLE match.{name} ({', '.join(columns)})")
    connection.execute(BOOK)
    for name in ENTITIES:
        connection.execute(f"UPDATE current.{name} SET is_deleted = FALSE")
    policies = load_policies("article", beside=Path.cwd(), base_currency="CNY")
    for name, (typed, rows) in night_tables(policies, AS_OF).items():
        columns = [f"{column} {type_}" for column, type_ in typed.items()]
        connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        for row in rows:
            holes = ", ".join("?" for _ in typed)
            connection.execute(f"INSERT INTO {name} VALUES ({holes})", [row[c] for c in typed])
    for model in models.models():
        make(connection, model)
    # The night before, the month before and the cohort were just the same.
    for earlier in models.EARLIER:
        connection.execute(f"CREATE SCHEMA {earlier}")
        for name, model in models.published().items():
            columns = ", ".join(f"{column} {type_}" for column, type_ in model.types.items())
            connection.execute(f"CREATE TABLE {earlier}.{name} ({columns})")
            if model.layer != models.COMPARISON:
                connection.execute(f"INSERT INTO {earlier}.{name} FROM {model.full_name}")
        # Its outcome is known: it was half a year ago.
        connection.execute(f"UPDATE {earlier}.portfolio_summary SET night_date = DATE '2026-05-21'")
    for model in models.comparisons():
        make(connection, model)
    yield connection
    connection.close()


def make(connection: duckdb.DuckDBPyConnection, model: models.Model) -> None:
    """One table of the night, made by its file."""
    casts = ", ".join(f"CAST({name} AS {type_}) AS {name}" for name, type_ in model.types.items())
    sql = re.sub(r":as_of\b", "getvariable('as_of')", model.sql)
    connection.execute(f"CREATE TABLE {model.full_name} AS SELECT {casts} FROM ({sql})")


def run(night: duckdb.DuckDBPyConnection, name: str) -> SuiteReport:
    return run_suite(night, SUITES[name], {"as_of": AS_OF})


def test_every_table_of_a_night_has_expectations() -> None:
    tables = {model.full_name for model in (*models.models(), *models.comparisons())}
    assert tables | {f"current.{name}" for name in ENTITIES} == set(SUITES)


def test_a_sound_night_passes(night: duckdb.DuckDBPyConnection) -> None:
    found = {
        result.rule.rule_id: result.state
        for name in SUITES
        for result in run(night, name).results
        if result.state != "passed"
    }
    assert found == {
        "settlement.applied_unseen": "noted",  # the balance of I4 knows of a payment of 10
        "currency.aged_rate": "noted",  # yesterday's rate
    }


for _path in sorted((Path(__file__).parent / "breaks").glob("*.yaml")):
    BREAKS |= yaml.safe_load(_path.read_text(encoding="utf-8"))


def test_every_rule_has_a_way_to_break() -> None:
    rules = {rule.rule_id for suite in SUITES.values() for rule in suite.rules}
    assert rules - CONTRACT == set(BREAKS)


@pytest.mark.parametrize("name", [name for name, suite in SUITES.items() if written(suite)])
def test_every_rule_finds_what_is_wrong(night: duckdb.DuckDBPyConnection, name: str) -> None:
    for rule in written(SUITES[name]):
        night.execute(f"CREATE OR REPLACE TABLE main.kept AS FROM {name}")
        night.execute(BREAKS[rule.rule_id].format(table=name))
        try:
            states = {result.rule.rule_id: result.state for result in run(night, name).results}
        finally:
            night.execute(f"CREATE OR REPLACE TABLE {name} AS FROM main.kept")
        assert states[rule.rule_id] != "passed", rule.rule_id
