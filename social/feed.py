"""What is new from whom somebody follows: people who tell it, and artists.

Nothing is copied: each source asks what is there now, of what the reader may see, and the latest of all are shown. So
what becomes private or is deleted is gone from here too.
"""

import heapq
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce

from music.albums import ALBUM_COLUMNS, AlbumRow, ArtistRow
from music.cursors import cursor_of, place_of
from music.models import Album, Artist, ArtistFollow, Track, generated_cover_url
from music.rows import COLUMNS, TrackRow
from playlists.art import Art, art_of
from playlists.models import Playlist, SmartPlaylist, Star
from users.access import anybody_here, follower_of
from users.models import CustomUser, Mute

SIZE = 30
CURSOR = "feed"
# Of what those people published, the newest tracks: somebody may have brought in a hundred thousand.
REACH = 5000
PUBLIC = {"state": Track.State.PUBLISHED, "visibility": Track.Visibility.PUBLIC}


class Person(NamedTuple):
    username: str
    display_name: str
    avatar: str


class Entry(NamedTuple):
    """`rank` and `key` put entries of one moment into an order. One of an artist has no `person`.

    `track_id` is one of `tracks` of the album, or the track itself where there is no album.
    """

    at: datetime
    rank: int
    key: int
    kind: str
    person: Person | None
    album_id: int | None = None
    track_id: int | None = None
    tracks: int = 1
    album: AlbumRow | None = None
    track: TrackRow | None = None
    playlist: Playlist | None = None
    art: Art | None = None
    smart: SmartPlaylist | None = None
    artist: ArtistRow | None = None

    @property
    def artist_picture(self) -> str:
        return generated_cover_url("artist", self.album.artist_id) if self.album else ""

    @property
    def picture(self) -> str:
        """A row's, of whatever it is about, unless that has `art` of several covers."""
        if self.art:
            return self.art.picture
        if self.smart:
            return generated_cover_url("smart", self.smart.pk)
        if self.artist:
            return self.artist.cover_url
        if self.track and self.tracks == 1:
            return self.track.thumb_url
        return self.album.cover_url if self.album else ""


class Feed(NamedTuple):
    """`next_cursor` is empty on the last page."""

    entries: list[Entry]
    next_cursor: str


Position = tuple[datetime, int, int]
Source = Callable[[Any, int, Position | None, int], list[Entry]]


def feed_of(user: Any, after: str) -> Feed:
    position = _position(after)
    found = [source(user, rank, position, SIZE + 1) for rank, source in enumerate(SOURCES)]
    latest = list(islice(heapq.merge(*found, key=_place, reverse=True), SIZE + 1))
    cursor = _cursor(latest[SIZE - 1]) if len(latest) > SIZE else ""
    return Feed(_shown(user, _told_once(latest[:SIZE])), cursor)


def told_by(user: Any, what: str) -> QuerySet[CustomUser]:
    """Those whom the user follows, has not muted, and who tell that: `what` is a field of their profile."""
    followed = CustomUser.objects.filter(pk__in=follower_of(user), is_active=True, **{f"profile__{what}": True})
    return followed.exclude(pk__in=Mute.objects.filter(muter_id=user.pk).values("muted_id"))


def beyond(position: Position | None, rank: int, key: str) -> Q:
    """The rows of a source of that rank that follow the position; they have `at` and a key of that name."""
    if position is None:
        return Q()
    at, its_rank, its_key = position
    if rank != its_rank:
        return Q(at__lte=at) if rank < its_rank else Q(at__lt=at)
    return Q(at__lt=at) | Q(**{"at": at, f"{key}__lt": its_key})


def _published(user: Any, rank: int, position: Position | None, limit: int) -> list[Entry]:
    """What somebody published of one album is one entry, and so is each track without an album."""
    newest = Track.objects.filter(**PUBLIC, uploader__in=told_by(user, "tells_published")).order_by("-pk")
    person = ("uploader__username", "uploader__profile__display_name", "uploader__profile__avatar")
    groups = Track.objects.filter(pk__in=newest.values("pk")[:REACH]).order_by()
    groups = groups.values(*person, "album_id", group=Coalesce("album_id", -F("pk")))
    groups = groups.annotate(at=Max("added_at"), last=Max("pk"), count=Count("pk"))
    found = groups.filter(beyond(position, rank, "last")).order_by("-at", "-last")
    return [
        Entry(at, rank, last, "published", Person(*own), album_id, last, count)
        for *own, album_id, at, last, count in found.values_list(*person, "album_id", "at", "last", "count")[:limit]
    ]


def _by_artists(user: Any, rank: int, position: Position | None, limit: int) -> list[Entry]:
    """Albums of artists whom the user follows, from the moment on at which others could hear one of their tracks."""
    artists = ArtistFollow.objects.filter(user_id=user.pk).values("artist_id")
    tracks = Track.objects.filter(**PUBLIC, album__album_artist__in=artists).exclude(uploader_id=user.pk)
    albums = tracks.order_by().values("album_id").annotate(at=Min("added_at"), count=Count("pk"))
    found = albums.filter(beyond(position, rank, "album_id")).order_by("-at", "-album_id")
    return [
        Entry(at, rank, album_id, "by_artist", None, album_id, None, count)
        for album_id, at, count in found.values_list("album_id", "at", "count")[:limit]
    ]


def _shared(user: Any, rank: int, position: Position | None, limit: int) -> list[Entry]:
    """Playlists that others may see, at the moment from which on others could."""
    shown = Playlist.objects.visible_to(user).shown_to_others()
    visible = shown.filter(owner__in=told_by(user, "tells_shared"), track_count__gt=0)
    found = visible.annotate(at=F("shown_since")).filter(beyond(position, rank, "pk")).order_by("-shown_since", "-pk")
    return [
        Entry(each.shown_since, rank, each.pk, "shared", _person(each.owner), playlist=each)
        for each in found.select_related("owner__profile")[:limit]
    ]


def _rules_shared(user: Any, rank: int, position: Position | None, limit: int) -> list[Entry]:
    """Smart playlists that others may see, at the moment from which on others could."""
    shown = SmartPlaylist.objects.visible_to(user).shown_to_others().filter(owner__in=told_by(user, "tells_shared"))
    found = shown.annotate(at=F("shown_since")).filter(beyond(position, rank, "pk")).order_by("-shown_since", "-pk")
    return [
        Entry(each.shown_since, rank, each.pk, "shared", _person(each.owner), smart=each)
        for each in found.select_related("owner__profile")[:limit]
    ]


def _person(user: Any) -> Person:
    return Person(user.username, user.profile.display_name, user.profile.avatar)


def _starred(user: Any, rank: int, position: Position | None, limit: int) -> list[Entry]:
    """Of what everybody here may hear."""
    track = Q(track__state=Track.State.PUBLISHED, track__visibility=Track.Visibility.PUBLIC)
    album = Q(album__in=Track.objects.filter(**PUBLIC).values("album"))
    artist = Q(artist__in=Artist.objects.visible_to(anybody_here()))
    stars = Star.objects.filter(track | album | artist, user__in=told_by(user, "tells_starred"))
    found = stars.annotate(at=F("since")).filter(beyond(position, rank, "pk")).order_by("-since", "-pk")
    return [
        Entry(
            *(star.since, rank, star.pk, "starred", _person(star.user), star.album_id, star.track_id),
            artist=ArtistRow(star.artist.pk, star.artist.name) if star.artist else None,
        )
        for star in found.select_related("user__profile", "artist")[:limit]
    ]


SOURCES: tuple[Source, ...] = (_by_artists, _published, _shared, _starred, _rules_shared)


def _told_once(entries: list[Entry]) -> list[Entry]:
    """An album that somebody published need not be told again because its artist is followed."""
    published = {entry.album_id for entry in entries if entry.kind == "published"}
    return [entry for entry in entries if entry.kind != "by_artist" or entry.album_id not in published]


def _shown(user: Any, entries: list[Entry]) -> list[Entry]:
    albums = {
        values[0]: AlbumRow(*values)
        for values in Album.objects.filter(pk__in=_ids(entry.album_id for entry in entries))
        .order_by()
        .values_list(*ALBUM_COLUMNS)
    }
    alone = _ids(entry.track_id for entry in entries if entry.tracks == 1)
    tracks = {
        values[0]: TrackRow(*values)
        for values in Track.objects.filter(**PUBLIC, pk__in=alone).order_by().values_list(*COLUMNS)
    }
    art = art_of(user, [entry.playlist for entry in entries if entry.playlist])
    return [
        entry._replace(
            album=albums.get(entry.album_id or 0),
            track=tracks.get(entry.track_id or 0),
            art=art[entry.playlist.pk] if entry.playlist else None,
        )
        for entry in entries
    ]


def _ids(ids: Iterable[int | None]) -> set[int]:
    return {pk for pk in ids if pk is not None}


def _place(entry: Entry) -> Position:
    return entry.at, entry.rank, entry.key


def _cursor(entry: Entry) -> str:
    return cursor_of(CURSOR, [entry.at.isoformat(), entry.rank, entry.key])


def _position(cursor: str) -> Position | None:
    """From the start when it is none of ours."""
    if (place := place_of(CURSOR, cursor)) is None:
        return None
    at, rank, key = place
    return datetime.fromisoformat(at), rank, key
