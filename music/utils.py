"""Recommendation and history utilities: the one place that turns ids of listening/ and recommendations/ into tracks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from music.models import Track


@dataclass(frozen=True)
class Recommendation:
    track: Track
    reason: str


def in_order(user: Any, track_ids: Sequence[int]) -> list[Track]:
    """Those of the tracks that the user may hear, in the order of the ids."""
    tracks = Track.objects.visible_to(user).with_credits().in_bulk(track_ids)
    return [tracks[track_id] for track_id in track_ids if track_id in tracks]


def recommended_for(user: Any, limit: int) -> list[Recommendation]:
    return []
