"""`make run` and `make ui`."""

import json
import shlex
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from etl import clock
from etl.airflow_local import night
from etl.airflow_local.client import Client
from etl.airflow_local.components import USER, Airflow, running
from etl.airflow_local.sandboxed import CUSTOMERS, sandboxed
from etl.errors import ZixinError
from etl.schedule import time_zone
from etl.summary import print_summary

PUBLISHED_WITH_HELD_FEEDS = 2  # as `zixin night` says it

app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, help="A real Airflow on this machine."
)
console = Console(highlight=False)


@app.command()
def run(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="another night than tonight")
    ] = None,
    customers: Annotated[
        int, typer.Option(min=1, help="how many the sandbox has, where no book is configured")
    ] = CUSTOMERS,
) -> None:
    """Run tonight under Airflow, say where to look, leave nothing running."""
    started = time.monotonic()
    day = as_of.date() if as_of else None
    with sandboxed(console, day, customers) as systems, running(systems) as airflow:
        tonight = day or clock.tonight(time_zone())
        console.print(f"Starting Airflow for the night of [bold]{tonight}[/] …")
        client = _connect(airflow)
        console.print(f"Airflow is up after {time.monotonic() - started:.0f} s.")
        published = night.run(client, tonight, console)
    console.print(f"Airflow is stopped again. {time.monotonic() - started:.0f} s in all.\n")
    print_summary(console, published)
    example = _example(Path(published["folder"]))
    console.print(f"customer   .venv/bin/zixin show {example}", markup=False)
    console.print("Airflow    make ui")
    if sentences := night.held(tonight):
        for sentence in sentences:
            console.print(f"[yellow]held:[/] {escape(sentence)}", soft_wrap=True)
        sys.exit(PUBLISHED_WITH_HELD_FEEDS)


@app.command()
def ui() -> None:
    """Keep Airflow up until Ctrl-C."""
    console.print("Starting Airflow …")
    with sandboxed(console, None) as systems, running(systems) as airflow:
        _connect(airflow).wait_for_dag(night.DAG)
        console.print(f"  Airflow   {airflow.url}")
        console.print(f"  user      {USER}")
        console.print(f"  password  {airflow.password}", markup=False)
        console.print("Ctrl-C stops it.")
        try:
            while not (sentence := airflow.dead()):
                time.sleep(1)
        except KeyboardInterrupt:
            console.print("\nStopping Airflow …")
            return
        raise ZixinError(sentence)


def _connect(airflow: Airflow) -> Client:
    client = Client(airflow)
    client.wait_until_up()
    return client


def _example(folder: Path) -> str:
    """A customer's number, as a shell takes it."""
    customers = json.loads((folder / "portfolio.json").read_text(encoding="utf-8"))["customers"]
    at = customers["columns"].index("customer_id")
    return shlex.quote(customers["rows"][0][at]) if customers["rows"] else "CUSTOMER"


def _end(signum: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)  # unwinds through running(), which stops what it started


def main() -> None:
    """Run a command; what the user can put right is one sentence and exit 1."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        app()
    except ZixinError as error:
        console.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
