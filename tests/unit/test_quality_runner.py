"""One suite on one relation: verdicts, parameters, and what is broken rather than failed."""

import gc
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool

from etl.errors import BrokenCheck
from etl.quality import dialect, runner
from etl.quality.runner import Checker, SuiteReport, run_suite
from etl.quality.suite import Suite, read_suite


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """`mart.sale`: ten sales, numbered from 0, of 0.00 to 9.00, one a day from 2026-01-01."""
    connection = duckdb.connect(":memory:")
    connection.execute("CREATE SCHEMA mart")
    connection.execute(
        "CREATE VIEW mart.sale AS SELECT range AS sale_id, CAST(range AS DECIMAL(18,2)) AS amount, "
        "CAST(DATE '2026-01-01' + INTERVAL (range) DAY AS DATE) AS sold_on FROM range(10)"
    )
    return connection


def suite(folder: Path, *rules: str) -> Suite:
    """A suite of `severity kind | SQL | reason` lines."""
    path = folder / "mart.sale.yaml"
    text = ["name: mart.sale", "expectations:"]
    for nth, rule in enumerate(rules):
        head, query, reason = (part.strip() for part in rule.split("|"))
        severity, kind = head.split()
        text += [
            "- type: unexpected_rows_expectation",
            f'  kwargs: {{unexpected_rows_query: "{query}"}}',
            f"  severity: {severity}",
            "  notes: Made up for a test.",
            f"  meta: {{rule_id: sale.rule{nth}, kind: {kind}, reason: '{reason}'}}",
        ]
    path.write_text("\n".join(text))
    return read_suite(path)


def verdicts(report: SuiteReport) -> list[tuple[str, int, str]]:
    return [(result.state, result.count, result.sentence) for result in report.results]


def test_severity_makes_the_verdict(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rules = suite(
        tmp_path,
        "critical row | SELECT sale_id FROM {batch} WHERE amount > 8 | Too large to be true.",
        "warning row | SELECT sale_id FROM {batch} WHERE amount > 7 | Unusually large.",
        "info row | SELECT sale_id FROM {batch} WHERE amount = 0 | Nothing was sold.",
        "critical row | SELECT sale_id FROM {batch} WHERE amount < 0 | Sold for less than nothing.",
    )

    report = run_suite(connection, rules)

    assert verdicts(report) == [
        ("failed", 1, "Too large to be true."),
        ("warned", 2, "Unusually large."),
        ("noted", 1, "Nothing was sold."),
        ("passed", 0, ""),
    ]
    assert [result.rule.rule_id for result in report.failed] == ["sale.rule0"]
    assert report.as_dict()["rules"][1] == {
        "rule": "sale.rule1",
        "kind": "row",
        "severity": "warning",
        "state": "warned",
        "count": 2,
        "sentence": "Unusually large.",
        "why": "Made up for a test.",
    }


def test_a_table_rule_says_what_it_found(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rules = suite(
        tmp_path,
        "critical table | SELECT SUM(amount) AS total FROM {batch} HAVING SUM(amount) > 40 "
        "| The sales are {total}, not 40.",
    )

    assert verdicts(run_suite(connection, rules)) == [("failed", 1, "The sales are 45.00, not 40.")]


def test_a_reason_that_quotes_what_is_not_there_is_broken(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rules = suite(tmp_path, "info table | SELECT 1 AS one FROM {batch} | There are {two} of them.")
    with pytest.raises(BrokenCheck, match=r"rule sale\.rule0: .*reason asks for 'two'"):
        run_suite(connection, rules)


def test_parameters_are_literals_never_text(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rules = suite(
        tmp_path,
        "critical row | SELECT sale_id FROM {batch} WHERE sold_on > CAST(:as_of AS DATE) | It is not sold yet.",
        "critical row | SELECT sale_id FROM {batch} WHERE 'x' = :name OR sale_id > :most | It is named so.",
        "critical row | SELECT sale_id FROM {batch} WHERE 'x' NOT IN :names | It is named otherwise.",
    )
    given = {
        "as_of": date(2026, 1, 8),
        "name": "' OR 1=1 --",
        "most": None,
        "names": ("') OR ('x'='x", "y"),
    }

    report = run_suite(connection, rules, given)

    assert [result.count for result in report.results] == [2, 0, 10]


def test_a_parameter_nobody_gave_is_broken(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rules = suite(
        tmp_path, "info row | SELECT sale_id FROM {batch} WHERE amount > :limit | Above the limit."
    )
    with pytest.raises(BrokenCheck, match=r"rule sale\.rule0: .*:limit has no value"):
        run_suite(connection, rules)


def test_a_missing_relation_is_broken(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rules = suite(tmp_path, "info row | SELECT sale_id FROM {batch} | All of it.")
    with pytest.raises(BrokenCheck, match=r"mart\.sale\.yaml could not run on mart\.nothing"):
        run_suite(connection, rules, relation="mart.nothing")


def test_a_rule_great_expectations_does_not_know_is_broken(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "mart.sale.yaml"
    path.write_text(
        "name: mart.sale\nexpectations:\n"
        "- type: expect_the_impossible\n  severity: info\n  notes: Made up for a test.\n"
        "  meta: {rule_id: sale.odd, kind: table, reason: It cannot be.}\n"
    )
    with pytest.raises(BrokenCheck, match="expect_the_impossible"):
        run_suite(connection, read_suite(path))


def test_great_expectations_own_rules_may_be_used_too(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "mart.sale.yaml"
    path.write_text(
        "name: mart.sale\nexpectations:\n"
        "- type: expect_table_row_count_to_be_between\n  kwargs: {min_value: 11}\n"
        "  severity: warning\n  notes: Made up for a test.\n"
        "  meta: {rule_id: sale.few, kind: table, reason: There are few sales.}\n"
        "- type: expect_column_values_to_not_be_null\n  kwargs: {column: amount}\n"
        "  severity: critical\n  notes: Made up for a test.\n"
        "  meta: {rule_id: sale.amount, kind: table, reason: An amount is missing.}\n"
    )
    assert verdicts(run_suite(connection, read_suite(path))) == [
        ("warned", 1, "There are few sales."),
        ("passed", 0, ""),
    ]


def test_a_long_list_of_offenders_is_counted_not_read(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute(
        "CREATE OR REPLACE VIEW mart.sale AS SELECT range AS sale_id FROM range(20000)"
    )
    rules = suite(tmp_path, "critical row | SELECT sale_id FROM {batch} | All of it.")

    assert verdicts(run_suite(connection, rules)) == [("failed", 20000, "All of it.")]


def test_a_list_that_was_cut_is_never_taken_for_the_whole(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    engine = create_engine(dialect.URL, poolclass=StaticPool, creator=dialect.lend(connection))
    query = text(f"SELECT range FROM range({dialect.KEPT + 5})")
    with engine.connect() as borrowed:
        assert len(borrowed.execute(query).fetchmany(200)) == 200
        for read_all in (
            lambda result: result.fetchall(),
            list,
            lambda result: result.fetchmany(dialect.KEPT * 2),
        ):
            with pytest.raises(dialect.TooManyRowsError):
                read_all(borrowed.execute(query))


def test_the_lender_keeps_the_connection(connection: duckdb.DuckDBPyConnection) -> None:
    engine = create_engine(dialect.URL, poolclass=StaticPool, creator=dialect.lend(connection))
    with engine.connect() as borrowed:
        borrowed.execute(text("SELECT 1"))
    engine.dispose()

    assert connection.execute("SELECT 1").fetchone() == (1,)


SOUND = "critical row | SELECT sale_id FROM {batch} WHERE amount < 0 | Sold for less than nothing."
BROKEN = "warning row | SELECT sale_id FROM {batch} WHERE amount > 7 | Unusually large."


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many expectations each question to Great Expectations held."""
    counts: list[int] = []
    outcomes = Checker._outcomes

    def counted(
        self: Checker, suite: Suite, relation: str, asset: str, expectations: Any, form: Any
    ) -> list[Any]:
        counts.append(len(expectations))
        return outcomes(self, suite, relation, asset, expectations, form)

    monkeypatch.setattr(Checker, "_outcomes", counted)
    return counts


def test_a_small_relation_is_asked_about_all_rules_at_once(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, asked: list[int]
) -> None:
    assert (
        verdicts(run_suite(connection, suite(tmp_path, SOUND, SOUND, SOUND)))
        == [("passed", 0, "")] * 3
    )
    assert asked == [1]


def test_a_broken_rule_is_then_asked_alone(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, asked: list[int]
) -> None:
    report = run_suite(connection, suite(tmp_path, SOUND, BROKEN, SOUND))

    assert [result.state for result in report.results] == ["passed", "warned", "passed"]
    assert report.results[1].count == 2
    assert asked == [1, 1]


def test_a_large_relation_is_asked_rule_by_rule(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    asked: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "SMALL", 9)

    report = run_suite(connection, suite(tmp_path, SOUND, BROKEN, SOUND))

    assert [result.state for result in report.results] == ["passed", "warned", "passed"]
    assert asked == [3]


def test_a_rule_that_raises_among_others_is_named(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    raising = "critical row | SELECT sale_id FROM {batch} WHERE CAST('x' AS INTEGER) = sale_id | Never found."
    with pytest.raises(BrokenCheck, match=r"rule sale\.rule1: the check could not run"):
        run_suite(connection, suite(tmp_path, SOUND, raising, BROKEN))


@pytest.fixture
def two_suites(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Callable[..., list[Suite]]:
    """The same rules over mart.sale and over mart.refund, which has the same rows."""
    connection.execute("CREATE TABLE mart.refund AS SELECT * FROM mart.sale")

    def make(*rules: str) -> list[Suite]:
        sale = suite(tmp_path, *rules)
        return [sale, replace(sale, name="mart.refund", source="expectations/mart.refund.yaml")]

    return make


def test_small_relations_are_asked_about_together(
    connection: duckdb.DuckDBPyConnection,
    two_suites: Callable[..., list[Suite]],
    asked: list[int],
) -> None:
    suites = two_suites(SOUND, BROKEN, SOUND)
    connection.execute("DELETE FROM mart.refund WHERE amount > 7")  # what BROKEN finds

    reports = Checker(connection).run_all(suites)

    assert [[result.state for result in report.results] for report in reports] == [
        ["passed", "warned", "passed"],
        ["passed", "passed", "passed"],
    ]
    assert [report.suite.name for report in reports] == ["mart.sale", "mart.refund"]
    assert asked == [1, 1], "one question for all, one for the rule that found something"


def test_a_rule_that_raises_in_one_of_several_suites_is_named_with_its_suite(
    connection: duckdb.DuckDBPyConnection, two_suites: Callable[..., list[Suite]]
) -> None:
    suites = two_suites(SOUND, BROKEN)
    connection.execute("ALTER TABLE mart.refund DROP COLUMN amount")

    with pytest.raises(BrokenCheck, match=r"mart\.refund\.yaml, rule sale\.rule0: the check could"):
        Checker(connection).run_all(suites)


COUNTS = """\
name: mart.sale
expectations:
- type: expect_table_row_count_to_equal
  kwargs: {value: 10}
  severity: critical
  notes: Made up for a test.
  meta: {rule_id: sale.ten, kind: table, reason: There are not ten sales.}
- type: unexpected_rows_expectation
  kwargs: {unexpected_rows_query: "SELECT sale_id FROM {batch} WHERE amount > 7"}
  severity: warning
  notes: Made up for a test.
  meta: {rule_id: sale.large, kind: row, reason: Unusually large.}
"""


def test_each_connection_is_asked_about_its_own_rows(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """Great Expectations is set up once; what it looks at is not."""
    path = tmp_path / "mart.sale.yaml"
    path.write_text(COUNTS)
    rules = read_suite(path)
    with duckdb.connect() as other:
        other.execute("CREATE SCHEMA mart")
        other.execute("CREATE TABLE mart.sale AS SELECT 1 AS sale_id, 5.00 AS amount")
        ours, theirs = Checker(connection), Checker(other)

        states = [
            [result.state for result in checker.run(rules).results]
            for checker in (ours, theirs, ours)
        ]

    assert states == [["passed", "warned"], ["failed", "passed"], ["passed", "warned"]]


def test_a_connection_is_given_back(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    before = sys.getrefcount(connection)

    run_suite(connection, suite(tmp_path, SOUND, BROKEN))
    gc.collect()

    assert sys.getrefcount(connection) == before
