"""The suites in expectations/, and how a bad one is refused."""

from collections import Counter
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from etl.entities import ENTITIES
from etl.errors import ZixinError
from etl.quality.suite import EXPECTATIONS, Suite, read_suite, read_suites

SUITES = [read_suite(path) for path in sorted(EXPECTATIONS.glob("*.yaml"))]
GOOD = """\
name: mart.sale
expectations:
  - type: unexpected_rows_expectation
    kwargs: {unexpected_rows_query: 'SELECT sale_id FROM {batch} WHERE amount < 0'}
    severity: critical
    notes: Nobody sells below nothing.
    meta: {rule_id: sale.negative, kind: row, reason: The sale is negative.}
"""


@pytest.mark.parametrize("name", ENTITIES)
def test_every_entity_is_checked_when_it_arrives_and_when_it_is_known(name: str) -> None:
    batch, current = read_suites("batch")[name], read_suites("current")[name]
    rules = {rule.rule_id: rule for rule in batch.rules}
    assert rules[f"{name}.key_blank"].severity == "critical"
    assert f"current_{name}.key_unique" in {rule.rule_id for rule in current.rules}
    if ENTITIES[name].one_version_per_batch:
        assert rules[f"{name}.key_unique"].meta.kind == "table"
    for column in ENTITIES[name].columns:
        if column.allowed:
            query = rules[f"{name}.{column.name}_unknown"].query or ""
            assert all(f"'{value}'" in query for value in column.allowed)


def test_a_rule_id_names_one_rule() -> None:
    counts = Counter(rule.rule_id for suite in SUITES for rule in suite.rules)
    assert [rule_id for rule_id, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
def test_queries_keep_to_the_subset_both_engines_know(suite: Suite) -> None:
    for rule in suite.rules:
        query = (rule.query or "").replace("{batch}", suite.name)
        assert "regexp" not in query.lower()
        for engine in ("duckdb", "spark"):
            [tree] = sqlglot.parse(query, dialect=engine)
            assert isinstance(tree, exp.Select), rule.rule_id


def test_a_row_rule_on_a_batch_names_the_row_and_spares_deletions() -> None:
    for name, suite in read_suites("batch").items():
        for rule in suite.rules:
            if rule.meta.kind == "row":
                query = " ".join((rule.query or "").split())
                assert query.startswith("SELECT seq FROM {batch} WHERE"), rule.rule_id
                is_key = rule.rule_id == f"{name}.key_blank"
                assert is_key or "WHERE NOT is_deleted AND" in query, rule.rule_id


def write(folder: Path, text: str) -> Path:
    path = folder / "mart.sale.yaml"
    path.write_text(text)
    return path


def test_a_good_suite_is_read(tmp_path: Path) -> None:
    suite = read_suite(write(tmp_path, GOOD))
    assert (suite.name, [rule.rule_id for rule in suite.rules]) == ("mart.sale", ["sale.negative"])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: critical", "severity: bad", "rule sale.negative, severity"),
        ("notes: Nobody sells below nothing.", "notes: ''", "rule sale.negative, notes"),
        ("    notes: Nobody sells below nothing.\n", "", "rule sale.negative, notes"),
        ("rule_id: sale.negative, ", "", "expectation 0, meta, rule_id"),
        ("kind: row", "kind: cell", "rule sale.negative, meta, kind"),
        ("{batch}", "mart.sale", r"must select FROM \{batch\}"),
        ("unexpected_rows_expectation", "expect_table_row_count_to_equal", "a row rule is an"),
        ("name: mart.sale", "name: mart.sales", "the file says mart.sale"),
        ("severity:", "sevirity:", "sevirity"),
        ("expectations:", "expectations: [", "is not YAML"),
        (GOOD, "", "mart.sale.yaml"),
    ],
)
def test_a_bad_suite_is_refused_with_the_rule_and_the_field(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(ZixinError, match=said):
        read_suite(write(tmp_path, GOOD.replace(old, new)))


def test_a_rule_id_used_twice_is_refused(tmp_path: Path) -> None:
    again = GOOD[GOOD.index("  - type") :]
    with pytest.raises(ZixinError, match=r"sale\.negative is used twice"):
        read_suite(write(tmp_path, GOOD + again))
