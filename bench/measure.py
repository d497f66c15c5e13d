"""Time and peak memory of a piece of work, in a process of its own."""

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

GIB = 1024**3


@dataclass(frozen=True)
class Cost:
    """Seconds, and the most memory (bytes) the process ever held."""

    seconds: float
    memory: int


def cost(work: Callable[..., Any], *arguments: Any) -> Cost:
    """What `work(*arguments)` costs. It runs in a fresh process: nothing is warm but the disk."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, work, arguments))
    process.start()
    there.close()
    try:
        seconds, memory = here.recv()
    except EOFError:
        raise SystemExit(f"{work.__name__} failed; its own message is above") from None
    finally:
        process.join()
    return Cost(seconds, memory)


def _run(answer: Connection, work: Callable[..., Any], arguments: Sequence[Any]) -> None:
    start = time.perf_counter()
    work(*arguments)
    seconds = time.perf_counter() - start
    answer.send((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def median(costs: Iterable[Cost]) -> Cost:
    """The median time and the greatest memory."""
    listed = list(costs)
    return Cost(statistics.median(c.seconds for c in listed), max(c.memory for c in listed))


def line(name: str, spent: Cost) -> str:
    """One line of a report."""
    return f"{name:<34}{spent.seconds:8.2f} s{spent.memory / GIB:8.2f} GiB\n"
