from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from music.cards import album_cards, artist_cards
from music.compiled import ID, Compiled, compiled
from music.models import Genre
from music.search import corrected, find_albums, find_artists, find_tracks, suggest

PAGE_SIZE = 20
CARDS = 6
SUGGESTED, SUGGESTIONS = 3, "shared/_suggestions.html"
MOST_LETTERS = 200
FIRST, LAST = "<first>", "<last>"  # what stands for a beginning until it is known


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """All that was found; `as_typed` in the address keeps a query from being corrected."""
    query, better = _query(request), ""
    found = _found(request, query)
    if not found["anything"] and "as_typed" not in request.GET and (better := corrected(request.user, query)):
        found = _found(request, better)
    context = {"query": query, "corrected": better, "source": f"search:{better or query}"}
    return render(request, "music/search.html", {**context, **found})


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What belongs under the search box while somebody types."""
    query = _query(request)
    return render(request, SUGGESTIONS, {"query": query, "found": suggest(request.user, query, SUGGESTED)})


def _found(request: HttpRequest, query: str) -> dict[str, Any]:
    """Genres, artists and albums stand on the first page of the tracks."""
    after = request.GET.get("after", "")
    page = find_tracks(request.user, query, after=after, size=PAGE_SIZE)
    genres = [] if after else _genres(request.user, query)
    artists = [] if after else artist_cards(find_artists(request.user, query, CARDS))
    albums = [] if after else album_cards(find_albums(request.user, query, CARDS))
    return {
        "genres": genres,
        "artists": artists,
        "albums": albums,
        "tracks": page.items,
        "anything": bool(genres or artists or albums or page.items),
        "page": page,
        "is_first_page": not after,
    }


def _genres(user: Any, query: str) -> list[tuple[str, str]]:
    """Slug and name of those whose name begins with the query."""
    slug = slugify(query, allow_unicode=True)
    return _beginning().rows({ID: user.pk, FIRST: slug, LAST: f"{slug}\U0010ffff"}) if slug else []


@cache
def _beginning() -> Compiled:
    genres = Genre.objects.visible_to(get_user_model()(pk=ID)).filter(slug__gte=FIRST, slug__lt=LAST)
    return compiled(genres.values_list("slug", "name")[:CARDS])


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:MOST_LETTERS]
