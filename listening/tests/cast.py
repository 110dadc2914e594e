"""The same people, clock and listens in every test."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from listening import rules
from listening.listen import Listen

ALICE, BOB, CHARLIE = 1, 2, 3
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
THREE_MINUTES = 180_000


def event_id(number: int) -> str:
    return str(UUID(int=number))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def begun(user_id: int = ALICE, number: int = 1, **changed: Any) -> Listen:
    """A listen that has just begun: number tells apart its event and its track."""
    facts: dict[str, Any] = {
        "user_id": user_id,
        "event_id": event_id(number),
        "track_id": number,
        "title": f"Track {number}",
        "artist_id": 10,
        "artist_name": "An Artist",
        "genres": ["jazz", "soul"],
        "duration_ms": THREE_MINUTES,
        "received_at": NOW,
        "source": "library",
        "client": "web",
    }
    return rules.begin(**{**facts, **changed})
