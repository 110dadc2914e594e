"""The door to everybody's listens: what a store can do, and the one that the settings ask for."""

from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings

from listening import heartbeat, outbox
from listening.durable import DurableListenStore
from listening.errors import BadEvent, EventBelongsToAnother, ListenError, StoreAway, UnknownEvent
from listening.listen import EVERYTHING, Cursor, Event, Heard, Identity, Listen, Selection, TrackSums, TrackTotals
from listening.sql import SqlListenStore

if TYPE_CHECKING:
    from listening.mongo import MongoListenStore

__all__ = [
    "EVERYTHING",
    "BadEvent",
    "Cursor",
    "Event",
    "EventBelongsToAnother",
    "Heard",
    "Identity",
    "Listen",
    "ListenError",
    "ListenStore",
    "Selection",
    "StoreAway",
    "TrackSums",
    "TrackTotals",
    "UnknownEvent",
    "forget_store",
    "listen_store",
    "mongo_store",
    "patient_store",
    "store_state",
    "worker_state",
]

PATIENT_SECONDS = 20


class ListenStore(Protocol):
    """Every method may raise StoreAway. Event ids are canonical UUIDs: see rules.begin and rules.canonical."""

    def start(self, listen: Listen) -> Listen:
        """Once per event id: a repeated start answers the listen as it is. Raises EventBelongsToAnother."""

    def progress(
        self, user_id: int, event_id: str, played_ms: int, received_at: datetime, left: bool = False
    ) -> Listen | None:
        """The listen after it, or None: kept for later. Raises UnknownEvent."""

    def complete(self, user_id: int, event_id: str, played_ms: int, received_at: datetime) -> Listen | None:
        """The player came to the natural end. Otherwise like progress."""

    def find(self, user_id: int, event_id: str) -> Listen | None:
        """One listen of theirs."""

    def history(
        self,
        user_id: int,
        limit: int,
        before: Cursor | None = None,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
    ) -> list[Listen]:
        """Those wanted that are in none of `without`, the latest first; the next page is `before=page[-1].cursor`."""

    def each(
        self,
        user_id: int,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
        batch_size: int = 1000,
    ) -> Iterator[list[Listen]]:
        """The same whole, the oldest first, in batches: for exports and figures, in bounded memory."""

    def count(self, user_id: int, wanted: Selection = EVERYTHING, without: Sequence[Selection] = ()) -> int:
        """How many of those wanted there are that are in none of `without`."""

    def erase(self, user_id: int, wanted: Selection) -> int:
        """For good; how many there were. In parts, so that what is erased stays erased when the store goes away."""

    def leave_out(self, user_id: int, wanted: Selection, is_left_out: bool = True) -> int:
        """Do not let them count for the user's taste, or let them again; how many changed."""

    def join(self, unmatched_track_id: int, track: Identity, user_ids: Sequence[int] | None = None) -> int:
        """Listens of what the catalogue did not have become listens of its track, everybody's or some users'.

        How many; the ids, genres and names are the track's from then on.
        """

    def unmatched_ids(self, recording_mbid: str = "", isrc: str = "") -> set[int]:
        """The ids, in anybody's listens, of what the catalogue does not have and what bears one of these two."""

    def has_unmatched(self) -> bool:
        """Whether anybody heard something that the catalogue does not have."""

    def unmatched_among(
        self, track_ids: Collection[int], recording_mbids: Collection[str], isrcs: Collection[str]
    ) -> set[tuple[int, str, str]]:
        """(id, recording MBID, ISRC) of what the catalogue does not have, in anybody's listens, and is one of these."""

    def unmatched_tracks(self, user_id: int, limit: int = 1000, after: int | None = None) -> list[Identity]:
        """What they heard that the catalogue does not have, each once, by id; the next are `after=[-1].track_id`."""

    def recent_track_ids(self, user_id: int, limit: int) -> list[int]:
        """Different tracks among the newest 1,000 listens, the latest first."""

    def heard_tracks(self, user_id: int) -> Heard:
        """What they heard, and a mark that tells whether anything changed since."""

    def completed_tracks(self, user_id: int, since: datetime | None = None) -> dict[int, tuple[str, ...]]:
        """Each track's id that was completed (since then) and its genre slugs at that time, the latest completed first;
        none of which all completed listens are left out."""

    def loved_before(self, user_id: int, moment: datetime, since: datetime | None = None) -> list[int]:
        """Tracks finished rules.LOVED_TIMES (3) times and not begun and finished from that moment on, the most finished
        first. Of what lies before it only the newest rules.LOVED_LISTENS (3,000) finished listens count, of those that
        began at `since` or later; none that are left out of the taste do.
        """

    def popular_track_ids(self, limit: int, since: datetime) -> list[tuple[int, int]]:
        """(track id, different listeners who completed it since then), the most first.

        Of a busy time only the newest rules.POPULAR_LISTENS (3,000) completed listens count, on every store: the
        answer takes as long with a million listens as with a few thousand. Of one listener no more than the newest
        rules.POPULAR_OF_ONE (300) are among them: whoever repeats a track all day pushes nobody else out.
        """

    def popular_among(
        self, user_ids: Collection[int], limit: int, since: datetime, without: Set[tuple[int, int]] = frozenset()
    ) -> list[tuple[int, int]]:
        """(track id, how many of these users completed a listen of it that began since then and that is not left out of
        their taste), the most first; (track id, user id) in `without` do not count."""

    def popular_of_artist(self, artist_id: int, limit: int) -> list[tuple[int, int]]:
        """The same of one artist's tracks, however long ago; here too only the newest 3,000 completed listens count,
        and 300 of one listener."""

    def tastes(
        self,
        suggested: Collection[str] = (),
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[TrackSums]:
        """Of everybody or of one user, for each track of the catalogue, one user after the other.

        Of listens that began at `since` or later and before `until`. `suggested` are the sources of our own shelves,
        or what stands before a colon there. Summed up by the database: so in bounded memory, however many they are.
        """

    def track_totals(self, user_id: int, track_ids: Collection[int]) -> Iterator[TrackTotals]:
        """Of those of the tracks of which the user heard something; what is left out of their taste is in it."""

    def forget_user(self, user_id: int) -> int:
        """Erase a user's listens; how many there were."""

    def add_all(self, listens: Sequence[Listen]) -> int:
        """Many finished records at once, merged with what is there; how many were new or changed something."""

    def record(self, listens: Sequence[Listen]) -> None:
        """Finished records that somebody waits to have acknowledged. What is known stays.

        Never StoreAway: what cannot be written now is kept until it can.
        """

    def ping(self) -> None:
        """Raises StoreAway when there is no answer."""

    def one_budget(self) -> AbstractContextManager[None]:
        """All that is asked inside shares the patience of one question: for pages that ask several."""


@cache
def listen_store() -> ListenStore:
    """The store the settings ask for, one per process."""
    if settings.MONGODB_URI:
        return DurableListenStore(mongo_store())
    return SqlListenStore()


@cache
def patient_store() -> ListenStore:
    """The same for the worker, which may wait for large answers."""
    if settings.MONGODB_URI:
        return DurableListenStore(mongo_store(PATIENT_SECONDS))
    return listen_store()


def mongo_store(timeout_seconds: float | None = None) -> "MongoListenStore":
    """MongoDB itself, without the outbox, and with more patience where nobody waits for a page."""
    # Not at the head: without MongoDB its driver would be a tenth of every command's start.
    from listening.mongo import MongoListenStore
    from listening.mongo_door import TIMEOUT_SECONDS, MongoDoor, connect_to

    timeout_seconds = timeout_seconds or TIMEOUT_SECONDS
    return MongoListenStore(MongoDoor(connect_to(settings.MONGODB_URI, timeout_seconds), timeout_seconds))


def forget_store() -> None:
    """Let the next listen_store() read the settings again (for tests)."""
    listen_store.cache_clear()
    patient_store.cache_clear()


def store_state() -> dict[str, Any]:
    """For /healthz/: kind, ok or away, and how many events wait to be shipped."""
    if not settings.MONGODB_URI:
        return {"kind": "sql", "state": _state(listen_store()), "pending": 0}
    return {"kind": "mongodb", "state": _state(listen_store()), "pending": outbox.count()}


def worker_state() -> dict[str, Any]:
    """For /healthz/: whether somebody ships what waits."""
    if not settings.MONGODB_URI:
        return {"state": "not needed"}
    silent_seconds = heartbeat.seconds_since()
    is_ok = silent_seconds is not None and silent_seconds <= heartbeat.SILENT_AFTER_SECONDS
    return {"state": "ok" if is_ok else "away", "seconds_since_heartbeat": silent_seconds}


def _state(store: ListenStore) -> str:
    try:
        store.ping()
    except StoreAway:
        return "away"
    return "ok"
