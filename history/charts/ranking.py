"""Who comes first, and who came up."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from listening.columns import Columns


class Place(NamedTuple):
    """`was` is the rank before, None for who had none; `share` is of the first one's listens, 0 to 100."""

    rank: int
    was: int | None
    key: Hashable
    listens: int
    played_ms: int
    share: float


def ranked(sums: Columns, before: Columns | None, count: int) -> list[Place]:
    """The first ones by listens, then by time. Who has as many listens has the same rank."""
    listens, ranks = sums.listens, _ranks(sums.listens.values())
    least = min((each for each, rank in ranks.items() if each and rank <= count), default=1)
    heard = [key for key, each in listens.items() if each >= least]
    played_ms = sums.played_ms_of(heard)
    first = sorted(heard, key=lambda key: (-listens[key], -played_ms[key]))[:count]
    were, then = (before.listens, _ranks(before.listens.values())) if before is not None else ({}, {})
    return [
        Place(
            ranks[listens[key]],
            then[were[key]] if were.get(key) else None,
            key,
            listens[key],
            played_ms[key],
            round(100 * listens[key] / listens[first[0]], 1),
        )
        for key in first
    ]


def _ranks(listens: Iterable[int]) -> dict[int, int]:
    """The rank of whoever has so many listens: thousands have one of a few numbers of them."""
    ranks, rank = {}, 1
    for each, having in sorted(Counter(listens).items(), reverse=True):
        ranks[each], rank = rank, rank + having
    return ranks
