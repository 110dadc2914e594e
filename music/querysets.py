"""How the catalogue is read. The first word of every query says who asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    Reader = AbstractBaseUser | AnonymousUser


MOST_BROUGHT = 60


def visible(reader: Reader, track: str = "") -> Q:
    """Whether the reader may hear the track at the end of that path: published, and public or their own."""
    if not reader.is_authenticated:
        return Q(**{f"{track}pk__in": []})
    public, own = _public_and_own(reader, track)
    return (public | own) & Q(**{f"{track}state": "published"})


def _public_and_own(reader: Reader, track: str = "") -> tuple[Q, Q]:
    return Q(**{f"{track}visibility": "public"}), Q(**{f"{track}uploader_id": reader.pk})


class TrackQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> TrackQuerySet:
        """Published tracks that are public or the reader's own; nothing for somebody who has not signed in."""
        return self.filter(visible(user))

    def public_and_own(self, user: Reader) -> tuple[TrackQuerySet, TrackQuerySet]:
        """The same in two parts, each of which lies together in an index."""
        public, own = _public_and_own(user)
        published = self.filter(state="published")
        return published.filter(public), published.filter(own)

    def kept_by(self, user: Reader) -> TrackQuerySet:
        """What this user brought in, in whatever state: theirs to look after."""
        return self.filter(uploader_id=user.pk) if user.is_authenticated else self.none()

    def in_genre(self, genre: Any) -> TrackQuerySet:
        return self.filter(genres=genre)

    def by_artist(self, artist: Any) -> TrackQuerySet:
        """Credited in whatever place."""
        return self.filter(credits__artist=artist)

    def with_credits(self) -> TrackQuerySet:
        """Artist, album and genres in the same breath: a list of any length costs two queries."""
        return self.select_related("artist", "album").prefetch_related("genres")


def _with_a_visible_track(reader: Reader, **link: Any) -> Exists:
    return Exists(apps.get_model("music.Track").objects.visible_to(reader).filter(**link))


class GenreQuerySet(models.QuerySet[Any]):
    """A genre is only a name, but names come from tags, and tags of private tracks are private."""

    def visible_to(self, user: Reader) -> GenreQuerySet:
        """Genres of tracks that the reader may hear."""
        return self.filter(_with_a_visible_track(user, genres=OuterRef("pk")))

    def known_to(self, user: Reader) -> GenreQuerySet:
        """Genres whose name the reader may see, with or without tracks."""
        return self.filter(Q(is_suggested=True) | _with_a_visible_track(user, genres=OuterRef("pk")))

    def of_tracks(self, ids: Collection[int]) -> GenreQuerySet:
        links = apps.get_model("music.Track").genres.through.objects
        return self.filter(pk__in=links.filter(track_id__in=ids).values("genre_id"))

    def to_choose_from(self) -> GenreQuerySet:
        """What anybody may pick: the suggested genres, and others that public tracks have brought, up to a limit."""
        tracks = apps.get_model("music.Track").objects
        public = Exists(tracks.filter(visibility="public", state="published", genres=OuterRef("pk")))
        brought = self.model.objects.filter(public).order_by("pk").values("pk")[:MOST_BROUGHT]
        return self.filter(Q(is_suggested=True) | Q(pk__in=brought))


class ArtistQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> ArtistQuerySet:
        return self.filter(
            _with_a_visible_track(user, credits__artist=OuterRef("pk"))
            | _with_a_visible_track(user, album__album_artist=OuterRef("pk"))
        )

    def of_tracks(self, ids: Collection[int]) -> ArtistQuerySet:
        """Those whom the tracks or their albums credit."""
        credited = apps.get_model("music.TrackCredit").objects.filter(track_id__in=ids).values("artist_id")
        albums = apps.get_model("music.Track").objects.filter(pk__in=ids, album__isnull=False)
        return self.filter(Q(pk__in=credited) | Q(pk__in=albums.values("album__album_artist_id")))


def known_albums(uploader_ids: Iterable[int]) -> Q:
    """Those with a published track that is public, or with one in whatever state that one of these brought in."""
    published = Q(tracks__state="published", tracks__visibility="public")
    return published | Q(tracks__uploader__in=uploader_ids)


class AlbumQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Reader) -> AlbumQuerySet:
        return self.filter(_with_a_visible_track(user, album=OuterRef("pk")))

    def of_tracks(self, ids: Collection[int]) -> AlbumQuerySet:
        albums = apps.get_model("music.Track").objects.filter(pk__in=ids, album__isnull=False)
        return self.filter(pk__in=albums.values("album_id"))

    def with_artist(self) -> AlbumQuerySet:
        return self.select_related("album_artist")
