"""Looking around the library: browse, genre, artist and album pages."""

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from music.access import album_for, artist_for, genre_for
from music.models import Album, Genre, Track
from music.paging import Page, keyset_page
from music.querysets import TrackQuerySet

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE_SIZE = 50
MOST_GENRES = 200
SORTS: dict[str, tuple["StrOrPromise", Combinable, bool]] = {
    "newest": (_("Newest first"), F("id"), True),
    "title": (_("Title"), F("sort_title"), False),
    "artist": (_("Artist"), F("sort_artist"), False),
    "longest": (_("Longest first"), F("duration_ms"), True),
}


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    genre = Genre.objects.visible_to(request.user).filter(slug=_text(request, "genre")).first()
    query = _text(request, "q")
    tracks = Track.objects.visible_to(request.user).matching(query)
    if genre:
        tracks = tracks.in_genre(genre)
    context = {
        "genre": genre,
        "query": query,
        "genres": Genre.objects.visible_to(request.user)[:MOST_GENRES],
        "source": f"search:{query}" if query else f"genre:{genre.slug}" if genre else "tracks",
        **_listing(request, tracks),
    }
    return render(request, "music/browse.html", context)


@require_safe
def genre(request: HttpRequest, slug: str) -> HttpResponse:
    genre = genre_for(request.user, slug)
    tracks = Track.objects.visible_to(request.user).in_genre(genre)
    return render(request, "music/genre.html", {"genre": genre, **_listing(request, tracks)})


@require_safe
def artist(request: HttpRequest, pk: int) -> HttpResponse:
    artist = artist_for(request.user, pk)
    tracks = Track.objects.visible_to(request.user).filter(artist=artist)
    albums = Album.objects.visible_to(request.user).filter(Q(album_artist=artist) | Q(tracks__artist=artist))
    context = {
        "artist": artist,
        "albums": albums.distinct().select_related("album_artist").order_by(F("year").desc(nulls_last=True), "title"),
        **_listing(request, tracks),
    }
    return render(request, "music/artist.html", context)


@require_safe
def album(request: HttpRequest, pk: int) -> HttpResponse:
    album = album_for(request.user, pk)
    tracks = list(
        Track.objects.visible_to(request.user)
        .filter(album=album)
        .with_credits()
        .order_by(F("disc_number").asc(nulls_first=True), F("track_number").asc(nulls_last=True), "title", "pk")
    )
    context = {"album": album, "tracks": tracks, "duration_ms": sum(track.duration_ms for track in tracks)}
    return render(request, "music/album.html", context)


def _text(request: HttpRequest, name: str) -> str:
    """A search word from the address. PostgreSQL takes no NUL."""
    return request.GET.get(name, "").replace("\0", " ").strip()[:200]


def _listing(request: HttpRequest, tracks: TrackQuerySet) -> dict[str, Any]:
    """One page of a list of tracks, sorted as the address asks; an unknown sort is the first one."""
    chosen = request.GET.get("sort", "")
    sort = chosen if chosen in SORTS else "newest"
    _label, key, descending = SORTS[sort]
    after = request.GET.get("after", "")
    page: Page = keyset_page(tracks.with_credits(), key, name=sort, descending=descending, after=after, size=PAGE_SIZE)
    return {
        "page": page,
        "tracks": page.items,
        "sort": sort,
        "sorts": [(name, label) for name, (label, _key, _descending) in SORTS.items()],
        "is_first_page": not after,
    }
