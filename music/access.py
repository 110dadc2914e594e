"""One object for one user, or 404: the one file that says who may touch what."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from listening.listen import Identity
from music.compiled import ID, Compiled, compiled, places
from music.matching import identity_of
from music.models import Album, Artist, Genre, Takedown, Track
from music.querysets import TrackQuerySet
from music.rows import visible_to_somebody
from music.streaming import Audio

NAMED = ("id", "name")  # what the page of an artist or a genre shows of it
SLUG = "<slug>"  # what stands for a slug until it is known
(TRACK,) = places(1)


def track_for(user: Any, track_id: int) -> Track:
    return get_object_or_404(Track.objects.visible_to(user).with_credits(), pk=track_id)


def identity_heard(user: Any, track_id: int, began_at: datetime) -> Identity:
    """What a listen keeps of a track that the user may see, or that went out of sight only after they began to hear it:
    the report of a listen may come days later.
    """
    if not user.is_authenticated or track_id > BigIntegerField.MAX_BIGINT:
        raise Http404
    rows = _identity().rows({ID: user.pk, TRACK: track_id})
    if not rows:
        return identity_of(_lost_since(user, track_id, began_at))
    pk, title, artist_id, artist_name, album_id, album_title, *facts, _genre = rows[0]
    genres = tuple(row[-1] for row in rows if row[-1])
    return Identity(pk, title, artist_id, artist_name, album_id or 0, album_title or "", genres, *facts)


def _lost_since(user: Any, track_id: int, began_at: datetime) -> Track:
    theirs = Q(visibility=Track.Visibility.PUBLIC) | Q(uploader_id=user.pk)
    out_of_sight = [Track.State.TRASHED, Track.State.MISSING, Track.State.TAKEN_DOWN]
    lost = Track.objects.filter(theirs, state__in=out_of_sight, state_since__gte=began_at)
    return get_object_or_404(lost.with_credits(), pk=track_id)


@cache
def _identity() -> Compiled:
    """A row for each genre."""
    tracks = visible_to_somebody().filter(pk=TRACK).order_by("genres__name")
    names = ("pk", "title", "artist_id", "artist__name", "album_id", "album__title")
    return compiled(tracks.values_list(*names, "duration_ms", "recording_mbid", "isrc", "genres__slug"))


def track_to_hear(user: Any, track_id: int) -> Audio:
    """Of what the user may see, and of what they brought in, before it is published or while it is in the trash; for
    staff also of what was taken down.
    """
    if user.is_authenticated and track_id <= BigIntegerField.MAX_BIGINT:
        for row in _audible(user.pk, user.is_staff).rows({ID: track_id}):
            return Audio(*row)
    raise Http404


@lru_cache(maxsize=1000)
def _audible(user_id: int, is_staff: bool) -> Compiled:
    user = get_user_model()(pk=user_id)
    tracks = Track.objects.visible_to(user) | Track.objects.kept_by(user).exclude(state=Track.State.MISSING)
    if is_staff:
        tracks |= Track.objects.filter(state=Track.State.TAKEN_DOWN)
    return compiled(tracks.filter(pk=ID).values_list(*Audio._fields))


def track_to_edit(user: Any, track_id: int) -> Track:
    return get_object_or_404(_editable_by(user), pk=track_id)


def tracks_to_edit(user: Any, track_ids: Iterable[int]) -> TrackQuerySet:
    """Those that the user may change; ids of others are silently not among them."""
    return _editable_by(user).filter(pk__in=track_ids)


def can_edit(user: Any, track: Track) -> bool:
    return _editable_by(user).filter(pk=track.pk).exists()


def track_to_report(user: Any, track_id: int) -> Track:
    """What others brought in: one's own one corrects."""
    return get_object_or_404(Track.objects.visible_to(user).exclude(uploader_id=user.pk).with_credits(), pk=track_id)


def takedown_for(user: Any, track_id: int) -> Takedown:
    """What keeps the track from everybody, for those who may know that it is here."""
    takedowns = Takedown.objects.filter(track__state=Track.State.TAKEN_DOWN).exclude(outcome=Takedown.Outcome.LIFTED)
    if not user.is_staff:
        takedowns = takedowns.filter(track__uploader_id=user.pk)
    return get_object_or_404(takedowns.select_related("track__artist", "track__album"), track=track_id)


def takedown_to_appeal(user: Any, track_id: int) -> Takedown:
    """By who brought the track in, and nobody else."""
    return get_object_or_404(Takedown.objects.filter(uploader=user, pk=takedown_for(user, track_id).pk))


def _editable_by(user: Any) -> TrackQuerySet:
    """One's own, unless it was taken down; for staff also what everybody could hear. Others' private tracks are their
    own.
    """
    tracks = Track.objects.with_credits().select_related("album__album_artist", "lyrics")
    tracks = tracks.exclude(state=Track.State.TAKEN_DOWN)
    tracks = tracks.prefetch_related("credits__artist")
    if not user.is_staff:
        return tracks.kept_by(user)
    shared = Q(visibility=Track.Visibility.PUBLIC, state__in=[Track.State.PUBLISHED, Track.State.TRASHED])
    return tracks.filter(shared | Q(uploader_id=user.pk))


def album_for(user: Any, album_id: int) -> Album:
    return get_object_or_404(Album.objects.visible_to(user).select_related("album_artist"), pk=album_id)


def artist_for(user: Any, artist_id: int) -> Artist:
    if user.is_authenticated and artist_id <= BigIntegerField.MAX_BIGINT:
        for row in _artist(user.pk).rows({ID: artist_id}):
            return Artist.from_db(DEFAULT_DB_ALIAS, NAMED, row)
    raise Http404


@lru_cache(maxsize=1000)
def _artist(user_id: int) -> Compiled:
    artists = Artist.objects.visible_to(get_user_model()(pk=user_id))
    return compiled(artists.filter(pk=ID).order_by().values_list(*NAMED))


def genre_for(user: Any, slug: str) -> Genre:
    if user.is_authenticated:
        for row in _genre(user.pk).rows({SLUG: slug.replace("\0", " ")}):
            return Genre.from_db(DEFAULT_DB_ALIAS, [*NAMED, "slug"], row)
    raise Http404


@lru_cache(maxsize=1000)
def _genre(user_id: int) -> Compiled:
    genres = Genre.objects.known_to(get_user_model()(pk=user_id))
    return compiled(genres.filter(slug=SLUG).order_by().values_list(*NAMED, "slug"))
