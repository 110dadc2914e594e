"""A genre, an artist, an album: their own pages."""

from dataclasses import replace

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from listening.leaving_out import is_left_out
from listening.models import LeftOut
from music.access import album_for, artist_for, genre_for
from music.browsing import ALBUM_SEQUENCE, PAGE_SIZE, TRACK_ORDERS, choice_of, listed, order_named
from music.cards import cards_of_artists
from music.discography import discography, more_like
from music.links import link
from music.models import Track
from music.paging import keyset_ids
from music.rows import in_this_order
from music.utils import top_tracks_of
from music.views.browse import paging, sorting, text_of, tidy_address, track_list
from music.views.whole import more_of

GENRE_ARTISTS = 12


@require_safe
@tidy_address
def genre(request: HttpRequest, slug: str) -> HttpResponse:
    genre = genre_for(request.user, slug)
    choice = replace(choice_of(request.user, {**text_of(request), "genre": ""}), genre=genre)
    context = {"genre": genre, **track_list(request, choice, hidden=("genre",))}
    if context["is_first_page"]:
        context["artists"] = cards_of_artists(context["tracks"], GENRE_ARTISTS)
    return render(request, "music/genre.html", context)


@require_safe
@tidy_address
def artist(request: HttpRequest, pk: int) -> HttpResponse:
    artist = artist_for(request.user, pk)
    order = order_named(TRACK_ORDERS, request.GET.get("sort", ""))
    page = listed(request.user, {"artist": artist.pk}, order, after=request.GET.get("after", ""))
    context = {
        "artist": artist,
        "tracks": page.items,
        **paging(request, page),
        **sorting(TRACK_ORDERS, order),
        **more_of(link("whole_artist", pk), order, page),
    }
    if context["is_first_page"]:
        context |= {"top": top_tracks_of(request.user, artist), **discography(request.user, artist)}
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
        "more": more_like(request.user, album),
        "is_left_out": is_left_out(request.user.pk, LeftOut.Kind.ALBUM, pk),
        **paging(request, page),
        **more_of(link("whole_album", pk), ALBUM_SEQUENCE, page),
    }
    return render(request, "music/album.html", context)
