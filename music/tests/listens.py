"""Plays that lie behind."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from listening.rules import apply
from listening.store import Event, listen_store
from music.matching import UNMATCHED, Heard, listen_elsewhere
from music.models import Track
from music.utils import listen_to


def listened(user: Any, track: Track, started_at: datetime, share: float = 1.0, source: str = "") -> None:
    listen = listen_to(track, user, str(uuid.uuid4()), started_at, source=source)
    ended_at = started_at + timedelta(milliseconds=track.duration_ms)
    listen_store().add_all([apply(listen, Event("left", int(track.duration_ms * share), ended_at))])


def scrobbled(user: Any, started_at: datetime) -> None:
    """Elsewhere, by a service that does not say for how long."""
    listen = listen_elsewhere(
        user.pk,
        Heard("ABBA", "Elsewhere"),
        UNMATCHED,
        event_id=str(uuid.uuid4()),
        started_at=started_at,
        played_ms=None,
        counted=True,
        completed=True,
    )
    listen_store().add_all([listen])
