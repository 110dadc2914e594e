"""Listens of what the catalogue did not have become listens of its tracks, when these come, are named or published."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task

from listening import outbox
from listening.store import StoreAway, listen_store
from music.keys import recording_key
from music.matching import identity_of
from music.models import Track

AT_ONCE = 500
AGAIN_AFTER = timedelta(minutes=5)

# Others who wait for tracks: each is called with the ids of those that have come, when that is sure.
WAITING: list[Callable[[list[int]], None]] = []


@task()
def join_listens(track_ids: list[int]) -> None:
    """And again later, as long as the store is away or does not know all listens yet."""
    is_complete = not outbox.has_unmatched()  # asked first: what is shipped from now on is found
    try:
        join_now(track_ids)
    except StoreAway:
        is_complete = False
    if not is_complete:
        _ask_again_later(track_ids)


def tracks_named(track_ids: Iterable[int]) -> None:
    """To be called when tracks got other names, or came in sight: like `index_tracks`."""
    every = sorted(set(track_ids))
    for ids in _batches(every):
        _renew_keys(ids)
    join_later(every)


def join_later(track_ids: Iterable[int]) -> None:
    """Ask the worker to, where there is something to join."""
    for ids in _batches(track_ids):
        transaction.on_commit(partial(_ask_for, ids))


def join_now(track_ids: Iterable[int]) -> int:
    """How many listens. Everybody's become those of a public track, of a private one only its uploader's."""
    joined = 0
    for ids in _batches(track_ids):
        unmatched = _unmatched_like(ids)
        tracks = Track.objects.filter(pk__in=ids, state=Track.State.PUBLISHED).with_credits()
        for track in tracks.order_by("-visibility", "pk") if unmatched else ():
            joined += _join(track, unmatched)
    return joined


def _renew_keys(ids: list[int]) -> None:
    rows = Track.objects.filter(pk__in=ids).values_list("pk", "artist__name", "title", "recording_key")
    keys = ((pk, recording_key(artist, title), old) for pk, artist, title, old in rows)
    changed = [(key, pk) for pk, key, old in keys if key != old]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE music_track SET recording_key = %s WHERE id = %s", changed)


def _ask_for(ids: list[int]) -> None:
    for tell in WAITING:
        tell(ids)
    try:
        if outbox.has_unmatched() or (listen_store().has_unmatched() and _unmatched_like(ids)):
            join_listens.enqueue(ids)
    except StoreAway:
        _ask_again_later(ids)


def _ask_again_later(ids: list[int]) -> None:
    join_listens.using(run_after=timezone.now() + AGAIN_AFTER).enqueue(ids)


def _unmatched_like(ids: list[int]) -> set[tuple[int, str, str]]:
    tracks = Track.objects.filter(pk__in=ids, state=Track.State.PUBLISHED)
    rows = list(tracks.order_by().values_list("recording_key", "recording_mbid", "isrc"))
    if not rows:
        return set()
    keys, mbids, isrcs = map(set, zip(*rows, strict=True))
    return listen_store().unmatched_among(keys, mbids - {""}, isrcs - {""})


def _join(track: Any, unmatched: set[tuple[int, str, str]]) -> int:
    is_public = track.visibility == Track.Visibility.PUBLIC
    whose = None if is_public else [track.uploader_id]
    same = {
        key
        for key, mbid, isrc in unmatched
        if key == track.recording_key or (mbid and mbid == track.recording_mbid) or (isrc and isrc == track.isrc)
    }
    return sum(listen_store().join(key, identity_of(track), whose) for key in sorted(same))


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    every = list(ids)
    return (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE))
