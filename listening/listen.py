"""The nouns: a listen, the events that change it, and a place in the history."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

MAX_SOURCE = 120
MAX_CLIENT = 120

EventKind = Literal["progress", "left", "complete"]


@dataclass(frozen=True, slots=True)
class Listen:
    """One user hearing one track once. Times are UTC, exact to the millisecond; genres are slugs."""

    user_id: int
    event_id: str
    track_id: int
    title: str
    artist_id: int
    artist_name: str
    genres: tuple[str, ...]
    started_at: datetime
    duration_ms: int
    played_ms: int = 0
    ended: bool = False
    left_at: datetime | None = None
    completed: bool = False
    completed_at: datetime | None = None
    counted: bool = False
    skipped: bool = False
    source: str = ""
    client: str = ""

    @property
    def heard(self) -> bool:
        return self.counted or self.completed

    @property
    def cursor(self) -> "Cursor":
        return Cursor(self.started_at, self.event_id)


class Event(NamedTuple):
    """What the player said, and the server's clock when it was said."""

    kind: EventKind
    played_ms: int
    received_at: datetime


class Cursor(NamedTuple):
    """The last listen of a history page: the next page begins after it."""

    started_at: datetime
    event_id: str


def to_ms(at: datetime) -> datetime:
    """The same moment in UTC, cut to whole milliseconds: all that MongoDB keeps."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
