"""Scores for one listener, by as much as is known about them: popular, favourites, neighbours, learned.

Pure: the model's arrays are only read, and the same taste in any order has the same scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from recommendations.evaluation import top
from recommendations.facts import Floats, Positions, positions
from recommendations.model import Model
from recommendations.parts import Known
from recommendations.rungs import NEXT_TO_NOTHING, Grounds, Rung

NEUTRAL_ADVENTURE = 0.3
# How much of its score the most familiar track loses between 0 and 1.
ADVENTURE = 1.5
# What was heard before says nothing of what comes next.
LATEST = 4


@dataclass(frozen=True, slots=True)
class Taste:
    """What one listener is known to like: numbers, without their name.

    tracks: id -> weight, below 0 disliked · favourites: feature keys · factors: feature key, or "track:<id>" of one
    track -> 1 neutral, 0 never · adventure: 0 familiar to 1 adventurous · latest: ids of tracks, the latest heard
    first.
    """

    tracks: Mapping[int, float] = field(default_factory=dict)
    favourites: tuple[str, ...] = ()
    factors: Mapping[str, float] = field(default_factory=dict)
    adventure: float = NEUTRAL_ADVENTURE
    latest: tuple[int, ...] = ()


class Contribution(NamedTuple):
    """`key`: a track of the taste, whose listeners like this one too; a feature's key; how many listeners know it.

    `share`, 0-1, is of all that speaks for the track.
    """

    kind: Literal["track", "feature", "popular"]
    key: int | str
    share: float


@dataclass(frozen=True)
class Opinion:
    """What a model thinks of its tracks for one listener: reckoned when it is first asked, and then known."""

    model: Model
    taste: Taste

    @property
    def scores(self) -> NDArray[np.float32]:
        """(items,), comparable within one opinion: 0 is never, all else is above 0. What was heard is not masked."""
        return self._reckoned[0]

    def speaks_for(self, track_ids: Sequence[int]) -> NDArray[np.bool_]:
        """For each track of the model whether anything known leads to it, or it is only not left out."""
        scores, nothing = self._reckoned
        return scores[self._positions(track_ids)] > nothing + NEXT_TO_NOTHING

    @cached_property
    def _reckoned(self) -> tuple[NDArray[np.float32], float]:
        """The scores, and the score of what nothing speaks for."""
        scores = self.grounds.scores()
        factors = _novelty(self.model, self.grounds, self.taste.adventure)
        if self.taste.factors:
            factors = factors * _gains(self.model, self.taste.factors)
        scores += np.maximum(scores, 0) * (factors - 1)
        nothing = 1 - scores.min(initial=0)
        scores += nothing
        if self.taste.factors:
            scores[factors == 0] = 0
        return scores, float(nothing)

    def explain(self, track_ids: Sequence[int]) -> list[Contribution]:
        """For each track of the model what contributes most to its score, in the terms that the score is a sum of.

        Raises KeyError for a track that the model does not know.
        """
        return [Contribution(*found) for found in self.grounds.reasons(self._positions(track_ids))]

    def _positions(self, track_ids: Sequence[int]) -> Positions:
        wanted = np.array(track_ids, np.int64)
        to = positions(self.model.item_ids, wanted)
        if np.any(to < 0):
            raise KeyError(f"Not in the model: {wanted[to < 0].tolist()}")
        return to

    @cached_property
    def grounds(self) -> Grounds:
        return _grounds(self.model, self.taste)


def rung_of(model: Model, taste: Taste) -> Rung:
    return Opinion(model, taste).grounds.rung


def score(model: Model, taste: Taste) -> NDArray[np.float32]:
    return Opinion(model, taste).scores


def explain(model: Model, taste: Taste, track_ids: Sequence[int]) -> list[Contribution]:
    return Opinion(model, taste).explain(track_ids)


def similar(model: Model, track_id: int, limit: int) -> list[tuple[int, float]]:
    """At most `limit` other tracks, the nearest first; none for a track that the model does not know."""
    here = positions(model.item_ids, np.array([track_id], np.int64))
    if here[0] < 0:
        return []
    scores = Grounds(model, Known(here, np.ones(1, np.float32), np.arange(0))).scores()
    nearest = top(scores, limit, here)
    return [(int(model.item_ids[item]), float(scores[item])) for item in nearest if scores[item] > 0]


def _grounds(model: Model, taste: Taste) -> Grounds:
    ids = np.array(sorted(taste.tracks), np.int64)
    weights = np.array([taste.tracks[track_id] for track_id in sorted(taste.tracks)], np.float32)
    weights = np.nan_to_num(weights)
    items = positions(model.item_ids, ids)
    known = (items >= 0) & (weights != 0)
    liked = [track_id for track_id in taste.latest[:LATEST] if taste.tracks.get(track_id, 0) > 0]
    latest = positions(ids[known], np.array(liked, np.int64))
    favourites = model.profiles.columns(taste.favourites)
    return Grounds(model, Known(items[known], weights[known], favourites, latest[latest >= 0]))


def _novelty(model: Model, grounds: Grounds, adventure: float) -> Floats:
    """(items,): what each score is multiplied by, the less the more familiar, which is being popular and being near."""
    discount = model.discount if grounds.rung == "learned" else np.ones_like(model.discount)
    if adventure == NEUTRAL_ADVENTURE:
        return discount
    familiar = (_to_one(np.log1p(model.listeners)) + _to_one(grounds.nearness())) / 2
    return discount * np.exp(-ADVENTURE * (adventure - NEUTRAL_ADVENTURE) * familiar)


def _gains(model: Model, factors: Mapping[str, float]) -> Floats:
    """(items,): the product of what was said of each item and of what it has."""
    gains = model.profiles.gains(factors)
    said = {int(key.removeprefix("track:")): factor for key, factor in factors.items() if key.startswith("track:")}
    places = positions(model.item_ids, np.array(list(said), np.int64))
    gains[places[places >= 0]] *= np.maximum(np.array(list(said.values()), np.float32), 0)[places >= 0]
    return gains


def _to_one(values: Floats) -> Floats:
    return np.maximum(values, 0) / max(float(values.max(initial=0)), 1e-9)
