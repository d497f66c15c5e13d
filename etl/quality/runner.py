"""One suite on one relation, run by Great Expectations' own SQL engine on our connection.

A verdict is passed, noted (info), warned (warning) or failed (critical). A check that could not run
is none of these: it is broken, and stops the night, because nothing is known about the data.
"""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import duckdb
import great_expectations as gx
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError, CompileError
from sqlalchemy.pool import StaticPool

from etl.errors import BrokenCheck
from etl.quality.dialect import URL, BufferedDialect, lend
from etl.quality.suite import BATCH, Rule, Suite

State = Literal["passed", "noted", "warned", "failed"]
Parameter = date | int | Decimal | str | None

_QUOTED_SQL = re.compile(r"\[SQL:|\(Background on|LINE \d+:")

FOUND: dict[str, State] = {"info": "noted", "warning": "warned", "critical": "failed"}


@dataclass(frozen=True)
class RuleResult:
    """What one rule found; `rule.query` is the query as it was run.

    `count`: offending rows, or 1 for a table rule that is not met."""

    rule: Rule
    state: State
    count: int
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """For quality.json."""
        return {
            "rule": self.rule.rule_id,
            "kind": self.rule.meta.kind,
            "severity": self.rule.severity,
            "state": self.state,
            "count": self.count,
            "sentence": self.sentence,
            "why": " ".join(self.rule.notes.split()),
        }


@dataclass(frozen=True)
class SuiteReport:
    """All rules of one suite, in the order of its file."""

    suite: Suite
    results: tuple[RuleResult, ...]

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """The critical rules that are not met."""
        return tuple(result for result in self.results if result.state == "failed")

    def as_dict(self) -> dict[str, Any]:
        """For quality.json."""
        return {
            "suite": self.suite.name,
            "failed": len(self.failed),
            "rules": [result.as_dict() for result in self.results],
        }


def bind(query: str, parameters: Mapping[str, Parameter]) -> str:
    """`query` with every `:name` replaced by its value as an SQL literal.

    Great Expectations has no parameters in queries; SQLAlchemy writes the literals, quoted. A
    parameter that the query names and nobody gave is a KeyError.
    """
    statement = text(query)
    wanted = statement._bindparams
    if not wanted:
        return query
    values = {name: parameters[name] for name in wanted}
    bound = statement.bindparams(**values)
    return str(bound.compile(dialect=BufferedDialect(), compile_kwargs={"literal_binds": True}))


def run_suite(
    connection: duckdb.DuckDBPyConnection,
    suite: Suite,
    parameters: Mapping[str, Parameter] | None = None,
    relation: str | None = None,
) -> SuiteReport:
    """Run `suite` on `relation` (its own name by default) through `connection`.

    The connection is borrowed: it must not be inside a transaction, and stays open.

    Raises:
        BrokenCheck: the relation is missing, a rule is not one Great Expectations knows, or a
            check raised.
    """
    relation = relation or suite.name
    rules = {rule.rule_id: _bound(suite, rule, relation, parameters or {}) for rule in suite.rules}
    schema, table = relation.split(".")
    try:
        # Great Expectations' own types say less than it takes.
        context: Any = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False}
        source = context.data_sources.add_sql(
            "lent",
            connection_string=URL,
            create_temp_table=False,
            kwargs={"poolclass": StaticPool, "creator": lend(connection)},
        )
        with warnings.catch_warnings():
            # It wants the schema in a connection string; a lent connection has none.
            warnings.simplefilter("ignore", DeprecationWarning)
            asset = source.add_table_asset(table, table_name=table, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("whole").get_batch()
        expectations = gx.ExpectationSuite(
            name=suite.name, expectations=[_expectation(rule) for rule in rules.values()]
        )
        validation = batch.validate(expectations, result_format="BASIC")
    except Exception as error:
        raise BrokenCheck(
            f"expectations/{suite.path.name} could not run on {schema}.{table}: {_said(error)}."
        ) from error

    found: dict[str, RuleResult] = {}
    outcomes: list[Any] = validation.results
    for outcome in outcomes:
        rule = rules[outcome.expectation_config.meta["rule_id"]]
        _refuse_broken(suite, rule, outcome)
        found[rule.rule_id] = _result(connection, suite, rule, outcome)
    for rule_id in rules:
        if rule_id not in found:
            # It leaves out, with a line in the log, what it cannot build.
            raise _broken(
                suite,
                rules[rule_id],
                f"Great Expectations knows no {rules[rule_id].type} with these kwargs",
            )
    return SuiteReport(suite, tuple(found[rule.rule_id] for rule in suite.rules))


def _bound(suite: Suite, rule: Rule, relation: str, parameters: Mapping[str, Parameter]) -> Rule:
    """The rule as it is run: its query names the relation and holds the parameters' values."""
    if rule.query is None:
        return rule
    try:
        query = bind(rule.query.replace(BATCH, relation), parameters)
    except KeyError as error:
        raise _broken(suite, rule, f"parameter :{error.args[0]} has no value here") from error
    except (ArgumentError, CompileError) as error:
        raise _broken(suite, rule, _said(error)) from error
    return rule.model_copy(update={"kwargs": {**rule.kwargs, "unexpected_rows_query": query}})


def _expectation(rule: Rule) -> dict[str, Any]:
    """The rule as Great Expectations takes it.

    For `{batch}` it would put a subquery, with an alias or without one depending on whether the
    query has a JOIN. Ours names the relation already; the placeholder it insists on is a comment.
    """
    expectation = rule.model_dump()
    if rule.query is not None:
        expectation["kwargs"]["unexpected_rows_query"] = f"/* {BATCH} */ {rule.query}"
    return expectation


def _refuse_broken(suite: Suite, rule: Rule, outcome: Any) -> None:
    """Great Expectations reports a check that raised as one that failed; tell them apart."""
    info = outcome.exception_info or {}
    # One flat record, or one record a metric, keyed by the metric.
    records = [info] if "raised_exception" in info else list(info.values())
    for record in records:
        if record.get("raised_exception"):
            raise _broken(suite, rule, _one_line(str(record.get("exception_message"))))
    if not outcome.success and not outcome.result:
        raise _broken(suite, rule, "Great Expectations gave neither a count nor a reason")


def _result(
    connection: duckdb.DuckDBPyConnection, suite: Suite, rule: Rule, outcome: Any
) -> RuleResult:
    if outcome.success:
        return RuleResult(rule, "passed", 0, "")
    state = FOUND[rule.severity]
    if rule.meta.kind == "row":
        return RuleResult(rule, state, int(outcome.result["observed_value"]), rule.meta.reason)
    return RuleResult(rule, state, 1, _sentence(connection, suite, rule))


def _sentence(connection: duckdb.DuckDBPyConnection, suite: Suite, rule: Rule) -> str:
    """The reason, with `{column}` filled from the first row the query returned."""
    if rule.query is None:
        return rule.meta.reason
    cursor = connection.execute(rule.query)
    names = [column[0] for column in cursor.description]
    values = cursor.fetchone() or [None] * len(names)
    try:
        return rule.meta.reason.format_map(dict(zip(names, values, strict=True)))
    except (KeyError, ValueError, IndexError) as error:
        raise _broken(suite, rule, f"its reason asks for {error}, which the query lacks") from error


def _broken(suite: Suite, rule: Rule, what: str) -> BrokenCheck:
    return BrokenCheck(
        f"expectations/{suite.path.name}, rule {rule.rule_id}: the check could not run: "
        f"{what.rstrip('.')}."
    )


def _said(error: BaseException) -> str:
    return _one_line(str(error) or type(error).__name__).rstrip(".")


def _one_line(message: str) -> str:
    """The message without the SQL, the links and the line breaks that libraries add to it."""
    kept = _QUOTED_SQL.split(message)[0]
    return " ".join(kept.split())[:300]
