"""`zixin`: the verbs of a night for a shell. Heavy imports stay inside the commands."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from etl import __version__
from etl.errors import ZixinError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",  # paragraphs are as wide as the terminal, not as the source
    pretty_exceptions_enable=False,
    help="A credit file for every customer, fresh every night. 每晚更新的客户资信档案。",
    context_settings={"help_option_names": ["-h", "--help"]},
)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
screen = Console(highlight=False)

PUBLISHED_WITH_HELD_FEEDS = 2

AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="Business date; default: last night's."),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The book file; default: $ZIXIN_CONFIG."),
]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for machines.")]
Lang = Annotated[str, typer.Option("--lang", metavar="zh|en", help="Language of the text.")]


@contextmanager
def _sentences() -> Iterator[None]:
    """What the user can put right is one sentence on stderr and exit code 1."""
    try:
        yield
    except ZixinError as error:
        errors.print(f"[red]zixin:[/] {_escaped(str(error))}")
        raise typer.Exit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None


def _escaped(text: str) -> str:
    from rich.markup import escape

    from etl.terminal import printable

    return escape(printable(text))


def _configure(config: Path | None) -> None:
    if config is not None:
        from etl.settings import use_config

        use_config(config)


def _version(show: bool) -> None:
    if show:
        screen.print(f"zixin {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A credit file for every customer, fresh every night."""


@app.command(epilog="Example: zixin night --as-of 2026-11-20 --config my-ledger.yaml")
def night(as_of: AsOf = None, config: Config = None, as_json: Json = False) -> None:
    """Run one whole night without Airflow: read, check, grade, publish.

    Exit code 0: published with every feed. 2: published, but a feed is held and its last good data
    stands. 1: not published; what was published before still stands.
    """
    with _sentences():
        _configure(config)
        from etl.run import run_night

        result = run_night(as_of, progress=_progress(as_json))
        if as_json:
            screen.print_json(json.dumps(result, ensure_ascii=False, default=str))
        else:
            from etl.summary import print_summary

            print_summary(screen, result)
        if result["held"]:
            for feed in result["held"]:
                errors.print(f"[yellow]held:[/] {_escaped(feed['sentence'])}")
            raise typer.Exit(PUBLISHED_WITH_HELD_FEEDS)


def _progress(as_json: bool) -> Callable[[str], None]:
    """A line a step on stderr when somebody watches; silence otherwise."""
    if as_json or not errors.is_terminal:
        return lambda _: None
    return lambda step: errors.print(f"[dim]· {_escaped(step)}[/]")


@app.command(epilog="Example: zixin show C-1007 --lang en")
def show(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Customer number.")],
    as_of: AsOf = None,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Print a customer's credit file, as published."""
    with _sentences():
        if lang not in ("zh", "en"):
            raise ZixinError(f"--lang takes zh or en, not {lang!r}")
        from etl.publish.reader import read_alerts, read_credit_file, read_last_letters

        document = read_credit_file(customer, as_of)
        if as_json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
            return
        from etl.publish.show import render_text

        beside = read_alerts(customer, as_of), read_last_letters(customer, as_of)
        screen.print(render_text(document, lang, *beside))


@app.command(epilog="Example: zixin doctor --config my-ledger.yaml")
def doctor(config: Config = None, as_json: Json = False) -> None:
    """Say what is configured, reachable and fresh, and what is not, with the fix."""
    with _sentences():
        _configure(config)
        from etl.doctor import examine

        findings = examine()
    if as_json:
        screen.print_json(json.dumps([finding.as_dict() for finding in findings]))
    else:
        for finding in findings:
            mark = "[green]ok[/]  " if finding.is_ok else "[red]fix[/] "
            screen.print(f"{mark} {_escaped(finding.what)}", soft_wrap=True)
            if not finding.is_ok:
                screen.print(f"      {_escaped(finding.fix)}", soft_wrap=True)
    if not all(finding.is_ok for finding in findings):
        raise typer.Exit(1)


@app.command(epilog="Example: zixin train --config my-ledger.yaml")
def train(as_of: AsOf = None, config: Config = None, as_json: Json = False) -> None:
    """Learn a score's weights from who turned out bad since an earlier night, and print them.

    Nothing is judged by them until somebody puts what is printed into the tree of a scorecard.
    """
    with _sentences():
        _configure(config)
        from etl.train import train as learn

        learnt = learn(as_of)
        if as_json:
            screen.print_json(json.dumps(learnt.as_dict(), ensure_ascii=False))
        else:
            sys.stdout.write(learnt.as_yaml())


@app.command(epilog="Example: zixin world --customers 300 --out .zixin/world --until 2026-11-20")
def world(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the world is written.")],
    customers: Annotated[int, typer.Option("--customers", metavar="N", help="How many.")] = 300,
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help="Another seed, another world.")
    ] = 1,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="YYYY-MM-DD",
            help="The world is this day's year and the two before; exports are as of this day. "
            "Default: last night's.",
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="world|files",
            help="files: also DIR/files, a ledger export with its book file, to run a night on.",
        ),
    ] = "world",
    exports: Annotated[
        bool,
        typer.Option(
            "--exports", help="Also DIR/exports: statements, surveys, forms and more as CSV."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the synthetic world the sandbox serves: invented companies and what they do, as files.

    The same options give the same bytes; a world that is there already is not made again.
    """
    with _sentences():
        from etl.clock import parse_day, tonight
        from etl.schedule import time_zone
        from sandbox.world.command import run

        day = parse_day(until) if until else tonight(time_zone())
        run(customers, out, seed, day, form, exports=exports, as_json=as_json)


@app.command(epilog="Example: zixin sandbox up --customers 300 --faults 429,timeout,schema_drift")
def sandbox(
    action: Annotated[str, typer.Argument(metavar="up", help="up: serve until Ctrl-C.")],
    world: Annotated[
        Path | None,
        typer.Option("--world", metavar="DIR", help="A world made before; default: one is made."),
    ] = None,
    customers: Annotated[int, typer.Option("--customers", help="Size of a world made now.")] = 300,
    port: Annotated[int, typer.Option("--port", help="Where to listen; 0: a free port.")] = 0,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="ISO-MOMENT", help="Where its clock starts; default: now."),
    ] = None,
    faults: Annotated[
        str, typer.Option("--faults", metavar="A,B|all", help="What goes wrong; default: nothing.")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Of the world and of the faults.")] = 1,
    limits_times: Annotated[
        float, typer.Option("--limits-times", help="Widen every rate limit so many times.")
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Speak the APIs of CRM, bureaus and courts on this machine, over an invented world.

    Prints its address and the AIRFLOW_CONN_ variables that lead a night to it.
    """
    with _sentences():
        if action != "up":
            raise ZixinError(f"zixin sandbox knows up, not {action!r}")
        from sandbox.server.up import up

        up(
            world=world,
            customers=customers,
            port=port,
            at=at,
            faults=faults,
            seed=seed,
            limits_times=limits_times,
            as_json=as_json,
            tell=_progress(as_json),
        )
