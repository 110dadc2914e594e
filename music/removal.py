"""Ways out of the catalogue: the trash, from where a track comes back for thirty days, by staff, and for good."""

import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from music.album_covers import refresh_album_covers
from music.files import discard_files
from music.joining import join_later
from music.models import Album, Artist, Genre, Track
from music.search import index_names, index_tracks

KEPT_IN_TRASH = timedelta(days=30)
CAN_BE_TAKEN_DOWN = [Track.State.PUBLISHED, Track.State.TRASHED, Track.State.MISSING]


def trash(tracks: QuerySet[Any]) -> int:
    """Out of sight for everybody; how many."""
    return _move(tracks, [Track.State.PUBLISHED, Track.State.MISSING], Track.State.TRASHED)


def restore(tracks: QuerySet[Any], out_of: str = Track.State.TRASHED) -> int:
    """Back where they were; how many. One that was left in its folder may be missing there by now."""
    in_place = tracks.filter(state=out_of, library_files__folder__in_place=True).distinct()
    gone = [track.pk for track in in_place if not os.path.exists(track.file.path)]  # noqa: PTH110 no error where it is locked
    with transaction.atomic():
        missing = _move(tracks.filter(pk__in=gone), [out_of], Track.State.MISSING)
        return missing + _move(tracks, [out_of], Track.State.PUBLISHED)


def take_down(tracks: QuerySet[Any]) -> int:
    """Out of sight for everybody but who brought them in and staff, until staff put them back; how many."""
    return _move(tracks, CAN_BE_TAKEN_DOWN, Track.State.TAKEN_DOWN)


def put_back(tracks: QuerySet[Any], state_before: str) -> int:
    """As they were when they were taken down; how many."""
    if state_before == Track.State.PUBLISHED:
        return restore(tracks, out_of=Track.State.TAKEN_DOWN)
    return _move(tracks, [Track.State.TAKEN_DOWN], state_before)


def _move(tracks: QuerySet[Any], old: Sequence[str], new: str) -> int:
    """What is out of sight lends no album its picture."""
    with transaction.atomic():
        moving = dict(tracks.filter(state__in=old).order_by().values_list("pk", "album"))
        count = Track.objects.filter(pk__in=moving, state__in=old).update(state=new, state_since=timezone.now())
        refresh_album_covers(set(moving.values()) - {None})
        if new == Track.State.PUBLISHED:
            join_later(moving)
    return count


def empty_trash() -> int:
    """Discard what has lain in the trash for longer than thirty days; how many."""
    overdue = Track.objects.filter(state=Track.State.TRASHED, state_since__lt=timezone.now() - KEPT_IN_TRASH)
    count = overdue.count()
    discard(overdue)
    return count


def discard_private_uploads(user: Any) -> None:
    """Delete the tracks that only this user could see."""
    kept = Track.objects.filter(uploader=user)
    discard(kept.exclude(visibility=Track.Visibility.PUBLIC, state__in=[Track.State.PUBLISHED, Track.State.MISSING]))


def discard(tracks: QuerySet[Any]) -> None:
    """Delete tracks with their files, and the albums, artists, genres and pictures that nothing is left of.

    Files go when the transaction is through: one that is rolled back keeps them.
    """
    with transaction.atomic():
        # Somebody may be restoring one of them: whoever has the row first decides.
        list(Track.objects.select_for_update().filter(pk__in=[*tracks.values_list("pk", flat=True)]).order_by("pk"))
        gone = list(tracks.order_by().values_list("pk", "file", "cover", "album__cover"))
        leaving = Track.objects.filter(pk__in=[pk for pk, *_names in gone])
        albums, artists, genres = (
            set(leaving.values_list(name, flat=True)) - {None} for name in ("album", "credits__artist", "genres")
        )
        leaving.delete()
        index_tracks(pk for pk, *_names in gone)
        discard_unused(albums, artists, genres)
        refresh_album_covers(albums)
        for _pk, *names in gone:
            transaction.on_commit(partial(discard_files, *names))


def discard_unused(albums: Iterable[int], artists: Iterable[int], genres: Iterable[int]) -> None:
    """Delete those that no track is left of."""
    artists = {*artists, *Album.objects.filter(pk__in=albums).values_list("album_artist", flat=True)}
    Album.objects.filter(pk__in=albums, tracks=None).delete()
    Artist.objects.filter(pk__in=artists, credits=None, tracks=None, albums=None).delete()
    Genre.objects.filter(pk__in=genres, tracks=None, is_suggested=False).delete()
    index_names(albums, artists)
