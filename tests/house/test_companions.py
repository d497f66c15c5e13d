"""A table comes with everything that makes it trustworthy: expectations, a test, words for people.

These messages are the guide to adding an indicator; docs/adding-an-indicator.md is the long form.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from etl import measure, models
from etl.catalogue import catalogue as read
from etl.entities import ENTITIES
from etl.models import Model
from etl.quality.suite import read_suite
from tests.house.repository import ROOT, listed

WORDS = ("name_zh", "name_en", "meaning_zh", "meaning_en")
UNITS = (
    "share", "days", "months", "hours", "percent", "points", "ratio", "per_month", "money", "flag",
    "count", "",
)  # fmt: skip


def without_expectations(tables: list[Model], folder: Path) -> Iterator[str]:
    """Tables that nothing checks before they are published."""
    for table in tables:
        if not (folder / f"{table.full_name}.yaml").is_file():
            yield (
                f"sql/{table.layer}/{table.name}.sql has no expectations: write "
                f"expectations/{table.full_name}.yaml; what can never be true of a row, and what "
                "must add up, with a severity and a note each"
            )


def expectations_without_table(names: set[str], folder: Path) -> Iterator[str]:
    """Suites that would never run."""
    for path in sorted(folder.glob("*.yaml")):
        schema, table = path.stem.split(".", 1)
        if path.stem not in names and not (schema == "batch" and table in {*ENTITIES, "feed"}):
            yield f"expectations/{path.name} is about {path.stem}, which nothing makes: rename it"


def without_test(tables: list[Model], tests: dict[str, str]) -> Iterator[str]:
    """Tables that no test under tests/sql names."""
    for table in tables:
        if not any(
            re.search(rf"\b{re.escape(table.full_name)}\b", text) for text in tests.values()
        ):
            yield (
                f"sql/{table.layer}/{table.name}.sql has no test: write one in tests/sql that names "
                f"{table.full_name}; a case of two or three rows, small enough to check in your head"
            )


def indicator_columns(table: Model) -> list[str]:
    """Columns that people read as an indicator: a measure to six digits, or one with a requirement."""
    return [
        column.name
        for column in table.columns
        if column.type == "DECIMAL(18,6)" or re.search(r"\[[A-Z]\d", column.description)
    ]


def without_words(table: Model, lines: list[dict[str, str]]) -> Iterator[str]:
    """Indicator columns that the catalogue does not explain, and lines about nothing."""
    explained = {line["indicator"] for line in lines if line["source"] == table.full_name}
    for name in indicator_columns(table):
        if name not in explained:
            yield (
                f"{table.full_name}.{name} has no line in sql/reference/indicator: give it a "
                "unit, a name and a meaning in Chinese and English, and its requirement ids"
            )
    for name in sorted(explained - set(table.types)):
        yield f"sql/reference/indicator: {table.full_name} has no column {name}"


def unchecked_indicators(
    lines: list[dict[str, str]], suites: dict[str, str], tests: dict[str, str]
) -> Iterator[str]:
    """Indicators that no expectation, or no test case, names."""
    for line in lines:
        name, source = line["indicator"], line["source"]
        word = re.compile(rf"\b{re.escape(name)}\b")
        if not word.search(suites.get(source, "")):
            yield (
                f"{source}.{name} has no expectation: what can never be true of it? Write that into "
                f"expectations/{source}.yaml"
            )
        if not any(word.search(text) for text in tests.values()):
            yield (
                f"{source}.{name} has no test case: add one to tests/sql, small enough to check in "
                "your head"
            )


def unreadable_lines(lines: list[dict[str, str]], columns: dict[str, set[str]]) -> Iterator[str]:
    """Catalogue lines with a gap."""
    seen: set[str] = set()
    for line in lines:
        name = line["indicator"]
        where = f"sql/reference/indicator, {name}"
        if name in seen:
            yield f"{where}: stands twice; keep one line an indicator"
        seen.add(name)
        if line["source"] not in columns:
            yield f"{where}: source {line['source']} is no table of sql/"
        elif line["sample"] and line["sample"] not in columns[line["source"]]:
            yield f"{where}: sample must name a column of {line['source']}, not {line['sample']}"
        if missing := [word for word in WORDS if not line[word]]:
            yield f"{where}: {', '.join(missing)} is empty; people read both languages"
        elif line["dated"] and line["dated"] not in columns[line["source"]]:
            yield f"{where}: dated must name a column of {line['source']}, not {line['dated']}"
        if line["is_scored"] not in ("yes", "no"):
            yield f"{where}: is_scored is yes (policies may score it) or no"
        if line["unit"] not in UNITS:
            yield f"{where}: unit {line['unit']} is none of {', '.join(filter(None, UNITS))}"
        if not line["requirements"]:
            yield f"{where}: which requirement does it answer?"


def catalogue() -> list[dict[str, str]]:
    """The lines of sql/reference/indicator."""
    return [asdict(line) for line in read()]


def sql_tests() -> dict[str, str]:
    """Every file under tests/sql."""
    paths = (path for path in (ROOT / "tests" / "sql").rglob("*") if path.suffix in (".py", ".txt"))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


TABLES = [*models.models(), *models.comparisons()]
PAYMENT = next(table for table in TABLES if table.full_name == "indicator.payment")
FAMILIES = [
    table
    for table in TABLES
    if table.schema == "indicator"
    and table.full_name
    not in ("indicator.aging", "indicator.letter_basis", "indicator.expert_factor")
]
"""One row a customer, for people to read. Aging is a table of amounts, letter_basis of the letters,
expert_factor a row a factor."""


def test_every_table_has_expectations() -> None:
    problems = list(without_expectations(TABLES, ROOT / "expectations"))

    assert not problems, listed(problems)


def test_every_suite_is_about_something() -> None:
    names = {table.full_name for table in TABLES} | {f"current.{name}" for name in ENTITIES}
    problems = list(expectations_without_table(names, ROOT / "expectations"))

    assert not problems, listed(problems)


def test_every_suite_is_read() -> None:
    for path in sorted((ROOT / "expectations").glob("*.yaml")):
        assert read_suite(path).rules


def test_every_table_has_a_test() -> None:
    problems = list(without_test(TABLES, sql_tests()))

    assert not problems, listed(problems)


def test_every_indicator_has_words() -> None:
    problems = [problem for table in FAMILIES for problem in without_words(table, catalogue())]

    assert not problems, listed(problems)


def test_every_indicator_is_checked_and_tested() -> None:
    suites = {path.stem: path.read_text("utf-8") for path in (ROOT / "expectations").glob("*.yaml")}
    problems = list(unchecked_indicators(catalogue(), suites, sql_tests()))

    assert not problems, listed(problems)


def test_the_catalogue_has_no_gaps() -> None:
    columns = {table.full_name: set(table.types) for table in TABLES}
    problems = list(unreadable_lines(catalogue(), columns))

    assert not problems, listed(problems)


def test_the_tall_table_says_what_the_catalogue_says() -> None:
    assert measure.TARGET.read_text(encoding="utf-8") == measure.text(), (
        "sql/3_measure/indicator.sql is stale: run python -m etl.measure"
    )


def test_planted_gaps_are_found(tmp_path: Path) -> None:
    (tmp_path / "indicator.nothing.yaml").touch()
    (tmp_path / "batch.payslip.yaml").touch()
    line = {
        "indicator": "dso", "source": "indicator.payment", "unit": "parsec", "sample": "dso_cnt",
        "dated": "", "is_scored": "no",
        "name_zh": "", "name_en": "DSO", "meaning_zh": "天", "meaning_en": "days", "requirements": "",
    }  # fmt: skip
    gone = {**line, "indicator": "no_such_column"}
    elsewhere = {**line, "source": "indicator.elsewhere"}
    columns = {"indicator.payment": set(PAYMENT.types)}

    assert len(list(without_expectations([PAYMENT], tmp_path))) == 1
    assert len(list(expectations_without_table({"indicator.payment"}, tmp_path))) == 2
    assert len(list(without_test([PAYMENT], {"x.py": "indicator.payment_month"}))) == 1
    assert list(without_test([PAYMENT], {"x.py": "run('indicator.payment')"})) == []
    assert len(list(without_words(PAYMENT, [line]))) == len(indicator_columns(PAYMENT)) - 1
    assert "no column no_such_column" in list(without_words(PAYMENT, [line, gone]))[-1]
    assert len(list(unreadable_lines([line, line], columns))) == 9
    assert len(list(unchecked_indicators([line], {"indicator.payment": "cei"}, {"x.py": ""}))) == 2
    assert list(unchecked_indicators([line], {"indicator.payment": "dso"}, {"x.py": "dso"})) == []
    assert "no table" in next(unreadable_lines([elsewhere], columns))
