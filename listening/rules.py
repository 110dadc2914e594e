"""What counts as what. Every rule about listens is here, as pure functions."""

from collections import Counter
from collections.abc import Callable, Iterable, Set
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from uuid import UUID

from listening.errors import BadEvent
from listening.listen import MAX_CLIENT, MAX_SOURCE, Event, Listen, to_ms

SHORTEST_COUNTED_MS = 30_000
LONGEST_NEEDED_MS = 4 * 60_000
SKIPPED_BEFORE_MS = 30_000
OLDEST = timedelta(days=30)
POPULAR_LISTENS = 3000
# Ten accounts, not one, would have to finish their own tracks all day to be all that is popular.
POPULAR_OF_ONE = 300
LOVED_LISTENS = 3000
LOVED_TIMES = 3


def counts_as_listen(played_ms: int, duration_ms: int) -> bool:
    """The scrobbling rule: a track over 30 s, heard for half of it or for 4 minutes."""
    return duration_ms > SHORTEST_COUNTED_MS and played_ms >= min(duration_ms / 2, LONGEST_NEEDED_MS)


def completed(played_ms: int, duration_ms: int, ended: bool) -> bool:
    """90 % heard, or the natural end reached with 80 % heard (somebody jumped over the intro)."""
    return duration_ms > 0 and (played_ms * 10 >= duration_ms * 9 or (ended and played_ms * 5 >= duration_ms * 4))


def skipped(played_ms: int, duration_ms: int, has_left: bool, is_completed: bool) -> bool:
    """Left before 30 s and before a quarter of the track."""
    return has_left and not is_completed and played_ms < min(SKIPPED_BEFORE_MS, duration_ms / 4)


def loved(finished: Iterable[int]) -> list[int]:
    """Of the tracks of finished listens, the latest first, those finished often enough; the most finished first."""
    counts = Counter(finished)
    return [track_id for track_id, times in counts.most_common() if times >= LOVED_TIMES]


def capped(played_ms: int, listen: Listen, received_at: datetime) -> int:
    """Nobody hears more than the track has, nor faster than the server's clock runs."""
    elapsed_ms = (received_at - listen.started_at) // timedelta(milliseconds=1)
    return max(0, min(played_ms, elapsed_ms, listen.duration_ms))


def begin(
    *,
    user_id: int,
    event_id: str,
    track_id: int,
    title: str,
    artist_id: int,
    artist_name: str,
    genres: Iterable[str],
    duration_ms: int,
    received_at: datetime,
    started_at: datetime | None = None,
    source: str = "",
    client: str = "",
    album_id: int = 0,
    album_title: str = "",
    recording_mbid: str = "",
    isrc: str = "",
    origin: str = "",
) -> Listen:
    """A listen that has just begun, or at `started_at` when it is delivered late. Raises BadEvent."""
    return Listen(
        user_id=user_id,
        event_id=canonical(event_id),
        track_id=track_id,
        title=title,
        artist_id=artist_id,
        artist_name=artist_name,
        genres=tuple(genres),
        started_at=_believable(started_at or received_at, received_at),
        duration_ms=duration_ms,
        source=one_line(source, MAX_SOURCE),
        client=one_line(client, MAX_CLIENT),
        album_id=album_id,
        album_title=album_title,
        recording_mbid=recording_mbid,
        isrc=isrc,
        origin=origin,
    )


def canonical(event_id: str) -> str:
    """The UUID in its one lower-case spelling. Raises BadEvent."""
    try:
        return str(UUID(event_id))
    except (ValueError, AttributeError, TypeError) as error:
        raise BadEvent("The event id must be a UUID.") from error


def apply(listen: Listen, event: Event) -> Listen:
    """The listen after the event. A repeated or late event changes nothing; nothing ever goes back."""
    played_ms = max(listen.played_ms, capped(event.played_ms, listen, event.received_at))
    left_at = to_ms(event.received_at) if event.kind == "left" else None
    after = _settled(listen, played_ms, listen.ended or event.kind == "complete", _first(listen.left_at, left_at))
    if after.completed and after.completed_at is None:
        return replace(after, completed_at=_finished_at(listen, event.received_at))
    return after


def apply_all(listen: Listen, events: Iterable[Event]) -> Listen:
    """The listen after one event and the next."""
    return reduce(apply, events, listen)


def merge(one: Listen, other: Listen) -> Listen:
    """Two records of the same listen as one that knows what either knew."""
    played_ms = max(one.played_ms, other.played_ms)
    after = _settled(one, played_ms, one.ended or other.ended, _first(one.left_at, other.left_at))
    if not after.completed:
        return after
    heard_until = one.started_at + timedelta(milliseconds=played_ms)
    return replace(after, completed_at=_first(one.completed_at, other.completed_at) or _finished_at(one, heard_until))


def most_listeners(finished: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """From (track id, user id) to (track id, different users), the most first, then the lower track id."""
    listeners = Counter(track_id for track_id, _user_id in set(finished))
    return sorted(listeners.items(), key=lambda counted: (-counted[1], counted[0]))


def shared_out(newest: Callable[[int, Set[int]], Iterable[tuple[int, int]]]) -> list[tuple[int, int]]:
    """The newest POPULAR_LISTENS of finished listens, of each listener no more than the newest POPULAR_OF_ONE.

    `newest` is asked for at most so many, without those of some users: (track id, user id), the latest first. Once more
    for one or several who have too many, so once or twice as a rule, and never more often than ten have their share.
    """
    shares: list[tuple[int, int]] = []
    full: set[int] = set()
    while True:
        page = list(newest(POPULAR_LISTENS - len(shares), full))
        times = Counter(user_id for _track_id, user_id in page)
        too_many = {user_id for user_id, count in times.items() if count > POPULAR_OF_ONE}
        if not too_many:
            return shares + page
        for user_id in too_many:
            shares += [listen for listen in page if listen[1] == user_id][:POPULAR_OF_ONE]
        full |= too_many


def _settled(listen: Listen, played_ms: int, ended: bool, left_at: datetime | None) -> Listen:
    is_completed = listen.completed or completed(played_ms, listen.duration_ms, ended)
    return replace(
        listen,
        played_ms=played_ms,
        ended=ended,
        left_at=left_at,
        completed=is_completed,
        counted=listen.counted or counts_as_listen(played_ms, listen.duration_ms),
        skipped=skipped(played_ms, listen.duration_ms, left_at is not None, is_completed),
    )


def _finished_at(listen: Listen, received_at: datetime) -> datetime:
    # A play delivered days late was not finished today. A pause makes this early by its own length, which is the
    # smaller error: history and "popular here" go by when people listened, not by when a phone found a network.
    return to_ms(min(received_at, listen.started_at + timedelta(milliseconds=listen.duration_ms)))


def _believable(started_at: datetime, received_at: datetime) -> datetime:
    if started_at.tzinfo is None:
        raise BadEvent("The start must carry its time zone.")
    if received_at - started_at > OLDEST:
        raise BadEvent("A listen can be delivered for 30 days.")
    return to_ms(min(started_at, received_at))


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def one_line(text: str, longest: int) -> str:
    """That every database takes."""
    storable = text.encode("utf-8", "replace").decode().replace("\0", " ")
    return " ".join(storable.split())[:longest]
