"""A small town: people who like jazz and people who like metal, and what they finished."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from conftest import make_user
from discovery.tests.shelves import finish
from discovery.training import train_recommender
from listening.rules import apply
from listening.store import Event, listen_store
from music.models import Track
from music.tests.catalogue import add_track
from music.utils import listen_to

NOW = datetime.now(UTC)
CAMPS = ("Jazz", "Metal")


def tracks_of(uploader: Any, genre: str, count: int, **more: Any) -> list[Track]:
    return [
        add_track(uploader, f"{genre} {number}", artist=f"{genre} band {number // 2}", genres=[genre], **more)
        for number in range(count)
    ]


def plays(
    user: Any, tracks: Iterable[Track], share: float = 1.0, days_ago: float = 10, times: int = 1, source: str = ""
) -> None:
    listens = []
    for number, track in enumerate(track for track in tracks for _time in range(times)):
        began = NOW - timedelta(days=days_ago) + timedelta(minutes=5 * number)
        begun = listen_to(track, user, str(uuid.uuid4()), began, source=source)
        left = Event("left", int(track.duration_ms * share), began + timedelta(milliseconds=track.duration_ms))
        listens.append(apply(begun, left))
    listen_store().add_all(listens)


def settle(uploader: Any, people: int = 4, tracks: int = 12) -> dict[str, list[Track]]:
    """Of each camp so many people, who finished all of its tracks but some of their own each."""
    library = {genre: tracks_of(uploader, genre, tracks) for genre in CAMPS}
    for genre in CAMPS:
        for number in range(people):
            person = make_user(f"{genre}-{number}".lower())
            plays(person, _without(library[genre], number))
    return library


def learned_town(uploader: Any, listener: Any, finished: int) -> dict[str, list[Track]]:
    """One of which a model is live, and in which the listener finished so many tracks of jazz."""
    tracks = settle(uploader, tracks=24)
    finish(listener, tracks["Jazz"][:finished])
    assert train_recommender().version
    return tracks


def _without(tracks: Sequence[Track], number: int) -> list[Track]:
    return [track for place, track in enumerate(tracks) if place % 4 != number % 4]
