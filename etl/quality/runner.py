"""One suite on one relation, run by Great Expectations' own SQL engine on our connection.

A verdict is passed, noted (info), warned (warning) or failed (critical). A check that could not run
is none of these: it is broken, and stops the night, because nothing is known about the data.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import duckdb
import great_expectations as gx
from sqlalchemy import bindparam, text
from sqlalchemy.exc import ArgumentError, CompileError

from etl.engine.duckdb import literal
from etl.errors import BrokenCheck
from etl.quality.dialect import BufferedDialect
from etl.quality.library import ANYTHING, batch_of, lent
from etl.quality.rule import BATCH, ROWS_QUERY, Rule, Suite

State = Literal["passed", "noted", "warned", "failed"]
Parameter = date | int | Decimal | str | tuple[str, ...] | None

_QUOTED_SQL = re.compile(r"\[SQL:|\(Background on|LINE \d+:")

SMALL = 100_000
"""Rows up to which Great Expectations needs more time than the database. Asked together first, a rule
that found something is run twice, which a large relation should be spared."""

TOGETHER = 12
"""Suites asked about at once: the question costs Great Expectations the same, and more of them would only
make a statement that takes the database longer to plan."""

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
    """`query` with every `:name` replaced by its value as an SQL literal; several stand in brackets.

    Great Expectations has no parameters in queries; SQLAlchemy writes the literals, quoted. A
    parameter that the query names and nobody gave is a KeyError.
    """
    statement = text(query)
    wanted = statement._bindparams
    if not wanted:
        return query
    bound = statement.bindparams(
        *(
            bindparam(name, parameters[name], expanding=isinstance(parameters[name], tuple))
            for name in wanted
        )
    )
    return str(bound.compile(dialect=BufferedDialect(), compile_kwargs={"literal_binds": True}))


def run_suite(
    connection: duckdb.DuckDBPyConnection,
    suite: Suite,
    parameters: Mapping[str, Parameter] | None = None,
    relation: str | None = None,
) -> SuiteReport:
    """One suite on one relation; see `Checker`."""
    return Checker(connection).run(suite, parameters, relation)


@dataclass(frozen=True)
class _Asked:
    """A suite as it is run: its rules bound, those that are queries and those that ask about columns."""

    suite: Suite
    relation: str
    queries: tuple[Rule, ...]
    others: tuple[Rule, ...]

    def name_of(self, rule: Rule) -> str:
        """A rule's own name is its suite's alone."""
        return f"{self.suite.name} {rule.rule_id}"


class Checker:
    """Runs suites on a borrowed connection, which must not be inside a transaction and stays open.

    A rule of its own takes Great Expectations 6 ms, nearly all of it outside the database. So the
    rules of a suite, or of several, are first asked together whether any is broken, as one expectation
    whose unexpected rows are the names of the broken rules; those are then run one by one.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(
        self,
        suite: Suite,
        parameters: Mapping[str, Parameter] | None = None,
        relation: str | None = None,
    ) -> SuiteReport:
        """Run `suite` on `relation`, its own name by default.

        Raises:
            BrokenCheck: the relation is missing, a rule is not one Great Expectations knows, or a
                check raised.
        """
        [report] = self._reports([_asked(suite, relation or suite.name, parameters or {})])
        return report

    def run_all(
        self, suites: Sequence[Suite], parameters: Mapping[str, Parameter] | None = None
    ) -> list[SuiteReport]:
        """Each suite on the relation it is named after, in their order; raises as `run` does."""
        asked = [_asked(suite, suite.name, parameters or {}) for suite in suites]
        groups = [asked[first : first + TOGETHER] for first in range(0, len(asked), TOGETHER)]
        return [report for group in groups for report in self._reports(group)]

    def _reports(self, asked: Sequence[_Asked]) -> list[SuiteReport]:
        small = [one for one in asked if one.queries and self._rows(one) <= SMALL]
        suspect = {one.name_of(rule) for one in asked for rule in one.queries}
        if sum(len(one.queries) for one in small) > 1:
            found = self._suspects(small)
            if found is None and len(asked) > 1:
                # One of them raised: suite by suite, and then alone, it is named.
                return [report for one in asked for report in self._reports([one])]
            if found is not None:
                suspect -= {one.name_of(rule) for one in small for rule in one.queries} - found
        return [self._report(one, suspect) for one in asked]

    def _report(self, asked: _Asked, suspect: set[str]) -> SuiteReport:
        results = {
            rule.rule_id: RuleResult(rule, "passed", 0, "")
            for rule in asked.queries
            if asked.name_of(rule) not in suspect
        }
        queries = [rule for rule in asked.queries if asked.name_of(rule) in suspect]
        # A query names its relation; what asks about columns needs the table itself.
        for asset, rules in ((ANYTHING, queries), (asked.relation, asked.others)):
            if rules:
                results |= self._validate(asked.suite, asked.relation, asset, rules)
        return SuiteReport(asked.suite, tuple(results[rule.rule_id] for rule in asked.suite.rules))

    def _rows(self, asked: _Asked) -> int:
        relation = asked.relation
        try:
            [(rows,)] = self._connection.execute(f"SELECT COUNT(*) FROM {relation}").fetchall()
        except duckdb.Error as error:
            raise _unable(asked.suite, relation, error) from error
        return int(rows)

    def _suspects(self, asked: Sequence[_Asked]) -> set[str] | None:
        """The rules that return a row; None when they cannot be asked together."""
        names = " UNION ALL ".join(
            f"SELECT {literal(one.name_of(rule))} AS rule WHERE EXISTS ({rule.query})"
            for one in asked
            for rule in one.queries
        )
        together = {
            "type": ROWS_QUERY,
            "kwargs": {"unexpected_rows_query": f"/* {BATCH} */ {names}"},
            "severity": "critical",
        }
        first = asked[0]
        try:
            [outcome] = self._outcomes(
                first.suite, first.relation, ANYTHING, [together], "COMPLETE"
            )
        except BrokenCheck:
            if len(asked) == 1:
                raise
            return None
        if outcome.success:
            return set()
        rows = (outcome.result or {}).get("details", {}).get("unexpected_rows")
        return {row["rule"] for row in rows} if rows else None

    def _validate(
        self, suite: Suite, relation: str, asset: str, rules: Sequence[Rule]
    ) -> dict[str, RuleResult]:
        asked = {rule.rule_id: rule for rule in rules}
        found: dict[str, RuleResult] = {}
        for outcome in self._outcomes(
            suite, relation, asset, [_expectation(rule) for rule in rules], "BASIC"
        ):
            rule = asked[outcome.expectation_config.meta["rule_id"]]
            _refuse_broken(suite, rule, outcome)
            found[rule.rule_id] = _result(self._connection, suite, rule, outcome)
        for rule in rules:
            if rule.rule_id not in found:
                # It leaves out, with a line in the log, what it cannot build.
                raise _broken(
                    suite, rule, f"Great Expectations knows no {rule.type} with these kwargs"
                )
        return found

    def _outcomes(
        self,
        suite: Suite,
        relation: str,
        asset: str,
        expectations: list[dict[str, Any]],
        result_format: Literal["BASIC", "COMPLETE"],
    ) -> list[Any]:
        try:
            asked: Any = gx.ExpectationSuite(name=suite.name, expectations=expectations)
            with lent(self._connection):
                validation: Any = batch_of(asset).validate(asked, result_format=result_format)
        except Exception as error:
            raise _unable(suite, relation, error) from error
        return list(validation.results)


def _asked(suite: Suite, relation: str, parameters: Mapping[str, Parameter]) -> _Asked:
    rules = [_bound(suite, rule, relation, parameters) for rule in suite.rules]
    queries = tuple(rule for rule in rules if rule.query is not None)
    return _Asked(suite, relation, queries, tuple(rule for rule in rules if rule.query is None))


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
        f"{suite.source}, rule {rule.rule_id}: the check could not run: {what.rstrip('.')}."
    )


def _unable(suite: Suite, relation: str, error: BaseException) -> BrokenCheck:
    return BrokenCheck(f"{suite.source} could not run on {relation}: {_said(error)}.")


def _said(error: BaseException) -> str:
    return _one_line(str(error) or type(error).__name__).rstrip(".")


def _one_line(message: str) -> str:
    """The message without the SQL, the links and the line breaks that libraries add to it."""
    kept = _QUOTED_SQL.split(message)[0]
    return " ".join(kept.split())[:300]
