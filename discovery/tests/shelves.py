"""A library to pick from, and listens that lie behind."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from music.models import Track
from music.tests.catalogue import add_track
from music.tests.listens import listened

NOW = datetime.now(UTC)
serial = count()


def library(uploader: Any, tracks_of: dict[str, int], artists: int = 5) -> dict[str, list[Track]]:
    """So many tracks of each genre, of so many artists in turns; by genre."""
    return {
        genre: [
            add_track(uploader, f"{genre} {number}", artist=f"{genre} artist {number % artists}", genres=[genre])
            for number in range(size)
        ]
        for genre, size in tracks_of.items()
    }


def finish(user: Any, tracks: Iterable[Track], days_ago: float = 1, times: int = 1) -> None:
    for track in tracks:
        for _ in range(times):
            listened(user, track, NOW - timedelta(days=days_ago, minutes=next(serial) % 600))
