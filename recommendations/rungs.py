"""The rungs of the ladder: each a sum of parts, and the reasons are the largest terms of the same sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from recommendations.facts import Floats, Positions
from recommendations.model import Model

Rung = Literal["popular", "favourites", "neighbours", "learned"]
Reason = tuple[Literal["track", "feature", "popular"], int | str, float]

# Fewer liked tracks than this are too few to learn from.
FEW = 5
# How much each part says on each rung, all parts brought to the same spread first.
PARTS: Mapping[Rung, Mapping[str, float]] = {
    "popular": {"popular": 1.0},
    "favourites": {"favourites": 1.0},
    "neighbours": {"ease": 1.0, "favourites": 0.5},
    "learned": {"ease": 1.0, "factors": 0.3},
}


@dataclass(frozen=True)
class Grounds:
    """What is known about a listener: positions of tracks with their weights, columns of favourite features."""

    model: Model
    items: Positions
    weights: Floats
    favourites: Positions

    @property
    def rung(self) -> Rung:
        liked = int((self.weights > 0).sum())
        if liked:
            return "neighbours" if liked < FEW else "learned"
        return "favourites" if len(self.favourites) else "popular"

    def scores(self) -> Floats:
        parts = ((share, self._part(name)) for name, share in PARTS[self.rung].items())
        return np.sum([share / _spread(scores) * scores for share, scores in parts], axis=0)

    def nearness(self) -> Floats:
        """(items,): how much each has in common with what is liked."""
        of = self.model.profiles.of
        wanted = of[self.items].T @ self.weights
        wanted[self.favourites] += 1
        return of @ wanted

    def _part(self, name: str) -> Floats:
        match name:
            case "ease":
                return self.model.ease.scores(self.model.ease.rows(self.items, self.weights))
            case "factors":
                return self.model.factors.scores(self.model.factors.listener(self.items, self.weights))
            case "favourites":
                return self._favoured().sum(axis=1)
            case _:
                return np.log1p(self.model.listeners)

    def _favoured(self) -> Floats:
        """items x favourites: rather the popular tracks of a feature."""
        carried = self.model.profiles.of[:, self.favourites].toarray()
        return carried * np.log1p(self.model.listeners + 1)[:, None]

    def reasons(self, to: Positions) -> list[Reason]:
        """For each of the positions: the track, or the feature when features say more than listeners do."""
        by_track, by_feature, listeners = self._terms(to)
        return [self._reason(to[at], by_track[:, at], by_feature[:, at], listeners[at]) for at in range(len(to))]

    def _reason(self, item: int, tracks: Floats, features: Floats, listeners: float) -> Reason:
        if features.sum() > listeners and features.max(initial=0) > 0:
            return "feature", str(self.model.profiles.keys[features.argmax()]), _share(features)
        if tracks.max(initial=0) > 0:
            return "track", int(self.model.item_ids[self.items[tracks.argmax()]]), _share(tracks)
        return "popular", int(self.model.listeners[item]), 1.0

    def _terms(self, to: Positions) -> tuple[Floats, Floats, Floats]:
        """tracks x to and features x to, two ways to cut the same score, and (to,) what other listeners say."""
        model, parts = self.model, PARTS[self.rung]
        by_track = np.zeros((len(self.items), len(to)), np.float32)
        by_feature = np.zeros((len(model.profiles.keys), len(to)), np.float32)
        if "ease" in parts:
            rows = model.ease.rows(self.items, self.weights)
            scale = parts["ease"] / _spread(model.ease.scores(rows))
            by_track += scale * model.ease.links(self.items, self.weights, to)
            by_feature[model.feature_rows] += scale * model.ease.by_row(rows, to)[model.people :]
        if "factors" in parts:
            scale = parts["factors"] / _spread(self._part("factors"))
            by_track += scale * model.factors.links(self.items, self.weights, to)
        listeners = by_track.sum(axis=0) - by_feature.sum(axis=0)
        if "favourites" in parts and len(self.favourites):
            favoured = self._favoured()
            by_feature[self.favourites] += parts["favourites"] / _spread(favoured.sum(axis=1)) * favoured[to].T
        return by_track, by_feature, listeners


def _spread(scores: Floats) -> float:
    return max(float(scores.std()), 1e-6) if len(scores) else 1.0


def _share(terms: Floats) -> float:
    return float(terms.max() / np.maximum(terms, 0).sum())
