"""MongoDB that may go away: writes wait in the outbox until it is back, reads say StoreAway at once."""

import time
from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from listening import outbox
from listening.errors import StoreAway
from listening.listen import EVERYTHING, Cursor, Event, Heard, Identity, Listen, Selection, TrackSums, TrackTotals
from listening.shipping import FIRST_BATCH, ship_user
from listening.sql import SqlListenStore

if TYPE_CHECKING:
    from listening.mongo import MongoListenStore

CATCH_UP_SECONDS = 0.2
RECORDED_AT_ONCE = 100


class DurableListenStore:
    def __init__(self, mongo: "MongoListenStore") -> None:
        self.mongo = mongo

    def start(self, listen: Listen) -> Listen:
        if not outbox.has_pending(listen.user_id):
            with suppress(StoreAway):
                return self.mongo.start(listen)
        outbox.keep_start(listen)
        return outbox.listen_so_far(listen.user_id, listen.event_id) or listen

    def progress(
        self, user_id: int, event_id: str, played_ms: int, received_at: datetime, left: bool = False
    ) -> Listen | None:
        if not outbox.has_pending(user_id):
            with suppress(StoreAway):
                return self.mongo.progress(user_id, event_id, played_ms, received_at, left)
        return _kept(user_id, event_id, Event("left" if left else "progress", played_ms, received_at))

    def complete(self, user_id: int, event_id: str, played_ms: int, received_at: datetime) -> Listen | None:
        if not outbox.has_pending(user_id):
            with suppress(StoreAway):
                return self.mongo.complete(user_id, event_id, played_ms, received_at)
        return _kept(user_id, event_id, Event("complete", played_ms, received_at))

    def find(self, user_id: int, event_id: str) -> Listen | None:
        with self._caught_up(user_id):
            return self.mongo.find(user_id, event_id)

    def history(
        self,
        user_id: int,
        limit: int,
        before: Cursor | None = None,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
    ) -> list[Listen]:
        with self._caught_up(user_id):
            return self.mongo.history(user_id, limit, before, wanted, without)

    def each(
        self,
        user_id: int,
        wanted: Selection = EVERYTHING,
        without: Sequence[Selection] = (),
        batch_size: int = 1000,
    ) -> Iterator[list[Listen]]:
        with self._caught_up(user_id):
            pass
        yield from self.mongo.each(user_id, wanted, without, batch_size)

    def count(self, user_id: int, wanted: Selection = EVERYTHING, without: Sequence[Selection] = ()) -> int:
        with self._caught_up(user_id):
            return self.mongo.count(user_id, wanted, without)

    def erase(self, user_id: int, wanted: Selection) -> int:
        with self._caught_up(user_id):
            self._nothing_waits(user_id)
            return self.mongo.erase(user_id, wanted)

    def leave_out(self, user_id: int, wanted: Selection, is_left_out: bool = True) -> int:
        with self._caught_up(user_id):
            self._nothing_waits(user_id)
            return self.mongo.leave_out(user_id, wanted, is_left_out)

    def join(self, unmatched_track_id: int, track: Identity, user_ids: Sequence[int] | None = None) -> int:
        return self.mongo.join(unmatched_track_id, track, user_ids)

    def unmatched_ids(self, recording_mbid: str = "", isrc: str = "") -> set[int]:
        return self.mongo.unmatched_ids(recording_mbid, isrc)

    def has_unmatched(self) -> bool:
        return self.mongo.has_unmatched()

    def unmatched_among(
        self, track_ids: Collection[int], recording_mbids: Collection[str], isrcs: Collection[str]
    ) -> set[tuple[int, str, str]]:
        return self.mongo.unmatched_among(track_ids, recording_mbids, isrcs)

    def unmatched_tracks(self, user_id: int, limit: int = 1000, after: int | None = None) -> list[Identity]:
        with self._caught_up(user_id):
            return self.mongo.unmatched_tracks(user_id, limit, after)

    def recent_track_ids(self, user_id: int, limit: int) -> list[int]:
        with self._caught_up(user_id):
            return self.mongo.recent_track_ids(user_id, limit)

    def heard_tracks(self, user_id: int) -> Heard:
        with self._caught_up(user_id):
            return self.mongo.heard_tracks(user_id)

    def completed_tracks(self, user_id: int, since: datetime | None = None) -> dict[int, tuple[str, ...]]:
        with self._caught_up(user_id):
            return self.mongo.completed_tracks(user_id, since)

    def loved_before(self, user_id: int, moment: datetime, since: datetime | None = None) -> list[int]:
        with self._caught_up(user_id):
            return self.mongo.loved_before(user_id, moment, since)

    def popular_track_ids(self, limit: int, since: datetime) -> list[tuple[int, int]]:
        return self.mongo.popular_track_ids(limit, since)

    def popular_among(
        self, user_ids: Collection[int], limit: int, since: datetime, without: Set[tuple[int, int]] = frozenset()
    ) -> list[tuple[int, int]]:
        return self.mongo.popular_among(user_ids, limit, since, without)

    def popular_of_artist(self, artist_id: int, limit: int) -> list[tuple[int, int]]:
        return self.mongo.popular_of_artist(artist_id, limit)

    def tastes(
        self,
        suggested: Collection[str] = (),
        user_id: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[TrackSums]:
        if user_id is not None:
            with self._caught_up(user_id):
                pass
        yield from self.mongo.tastes(suggested, user_id, since, until)

    def track_totals(self, user_id: int, track_ids: Collection[int]) -> Iterator[TrackTotals]:
        with self._caught_up(user_id):
            pass
        yield from self.mongo.track_totals(user_id, track_ids)

    def forget_user(self, user_id: int) -> int:
        """How many were erased now. MongoDB's follow when the caller's transaction is over, or when it is back: nobody
        loses them whose account stays after all.
        """
        # What the embedded store still has from before MongoDB would come back with the next listens_copy.
        erased = SqlListenStore().forget_user(user_id)
        outbox.keep_forget(user_id)
        transaction.on_commit(partial(self._forget_now, user_id), robust=True)
        return erased

    def _forget_now(self, user_id: int) -> None:
        with suppress(StoreAway), self._caught_up(user_id):
            pass

    def add_all(self, listens: Sequence[Listen]) -> int:
        return self.mongo.add_all(listens)

    def record(self, listens: Sequence[Listen]) -> None:
        waiting = list(listens)
        with suppress(StoreAway):
            while waiting:
                self.mongo.record(waiting[:RECORDED_AT_ONCE])
                del waiting[:RECORDED_AT_ONCE]
        outbox.keep_whole(waiting)

    def ping(self) -> None:
        self.mongo.ping()

    def one_budget(self) -> AbstractContextManager[None]:
        return self.mongo.one_budget()

    @contextmanager
    def _caught_up(self, user_id: int) -> Iterator[None]:
        with self.one_budget():
            if self.mongo.door.may_answer and outbox.has_pending(user_id):
                give_up_at = time.monotonic() + CATCH_UP_SECONDS
                ship_user(self.mongo, user_id, lambda: time.monotonic() >= give_up_at, largest=FIRST_BATCH)
            yield

    def _nothing_waits(self, user_id: int) -> None:
        """What still waits would arrive afterwards as if nothing had been said about it."""
        if outbox.has_pending(user_id):
            raise StoreAway("Listens are still on their way.")


def _kept(user_id: int, event_id: str, event: Event) -> Listen | None:
    outbox.keep_event(user_id, event_id, event)
    return outbox.listen_so_far(user_id, event_id)
