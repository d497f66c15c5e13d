"""`make run` and `make ui`."""

import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import click
import typer
from rich.console import Console
from rich.markup import escape

from etl import clock
from etl.airflow_local import night
from etl.airflow_local.client import Client
from etl.airflow_local.components import USER, Airflow, running
from etl.errors import ZixinError
from etl.schedule import time_zone

PUBLISHED_WITH_HELD_FEEDS = 2  # as `zixin night` says it

app = typer.Typer(add_completion=False, help="A real Airflow on this machine.")
console = Console()


@app.command()
def run(
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="another night than tonight")
    ] = None,
) -> None:
    """Run tonight under Airflow, say where to look, leave nothing running."""
    tonight = as_of.date() if as_of else clock.tonight(time_zone())
    started = time.monotonic()
    console.print(f"Starting Airflow for the night of [bold]{tonight}[/] …")
    with running() as airflow:
        client = _connect(airflow)
        console.print(f"Airflow is up after {time.monotonic() - started:.0f} s.", highlight=False)
        folder = night.run(client, tonight, console)
    seconds = time.monotonic() - started
    console.print(
        f"\n[green]Published[/] the night of {tonight} in {seconds:.0f} s.", highlight=False
    )
    _where_to_look(folder)
    if sentences := night.held(tonight):
        for sentence in sentences:
            console.print(f"[yellow]held:[/] {escape(sentence)}", highlight=False, soft_wrap=True)
        sys.exit(PUBLISHED_WITH_HELD_FEEDS)


@app.command()
def ui() -> None:
    """Keep Airflow up until Ctrl-C."""
    console.print("Starting Airflow …")
    with running() as airflow:
        _connect(airflow).wait_for_dag(night.DAG)
        console.print(f"  Airflow   {airflow.url}", highlight=False)
        console.print(f"  user      {USER}", highlight=False)
        console.print(f"  password  {airflow.password}", highlight=False, markup=False)
        console.print("Ctrl-C stops it.")
        while not (sentence := airflow.dead()):
            time.sleep(1)
        raise ZixinError(sentence)


def _connect(airflow: Airflow) -> Client:
    client = Client(airflow)
    client.wait_until_up()
    return client


def _where_to_look(folder: Path) -> None:
    portfolio = folder / "index.html"
    console.print(f"  portfolio    {portfolio.as_uri()}", highlight=False, soft_wrap=True)
    console.print("  a customer   .venv/bin/zixin show <customer>", highlight=False, markup=False)
    console.print("  Airflow      make ui", highlight=False)


def _end(signum: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)  # unwinds through running(), which stops what it started


def main() -> None:
    """Run a command; what the user can put right is one sentence and exit 1."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        app(standalone_mode=False)
    except ZixinError as error:
        console.print(f"[bold red]✗[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(1)
    except (KeyboardInterrupt, click.Abort):
        console.print("Stopped.")
        sys.exit(130)


if __name__ == "__main__":
    main()
