"""What may speak for a track. Each part scores all items, and says which track or feature its scores come from.

`by_track` (tracks x to) and `by_feature` (features x to) cut the same score in two ways, where a part has them.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recommendations.facts import Floats, Positions
from recommendations.model import Model


@dataclass(frozen=True)
class Known:
    """What is known about a listener: positions of known tracks with their weights, columns of favourite features."""

    items: Positions
    weights: Floats
    favourites: Positions

    @cached_property
    def liked(self) -> int:
        """How many: a hundred that little speaks for are as few that much does."""
        return math.ceil(np.clip(self.weights, 0, 1).sum(dtype=np.float64))


@dataclass(frozen=True)
class Part(ABC):
    model: Model
    known: Known

    @property
    @abstractmethod
    def scores(self) -> Floats:
        """(items,)"""

    def by_track(self, to: Positions) -> Floats | None:
        return None

    def by_feature(self, to: Positions) -> tuple[Positions, Floats] | None:
        return None


class Learned(Part):
    """EASE; what its rows of features add is said to be theirs."""

    @cached_property
    def _rows(self) -> Floats:
        return self.model.ease.rows(self.known.items, self.known.weights)

    @cached_property
    def scores(self) -> Floats:
        return self.model.ease.scores(self._rows)

    def by_track(self, to: Positions) -> Floats:
        return self.model.ease.links(self.known.items, self.known.weights, to)

    def by_feature(self, to: Positions) -> tuple[Positions, Floats]:
        return self.model.feature_rows, self.model.ease.by_row(self._rows, to, self.model.people)


class Factored(Part):
    @cached_property
    def scores(self) -> Floats:
        factors = self.model.factors
        return factors.scores(factors.listener(self.known.items, self.known.weights))

    def by_track(self, to: Positions) -> Floats:
        return self.model.factors.links(self.known.items, self.known.weights, to)


class Shared(Part):
    """What those like who like a known track too."""

    @cached_property
    def _votes(self) -> Floats:
        neighbours = self.model.neighbours
        return neighbours.shared(self.known.items, self.known.weights, neighbours.near(self.known.favourites))

    @cached_property
    def scores(self) -> Floats:
        return self.model.neighbours.likes @ self._votes.sum(axis=1)

    def by_track(self, to: Positions) -> Floats:
        return (self.model.neighbours.likes[to] @ self._votes).T


class Favoured(Part):
    """What those like who like the same features."""

    @cached_property
    def _votes(self) -> Floats:
        neighbours = self.model.neighbours
        return neighbours.votes(neighbours.near(self.known.favourites))

    @cached_property
    def scores(self) -> Floats:
        return self.model.neighbours.likes @ self._votes.sum(axis=1)

    def by_feature(self, to: Positions) -> tuple[Positions, Floats]:
        return self.known.favourites, (self.model.neighbours.likes[to] @ self._votes).T


class Described(Part):
    """What has the favourite features, heard or not, the popular rather than the others."""

    @cached_property
    def _carried(self) -> Floats:
        carried = self.model.profiles.of[:, self.known.favourites].toarray()
        return carried * np.sqrt(1 + self.model.listeners)[:, None]

    @cached_property
    def scores(self) -> Floats:
        return self._carried.sum(axis=1)

    def by_feature(self, to: Positions) -> tuple[Positions, Floats]:
        return self.known.favourites, self._carried[to].T


class Popular(Part):
    @cached_property
    def scores(self) -> Floats:
        return np.log1p(self.model.listeners)
