from collections.abc import Sequence
from hashlib import shake_256
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Chance that falls the same way for one seed on every machine, for ever (`random` does not promise that)."""

    def __init__(self, seed: str) -> None:
        self._bytes = iter(shake_256(seed.encode("utf-8", "replace")).digest(4096))
        self.key = "c" + shake_256(b"key" + seed.encode("utf-8", "replace")).hexdigest(4)

    def between(self, low: float, high: float) -> float:
        thrown = next(self._bytes) * 256 + next(self._bytes)
        return round(low + (high - low) * thrown / 65_535, 1)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[(next(self._bytes) * 256 + next(self._bytes)) % len(choices)]
