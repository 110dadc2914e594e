"""What a model is trained from: who likes which tracks, and what tracks have in common. Numbers only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.floating[Any]]
Ids = NDArray[np.int64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Facts:
    """item_ids (items,), ascending · weights: listeners x items, >= 0 · features: features x items, >= 0 · when:
    listeners x items, the time of what is liked, > 0, as far as it is known.

    Listeners are rows without a name. A feature's key is "kind:value", as in "genre:12" or "decade:1990".
    """

    item_ids: Ids
    weights: csr_matrix
    feature_keys: tuple[str, ...]
    features: csr_matrix
    when: csr_matrix | None = None

    def __post_init__(self) -> None:
        items = len(self.item_ids)
        if np.any(np.diff(self.item_ids) <= 0):
            raise ValueError("item_ids must ascend.")
        if self.weights.shape[1] != items or self.features.shape != (len(self.feature_keys), items):
            raise ValueError(f"weights and features need one column for each of {items} items.")


def collect(
    item_ids: Iterable[int],
    listeners: Iterable[Mapping[int, float]],
    features: Iterable[tuple[str, int, float]],
) -> Facts:
    """Facts of tracks, of what each listener likes {track id: weight}, and of (feature key, track id, weight).

    Tracks that are not among `item_ids` and weights that are not above 0 are left out.
    """
    ids = np.unique(np.fromiter(item_ids, np.int64))
    tastes = [liked for liked in listeners if liked]
    likes = [(row, item, weight) for row, liked in enumerate(tastes) for item, weight in liked.items()]
    keys: dict[str, int] = {}
    carried = [(keys.setdefault(key, len(keys)), item, weight) for key, item, weight in features]
    return Facts(ids, _matrix(likes, ids, len(tastes)), tuple(keys), _matrix(carried, ids, len(keys)))


def positions(item_ids: Ids, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each wanted id is in the ascending `item_ids`; -1 where it is not."""
    if not len(item_ids):
        return np.full(len(wanted), -1, np.int64)
    found = np.minimum(np.searchsorted(item_ids, wanted), len(item_ids) - 1)
    return np.where(item_ids[found] == wanted, found, -1)


def _matrix(cells: list[tuple[int, int, float]], ids: Ids, rows: int) -> csr_matrix:
    table: NDArray[Any] = np.array(cells, np.float64).reshape(-1, 3)
    columns = positions(ids, table[:, 1].astype(np.int64))
    known = (columns >= 0) & (table[:, 2] > 0)
    where = (table[known, 0].astype(np.int64), columns[known])
    return csr_matrix((table[known, 2].astype(np.float32), where), shape=(rows, len(ids)), dtype=np.float32)
