"""The same key twice: copies, versions, contradictions. And nothing is lost on the way."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mapping_case import HEADER, INVOICE, map_files, map_text

D = Decimal


def test_a_copy_is_counted_and_a_contradiction_refused(tmp_path: Path) -> None:
    text = (
        f"{HEADER}\n"
        "1,C1,2026-01-01,5.00\n"
        "1,C1,2026-01-01,5.00\n"  # a copy
        "1,C1,2026-01-01,5\n"  # the same, written otherwise
        "1,C2,2026-01-01,6.00\n"  # another customer, another amount
        "2,C1,2026-01-01,7.00\n"
    )

    result = map_text(tmp_path, text)

    assert result.column("source_row") == [2, 6]
    assert result.mapped.received["invoice"].duplicate.rows == 2
    assert result.mapped.received["invoice"].duplicate.amount == D("10.00")
    (reject,) = result.rows("rejects")
    assert reject["rule"] == "conflicting_duplicate"
    assert reject["reason"] == (
        "row 5 has the invoice_id of row 2 but another customer_id: C2 instead of C1; "
        "the first row is kept"
    )
    assert (reject["key"], reject["amount"], reject["source_row"]) == ("1", D("6.00"), 5)


def test_a_contradiction_names_the_other_file(tmp_path: Path) -> None:
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text(f"{HEADER}\n1,C1,2026-01-01,5\n")
    two.write_text(f"{HEADER}\n1,C1,2026-01-01,6\n")

    assert (
        "of row 2 of 1.csv but another amount: 6.00 instead of 5.00"
        in (map_files(tmp_path, [one, two]).reasons[0])
    )


def test_a_refused_row_contradicts_nobody(tmp_path: Path) -> None:
    result = map_text(tmp_path, f"{HEADER}\n1,C1,2026-01-01,what\n1,C1,2026-01-01,5\n")

    assert result.column("amount") == [D("5.00")]
    assert result.rules == ["not_a_number"]


def test_a_deletion_does_not_contradict_what_it_deletes(tmp_path: Path) -> None:
    records = {"invoice": INVOICE | {"is_deleted": {"Gone": "X"}}}
    text = f"{HEADER},Gone\n1,C1,2026-01-01,5,\n1,,,,X\n"

    result = map_text(tmp_path, text, records)

    assert result.column("is_deleted") == [False, True]
    assert result.rules == []


def test_a_customer_keeps_every_version_that_changes_something(tmp_path: Path) -> None:
    text = (
        "id,name,day\n"
        "C1,Old,2026-01-01\n"
        "C1,Old,2026-02-01\n"  # changes nothing
        "C1,New,2026-04-01\n"
        "C1,Old,2026-03-01\n"  # before the change: changes nothing either
        "C1,Old,2026-05-01\n"  # back again
    )
    records = {"customer": {"customer_id": "id", "customer_name": "name"}}

    result = map_text(tmp_path, text, records, known="historical", row_date="day")

    kept = [(row["customer_name"], row["known_on"]) for row in result.rows("customer")]
    assert kept == [
        ("Old", date(2026, 1, 1)),
        ("New", date(2026, 4, 1)),
        ("Old", date(2026, 5, 1)),
    ]
    assert result.mapped.received["customer"].duplicate.rows == 2


def test_lines_of_a_payment_are_told_apart_by_their_line(tmp_path: Path) -> None:
    text = "pay,inv,line,amount\nP1,1,1,5\nP1,1,2,5\n"
    fields = {"payment_id": "pay", "invoice_id": "inv", "amount": "amount"}

    with_line = map_text(tmp_path, text, {"allocation": fields | {"line": "line"}})
    assert with_line.column("amount", "allocation") == [D(5), D(5)]

    without = map_text(tmp_path, text, {"allocation": fields})
    assert without.column("line", "allocation") == ["1"]
    assert without.mapped.received["allocation"].duplicate.rows == 1


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "", "x\x00"]),
            st.sampled_from(["C1", "C2", ""]),
            st.sampled_from(["2026-01-01", "2026-02-30", ""]),
            st.sampled_from(["5", "6.00", "-1", "0", "what", "1,234", ""]),
        ),
        max_size=12,
    ),
    st.lists(st.sampled_from(["a,b", "1,2,3,4,5", "1,2,3"]), max_size=2),
)
def test_nothing_is_lost(tmp_path: Path, rows: list[tuple[str, ...]], ragged: list[str]) -> None:
    cells = [",".join(f'"{cell}"' for cell in row) for row in rows if any(row)]
    result = map_text(tmp_path, "\n".join([HEADER, *cells, "9,C9,2026-01-01,9", *ragged]) + "\n")

    received = result.mapped.received["invoice"]
    rejected = [row for row in result.rows("rejects") if row["entity"] == "invoice"]
    assert received.received.rows == len(cells) + 1
    assert received.received.rows == (len(result.rows()) + received.duplicate.rows + len(rejected))
    assert received.received.amount == (
        sum(result.column("amount"), D(0))
        + received.duplicate.amount
        + sum((row["amount"] or D(0) for row in rejected), D(0))
    )
    lines = [row for row in result.rows("rejects") if row["entity"] == "line"]
    assert len(lines) == len(ragged)
    assert all(row["raw"] and row["source_row"] for row in result.rows("rejects"))
