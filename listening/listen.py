"""The nouns: a listen, the events that change it, and a place in the history."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

MAX_SOURCE = 120
MAX_CLIENT = 120

EventKind = Literal["progress", "left", "complete"]


class Identity(NamedTuple):
    """What a listen says about its track: enough to find it, and to show it when it is gone."""

    track_id: int
    title: str
    artist_id: int
    artist_name: str
    album_id: int = 0
    album_title: str = ""
    genres: tuple[str, ...] = ()
    duration_ms: int = 0
    recording_mbid: str = ""
    isrc: str = ""


@dataclass(frozen=True, slots=True)
class Listen:
    """One user hearing one track once. Times are UTC, exact to the millisecond; genres are slugs.

    Track, album and artist ids are the catalogue's. What it does not have, in a history from elsewhere, has a negative
    id that stands for its name (`music.matching`); 0 is no album. `origin` says how the record came here: "" for
    our own player, "import:<id>" or "device:<id>".
    """

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
    album_id: int = 0
    album_title: str = ""
    recording_mbid: str = ""
    isrc: str = ""
    origin: str = ""
    is_left_out: bool = False

    @property
    def heard(self) -> bool:
        return self.counted or self.completed

    @property
    def identity(self) -> Identity:
        return Identity(*(getattr(self, name) for name in Identity._fields))

    @property
    def cursor(self) -> "Cursor":
        return Cursor(self.started_at, self.event_id)


class Event(NamedTuple):
    """What the player said, and the server's clock when it was said."""

    kind: EventKind
    played_ms: int
    received_at: datetime


class Story(NamedTuple):
    """All that was told of one listen, in order; without `start` somebody knows already how it began."""

    event_id: str
    start: Listen | None
    events: tuple[Event, ...]


class Cursor(NamedTuple):
    """The last listen of a history page: the next page begins after it."""

    started_at: datetime
    event_id: str


class Heard(NamedTuple):
    """Tracks with a listen that counted or was completed. `mark` is another one as soon as a listen counts, is
    finished, skipped or erased: until then what was reckoned from their listens is as good as new.
    """

    track_ids: set[int]
    mark: Any


class TrackSums(NamedTuple):
    """All that one user did with one track; listens that are left out of their taste are not in it.

    `share` sums up how far each listen went, 1 for a completed one. `suggested`: how many began on a shelf of ours.
    """

    user_id: int
    track_id: int
    listens: int
    completed: int
    share: float
    skipped: int
    suggested: int
    last_at: datetime


class TrackTotals(NamedTuple):
    """What one user did with one track: `plays` count, of `begun` something was heard, the last time at `last_at`."""

    track_id: int
    plays: int
    begun: int
    finished: int
    skipped: int
    last_at: datetime


def identity_columns(track: Identity) -> dict[str, Any]:
    """What a listen takes over from the track that it turned out to be; what the track does not know stays."""
    return {name: value for name, value in track._asdict().items() if value or name == "album_id"}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of a user's listens; all that is said must be true of them. Times: `since` is in, `until` is not.

    `source` and `origin` are theirs, or what stands before a colon there: "album" has "album:3",
    and "album:3" has not "album:30". `outcome` "heard": it counted, or was completed;
    "left_out": it does not count for their taste.
    """

    event_id: str = ""
    track_id: int | None = None
    artist_id: int | None = None
    album_id: int | None = None
    genre: str = ""
    source: str = ""
    outcome: Literal["", "completed", "skipped", "heard", "left_out"] = ""
    origin: str = ""
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = Selection()


def to_ms(at: datetime) -> datetime:
    """The same moment in UTC, cut to whole milliseconds: all that MongoDB keeps."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def packed_selection(selection: Selection) -> dict[str, Any]:
    """As JSON keeps it; what does not matter is not said."""
    said = {name: value for name, value in asdict(selection).items() if value not in (None, "")}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}


def unpacked_selection(packed: dict[str, Any]) -> Selection:
    moments: dict[str, Any] = {
        name: datetime.fromisoformat(packed[name]) for name in ("since", "until") if name in packed
    }
    return Selection(**(packed | moments))
