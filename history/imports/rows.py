"""What a file from another service says of one play, and what is left out of it and why."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from listening import rules
from music.matching import Heard

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
SAME_SECOND = timedelta(seconds=10)
SAME_MINUTE = timedelta(seconds=70)
UNKNOWN_COUNTED_MS = 30_000
MAX_MS = 7 * 24 * 3600 * 1000
WORDY_DATES = ("%d %b %Y %H:%M", "%d %b %Y, %H:%M")


class Refused(ValueError):
    """The file cannot be imported; the message says why and what to do, for the person who sent it."""


class Format(StrEnum):
    LISTENBRAINZ = "listenbrainz"
    LASTFM = "lastfm"
    SPOTIFY = "spotify"
    SPOTIFY_ACCOUNT = "spotify_account"
    MUSIC_STREAMER = "music_streamer"


class LeftOut(StrEnum):
    PRIVATE = "private"
    NOT_MUSIC = "not_music"
    NOW_PLAYING = "now_playing"
    SILENT = "silent"
    NO_TIME = "no_time"
    NO_DATE = "no_date"
    NAMELESS = "nameless"
    UNREADABLE = "unreadable"


class Outcome(NamedTuple):
    played_ms: int | None
    counted: bool
    completed: bool
    skipped: bool


class Row(NamedTuple):
    """One play. `played_ms` None: the service only says that it was a listen. Times are as near as `within`.

    `told`: our own export says itself what the play counted as.
    """

    format: Format
    heard: Heard
    started_at: datetime
    played_ms: int | None = None
    has_ended: bool = False
    has_left: bool = False
    within: timedelta = SAME_SECOND
    event_id: str = ""
    told: Outcome | None = None
    source: str = ""
    client: str = ""


Item = Row | LeftOut


def outcome(row: Row, duration_ms: int) -> Outcome:
    """What the play counts as. A scrobble is a listen by its service's own rule; how much was heard it does not say.

    Without the track's length, 30 seconds count, as they do for Spotify.
    """
    if row.told:
        return row.told
    if row.played_ms is None:
        return Outcome(None, True, True, False)
    if not duration_ms:
        counted = row.played_ms >= UNKNOWN_COUNTED_MS
        skipped = row.has_left and not row.has_ended and row.played_ms < rules.SKIPPED_BEFORE_MS
        return Outcome(row.played_ms, counted, counted and row.has_ended, skipped)
    played_ms = min(row.played_ms, duration_ms)
    completed = rules.completed(played_ms, duration_ms, row.has_ended)
    counted = rules.counts_as_listen(played_ms, duration_ms)
    return Outcome(played_ms, counted, completed, rules.skipped(played_ms, duration_ms, row.has_left, completed))


def text(value: Any, longest: int = 255) -> str:
    """One line that every database takes; "" for what is no text."""
    return rules.one_line(value, longest) if isinstance(value, str) else ""


def milliseconds(value: Any) -> int:
    """0 for what is no length of a play or track."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
    return number if not isinstance(value, bool) and 0 <= number <= MAX_MS else 0


def part(value: Any, name: str) -> Mapping[str, Any]:
    """What is inside under that name, where it is an object."""
    inside = value.get(name) if isinstance(value, Mapping) else None
    return inside if isinstance(inside, Mapping) else {}


def moment(value: Any) -> datetime | None:
    """From seconds or milliseconds since 1970, ISO 8601, or "31 Dec 2020, 12:34"; without a zone it is UTC."""
    found: datetime | None
    try:
        found = _from_number(float(value))
    except (TypeError, ValueError, OverflowError, OSError):
        found = _from_words(value) if isinstance(value, str) else None
    return found if found and EARLIEST <= found <= timezone.now() + timedelta(days=1) else None


def _from_number(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds / 1000 if seconds > 10_000_000_000 else seconds, UTC)


def _from_words(words: str) -> datetime | None:
    words = words.strip()[:60]
    try:
        found = parse_datetime(words)
    except ValueError:
        return None
    for form in WORDY_DATES if found is None else ():
        try:
            found = datetime.strptime(words, form)
        except ValueError:
            continue
    if found is None:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
