"""Who comes first, and who came up."""

from bisect import bisect_right
from collections.abc import Hashable, Mapping
from heapq import nlargest
from typing import NamedTuple

Sums = Mapping[Hashable, tuple[int, int]]


class Place(NamedTuple):
    """`was` is the rank before, None for who had none; `share` is of the first one's listens, 0 to 100."""

    rank: int
    was: int | None
    key: Hashable
    listens: int
    played_ms: int
    share: float


def ranked(sums: Sums, before: Sums | None, count: int) -> list[Place]:
    """The first ones by listens, then by time. Who has as many listens has the same rank."""
    then = _ladder(before or {})
    most = nlargest(count, [listens for listens, _ms in sums.values()])
    least = max(1, most[-1]) if most else 1
    heard = [(-listens, -ms, key) for key, (listens, ms) in sums.items() if listens >= least]
    first = sorted(heard, key=lambda each: each[:2])[:count]
    return [
        Place(
            most.index(-listens) + 1,
            _rank(then, before[key][0]) if before and before.get(key, (0, 0))[0] else None,
            key,
            -listens,
            -ms,
            round(100 * listens / first[0][0], 1),
        )
        for listens, ms, key in first
    ]


def _ladder(sums: Sums) -> list[int]:
    return sorted([listens for listens, _ms in sums.values()])


def _rank(ladder: list[int], listens: int) -> int:
    return len(ladder) - bisect_right(ladder, listens) + 1
