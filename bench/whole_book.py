"""All of a night's SQL over a world of 100,000 customers, beside three queries written by hand.

Every file of `sql/` runs as a night runs it, once a round, a layer in one process. One reference writes
the whole payment family, every column of `indicator.payment` for every customer with a bill, as plain SQL:
the ratio to it is the one that is promised. Another is the same with everything packed into machine words,
to show how far DuckDB goes, and the third no more than an aggregate of invoices and payments. The
references must agree with the project on what both say.
"""

import os
import sys
import time
from datetime import date
from pathlib import Path

import duckdb

from bench import same_answer
from bench.measure import GIB, Cost, cost, line, median
from bench.world_snapshot import write_snapshots
from etl import models
from etl.engine.duckdb import DuckDBEngine
from etl.night_tables import night_tables
from etl.parquet import write_rows
from etl.policy import POLICY_FOLDER, load_policies
from etl.settings import PROJECT, Settings

CUSTOMERS = 100_000
ROUNDS = 3
MOST_MEMORY = 6 * GIB
SLOW_SECONDS = 2.0
"""A file that takes longer is named while the bench runs."""

AS_OF = date(2026, 11, 22)
FOLDER = PROJECT / ".zixin" / "bench" / "world"
REFERENCES = {
    same_answer.PLAIN: "reference_family.sql",
    same_answer.PACKED: "reference_packed.sql",
    "reference": "reference_world.sql",
}
"""The query behind each file of results."""
MOST_TIMES = 6
"""The whole book in times of the plain query."""

INPUTS = (
    "invoice",
    "payment",
    "allocation",
    "credit_note",
    "claim",
    "dispute",
    "invoice_balance",
    "customer",
    "fx_rate",
)
"""What they read between them, of `current`."""

AGREES = """
    SELECT COUNT(*)
    FROM reference
    FULL JOIN (
        SELECT customer_id, COUNT(*) AS items, SUM(amount) AS billed FROM receivable GROUP BY customer_id
    ) AS project USING (customer_id)
    WHERE reference.items IS DISTINCT FROM project.items
        OR reference.billed IS DISTINCT FROM project.billed
"""


def folder() -> Path:
    """Where inputs and results stand."""
    return Path(os.environ.get("ZIXIN_BENCH_WORLD", str(FOLDER)))


def engine(threads: int, memory: str = "4GiB") -> DuckDBEngine:
    """The engine as a night has it."""
    return DuckDBEngine(Settings(folder(), folder(), "", threads, memory, ""))


def run_layer(layer: str, threads: int) -> None:
    """Every SQL file of a layer, from Parquet to Parquet, one after the other, as the night's task does."""
    for model in models.models(layer):
        start = time.perf_counter()
        model.write(
            engine(threads),
            {table: [folder() / f"{table}.parquet"] for table in model.reads},
            as_of=AS_OF,
            target=folder() / f"{model.full_name}.parquet",
        )
        seconds = time.perf_counter() - start
        if seconds >= SLOW_SECONDS:
            sys.stderr.write(f"  {model.full_name:<32}{seconds:8.2f} s\n")


def reference_sql(name: str) -> str:
    """A yardstick's query, in DuckDB's spelling."""
    file = Path(__file__).parent / REFERENCES[name]
    return file.read_text(encoding="utf-8").replace(":as_of", "getvariable('as_of')")


def run_reference(name: str, threads: int) -> None:
    """A yardstick, from the same Parquet to Parquet; with room, so that it need not spill."""
    files = {f"current.{table}": [folder() / f"current.{table}.parquet"] for table in INPUTS}
    with engine(threads, memory="6GiB").connect(files, as_of=AS_OF) as connection:
        connection.execute(
            f"COPY ({reference_sql(name)}) TO '{folder() / f'{name}.parquet'}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )


def prepare() -> None:
    """The world, its snapshots and the policies, as Parquet."""
    if not (folder() / "done").exists():
        from sandbox.world.build import make_world

        world = folder().parent / "world-source"
        make_world(world, CUSTOMERS, seed=1, until=AS_OF)
        write_snapshots(world, folder(), AS_OF)
    policies = load_policies("article", beside=POLICY_FOLDER, base_currency="CNY")
    for name, (types, rows) in night_tables(policies, AS_OF).items():
        write_rows(target=folder() / f"{name}.parquet", types=types, rows=rows)


def customers_that_differ() -> int:
    """Customers for whom the reference and the project disagree on what both state."""
    with duckdb.connect() as connection:
        for view, name in (("reference", "reference"), ("receivable", "core.receivable")):
            connection.execute(
                f"CREATE VIEW {view} AS SELECT * FROM read_parquet('{folder() / name}.parquet')"
            )
        return int((connection.execute(AGREES).fetchone() or (-1,))[0])


def main() -> bool:
    """Print the costs; True when time and memory stayed within their bounds and the answers are the same."""
    threads = os.cpu_count() or 1
    prepare()
    spent: dict[str, list[Cost]] = {}
    for _ in range(ROUNDS):
        for name in REFERENCES:
            spent.setdefault(name, []).append(cost(run_reference, name, threads))
        for layer in dict.fromkeys(model.layer for model in models.models()):
            spent.setdefault(layer, []).append(cost(run_layer, layer, threads))
    found = {name: median(costs) for name, costs in spent.items()}
    out = sys.stdout.write
    out(f"{CUSTOMERS:,} customers, {threads} threads, median of {ROUNDS}\n")
    for name, each in found.items():
        out(line(name, each))
    most = max(found.values(), key=lambda c: c.memory)
    whole = sum(each.seconds for name, each in found.items() if name not in REFERENCES)
    differ = customers_that_differ()
    answers = [same_answer.compare(folder(), name) for name in same_answer.BY_HAND]
    ratios = {name: whole / found[name].seconds for name in REFERENCES}
    out(line("everything together", Cost(whole, most.memory)))
    for name, ratio in ratios.items():
        out(f"ratio to the {name.replace('_', ' ')}: {ratio:.2f}\n")
    out(f"customers on whom the reference and the project disagree: {differ}\n")
    for answer in answers:
        out(answer.line())
    same = differ == 0 and all(answer.same for answer in answers)
    return same and most.memory <= MOST_MEMORY and ratios[same_answer.PLAIN] <= MOST_TIMES


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
