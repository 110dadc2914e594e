"""A genre, an artist, an album: their own pages."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from listening.leaving_out import is_left_out
from listening.models import LeftOut
from music.access import album_for, artist_for, genre_for
from music.browsing import ALBUM_SEQUENCE, PAGE_SIZE, TRACK_ORDERS, choice_of, listed, order_named
from music.cards import Card, album_cards, cards_of_artists
from music.models import Album, Artist, Track, TrackCredit
from music.paging import keyset_ids
from music.querysets import AlbumQuerySet, visible
from music.rows import in_this_order
from music.utils import top_tracks_of
from music.views.browse import paging, sorting, text_of, tidy_address, track_list

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
CREDITS_LOOKED_AT = 1000
GENRE_ARTISTS = 12


@require_safe
@tidy_address
def genre(request: HttpRequest, slug: str) -> HttpResponse:
    genre = genre_for(request.user, slug)
    choice = replace(choice_of(request.user, {**text_of(request), "genre": ""}), genre=genre)
    context = {"genre": genre, **track_list(request, choice, hidden=("genre",))}
    if context["is_first_page"]:
        context["artists"] = cards_of_artists(context["tracks"])[:GENRE_ARTISTS]
    return render(request, "music/genre.html", context)


@require_safe
@tidy_address
def artist(request: HttpRequest, pk: int) -> HttpResponse:
    artist = artist_for(request.user, pk)
    order = order_named(TRACK_ORDERS, request.GET.get("sort", ""))
    page = listed(request.user, {"artist": artist.pk}, order, after=request.GET.get("after", ""))
    context = {"artist": artist, "tracks": page.items, **paging(request, page), **sorting(TRACK_ORDERS, order)}
    if context["is_first_page"]:
        context |= _discography(request.user, artist)
    return render(request, "music/artist.html", context)


@require_safe
@tidy_address
def album(request: HttpRequest, pk: int) -> HttpResponse:
    album = album_for(request.user, pk)
    tracks = Track.objects.visible_to(request.user).filter(album=album)
    page = keyset_ids(tracks, ALBUM_SEQUENCE, after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {
        "album": album,
        "tracks": in_this_order(request.user, page.items),
        "total": tracks.aggregate(count=Count("pk"), duration_ms=Sum("duration_ms")),
        "more": album_cards(_others_of(request.user, album), of_one_artist=True),
        "is_left_out": is_left_out(request.user.pk, LeftOut.Kind.ALBUM, pk),
        **paging(request, page),
    }
    return render(request, "music/album.html", context)


def _discography(user: Any, artist: Artist) -> dict[str, Any]:
    """What an artist's page shows above the tracks."""
    own = list(_newest_first(Album.objects.visible_to(user).filter(album_artist=artist))[: MOST_ALBUMS + 1])
    also_on = _newest_first(_albums_with(user, artist))[:ALSO_ON]
    return {
        "top": top_tracks_of(user, artist),
        "shelves": _by_kind(own[:MOST_ALBUMS]),
        "has_more_albums": len(own) > MOST_ALBUMS,
        "also_on": album_cards(also_on),
    }


def _by_kind(albums: list[Album]) -> list[tuple[Any, list[Card]]]:
    kinds = list(Album.Kind)
    albums.sort(key=lambda album: kinds.index(Album.Kind(album.kind)))
    shelves = groupby(albums, key=lambda album: Album.Kind(album.kind))
    return [(PLURALS[kind], album_cards(shelf, of_one_artist=True)) for kind, shelf in shelves]


def _albums_with(user: Any, artist: Artist) -> AlbumQuerySet:
    """Albums of others on which the artist is credited."""
    credits = TrackCredit.objects.filter(visible(user, "track__"), artist=artist, track__album__isnull=False)
    others = credits.exclude(track__album__album_artist=artist).order_by("-track_id")
    ids = set(others.values_list("track__album_id", flat=True)[:CREDITS_LOOKED_AT])
    return Album.objects.filter(pk__in=ids).with_artist()


def _others_of(user: Any, album: Album) -> AlbumQuerySet:
    same_artist = Album.objects.visible_to(user).filter(album_artist=album.album_artist).exclude(pk=album.pk)
    return _newest_first(same_artist)[:MORE_ALBUMS]


def _newest_first(albums: AlbumQuerySet) -> AlbumQuerySet:
    return albums.order_by(F("year").desc(nulls_last=True), "sort_title", "pk")
