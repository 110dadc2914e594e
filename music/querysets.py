"""How the catalogue is read. The first word of every query says who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Reader = AbstractBaseUser | AnonymousUser


class TrackQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> TrackQuerySet:
        """Public tracks and the reader's own; nothing for somebody who has not signed in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(visibility="public") | Q(uploader_id=user.pk))

    def in_genre(self, genre: Any) -> TrackQuerySet:
        return self.filter(genres=genre)

    def matching(self, query: str) -> TrackQuerySet:
        """Every word of the query in the title, the artist or the album."""
        tracks = self
        for word in query.split():
            tracks = tracks.filter(
                Q(title__icontains=word) | Q(artist__name__icontains=word) | Q(album__title__icontains=word)
            )
        return tracks

    def with_credits(self) -> TrackQuerySet:
        """Artist, album and genres in the same breath: a list of any length costs two queries."""
        return self.select_related("artist", "album").prefetch_related("genres")


def _with_a_visible_track(reader: Reader, **link: Any) -> Exists:
    from music.models import Track

    return Exists(Track.objects.visible_to(reader).filter(**link))


class GenreQuerySet(models.QuerySet[Any]):
    def heard_by(self, user: Reader) -> GenreQuerySet:
        """Genres with at least one track that the reader may hear."""
        return self.filter(_with_a_visible_track(user, genres=OuterRef("pk")))


class ArtistQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> ArtistQuerySet:
        return self.filter(
            _with_a_visible_track(user, artist=OuterRef("pk"))
            | _with_a_visible_track(user, album__album_artist=OuterRef("pk"))
        )


class AlbumQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> AlbumQuerySet:
        return self.filter(_with_a_visible_track(user, album=OuterRef("pk")))
