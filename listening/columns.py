"""The sums of many tracks, artists or albums, added up no further than somebody asks: pages show ten of thousands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from operator import add
from typing import Any

# Keys, listens and milliseconds: see listening.rollups.packed.
Part = Sequence[Sequence[Any]]


class Columns(Mapping[Any, tuple[int, int]]):
    """Listens and milliseconds by key, of several parts together. Who needs only one of them does not pay for pairs."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = list(parts)

    @cached_property
    def listens(self) -> dict[Any, int]:
        return _added((keys, listens) for keys, listens, _ms in self._parts)

    @cached_property
    def played_ms(self) -> dict[Any, int]:
        return _added((keys, ms) for keys, _listens, ms in self._parts)

    def played_ms_of(self, some: Iterable[Any]) -> dict[Any, int]:
        """Of few among many."""
        wanted, sums = set(some), dict[Any, int]()
        for keys, _listens, ms in self._parts:
            for key, more in zip(keys, ms, strict=True):
                if key in wanted:
                    sums[key] = sums.get(key, 0) + more
        return sums

    def __getitem__(self, key: Any) -> tuple[int, int]:
        return self.listens[key], self.played_ms[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.listens)

    def __len__(self) -> int:
        return len(self.listens)


def _added(parts: Iterable[tuple[Sequence[Any], Sequence[int]]]) -> dict[Any, int]:
    sums: dict[Any, int] = {}
    for keys, numbers in parts:
        sums.update(zip(keys, map(add, map(sums.get, keys, repeat(0)), numbers) if sums else numbers, strict=True))
    return sums
