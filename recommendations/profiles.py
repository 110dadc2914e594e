"""What tracks have in common: each track as a vector of its features, and listeners who said which ones they like."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from recommendations.ease import damped, normalised, squares
from recommendations.facts import Floats, Positions


@dataclass(frozen=True)
class Profiles:
    """keys (features,), in the order of the columns · of: items x features, rows of length 1 or empty."""

    keys: NDArray[np.str_]
    of: csr_matrix

    def columns(self, keys: Collection[str]) -> Positions:
        """Those of the keys that are known, ascending."""
        return np.array(sorted({self._places[key] for key in keys if key in self._places}), np.int64)

    def gains(self, factors: Mapping[str, float]) -> Floats:
        """(items,): the product of the factors of what each item has; 0 where one of them is 0."""
        said = np.ones(len(self.keys), np.float32)
        for column in self.columns(factors):
            said[column] = max(factors[str(self.keys[column])], 0.0)
        gains = np.ones(self.of.shape[0], np.float32)
        described = np.flatnonzero(np.diff(self.of.indptr))
        if len(described):
            gains[described] = np.multiply.reduceat(said[self.of.indices], self.of.indptr[described])
        return gains

    @cached_property
    def _places(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.keys.tolist())}


def build(features: csr_matrix, keys: tuple[str, ...], kinds: Mapping[str, float]) -> Profiles:
    """`features` x items; a rare feature says more (inverse document frequency), a kind as much as `kinds` says."""
    carriers = np.maximum(np.diff(features.indptr), 1)
    rarity = np.log1p(features.shape[1] / carriers)
    weight = np.array([kinds.get(key.partition(":")[0], 1.0) for key in keys], np.float32)
    items = damped(features.T) @ diags(rarity * weight if len(keys) else rarity)
    return Profiles(np.array(keys, np.str_), normalised(items))


def rows(profiles: Profiles, columns: Positions, mass: float) -> csr_matrix:
    """Features x items as rows of evidence, which together weigh `mass`."""
    chosen = csr_matrix(profiles.of[:, columns].T, dtype=np.float32)
    own = float(squares(chosen, axis=1).sum())
    return chosen * np.float32(np.sqrt(mass / own)) if own else chosen


def shares(features: csr_matrix) -> csr_matrix:
    """items x features: each item's features sum up to 1."""
    total = np.asarray(features.sum(axis=0)).ravel()
    return csr_matrix(diags(1 / np.maximum(total, 1e-9)) @ features.T, dtype=np.float32)
