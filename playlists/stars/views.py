"""Give a star or a rating, ask for the stars of a page, look through what is starred."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from music.albums import albums_in_this_order
from music.browsing import PAGE_SIZE
from music.cards import album_cards, artist_cards
from music.models import Artist
from music.paging import Order, keyset_ids
from music.querysets import visible
from music.rows import in_this_order
from music.views.browse import paging, tidy_address
from music.whole import answer, following, luck_of, shuffled, size_of
from playlists.models import Star
from playlists.models.stars import KINDS
from playlists.stars.forms import MOST_AT_ONCE, RatingForm, StarForm, is_id
from playlists.stars.saying import rate, star, starred_among
from users.views import safe_next

SHELVES = {
    "tracks": gettext_lazy("Tracks"),
    "albums": gettext_lazy("Albums"),
    "artists": gettext_lazy("Artists"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stars(request: HttpRequest) -> HttpResponse:
    """GET: which of `tracks=1,2,3` the user starred. POST: give or take a star."""
    if request.method != "POST":
        return JsonResponse({"starred": starred_among(request.user, _asked(request))})
    form = StarForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    is_starred = form.cleaned_data["star"] == "1"
    count = star(request.user, form.cleaned_data["of"], is_starred)
    if is_starred:
        said = ngettext("Starred.", "%(count)d starred.", count) % {"count": count}
    else:
        said = ngettext("The star is taken away.", "%(count)d stars are taken away.", count) % {"count": count}
    return _done(request, said, starred=is_starred)


@require_POST
def ratings(request: HttpRequest) -> HttpResponse:
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _refused(request, form)
    given = form.cleaned_data["rating"]
    rate(request.user, form.cleaned_data["of"], given)
    said = ngettext("Rated %(count)d star.", "Rated %(count)d stars.", given) % {"count": given}
    return _done(request, said if given else _("The rating is taken back."), rating=given)


@require_safe
@tidy_address
def starred(request: HttpRequest, shelf: str = "tracks") -> HttpResponse:
    """What the user starred and may still see, the latest first."""
    if shelf not in SHELVES:
        raise Http404
    kind = shelf.removesuffix("s")
    page = keyset_ids(
        _seen_stars(request.user, kind), _latest(kind), after=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {"shelf": shelf, "shelves": SHELVES.items(), **paging(request, page)}
    if kind == "track":
        more_url = reverse("more_starred")
        context |= {
            "tracks": in_this_order(request.user, page.items),
            "whole_url": more_url,
            "more_url": f"{more_url}?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        }
    else:
        context["cards"] = _albums(page.items) if kind == "album" else _artists(page.items)
    return render(request, "playlists/starred.html", context)


@require_POST
def more_starred(request: HttpRequest) -> JsonResponse:
    """What the player asks for: the starred tracks after a place, or `shuffled`."""
    luck = luck_of(request)
    page = keyset_ids(
        _seen_stars(request.user, "track"),
        shuffled(luck, id="track_id") if luck else _latest("track"),
        after=request.GET.get("after", ""),
        size=size_of(request, PAGE_SIZE),
    )
    return answer(
        request,
        in_this_order(request.user, page.items),
        source="starred",
        label=_("Starred"),
        **following(luck, page.next_cursor),
    )


def _latest(kind: str) -> Order:
    return Order(f"starred-{kind}s", keys=("pk",), descending=True, id=f"{kind}_id")


def _seen_stars(user: Any, kind: str) -> Any:
    stars = Star.objects.filter(user=user, **{f"{kind}__isnull": False})
    if kind == "track":
        return stars.filter(visible(user, "track__"))
    return stars.filter(**{f"{kind}__in": KINDS[kind].objects.visible_to(user)})


def _albums(ids: list[int]) -> list[Any]:
    return album_cards(albums_in_this_order(ids))


def _artists(ids: list[int]) -> list[Any]:
    found = Artist.objects.in_bulk(ids)
    return artist_cards(found[pk] for pk in ids if pk in found)


def _asked(request: HttpRequest) -> list[int]:
    return [int(each) for each in request.GET.get("tracks", "").split(",")[:MOST_AT_ONCE] if is_id(each)]


def _done(request: HttpRequest, said: str, **state: Any) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse(state)
    messages.success(request, said)
    return redirect(safe_next(request))


def _refused(request: HttpRequest, form: Any) -> HttpResponse:
    error = " ".join(str(error) for errors in form.errors.values() for error in errors)
    if _wants_json(request):
        return JsonResponse({"error": error}, status=400)
    messages.error(request, error)
    return redirect(safe_next(request))


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
