"""What may speak for a track. Each part scores all items, and says which track or feature its scores come from.

`by_track` (tracks x to) and `by_feature` (features x to) cut the same score in two ways, where a part has them.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix, diags

from recommendations.facts import Floats, Positions
from recommendations.model import Model

# Each step back says so much of what the one after it says.
RECENT = 0.5


@dataclass(frozen=True)
class Known:
    """What is known about a listener: positions of known tracks with their weights, columns of favourite features.

    `latest` are places in `items`, of what was heard last, the latest first.
    """

    items: Positions
    weights: Floats
    favourites: Positions
    latest: Positions = field(default_factory=lambda: np.arange(0))

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

    @property
    def spread(self) -> float:
        scores = self.scores
        if not len(scores):
            return 1.0
        variance = float(scores @ scores) / len(scores) - float(scores.mean()) ** 2
        return max(math.sqrt(max(variance, 0)), 1e-6)

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


class Followed(Part):
    """What people went on to from what was heard last."""

    @cached_property
    def _said(self) -> csr_matrix:
        """latest x items"""
        latest = self.known.latest
        said = self.model.transitions[self.known.items[latest]]
        return csr_matrix(diags(RECENT ** np.arange(len(latest))) @ said, dtype=np.float32)

    @cached_property
    def scores(self) -> Floats:
        return np.asarray(self._said.sum(axis=0), np.float32).ravel()

    @property
    def spread(self) -> float:
        """Few tracks are followed, so that the spread would be the smaller, the larger the library."""
        return max(float(self.scores.max(initial=0)), 1e-6)

    def by_track(self, to: Positions) -> Floats:
        terms = np.zeros((len(self.known.items), len(to)), np.float32)
        terms[self.known.latest] = self._said[:, to].toarray()
        return terms


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
    def scores(self) -> Floats:
        wanted = np.zeros(len(self.model.profiles.keys), np.float32)
        wanted[self.known.favourites] = 1
        scores = self.model.profiles.of @ wanted
        scores *= np.sqrt(1 + self.model.listeners)
        return scores

    def by_feature(self, to: Positions) -> tuple[Positions, Floats]:
        carried = self.model.profiles.of[to][:, self.known.favourites].toarray()
        return self.known.favourites, (carried * np.sqrt(1 + self.model.listeners[to])[:, None]).T


class Popular(Part):
    @cached_property
    def scores(self) -> Floats:
        return np.log1p(self.model.listeners)
