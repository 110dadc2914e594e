"""A month or a year to look back at, and to show to others if one likes."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from history.numbers import brought_up_to_date, today_of
from history.reviews import sharing
from history.reviews.drawing import SIZES
from history.reviews.periods import heard_by, reviewable
from history.reviews.picture import picture_of
from history.reviews.poster import poster_of
from history.reviews.review import Review, review_of
from history.spans import Period
from listening.figures import days
from music.files import cover_path
from music.models import SMALL
from sharing.limits import RateLimited, count_picture, guesses_counted
from users.views import safe_next

View = Callable[..., HttpResponseBase]


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """All that can be looked back at."""
    user: Any = request.user
    is_current = brought_up_to_date(user)
    heard = days(user.pk, date.min, date.max)
    context = {
        "years": heard_by("year", heard),
        "months": heard_by("month", heard),
        "today": today_of(user),
        "numbers": {"is_current": is_current},
    }
    return render(request, "history/reviews.html", context)


@require_safe
def review(request: HttpRequest, said: str) -> HttpResponse:
    found = _own(request, said)
    link = sharing.share_of(request.user, found.period)
    context = {
        "review": found,
        "said": said,
        "link": link,
        "address": sharing.address(link) if link else "",
        "unseen": sharing.unseen(found),
    }
    return render(request, "history/review.html", context)


@require_safe
def picture(request: HttpRequest, said: str, shape: str) -> HttpResponseBase:
    """With ?download it is a file to keep."""
    return _picture(request, _own(request, said), shape)


@require_POST
def share(request: HttpRequest, said: str) -> HttpResponse:
    """With `on` whoever has the link sees the review, without it nobody else."""
    period = _period(said)
    if request.POST.get("on"):
        sharing.share(request.user, period)
        messages.success(request, _("Whoever has the link now sees this review. You can turn it off at any time."))
    else:
        sharing.stop_sharing(request.user, period)
        messages.success(request, _("The link no longer leads anywhere. Only you see this review."))
    return redirect(
        safe_next(request) if request.POST.get("next") else f"{reverse('period_review', args=[said])}#picture"
    )


def for_whoever_has_the_link(view: View) -> View:
    """What no search engine shall list, and nobody keep without asking again: the link may be turned off.

    Who guesses links has to wait.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, **named: Any) -> HttpResponseBase:
        try:
            response = view(request, **named)
        except RateLimited:
            response = respond_429(request)
        response["X-Robots-Tag"] = "noindex, nofollow"
        # With no-referrer browsers name no origin when a form is sent, which Django takes for a forgery.
        response["Referrer-Policy"] = "strict-origin"
        response["Cache-Control"] = "private, no-cache"
        return response

    return login_not_required(require_safe(wrapper))


@for_whoever_has_the_link
def shared(request: HttpRequest, token: str) -> HttpResponse:
    with guesses_counted(request, "review"):
        share, found = sharing.shared_review(token)
    context = {"review": found, "share": share, "owner": share.user, "site_url": settings.SITE_URL, "sizes": SIZES}
    return render(request, "history/review_shared.html", context)


@for_whoever_has_the_link
def shared_picture(request: HttpRequest, token: str, shape: str) -> HttpResponseBase:
    with guesses_counted(request, "review"):
        _share, found = sharing.shared_review(token)
    count_picture(request)
    return _picture(request, found, shape)


@for_whoever_has_the_link
def shared_cover(request: HttpRequest, token: str, signed: str) -> HttpResponseBase:
    """Pictures are for members; a shared page asks for its own by names that were signed for it."""
    with guesses_counted(request, "review"):
        path = cover_path(sharing.cover_named(token, signed), SMALL)
    try:
        return FileResponse(path.open("rb"), content_type="image/webp")
    except OSError as error:
        raise Http404 from error


def _own(request: HttpRequest, said: str) -> Review:
    return review_of(request.user, _period(said))


def _period(said: str) -> Period:
    period = reviewable(said)
    if period is None:
        raise Http404
    return period


def _picture(request: HttpRequest, found: Review, shape: str) -> HttpResponseBase:
    """Drawn only for who does not have it yet."""
    if shape not in SIZES or found.is_empty:
        raise Http404
    poster = poster_of(found)
    etag = f'"{poster.key}-{shape}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(picture_of(poster, shape), content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    if "download" in request.GET:
        name = "-".join(["music-streamer", *found.period.said.values()])
        response["Content-Disposition"] = f'attachment; filename="{name}.png"'
    return response
