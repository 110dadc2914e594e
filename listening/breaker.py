"""A circuit breaker: after a failure nobody waits for the store again for some seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from listening.errors import StoreAway, StoreTooSlow


class Breaker:
    """Closed: everybody may ask. Open: StoreAway at once. When its rest is over, one caller probes."""

    def __init__(self, rest_seconds: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = Lock()
        self._open_until: float | None = None
        self._is_probed = False

    @property
    def lets_through(self) -> bool:
        """Whether a call made now would be tried."""
        return self._open_until is None or (self._clock() >= self._open_until and not self._is_probed)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one call. Any answer closes the breaker, a refusal included; StoreAway opens it."""
        is_probe = self._enter()
        try:
            yield
        except StoreTooSlow:
            self._close()
            raise
        except StoreAway:
            self._open_until = self._clock() + self._rest_seconds
            raise
        except Exception:
            self._close()
            raise
        else:
            self._close()
        finally:
            if is_probe:
                self._is_probed = False

    def _enter(self) -> bool:
        with self._lock:
            if not self.lets_through:
                raise StoreAway("The listen store did not answer some seconds ago.")
            self._is_probed = self._open_until is not None
            return self._is_probed

    def _close(self) -> None:
        self._open_until = None
