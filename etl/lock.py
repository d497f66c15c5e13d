"""One night at a time in one lake: the second one waits a while, then is refused in a sentence."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.errors import ZixinError

_held: set[Path] = set()


@contextmanager
def night_lock(home: Path, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lake's night lock. The system drops it when the process dies, however it dies.

    A verb called inside a night that holds the lock goes through.
    """
    path = home / "night.lock"
    if path in _held:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(handle, path, time.monotonic() + wait_seconds)
        os.truncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        _held.add(path)
        yield
    finally:
        _held.discard(path)
        os.close(handle)


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 32, 0).decode() or "unknown"
                raise ZixinError(
                    f"another night is running on {path.parent} (process {holder}): "
                    "wait until it ends, then start this one again"
                ) from None
        time.sleep(0.2)
