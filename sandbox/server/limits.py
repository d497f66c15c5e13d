"""Rate windows and daily quotas, on the virtual clock."""

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

Window = tuple[int, float]
"""(calls, seconds): at most so many calls in any so many seconds."""


class Windows:
    """Sliding windows. A refused call does not count towards a window."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, ...], deque[float]] = defaultdict(deque)

    def wait(self, key: tuple[str, ...], windows: Sequence[Window], now: datetime) -> float:
        """0.0 and the call is counted; or the seconds until it would be allowed, uncounted."""
        at = now.timestamp()
        calls = self._calls[key]
        longest = max((seconds for _, seconds in windows), default=0.0)
        while calls and (calls[0] <= at - longest or calls[0] > at):
            calls.popleft()
        waits = [0.0]
        for most, seconds in windows:
            # Only the call `most` back matters: as long as it is inside, there is no room.
            if len(calls) >= most and (oldest := calls[-most]) > at - seconds:
                waits.append(oldest + seconds - at)
        if max(waits) > 0:
            return max(waits)
        calls.append(at)
        return 0.0

    def used(self, key: tuple[str, ...]) -> int:
        """Calls in the longest window, as of the last call."""
        return len(self._calls[key])

    def clear(self) -> None:
        """Forget every call."""
        self._calls.clear()


class Quotas:
    """Calls a calendar day, in the system's own time zone."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, str, str]] = Counter()

    def take(self, system: str, name: str, most: int, now: datetime, utc_hours: int = 8) -> bool:
        """Count one call of today's; False, uncounted, when today's are used up."""
        day = (now.astimezone(timezone(timedelta(hours=utc_hours)))).date().isoformat()
        if self._used[system, name, day] >= most:
            return False
        self._used[system, name, day] += 1
        return True

    def clear(self) -> None:
        """Forget every day."""
        self._used.clear()
