"""The albums that belong on a page about music: an artist's own by kind, those of others they are on, and more."""

from functools import lru_cache
from itertools import groupby
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Field, Value
from django.utils.translation import gettext_lazy as _

from music.albums import AlbumRow, albums_in_this_order
from music.browsing import ALBUM_ORDERS, order_named
from music.cards import Card, album_cards
from music.compiled import ID, Compiled, compiled
from music.models import Album, Artist, TrackCredit
from music.paging import compiled_keyset_ids
from music.querysets import AlbumQuerySet, visible

PLURALS = {
    Album.Kind.ALBUM: _("Albums"),
    Album.Kind.EP: _("EPs"),
    Album.Kind.SINGLE: _("Singles"),
    Album.Kind.COMPILATION: _("Compilations"),
    Album.Kind.LIVE: _("Live"),
    Album.Kind.SOUNDTRACK: _("Soundtracks"),
    Album.Kind.REMIX: _("Remixes"),
    Album.Kind.MIXTAPE: _("Mixtapes"),
    Album.Kind.BROADCAST: _("Broadcasts"),
    Album.Kind.OTHER: _("Other"),
}
MOST_ALBUMS = 60
ALSO_ON = 12
MORE_ALBUMS = 6
CREDITS_LOOKED_AT = 500
BY_YEAR = order_named(ALBUM_ORDERS, "year")
ARTIST = "<artist>"  # what stands for an artist until it is known


def discography(user: Any, artist: Artist) -> dict[str, Any]:
    """What an artist's page shows of albums: as many as there is room for, whatever the library holds."""
    ids, has_more = _own(user, artist.pk, MOST_ALBUMS)
    return {
        "shelves": _by_kind(albums_in_this_order(ids)),
        "has_more_albums": has_more,
        "also_on": album_cards(_also_on(user, artist.pk)),
    }


def more_like(user: Any, album: Album) -> list[Card]:
    """Others of the same artist."""
    ids, _has_more = _own(user, album.album_artist_id, MORE_ALBUMS + 1)
    others = [each for each in albums_in_this_order(ids) if each.pk != album.pk]
    return album_cards(others[:MORE_ALBUMS], of_one_artist=True)


def _own(user: Any, artist_id: int, most: int) -> tuple[list[int], bool]:
    """The latest albums, read along their index, and whether there are more."""
    page = compiled_keyset_ids(own_albums, {ID: user.pk, ARTIST: artist_id}, BY_YEAR, after="", size=most)
    return page.items, bool(page.next_cursor)


@lru_cache
def own_albums() -> AlbumQuerySet:
    """Those of ARTIST that ID may see."""
    artist = Value(ARTIST, output_field=Field())
    albums: AlbumQuerySet = Album.objects.visible_to(get_user_model()(pk=ID)).filter(album_artist_id=artist)
    return albums


def _by_kind(albums: list[AlbumRow]) -> list[tuple[Any, list[Card]]]:
    kinds = list(Album.Kind)
    albums.sort(key=lambda album: kinds.index(Album.Kind(album.kind)))
    shelves = groupby(albums, key=lambda album: Album.Kind(album.kind))
    return [(PLURALS[kind], album_cards(shelf, of_one_artist=True)) for kind, shelf in shelves]


def _also_on(user: Any, artist_id: int) -> list[AlbumRow]:
    """Albums of others among the artist's newest credits: of somebody with many all would take long."""
    credits = _credits().rows({ID: user.pk, ARTIST: artist_id})
    others = dict.fromkeys(album_id for album_id, by in credits if album_id and by != artist_id)
    return sorted(albums_in_this_order(list(others)[:ALSO_ON]), key=lambda album: album.year or 0, reverse=True)


@lru_cache
def _credits() -> Compiled:
    """Album and album artist of each."""
    artist = Value(ARTIST, output_field=Field())
    credits = TrackCredit.objects.filter(visible(get_user_model()(pk=ID), "track__"), artist_id=artist)
    albums = credits.order_by("-track_id").values_list("track__album_id", "track__album__album_artist_id")
    return compiled(albums[:CREDITS_LOOKED_AT])
