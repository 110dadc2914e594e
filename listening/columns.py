"""The sums of many tracks, artists or albums, added up no further than somebody asks: pages show ten of thousands."""

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np


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
    def arrays(self) -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
        """Each key once, its listens and its milliseconds."""
        return _added(self._parts)

    @cached_property
    def listens(self) -> dict[Any, int]:
        return self._by_key(1)

    @cached_property
    def played_ms(self) -> dict[Any, int]:
        return self._by_key(2)

    def _by_key(self, at: int) -> dict[Any, int]:
        columns = self._parts[0] if len(self._parts) == 1 else self.arrays
        return dict(zip(_plain(columns[0]), _plain(columns[at]), strict=True))

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
    """What `packed` made, not copied."""
    import numpy as np  # not for commands that read nothing

    numbers = np.frombuffer(kept, "<i8")
    return Part(*numbers.reshape(3, numbers.size // 3))


def packed_by_name(sums: Mapping[str, tuple[int, int]]) -> list[list[Any]]:
    """By slug, for JSON."""
    return [list(sums), [listens for listens, _ in sums.values()], [ms for _, ms in sums.values()]]


def part_by_name(kept: str) -> Part:
    """What JSON made of it."""
    return Part(*json.loads(kept))


def _plain(column: "Sequence[Any] | np.ndarray") -> Sequence[Any]:
    """With Python's own numbers."""
    return column.tolist() if hasattr(column, "tolist") else column


def _lowest_first(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _added(parts: Sequence[Part]) -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """With numpy: dictionaries took ten times as long for thousands of keys in many parts."""
    import numpy as np  # not for commands that add nothing up

    def column(at: int) -> np.ndarray:
        return np.concatenate([np.asarray(part[at], np.int64) for part in parts])

    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    if any(len(part.keys) and isinstance(part.keys[0], str) for part in parts):
        names = [key for part in parts for key in part.keys]
        places = {name: at for at, name in enumerate(dict.fromkeys(names))}
        keys, where = np.array([*places], object), np.array([places[name] for name in names])
    elif len(parts) == 1:
        return column(0), column(1), column(2)
    else:
        keys, where = np.unique(column(0), return_inverse=True)
    # Adds as floats, which are exact up to 2**53 milliseconds: 285,000 years.
    amounts = column(1), column(2)
    listens, played_ms = (np.bincount(where, amount, len(keys)).astype(np.int64) for amount in amounts)
    return keys, listens, played_ms
