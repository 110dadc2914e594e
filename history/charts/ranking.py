"""Who comes first, and who came up."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

from listening.columns import Columns

if TYPE_CHECKING:
    import numpy as np


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
    import numpy as np  # not for commands that only look at the addresses

    keys, listens, played_ms = sums.arrays
    heard = np.flatnonzero(listens)
    if len(heard) > count:
        least = np.partition(listens[heard], -count)[-count]
        heard = np.flatnonzero(listens >= least)
    first = heard[np.lexsort((-played_ms[heard], -listens[heard]))][:count]
    were = _ranks(*before.arrays[:2], keys[first]) if before is not None else {}
    columns = [column[first].tolist() for column in (keys, listens, played_ms)]
    # Whoever has more listens than one of the first is one of them, too.
    most = columns[1]
    return [
        Place(1 + most.index(heard), were.get(key), key, heard, ms, round(100 * heard / most[0], 1))
        for key, heard, ms in zip(*columns, strict=True)
    ]


def _ranks(keys: "np.ndarray", listens: "np.ndarray", wanted: "np.ndarray") -> dict[Hashable, int]:
    """Of some: one more than there are with more listens. Who has no listens has no rank."""
    import numpy as np

    some = np.flatnonzero(np.isin(keys, wanted) & (listens > 0))
    ranks = len(listens) + 1 - np.searchsorted(np.sort(listens), listens[some], side="right")
    return dict(zip(keys[some].tolist(), ranks.tolist(), strict=True))
