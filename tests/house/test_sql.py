"""Every file of `sql/` keeps the rules; and every rule can fail."""

import re
from pathlib import Path

import pytest

from etl import models
from etl.errors import ZixinError
from tests.house import sql_rules
from tests.house.repository import listed
from tests.house.sql_rules import RULES, Rule, query

QUERIES = [query(model.path) for model in (*models.models(), *models.comparisons())]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps(rule: Rule) -> None:
    problems = [problem for query in QUERIES for problem in rule(query)]

    assert not problems, listed(problems)


GOOD = """\
-- good: how much was each customer billed?
--
-- Grain: one row per customer. Key: customer_id.
-- Requirements: C1.
--
-- Columns
--   customer_id  VARCHAR        the customer
--   amount       DECIMAL(18,2)  billed
--   since        DATE           first of the month before the first invoice
--   open_share   DECIMAL(18,6)  fraction; NULL: never billed

WITH

placed AS (
  SELECT
    customer_id, amount, invoice_date,
    ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY invoice_date DESC, invoice_id) AS place,
    SUM(amount) OVER (
      PARTITION BY customer_id ORDER BY invoice_date, invoice_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS running_amount
  FROM current.invoice
  WHERE invoice_date <= CAST(:as_of AS DATE)
)

SELECT
  customer_id,
  SUM(amount) AS amount,
  CAST(DATE_TRUNC('month', CAST(MIN(invoice_date) - INTERVAL '1' MONTH AS DATE)) AS DATE) AS since,
  CAST(CAST(SUM(running_amount) / NULLIF(SUM(amount), 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))
    AS open_share
FROM placed
GROUP BY customer_id
ORDER BY customer_id
"""

RATIO = (
    "CAST(CAST(SUM(running_amount) / NULLIF(SUM(amount), 0) AS DECIMAL(28, 10)) AS DECIMAL(18, 6))"
)
MONTH = "CAST(DATE_TRUNC('month', CAST(MIN(invoice_date) - INTERVAL '1' MONTH AS DATE)) AS DATE)"

PLANTED: list[tuple[Rule, str, str]] = [
    (sql_rules.parses_for_both_engines, "FROM placed", "FROM placed FROM placed"),
    (sql_rules.parses_for_both_engines, "ORDER BY customer_id\n", "ORDER BY customer_id; SELECT 1"),
    (sql_rules.reads_only_to_its_left, "current.invoice", "mart.customer_credit"),
    (sql_rules.reads_only_to_its_left, "current.invoice", "core.receivable"),
    (sql_rules.reads_only_to_its_left, "current.invoice", "current.invoices"),
    (sql_rules.reads_are_found, "FROM current.invoice", "FROM Current.invoice"),
    (sql_rules.reads_are_found, "FROM placed", "FROM placed, core.receivable"),
    (sql_rules.header_matches_result, "SUM(amount) AS amount", "SUM(amount) AS billed"),
    (sql_rules.header_matches_result, "--   amount       DECIMAL(18,2)  billed\n", ""),
    (sql_rules.header_speaks, "billed?", "billed"),
    (sql_rules.header_speaks, "Key: customer_id", "Key: customer"),
    (sql_rules.ordered_by_its_key, "\nORDER BY customer_id", ""),
    (sql_rules.ordered_by_its_key, "\nORDER BY customer_id", "\nORDER BY amount"),
    (sql_rules.ordered_by_its_key, "\nORDER BY customer_id", "\nORDER BY customer_id DESC"),
    (sql_rules.only_as_of_is_bound, "CAST(:as_of AS DATE)", ":as_of"),
    (sql_rules.only_as_of_is_bound, "CAST(:as_of AS DATE)", "CAST(:until AS DATE)"),
    (sql_rules.only_as_of_is_bound, "CAST(:as_of AS DATE)", "CAST($as_of AS DATE)"),
    (sql_rules.days_between_in_one_form, "amount, invoice_date,", "due_date - invoice_date AS days,"),
    (sql_rules.days_between_in_one_form, "AS place,", "AS place, place + 1 AS next_place,"),
    (sql_rules.dates_are_cast_back, "CAST(MIN(invoice_date) - INTERVAL '1' MONTH AS DATE)",
     "MIN(invoice_date) - INTERVAL '1' MONTH"),
    (sql_rules.dates_are_cast_back, MONTH,
     "DATE_TRUNC('month', MIN(invoice_date))"),
    (sql_rules.ratios_in_two_casts, RATIO,
     "SUM(running_amount) / NULLIF(SUM(amount), 0)"),
    (sql_rules.ratios_in_two_casts, RATIO,
     "CAST(SUM(running_amount) / NULLIF(SUM(amount), 0) AS DECIMAL(18, 6))"),
    (sql_rules.ratios_in_two_casts, RATIO,
     "CAST(SUM(running_amount) / NULLIF(SUM(amount), 0) AS DECIMAL(28, 10))"),
    (sql_rules.ratios_are_never_compared, "FROM placed", f"FROM placed\nWHERE 1 < {RATIO}"),
    (sql_rules.windows_are_settled, " ORDER BY invoice_date DESC, invoice_id)", ")"),
    (sql_rules.windows_are_settled, "\n      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", ""),
]  # fmt: skip

NOT_PORTABLE = (
    "QUALIFY place = 1", "arg_max(a, b)", "MODE(a)", "STRING_AGG(a, ',')", "LIST(a)", "ANY_VALUE(a)",
    "FIRST(a)", "PERCENTILE_CONT(0.9)", "MEDIAN(a)", "AVG(a)", "STDDEV_SAMP(a)", "GROUP BY ALL",
    "GROUP BY 1", '"Name"', "`name`", "CAST(a AS TEXT)", "CAST(a AS NUMERIC)", "CAST(a AS DOUBLE)",
    "CAST(a AS INT)", "CAST(a AS DECIMAL)", "a::DATE", "a // b", "ANTI JOIN b", "DATEDIFF('day', a, b)",
    "CURRENT_DATE", "now()", "RANDOM()", "CONCAT(a, b)", "SELECT * EXCLUDE (a) FROM b", "INTERVAL 3 DAY",
    "SELECT a, FROM b", "LIMIT 1",
)  # fmt: skip


def planted(folder: Path, text: str) -> Path:
    """A file of `sql/1_core` with this text."""
    path = folder / "1_core" / "good.sql"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_file_keeps_every_rule(tmp_path: Path) -> None:
    good = query(planted(tmp_path, GOOD))

    assert [problem for rule in RULES for problem in rule(good)] == []


@pytest.mark.parametrize(
    ("rule", "good", "bad"), PLANTED, ids=lambda part: getattr(part, "__name__", None)
)
def test_a_planted_violation_is_found(tmp_path: Path, rule: Rule, good: str, bad: str) -> None:
    assert good in GOOD
    text = GOOD.replace(good, bad, 1)

    problems = list(rule(query(planted(tmp_path, text))))

    assert problems, f"{rule.__name__} did not see {bad!r}"
    assert all(problem.startswith("sql/1_core/good.sql") for problem in problems)


@pytest.mark.parametrize("construct", NOT_PORTABLE)
def test_a_construct_outside_the_subset_is_found(tmp_path: Path, construct: str) -> None:
    """In a place of its own, because not every one of them can be parsed."""
    text = GOOD + f"\n{construct}\n"

    problems = list(sql_rules.in_the_portable_subset(query(planted(tmp_path, text))))

    assert len(problems) == 1, listed(problems)


def test_comments_and_texts_are_not_judged(tmp_path: Path) -> None:
    text = GOOD.replace("FROM placed", '-- AVG and "quotes" are not used\nFROM placed').replace(
        "WHERE invoice_date", "WHERE currency <> 'now() // it''s TEXT' AND invoice_date"
    )

    assert list(sql_rules.in_the_portable_subset(query(planted(tmp_path, text)))) == []


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("-- good: how much was each customer billed?\n", "must open with"),
        ("-- Grain: one row per customer. Key: customer_id.\n", "Key"),
        ("-- Requirements: C1.\n", "Requirements"),
    ],
)
def test_a_header_without_a_part_is_refused(tmp_path: Path, line: str, missing: str) -> None:
    with pytest.raises(ZixinError, match=re.escape(missing)):
        query(planted(tmp_path, GOOD.replace(line, "")))
