"""One's own links: made, listed, turned off."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from music.models import SMALL, Album, Track, cover_url, generated_cover_url
from music.paging import Order, keyset_page
from playlists.models import Playlist
from sharing.access import own_share, shares_of, what_to_share
from sharing.forms import ShareForm
from sharing.links import MOST_LIVE, TooManyShares, address, make_share, restore, revoke
from sharing.models import Share
from sharing.unfurl import WIDTH, embed_height, iframe

PAGE_SIZE = 30
NEWEST = Order("shares", descending=True)


@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    what = what_to_share(request.user, kind, pk)
    form = ShareForm(request.POST or None)
    made = _made(request, form, what) if form.is_valid() else None
    if made is None:
        context = {"form": form, "what": what, "kind": kind, "picture": _picture(what)}
        return render(request, "sharing/share.html", context, status=422 if form.is_bound else 200)
    messages.success(request, _("The link is ready. Copy it and send it to whom you like."))
    return redirect(f"{reverse('shares')}#share-{made.pk}")


def _made(request: HttpRequest, form: ShareForm, what: Track | Album | Playlist) -> Share | None:
    try:
        return make_share(request.user, what, **form.cleaned_data)
    except TooManyShares:
        form.add_error(None, _("You have %d links that work. Turn one off first.") % MOST_LIVE)
        return None


@require_safe
@never_cache
def shares(request: HttpRequest) -> HttpResponse:
    page = keyset_page(shares_of(request.user), NEWEST, after=request.GET.get("after", ""), size=PAGE_SIZE)
    context = {"links": [_listed(each) for each in page.items], "next_cursor": page.next_cursor}
    return render(request, "sharing/shares.html", context)


@require_POST
def revoke_share(request: HttpRequest, pk: int) -> HttpResponse:
    revoke(own_share(request.user, pk))
    undo = reverse("restore_share", args=[pk])
    messages.success(request, _("The link no longer leads anywhere."), extra_tags=f"undo-at {undo}")
    return redirect("shares")


@require_POST
def restore_share(request: HttpRequest, pk: int) -> HttpResponse:
    restore(own_share(request.user, pk))
    messages.success(request, _("The link works again."))
    return redirect("shares")


def _listed(share: Any) -> dict[str, Any]:
    """What is out of the owner's sight is not named to them either."""
    shown: Share = share
    url = address(shown)
    what = (shown.track or shown.album or shown.playlist) if share.is_heard else None
    code = ""
    if what and url and settings.SHARE_FRAME_ANCESTORS:
        code = iframe(url, str(what), WIDTH, embed_height(shown.kind))
    return {"share": shown, "what": what, "picture": _picture(what), "address": url, "code": code}


def _picture(what: Track | Album | Playlist | None) -> str:
    if isinstance(what, Playlist):
        return cover_url(what.cover, SMALL) if what.cover else generated_cover_url("playlist", what.pk)
    return what.cover_url if what else ""
