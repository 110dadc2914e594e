"""How often devices may ask: as ListenBrainz has it, so many times in ten seconds."""

import time
from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

WINDOW_SECONDS = 10
PER_TOKEN = 50
PER_ADDRESS = 30


class Usage(NamedTuple):
    """`used` counts this request too. Times are seconds, those since 1970 for `resets_at`."""

    limit: int
    used: int
    resets_at: int
    resets_in: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def is_over(self) -> bool:
        return self.used > self.limit


class Limiter:
    """Counts in this process: pages are served by one, and a count that several share would be a write a request."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        self._window, self._used = 0, Counter[str]()

    def use(self, key: str, limit: int) -> Usage:
        with self._lock:
            now = int(self._clock())
            window = now // WINDOW_SECONDS
            if window != self._window:
                self._window, self._used = window, Counter()
            self._used[key] += 1
            resets_at = (window + 1) * WINDOW_SECONDS
            return Usage(limit, self._used[key], resets_at, resets_at - now)


limiter = Limiter()
