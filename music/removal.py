"""Ways out of the catalogue: the trash, from where a track comes back for thirty days, and for good."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from music.files import discard_files
from music.models import Album, Artist, Genre, Track

KEPT_IN_TRASH = timedelta(days=30)


def trash(tracks: QuerySet[Any]) -> int:
    """Out of sight for everybody; how many."""
    return tracks.filter(state=Track.State.PUBLISHED).update(state=Track.State.TRASHED, state_since=timezone.now())


def restore(tracks: QuerySet[Any]) -> int:
    """Back where they were; how many."""
    return tracks.filter(state=Track.State.TRASHED).update(state=Track.State.PUBLISHED, state_since=timezone.now())


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
    gone = list(tracks.values_list("file", "cover", "album__cover"))
    albums, artists, genres = (
        set(tracks.values_list(name, flat=True)) - {None} for name in ("album", "credits__artist", "genres")
    )
    with transaction.atomic():
        tracks.delete()
        discard_unused(albums, artists, genres)
        for names in gone:
            transaction.on_commit(partial(discard_files, *names))


def discard_unused(albums: Iterable[int], artists: Iterable[int], genres: Iterable[int]) -> None:
    """Delete those that no track is left of."""
    artists = {*artists, *Album.objects.filter(pk__in=albums).values_list("album_artist", flat=True)}
    Album.objects.filter(pk__in=albums, tracks=None).delete()
    Artist.objects.filter(pk__in=artists, credits=None, tracks=None, albums=None).delete()
    Genre.objects.filter(pk__in=genres, tracks=None, is_suggested=False).delete()
