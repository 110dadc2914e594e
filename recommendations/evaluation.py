"""How good rankings are. A ranking is item positions, best first; `relevant` is what the listener really liked."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ranking = Sequence[int] | NDArray[np.int64]

BLOCK = 64


class Quality(NamedTuple):
    """Means over listeners; coverage: share of all items that somebody's first ten hold; novelty: bits."""

    ndcg_at_10: float
    recall_at_20: float
    coverage_at_10: float
    novelty: float
    listeners: int


def quality(
    rankings: Sequence[Ranking], relevant: Sequence[Collection[int]], popularity: NDArray[np.float32]
) -> Quality:
    """Of listeners who have something relevant; `popularity` (items,) is the share of listeners who know each, 0-1."""
    pairs = [(ranking, set(liked)) for ranking, liked in zip(rankings, relevant, strict=True) if len(liked)]
    if not pairs:
        return Quality(0.0, 0.0, 0.0, 0.0, 0)
    return Quality(
        float(np.mean([ndcg_at(10, ranking, liked) for ranking, liked in pairs])),
        float(np.mean([recall_at(20, ranking, liked) for ranking, liked in pairs])),
        coverage_at(10, (ranking for ranking, _ in pairs), len(popularity)),
        novelty_at(10, [ranking for ranking, _ in pairs], popularity),
        len(pairs),
    )


def ndcg_at(k: int, ranking: Ranking, relevant: Collection[int]) -> float:
    """Normalised discounted cumulative gain of binary relevance (Järvelin & Kekäläinen 2002), 0-1."""
    if not relevant:
        return 0.0
    gains = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([int(item) in relevant for item in ranking[:k]], bool)
    return float(gains[: len(hits)][hits].sum() / gains[: min(k, len(relevant))].sum())


def recall_at(k: int, ranking: Ranking, relevant: Collection[int]) -> float:
    """The share of what is relevant that the first k hold, 0-1."""
    if not relevant:
        return 0.0
    return sum(int(item) in relevant for item in ranking[:k]) / len(relevant)


def coverage_at(k: int, rankings: Iterable[Ranking], items: int) -> float:
    """The share of all items that at least one listener's first k hold, 0-1."""
    shown = {int(item) for ranking in rankings for item in ranking[:k]}
    return len(shown) / items if items else 0.0


def novelty_at(k: int, rankings: Iterable[Ranking], popularity: NDArray[np.float32]) -> float:
    """Mean self-information of what is shown, in bits (Zhou et al. 2010): 10 is what one listener in 1,024 knows.

    What nobody knows counts as half of what the fewest know.
    """
    fewest = popularity[popularity > 0].min(initial=1)
    bits = -np.log2(np.maximum(popularity, fewest / 2))
    return float(np.mean([bits[list(ranking[:k])].mean() for ranking in rankings if len(ranking)] or [0.0]))


def top(scores: NDArray[np.float32], k: int, without: Collection[int] = ()) -> NDArray[np.int64]:
    """The positions of the k best scores, best first, equal ones in their own order; without what is known."""
    left = scores.copy()
    left[list(without)] = -np.inf
    k = min(k, len(left))
    best = np.flatnonzero(left >= _floor(left, k)) if k else np.arange(0)
    best = best[np.isfinite(left[best])]
    return best[np.argsort(-left[best], kind="stable")][:k]


def _floor(scores: NDArray[np.float32], k: int) -> float:
    """No more than the k-th best: so many blocks have one of their own that is as high, and blocks are soon sorted."""
    blocks = len(scores) // BLOCK
    if blocks >= k:
        scores = scores[: blocks * BLOCK].reshape(blocks, BLOCK).max(axis=1)
    return float(np.partition(scores, len(scores) - k)[len(scores) - k])
