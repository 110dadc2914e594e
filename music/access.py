"""One object for one user, or 404: the one file that says who may touch what."""

from typing import Any

from django.shortcuts import get_object_or_404

from music.models import Album, Artist, Genre, Track


def track_for(user: Any, track_id: int) -> Track:
    return get_object_or_404(Track.objects.visible_to(user).with_credits(), pk=track_id)


def album_for(user: Any, album_id: int) -> Album:
    return get_object_or_404(Album.objects.visible_to(user).select_related("album_artist"), pk=album_id)


def artist_for(user: Any, artist_id: int) -> Artist:
    return get_object_or_404(Artist.objects.visible_to(user), pk=artist_id)


def genre_for(user: Any, slug: str) -> Genre:
    return get_object_or_404(Genre.objects.known_to(user), slug=slug.replace("\0", " "))
