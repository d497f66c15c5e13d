"""What a person sees while a night runs: a live table on a terminal, a line a change elsewhere."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from etl.airflow_local.client import Task

MARKS = {
    "success": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "upstream_failed": ("–", "dim"),
    "skipped": ("–", "dim"),
    "running": ("▸", "cyan"),
    "up_for_retry": ("↻", "yellow"),
}
WORDS = {
    "success": "done",
    "upstream_failed": "not reached",
    "up_for_retry": "will be tried again",
}
SAID_ALOUD = ("success", "failed", "up_for_retry")


class Progress:
    """Shows the tasks of a run, in the order the DAG has them."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.live = Live(console=console, refresh_per_second=4) if console.is_terminal else None
        self.told: dict[tuple[str, int], str] = {}
        self.places: dict[str, int] = {}

    def __enter__(self) -> Self:
        if self.live:
            self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.live:
            self.live.stop()

    def show(self, tasks: list[Task]) -> None:
        """Draw the table anew, or say what has changed."""
        # Airflow's first answer has the order of the DAG; a mapped task moves to the end when it is expanded.
        for task in tasks:
            self.places.setdefault(task.task_id, len(self.places))
        tasks = sorted(tasks, key=lambda task: (self.places[task.task_id], task.map_index))
        if self.live:
            self.live.update(_table(tasks))
            return
        for task in tasks:
            key = (task.task_id, task.map_index)
            if self.told.get(key) != task.state and task.state in SAID_ALOUD:
                self.console.print(f"  {task.label}: {_words(task)}")
            self.told[key] = task.state


def _table(tasks: list[Task]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for task in tasks:
        mark, style = MARKS.get(task.state, ("·", "dim"))
        table.add_row(Text(mark, style), Text(task.label), Text(_words(task), "dim"))
    return table


def _words(task: Task) -> str:
    word = WORDS.get(task.state, task.state)
    if task.state in ("success", "failed") and task.seconds is not None:
        return f"{word} in {task.seconds:.1f} s"
    return word
