"""The migration code on matrices and histories of others (C12): S&P's, MathWorks', a raw rating history."""

import csv
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pytest

from etl.settings import PROJECT
from etl.validation.migration import cohort_pairs, directions, matrix, mobility, moves, periods

DATA = PROJECT.parent / "shared" / "data" / "rating_history"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the rating history is not in ../shared/data of this checkout"
)
LETTERS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "D")


def test_the_published_cohort_row() -> None:
    """MathWorks `transprob`, cohort: 93.1345 5.9335 0.7456 0.1553 0.0311 0 0 0."""
    counts = (2998, 191, 24, 5, 1, 0, 0, 0)  # the counts of 3,219 issuers behind those percentages
    given = moves(zip(("AAA",) * 8, LETTERS, counts, strict=True), LETTERS)

    assert [f"{100 * share:.4f}" for share in matrix(given)[0]] == [
        "93.1345", "5.9335", "0.7456", "0.1553", "0.0311", "0.0000", "0.0000", "0.0000",
    ]  # fmt: skip


def _tenors() -> dict[int, list[list[float]]]:
    """S&P 1981 to 2016: years → seven rows of nine percentages, the last one NR."""
    lines = list(csv.reader((DATA / "sp_1981-2016.csv").open(encoding="utf-8")))
    years = [int(year) for year in lines[1][3:]]
    rows = [[float(cell) for cell in line if cell] for line in lines[2:]]
    return {year: rows[7 * place : 7 * place + 7] for place, year in enumerate(years)}


def _pairs(rows: list[list[float]], to: tuple[str, ...]) -> list[tuple[str, str, float]]:
    """A printed matrix as moves of ten thousand issuers a grade."""
    return [
        (left, right, round(100 * percent))
        for left, row in zip(LETTERS, rows, strict=False)
        for right, percent in zip(to, row, strict=True)
    ]


@needs_data
@pytest.mark.parametrize("years", [1, 2, 3, 5, 7, 10, 15, 20])
def test_the_matrices_of_36_years(years: int) -> None:
    rows = _tenors()[years]
    given = moves(_pairs(rows, (*LETTERS, "NR")), LETTERS)
    kept, dropped = matrix(given, "keep"), matrix(given, "drop")

    for i, row in enumerate(rows):
        # The printed rows sum to 100 within the rounding of their nine cells.
        assert np.allclose(100 * kept[i], row[:8], atol=0.05)
        assert np.allclose(dropped[i], np.array(row[:8]) / sum(row[:8]), atol=1e-12)
    assert np.allclose(kept[-1], [0] * 7 + [1])  # D is left by nobody


@needs_data
def test_one_year_to_the_power_of_two_is_near_the_two_years_printed() -> None:
    tenors = _tenors()
    one, two = (matrix(moves(_pairs(tenors[years], (*LETTERS, "NR")), LETTERS)) for years in (1, 2))

    # Ratings remember: the power is near what was observed and not the same.
    assert np.abs(periods(one, 2) - two).max() < 0.04
    assert np.allclose(periods(one, 2).sum(axis=1), 1)


@needs_data
def test_the_matrix_with_modifiers() -> None:
    """sp_2017.csv: 17 grades and default; the rest of a row is NR."""
    lines = list(csv.reader((DATA / "sp_2017.csv").open(encoding="utf-8")))[:17]
    scale = (*(line[0] for line in lines), "D")
    pairs: list[tuple[str, str, float]] = []
    for line in lines:
        percents = [float(cell) for cell in line[1:]]
        pairs += [
            (line[0], right, round(100 * p)) for right, p in zip(scale, percents, strict=True)
        ]
        pairs.append((line[0], "NR", max(10000 - sum(round(100 * p) for p in percents), 0)))
    given = moves(pairs, scale)

    for i, line in enumerate(lines):
        assert np.allclose(100 * matrix(given, "keep")[i], [float(c) for c in line[1:]], atol=0.05)
    assert np.allclose(matrix(given).sum(axis=1), 1)
    assert 0 < (mobility(matrix(given)) or 0) < 1


def _history() -> list[tuple[str, date, int, str]]:
    with (DATA / "rating_data_raw.csv").open(encoding="utf-8") as stream:
        return [
            (
                row["CustomerId"],
                date(*(int(part) for part in reversed(row["Date"].split("-")))),
                seq,
                row["Rating"],
            )
            for seq, row in enumerate(csv.DictReader(stream))
        ]


STATES = ("AAA", "AA+", "A+", "BBB+", "BB+", "B+", "CCC+", "D")
YEARS = [date(year, 12, 31) for year in range(1999, 2006)]


@needs_data
def test_a_raw_history_with_duplicates_and_withdrawals() -> None:
    history = _history()
    assert len(history) - len({(customer, day) for customer, day, _, _ in history}) == 92
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE h (customer_id VARCHAR, event_date DATE, seq INT, grade VARCHAR)"
        )
        connection.executemany("INSERT INTO h VALUES (?, ?, ?, ?)", history)
        found = cohort_pairs(connection, "h", YEARS)
        shuffled = cohort_pairs(connection, "(SELECT * FROM h ORDER BY grade, seq DESC)", YEARS)

    assert found == shuffled
    # The same, customer by customer.
    standing: dict[str, list[tuple[date, int, str]]] = {}
    for customer, day, seq, grade in history:
        standing.setdefault(customer, []).append((day, seq, grade))
    expected: Counter[tuple[str, str]] = Counter()
    for events in standing.values():
        on = [max((e for e in events if e[0] <= day), default=None) for day in YEARS]
        for left, right in pairwise(on):
            if left and right:
                expected[left[2], right[2]] += 1
    assert {(left, right): count for left, right, count in found} == expected

    given = moves(found, STATES)
    dropped, kept = matrix(given, "drop"), matrix(given, "keep")
    assert given.lost.sum() == sum(c for left, right, c in found if right == "NR" and left != "NR")
    assert np.allclose(dropped.sum(axis=1), 1)
    assert (kept.sum(axis=1) <= 1 + 1e-12).all()
    assert (kept <= dropped + 1e-12).all()
    # Companies mostly stay where they are, and fall more often than they rise.
    assert (np.diag(dropped)[:6] > 0.5).all()
    up, down, stay = directions(given)
    assert stay > up + down


def test_an_event_stands_until_the_next(tmp_path: Path) -> None:
    rows = [
        ("X", date(2000, 5, 1), 1, "A"),
        ("X", date(2001, 5, 1), 2, "B"),
        ("X", date(2001, 5, 1), 3, "C"),  # the same day: recorded last, counts
        ("Y", date(2001, 12, 31), 4, "B"),  # begins on the snapshot itself
    ]
    days = [date(2000, 12, 31), date(2001, 12, 31), date(2002, 12, 31)]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE h (customer_id VARCHAR, event_date DATE, seq INT, grade VARCHAR)"
        )
        connection.executemany("INSERT INTO h VALUES (?, ?, ?, ?)", rows)
        assert cohort_pairs(connection, "h", days) == [("A", "C", 1), ("B", "B", 1), ("C", "C", 1)]


def test_a_way_through_the_unknown_is_unknown() -> None:
    given = moves([("A", "A", 1), ("A", "B", 1), ("C", "C", 1)], "ABCD")
    twice = periods(matrix(given), 2)

    assert np.isnan(twice[0]).all()  # half of A goes on from B, where nobody began
    assert twice[2].tolist() == [0, 0, 1, 0]  # nobody of C does
