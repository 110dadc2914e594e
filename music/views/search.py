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
from music.paging import Page
from music.search import corrected, find_albums, find_artists, find_tracks, suggest

PAGE_SIZE = 50
CARDS = 6
SUGGESTED, SUGGESTIONS = 3, "shared/_suggestions.html"
MOST_LETTERS = 200
FIRST, LAST = "<first>", "<last>"  # what stands for a beginning until it is known


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """All that was found; `as_typed` in the address keeps a query from being corrected."""
    query, better = _query(request), ""
    page, genres = _tracks(request, query), _genres(request, query)
    if not (page.items or genres or "as_typed" in request.GET) and (better := corrected(request.user, query)):
        page, genres = _tracks(request, better), _genres(request, better)
    context = {"query": query, "corrected": better, "source": f"search:{better or query}", "page": page}
    return render(request, "music/search.html", {**context, **_found(request, better or query, page, genres)})


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """What belongs under the search box while somebody types."""
    query = _query(request)
    return render(request, SUGGESTIONS, {"query": query, "found": suggest(request.user, query, SUGGESTED)})


def _tracks(request: HttpRequest, query: str) -> Page:
    return find_tracks(request.user, query, after=request.GET.get("after", ""), size=PAGE_SIZE)


def _found(request: HttpRequest, query: str, page: Page, genres: list[tuple[str, str]]) -> dict[str, Any]:
    """Genres, artists and albums stand on the first page of the tracks."""
    is_first_page = not request.GET.get("after")
    artists = artist_cards(find_artists(request.user, query, CARDS)) if is_first_page else []
    albums = album_cards(find_albums(request.user, query, CARDS)) if is_first_page else []
    return {
        "genres": genres,
        "artists": artists,
        "albums": albums,
        "tracks": page.items,
        "anything": bool(genres or artists or albums or page.items),
        "is_first_page": is_first_page,
    }


def _genres(request: HttpRequest, query: str) -> list[tuple[str, str]]:
    """Slug and name of those whose name begins with the query."""
    slug = "" if request.GET.get("after") else slugify(query, allow_unicode=True)
    return _beginning().rows({ID: request.user.pk, FIRST: slug, LAST: f"{slug}\U0010ffff"}) if slug else []


@cache
def _beginning() -> Compiled:
    genres = Genre.objects.visible_to(get_user_model()(pk=ID)).filter(slug__gte=FIRST, slug__lt=LAST)
    return compiled(genres.values_list("slug", "name")[:CARDS])


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:MOST_LETTERS]
