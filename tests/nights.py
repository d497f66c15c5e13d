"""Real nights in a temporary lake: for tests that need more than one table."""

import gc
import hashlib
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from etl import models
from etl.publish.warehouse import drop_unseen, load_night
from etl.publish.warehouse.tables import night_table
from etl.run import run_night
from etl.settings import Settings, use_settings
from tests.made_once import made_once

LEDGER = """\
customer,name,invoice,issued,due,amount,paid
C-1,Prompt & Sons,INV-1,2026-01-05,2026-02-04,1000.00,2026-02-04
C-1,Prompt & Sons,INV-2,2026-03-05,2026-04-04,1500.00,2026-04-01
C-2,缓付贸易有限公司,INV-3,2026-01-10,2026-02-09,2000.00,2026-02-16
C-2,缓付贸易有限公司,INV-4,2026-03-10,2026-04-09,800.00,
C-3,Late GmbH,INV-5,2026-01-15,2026-02-14,500.00,2026-03-20
C-4,New Co,INV-6,2026-04-20,2026-05-20,900.00,
"""

BOOK = """\
feeds:
  - name: ledger
    file: ledger.csv
    known: historical
    row_date: issued
    records:
      customer: {customer_id: customer, customer_name: name}
      invoice:
        invoice_id: invoice
        customer_id: customer
        invoice_date: issued
        due_date: due
        amount: amount
        currency: {value: CNY}
      payment:
        when: {paid: present}
        payment_id: {column: invoice, prefix: "P-"}
        invoice_id: invoice
        customer_id: customer
        payment_date: paid
        amount: amount
        currency: {value: CNY}
"""


def settings_for(home: Path, book: Path, warehouse_url: str | None = None) -> Settings:
    """Settings of a lake of its own."""
    return Settings(
        home=home,
        config=book,
        warehouse_url=warehouse_url or f"duckdb:///{home / 'warehouse.duckdb'}",
        threads=2,
        memory_limit="2GiB",
        schedule="",
    )


def write_book(folder: Path, book: str = BOOK, **files: str) -> Path:
    """A book file and its exports; `ledger="…"` becomes ledger.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (files or {"ledger": LEDGER}).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "book.yaml").write_text(book, encoding="utf-8")
    return folder / "book.yaml"


@cache
def empty_warehouse() -> Path:
    """A warehouse with every table and no night, made once a run: to make 250 tables and views with
    their comments takes a fifth of a small night. Warehouse tests and Airflow's begin without one."""

    def make(target: Path) -> None:
        url = f"duckdb:///{target}"
        everything = (*models.models(), *models.comparisons())
        tables = [
            night_table(model, ()) for model in everything if model.schema not in models.UNPUBLISHED
        ]
        load_night(url, as_of=date(2000, 1, 1), build="none", tables=tables)
        drop_unseen(url)
        target.with_name(f"{target.name}.loaded").replace(target)

    return made_once("empty-warehouse.duckdb", make)


def run(home: Path, book: Path, as_of: str, warehouse_url: str | None = None) -> dict[str, Any]:
    """One whole night in this process."""
    use_settings(settings_for(home, book, warehouse_url))
    target = home / "warehouse.duckdb"
    if warehouse_url is None and not target.exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(empty_warehouse(), target)
    return run_night(as_of, lambda _: None)


def digest_tree(folder: Path, skip: tuple[str, ...] = ()) -> dict[str, str]:
    """Every file below `folder` and the SHA-256 of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(skip or ("\0",))
    }


def in_child(work: Callable[[], None]) -> int:
    """Run `work` in a forked process; returns its exit status, negative for a signal.

    What earlier tests left to be collected stays with the parent: a database among it has threads that the
    child has not, and ending it there would end the child.
    """
    gc.freeze()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001  whatever it is, the parent must see a status
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    gc.unfreeze()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def kill_at_step(step: int) -> Callable[[], int]:
    """From here on this process dies, as if the power went, before its `step`-th durable write.

    A step is whatever makes something durable or visible: fsync or rename. Returns a counter.
    """
    count = 0
    fsync, replace, rename = os.fsync, os.replace, os.rename

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    os.fsync, os.replace, os.rename = guarded(fsync), guarded(replace), guarded(rename)
    return lambda: count
