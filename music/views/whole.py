"""All tracks of an album or an artist, for the player."""

from django.http import HttpRequest, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from music.access import album_for, artist_for
from music.browsing import ALBUM_SEQUENCE, PAGE_SIZE, TRACK_ORDERS, order_named
from music.models import Track
from music.paging import Order, Page, keyset_ids
from music.querysets import TrackQuerySet
from music.rows import in_this_order
from music.whole import answer, following, luck_of, shuffled, size_of


@require_POST
def whole_album(request: HttpRequest, pk: int) -> JsonResponse:
    album = album_for(request.user, pk)
    tracks = Track.objects.visible_to(request.user).filter(album=album)
    return _some(request, tracks, ALBUM_SEQUENCE, source=f"album:{pk}", label=album.title)


@require_POST
def whole_artist(request: HttpRequest, pk: int) -> JsonResponse:
    artist = artist_for(request.user, pk)
    tracks = Track.objects.visible_to(request.user).by_artist(pk)
    order = order_named(TRACK_ORDERS, request.GET.get("sort", ""))
    return _some(request, tracks, order, source=f"artist:{pk}", label=artist.name)


def more_of(whole: str, order: Order, page: Page) -> dict[str, str]:
    """Where the player gets all of a list of this page, and what follows the page."""
    after = urlencode({"sort": order.name, "after": page.next_cursor})
    return {"whole_url": whole, "more_url": f"{whole}?{after}" if page.next_cursor else ""}


def _some(request: HttpRequest, tracks: TrackQuerySet, order: Order, *, source: str, label: str) -> JsonResponse:
    """Those after a place that the address names, or `shuffled`."""
    luck, after = luck_of(request), request.GET.get("after", "")
    page = keyset_ids(tracks, shuffled(luck) if luck else order, after=after, size=size_of(request, PAGE_SIZE))
    rows = in_this_order(request.user, page.items)
    return answer(request, rows, source=source, label=label, **following(luck, page.next_cursor, sort=order.name))
