"""Kinds of sound among the tracks of a library: rows of content for what the tags do not say."""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.sparse import csr_matrix

TRACKS_A_KIND = 12
MOST_KINDS = 64
NEAREST = 2
ROUNDS = 25
SEED = 20_090_814

Floats = NDArray[np.float32]


def kinds_of_sound(described: Floats) -> csr_matrix:
    """Kinds × tracks: how much each track is of each kind, the shares of a track sum to 1.

    `described` is tracks × numbers, of any scales; a row of NaN is a track that nobody could describe, which is of no
    kind. k-means (Lloyd) over standardised numbers from k-means++ seeds; the same input gives the same kinds. A track
    between two kinds belongs to both, the more the nearer. Of fewer than two kinds' tracks there are no kinds.
    """
    known = np.flatnonzero(np.isfinite(described).all(axis=1))
    count = min(MOST_KINDS, len(known) // TRACKS_A_KIND)
    if count < 2:
        return csr_matrix((0, len(described)), dtype=np.float32)
    points = _standardised(described[known].astype(np.float64))
    centres, _ = kmeans2(points, count, iter=ROUNDS, minit="++", missing="warn", rng=np.random.default_rng(SEED))
    kinds, shares = _nearest(points, centres)
    columns = np.repeat(known, NEAREST)
    shape = (count, len(described))
    return csr_matrix((shares.ravel().astype(np.float32), (kinds.ravel(), columns)), shape=shape)


def _standardised(points: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = points.std(axis=0)
    return (points - points.mean(axis=0)) / np.where(spread > 0, spread, 1)


def _nearest(
    points: NDArray[np.float64], centres: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Both tracks × NEAREST: which kinds, and how much."""
    squared = (points**2).sum(axis=1)[:, None] - 2 * points @ centres.T + (centres**2).sum(axis=1)
    kinds = np.argsort(squared, axis=1, kind="stable")[:, :NEAREST]
    near = 1 / (1 + np.maximum(np.take_along_axis(squared, kinds, axis=1), 0))
    return kinds, near / near.sum(axis=1, keepdims=True)
