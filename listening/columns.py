"""The sums of many tracks, artists or albums, added up no further than somebody asks: pages show ten of thousands."""

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress, repeat
from operator import add
from typing import Any, NamedTuple


class Part(NamedTuple):
    """One after the other: as many keys, listens and milliseconds."""

    keys: Sequence[Any]
    listens: Sequence[int]
    played_ms: Sequence[int]


class Columns(Mapping[Any, tuple[int, int]]):
    """Listens and milliseconds by key, of several parts together. Who needs only one of them does not pay for pairs.

    The parts are read when somebody asks.
    """

    def __init__(self, parts: Iterable[Part]) -> None:
        self._unread = parts

    @cached_property
    def _parts(self) -> list[Part]:
        return list(self._unread)

    @cached_property
    def listens(self) -> dict[Any, int]:
        return _added((part.keys, part.listens) for part in self._parts)

    @cached_property
    def played_ms(self) -> dict[Any, int]:
        return _added((part.keys, part.played_ms) for part in self._parts)

    def played_ms_of(self, some: Iterable[Any]) -> dict[Any, int]:
        """Of few among many."""
        wanted, sums = set(some), dict[Any, int]()
        for keys, _listens, ms in self._parts:
            is_wanted = [*map(wanted.__contains__, keys)]
            for key, more in zip(compress(keys, is_wanted), compress(ms, is_wanted), strict=True):
                sums[key] = sums.get(key, 0) + more
        return sums

    def __getitem__(self, key: Any) -> tuple[int, int]:
        return self.listens[key], self.played_ms[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.listens)

    def __len__(self) -> int:
        return len(self.listens)


def packed(sums: Mapping[int, tuple[int, int]]) -> bytes:
    """By id or hour, as they are kept: signed 64 bits each, the lowest byte first.

    To read JSON took longer than to add it up.
    """
    return _lowest_first(
        array("q", [*sums, *(listens for listens, _ in sums.values()), *(ms for _, ms in sums.values())])
    ).tobytes()


def part_of(kept: Any) -> Part:
    """What `packed` made."""
    numbers = _lowest_first(array("q", bytes(kept)))
    size = len(numbers) // 3
    return Part(numbers[:size], numbers[size : 2 * size], numbers[2 * size :])


def packed_by_name(sums: Mapping[str, tuple[int, int]]) -> list[list[Any]]:
    """By slug, for JSON."""
    return [list(sums), [listens for listens, _ in sums.values()], [ms for _, ms in sums.values()]]


def part_by_name(kept: str) -> Part:
    """What JSON made of it."""
    return Part(*json.loads(kept))


def _lowest_first(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _added(parts: Iterable[tuple[Sequence[Any], Sequence[int]]]) -> dict[Any, int]:
    sums: dict[Any, int] = {}
    for keys, numbers in parts:
        sums.update(zip(keys, map(add, map(sums.get, keys, repeat(0)), numbers) if sums else numbers, strict=True))
    return sums
