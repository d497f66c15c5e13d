"""The published statistics, from grades of two nights to the tables: mart.grade_move and mart.grade_outcome, then
mart.migration, mart.migration_summary, mart.discrimination, mart.calibration (C12, C13)."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from etl.validation.results import calibration_rows, discrimination_row, results
from etl.validation.tables import contracts
from tests.sql.night import model, policies, write

D = Decimal

# Customers by grade then and now (C12): A 80 15 4 1, B 10 70 15 5, C 2 18 60 20.
MOVES = {"A": (80, 15, 4, 1), "B": (10, 70, 15, 5), "C": (2, 18, 60, 20)}


def graded(found: Any, name: str, grades: Sequence[tuple[str, str]], root: Path) -> None:
    """Give `found` these (customer, grade) as its table `name`, under both policies."""
    types = model("grade.credit_grade").types
    rows = [
        {**dict.fromkeys(types), "policy_id": policy, "customer_id": customer, "final_grade": grade}
        for policy in ("article", "balanced")
        for customer, grade in grades
    ]
    found.files[name] = [write(root, name, types, rows)]


def moved(night, tmp_path, pairs, **changes):
    """The validation's tables of a night on which customers moved like `pairs`."""
    earlier = night(as_of="2026-11-19")
    found = night(before=earlier, **changes)
    graded(found, "before.credit_grade", [(c, left) for c, left, _ in pairs if left], tmp_path)
    graded(found, "grade.credit_grade", [(c, right) for c, _, right in pairs if right], tmp_path)
    return results(found.rows("mart.grade_move"), found.rows("mart.grade_outcome"), policies())


def customers(moves, scale="ABCD"):
    """(customer, from, to), one each."""
    return [
        (f"{left}{right}{n}", left, right)
        for left, counts in moves.items()
        for right, count in zip(scale, counts, strict=True)
        for n in range(count)
    ]


def shares(tables, column, left):
    return [
        row[column]
        for row in tables["migration"]
        if row["policy_id"] == "article" and row["from_grade"] == left and row["to_grade"] != "NR"
    ]


def test_the_migration_matrix_of_the_example(night, tmp_path):
    tables = moved(night, tmp_path, customers(MOVES))

    assert shares(tables, "share", "A") == [D("0.80"), D("0.15"), D("0.04"), D("0.01")]
    assert shares(tables, "share", "B") == [D("0.10"), D("0.70"), D("0.15"), D("0.05")]
    assert shares(tables, "share", "C") == [D("0.02"), D("0.18"), D("0.60"), D("0.20")]
    assert shares(tables, "share", "D") == [0, 0, 0, 1]  # nobody began there: absorbing
    assert shares(tables, "two_period_share", "A") == [
        D("0.6558"), D("0.2322"), D("0.0785"), D("0.0335"),
    ]  # fmt: skip
    summary = tables["migration_summary"][0]
    assert (summary["up_cnt"], summary["down_cnt"], summary["stay_cnt"]) == (30, 60, 210)
    assert summary["down_up_ratio"] == 2
    assert summary["mobility"] == D("0.249719")
    assert (summary["new_cnt"], summary["gone_cnt"], summary["rated_cnt"]) == (0, 0, 300)


def test_not_rated_dropped_and_kept(night, tmp_path):
    tables = moved(night, tmp_path, customers({"A": (80, 10, 2, 1, 7)}, ["A", "B", "C", "D", "NR"]))

    assert shares(tables, "share", "A") == [
        D("0.860215"), D("0.107527"), D("0.021505"), D("0.010753"),
    ]  # fmt: skip
    assert shares(tables, "share_nr_kept", "A") == [D("0.80"), D("0.10"), D("0.02"), D("0.01")]
    to_nr = next(r for r in tables["migration"] if (r["from_grade"], r["to_grade"]) == ("A", "NR"))
    assert (to_nr["customer_cnt"], to_nr["share"], to_nr["share_nr_kept"]) == (7, None, D("0.07"))
    # B and C have nobody: not known, and neither is what A becomes by way of them.
    assert shares(tables, "share", "B") == [None] * 4
    assert shares(tables, "two_period_share", "A") == [None] * 4
    assert tables["migration_summary"][0]["mobility"] is None
    assert tables["migration_summary"][0]["to_nr_cnt"] == 7


def test_who_came_and_who_went_is_in_no_matrix(night, tmp_path):
    pairs = [("STAYS", "A", "A"), ("GOES", "A", None), ("COMES", None, "D"), ("RATED", "NR", "B")]
    tables = moved(night, tmp_path, pairs)

    assert shares(tables, "share", "A") == [1, 0, 0, 0]
    summary = tables["migration_summary"][0]
    assert [summary[name] for name in ("rated_cnt", "new_cnt", "gone_cnt", "from_nr_cnt")] == [
        1
    ] * 4


def test_every_table_is_what_its_contract_says(night, tmp_path):
    tables = moved(night, tmp_path, customers(MOVES))

    assert {one.name for one in contracts()} == set(tables)
    for one in contracts():
        assert one.full_name == f"mart.{one.name}"
        for row in tables[one.name]:
            assert list(row) == list(one.types)
        keys = [tuple(row[name] for name in one.key) for row in tables[one.name]]
        assert keys == sorted(set(keys))


def test_nothing_to_compare_with(night):
    found = night(customer="customer_id\nC1")
    tables = results(found.rows("mart.grade_move"), found.rows("mart.grade_outcome"), policies())
    assert all(rows == [] for rows in tables.values())


# A 40 customers (1 bad), B 30 (2), C 20 (4), D 10 (6): C13.
OUTCOME = {"A": (40, 1), "B": (30, 2), "C": (20, 4), "D": (10, 6), "NR": (0, 0)}


def outcome(night, tmp_path, grades, **changes):
    """The outcome of a night whose cohort had these customers; the bad ones bought something and
    never paid it."""
    cohort = night(as_of="2026-05-20")
    names = [
        (f"{grade}{n}", grade, n < bad)
        for grade, (count, bad) in grades.items()
        for n in range(count)
    ]
    lines = ["customer_id | invoice_id | invoice_date | due_date | amount"]
    lines += [f"{name} | I{name} | 2026-05-01 | 2026-06-01 | 1" for name, _, bad in names if bad]
    found = night(invoice="\n".join(lines), cohort=cohort, **changes)
    graded(found, "cohort.credit_grade", [(name, grade) for name, grade, _ in names], tmp_path)
    return found.rows("mart.grade_outcome")


def test_discrimination_of_the_example(night, tmp_path):
    rows = outcome(night, tmp_path, OUTCOME)
    tables = results([], rows, policies())
    found = tables["discrimination"][0]

    assert (found["customer_cnt"], found["bad_cnt"], found["bad_rate"]) == (100, 13, D("0.13"))
    assert found["auc"] == D("0.827144")
    assert found["gini"] == D("0.654288")
    assert found["auc_se"] == D("0.072606")
    assert found["ks"] == D("0.539346")
    assert found["iv"] == D("1.800711")
    assert found["null_reason"] is None
    woe = [row["woe"] for row in tables["calibration"] if row["policy_id"] == "article"]
    assert woe == [D("1.762603"), D("0.738099"), D("-0.514664"), D("-2.306424"), None]


def test_calibration_of_the_example(night, tmp_path):
    """4 of 20 against 10 %; none of 50 at 90 %."""
    rows = outcome(night, tmp_path, {**OUTCOME, "A": (50, 0)})
    rates = {"A": "0.005", "B": "0.02", "C": "0.10", "D": "0.25", "NR": "0.04"}
    changed = policies("article", {"portfolio.expected_loss.default_rates": rates})
    by_grade = {
        row["final_grade"]: row
        for row in results([], rows, changed)["calibration"]
        if row["policy_id"] == "article"
    }

    assert by_grade["C"]["binomial_p"] == D("0.132953")
    assert (by_grade["C"]["observed_rate"], by_grade["C"]["expected_rate"]) == (D("0.2"), D("0.10"))
    assert by_grade["A"]["upper_rate"] == D("0.045007")
    assert by_grade["A"]["rule_of_three"] == D("0.060000")
    assert by_grade["C"]["rule_of_three"] is None
    assert (by_grade["NR"]["binomial_p"], by_grade["NR"]["upper_rate"]) == (None, None)


@pytest.mark.parametrize(
    ("grades", "reason"),
    [
        ({**OUTCOME, "D": (10, 2)}, "too_few_bads"),  # nine
        ({**OUTCOME, "D": (10, 3)}, None),  # ten
        ({"A": (0, 0), "B": (0, 0), "C": (0, 0), "D": (10, 10), "NR": (0, 0)}, "no_goods"),
    ],
)
def test_too_little_to_say(night, tmp_path, grades, reason):
    found = results([], outcome(night, tmp_path, grades), policies())["discrimination"][0]
    assert found["null_reason"] == reason
    assert (found["auc"] is None) == (found["ks"] is None) == (reason is not None)


def test_drift_of_the_example(night, tmp_path):
    """.40 .30 .20 .10 against .35 .30 .22 .13, 500 customers each night."""
    then = "A" * 200 + "B" * 150 + "C" * 100 + "D" * 50
    now = "A" * 175 + "B" * 150 + "C" * 110 + "D" * 65
    pairs = [(f"C{n}", *pair) for n, pair in enumerate(zip(then, now, strict=True))]
    summary = moved(night, tmp_path, pairs)["migration_summary"][0]

    assert (summary["psi"], summary["psi_critical"]) == (D("0.016454"), D("0.031259"))
    assert (summary["psi_band"], summary["is_psi_significant"]) == ("stable", False)

    now = "A" * 150 + "B" * 150 + "C" * 120 + "D" * 80
    pairs = [(f"C{n}", *pair) for n, pair in enumerate(zip(then, now, strict=True))]
    summary = moved(night, tmp_path, pairs)["migration_summary"][0]
    assert (summary["psi"], summary["is_psi_significant"]) == (D("0.064261"), True)


def test_rows_of_one_policy_alone(night, tmp_path):
    """The functions behind results take a policy's rows as they are."""
    rows = [r for r in outcome(night, tmp_path, OUTCOME) if r["policy_id"] == "article"]
    policy = policies().active
    assert discrimination_row(policy, rows)["ks"] == D("0.539346")
    assert len(calibration_rows(policy, rows)) == 5
