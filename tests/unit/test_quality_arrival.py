"""A batch at the door: every verdict, through a real Great Expectations on DuckDB."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from etl.entities import ENTITIES, HISTORY_COLUMNS
from etl.errors import BrokenCheck
from etl.quality.arrival import Arrival, ArrivalVerdict, check_batch, rule_parameters
from etl.quality.conservation import Received, Tally
from etl.quality.runner import run_suite
from etl.quality.suite import EXPECTATIONS, read_suite, read_suites
from etl.quarantine import COLUMNS as QUARANTINE

TONIGHT = date(2026, 11, 21)
BATCH = "000007-erp"


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:")


def stage(folder: Path, entity_name: str, *rows: dict[str, object]) -> None:
    """`<entity>.parquet` as the mapper leaves it; what a row does not say is filled with a healthy
    value or NULL."""
    entity = ENTITIES[entity_name]
    columns = [(c.name, c.type) for c in (*entity.columns, *HISTORY_COLUMNS)]
    columns += [("source_file", "VARCHAR"), ("source_row", "BIGINT"), ("raw", "VARCHAR")]
    defaults = {"known_on": TONIGHT, "batch": BATCH, "is_deleted": False}
    connection = duckdb.connect(":memory:")
    connection.execute(f"CREATE TABLE t ({', '.join(f'{n} {t}' for n, t in columns)})")
    for place, row in enumerate(rows, 1):
        values = {"seq": place, "source_row": place + 1, "raw": f"line {place + 1}"}
        values |= defaults | row
        assert set(values) <= {name for name, _ in columns}
        connection.execute(
            f"INSERT INTO t VALUES ({', '.join('?' * len(columns))})",
            [values.get(name) for name, _ in columns],
        )
    connection.execute(f"COPY t TO '{folder / f'{entity_name}.parquet'}' (FORMAT parquet)")
    if not (folder / "rejects.parquet").exists():
        stage_rejects(folder)


def stage_rejects(folder: Path, *rows: tuple[object, ...], known_on: date | None = TONIGHT) -> None:
    """`rejects.parquet`: rows of (entity, key, rule, reason, raw, source_row)."""
    names = ("entity", "key", "rule", "reason", "raw", "source_row")
    common = {"feed": "erp", "source_file": "a.csv", "known_on": known_on, "batch": BATCH}
    connection = duckdb.connect(":memory:")
    columns = ", ".join(f"{column.name} {column.type}" for column in QUARANTINE)
    connection.execute(f"CREATE TABLE t ({columns})")
    for row in rows:
        values = common | {"nth_rule": 1} | dict(zip(names, row, strict=True))
        holes = ", ".join("?" for _ in QUARANTINE)
        connection.execute(
            f"INSERT INTO t VALUES ({holes})", [values.get(column.name) for column in QUARANTINE]
        )
    connection.execute(f"COPY t TO '{folder / 'rejects.parquet'}' (FORMAT parquet)")


def invoice(number: str, amount: str = "100.00", **more: object) -> dict[str, object]:
    return {
        "invoice_id": number,
        "customer_id": "C1",
        "invoice_date": date(2026, 11, 1),
        "due_date": date(2026, 12, 1),
        "amount": Decimal(amount),
        "currency": "CNY",
    } | more


def counted(**entities: tuple[int, str]) -> dict[str, Received]:
    return {name: Received(Tally(n, Decimal(total))) for name, (n, total) in entities.items()}


def arrived(received: dict[str, Received], **more: object) -> Arrival:
    facts = {"landed_on": TONIGHT, "is_historical": False} | more
    return Arrival(batch=BATCH, feed="erp", received=received, **facts)  # type: ignore[arg-type]


def states(verdict: ArrivalVerdict) -> dict[str, tuple[str, int]]:
    """rule → (state, count), without what passed."""
    return {
        result.rule.rule_id: (result.state, result.count)
        for report in verdict.reports
        for result in report.results
        if result.state != "passed"
    }


def read(connection: duckdb.DuckDBPyConnection, path: Path | None, columns: str) -> list[tuple]:
    return connection.execute(f"SELECT {columns} FROM read_parquet('{path}')").fetchall()


def test_healthy_rows_enter_history_with_exactly_its_columns(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", invoice("I2", seq=2), invoice("I1", seq=1))

    verdict = check_batch(
        connection, arrived(counted(invoice=(2, "200.00"))), tmp_path, tmp_path / "out"
    )

    assert verdict.state == "loaded"
    assert states(verdict) == {}
    path = verdict.history["invoice"]
    assert read(connection, path, "invoice_id, seq") == [("I1", 1), ("I2", 2)]  # in arrival order
    assert [row[0] for row in connection.execute(f"DESCRIBE FROM '{path}'").fetchall()] == [
        column.name for column in (*ENTITIES["invoice"].columns, *HISTORY_COLUMNS)
    ]
    assert read(connection, verdict.quarantine, "*") == []


def test_a_warning_and_an_information_are_counted_and_loaded(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(
        tmp_path,
        "invoice",
        invoice("I1", "0.00"),
        invoice("I2", due_date=date(2026, 10, 1)),
        invoice("I3", due_date=date(2029, 1, 1)),
        invoice("I4", invoice_date=date(2031, 1, 1), due_date=None),
        invoice("I5", invoice_date=date(1900, 1, 1), due_date=None),
    )
    stage(tmp_path, "customer", {"customer_id": "C1"})

    verdict = check_batch(
        connection,
        arrived(counted(invoice=(5, "400.00"), customer=(1, "0.00"))),
        tmp_path,
        tmp_path / "out",
    )

    assert verdict.state == "loaded"
    assert states(verdict) == {
        "invoice.amount_zero": ("warned", 1),
        "invoice.due_before_invoice": ("warned", 1),
        "invoice.due_far_after_invoice": ("warned", 1),
        "invoice.date_far_future": ("warned", 1),
        "invoice.date_far_past": ("warned", 1),
        "customer.name_missing": ("noted", 1),
    }
    assert len(read(connection, verdict.history["invoice"], "1")) == 5


def test_a_critical_row_goes_to_quarantine_and_the_others_stay(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(
        tmp_path,
        "invoice",
        invoice("I1"),
        invoice("I2", "-5.00", currency="rmb"),  # breaks two rules, counts once
        invoice("", "7.00"),  # no number
    )
    stage_rejects(
        tmp_path,
        ("invoice", "I9", "date", "'31.31.2026' is no date.", "I9;31.31", 9),
    )

    verdict = check_batch(
        connection, arrived(counted(invoice=(4, "102.00"))), tmp_path, tmp_path / "out"
    )

    assert verdict.state == "loaded"
    assert read(connection, verdict.history["invoice"], "invoice_id") == [("I1",)]
    assert read(
        connection, verdict.quarantine, "key, rule, raw, source_row, known_on, amount, nth_rule"
    ) == [
        ("I9", "date", "I9;31.31", 9, TONIGHT, None, 1),
        ("I2", "invoice.currency_code", "line 3", 3, TONIGHT, Decimal("-5.00"), 1),
        ("I2", "invoice.amount_negative", "line 3", 3, TONIGHT, Decimal("-5.00"), 2),
        (None, "invoice.key_blank", "line 4", 4, TONIGHT, Decimal("7.00"), 1),
    ]
    (account,) = verdict.conservation
    assert account.loaded == Tally(1, Decimal("100.00"))
    assert account.quarantined == Tally(3, Decimal("2.00"))
    assert verdict.as_dict()["conservation"][0]["quarantined"] == {"rows": 3, "amount": "2.00"}


FAR = date(2031, 1, 1)
HEALTHY: dict[str, dict[str, object]] = {
    "customer": {"customer_id": "C1", "customer_name": "Acme", "payment_terms_days": 30},
    "invoice": invoice("I1"),
    "payment": {
        "payment_id": "P1",
        "payment_date": TONIGHT,
        "amount": 1,
        "currency": "CNY",
        "kind": "cash",
    },
    "allocation": {"payment_id": "P1", "invoice_id": "I1", "line": "1", "amount": 1},
    "credit_note": {
        "credit_note_id": "N1",
        "customer_id": "C1",
        "credit_date": TONIGHT,
        "amount": 1,
        "currency": "CNY",
        "reason": "return",
    },
    "dispute": {"dispute_id": "D1", "invoice_id": "I1", "opened_date": TONIGHT},
    "invoice_balance": {"invoice_id": "I1", "stated_on": TONIGHT, "balance_amount": 1},
    "fx_rate": {"from_currency": "USD", "to_currency": "CNY", "rate_date": TONIGHT, "rate": 7},
    "bureau_score": {"score": 575, "score_min": 300, "score_max": 850},
    "esg_score": {"score": 4, "score_min": 5, "score_max": 1},
    "reputation": {"score": 4, "score_min": 1, "score_max": 5},
    "questionnaire_answer": {"score": 1, "score_min": 1, "score_max": 5},
    "statement": {
        "period_end": date(2025, 12, 31),
        "total_assets": 100,
        "current_assets": 60,
        "inventory": 20,
        "receivables": 30,
        "total_liabilities": 120,
        "current_liabilities": 80,
        "equity": -20,
    },
    "feedback": {"rating": 4},
    "inquiry": {"outcome": "hits", "hits": 2},
    "listing": {"party_name": "Acme"},
    "industry_standard": {
        "ratio": "debt_to_assets",
        "excellent": 48,
        "good": 58.9,
        "average": 68.7,
        "low": 86.4,
        "poor": 96.6,
    },
}
# What has to be wrong with a healthy row for each rule of a file to find it. The rules that the
# contract makes are tested in test_quality_contract.py.
WRONG: dict[str, dict[str, object]] = {
    "customer.terms_range": {"payment_terms_days": 731},
    "customer.name_missing": {"customer_name": None},
    "invoice.amount_zero": {"amount": 0},
    "invoice.due_before_invoice": {"due_date": date(2026, 10, 31)},
    "invoice.due_far_after_invoice": {"due_date": date(2028, 11, 2)},
    "invoice.date_far_future": {"invoice_date": FAR, "due_date": FAR},
    "invoice.date_far_past": {"invoice_date": date(1900, 1, 1), "due_date": None},
    "payment.date_far_future": {"payment_date": FAR},
    "payment.amount_zero": {"amount": 0},
    "allocation.amount_zero": {"amount": 0},
    "credit_note.amount_zero": {"amount": 0},
    "dispute.closed_before_opened": {"closed_date": date(2026, 1, 1)},
    "dispute.amount_negative": {"amount": -1},
    "dispute.opened_missing": {"opened_date": None},
    "invoice_balance.balance_negative": {"balance_amount": -1},
    "fx_rate.rate_not_positive": {"rate": 0},
    "fx_rate.same_currency": {"to_currency": "USD"},
    "bureau_score.outside_scale": {"score": 851},
    "bureau_score.says_nothing": {"score": None},
    "esg_score.outside_scale": {"score": 0.5},
    "reputation.outside_scale": {"score_max": 1},
    "questionnaire_answer.outside_scale": {"score": 6},
    "statement.does_not_balance": {"equity": 20},
    "statement.part_above_whole": {"inventory": 61},
    "statement.period_not_over": {"period_end": date(2026, 12, 31)},
    "feedback.without_a_number": {"rating": None},
    "inquiry.outcome_contradicts_hits": {"hits": 0},
    "listing.names_nobody": {"party_name": " "},
    "industry_standard.not_in_order": {"good": 97},
    "industry_standard.wrong_way": {"ratio": "quick_ratio"},
    "industry_standard.unknown_ratio": {
        "ratio": "资产负债率",
        "excellent": 96.6,
        "good": 86.4,
        "low": 58.9,
        "poor": 48,
    },
}


@pytest.mark.parametrize("entity", HEALTHY)
def test_every_row_rule_finds_its_row_and_no_other(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, entity: str
) -> None:
    suite = read_suite(EXPECTATIONS / f"batch.{entity}.yaml")
    rules = [rule.rule_id for rule in suite.rules if rule.meta.kind == "row"]
    stage(tmp_path, entity, HEALTHY[entity], *(HEALTHY[entity] | WRONG[rule] for rule in rules))
    connection.execute("CREATE SCHEMA batch")
    connection.execute(f"CREATE VIEW batch.{entity} AS FROM '{tmp_path / entity}.parquet'")

    report = run_suite(connection, suite, rule_parameters(TONIGHT))

    found = {result.rule.rule_id: result for result in report.results}
    for place, rule in enumerate(rules, 2):
        assert connection.execute(found[rule].rule.query or "").fetchall() == [(place,)], rule
        assert found[rule].count == 1


def test_every_batch_file_has_a_healthy_row_here() -> None:
    files = {path.stem.split(".")[1] for path in EXPECTATIONS.glob("batch.*.yaml")} - {"feed"}
    assert files <= set(HEALTHY)


def test_of_a_deletion_only_the_key_counts(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(
        tmp_path,
        "invoice",
        invoice("I1", "-1.00", currency="?", is_deleted=True),
        {"invoice_id": "I2", "is_deleted": True},
        {"invoice_id": None, "is_deleted": True},
    )

    verdict = check_batch(
        connection, arrived(counted(invoice=(3, "-1.00"))), tmp_path, tmp_path / "out"
    )

    assert states(verdict) == {"invoice.key_blank": ("failed", 1)}
    assert read(connection, verdict.history["invoice"], "invoice_id") == [("I1",), ("I2",)]


@pytest.mark.parametrize(
    ("received", "previous", "rule", "said"),
    [
        (0, {}, "feed.empty", "without a single row"),
        (
            69,
            {"invoice": 100},
            "feed.shrunk",
            "brought 69 rows where the last one brought 100",
        ),
    ],
)
def test_a_broken_table_rule_holds_the_whole_batch(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    received: int,
    previous: dict[str, int],
    rule: str,
    said: str,
) -> None:
    stage(tmp_path, "invoice", *(invoice(f"I{n}", "1.00") for n in range(received)))

    verdict = check_batch(
        connection,
        arrived(counted(invoice=(received, str(received))), previous_rows=previous),
        tmp_path,
        tmp_path / "out",
    )

    assert verdict.state == "held"
    assert [result.rule.rule_id for result in verdict.holds] == [rule]
    assert said in verdict.sentence
    assert verdict.history == {}
    assert verdict.quarantine is None
    assert not (tmp_path / "out").exists()
    assert [account.held.rows for account in verdict.conservation] == [received]


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        pytest.param(70, {"previous_rows": {"invoice": 100}}, id="a loss of 30 % and no more"),
        pytest.param(1, {"previous_rows": {"invoice": 19}}, id="too few to speak of shares"),
        pytest.param(0, {"may_be_empty": True}, id="no changes since yesterday"),
    ],
)
def test_what_is_small_for_a_reason_is_loaded(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, rows: int, more: dict[str, object]
) -> None:
    stage(tmp_path, "invoice", *(invoice(f"I{n}", "1.00") for n in range(rows)))

    verdict = check_batch(
        connection,
        arrived(counted(invoice=(rows, str(rows))), **more),
        tmp_path,
        tmp_path / "out",
    )

    assert verdict.state == "loaded"
    assert [account.loaded.rows for account in verdict.conservation] == [rows]


def test_the_same_key_twice_holds(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    stage(tmp_path, "invoice", invoice("I1"), invoice("I1"))

    verdict = check_batch(
        connection, arrived(counted(invoice=(2, "200"))), tmp_path, tmp_path / "out"
    )

    assert verdict.sentence == (
        "Feed erp is held, yesterday's data stands: "
        "The invoice I1, and perhaps others, came through mapping twice."
    )


def test_a_row_and_its_deletion_may_come_together(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", invoice("I1"), {"invoice_id": "I1", "is_deleted": True})

    verdict = check_batch(
        connection, arrived(counted(invoice=(2, "100"))), tmp_path, tmp_path / "out"
    )

    assert (verdict.state, states(verdict)) == ("loaded", {})


def test_fewer_records_of_one_kind_are_a_warning(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", *(invoice(f"I{n}", "1.00") for n in range(90)))
    before = {"invoice": 90, "dispute": 30, "line": 80}

    verdict = check_batch(
        connection,
        arrived(counted(invoice=(90, "90"), dispute=(0, "0")), previous_rows=before),
        tmp_path,
        tmp_path / "out",
    )

    assert verdict.state == "loaded"
    assert states(verdict) == {"feed.kind_shrunk": ("warned", 1)}


@pytest.mark.parametrize(
    ("refused", "warned"),
    [
        pytest.param({"invoice": 1, "line": 1}, {}, id="some"),
        pytest.param({"invoice": 3}, {"feed.mostly_rejected": ("warned", 1)}, id="most records"),
        pytest.param({"line": 3}, {"feed.mostly_rejected": ("warned", 1)}, id="most lines"),
    ],
)
def test_mostly_unreadable_is_a_warning(
    connection: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    refused: dict[str, int],
    warned: dict[str, tuple[str, int]],
) -> None:
    stage(tmp_path, "invoice", invoice("I1"), invoice("I2"))
    rejects = [
        (entity, None, "some_rule", "It cannot be read.", f"{n}", n)
        for entity, count in refused.items()
        for n in range(count)
    ]
    stage_rejects(tmp_path, *rejects)
    received = counted(
        invoice=(2 + refused.get("invoice", 0), "200"), line=(refused.get("line", 0), "0")
    )

    verdict = check_batch(connection, arrived(received), tmp_path, tmp_path / "out")

    assert states(verdict) == warned
    assert sum(account.quarantined.rows for account in verdict.conservation) == len(rejects)


def test_lost_rows_are_noticed(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    stage(tmp_path, "invoice", invoice("I1"))

    with pytest.raises(BrokenCheck, match=r"invoice: 2 rows \(150.00\) received, but 1 \(100.00\)"):
        check_batch(connection, arrived(counted(invoice=(2, "150.00"))), tmp_path, tmp_path / "out")


def test_duplicates_are_part_of_the_sum(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", invoice("I1"))
    received = {"invoice": Received(Tally(2, Decimal(200)), duplicate=Tally(1, Decimal(100)))}

    verdict = check_batch(connection, arrived(received), tmp_path, tmp_path / "out")

    assert verdict.conservation[0].duplicate.rows == 1


def test_a_check_that_raises_is_broken_not_failed(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", invoice("I1"))
    broken = tmp_path / "batch.invoice.yaml"
    broken.write_text(
        "name: batch.invoice\n"
        "expectations:\n"
        "  - type: unexpected_rows_expectation\n"
        "    kwargs: {unexpected_rows_query: 'SELECT seq FROM {batch} WHERE amont < 0'}\n"
        "    severity: warning\n"
        "    notes: It has a slip of the pen in a column's name.\n"
        "    meta: {rule_id: invoice.typo, kind: row, reason: The amount is negative.}\n"
    )
    suites = read_suites("batch") | {"invoice": read_suite(broken)}

    with pytest.raises(BrokenCheck) as caught:
        check_batch(
            connection, arrived(counted(invoice=(1, "100"))), tmp_path, tmp_path / "out", suites
        )

    assert "batch.invoice.yaml, rule invoice.typo: the check could not run" in str(caught.value)
    assert "amont" in str(caught.value)
    assert "SELECT" not in str(caught.value)


def test_an_import_is_judged_alike_on_whichever_night_it_is_read(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", invoice("I1", invoice_date=FAR, due_date=FAR, known_on=FAR))
    received = counted(invoice=(1, "100"))

    early, late = (
        check_batch(
            connection,
            arrived(received, is_historical=True, landed_on=day),
            tmp_path,
            tmp_path / "out",
        )
        for day in (date(2012, 1, 1), TONIGHT)
    )

    assert early.as_dict() == late.as_dict()
    assert states(early) == {}


def test_a_historical_reject_has_no_day(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    stage(tmp_path, "invoice", invoice("I1", "-1.00", known_on=date(2012, 1, 5)))
    stage_rejects(tmp_path, ("invoice", None, "date", "No date.", "x", 9), known_on=None)

    verdict = check_batch(
        connection,
        arrived(counted(invoice=(2, "-1")), is_historical=True),
        tmp_path,
        tmp_path / "out",
    )

    assert read(connection, verdict.quarantine, "key, known_on") == [
        (None, None),
        ("I1", date(2012, 1, 5)),
    ]


def test_the_connection_stays_open_and_clean(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    stage(tmp_path, "invoice", invoice("I1"))

    check_batch(connection, arrived(counted(invoice=(1, "100"))), tmp_path, tmp_path / "out")

    assert connection.execute("SELECT table_schema, table_name FROM information_schema.tables")
    assert connection.fetchall() == [("main", "kept")]
