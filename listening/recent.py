"""Listens as this process wrote them last: the next report of one need not read it first."""

from collections import OrderedDict
from threading import Lock

from listening.listen import Listen

MOST = 1000


class Recent:
    """Some (listen, rev) by key. Another process may know better: only for writes that the rev guards."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Listen, int]] = OrderedDict()
        self._lock = Lock()

    def keep(self, key: str, listen: Listen, rev: int) -> None:
        with self._lock:
            self._known[key] = listen, rev
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def take(self, key: str) -> tuple[Listen, int] | None:
        """Once: whoever is second reads."""
        with self._lock:
            return self._known.pop(key, None)
