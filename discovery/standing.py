"""All that is known of a listener when something is to be offered to them, read once for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from discovery.corrections import corrected_of, settings_of
from discovery.followed import people_of
from discovery.live import live_model
from discovery.signs import Sign, signs_of
from discovery.tastes import taste_of
from listening.store import StoreAway
from music.hiding import Hidden
from music.utils import Listening, listening_or_away

if TYPE_CHECKING:
    from recommendations.ladder import Opinion, Taste
    from recommendations.model import Model


@dataclass(frozen=True)
class Standing:
    """`completed` tracks have their genre slugs and come with the latest first; nothing in `hidden` may be offered.

    `signs` are what stars, ratings and playlists say, which is in the taste already. While the listens are out of
    reach, heard and completed are empty. `model` is None before the first training.
    """

    user: Any
    model: Model | None
    model_version: str
    taste: Taste
    heard: set[int]
    completed: dict[int, tuple[str, ...]]
    hidden: Hidden
    since: datetime | None = None
    signs: Mapping[int, Sign] = field(default_factory=dict)
    is_store_away: bool = False

    @cached_property
    def opinion(self) -> Opinion | None:
        """What the model thinks of all tracks for them: every shelf of a page is picked, and explained, by the same.

        What they said of a track is its weight in the taste already; only "never" is said once more.
        """
        from recommendations.ladder import Opinion

        factors = {key: each for key, each in self.taste.factors.items() if not (each and key.startswith("track:"))}
        return Opinion(self.model, replace(self.taste, factors=factors)) if self.model else None

    @cached_property
    def people(self) -> tuple[int, ...]:
        """Those whom they follow and whose listening they may see: asked when a page needs it."""
        return people_of(self.user)

    @cached_property
    def known_features(self) -> frozenset[str]:
        """What the tracks they like have, by feature key, and what they chose or asked for more of."""
        said = {key for key, factor in self.taste.factors.items() if factor > 1}
        return frozenset({*said, *self.taste.favourites, *self._features(self.liked)})

    @cached_property
    def heard_features(self) -> frozenset[str]:
        """What the tracks have that they like and heard."""
        return self._features([pk for pk in self.liked if pk in self.heard])

    def gain(self, track_id: int, features: Iterable[str]) -> float:
        """What they said of it, its artist and its genres, by feature key: above 1 is more, below 1 less."""
        return prod(self.taste.factors.get(key, 1.0) for key in (f"track:{track_id}", *features))

    @property
    def liked(self) -> list[int]:
        return [track_id for track_id, weight in self.taste.tracks.items() if weight > 0]

    @property
    def disliked(self) -> set[int]:
        return {track_id for track_id, weight in self.taste.tracks.items() if weight < 0}

    def _features(self, track_ids: list[int]) -> frozenset[str]:
        if self.model is None:
            return frozenset()
        import numpy as np

        from recommendations.facts import positions

        places = positions(self.model.item_ids, np.array(track_ids, np.int64))
        columns = np.unique(self.model.profiles.of[places[places >= 0]].indices)
        return frozenset(self.model.profiles.keys[columns].tolist())


def standing_of(user: Any) -> Standing:
    """The same number of questions after ten listens or ten thousand."""
    said, settings = corrected_of(user), settings_of(user)
    listening, is_away = Listening({}, set()), False
    try:
        listening = listening_or_away(user, settings.forgotten_at)
    except StoreAway:
        is_away = True
    live, signs = live_model(), signs_of(user, settings.forgotten_at)
    return Standing(
        user=user,
        model=live.model if live else None,
        model_version=live.version if live else "",
        taste=taste_of(user, listening, said, settings.adventure_percent / 100, settings.forgotten_at, signs),
        heard=listening.heard,
        completed=listening.completed,
        hidden=said.hidden,
        since=settings.forgotten_at,
        signs=signs,
        is_store_away=is_away,
    )
