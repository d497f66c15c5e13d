"""The payment family over 5 million invoices, beside the query a good engineer writes by hand.

Every model of `sql/` runs as a night runs it; the reference writes its one aggregate. In turn, several
times, each in a process of its own; medians are stated, and the ratio of the parts that answer the same
question: from snapshots to the payment indicators.
"""

import os
import sys
from datetime import date
from pathlib import Path

import duckdb

from bench import ledger
from bench.measure import GIB, Cost, cost, line, median
from etl import models
from etl.engine.duckdb import DuckDBEngine
from etl.night_tables import night_tables
from etl.parquet import write_rows
from etl.policy import POLICY_FOLDER, load_policies
from etl.settings import PROJECT, Settings

ROUNDS = 3
MOST_MEMORY = 6 * GIB
FOLDER = PROJECT / ".zixin" / "bench"
AS_OF = date.fromisoformat(ledger.AS_OF)
REFERENCE = Path(__file__).parent / "reference_payment.sql"
SHARED = """
    SELECT COUNT(*)
    FROM reference
    FULL JOIN aging USING (customer_id)
    FULL JOIN payment USING (customer_id)
    WHERE reference.open_amount IS DISTINCT FROM aging.open_amount
        OR COALESCE(reference.overdue, 0) IS DISTINCT FROM aging.overdue_amount
        OR COALESCE(d1_30, 0) IS DISTINCT FROM overdue_1_30_amount
        OR COALESCE(d31_60, 0) IS DISTINCT FROM overdue_31_60_amount
        OR COALESCE(d61_90, 0) IS DISTINCT FROM overdue_61_90_amount
        OR COALESCE(d90, 0) IS DISTINCT FROM overdue_over_90_amount
        OR reference.open_amount IS DISTINCT FROM payment.open_amount
        OR reference.billed - reference.collected IS DISTINCT FROM aging.ledger_balance
"""


def engine(threads: int) -> DuckDBEngine:
    """The engine as a night has it."""
    return DuckDBEngine(Settings(FOLDER, FOLDER, "", threads, "4GiB", ""))


def run_model(name: str, threads: int) -> None:
    """One SQL file, from Parquet to Parquet."""
    model = next(model for model in models.models() if model.full_name == name)
    model.write(
        engine(threads),
        {table: [FOLDER / f"{table}.parquet"] for table in model.reads},
        as_of=AS_OF,
        target=FOLDER / f"{name}.parquet",
    )


def run_reference(threads: int) -> None:
    """The yardstick, from the same Parquet to Parquet."""
    sql = REFERENCE.read_text(encoding="utf-8").replace(":as_of", "getvariable('as_of')")
    with engine(threads).connect(ledger.files(FOLDER), as_of=AS_OF) as connection:
        connection.execute(
            f"COPY ({sql}) TO '{FOLDER / 'reference.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )


def prepare() -> None:
    """The ledger and the policy, as Parquet."""
    ledger.files(FOLDER)
    for name, (types, rows) in night_tables(
        load_policies("article", beside=POLICY_FOLDER), AS_OF
    ).items():
        write_rows(target=FOLDER / f"{name}.parquet", types=types, rows=rows)


def customers_that_differ() -> int:
    """Customers for whom the reference and the project's tables disagree on what both state."""
    with duckdb.connect() as connection:
        for view, name in (
            ("reference", "reference"), ("aging", "indicator.aging"), ("payment", "indicator.payment")
        ):  # fmt: skip
            connection.execute(
                f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{FOLDER / name}.parquet')"
            )
        return int((connection.execute(SHARED).fetchone() or (-1,))[0])


def main() -> bool:
    """Print the costs; True when memory stayed within its bound and the answers are the same."""
    threads = os.cpu_count() or 1
    prepare()
    spent: dict[str, list[Cost]] = {}
    for _ in range(ROUNDS):
        spent.setdefault("reference", []).append(cost(run_reference, threads))
        for model in models.models():
            spent.setdefault(model.full_name, []).append(cost(run_model, model.full_name, threads))
    found = {name: median(costs) for name, costs in spent.items()}
    family = [name for name in found if name.split(".")[0] in {"event", "core", "indicator"}]
    seconds = sum(found[name].seconds for name in family)
    most = max(found.values(), key=lambda c: c.memory)
    differ = customers_that_differ()
    out = sys.stdout.write
    out(f"{ledger.INVOICES:,} invoices, {ledger.CUSTOMERS:,} customers, {threads} threads, ")
    out(f"median of {ROUNDS}\n")
    for name, each in found.items():
        out(line(name, each))
    out(line("event, core and indicator together", Cost(seconds, most.memory)))
    whole = sum(each.seconds for name, each in found.items() if name != "reference")
    out(line("all layers together", Cost(whole, most.memory)))
    out(f"ratio to the reference: {seconds / found['reference'].seconds:.2f} (payment family), ")
    out(f"{whole / found['reference'].seconds:.2f} (all layers)\n")
    out(f"customers on whom the two disagree: {differ}\n")
    return most.memory <= MOST_MEMORY and differ == 0


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
