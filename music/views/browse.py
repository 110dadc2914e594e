"""Looking around the library: all tracks, albums, artists and genres, sorted and narrowed down as the address asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from music.albums import albums_in_this_order
from music.browsing import (
    ALBUM_ORDERS,
    ARTISTS_BY_NAME,
    GENRES_BY_NAME,
    TRACK_ORDERS,
    Choice,
    choice_of,
    listed,
    offers_for,
    order_named,
    seen_by,
)
from music.cards import album_cards, artist_cards, genre_cards
from music.filters import Filters, fields
from music.models import Album, Artist, Genre
from music.paging import Order, Page, keyset_ids, keyset_page

CARDS = 48

View = Callable[..., HttpResponse]


def tidy_address(view: View) -> View:
    """A form sends its empty fields too; an address to keep and to share has only those that say something."""

    @wraps(view)
    def wrapper(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if all(request.GET.values()):
            return view(request, **arguments)
        return HttpResponseRedirect(_address(request, *(name for name, value in request.GET.items() if not value)))

    return wrapper


@require_safe
@tidy_address
def tracks(request: HttpRequest) -> HttpResponse:
    if query := request.GET.get("q"):  # where the search was before it had a page of its own
        return redirect(reverse("search", query={"q": query}))
    choice = choice_of(request.user, text_of(request))
    context = track_list(request, choice)
    label = " · ".join(choice.in_words().values()) or _("All tracks")
    return render(request, "music/browse.html", {**context, "label": label, "source": _source(choice)})


@require_safe
@tidy_address
def albums(request: HttpRequest) -> HttpResponse:
    albums = seen_by(request.user, Album.objects.all())
    artist = _artist(request)
    order = order_named(ALBUM_ORDERS, request.GET.get("sort", ""))
    rows = albums.filter(album_artist=artist) if artist else albums
    page = keyset_ids(rows, order, after=request.GET.get("after", ""), size=CARDS)
    context = {
        "cards": album_cards(albums_in_this_order(page.items)),
        "artist": artist,
        "all_albums": _address(request, "artist"),
        **paging(request, page),
        **sorting(ALBUM_ORDERS, order),
    }
    return render(request, "music/albums.html", context)


@require_safe
@tidy_address
def artists(request: HttpRequest) -> HttpResponse:
    page = _page(request, seen_by(request.user, Artist.objects.all()), ARTISTS_BY_NAME)
    return render(request, "music/artists.html", {"cards": artist_cards(page.items), **paging(request, page)})


@require_safe
@tidy_address
def genres(request: HttpRequest) -> HttpResponse:
    page = _page(request, seen_by(request.user, Genre.objects.all()), GENRES_BY_NAME)
    return render(request, "music/genres.html", {"cards": genre_cards(page.items), **paging(request, page)})


def track_list(request: HttpRequest, choice: Choice, *, hidden: tuple[str, ...] = ()) -> dict[str, Any]:
    """A page of tracks with its filters; `hidden` are filters that the place itself has set."""
    order = order_named(TRACK_ORDERS, request.GET.get("sort", ""))
    page = listed(request.user, choice.values, order, after=request.GET.get("after", ""), genre=choice.genre)
    chips = [(text, _address(request, name)) for name, text in choice.in_words().items() if name not in hidden]
    shown = tuple(field for field in fields(offers_for(request.user), choice, order) if field.name not in hidden)
    filters = Filters(request.path, shown, tuple(chips), tuple(choice.unknown))
    return {"tracks": page.items, "filters": filters, **paging(request, page)}


def paging(request: HttpRequest, page: Page) -> dict[str, Any]:
    return {"page": page, "is_first_page": "after" not in request.GET}


def sorting(orders: tuple[Order, ...], order: Order) -> dict[str, Any]:
    return {"sorts": [(each.name, each.label) for each in orders], "sort": order.name}


def text_of(request: HttpRequest) -> dict[str, str]:
    """What the address says. PostgreSQL takes no NUL."""
    return {name: value.replace("\0", " ").strip()[:200] for name, value in request.GET.dict().items()}


def _artist(request: HttpRequest) -> Artist | None:
    wanted = request.GET.get("artist", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        return None
    artist: Artist | None = Artist.objects.visible_to(request.user).filter(pk=wanted).first()
    return artist


def _page(request: HttpRequest, rows: QuerySet[Any], order: Order) -> Page:
    return keyset_page(rows, order, after=request.GET.get("after", ""), size=CARDS)


def _address(request: HttpRequest, *without: str) -> str:
    """This page from its beginning, without those parameters."""
    kept = QueryDict(mutable=True)
    for name, value in request.GET.dict().items():
        if value and name not in {*without, "after"}:
            kept[name] = value
    return f"{request.path}?{kept.urlencode(safe='/:')}" if kept else request.path


def _source(choice: Choice) -> str:
    """What the listens will say they came from."""
    return f"genre:{choice.genre.slug}" if choice.genre and choice == Choice(genre=choice.genre) else "tracks"
