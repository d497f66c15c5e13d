"""The sandbox's own time: it starts where it is told to, and runs on, stands still, or jumps."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from etl.errors import ZixinError


class Clock:
    """A moment in UTC that moves with a stopwatch, never with the machine's date.

    `speed`: virtual seconds a real second. Frozen, it moves only when told to.
    """

    def __init__(
        self,
        at: datetime,
        *,
        is_frozen: bool = False,
        speed: float = 1.0,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stopwatch = stopwatch
        self._speed = speed
        self._base = at.astimezone(UTC)
        self._started = stopwatch()
        self.is_frozen = is_frozen

    def now(self) -> datetime:
        """The virtual moment, aware, in UTC."""
        if self.is_frozen:
            return self._base
        return self._base + timedelta(seconds=(self._stopwatch() - self._started) * self._speed)

    def set(self, at: datetime) -> None:
        """Jump to a moment, forwards or back."""
        self._base, self._started = at.astimezone(UTC), self._stopwatch()

    def advance(self, seconds: float) -> None:
        """Jump ahead."""
        self.set(self.now() + timedelta(seconds=seconds))

    def freeze(self, is_frozen: bool) -> None:
        """Stand still from this moment, or run on from it."""
        self.set(self.now())
        self.is_frozen = is_frozen


def moment(text: str) -> datetime:
    """An ISO moment such as 2026-11-21T02:00:00+08:00; without a zone it is UTC, a day is its start.

    Raises:
        ZixinError: the text is none.
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ZixinError(
            f"{text!r} is not a moment: write it as 2026-11-21T02:00:00+08:00"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
