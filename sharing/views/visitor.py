"""What whoever has a link may ask, with an account or without: nothing here looks at who they are."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from music.files import cover_path
from music.models import LARGE
from music.streaming import picture, stream
from sharing import limits, plays
from sharing.access import Shown, audio_of, has_picture, share_numbered, shown_by
from sharing.forms import UnlockForm
from sharing.links import address, note_use
from sharing.models import Share
from sharing.tickets import (
    PLAY_SECONDS,
    SOUND_SECONDS,
    TooLate,
    picture_url,
    read_picture,
    read_ticket,
    row_picture_url,
    sound_url,
)
from sharing.unfurl import described, linked_data, oembed_address, picture_of
from sharing.unlocking import is_open, is_password, let_in

View = Callable[..., HttpResponseBase]


def for_anybody(view: View) -> View:
    """No search engine lists it, no other site learns the address, and nobody keeps it: the link may be turned off."""

    @wraps(view)
    def wrapper(request: HttpRequest, **named: Any) -> HttpResponseBase:
        try:
            response = view(request, **named)
        except RateLimited:
            response = respond_429(request)
        response.for_anybody = True  # type: ignore[attr-defined]  # see users.middleware.WhoseMiddleware
        response["X-Robots-Tag"] = "noindex, nofollow"
        # With no-referrer browsers name no origin when the password is sent, which Django then takes for a forgery.
        response["Referrer-Policy"] = "strict-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return login_not_required(wrapper)


def framed(view: View) -> View:
    """Other sites may show it, if the operator lets them, and so it can do little else."""

    @wraps(view)
    @xframe_options_exempt
    def wrapper(request: HttpRequest, **named: Any) -> HttpResponseBase:
        policy: dict[str, list[str]] = {
            "default-src": [NONE],
            "frame-ancestors": [SELF, *settings.SHARE_FRAME_ANCESTORS],
            "base-uri": [NONE],
            "form-action": [NONE],
        }
        for what in ("script-src", "style-src", "img-src", "media-src", "font-src", "connect-src"):
            policy[what] = [SELF]
        return csp(policy)(view)(request, **named)

    return wrapper


@for_anybody
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """The page, or the form for its password."""
    share = limits.share_sought(request, secret)
    if not is_open(request, share):
        return _ask(request, share, secret)
    if request.method == "POST":
        return HttpResponseRedirect(request.path)
    return render(request, "sharing/shared.html", _context(share, _start(request)))


@for_anybody
@framed
@require_safe
def embed(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        share = limits.share_sought(request, secret)
        if is_open(request, share):
            return render(request, "sharing/embed.html", _context(share, _start(request)))
    except Http404:
        return render(request, "sharing/embed_closed.html", status=404)
    return render(request, "sharing/embed_closed.html", {"address": address(share)})


@for_anybody
@require_safe
def sound_address(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """A fresh address for one track: the one in the page ends after minutes, and is good for one play."""
    share = limits.share_sought(request, secret)
    if not is_open(request, share):
        return JsonResponse({"error": _("Open the link and type its password first.")}, status=403)
    return JsonResponse({"sound": sound_url(share, audio_of(share, pk).pk)})


@for_anybody
@require_safe
def sound(request: HttpRequest, signed: str) -> HttpResponseBase:
    try:
        ticket = read_ticket(signed, SOUND_SECONDS)
    except TooLate:
        return HttpResponse(_("This address is over. Load the page anew."), status=410, content_type="text/plain")
    return stream(request, audio_of(share_numbered(ticket.share_id), ticket.track_id))


# The ticket is what lets somebody say this, and no cookie is looked at: there is nothing to forge.
@csrf_exempt
@for_anybody
@require_POST
def played(request: HttpRequest, signed: str) -> HttpResponse:
    """`played_ms` of the track were heard."""
    try:
        ticket = read_ticket(signed, PLAY_SECONDS)
        played_ms = int(request.POST.get("played_ms", ""))
    except (TooLate, ValueError):
        return JsonResponse({"error": _("Say how much was heard, within a day.")}, status=400)
    limits.count_play(request)
    return JsonResponse({"counted": plays.count_play(ticket, played_ms)})


@for_anybody
@require_safe
def shared_picture(request: HttpRequest, signed: str) -> HttpResponseBase:
    share_id, name, size = read_picture(signed)
    if not has_picture(share_numbered(share_id), name):
        raise Http404
    response = picture(cover_path(name, size))
    response["Cache-Control"] = "private, no-cache"
    return response


def _ask(request: HttpRequest, share: Share, secret: str) -> HttpResponse:
    form = UnlockForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            if is_password(request, share, form.cleaned_data["password"]):
                response = HttpResponseRedirect(request.path)
                let_in(request, response, share, secret)
                return response
            form.add_error("password", _("That is not the password of this link."))
        except RateLimited:
            form.add_error("password", _("That was too often. Wait five minutes, then try again."))
            status = 429
    return render(request, "sharing/locked.html", {"form": form}, status=status)


def _start(request: HttpRequest) -> int:
    """After how many tracks the page begins."""
    said = request.GET.get("from", "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 7 else 0


def _context(share: Share, start: int) -> dict[str, Any]:
    shown = shown_by(share, start)
    note_use(share)
    url = address(share)
    return {
        "shown": shown,
        "share": share,
        "owner": share.owner.profile,
        "address": url,
        "art": _art(shown),
        "rows": [{"place": place, **_row(share, row)} for place, row in enumerate(shown.rows, start + 1)],
        **_told(shown, url),
    }


def _row(share: Share, row: Any) -> dict[str, Any]:
    return {"track": row, "sound": sound_url(share, row.pk), "picture": row_picture_url(share, row)}


def _art(shown: Shown) -> str:
    """The large picture of the page."""
    if shown.picture:
        return picture_url(shown.share, shown.picture, LARGE)
    return row_picture_url(shown.share, shown.rows[0])


def _told(shown: Shown, url: str) -> dict[str, Any]:
    return {
        "og_type": "music.song" if shown.kind == "track" else f"music.{shown.kind}",
        "description": described(shown),
        "picture": picture_of(shown),
        "linked_data": linked_data(shown, url),
        "oembed": oembed_address(url),
    }
