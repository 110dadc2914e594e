"""The rungs of the ladder: each a sum of parts, and the reasons are the largest terms of the same sum."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from recommendations import parts
from recommendations.facts import Floats, Positions
from recommendations.model import Model

Rung = Literal["popular", "favourites", "neighbours", "learned"]
Reason = tuple[Literal["track", "feature", "popular"], int | str, float]

# Fewer liked tracks than this are too few to learn from alone.
FEW = 8
# How much each part says on each rung, all parts brought to the same spread first.
PARTS: dict[Rung, dict[type[parts.Part], float]] = {
    "popular": {parts.Popular: 1.0},
    "favourites": {parts.Favoured: 1.0, parts.Described: 0.1},
    "neighbours": {
        parts.Learned: 0.5,
        parts.Factored: 0.7,
        parts.Shared: 1.0,
        parts.Followed: 4.0,
        parts.Favoured: 1.2,
    },
    "learned": {parts.Learned: 1.0, parts.Factored: 0.8, parts.Followed: 4.0, parts.Favoured: 1.2},
}
# Beside so many liked tracks, what somebody said they like counts for half.
FAVOURITES_HALVE_AT = 5
# And beside what they said they like, those who like the same few tracks count for so much.
SHARED_BESIDE_FAVOURITES = 0.3
# Of the spread of a part: what ALS says of tracks that have nothing to do with each other is not 0, and no reason.
NEXT_TO_NOTHING = 0.01


@dataclass(frozen=True)
class Grounds:
    """What speaks for each track to one listener."""

    model: Model
    known: parts.Known

    @property
    def rung(self) -> Rung:
        if self.known.liked:
            return "neighbours" if self.known.liked < FEW else "learned"
        return "favourites" if len(self.known.favourites) else "popular"

    def scores(self) -> Floats:
        scores = np.zeros(len(self.model.item_ids), np.float32)
        scaled = np.empty_like(scores)
        for scale, part in self._parts:
            scores += np.multiply(part.scores, np.float32(scale), out=scaled)
        return scores

    def reasons(self, to: Positions) -> list[Reason]:
        """For each of the positions: the track, or the feature when features say more than listeners do."""
        terms = zip(to, *self._terms(to), strict=True)
        return [self._reason(item, tracks, features, listeners) for item, tracks, features, listeners in terms]

    def nearness(self) -> Floats:
        """(items,): how much each has in common with what is liked."""
        of = self.model.profiles.of
        wanted = of[self.known.items].T @ self.known.weights
        wanted[self.known.favourites] += 1
        return of @ wanted

    @cached_property
    def _parts(self) -> list[tuple[float, parts.Part]]:
        made = ((share, part(self.model, self.known)) for part, share in self._shares())
        return [(share / part.spread, part) for share, part in made]

    def _shares(self) -> Iterator[tuple[type[parts.Part], float]]:
        """What somebody said they like counts for less, the more is known of what they finish."""
        is_chosen = len(self.known.favourites) > 0
        factors: dict[type[parts.Part], float] = {
            parts.Favoured: 1 / (1 + self.known.liked / FAVOURITES_HALVE_AT) if is_chosen else 0,
            parts.Shared: SHARED_BESIDE_FAVOURITES if is_chosen else 1,
            parts.Followed: 1 if len(self.known.latest) else 0,
        }
        for part, share in PARTS[self.rung].items():
            if factor := factors.get(part, 1):
                yield part, share * factor

    def _terms(self, to: Positions) -> tuple[Floats, Floats, Floats]:
        """to x known tracks, to x features, and (to,) of the tracks' terms what did not go by way of features."""
        tracks = np.zeros((len(to), len(self.known.items)))
        features = np.zeros((len(to), len(self.model.profiles.keys)))
        listeners = np.zeros(len(to))
        for scale, part in self._parts:
            by_track, by_feature = part.by_track(to), part.by_feature(to)
            if by_track is not None:
                tracks += scale * by_track.T
                listeners += scale * by_track.sum(axis=0)
            if by_feature is not None:
                columns, terms = by_feature
                features[:, columns] += scale * terms.T
                if by_track is not None:
                    listeners -= scale * terms.sum(axis=0)
        return tracks, features, listeners

    def _reason(self, item: int, tracks: Floats, features: Floats, listeners: float) -> Reason:
        unheard = self.model.listeners[item] == 0
        if (unheard or features.sum() > listeners) and features.max(initial=0) > 0:
            return "feature", str(self.model.profiles.keys[features.argmax()]), _share(features)
        if np.maximum(tracks, 0).sum() > NEXT_TO_NOTHING:
            return "track", int(self.model.item_ids[self.known.items[tracks.argmax()]]), _share(tracks)
        return "popular", int(self.model.listeners[item]), 1.0


def _share(terms: Floats) -> float:
    return float(terms.max() / np.maximum(terms, 0).sum())
