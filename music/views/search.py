from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from music.cards import album_cards, artist_cards
from music.models import Genre, Track
from music.search import corrected, find_albums, find_artists, find_tracks, suggest

PAGE_SIZE = 50
CARDS = 6
SUGGESTED = 3
MOST_LETTERS = 200


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """All that was found; `as_typed` in the address keeps a query from being corrected."""
    query = _query(request)
    better = "" if "as_typed" in request.GET else corrected(request.user, query)
    context = {"query": query, "corrected": better, "source": f"search:{better or query}"}
    return render(request, "music/search.html", {**context, **_found(request, better or query)})


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What belongs under the search box while somebody types."""
    query = _query(request)
    return render(
        request, "shared/_suggestions.html", {"query": query, "found": suggest(request.user, query, SUGGESTED)}
    )


def _found(request: HttpRequest, query: str) -> dict[str, Any]:
    """Genres, artists and albums stand on the first page of the tracks."""
    after = request.GET.get("after", "")
    page = find_tracks(Track.objects.visible_to(request.user), query, after=after, size=PAGE_SIZE)
    return {
        "genres": [] if after else _genres(request.user, query),
        "artists": [] if after else artist_cards(find_artists(request.user, query, CARDS)),
        "albums": [] if after else album_cards(find_albums(request.user, query, CARDS)),
        "tracks": page.items,
        "page": page,
        "is_first_page": not after,
    }


def _genres(user: Any, query: str) -> list[Genre]:
    """Those whose name begins with the query."""
    slug = slugify(query, allow_unicode=True)
    return list(Genre.objects.visible_to(user).filter(slug__startswith=slug)[:CARDS]) if slug else []


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:MOST_LETTERS]
