"""The sums of many tracks, artists or albums, added up no further than somebody asks: pages show ten of thousands."""

import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np


APART = 8
# One after the other: as many keys, listens and milliseconds.
Part: TypeAlias = "Sequence[Sequence[Any]] | np.ndarray"


class Columns(Mapping[Any, tuple[int, int]]):
    """Listens and milliseconds by key, of several parts together. Who needs only one of them does not pay for pairs.

    The parts are read when somebody asks.
    """

    def __init__(self, parts: "Iterable[Part]") -> None:
        self._unread = parts

    @cached_property
    def _parts(self) -> "list[Part]":
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


def part_of(kept: Any) -> "np.ndarray":
    """What `packed` made, not copied."""
    import numpy as np  # not for commands that read nothing

    numbers = np.frombuffer(kept, "<i8")
    return numbers.reshape(3, numbers.size // 3)


def packed_by_name(sums: Mapping[str, tuple[int, int]]) -> list[list[Any]]:
    """By slug, for JSON."""
    return [list(sums), [listens for listens, _ in sums.values()], [ms for _, ms in sums.values()]]


def part_by_name(kept: str) -> Sequence[Sequence[Any]]:
    """What JSON made of it."""
    columns: list[list[Any]] = json.loads(kept)
    return columns


def _plain(column: "Sequence[Any] | np.ndarray") -> Sequence[Any]:
    """With Python's own numbers."""
    return column.tolist() if hasattr(column, "tolist") else column


def _lowest_first(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _added(parts: "Sequence[Part]") -> "tuple[np.ndarray, np.ndarray, np.ndarray]":
    """With numpy: dictionaries took ten times as long for thousands of keys in many parts."""
    import numpy as np  # not for commands that add nothing up

    parts = [part for part in parts if len(part[0])]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    if isinstance(parts[0][0][0], str):
        names, *amounts = (list(chain.from_iterable(columns)) for columns in zip(*parts, strict=True))
        places = {name: at for at, name in enumerate(dict.fromkeys(names))}
        keys, where = np.array([*places], object), np.fromiter(map(places.__getitem__, names), np.intp, len(names))
    elif len(parts) == 1:
        keys, listens, played_ms = np.asarray(parts[0], np.int64)
        return keys, listens, played_ms
    else:
        numbers, *amounts = np.concatenate(parts, axis=1)
        keys, where = _places(numbers)
    # Adds as floats, which are exact up to 2**53 milliseconds: 285,000 years.
    listens, played_ms = (np.bincount(where, amount, len(keys)).astype(np.int64) for amount in amounts)
    return keys, listens, played_ms


def _places(numbers: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
    """Each number once, and which of them each is: not sorted for that where they lie close together, as ids do."""
    import numpy as np

    if numbers.min() < 0 or numbers.max() > APART * len(numbers):
        keys, where = np.unique(numbers, return_inverse=True)
        return keys, where
    is_there = np.bincount(numbers) > 0
    return np.flatnonzero(is_there), (np.cumsum(is_there) - 1)[numbers]
