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
        from etl.publish.reader import read_credit_file

        document = read_credit_file(customer, as_of)
        if as_json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
            return
        from etl.publish.show import render_text

        screen.print(render_text(document, lang))


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
